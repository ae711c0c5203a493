/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The core with a branch that depends on all that it ever did, and changes nothing. */
#include "core/port.h"

static unsigned int events;
static volatile unsigned int odd_events;

static inline void remember(void)
{
	if (events++ & 1)
		odd_events = odd_events + 1;
}

#define port_count_event(event) (remember(), port_count_event(event))
#include "core/balloon.c"
