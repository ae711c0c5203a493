/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The executor for several contexts at once: a program's contexts are fibers,
 * each runs its own records, and a schedule says who goes on at every
 * scheduling point.  A record runs if its registers and the driver's contract
 * allow it then; no model goes along.  Judges: the shim's, the invariants
 * whenever no op is under way, the ledger at the end, and whether the ops can be
 * put in an order that the model allows (explore/history.h).
 *
 * Programs for whole drivers (harness/ops.def) run the same way, on a guest: its
 * audit is in place of the invariants, and no order is looked for.
 */
#ifndef PINPRICK_EXPLORE_CONTEXTS_H
#define PINPRICK_EXPLORE_CONTEXTS_H

#include <stdio.h>

#include "explore/history.h"
#include "explore/schedule.h"
#include "harness/sut.h"
#include "harness/verdict.h"

struct contexts_options {
	const struct strategy *strategy; /* NULL: the program's own preempt records */
	FILE *trace;			 /* a column for each context; NULL: none */
	bool history;			 /* judge the order of the ops */
	struct stats *stats;		 /* of the ops and the schedules; NULL: nobody counts */
	bool as_is;			 /* drivers with the mistakes of the kernel's */
};

struct contexts_result {
	struct verdict verdict;
	enum schedule_end end;
	unsigned int points, preemptions, switches, ops, skipped;
	bool judged, ordered; /* somebody looked for an order of the ops, and there is one */
};

/* Features of the sut, with its quirks; of all runs. */
extern unsigned int contexts_features;

/* Runs p once on sut.  Leaves the world as it found it.  Not reentrant. */
void contexts_run(const struct sut *sut, const struct program *p,
		  const struct contexts_options *options, struct contexts_result *result);

/*
 * The program that the last run was: with preempt records for the schedule it
 * took, so that a run without strategy does the same.
 */
void contexts_written(struct program *p);

/* Where the running context is: an op's name, for a finding's id. */
const char *contexts_place(void);

/* Adds at which kinds of points ops gave way to others in the last run: a bit for each kind. */
void contexts_pairs(uint32_t pairs[OP_DRIVERS_END][OP_DRIVERS_END]);
extern const char *const contexts_point_names[]; /* NULL at the end */

#endif
