/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The stand-ins for <linux/...> that check what the kernel does not: each rule
 * is broken once, and what is allowed is not reported.
 */
#include "tests/shim/rig.h"

/* The C library has its own. */
#undef __always_inline
#include "shim/linux/differs.h"

static struct balloon {
	spinlock_t lock;
	struct list_head pages;
} balloon;

static unsigned long irqs;

static struct page *start(unsigned int features)
{
	world.features = features;
	spin_lock_init(&balloon.lock);
	INIT_LIST_HEAD(&balloon.pages);
	return page_near(0);
}

static void lock(void)
{
	spin_lock_irqsave(&balloon.lock, irqs);
}

static void unlock(void)
{
	spin_unlock_irqrestore(&balloon.lock, irqs);
}

static void test_owner_by_balloon_lock(void **state)
{
	struct page *page = start(FEATURE_sticky_type);

	(void)state;
	set_page_private(page, 1);
	assert_found("lock.not-held");
	lock();
	set_page_private(page, 0);
	unlock();
	assert_found("");
}

static void test_owner_by_page_lock(void **state)
{
	struct page *page = start(FEATURE_page_lock);

	(void)state;
	lock();
	set_page_private(page, 0);
	assert_found("lock.page-not-held");
	assert_true(trylock_page(page));
	assert_false(trylock_page(page));
	assert_true(PageLocked(page));
	set_page_private(page, 0);
	unlock_page(page);
	unlock();
	assert_false(PageLocked(page));
	assert_found("");
}

static void test_type(void **state)
{
	struct page *page = start(FEATURE_page_lock);

	(void)state;
	lock_page(page);
	__SetPageOffline(page);
	assert_found("lock.not-held");
	lock();
	__SetPageOffline(page);
	assert_found("page.type-unpaired");
	unlock();
	assert_true(PageOffline(page));
	__ClearPageOffline(page);
	assert_false(PageOffline(page));
	__ClearPageOffline(page);
	assert_found("page.type-unpaired");
	unlock_page(page);
	lock();
	__SetPageBalloon(page);
	__ClearPageBalloon(page);
	assert_found("lock.page-not-held");
	unlock();
}

static void test_mark(void **state)
{
	struct page *page = start(FEATURE_page_lock | FEATURE_mapping_mark);

	(void)state;
	lock();
	__SetPageMovable(page, &balloon);
	assert_found("lock.page-not-held");
	assert_true(trylock_page(page));
	__ClearPageMovable(page);
	assert_true(__PageMovable(page));
	assert_false(PageMovable(page));
	unlock();
	__SetPageMovable(page, &balloon);
	assert_found("lock.not-held");
	assert_true(PageMovable(page));
	unlock_page(page);
	start(FEATURE_sticky_type);
	SetPageMovableOps(page);
	assert_found("lock.not-held");
	assert_true(PageMovableOps(page));
}

static void test_references(void **state)
{
	struct page *page = start(FEATURE_sticky_type);

	(void)state;
	get_page(page);
	assert_found("");
	lock();
	set_page_private(page, 1);
	get_page(page);
	put_page(page);
	assert_found("lock.put");
	unlock();
	get_page(page);
	assert_found("lock.not-held");
	assert_int_equal(page_count(page), 3);
}

static void test_free_page(void **state)
{
	struct page *page = start(FEATURE_sticky_type);
	unsigned long owner;

	(void)state;
	put_page(page);
	/* So that the report is the shim's, not ASan's. */
	memory_allow(&page->private, sizeof(page->private));
	owner = page->private;
	lock();
	set_page_private(page, owner);
	assert_found("poison.use-after-free");
	/* Before its owner is read, and when the reference is taken. */
	get_page(page);
	unlock();
	assert_found("poison.use-after-free poison.use-after-free");
}

static void test_lists(void **state)
{
	struct page *a = start(FEATURE_sticky_type), *b = page_near(1), *page, *next;
	struct list_head own;
	unsigned int seen = 0;

	(void)state;
	list_init(&own);
	list_add(&a->lru, &own);
	list_del(&a->lru);
	assert_found("");
	world.devices = &balloon;
	world.devices_size = sizeof(balloon);
	list_add(&a->lru, &balloon.pages);
	assert_found("lock.not-held");
	adjust_managed_page_count(a, 1);
	assert_found("lock.not-held");
	inc_node_page_state(a, NR_BALLOON_PAGES);
	assert_found("lock.not-held");
	list_del(&a->lru);
	assert_found("lock.not-held");
	lock();
	list_add(&a->lru, &balloon.pages);
	list_add_tail(&b->lru, &balloon.pages);
	assert_ptr_equal(list_first_entry(&balloon.pages, struct page, lru), a);
	list_move(&b->lru, &balloon.pages);
	assert_ptr_equal(list_first_entry(&balloon.pages, struct page, lru), b);
	list_for_each_entry(page, &balloon.pages, lru)
		seen = seen * 8 + page_frame(page) + 1;
	assert_int_equal(seen, 021);
	list_for_each_entry_mutable(page, &balloon.pages, lru) {
		if (page == a)
			continue;
		list_del(&page->lru);
	}
	list_for_each_entry_safe(page, next, &balloon.pages, lru)
		list_del(&page->lru);
	assert_true(list_empty(&balloon.pages));
	assert_null(list_first_entry_or_null(&balloon.pages, struct page, lru));
	assert_found("");
	(void)list_first_entry(&balloon.pages, struct page, lru);
	assert_found("list.not-a-page");
	list_del(&a->lru);
	assert_found("list.not-linked");
	unlock();
	world.devices_size = 0;
}

