/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* What strategies share, the simplest of them, and the portfolio. */
#include <string.h>

#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN
ORACLE_BEGIN

#include "explore/strategy.h"

#define ONE_REFUSAL_IN 16

struct lengths lengths;
struct random draws, refusals;
static bool refuses;

void lengths_start(unsigned int contexts)
{
	lengths = (struct lengths){ .contexts = contexts };
}

void lengths_end(void)
{
	if (lengths.pilots < PILOTS)
		lengths.pilots++;
}

unsigned int lengths_total(void)
{
	unsigned int total = 0;

	for (unsigned int i = 0; i < lengths.contexts; i++)
		total += lengths.points[i];
	return lengths.pilots ? total : 0;
}

void draws_begin(uint64_t seed)
{
	struct random all = random_seeded(seed);

	draws = random_seeded(random_next(&all));
	refusals = random_seeded(random_next(&all));
	refuses = random_below(&refusals, 2);
}

bool refuse_rarely(unsigned int context, const char *name)
{
	(void)context;
	(void)name;
	return refuses && !random_below(&refusals, ONE_REFUSAL_IN);
}

unsigned int draw_of(unsigned int mask)
{
	unsigned int skip;

	if (mask_single(mask))
		return mask_lowest(mask);
	skip = random_below(&draws, (unsigned int)__builtin_popcount(mask));
	while (skip--)
		mask &= mask - 1;
	return mask_lowest(mask);
}

static void start(unsigned int contexts, unsigned int bound)
{
	(void)bound;
	lengths_start(contexts);
}

static bool begin(uint64_t seed)
{
	draws_begin(seed);
	return true;
}

static unsigned int random_pick(const struct schedule_view *view)
{
	lengths_see(view);
	return draw_of(view->enabled);
}

const struct strategy strategy_random = {
	.name = "random",
	.story = "at every point each context that can go on alike",
	.start = start,
	.begin = begin,
	.pick = random_pick,
	.refuse = refuse_rarely,
	.end = lengths_end,
};

/*
 * Uniform random walk: by how much each context still has to do, which gives
 * every order of their points the same chance, where they do not wait.
 */
static unsigned int walk_pick(const struct schedule_view *view)
{
	unsigned int left[EXPLORE_CONTEXTS], total = 0, draw, i;

	lengths_see(view);
	if (mask_single(view->enabled))
		return mask_lowest(view->enabled);
	for (i = 0; i < EXPLORE_CONTEXTS; i++) {
		left[i] = 0;
		if (!mask_has(view->enabled, i))
			continue;
		left[i] = 1;
		if (lengths.pilots && lengths.points[i] > view->pending[i].points)
			left[i] += lengths.points[i] - view->pending[i].points;
		total += left[i];
	}
	draw = random_below(&draws, total);
	for (i = 0; draw >= left[i]; i++)
		draw -= left[i];
	return i;
}

const struct strategy strategy_walk = {
	.name = "walk",
	.story = "by how far each context has still to go, as the first runs showed",
	.start = start,
	.begin = begin,
	.pick = walk_pick,
	.refuse = refuse_rarely,
	.end = lengths_end,
};

const struct strategy *const strategies[] = {
#define STRATEGY(name) &strategy_##name,
#include "explore/strategies.def"
	NULL,
};

const struct strategy *strategy_find(const char *name)
{
	for (unsigned int i = 0; strategies[i]; i++)
		if (!strcmp(strategies[i]->name, name))
			return strategies[i];
	return NULL;
}

/* By shares of hundred that were measured to find planted bugs soonest over all sizes. */
const struct strategy *strategy_for(uint64_t seed)
{
	struct random portfolio = random_seeded(~seed);
	unsigned int share = random_below(&portfolio, 100);

	if (share < 45)
		return &strategy_walk;
	if (share < 70)
		return &strategy_order;
	if (share < 90)
		return &strategy_few;
	return share < 95 ? &strategy_pct : &strategy_random;
}

const struct strategy *strategy_seeded(uint32_t seed, unsigned int i, uint64_t *of_run)
{
	*of_run = (uint64_t)seed << 32 | i;
	return i ? strategy_for(*of_run) : NULL;
}

ORACLE_END
UNINSTRUMENTED_END
