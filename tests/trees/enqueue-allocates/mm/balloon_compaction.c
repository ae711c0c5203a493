// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A tree for the tests, of our own: too old, enqueue allocates. It has no balloon_page_alloc(). */
#include <linux/balloon_compaction.h>
#include <linux/gfp.h>

struct page *balloon_page_enqueue(struct balloon_dev_info *dev)
{
	struct page *p = alloc_page(GFP_HIGHUSER);

	list_add(&p->lru, &dev->pages);
	return p;
}
