/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The shim by itself: no harness, no core.  Each rule is broken once, and what
 * the shim then does is what the kernel would have done.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shim/backend_single.h"
#include "shim/count.h"
#include "shim/migrate.h"
#include "shim/page_alloc.h"
#include "shim/poison.h"
#include "shim/world.h"

#define FRAMES 64u

/* The findings since they were last asked for. */
static char found[256];
static unsigned int warnings;

void observe_finding(const char *rule, const char *format, ...)
{
	(void)format;
	if (strlen(found) + strlen(rule) + 2 < sizeof(found)) {
		strcat(found, *found ? " " : "");
		strcat(found, rule);
	}
}

void observe_warning(const char *what)
{
	(void)what;
	warnings++;
}

_Noreturn void observe_bug(const char *what)
{
	fprintf(stderr, "BUG: %s\n", what);
	abort();
}

static void assert_found(const char *want)
{
	assert_string_equal(found, want);
	found[0] = 0;
}

static spinlock_t one = SPINLOCK_INIT("one"), two = SPINLOCK_INIT("two");
static struct movable_registry registry;

static int setup(void **state)
{
	(void)state;
	if (!world.pages && world_create(FRAMES))
		return 1;
	world_set_zones((const uint8_t[4]){ 0, 1, 2, 3 });
	found[0] = 0;
	warnings = 0;
	registry.offline = NULL;
	movable_registry = &registry;
	page_alloc_hook = NULL;
	page_alloc_request.near = 0;
	page_alloc_request.required = GFP_HIGHUSER;
	backend_single_switch(0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	world_reset();
	return 0;
}

static struct page *page_near(unsigned int near)
{
	page_alloc_request.near = near;
	return page_alloc(GFP_HIGHUSER);
}

static void assert_frame(const struct page *page, unsigned int frame)
{
	assert_non_null(page);
	assert_int_equal(page_frame(page), frame);
}

/* Pages. */

static void test_alloc_order(void **state)
{
	(void)state;
	assert_frame(page_near(0), 0);
	assert_frame(page_near(0), 1);
	assert_frame(page_near(7), 7);
	assert_frame(page_near(7), 8);
	assert_frame(page_near(63), 63);
	/* Around the end; a hint beyond the world counts from its start again. */
	assert_frame(page_near(63), 2);
	assert_frame(page_near(64 + 10), 10);
	assert_frame(page_alloc_target(20), 20);
	page_put(frame_page(8));
	assert_frame(page_near(7), 8);
	assert_found("");
}

static void test_alloc_fresh(void **state)
{
	struct page *page = page_near(5);

	(void)state;
	assert_int_equal(page_refs(page), 1);
	assert_int_equal(page->flags, 0);
	assert_int_equal(page->page_type, PAGE_TYPE_NONE);
	assert_int_equal(page->private, 0);
	assert_null(page->mapping);
	assert_false(page->free);
	assert_false(page->linked);
	page_set_type(page, PAGE_TYPE_OFFLINE);
	page_set_flag(page, PG_movable_ops);
	page_put(page);
	assert_true(page->free);
	/* Type and flags went when it was freed. */
	assert_int_equal(page_peek_flags(page), 0);
	assert_int_equal(page_peek_type(page), PAGE_TYPE_NONE);
	assert_found("");
}

static void test_alloc_exhaustion(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < FRAMES; i++)
		assert_frame(page_near(40), (40 + i) % FRAMES);
	assert_null(page_near(0));
	assert_null(page_alloc_target(33));
	page_put(frame_page(17));
	assert_frame(page_near(40), 17);
	assert_null(page_near(40));
	assert_found("");
}

static unsigned int hooks;

static void count_hook(void)
{
	hooks++;
}

