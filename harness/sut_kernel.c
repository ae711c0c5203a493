/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Adapter for the user's own kernel file, unmodified, over the stand-ins of
 * shim/linux.  Compiled with tree.h included first, which has
 *   KERNEL_SOURCE	the file
 *   KERNEL_ORIGIN	the same, as the user named it
 *   KERNEL_...		its features (shim/linux/detect.sh)
 * and twice for each tree, with
 *   SUT, SUT_NAME	as for the other adapters
 *   CONFIG_BALLOON_MIGRATION, CONFIG_BALLOON_COMPACTION	both, or neither
 *
 * The file is included, the names that it exports changed, so that several live
 * in one process.  Only freestanding headers can be found here.
 */
#define NAMED2(prefix, name) prefix##_##name
#define NAMED1(prefix, name) NAMED2(prefix, name)
#define KERNEL_NAME(name)    NAMED1(SUT, name)

/* Those of all generations; tree.h has those that only this file exports. */
#define balloon_page_alloc	  KERNEL_NAME(balloon_page_alloc)
#define balloon_page_enqueue	  KERNEL_NAME(balloon_page_enqueue)
#define balloon_page_list_enqueue KERNEL_NAME(balloon_page_list_enqueue)
#define balloon_page_dequeue	  KERNEL_NAME(balloon_page_dequeue)
#define balloon_page_list_dequeue KERNEL_NAME(balloon_page_list_dequeue)
#define balloon_page_isolate	  KERNEL_NAME(balloon_page_isolate)
#define balloon_page_putback	  KERNEL_NAME(balloon_page_putback)
#define balloon_page_migrate	  KERNEL_NAME(balloon_page_migrate)
#define balloon_mops		  KERNEL_NAME(balloon_mops)
#define balloon_aops		  KERNEL_NAME(balloon_aops)

/* By this the tree's own mm/internal.h, which is found beside the file, is empty. */
#define __MM_INTERNAL_H

/* Kernel code is held to the kernel's idea of warnings and errors. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Wpointer-arith"
#pragma GCC diagnostic error "-Wimplicit-function-declaration"
#pragma GCC diagnostic error "-Wint-conversion"
#pragma GCC diagnostic error "-Wreturn-type"
#pragma GCC diagnostic error "-Wincompatible-pointer-types"
#include KERNEL_SOURCE
#pragma GCC diagnostic pop

#include "harness/sut.h"

UNINSTRUMENTED_BEGIN

/* Names of the adapter begin with kernel_: all others are the file's. */

/* What the file does not adjust, its driver does: before 7.0. */
struct kernel_device {
	struct balloon_dev_info balloon;
	bool adjust;
};

_Static_assert(offsetof(struct kernel_device, balloon) == 0, "the file knows the device by it");
_Static_assert(sizeof(struct kernel_device) <= SUT_DEVICE_BYTES, "devices fit");

static void kernel_adjust_managed(void *device, struct page *page, long delta)
{
	if (((struct kernel_device *)device)->adjust)
		adjust_managed_page_count(page, delta);
}

#ifdef KERNEL_CORE_MOVES

static int kernel_migratepage(struct balloon_dev_info *balloon, struct page *newpage,
			      struct page *page, enum migrate_mode mode)
{
	return sut_migratepage(balloon, newpage, page, mode);
}

#else

/* The page leaves: what the driver's migration does last but for its reference. */
static void kernel_leave(struct balloon_dev_info *balloon, struct page *page)
{
#ifdef KERNEL_DELETE
	unsigned long state;

	spin_lock_irqsave(&balloon->pages_lock, state);
	balloon_page_delete(page);
	spin_unlock_irqrestore(&balloon->pages_lock, state);
#else
	(void)balloon;
	balloon_page_finalize(page);
#endif
}

/* A driver as there were before 7.0: the list, the references and the counters are its work. */
static int kernel_migratepage(struct balloon_dev_info *balloon, struct page *newpage,
			      struct page *page, enum migrate_mode mode)
{
	int rc = sut_migratepage(balloon, newpage, page, mode);
	unsigned long state;

	if (rc)
		return rc;
	page_get(newpage);
	if (page_zone(page) != page_zone(newpage)) {
		kernel_adjust_managed(balloon, page, 1);
		kernel_adjust_managed(balloon, newpage, -1);
	}
	spin_lock_irqsave(&balloon->pages_lock, state);
	balloon_page_insert(balloon, newpage);
	balloon->isolated_pages--;
	count_event_irqs_off(EVENT_MIGRATE);
	spin_unlock_irqrestore(&balloon->pages_lock, state);
	kernel_leave(balloon, page);
	page_put(page);
	return 0;
}

#endif

#if defined(KERNEL_ADDRESS_SPACE) && defined(CONFIG_BALLOON_MIGRATION)

/* One for all devices: nobody tells them apart by it. */
static struct address_space kernel_mapping = { .a_ops = &balloon_aops };
static struct inode kernel_inode = { .i_mapping = &kernel_mapping };

static bool kernel_isolate_in_mapping(struct page *page, isolate_mode_t mode)
{
	return kernel_mapping.a_ops->isolate_page(page, mode);
}

static int kernel_migrate_in_mapping(struct page *newpage, struct page *page,
				     enum migrate_mode mode)
{
	return kernel_mapping.a_ops->migratepage(&kernel_mapping, newpage, page, mode);
}

static void kernel_putback_in_mapping(struct page *page)
{
	kernel_mapping.a_ops->putback_page(page);
}

static const struct movable_operations kernel_mapping_operations = {
	.isolate_page = kernel_isolate_in_mapping,
	.migrate_page = kernel_migrate_in_mapping,
	.putback_page = kernel_putback_in_mapping,
};

