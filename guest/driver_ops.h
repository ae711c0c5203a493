/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Which ops programs for drivers have, and where: the same for whoever runs such
 * a program, one context after the other or by a schedule.
 */
#ifndef PINPRICK_GUEST_DRIVER_OPS_H
#define PINPRICK_GUEST_DRIVER_OPS_H

#include "harness/program.h"

UNINSTRUMENTED_BEGIN

/* Of the core's ops: what scanners and strangers do. */
static inline bool op_is_by_hand(unsigned int op)
{
	return op == OP_isolate || op == OP_putback || op == OP_migrate || op == OP_get ||
	       op == OP_put || op == OP_lock || op == OP_unlock;
}

/* Which ops may run where another one allocates: what reclaim and compaction do. */
static inline bool op_may_nest(unsigned int op)
{
	return op == OP_oom || op == OP_compact || op == OP_scan || op == OP_offline ||
	       op == OP_refuse || op == OP_isolate || op == OP_putback || op == OP_migrate ||
	       op == OP_get || op == OP_put;
}

UNINSTRUMENTED_END

#endif
