/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * stress: proves that races are seen, then lets the engines run, one sut after
 * the other, and watches them.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/encode.h"
#include "cli/interrupt.h"
#include "cli/journal.h"
#include "cli/keep.h"
#include "cli/kernels.h"
#include "cli/sarif.h"
#include "cli/status.h"
#include "cli/stress.h"
#include "harness/process.h"
#include "stress/engine.h"
#include "stress/plan.h"

/* An engine that outlives its time by this much is stopped: it drains, and TSan is slow. */
#define GRACE_SECONDS	 60
#define PREFLIGHT_TENTHS 300
#define DYING_SECONDS	 10 /* from its finding to its end: a report takes a while */

static bool ended(pid_t pid, int *status)
{
	return waitpid(pid, status, WNOHANG) == pid;
}

static void end(pid_t pid, int *status)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
}

static pid_t start(const struct stress_run *run, const struct stress_part *part,
		   const struct stress_config *config, struct stress_shared **shared)
{
	char path[PATH_MAX];
	pid_t pid;

	path_make(path, "%s/stress-%s", cli_folder(), run->cli->suts[part->sut]->name);
	if (access(path, X_OK))
		fail(EXIT_NOT_RUN, "there is no engine %s: is it the flavour's?", path);
	pid = stress_start(path, part->log, config, shared);
	if (pid < 0)
		exit(-pid);
	return pid;
}

/* What mends it, where it is known. */
static _Noreturn void fail_preflight(const struct stress_part *part, const char *why)
{
	engine_log_tail(part->log);
	fail(EXIT_NOT_RUN,
	     "%s, so a run would prove nothing. Where the log speaks of a memory "
	     "mapping or of ASLR: sudo sysctl vm.mmap_rnd_bits=28. Without races, but "
	     "with all other judges: ./pinprick stress --flavour asan",
	     why);
}

/* A planted race must be reported before anything else is worth a run. */
static void check_detector(const struct stress_run *run, struct stress_part *part)
{
	struct stress_config config = stress_part_config(run, part);
	const struct timespec tenth = { .tv_nsec = 100000000 };
	struct stress_shared *shared;
	int status = 0;
	pid_t pid;

	config.preflight = true;
	config.threads = 2;
	config.roles = 1u << ROLE_inflate | 1u << ROLE_deflate;
	path_make(part->log, "%s/preflight.log", run->folder);
	pid = start(run, part, &config, &shared);
	for (unsigned int i = 0; !ended(pid, &status); i++) {
		if (interrupted)
			exit(EXIT_INTERRUPTED);
		if (i == PREFLIGHT_TENTHS) {
			end(pid, &status);
			fail_preflight(part, "a planted race was not reported within 30 s");
		}
		nanosleep(&tenth, NULL);
	}
	if (shared->found != 2 || strncmp(shared->finding.id, "race.data@", 10))
		fail_preflight(part, WIFEXITED(status) && WEXITSTATUS(status) == ENGINE_SILENT
					     ? "TSan is silent about a planted race"
					     : "the engine with a planted race ended otherwise");
	fputs("preflight: a planted race is reported\n", say);
	fflush(say);
}

static void show_status(const struct stress_run *run, const struct stress_part *part, double ran)
{
	static double last_time;
	static uint64_t last_calls, last_moves;
	static const struct stress_part *last_part;
	struct stress_context sum = stress_sum(part);
	uint64_t calls = stress_calls(&sum), moves = sum.calls[CALL_migrate][CLASS_ok];
	char *text;
	size_t size;
	FILE *line = open_memstream(&text, &size);

	if (!line)
		return;
	if (part != last_part)
		last_time = 0, last_calls = last_moves = 0;
	fprintf(line, "%s: %.0f s", run->cli->suts[part->sut]->name, ran);
	fprintf(line, ", %.0f %%, %.0f s left; ",
		100 * ran / part->seconds > 100 ? 100 : 100 * ran / part->seconds,
		part->seconds > ran ? part->seconds - ran : 0);
	status_number(line, (double)(calls - last_calls) / (ran - last_time));
	fputs(" ops/s; ", line);
	status_number(line, (double)(moves - last_moves) / (ran - last_time));
	fprintf(line, " migrations/s; isolated %lld, at most %lld; %llu checkpoints; %u findings",
		(long long)part->shared->isolated, (long long)part->shared->isolated_most,
		(unsigned long long)part->shared->checkpoints, run->found.count);
	fclose(line);
	status_show(text);
	free(text);
	last_part = part;
	last_time = ran;
	last_calls = calls;
	last_moves = moves;
}

/* Its resident memory in KiB; 0 where it has gone. */
static unsigned long resident(pid_t pid)
{
	char path[PATH_MAX];
	unsigned long pages = 0;
	FILE *in;

	path_make(path, "/proc/%ld/statm", (long)pid);
	in = fopen(path, "r");
	if (!in || fscanf(in, "%*u %lu", &pages) != 1)
		pages = 0;
	if (in)
		fclose(in);
	return pages * (unsigned long)sysconf(_SC_PAGESIZE) / 1024;
}

static void note_memory(struct stress_part *part, pid_t pid)
{
	double early = part->seconds > 120 ? 60 : part->seconds / 2.0;
	unsigned long now_resident = resident(pid);

	if (part->ran < early || !part->memory_early)
		part->memory_early = now_resident;
	if (now_resident)
		part->memory_late = now_resident;
}

