/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What strategies share.  Stands inside of ORACLE_BEGIN: a strategy runs on
 * every context's stack, and TSan shall not see it.
 */
#ifndef PINPRICK_EXPLORE_STRATEGY_H
#define PINPRICK_EXPLORE_STRATEGY_H

#include "explore/schedule.h"
#include "harness/random.h"

#define PILOTS 8 /* runs by which the length of a program is known */

/* How long the contexts' ways were, at the most, in the first runs of a program. */
struct lengths {
	unsigned int contexts, pilots;
	unsigned int points[EXPLORE_CONTEXTS];
};

extern struct lengths lengths;

/* For start, pick and end of a strategy that wants to know. */
void lengths_start(unsigned int contexts);
void lengths_end(void);
/* Points of all; 0: not known yet. */
unsigned int lengths_total(void);

static inline void lengths_see(const struct schedule_view *view)
{
	if (lengths.pilots < PILOTS)
		for (unsigned int i = 0; i < lengths.contexts; i++)
			if (lengths.points[i] < view->pending[i].points)
				lengths.points[i] = view->pending[i].points;
}

/* This run's draws; refusals have their own, so that they shift no switches. */
extern struct random draws, refusals;

void draws_begin(uint64_t seed);
/* In every second run, one in so many of what is asked for. */
bool refuse_rarely(unsigned int context, const char *name);

static inline bool mask_has(unsigned int mask, unsigned int context)
{
	return context < EXPLORE_CONTEXTS && mask & 1u << context;
}

static inline unsigned int mask_lowest(unsigned int mask)
{
	return (unsigned int)__builtin_ctz(mask);
}

static inline bool mask_single(unsigned int mask)
{
	return !(mask & (mask - 1));
}

/* One of them, each alike. */
unsigned int draw_of(unsigned int mask);

#endif
