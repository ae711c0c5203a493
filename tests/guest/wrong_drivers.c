/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "tests/guest/wrong_drivers.h"

#include "shim/backend_single.h"
#include "shim/page_alloc.h"
#include "shim/world.h"

/* One page in, as virtio does it, but for the host. */
static struct page *put_in(struct guest_device *device)
{
	struct page *page = guest_alloc();

	if (page) {
		guest_enqueue(device, page);
		guest_count(device, 1);
	}
	return page;
}

static unsigned int inflate_told_twice(struct guest_device *device, unsigned int units)
{
	struct page *page = put_in(device);

	(void)units;
	guest_tell(device, HOST_INFLATE, page);
	guest_tell(device, HOST_INFLATE, page);
	return device->units;
}

static unsigned int inflate_untold(struct guest_device *device, unsigned int units)
{
	(void)units;
	put_in(device);
	return device->units;
}

static unsigned int inflate_other_told(struct guest_device *device, unsigned int units)
{
	struct page *page = put_in(device);

	(void)units;
	guest_tell(device, HOST_INFLATE, page + 1);
	return device->units;
}

/* The count of units goes up by one for each page (H12). */
static unsigned int inflate_units_mixed_up(struct guest_device *device, unsigned int units)
{
	uint64_t pfns[GUEST_CHUNK];
	unsigned int count = 0;

	for (unsigned int left = units / device->units; left; left--) {
		struct page *page = put_in(device);

		for (unsigned int unit = 0; unit < device->units; unit++)
			pfns[count + unit] = host_pfn(device->units, page_frame(page), unit);
		count++;
	}
	host_tell(&guest.host, HOST_INFLATE, device->units, pfns, count);
	return units;
}

/* 32 bits of the number (H31). */
static unsigned int inflate_cut(struct guest_device *device, unsigned int units)
{
	struct page *page = put_in(device);
	uint64_t pfn = (uint32_t)host_pfn(device->units, page_frame(page), 0);

	(void)units;
	host_tell(&guest.host, HOST_INFLATE, device->units, &pfn, 1);
	return device->units;
}

/* H11 */
static unsigned int inflate_under_mutex(struct guest_device *device, unsigned int units)
{
	unsigned int done;

	sleep_lock(&device->lock);
	for (done = 0; done < units / device->units; done++) {
		struct page *page = put_in(device);

		if (!page)
			break;
		guest_tell(device, HOST_INFLATE, page);
	}
	sleep_unlock(&device->lock);
	return done * device->units;
}

/* The newest pages first. */
static unsigned int inflate_reversed(struct guest_device *device, unsigned int units)
{
	struct list_head pages;
	struct page *page;

	list_init(&pages);
	for (unsigned int left = units / device->units; left; left--)
		list_add(&guest_alloc()->lru, &pages);
	while ((page = guest_pop(&pages))) {
		guest_enqueue(device, page);
		guest_count(device, 1);
		guest_tell(device, HOST_INFLATE, page);
	}
	return units;
}

static unsigned int inflate_in_pages(struct guest_device *device, unsigned int units)
{
	return driver_virtio.inflate(device, units) / device->units;
}

/* Sends the request whatever came (H1). */
static unsigned int deflate_unchecked(struct guest_device *device, unsigned int units)
{
	uint64_t pfns[GUEST_CHUNK];
	unsigned int count = 0, unit;
	struct page *page;

	while (count < units && (page = guest_dequeue(device))) {
		for (unit = 0; unit < device->units; unit++)
			pfns[count++] = host_pfn(device->units, page_frame(page), unit);
		guest_count(device, -1);
		page_put(page);
	}
	host_tell(&guest.host, HOST_DEFLATE, device->units, pfns, count);
	return count;
}

/* Somebody else may have the page, and the host still takes it. */
static unsigned int deflate_freed_first(struct guest_device *device, unsigned int units)
{
	struct page *page = guest_dequeue(device);

	(void)units;
	guest_free(page);
	guest_tell(device, HOST_DEFLATE, page);
	guest_count(device, -1);
	return device->units;
}

static unsigned int deflate_uncounted(struct guest_device *device, unsigned int units)
{
	struct page *page = guest_dequeue(device);

	(void)units;
	guest_tell(device, HOST_DEFLATE, page);
	guest_free(page);
	return device->units;
}

