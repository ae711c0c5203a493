/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Schedules a second, in each flavour: the back end alone by a program of its
 * own, and judged ones by the engines of `pinprick explore`.
 */
#include "bench/bench.h"
#include "bench/child.h"
#include "bench/explored.h"
#include "bench/folder.h"
#include "explore/shared.h"

#define ROUNDS	    3
#define JUDGED_RUNS 20000
#define SEED	    1

const char *const schedule_strategies[STRATEGY_COUNT + 1] = {
#define STRATEGY(name) #name,
#include "explore/strategies.def"
	"portfolio",
};

/* About as many contexts and points as the back end runs alone. */
static const char judged_program[] = "pinprick program 1\n"
				     "p0 = alloc near f0\n"
				     "enqueue b0 p0\n"
				     "p0 = alloc near f1\n"
				     "enqueue b0 p0\n"
				     "@1 p0 = isolate f0\n"
				     "@1 migrate p0 -> f16 sync\n"
				     "@2 p0 = isolate f1\n"
				     "@2 putback p0\n"
				     "p1 = dequeue b0\n"
				     "free p1\n"
				     "p1 = alloc near f2\n";

/* What bench_schedules prints. */
enum { SWITCH_NS = STRATEGY_COUNT, HANDOVER_NS, FIGURES };

static bool run_alone(struct bench *b, enum stress_flavour f)
{
	double now[FIGURES];

	if (!ask(b->folder[f], "bench_schedules", now, FIGURES))
		return false;
	for (unsigned int i = 0; i < STRATEGY_COUNT; i++)
		keep_most(&b->schedules.of[f].alone[i], now[i]);
	keep_least(&b->schedules.of[f].switch_ns, now[SWITCH_NS]);
	keep_least(&b->schedules.of[f].handover_ns, now[HANDOVER_NS]);
	return true;
}

/* The CPU seconds of one run of an engine, and of JUDGED_RUNS. */
static struct {
	double one, all;
} judged[STRESS_FLAVOUR_COUNT][SUTS_MAX];

static bool judge(const char *engine, const char *log, struct explore_config *config, uint64_t runs,
		  struct explored *what)
{
	config->runs = runs;
	if (!explored_run(engine, log, config, what))
		return false;
	if (!what->found && what->runs == runs)
		return true;
	fprintf(stderr, "pinprick: %s: %llu of %llu schedules, then %s\n", engine,
		(unsigned long long)what->runs, (unsigned long long)runs,
		what->found ? "a finding" : "its time was over");
	return false;
}

static bool run_judged(struct bench *b, enum stress_flavour f, unsigned int s,
		       const char *temporary)
{
	struct explore_config config = { .strategy = "random",
					 .bound = SCHEDULE_BOUND,
					 .milliseconds = EXPLORED_PATIENCE,
					 .seed = SEED,
					 .features = sut_features(suts[s]) };
	struct parse_error error;
	struct program program;
	char engine[PATH_MAX], log[PATH_MAX];
	struct explored one, all;

	if (!program_parse(&program, judged_program, sizeof(judged_program) - 1, &error)) {
		fprintf(stderr, "pinprick: a program of bench: %u: %s\n", error.line,
			error.message);
		return false;
	}
	config.size = (uint32_t)program_encode(&program, config.program);
	folder_path(engine, "%s/bench/explore-%s", b->folder[f], suts[s]->name);
	folder_path(log, "%s/explore.log", temporary);
	if (!judge(engine, log, &config, 1, &one) ||
	    !judge(engine, log, &config, JUDGED_RUNS, &all))
		return false;
	keep_least(&judged[f][s].one, one.seconds);
	keep_least(&judged[f][s].all, all.seconds);
	b->schedules.of[f].judged[s] = (JUDGED_RUNS - 1) / (judged[f][s].all - judged[f][s].one);
	b->schedules.of[f].points[s] = all.points;
	return true;
}

static bool run_round(struct bench *b, const char *temporary)
{
	for (enum stress_flavour f = 0; f < STRESS_FLAVOUR_COUNT; f++) {
		if (child_interrupted || !run_alone(b, f))
			return false;
		for (unsigned int s = 0; s < b->suts; s++)
			if (suts[s]->features & FEATURE_migration &&
			    !run_judged(b, f, s, temporary))
				return false;
	}
	return true;
}

bool measure_schedules(struct bench *b, const char *temporary)
{
	struct schedule_rates *rates = &b->schedules;

	for (unsigned int f = 0; f < FLAVOUR_COUNT; f++)
		rates->of[f].empty = b->rates[f].empty;
	if (!measure_empty(b, b->folder[STRESS_tsan], temporary, &rates->of[STRESS_tsan].empty))
		return false;
	for (unsigned int round = 0; round < ROUNDS; round++)
		if (!run_round(b, temporary))
			return false;
	for (enum stress_flavour f = 0; f < STRESS_FLAVOUR_COUNT; f++)
		if (child_interrupted || !ask(b->folder[f], "bench_schedules memory",
					      rates->of[f].resident, MEMORY_COUNT))
			return false;
	return true;
}
