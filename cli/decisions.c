/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Decisions in source text.  llvm-cov says nothing of those that it cannot
 * measure, so each && and || is looked for here.  And it does not say which run
 * a condition lacks: that follows from how the conditions are joined.
 */
#include <ctype.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/coverage.h"

/* Behind the comment, string or character that begins at text; text itself where none does. */
static const char *behind_literal(const char *text, bool *comment)
{
	if (!strncmp(text, "/*", 2)) {
		const char *end = strstr(text + 2, "*/");

		*comment = !end;
		return end ? end + 2 : text + strlen(text);
	}
	if (!strncmp(text, "//", 2))
		return text + strlen(text);
	if (*text == '"' || *text == '\'') {
		const char quote = *text++;

		while (*text && *text != quote)
			text += 1 + (*text == '\\' && text[1]);
		return text + !!*text;
	}
	return text;
}

static bool is_operator(const char *text)
{
	return !strncmp(text, "&&", 2) || !strncmp(text, "||", 2);
}

/* Conditions of the preprocessor are no code; what it defines is. */
static bool is_directive(const char *text)
{
	text += strspn(text, " \t");
	return *text == '#' && strncmp(text + 1 + strspn(text + 1, " \t"), "define", 6);
}

static bool before(struct place a, struct place b)
{
	return a.line < b.line || (a.line == b.line && a.column < b.column);
}

/* The smallest that the place is in; NULL where it is in none. */
static struct decision *decision_at(const struct source_file *file, struct place at)
{
	struct decision *found = NULL;

	for (unsigned int i = 0; i < file->decision_count; i++) {
		struct decision *d = &file->decisions[i];

		if (!before(at, d->from) && before(at, d->to) &&
		    (!found || before(found->from, d->from) || before(d->to, found->to)))
			found = d;
	}
	return found;
}

/* An operator must be one of those that join the conditions of a decision. */
static void match_operator(struct source_file *file, struct place at)
{
	struct decision *d = decision_at(file, at);

	if (d && !d->in_macro && ++d->operators < d->condition_count)
		return;
	if (file->unmeasured_count == UNMEASURED_MAX)
		fail(EXIT_NOT_RUN, "%s:%u: too many conditions that are not measured", file->path,
		     at.line);
	file->unmeasured[file->unmeasured_count++] = at;
}

static bool in_macro(const struct source_file *file, unsigned int line)
{
	const char *text = file->lines[line - 1].text, *above;

	for (; line > 1; text = above, line--) {
		above = file->lines[line - 2].text;
		if (!*above || above[strlen(above) - 1] != '\\')
			break;
	}
	return text[strspn(text, " \t")] == '#';
}

void decisions_match(struct source_file *file)
{
	bool comment = false;

	file->unmeasured_count = 0;
	for (unsigned int i = 0; i < file->decision_count; i++) {
		file->decisions[i].operators = 0;
		file->decisions[i].in_macro = in_macro(file, file->decisions[i].from.line);
	}
	for (unsigned int line = 1; line <= file->line_count; line++) {
		const char *start = file->lines[line - 1].text, *text = start, *next;

		if (comment) {
			text = strstr(start, "*/");
			comment = !text;
			text = text ? text + 2 : start + strlen(start);
		} else if (is_directive(start)) {
			continue;
		}
		for (; *text; text = next) {
			next = behind_literal(text, &comment);
			if (next != text)
				continue;
			next = text + 1 + is_operator(text);
			if (is_operator(text) && file->lines[line - 1].mapped)
				match_operator(
					file,
					(struct place){ line, (unsigned int)(text - start) + 1 });
		}
	}
}

/* The text from one place to another, each stretch of white space one blank. */
static void copy_text(const struct source_file *file, struct place from, struct place to,
		      char text[DECISION_BYTES])
{
	size_t length = 0;

	for (unsigned int line = from.line; line <= to.line && line <= file->line_count; line++) {
		const char *source = file->lines[line - 1].text;
		size_t bytes = strlen(source), at = line == from.line ? from.column - 1 : 0;
		const size_t end = line == to.line && to.column <= bytes ? to.column - 1 : bytes;

		for (; at <= end && length < DECISION_BYTES - 1; at++) {
			const char c = at == end ? ' ' : source[at];

			if (!isspace((unsigned char)c))
				text[length++] = c;
			else if (length && text[length - 1] != ' ')
				text[length++] = ' ';
		}
	}
	while (length && text[length - 1] == ' ')
		length--;
	text[length] = 0;
}

void decision_text(const struct source_file *file, const struct decision *d,
		   char text[DECISION_BYTES])
{
	copy_text(file, d->from, d->to, text);
}

/* A decision as text, run by hand: with a value for each of its conditions. */
struct expression {
	char text[DECISION_BYTES];
	unsigned int count, starts[CONDITIONS_MAX], ends[CONDITIONS_MAX]; /* of conditions */
	unsigned int values;						  /* a bit for each */
	decision_vector vector;						  /* what the run was */
	const char *at;
	unsigned int next; /* condition */
	bool broken;	   /* the text is not made of these conditions */
};

static void skip_blanks(struct expression *e)
{
	const char *at = NULL;
	bool comment;

	while (at != e->at) {
		at = e->at;
		if (*at == ' ')
			e->at++;
		else if (*at == '/')
			e->at = behind_literal(at, &comment);
	}
}

