/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* The tables of a page: transitions by sut, and planted bugs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/report_page.h"
#include "cli/status.h"

/* The cells of a sut. */
struct matrix {
	bool possible[SUBJECT_COUNT][OP_CORE_COUNT][CLASS_COUNT];
	uint64_t count[SUBJECT_COUNT][OP_CORE_COUNT][CLASS_COUNT];
	unsigned int unknown; /* of another pinprick */
};

static unsigned int find_word(const char *word, const char *const *words, unsigned int count)
{
	unsigned int i = 0;

	while (i < count && strcmp(words[i], word))
		i++;
	return i;
}

static void fill(struct matrix *m, const struct campaign_log *log, const char *sut)
{
	memset(m, 0, sizeof(*m));
	for (unsigned int i = 0; i < log->cell_count; i++) {
		char subject[32], op[32], class[32];
		unsigned int s, o = 0, c;

		if (strcmp(log->cells[i].sut, sut))
			continue;
		if (sscanf(log->cells[i].name, "%31s %31s %31s", subject, op, class) != 3) {
			m->unknown++;
			continue;
		}
		s = find_word(subject, subject_names, SUBJECT_COUNT);
		while (o < OP_CORE_COUNT && strcmp(op_table[o].name, op))
			o++;
		c = find_word(class, class_names, CLASS_COUNT);
		if (s == SUBJECT_COUNT || o == OP_CORE_COUNT || c == CLASS_COUNT) {
			m->unknown++;
			continue;
		}
		m->possible[s][o][c] = true;
		m->count[s][o][c] += log->cells[i].count;
	}
}

/* Pages have a table, the rest has one: they take different ops. */
static bool is_page(unsigned int subject)
{
	return !strncmp(subject_names[subject], "page_", 5);
}

static bool is_used(const struct matrix *m, unsigned int s, unsigned int o)
{
	for (unsigned int c = 0; c < CLASS_COUNT; c++)
		if (m->possible[s][o][c])
			return true;
	return false;
}

static bool has_op(const struct matrix *m, bool pages, unsigned int o)
{
	for (unsigned int s = 0; s < SUBJECT_COUNT; s++)
		if (is_page(s) == pages && is_used(m, s, o))
			return true;
	return false;
}

static bool has_subject(const struct matrix *m, unsigned int s)
{
	for (unsigned int o = 0; o < OP_CORE_COUNT; o++)
		if (is_used(m, s, o))
			return true;
	return false;
}

static bool has_any(const struct matrix *m, bool pages)
{
	for (unsigned int s = 0; s < SUBJECT_COUNT; s++)
		if (is_page(s) == pages && has_subject(m, s))
			return true;
	return false;
}

/* "page_all_isolated" as words. */
static void print_words(FILE *out, const char *name)
{
	for (; *name; name++)
		fputc(*name == '_' ? ' ' : *name, out);
}

static void print_cell(const struct html_page *page, const struct matrix *m, unsigned int s,
		       unsigned int o)
{
	FILE *out = page->out;

	fputs("<td>", out);
	for (unsigned int c = 0; c < CLASS_COUNT; c++) {
		if (!m->possible[s][o][c])
			continue;
		if (m->count[s][o][c]) {
			fputs("<div>", out);
			print_words(out, class_names[c]);
			fputs(" <b>", out);
			status_number(out, (double)m->count[s][o][c]);
			fputs("</b></div>", out);
		} else {
			fputs("<div class='never'>", out);
			print_words(out, class_names[c]);
			fputs(" <b>never</b></div>", out);
		}
	}
	fputs("</td>", out);
}

static void print_matrix(const struct html_page *page, const struct matrix *m, const char *sut,
			 bool pages)
{
	const char *what = pages ? "pages" : "devices, lists and memory";
	FILE *out = page->out;

	fprintf(out, "<div class='scroll' tabindex='0' role='region' aria-label='%s, ", what);
	html_text(out, sut);
	fputs("'><table class='matrix'><caption><span>", out);
	html_text(out, sut);
	fprintf(out,
		", %s: what came of an op (columns) in a state (rows), and how often</span></caption>\n"
		"<thead><tr><th scope='col'>state</th>",
		what);
	for (unsigned int o = 0; o < OP_CORE_COUNT; o++)
		if (has_op(m, pages, o)) {
			fputs("<th scope='col'>", out);
			print_words(out, op_table[o].name);
			fputs("</th>", out);
		}
	fputs("</tr></thead><tbody>\n", out);
	for (unsigned int s = 0; s < SUBJECT_COUNT; s++) {
		if (is_page(s) != pages || !has_subject(m, s))
			continue;
		fputs("<tr><th scope='row'>", out);
		print_words(out, subject_names[s]);
		fputs("</th>", out);
		for (unsigned int o = 0; o < OP_CORE_COUNT; o++)
			if (has_op(m, pages, o))
				print_cell(page, m, s, o);
		fputs("</tr>\n", out);
	}
	fputs("</tbody></table></div>\n", out);
}

