/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * fuzz: plans the engine processes, watches them, settles what they find.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/drivers.h"
#include "cli/encode.h"
#include "cli/findings.h"
#include "cli/floors.h"
#include "cli/interrupt.h"
#include "cli/keep.h"
#include "cli/kernels.h"
#include "cli/sarif.h"
#include "cli/schedules.h"
#include "cli/status.h"
#include "cli/workers.h"
#include "harness/process.h"

/* An engine that outlives its time by this much is stopped. */
#define GRACE_SECONDS 10

struct campaign {
	const struct cli *cli;
	char run[PATH_MAX], corpus[PATH_MAX], findings[PATH_MAX], seeds[PATH_MAX];
	struct worker *workers;
	unsigned int count, phases;
	struct tally tally;
	struct finding_list found;
};

/*
 * Most processes, or with few cores most of the time, go to the first sut, the
 * others get equal shares of the rest.
 */
static void plan(struct campaign *c)
{
	unsigned int kinds = c->cli->sut_count, jobs = c->cli->jobs, share;
	bool in_turn = jobs < kinds;

	c->phases = in_turn ? kinds : 1;
	c->count = in_turn ? kinds * jobs : jobs;
	c->workers = calloc(c->count, sizeof(*c->workers));
	if (!c->workers)
		fail(EXIT_OS, "no memory");
	share = (in_turn ? c->cli->seconds : jobs) / (2 * kinds);
	share = share ? share : 1;
	for (unsigned int i = 0; i < c->count; i++) {
		struct worker *w = &c->workers[i];

		w->number = i;
		w->seconds = c->cli->seconds;
		if (in_turn) {
			w->phase = w->sut = i / jobs;
			w->seconds = w->sut || c->cli->seconds <= (kinds - 1) * share
					     ? share
					     : c->cli->seconds - (kinds - 1) * share;
		} else if (i < (kinds - 1) * share) {
			w->sut = 1 + i / share;
		}
		for (unsigned int j = 0; j < i; j++)
			w->rank += c->workers[j].sut == w->sut;
	}
}

static void folders(struct campaign *c)
{
	char work[PATH_MAX], stamp[32];
	time_t clock = time(NULL);
	int code;

	path_make(work, "%s/work", cli_root());
	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", localtime(&clock));
	path_make(c->run, "%s/runs/%s-%ld", work, stamp, (long)getpid());
	path_make(c->seeds, "%s/seeds", c->run);
	path_make(c->corpus, "%s/corpus", work);
	path_make(c->findings, "%s/findings", work);
	code = keep_folder(c->run);
	for (unsigned int i = 0; code == EXIT_CLEAN && i < c->cli->sut_count; i++) {
		struct run_subject subject = subject_at(c->cli, i);
		char corpus[PATH_MAX], name[SUBJECT_NAME];

		subject_name(&subject, name);
		path_make(corpus, "%s/%s%s", c->corpus, subject_kind(c->cli), name);
		code = keep_folder(corpus);
	}
	if (code != EXIT_CLEAN)
		exit(code);
}

/* The shipped programs as bytes: where the engines start. */
static unsigned int make_seeds(struct campaign *c)
{
	struct cli shipped = *c->cli;
	char corpus[PATH_MAX], *files[] = { corpus };
	int code;
	unsigned int count;

	path_make(corpus, "%s/corpus", cli_root());
	shipped.files = files;
	shipped.file_count = 1;
	code = encode_folder(&shipped, c->cli->drivers ? ENCODE_DRIVERS : ENCODE_CORE, c->seeds,
			     &count);
	if (code == EXIT_CANNOT_CREATE || code == EXIT_IO)
		exit(code);
	return count;
}

static void announce(const struct campaign *c, unsigned int seeds)
{
	const struct cli *cli = c->cli;

	fputs(*cli->others     ? "comparing"
	      : cli->schedules ? "fuzzing schedules on"
	      : !cli->drivers  ? "fuzzing"
	      : cli->as_is     ? "fuzzing drivers as they are in the kernel, on"
			       : "fuzzing drivers on",
	      say);
	for (unsigned int i = 0; i < cli->sut_count; i++) {
		struct run_subject subject = subject_at(cli, i);
		char name[SUBJECT_NAME];
		unsigned int jobs = 0;

		subject_name(&subject, name);
		for (unsigned int j = 0; j < c->count; j++)
			jobs += c->workers[j].sut == i;
		fprintf(say, "%s %s in %u process%s", i ? "," : "", name, jobs,
			jobs == 1 ? "" : "es");
	}
	fprintf(say, "%s for %u s with %s; %s, %s; seed %llu, %u seeds\nthis run writes to %s\n",
		c->phases > 1 ? " in turn" : "", cli->seconds, ENGINE, FLAVOUR, COMPILER,
		(unsigned long long)cli->seed, seeds, path_short(c->run));
	fflush(say);
}

/* What all engines did so far. */
static void gather(struct campaign *c)
{
	memset(c->tally.stats, 0, sizeof(c->tally.stats));
	for (unsigned int i = 0; i < c->count; i++)
		if (c->workers[i].shared)
			stats_add(&c->tally.stats[c->workers[i].sut], &c->workers[i].shared->stats);
	tally_transitions(c->cli, &c->tally);
}

static bool any(const struct campaign *c, enum worker_state state)
{
	for (unsigned int i = 0; i < c->count; i++)
		if (c->workers[i].state == state)
			return true;
	return false;
}

