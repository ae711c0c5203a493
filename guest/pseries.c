/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * pseries cmm's discipline (contract 4.3): page by page, the hypervisor first,
 * and no lock but a mutex against memory that goes offline, which inflation
 * tries.  Where guest.as_is, nothing keeps those who free apart: the
 * out-of-memory notifier asks for pages until there are none (B4), and the
 * count is lowered only when a page is gone (B5).  Mended, they reserve.
 */
#include <errno.h>

#include "guest/guest.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

static bool memory_goes_offline(struct guest_device *device)
{
	bool going;

	if (!sleep_trylock(&device->lock))
		return true;
	going = __atomic_load_n(&device->hotplug, __ATOMIC_RELAXED);
	sleep_unlock(&device->lock);
	return going;
}

static unsigned int inflate(struct guest_device *device, unsigned int units)
{
	unsigned int pages = guest_pages(device, units), done = 0;

	while (done < pages && !memory_goes_offline(device) && guest_inflate_one(device))
		done++;
	return done * device->units;
}

/* As the kernel's: until there is none. */
static unsigned int take_as_is(struct guest_device *device, unsigned int pages)
{
	unsigned int done = 0;
	struct page *page;

	for (; done < pages; done++) {
		page = guest_dequeue(device);
		if (!page)
			break;
		guest_tell(device, HOST_DEFLATE, page);
		guest_free(page);
		guest_count(device, -1);
	}
	return done;
}

static unsigned int take(struct guest_device *device, unsigned int pages)
{
	unsigned int done = 0;

	while (done < pages && guest_deflate_one(device))
		done++;
	return done;
}

static unsigned int deflate(struct guest_device *device, unsigned int units)
{
	unsigned int pages = guest_pages(device, units);

	if (!guest.as_is)
		return take(device, pages) * device->units;
	if ((long)pages > guest_inflated(device))
		pages = (unsigned int)guest_inflated(device);
	return take_as_is(device, pages) * device->units;
}

/* The hypervisor's errors when it takes a page back are ignored: it has none here. */
static int migrate(struct guest_device *device, struct page *newpage, struct page *page,
		   enum migrate_mode mode)
{
	(void)mode;
	if (!guest_ask(device, HOST_INFLATE, newpage))
		return -EBUSY;
	cookie_write(device, newpage);
	guest_tell(device, HOST_DEFLATE, page);
	return 0;
}

/* A fixed amount, however much there is; the target is lowered to what is left. */
static unsigned int oom(struct guest_device *device)
{
	unsigned int pages = guest_pages(device, GUEST_CHUNK);
	unsigned int done = guest.as_is ? take_as_is(device, pages) : take(device, pages);

	__atomic_store_n(&device->target, (unsigned int)guest_inflated(device), __ATOMIC_RELAXED);
	return done;
}

/* More than one pass, against B6. */
static bool remove_driver(struct guest_device *device)
{
	return guest_remove(device, take);
}

const struct driver driver_pseries = {
	.name = "pseries",
	.story = "page by page, the hypervisor first; no lock between those who free",
	.inflate = inflate,
	.deflate = deflate,
	.migrate = migrate,
	.oom = oom,
	.remove = remove_driver,
};

UNINSTRUMENTED_END
