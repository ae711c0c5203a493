/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Time stamps for every call: the cheapest clock that all CPUs share.
 */
#ifndef PINPRICK_STRESS_CLOCK_H
#define PINPRICK_STRESS_CLOCK_H

#include <stdint.h>
#include <time.h>

#include "shim/instrument.h"

static inline uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

UNSEEN static inline uint64_t clock_ticks(void)
{
#if defined(__x86_64__) || defined(__i386__)
	return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
	uint64_t ticks;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
	return ticks;
#else
	return clock_ns();
#endif
}

/* A hint to the CPU that this is a busy wait. */
static inline void clock_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("yield");
#endif
}

#endif
