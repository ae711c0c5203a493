/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Stand-ins that mean what they mean in the kernel: folios, of which each is one
 * page here, and pages as far as they could be parts of something larger.
 */
#ifndef PINPRICK_LINUX_RESTATED_FOLIO_H
#define PINPRICK_LINUX_RESTATED_FOLIO_H

#include "shim/linux/restated.h"

/* A page under another name; the members are the page's own. */
struct folio {
	union {
		struct page page;
		struct {
			unsigned long flags;
			unsigned int type_of_page;
			int refcount;
			void *mapping;
			struct list_head lru;
			unsigned long private;
		};
	};
} __attribute__((may_alias));

#define SAME_PLACE(member) \
	_Static_assert(offsetof(struct folio, member) == offsetof(struct page, member), #member)
SAME_PLACE(flags);
SAME_PLACE(mapping);
SAME_PLACE(lru);
SAME_PLACE(private);

/* Orders above 0 are another request than a balloon makes. */
#define alloc_pages(flags, order)  (kernel_single_page(order), alloc_page(flags))
#define folio_alloc(flags, order)  ((struct folio *)alloc_pages(flags, order))
#define alloc_pages_node(node, flags, order) ((void)(node), alloc_pages(flags, order))
#define __free_pages(page, order)  (kernel_single_page(order), put_page(page))
#define __free_page(page)	   put_page(page)

#define PAGE_SHIFT 12
#define PAGE_SIZE  (1ul << PAGE_SHIFT)
#define PAGE_MASK  (~(PAGE_SIZE - 1))

#define page_folio(page)	   ((struct folio *)(page))
#define folio_page(folio, n)	   (kernel_single_page(n), &(folio)->page)
#define compound_head(page)	   (page)
#define compound_order(page)	   ((void)(page), 0u)
#define compound_nr(page)	   ((void)(page), 1ul)
#define folio_order(folio)	   ((void)(folio), 0u)
#define folio_nr_pages(folio)	   ((void)(folio), 1l)
#define folio_size(folio)	   ((void)(folio), PAGE_SIZE)

#define PageReserved(page)	   kernel_never(page)
#define PageLRU(page)		   kernel_never(page)
#define PageCompound(page)	   kernel_never(page)
#define PageHead(page)		   kernel_never(page)
#define PageTail(page)		   kernel_never(page)
#define PageTransHuge(page)	   kernel_never(page)
#define PageHuge(page)		   kernel_never(page)
#define PageSlab(page)		   kernel_never(page)
#define folio_test_lru(folio)	   kernel_never(&(folio)->page)
#define folio_test_large(folio)	   kernel_never(&(folio)->page)
#define folio_test_reserved(folio) kernel_never(&(folio)->page)

#define folio_trylock(folio)	     trylock_page(&(folio)->page)
#define folio_lock(folio)	     lock_page(&(folio)->page)
#define folio_unlock(folio)	     unlock_page(&(folio)->page)
#define folio_test_locked(folio)     PageLocked(&(folio)->page)
#define folio_get(folio)	     get_page(&(folio)->page)
#define folio_put(folio)	     put_page(&(folio)->page)
#define folio_try_get(folio)	     get_page_unless_zero(&(folio)->page)
#define folio_ref_count(folio)	     page_ref_count(&(folio)->page)
#define folio_get_private(folio)     ((void *)page_private(&(folio)->page))
#define folio_zone(folio)	     page_zone(&(folio)->page)
#define folio_nid(folio)	     page_to_nid(&(folio)->page)
#define folio_pgdat(folio)	     page_pgdat(&(folio)->page)
#define folio_pfn(folio)	     page_to_pfn(&(folio)->page)

UNINSTRUMENTED_BEGIN

/* Orders and places in a folio: there is only 0. */
static inline void kernel_single_page(unsigned long n)
{
	if (unlikely(n))
		observe_finding("alloc.flags", "page or order %lu, and balloons have single pages", n);
}

static inline int kernel_never(const struct page *page)
{
	page_check(page, "look at a flag");
	return 0;
}

UNINSTRUMENTED_END

#endif
