/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "guest/guest.h"

#include <errno.h>
#include <string.h>

#include "shim/observe.h"
#include "shim/page_alloc.h"
#include "shim/poison.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

struct guest guest;

const struct driver *const drivers[] = { &driver_free, &driver_virtio, &driver_vmware,
					 &driver_pseries, NULL };

/* Behind a device's own bytes nobody has anything to do. */
static void lay_out(unsigned char *core)
{
	memory_allow(core, SUT_DEVICE_BYTES);
	memory_forbid(core + guest.sut->device_size, SUT_DEVICE_BYTES - guest.sut->device_size);
}

void guest_start(const struct sut *sut, unsigned int features, bool as_is)
{
	static unsigned char cores[GUEST_DEVICES][SUT_DEVICE_BYTES] __attribute__((aligned(64)));
	int rc;

	guest.sut = sut;
	guest.features = features;
	guest.as_is = as_is;
	guest.count = 0;
	guest.cores = cores;
	world.devices = cores;
	world.devices_size = sizeof(cores);
	host_reset(&guest.host, world.frames);
	movable_registry = sut->registry;
	movable_registry->offline = NULL;
	rc = sut->init();
	if (unlikely(rc || ((features & FEATURE_migration) && !movable_registry->offline)))
		observe_finding("migrate.unregistered",
				"the core's start returned %d and registered %s", rc,
				movable_registry->offline ? "its operations" : "nothing");
}

void guest_add(const struct driver *driver, unsigned int units, bool adjust)
{
	struct guest_device *device = &guest.devices[guest.count];

	device->number = guest.count++;
	device->core = guest.cores[device->number];
	device->adjust = adjust;
	device->lock = (struct sleep_lock)SLEEP_LOCK_INIT(driver->name);
	device->host_lock = (spinlock_t)SPINLOCK_INIT("the driver's host lock");
	lay_out(device->core);
	/* As a driver's memory comes: not zero. */
	memset(device->core, 0x5a, guest.sut->device_size);
	if (unlikely(!guest.sut->device_init(device->core, adjust, true)))
		observe_finding("state.device",
				"b%u was made with a migration callback, or adjusts managed pages",
				device->number);
	guest_attach(device, driver, units);
}

void guest_attach(struct guest_device *device, const struct driver *driver, unsigned int units)
{
	device->driver = driver;
	device->units = units;
	/* Another driver's lock, but no more locks than devices. */
	device->lock.lock.name = driver->name;
	device->lock.allocates = false;
	device->lock.in_reclaim = false;
	device->target = 0;
	device->inflated = 0;
	list_init(&device->aside);
	device->aside_count = 0;
	device->hotplug = false;
	__atomic_store_n(&device->removed, false, __ATOMIC_RELAXED);
}

int guest_migratepage(void *core, struct page *newpage, struct page *page, enum migrate_mode mode)
{
	uintptr_t number = ((uintptr_t)core - (uintptr_t)guest.cores) / SUT_DEVICE_BYTES;
	struct guest_device *device = &guest.devices[number];

	might_sleep("the driver's migration callback");
	if (unlikely(number >= guest.count || device->core != core)) {
		observe_finding("model.callback",
				"a driver is called back for a device that is none");
		return -EINVAL;
	}
	if (unlikely(__atomic_load_n(&device->removed, __ATOMIC_RELAXED)))
		observe_finding("model.callback", "b%u's driver is called back after it has gone",
				device->number);
	cookie_check(device, page);
	return device->driver->migrate(device, newpage, page, mode);
}

bool guest_round(struct guest_device *device)
{
	long missing =
		(long)__atomic_load_n(&device->target, __ATOMIC_RELAXED) - guest_inflated(device);

	if (missing > 0)
		device->driver->inflate(device, (unsigned int)missing * device->units);
	else if (missing < 0)
		device->driver->deflate(device, (unsigned int)-missing * device->units);
	return !missing;
}

void guest_hotplug(struct guest_device *device, bool going)
{
	sleep_lock(&device->lock);
	__atomic_store_n(&device->hotplug, going, __ATOMIC_RELAXED);
	sleep_unlock(&device->lock);
}

struct page *guest_alloc(void)
{
	struct page_alloc_request *request = &context_self()->request;

	request->required = GFP_HIGHUSER | GFP_NOMEMALLOC | GFP_NORETRY | GFP_NOWARN;
	if (guest.features & FEATURE_migration)
		request->required |= GFP_MOVABLE;
	return guest.sut->alloc();
}

void guest_enqueue(struct guest_device *device, struct page *page)
{
	cookie_write(device, page);
	guest.sut->enqueue(device->core, page);
}

