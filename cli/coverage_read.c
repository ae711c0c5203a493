/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Reads the text of llvm-cov: its JSON says whether a condition is covered, but
 * not by which runs.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/coverage.h"

struct reader {
	struct source_file file;
	struct decision decision; /* as far as it is read */
};

/* Room for one more of count. */
static void *grown(void *array, unsigned int count, unsigned int *room, size_t bytes)
{
	if (count < *room)
		return array;
	*room = *room ? 2 * *room : 64;
	array = realloc(array, *room * bytes);
	if (!array)
		fail(EXIT_OS, "no memory for a coverage report");
	return array;
}

/* "   59|     12|	if (port_list_empty(...))"; no count where no code stands. */
static void read_source(struct source_file *f, unsigned int number, const char *rest)
{
	const char *bar = strchr(rest, '|');
	struct source_line *l;
	char *paren, *name;

	if (number != f->line_count + 1)
		fail(EXIT_NOT_RUN, "%s: line %u does not follow line %u", f->path, number,
		     f->line_count);
	f->lines = grown(f->lines, f->line_count, &f->lines_room, sizeof(*f->lines));
	l = &f->lines[f->line_count++];
	memset(l, 0, sizeof(*l));
	rest += strspn(rest, " ");
	l->mapped = bar && rest != bar;
	l->ran = l->mapped && strncmp(rest, "0|", 2);
	snprintf(l->text, sizeof(l->text), "%s", bar ? bar + 1 : "");
	if (number > 1)
		memcpy(l->function, l[-1].function, sizeof(l->function));
	/* A function begins where a line begins with a letter and has a parenthesis. */
	paren = isalpha((unsigned char)l->text[0]) ? strchr(l->text, '(') : NULL;
	if (!paren)
		return;
	for (name = paren; name > l->text; name--)
		if (!isalnum((unsigned char)name[-1]) && name[-1] != '_')
			break;
	snprintf(l->function, sizeof(l->function), "%.*s", (int)(paren - name), name);
}

/* "Branch (48:6): [True: 6, False: 0]", once for each copy of the function. */
static void read_branch(struct source_file *f, const char *text)
{
	unsigned int line, column, i;
	char was_true[32], was_false[32];
	struct source_line *l;

	if (sscanf(text, "Branch (%u:%u): [True: %31[^,], False: %31[^]]", &line, &column, was_true,
		   was_false) != 4 ||
	    line != f->line_count)
		return;
	l = &f->lines[line - 1];
	for (i = 0; i < l->branch_count && l->branches[i].column != column; i++)
		;
	if (i == LINE_BRANCHES_MAX)
		fail(EXIT_SOFTWARE, "%s:%u: too many branches in a line", f->path, line);
	if (i == l->branch_count) {
		l->branches[i] = (struct branch){ .column = column };
		l->branch_count++;
	}
	l->branches[i].was_true |= !!strcmp(was_true, "0");
	l->branches[i].was_false |= !!strcmp(was_false, "0");
}

static void add_vector(const struct source_file *f, struct decision *d, const char *vector)
{
	for (unsigned int i = 0; i < d->vector_count; i++)
		if (!strcmp(d->vectors[i], vector))
			return;
	if (d->vector_count == VECTORS_MAX)
		fail(EXIT_SOFTWARE, "%s:%u: too many ways to run a decision", f->path,
		     d->from.line);
	memcpy(d->vectors[d->vector_count++], vector, sizeof(decision_vector));
}

/* "1 { T,  -  = F      }" */
static void read_vector(struct reader *r, const char *text)
{
	decision_vector vector = "";
	size_t length = 0;

	for (text = strchr(text, '{') + 1; *text && *text != '}'; text++)
		if (isalpha((unsigned char)*text) || *text == '-') {
			if (length == r->decision.condition_count + 1)
				fail(EXIT_NOT_RUN, "%s:%u: cannot read a run: %s", r->file.path,
				     r->decision.from.line, text);
			vector[length++] = *text;
		}
	add_vector(&r->file, &r->decision, vector);
}

