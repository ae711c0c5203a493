/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Stand-ins that differ from the kernel on purpose: they check what the kernel
 * does not, or only in debug builds, and they report to the harness.
 */
#ifndef PINPRICK_LINUX_DIFFERS_H
#define PINPRICK_LINUX_DIFFERS_H

#include "shim/linux/restated.h"
#include "shim/linux/restated_folio.h"

#define WHERE_2(line) #line
#define WHERE_1(line) WHERE_2(line)
#define WHERE	      " at " __FILE__ ":" WHERE_1(__LINE__)

UNINSTRUMENTED_BEGIN

/* Ends the run.  Under a lock, which then stays held: a finding, unless it is the file's quirk. */
_Noreturn static inline void kernel_bug(const char *what)
{
	if (!(world.features & QUIRK_bug_under_lock))
		lock_check_free("lock.report", "the core gives up");
	observe_bug(what);
}

/* Each time, not only once in a boot. */
static inline bool kernel_warn(bool wrong, const char *what)
{
	if (unlikely(wrong))
		observe_warning(what);
	return wrong;
}

/*
 * Whose page it is: in the classic contract changes under the page lock, later
 * under the balloon's.
 */
static inline void set_page_private(struct page *page, unsigned long owner)
{
	if (world.features & FEATURE_page_lock)
		page_check_locked(page, "change of the owner");
	else
		lock_check_taken("an owner is written");
	page_check(page, "write of the owner");
	page->private = owner;
}

static inline void kernel_set_offline(struct page *page)
{
	lock_check_taken("a type is set");
	page_set_type(page, PAGE_TYPE_OFFLINE);
}

static inline void kernel_clear_offline(struct page *page)
{
	if (world.features & FEATURE_page_lock)
		page_check_locked(page, "loss of the type");
	page_clear_type(page, PAGE_TYPE_OFFLINE);
}

static inline void __SetPageMovable(struct page *page, const void *operations)
{
	lock_check_taken("a page is marked movable");
	page_set_mark(page, operations);
}

static inline void __ClearPageMovable(struct page *page)
{
	page_clear_mark(page);
}

static inline void SetPageMovableOps(struct page *page)
{
	lock_check_taken("a page is marked movable");
	page_set_flag(page, PG_movable_ops);
}

/* A page that is in a balloon can be dequeued and freed by anybody who gets the lock. */
static inline void get_page(struct page *page)
{
	page_check(page, "reference");
	if (page->private)
		lock_check_taken("a reference to a page in a balloon is taken");
	page_get(page);
}

static inline void put_page(struct page *page)
{
	lock_check_free("lock.put", "a reference is dropped");
	page_put(page);
}

static inline void __count_vm_events(enum balloon_event event, long count)
{
	while (count-- > 0)
		count_event_irqs_off(event);
}

static inline void check_irqs_off(void)
{
	if (unlikely(!context_self()->irqs_off))
		observe_finding(
			"counter.irqs-on",
			"pages of a node are counted in the form that needs interrupts off, and they are on");
}

static inline void __inc_node_page_state(struct page *page, enum node_stat_item item)
{
	check_irqs_off();
	inc_node_page_state(page, item);
}

static inline void __dec_node_page_state(struct page *page, enum node_stat_item item)
{
	check_irqs_off();
	dec_node_page_state(page, item);
}

static inline void __mod_node_page_state(struct pglist_data *node, enum node_stat_item item,
					 long delta)
{
	check_irqs_off();
	mod_node_page_state(node, item, delta);
}

UNINSTRUMENTED_END

#define BUG()				  kernel_bug("BUG()" WHERE)
#define BUG_ON(wrong)			  (unlikely(wrong) ? kernel_bug("BUG_ON(" #wrong ")" WHERE) : (void)0)
#define VM_BUG_ON(wrong)		  BUG_ON(wrong)
#define VM_BUG_ON_PAGE(wrong, page)	  ((void)(page), BUG_ON(wrong))
#define VM_BUG_ON_FOLIO(wrong, page)	  VM_BUG_ON_PAGE(wrong, page)

#define WARN_ON(wrong)			  kernel_warn(!!(wrong), "WARN_ON(" #wrong ")" WHERE)
#define WARN_ON_ONCE(wrong)		  WARN_ON(wrong)
#define WARN(wrong, ...)		  (WARN_ON(wrong) && (printk(__VA_ARGS__), true))
#define WARN_ONCE(wrong, ...)		  WARN(wrong, __VA_ARGS__)
#define WARN_RATELIMIT(wrong, ...)	  WARN(wrong, __VA_ARGS__)
#define WARN_ON_RATELIMIT(wrong, state)	  ((void)(state), WARN_ON(wrong))
#define VM_WARN(wrong, ...)		  ((void)WARN(wrong, __VA_ARGS__))
#define VM_WARN_ONCE(wrong, ...)	  ((void)WARN(wrong, __VA_ARGS__))
#define VM_WARN_ON(wrong)		  ((void)WARN_ON(wrong))
#define VM_WARN_ON_ONCE(wrong)		  WARN_ON(wrong)
#define VM_WARN_ON_PAGE(wrong, page)	  ((void)(page), WARN_ON(wrong))
#define VM_WARN_ON_ONCE_PAGE(wrong, page) ((void)(page), WARN_ON(wrong))
#define VM_WARN_ON_FOLIO(wrong, folio)	  ((void)(folio), WARN_ON(wrong))
#define VM_WARN_ON_ONCE_FOLIO(wrong, folio) ((void)(folio), WARN_ON(wrong))

#define lockdep_assert_held(lock)	  lock_assert_held(lock)
#define assert_spin_locked(lock)	  lock_assert_held(lock)
#define lockdep_assert_not_held(lock)	  ((void)WARN_ON(lockdep_is_held(lock)))
#define lockdep_assert_irqs_disabled()	  ((void)WARN_ON(!irqs_disabled()))
#define lockdep_assert_irqs_enabled()	  ((void)WARN_ON(irqs_disabled()))
#define might_sleep()			  (might_sleep)("the core")
#define cond_resched()			  might_sleep()

/* One type for what was called Balloon before it was called Offline. */
#define __SetPageOffline(page)	   kernel_set_offline(page)
#define __ClearPageOffline(page)   kernel_clear_offline(page)
#define __SetPageBalloon(page)	   kernel_set_offline(page)
#define __ClearPageBalloon(page)   kernel_clear_offline(page)
#define PageBalloon(page)	   PageOffline(page)

#define __count_vm_event(event)	   count_event_irqs_off(event)

/* In terms of these. */
#include "shim/linux/differs_list.h"

#endif
