/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Adapter for cores with the 7.0 contract: this project's, or a file of the
 * same shape that SUT_SOURCE names.  Compiled once for each system under test:
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

#define balloon_init		  NAMED(balloon_init)
#define balloon_page_alloc	  NAMED(balloon_page_alloc)
#define balloon_page_enqueue	  NAMED(balloon_page_enqueue)
#define balloon_page_list_enqueue NAMED(balloon_page_list_enqueue)
#define balloon_page_dequeue	  NAMED(balloon_page_dequeue)
#define balloon_page_list_dequeue NAMED(balloon_page_list_dequeue)

#ifndef SUT_SOURCE
#define SUT_SOURCE "core/balloon.c"
#endif
#include SUT_SOURCE

#include "harness/model.h"
#include "harness/sut.h"

UNINSTRUMENTED_BEGIN

static int migratepage(struct balloon_dev_info *balloon, struct page *newpage, struct page *page,
		       enum migrate_mode mode)
{
	return sut_migratepage(balloon, newpage, page, mode);
}

static bool device_init(void *device, bool adjust, bool callback)
{
	struct balloon_dev_info *balloon = device;
	bool fresh;

	balloon_devinfo_init(balloon);
	fresh = !balloon->migratepage &&
		!*(const unsigned char *)&balloon->adjust_managed_page_count;
	balloon->adjust_managed_page_count = adjust;
	if (callback)
		balloon->migratepage = migratepage;
	return fresh;
}

static void enqueue(void *device, struct page *page)
{
	balloon_page_enqueue(device, page);
}

static size_t list_enqueue(void *device, struct list_head *pages)
{
	return balloon_page_list_enqueue(device, pages);
}

static struct page *dequeue(void *device)
{
	return balloon_page_dequeue(device);
}

static size_t list_dequeue(void *device, struct list_head *pages, size_t max)
{
	return balloon_page_list_dequeue(device, pages, max);
}

static struct list_head *device_pages(void *device)
{
	return &((struct balloon_dev_info *)device)->pages;
}

static unsigned long device_isolated(void *device)
{
	return ((struct balloon_dev_info *)device)->isolated_pages;
}

static struct movable_registry registry;

_Static_assert(sizeof(struct balloon_dev_info) <= SUT_DEVICE_BYTES, "devices fit");

#ifdef CONFIG_BALLOON_MIGRATION
#define MIGRATION FEATURE_migration
#else
#define MIGRATION 0
#endif

extern const struct sut NAMED1(sut, SUT);
const struct sut NAMED1(sut, SUT) = {
	.name = SUT_NAME,
	.generation = "modern",
	.features = MIGRATION | FEATURE_node_pages | FEATURE_core_moves | FEATURE_sticky_type |
		    FEATURE_owner_checks | CALLER_7_0,
	.device_size = sizeof(struct balloon_dev_info),
	.registry = &registry,
	.init = balloon_init,
	.device_init = device_init,
	.alloc = balloon_page_alloc,
	.enqueue = enqueue,
	.list_enqueue = list_enqueue,
	.dequeue = dequeue,
	.list_dequeue = list_dequeue,
	.device_pages = device_pages,
	.device_isolated = device_isolated,
};

UNINSTRUMENTED_END
