/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The speed of `pinprick explore`: schedules of the back end alone, schedules
 * that are judged, and how many it takes until a planted mistake is found.
 */
#ifndef PINPRICK_BENCH_SCHEDULES_H
#define PINPRICK_BENCH_SCHEDULES_H

#include "bench/steps.h"
#include "bench/stress.h"

/* X(name, least): of the back end alone, schedules a second. */
#define SCHEDULE_FLAVOURS(X) X(plain, 500e3) X(asan, 300e3) X(tsan, 150e3)
#define JUDGED_LEAST	     0.25 /* of the back end alone */
#define HANDOVER_LEAST	     5	  /* switches in the time of a hand-over between threads */
#define PORTFOLIO_MOST	     5	  /* times the schedules of the best strategy */

/* What the back end runs alone, with bodies that touch nothing. */
#define SCHEDULE_CONTEXTS 3
#define SCHEDULE_POINTS	  10 /* of each context */
#define SCHEDULE_BOUND	  2  /* preemptions, of strategies with a bound */

/*
 * Millions of schedules in one process after which its memory is looked at.  It
 * is flat where from step MEMORY_FROM on it grows by no more than MEMORY_FLAT bytes
 * a schedule: TSan makes room, once, for what it remembers of each context, and has
 * done so by then.
 */
#define MEMORY_STEPS(X) X(1) X(2) X(5) X(10)
#define MEMORY_FROM	1
#define MEMORY_FLAT	0.1

enum {
	MEMORY_COUNT = 0
#define X(millions) +1
	MEMORY_STEPS(X)
#undef X
};

enum schedule_strategy {
#define STRATEGY(name) STRATEGY_##name,
#include "explore/strategies.def"
	STRATEGY_COUNT
};
#define STRATEGY_portfolio STRATEGY_COUNT /* draws one of them each time */

extern const char *const schedule_strategies[STRATEGY_COUNT + 1]; /* with the portfolio */

enum {
	PLANTED_COUNT = 0
#define PLANTED(patch, sut, scenario) +1
#include "bench/planted.def"
};

#define PLANTED_SEEDS 50
#define PLANTED_MOST  5000u /* schedules; what takes more is PLANTED_MOST + 1 */

struct schedule_rates {
	struct {
		double empty;		      /* inputs a CPU second of an empty target */
		double alone[STRATEGY_COUNT]; /* schedules a CPU second, nothing judged */
		double switch_ns, handover_ns;
		double resident[MEMORY_COUNT]; /* KiB */
		double judged[SUTS_MAX];       /* schedules a CPU second; 0: it does not migrate */
		double points[SUTS_MAX];       /* in one of them */
	} of[STRESS_FLAVOUR_COUNT];
	struct {
		const char *name;
		unsigned int median[STRATEGY_COUNT + 1];
	} planted[PLANTED_COUNT];
};

#endif