static void watch(struct campaign *c)
{
	const struct timespec tenth = { .tv_nsec = 100000000 };
	const struct worker_folders where = { c->run, c->corpus, c->seeds };
	double start = clock_seconds();

	workers_prepare(c->cli, &where);
	for (unsigned int phase = 0; phase < c->phases && !interrupted; phase++) {
		double deadline = clock_seconds() + GRACE_SECONDS;

		for (unsigned int i = 0; i < c->count; i++) {
			if (c->workers[i].phase != phase)
				continue;
			if (c->workers[i].seconds + clock_seconds() + GRACE_SECONDS > deadline)
				deadline = c->workers[i].seconds + clock_seconds() + GRACE_SECONDS;
			worker_start(c->cli, &c->workers[i], &where);
		}
		while (workers_run(c->workers, c->count) && !interrupted &&
		       clock_seconds() < deadline && !any(c, WORKER_DIED) &&
		       !any(c, WORKER_TROUBLE)) {
			nanosleep(&tenth, NULL);
			c->tally.seconds = clock_seconds() - start;
			if (status_due(c->tally.seconds)) {
				gather(c);
				status_print(c->cli, &c->tally, c->corpus);
			}
		}
		workers_stop(c->workers, c->count);
		if (interrupted || any(c, WORKER_DIED) || any(c, WORKER_TROUBLE))
			break;
	}
	status_clear();
	c->tally.seconds = clock_seconds() - start;
	gather(c);
}

static bool proved_something(const struct campaign *c)
{
	if (c->cli->drivers)
		return drivers_proved(c->cli, &c->tally);
	if (c->cli->schedules)
		return schedules_proved(c->cli, &c->tally);
	for (unsigned int i = 0; i < c->cli->sut_count; i++)
		if (!c->tally.stats[i].runs ||
		    c->tally.transitions[i] * 100 < c->tally.possible[i] * FLOOR_TRANSITIONS)
			return false;
	return true;
}

static int settle(struct campaign *c)
{
	int code = EXIT_CLEAN;

	for (unsigned int i = 0; i < c->count; i++) {
		struct worker *w = &c->workers[i];
		int one = EXIT_CLEAN;

		if (w->state == WORKER_TROUBLE) {
			one = worker_trouble(w, c->run);
		} else if (w->state == WORKER_DIED) {
			one = finding_settle(c->cli, w, c->findings, &c->found);
		}
		/* Trouble with a file says more than that there is a finding. */
		code = one > code ? one : code;
	}
	if (code == EXIT_CLEAN && interrupted)
		return EXIT_INTERRUPTED;
	return code == EXIT_CLEAN && !proved_something(c) ? EXIT_NOTHING : code;
}

struct summary {
	const struct campaign *c;
	int code;
};

static void write_summary(FILE *out, const void *context)
{
	const struct summary *s = context;

	report_json(out, s->c->cli, s->code, &s->c->tally, &s->c->found);
}

static int conclude(struct campaign *c, int code)
{
	struct summary summary = { c, code };
	char path[PATH_MAX], what[64];
	unsigned long long programs = 0;
	int kept;

	for (unsigned int i = 0; i < c->cli->sut_count; i++)
		programs += c->tally.stats[i].runs;
	snprintf(what, sizeof(what), "%llu programs in %.0f s", programs, c->tally.seconds);
	fputc('\n', say);
	report_verdict(c->cli, code, what);
	report_workload(c->cli, &c->tally);
	path_make(path, "%s/summary.json", c->run);
	kept = keep_file(path, write_summary, &summary);
	fprintf(say, "  %-13s%llu\n", "seed", (unsigned long long)c->cli->seed);
	fprintf(say, "  %-13s%s, %s\n", "written", path_short(c->run), path_short(c->corpus));
	if (c->cli->json)
		report_json(stdout, c->cli, code, &c->tally, &c->found);
	for (unsigned int i = 0; i < c->found.count; i++) {
		/* Of schedules this was said when each was settled. */
		if (!c->found.at[i].file[0] || c->cli->schedules)
			continue;
		if (c->cli->no_minimize && !c->found.at[i].subject.other) {
			fprintf(say, "minimise it: ");
			report_command(say, c->cli, "minimize", &c->found.at[i].subject,
				       c->found.at[i].file);
		}
		fprintf(say, "run it again: ");
		report_command(say, c->cli, "replay", &c->found.at[i].subject, c->found.at[i].file);
	}
	if (!c->found.count) {
		fprintf(say, "run it again: ");
		report_fuzz_command(say, c->cli);
	}
	code = code == EXIT_CLEAN ? kept : code;
	kept = sarif_write(c->cli, &c->found);
	return code == EXIT_CLEAN ? kept : code;
}

int verb_fuzz(const struct cli *given)
{
	static struct campaign c;
	struct cli cli = *given;
	int code, found;
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	if (cli.as_is && !cli.drivers)
		fail(EXIT_USAGE, "--as-is is about drivers: write fuzz --drivers --as-is");
	if (cli.schedules && cli.drivers)
		fail(EXIT_USAGE, "fuzz takes --drivers or --schedules, not both");
	interrupt_catch(SA_RESTART);
	if (!cli.jobs)
		cli.jobs = cores > 0 ? (unsigned int)cores : 1;
	c.cli = &cli;
	plan(&c);
	folders(&c);
	announce(&c, make_seeds(&c));
	kernels_announce(&cli, say, "");
	subjects_announce(&cli);
	if (!cli.drivers && !cli.schedules)
		tally_possible(&cli, &c.tally);
	watch(&c);
	code = workers_conclude(c.workers, c.count, &c.tally);
	found = settle(&c);
	/* A finding says more than that the engine's own figures are wrong. */
	code = found == EXIT_FINDING || code == EXIT_CLEAN ? found : code;
	if (code != EXIT_FINDING && subjects_quirks_differ(&cli))
		code = code == EXIT_CLEAN ? EXIT_FINDING : code;
	return conclude(&c, code);
}
