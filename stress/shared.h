/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a stress engine is told, and what it tells of itself while it runs: one
 * piece of memory that the supervisor (cli/stress.c) makes and both map, so
 * that whatever kills the engine, nothing of it is lost.
 *
 * Each context writes what is its own; the rest is the main thread's, but for
 * the finding, which the first context that has one writes.
 */
#ifndef PINPRICK_STRESS_SHARED_H
#define PINPRICK_STRESS_SHARED_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/verdict.h"

#define STRESS_CONTEXTS 16
#define STRESS_DEVICES	8
#define STRESS_RING	32 /* calls of each context that are remembered */

/* The environment variable that names the file to map. */
#define STRESS_VARIABLE "PINPRICK_STRESS"

/* The core's calls, as threads make them: those of the op table with these names. */
#define STRESS_CALLS(X) \
	X(alloc) X(enqueue) X(list_enqueue) X(dequeue) X(list_dequeue) X(isolate) X(putback) X(migrate)

enum stress_call {
#define X(name) CALL_##name,
	STRESS_CALLS(X)
#undef X
	CALL_COUNT,
	CALL_NONE = CALL_COUNT
};

enum stress_role {
#define ROLE(name, ...) ROLE_##name,
#include "stress/roles.def"
	ROLE_COUNT
};

struct stress_config {
	uint64_t seed;
	unsigned int seconds;
	unsigned int threads, devices, frames;
	unsigned int drivers[STRESS_DEVICES]; /* indexes into drivers[] (guest/guest.h) */
	unsigned int units[STRESS_DEVICES]; /* per page */
	unsigned int adjust; /* bit per device */
	unsigned int roles;  /* bit per enum stress_role */
	unsigned int features; /* of the sut, with its quirks */
	unsigned int stack;    /* bytes for each context, with a guard below; 0: as threads have */
	bool as_is;	       /* drivers with the mistakes that the kernel's have */
	bool preflight;	       /* a planted race instead of a run */
	bool profile;	       /* count samples of the program counter (stress/profile.c) */
	bool oracles_off;      /* the shim's and the guest's; TSan goes on */
	char corpus[4096];     /* folder with programs as bytes; empty: none */
};

enum stress_phase {
	STRESS_STARTS,
	STRESS_RUNS,
	STRESS_DRAINS,
	STRESS_DONE,
};

/* A call that has ended. */
struct stress_op {
	uint64_t start, end; /* in ticks, stress_shared.tick_ns of a ns each */
	uint32_t frame;	     /* STRESS_NO_FRAME: none */
	int32_t value;	     /* a count or an error */
	uint8_t call, device, class, role;
};

#define STRESS_NO_FRAME	 0xffffffu
#define STRESS_NO_DEVICE 0xffu

struct stress_context {
	/* What is under way: call + 1 in the top byte, device, 24 bits of frame; 0: nothing. */
	uint64_t in_flight;
	uint64_t progress; /* role steps and calls that have ended */
	uint32_t role;
	char waits_for[48]; /* the lock's name, empty where it runs */
	uint32_t held_by;   /* then: the context that had it, + 1; 0: nobody knows */
	struct stress_op ring[STRESS_RING];
	uint32_t ring_next;
	uint64_t calls[CALL_COUNT][CLASS_COUNT];
	uint64_t steps[ROLE_COUNT]; /* of roles */
	uint64_t pages;		    /* that were inflated */
	uint64_t waits, interrupts, refusals, oom, compactions, programs;
	uint64_t faults[FAULT_COUNT];
	/* How often a call of the one kind ended while one of the other was in flight. */
	uint64_t overlap_device[CALL_COUNT][CALL_COUNT], overlap_page[CALL_COUNT][CALL_COUNT];
} __attribute__((aligned(64)));

struct stress_shared {
	struct stress_config config;
	uint32_t phase; /* enum stress_phase */
	uint32_t started; /* contexts; those behind are not used */
	uint64_t checkpoints;
	uint64_t ticks, nanoseconds; /* that have passed, by either clock */
	/* Atomic: also machines of 32 bits must have them in one piece. */
	int64_t isolated __attribute__((aligned(8))), isolated_most __attribute__((aligned(8)));
	/* Of the program counter; 0: nobody looks. */
	uint64_t samples __attribute__((aligned(8))), oracle_samples __attribute__((aligned(8)));
	uint32_t found; /* 1: somebody writes the finding; 2: it is there */
	uint32_t found_by;
	struct finding finding;
	struct stress_context contexts[STRESS_CONTEXTS];
};

#endif
