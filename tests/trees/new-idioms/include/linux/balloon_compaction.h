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

/* Neither static nor exported: the rest of mm/ may call it. */
bool balloon_is_empty(struct balloon_dev_info *dev);

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
	SetPageMovableOps(p);
#endif
	__SetPageOffline(p);
	list_add(&p->lru, &dev->pages);
}

static inline void balloon_page_finalize(struct page *p)
{
#ifdef CONFIG_BALLOON_COMPACTION
	set_page_private(p, 0);
#endif
}
#endif
