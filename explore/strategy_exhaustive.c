/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Depth first search of all schedules with at most bound preemptions.  A run
 * repeats the decisions that still have something untried behind them, and goes
 * on from there by the rule: whoever runs goes on, or the lowest that can.
 */
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN
ORACLE_BEGIN

#include "explore/strategy.h"

#define ESTIMATED   4 /* preemptions, at the most: with more, the estimate itself takes long */
#define NODES	    (2 * EXPLORE_POINTS) /* decisions of one run with more than one way */
#define REFUSE_WAYS 2u			 /* the mask of "refused" beside "granted" */

bool exhaustive_refuses, exhaustive_strayed;

/* A decision; those with one way only are not kept. */
struct node {
	uint8_t chosen, untried; /* a context or, of a refusal, 0 or 1; a mask of them */
};

static struct node nodes[NODES];
static unsigned int depth, length; /* of this run so far; of what it repeats, or has done */
static unsigned int bound, spent;  /* preemptions, and those of this run */
static unsigned int asked;	   /* refusals and interrupts that were possible in the first run */
static bool over, first_done;

static void start(unsigned int contexts, unsigned int bound_now)
{
	bound = bound_now;
	length = asked = 0;
	over = first_done = exhaustive_strayed = false;
	lengths_start(contexts);
}

static bool begin(uint64_t seed)
{
	(void)seed;
	depth = spent = 0;
	return !over;
}

/* The way to go at a decision, of these, where the rule's is the first to be tried. */
static unsigned int decide(unsigned int rule, unsigned int ways)
{
	struct node *node = &nodes[depth];

	if (depth == NODES)
		return rule;
	if (depth++ == length) {
		length++;
		node->chosen = (uint8_t)rule;
		node->untried = (uint8_t)(ways & ~(1u << rule));
	}
	if (unlikely(!mask_has(ways, node->chosen))) {
		exhaustive_strayed = true;
		return rule;
	}
	return node->chosen;
}

static unsigned int pick(const struct schedule_view *view)
{
	bool can_stay = mask_has(view->enabled, view->current);
	unsigned int rule = can_stay ? view->current : mask_lowest(view->enabled), next;

	lengths_see(view);
	if (mask_single(view->enabled) || (can_stay && spent >= bound))
		return rule;
	next = decide(rule, view->enabled);
	spent += can_stay && next != rule;
	return next;
}

static bool refuse(unsigned int context, const char *name)
{
	bool refused;

	(void)context;
	(void)name;
	if (!exhaustive_refuses)
		return false;
	asked += !first_done;
	if (spent >= bound)
		return false;
	refused = decide(0, 1u | REFUSE_WAYS);
	spent += refused;
	return refused;
}

/* To the last decision with a way untried. */
static void end(void)
{
	struct node *node;

	lengths_end();
	first_done = true;
	exhaustive_strayed |= depth < length; /* it ended before it was to do something new */
	length = depth;
	while (length && !nodes[length - 1].untried)
		length--;
	over = !length;
	if (over)
		return;
	node = &nodes[length - 1];
	node->chosen = (uint8_t)mask_lowest(node->untried);
	node->untried &= (uint8_t)(node->untried - 1);
}

/* Orders of so many segments of each context, none followed by another of its own. */
static double orders(unsigned int segments[EXPLORE_CONTEXTS], unsigned int last)
{
	double count = 0;
	bool left = false;

	for (unsigned int i = 0; i < EXPLORE_CONTEXTS; i++) {
		if (!segments[i])
			continue;
		left = true;
		if (i == last)
			continue;
		segments[i]--;
		count += orders(segments, i);
		segments[i]++;
	}
	return left ? count : 1;
}

static double choose(unsigned int n, unsigned int k)
{
	double ways = 1;

	for (unsigned int i = 0; i < k; i++)
		ways = n > i ? ways * (n - i) / (i + 1) : 0;
	return ways;
}

/* Cuts of contexts from this one on, of which at most so many are left. */
static double cut(unsigned int context, unsigned int cuts, double ways,
		  unsigned int segments[EXPLORE_CONTEXTS])
{
	double count = 0;

	if (context == lengths.contexts)
		return ways * orders(segments, EXPLORE_NOBODY);
	for (unsigned int k = 0; k <= cuts; k++) {
		double places = choose(lengths.points[context], k);

		if (places <= 0)
			break;
		segments[context] = k + 1;
		count += cut(context + 1, cuts - k, ways * places, segments);
	}
	return count;
}

/*
 * Exact where contexts neither wait nor branch: each is cut into segments at its
 * preemptions, and the segments come in any order; some of what may be refused
 * is, instead.  Waiting makes it less, what a refusal leads to more.
 */
static double estimate(void)
{
	unsigned int segments[EXPLORE_CONTEXTS] = { 0 };
	double count = 0;

	for (unsigned int refused = 0; first_done && bound <= ESTIMATED && refused <= bound;
	     refused++)
		count += cut(0, bound - refused, choose(asked, refused), segments);
	return count;
}

const struct strategy strategy_exhaustive = {
	.name = "exhaustive",
	.story = "every schedule with no more preemptions than the bound says",
	.start = start,
	.begin = begin,
	.pick = pick,
	.refuse = refuse,
	.end = end,
	.estimate = estimate,
};

ORACLE_END
UNINSTRUMENTED_END
