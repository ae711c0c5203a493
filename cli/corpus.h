/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * corpus: what stands in the corpora, and what of it is needed.  An engine of
 * libFuzzer's measures: edges of the core, and abstract states as it sees them.
 */
#ifndef PINPRICK_CLI_CORPUS_H
#define PINPRICK_CLI_CORPUS_H

#include "cli/subject.h"

#define CORPUS_TEXT_BYTES    (64u << 10) /* of a folder of text, as corpus/README.md says */
#define CORPUS_WORKING_BYTES (1u << 20)	 /* of a working corpus */

/* What a program is for: each kind has a fuzz target. */
enum corpus_kind { CORPUS_OPS, CORPUS_DRIVERS, CORPUS_SCHEDULES, CORPUS_KINDS };

#define ORIGIN_BYTES (SUBJECT_NAME + 48)

struct corpus_item {
	char *path;
	char origin[ORIGIN_BYTES]; /* engine, target and sut that found it: afl.fuzz_ops-modern */
	enum corpus_kind kind;
	struct run_subject pair; /* whose comparison its folder is for; sut NULL: none */
	bool text;
	size_t file_bytes;
	unsigned int records;
	/* The program, canonical: what stands for it wherever it is compared. */
	uint8_t bytes[PROGRAM_BYTES];
	size_t size;
	uint64_t hash;
	/* After corpus_cover(): it is needed; it has a finding. */
	bool taken, died;
	char *story; /* merge: what it reaches, line by line; NULL: nothing new */
};

struct corpus {
	struct corpus_item *at;
	unsigned int count;
	int code; /* EXIT_CLEAN, or for the first file that could not be read */
};

/* What is measured together: a fuzz target with one subject. */
struct corpus_target {
	enum corpus_kind kind;
	struct run_subject subject; /* sut NULL: not in this program */
	char name[SUBJECT_NAME];    /* of the subject */
	char target[SUBJECT_NAME + 16];
};

struct corpus_cover {
	unsigned int chosen, features, edges;
	struct stats stats; /* of all runs */
};

/* corpus_load.c */

/* Adds the programs of a file or folder, which says what is wrong with those it cannot read. */
void corpus_load(const struct cli *cli, const char *path, struct corpus *c);
void corpus_free(struct corpus *c);
uint64_t corpus_hash(const uint8_t *bytes, size_t size);
/* Is there anything in this folder? */
bool corpus_filled(const char *folder);
void corpus_decode(const struct corpus_item *item, struct program *p);

/* The target that the name of a folder says, as fuzz names working corpora; false: it says none. */
bool corpus_folder_target(const char *folder, struct corpus_target *t);
struct corpus_target corpus_target(enum corpus_kind kind, const struct run_subject *subject);
/* Its working corpus. */
void corpus_folder(const struct corpus_target *t, char path[PATH_MAX]);
/* Is its engine in this build?  If not, says so. */
bool corpus_has_engine(const struct corpus_target *t, const char *folder);

/* corpus_cover.c */

/*
 * Of the items of this kind marks those that together reach all that they reach beyond
 * what base does: few where fewest says so, else small ones.  Those with a finding are
 * told, and never taken.  base may be NULL.  An exit code.
 */
int corpus_cover(const struct corpus_target *t, struct corpus *base, struct corpus *c, bool fewest,
		 struct corpus_cover *cover);

/* corpus_check.c */

/* What is wrong with item by itself, a finding apart; NULL: nothing. */
const char *corpus_problem(const struct corpus *c, const struct corpus_item *item);

/* corpus.c */

/* For --json: what was said of a corpus, and of a file. */
struct corpus_report {
	const struct cli *cli;
	FILE *corpora, *problems;
	unsigned int corpus_count, problem_count;
};

void corpus_tell(struct corpus_report *r, const char *path, const char *problem);
/* A corpus as a JSON object, as yet open; t NULL: there are several. */
void corpus_begin(struct corpus_report *r, const char *folder, const struct corpus_target *t);
/* Those of c with a finding; EXIT_FINDING where there is one. */
int corpus_tell_findings(struct corpus_report *r, const struct corpus_target *t,
			 const struct corpus *c);

/* corpus_merge.c and corpus_minimize.c: exit codes */
int corpus_merge(struct corpus_report *r, char **files, unsigned int count);
int corpus_minimize(struct corpus_report *r, const char *folder);

#endif
