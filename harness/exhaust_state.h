/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Between exhaust.c, which searches, and its parts: the key of a state, and the
 * records that are worth trying in one.
 */
#ifndef PINPRICK_EXHAUST_STATE_H
#define PINPRICK_EXHAUST_STATE_H

#include "harness/exhaust.h"
#include "harness/run_state.h"

struct exhaust_key {
	uint64_t low, high;
};

/*
 * The key of the state that the run under way has reached.  Two states with the
 * same key are one but for names: whatever follows is the same.  open: the op in
 * whose hook it is; NULL between ops.
 */
void exhaust_key(struct exhaust_key *key, const struct frame *open);

/*
 * Calls try for each op with all operands that the scope has in this state; whether
 * it runs, and how, is left to try.  outer: the op in whose hook it is to run, or NULL.
 */
void exhaust_records(const struct model *m, const struct exhaust_scope *scope,
		     const struct record *outer, void (*try)(struct record r));

#endif