static void test_counters(void **state)
{
	struct page *page = start(FEATURE_sticky_type);

	(void)state;
	__count_vm_event(BALLOON_INFLATE);
	assert_found("counter.irqs-on");
	count_vm_event(BALLOON_INFLATE);
	__inc_node_page_state(page, NR_BALLOON_PAGES);
	assert_found("counter.irqs-on");
	mod_node_page_state(page_pgdat(page), NR_BALLOON_PAGES, 2);
	dec_node_page_state(page, NR_BALLOON_PAGES);
	lock();
	__count_vm_events(BALLOON_INFLATE, 2);
	__dec_node_page_state(page, NR_BALLOON_PAGES);
	__mod_node_page_state(page_pgdat(page), NR_BALLOON_PAGES, 4);
	unlock();
	assert_found("");
	assert_int_equal(context_self()->events[EVENT_INFLATE], 4);
	assert_int_equal(context_self()->node_pages[0], 5);
	/* Each of them by itself needs interrupts off. */
	__count_vm_events(BALLOON_INFLATE, 1);
	assert_found("counter.irqs-on");
	__dec_node_page_state(page, NR_BALLOON_PAGES);
	assert_found("counter.irqs-on");
	__mod_node_page_state(page_pgdat(page), NR_BALLOON_PAGES, 1);
	assert_found("counter.irqs-on");
}

static void test_locks(void **state)
{
	(void)state;
	start(FEATURE_sticky_type);
	lockdep_assert_held(&balloon.lock);
	assert_found("lock.not-held");
	might_sleep();
	lock();
	lockdep_assert_held(&balloon.lock);
	assert_found("");
	cond_resched();
	assert_found("lock.sleep");
	/* The form that turns interrupts on, where they were off. */
	unlock();
	context_self()->irqs_off = true;
	spin_lock_irq(&balloon.lock);
	spin_unlock_irq(&balloon.lock);
	assert_found("lock.irq-restore");
}

static void test_reports(void **state)
{
	(void)state;
	start(FEATURE_sticky_type);
	assert_false(WARN_ON_ONCE(0));
	for (unsigned int i = 0; i < 2; i++)
		assert_true(WARN_ON_ONCE(1 == 1));
	assert_int_equal(warnings, 2);
	BUG_ON(warnings != 2);
	VM_BUG_ON_PAGE(false, NULL);
}

static void bug(void)
{
	BUG();
}

static void bug_of_a_page(void)
{
	VM_BUG_ON_PAGE(world.frames, NULL);
}

static void test_bugs(void **state)
{
	(void)state;
	start(FEATURE_sticky_type);
	assert_true(gives_up(bug));
	assert_true(gives_up(bug_of_a_page));
	assert_found("");
	lock();
	assert_true(gives_up(bug));
	assert_found("lock.report");
	world.features |= QUIRK_bug_under_lock;
	assert_true(gives_up(bug_of_a_page));
	assert_found("");
	unlock();
}

static void test_allocation(void **state)
{
	(void)state;
	start(FEATURE_sticky_type);
	context_self()->request.required = GFP_HIGHUSER | GFP_MOVABLE | GFP_NOWARN;
	assert_non_null(alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_NOWARN));
	assert_found("");
	assert_non_null(alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_NOWARN | __GFP_ZERO));
	assert_found("alloc.flags");
}

#define CONFIG_TEST_SET 1

static void test_configuration(void **state)
{
	(void)state;
	assert_true(IS_ENABLED(CONFIG_TEST_SET));
	assert_true(IS_ENABLED(CONFIG_BALLOON));
	assert_false(IS_ENABLED(CONFIG_TEST_NOT_SET));
	assert_false(IS_ENABLED(CONFIG_BALLOON_MIGRATION));
}

static int initcall_of_test(void)
{
	return set_movable_ops(NULL, PGTY_offline + 1);
}
core_initcall(initcall_of_test);

static void test_start(void **state)
{
	(void)state;
	assert_ptr_equal(kernel_initcall, initcall_of_test);
	assert_int_equal(kernel_initcall(), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_owner_by_balloon_lock), TEST(test_owner_by_page_lock), TEST(test_type),
		TEST(test_mark), TEST(test_references), TEST(test_free_page), TEST(test_lists),
		TEST(test_counters),
		TEST(test_locks), TEST(test_reports), TEST(test_bugs), TEST(test_allocation),
		TEST(test_configuration), TEST(test_start)
	};

	return cmocka_run_group_tests_name("shim_linux", tests, NULL, NULL);
}
