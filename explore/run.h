/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The run under way: for the explored back end's own files.  All of it is seen
 * by no sanitizer that looks for races, and orders nobody.
 */
#ifndef PINPRICK_EXPLORE_RUN_H
#define PINPRICK_EXPLORE_RUN_H

#include "explore/fiber.h"
#include "explore/schedule.h"
#include "shim/lock.h"
#include "shim/page.h"
#include "shim/sleep_lock.h"

/* What a context waits for, from where it stands. */
enum wait {
	WAIT_NOT,   /* it can go on */
	WAIT_LOCK,  /* stands before a spinlock, or a sleeping lock */
	WAIT_PAGE,  /* stands before the page lock, or has found it taken */
	WAIT_WORD,  /* has found a lock word taken */
	WAIT_SLEEP, /* has found a sleeping lock taken, by so many readers */
	WAIT_OTHER, /* for something unknown: until another context has passed a point */
};

struct explored {
	struct fiber fiber;
	enum wait wait;
	const void *object;	   /* what it stands before, of the point last announced */
	const unsigned char *word; /* WAIT_WORD */
	const char *waits_for;	   /* WAIT_WORD, WAIT_SLEEP, WAIT_OTHER: its name */
	int readers;		   /* WAIT_SLEEP */
	unsigned int passed;	   /* WAIT_OTHER: points that had been passed by all */
	unsigned int numbers;	   /* points and choices so far: how deviations name them */
	unsigned int behind;	   /* after a yield: who goes on before it, a bit for each */
	bool begun, ended, interrupted;
	/* After a deadlock. */
	const char *stuck;
	unsigned int holder;
};

struct run_state {
	struct schedule_run *run; /* NULL: none is under way */
	struct explored contexts[EXPLORE_CONTEXTS];
	struct schedule_view view;
	unsigned int alive;  /* contexts that have not ended: a bit for each */
	unsigned int passed; /* points, by all */
	unsigned int behind; /* contexts that have yielded to others: a bit for each */
	enum schedule_end end;
};

extern struct run_state state;

/* Which kind of waiting a point announces. */
enum wait wait_before(const char *name);
/* After backend_wait(name): for what, going by the last point. */
void wait_begin(struct explored *e, const char *name);
/* Can it go on?  number: which context it is. */
bool wait_is_over(const struct explored *e, unsigned int number);
/* Notes for what each context waits that has not ended, and who has it. */
void wait_explain(void);

/* The running context stands before an operation; returns when it may go on. */
void run_point(const char *name, const void *object);
/* It has found taken what it came for; wait and the rest are filled in. */
void run_wait(void);
void run_yield(void);
bool run_choose(const char *name);
struct explored *run_self(void);

#endif
