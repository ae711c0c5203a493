/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The mutator: its programs are canonical, nearly all of their records run, and
 * the same seed makes the same program.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/mutate.h"
#include "harness/walk.h"

#define PROGRAMS  300
#define MUTATIONS 20

static const unsigned int features[] = { 0, FEATURE_migration };

static void assert_canonical(const struct program *p)
{
	static uint8_t bytes[PROGRAM_BYTES], again[PROGRAM_BYTES];
	static struct program decoded;
	size_t size = program_encode(p, bytes);

	program_decode(&decoded, bytes, size);
	assert_int_equal(program_encode(&decoded, again), size);
	assert_memory_equal(bytes, again, size);
}

/* Per cent of p's records that would run. */
static unsigned int share_run(struct walk *total, struct program *p, unsigned int with)
{
	struct walk walk = { .program = p };

	walk_program(&walk, with);
	total->ran += walk.ran;
	total->skipped += walk.skipped;
	return total->ran * 100 / (total->ran + total->skipped + 1);
}

static void test_generated_programs_run(void **state)
{
	static struct program p;

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		struct walk total = { .ran = 0 };
		unsigned int share = 0;

		for (uint64_t seed = 0; seed < PROGRAMS; seed++) {
			program_generate(&p, 32, features[i], seed);
			assert_int_equal(p.count, 32);
			assert_canonical(&p);
			share = share_run(&total, &p, features[i]);
		}
		assert_in_range(share, 90, 100);
	}
}

static void test_mutated_programs_run(void **state)
{
	static struct program p;

	(void)state;
	for (unsigned int i = 0; i < 2; i++) {
		struct walk total = { .ran = 0 };
		unsigned int share = 0;

		for (uint64_t seed = 0; seed < PROGRAMS; seed++) {
			program_generate(&p, 16, features[i], seed);
			for (uint64_t k = 0; k < MUTATIONS; k++) {
				program_mutate(&p, features[i], seed * MUTATIONS + k);
				assert_in_range(p.count, 0, PROGRAM_RECORDS);
				assert_canonical(&p);
				share = share_run(&total, &p, features[i]);
			}
		}
		assert_in_range(share, 70, 100);
	}
}

static void test_crossed_programs(void **state)
{
	static struct program a, b, out;

	(void)state;
	for (uint64_t seed = 0; seed < PROGRAMS; seed++) {
		program_generate(&a, (unsigned int)seed % PROGRAM_RECORDS, FEATURE_migration, seed);
		program_generate(&b, PROGRAM_RECORDS, FEATURE_migration, ~seed);
		program_cross(&out, &a, &b, FEATURE_migration, seed);
		assert_in_range(out.count, 0, PROGRAM_RECORDS);
		assert_canonical(&out);
	}
}

static void test_same_seed_same_program(void **state)
{
	static struct program a, b;
	static uint8_t bytes[2][PROGRAM_BYTES];

	(void)state;
	for (uint64_t seed = 0; seed < PROGRAMS; seed++) {
		program_generate(&a, 20, FEATURE_migration, seed);
		program_generate(&b, 20, FEATURE_migration, seed);
		program_mutate(&a, FEATURE_migration, seed);
		program_mutate(&b, FEATURE_migration, seed);
		assert_int_equal(program_encode(&a, bytes[0]), program_encode(&b, bytes[1]));
		assert_memory_equal(bytes[0], bytes[1], HEADER_BYTES + a.count * RECORD_BYTES);
	}
}

static void test_empty_and_full(void **state)
{
	static struct program p;

	(void)state;
	for (uint64_t seed = 0; seed < PROGRAMS; seed++) {
		program_decode(&p, NULL, 0);
		program_mutate(&p, FEATURE_migration, seed);
		program_generate(&p, PROGRAM_RECORDS, FEATURE_migration, seed);
		program_mutate(&p, FEATURE_migration, seed);
		assert_in_range(p.count, 0, PROGRAM_RECORDS);
		assert_canonical(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_generated_programs_run),
		cmocka_unit_test(test_mutated_programs_run),
		cmocka_unit_test(test_crossed_programs),
		cmocka_unit_test(test_same_seed_same_program),
		cmocka_unit_test(test_empty_and_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