static void print_sut(const struct html_page *page, const char *sut)
{
	static struct matrix m;
	unsigned int reached, possible = page_cells(page->log, sut, &reached);
	FILE *out = page->out;

	fill(&m, page->log, sut);
	fprintf(out, "<details%s><summary><h3>", reached < possible ? " open" : "");
	html_text(out, sut);
	fprintf(out, "</h3> <b>%u of %u</b>", reached, possible);
	if (reached < possible)
		fprintf(out, ", <strong class='warn'>%u never seen</strong>", possible - reached);
	fputs("</summary>\n", out);
	if (has_any(&m, true))
		print_matrix(page, &m, sut, true);
	if (has_any(&m, false))
		print_matrix(page, &m, sut, false);
	if (m.unknown)
		fprintf(out,
			"<p class='note'>%u are of another pinprick and not in the table.</p>\n",
			m.unknown);
	fputs("</details>\n", out);
}

void page_print_transitions(const struct html_page *page)
{
	struct page_names systems = page_cell_suts(page->log);

	fputs("<section id='transitions'>\n<h2>Transitions</h2>\n", page->out);
	fputs(systems.count
		      ? "<p>Those that the model allows, by the lanes that measure them: programs of "
			"one context for the core.</p>\n"
		      : "<p>No lane that measures them has ended a slice.</p>\n",
	      page->out);
	for (unsigned int i = 0; i < systems.count; i++)
		print_sut(page, systems.at[i]);
	fputs("</section>\n", page->out);
}

/* A piece of Markdown in a line: `code`, and [words](where) as its words. */
static void print_markdown(FILE *out, const char *text, size_t size)
{
	bool code = false;

	for (size_t i = 0; i < size; i++) {
		const char *link = text[i] == '[' ? memchr(text + i, ']', size - i) : NULL;

		if (text[i] == '`') {
			fputs(code ? "</code>" : "<code>", out);
			code = !code;
		} else if (!code && link && link + 1 < text + size && link[1] == '(' &&
			   memchr(link, ')', (size_t)(text + size - link))) {
			html_bytes(out, text + i + 1, (size_t)(link - text) - i - 1);
			i = (size_t)((const char *)memchr(link, ')', (size_t)(text + size - link)) -
				     text);
		} else {
			html_bytes(out, text + i, 1);
		}
	}
	fputs(code ? "</code>" : "", out);
}

/* "| a | b |" */
static void print_row(FILE *out, const char *line, bool head)
{
	bool first = true;

	fputs("<tr>", out);
	for (const char *at = line + 1, *end; (end = strchr(at, '|')); at = end + 1) {
		const char *element = head || first ? "th" : "td";

		while (*at == ' ')
			at++;
		fprintf(out, "<%s%s>", element,
			head	? " scope='col'"
			: first ? " scope='row'"
				: "");
		print_markdown(out, at, (size_t)(end - at) - (end > at && end[-1] == ' '));
		fprintf(out, "</%s>", element);
		first = false;
	}
	fputs("</tr>\n", out);
}

enum planted_part { PART_COMMAND, PART_SUMMARY, PART_TABLE };

/* One part of the document; false: there is none. */
static bool print_planted(FILE *out, FILE *in, enum planted_part part)
{
	static const char written[] = "<!-- Written by ";
	bool table = false, any = false;
	char *line = NULL;
	size_t room = 0;
	ssize_t size;

	rewind(in);
	while ((size = getline(&line, &room, in)) > 0) {
		bool row = line[0] == '|', rule = !strncmp(line, "|---", 4);

		line[size - (line[size - 1] == '\n')] = 0;
		if (part == PART_COMMAND && !strncmp(line, written, strlen(written))) {
			char *end = strstr(line, ". -->");

			print_markdown(out, line + strlen(written),
				       (end ? (size_t)(end - line) : strlen(line)) -
					       strlen(written));
			any = true;
		} else if (part == PART_TABLE && row && !rule) {
			print_row(out, line, !any);
			fputs(any ? "" : "</thead><tbody>\n", out);
			any = true;
		} else if (part == PART_SUMMARY && table && !row && *line) {
			fputs("<p>", out);
			print_markdown(out, line, strlen(line));
			fputs("</p>\n", out);
			any = true;
		}
		table |= row;
	}
	free(line);
	return any;
}

void page_print_planted(const struct html_page *page)
{
	char path[PATH_MAX];
	FILE *out = page->out, *in;

	path_make(path, "%s/docs/planted-bugs.md", cli_root());
	fputs("<section id='planted'>\n<h2>Planted bugs</h2>\n"
	      "<p>Would it have found anything? Mistakes that are planted on purpose, one after the "
	      "other, and what finds each. ",
	      out);
	in = fopen(path, "r");
	if (!in) {
		fputs("There is no table of them here: ", out);
		html_text(out, strerror(errno));
		fputs(", <code>", out);
		html_text(out, path);
		fputs("</code>. <code>./pinprick bugs --write</code> makes one.</p>\n</section>\n",
		      out);
		return;
	}
	fputs("Not of this campaign: measured by ", out);
	if (!print_planted(out, in, PART_COMMAND))
		fputs("<code>./pinprick bugs --write</code>", out);
	fputs(".</p>\n", out);
	print_planted(out, in, PART_SUMMARY);
	fputs("<details><summary>The table</summary>\n"
	      "<div class='scroll' tabindex='0' role='region' aria-label='Planted bugs'>"
	      "<table class='planted'><caption><span>Executions until a planted bug is found: the median over "
	      "seeds, and the worst</span></caption><thead>\n",
	      out);
	if (!print_planted(out, in, PART_TABLE))
		fputs("<tr><th scope='col'>nothing</th></tr></thead><tbody>\n", out);
	fputs("</tbody></table></div></details>\n</section>\n", out);
	fclose(in);
}
