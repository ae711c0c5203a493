/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* One planted bug, one seed: an engine until it finds something, and what that is. */
#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "cli/bugs.h"
#include "cli/explored.h"
#include "cli/input.h"
#include "cli/interrupt.h"
#include "cli/keep.h"
#include "cli/quiet.h"
#include "cli/workers.h"
#include "explore/schedule.h"
#include "harness/quirks.h"

#define BUDGET_MEDIANS 10
#define GRACE_SECONDS  10
#define ROUND_RUNS     100 /* schedules of one scenario before the next one's turn */
#define SETTLE_SECONDS 30

static const struct timespec moment = { .tv_nsec = 2000000 };

/* The cli of one run: this sut alone, and the kind of program that its engine makes. */
static struct cli cli_of(const struct cli *given, const struct bug *bug, uint64_t seed)
{
	struct cli cli = *given;

	cli.suts[0] = bug->sut;
	cli.others[0] = NULL;
	cli.sut_count = 1;
	cli.seed = seed;
	cli.drivers = bug->engine == BUG_drivers;
	cli.schedules = bug->engine == BUG_schedules;
	return cli;
}

/* What the engines are to count in. */
static struct probe_counts *make_probe(const char *folder)
{
	struct probe_counts *probe;
	char path[PATH_MAX];
	int fd;

	path_make(path, "%s/probe", folder);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0 || ftruncate(fd, sizeof(*probe)) || setenv(PROBE_VARIABLE, path, 1))
		fail(EXIT_CANNOT_CREATE, "cannot write %s", path);
	probe = mmap(NULL, sizeof(*probe), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (probe == MAP_FAILED)
		fail(EXIT_OS, "cannot map %s", path);
	close(fd);
	return probe;
}

/* The same rule, and of the same generation: at which op it shows first is chance. */
static bool is_named(const struct bug *bug, const char *id)
{
	size_t rule = strcspn(id, "@");
	char name[FINDING_ID];

	snprintf(name, sizeof(name), "%.*s%s", (int)rule, id, id + rule + strcspn(id + rule, "/"));
	for (unsigned int i = 0; i < bug->id_count; i++) {
		const char *want = bug->ids[i];
		char pattern[FINDING_ID];

		rule = strcspn(want, "@");
		snprintf(pattern, sizeof(pattern), "%.*s%s", (int)rule, want,
			 want + rule + strcspn(want + rule, "/"));
		if (!fnmatch(pattern, name, 0))
			return true;
	}
	return false;
}

/* The line of the engine's log that names the finding. */
static bool logged_id(const char *log, char id[FINDING_ID])
{
	static const char word[] = "finding: ";
	FILE *in = fopen(log, "r");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	while (in && !found && getline(&line, &size, in) > 0) {
		found = !strncmp(line, word, strlen(word));
		if (found)
			snprintf(id, FINDING_ID, "%.*s", (int)strcspn(line + strlen(word), "\n"),
				 line + strlen(word));
	}
	free(line);
	if (in)
		fclose(in);
	return found;
}

/* A driver is not linked in here: the engine itself says what a program of it shows. */
static bool driver_shows(const struct cli *cli, const struct program *p, const char *folder,
			 char id[FINDING_ID])
{
	const struct worker_folders where = { .run = folder };
	struct worker w = { .number = 1 };
	char path[PATH_MAX];
	FILE *out;

	path_make(path, "%s/input", folder);
	out = fopen(path, "wb");
	if (out) {
		uint8_t bytes[PROGRAM_BYTES];

		fwrite(bytes, program_encode(p, bytes), 1, out);
		fclose(out);
	}
	w.input = path;
	worker_start(cli, &w, &where);
	while (workers_run(&w, 1) && !interrupted)
		nanosleep(&moment, NULL);
	snprintf(id, FINDING_ID, "%s", w.state == WORKER_DIED ? "sanitizer.death@run" : "");
	if (w.state == WORKER_DIED && !logged_id(w.log, id) && worker_timed_out(&w))
		snprintf(id, FINDING_ID, "progress.timeout@run");
	munmap(w.shared, sizeof(*w.shared));
	unlink(w.log);
	return id[0];
}

struct driver_test {
	const struct cli *cli;
	const char *folder, *id;
};

static bool driver_test(const void *context, const struct program *p)
{
	const struct driver_test *t = context;
	char id[FINDING_ID];

	return driver_shows(t->cli, p, t->folder, id) && !strcmp(id, t->id);
}

static void settle_driver(const struct cli *cli, struct program *p, const char *folder,
			  struct bug_run *run)
{
	struct driver_test test = { cli, folder, run->id };
	struct minimize_report report;

	driver_shows(cli, p, folder, run->id);
	if (!cli->no_minimize && !strstr(run->id, "timeout") &&
	    program_minimize_by(driver_test, &test, p, &report))
		run->records = p->count;
}

static void settle_ops(const struct cli *cli, struct program *p, struct bug_run *run)
{
	const struct run_subject subject = subject_at(cli, 0);
	struct minimize_report report;
	struct finding finding;
	int loud = quiet_start();

	subject_run(&subject, p, true, NULL, &finding);
	snprintf(run->id, FINDING_ID, "%s", finding.id);
	if (!cli->no_minimize && finding.id[0] &&
	    subject_minimize(&subject, p, finding.id, &report))
		run->records = p->count;
	quiet_end(loud);
}

/* p with the schedule that was found for it. */
static void settle_schedule(struct explored *x, struct program *p, struct bug_run *run)
{
	if (x->cli->no_minimize || !explored_alike(x, p, run->id))
		return;
	explored_minimise(x, p, run->id);
	run->records = p->count;
}

