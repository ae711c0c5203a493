/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What is left out of a differential run: exactly the records on which two
 * contracts part, and none of a program that keeps to what they have in common.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/common.h"
#include "harness/mutate.h"
#include "harness/sut.h"
#include "harness/walk.h"

#define PROGRAMS 3000

static unsigned int passed, failed;

static void judge(bool right, const char *name, const char *what)
{
	passed += right;
	failed += !right;
	if (!right)
		printf("FAIL %s: %s\n", name, what);
}

/* Programs beside what is left: a line with "-" before it is left out. */
static const struct {
	const char *name, *text;
	unsigned int quirks; /* modern and modern with these; 0: modern and classic */
} hand_written[] = {
	{ "nothing",
	  " p1 = alloc near f1\n p2 = alloc near f2\n p3 = alloc near f3\n p4 = alloc near f17\n"
	  " enqueue b0 p1\n enqueue b0 p2\n p5 = dequeue b0\n push l1 p5\n push l1 p3\n"
	  " list_enqueue b0 l1\n enqueue b0 p4\n list_dequeue b0 l0 3\n p6 = pop l0\n"
	  " hand p6 -> @1 p3\n @1 free p3\n p7 = dequeue b0\n p0 = isolate f40\n free p7\n", 0 },
	{ "moved",
	  " p0 = alloc near f1\n enqueue b0 p0\n p0 = isolate f1\n migrate p0 -> f9 host=-EBUSY\n"
	  " migrate p0 -> f9 light host=-EINVAL eagain=3\n putback p0\n p0 = isolate f1\n"
	  " migrate p0 -> f40 sync\n p3 = dequeue b0\n free p3\n", 0 },
	{ "refused",
	  " p0 = alloc near f1\n enqueue b0 p0\n p0 = isolate f1\n-migrate p0 -> f9 host=-ENOENT\n"
	  " putback p0\n p1 = dequeue b0\n", 0 },
	{ "mark",
	  " p0 = alloc near f1\n enqueue b0 p0\n p1 = dequeue b0\n p2 = isolate f1\n"
	  "-misuse putback p1\n-misuse migrate p1 -> f9\n free p1\n p2 = isolate f1\n", 0 },
	{ "locked, out",
	  " p0 = alloc near f1\n p1 = alloc near f2\n enqueue b0 p0\n enqueue b0 p1\n p2 = get f1\n"
	  " lock p2\n-list_dequeue b0 l0 2\n list_dequeue b0 l0 1\n-p4 = dequeue b0\n unlock p2\n"
	  " p4 = dequeue b0\n put p2\n", 0 },
	{ "locked, another",
	  " p0 = alloc near f1\n p1 = alloc near f2\n enqueue b0 p0\n enqueue b0 p1\n p2 = get f2\n"
	  " lock p2\n-list_dequeue b0 l0 1\n-p4 = dequeue b0\n unlock p2\n p4 = dequeue b0\n", 0 },
	{ "locked, in",
	  " p0 = alloc near f1\n p1 = get f1\n lock p1\n-enqueue b0 p0\n-misuse enqueue b0 p0\n"
	  " unlock p1\n enqueue b0 p0\n", 0 },
	{ "nested",
	  " p0 = alloc near f1\n enqueue b0 p0\n p0 = isolate f1\n p1 = alloc near f2\n"
	  "-\tmigrate p0 -> f9 host=-ENOENT\n \tputback p0\n enqueue b0 p1\n p1 = dequeue b0\n"
	  " p2 = alloc near f3\n-\tmisuse putback p1\n free p2\n", 0 },
	{ "given up",
	  " p0 = alloc near f1\n enqueue b0 p0\n p3 = dequeue b0\n misuse p0 = dequeue b0\n"
	  " misuse putback p3\n", 0 },
	{ "null callback",
	  " world no_callback=b0\n p0 = alloc near f1\n enqueue b0 p0\n p3 = isolate f1\n"
	  "-misuse migrate p3 -> f9\n putback p3\n p3 = dequeue b0\n", QUIRK_null_callback },
	{ "positive result",
	  " p0 = alloc near f1\n enqueue b0 p0\n p3 = isolate f1\n-misuse migrate p3 -> f9 host=1\n"
	  " putback p3\n p3 = dequeue b0\n", QUIRK_positive_result },
	{ "counters",
	  " p0 = alloc near f1\n enqueue b0 p0\n p3 = isolate f1\n migrate p3 -> f40\n"
	  " p3 = isolate f40\n migrate p3 -> f1 host=-ENOENT\n",
	  QUIRK_node_left | QUIRK_node_leak },
};

