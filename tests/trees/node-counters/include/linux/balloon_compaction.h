/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef TREE_BALLOON_COMPACTION_H
#define TREE_BALLOON_COMPACTION_H
#include <linux/list.h>
#include <linux/migrate.h>
#include <linux/spinlock.h>

struct balloon_dev_info {
	int (*migratepage)(struct balloon_dev_info *dev, struct page *to, struct page *from,
			   enum migrate_mode mode);
	struct list_head pages;
	spinlock_t pages_lock;
	unsigned long isolated_pages;
};

struct page *balloon_page_alloc(void);
void balloon_page_enqueue(struct balloon_dev_info *dev, struct page *p);
size_t balloon_page_list_enqueue(struct balloon_dev_info *dev, struct list_head *list);
struct page *balloon_page_dequeue(struct balloon_dev_info *dev);
size_t balloon_page_list_dequeue(struct balloon_dev_info *dev, struct list_head *list, size_t max);
#ifdef CONFIG_BALLOON_COMPACTION
extern const struct movable_operations balloon_mops;
#endif

static inline void balloon_devinfo_init(struct balloon_dev_info *dev)
{
	*dev = (struct balloon_dev_info){ .isolated_pages = 0 };
	spin_lock_init(&dev->pages_lock);
	INIT_LIST_HEAD(&dev->pages);
}

static inline void balloon_page_insert(struct balloon_dev_info *dev, struct page *p)
{
#ifdef CONFIG_BALLOON_COMPACTION
	set_page_private(p, (unsigned long)dev);
	__SetPageMovable(p, &balloon_mops);
#endif
	__SetPageOffline(p);
	list_add(&p->lru, &dev->pages);
}

static inline void balloon_page_finalize(struct page *p)
{
#ifdef CONFIG_BALLOON_COMPACTION
	set_page_private(p, 0);
	__ClearPageMovable(p);
#endif
	__ClearPageOffline(p);
}
static inline void balloon_page_push(struct list_head *pages, struct page *p)
{
	list_add(&p->lru, pages);
}

static inline struct page *balloon_page_pop(struct list_head *pages)
{
	struct page *p = list_first_entry_or_null(pages, struct page, lru);

	if (p)
		list_del(&p->lru);
	return p;
}

#endif
