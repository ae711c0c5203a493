/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The shim's spinlocks, interrupt state and fault points.
 */
#include "tests/shim/rig.h"

static void test_irq_nesting(void **state)
{
	const struct context *self = context_self();
	unsigned long outer, inner;

	(void)state;
	outer = spin_lock_irqsave(&one);
	assert_int_equal(outer, 0);
	assert_true(self->irqs_off);
	lock_assert_held(&one);
	inner = spin_lock_irqsave(&two);
	assert_int_equal(inner, 1);
	assert_int_equal(self->held_count, 2);
	spin_unlock_irqrestore(&two, inner);
	assert_true(self->irqs_off);
	spin_unlock_irqrestore(&one, outer);
	assert_false(self->irqs_off);
	lock_check_idle();
	/* Released in the other order. */
	outer = spin_lock_irqsave(&one);
	inner = spin_lock_irqsave(&two);
	spin_unlock_irqrestore(&one, outer);
	assert_ptr_equal(self->held[0], &two);
	assert_found("");
	assert_int_equal(inner, 1);
}

static void test_lock_holder(void **state)
{
	unsigned long irqs = spin_lock_irqsave(&one);

	(void)state;
	spin_lock(&one);
	assert_found("lock.recursion");
	backend_single_switch(1);
	lock_assert_held(&one);
	assert_found("lock.not-held");
	spin_unlock(&one);
	assert_found("lock.release-other");
	spin_lock(&one);
	assert_found("progress.deadlock");
	spin_unlock(&one);
	backend_single_switch(0);
	spin_unlock(&one);
	assert_found("lock.release-unheld");
	spin_lock(&two);
	spin_unlock_irqrestore(&two, irqs);
	assert_found("lock.irq-restore");
	spin_lock(&two);
	lock_check_idle();
	assert_found("lock.left-held");
}

static void test_lock_order(void **state)
{
	struct page *page = page_near(0);

	(void)state;
	spin_lock(&one);
	spin_lock(&two);
	spin_unlock(&two);
	spin_unlock(&one);
	spin_lock(&two);
	assert_found("");
	spin_lock(&one);
	assert_found("lock.order");
	spin_unlock(&one);
	spin_unlock(&two);
	/* Inside the page lock is right; a trylock waits for nobody and has no order. */
	page_lock(page, 1);
	spin_lock(&one);
	spin_unlock(&one);
	page_unlock(page, 1);
	spin_lock(&one);
	assert_true(page_trylock(page, 1));
	assert_found("");
	page_unlock(page, 1);
	page_lock(page, 1);
	assert_found("lock.sleep lock.order");
}

static void test_lock_irq(void **state)
{
	struct context *self = context_self();

	(void)state;
	spin_unlock_irqrestore(&one, spin_lock_irqsave(&one));
	self->irq_depth = 1;
	self->irqs_off = true;
	spin_lock(&one);
	spin_unlock(&one);
	lock_check_idle();
	assert_found("");
	self->irq_depth = 0;
	lock_check_idle();
	assert_found("lock.irqs-left");
	self->irqs_off = false;
	spin_lock(&one);
	assert_found("lock.irq-unsafe");
}

static void test_sleep(void **state)
{
	struct context *self = context_self();

	(void)state;
	might_sleep("a test");
	assert_found("");
	spin_lock(&one);
	might_sleep("a test");
	assert_found("lock.sleep");
	spin_unlock(&one);
	self->irqs_off = true;
	assert_non_null(page_alloc(GFP_HIGHUSER));
	assert_found("lock.sleep");
	assert_non_null(page_alloc_target(0));
	assert_found("lock.sleep");
	self->irqs_off = false;
	self->irq_depth = 1;
	page_lock(frame_page(0), 1);
	assert_found("lock.sleep");
}

static void test_too_many_locks(void **state)
{
	static spinlock_t many[LOCK_CLASSES];

	(void)state;
	for (unsigned int i = 0; i < LOCK_CLASSES; i++) {
		assert_found("");
		spin_lock(&many[i]);
		spin_unlock(&many[i]);
	}
	assert_found("lock.too-many");
}

static void test_steps(void **state)
{
	(void)state;
	context_self()->steps = 0;
	for (unsigned int i = 0; i < WORLD_STEPS; i++) {
		spin_lock(&one);
		spin_unlock(&one);
	}
	assert_found("");
	spin_lock(&one);
	assert_found("progress.steps");
}

static void test_faults(void **state)
{
	struct fault_plan plan = { FAULT_POINT_LOCK, 2, false };
	struct page *page = page_near(0);

	(void)state;
	assert_false(fault_point(FAULT_POINT_LOCK, "no plan"));
	context_self()->plan = &plan;
	assert_false(fault_point(FAULT_POINT_LOCK, "0"));
	assert_false(fault_point(FAULT_POINT_REF, "another kind"));
	assert_false(fault_point(FAULT_POINT_LOCK, "1"));
	backend_single_switch(1);
	assert_false(fault_point(FAULT_POINT_LOCK, "another context"));
	backend_single_switch(0);
	assert_false(page_trylock(page, 1));
	assert_true(plan.fired);
	assert_true(page_trylock(page, 1));
	plan = (struct fault_plan){ FAULT_POINT_REF, 0, false };
	assert_false(page_get_unless_zero(page));
	assert_int_equal(page_refs(page), 1);
	assert_true(page_get_unless_zero(page));
	plan = (struct fault_plan){ FAULT_POINT_ALLOC, 1, false };
	assert_non_null(page_near(0));
	assert_null(page_alloc_target(0));
	assert_non_null(page_near(0));
	assert_found("");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_irq_nesting),
		TEST(test_lock_holder),
		TEST(test_lock_order),
		TEST(test_lock_irq),
		TEST(test_sleep),
		TEST(test_too_many_locks),
		TEST(test_steps),
		TEST(test_faults),
	};

	return cmocka_run_group_tests_name("locks", tests, NULL, NULL);
}