/* Watches one engine to its end; returns how it ended. */
static int watch(struct stress_run *run, struct stress_part *part, pid_t pid)
{
	const struct timespec tenth = { .tv_nsec = 100000000 };
	double begin = clock_seconds(), stopped = 0, dying = 0; /* since when; 0: it is not */
	int status = 0;

	while (!ended(pid, &status)) {
		nanosleep(&tenth, NULL);
		part->ran = clock_seconds() - begin;
		note_memory(part, pid);
		if (status_due(run->seconds + part->ran))
			show_status(run, part, part->ran);
		if (interrupted && stopped <= 0) {
			kill(pid, SIGUSR1);
			stopped = part->ran;
		}
		if (part->shared->found && dying <= 0)
			dying = part->ran;
		if ((dying > 0 && part->ran - dying > DYING_SECONDS) ||
		    (stopped > 0 && part->ran - stopped > GRACE_SECONDS) ||
		    part->ran > part->seconds + GRACE_SECONDS) {
			part->late = true;
			end(pid, &status);
			break;
		}
	}
	status_clear();
	run->seconds += part->ran;
	return status;
}

static int run_part(struct stress_run *run, struct stress_part *part)
{
	struct stress_config config = stress_part_config(run, part);
	int status;

	if (part->shared) {
		part->before = stress_sum(part);
		part->checkpoints_before += part->shared->checkpoints;
		munmap(part->shared, sizeof(*part->shared));
	}
	path_make(part->log, "%s/%s.log", run->folder, run->cli->suts[part->sut]->name);
	status = watch(run, part, start(run, part, &config, &part->shared));
	if (!part->shared->found && WIFEXITED(status) && WEXITSTATUS(status) == ENGINE_DONE)
		return EXIT_CLEAN;
	return stress_settle(run, part, status);
}

/* Every sut in turn. */
static int run_round(struct stress_run *run)
{
	int code = EXIT_CLEAN;

	for (unsigned int i = 0; i < run->cli->sut_count && !interrupted; i++) {
		int one;

		if (code != EXIT_CLEAN && !(run->cli->keep_going && code == EXIT_FINDING))
			break;
		if (run->started == i)
			run->started++;
		one = run_part(run, &run->parts[i]);
		code = one > code ? one : code;
	}
	run->round++;
	return code;
}

static void make_folder(struct stress_run *run)
{
	time_t clock = time(NULL);
	char stamp[32];
	int code;

	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", localtime(&clock));
	path_make(run->folder, "%s/work/runs/%s-%ld", cli_root(), stamp, (long)getpid());
	code = keep_folder(run->folder);
	if (code != EXIT_CLEAN)
		exit(code);
	journal_run(run->folder);
}

/* The shipped programs as bytes: what engines read. */
static void make_corpus(struct stress_run *run)
{
	struct cli shipped = *run->cli;
	char corpus[PATH_MAX], folder[PATH_MAX], *files[] = { corpus };
	int code;

	path_make(corpus, "%s/corpus", cli_root());
	path_make(folder, "%s/corpus", run->folder);
	shipped.files = files;
	shipped.file_count = 1;
	code = encode_folder(&shipped, ENCODE_CORE, folder, &run->programs);
	if (code == EXIT_CANNOT_CREATE || code == EXIT_IO)
		exit(code);
}

static int conclude(const struct stress_run *run, int code)
{
	char path[PATH_MAX], what[64];
	int kept;

	snprintf(what, sizeof(what), "%.0f s", run->seconds);
	fputc('\n', say);
	report_verdict(run->cli, code, what);
	stress_workload(run);
	fprintf(say, "  %-13s%llu\n", "seed", (unsigned long long)run->config.seed);
	fprintf(say, "  %-13s%s\n", "written", path_short(run->folder));
	path_make(path, "%s/summary.json", run->folder);
	if (run->cli->json)
		stress_json(stdout, run, code);
	fputs("run it again: ", say);
	stress_command(say, run, NULL);
	kept = sarif_write(run->cli, &run->found);
	for (unsigned int i = 0; i < run->started; i++) {
		struct stress_context sum = stress_sum(&run->parts[i]);

		journal_did(run->cli->suts[run->parts[i].sut]->name, stress_calls(&sum), "calls");
	}
	kept = kept == EXIT_CLEAN ? journal_end() : kept;
	return code == EXIT_CLEAN ? kept : code;
}

int verb_stress(const struct cli *cli)
{
	static struct stress_run run;
	int code = EXIT_CLEAN;

	interrupt_catch(SA_RESTART);
	run.cli = cli;
	stress_plan(&run);
	make_folder(&run);
	if (cli->corpus)
		make_corpus(&run);
	stress_announce(&run);
	kernels_announce(cli, say, "");
	if (stress_sees_races())
		check_detector(&run, &run.parts[0]);
	do
		code = run_round(&run);
	while (cli->until_finding && code == EXIT_CLEAN && !interrupted);
	if (code == EXIT_CLEAN && interrupted)
		code = EXIT_INTERRUPTED;
	else if (code == EXIT_CLEAN && !stress_proved(&run))
		code = EXIT_NOTHING;
	return conclude(&run, code);
}
