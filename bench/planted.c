/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * How many schedules it takes to find planted mistakes: the median over seeds,
 * for each strategy.  Counts, not times: the same on every machine.
 */
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/child.h"
#include "bench/explored.h"
#include "bench/folder.h"
#include "explore/shared.h"

static const struct {
	const char *patch, *sut, *scenario;
} planted[PLANTED_COUNT] = {
#define PLANTED(patch, sut, scenario) { patch, sut, scenario },
#include "bench/planted.def"
};

static int by_size(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;

	return (x > y) - (x < y);
}

static bool read_scenario(struct explore_config *config, const char *name)
{
	struct parse_error error;
	struct program program;
	char path[PATH_MAX], text[4096];
	size_t size = 0;
	FILE *in;

	folder_path(path, "%s/%s.txt", SCENARIOS, name);
	in = fopen(path, "r");
	if (in) {
		size = fread(text, 1, sizeof(text), in);
		fclose(in);
	}
	if (!program_parse(&program, text, size, &error)) {
		fprintf(stderr, "pinprick: cannot read %s\n", path);
		return false;
	}
	config->size = (uint32_t)program_encode(&program, config->program);
	return true;
}

/* The planted mistake is in a copy of that shipped core, and alters no quirk of it. */
static unsigned int features_of(const char *name)
{
	unsigned int s = 0;

	while (strcmp(suts[s]->name, name))
		s++;
	return sut_features(suts[s]);
}

static bool find(const char *engine, const char *log, struct explore_config *config,
		 unsigned int *median)
{
	unsigned int runs[PLANTED_SEEDS], count;
	struct explored what;

	/* One that draws nothing does the same with every seed. */
	count = strcmp(config->strategy, "exhaustive") ? PLANTED_SEEDS : 1;
	for (unsigned int i = 0; i < count; i++) {
		config->seed = i * (uint64_t)(PLANTED_MOST + 1);
		if (!explored_run(engine, log, config, &what))
			return false;
		runs[i] = what.found ? (unsigned int)what.runs : PLANTED_MOST + 1;
	}
	qsort(runs, count, sizeof(*runs), by_size);
	*median = runs[count / 2];
	return true;
}

static bool measure_one(struct bench *b, unsigned int i, const char *log)
{
	struct explore_config config = { .bound = SCHEDULE_BOUND,
					 .milliseconds = EXPLORED_PATIENCE,
					 .runs = PLANTED_MOST,
					 .features = features_of(planted[i].sut) };
	const char *name = strrchr(planted[i].patch, '/') + 1;
	char engine[PATH_MAX];

	if (!read_scenario(&config, planted[i].scenario))
		return false;
	folder_path(engine, "%s/bench/explore-bench-%s", b->folder[STRESS_plain], name);
	b->schedules.planted[i].name = name;
	for (unsigned int s = 0; s <= STRATEGY_COUNT; s++) {
		snprintf(config.strategy, sizeof(config.strategy), "%s", schedule_strategies[s]);
		if (!find(engine, log, &config, &b->schedules.planted[i].median[s]))
			return false;
	}
	return true;
}

bool measure_planted(struct bench *b, const char *temporary)
{
	char log[PATH_MAX];

	folder_path(log, "%s/planted.log", temporary);
	for (unsigned int i = 0; i < PLANTED_COUNT; i++)
		if (!measure_one(b, i, log))
			return false;
	return true;
}
