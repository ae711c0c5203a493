/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * fuzz: plans the engine processes, watches them, settles what they find.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "cli/aside.h"
#include "cli/drivers.h"
#include "cli/encode.h"
#include "cli/findings.h"
#include "cli/floors.h"
#include "cli/interrupt.h"
#include "cli/journal.h"
#include "cli/keep.h"
#include "cli/kernels.h"
#include "cli/sarif.h"
#include "cli/schedules.h"
#include "cli/status.h"
#include "cli/workers.h"
#include "harness/process.h"

/* An engine that outlives its time by this much is stopped. */
#define GRACE_SECONDS 10

/* So many inputs that show nothing alone may stay where engines begin with them. */
#define UNREPRODUCED_MOST 2

struct fuzzing {
	const struct cli *cli;
	char run[PATH_MAX], corpus[PATH_MAX], findings[PATH_MAX], seeds[PATH_MAX];
	struct worker *workers;
	unsigned int count, phases;
	struct stats before[SUTS_MAX]; /* of engines that have begun anew since */
	struct tally tally;
	struct finding_list found;
	int code; /* of what was settled so far */
};

/*
 * Most processes, or with few cores most of the time, go to the first sut, the
 * others get equal shares of the rest.
 */
static void plan(struct fuzzing *c)
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

static void folders(struct fuzzing *c)
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
	journal_run(c->run);
}

/* The shipped programs as bytes: where the engines start. */
static unsigned int make_seeds(struct fuzzing *c)
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

static void announce(const struct fuzzing *c, unsigned int seeds)
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
static void gather(struct fuzzing *c)
{
	memcpy(c->tally.stats, c->before, sizeof(c->before));
	for (unsigned int i = 0; i < c->count; i++)
		if (c->workers[i].shared)
			stats_add(&c->tally.stats[c->workers[i].sut], &c->workers[i].shared->stats);
	tally_transitions(c->cli, &c->tally);
}

static bool any(const struct fuzzing *c, enum worker_state state)
{
	for (unsigned int i = 0; i < c->count; i++)
		if (c->workers[i].state == state)
			return true;
	return false;
}

/* Trouble with a file says more than that there is a finding. */
static void worsen(struct fuzzing *c, int code)
{
	c->code = code > c->code ? code : c->code;
}

/* Of those that died the finding is settled, and the input put out of the way. */
static void take_deaths(struct fuzzing *c, const struct worker_folders *where)
{
	for (unsigned int i = 0; i < c->count; i++) {
		struct worker *w = &c->workers[i];
		unsigned int before = c->found.unreproduced;

		if (w->state != WORKER_DIED || interrupted)
			continue;
		worsen(c, finding_settle(c->cli, w, c->findings, &c->found));
		/* What does not show it alone is perhaps not at fault, unless that goes on. */
		if (c->found.unreproduced == before || before >= UNREPRODUCED_MOST)
			worsen(c, aside_put(w, where));
		stats_add(&c->before[w->sut], &w->shared->stats);
		munmap(w->shared, sizeof(*w->shared));
		w->shared = NULL;
		w->state = WORKER_WAITS;
	}
}

/* They begin anew, those for whom there is time; returns whether there are such. */
static bool go_on(struct fuzzing *c, const struct worker_folders *where)
{
	bool any_goes = false;

	for (unsigned int i = 0; i < c->count; i++) {
		struct worker *w = &c->workers[i];
		double left = w->end - clock_seconds();

		if (w->state != WORKER_WAITS || left < 1)
			continue;
		w->seconds = (unsigned int)left;
		w->starts++;
		worker_start(c->cli, w, where);
		any_goes = true;
	}
	return any_goes;
}

static bool is_over(const struct fuzzing *c)
{
	return interrupted || c->code > EXIT_FINDING || any(c, WORKER_TROUBLE) ||
	       any(c, WORKER_DIED);
}

/* Those whose turn it is, until their time is over. */
static void watch_phase(struct fuzzing *c, unsigned int phase, const struct worker_folders *where,
			double start)
{
	const struct timespec tenth = { .tv_nsec = 100000000 };
	double deadline = clock_seconds() + GRACE_SECONDS;

	for (unsigned int i = 0; i < c->count; i++) {
		struct worker *w = &c->workers[i];

		if (w->phase != phase)
			continue;
		w->end = clock_seconds() + w->seconds;
		if (w->end + GRACE_SECONDS > deadline)
			deadline = w->end + GRACE_SECONDS;
		worker_start(c->cli, w, where);
	}
	for (;;) {
		bool run = workers_run(c->workers, c->count);

		if (c->cli->keep_going)
			take_deaths(c, where);
		if (is_over(c) || clock_seconds() >= deadline)
			break;
		if (!go_on(c, where) && !run)
			break;
		nanosleep(&tenth, NULL);
		c->tally.seconds = clock_seconds() - start;
		if (status_due(c->tally.seconds)) {
			gather(c);
			status_print(c->cli, &c->tally, c->corpus);
		}
	}
	workers_stop(c->workers, c->count);
	if (c->cli->keep_going)
		take_deaths(c, where);
}

