/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The findings of a page: a list of all, and a card for each. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/report_page.h"
#include "harness/rules.h"

#define OPEN_MOST 5 /* cards whose story can be seen at once */

static bool same_id(const struct campaign_log *log, unsigned int i, unsigned int j)
{
	return !strcmp(log->findings[i].id, log->findings[j].id);
}

static unsigned int times(const struct campaign_log *log, unsigned int i)
{
	unsigned int sum = 0;

	for (unsigned int j = i; j < log->finding_count; j++)
		sum += same_id(log, i, j) ? log->findings[j].times : 0;
	return sum;
}

static void print_suts(const struct html_page *page, unsigned int i)
{
	const struct campaign_log *log = page->log;
	struct page_names systems = { .count = 0 };

	for (unsigned int j = i; j < log->finding_count; j++)
		if (same_id(log, i, j))
			page_name(&systems, log->findings[j].sut);
	for (unsigned int j = 0; j < systems.count; j++) {
		fputs(j ? ", " : "", page->out);
		html_text(page->out, systems.at[j]);
	}
}

/* The lanes that found it, and how often. */
static void print_lanes(const struct html_page *page, unsigned int i)
{
	const struct campaign_log *log = page->log;
	struct page_names ways = { .count = 0 };

	for (unsigned int j = i; j < log->finding_count; j++)
		if (same_id(log, i, j))
			page_name(&ways, log->slices[log->findings[j].slice].lane);
	for (unsigned int k = 0; k < ways.count; k++) {
		unsigned int sum = 0;

		for (unsigned int j = i; j < log->finding_count; j++)
			if (same_id(log, i, j) &&
			    !strcmp(log->slices[log->findings[j].slice].lane, ways.at[k]))
				sum += log->findings[j].times;
		fputs(k ? ", " : "", page->out);
		html_text(page->out, ways.at[k]);
		fprintf(page->out, " (%u)", sum);
	}
}

/* The journal says in which slice, not when in it. */
static void print_when(const struct html_page *page, unsigned int i)
{
	const struct campaign_slice *slice = &page->log->slices[page->log->findings[i].slice];
	double begin = page_begin(page->log, page->log->findings[i].slice);

	if (slice->end) {
		fputs("within ", page->out);
		html_time(page->out, begin + slice->seconds);
	} else {
		fputs("after ", page->out);
		html_time(page->out, begin);
	}
}

static void print_list(const struct html_page *page)
{
	const struct campaign_log *log = page->log;
	unsigned int number = 0;
	FILE *out = page->out;

	fputs("<div class='scroll' tabindex='0' role='region' aria-label='All findings'>"
	      "<table class='list'><caption><span>All findings, in the order in which they came</span></caption>\n"
	      "<thead><tr><th scope='col'>id</th><th scope='col' class='n'>times</th>"
	      "<th scope='col'>first</th><th scope='col'>on</th></tr></thead><tbody>\n",
	      out);
	for (unsigned int i = 0; i < log->finding_count; i++) {
		if (!campaign_is_first(log, i))
			continue;
		fprintf(out, "<tr><th scope='row'><a href='#finding-%u'>", ++number);
		html_id(out, log->findings[i].id);
		fprintf(out, "</a></th><td class='n'>%u</td><td>", times(log, i));
		print_when(page, i);
		fputs("</td><td>", out);
		print_suts(page, i);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody></table></div>\n", out);
}

static void print_text(FILE *out, const char *text, size_t size, bool cut, const char *path)
{
	while (size && text[size - 1] == '\n')
		size--;
	fputs("<pre tabindex='0'>", out);
	html_bytes(out, text, size);
	fputs("</pre>\n", out);
	if (!cut)
		return;
	fputs("<p class='note'>That is its beginning; all of it is in <code>", out);
	html_text(out, path);
	fputs("</code>.</p>\n", out);
}

/* Where a line begins with this; the end of the text where none does. */
static size_t find_line(const char *text, size_t size, const char *line)
{
	size_t length = strlen(line);

	for (size_t i = 0; i + length <= size; i++) {
		const char *end;

		if (!memcmp(text + i, line, length))
			return i;
		end = memchr(text + i, '\n', size - i);
		if (!end)
			break;
		i = (size_t)(end - text);
	}
	return size;
}

/* Of a replay's output the finding and what led to it. */
static void print_story(FILE *out, const char *path, bool open)
{
	static const char *const ends[] = { "minimise it:", "run it again:",
					    "a program from before", "finding:" };
	bool cut = false;
	size_t size = 0, begin;
	char *text = html_read(path, &size, &cut);

	begin = text ? find_line(text, size, "finding ") : size;
	if (begin == size) {
		fputs("<p class='note'>Its story was not kept: the command above tells it.</p>\n",
		      out);
		free(text);
		return;
	}
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t end = begin + find_line(text + begin, size - begin, ends[i]);

		if (end < size)
			cut = false;
		size = end;
	}
	fprintf(out, "<details%s><summary>What happened</summary>\n", open ? " open" : "");
	print_text(out, text + begin, size - begin, cut, path);
	fputs("</details>\n", out);
	free(text);
}

