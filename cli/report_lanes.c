/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The lanes of a page: how fast, how often, how they ended. */
#include <stdlib.h>
#include <string.h>

#include "cli/report_page.h"
#include "cli/status.h"

static double rate(uint64_t count, double seconds)
{
	return seconds > 0 ? (double)count / seconds : 0;
}

static uint64_t slice_count(const struct campaign_slice *slice)
{
	uint64_t count = 0;

	for (unsigned int i = 0; i < slice->did_count; i++)
		count += slice->did[i].count;
	return count;
}

static struct lane_sum sum_of(const struct html_page *page, const char *lane)
{
	return campaign_lane(page->log, lane, strlen(lane));
}

/* Rates of different things are not compared: the longest bar of each unit is whole. */
static double most_of(const struct html_page *page, const struct page_names *ways, const char *unit)
{
	double most = 0;

	for (unsigned int i = 0; i < ways->count; i++) {
		struct lane_sum sum = sum_of(page, ways->at[i]);
		double one = rate(sum.count, sum.seconds);

		if (!strcmp(sum.unit, unit) && one > most)
			most = one;
	}
	return most;
}

static void print_unit(const struct html_page *page, const struct page_names *ways,
		       const char *unit)
{
	double most = most_of(page, ways, unit);
	FILE *out = page->out;

	if (most <= 0)
		return;
	fputs("<h3>", out);
	html_text(out, unit);
	fputs(" a second</h3>\n<ul class='bars'>\n", out);
	for (unsigned int i = 0; i < ways->count; i++) {
		struct lane_sum sum = sum_of(page, ways->at[i]);
		double one = rate(sum.count, sum.seconds);

		if (strcmp(sum.unit, unit) || !sum.slices)
			continue;
		fputs("<li><span class='name'>", out);
		html_text(out, ways->at[i]);
		fprintf(out,
			"</span><span class='bar'><span style='width:%.1f%%'></span></span><b>",
			one / most * 100);
		status_number(out, one);
		fputs("/s</b></li>\n", out);
	}
	fputs("</ul>\n", out);
}

void page_print_speeds(const struct html_page *page)
{
	struct page_names ways = page_lanes(page->log), units = { .count = 0 };
	FILE *out = page->out;

	for (unsigned int i = 0; i < ways.count; i++) {
		struct lane_sum sum = sum_of(page, ways.at[i]);

		if (sum.count)
			page_name(&units, sum.unit);
	}
	fputs("<section id='speed'>\n<h2>Speed</h2>\n", out);
	if (units.count)
		fputs("<p>Of a lane's whole slices, with the time that it builds up, minimises and "
		      "cleans up in. Each unit has a scale of its own.</p>\n<div class='units'>\n",
		      out);
	else
		fputs("<p>No slice has ended.</p>\n", out);
	for (unsigned int i = 0; i < units.count; i++) {
		fputs("<div>", out);
		print_unit(page, &ways, units.at[i]);
		fputs("</div>\n", out);
	}
	fputs(units.count ? "</div>\n</section>\n" : "</section>\n", out);
}

/* The rate, slice by slice. */
static void print_spark(const struct html_page *page, const char *lane)
{
	const struct campaign_log *log = page->log;
	double most = 0;
	unsigned int count = 0, at = 0;
	FILE *out = page->out;

	for (unsigned int i = 0; i < log->slice_count; i++) {
		const struct campaign_slice *slice = &log->slices[i];
		double one = rate(slice_count(slice), slice->seconds);

		if (strcmp(slice->lane, lane) || !slice->end)
			continue;
		count++;
		most = one > most ? one : most;
	}
	if (count < 2 || most <= 0)
		return;
	fputs("<svg class='spark' viewBox='0 0 100 24' role='img'><title>a second, slice by slice:",
	      out);
	for (unsigned int pass = 0; pass < 2; pass++) {
		fputs(pass ? "</title><path d='" : "", out);
		at = 0;
		for (unsigned int i = 0; i < log->slice_count; i++) {
			const struct campaign_slice *slice = &log->slices[i];
			double one = rate(slice_count(slice), slice->seconds);

			if (strcmp(slice->lane, lane) || !slice->end)
				continue;
			if (pass) {
				fprintf(out, "%c%.1f %.1f", at ? 'L' : 'M',
					2 + 96.0 * at / (count - 1), 22 - 20 * one / most);
			} else {
				fputs(at ? ", " : " ", out);
				status_number(out, one);
			}
			at++;
		}
	}
	fputs("'/></svg>", out);
}

