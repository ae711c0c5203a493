/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/columns.h"
#include "cli/quiet.h"
#include "cli/report.h"

#define COLUMN 46 /* two of them, and a bar between: within 100 columns */

/* What came of each record on one side; the last one: after all records. */
struct column {
	char *text[PROGRAM_RECORDS + 1];
};

/* The part of a line of the trace that comes after the record: "  12  record    what came of it".
 */
static void read_line(struct column *column, const struct program *p, char *line)
{
	unsigned long number = strtoul(line, NULL, 10), index = number ? number - 1 : p->count;
	char *record, *at = line + strspn(line, " ");
	size_t size;
	FILE *out = open_memstream(&record, &size);

	if (!out)
		fail(EXIT_OS, "no memory");
	if (number && number <= p->count)
		record_print(out, &p->records[index]);
	fclose(out);
	if (index <= p->count) {
		at += strcspn(at, " ");
		at += strspn(at, " ");
		if (!strncmp(at, record, size))
			at += size;
		at += strspn(at, " ");
		at[strcspn(at, "\n")] = 0;
		free(column->text[index]);
		column->text[index] = strdup(at);
	}
	free(record);
}

static void fill(struct column *column, const struct pair *pair, unsigned int side,
		 const struct program *p)
{
	struct run_options options;
	struct verdict v;
	char *line = NULL, end[FINDING_ID + 8];
	size_t size = 0;
	FILE *trace = tmpfile();
	int loud;

	if (!trace)
		fail(EXIT_CANNOT_CREATE, "cannot make a temporary file: %s", strerror(errno));
	/* Whatever kills the child, its trace is out. */
	setvbuf(trace, NULL, _IOLBF, 0);
	diff_run_options(pair, true, &options);
	options.trace = trace;
	loud = quiet_start();
	run_in_child(pair->suts[side], p, &options, NULL, &v);
	quiet_end(loud);
	rewind(trace);
	while (getline(&line, &size, trace) > 0)
		read_line(column, p, line);
	free(line);
	fclose(trace);
	/* What killed the child came before the op's line. */
	if (!verdict_clean(&v) && v.finding.record <= p->count && !column->text[v.finding.record]) {
		snprintf(end, sizeof(end), "<== %s", v.finding.id);
		column->text[v.finding.record] = strdup(end);
	}
}

/* As much of the text as fits, up to a blank where there is one; returns what is left. */
static const char *print_part(const char *text, int width)
{
	int length = (int)strlen(text);

	if (length > COLUMN) {
		for (length = COLUMN; length && text[length] != ' '; length--)
			;
		length = length ? length : COLUMN;
	}
	fprintf(say, "%-*.*s", width, length, text);
	text += length;
	return text + strspn(text, " ");
}

static void print_both(const char *left, const char *right, bool differ)
{
	bool paint = differ && report_colour();

	do {
		fputs(paint ? "\033[1;31m   " : "   ", say);
		left = print_part(left, COLUMN);
		fputs(differ ? " ! " : " | ", say);
		right = print_part(right, 0);
		fputs(paint ? "\033[0m\n" : "\n", say);
	} while (*left || *right);
}

static void print_record(const struct program *p, unsigned int index)
{
	if (index == p->count) {
		fputs(" end\n", say);
		return;
	}
	fprintf(say, "%4u  %s", index + 1, p->records[index].how & HOW_NESTED ? "    " : "");
	record_print(say, &p->records[index]);
	fputc('\n', say);
}

void columns_print(const struct run_subject *s, const struct program *p)
{
	struct pair pair = { { s->sut, s->other } };
	static struct column columns[2];
	static struct stats unused;
	static struct diff diff;
	unsigned int first;
	int loud = quiet_start();
	bool ran = diff_program(&pair, p, true, true, &unused, &diff);

	quiet_end(loud);
	if (!ran)
		fail(EXIT_OS, "cannot start a process");
	for (unsigned int i = 0; i < 2; i++)
		fill(&columns[i], &pair, i, diff.ran);
	program_print_world(say, p);
	first = diff.last < diff.finding.record ? diff.last : diff.finding.record;
	if (diff.last == PROGRAM_RECORDS)
		first = 0;
	if (first)
		fprintf(say, "       ... %u records before, on which they agree\n", first);
	print_both(s->sut->name, s->other->name, false);
	for (unsigned int i = first; i <= diff.ran->count; i++) {
		const char *left = columns[0].text[i], *right = columns[1].text[i];

		if (!left && !right)
			continue;
		print_record(diff.ran, i);
		left = left ? left : "";
		right = right ? right : "";
		print_both(left, right, strcmp(left, right));
	}
	for (unsigned int i = 0; i <= PROGRAM_RECORDS; i++) {
		free(columns[0].text[i]);
		free(columns[1].text[i]);
		columns[0].text[i] = columns[1].text[i] = NULL;
	}
}
