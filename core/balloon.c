/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "balloon.h"

static port_lock_t balloon_pages_lock = PORT_LOCK_INIT;

#ifdef CONFIG_BALLOON_MIGRATION

/* A scanner finds a page by type and mark, without the lock; what counts is the owner. */
static void balloon_page_insert(struct balloon_dev_info *balloon, struct page *page)
{
	port_assert_locked(&balloon_pages_lock);
	port_page_set_offline(page);
	port_page_set_movable(page);
	port_page_set_owner(page, balloon);
	port_list_add(port_page_link(page), &balloon->pages);
}

/* Type and mark stay: a scanner that still comes by finds no owner and goes on. */
static void balloon_page_finalize(struct page *page)
{
	port_assert_locked(&balloon_pages_lock);
	port_page_set_owner(page, NULL);
}

#else

static void balloon_page_insert(struct balloon_dev_info *balloon, struct page *page)
{
	port_assert_locked(&balloon_pages_lock);
	port_page_set_offline(page);
	port_list_add(port_page_link(page), &balloon->pages);
}

static void balloon_page_finalize(struct page *page)
{
	(void)page;
	port_assert_locked(&balloon_pages_lock);
}

#endif

static void enqueue_one(struct balloon_dev_info *balloon, struct page *page)
{
	balloon_page_insert(balloon, page);
	if (balloon->adjust_managed_page_count)
		port_adjust_managed(page, -1);
	port_count_event(PORT_INFLATE);
	port_count_node_pages(page, 1);
}

/* The newest page, out of the balloon and on no list; NULL where none is listed. */
static struct page *dequeue_one(struct balloon_dev_info *balloon)
{
	struct page *page;

	if (port_list_empty(&balloon->pages))
		return NULL;
	page = port_link_page(port_list_first(&balloon->pages));
	port_list_del(port_page_link(page));
	if (balloon->adjust_managed_page_count)
		port_adjust_managed(page, 1);
	balloon_page_finalize(page);
	port_count_event(PORT_DEFLATE);
	port_count_node_pages(page, -1);
	return page;
}

struct page *balloon_page_alloc(void)
{
	unsigned int flags = PORT_ALLOC_HIGHUSER | PORT_ALLOC_NOMEMALLOC | PORT_ALLOC_NORETRY |
			     PORT_ALLOC_NOWARN;

#ifdef CONFIG_BALLOON_MIGRATION
	flags |= PORT_ALLOC_MOVABLE;
#endif
	return port_page_alloc(flags);
}

void balloon_page_enqueue(struct balloon_dev_info *balloon, struct page *page)
{
	port_irqstate_t state = port_lock(&balloon_pages_lock);

	enqueue_one(balloon, page);
	port_unlock(&balloon_pages_lock, state);
}

size_t balloon_page_list_enqueue(struct balloon_dev_info *balloon, struct list_head *pages)
{
	port_irqstate_t state = port_lock(&balloon_pages_lock);
	size_t count = 0;

	while (!port_list_empty(pages)) {
		struct list_head *link = port_list_first(pages);

		port_list_del(link);
		enqueue_one(balloon, port_link_page(link));
		count++;
	}
	port_unlock(&balloon_pages_lock, state);
	return count;
}

struct page *balloon_page_dequeue(struct balloon_dev_info *balloon)
{
	port_irqstate_t state = port_lock(&balloon_pages_lock);
	struct page *page = dequeue_one(balloon);
	/*
	 * Decided under the same lock as the removal that failed: later, a page
	 * may have been put back and taken by somebody else.
	 */
	bool lost = !page && !balloon->isolated_pages;

	port_unlock(&balloon_pages_lock, state);
	if (lost)
		port_bug("dequeue from a balloon that holds no page");
	return page;
}

size_t balloon_page_list_dequeue(struct balloon_dev_info *balloon, struct list_head *pages,
				 size_t max)
{
	port_irqstate_t state = port_lock(&balloon_pages_lock);
	size_t count = 0;

	while (count < max) {
		struct page *page = dequeue_one(balloon);

		if (!page)
			break;
		port_list_add(port_page_link(page), pages);
		count++;
	}
	port_unlock(&balloon_pages_lock, state);
	return count;
}

#ifdef CONFIG_BALLOON_MIGRATION

/*
 * The caller holds a reference and the page lock, neither of which keeps a
 * driver from dequeueing: whether the page is still in a balloon is known only
 * under the balloon lock.
 */
static bool balloon_page_isolate(struct page *page, isolate_mode_t mode)
{
	port_irqstate_t state = port_lock(&balloon_pages_lock);
	struct balloon_dev_info *balloon = port_page_owner(page);

	(void)mode;
	if (balloon) {
		port_list_del(port_page_link(page));
		balloon->isolated_pages++;
	}
	port_unlock(&balloon_pages_lock, state);
	return balloon;
}

/* An isolated page cannot leave the balloon, so its owner needs no lock here. */
static void balloon_page_putback(struct page *page)
{
	struct balloon_dev_info *balloon = port_page_owner(page);
	port_irqstate_t state;

	if (!balloon) {
		port_warn("putback of a page that no balloon owns");
		return;
	}
	state = port_lock(&balloon_pages_lock);
	port_list_add(port_page_link(page), &balloon->pages);
	balloon->isolated_pages--;
	port_unlock(&balloon_pages_lock, state);
}

/* Both pages are inflated and deflated at the host already: newpage takes page's place. */
static void replace_page(struct balloon_dev_info *balloon, struct page *newpage, struct page *page)
{
	port_page_get(newpage);
	balloon_page_insert(balloon, newpage);
	port_count_event(PORT_MIGRATE);
	if (balloon->adjust_managed_page_count && !port_same_zone(newpage, page)) {
		port_adjust_managed(page, 1);
		port_adjust_managed(newpage, -1);
	}
	if (!port_same_node(newpage, page)) {
		port_count_node_pages(page, -1);
		port_count_node_pages(newpage, 1);
	}
}

/* The driver deflated page and could not inflate another one. */
static void deflate_isolated(struct balloon_dev_info *balloon, struct page *page)
{
	port_count_event(PORT_DEFLATE);
	if (balloon->adjust_managed_page_count)
		port_adjust_managed(page, 1);
	port_count_node_pages(page, -1);
}

static int balloon_page_migrate(struct page *newpage, struct page *page, enum migrate_mode mode)
{
	struct balloon_dev_info *balloon = port_page_owner(page);
	port_irqstate_t state;
	int rc;

	if (!balloon) {
		port_warn("migration of a page that no balloon owns");
		return -EAGAIN;
	}
	if (!balloon->migratepage) {
		port_warn("a balloon driver has no migration callback");
		return -EINVAL;
	}
	rc = balloon->migratepage(balloon, newpage, page, mode);
	if (rc > 0) {
		port_warn("a balloon driver's migration callback returned a positive value");
		return -EINVAL;
	}
	if (rc < 0 && rc != -ENOENT)
		return rc;

	state = port_lock(&balloon_pages_lock);
	if (rc == 0)
		replace_page(balloon, newpage, page);
	else
		deflate_isolated(balloon, page);
	balloon->isolated_pages--;
	balloon_page_finalize(page);
	port_unlock(&balloon_pages_lock, state);

	port_page_put(page);
	return 0;
}

static const struct movable_operations balloon_movable_operations = {
	.isolate_page = balloon_page_isolate,
	.migrate_page = balloon_page_migrate,
	.putback_page = balloon_page_putback,
};

int balloon_init(void)
{
	return port_register_movable(&balloon_movable_operations);
}

#else

int balloon_init(void)
{
	return 0;
}

#endif
