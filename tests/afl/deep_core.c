/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The core with a mistake that takes a fuzzer to find: a page that comes into a
 * balloon of which six are isolated is not counted as an event.  With DEEP set to
 * many more it takes longer than anybody waits.
 */
#ifndef DEEP
#define DEEP 6
#endif
#include "core/port.h"

#define port_count_event(event)                                                                    \
	((event) == PORT_INFLATE && balloon->isolated_pages >= DEEP ? (void)0                      \
								    : port_count_event(event))
#include "core/balloon.c"
