/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/engines.h"
#include "cli/keep.h"
#include "harness/process.h"

#define PATIENCE_TENTHS 50 /* how long an engine may take to end when asked */

const struct fuzz_engine *const fuzz_engine = &ENGINE_USED;

void workers_prepare(const struct cli *cli, const struct worker_folders *folders)
{
	const char *name = fuzz_engine == &engine_afl ? "afl" : "libfuzzer";

	/* The script chooses the build by it. */
	if (cli->engine && strcmp(cli->engine, name))
		fail(EXIT_USAGE, "this build has the engine %s, not %s", name, cli->engine);
	fuzz_engine->prepare(cli, folders);
}

void worker_name(const struct cli *cli, struct worker *w, const struct worker_folders *folders)
{
	struct run_subject subject = subject_at(cli, w->sut);

	subject_name(&subject, w->name);
	subject_engine(&subject, cli, w->program);
	if (folders->corpus)
		path_make(w->corpus, "%s/%s%s", folders->corpus, subject_kind(cli), w->name);
}

bool worker_load(struct worker *w, const char *path)
{
	FILE *in = fopen(path, "rb");

	if (!in) {
		complain("cannot read %s: %s", path, strerror(errno));
		return false;
	}
	w->shared->size = (uint32_t)fread(w->shared->input, 1, sizeof(w->shared->input), in);
	fclose(in);
	return true;
}

void worker_start(const struct cli *cli, struct worker *w, const struct worker_folders *folders)
{
	worker_name(cli, w, folders);
	path_make(w->log, "%s/%s-%u.log", folders->run, w->name, w->number);
	w->goes_on = cli->keep_going;
	fuzz_engine->start(cli, w, folders);
}

void folder_walk(const char *folder, void (*each)(void *context, const char *path), void *context)
{
	struct dirent **entries;
	char path[PATH_MAX];
	int count = scandir(folder, &entries, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		if (entries[i]->d_name[0] != '.') {
			path_make(path, "%s/%s", folder, entries[i]->d_name);
			each(context, path);
		}
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

void worker_exec(struct worker *w, char *const args[])
{
	void *shared;

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

uint32_t worker_seed(const struct cli *cli, const struct worker *w)
{
	return (uint32_t)((cli->seed ^ cli->seed >> 32) + w->number + 1024u * w->starts) | 1u << 31;
}

static enum worker_state judge(struct worker *w)
{
	/* It was asked to stop before it listened. */
	if (WIFSIGNALED(w->status) && WTERMSIG(w->status) == fuzz_engine->stop)
		return WORKER_DONE;
	return fuzz_engine->judge(w);
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
		if (w->asked && w->state == WORKER_TROUBLE)
			w->state = WORKER_DONE;
		fuzz_engine->look(w);
		/* What it finds from now on cannot be kept. */
		if (w->code != EXIT_CLEAN && w->state == WORKER_RUNS)
			kill(w->pid, fuzz_engine->stop);
		else if (w->code != EXIT_CLEAN && w->state == WORKER_DONE)
			w->state = WORKER_TROUBLE;
	}
	return run;
}

int worker_trouble(const struct worker *w, const char *folder)
{
	int code = w->code == EXIT_CLEAN ? keep_room(folder) : w->code;

	if (code != EXIT_CLEAN)
		return code;
	complain("the engine failed with wait status %#x", (unsigned int)w->status);
	engine_log_tail(w->log);
	return EXIT_SOFTWARE;
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

	signal_all(workers, count, fuzz_engine->stop);
	for (unsigned int i = 0; i < count; i++)
		workers[i].asked = workers[i].state == WORKER_RUNS;
	for (unsigned int i = 0; i < PATIENCE_TENTHS && workers_run(workers, count); i++)
		nanosleep(&tenth, NULL);
	signal_all(workers, count, SIGKILL);
	for (unsigned int i = 0; i < count; i++) {
		if (workers[i].state != WORKER_RUNS)
			continue;
		waitpid(workers[i].pid, &workers[i].status, 0);
		workers[i].state = WORKER_DONE;
		fuzz_engine->look(&workers[i]);
		if (workers[i].code != EXIT_CLEAN)
			workers[i].state = WORKER_TROUBLE;
	}
}

void workers_deaths(const struct worker *w, const struct worker_folders *folders,
		    void (*each)(void *context, const char *path), void *context)
{
	fuzz_engine->deaths(w, folders, each, context);
}

int workers_adopt(const struct worker *w, const struct worker_folders *folders)
{
	return fuzz_engine->adopt(w, folders);
}

bool workers_go_on(void)
{
	return fuzz_engine->goes_on;
}

int workers_conclude(const struct worker *workers, unsigned int count, struct tally *tally)
{
	return fuzz_engine->conclude(workers, count, tally);
}
