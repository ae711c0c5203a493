/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Campaigns: verbs in turn, for hours, each for a slice of the time.  What they did
 * stands in a journal (cli/journal.h); campaign_log.c reads it, campaign.c goes on from there,
 * campaign_end.c says what came of it, and report_*.c make a page of it.
 */
#ifndef PINPRICK_CLI_CAMPAIGN_H
#define PINPRICK_CLI_CAMPAIGN_H

#include "cli/journal.h"

struct lane {
	const char *name, *flavour, *words;
};

extern const struct lane lanes[]; /* name NULL at the end */

/* What a slice did on one sut. */
struct slice_did {
	char *sut, *unit; /* of what: programs, schedules or calls */
	uint64_t count;
	unsigned int transitions, possible, edges, features, corpus;
};

struct campaign_slice {
	unsigned int number;
	char *lane;
	long long begin, end; /* since 1970; end 0: it was killed, or runs */
	uint64_t seed;
	unsigned int planned; /* seconds */
	double seconds;
	int exit;
	char *run; /* the folder it wrote to; NULL: it did not come so far */
	bool recovered;
	struct slice_did *did;
	unsigned int did_count;
};

/* An id on a sut by a lane. */
struct campaign_finding {
	char *id, *sut, *file, *again;
	unsigned int slice, last; /* indices of the first slice that found it, and of the last */
	unsigned int times;	  /* in how many slices */
};

struct campaign_cell {
	char *sut, *name;
	uint64_t count;
	unsigned int slice; /* index of the first that reached it */
};

struct campaign_origin {
	char *sut, *generation, *file;
};

/* All slices of a lane that came to an end. */
struct lane_sum {
	const char *name;
	unsigned int slices, proved;
	double seconds;
	uint64_t count;
	const char *unit;
	int exit; /* the last one's */
};

/* The last campaign of a journal. */
struct campaign_log {
	long long begin; /* 0: there is none */
	uint64_t seed;
	unsigned int seconds;	       /* in all */
	char *lanes, *suts, *identity; /* lists with commas */
	char *command;		       /* without its time and seed; NULL: not told */
	struct campaign_origin *origins;
	unsigned int origin_count;
	struct campaign_slice *slices;
	unsigned int slice_count;
	struct campaign_finding *findings;
	unsigned int finding_count;
	struct campaign_cell *cells;
	unsigned int cell_count, cell_next;
	bool done;
	int exit;	   /* how it was done */
	unsigned int torn; /* lines that nobody can read */
};

/* Reads it anew. */
void campaign_log_read(struct campaign_log *log, const char *journal);

/* Seconds of the slices that came to an end. */
double campaign_spent(const struct campaign_log *log);

/* The name's first characters, length of them, are the lane's. */
struct lane_sum campaign_lane(const struct campaign_log *log, const char *name, size_t length);

/* Is finding i the first with its id? */
bool campaign_is_first(const struct campaign_log *log, unsigned int i);

/* Of the files with finding i's id the smallest: an index of log->findings. */
unsigned int campaign_smallest(const struct campaign_log *log, unsigned int i);

/* Where the output of a finding's replay is. */
void campaign_story(char path[PATH_MAX], const char *folder, const char *id);

/* What it comes to so far, and what came of it in words. */
int campaign_verdict(const struct campaign_log *log);
void campaign_conclude(const struct cli *cli, const struct campaign_log *log, const char *folder,
		       int code);

/* "3 h 12 m", "45 s" */
void campaign_print_time(FILE *out, double seconds);

#endif
