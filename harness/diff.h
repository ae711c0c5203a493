/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Runs one program on two systems under test, one after the other, and
 * compares them op by op.
 *
 * Where their features are the same but for quirks, everything is compared:
 * what each op returns and calls, and the state of all that it touches.  Else
 * their contracts differ: then it is the pages and values that are returned,
 * the order of the lists, and I1; and a record that only one of the contracts
 * lets run, or that they let end differently, is left out of the program first.
 *
 * The caller is that of the first, on both sides.
 */
#ifndef PINPRICK_DIFF_H
#define PINPRICK_DIFF_H

#include "harness/run.h"

struct pair {
	const struct sut *suts[2];
};

/* The pairs of the suts linked into this program, suts NULL at the end. */
extern const struct pair pairs[];

enum diff_scope {
	DIFF_EVERYTHING,
	DIFF_BUT_QUIRKS, /* they are predicted to differ by these */
	DIFF_COMMON,	 /* what two contracts have in common */
};
enum diff_scope diff_scope(const struct pair *pair);

struct diff {
	struct finding finding;	   /* how they differ: diff.<rule>@op/generation; id empty: they agree */
	struct finding sides[2];   /* what the oracles say of either */
	const struct program *ran; /* as it ran on both; of the last call only */
	unsigned int steps;	   /* ops that agreed */
	unsigned int last;	   /* the record of the last of them; PROGRAM_RECORDS: none */
};

/* The options of each side's run; they leave the trace to the caller. */
void diff_run_options(const struct pair *pair, bool full_checks, struct run_options *options);

/*
 * Adds to *agreed the program and its ops, where they agree.  With children,
 * each side runs in one, so that what kills it is a finding like any other;
 * false where one could not be made.
 */
bool diff_program(const struct pair *pair, const struct program *p, bool full_checks, bool children,
		  struct stats *agreed, struct diff *diff);

#endif