static void settle_schedules(const struct cli *cli, struct program *p, struct bug_run *run)
{
	struct explored x = { 0 };
	struct explore_config config;
	struct explore_shared *s;

	explored_begin(&x, cli);
	x.sut = cli->suts[0];
	config = explored_config(&x, p, "seeded", SETTLE_SECONDS * 1000);
	config.runs = SEEDED_RUNS;
	config.bound = SEEDED_BOUND;
	s = explored_run(&x, &config);
	if (!s || !s->found)
		return;
	snprintf(run->id, FINDING_ID, "%s", s->finding.id);
	program_decode(p, s->program, s->size);
	explored_end(s);
	settle_schedule(&x, p, run);
}

static void run_target(const struct cli *cli, const struct bug *bug, const char *folder,
		       struct probe_counts *probe, struct bug_run *run)
{
	const struct worker_folders where = { .run = folder };
	struct worker w = { .seconds = cli->seconds, .runs = BUDGET_MEDIANS * bug->median };
	double start = clock_seconds();
	struct program p;

	worker_start(cli, &w, &where);
	while (workers_run(&w, 1) && !interrupted &&
	       clock_seconds() - start < cli->seconds + GRACE_SECONDS)
		nanosleep(&moment, NULL);
	workers_stop(&w, 1);
	run->seconds = clock_seconds() - start;
	run->executions = w.shared->inputs;
	run->probe = *probe;
	run->detected = w.state == WORKER_DIED;
	if (w.state == WORKER_TROUBLE)
		fail(EXIT_NOT_RUN, "the engine of %s failed; see %s", bug->name, w.log);
	if (run->detected && !interrupted) {
		program_decode(&p, w.shared->input, w.shared->size);
		if (bug->engine == BUG_drivers)
			settle_driver(cli, &p, folder, run);
		else if (bug->engine == BUG_schedules)
			settle_schedules(cli, &p, run);
		else
			settle_ops(cli, &p, run);
	}
	munmap(w.shared, sizeof(*w.shared));
	unlink(w.log);
}

struct races {
	struct explored x;
	uint64_t budget, seed;
	double start, end;
	const struct probe_counts *probe;
	struct bug_run *run;
};

static void explore_one(void *context, const char *path, const char *name, const struct program *p)
{
	struct races *r = context;
	double left = r->end - clock_seconds();
	struct explore_config config;
	struct explore_shared *s;
	struct program found;

	(void)path, (void)name;
	if (interrupted || r->run->detected || left <= 0 || r->run->executions >= r->budget)
		return;
	config = explored_config(&r->x, p, "portfolio", (unsigned int)(left * 1000) + 1);
	config.runs = ROUND_RUNS;
	config.seed = r->seed;
	s = explored_run(&r->x, &config);
	if (!s)
		return;
	r->run->executions += s->runs;
	r->run->detected = s->found;
	r->run->seconds = clock_seconds() - r->start;
	r->run->probe = *r->probe;
	if (s->found) {
		snprintf(r->run->id, FINDING_ID, "%s", s->finding.id);
		program_decode(&found, s->program, s->size);
		settle_schedule(&r->x, &found, r->run);
	}
	explored_end(s);
}

/* Round after round through the scenarios, each time by other schedules. */
static void run_races(const struct cli *cli, const struct bug *bug,
		      const struct probe_counts *probe, struct bug_run *run)
{
	struct races r = { .seed = cli->seed, .probe = probe, .run = run };
	struct cli scenarios = *cli;
	char folder[PATH_MAX], engines[PATH_MAX], *files[] = { folder };

	path_make(folder, "%s/corpus/scenarios", cli_root());
	path_make(engines, "%s/build/tsan-bugs", cli_root());
	scenarios.files = files;
	scenarios.file_count = 1;
	explored_begin(&r.x, cli);
	r.x.sut = bug->sut;
	r.x.engines = engines;
	r.start = clock_seconds();
	r.end = r.start + cli->seconds;
	r.budget = bug->median ? BUDGET_MEDIANS * bug->median : UINT64_MAX;
	while (!run->detected && !interrupted && clock_seconds() < r.end &&
	       run->executions < r.budget) {
		if (input_walk(&scenarios, explore_one, &r) != EXIT_CLEAN)
			fail(EXIT_NOT_RUN, "cannot read %s", folder);
		r.seed += ROUND_RUNS;
	}
}

/* Inputs and logs of a run are of no use when it is over. */
static void clean_up(const char *folder)
{
	char path[PATH_MAX];
	struct dirent *entry;
	DIR *dir = opendir(folder);

	while (dir && (entry = readdir(dir))) {
		path_make(path, "%s/%s", folder, entry->d_name);
		unlink(path);
	}
	if (dir)
		closedir(dir);
	rmdir(folder);
}

void bug_run(const struct cli *given, const struct bug *bug, uint64_t seed, struct bug_run *run)
{
	struct cli cli = cli_of(given, bug, seed);
	struct probe_counts *probe;
	char folder[PATH_MAX];

	path_make(folder, "%s/work/runs/bugs-%ld", cli_root(), (long)getpid());
	if (keep_folder(folder) != EXIT_CLEAN)
		exit(EXIT_CANNOT_CREATE);
	probe = make_probe(folder);
	if (!quirks_measure(bug->sut))
		fail(EXIT_OS, "cannot start a process to measure the quirks of %s", bug->name);
	if (bug->base)
		run->taken = sut_features(bug->sut) & ~sut_features(bug->base);
	if (bug->engine == BUG_races)
		run_races(&cli, bug, probe, run);
	else
		run_target(&cli, bug, folder, probe, run);
	run->named = run->detected && is_named(bug, run->id);
	munmap(probe, sizeof(*probe));
	clean_up(folder);
	__atomic_store_n(&run->done, !interrupted, __ATOMIC_RELEASE);
}
