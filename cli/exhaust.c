/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * exhaust: a process for each system under test, which runs every program of a small
 * scope, and every fault of the shipped programs.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/findings.h"
#include "cli/input.h"
#include "cli/interrupt.h"
#include "cli/kernels.h"
#include "cli/quiet.h"
#include "cli/status.h"
#include "harness/exhaust.h"

#define DEFAULT_OPS   7 /* as many as about a minute on two cores is enough for, with ASan */
#define DEFAULT_PAGES 2
#define HANG_SECONDS  5 /* without another program: the one under way does not end */
#define PROGRAMS_MAX  256

struct search {
	pid_t pid;
	bool started, ended, hangs;
	int status;
	double start, moved; /* when it was started; when it last went on */
	uint64_t runs;
	struct exhaust *x; /* shared with the process */
};

static struct program programs[PROGRAMS_MAX];
static unsigned int program_count;
static struct finding_list found;

static void keep_one(void *context, const char *path, const char *name, const struct program *p)
{
	(void)context, (void)path, (void)name;
	if (!program_has_drivers(p) && program_count < PROGRAMS_MAX)
		programs[program_count++] = *p;
}

static void load_programs(const struct cli *cli)
{
	struct cli shipped = *cli;
	char corpus[PATH_MAX], *files[] = { corpus };
	int code;

	path_make(corpus, "%s/corpus", cli_root());
	shipped.files = files;
	shipped.file_count = 1;
	code = input_walk(&shipped, keep_one, NULL);
	if (code != EXIT_CLEAN)
		exit(code);
}

static void start(const struct cli *cli, struct search *s, unsigned int index)
{
	s->started = true;
	s->start = s->moved = clock_seconds();
	fflush(NULL);
	s->pid = fork();
	if (s->pid < 0)
		fail(EXIT_OS, "cannot start a process");
	if (s->pid)
		return;
	signal(SIGINT, SIG_IGN);
	quiet_start();
	for (unsigned int i = 0; i < program_count; i++)
		exhaust_faults(cli->suts[index], &programs[i], s->x);
	exhaust_run(cli->suts[index], s->x);
	_exit(0);
}

/* One look at a process that runs, for so many seconds; 0: to its end. */
static void look(struct search *s, double seconds)
{
	double now = clock_seconds();

	if (waitpid(s->pid, &s->status, WNOHANG) == s->pid) {
		s->ended = true;
		return;
	}
	if (interrupted || (seconds > 0 && now - s->start > seconds))
		s->x->stop = true;
	if (s->runs != s->x->stats.runs) {
		s->runs = s->x->stats.runs;
		s->moved = now;
	} else if (now - s->moved > HANG_SECONDS) {
		s->hangs = true;
		kill(s->pid, SIGKILL);
	}
}

static void show_status(const struct cli *cli, const struct search *searches)
{
	char *text = NULL;
	size_t size;
	FILE *line = open_memstream(&text, &size);

	if (!line)
		fail(EXIT_OS, "no memory");
	for (unsigned int i = 0; i < cli->sut_count; i++) {
		const struct exhaust *x = searches[i].x;

		if (!searches[i].started || searches[i].ended)
			continue;
		fprintf(line, "%s: %u ops %u %%, ", cli->suts[i]->name, x->complete + 1,
			x->level_states ? (unsigned int)(100.0 * x->level_done / x->level_states)
					: 0);
		status_number(line, (double)x->stats.runs);
		fputs(" runs; ", line);
	}
	fclose(line);
	status_show(text);
	free(text);
}

static void watch(const struct cli *cli, struct search *searches, double begin)
{
	const struct timespec tenth = { .tv_nsec = 100000000 };
	double seconds = 0;
	unsigned int running = 1;

	/* With fewer processes than suts, these share the time. */
	if (cli->time_given)
		seconds = cli->jobs < cli->sut_count
				  ? (double)cli->seconds * cli->jobs / cli->sut_count
				  : cli->seconds;
	while (running) {
		running = 0;
		for (unsigned int i = 0; i < cli->sut_count; i++) {
			if (searches[i].started && !searches[i].ended)
				look(&searches[i], seconds);
			if (!searches[i].started && running < cli->jobs && !interrupted)
				start(cli, &searches[i], i);
			running += searches[i].started && !searches[i].ended;
		}
		if (status_due(clock_seconds() - begin))
			show_status(cli, searches);
		if (running)
			nanosleep(&tenth, NULL);
	}
	status_clear();
}

