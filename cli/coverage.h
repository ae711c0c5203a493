/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What `llvm-cov show -show-branches=count -show-mcdc` prints, a file at a time.
 * A function that is in several suts is there once for each: its copies are
 * taken together.
 */
#ifndef PINPRICK_COVERAGE_H
#define PINPRICK_COVERAGE_H

#include <limits.h>
#include <stdbool.h>

#define LINE_BYTES	  512
#define LINE_BRANCHES_MAX 16
#define CONDITIONS_MAX	  12
#define VECTORS_MAX	  64
#define DECISION_BYTES	  512
#define UNMEASURED_MAX	  64

struct place {
	unsigned int line, column;
};

struct branch {
	unsigned int column;
	bool was_true, was_false;
};

struct source_line {
	char text[LINE_BYTES], function[64];
	bool mapped, ran;
	unsigned int branch_count;
	struct branch branches[LINE_BRANCHES_MAX];
};

/* A run of a decision: 'T', 'F' or '-' (not evaluated) for each condition, then the result. */
typedef char decision_vector[CONDITIONS_MAX + 2];

struct condition {
	struct place at;
	bool covered; /* in one copy: both runs of a pair were there */
	bool folded;  /* a constant: has no pair */
};

/* Conditions joined by && and ||, from the first character to behind the last. */
struct decision {
	struct place from, to;
	unsigned int condition_count, vector_count;
	struct condition conditions[CONDITIONS_MAX];
	decision_vector vectors[VECTORS_MAX]; /* those that ran, in any copy */
	unsigned int operators;		      /* found in the source */
	bool in_macro; /* not measured: of its uses one could lack what another has */
};

struct source_file {
	char path[PATH_MAX];
	struct source_line *lines; /* lines[0] is the file's first */
	unsigned int line_count, lines_room;
	struct decision *decisions;
	unsigned int decision_count, decisions_room;
	struct place unmeasured[UNMEASURED_MAX]; /* each && and || that llvm-cov is silent about */
	unsigned int unmeasured_count;
};

/* Hands judge one file after the other. */
void coverage_read(const char *path, void (*judge)(void *context, const struct source_file *file),
		   void *context);

/* Looks for the && and || of the code: fills in what llvm-cov does not say. */
void decisions_match(struct source_file *file);

/* The source text in one line. */
void decision_text(const struct source_file *file, const struct decision *d,
		   char text[DECISION_BYTES]);

/* Why condition i is not covered: the runs that are missing; and the condition's source text. */
void decision_missing(const struct source_file *file, const struct decision *d, unsigned int i,
		      char name[DECISION_BYTES], char why[DECISION_BYTES]);

#endif
