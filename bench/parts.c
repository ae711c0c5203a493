/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What one program costs, and which part takes how much of it: the parts are
 * left out one after the other, each on top of those before.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "bench/bench.h"
#include "bench/child.h"
#include "harness/mutate.h"
#include "harness/run.h"
#include "harness/transitions.h"
#include "harness/walk.h"
#include "shim/backend.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

#define ROUNDS 25
#define PASSES 4
#define RESETS 100000u
#define CALLS  1000000u

const unsigned int reset_pages[3] = { 0, 4, 64 };

static double cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

bool measure_workload(struct bench *b)
{
	static const struct run_options options;
	static uint8_t possible[CELL_COUNT];
	static struct stats stats;
	static struct verdict v;

	for (unsigned int s = 0; s < b->suts; s++) {
		if (!workload_make(b->workload[s], sut_features(suts[s]))) {
			fprintf(stderr, "pinprick: of %u generated programs too few run to %u of %u records\n",
				b->workload[s]->seeds, WORKLOAD_RUN, WORKLOAD_RECORDS);
			return false;
		}
		memset(&stats, 0, sizeof(stats));
		for (unsigned int i = 0; i < WORKLOAD_PROGRAMS; i++) {
			run_program(suts[s], &b->workload[s]->programs[i], &options, &stats, &v);
			if (!verdict_clean(&v)) {
				fprintf(stderr, "pinprick: %s has a finding: %s: %s\n",
					suts[s]->name, v.finding.id, v.finding.text);
				return false;
			}
		}
		b->possible[s] = transitions_possible(sut_features(suts[s]), possible);
		for (unsigned int cell = 0; cell < CELL_COUNT; cell++)
			b->transitions[s] += stats.cells[cell] != 0;
	}
	return true;
}

/* One way to spend time on a program; data is the way's own. */
typedef void work(const struct sut *sut, struct program *p, unsigned int data);

static void work_run(const struct sut *sut, struct program *p, unsigned int leave_out)
{
	const struct run_options options = { .leave_out = leave_out };
	static struct stats stats;
	static struct verdict v;

	run_program(sut, p, &options, &stats, &v);
}

static void work_run_empty(const struct sut *sut, struct program *p, unsigned int leave_out)
{
	unsigned int count = p->count;

	p->count = 0;
	work_run(sut, p, leave_out);
	p->count = count;
}

static void work_walk(const struct sut *sut, struct program *p, unsigned int data)
{
	static struct walk walk;

	(void)data;
	walk.program = p;
	walk_program(&walk, sut_features(sut));
}

static uint8_t encoded[WORKLOAD_PROGRAMS][PROGRAM_BYTES];
static const struct program *encoded_from;

static void work_decode(const struct sut *sut, struct program *p, unsigned int data)
{
	static struct program decoded;

	(void)sut, (void)data;
	program_decode(&decoded, encoded[p - encoded_from],
		       HEADER_BYTES + WORKLOAD_RECORDS * RECORD_BYTES);
}

static void work_mutate(const struct sut *sut, struct program *p, unsigned int data)
{
	static struct program mutated;
	static uint64_t seed;

	(void)data;
	mutated = *p;
	program_mutate(&mutated, sut_features(sut), seed++);
}

enum way { WHOLE, NO_TRACE, NO_WALKS, NO_COMPARISON, EMPTY, MODEL, DECODE, MUTATE, WAYS };

static const struct {
	work *work;
	unsigned int data;
} ways[WAYS] = {
	[WHOLE] = { work_run, 0 },
	[NO_TRACE] = { work_run, RUN_WITHOUT_TRACE },
	[NO_WALKS] = { work_run, RUN_WITHOUT_TRACE | RUN_WITHOUT_INVARIANTS },
	[NO_COMPARISON] = { work_run, RUN_WITHOUT_ALL },
	[EMPTY] = { work_run_empty, RUN_WITHOUT_ALL },
	[MODEL] = { work_walk, 0 },
	[DECODE] = { work_decode, 0 },
	[MUTATE] = { work_mutate, 0 },
};