static void print_file(FILE *out, const char *path, const char *summary, bool open)
{
	bool cut = false;
	size_t size = 0;
	char *text = html_read(path, &size, &cut);

	if (!text) {
		fputs("<p class='note'><code>", out);
		html_text(out, path);
		fputs("</code> is not there any more, or cannot be read.</p>\n", out);
		return;
	}
	fprintf(out, "<details%s><summary>%s</summary>\n", open ? " open" : "", summary);
	print_text(out, text, size, cut, path);
	fputs("</details>\n", out);
	free(text);
}

static void print_rule(FILE *out, const char *id)
{
	const struct rule *rule = rule_find(id);

	fputs("<p class='rule'>", out);
	if (rule) {
		fputs("Broken rule: ", out);
		html_text(out, rule->sentence);
		fputs(" <span class='row'>contract ", out);
		html_text(out, rule->row);
		fputs("</span></p>\n", out);
	} else {
		fputs("This pinprick knows no rule of that name.</p>\n", out);
	}
}

static void print_card(const struct html_page *page, unsigned int i, unsigned int number)
{
	const struct campaign_log *log = page->log;
	const struct campaign_finding *f = &log->findings[campaign_smallest(log, i)];
	char path[PATH_MAX];
	FILE *out = page->out;
	struct stat st;
	bool open = number <= OPEN_MOST;

	fprintf(out, "<article class='card' id='finding-%u'>\n<h3>", number);
	html_id(out, f->id);
	fputs("</h3>\n", out);
	print_rule(out, f->id);
	fputs("<dl class='facts'>\n<div><dt>on</dt><dd>", out);
	print_suts(page, i);
	fputs("</dd></div>\n<div><dt>first found</dt><dd>", out);
	print_when(page, i);
	fprintf(out, ", in slice %u", log->slices[log->findings[i].slice].number);
	fputs("</dd></div>\n<div><dt>found by (times: once in each slice on each system)</dt><dd>",
	      out);
	print_lanes(page, i);
	fputs("</dd></div>\n</dl>\n<p class='label'>Run it again</p>\n"
	      "<pre class='command' tabindex='0'>",
	      out);
	html_command(out, f->again);
	fputs("</pre>\n", out);
	if (!stat(f->file, &st) && S_ISDIR(st.st_mode)) {
		path_make(path, "%s/report.txt", f->file);
		print_file(out, path, "What the threads did", open);
	} else {
		campaign_story(path, page->folder, f->id);
		print_story(out, path, open);
		print_file(out, f->file, "The smallest program", false);
	}
	fputs("</article>\n", out);
}

void page_print_findings(const struct html_page *page)
{
	unsigned int number = 0;

	fputs("<section id='findings'>\n<h2>Findings</h2>\n", page->out);
	if (!page->log->finding_count)
		fputs("<p>None.</p>\n", page->out);
	else if (page_findings(page->log) > 1)
		print_list(page);
	for (unsigned int i = 0; i < page->log->finding_count; i++)
		if (campaign_is_first(page->log, i))
			print_card(page, i, ++number);
	fputs("</section>\n", page->out);
}
