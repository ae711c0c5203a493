/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The core with a mistake that shows as an op without end: enqueue into a balloon
 * of which three pages are isolated.
 */
#include "core/port.h"

static void hang(unsigned long isolated)
{
	volatile unsigned long pages = isolated;

	while (pages >= 3)
		;
}

#define port_count_event(event)                                                                    \
	((event) == PORT_INFLATE ? hang(balloon->isolated_pages) : (void)0, port_count_event(event))
#include "core/balloon.c"
