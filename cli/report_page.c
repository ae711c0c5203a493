/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <string.h>
#include <time.h>

#include "cli/report_page.h"
#include "cli/status.h"

int page_code(const struct html_page *page)
{
	return page->state == PAGE_DONE ? page->log->exit : campaign_verdict(page->log);
}

const char *page_exit_words(int code)
{
	static char words[48];

	if (code < EXIT_NOT_RUN || code == EXIT_INTERRUPTED)
		return report_verdict_word(code);
	snprintf(words, sizeof(words), "could not run (exit %d)", code);
	return words;
}

const char *page_verdict(const struct html_page *page)
{
	static const char *const so_far[] = {
		[PAGE_DONE] = "",
		[PAGE_RUNNING] = " so far, still running",
		[PAGE_INTERRUPTED] = " so far, interrupted",
	};
	static char words[80];
	unsigned int findings = page_findings(page->log);
	int code = page_code(page);

	if (findings)
		snprintf(words, sizeof(words), "%u finding%s%s", findings, findings > 1 ? "s" : "",
			 so_far[page->state]);
	else if (code == EXIT_FINDING)
		snprintf(words, sizeof(words), "a finding that could not be run again%s",
			 so_far[page->state]);
	else if (page->state != PAGE_DONE)
		snprintf(words, sizeof(words), "no finding%s", so_far[page->state]);
	else
		snprintf(words, sizeof(words), "%s",
			 code == EXIT_CLEAN	? "clean"
			 : code == EXIT_NOTHING ? "proved nothing"
						: "not all lanes could run");
	return words;
}

static void print_time(FILE *out, long long when)
{
	char text[64];
	time_t clock = (time_t)when;

	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", gmtime(&clock));
	fputs(text, out);
}

/* good, bad, or in between: a shape for each. */
static const char *tone(const struct html_page *page)
{
	int code = page_code(page);

	return code == EXIT_FINDING	  ? "bad"
	       : page->state != PAGE_DONE ? "run"
	       : code == EXIT_CLEAN	  ? "good"
					  : "warn";
}

static void print_icon(FILE *out, const char *tone)
{
	fprintf(out, "<svg class='icon %s' viewBox='0 0 32 32' aria-hidden='true'>", tone);
	fputs(!strcmp(tone, "bad")    ? "<path d='M10 1h12l9 9v12l-9 9H10l-9-9V10z'/>"
					"<path class='in' d='M11 11l10 10M21 11L11 21'/>"
	      : !strcmp(tone, "good") ? "<circle cx='16' cy='16' r='15'/>"
					"<path class='in' d='M9 17l5 5 9-11'/>"
	      : !strcmp(tone, "warn") ? "<path d='M16 2l15 27H1z'/>"
					"<path class='in' d='M16 12v8M16 24v1'/>"
				      : "<rect x='1' y='1' width='30' height='30' rx='8'/>"
					"<path class='in' d='M16 8v9h7'/>",
	      out);
	fputs("</svg>", out);
}

/* Names of the lanes that are at fault for the verdict. */
static void print_lanes_that(const struct html_page *page, const char *before, int code)
{
	struct page_names ways = page_lanes(page->log);
	unsigned int count = 0;

	for (unsigned int i = 0; i < ways.count; i++) {
		struct lane_sum sum = campaign_lane(page->log, ways.at[i], strlen(ways.at[i]));
		bool failed = sum.exit >= EXIT_NOT_RUN && sum.exit != EXIT_INTERRUPTED;

		if (code == EXIT_NOT_RUN ? !failed : failed || sum.proved || !sum.slices)
			continue;
		fputs(count++ ? ", " : before, page->out);
		html_text(page->out, ways.at[i]);
	}
	fputs(count ? ".</p>\n" : "", page->out);
}

/* Was it worth its time, and would more be? */
static void print_worth(const struct html_page *page)
{
	double until;
	double transitions = page_last_new(page->log, MEASURE_TRANSITIONS, &until);
	double features = page_last_new(page->log, MEASURE_FEATURES, &until);
	double spent = campaign_spent(page->log);
	FILE *out = page->out;

	if (transitions <= 0 && features <= 0)
		return;
	fputs("<p>", out);
	if (transitions > 0) {
		fputs("The last new transition came within ", out);
		html_time(out, transitions);
	}
	if (features > 0) {
		fputs(transitions > 0 ? ", the last new feature within "
				      : "The last new feature came within ",
		      out);
		html_time(out, features);
	}
	fputs(" of ", out);
	html_time(out, spent);
	if (features > until * 3 / 4)
		fputs(": the engines were still learning, and more time may reach more", out);
	else if (features > 0)
		fputs("; since then the engines have learnt nothing new", out);
	fputs(".</p>\n", out);
}

