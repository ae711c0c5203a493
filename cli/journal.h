/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The journal of a campaign: a file to which the campaign and the verbs that it
 * runs append, a line for each thing that must not be lost.  A line has fields with a
 * tab between them, the first is one of enum journal_kind.  Whoever is killed in the
 * middle of a line leaves a torn one, which is told and left out.
 */
#ifndef PINPRICK_CLI_JOURNAL_H
#define PINPRICK_CLI_JOURNAL_H

#include "cli/report.h"

/* Where it is, for the verbs that a campaign runs; unset: nothing is written. */
#define JOURNAL_VARIABLE "PINPRICK_JOURNAL"

/* The lines, and how many fields follow the first.  Times are seconds since 1970. */
#define JOURNAL_LINES(X)                                                                           \
	X(campaign, 6)	/* time, seed, seconds, lanes, suts, identity of the code */               \
	X(command, 1)	/* the user's, without time and seed */                                    \
	X(resume, 3)	/* time, seconds, lanes */                                                 \
	X(origin, 3)	/* sut, generation, the user's file */                                     \
	X(slice, 5)	/* number, lane, time, seed, seconds */                                    \
	X(run, 1)	/* the folder that the verb writes to */                                   \
	X(recovered, 1) /* a run that was killed: its folder */                                    \
	X(did, 8)	/* sut, count, of what, transitions, possible, edges, features, corpus */  \
	X(cell, 3)	/* sut, how often, which transition */                                     \
	X(finding, 4)	/* id, sut, file or folder, the command that shows it again */             \
	X(end, 3)	/* time, exit code, seconds */                                             \
	X(done, 2)	/* time, exit code */

#define JOURNAL_FIELDS 8

enum journal_kind {
#define X(name, fields) JOURNAL_##name,
	JOURNAL_LINES(X)
#undef X
		JOURNAL_KINDS
};

/*
 * Appends whole lines to the file path; makes it.  An exit code: what went wrong
 * has been said then, and the journal is as it was, but for a torn line.
 */
int journal_append(const char *path, const char *text, size_t size);

/*
 * Calls each() for every line, with JOURNAL_KINDS for a torn one.  A file that is not
 * there has no lines.
 */
void journal_read(const char *path,
		  void (*each)(void *context, enum journal_kind kind, char *const *field),
		  void *context);

/* What verbs have to say; what goes wrong is in journal_end(). */
void journal_run(const char *folder);
/* again: the command that shows it. */
void journal_recovered(const char *folder);
void journal_finding(const struct finding *finding, const struct run_subject *subject,
		     const char *file, const char *again);
void journal_tally(const struct cli *cli, const struct tally *tally);
void journal_did(const char *sut, uint64_t count, const char *unit);
int journal_end(void);

#endif
