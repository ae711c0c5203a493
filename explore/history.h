/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What several contexts did at once, as they saw it, and whether the contract
 * allows that: is there an order of the ops, in which each that ended before
 * another began comes first, so that the model, which does one op at a time,
 * could have given the same results?
 */
#ifndef PINPRICK_EXPLORE_HISTORY_H
#define PINPRICK_EXPLORE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/model.h"

#define HISTORY_OPS 48 /* 4 contexts x 12 */

/* One op that has ended. */
struct history_op {
	struct record record;
	unsigned int index; /* of the record in the program */
	/*
	 * By a clock that all contexts share and that ticks at each begin and each
	 * end.  Ops of one context are apart, or one lies within the other: nested
	 * in its hook or, as an interrupt, anywhere.
	 */
	unsigned int begin, end;
	/* What came of it: as struct outcome has it (harness/run_state.h), by frames. */
	uint8_t frame;	/* the page that was returned; NO_FRAME: none */
	uint8_t target; /* of a migration: the new page's frame at the last callback; NO_FRAME: none
			 */
	int value;	/* the count or error that was returned; else 0 */
	uint64_t pages; /* list_dequeue: what came out, a bit per frame; else 0 */
	uint8_t class;	/* enum result_class of isolate, get, lock; else CLASS_COUNT */
	unsigned int callbacks; /* of the driver, by migrate */
	unsigned int warnings;	/* while it ran */
};

/*
 * An op that has not ended does not appear, though others may have seen what it
 * did: then, too, the history is not complete.
 */
struct history {
	unsigned int count;
	struct history_op ops[HISTORY_OPS];
	bool complete; /* false: there were more ops than that */
};

/*
 * True where there is such an order; then order has the ops' numbers in it, by
 * when each took effect.  False: none, and text says which ops cannot be
 * ordered and why the last ones tried would not fit.  p gives the world that
 * all began in, features the sut's.  What is not complete, or takes too long
 * to decide, counts as allowed.  Not reentrant.
 */
bool history_allowed(const struct history *h, const struct program *p, unsigned int features,
		     unsigned int order[HISTORY_OPS], char *text, size_t size);

/* What the last call took. */
struct history_cost {
	unsigned long steps; /* ops that the model was asked for */
	bool undecided;	     /* true only because nobody knows */
};
extern struct history_cost history_cost;

#endif
