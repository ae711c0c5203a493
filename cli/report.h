/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What runs say, as words and as JSON.
 */
#ifndef PINPRICK_CLI_REPORT_H
#define PINPRICK_CLI_REPORT_H

#include "cli/subject.h"
#include "harness/verdict.h"

/* What all runs of a command did, sut by sut as the command line has them. */
struct tally {
	struct stats stats[SUTS_MAX];
	unsigned int transitions[SUTS_MAX], possible[SUTS_MAX];
	double seconds; /* 0: no rates */
	/* By AFL++'s own count: runs, and how much of what it sees in a run is the same each time,
	 * in percent.  0: it does not say. */
	uint64_t executions;
	double stability;
	/* By libFuzzer's count, the most of any process: edges of the core that the corpus runs,
	 * and features, which are edges with counts and abstract states.  0: it does not say. */
	unsigned int edges[SUTS_MAX], features[SUTS_MAX];
};

#define FINDINGS_MAX 64

/* Findings for JSON and SARIF: the first of each id on each sut. */
struct finding_list {
	unsigned int count, unreproduced; /* inputs that show nothing alone */
	struct listed_finding {
		struct finding finding;
		struct run_subject subject;
		char file[PATH_MAX]; /* where the program is */
		char *again;	     /* the command that shows it; NULL: replay */
		unsigned int times;  /* how often it was found, where the run went on */
	} at[FINDINGS_MAX];
};

/* The new entry; NULL: it is there already, or the list is full. */
struct listed_finding *finding_list_add(struct finding_list *list, const struct finding *finding,
					const struct run_subject *subject, const char *file);

/* Finds out which transitions there can be. */
void tally_possible(const struct cli *cli, struct tally *tally);

/* After that: is this one of them? */
bool tally_is_possible(unsigned int index, unsigned int cell);

/* Counts those that were seen. */
void tally_transitions(const struct cli *cli, struct tally *tally);

/* The workload table; under --verbose also ops by kind and transitions that are missing. */
void report_workload(const struct cli *cli, const struct tally *tally);

/*
 * A finding: what was expected and what came, the program with the failing
 * record marked, how to run it again.  file is where the program is; NULL if
 * it could not be kept, then all of it is printed.
 */
void report_finding(const struct run_subject *subject, const struct program *p,
		    const struct finding *finding, const char *file);

/* The verdict, and its line. */
const char *report_verdict_word(int code);
void report_verdict(const struct cli *cli, int code, const char *what);

/* "./pinprick replay --sut=modern FILE" for whoever stands in this folder. */
void report_command(FILE *out, const struct cli *cli, const char *verb,
		    const struct run_subject *subject, const char *file);
/* "./pinprick fuzz", or diff, with this run's time, seed, processes and suts. */
void report_fuzz_command(FILE *out, const struct cli *cli);

/* A text that is printed into memory. */
struct text {
	char *at;
	size_t size;
};
FILE *text_open(struct text *text);
/* Closes it; whoever gets the text, which has lost its last line end, frees it. */
char *text_close(struct text *text, FILE *out);

/* A path as a shell takes it. */
void report_word(FILE *out, const char *word);

/* The parts of such a line: the verb with what rebuilds this program; the suts, where not the
 * usual. */
void report_verb_command(FILE *out, const struct cli *cli);
void report_suts(FILE *out, const struct cli *cli);

/* Do words for people go to a terminal that can more than print? */
bool report_terminal(void);

/* And does it show colours? */
bool report_colour(void);

/* The path as seen from this folder. */
const char *path_short(const char *path);

/* A string as JSON has it. */
void json_string(FILE *out, const char *s);

/* The one JSON object. */
void report_json(FILE *out, const struct cli *cli, int code, const struct tally *tally,
		 const struct finding_list *findings);

#endif