static void test_alloc_rules(void **state)
{
	struct page *page;

	(void)state;
	assert_non_null(page_alloc(GFP_HIGHUSER | GFP_NOWARN));
	assert_found("alloc.flags");
	hooks = 0;
	page_alloc_hook = count_hook;
	page_near(0);
	page_alloc_target(0); /* migration's own allocation runs nobody's ops */
	assert_int_equal(hooks, 1);
	page = page_near(0);
	page->private = 1;
	page->mapping = page;
	page->linked = true;
	assert_true(page_trylock(page, PAGE_LOCK_STRANGER));
	page_put(page);
	assert_found("page.free-locked page.free-private page.free-mapping page.free-linked");
	assert_true(page->free);
}

static void test_references(void **state)
{
	struct page *page = page_near(3);

	(void)state;
	assert_true(page_get_unless_zero(page));
	page_get(page);
	assert_int_equal(page_refs(page), 3);
	page_put(page);
	page_put(page);
	page_put(page);
	assert_true(page->free);
	assert_false(page_get_unless_zero(page));
	assert_int_equal(page_refs(page), 0);
	assert_found("");
	page_put(page);
	assert_found("page.ref-underflow");
	page_get(page);
	assert_found("poison.use-after-free");
}

static void test_type(void **state)
{
	struct page *page = page_near(3);

	(void)state;
	page_set_type(page, PAGE_TYPE_OFFLINE);
	page_set_type(page, PAGE_TYPE_OFFLINE);
	assert_found("");
	page_set_type(page, 0xf0ffffff);
	assert_found("page.type-conflict");
	page_put(page);
	page_set_type(page, PAGE_TYPE_OFFLINE);
	assert_found("poison.use-after-free");
}

__attribute__((no_sanitize("address"))) static void scribble(struct page *page)
{
	page->content = 0;
}

static void test_write_after_free(void **state)
{
	struct page *page = page_near(3);

	(void)state;
	page_put(page);
	scribble(page);
	assert_ptr_equal(page_near(3), page);
	assert_found("poison.write-after-free");
	page_put(page);
	assert_ptr_equal(page_near(3), page);
	assert_found("");
}

static void test_page_lock(void **state)
{
	struct page *page = page_near(3);

	(void)state;
	assert_true(page_trylock(page, 1));
	assert_false(page_trylock(page, PAGE_LOCK_STRANGER));
	page_unlock(page, 1);
	page_lock(page, 1);
	assert_int_equal(world.contexts[0].pages_locked, 1);
	page_unlock(page, 1);
	assert_int_equal(world.contexts[0].pages_locked, 0);
	assert_found("");
	page_unlock(page, 1);
	assert_found("page.unlock-unlocked");
	assert_true(page_trylock(page, PAGE_LOCK_STRANGER));
	page_lock(page, 1);
	assert_found("progress.deadlock");
	page_unlock(page, 1);
	assert_found("page.unlock-other");
	assert_false(page_peek_flags(page) & PG_locked);
}

/* Zones and nodes. */

static void test_zones(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < FRAMES; i++)
		assert_int_equal(frame_page(i)->zone, i / 16);
	for (unsigned int zone = 0; zone < WORLD_ZONES; zone++) {
		assert_int_equal(world.zones[zone].node, zone / 2);
		assert_int_equal(world.zones[zone].managed, 16);
	}
	world_set_zones((const uint8_t[4]){ 2, 2, 2, 0 });
	assert_int_equal(world.zones[2].managed, 48);
	assert_int_equal(world.zones[0].managed, 16);
	assert_int_equal(world.zones[1].managed, 0);
	assert_int_equal(world.zones[3].base, 0);
	assert_int_equal(frame_page(47)->zone, 2);
	assert_int_equal(frame_page(48)->zone, 0);
}

