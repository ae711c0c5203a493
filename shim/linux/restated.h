/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Stand-ins that mean what they mean in the kernel, told in terms of the shim.
 * A name that the shim has with the kernel's meaning and arguments (list_add_tail,
 * list_empty, spin_lock, adjust_managed_page_count, ...) needs none.
 */
#ifndef PINPRICK_LINUX_RESTATED_H
#define PINPRICK_LINUX_RESTATED_H

#include "shim/count.h"
#include "shim/linux/config.h"
#include "shim/linux/nothing.h"
#include "shim/linux/restated_guard.h"
#include "shim/linux/restated_language.h"
#include "shim/linux/restated_list.h"
#include "shim/linux/restated_lock.h"
#include "shim/migrate.h"
#include "shim/page_alloc.h"
#include "shim/world.h"

#define cpu_relax() backend_yield()

/* The adapter's sut runs it at the start of each run. */
typedef int (*initcall_t)(void);
static initcall_t kernel_initcall __attribute__((unused));
#define core_initcall(function)	  static initcall_t kernel_initcall = (function)
#define subsys_initcall(function) core_initcall(function)
#define fs_initcall(function)	  core_initcall(function)
#define device_initcall(function) core_initcall(function)
#define late_initcall(function)	  core_initcall(function)
#define module_init(function)	  core_initcall(function)

/* What an allocation may do; any flag that the shim has no name for makes it another request. */
#define GFP_HIGHUSER_MOVABLE (GFP_HIGHUSER | GFP_MOVABLE)
#define __GFP_MOVABLE	     GFP_MOVABLE
#define __GFP_NOMEMALLOC     GFP_NOMEMALLOC
#define __GFP_NORETRY	     GFP_NORETRY
#define __GFP_NOWARN	     GFP_NOWARN
#define __GFP_HIGHMEM	     0x20u
#define __GFP_ZERO	     0x40u
#define __GFP_COMP	     0x80u
#define __GFP_NOFAIL	     0x100u
#define __GFP_RETRY_MAYFAIL  0x200u
#define __GFP_HIGH	     0x400u
#define __GFP_THISNODE	     0x800u
#define GFP_KERNEL	     0x1000u
#define GFP_USER	     0x2000u
#define GFP_ATOMIC	     0x4000u
#define GFP_NOWAIT	     0x8000u
#define GFP_NOIO	     0x10000u
#define GFP_NOFS	     0x20000u
#define __GFP_ACCOUNT	     0x40000u
#define __GFP_MEMALLOC	     0x80000u
#define __GFP_RECLAIMABLE    0x100000u
#define __GFP_WRITE	     0x200000u
#define __GFP_HARDWALL	     0x400000u
#define __GFP_DMA	     0x800000u
#define __GFP_DMA32	     0x1000000u
#define GFP_KERNEL_ACCOUNT   (GFP_KERNEL | __GFP_ACCOUNT)

/* Events and counters. */
#define BALLOON_INFLATE	      EVENT_INFLATE
#define BALLOON_DEFLATE	      EVENT_DEFLATE
#define BALLOON_MIGRATE	      EVENT_MIGRATE
#define count_vm_event(event) count_events(event, 1)
#define count_vm_events(event, count) count_events(event, count)
enum node_stat_item { NR_BALLOON_PAGES };

/* Migration. */
#define MIGRATEPAGE_SUCCESS  0
#define MIGRATE_SYNC_NO_COPY ((enum migrate_mode)(MIGRATE_SYNC + 1))
enum pagetype { PGTY_offline = PAGE_TYPE_OFFLINE >> 24 };

/* What the movable mark named before operations stood alone (4.8 to 5.19). */
struct address_space;
struct address_space_operations {
	int (*migratepage)(struct address_space *mapping, struct page *newpage, struct page *page,
			   enum migrate_mode mode);
	bool (*isolate_page)(struct page *page, isolate_mode_t mode);
	void (*putback_page)(struct page *page);
};
struct address_space {
	const struct address_space_operations *a_ops;
};
struct inode {
	struct address_space *i_mapping;
};

struct pglist_data {
	unsigned int node_id;
};
typedef struct pglist_data pg_data_t;

UNINSTRUMENTED_BEGIN

static inline int PageLocked(const struct page *page)
{
	page_check(page, "look at the lock");
	return !!(page_peek_flags(page) & PG_locked);
}

static inline int PageIsolated(const struct page *page)
{
	page_check(page, "look at the isolated flag");
	return !!(page_peek_flags(page) & PG_movable_ops_isolated);
}
#define PageMovableOpsIsolated(page) PageIsolated(page)

static inline int PageOffline(const struct page *page)
{
	page_check(page, "look at the type");
	return page_peek_type(page) == PAGE_TYPE_OFFLINE;
}

static inline int PageMovableOps(const struct page *page)
{
	page_check(page, "look at the movable flag");
	return !!(page_peek_flags(page) & PG_movable_ops);
}

/* By the mapping, or by the type: has, or had, operations. */
#define __PageMovable(page)	   page_looks_movable(page)
#define page_has_movable_ops(page) page_looks_movable(page)

static inline int PageMovable(const struct page *page)
{
	page_check(page, "look at the mapping");
	return page_looks_movable(page) && page_mark(page);
}

static inline bool trylock_page(struct page *page)
{
	return page_trylock(page, backend_self() + 1);
}

static inline void lock_page(struct page *page)
{
	page_lock(page, backend_self() + 1);
}

static inline void unlock_page(struct page *page)
{
	page_unlock(page, backend_self() + 1);
}

static inline unsigned long page_private(const struct page *page)
{
	page_check(page, "read of the owner");
	return page->private;
}

#define get_page_unless_zero(page) page_get_unless_zero(page)
#define page_count(page)	   page_refs(page)
#define page_ref_count(page)	   page_refs(page)
#define page_to_pfn(page)	   ((unsigned long)page_frame(page))
#define pfn_to_page(frame)	   frame_page((unsigned int)(frame))

static inline struct page *alloc_page(gfp_t flags)
{
#ifdef KERNEL_NO_LIST_CALLS
	/* Before 5.4 nobody asked for silence. */
	flags |= GFP_NOWARN;
#endif
	return page_alloc(flags);
}

static inline struct zone *page_zone(const struct page *page)
{
	page_check(page, "zone of a page");
	return &world.zones[page->zone];
}

static inline int page_to_nid(const struct page *page)
{
	return (int)page_zone(page)->node;
}

static inline struct pglist_data *page_pgdat(const struct page *page)
{
	static struct pglist_data nodes[WORLD_NODES] = { { 0 }, { 1 } };

	return &nodes[page_zone(page)->node];
}

static inline void mod_node_page_state(struct pglist_data *node, enum node_stat_item item,
				       long delta)
{
	(void)item;
	count_node(node->node_id, delta);
}

static inline void inc_node_page_state(struct page *page, enum node_stat_item item)
{
	(void)item;
	count_node_pages(page, 1);
}

static inline void dec_node_page_state(struct page *page, enum node_stat_item item)
{
	(void)item;
	count_node_pages(page, -1);
}

static inline int set_movable_ops(const struct movable_operations *operations, unsigned int type)
{
	return type == PGTY_offline ? movable_register(operations) : -EINVAL;
}

UNINSTRUMENTED_END

#endif
