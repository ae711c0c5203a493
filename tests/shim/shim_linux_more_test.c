/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The stand-ins for <linux/...> that patches use: guards, lists, locks, folios,
 * and what kernel code has beyond the language.
 */
#include "tests/shim/rig.h"

/* The C library has its own. */
#undef __always_inline
#include "shim/linux/differs.h"

static DEFINE_SPINLOCK(lock);
static struct list_head pages, others;

/* The pages of a list, as octal digits: frame 0 is 1. */
static unsigned int digits(struct list_head *head)
{
	struct page *page;
	unsigned int seen = 0;

	list_for_each_entry(page, head, lru)
		seen = seen * 8 + page_frame(page) + 1;
	return seen;
}

/* Three pages on one list, none on the other. */
static struct page *three(void)
{
	unsigned long irqs;

	INIT_LIST_HEAD(&pages);
	INIT_LIST_HEAD(&others);
	spin_lock_irqsave(&lock, irqs);
	for (unsigned int i = 0; i < 3; i++)
		list_add_tail(&page_near(i)->lru, &pages);
	spin_unlock_irqrestore(&lock, irqs);
	forget_findings();
	return frame_page(0);
}

static int returns_inside(bool first)
{
	scoped_guard(spinlock_irqsave, &lock) {
		lockdep_assert_held(&lock);
		if (first)
			return 1;
		return 2;
	}
}

static void test_guards(void **state)
{
	unsigned int times = 0;

	(void)state;
	{
		guard(spinlock_irqsave)(&lock);
		lockdep_assert_held(&lock);
		assert_true(irqs_disabled());
	}
	assert_false(spin_is_locked(&lock) || irqs_disabled());
	scoped_guard(spinlock, &lock) {
		assert_false(irqs_disabled());
		times++;
	}
	scoped_guard(spinlock_irq, &lock) {
		assert_true(irqs_disabled());
		if (times++)
			break;
		times = 100;
	}
	assert_int_equal(times, 2);
	assert_int_equal(returns_inside(true) + returns_inside(false), 3);
	assert_false(spin_is_locked(&lock) || irqs_disabled());
	assert_found("");
	/* They are locks like all others. */
	scoped_guard(spinlock_bh, &lock)
		might_sleep();
	assert_found("lock.sleep");
}

static void test_walks(void **state)
{
	struct page *first = three(), *page, *behind;
	struct list_head *link, *behind_link;
	unsigned int seen = 0;

	(void)state;
	list_for_each_entry_reverse(page, &pages, lru)
		seen = seen * 8 + page_frame(page) + 1;
	list_for_each_prev(link, &pages)
		seen = seen * 8 + page_frame(link_to_page(link)) + 1;
	assert_int_equal(seen, 0321321);
	seen = 0;
	page = first;
	list_for_each_entry_continue(page, &pages, lru)
		seen = seen * 8 + page_frame(page) + 1;
	assert_true(list_entry_is_head(page, &pages, lru));
	page = list_last_entry(&pages, struct page, lru);
	list_for_each_entry_continue_reverse(page, &pages, lru)
		seen = seen * 8 + page_frame(page) + 1;
	page = list_next_entry(first, lru);
	list_for_each_entry_from(page, &pages, lru)
		seen = seen * 8 + page_frame(page) + 1;
	page = list_prev_entry(list_last_entry(&pages, struct page, lru), lru);
	list_for_each_entry_from_reverse(page, &pages, lru)
		seen = seen * 8 + page_frame(page) + 1;
	assert_int_equal(seen, 023212321);
	seen = 0;
	spin_lock(&lock);
	list_for_each_entry_safe_reverse(page, behind, &pages, lru) {
		seen = seen * 8 + page_frame(page) + 1;
		list_move(&page->lru, &others);
	}
	list_for_each_prev_safe(link, behind_link, &others)
		list_move_tail(link, &pages);
	spin_unlock(&lock);
	assert_int_equal(seen, 0321);
	assert_int_equal(digits(&pages), 0321);
	page = list_first_entry(&pages, struct page, lru);
	list_for_each_entry_safe_continue(page, behind, &pages, lru)
		seen = seen * 8 + page_frame(page) + 1;
	list_for_each_entry_safe_from(first, behind, &pages, lru)
		seen = seen * 8 + page_frame(first) + 1;
	assert_int_equal(seen, 0321211);
	assert_found("");
}

