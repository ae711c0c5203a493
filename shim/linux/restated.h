/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Stand-ins that mean what they mean in the kernel, told in terms of the shim.
 * A name that the shim has with the kernel's meaning and arguments (list_add_tail,
 * list_empty, spin_lock, adjust_managed_page_count, ...) needs none.
 */
#ifndef PINPRICK_LINUX_RESTATED_H
#define PINPRICK_LINUX_RESTATED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shim/count.h"
#include "shim/linux/config.h"
#include "shim/linux/nothing.h"
#include "shim/migrate.h"
#include "shim/page_alloc.h"
#include "shim/world.h"

/* Types. */
typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
typedef unsigned int gfp_t;
typedef unsigned int fmode_t;

/* Error numbers. */
#define EPERM	   1
#define ENOENT	   2
#define EIO	   5
#define EAGAIN	   11
#define ENOMEM	   12
#define EFAULT	   14
#define EBUSY	   16
#define EEXIST	   17
#define ENODEV	   19
#define EINVAL	   22
#define ENOSPC	   28
#define ENOSYS	   38
#define EOPNOTSUPP 95

/* Helpers of the language. */
/* clang-format off */
#define container_of(pointer, type, member) \
	((type *)(void *)((char *)(pointer) - offsetof(type, member)))
/* clang-format on */
#define READ_ONCE(x)	     __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define WRITE_ONCE(x, value) __atomic_store_n(&(x), (value), __ATOMIC_RELAXED)
#define barrier()	     __asm__ volatile("" : : : "memory")
#define smp_mb()	     __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define smp_rmb()	     __atomic_thread_fence(__ATOMIC_ACQUIRE)
#define smp_wmb()	     __atomic_thread_fence(__ATOMIC_RELEASE)
#define cpu_relax()	     backend_yield()
#define __always_inline	     inline __attribute__((always_inline))
#define __maybe_unused	     __attribute__((unused))
#define noinline	     __attribute__((noinline))
#define fallthrough	     __attribute__((fallthrough))
#define BUILD_BUG_ON(wrong)  _Static_assert(!(wrong), #wrong)
#define min(a, b)	     ((a) < (b) ? (a) : (b))
#define max(a, b)	     ((a) > (b) ? (a) : (b))
#define min_t(type, a, b)    min((type)(a), (type)(b))
#define max_t(type, a, b)    max((type)(a), (type)(b))

/* The adapter's sut runs it at the start of each run. */
typedef int (*initcall_t)(void);
static initcall_t kernel_initcall __attribute__((unused));
#define core_initcall(function)	  static initcall_t kernel_initcall = (function)
#define subsys_initcall(function) core_initcall(function)
#define device_initcall(function) core_initcall(function)
#define module_init(function)	  core_initcall(function)

/* Lists. */
/* clang-format off */
#define LIST_HEAD_INIT(name)   { &(name), &(name) }
#define LIST_HEAD(name)	       struct list_head name = LIST_HEAD_INIT(name)
#define INIT_LIST_HEAD(head)   list_init(head)
#define list_entry(link, type, member) container_of(link, type, member)
/* At its end a walk's entry is none, and may be aligned like none: only its link is used. */
#define list_link(entry, member) \
	((struct list_head *)(void *)((char *)(entry) + offsetof(__typeof__(*(entry)), member)))
#define list_next_entry(entry, member) \
	list_entry(list_step(list_link(entry, member)->next), __typeof__(*(entry)), member)
#define list_is_singular(head) (!list_empty(head) && (head)->next == (head)->prev)
#define list_is_first(entry, head) ((entry)->prev == (head))
#define list_is_last(entry, head)  ((entry)->next == (head))
/* clang-format on */

/* Spinlocks: locks in messages have the names that the file has for them. */
#define DEFINE_SPINLOCK(name)	       spinlock_t name = SPINLOCK_INIT(#name)
#define __SPIN_LOCK_UNLOCKED(name)     SPINLOCK_INIT(#name)
#define spin_lock_init(lock)	       (*(lock) = (spinlock_t)SPINLOCK_INIT(#lock))
#define spin_lock_irqsave(lock, state) ((state) = (spin_lock_irqsave)(lock))
/* The end of these turns interrupts on: a finding where they were off before. */
#define spin_lock_irq(lock)   ((void)(spin_lock_irqsave)(lock))
#define spin_unlock_irq(lock) spin_unlock_irqrestore(lock, false)

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

/* Events and counters. */
#define BALLOON_INFLATE	      EVENT_INFLATE
#define BALLOON_DEFLATE	      EVENT_DEFLATE
#define BALLOON_MIGRATE	      EVENT_MIGRATE
#define count_vm_event(event) count_event(event)
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

/* The step to the next entry of a walk. */
static inline struct list_head *list_step(struct list_head *link)
{
	world_step();
	return link;
}

static inline void list_del_init(struct list_head *entry)
{
	list_del(entry);
	list_init(entry);
}

static inline void list_move(struct list_head *entry, struct list_head *head)
{
	list_del(entry);
	list_add(entry, head);
}

static inline void list_move_tail(struct list_head *entry, struct list_head *head)
{
	list_del(entry);
	list_add_tail(entry, head);
}

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
	static struct pglist_data nodes[WORLD_NODES];
	unsigned int node = page_zone(page)->node;

	nodes[node].node_id = node;
	return &nodes[node];
}

static inline void mod_node_page_state(struct pglist_data *node, enum node_stat_item item,
				       long delta)
{
	(void)item;
	context_self()->node_pages[node->node_id] += delta;
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

static inline void count_vm_events(enum balloon_event event, long count)
{
	context_self()->events[event] += count;
}

static inline int set_movable_ops(const struct movable_operations *operations, unsigned int type)
{
	return type == PGTY_offline ? movable_register(operations) : -EINVAL;
}

UNINSTRUMENTED_END

/* clang-format off */
#define list_first_entry_or_null(head, type, member) \
	(list_empty(head) ? NULL : list_first_entry(head, type, member))
#define list_for_each(link, head) \
	for (link = list_step((head)->next); link != (head); link = list_step(link->next))
#define list_for_each_safe(link, next_link, head) \
	for (link = list_step((head)->next), next_link = link->next; link != (head); \
	     link = list_step(next_link), next_link = link->next)
#define list_for_each_entry(entry, head, member) \
	for (entry = list_entry((head)->next, __typeof__(*(entry)), member); \
	     list_link(entry, member) != (head); entry = list_next_entry(entry, member))
#define list_for_each_entry_safe(entry, next_entry, head, member) \
	for (entry = list_entry((head)->next, __typeof__(*(entry)), member), \
	     next_entry = list_next_entry(entry, member); \
	     list_link(entry, member) != (head); \
	     entry = next_entry, next_entry = list_next_entry(entry, member))
/* A later walk of that kind, which keeps the next entry to itself. */
#define list_for_each_entry_mutable(entry, head, member) \
	for (__typeof__(entry) mutable_next = list_entry((head)->next, __typeof__(*(entry)), member); \
	     entry = mutable_next, mutable_next = list_next_entry(entry, member), \
	     list_link(entry, member) != (head);)
/* clang-format on */

#endif
