/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <linux/list.h>

struct balloon_dev_info {
	struct list_head pages;
};

struct page *balloon_page_enqueue(struct balloon_dev_info *dev);
