/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/subject.h"
#include "cli/workers.h"
#include "harness/process.h"

#define INPUT_SECONDS	"2"    /* an input that runs longer is a finding */
#define MEMORY_MB	"2048" /* so is an engine that grows beyond this */
#define PATIENCE_TENTHS 50     /* how long an engine may take to end when asked */

/* What engines exit with: libFuzzer's codes, which the standalone driver has too. */
enum engine_exit {
	ENGINE_DONE = 0,
	ENGINE_SANITIZER = 1,
	ENGINE_TIMEOUT = 70,
	ENGINE_MEMORY = 71,
	ENGINE_INTERRUPTED = 72,
	ENGINE_CRASH = 77,
};

void worker_start(const struct cli *cli, struct worker *w, const struct worker_folders *folders)
{
	struct run_subject subject = subject_at(cli, w->sut);
	char engine[PATH_MAX], prefix[PATH_MAX], corpus[PATH_MAX], seeds[PATH_MAX];
	char name[SUBJECT_NAME];
	char seconds[32], runs[32], seed[32], length[32];
	void *shared;

	subject_name(&subject, name);
	subject_engine(&subject, cli, engine);
	path_make(prefix, "-artifact_prefix=%s/%s-%u-", folders->run, name, w->number);
	path_make(w->log, "%s/%s-%u.log", folders->run, name, w->number);
	snprintf(seconds, sizeof(seconds), "-max_total_time=%u", w->seconds);
	snprintf(runs, sizeof(runs), "-runs=%lld", w->runs ? (long long)w->runs : -1);
	/* libFuzzer takes 32 bits, and 0 as "choose one". */
	snprintf(seed, sizeof(seed), "-seed=%u",
		 (unsigned int)((cli->seed ^ cli->seed >> 32) + w->number) | 1u << 31);
	snprintf(length, sizeof(length), "-max_len=%d", PROGRAM_BYTES);
	char *args[12] = { engine,
			   seconds,
			   seed,
			   length,
			   prefix,
			   (char[]){ "-timeout=" INPUT_SECONDS },
			   (char[]){ "-rss_limit_mb=" MEMORY_MB },
			   (char[]){ "-print_final_stats=1" } };
	unsigned int count = 8;

	/* libFuzzer runs a file as often as it is told. */
	if (w->input) {
		path_make(corpus, "%s", w->input);
		args[count++] = corpus;
	} else {
		args[count++] = runs;
	}
	if (folders->corpus) {
		path_make(corpus, "%s/%s%s", folders->corpus, subject_kind(cli), name);
		path_make(seeds, "%s", folders->seeds);
		args[count++] = corpus;
		args[count++] = seeds;
	}
	w->pid = engine_start(&(struct engine){ .args = args,
						.log = w->log,
						.variable = SHARED_VARIABLE,
						.shared_size = sizeof(*w->shared) },
			      &shared);
	if (w->pid < 0)
		exit(-w->pid);
	w->shared = shared;
	w->state = WORKER_RUNS;
}

static enum worker_state judge(const struct worker *w)
{
	if (WIFEXITED(w->status)) {
		switch (WEXITSTATUS(w->status)) {
		case ENGINE_DONE:
		case ENGINE_INTERRUPTED:
			return WORKER_DONE;
		case ENGINE_SANITIZER:
		case ENGINE_TIMEOUT:
		case ENGINE_MEMORY:
		case ENGINE_CRASH:
			break;
		default:
			return WORKER_TROUBLE;
		}
	}
	/* It was asked to stop before its engine listened. */
	if (WIFSIGNALED(w->status) && WTERMSIG(w->status) == SIGUSR1)
		return WORKER_DONE;
	return w->shared->inputs ? WORKER_DIED : WORKER_TROUBLE;
}

bool worker_timed_out(const struct worker *w)
{
	return WIFEXITED(w->status) && WEXITSTATUS(w->status) == ENGINE_TIMEOUT;
}

bool workers_run(struct worker *workers, unsigned int count)
{
	bool run = false;

	for (unsigned int i = 0; i < count; i++) {
		struct worker *w = &workers[i];

		if (w->state != WORKER_RUNS)
			continue;
		if (waitpid(w->pid, &w->status, WNOHANG) == w->pid)
			w->state = judge(w);
		else
			run = true;
	}
	return run;
}

static void signal_all(struct worker *workers, unsigned int count, int sig)
{
	for (unsigned int i = 0; i < count; i++)
		if (workers[i].state == WORKER_RUNS)
			kill(workers[i].pid, sig);
}

void workers_stop(struct worker *workers, unsigned int count)
{
	const struct timespec tenth = { .tv_nsec = 100000000 };

	signal_all(workers, count, SIGUSR1);
	for (unsigned int i = 0; i < PATIENCE_TENTHS && workers_run(workers, count); i++)
		nanosleep(&tenth, NULL);
	signal_all(workers, count, SIGKILL);
	for (unsigned int i = 0; i < count; i++) {
		if (workers[i].state != WORKER_RUNS)
			continue;
		waitpid(workers[i].pid, &workers[i].status, 0);
		workers[i].state = WORKER_DONE;
	}
}
