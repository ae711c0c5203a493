/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The program format: bytes, text and their round trips.
 *
 * codec_test --write-golden FILE makes the golden file anew.  Only appending an
 * op may change it, and then only records with the new op's number, which were
 * nop before; any other difference breaks every program that was ever stored.
 */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/describe.h"
#include "harness/program.h"

#ifndef GOLDEN_FILE
#define GOLDEN_FILE "tests/golden/decode.txt"
#endif
#define GOLDEN_LINES 1000
#define GOLDEN_BYTES 60

#define FIRST	     "pinprick program 1\n"
#define TEXT_BYTES   (1u << 16) /* more than the widest program's text */

static uint64_t random_state = 0x9e3779b97f4a7c15;

static uint32_t random_u32(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 32);
}

static void random_bytes(uint8_t *data, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		data[i] = (uint8_t)random_u32();
}

static bool same(const struct program *p, const struct program *q)
{
	return p->devices == q->devices && p->adjust == q->adjust &&
	       p->no_callback == q->no_callback &&
	       !memcmp(p->zone_of_quarter, q->zone_of_quarter, sizeof(p->zone_of_quarter)) &&
	       p->seed == q->seed && p->count == q->count &&
	       !memcmp(p->records, q->records, p->count * sizeof(p->records[0]));
}

/* The text of p, not ended by NUL: valid until the next call. */
static const char *print(const struct program *p, size_t *size)
{
	static char text[TEXT_BYTES];
	static FILE *out;

	if (!out)
		out = fmemopen(text, sizeof(text), "w");
	assert_non_null(out);
	rewind(out);
	program_print(out, p);
	assert_int_equal(fflush(out), 0);
	*size = (size_t)ftell(out);
	assert_true(*size < sizeof(text));
	return text;
}

/* As record_canon says, slowly. */
static struct record expected_canon(struct record r)
{
	uint8_t *const operands[] = { &r.a, &r.b, &r.c };
	unsigned int i;

	if (r.op == OP_nop || r.op >= OP_COUNT)
		return (struct record){ .how = r.how & (HOW_CONTEXT | HOW_NESTED) };
	r.how &= HOW_CONTEXT | HOW_IRQ | HOW_NESTED | HOW_MISUSE;
	for (i = 0; i < 3; i++)
		*operands[i] &= (uint8_t) ~(~0u << kind_table[op_table[r.op].operand[i]].bits);
	r.rc &= op_table[r.op].traits & TRAIT_RC ? 0xf7 : 0;
	if (!record_fault_kind(&r) || record_fault_kind(&r) >= FAULT_COUNT)
		r.fault = 0;
	r.spare = 0;
	return r;
}

static void check_decoding(const struct program *p, const uint8_t *data, size_t size)
{
	unsigned int i, devices = size ? (data[0] & 3u) % 3 + 1 : 1;

	assert_int_equal(p->devices, devices);
	assert_int_equal(p->adjust, size ? data[0] >> 2 & ((1 << devices) - 1) : 0);
	assert_int_equal(p->no_callback, size ? data[0] >> 5 & ((1 << devices) - 1) : 0);
	for (i = 0; i < 4; i++) {
		assert_int_equal(p->zone_of_quarter[i], (size > 1 ? data[1] >> 2 * i & 3u : 0) ^ i);
		assert_int_equal(p->seed >> 8 * i & 0xff, size > 4 + i ? data[4 + i] : 0);
	}
	size = size < HEADER_BYTES ? 0 : (size - HEADER_BYTES) / RECORD_BYTES;
	assert_int_equal(p->count, size < PROGRAM_RECORDS ? size : PROGRAM_RECORDS);
	for (i = 0; i < p->count; i++) {
		struct record r;

		memcpy(&r, data + HEADER_BYTES + i * RECORD_BYTES, sizeof(r));
		r = expected_canon(r);
		assert_memory_equal(&p->records[i], &r, sizeof(r));
	}
}

static void check_round_trips(const uint8_t *data, size_t size)
{
	static struct program p, q;
	uint8_t bytes[PROGRAM_BYTES], again[PROGRAM_BYTES];
	struct parse_error error;
	const char *text;
	size_t length;

	program_decode(&p, data, size);
	check_decoding(&p, data, size);
	length = program_encode(&p, bytes);
	assert_int_equal(length, HEADER_BYTES + p.count * RECORD_BYTES);
	assert_false(program_is_text((const char *)bytes, length));
	program_decode(&q, bytes, length);
	assert_true(same(&p, &q));

	text = print(&p, &length);
	assert_true(program_is_text(text, length));
	if (!program_parse(&q, text, length, &error))
		fail_msg("%u:%u: %s", error.line, error.column, error.message);
	assert_true(same(&p, &q));
	length = program_encode(&q, again);
	assert_memory_equal(again, bytes, length);
}

