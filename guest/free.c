/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A driver without any lock, which no kernel has: any number of contexts at
 * once, interrupts too, put pages in and take them out.  It keeps the core's
 * rule that nobody asks an empty balloon for a page by reservations: whoever
 * wants a page out takes one off the count first, and so does a migration that
 * ends without a page in the place of the old one.
 */
#include <errno.h>

#include "guest/guest.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

static unsigned int inflate(struct guest_device *device, unsigned int units)
{
	unsigned int pages = guest_pages(device, units), done = 0;

	while (done < pages && guest_inflate_one(device))
		done++;
	return done * device->units;
}

static unsigned int deflate(struct guest_device *device, unsigned int units)
{
	unsigned int pages = guest_pages(device, units), done = 0;

	while (done < pages && guest_deflate_one(device))
		done++;
	return done * device->units;
}

/* The host may refuse to take the old page back, or the new one: each answer that there is. */
static int migrate(struct guest_device *device, struct page *newpage, struct page *page,
		   enum migrate_mode mode)
{
	(void)mode;
	if (!guest_ask(device, HOST_DEFLATE, page))
		return -EBUSY;
	if (guest_ask(device, HOST_INFLATE, newpage)) {
		cookie_write(device, newpage);
		return 0;
	}
	/* Back as before, if the host will have the old page again. */
	if (guest_ask(device, HOST_INFLATE, page))
		return -EAGAIN;
	if ((guest.features & FEATURE_core_moves) && guest_reserve(device))
		return -ENOENT;
	guest_tell(device, HOST_INFLATE, page);
	return -EAGAIN;
}

static unsigned int oom(struct guest_device *device)
{
	return deflate(device, GUEST_CHUNK) / device->units;
}

/* Several at once by the list calls, which few drivers use. */
static unsigned int take(struct guest_device *device, struct list_head *pages, unsigned int max)
{
	unsigned int reserved = 0, taken = 0;
	struct list_head *link;
	struct page *page;

	while (reserved < max && guest_reserve(device))
		reserved++;
	if (reserved == 1) {
		page = guest_dequeue(device);
		taken = page != NULL;
		if (page)
			list_add(&page->lru, pages);
	} else if (reserved) {
		taken = (unsigned int)guest_list_dequeue(device, pages, reserved);
	}
	guest_count(device, (long)reserved - (long)taken);
	link = pages->next;
	for (unsigned int i = 0; i < taken; i++, link = link->next)
		guest_tell(device, HOST_DEFLATE, link_to_page(link));
	return taken;
}

/*
 * On a core that goes by the page lock, a page that was in a balloon must not
 * go in again before it was free: a scanner may have it locked (contract B15).
 */
static void give(struct guest_device *device, struct list_head *pages)
{
	struct list_head in;
	struct page *page;
	long count = 0;

	list_init(&in);
	while ((page = guest_pop(pages))) {
		if ((guest.features & FEATURE_page_lock) && page_is_marked(page) && !guest.as_is) {
			guest_free(page);
			continue;
		}
		guest_tell(device, HOST_INFLATE, page);
		list_add_tail(&page->lru, &in);
		count++;
	}
	if (count == 1)
		guest_enqueue(device, guest_pop(&in));
	else if (count)
		guest_list_enqueue(device, &in);
	guest_count(device, count);
}

static bool remove_driver(struct guest_device *device)
{
	return guest_remove(device, deflate);
}

const struct driver driver_free = {
	.name = "free",
	.story = "no lock; whoever takes a page out has reserved it",
	.inflate = inflate,
	.deflate = deflate,
	.migrate = migrate,
	.oom = oom,
	.take = take,
	.give = give,
	.remove = remove_driver,
};

UNINSTRUMENTED_END
