/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * virtio_balloon's discipline (contract 4.1): one mutex over the count, the
 * frame numbers and the exchange with the host.  Memory is allocated without
 * it (H11); pages are in the balloon before the host is told; the host is told
 * before a page is used again.  The host refuses nothing.
 */
#include <errno.h>

#include "guest/guest.h"
#include "shim/instrument.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

/* Appends the page's units to the request under way; returns how many it has now. */
static unsigned int add_pfns(struct guest_device *device, unsigned int count,
			     const struct page *page)
{
	for (unsigned int unit = 0; unit < device->units; unit++)
		device->pfns[count + unit] = host_pfn(device->units, page_frame(page), unit);
	return count + device->units;
}

/* Never of length 0 (H1). */
static void tell(struct guest_device *device, enum host_request request, unsigned int count)
{
	if (count)
		host_tell(&guest.host, request, device->units, device->pfns, count);
}

static unsigned int inflate(struct guest_device *device, unsigned int units)
{
	unsigned int pages = guest_pages(device, units), count = 0;
	struct list_head allocated;
	struct page *page;

	list_init(&allocated);
	while (pages-- && (page = guest_alloc()))
		list_add_tail(&page->lru, &allocated);
	sleep_lock(&device->lock);
	while ((page = guest_pop(&allocated))) {
		guest_enqueue(device, page);
		count = add_pfns(device, count, page);
		guest_count(device, 1);
	}
	tell(device, HOST_INFLATE, count);
	sleep_unlock(&device->lock);
	return count;
}

static unsigned int deflate(struct guest_device *device, unsigned int units)
{
	unsigned int pages = guest_pages(device, units), count = 0;
	struct list_head out;
	struct page *page;

	list_init(&out);
	sleep_lock(&device->lock);
	if ((long)pages > guest_inflated(device))
		pages = (unsigned int)guest_inflated(device);
	while (pages-- && (page = guest_dequeue(device))) {
		count = add_pfns(device, count, page);
		list_add(&page->lru, &out);
		guest_count(device, -1);
	}
	tell(device, HOST_DEFLATE, count);
	while ((page = guest_pop(&out)))
		guest_free(page);
	sleep_unlock(&device->lock);
	return count;
}

/* Perhaps inside an allocation of the context that has the mutex: it must not be waited for. */
static int migrate(struct guest_device *device, struct page *newpage, struct page *page,
		   enum migrate_mode mode)
{
	(void)mode;
	if (!sleep_trylock(&device->lock))
		return -EAGAIN;
	cookie_write(device, newpage);
	tell(device, HOST_INFLATE, add_pfns(device, 0, newpage));
	tell(device, HOST_DEFLATE, add_pfns(device, 0, page));
	sleep_unlock(&device->lock);
	return 0;
}

/* Only where the host lets the guest take pages back at will; then they count as managed. */
static unsigned int oom(struct guest_device *device)
{
	return device->adjust ? 0 : deflate(device, GUEST_CHUNK) / device->units;
}

/* Leaks until nothing is left; somebody else gives back what is isolated (B8). */
static bool remove_driver(struct guest_device *device)
{
	return guest_remove(device, deflate);
}

const struct driver driver_virtio = {
	.name = "virtio",
	.story =
		"a mutex over everything, tried in the callback; pages go in before the host is told",
	.inflate = inflate,
	.deflate = deflate,
	.migrate = migrate,
	.oom = oom,
	.remove = remove_driver,
};

UNINSTRUMENTED_END
