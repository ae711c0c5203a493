/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * explore: runs programs of several contexts under many schedules, in an engine
 * process for each program and system under test, and shows what it finds with
 * the schedule that shows it.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/input.h"
#include "cli/interrupt.h"
#include "cli/keep.h"
#include "cli/kernels.h"
#include "cli/report.h"
#include "explore/schedule.h"
#include "explore/shared.h"
#include "harness/process.h"
#include "harness/rules.h"

#define DEFAULT_BOUND	   2
#define LEAST_MILLISECONDS 10 /* of one program on one sut */
#define RUN_SECONDS	   5  /* one run that takes longer does not end */
#define TRACE_LINES	   200

struct exploration {
	const struct cli *cli;
	char folder[PATH_MAX], log[PATH_MAX];
	unsigned int sut;
	double end;	   /* when the time of this command is over */
	unsigned int left; /* programs that are still to come, on all suts */
	uint64_t programs, schedules, points, complete, ordered, not_ordered, nanoseconds;
	uint64_t trace; /* of all runs: the same in every build */
	uint32_t pairs[OP_DRIVERS_END][OP_DRIVERS_END];
	struct finding_list found;
	int code;
};

static const char *strategy_of(const struct cli *cli)
{
	return cli->strategy ? cli->strategy : "exhaustive";
}

