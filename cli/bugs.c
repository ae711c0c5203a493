/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * bugs: runs engines on the bank of planted bugs until each is found, several at
 * a time, and says how many that are.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/bugs.h"
#include "cli/interrupt.h"
#include "cli/keep.h"
#include "cli/kernels.h"
#include "cli/report.h"

/* Of those that a quick run tries: what takes more executions is for a full one. */
#define QUICK_MEDIAN 20000

static struct bug bugs[BUGS_MAX];
static struct bug_result results[BUGS_MAX];
static unsigned int count; /* of those chosen */

/* Shared by the processes that do the work: whoever is free takes the next job. */
static struct {
	unsigned int next;
	struct bug_run runs[];
} * work;

static bool is_chosen(const struct cli *cli, const struct bug *bug)
{
	size_t length;

	/* It goes with all: whoever does not find this one finds nothing. */
	if (!strcmp(bug->name, CANARY))
		return true;
	if (cli->engine && strcmp(cli->engine, bug_engine_names[bug->engine]))
		return false;
	/* One that the table has not yet is tried. */
	if (cli->quick && (bug->accepted || bug->median > QUICK_MEDIAN))
		return false;
	if (!cli->only)
		return true;
	for (const char *at = cli->only; *at; at += length + (at[length] == ',')) {
		length = strcspn(at, ",");
		if (strlen(bug->name) == length && !strncmp(at, bug->name, length))
			return true;
	}
	return false;
}

/* Every word of --only and --engine means something. */
static void check_words(const struct cli *cli, unsigned int all)
{
	size_t length;

	for (const char *at = cli->only ? cli->only : ""; *at; at += length + (at[length] == ',')) {
		bool known = false;

		length = strcspn(at, ",");
		for (unsigned int i = 0; i < all; i++)
			known |= strlen(bugs[i].name) == length &&
				 !strncmp(at, bugs[i].name, length);
		if (!known)
			fail(EXIT_USAGE, "there is no planted bug '%.*s'; bugs/ has them",
			     (int)length, at);
	}
	for (unsigned int e = 0; cli->engine && strcmp(cli->engine, bug_engine_names[e]);)
		if (++e == BUG_ENGINES)
			fail(EXIT_USAGE,
			     "there is no engine '%s'; there are ops, drivers, schedules and races",
			     cli->engine);
}

