/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * One run of an engine in a process of its own, and what it cost.
 */
#ifndef PINPRICK_BENCH_CHILD_H
#define PINPRICK_BENCH_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>

struct child {
	const char *engine;   /* the binary */
	const char *programs; /* what bench_ops reads; NULL: nothing */
	const char *corpus;   /* what fuzz_ops starts from; NULL: nothing */
	const char *output;   /* a folder for what it finds new; with a corpus only */
	const char *log;
};

struct child_cost {
	double seconds; /* CPU time, user and system */
	uint64_t inputs, ops; /* ops: 0 where the engine does not tell */
};

/* Set by SIGINT and SIGTERM: measure no more. */
extern volatile bool child_interrupted;

/* CPU time, user and system. */
double child_seconds(const struct rusage *used);

/* False: it failed, and the reason stands on standard error. */
bool child_run(const struct child *child, unsigned long runs, struct child_cost *cost);

/* What a program of a build, with its arguments, prints: count numbers.  False as above. */
bool ask(const char *build, const char *program, double *numbers, unsigned int count);

#endif
