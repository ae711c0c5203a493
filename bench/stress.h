/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The speed of stress runs: calls of the core a second of the wall clock, by
 * the engines of `pinprick stress` with its usual roles and devices.
 */
#ifndef PINPRICK_BENCH_STRESS_H
#define PINPRICK_BENCH_STRESS_H

#include <stdint.h>

#include "bench/steps.h"

#define STRESS_LEAST 0.1 /* TSan, of the speed without */

/* What is compared; the threads' devices are of every kind, the devices' threads are four. */
#define STRESS_FLAVOURS(X) X(plain) X(asan) X(tsan)
#define STRESS_STEPS	   4
#define STRESS_SCALES	   3

enum stress_flavour {
#define X(name) STRESS_##name,
	STRESS_FLAVOURS(X)
#undef X
		STRESS_FLAVOUR_COUNT
};

extern const char *const stress_flavours[STRESS_FLAVOUR_COUNT];
extern const unsigned int stress_threads[STRESS_STEPS], stress_devices[STRESS_SCALES];

struct stress_rates {
	unsigned int suts[SUTS_MAX], count; /* indexes into suts[]: those that migrate */
	struct {
		double threads[STRESS_FLAVOUR_COUNT][STRESS_STEPS];
		double cpu[STRESS_FLAVOUR_COUNT][STRESS_STEPS]; /* the same a CPU second */
		double devices[STRESS_SCALES];	  /* plain, all by the driver without locks */
		uint64_t samples, oracle_samples; /* of the program counter under TSan */
	} of[SUTS_MAX];
};

#endif