static void test_noise(void **state)
{
	static uint8_t data[2100];
	unsigned int i, j;

	(void)state;
	for (i = 0; i < 200000; i++) {
		/* Every length up to 2100, short ones more often: they cost less. */
		size_t size = 2100;

		for (j = 0; j < 4; j++)
			size = random_u32() % (size + 1);
		random_bytes(data, size);
		check_round_trips(data, size);
	}
}

/* Known ops only, so that each operand, callback result and fault comes by. */
static size_t make_program(uint8_t *data, unsigned int records)
{
	size_t size = HEADER_BYTES + (size_t)records * RECORD_BYTES, i;

	random_bytes(data, size);
	for (i = HEADER_BYTES; i < size; i += RECORD_BYTES)
		data[i] = (uint8_t)(random_u32() % OP_COUNT);
	return size;
}

static void test_programs(void **state)
{
	uint8_t data[PROGRAM_BYTES];
	unsigned int i;

	(void)state;
	for (i = 0; i < 50000; i++)
		check_round_trips(data, make_program(data, random_u32() % 33));
	check_round_trips(data, make_program(data, PROGRAM_RECORDS));
}

static void test_sizes(void **state)
{
	static const size_t sizes[] = { 0, 1, 7, 8, 15, 16, PROGRAM_BYTES, 1 << 20 };
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		uint8_t *data = malloc(sizes[i]);

		random_bytes(data, sizes[i]);
		check_round_trips(data, sizes[i]);
		free(data);
	}
	check_round_trips(NULL, 0);
}

static void test_ops(void **state)
{
	static const int numbers[] = {
#define OP(number, ...) number,
#include "harness/ops.def"
	};
	/* With operands 3, 2, 1, and with 0 where a part may be left out. */
	static const char *const texts[][2] = {
		{ "nop" },
		{ "p3 = alloc near f2", "p0 = alloc" },
		{ "free p3" },
		{ "enqueue b3 p2" },
		{ "p3 = dequeue b2" },
		{ "push l3 p2" },
		{ "p3 = pop l2" },
		{ "list_enqueue b3 l2" },
		{ "list_dequeue b3 l2 1" },
		{ "p3 = isolate f2" },
		{ "putback p3" },
		{ "migrate p3 -> f2 light", "migrate p0 -> f0" },
		{ "p3 = get f2" },
		{ "put p3" },
		{ "lock p3" },
		{ "unlock p3" },
		{ "hand p3 -> @2 p1" },
		{ "attach b3 vmware 16", "attach b0 free" },
		{ "remove b3" },
		{ "inflate b3 2 near f1", "inflate b0 0" },
		{ "deflate b3 2" },
		{ "target b3 2 near f1", "target b0 0" },
		{ "oom b3" },
		{ "refuse deflate 2" },
		{ "compact f3 2 light", "compact f0 0" },
		{ "scan f3 2" },
		{ "offline f3" },
		{ "hotplug b3 2" },
		{ "! 3 -> @2", "! 0 -> @0" },
	};
	unsigned int op;

	(void)state;
	assert_int_equal(sizeof(numbers) / sizeof(numbers[0]), OP_COUNT);
	assert_int_equal(sizeof(texts) / sizeof(texts[0]), OP_COUNT);
	for (op = 0; op < OP_COUNT; op++) {
		struct record r = { .op = (uint8_t)op, .a = 3, .b = 2, .c = 1 };
		char expected[100];
		struct program p;
		size_t size;

		assert_int_equal(numbers[op], op);
		program_decode(&p, NULL, 0);
		p.records[p.count++] = record_canon(r);
		p.records[p.count++] = record_canon((struct record){ .op = (uint8_t)op });
		snprintf(expected, sizeof(expected), FIRST "%s\n", texts[op][0]);
		assert_memory_equal(print(&p, &size), expected, strlen(expected));
		if (texts[op][1]) {
			snprintf(expected, sizeof(expected), FIRST "%s\n%s\n", texts[op][0],
				 texts[op][1]);
			assert_int_equal(size, strlen(expected));
			assert_memory_equal(print(&p, &size), expected, size);
		}
	}
}

/* A text that parses has one meaning; any other is refused with a place inside it. */
static void check_text(const char *text, size_t size)
{
	static struct program p, q;
	struct parse_error error = { 0 };
	char *copy = malloc(size);

	assert_non_null(memcpy(copy, text, size));
	if (program_parse(&p, copy, size, &error)) {
		text = print(&p, &size);
		assert_true(program_parse(&q, text, size, &error));
		assert_true(same(&p, &q));
	} else {
		assert_true(error.line >= 1 && error.column >= 1 && error.column <= size + 1);
		assert_true(*error.message);
	}
	free(copy);
}