static void print_lane(const struct html_page *page, const char *lane)
{
	struct lane_sum sum = sum_of(page, lane);
	FILE *out = page->out;

	fputs("<tr><th scope='row'>", out);
	html_text(out, lane);
	fputs("</th><td>", out);
	if (!sum.slices)
		fputs("no slice has ended", out);
	else if (sum.proved)
		fprintf(out, "yes, in %u of %u", sum.proved, sum.slices);
	else
		fputs("<strong class='bad'>no</strong>", out);
	fprintf(out, "</td><td>%s</td><td class='n'>%u</td><td class='n'>",
		sum.slices ? page_exit_words(sum.exit) : "-", sum.slices);
	html_time(out, sum.seconds);
	fputs("</td><td class='n'>", out);
	html_count(out, sum.count);
	fputs(" ", out);
	html_text(out, sum.unit);
	fputs("</td><td class='n'>", out);
	status_number(out, rate(sum.count, sum.seconds));
	fputs("/s</td><td>", out);
	print_spark(page, lane);
	fputs("</td></tr>\n", out);
}

/* What the table does not tell: a slice at work, or one that was killed, could not run, or lost its
 * finding. */
static const char *trouble(const struct html_page *page, unsigned int i)
{
	const struct campaign_slice *slice = &page->log->slices[i];

	if (!slice->end)
		return i + 1 == page->log->slice_count && page->state == PAGE_RUNNING ? "at work"
		       : slice->recovered ? "killed; what it had found was taken over later"
					  : "killed";
	if (slice->exit != EXIT_CLEAN && slice->exit != EXIT_FINDING)
		return page_exit_words(slice->exit);
	for (unsigned int j = 0; slice->exit == EXIT_FINDING && j < page->log->finding_count; j++)
		if (page->log->findings[j].slice <= i &&
		    !strcmp(page->log->slices[page->log->findings[j].slice].lane, slice->lane))
			return NULL;
	return slice->exit == EXIT_FINDING ? "a finding that could not be run again" : NULL;
}

static void print_troubles(const struct html_page *page)
{
	const struct campaign_log *log = page->log;
	unsigned int count = 0;
	FILE *out = page->out;

	for (unsigned int i = 0; i < log->slice_count; i++) {
		const struct campaign_slice *slice = &log->slices[i];
		const char *what = trouble(page, i);

		if (!what)
			continue;
		if (!count++)
			fputs("<h3>Slices to look at</h3>\n<ul class='troubles'>\n", out);
		fprintf(out, "<li>Slice %u, ", slice->number);
		html_text(out, slice->lane);
		fprintf(out, ": <strong>%s</strong>. Its log: <code>logs/%lld-%u-", what,
			log->begin, slice->number);
		html_text(out, slice->lane);
		fputs(".log</code></li>\n", out);
	}
	fputs(count ? "</ul>\n" : "", out);
}

void page_print_lanes(const struct html_page *page)
{
	struct page_names ways = page_lanes(page->log);
	FILE *out = page->out;

	fputs("<section id='lanes'>\n<h2>Lanes</h2>\n"
	      "<div class='scroll' tabindex='0' role='region' aria-label='Lanes'>"
	      "<table class='lanes'><caption><span>Each lane is a target, with an engine and a flavour of the build. Proved: how many of its slices "
	      "did enough for their verdict</span></caption>"
	      "<thead><tr><th scope='col'>lane</th><th scope='col'>proved</th>"
	      "<th scope='col'>last exit</th><th scope='col' class='n'>slices</th>"
	      "<th scope='col' class='n'>time</th><th scope='col' class='n'>did</th>"
	      "<th scope='col' class='n'>rate</th><th scope='col'>slice by slice</th></tr></thead><tbody>\n",
	      out);
	for (unsigned int i = 0; i < ways.count; i++)
		print_lane(page, ways.at[i]);
	fputs("</tbody></table></div>\n", out);
	print_troubles(page);
	fputs("</section>\n", out);
}