static void test_looks_at_lists(void **state)
{
	struct page *first = three();

	(void)state;
	assert_int_equal(list_count_nodes(&pages), 3);
	assert_int_equal(list_count_nodes(&others), 0);
	assert_true(list_empty_careful(&others) && !list_empty_careful(&pages));
	assert_true(list_is_head(&pages, &pages) && !list_is_head(&first->lru, &pages));
	assert_true(list_is_first(&first->lru, &pages) && !list_is_last(&first->lru, &pages));
	assert_ptr_equal(lru_to_page(&pages), frame_page(2));
	assert_ptr_equal(lru_to_folio(&pages), frame_page(2));
	assert_null(list_last_entry_or_null(&others, struct page, lru));
	assert_found("");
	(void)lru_to_page(&others);
	assert_found("list.not-a-page");
	(void)list_first_entry(&others, struct folio, lru);
	assert_found("list.not-a-page");
}

static void test_splices(void **state)
{
	struct page *first = three(), *fourth = page_near(3);
	LIST_HEAD(cut);

	(void)state;
	spin_lock(&lock);
	list_add(&fourth->lru, &others);
	list_splice_init(&pages, &others);
	assert_int_equal(digits(&others), 01234);
	assert_true(list_empty(&pages));
	list_cut_position(&pages, &others, first->lru.next);
	assert_int_equal(digits(&pages) * 0100 + digits(&others), 01234);
	list_splice_tail_init(&pages, &others);
	assert_int_equal(digits(&others), 03412);
	list_cut_before(&cut, &others, &first->lru);
	assert_int_equal(digits(&cut) * 0100 + digits(&others), 03412);
	list_cut_position(&pages, &others, &others);
	assert_true(list_empty(&pages));
	list_splice_tail(&others, &cut);
	assert_int_equal(digits(&cut), 03412);
	/* The kernel leaves this head stale; nobody must take it for a list. */
	assert_ptr_equal(others.next, LIST_POISON_NEXT);
	list_splice(&cut, &pages);
	assert_int_equal(digits(&pages), 03412);
	assert_ptr_equal(cut.prev, LIST_POISON_PREV);
	spin_unlock(&lock);
	assert_found("");
}

static void test_replacement(void **state)
{
	struct page *first = three(), *fourth = page_near(3), *fifth = page_near(4);

	(void)state;
	spin_lock(&lock);
	list_replace(&first->lru, &fourth->lru);
	assert_int_equal(digits(&pages), 0423);
	list_replace_init(&fourth->lru, &first->lru);
	assert_int_equal(digits(&pages), 0123);
	assert_true(list_empty(&fourth->lru));
	assert_found("");
	/* What a removal checks. */
	list_replace(&fourth->lru, &fifth->lru);
	spin_unlock(&lock);
	assert_found("list.not-linked");
}

static void test_more_locks(void **state)
{
	unsigned long irqs, outer;

	(void)state;
	assert_true(spin_trylock(&lock));
	assert_true(lockdep_is_held(&lock));
	assert_false(spin_trylock(&lock));
	lockdep_assert_not_held(&lock);
	assert_int_equal(warnings, 1);
	spin_unlock(&lock);
	lockdep_assert_not_held(&lock);
	assert_true(spin_trylock_irqsave(&lock, irqs));
	assert_true(irqs_disabled());
	spin_unlock_irqrestore(&lock, irqs);
	spin_lock_bh(&lock);
	assert_false(irqs_disabled());
	backend_single_switch(1);
	assert_false(lockdep_is_held(&lock));
	assert_true(spin_is_locked(&lock));
	backend_single_switch(0);
	spin_unlock_bh(&lock);
	assert_int_equal(warnings, 1);
	lockdep_assert_irqs_disabled();
	assert_int_equal(warnings, 2);
	local_irq_save(outer);
	lockdep_assert_irqs_disabled();
	local_irq_save(irqs);
	local_irq_restore(irqs);
	assert_true(irqs_disabled());
	local_irq_restore(outer);
	assert_false(irqs_disabled());
	assert_int_equal(warnings, 2);
	assert_found("");
}