/* What was found, and what ended the process. */
static int settle(const struct cli *cli, struct search *s, unsigned int index)
{
	char folder[PATH_MAX];
	int code = EXIT_CLEAN, one;

	path_make(folder, "%s/work/findings", cli_root());
	for (unsigned int i = 0; i < s->x->found_count; i++) {
		one = finding_found(cli, index, &s->x->found[i].program, folder, &found);
		if (one == EXIT_CLEAN) {
			complain("%s: a finding, %s, does not come again: something is left over "
				 "from one run to the next",
				 cli->suts[index]->name, s->x->found[i].finding.id);
			one = EXIT_FINDING;
		}
		code = one > code ? one : code;
	}
	if (!s->started || s->x->done)
		return code;
	one = finding_found(cli, index, &s->x->program, folder, &found);
	if (one == EXIT_CLEAN) {
		complain("%s: the search ended with wait status %#x%s, and its last program shows "
			 "nothing",
			 cli->suts[index]->name, (unsigned int)s->status,
			 s->hangs ? " (it did not go on)" : "");
		one = EXIT_SOFTWARE;
	}
	return one > code ? one : code;
}

static uint64_t sum(const uint64_t *counts, unsigned int last)
{
	uint64_t total = 0;

	for (unsigned int i = 0; i <= last; i++)
		total += counts[i];
	return total;
}

static void tell(const struct cli *cli, const struct search *s, unsigned int index)
{
	const struct exhaust *x = s->x;
	const char *name = cli->suts[index]->name;

	fprintf(say,
		"%s: %u ops, %u pages, %u device%s: %llu states, %llu transitions, %llu violations\n",
		name, x->complete, x->scope.pages, x->scope.devices,
		x->scope.devices == 1 ? "" : "s", (unsigned long long)sum(x->states, x->complete),
		(unsigned long long)sum(x->transitions, x->complete),
		(unsigned long long)x->violations);
	if (x->complete < x->scope.ops && (cli->ops || !cli->time_given))
		fprintf(say, "%s: not all programs of %u ops were run\n", name, x->complete + 1);
	if (cli->verbose)
		for (unsigned int i = 1; i <= x->complete; i++)
			fprintf(say, "  %2u ops: %llu new states, %llu transitions\n", i,
				(unsigned long long)x->states[i],
				(unsigned long long)x->transitions[i]);
	fprintf(say,
		"%s: %llu programs, %llu fault points, %llu pairs, %llu runs, %llu violations\n",
		name, (unsigned long long)x->programs, (unsigned long long)x->points,
		(unsigned long long)x->pairs, (unsigned long long)x->fault_runs,
		(unsigned long long)x->fault_violations);
}

/* Where a state is not what its key says, or a run not what it was, all else means nothing. */
static bool sound(const struct cli *cli, const struct exhaust *x, unsigned int index)
{
	const char *name = cli->suts[index]->name;

	if (x->no_memory)
		complain("%s: no memory for more states", name);
	if (x->misjudged || x->strayed)
		complain(
			"%s: of %llu states looked at twice %llu were not the same, and %llu were not "
			"reached again: the core remembers what no program can see",
			name, (unsigned long long)x->audited, (unsigned long long)x->misjudged,
			(unsigned long long)x->strayed);
	if (x->astray)
		complain("%s: %llu runs were another one before the fault", name,
			 (unsigned long long)x->astray);
	return !x->no_memory && !x->misjudged && !x->strayed && !x->astray;
}

/* What fails in the small scope must have failed in the shipped programs, too. */
static bool proved(const struct cli *cli, const struct exhaust *x, unsigned int index)
{
	const char *name = cli->suts[index]->name;
	bool good = true;

	if (!x->complete || !x->transitions[x->complete] || (cli->ops && x->complete < cli->ops)) {
		fprintf(say,
			"%s: proved nothing: all programs of %u ops is less than was asked for\n",
			name, x->complete);
		good = false;
	}
	for (unsigned int op = 0; op < OP_CORE_COUNT; op++)
		for (unsigned int kind = FAULT_none + 1; kind < FAULT_COUNT; kind++) {
			if (!x->fired[op][kind] || x->refused[op][kind])
				continue;
			fprintf(say, "%s: no program of corpus/ has a fault point '%s' in %s\n",
				name, fault_names[kind], op_table[op].name);
			good = false;
		}
	return good;
}

