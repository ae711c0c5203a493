/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What an explore engine is told, and what it tells: memory that its supervisor
 * (cli/explore.c) makes and both map, so that whatever kills the engine, the
 * program and its schedule are there.
 */
#ifndef PINPRICK_EXPLORE_SHARED_H
#define PINPRICK_EXPLORE_SHARED_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/verdict.h"

#define EXPLORE_VARIABLE "PINPRICK_EXPLORE"

/* An engine's exit codes beside 0, which means that it has no finding; a sanitizer has its own. */
enum explore_exit {
	EXPLORE_USAGE = 64,
	EXPLORE_FOUND = 77,
};

struct explore_config {
	char strategy[16];  /* a strategy's name, "portfolio", or "written": the program's own */
	unsigned int bound; /* preemptions, of those strategies that have a bound */
	unsigned int milliseconds;
	uint64_t runs; /* at the most; 0: as many as there are, or as time allows */
	uint64_t seed;
	unsigned int features; /* of the sut, with its quirks */
	bool as_is;	       /* drivers with the mistakes that the kernel's have */
	bool trace;	       /* print each run's ops in columns */
	uint32_t size;
	uint8_t program[PROGRAM_BYTES];
};

struct explore_shared {
	struct explore_config config;
	bool started; /* otherwise nothing was tried, whatever it died of */
	uint64_t runs, points, ops, skipped;
	uint64_t ordered, not_ordered; /* runs whose ops were put in order; that had too many for
					  that, or drivers */
	uint64_t nanoseconds, trace;   /* trace: of all runs together */
	double estimate;	       /* of the runs that there are; 0: unknown */
	bool complete;		       /* every schedule within the bound was run */
	unsigned int most_points, preemptions; /* in one run; of the finding's */
	/* For each pair of ops, at which kinds of points the one gave way to the other: bits. */
	uint32_t pairs[OP_DRIVERS_END][OP_DRIVERS_END];
	uint32_t found; /* 2: the finding is there, and its program with its schedule */
	struct finding finding;
	uint32_t size;
	uint8_t program[PROGRAM_BYTES];
};

#endif
