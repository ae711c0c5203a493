/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * explore: runs programs of several contexts under many schedules, in an engine
 * process for each program and system under test, and shows what it finds with
 * the schedule that shows it.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/explored.h"
#include "cli/input.h"
#include "cli/interrupt.h"
#include "cli/journal.h"
#include "cli/kernels.h"
#include "cli/report.h"
#include "cli/sarif.h"

#define LEAST_MILLISECONDS 10 /* of one program on one sut */

struct exploration {
	const struct cli *cli;
	struct explored engine;
	unsigned int sut;
	double end;	   /* when the time of this command is over */
	unsigned int left; /* programs that are still to come, on all suts */
	uint64_t programs, schedules, points, complete, ordered, not_ordered, nanoseconds;
	uint64_t trace; /* of all runs: the same in every build */
	uint32_t pairs[OP_DRIVERS_END][OP_DRIVERS_END];
	struct finding_list found;
	int code;
	bool many; /* programs: no line for each that is clean */
};

/* Its share of the time that is left. */
static struct explore_config config_for(const struct exploration *e, const struct program *p)
{
	double left = 1000 * (e->end - clock_seconds()) / (e->left ? e->left : 1);

	return explored_config(&e->engine, p, explored_strategy(e->cli),
			       left > LEAST_MILLISECONDS ? (unsigned int)left : LEAST_MILLISECONDS);
}

static void add(struct exploration *e, const struct explore_shared *s)
{
	e->programs++;
	e->schedules += s->runs;
	e->points += s->points;
	e->complete += s->complete;
	e->ordered += s->ordered;
	e->not_ordered += s->not_ordered;
	e->nanoseconds += s->nanoseconds;
	e->trace = (e->trace ^ s->trace) * 0x9e3779b97f4a7c15;
	for (unsigned int a = 0; a < OP_DRIVERS_END; a++)
		for (unsigned int b = 0; b < OP_DRIVERS_END; b++)
			e->pairs[a][b] |= s->pairs[a][b];
}

static void count_one(void *context, const char *path, const char *name, const struct program *p)
{
	struct exploration *e = context;

	(void)path, (void)name, (void)p;
	e->left++;
}

static void explore_one(void *context, const char *path, const char *name, const struct program *p)
{
	struct exploration *e = context;
	struct explore_config config = config_for(e, p);
	struct explore_shared *s;

	(void)name;
	if (interrupted)
		return;
	s = explored_run(&e->engine, &config);
	if (!s)
		return;
	e->left--;
	add(e, s);
	/* Of the shipped ones there are many: a line for each sut. */
	if (!s->found && !e->cli->verbose && e->many) {
		explored_end(s);
		return;
	}
	fprintf(say, "%s, %s: %llu schedules of at most %u points", e->cli->suts[e->sut]->name,
		path_short(path), (unsigned long long)s->runs, s->most_points);
	if (s->complete)
		fprintf(say, ", every one with at most %u preemptions", config.bound);
	if (s->estimate > 0)
		fprintf(say, " (estimated %.0f)", s->estimate);
	fputs(s->found ? "\n" : "; clean\n", say);
	fflush(say);
	if (s->found) {
		e->code = EXIT_FINDING;
		explored_settle(&e->engine, s, path_short(path), &e->found);
	}
	explored_end(s);
}

static unsigned int count_pairs(const struct exploration *e)
{
	unsigned int count = 0;

	for (unsigned int a = 0; a < OP_DRIVERS_END; a++)
		for (unsigned int b = 0; b < OP_DRIVERS_END; b++)
			count += (unsigned int)__builtin_popcount(e->pairs[a][b]);
	return count;
}

/* Of the eight ops that core/ itself has, pairs of which the one gave way to the other somewhere.
 */
static unsigned int count_core_pairs(const struct exploration *e, unsigned int *all)
{
	static const uint8_t ops[] = { OP_alloc,	OP_enqueue, OP_list_enqueue, OP_dequeue,
				       OP_list_dequeue, OP_isolate, OP_putback,	     OP_migrate };
	unsigned int count = 0;

	for (size_t a = 0; a < sizeof(ops); a++)
		for (size_t b = 0; b < sizeof(ops); b++) {
			bool seen = e->pairs[ops[a]][ops[b]];

			count += seen;
			if (!seen && e->cli->verbose)
				fprintf(say, "  %-13s%s never gave way to %s\n", "missing",
					op_table[ops[a]].name, op_table[ops[b]].name);
		}
	*all = sizeof(ops) * sizeof(ops);
	return count;
}

/* Where no op gave way to another, one context alone was looked at. */
static bool proved_something(const struct exploration *e)
{
	if (e->schedules && (count_pairs(e) || !strcmp(explored_strategy(e->cli), "written")))
		return true;
	fputs("no op of one context gave way to one of another: has the program several contexts?\n",
	      say);
	return false;
}

