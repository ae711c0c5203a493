/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The core with one mistake, for tests of what is done with a finding:
 * enqueued pages are not counted at their node.
 */
#include "core/port.h"

#define port_count_node_pages(page, n) ((void)(page))
#include "core/balloon.c"
