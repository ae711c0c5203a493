/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* How fast schedules are: printed, never judged. */
#include <string.h>
#include <time.h>

#include "tests/explore/scenarios.h"

#include "shim/backend.h"

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

#define SWITCHES_RUN 1000

static void ping(unsigned int context)
{
	(void)context;
	for (unsigned int i = 0; i < SWITCHES_RUN / 2; i++)
		backend_point("count", NULL);
}

static void ten(unsigned int context)
{
	(void)context;
	for (unsigned int i = 0; i < 10; i++)
		backend_point("count", NULL);
}

static unsigned int other(const struct schedule_view *view)
{
	unsigned int others = view->enabled & ~(1u << view->current % 32);

	return (unsigned int)__builtin_ctz(others ? others : view->enabled);
}

/* The back end alone: bodies that touch nothing. */
static double rate(const struct strategy *strategy, unsigned int contexts,
		   void (*body)(unsigned int), unsigned int runs)
{
	double begun = now();

	strategy->start(contexts, 3);
	for (unsigned int n = 0; n < runs; n++) {
		static struct schedule_run run;

		run.contexts = contexts;
		run.body = body;
		run.strategy = strategy;
		strategy->begin(n);
		schedule_execute(&run);
		strategy->end();
	}
	return runs / (now() - begun);
}

void rates_print(void)
{
	struct strategy turns = strategy_random;

	turns.pick = other;
	printf("rates: %.1f million switches per second; runs of 3 contexts x 10 points:",
	       rate(&turns, 2, ping, 2000) * SWITCHES_RUN / 1e6);
	for (unsigned int i = 1; strategies[i]; i++)
		printf(" %s %.0f k", strategies[i]->name, rate(strategies[i], 3, ten, 50000) / 1e3);
	printf("\n");
}