static unsigned int features_of(const char *name)
{
	return (sut_find(name)->features & ~(unsigned int)CALLER_FEATURES) | CALLER_7_0;
}

static void print(const struct program *p, char *text, size_t size)
{
	FILE *out = fmemopen(text, size, "w");

	if (!out)
		exit(3);
	/* MSan does not see what goes there by way of a stream. */
	memset(text, 0, size);
	program_print(out, p);
	fclose(out);
}

static void parse(struct program *p, const char *text)
{
	struct parse_error error;

	if (!program_parse(p, text, strlen(text), &error)) {
		printf("line %u: %s\n%s", error.line, error.message, text);
		exit(3);
	}
}

/* The program, and the same with nops for the lines to leave out, of which there are as many. */
static unsigned int read_lines(const char *lines, struct program *p, struct program *rest)
{
	char whole[1024] = "pinprick program 1\n", left[1024] = "pinprick program 1\n";
	unsigned int left_out = 0;

	while (*lines) {
		int size = (int)strcspn(lines, "\n");
		bool out = *lines == '-';

		sprintf(whole + strlen(whole), "%.*s\n", size - 1, lines + 1);
		if (out)
			sprintf(left + strlen(left), "%s\n", lines[1] == '\t' ? "\tnop" : "nop");
		else
			sprintf(left + strlen(left), "%.*s\n", size - 1, lines + 1);
		left_out += out;
		lines += size + 1;
	}
	parse(p, whole);
	parse(rest, left);
	return left_out;
}

static void test_lines(const char *name, const char *lines, unsigned int first, unsigned int second)
{
	static struct program p, rest;
	unsigned int left_out = read_lines(lines, &p, &rest);
	char got[2048], want[2048];

	judge(program_common(&p, (const unsigned int[2]){ first, second }) == left_out, name,
	      "another number of records is left out");
	print(&p, got, sizeof(got));
	print(&rest, want, sizeof(want));
	judge(!strcmp(got, want), name, got);
}

static void test_hand_written(void)
{
	unsigned int modern = features_of("modern"), classic = features_of("classic");

	for (size_t i = 0; i < sizeof(hand_written) / sizeof(hand_written[0]); i++) {
		const char *name = hand_written[i].name, *text = hand_written[i].text;
		unsigned int quirks = hand_written[i].quirks;
		unsigned int other = quirks ? modern | quirks : classic;

		test_lines(name, text, modern, other);
		test_lines(name, text, other, modern);
	}
}

/* Keeps to the common part: no stranger, no misuse, no -ENOENT, no lock that is refused. */
static void tame(struct record *r)
{
	r->how &= (uint8_t)~HOW_MISUSE;
	if (record_fault_kind(r) == FAULT_lock)
		r->fault = 0;
	if (record_result(r) == -ENOENT || record_result(r) > 0)
		r->rc &= 0xf0;
	if (r->op == OP_get || r->op == OP_lock || r->op == OP_unlock || r->op == OP_put)
		r->op = OP_nop;
	*r = record_canon(*r);
}

static void test_common_part(void)
{
	unsigned int features[2] = { features_of("modern"), features_of("classic") };
	struct walk walk = { .program = NULL };
	unsigned int left_out = 0, ran = 0;

	for (unsigned int i = 0; i < PROGRAMS; i++) {
		static struct program p;

		program_generate(&p, 1 + i % 64, features[i % 2], i);
		p.no_callback = 0;
		for (unsigned int r = 0; r < p.count; r++)
			tame(&p.records[r]);
		left_out += program_common(&p, features);
		walk.program = &p;
		walk_program(&walk, features[0]);
		ran += walk.ran;
	}
	judge(!left_out, "common", "something is left out that both contracts let end alike");
	judge(ran > PROGRAMS * 16, "common", "too little of the programs runs");
	printf("common: %u records ran, %u left out\n", ran, left_out);
}

int main(void)
{
	test_hand_written();
	test_common_part();
	printf("common: %u passed, %u failed\n", passed, failed);
	return failed ? 1 : 0;
}