static void print_lead(const struct html_page *page)
{
	const struct campaign_log *log = page->log;
	struct page_names systems = { .count = 0 };
	FILE *out = page->out;

	for (unsigned int i = 0; i < log->finding_count; i++)
		page_name(&systems, log->findings[i].sut);
	fputs("<p class='lead'>", out);
	if (systems.count) {
		fputs("The first within ", out);
		html_time(out, page_begin(log, log->findings[0].slice + 1));
		fputs(", the last new one within ", out);
		html_time(out, page_begin(log, log->findings[log->finding_count - 1].slice + 1));
		fputs(", on ", out);
		for (unsigned int i = 0; i < systems.count; i++) {
			fputs(i ? ", " : "", out);
			html_text(out, systems.at[i]);
		}
		fputs(".</p>\n", out);
	} else if (page_code(page) == EXIT_FINDING) {
		fputs("A slice ended with a finding, but nothing was kept that shows it again. "
		      "The slices' logs say more, see <a href='#lanes'>lanes</a>.</p>\n",
		      out);
	} else if (page->state != PAGE_DONE) {
		fputs("No judge has complained so far.</p>\n", out);
	} else {
		fputs(page_code(page) == EXIT_CLEAN
			      ? "Every lane ran and proved what it should, and no judge complained.</p>\n"
			      : "No judge complained, but that says less than it should.</p>\n",
		      out);
	}
	if (page->state == PAGE_DONE) {
		print_lanes_that(page,
				 "<p>These lanes could not run, the last time: ", EXIT_NOT_RUN);
		print_lanes_that(page, "<p>These lanes proved nothing: ", EXIT_NOTHING);
	}
	print_worth(page);
}

/* What all slices did, by unit. */
static void print_work(const struct html_page *page)
{
	const struct campaign_log *log = page->log;
	struct page_names units = { .count = 0 };
	uint64_t counts[16] = { 0 };

	for (unsigned int i = 0; i < log->slice_count; i++)
		for (unsigned int j = 0; j < log->slices[i].did_count; j++) {
			const struct slice_did *did = &log->slices[i].did[j];
			unsigned int unit = page_name(&units, did->unit);

			if (unit < 16)
				counts[unit] += did->count;
		}
	for (unsigned int i = 0; i < units.count && i < 16; i++) {
		fputs("<div><dt>", page->out);
		html_text(page->out, units.at[i]);
		fputs(" run</dt><dd>", page->out);
		if (counts[i] < 10000000)
			html_count(page->out, counts[i]);
		else
			status_number(page->out, (double)counts[i]);
		fputs("</dd></div>\n", page->out);
	}
}

static void print_tiles(const struct html_page *page)
{
	const struct campaign_log *log = page->log;
	double spent = campaign_spent(log);
	unsigned int reached, possible = page_cells(log, NULL, &reached);
	FILE *out = page->out;
	double share = log->seconds ? spent / log->seconds * 100 : 100;

	fprintf(out, "<dl class='tiles'>\n<div><dt>findings</dt><dd>%u</dd></div>\n",
		page_findings(log));
	if (possible)
		fprintf(out,
			"<div><dt>transitions reached</dt><dd>%u <small>of %u</small></dd></div>\n",
			reached, possible);
	print_work(page);
	fputs("<div><dt>time</dt><dd>", out);
	html_time(out, spent);
	fputs(" <small>of ", out);
	html_time(out, log->seconds);
	fprintf(out,
		"</small></dd><dd class='meter'><span style='width:%.0f%%'></span></dd></div>\n"
		"</dl>\n",
		share > 100 ? 100 : share);
}

static const struct campaign_origin *find_origin(const struct campaign_log *log, const char *sut)
{
	for (unsigned int i = 0; i < log->origin_count; i++)
		if (!strcmp(log->origins[i].sut, sut))
			return &log->origins[i];
	return NULL;
}