static double time_of(const struct sut *sut, struct workload *w, enum way way)
{
	double start = cpu_ns();

	for (unsigned int pass = 0; pass < PASSES; pass++)
		for (unsigned int i = 0; i < WORKLOAD_PROGRAMS; i++)
			ways[way].work(sut, &w->programs[i], ways[way].data);
	return (cpu_ns() - start) / PASSES / WORKLOAD_PROGRAMS;
}

bool measure_steps(struct bench *b)
{
	return ask(b->folder[FLAVOUR_plain], "bench_steps", b->step_ns[0], b->suts * STEP_COUNT);
}

/* One call of it, as the shim makes them. */
static double call_time(void)
{
	double start = cpu_ns();

	for (unsigned int i = 0; i < CALLS; i++)
		backend_point("bench", NULL);
	return (cpu_ns() - start) / CALLS;
}

static void fill_parts(double ns[PART_COUNT], const double best[WAYS], double backend)
{
	ns[PART_whole] = best[WHOLE];
	ns[PART_trace] = best[WHOLE] - best[NO_TRACE];
	ns[PART_walks] = best[NO_TRACE] - best[NO_WALKS];
	ns[PART_comparison] = best[NO_WALKS] - best[NO_COMPARISON];
	ns[PART_setup] = best[EMPTY];
	ns[PART_model] = best[MODEL];
	ns[PART_backend] = backend;
	ns[PART_rest] = best[NO_COMPARISON] - best[EMPTY] - best[MODEL] - backend;
	ns[PART_decode] = best[DECODE];
	ns[PART_mutate] = best[MUTATE];
}

bool measure_parts(struct bench *b)
{
	double calls[SUTS_MAX], call = 0;

	if (!ask(b->folder[FLAVOUR_plain], "bench_calls", calls, b->suts))
		return false;
	for (unsigned int s = 0; s < b->suts; s++) {
		double best[WAYS] = { 0 };

		encoded_from = b->workload[s]->programs;
		for (unsigned int i = 0; i < WORKLOAD_PROGRAMS; i++)
			program_encode(&encoded_from[i], encoded[i]);
		for (unsigned int round = 0; round < ROUNDS; round++) {
			double ns = call_time();

			if ((!s && !round) || ns < call)
				call = ns;
			for (enum way way = 0; way < WAYS; way++) {
				ns = time_of(suts[s], b->workload[s], way);
				if (!round || ns < best[way])
					best[way] = ns;
			}
		}
		fill_parts(b->part_ns[s], best, calls[s] * call);
	}
	return true;
}

/* As a run leaves pages that it allocated and did not free. */
static void touch(unsigned int pages)
{
	for (unsigned int frame = 0; frame < pages; frame++) {
		frame_page(frame)->free = false;
		world.touched[frame / 64] |= (uint64_t)1 << frame % 64;
	}
}

/* With the reset, less the same without it. */
static double reset_time(unsigned int pages)
{
	double start = cpu_ns(), middle;

	for (unsigned int i = 0; i < RESETS; i++) {
		touch(pages);
		world_reset();
	}
	middle = cpu_ns();
	for (unsigned int i = 0; i < RESETS; i++) {
		touch(pages);
		__asm__ volatile("" ::: "memory");
	}
	start = middle - start - (cpu_ns() - middle);
	world_reset();
	return start / RESETS;
}

void measure_reset(struct bench *b)
{
	for (unsigned int round = 0; round < ROUNDS; round++) {
		for (unsigned int i = 0; i < 3; i++) {
			double ns = reset_time(reset_pages[i]);

			if (!round || ns < b->reset_ns[i])
				b->reset_ns[i] = ns;
		}
	}
}

UNINSTRUMENTED_END
