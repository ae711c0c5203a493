/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Inputs a second under the engine.  Starting a process and reading a corpus
 * is taken off: each figure is the difference of a long run and one of a
 * single input.
 */
#include <errno.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/child.h"
#include "bench/folder.h"

/* Many short rounds: what else the machine does at times then spoils few of them. */
#define ROUNDS	      10
#define ROUND_SECONDS 0.5

enum { EMPTY, FIRST_OPS, FIRST_FUZZ = FIRST_OPS + SUTS_MAX, TARGETS = FIRST_FUZZ + SUTS_MAX };

struct target {
	char engine[PATH_MAX], programs[PATH_MAX], corpus[PATH_MAX];
	struct child child;
	unsigned long runs;
	struct child_cost start, best; /* of a single input, of runs */
};

/* Not on the stack: paths are long. */
static struct target targets[TARGETS];
static char log_path[PATH_MAX], output[PATH_MAX];

static bool run_target(const struct bench *b, struct target *t, unsigned long runs,
		       struct child_cost *cost)
{
	if (t->child.corpus && !folder_make_empty(output))
		return false;
	if (!child_run(&t->child, runs, cost))
		return false;
	if (b->verbose)
		fprintf(stderr, "pinprick: %s -runs=%lu: %.3f s\n", t->engine, runs, cost->seconds);
	return true;
}

/* Finds how many inputs fill a round: whole passes over the workload. */
static bool choose_runs(const struct bench *b, struct target *t)
{
	double seconds = 0;

	if (!run_target(b, t, 1, &t->start))
		return false;
	for (t->runs = 10 * WORKLOAD_PROGRAMS; seconds < 0.1 * ROUND_SECONDS; t->runs *= 8) {
		if (!run_target(b, t, t->runs, &t->best))
			return false;
		seconds = t->best.seconds - t->start.seconds;
	}
	t->runs = (unsigned long)((double)(t->best.inputs - t->start.inputs) * ROUND_SECONDS /
					  seconds / WORKLOAD_PROGRAMS +
				  1) *
		  WORKLOAD_PROGRAMS;
	return run_target(b, t, t->runs, &t->best);
}

static bool run_round(const struct bench *b, struct target *t)
{
	struct child_cost cost;

	if (!run_target(b, t, 1, &cost))
		return false;
	if (cost.seconds < t->start.seconds)
		t->start.seconds = cost.seconds;
	if (!run_target(b, t, t->runs, &cost))
		return false;
	if (cost.seconds < t->best.seconds)
		t->best.seconds = cost.seconds;
	return true;
}

/* From here on there is the empty target, and none else. */
static void prepare_empty(const char *build, const char *temporary)
{
	folder_path(log_path, "%s/log", temporary);
	folder_path(output, "%s/new", temporary);
	memset(targets, 0, sizeof(targets));
	folder_path(targets[EMPTY].engine, "%s/bench/bench_empty", build);
	for (struct target *t = targets; t < targets + TARGETS; t++) {
		t->child.engine = t->engine;
		t->child.log = log_path;
		t->child.output = output;
	}
}

static bool prepare_suts(const struct bench *b, const char *build, const char *temporary)
{
	for (unsigned int s = 0; s < b->suts; s++) {
		struct target *ops = &targets[FIRST_OPS + s], *fuzz = &targets[FIRST_FUZZ + s];

		folder_path(ops->engine, "%s/bench/bench_ops-%s", build, suts[s]->name);
		folder_path(ops->programs, "%s/%s.programs", temporary, suts[s]->name);
		ops->child.programs = ops->programs;
		folder_path(fuzz->engine, "%s/fuzz_ops-%s", build, suts[s]->name);
		folder_path(fuzz->corpus, "%s/%s", temporary, suts[s]->name);
		fuzz->child.corpus = fuzz->corpus;
		if (!workload_save(b->workload[s], ops->programs) ||
		    !folder_make_empty(fuzz->corpus) ||
		    !workload_save_each(b->workload[s], fuzz->corpus)) {
			fprintf(stderr, "pinprick: cannot write in %s: %s\n", temporary,
				strerror(errno));
			return false;
		}
	}
	return true;
}

static bool read_about(struct rates *rates, const char *build)
{
	char path[PATH_MAX];
	FILE *about;
	bool good;

	folder_path(path, "%s/bench/about.txt", build);
	about = fopen(path, "r");
	good = about && fgets(rates->compiler, sizeof(rates->compiler), about) &&
	       fgets(rates->flags, sizeof(rates->flags), about);
	if (about)
		fclose(about);
	if (!good)
		fprintf(stderr, "pinprick: there is no build in %s\n", build);
	rates->compiler[strcspn(rates->compiler, "\n")] = 0;
	rates->flags[strcspn(rates->flags, "\n")] = 0;
	return good;
}

bool find_builds(struct bench *b)
{
	for (unsigned int f = 0; f < FLAVOUR_COUNT; f++)
		if (!read_about(&b->rates[f], b->folder[f]))
			return false;
	return true;
}

static double rate(const struct target *t)
{
	return (double)(t->best.inputs - t->start.inputs) / (t->best.seconds - t->start.seconds);
}

static void fill_rates(struct rates *rates, const struct bench *b)
{
	rates->empty = rate(&targets[EMPTY]);
	for (unsigned int s = 0; s < b->suts; s++) {
		const struct target *fuzz = &targets[FIRST_FUZZ + s];
		double ops = rate(&targets[FIRST_OPS + s]);

		rates->sut[s].ops = ops;
		rates->sut[s].op_ns =
			(1e9 / ops - 1e9 / rates->empty) * WORKLOAD_PROGRAMS / b->workload[s]->ran;
		rates->sut[s].fuzz = rate(fuzz);
		rates->sut[s].fuzz_ops = (double)(fuzz->best.ops - fuzz->start.ops) /
					 (double)(fuzz->best.inputs - fuzz->start.inputs);
	}
}

static bool run_rounds(const struct bench *b)
{
	for (unsigned int round = 0; round < ROUNDS; round++) {
		for (struct target *t = targets; t < targets + TARGETS; t++) {
			if (!*t->engine)
				continue;
			if (!(round ? run_round(b, t) : choose_runs(b, t)))
				return false;
		}
	}
	return true;
}

bool measure_rates(struct bench *b, enum flavour flavour, const char *temporary)
{
	prepare_empty(b->folder[flavour], temporary);
	if (!prepare_suts(b, b->folder[flavour], temporary) || !run_rounds(b))
		return false;
	fill_rates(&b->rates[flavour], b);
	return true;
}

bool measure_empty(const struct bench *b, const char *build, const char *temporary, double *inputs)
{
	prepare_empty(build, temporary);
	if (!run_rounds(b))
		return false;
	*inputs = rate(&targets[EMPTY]);
	return true;
}
