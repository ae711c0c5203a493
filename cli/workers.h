/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Engine processes: started, watched, stopped.  None outlives this process.
 */
#ifndef PINPRICK_CLI_WORKERS_H
#define PINPRICK_CLI_WORKERS_H

#include <sys/types.h>

#include "cli/subject.h"
#include "harness/fuzz_shared.h"

struct tally;

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
	unsigned int rank;   /* how many before it have the same subject */
	unsigned int starts; /* again, after findings */
	double end;	     /* when its time is over */
	/* libFuzzer's: */
	uint64_t runs;	   /* inputs at the most; 0: any number */
	const char *input; /* this file alone, once; NULL: it fuzzes */
	enum worker_state state;
	pid_t pid;
	int status; /* as wait() gives it */
	struct fuzz_shared *shared;
	char name[SUBJECT_NAME];
	char program[PATH_MAX], log[PATH_MAX];
	char corpus[PATH_MAX];	   /* the working corpus of its subject */
	struct exchange *exchange; /* with that; NULL: none, or another's of this subject */
	int code;		   /* what went wrong there, told already: it is to stop */
	/* AFL++'s: where it keeps what it has, how much of that is in the working corpus, and
	 * whether it was told that it found something. */
	char out[PATH_MAX];
	unsigned int kept;
	bool told;
	bool goes_on;  /* no death ends it */
	bool asked;    /* to end: what it does then, not having begun as yet, is no trouble */
	double looked; /* when */
};

/* Where an engine reads and writes; corpus and seeds NULL: from nothing, and it keeps nothing. */
struct worker_folders {
	const char *run, *corpus, *seeds;
};

/* Before the first. */
void workers_prepare(const struct cli *cli, const struct worker_folders *folders);

/* Its name, its program, and its working corpus. */
void worker_name(const struct cli *cli, struct worker *w, const struct worker_folders *folders);

/* Puts the file's content where the input lies of which it died; false: cannot be read. */
bool worker_load(struct worker *w, const char *path);

void worker_start(const struct cli *cli, struct worker *w, const struct worker_folders *folders);

/* Notes which have ended; true while one runs. */
bool workers_run(struct worker *workers, unsigned int count);

/* Calls each() for every file in the run's folder with an input of which an engine died that had
 * w's subject. */
void workers_deaths(const struct worker *w, const struct worker_folders *folders,
		    void (*each)(void *context, const char *path), void *context);

/* After whatever end of theirs: what these engines found comes into the working corpus.  An exit
 * code. */
int workers_adopt(const struct worker *w, const struct worker_folders *folders);

/* Does the engine go on by itself after an input of which it died? */
bool workers_go_on(void);

/* What to exit with for one in trouble, which is said. */
int worker_trouble(const struct worker *w, const char *folder);

/* Did it die of an input that ran for too long? */
bool worker_timed_out(const struct worker *w);

/* Ends those that run: asked first, so that they keep what they know, then killed. */
void workers_stop(struct worker *workers, unsigned int count);

/* What the engines themselves counted, into tally; what is wrong with it is said. */
int workers_conclude(const struct worker *workers, unsigned int count, struct tally *tally);

#endif
