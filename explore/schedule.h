/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Deterministic schedules: several contexts on one OS thread, each a fiber, and
 * a strategy that says at every scheduling point which goes on.
 *
 * Schedule: what a run deviates in from the rule "whoever runs goes on; where it
 * cannot, the lowest that can".  A deviation is named by the context and by its
 * own n-th point, so that it stays what it is when other contexts change.
 */
#ifndef PINPRICK_EXPLORE_SCHEDULE_H
#define PINPRICK_EXPLORE_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPLORE_CONTEXTS 4
#define EXPLORE_NOBODY	 0xffu
#define EXPLORE_REFUSED	 0xfeu /* instead of a switch's target: what was asked for was refused */
#define EXPLORE_SWITCHES 512   /* that a run may record */
#define EXPLORE_POINTS                                                                             \
	4000 /* of one run; then it goes on fairly, and a run twice as long is a livelock */

/* What the contexts are about to do: the operation before which each stands. */
struct schedule_view {
	/* A bit for each context that may go on; never 0.  Who yields lets others first. */
	unsigned int enabled;
	/* Who ran last; not in enabled where it waits, yields or has ended.  Nobody: the start. */
	unsigned int current;
	bool yields;	   /* it busy-waits */
	unsigned int step; /* points of this run so far, of all contexts */
	struct {
		const char *name; /* "lock", "get", ... (shim/backend.h), "begin", "yield", "end" */
		const void *object;  /* of the operation; NULL: none */
		unsigned int points; /* of this context so far */
	} pending[EXPLORE_CONTEXTS];
};

/*
 * One deviation, as it was taken: where from passed on to another, or was
 * refused something.  At the start from is nobody.
 */
struct schedule_switch {
	uint8_t from, to;
	uint16_t point; /* from's own, from 0: of its points, waits, end and choices */
};

/*
 * A strategy.  Whoever executes runs calls start for each program, begin before
 * each run and end after it.  All of it is plain memory of the strategy's own;
 * nothing is allocated while a run is under way.  The same seed, after the same
 * runs since start, gives the same decisions.
 */
struct strategy {
	const char *name, *story;
	/* Forgets everything: a new program, of so many contexts. */
	void (*start)(unsigned int contexts, unsigned int bound);
	/* A run begins.  False: there is nothing left to try (exhaustive ones only). */
	bool (*begin)(uint64_t seed);
	/* Who goes on: a context of view->enabled.  Asked where there is but one, too. */
	unsigned int (*pick)(const struct schedule_view *view);
	/*
	 * May what context asks for be refused, as if another CPU had it?  Rarely.
	 * Of the name "interrupt": may one come here?
	 */
	bool (*refuse)(unsigned int context, const char *name);
	/* The run is over. */
	void (*end)(void);
	/* Exhaustive ones: how many runs it will take, as far as the first one tells; 0: unknown.
	 */
	double (*estimate)(void);
};

/* strategy_exhaustive branches on refusals as well; each counts as a preemption does. */
extern bool exhaustive_refuses;
/* Since start a run did not repeat what one did before it: then "all" means nothing. */
extern bool exhaustive_strayed;

#define STRATEGY(name) extern const struct strategy strategy_##name;
#include "explore/strategies.def"
extern const struct strategy *const strategies[]; /* NULL at the end */
const struct strategy *strategy_find(const char *name);
/* Which one the portfolio plays for a seed. */
const struct strategy *strategy_for(uint64_t seed);

/*
 * An input of the fuzz target: its own schedule, if it has one, then others by its
 * seed.  Which strategy plays the i-th run, and by which seed of its own; NULL:
 * the program's schedule.
 */
#define SEEDED_RUNS  9
#define SEEDED_BOUND 3 /* of those strategies that have one */
const struct strategy *strategy_seeded(uint32_t seed, unsigned int i, uint64_t *of_run);

/* How a run of contexts ended. */
enum schedule_end {
	SCHEDULE_DONE,	   /* every context came to its end */
	SCHEDULE_LEFT,	   /* schedule_leave() */
	SCHEDULE_DEADLOCK, /* nobody can go on: schedule_waits() says for what */
	SCHEDULE_LIVELOCK, /* too many points, even when run fairly */
};

/*
 * Runs body(0) to body(contexts - 1), each as a context of the explored back
 * end, until all have returned.  With a list of switches and no strategy it
 * follows the list.  Not reentrant.
 */
struct schedule_run {
	unsigned int contexts;
	void (*body)(unsigned int context);
	const struct strategy *strategy; /* NULL: the list */
	const struct schedule_switch *follow;
	unsigned int follow_count;
	/* Filled: what was done, for a list that does the same. */
	struct schedule_switch taken[EXPLORE_SWITCHES];
	unsigned int taken_count, preemptions, points;
	bool taken_all; /* the array was long enough */
};

enum schedule_end schedule_execute(struct schedule_run *run);

/* From a body: the run is over at once, whatever the others do (a finding, a BUG). */
_Noreturn void schedule_leave(void);

/* After a deadlock: for what a context waits and who has it; NULL: it does not wait. */
const char *schedule_waits(unsigned int context, unsigned int *holder);

/* Points so far in this run: a logical clock. */
unsigned int schedule_now(void);

/*
 * Called by the context before it passes each point, NULL: nobody looks.  For
 * traces; an ORACLE, which calls nothing that TSan sees.
 */
extern void (*schedule_observer)(unsigned int context, const char *name, const void *object);

/*
 * An interrupt may arrive wherever a context's interrupts are on: called once on
 * the way to each such point, before its operation is announced, but not inside
 * an interrupt; true: one did (it ran).  NULL: there are none.
 */
extern bool (*schedule_interrupt)(unsigned int context);

#endif