#endif

static int kernel_init(void)
{
#ifndef CONFIG_BALLOON_MIGRATION
	return 0;
#elif defined(KERNEL_REGISTERED)
	return kernel_initcall ? kernel_initcall() : 0;
#elif defined(KERNEL_ADDRESS_SPACE)
	movable_registry->mark = &kernel_mapping;
	return movable_register(&kernel_mapping_operations);
#else
	movable_registry->mark = &balloon_mops;
	return movable_register(&balloon_mops);
#endif
}

static bool kernel_device_init(void *bytes, bool adjust, bool callback)
{
	struct kernel_device *device = bytes;
	bool fresh;

	balloon_devinfo_init(&device->balloon);
	fresh = !device->balloon.migratepage;
#ifdef KERNEL_ADJUSTS
	fresh = fresh && !*(const unsigned char *)&device->balloon.adjust_managed_page_count;
	device->balloon.adjust_managed_page_count = adjust;
	device->adjust = false;
#else
	device->adjust = adjust;
#endif
#if defined(KERNEL_ADDRESS_SPACE) && defined(CONFIG_BALLOON_MIGRATION)
	device->balloon.inode = &kernel_inode;
#endif
	if (callback)
		device->balloon.migratepage = kernel_migratepage;
	return fresh;
}

/* Managed pages are adjusted first: once a page is in, it may be migrated. */
static void kernel_enqueue(void *device, struct page *page)
{
	kernel_adjust_managed(device, page, -1);
	balloon_page_enqueue(device, page);
}

static struct page *kernel_dequeue(void *device)
{
	struct page *page = balloon_page_dequeue(device);

	if (page)
		kernel_adjust_managed(device, page, 1);
	return page;
}

#ifdef KERNEL_NO_LIST_CALLS

static size_t kernel_list_enqueue(void *device, struct list_head *pages)
{
	size_t count = 0;

	for (; !list_empty(pages); count++) {
		struct list_head *link = pages->next;

		(list_del)(link);
		kernel_enqueue(device, link_to_page(link));
	}
	return count;
}

/* An empty list is no reason to ask: it would be the file's BUG. */
static size_t kernel_list_dequeue(void *device, struct list_head *pages, size_t max)
{
	struct balloon_dev_info *balloon = device;
	size_t count = 0;

	while (count < max && !list_empty(&balloon->pages)) {
		struct page *page = kernel_dequeue(device);

		if (!page)
			break;
		(list_add)(&page->lru, pages);
		count++;
	}
	return count;
}

#else

/* Adds delta to the managed pages of each of the first count pages of a list. */
static void kernel_adjust_managed_list(void *device, struct list_head *pages, size_t count,
				       long delta)
{
	struct list_head *link = pages->next;

	if (!((struct kernel_device *)device)->adjust)
		return;
	for (; count && link != pages; count--, link = link->next)
		adjust_managed_page_count(link_to_page(link), delta);
}

static size_t kernel_list_enqueue(void *device, struct list_head *pages)
{
	kernel_adjust_managed_list(device, pages, SIZE_MAX, -1);
	return balloon_page_list_enqueue(device, pages);
}

static size_t kernel_list_dequeue(void *device, struct list_head *pages, size_t max)
{
	size_t count = balloon_page_list_dequeue(device, pages, max);

	kernel_adjust_managed_list(device, pages, count, 1);
	return count;
}

#endif

static struct list_head *kernel_device_pages(void *device)
{
	return &((struct kernel_device *)device)->balloon.pages;
}

static unsigned long kernel_device_isolated(void *device)
{
	return ((struct kernel_device *)device)->balloon.isolated_pages;
}

static struct movable_registry kernel_registry;

enum kernel_features {
	KERNEL_FEATURES = 0
#ifdef CONFIG_BALLOON_MIGRATION
		   | FEATURE_migration
#endif
#if defined(KERNEL_NODE_PAGES) || defined(KERNEL_REGISTERED)
		   | FEATURE_node_pages
#endif
#ifdef KERNEL_PAGE_LOCK
		   | FEATURE_page_lock
#endif
#ifdef KERNEL_CORE_MOVES
		   | FEATURE_core_moves
#endif
#ifdef KERNEL_REGISTERED
		   | FEATURE_sticky_type | FEATURE_owner_checks
#else
		   | FEATURE_mapping_mark
#endif
#if defined(KERNEL_CALLER_7_0)
		   | CALLER_7_0
#elif defined(KERNEL_CALLER_6_12)
		   | CALLER_6_12
#else
		   | CALLER_6_1
#endif
};

extern const struct sut NAMED1(sut, SUT);
const struct sut NAMED1(sut, SUT) = {
	.name = SUT_NAME,
#ifdef KERNEL_CORE_MOVES
	.generation = "modern",
#else
	.generation = "classic",
#endif
	.features = KERNEL_FEATURES,
	.origin = KERNEL_ORIGIN,
	.device_size = sizeof(struct kernel_device),
	.registry = &kernel_registry,
	.init = kernel_init,
	.device_init = kernel_device_init,
	.alloc = balloon_page_alloc,
	.enqueue = kernel_enqueue,
	.list_enqueue = kernel_list_enqueue,
	.dequeue = kernel_dequeue,
	.list_dequeue = kernel_list_dequeue,
#ifdef KERNEL_PUSH
	.push = balloon_page_push,
	.pop = balloon_page_pop,
#endif
	.device_pages = kernel_device_pages,
	.device_isolated = kernel_device_isolated,
};

UNINSTRUMENTED_END
