/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * coverage: judges what llvm-cov prints.  A line, a branch or a condition of
 * core/ counts as covered if it was in any sut; a file says which few lines are
 * excused, and must not excuse more than it needs to.
 *
 * uncovered: the same of other files, without a verdict.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/coverage.h"

#define EXCEPTIONS_MAX 10

struct exception {
	char file[64], function[64], source[256];
	unsigned int used, found;
};

struct sums {
	unsigned int lines, lines_ran, branches, branches_taken, conditions, conditions_covered;
	unsigned int missing, unmeasured, excused;
};

struct coverage {
	const struct cli *cli;
	const char *root;   /* of core/ */
	const char *path;   /* as it is printed */
	const char *indent; /* before what is missing */
	bool quiet;	    /* counts only */
	struct sums sums;
	unsigned int files; /* of those that must be there: in which something ran */
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

static void trim(char to[LINE_BYTES], const char *text)
{
	size_t length;

	text += strspn(text, " \t");
	length = strlen(text);
	while (length && isspace((unsigned char)text[length - 1]))
		length--;
	snprintf(to, LINE_BYTES, "%.*s", (int)length, text);
}

/* True where the line needs an excuse and has one. */
static bool excuse(struct coverage *c, const char *function, const char *source, bool needed)
{
	for (unsigned int i = 0; i < c->exception_count; i++) {
		struct exception *e = &c->exceptions[i];

		if (strcmp(e->file, c->path) || strcmp(e->function, function) ||
		    strcmp(e->source, source))
			continue;
		e->found++;
		e->used += needed;
		return needed;
	}
	return false;
}

/* Something is missing, or not known, at a place. */
__attribute__((format(printf, 5, 6))) static void gap(const struct coverage *c, unsigned int *count,
						      unsigned int line, unsigned int column,
						      const char *format, ...)
{
	va_list args;

	++*count;
	if (c->quiet)
		return;
	fprintf(say, "%s%s:%u", c->indent, c->path, line);
	if (column)
		fprintf(say, ":%u", column);
	fputs(": ", say);
	va_start(args, format);
	vfprintf(say, format, args);
	va_end(args);
	fputc('\n', say);
}

/* True where the line lacks anything that may be excused. */
static bool lacks(const struct source_file *file, unsigned int line)
{
	const struct source_line *l = &file->lines[line - 1];
	bool lacking = l->mapped && !l->ran;

	for (unsigned int i = 0; i < l->branch_count; i++)
		lacking |= !l->branches[i].was_true || !l->branches[i].was_false;
	for (unsigned int n = 0; n < file->decision_count; n++) {
		const struct decision *d = &file->decisions[n];

		for (unsigned int i = 0; i < d->condition_count; i++)
			lacking |= d->conditions[i].at.line == line && !d->conditions[i].covered &&
				   !d->conditions[i].folded && !d->in_macro;
	}
	return lacking;
}

static void judge_branches(struct coverage *c, const struct source_line *l, unsigned int line,
			   const char *source, bool excused)
{
	for (unsigned int i = 0; i < l->branch_count; i++) {
		const struct branch *b = &l->branches[i];

		c->sums.branches += 2;
		c->sums.branches_taken += (unsigned int)b->was_true + (unsigned int)b->was_false;
		if ((b->was_true && b->was_false) || excused)
			continue;
		gap(c, &c->sums.missing, line, b->column, "never %s: %s",
		    b->was_true	   ? "false"
		    : b->was_false ? "true"
				   : "reached",
		    source);
	}
}

/* Those that stand on this line. */
static void judge_conditions(struct coverage *c, const struct source_file *file,
			     const struct decision *d, unsigned int line, bool excused)
{
	for (unsigned int i = 0; i < d->condition_count && !d->in_macro; i++) {
		const struct condition *at = &d->conditions[i];
		char text[DECISION_BYTES], name[DECISION_BYTES], why[DECISION_BYTES];

		if (at->at.line != line || at->folded)
			continue;
		c->sums.conditions++;
		c->sums.conditions_covered += at->covered;
		if (at->covered || excused)
			continue;
		decision_text(file, d, text);
		decision_missing(file, d, i, name, why);
		gap(c, &c->sums.missing, line, at->at.column,
		    "condition C%u, %s, never decided alone: %s: %s", i + 1, name, why, text);
	}
}

static void judge_line(struct coverage *c, const struct source_file *file, unsigned int line)
{
	const struct source_line *l = &file->lines[line - 1];
	char source[LINE_BYTES];
	bool excused;

	if (!l->mapped)
		return;
	trim(source, l->text);
	excused = excuse(c, l->function, source, lacks(file, line));
	c->sums.excused += excused;
	c->sums.lines++;
	c->sums.lines_ran += l->ran;
	if (!l->ran && !excused)
		gap(c, &c->sums.missing, line, 0, "never ran: %s", source);
	judge_branches(c, l, line, source, excused);
	for (unsigned int i = 0; i < file->decision_count; i++)
		judge_conditions(c, file, &file->decisions[i], line, excused);
	for (unsigned int i = 0; i < file->unmeasured_count; i++)
		if (file->unmeasured[i].line == line)
			gap(c, &c->sums.unmeasured, line, file->unmeasured[i].column,
			    "conditions that cannot be measured: %s", source);
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), bytes = strlen(end);