static void print_suts(const struct html_page *page)
{
	const struct campaign_log *log = page->log;
	struct page_names systems = page_suts(log);
	FILE *out = page->out;

	fputs("<div class='scroll' tabindex='0' role='region' aria-label='Systems under test'>"
	      "<table class='suts'><caption><span>Systems under test</span></caption>\n"
	      "<thead><tr><th scope='col'>name</th><th scope='col'>what it is</th></tr></thead><tbody>\n",
	      out);
	for (unsigned int i = 0; i < systems.count; i++) {
		const char *versus = strstr(systems.at[i], "-vs-");
		const struct campaign_origin *origin = find_origin(log, systems.at[i]);

		fputs("<tr><th scope='row'>", out);
		html_text(out, systems.at[i]);
		fputs("</th><td>", out);
		if (versus) {
			fputs("compared op by op: ", out);
			html_bytes(out, systems.at[i], (size_t)(versus - systems.at[i]));
			fputs(" with ", out);
			html_text(out, versus + 4);
		} else if (origin) {
			fputs("a kernel's file of the generation ", out);
			html_text(out, origin->generation);
			fputs(": <code>", out);
			html_text(out, origin->file);
			fputs("</code>", out);
		} else {
			fputs(strncmp(systems.at[i], "own", 3) ? "a core of pinprick's"
							       : "a core of your own",
			      out);
		}
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody></table></div>\n", out);
}

static void print_command(const struct html_page *page)
{
	const struct campaign_log *log = page->log;
	FILE *out = page->out;

	fputs(page->state == PAGE_DONE ? "<h3>Run it again</h3>\n" : "<h3>Go on</h3>\n", out);
	if (page->state == PAGE_RUNNING)
		fputs("<p>It goes on by itself. Killed, this goes on where the journal ends:</p>\n",
		      out);
	fputs("<pre class='command' tabindex='0'>", out);
	if (log->command) {
		html_command(out, log->command);
	} else {
		fputs("<span>./pinprick</span> <span>campaign</span> <span>--sut=", out);
		html_text(out, log->suts);
		fputs("</span>", out);
	}
	if (page->state == PAGE_DONE)
		fprintf(out, " <span>--for=%us</span> <span>--seed=%llu</span>", log->seconds,
			(unsigned long long)log->seed);
	fputs("</pre>\n", out);
}

static void fact(FILE *out, const char *name, long long when)
{
	fprintf(out, "<div><dt>%s</dt><dd>", name);
	print_time(out, when);
	fputs("</dd></div>\n", out);
}

static void print_about(const struct html_page *page)
{
	const struct campaign_log *log = page->log;
	unsigned int killed = 0;
	long long last = 0;
	FILE *out = page->out;

	for (unsigned int i = 0; i < log->slice_count; i++) {
		killed += !log->slices[i].end &&
			  (i + 1 < log->slice_count || page->state != PAGE_RUNNING);
		last = log->slices[i].end ? log->slices[i].end : last;
	}
	fputs("<section id='about'>\n<h2>The campaign</h2>\n<dl class='facts'>\n", out);
	fact(out, "begun", log->begin);
	if (last)
		fact(out, page->state == PAGE_DONE ? "ended" : "last slice ended", last);
	fprintf(out, "<div><dt>slices</dt><dd>%u in %u lanes", log->slice_count,
		page_lanes(log).count);
	if (killed)
		fprintf(out, "; %u killed before the end, and their time not counted", killed);
	fprintf(out, "</dd></div>\n<div><dt>seed</dt><dd>%llu</dd></div>\n",
		(unsigned long long)log->seed);
	if (log->torn)
		fprintf(out,
			"<div><dt>torn lines</dt><dd>%u in the journal, as after a kill, and left "
			"out</dd></div>\n",
			log->torn);
	fputs("<div class='wide'><dt>journal</dt><dd><code>", out);
	html_text(out, page->folder);
	fputs("/journal</code></dd></div>\n</dl>\n", out);
	print_command(page);
	print_suts(page);
	fputs("</section>\n", out);
}

static void print_head(const struct html_page *page)
{
	const char *name = strrchr(page->folder, '/'), *verdict = page_verdict(page);
	FILE *out = page->out;

	name = name && name[1] ? name + 1 : page->folder;
	fputs("<!doctype html>\n<html lang='en'>\n<head>\n<meta charset='utf-8'>\n"
	      "<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
	      "<meta name='color-scheme' content='light dark'>\n"
	      "<meta http-equiv='Content-Security-Policy' "
	      "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>",
	      out);
	html_text(out, verdict);
	fputs(" &#8211; pinprick campaign ", out);
	html_text(out, name);
	fputs("</title>\n<style>\n", out);
	page_print_style(out);
	fputs("</style>\n</head>\n<body>\n<header class='top'>\n<p class='kicker'>pinprick campaign ",
	      out);
	html_text(out, name);
	fputs("</p>\n<h1>", out);
	print_icon(out, tone(page));
	fprintf(out, "<span class='%s'>%c", tone(page),
		verdict[0] >= 'a' && verdict[0] <= 'z' ? verdict[0] - 'a' + 'A' : verdict[0]);
	html_text(out, verdict + 1);
	fputs("</span></h1>\n", out);
	print_lead(page);
	print_tiles(page);
	fputs("<nav aria-label='Parts of this page'><a href='#about'>The campaign</a>"
	      "<a href='#findings'>Findings</a><a href='#growth'>Growth</a><a href='#speed'>Speed</a>"
	      "<a href='#lanes'>Lanes</a><a href='#transitions'>Transitions</a>"
	      "<a href='#planted'>Planted bugs</a></nav>\n</header>\n<main>\n",
	      out);
}

void page_write(const struct html_page *page)
{
	print_head(page);
	print_about(page);
	page_print_findings(page);
	page_print_growth(page);
	page_print_speeds(page);
	page_print_lanes(page);
	page_print_transitions(page);
	page_print_planted(page);
	fputs("</main>\n<footer><p>Written by <code>./pinprick report</code>, ", page->out);
	print_time(page->out, (long long)time(NULL));
	fputs(". Times on this page are seconds of slices, added up; pauses between sessions do not "
	      "count.</p></footer>\n</body>\n</html>\n",
	      page->out);
}
