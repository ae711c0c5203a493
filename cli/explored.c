/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "cli/explored.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "cli/journal.h"
#include "cli/keep.h"
#include "harness/process.h"
#include "harness/rules.h"

#define DEFAULT_BOUND	    2
#define RUN_SECONDS	    5 /* one run that takes longer does not end */
#define ONCE_MILLISECONDS   2000
#define FEWEST_MILLISECONDS 5000

void explored_begin(struct explored *x, const struct cli *cli)
{
	if (x->cli)
		return;
	x->cli = cli;
	interrupt_catch(0);
	path_make(x->folder, "%s/work/runs/explore-%ld", cli_root(), (long)getpid());
	if (keep_folder(x->folder) != EXIT_CLEAN)
		exit(EXIT_CANNOT_CREATE);
	path_make(x->log, "%s/engine.log", x->folder);
	journal_run(x->folder);
}

const char *explored_strategy(const struct cli *cli)
{
	return cli->strategy ? cli->strategy : "exhaustive";
}

unsigned int explored_bound(const struct cli *cli)
{
	return cli->bound_given ? cli->bound : DEFAULT_BOUND;
}

struct explore_config explored_config(const struct explored *x, const struct program *p,
				      const char *strategy, unsigned int milliseconds)
{
	struct explore_config config = { .bound = explored_bound(x->cli),
					 .seed = x->cli->seed,
					 .features = sut_features(x->sut),
					 .milliseconds = milliseconds,
					 .as_is = x->cli->as_is };

	snprintf(config.strategy, sizeof(config.strategy), "%s", strategy);
	config.size = (uint32_t)program_encode(p, config.program);
	return config;
}

/* Waits for its end: kills it after an interruption, and where one run takes for ever. */
static int await(pid_t pid, const struct explore_shared *s, bool *late)
{
	const struct timespec moment = { .tv_nsec = 1000000 };
	double since = clock_seconds();
	uint64_t runs = 0;
	int status = 0;

	while (waitpid(pid, &status, WNOHANG) != pid) {
		if (s->runs != runs) {
			runs = s->runs;
			since = clock_seconds();
		}
		*late = clock_seconds() - since > RUN_SECONDS;
		/* First it may say by which schedule that is. */
		if (interrupted || clock_seconds() - since > 2 * RUN_SECONDS)
			kill(pid, SIGKILL);
		else if (*late)
			kill(pid, SIGALRM);
		nanosleep(&moment, NULL);
	}
	return status;
}

/* What an engine ended with that could not say so itself: without its schedule. */
static void name_death(struct explore_shared *s, const struct sut *sut, int status, bool late)
{
	if (s->found || (WIFEXITED(status) && !WEXITSTATUS(status)))
		return;
	snprintf(s->finding.id, sizeof(s->finding.id), "%s@run/%s",
		 late ? "progress.timeout" : "sanitizer.death", sut->generation);
	snprintf(s->finding.text, sizeof(s->finding.text), "the engine ended with wait status %#x",
		 (unsigned int)status);
	memcpy(s->program, s->config.program, s->config.size);
	s->size = s->config.size;
	s->found = 2;
}

static void engine_path(const struct explored *x, char path[PATH_MAX])
{
	path_make(path, "%s/explore-%s", x->engines ? x->engines : cli_folder(), x->sut->name);
	if (access(path, X_OK))
		fail(EXIT_NOT_RUN, "there is no engine %s: is it the flavour's?", path);
}

struct explore_shared *explored_run(const struct explored *x, const struct explore_config *config)
{
	char path[PATH_MAX];
	char *const args[] = { path, NULL };
	bool late = false;
	void *memory;
	int status;
	pid_t pid;

	engine_path(x, path);
	pid = engine_start(&(struct engine){ .args = args,
					     .log = x->log,
					     .variable = EXPLORE_VARIABLE,
					     .shared_size = sizeof(struct explore_shared),
					     .many_contexts = true,
					     .begin = config,
					     .begin_size = sizeof(*config) },
			   &memory);
	if (pid < 0)
		exit(-pid);
	status = await(pid, memory, &late);
	if (interrupted) {
		explored_end(memory);
		return NULL;
	}
	if (!((struct explore_shared *)memory)->started) {
		engine_log_tail(x->log);
		fail(EXIT_NOT_RUN, "the engine %s failed", path);
	}
	name_death(memory, x->sut, status, late);
	return memory;
}

void explored_end(struct explore_shared *shared)
{
	munmap(shared, sizeof(*shared));
}

bool explored_once(const struct explored *x, const struct program *p, struct explored_once *once)
{
	struct explore_config config = explored_config(x, p, "written", ONCE_MILLISECONDS);
	struct explore_shared *s = explored_run(x, &config);

	if (!s)
		return false;
	*once = (struct explored_once){ s->finding, s->trace, s->most_points };
	explored_end(s);
	return true;
}

static bool shows(const struct explored *x, const struct program *p, const char *id)
{
	struct explored_once once;

	return explored_once(x, p, &once) && !strcmp(once.finding.id, id);
}

bool explored_alike(const struct explored *x, const struct program *p, const char *id)
{
	struct explored_once first, second;

	return explored_once(x, p, &first) && explored_once(x, p, &second) &&
	       !strcmp(first.finding.id, id) && !strcmp(second.finding.id, id) &&
	       first.trace == second.trace;
}

static void drop_records(const struct explored *x, struct program *p, const char *id)
{
	bool smaller = true;

	while (smaller && !interrupted) {
		smaller = false;
		for (unsigned int i = p->count; i-- && !interrupted;) {
			struct program without = *p;

			memmove(&without.records[i], &without.records[i + 1],
				(p->count - i - 1) * sizeof(without.records[0]));
			without.count--;
			if (!shows(x, &without, id))
				continue;
			*p = without;
			smaller = true;
		}
	}
}

