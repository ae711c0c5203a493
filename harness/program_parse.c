/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Parses programs as text (docs/programs.md) by the templates of ops.def.  A
 * template is a row of words and so is a line: an operand is a whole word, a
 * bracketed part begins with a blank.  The parts of a line stand in one fixed
 * order, so that each program has one text.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "harness/nearest.h"
#include "harness/program.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

#define FIRST_WORDS "pinprick program"
#define VERSION	    "1"
#define TEXT_MAX    (1u << 20) /* 256 lines and their story need a hundredth of it */

struct word {
	const char *at;
	size_t size;
};

struct parser {
	struct program *program;
	struct parse_error *error;
	const char *line, *at, *end; /* a line without its comment: start, after next, end */
	struct word next;
	unsigned int op;  /* of this line; OP_COUNT while unknown */
	bool world, seed; /* such a line was seen */
};

/* A word as messages show it. */
struct quote {
	char text[25];
};

static struct quote quote(struct word w)
{
	struct quote q = { "" };
	size_t i;

	for (i = 0; i < w.size && i < sizeof(q.text) - 1; i++)
		q.text[i] = (char)(isprint((unsigned char)w.at[i]) ? w.at[i] : '?');
	return q;
}

static bool __attribute__((format(printf, 3, 4)))
fail(struct parser *ps, const char *at, const char *format, ...)
{
	va_list args;

	ps->error->column = (unsigned int)(at - ps->line) + 1;
	va_start(args, format);
	vsnprintf(ps->error->message, sizeof(ps->error->message), format, args);
	va_end(args);
	return false;
}

/* Something else stands where text should; an example of the op helps if it is known. */
static bool fail_expected(struct parser *ps, const char *at, const char *text)
{
	struct record example = { .op = (uint8_t)ps->op, .a = 1, .b = 1, .c = 1 };
	char line[80] = "";
	FILE *out = ps->op < OP_COUNT ? fmemopen(line, sizeof(line), "w") : NULL;

	if (out) {
		record_print(out, &example);
		fclose(out);
	}
	return fail(ps, at, "expected %s%s%s%s", text, out ? ", as in '" : "", line,
		    out ? "'" : "");
}

/* Finds the next word; at the end of the line an empty one. */
static void scan(struct parser *ps)
{
	while (ps->at < ps->end && isblank((unsigned char)*ps->at))
		ps->at++;
	ps->next.at = ps->at;
	while (ps->at < ps->end && !isblank((unsigned char)*ps->at))
		ps->at++;
	ps->next.size = (size_t)(ps->at - ps->next.at);
}

static struct word take(struct parser *ps)
{
	struct word w = ps->next;

	scan(ps);
	return w;
}

static bool word_is(struct word w, const char *s)
{
	return w.size == strlen(s) && !memcmp(w.at, s, w.size);
}

static bool take_word(struct parser *ps, const char *s)
{
	return word_is(ps->next, s) && take(ps).size;
}

/* Takes the next word and cuts key off it, if it begins so. */
static bool take_key(struct parser *ps, const char *key, struct word *value)
{
	*value = ps->next;
	if (value->size < strlen(key) || memcmp(value->at, key, strlen(key)))
		return false;
	take(ps);
	value->at += strlen(key);
	value->size -= strlen(key);
	return true;
}

/* A decimal number; a huge one comes back as some number above every limit. */
static bool number(struct word w, unsigned int *n)
{
	size_t i;

	*n = 0;
	for (i = 0; i < w.size; i++) {
		if (w.at[i] < '0' || w.at[i] > '9')
			return false;
		if (*n < 10000)
			*n = *n * 10 + (unsigned int)(w.at[i] - '0');
	}
	return w.size != 0;
}

static bool parse_number(struct parser *ps, struct word w, const char *what, unsigned int min,
			 unsigned int max, unsigned int *n)
{
	if (!number(w, n) || *n < min || *n > max)
		return fail(ps, w.at, "%s '%s': %u to %u", what, quote(w).text, min, max);
	return true;
}

