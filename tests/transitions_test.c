/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The transition search: its small world finds every cell that larger ones do,
 * and no cell that cannot be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "harness/model.h"
#include "harness/mutate.h"
#include "harness/run.h"
#include "harness/transitions.h"
#include "shim/poison.h"

/* The larger searches say nothing more under a sanitizer, and take minutes there. */
#if defined(PINPRICK_ASAN) || defined(PINPRICK_MSAN) || !defined(__OPTIMIZE__)
#define SMALL_ONLY 1
#else
#define SMALL_ONLY 0
#endif

static uint8_t small[CELL_COUNT], large[CELL_COUNT];

static unsigned int features_of(const char *sut)
{
	return sut_find(sut)->features;
}

static void compare(unsigned int features, struct transition_world world)
{
	unsigned int found = transitions_possible(features, small);
	size_t states;

	if (SMALL_ONLY)
		skip();
	assert_int_equal(transitions_search(features, &world, large, &states), found);
	assert_memory_equal(small, large, sizeof(small));
	print_message("%u frames, %u devices, %u registers: %zu states, %u cells\n", world.frames,
		      world.devices, world.registers, states, found);
}

static void test_large(void **state)
{
	(void)state;
	compare(features_of("modern"), (struct transition_world){ 3, 2, 3 });
}

static void test_registers(void **state)
{
	(void)state;
	compare(features_of("modern"), (struct transition_world){ 2, 1, 4 });
}

static void test_classic(void **state)
{
	(void)state;
	compare(features_of("classic"), (struct transition_world){ 3, 2, 3 });
	compare(features_of("classic"), (struct transition_world){ 2, 1, 4 });
	compare(features_of("classic-off"), (struct transition_world){ 3, 2, 3 });
}

static void test_off(void **state)
{
	(void)state;
	compare(features_of("modern-off"), (struct transition_world){ 3, 2, 3 });
}

/* Twice the same: the search leaves nothing behind. */
static void test_again(void **state)
{
	unsigned int found = transitions_possible(features_of("modern"), small);

	(void)state;
	assert_int_equal(transitions_possible(features_of("modern"), large), found);
	assert_memory_equal(small, large, sizeof(small));
}

/* Whatever programs do, in any number of contexts, the search has found. */
static void check_programs(const char *name, unsigned int programs)
{
	static struct program p;
	static struct stats stats;
	const struct sut *sut = sut_find(name);
	struct run_options options = { 0 };
	struct verdict v;

	memset(&stats, 0, sizeof(stats));
	transitions_possible(sut_features(sut), small);
	for (unsigned int seed = 1; seed <= programs; seed++) {
		program_generate(&p, 64, sut_features(sut), seed);
		for (unsigned int i = 0; i < 4; i++)
			program_mutate(&p, sut_features(sut), seed * 4 + i);
		run_program(sut, &p, &options, &stats, &v);
		assert_string_equal(v.finding.id, "");
	}
	for (unsigned int cell = 0; cell < CELL_COUNT; cell++)
		if (stats.cells[cell] && !small[cell]) {
			transition_print(stderr, cell);
			fail_msg(" was reached on %s", name);
		}
}

static void test_programs(void **state)
{
	(void)state;
	for (unsigned int i = 0; suts[i]; i++)
		check_programs(suts[i]->name, SMALL_ONLY ? 500 : 10000);
}

static void assert_cell(unsigned int features, enum subject subject, enum op op,
			enum result_class class, bool possible)
{
	transitions_possible(features, small);
	assert_int_equal(small[cell_index(subject, op, class)], possible);
}

static void test_known(void **state)
{
	const unsigned int on = features_of("modern"), off = features_of("modern-off");
	const unsigned int classic = features_of("classic");

	(void)state;
	assert_cell(on, SUBJECT_memory, OP_alloc, CLASS_ok, true);
	assert_cell(on, SUBJECT_memory, OP_alloc, CLASS_no_memory, true);
	assert_cell(on, SUBJECT_page_isolated, OP_migrate, CLASS_gone, true);
	assert_cell(on, SUBJECT_page_isolated, OP_migrate, CLASS_again, true);
	assert_cell(on, SUBJECT_page_returned, OP_isolate, CLASS_refused, true);
	assert_cell(on, SUBJECT_device_empty, OP_dequeue, CLASS_bug, true);
	assert_cell(on, SUBJECT_device_all_isolated, OP_dequeue, CLASS_none, true);
	assert_cell(on, SUBJECT_page_moving, OP_isolate, CLASS_busy, true);
	/* An owned page is in no balloon; a free one has nothing to isolate. */
	assert_cell(on, SUBJECT_page_owned, OP_isolate, CLASS_ok, false);
	assert_cell(on, SUBJECT_page_free, OP_isolate, CLASS_ok, false);
	assert_cell(on, SUBJECT_page_free, OP_get, CLASS_ok, false);
	/* Only where everything is isolated does dequeue find nothing. */
	assert_cell(on, SUBJECT_device_holding, OP_dequeue, CLASS_none, false);
	assert_cell(on, SUBJECT_device_holding, OP_dequeue, CLASS_bug, false);
	assert_cell(on, SUBJECT_device_all_isolated, OP_dequeue, CLASS_bug, false);
	/* Without migration nothing is ever isolated. */
	assert_cell(off, SUBJECT_page_listed, OP_isolate, CLASS_not_movable, true);
	assert_cell(off, SUBJECT_page_listed, OP_isolate, CLASS_ok, false);
	assert_cell(off, SUBJECT_device_all_isolated, OP_dequeue, CLASS_none, false);
	assert_cell(off, SUBJECT_page_isolated, OP_migrate, CLASS_ok, false);
	/* In the classic contract dequeue passes over locked pages, enqueue gives up. */
	assert_cell(classic, SUBJECT_device_holding, OP_dequeue, CLASS_none, true);
	assert_cell(classic, SUBJECT_page_returned, OP_enqueue, CLASS_bug, true);
	assert_cell(on, SUBJECT_page_returned, OP_enqueue, CLASS_bug, false);
	/* And no driver can end a migration without a target. */
	assert_cell(classic, SUBJECT_page_isolated, OP_migrate, CLASS_gone, false);
	assert_cell(classic, SUBJECT_page_isolated, OP_migrate, CLASS_failed, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_large), cmocka_unit_test(test_registers),
		cmocka_unit_test(test_off),   cmocka_unit_test(test_programs),
		cmocka_unit_test(test_again), cmocka_unit_test(test_known),
		cmocka_unit_test(test_classic),
	};

	return cmocka_run_group_tests_name("transitions", tests, NULL, NULL);
}
