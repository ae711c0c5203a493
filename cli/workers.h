/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Engine processes: started, watched, stopped.  None outlives this process.
 */
#ifndef PINPRICK_CLI_WORKERS_H
#define PINPRICK_CLI_WORKERS_H

#include <sys/types.h>

#include "cli/cli.h"
#include "harness/fuzz_shared.h"

enum worker_state {
	WORKER_WAITS,
	WORKER_RUNS,
	WORKER_DONE,
	WORKER_DIED,	/* on an input, which is in shared */
	WORKER_TROUBLE, /* the engine itself failed */
};

struct worker {
	unsigned int sut; /* index into cli->suts: its subject */
	unsigned int phase, seconds, number;
	uint64_t runs;	   /* inputs at the most; 0: any number */
	const char *input; /* this file alone, once; NULL: it fuzzes */
	enum worker_state state;
	pid_t pid;
	int status; /* as wait() gives it */
	struct fuzz_shared *shared;
	char log[PATH_MAX];
};

/* Where an engine reads and writes; corpus and seeds NULL: from nothing, and it keeps nothing. */
struct worker_folders {
	const char *run, *corpus, *seeds;
};

void worker_start(const struct cli *cli, struct worker *w, const struct worker_folders *folders);

/* Notes which have ended; true while one runs. */
bool workers_run(struct worker *workers, unsigned int count);

/* Did it die of an input that ran for too long? */
bool worker_timed_out(const struct worker *w);

/* Ends those that run: asked first, so that they keep what they know, then killed. */
void workers_stop(struct worker *workers, unsigned int count);

#endif
