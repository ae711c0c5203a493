/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Strategies that go by ranks, and the one that goes by few preemptions. */
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN
ORACLE_BEGIN

#include "explore/strategy.h"

#define CHANGES_MAX	   8
#define FEW_UNKNOWN_ONE_IN 8 /* points, while the length is not known */

static uint64_t rank[EXPLORE_CONTEXTS];	    /* the highest goes on */
static unsigned int seen[EXPLORE_CONTEXTS]; /* points of each, at its last draw */
static unsigned int contexts, bound;

static void start(unsigned int contexts_now, unsigned int bound_now)
{
	contexts = contexts_now;
	bound = bound_now < CHANGES_MAX ? bound_now : CHANGES_MAX;
	lengths_start(contexts_now);
}

static unsigned int highest(unsigned int mask)
{
	unsigned int best = mask_lowest(mask);

	for (unsigned int i = best + 1; i < contexts; i++)
		if (mask_has(mask, i) && rank[i] > rank[best])
			best = i;
	return best;
}

/*
 * Partial order sampling: each operation that is pending has a random rank, and
 * those that the one picked may clash with draw theirs anew.
 */
static bool order_begin(uint64_t seed)
{
	draws_begin(seed);
	for (unsigned int i = 0; i < contexts; i++) {
		rank[i] = random_next(&draws);
		seen[i] = 0;
	}
	return true;
}

static bool clash(const struct schedule_view *view, unsigned int a, unsigned int b)
{
	if (view->pending[a].object != view->pending[b].object)
		return false;
	/* Without an object, by kind: two allocations want the same frame. */
	return view->pending[a].object || view->pending[a].name == view->pending[b].name;
}

static unsigned int order_pick(const struct schedule_view *view)
{
	unsigned int best;

	lengths_see(view);
	for (unsigned int i = 0; i < contexts; i++) {
		if (seen[i] == view->pending[i].points)
			continue;
		seen[i] = view->pending[i].points;
		rank[i] = random_next(&draws);
	}
	best = highest(view->enabled);
	for (unsigned int i = 0; i < contexts; i++)
		if (i != best && clash(view, i, best))
			rank[i] = random_next(&draws);
	return best;
}

const struct strategy strategy_order = {
	.name = "order",
	.story = "partial order sampling: operations that clash come in random order",
	.start = start,
	.begin = order_begin,
	.pick = order_pick,
	.refuse = refuse_rarely,
	.end = lengths_end,
};

/* Steps at which something happens, in no order. */
static unsigned int changes[CHANGES_MAX], changes_count;

static void draw_changes(void)
{
	unsigned int total = lengths_total();

	changes_count = bound;
	for (unsigned int i = 0; i < bound; i++)
		changes[i] = 1 + random_below(&draws, total ? total : 32 * contexts);
}

/* How many changes fall on this step. */
static unsigned int changes_at(unsigned int step)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < changes_count; i++)
		count += changes[i] == step;
	return count;
}

static uint64_t lowest_rank; /* of those given so far, by falls */

static bool pct_begin(uint64_t seed)
{
	draws_begin(seed);
	for (unsigned int i = 0; i < contexts; i++)
		rank[i] = random_next(&draws) | 1ull << 63;
	lowest_rank = CHANGES_MAX + 1;
	draw_changes();
	return true;
}

static unsigned int pct_pick(const struct schedule_view *view)
{
	lengths_see(view);
	if (changes_at(view->step))
		rank[highest(view->enabled)] = --lowest_rank;
	return highest(view->enabled);
}

const struct strategy strategy_pct = {
	.name = "pct",
	.story = "random priorities, and as many falls to the lowest as the bound says",
	.start = start,
	.begin = pct_begin,
	.pick = pct_pick,
	.refuse = refuse_rarely,
	.end = lengths_end,
};

static unsigned int few_left;

static bool few_begin(uint64_t seed)
{
	draws_begin(seed);
	draw_changes();
	few_left = bound;
	return true;
}

static bool few_preempts(const struct schedule_view *view)
{
	if (!few_left)
		return false;
	if (!lengths.pilots)
		return !random_below(&draws, FEW_UNKNOWN_ONE_IN);
	return changes_at(view->step);
}

static unsigned int few_pick(const struct schedule_view *view)
{
	unsigned int others = view->enabled & ~(1u << view->current % 32);

	lengths_see(view);
	if (!mask_has(view->enabled, view->current))
		return draw_of(view->enabled);
	if (!others || !few_preempts(view))
		return view->current;
	few_left--;
	return draw_of(others);
}

const struct strategy strategy_few = {
	.name = "few",
	.story = "random, with no more preemptions than the bound says",
	.start = start,
	.begin = few_begin,
	.pick = few_pick,
	.refuse = refuse_rarely,
	.end = lengths_end,
};

ORACLE_END
UNINSTRUMENTED_END
