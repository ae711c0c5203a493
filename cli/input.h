/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Programs from files and folders.
 */
#ifndef PINPRICK_CLI_INPUT_H
#define PINPRICK_CLI_INPUT_H

#include "cli/cli.h"
#include "harness/program.h"

/* Whoever reads engines' files sets it: parts of them that say nothing are not told. */
extern bool input_any_bytes;
/* Was the last program that was read text? */
extern bool input_was_text;

/*
 * Reads one program, text or bytes.  EXIT_CLEAN, or the code for what is wrong
 * with the file, which has been said then.
 */
int input_load(const char *path, struct program *p);

/*
 * Calls each(context, path, name, p) for every program in the files and
 * folders that the command line names, folders in order of name.  name is the
 * part of path below what the command line says.  Goes on after bad files;
 * returns the code for the first of them.
 */
int input_walk(const struct cli *cli,
	       void (*each)(void *context, const char *path, const char *name,
			    const struct program *p),
	       void *context);

#endif
