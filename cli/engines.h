/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The fuzzing engines as their supervisor sees them (workers.c); a build has one
 * of them.
 */
#ifndef PINPRICK_CLI_ENGINES_H
#define PINPRICK_CLI_ENGINES_H

#include "cli/report.h"
#include "cli/workers.h"
#include "harness/memory.h"

#define INPUT_SECONDS 2 /* an input that runs longer is a finding */

/* Between them, macros as words. */
#define WORD_OF(x) #x
#define WORD(x)	   WORD_OF(x)

struct fuzz_engine {
	int stop;	    /* the signal that asks it to end, and to keep what it knows */
	const char *option; /* of the command line, for this engine */
	/* Before the first starts, when the seeds are there. */
	void (*prepare)(const struct cli *cli, const struct worker_folders *folders);
	/* Starts w, by worker_exec(). */
	void (*start)(const struct cli *cli, struct worker *w,
		      const struct worker_folders *folders);
	/* Ten times a second, and once after it ended: takes what it found. */
	void (*look)(struct worker *w);
	/* It ended by itself: how.  The input that it died of is put into w->shared. */
	enum worker_state (*judge)(struct worker *w);
	bool goes_on; /* after an input of which it died, where it is told so */
	/* See workers.h. */
	void (*deaths)(const struct worker *w, const struct worker_folders *folders,
		       void (*each)(void *context, const char *path), void *context);
	int (*adopt)(const struct worker *w, const struct worker_folders *folders);
	/* All have ended: adds what the engine itself counts.  Says what is wrong with that. */
	int (*conclude)(const struct worker *workers, unsigned int count, struct tally *tally);
};

extern const struct fuzz_engine engine_libfuzzer, engine_afl;
extern const struct fuzz_engine *const fuzz_engine; /* this build's */

/* Runs args, the program first, as w. */
void worker_exec(struct worker *w, char *const args[]);

/* Calls each() for every file in folder; one that is not there has none. */
void folder_walk(const char *folder, void (*each)(void *context, const char *path), void *context);

/* For w, never 0. */
uint32_t worker_seed(const struct cli *cli, const struct worker *w);

#endif
