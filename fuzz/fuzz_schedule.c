/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The fuzz target for schedules: any bytes are a program of several contexts and
 * a seed; it runs by its own schedule and by some that the seed draws.  A finding
 * prints the program with the schedule that shows it, and stops the engine.
 */
#include <stdio.h>
#include <stdlib.h>

#include "explore/contexts.h"
#include "explore/make_schedules.h"
#include "fuzz/engine.h"
#include "harness/feedback.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

const struct engine_maker engine_maker = { schedules_generate, schedules_mutate, schedules_cross };

/* Whatever happens once happens again: the schedule that was just taken, as it would be written. */
static bool repeats(const struct contexts_options *options, uint64_t trace)
{
	static struct program written;
	const struct contexts_options again = { .history = options->history };
	struct contexts_result result;

	contexts_written(&written);
	if (written.count == PROGRAM_RECORDS)
		return true; /* perhaps not all of it */
	contexts_run(engine_sut, &written, &again, &result);
	return result.verdict.trace == trace;
}

static void stop(const char *what, const char *text)
{
	static struct program written;

	contexts_written(&written);
	fprintf(stderr, "finding: %s\n%s\n", what, text);
	program_print(stderr, &written);
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct program p;
	struct contexts_options options = { .history = true, .stats = engine_input(data, size) };
	struct contexts_result result;

	program_decode(&p, data, size);
	if (program_has_drivers(&p))
		return 0; /* not what this target makes, or judges in full */
	feedback_note(0); /* or engines take a target that begins with nothing for a blind one */
	schedules_prepare(&p);
	contexts_features = sut_features(engine_sut);
	options.stats->runs++;
	for (const struct strategy *const *s = strategies; *s; s++)
		(*s)->start(program_contexts(&p), SEEDED_BOUND);
	for (unsigned int i = 0; i < SEEDED_RUNS; i++) {
		uint64_t seed;

		options.strategy = strategy_seeded(p.seed, i, &seed);
		if (options.strategy)
			options.strategy->begin(seed);
		contexts_run(engine_sut, &p, &options, &result);
		if (options.strategy)
			options.strategy->end();
		if (!verdict_clean(&result.verdict))
			stop(result.verdict.finding.id, result.verdict.finding.text);
	}
	if (!repeats(&options, result.verdict.trace))
		stop("schedule.differs",
		     "written down and run again, the last schedule gives another trace");
	return 0;
}

UNINSTRUMENTED_END
