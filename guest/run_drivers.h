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

/* What drivers did: plain counters. */
struct driver_stats {
	uint64_t inflated, deflated; /* pages, by ops of drivers and their notifiers */
	uint64_t callbacks, moved, again, busy, gone; /* of migrations, by the driver's answer */
	uint64_t asked[2], refused[2]; /* requests to the host, by enum host_request */
	uint64_t nested;	       /* ops that ran inside an allocation */
	uint64_t removed, stayed;      /* drivers that were to go */
};

struct driver_options {
	bool as_is; /* drivers with the mistakes of the kernel's */
	const struct driver *const
		*drivers; /* others than ours, by enum program_driver; NULL: ours */
	FILE *trace;	  /* a line per op, with what it returned; NULL: none */
};

/*
 * Runs p on sut and fills *v; adds what was done to *stats and *driver_stats.
 * Leaves the world as it found it.  Not reentrant: one world, one run.
 */
void run_drivers(const struct sut *sut, const struct program *p,
		 const struct driver_options *options, struct stats *stats,
		 struct driver_stats *driver_stats, struct verdict *v);

/* The stats for a person to read. */
void driver_stats_print(FILE *out, const struct stats *stats, const struct driver_stats *d);

#endif