unsigned int program_switches(const struct program *p)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < p->count; i++)
		count += p->records[i].op == OP_preempt;
	return count;
}

bool explored_takes(const struct program *p)
{
	return program_switches(p) || (!strcmp(FLAVOUR, "tsan") && program_contexts(p) > 1);
}

/* The same ops by every schedule with fewer switches than it has, the fewest first. */
static void search_fewest(const struct explored *x, struct program *p, const char *id)
{
	unsigned int most = program_switches(p);
	struct program bare = *p;

	bare.count = 0;
	for (unsigned int i = 0; i < p->count; i++)
		if (p->records[i].op != OP_preempt)
			bare.records[bare.count++] = p->records[i];
	for (unsigned int bound = 0; bound < most && !interrupted; bound++) {
		struct explore_config config =
			explored_config(x, &bare, "exhaustive", FEWEST_MILLISECONDS);
		struct explore_shared *s;
		struct program found;

		config.bound = bound;
		s = explored_run(x, &config);
		if (!s)
			return;
		program_decode(&found, s->program, s->size);
		if (!strcmp(s->finding.id, id) && program_switches(&found) < most &&
		    shows(x, &found, id)) {
			*p = found;
			most = 0;
		}
		explored_end(s);
	}
}

void explored_minimise(const struct explored *x, struct program *p, const char *id)
{
	drop_records(x, p, id);
	search_fewest(x, p, id);
	drop_records(x, p, id);
}

void explored_gdb(const struct explored *x, const struct program *p)
{
	struct explore_config config = explored_config(x, p, "written", ONCE_MILLISECONDS);
	char shared[PATH_MAX], engine[PATH_MAX];
	/* Where nobody can type, it says where that is and ends. */
	char *batch = isatty(STDIN_FILENO) ? "-q" : "-batch";
	char *args[] = { "gdb",
			 "-q",
			 batch,
			 "-ex",
			 "set breakpoint pending on",
			 "-ex",
			 "set print thread-events off",
			 "-ex",
			 "break contexts.c:found",
			 "-ex",
			 "break __tsan_on_report",
			 "-ex",
			 "run",
			 "-ex",
			 "backtrace",
			 "--args",
			 engine,
			 NULL };
	FILE *file;

	engine_path(x, engine);
	path_make(shared, "%s/gdb.shared", x->folder);
	file = fopen(shared, "wb");
	if (!file || fwrite(&config, sizeof(config), 1, file) != 1 || fclose(file) ||
	    truncate(shared, sizeof(struct explore_shared)))
		fail(EXIT_CANNOT_CREATE, "cannot write %s: %s", shared, strerror(errno));
	setenv(EXPLORE_VARIABLE, shared, 1);
	engine_prepare();
	execvp(args[0], args);
	fail(EXIT_NOT_RUN, "cannot run gdb: %s; to install it: apt-get install gdb",
	     strerror(errno));
}

void explored_finding(const struct explored *x, const struct finding *finding)
{
	const struct rule *rule = rule_find(finding->id);

	fprintf(say, "\nfinding %s on %s\n", finding->id, x->sut->name);
	if (rule)
		fprintf(say, "  rule: %s (contract %s)\n", rule->sentence, rule->row);
	fprintf(say, "  seen: ");
	for (const char *c = finding->text; *c; c++)
		fputs(*c == '\n' ? "\n        " : (char[]){ *c, 0 }, say);
	fputs("\n\n", say);
}

#define TRACE_LINES 2000
#define FOLD_BEYOND 9 /* lines without a switch */
#define FOLD_KEEPS  4 /* of them, at each end */

/* Marks of the trace (explore/contexts_trace.c): a switch, an interrupt, a finding. */
static bool is_mark(const char *line)
{
	line += strspn(line, " ");
	return *line == '|' || *line == '<';
}

static void print_lines(char *const *lines, unsigned int from, unsigned int end)
{
	for (unsigned int i = from; i < end; i++)
		fprintf(say, "    %s", lines[i]);
}

/* Marks, and the stretches between them: of a long one only its ends. */
static void print_folded(char *const *lines, unsigned int count)
{
	for (unsigned int i = 0, end; i < count; i = end + 1) {
		for (end = i; end < count && !is_mark(lines[end]);)
			end++;
		if (end - i > FOLD_BEYOND) {
			print_lines(lines, i, i + FOLD_KEEPS);
			fprintf(say, "    ... %u more\n", end - i - 2 * FOLD_KEEPS);
			i = end - FOLD_KEEPS;
		}
		print_lines(lines, i, end < count ? end + 1 : end);
	}
}

void explored_print(const struct explored *x, const struct program *p)
{
	struct explore_config config = explored_config(x, p, "written", ONCE_MILLISECONDS);
	static char *lines[TRACE_LINES];
	struct explore_shared *s;
	unsigned int count = 0;
	size_t size = 0;
	FILE *log;

	config.trace = true;
	unlink(x->log);
	s = explored_run(x, &config);
	if (s)
		explored_end(s);
	log = fopen(x->log, "r");
	for (unsigned int c = 0; c < program_contexts(p); c++)
		fprintf(say, "%s@%-33u", c ? "" : "    ", c);
	fputc('\n', say);
	/* What a sanitizer says stands behind a line of its own. */
	for (; log && count < TRACE_LINES; count++, size = 0)
		if (getline(&lines[count], &size, log) < 0 || !strncmp(lines[count], "=====", 5))
			break;
	print_folded(lines, count);
	for (unsigned int i = 0; i < TRACE_LINES && lines[i]; i++) {
		free(lines[i]);
		lines[i] = NULL;
	}
	if (log)
		fclose(log);
}