/* Puts the decision that has been read to its like from another copy. */
static void close_decision(struct reader *r)
{
	struct source_file *f = &r->file;
	const struct decision *from = &r->decision;
	struct decision *d = NULL;

	for (unsigned int i = 0; i < f->decision_count && !d; i++)
		if (!memcmp(&f->decisions[i].from, &from->from, sizeof(from->from)) &&
		    !memcmp(&f->decisions[i].to, &from->to, sizeof(from->to)) &&
		    f->decisions[i].condition_count == from->condition_count)
			d = &f->decisions[i];
	if (!d) {
		f->decisions = grown(f->decisions, f->decision_count, &f->decisions_room,
				     sizeof(*f->decisions));
		f->decisions[f->decision_count++] = *from;
		return;
	}
	for (unsigned int i = 0; i < from->condition_count; i++) {
		d->conditions[i].covered |= from->conditions[i].covered;
		d->conditions[i].folded &= from->conditions[i].folded;
	}
	for (unsigned int i = 0; i < from->vector_count; i++)
		add_vector(f, d, from->vectors[i]);
}

/* What stands between "MC/DC Decision Region (9:6) to (9:19)" and "MC/DC Coverage for Decision". */
static void read_decision(struct reader *r, const char *text)
{
	struct decision *d = &r->decision;
	const char *at;
	unsigned int number;
	struct place p;

	if ((at = strstr(text, "MC/DC Decision Region ("))) {
		memset(d, 0, sizeof(*d));
		if (sscanf(at, "MC/DC Decision Region (%u:%u) to (%u:%u)", &d->from.line,
			   &d->from.column, &d->to.line, &d->to.column) != 4)
			fail(EXIT_NOT_RUN, "%s: cannot read %s", r->file.path, text);
	} else if (sscanf(text, " | Condition C%u --> (%u:%u)", &number, &p.line, &p.column) == 3) {
		if (number != d->condition_count + 1 || number > CONDITIONS_MAX)
			fail(EXIT_NOT_RUN, "%s:%u: more than %u conditions, or not in order",
			     r->file.path, p.line, CONDITIONS_MAX);
		d->conditions[d->condition_count++].at = p;
	} else if (sscanf(text, " | C%u-Pair:", &number) == 1) {
		if (!number || number > d->condition_count)
			fail(EXIT_NOT_RUN, "%s: cannot read %s", r->file.path, text);
		d->conditions[number - 1].covered = !!strstr(text, "Pair: covered");
		d->conditions[number - 1].folded = !!strstr(text, "constant folded");
	} else if (sscanf(text, " | %u {", &number) == 1 && strchr(text, '{')) {
		read_vector(r, text);
	} else if (strstr(text, "MC/DC Coverage for Decision")) {
		close_decision(r);
	}
}

static void close_file(struct source_file *f,
		       void (*judge)(void *context, const struct source_file *file), void *context)
{
	if (!f->line_count)
		return;
	decisions_match(f);
	judge(context, f);
	f->line_count = f->decision_count = 0;
}

void coverage_read(const char *path, void (*judge)(void *context, const struct source_file *file),
		   void *context)
{
	static struct reader r; /* its memory serves the next report, too */
	FILE *in = fopen(path, "r");
	char text[LINE_BYTES];

	if (!in)
		fail(EXIT_NO_INPUT, "cannot read %s: %s", path, strerror(errno));
	while (fgets(text, sizeof(text), in)) {
		unsigned int number;
		int end = 0;

		text[strcspn(text, "\n")] = 0;
		if (sscanf(text, " %u|%n", &number, &end) == 1 && end) {
			read_source(&r.file, number, text + end);
		} else if (strstr(text, "|  Branch (")) {
			read_branch(&r.file, strstr(text, "Branch ("));
		} else if (text[0] == '/') {
			close_file(&r.file, judge, context);
			text[strlen(text) - 1] = 0;
			path_make(r.file.path, "%s", text);
		} else {
			read_decision(&r, text);
		}
	}
	close_file(&r.file, judge, context);
	fclose(in);
}