/* Finds w in names[first] to names[count - 1]. */
static bool parse_name(struct parser *ps, struct word w, const char *what, const char *const *names,
		       unsigned int first, unsigned int count, unsigned int *found)
{
	char all[64] = "";
	unsigned int i;

	for (i = first; i < count; i++) {
		if (word_is(w, names[i])) {
			*found = i;
			return true;
		}
		strncat(all, " ", sizeof(all) - strlen(all) - 1);
		strncat(all, names[i], sizeof(all) - strlen(all) - 1);
	}
	return fail(ps, w.at, "unknown %s '%s': one of%s", what, quote(w).text, all);
}

/* A kind's name as messages have it. */
static void lower_name(char *out, size_t size, const char *name)
{
	size_t i;

	for (i = 0; name[i] && i < size - 1; i++)
		out[i] = (char)tolower((unsigned char)name[i]);
	out[i] = 0;
}

static bool parse_operand(struct parser *ps, unsigned int kind, struct word w, unsigned int *n)
{
	const char *prefix = kind_table[kind].prefix;
	unsigned int max = (1u << kind_table[kind].bits) - 1;
	size_t skip = strlen(prefix);
	char noun[16] = "register", what[48];
	bool is_number;

	if (kind_words[kind]) {
		lower_name(noun, sizeof(noun), kind_table[kind].name);
		return parse_name(ps, w, noun, kind_words[kind], 0, max + 1, n);
	}

	is_number = w.size >= skip && !memcmp(w.at, prefix, skip) &&
		    number((struct word){ w.at + skip, w.size - skip }, n);
	if (is_number && *n <= max)
		return true;

	if (!kind_is_register(kind))
		lower_name(noun, sizeof(noun), kind_table[kind].name);
	if (is_number)
		return fail(ps, w.at, "%s %s: 0 to %u", noun, quote(w).text, max);
	snprintf(what, sizeof(what), "a %s, %s0 to %s%u", noun, prefix, prefix, max);
	return fail_expected(ps, w.at, what);
}

/* Whether the word that stands next is, or may be, the one at t in a bracketed part. */
static bool optional_follows(const struct parser *ps, const char *t)
{
	struct word w = ps->next;

	if (*t == '%')
		return w.size && !memchr(w.at, '=', w.size);
	return w.size == strcspn(t, " ]") && !memcmp(w.at, t, w.size);
}

static bool parse_template(struct parser *ps, struct record *r)
{
	const struct op_info *info = &op_table[r->op];
	uint8_t *const operands[] = { &r->a, &r->b, &r->c };
	const char *t = info->text;

	while (*t) {
		size_t size = strcspn(t, " []");
		struct word w;
		unsigned int n;

		if (*t == '[' && !optional_follows(ps, t + 2))
			t = strchr(t, ']');
		if (!size) {
			t++;
			continue;
		}
		w = take(ps);
		if (*t == '%') {
			if (!parse_operand(ps, info->operand[t[1] - 'a'], w, &n))
				return false;
			*operands[t[1] - 'a'] = (uint8_t)n;
		} else if (w.size != size || memcmp(w.at, t, size)) {
			char what[24];

			snprintf(what, sizeof(what), "'%.*s'", (int)size, t);
			return fail_expected(ps, w.at, what);
		}
		t += size;
	}
	return true;
}

static bool fail_unknown_op(struct parser *ps, struct word w)
{
	unsigned int op, distance, nearest = 0, least = ~0u;

	for (op = 0; op < OP_COUNT; op++) {
		distance = edit_distance(w.at, w.size, op_table[op].name);
		if (distance < least) {
			nearest = op;
			least = distance;
		}
	}
	if (!is_near(least, op_table[nearest].name))
		return fail(ps, w.at, "unknown op '%s'", quote(w).text);
	return fail(ps, w.at, "unknown op '%s' (did you mean '%s'?)", quote(w).text,
		    op_table[nearest].name);
}

/* The op's name is the first word, or the one after "="; "!" stands for one whose text begins so. */
static bool find_op(struct parser *ps)
{
	struct parser ahead = *ps;
	struct word w = take(&ahead);

	if (word_is(take(&ahead), "="))
		w = take(&ahead);
	if (!w.size)
		return fail(ps, w.at, "expected an op");
	for (ps->op = 0; ps->op < OP_COUNT; ps->op++)
		if (word_is(w, op_table[ps->op].name) ||
		    (*w.at == '!' && w.size == 1 && op_table[ps->op].text[0] == '!'))
			return true;
	if (*w.at == '@' || word_is(w, "irq") || word_is(w, "misuse"))
		return fail(ps, w.at, "unexpected '%s': the order is @N, irq, misuse, op",
			    quote(w).text);
	return fail_unknown_op(ps, w);
}

