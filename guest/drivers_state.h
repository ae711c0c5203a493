/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The run of driver ops under way: shared by its executor (run_drivers.c) and the
 * comparison with the model (check_drivers.c).
 */
#ifndef PINPRICK_GUEST_DRIVERS_STATE_H
#define PINPRICK_GUEST_DRIVERS_STATE_H

#include <setjmp.h>

#include "guest/driver_model.h"
#include "guest/guest.h"
#include "guest/run_drivers.h"

struct drivers_run {
	const struct sut *sut;
	const struct program *program;
	const struct driver_options *options;
	struct stats *stats;
	struct verdict *verdict;
	struct driver_model model;
	unsigned int index;	    /* of the record under way; program.count: after the last */
	const char *place;	    /* its name, "start" or "end" */
	const struct record *outer; /* that is under way, if none is nested in it */
	uint64_t nested_ran[PROGRAM_RECORDS / 64];
	unsigned int callbacks;
	struct page *registers[PROGRAM_CONTEXTS][PROGRAM_REGISTERS];
	jmp_buf exit;
};

extern struct drivers_run drivers_run;

/* A line of the trace: an op that returned value; the one under way, where a finding ends the run. */
void drivers_trace(const struct record *r, int value);
void drivers_trace_finding(const char *id);

/*
 * With the kernel's mistakes: the row of the contract that a finding is due to, in
 * words, or "".  B4 and B15: row B5 takes two tasks at once.
 */
const char *drivers_mistake(const char *rule);

/* An op has ended and returned value: compares everything with the model, and audits. */
void drivers_check(const struct driver_step *step, int value);

#endif
