/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "shim/migrate.h"

#include <errno.h>
#include <stddef.h>

#include "shim/backend.h"
#include "shim/observe.h"
#include "shim/page_alloc.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

struct movable_registry *movable_registry;

int movable_register(const struct movable_operations *ops)
{
	if (movable_registry->offline)
		return -EBUSY;
	movable_registry->offline = ops;
	return 0;
}

static unsigned int self_as_owner(void)
{
	return backend_self() + 1;
}

/*
 * The operations of a page that is locked.  NULL where its mark names none any
 * more; those that are registered are asked whatever the page looks like.
 */
static const struct movable_operations *operations_of(const struct page *page)
{
	if (world.features & FEATURE_mapping_mark) {
		const void *mark = page_mark(page);

		if (unlikely(mark && mark != movable_registry->mark))
			observe_finding("migrate.mark", "f%u's mapping names nobody's operations",
					page_frame(page));
		return mark ? movable_registry->offline : NULL;
	}
	if (!page_looks_movable(page))
		observe_warning("page migration has a page that is not movable");
	if (!movable_registry->offline)
		observe_warning("a movable page without movable operations");
	return movable_registry->offline;
}

/* The page is locked, and the caller holds a reference. */
static enum isolate_result isolate_locked(struct page *page)
{
	const struct movable_operations *operations = operations_of(page);

	if (page_peek_flags(page) & PG_movable_ops_isolated)
		return ISOLATE_TAKEN;
	if (!operations || !operations->isolate_page(page, 0))
		return ISOLATE_REFUSED;
	if (unlikely(page_peek_flags(page) & PG_movable_ops_isolated))
		observe_finding("migrate.flag", "the owner set f%u's isolated flag, which is not its own",
				page_frame(page));
	page_set_flag(page, PG_movable_ops_isolated);
	return ISOLATE_DONE;
}

enum isolate_result movable_isolate(struct page *page)
{
	enum isolate_result result;

	if (!page_looks_movable(page))
		return ISOLATE_NOT_MOVABLE;
	if (page_peek_flags(page) & PG_movable_ops_isolated)
		return ISOLATE_TAKEN;
	if (!page_get_unless_zero(page))
		return ISOLATE_NO_REF;
	/* Only a page that this reference holds is worth a lock: it may have been another before. */
	result = page_looks_movable(page) ? ISOLATE_LOCKED : ISOLATE_NOT_MOVABLE;
	if (result == ISOLATE_LOCKED && page_trylock(page, self_as_owner())) {
		result = isolate_locked(page);
		page_unlock(page, self_as_owner());
	}
	if (result != ISOLATE_DONE)
		page_put(page);
	return result;
}

void movable_putback(struct page *page)
{
	const struct movable_operations *operations;

	if (unlikely(!(page_peek_flags(page) & PG_movable_ops_isolated)))
		observe_finding("migrate.flag", "f%u is put back, but it is not marked isolated",
				page_frame(page));
	page_lock(page, self_as_owner());
	operations = operations_of(page);
	if (operations)
		operations->putback_page(page);
	/* Only now: a scanner must not find the page before it is on its list again. */
	page_clear_flag(page, PG_movable_ops_isolated);
	page_unlock(page, self_as_owner());
	page_put(page);
}

/* Both pages are locked.  0 or the owner's error. */
static int move(struct page *target, struct page *page, enum migrate_mode mode)
{
	const struct movable_operations *operations = operations_of(page);
	int rc = 0;

	/* Where the owner has given the page up meanwhile, nothing is left to move. */
	if (operations)
		rc = operations->migrate_page(target, page, mode);
	if (unlikely(rc > 0 && !(world.features & QUIRK_positive_result)))
		observe_finding("migrate.result", "the owner's migration of f%u returned %d",
				page_frame(page), rc);
	if (rc)
		return rc;
	if (unlikely(!(page_peek_flags(page) & PG_movable_ops_isolated)))
		observe_finding("migrate.flag", "the owner cleared f%u's isolated flag, which is not its own",
				page_frame(page));
	page_clear_flag(page, PG_movable_ops_isolated);
	return 0;
}

/* Where the source's lock is taken: is it waited for? */
static bool waits(enum migrate_mode mode)
{
	return mode == MIGRATE_SYNC ||
	       (mode == MIGRATE_SYNC_LIGHT && !(world.features & FEATURE_light_gives_up));
}

static bool lock_both(struct page *target, struct page *page, enum migrate_mode mode)
{
	if (!page_trylock(page, self_as_owner())) {
		if (!waits(mode))
			return false;
		page_lock(page, self_as_owner());
	}
	if (page_trylock(target, self_as_owner()))
		return true;
	page_unlock(page, self_as_owner());
	return false;
}

/*
 * The end of a migration, or of a pass, in the order of the contract's columns:
 * in a batch, the target of a page that has moved goes first.
 */
static void let_go(struct page *target, struct page *page, bool locked, bool moved)
{
	bool target_first = moved && (world.features & FEATURE_batch);

	if (locked)
		page_unlock(target, self_as_owner());
	if (locked && !target_first)
		page_unlock(page, self_as_owner());
	page_put(target);
	if (locked && target_first)
		page_unlock(page, self_as_owner());
}

/*
 * Does the next pass go on with this target?  Only in a batch, only with both
 * pages locked, and not from the async passes to those after them.
 */
static bool keeps_target(unsigned int pass, enum migrate_mode mode, bool locked)
{
	return (world.features & FEATURE_batch) && locked &&
	       (pass != MIGRATE_ASYNC_PASSES - 1 || mode == MIGRATE_ASYNC);
}

int movable_migrate(struct page *page, unsigned int near, enum migrate_mode mode)
{
	bool batch = world.features & FEATURE_batch, locked = false;
	struct page *target = NULL;
	int rc = -EAGAIN;

	if ((world.features & FEATURE_freed_shortcut) && page_refs(page) == 1) {
		page_put(page);
		return 0;
	}
	for (unsigned int pass = 0; pass < MIGRATE_PASSES && rc == -EAGAIN; pass++) {
		enum migrate_mode now = batch && pass < MIGRATE_ASYNC_PASSES ? MIGRATE_ASYNC : mode;

		if (!target)
			target = page_alloc_target(near);
		if (!target)
			return -ENOMEM;
		locked = locked || lock_both(target, page, now);
		if (locked)
			rc = move(target, page, now);
		if (rc == -EAGAIN && !keeps_target(pass, mode, locked)) {
			let_go(target, page, locked, false);
			target = NULL;
			locked = false;
		}
	}
	if (target)
		let_go(target, page, locked, !rc);
	if (rc == 0)
		page_put(page);
	return rc;
}

void movable_call_putback(struct page *page)
{
	page_lock(page, self_as_owner());
	movable_registry->offline->putback_page(page);
	page_unlock(page, self_as_owner());
}

int movable_call_migrate(struct page *page, unsigned int near, enum migrate_mode mode)
{
	struct page *target = page_alloc_target(near);
	int rc;

	if (!target)
		return -ENOMEM;
	page_lock(page, self_as_owner());
	page_lock(target, self_as_owner());
	rc = movable_registry->offline->migrate_page(target, page, mode);
	page_unlock(target, self_as_owner());
	page_unlock(page, self_as_owner());
	page_put(target);
	return rc;
}

UNINSTRUMENTED_END