static void test_counters(void **state)
{
	struct page *low = page_near(1), *high = page_near(50);
	unsigned long irqs;

	(void)state;
	count_event_irqs_off(EVENT_INFLATE);
	assert_found("counter.irqs-on");
	irqs = spin_lock_irqsave(&one);
	count_event_irqs_off(EVENT_INFLATE);
	assert_int_equal(irqs, 0);
	assert_int_equal(world.contexts[0].events[EVENT_INFLATE], 2);
	count_node_pages(low, 1);
	backend_single_switch(2);
	count_node_pages(high, 1);
	count_node_pages(low, -1);
	assert_int_equal(world.contexts[0].node_pages[0], 1);
	assert_int_equal(world.contexts[2].node_pages[0], -1);
	assert_int_equal(world.contexts[2].node_pages[1], 1);
	adjust_managed_page_count(high, -1);
	assert_int_equal(world.zones[3].managed, 15);
	assert_int_equal(world.total_pages, FRAMES - 1);
	assert_found("");
	page_put(low);
	count_node_pages(low, 1);
	adjust_managed_page_count(low, 1);
	assert_found("poison.use-after-free poison.use-after-free");
}

/* Lists. */

static void test_list(void **state)
{
	struct page *a = page_near(0), *b = page_near(0);
	struct list_head head;

	(void)state;
	list_init(&head);
	assert_true(list_empty(&head));
	list_add(&a->lru, &head);
	list_add(&b->lru, &head);
	assert_ptr_equal(head.next, &b->lru);
	assert_ptr_equal(head.prev, &a->lru);
	list_del(&b->lru);
	assert_ptr_equal(b->lru.next, LIST_POISON_NEXT);
	assert_ptr_equal(b->lru.prev, LIST_POISON_PREV);
	list_add_tail(&b->lru, &head);
	assert_ptr_equal(head.prev, &b->lru);
	list_del(&a->lru);
	list_del(&b->lru);
	assert_true(list_empty(&head));
	assert_found("");
}

static void test_list_rules(void **state)
{
	struct page *a = page_near(0), *b = page_near(0);
	struct list_head head, copy, nothing = { NULL, NULL };

	(void)state;
	list_init(&head);
	list_del(&a->lru);
	assert_found("list.not-linked");
	list_add(&a->lru, &nothing);
	assert_found("list.uninitialised");
	list_add(&a->lru, &head);
	list_add(&a->lru, &head);
	assert_found("list.double-add");
	copy = head;
	list_add(&b->lru, &copy);
	assert_found("list.corrupt");
	assert_false(b->linked);
	/* Nothing of that was done: the list is as it was. */
	assert_ptr_equal(head.next, &a->lru);
	assert_ptr_equal(a->lru.next, &head);
	head.prev = &copy;
	list_del(&a->lru);
	assert_found("list.corrupt");
	/* Not unlinked, but poisoned all the same. */
	assert_ptr_equal(head.next, &a->lru);
	assert_ptr_equal(a->lru.next, LIST_POISON_NEXT);
	assert_false(a->linked);
}

/* Spinlocks and interrupts. */

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
	world.steps = 0;
	for (unsigned int i = 0; i < WORLD_STEPS; i++) {
		spin_lock(&one);
		spin_unlock(&one);
	}
	assert_found("");
	spin_lock(&one);
	assert_found("progress.steps");
}

/* Fault points. */

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

/* Page migration. */

static struct {
	bool isolate;
	int migrate;
	unsigned int calls, putbacks;
} owner;

static bool owner_isolate(struct page *page, isolate_mode_t mode)
{
	(void)mode;
	assert_true(page_peek_flags(page) & PG_locked);
	assert_int_equal(page_refs(page), 2);
	return owner.isolate;
}

static int owner_migrate(struct page *target, struct page *page, enum migrate_mode mode)
{
	assert_int_equal(mode, MIGRATE_SYNC);
	assert_true(page_peek_flags(page) & page_peek_flags(target) & PG_locked);
	assert_int_equal(target->private, 0);
	owner.calls++;
	return owner.migrate;
}

