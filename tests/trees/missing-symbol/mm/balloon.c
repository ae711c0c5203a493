// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A tree for the tests, of our own: calls a function that the stand-ins lack. */
#include <linux/balloon.h>
#include <linux/mm.h>

struct page *balloon_page_alloc(void)
{
	struct page *p = alloc_page(GFP_HIGHUSER);

	if (p)
		kasan_poison_page(p);
	return p;
}

static int __init start(void)
{
	return set_movable_ops(NULL, PGTY_offline);
}
core_initcall(start);