	return length > bytes && !strcmp(text + length - bytes, end);
}

static void judge_core(void *context, const struct source_file *file)
{
	struct coverage *c = context;
	const unsigned int ran = c->sums.lines_ran;
	size_t root = strlen(c->root);

	if (strncmp(file->path, c->root, root) || strncmp(file->path + root, "/core/", 6))
		return;
	c->path = file->path + root + 1;
	for (unsigned int line = 1; line <= file->line_count; line++)
		judge_line(c, file, line);
	c->files += ends_with(c->path, ".c") && c->sums.lines_ran > ran;
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
	while ((entry = readdir(folder)))
		count += ends_with(entry->d_name, ".c");
	closedir(folder);
	return count;
}

static void add_sums(struct sums *to, const struct sums *s)
{
	to->lines += s->lines;
	to->lines_ran += s->lines_ran;
	to->branches += s->branches;
	to->branches_taken += s->branches_taken;
	to->conditions += s->conditions;
	to->conditions_covered += s->conditions_covered;
	to->unmeasured += s->unmeasured;
}

static void print_sums(const struct sums *s)
{
	fprintf(say, "lines %u of %u, branches %u of %u, conditions %u of %u", s->lines_ran,
		s->lines, s->branches_taken, s->branches, s->conditions_covered, s->conditions);
	if (s->unmeasured)
		fprintf(say, ", not measured %u", s->unmeasured);
}

int verb_coverage(const struct cli *cli)
{
	static struct coverage c;
	const struct sums *s = &c.sums;
	unsigned int stale = 0;

	if (cli->file_count != 3)
		fail(EXIT_USAGE, "coverage takes a report, the exceptions and the root");
	c.root = cli->files[2];
	c.indent = "";
	read_exceptions(&c, cli->files[1]);
	c.quiet = true;
	coverage_read(cli->files[0], judge_core, &c);
	if (c.files != count_sources(c.root))
		fail(EXIT_NOT_RUN, "something ran in %u of the %u files core/*.c of the report",
		     c.files, count_sources(c.root));
	c.quiet = false;
	memset(&c.sums, 0, sizeof(c.sums));
	coverage_read(cli->files[0], judge_core, &c);
	for (unsigned int i = 0; i < c.exception_count; i++) {
		const struct exception *e = &c.exceptions[i];

		if (e->used)
			continue;
		fprintf(say, "%s: %s: the exception is %s: %s\n", e->file, e->function,
			e->found ? "covered now" : "for a line that is not there", e->source);
		stale++;
	}
	fputs("core: ", say);
	print_sums(s);
	fprintf(say, ", lines excused %u; %s\n", s->excused,
		s->missing || s->unmeasured || stale ? "NOT complete" : "complete");
	if (s->missing || stale)
		return EXIT_FINDING;
	return s->unmeasured ? EXIT_NOT_RUN : EXIT_CLEAN;
}

/* Its functions that lack something, each with its own sums. */
static void report_file(void *context, const struct source_file *file)
{
	struct coverage *c = context;
	struct sums all = { 0 };
	const char *function;

	c->path = file->path;
	for (unsigned int first = 1, end; first <= file->line_count; first = end) {
		function = file->lines[first - 1].function;
		memset(&c->sums, 0, sizeof(c->sums));
		c->quiet = true;
		for (end = first; end <= file->line_count; end++) {
			if (strcmp(file->lines[end - 1].function, function))
				break;
			judge_line(c, file, end);
		}
		add_sums(&all, &c->sums);
		if (!c->sums.missing && !c->sums.unmeasured)
			continue;
		fprintf(say, "%s: ", function);
		print_sums(&c->sums);
		fputc('\n', say);
		c->quiet = false;
		for (unsigned int line = first; line < end; line++)
			judge_line(c, file, line);
	}
	fprintf(say, "%s: ", c->path);
	print_sums(&all);
	fputc('\n', say);
	for (unsigned int i = 1; i < c->cli->file_count; i++)
		c->files += !strcmp(c->cli->files[i], c->path) && all.lines_ran;
}

int verb_uncovered(const struct cli *cli)
{
	static struct coverage c;

	if (cli->file_count < 2)
		fail(EXIT_USAGE, "uncovered takes a report and the sources that must be in it");
	c.cli = cli;
	c.indent = "  ";
	coverage_read(cli->files[0], report_file, &c);
	if (c.files != cli->file_count - 1)
		fail(EXIT_NOT_RUN, "something ran in %u of %u files", c.files, cli->file_count - 1);
	return EXIT_CLEAN;
}
