/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Prints programs as text (docs/programs.md) by the templates of ops.def.
 */
#include <string.h>

#include "harness/program.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

/* A line to print; the widest record takes half of it. */
struct line {
	char text[160];
	size_t size;
};

static void put_char(struct line *l, char c)
{
	if (l->size < sizeof(l->text) - 1)
		l->text[l->size++] = c;
}

static void put(struct line *l, const char *s)
{
	while (*s)
		put_char(l, *s++);
}

static void put_number(struct line *l, unsigned int n)
{
	if (n >= 10)
		put_number(l, n / 10);
	put_char(l, (char)('0' + n % 10));
}

static void put_operand(struct line *l, unsigned int kind, unsigned int value)
{
	if (kind_words[kind]) {
		put(l, kind_words[kind][value]);
	} else {
		put(l, kind_table[kind].prefix);
		put_number(l, value);
	}
}

static void put_template(struct line *l, const struct record *r)
{
	const uint8_t operands[] = { r->a, r->b, r->c };
	const char *t;

	for (t = op_table[r->op].text; *t; t++) {
		if (*t == '[' && !operands[strchr(t, '%')[1] - 'a']) {
			t = strchr(t, ']');
		} else if (*t == '%') {
			t++;
			put_operand(l, op_table[r->op].operand[*t - 'a'], operands[*t - 'a']);
		} else if (*t != '[' && *t != ']') {
			put_char(l, *t);
		}
	}
}

void record_print(FILE *out, const struct record *record)
{
	struct record r = record_canon(*record);
	struct line l = { .size = 0 };

	if (record_context(&r)) {
		put_operand(&l, KIND_CONTEXT, record_context(&r));
		put(&l, " ");
	}
	if (r.how & HOW_IRQ)
		put(&l, "irq ");
	if (r.how & HOW_MISUSE)
		put(&l, "misuse ");
	put_template(&l, &r);
	if (r.rc & 7) {
		put(&l, " host=");
		put(&l, result_names[r.rc & 7]);
	}
	if (record_eagains(&r)) {
		put(&l, " eagain=");
		put_number(&l, record_eagains(&r));
	}
	if (record_fault_kind(&r)) {
		put(&l, " fault=");
		put(&l, fault_names[record_fault_kind(&r)]);
		put(&l, ":");
		put_number(&l, record_fault_n(&r) + 1);
	}
	fwrite(l.text, 1, l.size, out);
}

static void put_devices(struct line *l, const char *key, unsigned int bits)
{
	unsigned int device;

	for (device = 0; device < PROGRAM_DEVICES; device++) {
		if (!(bits & 1u << device))
			continue;
		put(l, key);
		put_operand(l, KIND_DEVICE, device);
		key = ",";
	}
}

void program_print_world(FILE *out, const struct program *p)
{
	const uint8_t *zones = p->zone_of_quarter;
	struct line l = { .size = 0 };
	unsigned int quarter;

	if (p->devices != 1) {
		put(&l, " devices=");
		put_number(&l, p->devices);
	}
	put_devices(&l, " adjust=", p->adjust);
	put_devices(&l, " no_callback=", p->no_callback);
	if (zones[0] != 0 || zones[1] != 1 || zones[2] != 2 || zones[3] != 3) {
		for (quarter = 0; quarter < 4; quarter++) {
			put(&l, quarter ? "," : " zones=");
			put_number(&l, zones[quarter]);
		}
	}
	if (l.size)
		fprintf(out, "world%.*s\n", (int)l.size, l.text);
}

void program_print(FILE *out, const struct program *p)
{
	unsigned int i;

	fputs("pinprick program 1\n", out);
	program_print_world(out, p);
	if (p->seed)
		fprintf(out, "seed 0x%x\n", p->seed);
	for (i = 0; i < p->count; i++) {
		if (p->records[i].how & HOW_NESTED)
			fputc('\t', out);
		record_print(out, &p->records[i]);
		fputc('\n', out);
	}
}

UNINSTRUMENTED_END