static void json(const struct exploration *e)
{
	printf("{\"verb\": \"explore\", \"verdict\": \"%s\", \"exit\": %d, \"seed\": %llu, "
	       "\"programs\": %llu, \"schedules\": %llu, \"points\": %llu, \"complete\": %llu, "
	       "\"pairs\": %u, \"trace\": \"%016llx\", \"findings\": [",
	       report_verdict_word(e->code), e->code, (unsigned long long)e->cli->seed,
	       (unsigned long long)e->programs, (unsigned long long)e->schedules,
	       (unsigned long long)e->points, (unsigned long long)e->complete, count_pairs(e),
	       (unsigned long long)e->trace);
	for (unsigned int i = 0; i < e->found.count; i++) {
		fputs(i ? ", {\"id\": " : "{\"id\": ", stdout);
		json_string(stdout, e->found.at[i].finding.id);
		fputs(", \"file\": ", stdout);
		json_string(stdout, e->found.at[i].file);
		putchar('}');
	}
	puts("]}");
}

static void conclude(struct exploration *e, double seconds)
{
	unsigned int core, all;
	char what[64];

	snprintf(what, sizeof(what), "%llu schedules in %.0f s", (unsigned long long)e->schedules,
		 seconds);
	report_verdict(e->cli, e->code, what);
	fprintf(say, "  %-13s%llu, %llu of them with every schedule within the bound\n", "programs",
		(unsigned long long)e->programs, (unsigned long long)e->complete);
	fprintf(say, "  %-13s%llu points, %.0f schedules/s\n", "schedules",
		(unsigned long long)e->points,
		e->nanoseconds ? (double)e->schedules * 1e9 / (double)e->nanoseconds : 0);
	fprintf(say,
		"  %-13sin %llu runs the ops have an order that the model allows, %llu were too long, undecided, or of drivers\n",
		"order", (unsigned long long)e->ordered, (unsigned long long)e->not_ordered);
	core = count_core_pairs(e, &all);
	fprintf(say,
		"  %-13s%u pairs of ops and kinds of points at which the one gave way to the other; %u of %u pairs of the core's own\n",
		"switches", count_pairs(e), core, all);
	/* Where time ended a search, another build gets as far as it gets. */
	fprintf(say, "  %-13s%llu\n  %-13s%016llx%s\n", "seed", (unsigned long long)e->cli->seed,
		"trace", (unsigned long long)e->trace,
		e->complete == e->programs ? ", the same in every build" : "");
	if (e->cli->json)
		json(e);
}

static void check_strategy(const struct cli *cli)
{
	static const char *const names[] = {
		"portfolio",
		"written",
#define STRATEGY(name) #name,
#include "explore/strategies.def"
	};
	char all[128] = "";

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(names[i], explored_strategy(cli)))
			return;
		strcat(strcat(all, " "), names[i]);
	}
	fail(EXIT_USAGE, "there is no strategy '%s'; there are%s", cli->strategy, all);
}

int verb_explore(const struct cli *given)
{
	static struct exploration e;
	static char scenarios[PATH_MAX];
	char *files[] = { scenarios };
	struct cli cli = *given;
	double start = clock_seconds();
	int code;

	check_strategy(&cli);
	if (cli.scenario && cli.file_count)
		fail(EXIT_USAGE, "explore takes --scenario or files, not both");
	path_make(scenarios, cli.scenario ? "%s/corpus/scenarios/%s.txt" : "%s/corpus/scenarios",
		  cli_root(), cli.scenario);
	e.many = !cli.file_count && !cli.scenario;
	if (!cli.file_count) {
		cli.files = files;
		cli.file_count = 1;
	}
	e.cli = &cli;
	fprintf(say, "exploring%s with the strategy %s",
		cli.as_is ? " drivers as they are in the kernel" : "", explored_strategy(&cli));
	fprintf(say, ", %u preemptions at most; %s, %s; seed %llu\n", explored_bound(&cli), FLAVOUR,
		COMPILER, (unsigned long long)cli.seed);
	kernels_announce(&cli, say, "");
	code = input_walk(&cli, count_one, &e);
	if (code != EXIT_CLEAN)
		return code;
	explored_begin(&e.engine, &cli);
	e.left *= cli.sut_count;
	e.end = clock_seconds() + cli.seconds;
	for (e.sut = 0; e.sut < cli.sut_count && !interrupted; e.sut++) {
		uint64_t programs = e.programs, schedules = e.schedules;

		e.engine.sut = cli.suts[e.sut];
		code = input_walk(&cli, explore_one, &e);
		if (e.many)
			fprintf(say, "%s: %llu programs, %llu schedules\n", e.engine.sut->name,
				(unsigned long long)(e.programs - programs),
				(unsigned long long)(e.schedules - schedules));
		journal_did(e.engine.sut->name, e.schedules - schedules, "schedules");
		e.code = code > e.code ? code : e.code;
	}
	if (interrupted && e.code == EXIT_CLEAN)
		e.code = EXIT_INTERRUPTED;
	else if (e.code == EXIT_CLEAN && !proved_something(&e))
		e.code = EXIT_NOTHING;
	conclude(&e, clock_seconds() - start);
	code = sarif_write(&cli, &e.found);
	code = code == EXIT_CLEAN ? journal_end() : code;
	return e.code == EXIT_CLEAN ? code : e.code;
}