/* Gives where it ends, without the blank behind it. */
static unsigned int skip_condition(struct expression *e)
{
	unsigned int depth = 0, end = 0;

	while (*e->at) {
		bool comment;
		const char *next = behind_literal(e->at, &comment);

		if (next == e->at) {
			if (!depth && (is_operator(e->at) || *e->at == ')'))
				break;
			depth += *e->at == '(';
			depth -= *e->at == ')';
			next++;
		}
		if (*e->at != ' ')
			end = (unsigned int)(next - e->text);
		e->at = next;
	}
	return end;
}

static bool run_or(struct expression *e, bool live);

/* A condition, or more of them in parentheses; evaluated where it is live. */
static bool run_term(struct expression *e, bool live)
{
	bool value;

	skip_blanks(e);
	if (e->next < e->count && e->at == e->text + e->starts[e->next]) {
		value = e->values >> e->next & 1;
		e->vector[e->next] = !live ? '-' : value ? 'T' : 'F';
		e->ends[e->next++] = skip_condition(e);
	} else if (*e->at == '(') {
		e->at++;
		value = run_or(e, live);
		e->broken |= *e->at != ')';
		e->at += *e->at == ')';
	} else {
		e->broken = true;
		value = false;
	}
	skip_blanks(e);
	return value;
}

static bool run_and(struct expression *e, bool live)
{
	bool value = run_term(e, live);

	while (!e->broken && !strncmp(e->at, "&&", 2)) {
		e->at += 2;
		value &= run_term(e, live && value);
	}
	return value;
}

static bool run_or(struct expression *e, bool live)
{
	bool value = run_and(e, live);

	while (!e->broken && !strncmp(e->at, "||", 2)) {
		e->at += 2;
		value |= run_and(e, live && !value);
	}
	return value;
}

static void run(struct expression *e, unsigned int values)
{
	e->values = values;
	e->at = e->text;
	e->next = 0;
	memset(e->vector, 0, sizeof(e->vector));
	e->vector[e->count] = run_or(e, true) ? 'T' : 'F';
	e->broken |= *e->at || e->next != e->count;
}

/* Makes it from the text, and sees whether what ran comes out of it. */
static void expression_make(struct expression *e, const struct source_file *file,
			    const struct decision *d)
{
	memset(e, 0, sizeof(*e));
	e->count = d->condition_count;
	for (unsigned int i = 0; i < e->count; i++) {
		copy_text(file, d->from, d->conditions[i].at, e->text);
		e->starts[i] = (unsigned int)strlen(e->text);
	}
	decision_text(file, d, e->text);
	for (unsigned int i = 0; i < e->count; i++)
		e->starts[i] += e->text[e->starts[i]] == ' ';
	run(e, 0);
	for (unsigned int v = 0; v < d->vector_count; v++) {
		unsigned int values = 0;

		for (unsigned int i = e->count; i-- > 0;)
			values = values << 1 | (d->vectors[v][i] == 'T');
		run(e, values);
		e->broken |= !!strcmp(e->vector, d->vectors[v]);
	}
}

static bool has_run(const struct decision *d, const char *vector)
{
	for (unsigned int v = 0; v < d->vector_count; v++)
		if (!strcmp(d->vectors[v], vector))
			return true;
	return false;
}

/* "{ T, - = T }" */
static const char *shown(const struct expression *e, const char *vector, char text[64])
{
	size_t length = 0;

	for (unsigned int i = 0; i < e->count; i++)
		length += (size_t)snprintf(text + length, 64 - length, "%s%c", i ? ", " : "{ ",
					   vector[i]);
	snprintf(text + length, 64 - length, " = %c }", vector[e->count]);
	return text;
}

void decision_missing(const struct source_file *file, const struct decision *d, unsigned int i,
		      char name[DECISION_BYTES], char why[DECISION_BYTES])
{
	struct expression e;
	decision_vector there = "", lacking = "";
	int most = -1;
	char one[64], other[64];

	expression_make(&e, file, d);
	for (unsigned int values = 0; !e.broken && values < 1U << e.count; values++) {
		decision_vector first;
		int ran;

		run(&e, values);
		memcpy(first, e.vector, sizeof(first));
		run(&e, values ^ 1U << i);
		if (first[i] == '-' || first[e.count] == e.vector[e.count])
			continue;
		ran = has_run(d, first) ? 1 + has_run(d, e.vector) : 0;
		if (ran <= most)
			continue;
		most = ran;
		memcpy(there, first, sizeof(there));
		memcpy(lacking, e.vector, sizeof(lacking));
	}
	snprintf(name, DECISION_BYTES, "%.*s", e.broken ? 0 : (int)(e.ends[i] - e.starts[i]),
		 e.text + e.starts[i]);
	if (most < 0)
		snprintf(why, DECISION_BYTES,
			 "missing are two runs that differ in it and in the result alone");
	else if (most == 2)
		snprintf(why, DECISION_BYTES, "%s and %s ran, but in different builds",
			 shown(&e, there, one), shown(&e, lacking, other));
	else
		snprintf(why, DECISION_BYTES, "missing is %s%s %s%s", shown(&e, lacking, other),
			 most ? ", to go with" : " and", shown(&e, there, one),
			 most ? ", which ran" : "");
}
