/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* A core whose first mistake, which nearly every program shows, hides the second. */
#include "core/port.h"

#define port_adjust_managed(page, n) ((n) > 0 ? (void)0 : port_adjust_managed(page, n))
#include "tests/afl/deep_core.c"
