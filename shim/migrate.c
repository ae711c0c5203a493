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

/* What a scanner sees without any lock or reference; all of it may be stale. */
static bool looks_movable(const struct page *page)
{
	return (page_peek_flags(page) & PG_movable_ops) &&
	       page_peek_type(page) == PAGE_TYPE_OFFLINE;
}

/* The page is locked, and the caller holds a reference. */
static enum isolate_result isolate_locked(struct page *page)
{
	if (page_peek_flags(page) & PG_movable_ops_isolated)
		return ISOLATE_TAKEN;
	if (!looks_movable(page))
		return ISOLATE_NOT_MOVABLE;
	if (!movable_registry->offline) {
		observe_warning("a movable page without movable operations");
		return ISOLATE_NOT_MOVABLE;
	}
	if (!movable_registry->offline->isolate_page(page, 0))
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

	if (!looks_movable(page))
		return ISOLATE_NOT_MOVABLE;
	if (page_peek_flags(page) & PG_movable_ops_isolated)
		return ISOLATE_TAKEN;
	if (!page_get_unless_zero(page))
		return ISOLATE_NO_REF;
	result = ISOLATE_LOCKED;
	if (page_trylock(page, self_as_owner())) {
		result = isolate_locked(page);
		page_unlock(page, self_as_owner());
	}
	if (result != ISOLATE_DONE)
		page_put(page);
	return result;
}

void movable_putback(struct page *page)
{
	if (unlikely(!(page_peek_flags(page) & PG_movable_ops_isolated)))
		observe_finding("migrate.flag", "f%u is put back, but it is not marked isolated",
				page_frame(page));
	page_lock(page, self_as_owner());
	movable_registry->offline->putback_page(page);
	/* Only now: a scanner must not find the page before it is on its list again. */
	page_clear_flag(page, PG_movable_ops_isolated);
	page_unlock(page, self_as_owner());
	page_put(page);
}

/* Both pages are locked.  0 or the owner's error. */
static int move(struct page *target, struct page *page, enum migrate_mode mode)
{
	int rc = movable_registry->offline->migrate_page(target, page, mode);

	if (unlikely(rc > 0))
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

/*
 * Tries until both pages are locked and the owner gives a final answer.  Once
 * locked, both stay locked between passes.
 */
static int move_in_passes(struct page *target, struct page *page, enum migrate_mode mode,
			  bool *locked)
{
	int rc = -EAGAIN;

	for (unsigned int pass = 0; pass < MIGRATE_PASSES && rc == -EAGAIN; pass++) {
		if (!*locked) {
			if (!page_trylock(page, self_as_owner())) {
				if (mode == MIGRATE_ASYNC)
					continue;
				page_lock(page, self_as_owner());
			}
			if (!page_trylock(target, self_as_owner())) {
				page_unlock(page, self_as_owner());
				continue;
			}
			*locked = true;
		}
		rc = move(target, page, mode);
	}
	return rc;
}

int movable_migrate(struct page *page, unsigned int near, enum migrate_mode mode)
{
	struct page *target = page_alloc_target(near);
	bool locked = false;
	int rc;

	if (!target)
		return -ENOMEM;
	rc = move_in_passes(target, page, mode, &locked);
	if (locked)
		page_unlock(target, self_as_owner());
	page_put(target);
	if (locked)
		page_unlock(page, self_as_owner());
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