size_t guest_list_enqueue(struct guest_device *device, struct list_head *pages)
{
	size_t count = 0, done;

	for (struct list_head *link = pages->next; link != pages; link = link->next, count++)
		cookie_write(device, link_to_page(link));
	done = guest.sut->list_enqueue(device->core, pages);
	if (unlikely(done != count))
		observe_finding("model.result",
				"of %zu pages on a list, %zu went into b%u's balloon", count, done,
				device->number);
	return done;
}

struct page *guest_dequeue(struct guest_device *device)
{
	struct page *page = guest.sut->dequeue(device->core);

	if (!page)
		return NULL;
	/* The link leads to a list head that is gone with the core's stack frame. */
	if (guest.features & QUIRK_dangling_link)
		page_set_linked(page, PAGE_UNLINKED);
	cookie_check(device, page);
	return page;
}

size_t guest_list_dequeue(struct guest_device *device, struct list_head *pages, size_t max)
{
	size_t count = guest.sut->list_dequeue(device->core, pages, max), i = count;

	for (struct list_head *link = pages->next; i && link != pages; i--, link = link->next)
		cookie_check(device, link_to_page(link));
	return count;
}

void guest_free(struct page *page)
{
	if (unlikely(host_inflated(&guest.host, page_frame(page))))
		observe_finding("host.freed-inflated", "f%u is freed, and the host has it still",
				page_frame(page));
	page_put(page);
}

struct page *guest_pop(struct list_head *pages)
{
	struct list_head *first = pages->next;

	if (first == pages)
		return NULL;
	list_del(first);
	return link_to_page(first);
}

unsigned int guest_pages(const struct guest_device *device, unsigned int units)
{
	return (units < GUEST_CHUNK ? units : GUEST_CHUNK) / device->units;
}

static unsigned int page_pfns(const struct guest_device *device, const struct page *page,
			      uint64_t pfns[HOST_UNITS])
{
	for (unsigned int unit = 0; unit < device->units; unit++)
		pfns[unit] = host_pfn(device->units, page_frame(page), unit);
	return device->units;
}

bool guest_ask(struct guest_device *device, enum host_request request, const struct page *page)
{
	uint64_t pfns[HOST_UNITS];

	return host_ask(&guest.host, request, device->units, pfns, page_pfns(device, page, pfns));
}

void guest_tell(struct guest_device *device, enum host_request request, const struct page *page)
{
	uint64_t pfns[HOST_UNITS];

	host_tell(&guest.host, request, device->units, pfns, page_pfns(device, page, pfns));
}

bool guest_inflate_one(struct guest_device *device)
{
	struct page *page = guest_alloc();

	if (!page)
		return false;
	if (!guest_ask(device, HOST_INFLATE, page)) {
		guest_free(page);
		return false;
	}
	guest_enqueue(device, page);
	guest_count(device, 1);
	return true;
}

bool guest_deflate_one(struct guest_device *device)
{
	struct page *page;

	if (!guest_reserve(device))
		return false;
	page = guest_dequeue(device);
	if (!page) {
		guest_count(device, 1);
		return false;
	}
	guest_tell(device, HOST_DEFLATE, page);
	guest_free(page);
	return true;
}

bool guest_gone(struct guest_device *device)
{
	__atomic_store_n(&device->removed, true, __ATOMIC_RELAXED);
	return true;
}

bool guest_remove(struct guest_device *device,
		  unsigned int (*take)(struct guest_device *device, unsigned int units))
{
	for (unsigned int tries = 0; guest_inflated(device); tries++) {
		if (take(device, GUEST_CHUNK))
			tries = 0;
		else if (tries == GUEST_REMOVE_TRIES)
			return false;
		backend_yield();
	}
	return guest_gone(device);
}

void guest_count(struct guest_device *device, long pages)
{
	__atomic_fetch_add(&device->inflated, pages, __ATOMIC_RELAXED);
}

bool guest_reserve(struct guest_device *device)
{
	long count = __atomic_load_n(&device->inflated, __ATOMIC_RELAXED);

	while (count > 0)
		if (__atomic_compare_exchange_n(&device->inflated, &count, count - 1, false,
						__ATOMIC_RELAXED, __ATOMIC_RELAXED))
			return true;
	return false;
}

long guest_inflated(const struct guest_device *device)
{
	return __atomic_load_n(&device->inflated, __ATOMIC_RELAXED);
}

/* Never what a free page holds, nor what a new one does. */
uint64_t cookie_of(const struct guest_device *device, const struct page *page)
{
	return UINT64_C(0xba11) << 48 | (uint64_t)device->number << 32 | page_frame(page);
}

void cookie_write(const struct guest_device *device, struct page *page)
{
	page->content = cookie_of(device, page);
}

void cookie_check(const struct guest_device *device, const struct page *page)
{
	if (unlikely(page->content != cookie_of(device, page)))
		observe_finding("cookie.content",
				"f%u in b%u's balloon holds %#llx, not what its driver wrote there",
				page_frame(page), device->number,
				(unsigned long long)page->content);
}

UNINSTRUMENTED_END
