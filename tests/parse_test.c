/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The text form as people write it: what the parser lets pass, and what it
 * says of the rest, to the column.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/program.h"

#define FIRST "pinprick program 1\n"

/* Texts that are not as the printer writes them, and what it makes of them. */
static void test_liberties(void **state)
{
	static const char *const texts[][2] = {
		{ FIRST, FIRST },
		{ "pinprick program 1", FIRST },
		{ "pinprick program\t 1 # as is\r\n\r\n \t\r\n# x\n", FIRST },
		{ FIRST "seed 0xAB\nworld devices=2 adjust=b1,b0\n",
		  FIRST "world devices=2 adjust=b0,b1\nseed 0xab\n" },
		{ FIRST "world devices=3 adjust=b2 no_callback=b1 zones=3,3,0,1\nseed 0xffffffff\n",
		  FIRST
		  "world devices=3 adjust=b2 no_callback=b1 zones=3,3,0,1\nseed 0xffffffff\n" },
		{ FIRST "world\nseed 0x0\n", FIRST },
		{ FIRST "  \tirq  free\tp007#x\r\n", FIRST "\tirq free p7\n" },
		{ FIRST "@0 p1 = alloc near f0\nmigrate p1 -> f2 async host=0 eagain=0",
		  FIRST "p1 = alloc\nmigrate p1 -> f2\n" },
		{ FIRST "@3 irq misuse migrate p15 -> f255 no_copy host=-ENOENT eagain=15 "
			"fault=callback:32\n",
		  FIRST "@3 irq misuse migrate p15 -> f255 no_copy host=-ENOENT eagain=15 "
			"fault=callback:32\n" },
		{ FIRST "migrate p1 -> f2 host=1\n @2 nop\n",
		  FIRST "migrate p1 -> f2 host=1\n\t@2 nop\n" },
	};
	struct parse_error error;
	struct program p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char text[200] = "";
		FILE *out = fmemopen(text, sizeof(text), "w");

		assert_non_null(out);
		if (!program_parse(&p, texts[i][0], strlen(texts[i][0]), &error))
			fail_msg("%zu: %u:%u: %s", i, error.line, error.column, error.message);
		program_print(out, &p);
		fclose(out);
		assert_string_equal(text, texts[i][1]);
	}
}

static void check_error(const char *text, size_t size, unsigned int line, unsigned int column,
			const char *message)
{
	char *copy = malloc(size); /* exactly as large, for ASan */
	struct parse_error error;
	struct program p;

	assert_non_null(memcpy(copy, text, size));
	assert_false(program_parse(&p, copy, size, &error));
	free(copy);
	assert_string_equal(error.message, message);
	assert_int_equal(error.line, line);
	assert_int_equal(error.column, column);
}

