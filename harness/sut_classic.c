/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Adapter for cores with the classic contract: this project's, or a file of the
 * same shape that SUT_SOURCE names.  It is the driver of such a core as well:
 * managed pages and most of a migration are the driver's work there.
 * Compiled once for each system under test:
 *   SUT		a C identifier; makes sut_<SUT>
 *   SUT_NAME	what --sut calls it
 *   CONFIG_BALLOON_MIGRATION	as for the core
 *
 * The core is included, its exported names changed, so that several live in
 * one process.
 */
#define NAMED2(prefix, name) prefix##_##name
#define NAMED1(prefix, name) NAMED2(prefix, name)
#define NAMED(name)	     NAMED1(SUT, name)

#define balloon_mops		  NAMED(balloon_mops)
#define balloon_page_alloc	  NAMED(balloon_page_alloc)
#define balloon_page_enqueue	  NAMED(balloon_page_enqueue)
#define balloon_page_list_enqueue NAMED(balloon_page_list_enqueue)
#define balloon_page_dequeue	  NAMED(balloon_page_dequeue)
#define balloon_page_list_dequeue NAMED(balloon_page_list_dequeue)

#ifndef SUT_SOURCE
#define SUT_SOURCE "core/balloon_compaction.c"
#endif
#include SUT_SOURCE

#include "harness/sut.h"

UNINSTRUMENTED_BEGIN

/* A device as its driver has it. */
struct device {
	struct balloon_dev_info balloon;
	bool adjust; /* inflated pages do not count as managed memory */
};

static void adjust(struct device *device, struct page *page, long pages)
{
	if (device->adjust)
		adjust_managed_page_count(page, pages);
}

/* Managed pages are adjusted first: once a page is in, it may be migrated. */
static void enqueue(void *device, struct page *page)
{
	adjust(device, page, -1);
	balloon_page_enqueue(device, page);
}

/* Each of the first count pages of a list. */
static void adjust_list(struct device *device, struct list_head *pages, size_t count, long delta)
{
	struct list_head *link = pages->next;

	if (!device->adjust)
		return;
	for (; count && link != pages; count--, link = link->next)
		adjust(device, link_to_page(link), delta);
}

static size_t list_enqueue(void *device, struct list_head *pages)
{
	adjust_list(device, pages, SIZE_MAX, -1);
	return balloon_page_list_enqueue(device, pages);
}

static struct page *dequeue(void *device)
{
	struct page *page = balloon_page_dequeue(device);

	if (page)
		adjust(device, page, 1);
	return page;
}

/* The pages that come are the first on the list. */
static size_t list_dequeue(void *device, struct list_head *pages, size_t max)
{
	size_t count = balloon_page_list_dequeue(device, pages, max);

	adjust_list(device, pages, count, 1);
	return count;
}

#ifdef CONFIG_BALLOON_MIGRATION
#define MIGRATION FEATURE_migration

/* The host has agreed: newpage takes page's place. */
static void replace_page(struct device *device, struct page *newpage, struct page *page)
{
	struct balloon_dev_info *balloon = &device->balloon;
	unsigned long state;

	page_get(newpage);
	if (newpage->zone != page->zone) {
		adjust(device, page, 1);
		adjust(device, newpage, -1);
	}
	state = spin_lock_irqsave(&balloon->pages_lock);
	balloon_page_insert(balloon, newpage);
	balloon->isolated_pages--;
	count_event_irqs_off(EVENT_MIGRATE);
	spin_unlock_irqrestore(&balloon->pages_lock, state);
	balloon_page_finalize(page);
	page_put(page);
}

static int migratepage(struct balloon_dev_info *balloon, struct page *newpage, struct page *page,
		       enum migrate_mode mode)
{
	int rc = sut_migratepage(balloon, newpage, page, mode);

	if (!rc)
		replace_page((struct device *)balloon, newpage, page);
	return rc;
}

static struct movable_registry registry = { NULL, &balloon_mops };

static int init(void)
{
	return movable_register(&balloon_mops);
}

#else
#define MIGRATION 0

static struct movable_registry registry;

static int init(void)
{
	return 0;
}

#endif

static bool device_init(void *memory, bool adjusts, bool callback)
{
	struct device *device = memory;
	bool fresh;

	balloon_devinfo_init(&device->balloon);
	fresh = !device->balloon.migratepage;
	device->adjust = adjusts;
#ifdef CONFIG_BALLOON_MIGRATION
	if (callback)
		device->balloon.migratepage = migratepage;
#else
	(void)callback;
#endif
	return fresh;
}

static struct list_head *device_pages(void *device)
{
	return &((struct device *)device)->balloon.pages;
}

static unsigned long device_isolated(void *device)
{
	return ((struct device *)device)->balloon.isolated_pages;
}

_Static_assert(sizeof(struct device) <= SUT_DEVICE_BYTES, "devices fit");

extern const struct sut NAMED1(sut, SUT);
const struct sut NAMED1(sut, SUT) = {
	.name = SUT_NAME,
	.generation = "classic",
	.features = MIGRATION | FEATURE_page_lock | FEATURE_mapping_mark | CALLER_6_12,
	.device_size = sizeof(struct device),
	.registry = &registry,
	.init = init,
	.device_init = device_init,
	.alloc = balloon_page_alloc,
	.enqueue = enqueue,
	.list_enqueue = list_enqueue,
	.dequeue = dequeue,
	.list_dequeue = list_dequeue,
	.push = balloon_page_push,
	.pop = balloon_page_pop,
	.device_pages = device_pages,
	.device_isolated = device_isolated,
};

UNINSTRUMENTED_END