/* Somebody writes to a page that lies in a balloon. */
static unsigned int deflate_after_a_write(struct guest_device *device, unsigned int units)
{
	link_to_page(guest.sut->device_pages(device->core)->next)->content++;
	return driver_virtio.deflate(device, units);
}

static int migrate_without_cookie(struct guest_device *device, struct page *newpage,
				  struct page *page, enum migrate_mode mode)
{
	(void)mode;
	guest_tell(device, HOST_INFLATE, newpage);
	guest_tell(device, HOST_DEFLATE, page);
	return 0;
}

static int migrate_old_kept(struct guest_device *device, struct page *newpage, struct page *page,
			    enum migrate_mode mode)
{
	(void)page, (void)mode;
	cookie_write(device, newpage);
	guest_tell(device, HOST_INFLATE, newpage);
	return 0;
}

static int migrate_waiting(struct guest_device *device, struct page *newpage, struct page *page,
			   enum migrate_mode mode)
{
	sleep_lock(&device->lock);
	sleep_unlock(&device->lock);
	return driver_virtio.migrate(device, newpage, page, mode);
}

/* Another context has the mutex, and compaction comes by. */
static unsigned int oom_beside_the_mutex(struct guest_device *device)
{
	struct page *page = link_to_page(guest.sut->device_pages(device->core)->next);

	backend_single_switch(1);
	sleep_lock(&device->lock);
	backend_single_switch(0);
	if (movable_isolate(page) == ISOLATE_DONE)
		if (movable_migrate(page, 8, MIGRATE_SYNC))
			movable_putback(page);
	backend_single_switch(1);
	sleep_unlock(&device->lock);
	backend_single_switch(0);
	return 0;
}

/* The last page stays behind on a list that is forgotten (H20). */
static bool remove_forgetting(struct guest_device *device)
{
	struct page *page = guest_dequeue(device);

	guest_tell(device, HOST_DEFLATE, page);
	guest_count(device, -1);
	return driver_virtio.remove(device);
}

static bool remove_untold(struct guest_device *device)
{
	while (guest_inflated(device)) {
		guest_free(guest_dequeue(device));
		guest_count(device, -1);
	}
	return guest_gone(device);
}

/* The host refuses to take a page back, and a scanner has its lock by then. */
static bool refuses_and_scans(struct host *host, enum host_request request, uint64_t pfn)
{
	struct page *page = frame_page((unsigned int)(pfn - HOST_FIRST_PFN));

	(void)host;
	if (request == HOST_DEFLATE && page_get_unless_zero(page))
		page_trylock(page, PAGE_LOCK_STRANGER);
	return request == HOST_DEFLATE;
}

/* It lets go when the driver is done. */
static unsigned int deflate_beside_a_scanner(struct guest_device *device, unsigned int units)
{
	bool (*before)(struct host *, enum host_request, uint64_t) = guest.host.refuses;
	struct page *page = link_to_page(guest.sut->device_pages(device->core)->next);
	unsigned int count;

	guest.host.refuses = refuses_and_scans;
	count = driver_vmware.deflate(device, units);
	guest.host.refuses = before;
	page_unlock(page, PAGE_LOCK_STRANGER);
	page_put(page);
	return count;
}

