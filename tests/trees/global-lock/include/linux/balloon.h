/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#ifndef TREE_BALLOON_H
#define TREE_BALLOON_H
#include <linux/list.h>
#include <linux/migrate.h>

struct balloon_dev_info {
	int (*migratepage)(struct balloon_dev_info *dev, struct page *to, struct page *from,
			   enum migrate_mode mode);
	bool adjust_managed_page_count;
	struct list_head pages;
	unsigned long isolated_pages;
};

struct page *balloon_page_alloc(void);
void balloon_page_enqueue(struct balloon_dev_info *dev, struct page *p);
size_t balloon_page_list_enqueue(struct balloon_dev_info *dev, struct list_head *list);
struct page *balloon_page_dequeue(struct balloon_dev_info *dev);
size_t balloon_page_list_dequeue(struct balloon_dev_info *dev, struct list_head *list, size_t max);

static inline void balloon_devinfo_init(struct balloon_dev_info *dev)
{
	*dev = (struct balloon_dev_info){ .isolated_pages = 0 };
	INIT_LIST_HEAD(&dev->pages);
}
#endif
