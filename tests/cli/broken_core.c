/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The core with one mistake, for tests of what is done with a finding:
 * enqueued pages are not counted at their node.  BROKEN_START and BROKEN_END
 * make others, which show while the core starts and after the last record:
 * operations that are not registered, and a mark on the next page.
 */
#include "core/port.h"

#if defined(BROKEN_START)
#define port_register_movable(ops) ((void)(ops), 0)
#elif defined(BROKEN_END)
#define port_page_set_movable(page) ((page)[1].flags |= PG_movable_ops, port_page_set_movable(page))
#else
#define port_count_node_pages(page, n) ((void)(page))
#endif
#include "core/balloon.c"