static void test_mutex(void **state)
{
	static DEFINE_MUTEX(mutex);

	(void)state;
	mutex_lock(&mutex);
	might_sleep();
	assert_true(mutex_is_locked(&mutex));
	assert_false(mutex_trylock(&mutex));
	assert_found("");
	mutex_lock(&mutex);
	assert_found("lock.recursion");
	mutex_unlock(&mutex);
	assert_found("");
	mutex_unlock(&mutex);
	assert_found("lock.release-unheld");
	spin_lock(&lock);
	scoped_guard(mutex, &mutex)
		assert_found("lock.sleep");
	lockdep_assert_held(&lock);
	spin_unlock(&lock);
	assert_found("");
}

static int evaluated;

static int count(void)
{
	return ++evaluated;
}

static void test_messages(void **state)
{
	int only_in_a_message = 1;

	(void)state;
	pr_info_once("%d\n", only_in_a_message);
	printk(KERN_WARNING "%d\n", count());
	pr_err_ratelimited("%d\n", count());
	pr_debug("%d\n", count());
	assert_int_equal(evaluated, 2);
	assert_true(WARN_RATELIMIT(true, "%d\n", count()));
	assert_false(WARN_ONCE(false, "%d\n", count()));
	VM_WARN_ONCE(true, "%d\n", count());
	assert_int_equal(evaluated, 4);
	assert_int_equal(warnings, 2);
}

static void test_language(void **state)
{
	int a = 1, b = 2, step = 0;
	atomic_t n = ATOMIC_INIT(2);
	atomic_long_t wide = ATOMIC_LONG_INIT(0);

	static_assert(ARRAY_SIZE("ab") == 3);
	static_assert(GENMASK(2, 1) == (BIT(2) | BIT(1)), "bits");
	(void)state;
	swap(a, b);
	assert_int_equal(a * 10 + b, 21);
	assert_int_equal(min(step++, 5), 0);
	assert_int_equal(max_t(long, step, 3), 3);
	assert_int_equal(step, 1);
	assert_true(IS_ERR(ERR_PTR(-ENOMEM)) && !IS_ERR(&a) && IS_ERR_OR_NULL(NULL));
	assert_int_equal(PTR_ERR(ERR_PTR(-EBUSY)), -EBUSY);
	smp_store_release(&a, 7);
	assert_int_equal(smp_load_acquire(&a), 7);
	assert_int_equal(cmpxchg(&a, 7, 8) + cmpxchg(&a, 7, 9), 15);
	assert_int_equal(data_race(a), 8);
	assert_false(atomic_dec_and_test(&n));
	assert_int_equal(atomic_fetch_add(4, &n), 1);
	assert_int_equal(atomic_sub_return(4, &n), 1);
	assert_true(atomic_dec_and_test(&n));
	assert_false(atomic_inc_not_zero(&n));
	atomic_long_set(&wide, LONG_MAX - 1);
	atomic_long_inc(&wide);
	assert_true(atomic_long_read(&wide) == LONG_MAX && UINT_MAX > INT_MAX && ULONG_MAX > LONG_MAX);
}

static void test_single_pages(void **state)
{
	struct folio *folio;
	struct page *page;

	(void)state;
	context_self()->request.required = GFP_HIGHUSER;
	page = alloc_pages(GFP_HIGHUSER, 0);
	folio = page_folio(page);
	assert_true(&folio->lru == &page->lru && folio_page(folio, 0) == page);
	assert_true(folio_trylock(folio));
	assert_true(folio_test_locked(folio) && PageLocked(page));
	folio_unlock(folio);
	folio_get(folio);
	assert_int_equal(folio_ref_count(folio), 2);
	folio_put(folio);
	assert_int_equal(folio_nr_pages(folio) + (int)compound_order(page), 1);
	assert_false(PageReserved(page) || PageLRU(page) || folio_test_large(folio));
	__free_page(page);
	assert_found("");
	(void)PageLRU(page);
	assert_found("poison.use-after-free");
	page = alloc_pages(GFP_HIGHUSER | __GFP_ACCOUNT, 0);
	assert_found("alloc.flags");
	__free_pages(page, 1);
	assert_found("alloc.flags");
	page = alloc_pages(GFP_HIGHUSER, 2);
	assert_found("alloc.flags");
	spin_lock(&lock);
	__free_pages(page, 0);
	spin_unlock(&lock);
	assert_found("lock.put");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_guards), TEST(test_walks), TEST(test_looks_at_lists), TEST(test_splices),
		TEST(test_replacement), TEST(test_more_locks), TEST(test_mutex),
		TEST(test_messages), TEST(test_language), TEST(test_single_pages)
	};

	return cmocka_run_group_tests_name("shim_linux_more", tests, NULL, NULL);
}