static void choose(const struct cli *cli)
{
	unsigned int all = bugs_load(bugs);

	/* Of those asked for some may not fit a kernel's file: pinprick has said which. */
	if (!bugs->base)
		check_words(cli, all);
	/* The canary first. */
	for (unsigned int pass = 0; pass < 2; pass++)
		for (unsigned int i = 0; i < all; i++)
			if (is_chosen(cli, &bugs[i]) && !strcmp(bugs[i].name, CANARY) == !pass)
				results[count++] =
					(struct bug_result){ .bug = &bugs[i], .count = cli->seeds };
	if (!count || strcmp(results[0].bug->name, CANARY))
		fail(EXIT_NOT_RUN, "bugs/" CANARY ".patch is missing");
	/* A quick run that tries nothing proves nothing. */
	if (cli->quick && count == 1)
		fail(EXIT_NOT_RUN, "of these " BUGS_DOCUMENT " has none as found soon");
	work = mmap(NULL, sizeof(*work) + count * cli->seeds * sizeof(work->runs[0]),
		    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (work == MAP_FAILED)
		fail(EXIT_OS, "no memory");
	for (unsigned int i = 0; i < count; i++)
		results[i].runs = &work->runs[i * cli->seeds];
}

static _Noreturn void work_off(const struct cli *cli, unsigned int end)
{
	unsigned int job;

	while (!interrupted && (job = __atomic_fetch_add(&work->next, 1, __ATOMIC_RELAXED)) < end) {
		struct cli one = *cli;

		/* One program of each is enough to look at. */
		one.no_minimize = cli->no_minimize || cli->quick || job % cli->seeds;
		bug_run(&one, results[job / cli->seeds].bug, cli->seed + job % cli->seeds,
			&work->runs[job]);
	}
	fflush(NULL);
	_exit(interrupted ? EXIT_INTERRUPTED : EXIT_CLEAN);
}

/* Prints those that are done, in their order; returns how many. */
static unsigned int print_done(unsigned int from)
{
	for (; from < count; from++) {
		for (unsigned int i = 0; i < results[from].count; i++)
			if (!__atomic_load_n(&results[from].runs[i].done, __ATOMIC_ACQUIRE))
				return from;
		bugs_print(say, &results[from]);
		fflush(say);
	}
	return from;
}

/* The jobs below end; EXIT_CLEAN where each process came to its end. */
static int run_jobs(const struct cli *cli, unsigned int end, unsigned int *printed)
{
	int code = EXIT_CLEAN, status;
	pid_t pid;

	fflush(NULL);
	for (unsigned int i = 0; i < cli->jobs; i++) {
		pid = fork();
		if (pid < 0)
			fail(EXIT_OS, "cannot start a process: %s", strerror(errno));
		if (!pid)
			work_off(cli, end);
	}
	for (unsigned int running = cli->jobs; running;) {
		pid = waitpid(-1, &status, WNOHANG);
		if (pid <= 0) {
			*printed = print_done(*printed);
			usleep(100000);
			continue;
		}
		running--;
		if (!WIFEXITED(status) || WEXITSTATUS(status) > code)
			code = WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_NOT_RUN;
	}
	*printed = print_done(*printed);
	__atomic_store_n(&work->next, end, __ATOMIC_RELAXED);
	return code;
}

/* The kernel's file without any of the bugs; its quirks are told and, from here on, known. */
static void announce_base(const struct cli *given)
{
	struct cli cli = *given;

	cli.suts[0] = results[0].bug->base;
	cli.others[0] = NULL;
	cli.sut_count = cli.suts[0] != NULL;
	kernels_announce(&cli, say, "");
}

static void write_document(FILE *out, const void *context)
{
	(void)context;
	bugs_document(out, results, count);
}

static int conclude(const struct cli *cli, int code)
{
	char path[PATH_MAX];

	for (unsigned int i = 0; i < count && code == EXIT_CLEAN; i++)
		if (!bug_good(&results[i]))
			code = EXIT_NOTHING;
	if (code == EXIT_CLEAN || code == EXIT_NOTHING) {
		fputc('\n', say);
		bugs_summary(say, results, count);
		path_make(path, "%s/" BUGS_DOCUMENT, cli_root());
		if (cli->write && keep_file(path, write_document, NULL) != EXIT_CLEAN)
			return EXIT_CANNOT_CREATE;
	}
	if (cli->json)
		bugs_json(stdout, cli, code, results, count);
	return code;
}

int verb_bugs(const struct cli *given)
{
	struct cli cli = *given;
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned int printed = 0;
	int code;

	if (!cli.jobs)
		cli.jobs = cores > 0 ? (unsigned int)cores : 1;
	if (!cli.seeds)
		cli.seeds = 1;
	if (cli.write && (cli.only || cli.engine || cli.quick))
		fail(EXIT_USAGE,
		     "--write is for the whole bank: without --only, --engine and --quick");
	choose(&cli);
	announce_base(&cli);
	interrupt_catch(0);
	fprintf(say, "%u planted bugs, %u seed%s each from %llu, %u s at the most\n", count,
		cli.seeds, cli.seeds == 1 ? "" : "s", (unsigned long long)cli.seed, cli.seconds);
	bugs_print_head(say);
	code = run_jobs(&cli, cli.seeds, &printed);
	if (code == EXIT_CLEAN && !bug_good(&results[0]))
		fail(EXIT_NOT_RUN, "not even the canary is found: what follows would mean nothing");
	work->next = cli.seeds;
	if (code == EXIT_CLEAN)
		code = run_jobs(&cli, count * cli.seeds, &printed);
	if (code == EXIT_INTERRUPTED)
		fprintf(say, "interrupted: %u of %u were done\n", printed, count);
	return conclude(&cli, code);
}