static unsigned int bound_of(const struct cli *cli)
{
	return cli->bound_given ? cli->bound : DEFAULT_BOUND;
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

/* Runs the engine once; NULL: interrupted.  Whoever gets it unmaps it. */
static struct explore_shared *run_engine(struct exploration *e, const struct explore_config *config)
{
	char path[PATH_MAX];
	char *const args[] = { path, NULL };
	bool late = false;
	void *memory;
	int status;
	pid_t pid;

	path_make(path, "%s/explore-%s", cli_folder(), e->cli->suts[e->sut]->name);
	if (access(path, X_OK))
		fail(EXIT_NOT_RUN, "there is no engine %s: is it the flavour's?", path);
	pid = engine_start(&(struct engine){ .args = args,
					     .log = e->log,
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
		munmap(memory, sizeof(struct explore_shared));
		return NULL;
	}
	if (!((struct explore_shared *)memory)->started) {
		engine_log_tail(e->log);
		fail(EXIT_NOT_RUN, "the engine %s failed", path);
	}
	name_death(memory, e->cli->suts[e->sut], status, late);
	return memory;
}

static struct explore_config config_for(const struct exploration *e, const struct program *p)
{
	struct explore_config config = { .bound = bound_of(e->cli),
					 .seed = e->cli->seed,
					 .as_is = e->cli->as_is,
					 .features = sut_features(e->cli->suts[e->sut]) };
	double left = 1000 * (e->end - clock_seconds()) / (e->left ? e->left : 1);

	snprintf(config.strategy, sizeof(config.strategy), "%s", strategy_of(e->cli));
	config.milliseconds = left > LEAST_MILLISECONDS ? (unsigned int)left : LEAST_MILLISECONDS;
	config.size = (uint32_t)program_encode(p, config.program);
	return config;
}

/* Does the program show that finding by its own schedule?  trace: the hash of that run. */
static bool shows(struct exploration *e, const struct program *p, const char *id, uint64_t *trace)
{
	struct explore_config config = config_for(e, p);
	struct explore_shared *s;
	bool same;

	snprintf(config.strategy, sizeof(config.strategy), "written");
	config.milliseconds = 2000;
	s = run_engine(e, &config);
	same = s && !strcmp(s->finding.id, id);
	if (trace && s)
		*trace = s->trace;
	if (s)
		munmap(s, sizeof(*s));
	return same;
}

/* Takes away what the finding does not need, record by record, switches of the schedule too. */
static void minimise(struct exploration *e, struct program *p, const char *id)
{
	bool smaller = !e->cli->no_minimize;

	while (smaller && !interrupted) {
		smaller = false;
		for (unsigned int i = p->count; i-- && !interrupted;) {
			struct program without = *p;

			memmove(&without.records[i], &without.records[i + 1],
				(p->count - i - 1) * sizeof(without.records[0]));
			without.count--;
			if (!shows(e, &without, id, NULL))
				continue;
			*p = without;
			smaller = true;
		}
	}
}

/* The engine's output, a line for each op in the column of its context. */
static void print_trace(struct exploration *e, const struct program *p)
{
	struct explore_config config = config_for(e, p);
	struct explore_shared *s;
	unsigned int lines = 0;
	char line[512];
	FILE *log;

	snprintf(config.strategy, sizeof(config.strategy), "written");
	config.milliseconds = 2000;
	config.trace = true;
	unlink(e->log);
	s = run_engine(e, &config);
	if (s)
		munmap(s, sizeof(*s));
	log = fopen(e->log, "r");
	for (unsigned int c = 0; c < program_contexts(p); c++)
		fprintf(say, "%s@%-33u", c ? "" : "    ", c);
	fputc('\n', say);
	while (log && lines++ < TRACE_LINES && fgets(line, sizeof(line), log) &&
	       strncmp(line, "=====", 5))
		fprintf(say, "    %s", line);
	if (log)
		fclose(log);
}

static void make_path(char path[PATH_MAX], const struct sut *sut, const char *id)
{
	char name[FINDING_ID], folder[80], inner[PATH_MAX];

	sut_folder(sut, folder);
	keep_name(name, id);
	path_make(inner, "%s/work/findings/explore-%s/%s", cli_root(), folder, name);
	path_make(path, "%s/program.txt", inner);
	if (keep_folder(inner) != EXIT_CLEAN)
		exit(EXIT_CANNOT_CREATE);
}

/* Its own schedule shows it; where that does not, the search that met it does. */
static void print_again(const struct exploration *e, const char *kept, const char *file)
{
	const char *sut = e->cli->suts[e->sut]->name;

	fprintf(say, "\nrun it again: ");
	report_verb_command(say, e->cli);
	fputs(e->cli->as_is ? " --as-is" : "", say);
	if (kept)
		fprintf(say, " --strategy=written --sut=%s ", sut);
	else
		fprintf(say, " --strategy=%s --bound=%u --seed=%llu --for=%us --sut=%s ",
			strategy_of(e->cli), bound_of(e->cli), (unsigned long long)e->cli->seed,
			e->cli->seconds, sut);
	report_word(say, path_short(kept ? kept : file));
	fputs("\n\n", say);
}

static void print_finding(const struct exploration *e, const struct finding *finding)
{
	const struct rule *rule = rule_find(finding->id);

	fprintf(say, "\nfinding %s on %s\n", finding->id, e->cli->suts[e->sut]->name);
	if (rule)
		fprintf(say, "  rule: %s (contract %s)\n", rule->sentence, rule->row);
	fprintf(say, "  seen: ");
	for (const char *c = finding->text; *c; c++)
		fputs(*c == '\n' ? "\n        " : (char[]){ *c, 0 }, say);
	fputs("\n\n", say);
}

static void settle(struct exploration *e, const char *file, const struct explore_shared *s)
{
	struct run_subject subject = { .sut = e->cli->suts[e->sut], .as_is = e->cli->as_is };
	const struct finding *finding = &s->finding;
	uint64_t first = 0, second = 0;
	char path[PATH_MAX], met[PATH_MAX];
	struct program p;
	bool alike, kept;

	path_make(met, "%s/found.log", e->folder);
	rename(e->log, met);
	program_decode(&p, s->program, s->size);
	e->code = EXIT_FINDING;
	fprintf(say, "%s: finding %s after %llu schedules; replayed ", file, finding->id,
		(unsigned long long)s->runs);
	alike = shows(e, &p, finding->id, &first) && shows(e, &p, finding->id, &second) &&
		first == second;
	if (alike && e->cli->no_minimize)
		fprintf(say, "twice alike\n");
	else if (alike)
		fprintf(say, "twice alike; minimising %u records\n", p.count);
	else
		fprintf(say, "otherwise: the schedule as it was written does not show it\n");
	fflush(say);
	if (alike)
		minimise(e, &p, finding->id);
	print_finding(e, finding);
	if (alike)
		print_trace(e, &p);
	else
		engine_log_tail(met);
	make_path(path, subject.sut, finding->id);
	kept = keep_program(path, &p, finding, &subject) == EXIT_CLEAN;
	finding_list_add(&e->found, finding, &subject, kept ? path : "");
	print_again(e, alike && kept ? path : NULL, file);
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
	s = run_engine(e, &config);
	if (!s)
		return;
	e->left--;
	add(e, s);
	fprintf(say, "%s, %s: %llu schedules of at most %u points", e->cli->suts[e->sut]->name,
		path_short(path), (unsigned long long)s->runs, s->most_points);
	if (s->complete)
		fprintf(say, ", every one with at most %u preemptions", config.bound);
	if (s->estimate > 0)
		fprintf(say, " (estimated %.0f)", s->estimate);
	fputs(s->found ? "\n" : "; clean\n", say);
	fflush(say);
	if (s->found)
		settle(e, path_short(path), s);
	munmap(s, sizeof(*s));
}

static unsigned int count_pairs(const struct exploration *e)
{
	unsigned int count = 0;

	for (unsigned int a = 0; a < OP_DRIVERS_END; a++)
		for (unsigned int b = 0; b < OP_DRIVERS_END; b++)
			count += (unsigned int)__builtin_popcount(e->pairs[a][b]);
	return count;
}

/* Where no op gave way to another, one context alone was looked at. */
static bool proved_something(const struct exploration *e)
{
	if (e->schedules && (count_pairs(e) || !strcmp(strategy_of(e->cli), "written")))
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
	fprintf(say,
		"  %-13s%u pairs of ops and kinds of points at which the one gave way to the other\n",
		"switches", count_pairs(e));
	fprintf(say, "  %-13s%llu\n  %-13s%016llx, the same in every build\n", "seed",
		(unsigned long long)e->cli->seed, "trace", (unsigned long long)e->trace);
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
		if (!strcmp(names[i], strategy_of(cli)))
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
	interrupt_catch(0);
	path_make(scenarios, "%s/corpus/scenarios", cli_root());
	if (!cli.file_count) {
		cli.files = files;
		cli.file_count = 1;
	}
	e.cli = &cli;
	path_make(e.folder, "%s/work/runs/explore-%ld", cli_root(), (long)getpid());
	if (keep_folder(e.folder) != EXIT_CLEAN)
		return EXIT_CANNOT_CREATE;
	path_make(e.log, "%s/engine.log", e.folder);
	fprintf(say, "exploring%s with the strategy %s",
		cli.as_is ? " drivers as they are in the kernel" : "", strategy_of(&cli));
	fprintf(say, ", %u preemptions at most; %s, %s; seed %llu\n", bound_of(&cli), FLAVOUR,
		COMPILER, (unsigned long long)cli.seed);
	kernels_announce(&cli, say, "");
	code = input_walk(&cli, count_one, &e);
	if (code != EXIT_CLEAN)
		return code;
	e.left *= cli.sut_count;
	e.end = clock_seconds() + cli.seconds;
	for (e.sut = 0; e.sut < cli.sut_count && !interrupted; e.sut++) {
		code = input_walk(&cli, explore_one, &e);
		e.code = code > e.code ? code : e.code;
	}
	e.sut = 0;
	if (interrupted && e.code == EXIT_CLEAN)
		e.code = EXIT_INTERRUPTED;
	else if (e.code == EXIT_CLEAN && !proved_something(&e))
		e.code = EXIT_NOTHING;
	conclude(&e, clock_seconds() - start);
	return e.code;
}
