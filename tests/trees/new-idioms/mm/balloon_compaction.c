// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A tree for the tests, of our own: as page-type, in the words of later patches. */
#include <linux/atomic.h>
#include <linux/balloon_compaction.h>
#include <linux/bits.h>
#include <linux/cleanup.h>
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/string.h>
#include "internal.h"

static_assert(PAGE_SIZE == BIT(PAGE_SHIFT));

static atomic_long_t entered = ATOMIC_LONG_INIT(0);

static void enter(struct balloon_dev_info *dev, struct folio *folio)
{
	struct page *p = folio_page(folio, 0);

	lockdep_assert_held(&dev->pages_lock);
	BUG_ON(!folio_trylock(folio));
	VM_WARN_ON_ONCE_FOLIO(folio_test_large(folio), folio);
	balloon_page_insert(dev, p);
	folio_unlock(folio);
	__count_vm_event(BALLOON_INFLATE);
	inc_node_page_state(p, NR_BALLOON_PAGES);
	atomic_long_inc(&entered);
}

bool balloon_is_empty(struct balloon_dev_info *dev)
{
	lockdep_assert_held(&dev->pages_lock);
	return !dev->isolated_pages && list_empty(&dev->pages);
}

struct page *balloon_page_alloc(void)
{
	gfp_t zone = IS_ENABLED(CONFIG_BALLOON_COMPACTION) ? GFP_HIGHUSER_MOVABLE : GFP_HIGHUSER;

	return alloc_page(zone | __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN);
}
EXPORT_SYMBOL_GPL(balloon_page_alloc);

void balloon_page_enqueue(struct balloon_dev_info *dev, struct page *p)
{
	scoped_guard(spinlock_irqsave, &dev->pages_lock)
		enter(dev, page_folio(p));
}
EXPORT_SYMBOL_GPL(balloon_page_enqueue);

size_t balloon_page_list_enqueue(struct balloon_dev_info *dev, struct list_head *list)
{
	struct folio *folio, *behind;
	size_t done = 0;

	scoped_guard(spinlock_irqsave, &dev->pages_lock) {
		list_for_each_entry_safe(folio, behind, list, lru) {
			list_del(&folio->lru);
			enter(dev, folio);
			done++;
		}
	}
	pr_debug("%zu more, %ld ever\n", done, atomic_long_read(&entered));
	return done;
}
EXPORT_SYMBOL_GPL(balloon_page_list_enqueue);

static bool leave(struct folio *folio, struct list_head *to)
{
	if (!folio_trylock(folio))
		return false;
	list_del(&folio->lru);
	balloon_page_finalize(&folio->page);
	list_add(&folio->lru, to);
	folio_unlock(folio);
	__count_vm_event(BALLOON_DEFLATE);
	dec_node_page_state(&folio->page, NR_BALLOON_PAGES);
	return true;
}

size_t balloon_page_list_dequeue(struct balloon_dev_info *dev, struct list_head *list, size_t max)
{
	struct folio *folio, *behind;
	size_t done = 0;
	LIST_HEAD(gone);

	guard(spinlock_irqsave)(&dev->pages_lock);
	list_for_each_entry_safe(folio, behind, &dev->pages, lru) {
		if (done >= max)
			break;
		done += leave(folio, &gone);
	}
	WARN_ONCE(list_count_nodes(&gone) != done, "%zu pages are lost\n", done);
	list_splice(&gone, list);
	return done;
}
EXPORT_SYMBOL_GPL(balloon_page_list_dequeue);

/* Its page stays linked to a head that is gone, and it gives up with the lock held: as page-type. */
struct page *balloon_page_dequeue(struct balloon_dev_info *dev)
{
	LIST_HEAD(one);

	if (balloon_page_list_dequeue(dev, &one, 1))
		return lru_to_page(&one);
	scoped_guard(spinlock_irqsave, &dev->pages_lock)
		BUG_ON(balloon_is_empty(dev));
	return NULL;
}
EXPORT_SYMBOL_GPL(balloon_page_dequeue);

#ifdef CONFIG_BALLOON_COMPACTION
static struct balloon_dev_info *owner(struct page *p)
{
	return (struct balloon_dev_info *)page_private(p);
}

static bool isolate(struct page *p, isolate_mode_t mode)
{
	struct balloon_dev_info *dev = owner(p);
	unsigned long irqs;

	/* Deflated already: the type stays. */
	if (!dev)
		return false;
	spin_lock_irqsave(&dev->pages_lock, irqs);
	dev->isolated_pages++;
	list_del(&p->lru);
	spin_unlock_irqrestore(&dev->pages_lock, irqs);
	return true;
}

static void putback(struct page *p)
{
	struct balloon_dev_info *dev = owner(p);
	unsigned long irqs;

	if (WARN_ON_ONCE(!dev))
		return;
	spin_lock_irqsave(&dev->pages_lock, irqs);
	dev->isolated_pages--;
	list_add(&p->lru, &dev->pages);
	spin_unlock_irqrestore(&dev->pages_lock, irqs);
}

static int migrate(struct page *to, struct page *from, enum migrate_mode mode)
{
	struct balloon_dev_info *dev = owner(from);

	if (WARN_ON_ONCE(!dev))
		return -EAGAIN;
	return dev->migratepage(dev, to, from, mode);
}

static const struct movable_operations operations = {
	.isolate_page = isolate,
	.putback_page = putback,
	.migrate_page = migrate,
};

static int __init start(void)
{
	return set_movable_ops(&operations, PGTY_offline);
}
core_initcall(start);
#endif