static void owner_putback(struct page *page)
{
	assert_true(page_peek_flags(page) & PG_locked);
	owner.putbacks++;
}

static const struct movable_operations owner_operations = { owner_isolate, owner_migrate,
							    owner_putback };

static struct page *movable_page(unsigned int near)
{
	struct page *page = page_near(near);

	page_set_type(page, PAGE_TYPE_OFFLINE);
	page_set_flag(page, PG_movable_ops);
	return page;
}

static void test_isolate(void **state)
{
	struct page *page = movable_page(0), *plain = page_near(9);

	(void)state;
	assert_int_equal(movable_isolate(page), ISOLATE_NOT_MOVABLE);
	assert_int_equal(warnings, 1);
	assert_int_equal(movable_register(&owner_operations), 0);
	assert_int_equal(movable_register(&owner_operations), -EBUSY);
	owner.isolate = false;
	assert_int_equal(movable_isolate(page), ISOLATE_REFUSED);
	assert_int_equal(page_refs(page), 1);
	owner.isolate = true;
	assert_true(page_trylock(page, PAGE_LOCK_STRANGER));
	assert_int_equal(movable_isolate(page), ISOLATE_LOCKED);
	page_unlock(page, PAGE_LOCK_STRANGER);
	assert_int_equal(movable_isolate(page), ISOLATE_DONE);
	assert_int_equal(page_refs(page), 2);
	assert_int_equal(movable_isolate(page), ISOLATE_TAKEN);
	movable_putback(page);
	assert_int_equal(page_refs(page), 1);
	assert_int_equal(owner.putbacks, 1);
	assert_int_equal(movable_isolate(plain), ISOLATE_NOT_MOVABLE);
	assert_int_equal(movable_isolate(frame_page(33)), ISOLATE_NOT_MOVABLE);
	assert_found("");
}

static void test_migrate(void **state)
{
	struct page *page = movable_page(0), *target = frame_page(20);

	(void)state;
	movable_register(&owner_operations);
	owner.isolate = true;
	assert_int_equal(movable_isolate(page), ISOLATE_DONE);
	owner.calls = 0;
	owner.migrate = -EAGAIN;
	assert_int_equal(movable_migrate(page, 20, MIGRATE_SYNC), -EAGAIN);
	assert_int_equal(owner.calls, MIGRATE_PASSES);
	owner.migrate = -EBUSY;
	assert_int_equal(movable_migrate(page, 20, MIGRATE_SYNC), -EBUSY);
	assert_int_equal(owner.calls, MIGRATE_PASSES + 1);
	/* Still isolated, unlocked, and the target is free again. */
	assert_int_equal(page_refs(page), 2);
	assert_int_equal(page_peek_flags(page), PG_movable_ops | PG_movable_ops_isolated);
	assert_true(target->free);
	assert_found("");
	owner.migrate = 3;
	assert_int_equal(movable_migrate(page, 20, MIGRATE_SYNC), 3);
	assert_found("migrate.result");
	owner.migrate = 0;
	assert_int_equal(movable_migrate(page, 20, MIGRATE_SYNC), 0);
	assert_int_equal(page_refs(page), 1);
	assert_int_equal(page_peek_flags(page), PG_movable_ops);
	assert_found("");
	movable_putback(page);
	assert_found("migrate.flag");
}

/* Reset. */

#define PAGE_BYTES (FRAMES * sizeof(struct page))

/* The page array, free pages and all. */
__attribute__((no_sanitize("address"))) static void snapshot(unsigned char *bytes)
{
	const volatile unsigned char *from = (const volatile unsigned char *)world.pages;

	for (size_t i = 0; i < PAGE_BYTES; i++)
		bytes[i] = from[i];
}

static uint64_t random_state = 1;

static unsigned int random_below(unsigned int n)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned int)(random_state >> 33) % n;
}

static struct list_head heads[2];

