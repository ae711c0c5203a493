/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* How soon each strategy, and all of them by turns, find what is wrong; and that they find nothing
 * else. */
#include <stdlib.h>

#include "tests/explore/scenarios.h"

static int by_size(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;

	return (x > y) - (x < y);
}

/* Runs to the first wrong one, at the most so many; NULL: the portfolio. */
static unsigned int runs_to_find(const struct scenario *s, const struct strategy *one,
				 uint64_t seed, unsigned int most)
{
	for (unsigned int i = 0; strategies[i]; i++)
		strategies[i]->start(s->contexts, 3);
	for (unsigned int n = 1; n < most; n++) {
		uint64_t now = seed * 1000003 + n;
		const struct strategy *strategy = one ? one : strategy_for(now);
		struct schedule_run run = { .strategy = strategy };
		enum schedule_end end;

		strategy->begin(now);
		end = scenario_run(s, &run);
		strategy->end();
		if (scenario_wrong(s, end))
			return n;
	}
	return most;
}

#define SERIES 20

/* most: of the median, for each strategy in its order but the first, and for the portfolio. */
static void test_strategies(const struct scenario *s, const unsigned int most[])
{
	printf("%s, median runs to find:", s->name);
	for (unsigned int i = 1;; i++) {
		const char *name = strategies[i] ? strategies[i]->name : "portfolio";
		unsigned int runs[SERIES];

		about = s->name;
		for (unsigned int seed = 0; seed < SERIES; seed++)
			runs[seed] = runs_to_find(s, strategies[i], seed, 20000);
		qsort(runs, SERIES, sizeof(*runs), by_size);
		printf(" %s %u (up to %u)", name, runs[SERIES / 2], runs[SERIES - 1]);
		expect(runs[SERIES / 2] <= most[i - 1], name, runs[SERIES / 2]);
		if (!strategies[i])
			break;
	}
	printf("\n");
}

/* No strategy complains of what is right. */
static void test_never(const struct scenario *s)
{
	about = s->name;
	for (unsigned int i = 1; strategies[i]; i++)
		expect(runs_to_find(s, strategies[i], i, 500) == 500, strategies[i]->name, i);
}

void strategies_test(void)
{
	/* random, walk, order, pct, few, portfolio */
	test_strategies(&scenario_lost, (const unsigned int[]){ 10, 10, 10, 10, 10, 10 });
	test_strategies(&scenario_abba, (const unsigned int[]){ 10, 10, 10, 10, 10, 10 });
	test_strategies(&scenario_half, (const unsigned int[]){ 1000, 100, 100, 400, 400, 200 });
	test_never(&scenario_locked);
	test_never(&scenario_page);
	test_never(&scenario_sleepers);
	test_never(&scenario_tries);
}
