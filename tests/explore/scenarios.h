/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Small programs of several contexts over the shim alone, right and wrong ones. */
#ifndef PINPRICK_TESTS_EXPLORE_SCENARIOS_H
#define PINPRICK_TESTS_EXPLORE_SCENARIOS_H

#include <stdbool.h>
#include <stdio.h>

#include "explore/schedule.h"

struct scenario {
	const char *name;
	unsigned int contexts;
	void (*body)(unsigned int context);
	bool (*wrong)(void); /* NULL: never; else whether the run's result is */
};

extern const struct scenario scenario_lost, /* reads in one section, writes in another */
	scenario_half,			    /* seen half done, with much else around it */
	scenario_locked,		    /* the same in one section */
	scenario_page,			    /* under a page lock, by waiting and by trying */
	scenario_page_lost, scenario_abba,  /* two locks, in two orders */
	scenario_page_and_lock,		    /* a page lock and a sleeping lock, in two orders */
	scenario_ordered,		    /* two locks, in one order */
	scenario_sleepers,		    /* readers and writers of a sleeping lock */
	scenario_points,		    /* nothing but points: as many as points_each says */
	scenario_spins,			    /* two wait politely for a third */
	scenario_tries,			    /* two try and yield for what a third has */
	scenario_endless,		    /* two wait politely for nothing */
	scenario_impolite,		    /* one spins over points for what another one does */
	scenario_leaves,		    /* one of them ends the run */
	scenario_lets,			    /* one yields once */
	scenario_strays,		    /* not deterministic */
	scenario_refused,		    /* wrong where a try for the page is refused */
	scenario_interrupted,		    /* with interrupts on, but for a section */
	scenario_bare,			    /* counts up without a lock, and without a point */
	scenario_recursion;		    /* takes what it has */

extern unsigned int points_each[EXPLORE_CONTEXTS];
extern unsigned int interrupts_seen;
extern char found[64]; /* the last rule that the shim said was broken */

/* A run, and the world as new after it. */
enum schedule_end scenario_run(const struct scenario *s, struct schedule_run *run);
/* Did the run go wrong, in whatever way? */
bool scenario_wrong(const struct scenario *s, enum schedule_end end);

/* The parts of schedule_test; about: what a failure is about. */
extern const char *about;
void expect(bool good, const char *what, unsigned long got);
void strategies_test(void);
void tsan_test(void);

#endif