static void misuse_fields(struct page *page, unsigned int owner_index)
{
	page_set_type(page, random_below(2) ? PAGE_TYPE_OFFLINE : 0xf0ffffff);
	page_set_flag(page, PG_movable_ops);
	page_trylock(page, owner_index);
	page->private = random_below(2);
	adjust_managed_page_count(page, -2);
	count_node_pages(page, 1);
	if (!page->linked)
		list_add(&page->lru, &heads[random_below(2)]);
}

/* Anything, right or wrong, but freeing a page whose neighbours are still to be used. */
static void misuse(struct page *page)
{
	unsigned int owner_index = random_below(2) ? 1 : PAGE_LOCK_STRANGER;
	spinlock_t *lock = random_below(2) ? &one : &two;

	backend_single_switch(random_below(WORLD_CONTEXTS));
	switch (random_below(12)) {
	case 0:
		page_near(random_below(FRAMES));
		break;
	case 1:
		if (!page->linked || page_refs(page) > 1)
			page_put(page);
		break;
	case 2:
		page_get_unless_zero(page);
		break;
	case 3:
		spin_lock_irqsave(lock);
		break;
	case 4:
		spin_unlock(lock);
		break;
	case 5:
		page_unlock(page, owner_index);
		break;
	case 6:
		count_event_irqs_off((enum balloon_event)random_below(EVENT_COUNT));
		break;
	case 7:
		context_self()->irq_depth++;
		break;
	default:
		if (!page->free)
			misuse_fields(page, owner_index);
		else if (world.touched[0] & (uint64_t)1 << page_frame(page))
			scribble(page);
	}
}

static void test_reset(void **state)
{
	static unsigned char before[PAGE_BYTES], after[PAGE_BYTES];
	static struct world fresh;

	(void)state;
	world_free();
	assert_int_equal(world_create(FRAMES), 0);
	snapshot(before);
	fresh = world;
	for (unsigned int round = 0; round < 300; round++) {
		list_init(&heads[0]);
		list_init(&heads[1]);
		for (unsigned int i = 0; i < 200; i++)
			misuse(frame_page(random_below(FRAMES)));
		found[0] = 0;
		world_reset();
		/* What lies beyond held_count means nothing. */
		for (unsigned int i = 0; i < WORLD_CONTEXTS; i++)
			memset(world.contexts[i].held, 0, sizeof(world.contexts[i].held));
		snapshot(after);
		assert_memory_equal(before, after, PAGE_BYTES);
		assert_memory_equal(world.contexts, fresh.contexts, sizeof(world.contexts));
		assert_memory_equal(world.zones, fresh.zones, sizeof(world.zones));
		assert_memory_equal(world.lock_order, fresh.lock_order, sizeof(world.lock_order));
		assert_int_equal(world.lock_classes, 0);
		assert_int_equal(world.total_pages, FRAMES);
		assert_memory_equal(world.free_map, &(uint64_t){ ~(uint64_t)0 }, 8);
		assert_memory_equal(world.touched, &(uint64_t){ 0 }, 8);
		assert_int_equal(one.owner | two.owner | one.class | two.class, 0);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_alloc_order),
		TEST(test_alloc_fresh),
		TEST(test_alloc_exhaustion),
		TEST(test_alloc_rules),
		TEST(test_references),
		TEST(test_type),
		TEST(test_write_after_free),
		TEST(test_page_lock),
		TEST(test_zones),
		TEST(test_counters),
		TEST(test_list),
		TEST(test_list_rules),
		TEST(test_irq_nesting),
		TEST(test_lock_holder),
		TEST(test_lock_order),
		TEST(test_lock_irq),
		TEST(test_sleep),
		TEST(test_too_many_locks),
		TEST(test_steps),
		TEST(test_faults),
		TEST(test_isolate),
		TEST(test_migrate),
		TEST(test_reset),
	};

	return cmocka_run_group_tests_name("shim", tests, NULL, NULL);
}