/* clang-format off */
const struct wrong_driver wrong_drivers[] = {
	{ "the host is told twice", "modern", DRIVER_virtio, { .inflate = inflate_told_twice }, false,
	  "attach b0 virtio\ninflate b0 1\n", "host.double-inflate@inflate/modern" },
	{ "the host is not told", "modern", DRIVER_virtio, { .inflate = inflate_untold }, false,
	  "attach b0 virtio\ninflate b0 1\n", "host.set@inflate/modern" },
	{ "the host is told of another page", "classic", DRIVER_virtio, { .inflate = inflate_other_told }, false,
	  "attach b0 virtio 16\ninflate b0 1\n", "host.set@inflate/classic" },
	{ "one unit for a page, H12", "modern", DRIVER_virtio, { .inflate = inflate_units_mixed_up }, false,
	  "attach b0 virtio 16\ninflate b0 3\n", "host.set@inflate/modern" },
	{ "pages for units, H12", "modern-off", DRIVER_virtio, { .inflate = inflate_in_pages }, false,
	  "attach b0 virtio 16\ninflate b0 3\n", "driver.result@inflate/modern" },
	{ "a number of 32 bits, H31", "modern", DRIVER_virtio, { .inflate = inflate_cut }, false,
	  "attach b0 virtio\ninflate b0 1\n", "host.frame@inflate/modern" },
	{ "allocation under the mutex, H11", "modern", DRIVER_virtio, { .inflate = inflate_under_mutex }, false,
	  "attach b0 virtio\ninflate b0 2\noom b0\n", "lock.reclaim@oom/modern" },
	{ "the same, and the notifier comes inside", "classic-off", DRIVER_virtio, { .inflate = inflate_under_mutex }, false,
	  "attach b0 virtio\ninflate b0 2\n\toom b0\n", "lock.recursion@oom/classic" },
	{ "the same, and the callback waits", "modern", DRIVER_virtio,
	  { .inflate = inflate_under_mutex, .migrate = migrate_waiting }, false,
	  "attach b0 virtio\ninflate b0 2\ninflate b0 2\n\tcompact f0 2\n", "lock.recursion@compact/modern" },
	{ "the callback waits for the mutex", "modern", DRIVER_virtio,
	  { .migrate = migrate_waiting, .oom = oom_beside_the_mutex }, false,
	  "world adjust=b0\nattach b0 virtio\ninflate b0 1\noom b0\n", "progress.deadlock@oom/modern" },
	{ "pages in another order", "modern", DRIVER_virtio, { .inflate = inflate_reversed }, false,
	  "attach b0 virtio\ninflate b0 3\n", "driver.state@inflate/modern" },
	{ "a request of no units, H1", "modern", DRIVER_virtio, { .deflate = deflate_unchecked }, false,
	  "attach b0 virtio\ninflate b0 1\np0 = isolate f0\ndeflate b0 1\n", "host.empty-request@deflate/modern" },
	{ "freed before the host is told", "modern", DRIVER_virtio, { .deflate = deflate_freed_first }, false,
	  "attach b0 virtio\ninflate b0 1\ndeflate b0 1\n", "host.freed-inflated@deflate/modern" },
	{ "a page out that stays counted", "classic", DRIVER_virtio, { .deflate = deflate_uncounted }, false,
	  "attach b0 virtio\ninflate b0 1\ndeflate b0 1\n", "accounting.I1@deflate/classic" },
	{ "a page that somebody wrote to", "modern", DRIVER_virtio, { .deflate = deflate_after_a_write }, false,
	  "attach b0 virtio\ninflate b0 1\ndeflate b0 1\n", "cookie.content@deflate/modern" },
	{ "a new page without its cookie", "classic", DRIVER_virtio, { .migrate = migrate_without_cookie }, false,
	  "attach b0 virtio\ninflate b0 1\ncompact f0 2\n", "cookie.content@compact/classic" },
	{ "a page that moved stays inflated", "modern", DRIVER_pseries, { .migrate = migrate_old_kept }, false,
	  "attach b0 pseries\ninflate b0 1\ncompact f0 2\n", "host.set@compact/modern" },
	{ "the host has a page that is used again", "modern", DRIVER_virtio, { .remove = remove_untold }, false,
	  "attach b0 virtio\ninflate b0 1\nremove b0\nattach b0 free\ninflate b0 1\n", "host.freed-inflated@remove/modern" },
	{ "a page is left at removal, H20", "modern", DRIVER_virtio, { .remove = remove_forgetting }, false,
	  "attach b0 virtio\ninflate b0 2\n", "leak.page@end/modern" },
	{ "as it is: out of memory, and no page, B4", "modern", DRIVER_pseries, { 0 }, true,
	  "attach b0 pseries\noom b0\n", "model.bug@oom/modern" },
	{ "the same on a classic core", "classic", DRIVER_pseries, { 0 }, true,
	  "attach b0 pseries 16\ninflate b0 3\noom b0\n", "model.bug@oom/classic" },
	{ "as it is: refused pages go back in beside a scanner, B15", "classic", DRIVER_vmware,
	  { .deflate = deflate_beside_a_scanner }, true,
	  "attach b0 vmware\ninflate b0 1\nrefuse deflate 1\ndeflate b0 1\n", "model.bug@deflate/classic" },
	{ NULL, NULL, DRIVER_free, { 0 }, false, NULL, NULL },
};
/* clang-format on */
