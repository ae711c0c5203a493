/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * One run of an explore engine in a process of its own, and what came of it.
 */
#ifndef PINPRICK_BENCH_EXPLORED_H
#define PINPRICK_BENCH_EXPLORED_H

#include <stdbool.h>
#include <stdint.h>

struct explore_config;

#define EXPLORED_PATIENCE 60000 /* ms, of what is to end by its count of runs */

struct explored {
	uint64_t runs;	/* schedules, with the one that has the finding */
	double points;	/* in one of them */
	double seconds; /* CPU time, user and system */
	bool found;
};

/* False: it could not run, and the reason stands on standard error, or somebody wants no more. */
bool explored_run(const char *engine, const char *log, const struct explore_config *config,
		  struct explored *what);

#endif
