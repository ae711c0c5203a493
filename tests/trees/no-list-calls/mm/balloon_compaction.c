// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A tree for the tests, of our own: one page at a time, with the old name of the type. */
#include <linux/balloon_compaction.h>
#include <linux/export.h>
#include <linux/mm.h>

struct page *balloon_page_alloc(void)
{
	gfp_t zone = IS_ENABLED(CONFIG_BALLOON_COMPACTION) ? GFP_HIGHUSER_MOVABLE : GFP_HIGHUSER;

	return alloc_page(zone | __GFP_NOMEMALLOC | __GFP_NORETRY);
}
EXPORT_SYMBOL_GPL(balloon_page_alloc);

void balloon_page_enqueue(struct balloon_dev_info *dev, struct page *p)
{
	unsigned long irqs;

	BUG_ON(!trylock_page(p));
	spin_lock_irqsave(&dev->pages_lock, irqs);
	balloon_page_insert(dev, p);
	__count_vm_event(BALLOON_INFLATE);
	spin_unlock_irqrestore(&dev->pages_lock, irqs);
	unlock_page(p);
}
EXPORT_SYMBOL_GPL(balloon_page_enqueue);

static struct page *take(struct balloon_dev_info *dev)
{
	struct page *p, *behind;

	list_for_each_entry_safe(p, behind, &dev->pages, lru) {
		if (!trylock_page(p))
			continue;
		if (!PageIsolated(p)) {
			balloon_page_delete(p);
			__count_vm_event(BALLOON_DEFLATE);
			unlock_page(p);
			return p;
		}
		unlock_page(p);
	}
	return NULL;
}

struct page *balloon_page_dequeue(struct balloon_dev_info *dev)
{
	unsigned long irqs;
	struct page *p;

	spin_lock_irqsave(&dev->pages_lock, irqs);
	p = take(dev);
	BUG_ON(!p && !dev->isolated_pages && list_empty(&dev->pages));
	spin_unlock_irqrestore(&dev->pages_lock, irqs);
	return p;
}
EXPORT_SYMBOL_GPL(balloon_page_dequeue);

#ifdef CONFIG_BALLOON_COMPACTION
static struct balloon_dev_info *owner(struct page *p)
{
	return (struct balloon_dev_info *)page_private(p);
}

bool balloon_page_isolate(struct page *p, isolate_mode_t mode)
{
	struct balloon_dev_info *dev = owner(p);
	unsigned long irqs;

	spin_lock_irqsave(&dev->pages_lock, irqs);
	dev->isolated_pages++;
	list_del(&p->lru);
	spin_unlock_irqrestore(&dev->pages_lock, irqs);
	return true;
}

void balloon_page_putback(struct page *p)
{
	struct balloon_dev_info *dev = owner(p);
	unsigned long irqs;

	spin_lock_irqsave(&dev->pages_lock, irqs);
	dev->isolated_pages--;
	list_add(&p->lru, &dev->pages);
	spin_unlock_irqrestore(&dev->pages_lock, irqs);
}

int balloon_page_migrate(struct address_space *mapping, struct page *to, struct page *from,
			 enum migrate_mode mode)
{
	struct balloon_dev_info *dev = owner(from);

	if (mode == MIGRATE_SYNC_NO_COPY)
		return -EINVAL;
	VM_BUG_ON_PAGE(!PageLocked(to) || !PageLocked(from), from);
	return dev->migratepage(dev, to, from, mode);
}

const struct address_space_operations balloon_aops = {
	.isolate_page = balloon_page_isolate,
	.putback_page = balloon_page_putback,
	.migratepage = balloon_page_migrate,
};
EXPORT_SYMBOL_GPL(balloon_aops);
#endif
