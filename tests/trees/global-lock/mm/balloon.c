// SPDX-License-Identifier: GPL-2.0-only OR MIT
/* A tree for the tests, of our own: one lock, operations by page type, the core moves pages. */
#include <linux/balloon.h>
#include <linux/export.h>
#include <linux/mm.h>

static DEFINE_SPINLOCK(guard);

static void balloon_page_insert(struct balloon_dev_info *dev, struct page *p)
{
	lockdep_assert_held(&guard);
	__SetPageOffline(p);
#ifdef CONFIG_BALLOON_MIGRATION
	SetPageMovableOps(p);
	set_page_private(p, (unsigned long)dev);
#endif
	list_add(&p->lru, &dev->pages);
}

static void balloon_page_finalize(struct page *p)
{
	lockdep_assert_held(&guard);
	if (IS_ENABLED(CONFIG_BALLOON_MIGRATION))
		set_page_private(p, 0);
}

/* By is 1 for a page that comes, -1 for one that goes. */
static void count(struct balloon_dev_info *dev, struct page *p, int by)
{
	if (dev->adjust_managed_page_count)
		adjust_managed_page_count(p, -by);
	if (by > 0) {
		__count_vm_event(BALLOON_INFLATE);
		inc_node_page_state(p, NR_BALLOON_PAGES);
	} else {
		__count_vm_event(BALLOON_DEFLATE);
		dec_node_page_state(p, NR_BALLOON_PAGES);
	}
}

struct page *balloon_page_alloc(void)
{
	gfp_t zone = IS_ENABLED(CONFIG_BALLOON_MIGRATION) ? GFP_HIGHUSER_MOVABLE : GFP_HIGHUSER;

	return alloc_page(zone | __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN);
}
EXPORT_SYMBOL_GPL(balloon_page_alloc);

void balloon_page_enqueue(struct balloon_dev_info *dev, struct page *p)
{
	unsigned long irqs;

	spin_lock_irqsave(&guard, irqs);
	balloon_page_insert(dev, p);
	count(dev, p, 1);
	spin_unlock_irqrestore(&guard, irqs);
}
EXPORT_SYMBOL_GPL(balloon_page_enqueue);

size_t balloon_page_list_enqueue(struct balloon_dev_info *dev, struct list_head *list)
{
	struct page *p, *behind;
	unsigned long irqs;
	size_t done = 0;

	spin_lock_irqsave(&guard, irqs);
	list_for_each_entry_safe(p, behind, list, lru) {
		list_del(&p->lru);
		balloon_page_insert(dev, p);
		count(dev, p, 1);
		done++;
	}
	spin_unlock_irqrestore(&guard, irqs);
	return done;
}
EXPORT_SYMBOL_GPL(balloon_page_list_enqueue);

size_t balloon_page_list_dequeue(struct balloon_dev_info *dev, struct list_head *list, size_t max)
{
	struct page *p, *behind;
	unsigned long irqs;
	size_t done = 0;

	spin_lock_irqsave(&guard, irqs);
	list_for_each_entry_safe(p, behind, &dev->pages, lru) {
		if (done >= max)
			break;
		done++;
		list_del(&p->lru);
		balloon_page_finalize(p);
		count(dev, p, -1);
		list_add(&p->lru, list);
	}
	spin_unlock_irqrestore(&guard, irqs);
	return done;
}
EXPORT_SYMBOL_GPL(balloon_page_list_dequeue);

/* Its page stays linked to a head that is gone, and it gives up with the lock held: as 7.0. */
struct page *balloon_page_dequeue(struct balloon_dev_info *dev)
{
	unsigned long irqs;
	LIST_HEAD(one);

	if (balloon_page_list_dequeue(dev, &one, 1))
		return list_first_entry(&one, struct page, lru);
	spin_lock_irqsave(&guard, irqs);
	BUG_ON(!dev->isolated_pages && list_empty(&dev->pages));
	spin_unlock_irqrestore(&guard, irqs);
	return NULL;
}
EXPORT_SYMBOL_GPL(balloon_page_dequeue);

#ifdef CONFIG_BALLOON_MIGRATION
static struct balloon_dev_info *owner(struct page *p)
{
	return (struct balloon_dev_info *)page_private(p);
}

static bool balloon_page_isolate(struct page *p, isolate_mode_t mode)
{
	struct balloon_dev_info *dev;
	unsigned long irqs;

	spin_lock_irqsave(&guard, irqs);
	dev = owner(p);
	if (dev) {
		dev->isolated_pages++;
		list_del(&p->lru);
	}
	spin_unlock_irqrestore(&guard, irqs);
	return dev != NULL;
}

static void balloon_page_putback(struct page *p)
{
	struct balloon_dev_info *dev = owner(p);
	unsigned long irqs;

	if (WARN_ON_ONCE(!dev))
		return;
	spin_lock_irqsave(&guard, irqs);
	dev->isolated_pages--;
	list_add(&p->lru, &dev->pages);
	spin_unlock_irqrestore(&guard, irqs);
}

static void replace(struct balloon_dev_info *dev, struct page *to, struct page *from)
{
	get_page(to);
	balloon_page_insert(dev, to);
	if (dev->adjust_managed_page_count && page_zone(to) != page_zone(from)) {
		adjust_managed_page_count(to, -1);
		adjust_managed_page_count(from, 1);
	}
}

/* The pages of a node are not counted here: as 7.0. */
static int balloon_page_migrate(struct page *to, struct page *from, enum migrate_mode mode)
{
	struct balloon_dev_info *dev = owner(from);
	unsigned long irqs;
	int rc;

	if (WARN_ON_ONCE(!dev))
		return -EAGAIN;
	rc = dev->migratepage(dev, to, from, mode);
	if (rc != -ENOENT && rc < 0)
		return rc;
	spin_lock_irqsave(&guard, irqs);
	if (rc == 0) {
		replace(dev, to, from);
		__count_vm_event(BALLOON_MIGRATE);
	} else {
		__count_vm_event(BALLOON_DEFLATE);
		if (dev->adjust_managed_page_count)
			adjust_managed_page_count(from, 1);
	}
	balloon_page_finalize(from);
	dev->isolated_pages--;
	spin_unlock_irqrestore(&guard, irqs);
	put_page(from);
	return 0;
}

static const struct movable_operations operations = {
	.isolate_page = balloon_page_isolate,
	.putback_page = balloon_page_putback,
	.migrate_page = balloon_page_migrate,
};

static int __init start(void)
{
	return set_movable_ops(&operations, PGTY_offline);
}
core_initcall(start);
#endif
