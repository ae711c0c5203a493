/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "balloon_compaction.h"

/* False where somebody else has the page lock: the page is as it was. */
static bool enqueue_one(struct balloon_dev_info *balloon, struct page *page)
{
	if (!port_page_trylock(page))
		return false;
	balloon_page_insert(balloon, page);
	port_page_unlock(page);
	port_count_event(PORT_INFLATE);
	return true;
}

/* Out of the balloon, on no list and locked; NULL where somebody else has the page lock. */
static struct page *dequeue_one(struct list_head *link)
{
	struct page *page = port_link_page(link);

	if (!port_page_trylock(page))
		return NULL;
	port_list_del(link);
	balloon_page_finalize(page);
	port_count_event(PORT_DEFLATE);
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
	port_irqstate_t state = port_lock(&balloon->pages_lock);
	bool entered = enqueue_one(balloon, page);

	port_unlock(&balloon->pages_lock, state);
	if (!entered)
		port_bug("enqueue of a page that somebody else has locked");
}

size_t balloon_page_list_enqueue(struct balloon_dev_info *balloon, struct list_head *pages)
{
	port_irqstate_t state = port_lock(&balloon->pages_lock);
	bool entered = true;
	size_t count = 0;

	while (entered && !port_list_empty(pages)) {
		struct list_head *link = port_list_first(pages);

		port_list_del(link);
		entered = enqueue_one(balloon, port_link_page(link));
		count++;
	}
	port_unlock(&balloon->pages_lock, state);
	if (!entered)
		port_bug("enqueue of a page that somebody else has locked");
	return count;
}

struct page *balloon_page_dequeue(struct balloon_dev_info *balloon)
{
	port_irqstate_t state = port_lock(&balloon->pages_lock);
	struct list_head *link = balloon->pages.next, *next;
	struct page *page = NULL;
	bool lost = false;

	for (; !page && link != &balloon->pages; link = next) {
		next = link->next;
		page = dequeue_one(link);
	}
	/* Decided under the same lock as the removal that failed: pages may come and go later. */
	if (page)
		port_page_unlock(page);
	else
		lost = port_list_empty(&balloon->pages) && !balloon->isolated_pages;
	port_unlock(&balloon->pages_lock, state);
	if (lost)
		port_bug("dequeue from a balloon that holds no page");
	return page;
}

/* Each page is tried once. */
size_t balloon_page_list_dequeue(struct balloon_dev_info *balloon, struct list_head *pages,
				 size_t max)
{
	port_irqstate_t state = port_lock(&balloon->pages_lock);
	struct list_head *link = balloon->pages.next, *next;
	size_t count = 0;

	for (; count < max && link != &balloon->pages; link = next) {
		struct page *page;

		next = link->next;
		page = dequeue_one(link);
		if (!page)
			continue;
		balloon_page_push(pages, page);
		port_page_unlock(page);
		count++;
	}
	port_unlock(&balloon->pages_lock, state);
	return count;
}

#ifdef CONFIG_BALLOON_MIGRATION

/*
 * The page lock, which the caller holds, keeps the page in the balloon and so
 * the owner in place: it leads to the lock.
 */
static bool balloon_page_isolate(struct page *page, isolate_mode_t mode)
{
	struct balloon_dev_info *balloon = balloon_page_device(page);
	port_irqstate_t state = port_lock(&balloon->pages_lock);

	(void)mode;
	port_list_del(port_page_link(page));
	balloon->isolated_pages++;
	port_unlock(&balloon->pages_lock, state);
	return true;
}

static void balloon_page_putback(struct page *page)
{
	struct balloon_dev_info *balloon = balloon_page_device(page);
	port_irqstate_t state = port_lock(&balloon->pages_lock);

	port_list_add(port_page_link(page), &balloon->pages);
	balloon->isolated_pages--;
	port_unlock(&balloon->pages_lock, state);
}

static int balloon_page_migrate(struct page *newpage, struct page *page, enum migrate_mode mode)
{
	struct balloon_dev_info *balloon = balloon_page_device(page);
	int rc;

	port_assert_page_locked(page);
	port_assert_page_locked(newpage);
	if (!balloon->migratepage) {
		port_warn("a balloon driver has no migration callback");
		return -EINVAL;
	}
	rc = balloon->migratepage(balloon, newpage, page, mode);
	if (rc > 0) {
		port_warn("a balloon driver's migration callback returned a positive value");
		return -EINVAL;
	}
	return rc;
}

const struct movable_operations balloon_mops = {
	.isolate_page = balloon_page_isolate,
	.migrate_page = balloon_page_migrate,
	.putback_page = balloon_page_putback,
};

#endif
