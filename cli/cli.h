/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * pinprick-cli: everything that a person reads.  main.c takes the command line
 * apart; each verb is a file of its own name.
 */
#ifndef PINPRICK_CLI_H
#define PINPRICK_CLI_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/sut.h"

/* docs: README; the numbers from 64 on are those of sysexits.h */
enum exit_code {
	EXIT_CLEAN = 0,
	EXIT_FINDING = 1,
	EXIT_NOTHING = 2, /* proved nothing: a floor was missed */
	EXIT_NOT_RUN = 3, /* a check could not run */
	EXIT_USAGE = 64,
	EXIT_DATA = 65,
	EXIT_NO_INPUT = 66,
	EXIT_SOFTWARE = 70,
	EXIT_OS = 71,
	EXIT_CANNOT_CREATE = 73,
	EXIT_IO = 74,
	EXIT_INTERRUPTED = 130,
};

#define SUTS_MAX    256
#define RECOVER_MAX 64

/* What the command line says. */
struct cli {
	const char *verb;
	unsigned int seconds, jobs;
	uint64_t seed;
	const char *expect, *output, *sarif;
	bool sut_given, strict, no_minimize, json, verbose;
	bool keep_going;		  /* after a finding */
	const char *recover[RECOVER_MAX]; /* folders of runs */
	unsigned int recover_count;
	bool drivers;	/* fuzz: programs for them */
	bool schedules; /* fuzz: programs of several contexts */
	bool as_is;	/* the drivers, with the kernel's mistakes */
	/* stress */
	unsigned int threads, pages;
	const char *roles, *devices;
	bool until_finding, corpus;
	/* exhaust */
	unsigned int ops;
	bool time_given;
	const struct sut *suts[SUTS_MAX];
	const struct sut *others[SUTS_MAX]; /* with which those are compared; NULL: with none */
	unsigned int sut_count;
	char **files;
	unsigned int file_count;
	/* explore, replay */
	bool trace, gdb;
	const char *strategy, *scenario;
	unsigned int bound;
	bool bound_given;
	/* bugs */
	unsigned int seeds;
	const char *only, *engine;
	bool quick, write;
};

/* Where words for people go: standard output, or standard error under --json. */
extern FILE *say;

/* Says what went wrong, on standard error, and exits. */
_Noreturn void fail(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Says it and goes on. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A path from a format; fails where it is too long. */
void path_make(char path[PATH_MAX], const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The tree that this program was built in, with this program below its build/. */
const char *cli_root(void);
const char *cli_folder(void);

/* The verbs: they return an exit code. */
#define VERB(name, ...) int verb_##name(const struct cli *cli);
#define TOOL(name, ...) int verb_##name(const struct cli *cli);
#include "cli/verbs.def"

#endif
