/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The core with a mistake that eats memory: enqueue into a balloon of which three
 * pages are isolated takes more and more of it, and uses it.
 */
#include <stdlib.h>

#include "core/port.h"

#define BITE (1u << 20)

static void eat(unsigned long isolated)
{
	while (isolated >= 3) {
		volatile char *bite = malloc(BITE);

		for (unsigned int i = 0; i < BITE; i += 4096)
			bite[i] = 1;
	}
}

#define port_count_event(event)                                                                    \
	((event) == PORT_INFLATE ? eat(balloon->isolated_pages) : (void)0, port_count_event(event))
#include "core/balloon.c"