static const struct {
	const char *text; /* after the first line, which is line 1 */
	unsigned int line, column;
	const char *message;
} errors[] = {
	{ "\n enqeue b0 p0", 3, 2, "unknown op 'enqeue' (did you mean 'enqueue'?)" },
	{ "@1 p3 = dequeu b1", 2, 9, "unknown op 'dequeu' (did you mean 'dequeue'?)" },
	{ "frobnicate\xff p1", 2, 1, "unknown op 'frobnicate?'" },
	{ "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 2, 1,
	  "unknown op 'xxxxxxxxxxxxxxxxxxxxxxxx'" },
	{ "@1 irq", 2, 7, "expected an op" },
	{ "p1 = # alloc", 2, 5, "expected an op" },
	{ "irq @1 nop", 2, 5, "unexpected '@1': the order is @N, irq, misuse, op" },
	{ "free p16", 2, 6, "register p16: 0 to 15" },
	{ "free p99999999999999999999999", 2, 6, "register p99999999999999999999999: 0 to 15" },
	{ "enqueue b4 p1", 2, 9, "device b4: 0 to 3" },
	{ "push l4 p1", 2, 6, "list l4: 0 to 3" },
	{ "p1 = get f256", 2, 10, "frame f256: 0 to 255" },
	{ "list_dequeue b0 l0 256", 2, 20, "number 256: 0 to 255" },
	{ "@4 nop", 2, 1, "context @4: 0 to 3" },
	{ "@ nop", 2, 1, "expected a context, @0 to @3" },
	{ "free b1", 2, 6, "expected a register, p0 to p15, as in 'free p1'" },
	{ "free p", 2, 6, "expected a register, p0 to p15, as in 'free p1'" },
	{ "enqueue b0", 2, 11, "expected a register, p0 to p15, as in 'enqueue b1 p1'" },
	{ "migrate p1 f1", 2, 12, "expected '->', as in 'migrate p1 -> f1 light'" },
	{ "migrate p1 -> f1 fast", 2, 18, "unknown mode 'fast': one of async light sync no_copy" },
	{ "p1 = free p2", 2, 1, "expected 'free', as in 'free p1'" },
	{ "alloc", 2, 1, "expected a register, p0 to p15, as in 'p1 = alloc near f1'" },
	{ "free p1 p2", 2, 9,
	  "unexpected 'p2': only fault= may follow, no driver "
	  "callback runs" },
	{ "free p1 host=-EIO", 2, 9,
	  "unexpected 'host=-EIO': only fault= may follow, "
	  "no driver callback runs" },
	{ "migrate p1 -> f1 fault=ref:1 host=0", 2, 30,
	  "unexpected 'host=0': only host= eagain= fault= may follow, in this order" },
	{ "migrate p1 -> f1 host=-EPERM", 2, 23,
	  "unknown result '-EPERM': one of 0 -EAGAIN -EBUSY -ENOENT -ENOMEM -EINVAL "
	  "-EIO 1" },
	{ "migrate p1 -> f1 eagain=16", 2, 25, "eagain '16': 0 to 15" },
	{ "free p1 fault=io:1", 2, 15, "unknown fault 'io': one of alloc ref lock callback" },
	{ "free p1 fault=ref", 2, 18, "expected ':' and which one of them, from 1" },
	{ "free p1 fault=ref:0", 2, 19, "fault '0': 1 to 32" },
	{ "free p1 fault=ref:33", 2, 19, "fault '33': 1 to 32" },
	{ "\tirq nop", 2, 2, "'nop' takes no irq, misuse or fault=" },
	{ "nop\n\nworld devices=2", 4, 1, "'world' stands once, before the first op" },
	{ "seed 0x1\nseed 0x2", 3, 1, "'seed' stands once, before the first op" },
	{ "seed 12", 2, 6, "seed '12': 0x and 1 to 8 hex digits" },
	{ "seed 0x123456789", 2, 6, "seed '0x123456789': 0x and 1 to 8 hex digits" },
	{ "seed 0x1 2", 2, 10, "unexpected '2'" },
	{ "world devices=4", 2, 15, "devices '4': 1 to 3" },
	{ "world devices=2 adjust=b0,b2", 2, 27, "device b2: this world has 2" },
	{ "world adjust=b0,", 2, 17, "expected a device, b0 to b3" },
	{ "world zones=0,1,4,3", 2, 17, "zone '4': 0 to 3" },
	{ "world zones=0,1,2", 2, 13, "expected four zones, as in zones=0,1,2,3" },
	{ "world zones=0,1,2,3,0", 2, 13, "expected four zones, as in zones=0,1,2,3" },
	{ "world zones=0,1,2,3 devices=1", 2, 21,
	  "unexpected 'devices=1': only devices= "
	  "adjust= no_callback= zones= may follow, in this order" },
};

static void test_errors(void **state)
{
	static const char first[] = "the first line must be 'pinprick program 1'";
	static const char nul[] = FIRST "nop # a \0 b";
	char text[200];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		snprintf(text, sizeof(text), FIRST "%s\n", errors[i].text);
		check_error(text, strlen(text), errors[i].line, errors[i].column,
			    errors[i].message);
	}
	check_error("", 0, 1, 1, first);
	check_error("\n" FIRST, strlen(FIRST) + 1, 1, 1, first);
	check_error("pinprick program", 16, 1, 1, first);
	check_error("pinprick programs 1", 19, 1, 1, first);
	check_error("pinprick program 2", 18, 1, 18, "version '2': only 1 is known");
	check_error("pinprick program 1 2", 20, 1, 20, "unexpected '2'");
	check_error(nul, sizeof(nul) - 1, 2, 9, "a NUL byte: this is not text");
}

static void test_long_texts(void **state)
{
	const size_t size = (1 << 20) + 1;
	char *text = malloc(size);
	struct parse_error error;
	struct program p;
	size_t at = strlen(FIRST);
	unsigned int i;

	(void)state;
	assert_non_null(text);
	memset(text, '\n', size);
	memcpy(text, FIRST, at);
	for (i = 0; i < PROGRAM_RECORDS; i++, at += 4)
		memcpy(text + at, "nop", 3);
	assert_true(program_parse(&p, text, size - 1, &error));
	assert_int_equal(p.count, PROGRAM_RECORDS);
	check_error(text, size, 1, 1, "a text of more than 1048576 bytes");
	memcpy(text + at + 1, " x", 2);
	check_error(text, size - 1, PROGRAM_RECORDS + 3, 2, "more than 256 ops");
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_liberties),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_long_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