static void watch(struct fuzzing *c)
{
	const struct worker_folders where = { c->run, c->corpus, c->seeds };
	double start = clock_seconds();

	workers_prepare(c->cli, &where);
	for (unsigned int phase = 0; phase < c->phases && !is_over(c); phase++)
		watch_phase(c, phase, &where, start);
	status_clear();
	c->tally.seconds = clock_seconds() - start;
	gather(c);
}

static bool proved_something(const struct fuzzing *c)
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

struct deaths {
	struct fuzzing *c;
	struct worker *w;
};

static void settle_death(void *context, const char *path)
{
	const struct deaths *deaths = context;
	struct fuzzing *c = deaths->c;

	/* Not in a hurry: whoever takes the same folder later settles it. */
	if (interrupted)
		worsen(c, EXIT_INTERRUPTED);
	else if (worker_load(deaths->w, path))
		worsen(c, finding_settle(c->cli, deaths->w, c->findings, &c->found));
}

/* Inputs in a run's folder that nobody has settled yet. */
static void settle_folder(struct fuzzing *c, const char *run)
{
	const struct worker_folders where = { run, c->corpus, c->seeds };

	for (unsigned int i = 0; i < c->cli->sut_count; i++) {
		struct worker w = { .sut = i };

		worker_name(c->cli, &w, &where);
		w.shared = calloc(1, sizeof(*w.shared));
		if (!w.shared)
			fail(EXIT_OS, "no memory");
		worsen(c, workers_adopt(&w, &where));
		workers_deaths(&w, &where, settle_death, &(struct deaths){ c, &w });
		free(w.shared);
	}
}

static int settle(struct fuzzing *c)
{
	for (unsigned int i = 0; i < c->count; i++) {
		struct worker *w = &c->workers[i];

		if (w->state == WORKER_TROUBLE) {
			worsen(c, worker_trouble(w, c->run));
		} else if (w->state == WORKER_DIED && c->cli->keep_going) {
			worsen(c, EXIT_INTERRUPTED); /* before it was settled */
		} else if (w->state == WORKER_DIED) {
			worsen(c, finding_settle(c->cli, w, c->findings, &c->found));
		}
	}
	if (c->cli->keep_going && workers_go_on())
		settle_folder(c, c->run);
	if (c->code == EXIT_CLEAN && interrupted)
		return EXIT_INTERRUPTED;
	return c->code == EXIT_CLEAN && !proved_something(c) ? EXIT_NOTHING : c->code;
}

struct summary {
	const struct fuzzing *c;
	int code;
};

static void write_summary(FILE *out, const void *context)
{
	const struct summary *s = context;

	report_json(out, s->c->cli, s->code, &s->c->tally, &s->c->found);
}

static int conclude(struct fuzzing *c, int code)
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
	for (unsigned int i = 0; c->cli->keep_going && i < c->found.count; i++)
		fprintf(say, "  %-13s%s on %s, %u times\n", i ? "" : "found",
			c->found.at[i].finding.id, c->found.at[i].subject.sut->name,
			c->found.at[i].times);
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
	code = code == EXIT_CLEAN ? kept : code;
	journal_tally(c->cli, &c->tally);
	kept = journal_end();
	return code == EXIT_CLEAN ? kept : code;
}

/* For a campaign: two that are compared have different quirks. */
static void note_quirks(const struct fuzzing *c)
{
	struct run_subject subject = subject_at(c->cli, 0);
	struct finding finding;
	struct text text;
	FILE *out = text_open(&text);
	char *again;

	report_fuzz_command(out, c->cli);
	again = text_close(&text, out);
	snprintf(finding.id, sizeof(finding.id), "diff.quirks@start/%s", subject.sut->generation);
	journal_finding(&finding, &subject, c->run, again);
	free(again);
}

int verb_fuzz(const struct cli *given)
{
	static struct fuzzing c;
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
	for (unsigned int i = 0; i < cli.recover_count; i++) {
		if (access(cli.recover[i], R_OK | X_OK))
			fail(EXIT_NO_INPUT, "cannot read %s: %s", cli.recover[i], strerror(errno));
		fprintf(say, "taking what %s left\n", path_short(cli.recover[i]));
		settle_folder(&c, cli.recover[i]);
		if (c.code <= EXIT_FINDING && !interrupted)
			journal_recovered(cli.recover[i]);
	}
	watch(&c);
	code = workers_conclude(c.workers, c.count, &c.tally);
	found = settle(&c);
	/* A finding says more than that the engine's own figures are wrong. */
	code = found == EXIT_FINDING || code == EXIT_CLEAN ? found : code;
	if (code != EXIT_FINDING && subjects_quirks_differ(&cli)) {
		note_quirks(&c);
		code = code == EXIT_CLEAN ? EXIT_FINDING : code;
	}
	return conclude(&c, code);
}