static void test_broken_texts(void **state)
{
	static const char alphabet[] = "\n\t @#=:,-p0123f>bl\r\0\xff";
	static char text[TEXT_BYTES];
	uint8_t data[PROGRAM_BYTES];
	struct program p;
	const char *printed;
	unsigned int i, j;
	size_t size;

	(void)state;
	for (i = 0; i < 50000; i++) {
		program_decode(&p, data, make_program(data, random_u32() % 9));
		printed = print(&p, &size);
		memcpy(text, printed, size);
		check_text(text, random_u32() % (size + 1));
		for (j = random_u32() % 3; j < 3; j++)
			text[random_u32() % size] = alphabet[random_u32() % sizeof(alphabet)];
		check_text(text, size);
		random_bytes((uint8_t *)text + strlen(FIRST), size - strlen(FIRST));
		check_text(text, size);
	}
}

static void write_golden(FILE *out)
{
	uint8_t data[PROGRAM_BYTES];
	struct program p;
	unsigned int line;
	size_t size, i;

	fputs("# SPDX-License-Identifier: GPL-2.0-only OR MIT\n"
	      "# What byte strings mean: <hex of the bytes> <hex of the canonical program>.\n"
	      "# Only a new op changes this, in records of its number (tests/codec_test.c).\n",
	      out);
	for (line = 0; line < GOLDEN_LINES; line++) {
		size = 1 + random_u32() % GOLDEN_BYTES;
		random_bytes(data, size);
		/* Not by OP_COUNT, or a new op would change the strings themselves. */
		for (i = HEADER_BYTES; i < size; i += RECORD_BYTES)
			data[i] &= random_u32() % 8 ? 0x1f : 0xff;
		for (i = 0; i < size; i++)
			fprintf(out, "%02x", data[i]);
		fputc(' ', out);
		program_decode(&p, data, size);
		size = program_encode(&p, data);
		for (i = 0; i < size; i++)
			fprintf(out, "%02x", data[i]);
		fputc('\n', out);
	}
}

static size_t read_hex(const char **at, uint8_t *data)
{
	size_t size = 0;

	*at += strspn(*at, " ");
	for (; isxdigit((unsigned char)**at); *at += 2)
		assert_int_equal(sscanf(*at, "%2hhx", &data[size++]), 1);
	return size;
}

static void test_golden(void **state)
{
	FILE *in = fopen(GOLDEN_FILE, "r");
	unsigned int lines = 0, seen = 0, i;
	char text[4 * GOLDEN_BYTES + 64];
	struct program p;

	(void)state;
	assert_non_null(in);
	while (fgets(text, sizeof(text), in)) {
		uint8_t data[GOLDEN_BYTES + 16], expected[GOLDEN_BYTES + 16], got[PROGRAM_BYTES];
		const char *at = text;
		size_t size;

		if (*text == '#')
			continue;
		lines++;
		program_decode(&p, data, read_hex(&at, data));
		size = read_hex(&at, expected);
		assert_int_equal(program_encode(&p, got), size);
		assert_memory_equal(got, expected, size);
		for (i = 0; i < p.count; i++)
			seen |= 1u << p.records[i].op;
	}
	fclose(in);
	assert_int_equal(lines, GOLDEN_LINES);
	assert_int_equal(seen, (1u << OP_COUNT) - 1);
}

/* The example in docs/programs.md is a program. */
static void test_description(void **state)
{
	static char text[TEXT_BYTES];
	FILE *out = fmemopen(text, sizeof(text), "w");
	struct parse_error error;
	struct program p;
	char *example;

	(void)state;
	assert_non_null(out);
	describe_format(out);
	fclose(out);
	example = strstr(text, "\n" FIRST);
	assert_non_null(example);
	example++;
	assert_true(program_parse(&p, example, (size_t)(strstr(example, "```") - example), &error));
	assert_true(p.count > 5);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ops),	    cmocka_unit_test(test_golden),
		cmocka_unit_test(test_sizes),	    cmocka_unit_test(test_programs),
		cmocka_unit_test(test_noise),	    cmocka_unit_test(test_broken_texts),
		cmocka_unit_test(test_description),
	};

	if (argc == 3 && !strcmp(argv[1], "--write-golden")) {
		FILE *out = fopen(argv[2], "w");

		if (!out)
			return 1;
		write_golden(out);
		return fclose(out) ? 1 : 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
