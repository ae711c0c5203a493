/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Every program of a small scope, on one system under test: breadth first over
 * states, each of which is reached again by its shortest program (docs/exhaust.md).
 */
#ifndef PINPRICK_EXHAUST_H
#define PINPRICK_EXHAUST_H

#include "harness/run.h"

#define EXHAUST_OPS	 12 /* records in a program, at most */
#define EXHAUST_PAGES	 4
#define EXHAUST_FINDINGS 16

struct exhaust_scope {
	unsigned int ops, pages, devices;
	/* For the proof that nothing is lost: all operands, and no two programs are one state. */
	bool tree;
};

/* Programs that show a finding: the first, which is the shortest, of each id. */
struct exhaust_found {
	struct program program;
	struct finding finding;
};

/*
 * What was done so far: plain numbers, so that it may lie in memory that another
 * process watches.  Index of what is counted by depth: ops in the program.
 */
struct exhaust {
	struct exhaust_scope scope;
	volatile bool stop; /* set by whoever watches: ends it early */
	bool done, no_memory;
	unsigned int complete; /* all programs of up to so many ops were run */
	uint64_t states[EXHAUST_OPS + 1], transitions[EXHAUST_OPS + 1];
	uint64_t states_sum; /* of the states' keys: tells sets of them apart */
	uint64_t violations; /* programs of the scope with a finding */
	uint64_t strayed;    /* states that their program did not reach a second time */
	/* Programs whose state was known, gone on with all the same; and what came was not the
	 * same. */
	uint64_t audited, misjudged;
	uint32_t level_states, level_done; /* of the depth under way, to be left; left so far */
	uint64_t fired[OP_CORE_COUNT][FAULT_COUNT];
	struct stats stats;
	/* exhaust_faults(): */
	uint64_t programs, points, pairs, fault_runs, fault_violations;
	uint64_t
		astray; /* runs whose records before the fault did not do what they do without it */
	uint64_t refused[OP_CORE_COUNT][FAULT_COUNT]; /* fault points, each failed once */
	unsigned int found_count;
	struct exhaust_found found[EXHAUST_FINDINGS];
	struct program program; /* that runs now: for whoever survives it */
};

/* Fills *x, whose scope is set and all else zero. */
void exhaust_run(const struct sut *sut, struct exhaust *x);

/*
 * Runs p once more for each of its fault points, which then fails; and if it has no more
 * than EXHAUST_PAIRS records, for each two points of different records.
 */
#define EXHAUST_PAIRS 16
void exhaust_faults(const struct sut *sut, const struct program *p, struct exhaust *x);

/* Notes a program with a finding. */
void exhaust_note(struct exhaust *x, const struct program *p, const struct finding *finding,
		  uint64_t *violations);

#endif
