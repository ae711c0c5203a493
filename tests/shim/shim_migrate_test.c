/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The shim's page migration, and its reset after any misuse.
 */
#include "tests/shim/rig.h"

static struct {
	bool isolate;
	int migrate;
	unsigned int calls, putbacks;
	enum migrate_mode mode; /* of the last call */
	bool touches_flag; /* the isolated one, which is not the owner's */
} owner;

static bool owner_isolate(struct page *page, isolate_mode_t mode)
{
	(void)mode;
	assert_true(page_peek_flags(page) & PG_locked);
	assert_int_equal(page_refs(page), 2);
	if (owner.touches_flag)
		page_set_flag(page, PG_movable_ops_isolated);
	return owner.isolate;
}

static int owner_migrate(struct page *target, struct page *page, enum migrate_mode mode)
{
	owner.mode = mode;
	assert_true(page_peek_flags(page) & page_peek_flags(target) & PG_locked);
	assert_int_equal(target->private, 0);
	owner.calls++;
	if (owner.touches_flag)
		page_clear_flag(page, PG_movable_ops_isolated);
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
	assert_int_equal(movable_isolate(page), ISOLATE_REFUSED);
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

/* The isolated flag is page migration's. */
static void test_flag(void **state)
{
	struct page *page = movable_page(0);

	(void)state;
	movable_register(&owner_operations);
	owner.isolate = true;
	owner.migrate = 0;
	owner.touches_flag = true;
	assert_int_equal(movable_isolate(page), ISOLATE_DONE);
	assert_found("migrate.flag");
	assert_int_equal(movable_migrate(page, 20, MIGRATE_SYNC), 0);
	assert_found("migrate.flag");
	owner.touches_flag = false;
}

static void test_positive_quirk(void **state)
{
	struct page *page = movable_page(0);

	(void)state;
	movable_register(&owner_operations);
	world.features |= QUIRK_positive_result;
	owner.isolate = true;
	assert_int_equal(movable_isolate(page), ISOLATE_DONE);
	owner.migrate = 3;
	assert_int_equal(movable_migrate(page, 20, MIGRATE_SYNC), 3);
	assert_found("");
}

/* The callbacks alone: as page migration calls them, under the locks. */
static void test_direct_calls(void **state)
{
	struct page *page = movable_page(0);

	(void)state;
	movable_register(&owner_operations);
	owner.putbacks = owner.calls = 0;
	movable_call_putback(page);
	assert_int_equal(owner.putbacks, 1);
	owner.migrate = -EBUSY;
	assert_int_equal(movable_call_migrate(page, 20, MIGRATE_SYNC_LIGHT), -EBUSY);
	assert_int_equal(owner.calls, 1);
	assert_int_equal(owner.mode, MIGRATE_SYNC_LIGHT);
	assert_true(frame_page(20)->free);
	assert_int_equal(page_refs(page), 1);
	assert_int_equal(page_peek_flags(page), PG_movable_ops);
	assert_found("");
}

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
		forget_findings();
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_isolate),
		TEST(test_migrate),
		TEST(test_flag),
		TEST(test_positive_quirk),
		TEST(test_direct_calls),
		TEST(test_reset),
	};

	return cmocka_run_group_tests_name("migrate", tests, NULL, NULL);
}
