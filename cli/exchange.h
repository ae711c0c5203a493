/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Between the engines and the working corpora.  Engines write as they like: not
 * whole, over what is there, and they stumble over what they cannot read.  So each
 * has a folder of its own in its run's, and what stands in work/corpus is put there
 * whole, by this process.
 */
#ifndef PINPRICK_CLI_EXCHANGE_H
#define PINPRICK_CLI_EXCHANGE_H

#include <limits.h>

#include "cli/cli.h"
#include "harness/program.h"

struct bytes {
	uint8_t at[PROGRAM_BYTES];
	size_t size;
};

/* A program from a regular file; what else stands there is told by its name, and false. */
bool exchange_read(const char *path, struct bytes *bytes);

/* Makes the file path of it, whole or not at all.  An exit code. */
int exchange_keep(const char *path, const struct bytes *bytes);

/* What can be read in one folder, into another; no empty file, which AFL does not take. */
int exchange_copy(const char *from, const char *to);

/*
 * Between the folder `own` and the working corpus `corpus`; makes it, and puts into it
 * what the corpus has.  What an engine adds to it goes to the corpus by libFuzzer's
 * names only.
 */
struct exchange *exchange_open(const char *corpus, const char *own);

/* What an engine that was killed, with its supervisor, left in its folder goes to the corpus. */
int exchange_adopt(const char *corpus, const char *own);

/*
 * What is new on either side goes to the other, and what the engine, which runs or has
 * just ended, replaced goes.
 */
int exchange_look(struct exchange *x, bool runs);

/* When the engines have ended: all comes into the corpus, and their own folders go. */
int exchange_close_all(void);

#endif