static bool parse_end(struct parser *ps, const char *why)
{
	if (ps->next.size)
		return fail(ps, ps->next.at, "unexpected '%s'%s", quote(ps->next).text, why);
	return true;
}

/* Cuts the part before the next separator off a list; the last part leaves list->at NULL. */
static struct word cut(struct word *list, char separator)
{
	struct word part = *list;
	const char *at = memchr(list->at, separator, list->size);

	if (!at) {
		list->at = NULL;
		return part;
	}
	part.size = (size_t)(at - part.at);
	list->at = at + 1;
	list->size -= part.size + 1;
	return part;
}

static bool parse_fault(struct parser *ps, struct word value, struct record *r)
{
	struct word name = cut(&value, ':');
	unsigned int kind, n;

	if (!parse_name(ps, name, "fault", fault_names, 1, FAULT_COUNT, &kind))
		return false;
	if (!value.at)
		return fail(ps, name.at + name.size, "expected ':' and which one of them, from 1");
	if (!parse_number(ps, value, "fault", 1, 32, &n))
		return false;
	r->fault = (uint8_t)(kind | (n - 1) << 3);
	return true;
}

static bool parse_suffixes(struct parser *ps, struct record *r)
{
	bool callback = op_table[r->op].traits & TRAIT_RC;
	struct word value;
	unsigned int n;

	if (callback && take_key(ps, "host=", &value)) {
		if (!parse_name(ps, value, "result", result_names, 0, 8, &n))
			return false;
		r->rc = (uint8_t)n;
	}
	if (callback && take_key(ps, "eagain=", &value)) {
		if (!parse_number(ps, value, "eagain", 0, 15, &n))
			return false;
		r->rc |= (uint8_t)(n << 4);
	}
	if (take_key(ps, "fault=", &value) && !parse_fault(ps, value, r))
		return false;
	return parse_end(ps, callback ? ": only host= eagain= fault= may follow, in this order"
				      : ": only fault= may follow, no driver callback runs");
}

static bool parse_record(struct parser *ps)
{
	struct program *p = ps->program;
	struct word w = ps->next;
	struct record r = { .how = w.at > ps->line ? HOW_NESTED : 0 }, canon;
	unsigned int context;

	if (p->count == PROGRAM_RECORDS)
		return fail(ps, w.at, "more than %d ops", PROGRAM_RECORDS);
	if (w.size && *w.at == '@') {
		if (!parse_operand(ps, KIND_CONTEXT, take(ps), &context))
			return false;
		r.how |= (uint8_t)context;
	}
	if (take_word(ps, "irq"))
		r.how |= HOW_IRQ;
	if (take_word(ps, "misuse"))
		r.how |= HOW_MISUSE;
	if (!find_op(ps))
		return false;
	r.op = (uint8_t)ps->op;
	if (!parse_template(ps, &r) || !parse_suffixes(ps, &r))
		return false;
	canon = record_canon(r);
	if (memcmp(&canon, &r, sizeof(r)))
		return fail(ps, w.at, "'%s' takes no irq, misuse or fault=", op_table[r.op].name);
	p->records[p->count++] = r;
	return true;
}

static bool parse_devices(struct parser *ps, struct word list, uint8_t *bits)
{
	unsigned int device, devices = ps->program->devices;

	while (list.at) {
		struct word part = cut(&list, ',');

		if (!parse_operand(ps, KIND_DEVICE, part, &device))
			return false;
		if (device >= devices)
			return fail(ps, part.at, "device %s: this world has %u", quote(part).text,
				    devices);
		*bits |= (uint8_t)(1u << device);
	}
	return true;
}

static bool parse_zones(struct parser *ps, struct word list)
{
	const char *at = list.at;
	unsigned int quarter, zone;

	for (quarter = 0; quarter < 4 && list.at; quarter++) {
		if (!parse_number(ps, cut(&list, ','), "zone", 0, 3, &zone))
			return false;
		ps->program->zone_of_quarter[quarter] = (uint8_t)zone;
	}
	if (quarter < 4 || list.at)
		return fail(ps, at, "expected four zones, as in zones=0,1,2,3");
	return true;
}

