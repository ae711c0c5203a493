/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The bank of planted bugs (bugs/): read, run until found, told.
 */
#ifndef PINPRICK_CLI_BUGS_H
#define PINPRICK_CLI_BUGS_H

#include "bugs/probe.h"
#include "cli/cli.h"
#include "harness/verdict.h"

#define BUGS_MAX      512
#define BUG_IDS	      12
#define BUG_SEEDS_MAX 100
#define BUGS_DOCUMENT "docs/planted-bugs.md"
#define CANARY	      "canary"
#define MEDIAN_COLUMN 5 /* of the table there */

/* What must find it: a target from nothing, or the schedules of corpus/scenarios/ where races are
 * seen. */
enum bug_engine { BUG_ops, BUG_drivers, BUG_schedules, BUG_races, BUG_ENGINES };
extern const char *const bug_engine_names[BUG_ENGINES];

struct bug {
	char name[64], row[16];
	enum bug_engine engine;
	const struct sut *sut;
	const struct sut *base; /* the kernel file that it is planted in; NULL: a core of ours */
	bool accepted;		/* no bug at all: nobody may complain */
	unsigned int id_count;
	char ids[BUG_IDS][FINDING_ID]; /* patterns: one of them must come */
	uint64_t median;	       /* executions, as BUGS_DOCUMENT has it; 0: not there */
};

struct bug_run {
	bool done, detected, named; /* named: as one of its ids */
	char id[FINDING_ID];	    /* of what was found */
	unsigned int taken;	    /* for these quirks, which the file without it has not */
	struct probe_counts probe;
	uint64_t executions;
	double seconds;
	unsigned int records; /* of the minimised program; 0: not minimised */
};

/*
 * Reads the bank, in the order of names, or what of it is planted in a kernel's file
 * where there is one; fails where a patch's head is none.
 */
unsigned int bugs_load(struct bug bugs[BUGS_MAX]);

/* Runs it until it is found, or its budget is used up: this process is for nothing else. */
void bug_run(const struct cli *cli, const struct bug *bug, uint64_t seed, struct bug_run *run);

/* All of a bug's runs. */
struct bug_result {
	const struct bug *bug;
	struct bug_run *runs;
	unsigned int count;
};
uint64_t bug_median(const struct bug_result *r, uint64_t *worst);
unsigned int bug_detected(const struct bug_result *r);
/* Found each time as it should be; or, where it is none, never. */
bool bug_good(const struct bug_result *r);

void bugs_print_head(FILE *out);
void bugs_print(FILE *out, const struct bug_result *r);
void bugs_summary(FILE *out, const struct bug_result *results, unsigned int count);
void bugs_json(FILE *out, const struct cli *cli, int code, const struct bug_result *results,
	       unsigned int count);
void bugs_document(FILE *out, const struct bug_result *results, unsigned int count);

#endif
