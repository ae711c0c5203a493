// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A tree for the tests, of our own: marks with operations, counts for nodes. */
#include <linux/balloon_compaction.h>
#include <linux/export.h>
#include <linux/mm.h>

static void enter(struct balloon_dev_info *dev, struct page *p)
{
	BUG_ON(!trylock_page(p));
	balloon_page_insert(dev, p);
	unlock_page(p);
	__count_vm_event(BALLOON_INFLATE);
	inc_node_page_state(p, NR_BALLOON_PAGES);
}

struct page *balloon_page_alloc(void)
{
	gfp_t zone = IS_ENABLED(CONFIG_BALLOON_COMPACTION) ? GFP_HIGHUSER_MOVABLE : GFP_HIGHUSER;

	return alloc_page(zone | __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN);
}
EXPORT_SYMBOL_GPL(balloon_page_alloc);

void balloon_page_enqueue(struct balloon_dev_info *dev, struct page *p)
{
	unsigned long irqs;

	spin_lock_irqsave(&dev->pages_lock, irqs);
	enter(dev, p);
	spin_unlock_irqrestore(&dev->pages_lock, irqs);
}
EXPORT_SYMBOL_GPL(balloon_page_enqueue);

size_t balloon_page_list_enqueue(struct balloon_dev_info *dev, struct list_head *list)
{
	struct page *p, *behind;
	unsigned long irqs;
	size_t done = 0;

	spin_lock_irqsave(&dev->pages_lock, irqs);
	list_for_each_entry_safe(p, behind, list, lru) {
		list_del(&p->lru);
		enter(dev, p);
		done++;
	}
	spin_unlock_irqrestore(&dev->pages_lock, irqs);
	return done;
}
EXPORT_SYMBOL_GPL(balloon_page_list_enqueue);

size_t balloon_page_list_dequeue(struct balloon_dev_info *dev, struct list_head *list, size_t max)
{
	struct page *p, *behind;
	unsigned long irqs;
	size_t done = 0;

	spin_lock_irqsave(&dev->pages_lock, irqs);
	list_for_each_entry_safe(p, behind, &dev->pages, lru) {
		if (done >= max)
			break;
		if (!trylock_page(p))
			continue;
		done++;
		list_del(&p->lru);
		balloon_page_finalize(p);
		list_add(&p->lru, list);
		unlock_page(p);
		__count_vm_event(BALLOON_DEFLATE);
		dec_node_page_state(p, NR_BALLOON_PAGES);
	}
	spin_unlock_irqrestore(&dev->pages_lock, irqs);
	return done;
}
EXPORT_SYMBOL_GPL(balloon_page_list_dequeue);

/* Its page stays linked to a head that is gone, and it gives up with the lock held: as 6.12. */
struct page *balloon_page_dequeue(struct balloon_dev_info *dev)
{
	unsigned long irqs;
	LIST_HEAD(one);

	if (balloon_page_list_dequeue(dev, &one, 1))
		return list_first_entry(&one, struct page, lru);
	spin_lock_irqsave(&dev->pages_lock, irqs);
	BUG_ON(!dev->isolated_pages && list_empty(&dev->pages));
	spin_unlock_irqrestore(&dev->pages_lock, irqs);
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

	spin_lock_irqsave(&dev->pages_lock, irqs);
	dev->isolated_pages--;
	list_add(&p->lru, &dev->pages);
	spin_unlock_irqrestore(&dev->pages_lock, irqs);
}

static int migrate(struct page *to, struct page *from, enum migrate_mode mode)
{
	struct balloon_dev_info *dev = owner(from);

	VM_BUG_ON_PAGE(!PageLocked(to) || !PageLocked(from), from);
	return dev->migratepage(dev, to, from, mode);
}

const struct movable_operations balloon_mops = {
	.isolate_page = isolate,
	.putback_page = putback,
	.migrate_page = migrate,
};
EXPORT_SYMBOL_GPL(balloon_mops);
#endif
