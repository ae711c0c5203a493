/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The page of a campaign: one HTML file without scripts that needs no network.
 * report_verb.c chooses the campaign and writes the file, report_page.c is its head and the
 * order of the parts.  Whatever is not ours, as names, paths and programs, goes through
 * html_text() and its like.
 */
#ifndef PINPRICK_CLI_REPORT_PAGE_H
#define PINPRICK_CLI_REPORT_PAGE_H

#include "cli/campaign.h"

enum page_state { PAGE_DONE, PAGE_RUNNING, PAGE_INTERRUPTED };

struct html_page {
	FILE *out;
	const struct campaign_log *log;
	const char *folder; /* the campaign's */
	enum page_state state;
};

/* The whole page. */
void page_write(const struct html_page *page);

/* What is known so far: an exit code, and the same in a few words. */
int page_code(const struct html_page *page);
const char *page_verdict(const struct html_page *page);
const char *page_exit_words(int code);

/* How many ids were found; how many cells a sut has, and reached (NULL: on all systems). */
unsigned int page_findings(const struct campaign_log *log);
unsigned int page_cells(const struct campaign_log *log, const char *sut, unsigned int *reached);

/* When a slice began, in seconds of the slices before it. */
double page_begin(const struct campaign_log *log, unsigned int slice);

/* Names without repetition, in the order in which they come. */
struct page_names {
	const char **at;
	unsigned int count;
};
/* Returns the name's place. */
unsigned int page_name(struct page_names *names, const char *name);
/* The suts of all slices; those with cells; the lanes, chosen and run. */
struct page_names page_suts(const struct campaign_log *log);
struct page_names page_cell_suts(const struct campaign_log *log);
struct page_names page_lanes(const struct campaign_log *log);

/* What grows, slice by slice, as points of a curve. */
enum page_measure { MEASURE_TRANSITIONS, MEASURE_FEATURES, MEASURE_EDGES, MEASURE_CORPUS };

struct page_series {
	const char *sut;
	unsigned int look; /* which colour and mark: the same in all charts */
	unsigned int possible;
	struct page_point {
		double at; /* seconds of slices */
		unsigned int value;
	} * points;
	unsigned int count;
};

/*
 * The curve of a sut in the lanes of a fuzz target (NULL: in all).  Transitions, features and
 * edges are the most so far; no point where an engine does not measure that.
 */
struct page_series page_grow(const struct campaign_log *log, enum page_measure measure,
			     const char *target, const char *sut);
/* The fuzz target of a lane is its name's first word: "ops" of ops-asan. */
bool page_has_target(const char *lane, const char *target);
struct page_names page_targets(const struct campaign_log *log);
/* When the last new one came, on any sut and target, and until when it was measured; 0: never. */
double page_last_new(const struct campaign_log *log, enum page_measure measure, double *until);

/* The parts, each a <section>. */
void page_print_style(FILE *out);
void page_print_findings(const struct html_page *page);
void page_print_growth(const struct html_page *page);
void page_print_speeds(const struct html_page *page);
void page_print_lanes(const struct html_page *page);
void page_print_transitions(const struct html_page *page);
void page_print_planted(const struct html_page *page);

/* Text as HTML has it, in elements and in attributes; what is no text is U+FFFD. */
void html_text(FILE *out, const char *text);
void html_bytes(FILE *out, const char *text, size_t size);
/* A finding's id, with places to break it. */
void html_id(FILE *out, const char *id);
/* A command line, whose words are not broken where there is room. */
void html_command(FILE *out, const char *text);
/* "3 h 12 m", on one line. */
void html_time(FILE *out, double seconds);
/* 1234567 as 1 234 567 */
void html_count(FILE *out, uint64_t n);

/* A file's beginning, up to some kilobytes; NULL: it cannot be read.  *cut: there is more. */
char *html_read(const char *path, size_t *size, bool *cut);

#endif
