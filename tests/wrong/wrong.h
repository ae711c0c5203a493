/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Deliberately wrong cores: tests/wrong/NAME.patch, each with a program and the
 * findings that it must bring about (README.md beside this file); and planted
 * bugs, bugs/NAME.patch, that have these, too.
 */
#ifndef PINPRICK_WRONG_H
#define PINPRICK_WRONG_H

#include "harness/run.h"

#define WRONG_FOLDER "tests/wrong"
#define BUGS_FOLDER  "bugs"
#define WRONG_FINDS  6

struct wrong {
	char name[64];
	const struct sut *real, *sut; /* the core without and with the patch */
	char finds[WRONG_FINDS][FINDING_ID];
	unsigned int finds_count;
	bool off_clean; /* with the oracles of all those off, nobody complains */
	bool trace_differs;
	struct program program;
};

/* Reads a patch's head; says what is wrong with it and exits where it is none. */
void wrong_load(struct wrong *w, const char *path);

/* Calls visit for every patch of the two folders that has a program. */
void wrong_each(void (*visit)(const struct wrong *w));

/* The whole of a file and a zero after it; exits where it cannot be read. */
char *file_text(const char *path, size_t *size);

#endif
