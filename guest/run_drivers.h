/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Runs one program of driver ops on one system under test and judges every
 * step: the model, the audit, and all that shim and host complain of.
 */
#ifndef PINPRICK_GUEST_RUN_DRIVERS_H
#define PINPRICK_GUEST_RUN_DRIVERS_H

#include <stdio.h>

#include "harness/sut.h"
#include "harness/verdict.h"

struct driver;

struct driver_options {
	bool as_is; /* drivers with the mistakes of the kernel's */
	const struct driver *const
		*drivers; /* others than ours, by enum program_driver; NULL: ours */
	FILE *trace;	  /* a line per op, with what it returned; NULL: none */
};

/*
 * Runs p on sut and fills *v; adds what was done to *stats.  Leaves the world as
 * it found it.  Not reentrant: one world, one run.
 */
void run_drivers(const struct sut *sut, const struct program *p,
		 const struct driver_options *options, struct stats *stats, struct verdict *v);

/* The same as run_in_child(): harness/minimize.h. */
bool run_drivers_in_child(const struct sut *sut, const struct program *p,
			  const struct driver_options *options, struct stats *stats,
			  struct verdict *v);

#endif
