// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A tree for the tests, of our own: includes a header that hosts have and the stand-ins lack. */
#include <linux/balloon.h>
#include <linux/mm.h>
#include <linux/virtio_balloon.h>

struct page *balloon_page_alloc(void)
{
	return alloc_page(GFP_HIGHUSER);
}

static int __init start(void)
{
	return set_movable_ops(NULL, PGTY_offline);
}
core_initcall(start);
