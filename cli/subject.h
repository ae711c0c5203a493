/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a run judges: a system under test, or two that are compared.
 */
#ifndef PINPRICK_CLI_SUBJECT_H
#define PINPRICK_CLI_SUBJECT_H

#include "cli/cli.h"
#include "harness/diff.h"
#include "harness/minimize.h"

struct run_subject {
	const struct sut *sut;
	const struct sut *other; /* with which it is compared; NULL: it is judged by itself */
	bool as_is;		 /* programs for drivers meet those with the kernel's mistakes */
};

#define SUBJECT_NAME 176

/* The index-th of the command line. */
struct run_subject subject_at(const struct cli *cli, unsigned int index);
bool subject_same(const struct run_subject *a, const struct run_subject *b);

/* "modern", or "modern-vs-classic". */
void subject_name(const struct run_subject *s, char name[SUBJECT_NAME]);
/* The same for a folder that is only for this code, and for this kind of program. */
void subject_folder(const struct run_subject *s, const struct program *p, char name[SUBJECT_NAME]);
/* What fuzzes it, with the kind of programs that the command line says. */
void subject_engine(const struct run_subject *s, const struct cli *cli, char path[PATH_MAX]);
/* What the folder of a kind's working corpus begins with. */
const char *subject_kind(const struct cli *cli);

/* The transitions there can be; of both, where two are compared. */
unsigned int subject_possible(const struct run_subject *s, uint8_t possible[CELL_COUNT]);

/* After their quirks are measured: a line for each pair that is not compared in everything. */
void subjects_announce(const struct cli *cli);

/*
 * Two kernel trees of one contract whose quirks differ behave differently, though
 * each does what is predicted of it: says so, and true where there are such.
 */
bool subjects_quirks_differ(const struct cli *cli);

/*
 * Judges p on the sut alone, in a child, by the executor that p is for, and checks
 * everything after each op.  trace and stats may be NULL.  False where no child can be made.
 */
bool subject_judge(const struct run_subject *s, const struct program *p, FILE *trace,
		   struct stats *stats, struct verdict *v);

/* In children; fails where none can be made.  stats may be NULL. */
void subject_run(const struct run_subject *s, const struct program *p, bool full_checks,
		 struct stats *stats, struct finding *finding);
bool subject_minimize(const struct run_subject *s, struct program *p, const char *id,
		      struct minimize_report *report);

#endif
