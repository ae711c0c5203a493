/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The shim's pages, zones, counters and lists.
 */
#include "tests/shim/rig.h"

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

/* A list's head, taken for the link of a page. */
static void test_no_page(void **state)
{
	struct list_head head;

	(void)state;
	list_init(&head);
	assert_false(page_trylock(link_to_page(&head), 1));
	assert_found("list.not-a-page");
	list_del(&head);
	assert_found("list.not-a-page");
}

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
		TEST(test_no_page),
		TEST(test_zones),
		TEST(test_counters),
		TEST(test_list),
		TEST(test_list_rules),
	};

	return cmocka_run_group_tests_name("pages", tests, NULL, NULL);
}