static bool parse_world(struct parser *ps)
{
	struct program *p = ps->program;
	struct word value;
	unsigned int n;

	if (take_key(ps, "devices=", &value)) {
		if (!parse_number(ps, value, "devices", 1, PROGRAM_DEVICES, &n))
			return false;
		p->devices = (uint8_t)n;
	}
	if (take_key(ps, "adjust=", &value) && !parse_devices(ps, value, &p->adjust))
		return false;
	if (take_key(ps, "no_callback=", &value) && !parse_devices(ps, value, &p->no_callback))
		return false;
	if (take_key(ps, "zones=", &value) && !parse_zones(ps, value))
		return false;
	return parse_end(ps,
			 ": only devices= adjust= no_callback= zones= may follow, in this order");
}

static bool parse_seed(struct parser *ps)
{
	struct word w = take(ps);
	struct quote q = quote(w);
	size_t digits = strspn(q.text + 2, "0123456789abcdefABCDEF");

	if (strncmp(q.text, "0x", 2) || !digits || digits > 8 || digits + 2 != w.size)
		return fail(ps, w.at, "seed '%s': 0x and 1 to 8 hex digits", q.text);
	ps->program->seed = (uint32_t)strtoul(q.text, NULL, 16);
	return parse_end(ps, "");
}

static bool parse_first_line(struct parser *ps)
{
	bool is_text = program_is_text(ps->line, (size_t)(ps->end - ps->line));
	struct word version;

	ps->at = ps->line + (is_text ? strlen(FIRST_WORDS) : 0);
	scan(ps);
	version = take(ps);
	if (!is_text || version.at == ps->line + strlen(FIRST_WORDS))
		return fail(ps, ps->line, "the first line must be '" FIRST_WORDS " " VERSION "'");
	if (!word_is(version, VERSION))
		return fail(ps, version.at, "version '%s': only " VERSION " is known",
			    quote(version).text);
	return parse_end(ps, "");
}

static bool parse_line(struct parser *ps)
{
	struct word w = ps->next;
	bool *seen;

	if (ps->error->line == 1)
		return parse_first_line(ps);
	if (!w.size)
		return true;
	if (take_word(ps, "world"))
		seen = &ps->world;
	else if (take_word(ps, "seed"))
		seen = &ps->seed;
	else
		return parse_record(ps);
	if (*seen || ps->program->count)
		return fail(ps, w.at, "'%s' stands once, before the first op", quote(w).text);
	*seen = true;
	return seen == &ps->world ? parse_world(ps) : parse_seed(ps);
}

/* Sets the line at text, drops its comment and the blanks or CR at its end. */
static bool begin_line(struct parser *ps, const char *text, size_t size)
{
	const char *nul = memchr(text, '\0', size), *comment = memchr(text, '#', size);

	ps->line = text;
	ps->at = text;
	ps->end = comment ? comment : text + size;
	ps->op = OP_COUNT;
	ps->error->line++;
	if (nul)
		return fail(ps, nul, "a NUL byte: this is not text");
	while (ps->end > text && strchr(" \t\r", ps->end[-1]))
		ps->end--;
	scan(ps);
	return true;
}

bool program_parse(struct program *p, const char *text, size_t size, struct parse_error *error)
{
	struct parser ps = { .program = p, .error = error, .line = text };
	size_t line_size;

	program_decode(p, NULL, 0); /* the default world, without a record */
	error->line = 0;
	if (size > TEXT_MAX) {
		error->line = 1;
		return fail(&ps, text, "a text of more than %u bytes", TEXT_MAX);
	}
	do {
		const char *newline = memchr(text, '\n', size);

		line_size = newline ? (size_t)(newline - text) : size;
		if (!begin_line(&ps, text, line_size) || !parse_line(&ps))
			return false;
		text += line_size + !!newline;
		size -= line_size + !!newline;
	} while (size);
	return true;
}

bool program_is_text(const char *data, size_t size)
{
	return size >= strlen(FIRST_WORDS) && !memcmp(data, FIRST_WORDS, strlen(FIRST_WORDS));
}

UNINSTRUMENTED_END
