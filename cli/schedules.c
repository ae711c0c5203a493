/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "cli/schedules.h"

#include <string.h>

#include "cli/explored.h"
#include "cli/floors.h"
#include "cli/status.h"
#include "explore/schedule.h"

#define SECONDS 30 /* for the schedules of one input, under any sanitizer */

unsigned int schedules_pairs(const struct stats *s)
{
	unsigned int count = 0;

	for (unsigned int a = 0; a < OP_CORE_COUNT; a++)
		for (unsigned int b = 0; b < OP_CORE_COUNT; b++)
			count += s->gave_way[a][b] != 0;
	return count;
}

void schedules_workload(const struct stats *all)
{
	fprintf(say, "  %-13s%llu, in %llu of them the ops were put in order\n", "schedules",
		(unsigned long long)all->schedules, (unsigned long long)all->ordered);
	fprintf(say, "  %-13s%u pairs of ops of which the one gave way to the other\n", "switches",
		schedules_pairs(all));
}

void schedules_status(FILE *line, const struct tally *tally, unsigned int count)
{
	double schedules = 0;

	for (unsigned int i = 0; i < count; i++)
		schedules += (double)tally->stats[i].schedules;
	status_number(line, schedules);
	fputs(" schedules; pairs", line);
	for (unsigned int i = 0; i < count; i++)
		fprintf(line, "%s %u", i ? "," : "", schedules_pairs(&tally->stats[i]));
}

bool schedules_proved(const struct cli *cli, const struct tally *tally)
{
	bool good = true;

	for (unsigned int i = 0; i < cli->sut_count; i++) {
		const struct stats *s = &tally->stats[i];
		unsigned int seen = schedules_pairs(s);

		if (seen >= FLOOR_PAIRS && s->ordered * 100 >= s->schedules * FLOOR_ORDERED)
			continue;
		fprintf(say,
			"%s: %u pairs of ops gave way to each other, and %d at least would prove "
			"something; %llu of %llu schedules were put in order\n",
			cli->suts[i]->name, seen, FLOOR_PAIRS, (unsigned long long)s->ordered,
			(unsigned long long)s->schedules);
		good = false;
	}
	return good;
}

bool schedules_settle(const struct cli *cli, const struct sut *sut, const struct program *p,
		      struct finding_list *list)
{
	static struct explored x;
	struct explore_config config;
	struct explore_shared *s;
	bool found;

	explored_begin(&x, cli);
	x.sut = sut;
	config = explored_config(&x, p, "seeded", SECONDS * 1000);
	config.runs = SEEDED_RUNS;
	config.bound = SEEDED_BOUND;
	s = explored_run(&x, &config);
	found = s && s->found;
	if (found)
		explored_settle(&x, s, NULL, list);
	if (s)
		explored_end(s);
	return found;
}
