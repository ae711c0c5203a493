/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Programs and files that are written down.
 */
#ifndef PINPRICK_CLI_KEEP_H
#define PINPRICK_CLI_KEEP_H

#include "cli/subject.h"
#include "harness/verdict.h"

/* The program as text, with its finding told in comments. */
void keep_print(FILE *out, const struct program *p, const struct finding *finding,
		const struct run_subject *subject);

/*
 * Makes the file path whole or not at all: write() goes to a name beside it
 * first.  0, or the exit code for what went wrong, which has been said then.
 */
int keep_file(const char *path, void (*write)(FILE *out, const void *context), const void *context);

/* Is there room in this folder?  An exit code; what is wrong has been said then. */
int keep_room(const char *folder);

/* keep_print() into a file. */
int keep_program(const char *path, const struct program *p, const struct finding *finding,
		 const struct run_subject *subject);

/* The program at path was kept as it was found, and is being made smaller: until it is, another
 * file beside it says so. */
void keep_unfinished(const char *path, bool unfinished);
bool keep_is_unfinished(const char *path);

/* Makes a folder and those above it. */
int keep_folder(const char *path);

/* How many files it has; those that begin with a dot do not count. */
unsigned int keep_count(const char *folder);

/* A finding's id as a file's name: ids have '/' and '@', and some a space. */
void keep_name(char name[FINDING_ID], const char *id);

#endif