static void json(const struct cli *cli, const struct search *searches, int code, double seconds)
{
	printf("{\"verb\": \"exhaust\", \"verdict\": \"%s\", \"exit\": %d, \"seconds\": %.3f, \"suts\": [",
	       report_verdict_word(code), code, seconds);
	for (unsigned int i = 0; i < cli->sut_count; i++) {
		const struct exhaust *x = searches[i].x;

		printf("%s{\"sut\": ", i ? ", " : "");
		json_string(stdout, cli->suts[i]->name);
		printf(", \"ops\": %u, \"pages\": %u, \"devices\": %u, \"states\": %llu, "
		       "\"transitions\": %llu, \"audited\": %llu, \"violations\": %llu, "
		       "\"programs\": %llu, \"fault_points\": %llu, \"pairs\": %llu, "
		       "\"fault_runs\": %llu, \"fault_violations\": %llu}",
		       x->complete, x->scope.pages, x->scope.devices,
		       (unsigned long long)sum(x->states, x->complete),
		       (unsigned long long)sum(x->transitions, x->complete),
		       (unsigned long long)x->audited, (unsigned long long)x->violations,
		       (unsigned long long)x->programs, (unsigned long long)x->points,
		       (unsigned long long)x->pairs, (unsigned long long)x->fault_runs,
		       (unsigned long long)x->fault_violations);
	}
	fputs("], \"findings\": [", stdout);
	for (unsigned int i = 0; i < found.count; i++) {
		fputs(i ? ", " : "", stdout);
		json_string(stdout, found.at[i].finding.id);
	}
	puts("]}");
}

static void conclude(const struct cli *cli, const struct search *searches, int code, double seconds)
{
	uint64_t runs = 0;
	char what[80];

	for (unsigned int i = 0; i < cli->sut_count; i++)
		runs += searches[i].x->stats.runs;
	snprintf(what, sizeof(what), "%llu runs in %.0f s", (unsigned long long)runs, seconds);
	report_verdict(cli, code, what);
	for (unsigned int i = 0; i < found.count; i++) {
		if (!found.at[i].file[0])
			continue;
		fputs("run it again: ", say);
		report_command(say, cli, "replay", &found.at[i].subject, found.at[i].file);
	}
	if (cli->json)
		json(cli, searches, code, seconds);
}

static void prepare(const struct cli *cli, struct search *searches)
{
	for (unsigned int i = 0; i < cli->sut_count; i++) {
		struct exhaust *x = mmap(NULL, sizeof(*x), PROT_READ | PROT_WRITE,
					 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

		if (x == MAP_FAILED)
			fail(EXIT_OS, "no memory");
		x->scope.ops = cli->ops ? cli->ops : cli->time_given ? EXHAUST_OPS : DEFAULT_OPS;
		x->scope.pages = cli->pages ? cli->pages : DEFAULT_PAGES;
		x->scope.devices = cli->devices ? (unsigned int)atoi(cli->devices) : 1;
		searches[i].x = x;
	}
}

/* Trouble with one sut does not hide what another has shown. */
static int judge(const struct cli *cli, struct search *s, unsigned int index)
{
	int code = settle(cli, s, index);

	tell(cli, s, index);
	if (code != EXIT_CLEAN || interrupted)
		return code;
	if (!sound(cli, s->x, index))
		return EXIT_NOT_RUN;
	return proved(cli, s->x, index) ? EXIT_CLEAN : EXIT_NOTHING;
}

int verb_exhaust(const struct cli *given)
{
	static struct search searches[SUTS_MAX];
	struct cli cli = *given;
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	double begin = clock_seconds();
	int code = EXIT_CLEAN;
	bool finding = false;

	if (!cli.jobs)
		cli.jobs = cores > 0 ? (unsigned int)cores : 1;
	interrupt_catch(SA_RESTART);
	load_programs(&cli);
	kernels_announce(&cli, say, "");
	prepare(&cli, searches);
	watch(&cli, searches, begin);
	for (unsigned int i = 0; i < cli.sut_count; i++) {
		int one = judge(&cli, &searches[i], i);

		finding |= one == EXIT_FINDING;
		code = one > code ? one : code;
	}
	if (finding && code < EXIT_USAGE)
		code = EXIT_FINDING;
	if (code == EXIT_CLEAN && interrupted)
		code = EXIT_INTERRUPTED;
	conclude(&cli, searches, code, clock_seconds() - begin);
	return code;
}
