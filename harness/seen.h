/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What can be seen after an op, in a form that two runs can be compared by.
 */
#ifndef PINPRICK_SEEN_H
#define PINPRICK_SEEN_H

#include "harness/run_state.h"

/* One thing seen: no padding, so that memory can be compared. */
struct seen {
	uint32_t what, which; /* enum seen_what; a frame, list, node ... */
	int64_t value;
};

/* What of it two suts may have in common. */
struct seen_scope {
	bool contract; /* the same contract: everything but for ... */
	bool nodes;    /* the nodes' counters */
};
struct seen_scope seen_scope(const unsigned int features[2]);

/* The result; pages; lists, each with an end; counters; the end. */
#define SEEN_PER_STEP (6 + PROGRAM_FRAMES + MODEL_LISTS * (PROGRAM_FRAMES + 3) + 11 + 1)

/* Fills seen, of SEEN_PER_STEP entries; returns how many. */
unsigned int seen_after(struct seen *seen, const struct frame *frame, const struct outcome *got,
			const struct seen_scope *scope);

/* Does the op itself tell this, and not the world after it? */
bool seen_is_result(const struct seen *seen);

/* Says how the two differ, which do. */
void seen_explain(char *text, size_t size, const struct seen *const seen[2], const char *name,
		  const char *other);

#endif
