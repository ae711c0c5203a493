// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A tree for the tests, of our own: an unknown symbol. CONFIG_IN_A_COMMENT is none. */
#include <linux/balloon.h>
#include <linux/mm.h>

struct page *balloon_page_alloc(void)
{
	return alloc_page(IS_ENABLED(CONFIG_BALLOON_TELEPATHY) ? GFP_HIGHUSER : GFP_KERNEL);
}
