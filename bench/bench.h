/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What `pinprick bench` measures.  All figures are CPU time, but for stress and
 * for what threads hand over; the best of several rounds in which everything that
 * is compared takes turns.
 */
#ifndef PINPRICK_BENCH_H
#define PINPRICK_BENCH_H

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

#include "bench/schedules.h"
#include "bench/steps.h"
#include "bench/stress.h"
#include "bench/workload.h"
#include "harness/sut.h"

/* The goals, in % of the empty target's rate. */
#define FLAVOURS(X)      \
	X(plain, 10, 20) \
	X(asan, 5, 10)

enum flavour {
#define X(name, ...) FLAVOUR_##name,
	FLAVOURS(X)
#undef X
	FLAVOUR_COUNT
};

/* Inputs a CPU second, of one flavour. */
struct rates {
	char compiler[64], flags[256];
	double empty;
	struct {
		double ops;    /* the workload, one program an input */
		double op_ns;  /* for one op, the engine's share taken off */
		double fuzz;   /* fuzz_ops, which mutates the workload */
		double fuzz_ops; /* ops in one of its inputs */
	} sut[SUTS_MAX];
};

/* What makes up the time of one program.  The rest is what none of the others is. */
#define PARTS(X)                                              \
	X(model, "the model alone")                           \
	X(comparison, "comparison with the model")            \
	X(walks, "invariants and walks over everything")      \
	X(trace, "trace hash")                                \
	X(setup, "set-up and reset (an empty program)")       \
	X(backend, "the back end (its calls, one by one)")    \
	X(rest, "the rest: core, shim, executor")             \
	X(whole, "the whole run")                             \
	X(decode, "besides: decoding its bytes")              \
	X(mutate, "besides: one mutation")

enum part {
#define X(name, story) PART_##name,
	PARTS(X)
#undef X
	PART_COUNT
};

struct bench {
	bool verbose, json;
	const char *folder[STRESS_FLAVOUR_COUNT]; /* the builds: plain and asan first in both lists */
	unsigned int suts;
	struct workload *workload[SUTS_MAX];
	unsigned int transitions[SUTS_MAX], possible[SUTS_MAX];
	struct rates rates[FLAVOUR_COUNT];
	double part_ns[SUTS_MAX][PART_COUNT]; /* of one program */
	double reset_ns[3];
	double step_ns[SUTS_MAX][STEP_COUNT]; /* 0: it has no such step */
	struct stress_rates stress;
	struct schedule_rates schedules;
};

static inline void keep_most(double *best, double now)
{
	if (now > *best)
		*best = now;
}

static inline void keep_least(double *best, double now)
{
	if (*best <= 0 || now < *best)
		*best = now;
}

extern const unsigned int reset_pages[3]; /* how many are touched */

/* Each fills its part of *b.  False: it could not, and the reason was printed. */
bool find_builds(struct bench *b);
bool measure_workload(struct bench *b);
bool measure_rates(struct bench *b, enum flavour flavour, const char *temporary);
bool measure_parts(struct bench *b);
bool measure_steps(struct bench *b);
void measure_reset(struct bench *b);
bool measure_stress(struct bench *b, const char *temporary);
bool measure_schedules(struct bench *b, const char *temporary);
bool measure_planted(struct bench *b, const char *temporary);

/* Inputs a CPU second of a build's empty target alone. */
bool measure_empty(const struct bench *b, const char *build, const char *temporary, double *inputs);

void report_text(FILE *out, const struct bench *b);
void report_json(FILE *out, const struct bench *b);
/* Their parts about stress and about schedules. */
void report_stress(FILE *out, const struct bench *b);
void report_stress_json(FILE *out, const struct bench *b);
void report_schedules(FILE *out, const struct bench *b);
void report_schedules_json(FILE *out, const struct bench *b);

/* "reached", or "not reached". */
const char *reached(double value, double goal);

#endif
