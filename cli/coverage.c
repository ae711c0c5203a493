/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * coverage: judges the text that `llvm-cov show -show-branches=count` prints.
 * A line or a branch of core/ counts as covered if it was in any sut; a file
 * says which few are excused, and must not excuse more than it needs to.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

#define EXCEPTIONS_MAX	  10
#define LINE_BYTES	  512
#define LINE_BRANCHES_MAX 16

struct exception {
	char file[64], function[64], source[256];
	unsigned int used, found;
};

struct branch {
	unsigned int column;
	bool was_true, was_false;
};

/* One source line and what llvm-cov says of it. */
struct source_line {
	unsigned int number;
	bool mapped, ran;
	char source[LINE_BYTES];
	unsigned int branch_count;
	struct branch branches[LINE_BRANCHES_MAX];
};

struct coverage {
	const struct cli *cli;
	const char *root;
	char file[PATH_MAX], function[64]; /* where the reader is */
	struct source_line line;
	unsigned int lines, lines_ran, branches, branches_taken, missing, excused, files;
	struct exception exceptions[EXCEPTIONS_MAX];
	unsigned int exception_count;
};

/* Each line is file:function:source text: reason. */
static void read_exceptions(struct coverage *c, const char *path)
{
	FILE *in = fopen(path, "r");
	char line[LINE_BYTES];

	if (!in && errno != ENOENT)
		fail(EXIT_NO_INPUT, "cannot read %s: %s", path, strerror(errno));
	while (in && fgets(line, sizeof(line), in)) {
		struct exception *e = &c->exceptions[c->exception_count];
		char *reason = NULL, *source;

		if (line[0] == '#' || line[0] == '\n')
			continue;
		if (c->exception_count == EXCEPTIONS_MAX)
			fail(EXIT_DATA, "%s: more than %d exceptions", path, EXCEPTIONS_MAX);
		for (char *at = line; (at = strstr(at, ": ")); at++)
			reason = at;
		if (sscanf(line, "%63[^:]:%63[^:]:", e->file, e->function) != 2 || !reason)
			fail(EXIT_DATA, "%s: not file:function:source text: reason: %s", path,
			     line);
		*reason = 0;
		source = line + strlen(e->file) + strlen(e->function) + 2;
		if (source >= reason || !strspn(reason + 2, "abcdefghijklmnopqrstuvwxyz"
							    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
			fail(EXIT_DATA, "%s: an exception without a reason: %s", path, line);
		snprintf(e->source, sizeof(e->source), "%s", source);
		c->exception_count++;
	}
	if (in)
		fclose(in);
}

static const char *trimmed(char *text)
{
	size_t length;

	text += strspn(text, " \t");
	length = strlen(text);
	while (length && isspace((unsigned char)text[length - 1]))
		text[--length] = 0;
	return text;
}

/* True where the line needs an excuse and has one. */
static bool excuse(struct coverage *c, const char *source, bool needed)
{
	for (unsigned int i = 0; i < c->exception_count; i++) {
		struct exception *e = &c->exceptions[i];

		if (strcmp(e->file, c->file) || strcmp(e->function, c->function) ||
		    strcmp(e->source, source))
			continue;
		e->found++;
		e->used += needed;
		return needed;
	}
	return false;
}

static bool wanted(const struct coverage *c)
{
	size_t length = strlen(c->file);

	return length > 2 && !strncmp(c->file, "core/", 5) && !strcmp(c->file + length - 2, ".c");
}

/* Counts the line that has been read. */
static void close_line(struct coverage *c)
{
	struct source_line *l = &c->line;
	bool needed = l->mapped && !l->ran, excused;
	const char *source = trimmed(l->source);

	if (!wanted(c) || !l->mapped)
		return;
	for (unsigned int i = 0; i < l->branch_count; i++)
		needed |= !l->branches[i].was_true || !l->branches[i].was_false;
	excused = excuse(c, source, needed);
	c->excused += excused;
	c->lines++;
	c->lines_ran += l->ran;
	if (!l->ran && !excused) {
		fprintf(say, "%s:%u: never ran: %s\n", c->file, l->number, source);
		c->missing++;
	}
	for (unsigned int i = 0; i < l->branch_count; i++) {
		const struct branch *b = &l->branches[i];

		c->branches += 2;
		c->branches_taken += (unsigned int)b->was_true + (unsigned int)b->was_false;
		if ((b->was_true && b->was_false) || excused)
			continue;
		fprintf(say, "%s:%u:%u: never %s: %s\n", c->file, l->number, b->column,
			b->was_true    ? "false"
			: b->was_false ? "true"
				       : "reached",
			source);
		c->missing++;
	}
}

/* "  |  Branch (48:6): [True: 6, False: 0]", once for each copy of the function. */
static void read_branch(struct coverage *c, const char *text)
{
	unsigned int line, column, i;
	char was_true[32], was_false[32];
	struct branch *b;

	if (sscanf(text, "Branch (%u:%u): [True: %31[^,], False: %31[^]]", &line, &column, was_true,
		   was_false) != 4 ||
	    line != c->line.number)
		return;
	for (i = 0; i < c->line.branch_count && c->line.branches[i].column != column; i++)
		;
	if (i == LINE_BRANCHES_MAX)
		fail(EXIT_SOFTWARE, "%s:%u: too many branches in a line", c->file, line);
	b = &c->line.branches[i];
	if (i == c->line.branch_count) {
		*b = (struct branch){ .column = column };
		c->line.branch_count++;
	}
	b->was_true |= !!strcmp(was_true, "0");
	b->was_false |= !!strcmp(was_false, "0");
}

/* "   59|     12|	if (port_list_empty(...))"; no count where no code stands. */
static void read_source(struct coverage *c, unsigned int number, const char *rest)
{
	const char *bar = strchr(rest, '|');
	const char *source = bar ? bar + 1 : "";
	char *paren;

	close_line(c);
	memset(&c->line, 0, sizeof(c->line));
	c->line.number = number;
	rest += strspn(rest, " ");
	c->line.mapped = bar && rest != bar;
	c->line.ran = c->line.mapped && strncmp(rest, "0|", 2);
	snprintf(c->line.source, sizeof(c->line.source), "%s", source);
	/* A function begins where a line begins with a letter and has a parenthesis. */
	paren = isalpha((unsigned char)*source) ? strchr(c->line.source, '(') : NULL;
	if (paren) {
		char *name = paren;

		while (name > c->line.source &&
		       (isalnum((unsigned char)name[-1]) || name[-1] == '_'))
			name--;
		snprintf(c->function, sizeof(c->function), "%.*s", (int)(paren - name), name);
	}
}

static void read_report(struct coverage *c, const char *path)
{
	FILE *in = fopen(path, "r");
	char text[LINE_BYTES];

	if (!in)
		fail(EXIT_NO_INPUT, "cannot read %s: %s", path, strerror(errno));
	while (fgets(text, sizeof(text), in)) {
		unsigned int number;
		int end = 0;

		text[strcspn(text, "\n")] = 0;
		if (sscanf(text, " %u|%n", &number, &end) == 1 && end) {
			read_source(c, number, text + end);
		} else if (strstr(text, "|  Branch (")) {
			read_branch(c, strstr(text, "Branch ("));
		} else if (text[0] == '/') {
			size_t root = strlen(c->root);

			close_line(c);
			memset(&c->line, 0, sizeof(c->line));
			text[strlen(text) - 1] = 0;
			path_make(c->file, "%s",
				  !strncmp(text, c->root, root) ? text + root + 1 : text);
			c->files += wanted(c);
		}
	}
	close_line(c);
	fclose(in);
}

/* The files of core/ that must be in the report. */
static unsigned int count_sources(const char *root)
{
	char path[PATH_MAX];
	struct dirent *entry;
	unsigned int count = 0;
	DIR *folder;

	path_make(path, "%s/core", root);
	folder = opendir(path);
	if (!folder)
		fail(EXIT_NO_INPUT, "cannot read %s: %s", path, strerror(errno));
	while ((entry = readdir(folder))) {
		size_t length = strlen(entry->d_name);

		count += length > 2 && !strcmp(entry->d_name + length - 2, ".c");
	}
	closedir(folder);
	return count;
}

int verb_coverage(const struct cli *cli)
{
	static struct coverage c;
	unsigned int stale = 0;

	if (cli->file_count != 3)
		fail(EXIT_USAGE, "coverage takes a report, the exceptions and the root");
	c.cli = cli;
	c.root = cli->files[2];
	read_exceptions(&c, cli->files[1]);
	read_report(&c, cli->files[0]);
	if (c.files != count_sources(c.root))
		fail(EXIT_NOT_RUN, "the report has %u of the %u files core/*.c", c.files,
		     count_sources(c.root));
	for (unsigned int i = 0; i < c.exception_count; i++) {
		const struct exception *e = &c.exceptions[i];

		if (e->used)
			continue;
		fprintf(say, "%s: %s: the exception is %s: %s\n", e->file, e->function,
			e->found ? "covered now" : "for a line that is not there", e->source);
		stale++;
	}
	fprintf(say, "core: lines %u of %u, branches %u of %u, lines excused %u; %s\n", c.lines_ran,
		c.lines, c.branches_taken, c.branches, c.excused,
		c.missing || stale ? "NOT complete" : "complete");
	return c.missing || stale ? EXIT_FINDING : EXIT_CLEAN;
}
