/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The programs that everything here is measured with: made once for each set
 * of features, then handed on as a file.
 */
#ifndef PINPRICK_BENCH_WORKLOAD_H
#define PINPRICK_BENCH_WORKLOAD_H

#include <stdbool.h>

#include "harness/program.h"

#define WORKLOAD_PROGRAMS 1000
#define WORKLOAD_RECORDS  32
#define WORKLOAD_RUN	  29 /* at least 90 % of them, in every program */

/* The environment variable that tells bench_ops where its programs are. */
#define WORKLOAD_VARIABLE "PINPRICK_WORKLOAD"

struct workload {
	struct program programs[WORKLOAD_PROGRAMS];
	unsigned int seeds; /* how many were tried, from 0 on */
	unsigned int ran;   /* records of all programs that run */
};

/* Makes it.  False: the generator does not yield enough programs that mostly run. */
bool workload_make(struct workload *w, unsigned int features);

/* One file with all of them, and a folder with a file for each.  False: errno says why. */
bool workload_save(const struct workload *w, const char *path);
bool workload_save_each(const struct workload *w, const char *folder);

/* Fills w->programs from the one file. */
bool workload_load(struct workload *w, const char *path);

#endif
