/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Makes a program smaller while it still shows the same finding.
 */
#ifndef PINPRICK_MINIMIZE_H
#define PINPRICK_MINIMIZE_H

#include "harness/run.h"

struct minimize_report {
	unsigned int runs;	     /* candidates tried */
	unsigned int before, after; /* records */
};

/*
 * Runs p in a child process, so that a sanitizer's report or a hang is a
 * finding like any other (sanitizer.<kind>@op, progress.timeout@op).  False
 * where the child could not be made; *v is filled otherwise, and what the
 * child did is added to *stats unless that is NULL.
 */
bool run_in_child(const struct sut *sut, const struct program *p,
		  const struct run_options *options, struct stats *stats, struct verdict *v);

/* The same for what another executor runs on sut: work(context, ...) in the child. */
typedef void child_work(const void *context, struct stats *stats, struct verdict *v);
bool work_in_child(const struct sut *sut, child_work *work, const void *context,
		   struct stats *stats, struct verdict *v);

/*
 * To be installed as the sanitizers' death callback
 * (__sanitizer_set_death_callback) by whoever calls the above.
 */
void child_sanitizer_death(void);

/*
 * Called when UBSan begins a report, which ends the process: gcc's calls nobody
 * when it dies.  NULL: nobody wants to know.
 */
extern void (*undefined_hook)(const char *kind);

/*
 * Shrinks p in place: fewer records first, then simpler operands, faults and
 * world.  id is the finding that must stay, as the full checks name it.  False:
 * p does not show it.
 */
bool program_minimize(const struct sut *sut, struct program *p, const struct run_options *options,
		      const char *id, struct minimize_report *report);

/* The same for anything that a program can show. */
typedef bool minimize_test(const void *context, const struct program *candidate);
bool program_minimize_by(minimize_test *shows, const void *context, struct program *p,
			 struct minimize_report *report);

#endif
