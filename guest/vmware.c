/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * vmw_balloon's discipline (contract 4.2): a read-write semaphore, which
 * everybody shares but for a reset; the list calls only; the host is asked
 * before pages go in, and after they have come out: what it then refuses goes
 * back in.
 *
 * Where the core wants the page lock for that, going back in is a BUG if a
 * scanner has it (B15).  Unless guest.as_is, such pages lie aside: out of the
 * core's balloon, but inflated at the host and counted, and offered again at
 * the next deflation.
 */
#include <errno.h>

#include "guest/guest.h"
#include "shim/instrument.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

enum manners { ASK, TELL };

/*
 * One exchange with the host about the pages of a list, which become those that
 * it accepts; the others go to refused.  Returns how many it accepts.
 */
static unsigned int exchange(struct guest_device *device, enum host_request request,
			     enum manners manners, struct list_head *pages,
			     struct list_head *refused)
{
	struct list_head accepted;
	unsigned int count = 0;
	struct page *page;

	list_init(&accepted);
	spin_lock(&device->host_lock);
	while ((page = guest_pop(pages))) {
		if (manners == ASK && !guest_ask(device, request, page)) {
			list_add_tail(&page->lru, refused);
			continue;
		}
		if (manners == TELL)
			guest_tell(device, request, page);
		list_add_tail(&page->lru, &accepted);
		count++;
	}
	spin_unlock(&device->host_lock);
	while ((page = guest_pop(&accepted)))
		list_add_tail(&page->lru, pages);
	return count;
}

static void free_all(struct list_head *pages)
{
	struct page *page;

	while ((page = guest_pop(pages)))
		guest_free(page);
}

static unsigned int inflate(struct guest_device *device, unsigned int units)
{
	unsigned int pages = guest_pages(device, units), count;
	struct list_head in, refused;
	struct page *page;

	list_init(&in);
	list_init(&refused);
	sleep_lock_shared(&device->lock);
	while (pages-- && (page = guest_alloc()))
		list_add_tail(&page->lru, &in);
	count = exchange(device, HOST_INFLATE, ASK, &in, &refused);
	guest_count(device, (long)count);
	if (count)
		guest_list_enqueue(device, &in);
	free_all(&refused);
	sleep_unlock_shared(&device->lock);
	return count * device->units;
}

/* Takes up to max pages from aside. */
static unsigned int take_aside(struct guest_device *device, struct list_head *pages,
			       unsigned int max)
{
	unsigned int count = 0;
	struct page *page;

	spin_lock(&device->host_lock);
	while (count < max && (page = guest_pop(&device->aside))) {
		cookie_check(device, page);
		list_add_tail(&page->lru, pages);
		device->aside_count--;
		count++;
	}
	spin_unlock(&device->host_lock);
	return count;
}

static void put_back(struct guest_device *device, struct list_head *refused)
{
	struct page *page;

	if (list_empty(refused))
		return;
	if (guest.as_is || !(guest.features & FEATURE_page_lock)) {
		guest_list_enqueue(device, refused);
		return;
	}
	spin_lock(&device->host_lock);
	while ((page = guest_pop(refused))) {
		list_add_tail(&page->lru, &device->aside);
		device->aside_count++;
	}
	spin_unlock(&device->host_lock);
}

/* The semaphore is held, one way or the other. */
static unsigned int take(struct guest_device *device, enum manners manners, unsigned int pages)
{
	struct list_head out, refused;
	unsigned int count;

	list_init(&out);
	list_init(&refused);
	count = take_aside(device, &out, pages);
	guest_list_dequeue(device, &out, pages - count);
	count = exchange(device, HOST_DEFLATE, manners, &out, &refused);
	guest_count(device, -(long)count);
	free_all(&out);
	put_back(device, &refused);
	return count;
}

static unsigned int deflate(struct guest_device *device, unsigned int units)
{
	unsigned int count;

	sleep_lock_shared(&device->lock);
	count = take(device, ASK, guest_pages(device, units));
	sleep_unlock_shared(&device->lock);
	return count * device->units;
}

/* The host takes the old page back first, so that it cannot say of the new one that it has enough.
 */
static int move(struct guest_device *device, struct page *newpage, struct page *page)
{
	if (!guest_ask(device, HOST_DEFLATE, page))
		return -EBUSY;
	if (guest_ask(device, HOST_INFLATE, newpage))
		return 0;
	guest_count(device, -1);
	return -ENOENT;
}

/* The same for a core to which no driver can say that a page is gone. */
static int move_both_or_none(struct guest_device *device, struct page *newpage, struct page *page)
{
	if (!guest_ask(device, HOST_INFLATE, newpage))
		return -EBUSY;
	if (guest_ask(device, HOST_DEFLATE, page))
		return 0;
	guest_tell(device, HOST_DEFLATE, newpage);
	return -EBUSY;
}

static int migrate(struct guest_device *device, struct page *newpage, struct page *page,
		   enum migrate_mode mode)
{
	int rc;

	(void)mode;
	if (!sleep_trylock_shared(&device->lock))
		return -EAGAIN;
	spin_lock(&device->host_lock);
	if (guest.features & FEATURE_core_moves)
		rc = move(device, newpage, page);
	else
		rc = move_both_or_none(device, newpage, page);
	spin_unlock(&device->host_lock);
	if (!rc)
		cookie_write(device, newpage);
	sleep_unlock_shared(&device->lock);
	return rc;
}

/* The shrinker: not while somebody waits for a reset. */
static unsigned int oom(struct guest_device *device)
{
	unsigned int count;

	if (!sleep_trylock_shared(&device->lock))
		return 0;
	count = take(device, ASK, guest_pages(device, GUEST_CHUNK));
	sleep_unlock_shared(&device->lock);
	return count;
}

/* A reset: everything comes out, and the host has no say in it. */
static unsigned int reset(struct guest_device *device, unsigned int units)
{
	unsigned int count;

	sleep_lock(&device->lock);
	count = take(device, TELL, guest_pages(device, units));
	sleep_unlock(&device->lock);
	return count;
}

static bool remove_driver(struct guest_device *device)
{
	return guest_remove(device, reset);
}

const struct driver driver_vmware = {
	.name = "vmware",
	.story =
		"a shared semaphore and list calls; the host first, and what it refuses goes back in",
	.inflate = inflate,
	.deflate = deflate,
	.migrate = migrate,
	.oom = oom,
	.remove = remove_driver,
};

UNINSTRUMENTED_END
