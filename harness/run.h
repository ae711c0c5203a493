/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Runs one program on one system under test and judges every step.
 */
#ifndef PINPRICK_RUN_H
#define PINPRICK_RUN_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "harness/sut.h"
#include "harness/verdict.h"

/* Judges that can be switched off, to prove each of them by itself. */
#define ORACLES(X)                                                           \
	X(model) X(state) X(accounting) X(ledger) X(leak) X(list) X(lock)    \
	X(poison) X(page) X(alloc) X(migrate) X(counter) X(progress)         \
	X(driver) X(host) X(cookie)

enum oracle {
#define X(name) ORACLE_##name,
	ORACLES(X)
#undef X
	ORACLE_COUNT
};
extern const char *const oracle_names[ORACLE_COUNT];

/* Bench only: what a run can do without. */
enum run_part {
	RUN_WITHOUT_COMPARISON = 1,
	RUN_WITHOUT_INVARIANTS = 2, /* and without the walks over everything */
	RUN_WITHOUT_TRACE = 4,	    /* hash */
	RUN_WITHOUT_ALL = 7
};

struct frame;
struct outcome;

struct run_options {
	unsigned int oracles_off; /* bit per enum oracle */
	unsigned int caller;	  /* enum caller_column instead of the sut's own; 0: its own */
	bool full_checks;	  /* walk everything after each op, not every 16 */
	unsigned int leave_out;	  /* bench only: enum run_part */
	FILE *trace;		  /* a line per op; NULL: only the hash */
	/* After each op, before it is judged; got is NULL where it ended in a BUG.  NULL: nobody looks. */
	void (*step)(const struct frame *frame, const struct outcome *got);
};

/*
 * Another executor, which is told in place of this one what shim and suts have to
 * say (shim/observe.h, sut_migratepage()) while it is set; its bug() does not return.
 */
struct observer {
	void (*finding)(const char *rule, const char *format, va_list arguments);
	void (*warning)(const char *what);
	void (*bug)(const char *what);
	int (*migratepage)(void *device, struct page *newpage, struct page *page,
			   enum migrate_mode mode);
	/* Where it is: an op's name, "start" or "end"; and at which record. */
	const char *(*place)(void);
	unsigned int (*record)(void);
};
extern const struct observer *observer;

/* What the model of such a run is made of. */
unsigned int run_features(const struct sut *sut, const struct run_options *options);

/*
 * Runs p on sut and fills *v.  Adds what was done to *stats.  Leaves the
 * world as it found it, finding or not.  Not reentrant: one world, one run.
 */
void run_program(const struct sut *sut, const struct program *p,
		 const struct run_options *options, struct stats *stats, struct verdict *v);

#endif
