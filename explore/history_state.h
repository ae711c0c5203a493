/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Between the parts of the judge of histories: history.c searches for an order,
 * history_facts.c says what is known of each op before any order is, and
 * history_step.c whether an op fits where it would stand.
 */
#ifndef PINPRICK_EXPLORE_HISTORY_STATE_H
#define PINPRICK_EXPLORE_HISTORY_STATE_H

#include "explore/history.h"

/* What a migration would give if nobody else were there. */
struct history_alone {
	int value;
	unsigned int callbacks;
};

/* What is known of an op without an order.  Sets of ops and of frames have a bit each. */
struct history_facts {
	uint64_t before; /* ops that must have taken effect before it begins */
	uint64_t inside; /* that were nested in it, and so must have before it ends */
	uint64_t around; /* migrations that it was nested in: they must have their target */
	uint64_t beside; /* that may have run at the same time */
	uint64_t frames; /* that it works on */
	uint64_t takes;	 /* frames that must lie where it looks on a device's list */
	uint8_t source;	 /* of a migration */
	bool two_steps;	 /* a migration that asked the driver: takes its target, then moves */
	bool loose;	 /* a migration that may have had other targets before the last one */
	struct history_alone alone[2]; /* [0]: the device has a callback */
};

struct history_search {
	const struct history *history;
	unsigned int features;
	struct history_facts facts[HISTORY_OPS];
	/* For each frame, the ops that took it out of a balloon, and that isolated it. */
	uint64_t takers[PROGRAM_FRAMES], isolators[PROGRAM_FRAMES];
	uint64_t locked; /* frames that a stranger locked, or tried to */
};

/* Where an order has come to. */
struct history_state {
	struct model model;
	uint64_t done, begun; /* ops; begun: of those with two steps, the first one */
	/*
	 * Frames that are in use only because an op that is over for the model still
	 * had a reference when a stranger took one: what marks they have is not known.
	 */
	uint64_t doubtful;
};

void history_learn(struct history_search *search, const struct program *p);

/*
 * Op number's next step: from -> to.  False: it does not fit there, and why, if
 * not NULL, says so.
 */
bool history_step(const struct history_search *search, const struct history_state *from,
		  struct history_state *to, unsigned int number, char *why, size_t size);

/*
 * After op number: is a page that it works on in the way of another one, so that
 * what is still to come cannot fit?  Of orders in which enqueues that ran at the
 * same time may have gone in, few are left then.
 */
bool history_is_hopeless(const struct history_search *search, const struct history_state *state,
			 unsigned int number);

static inline uint64_t history_bit(unsigned int number)
{
	return (uint64_t)1 << number;
}

static inline bool history_works_on(const struct history_search *search, unsigned int number,
				    unsigned int frame)
{
	return frame < PROGRAM_FRAMES && (search->facts[number].frames & history_bit(frame));
}

/* Of the ops beside this one, those of the kinds (a bit per enum op) that work on frame. */
uint64_t history_beside(const struct history_search *search, unsigned int number,
			unsigned int frame, uint64_t kinds);

/* Is there one that may have had the frame's page lock for a moment? */
bool history_locked_beside(const struct history_search *search, unsigned int number,
			   unsigned int frame);

/* What a migration's callback answered at its call-th call (from 0). */
int history_answer(const struct record *r, unsigned int call);

#endif
