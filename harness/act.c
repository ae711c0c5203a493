/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The ops' actions: what a driver, a scanner and a stranger do.
 */
#include "harness/run_state.h"

#include <errno.h>

#include "shim/page_alloc.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

static struct page **reg(const struct record *r, unsigned int number)
{
	return &run.registers[record_context(r)][number];
}

static struct list_head *list(const struct record *r, unsigned int number)
{
	return &run.lists[record_context(r)][number];
}

/* Is it the head of a list that anybody knows? */
static bool is_list(const struct list_head *head)
{
	for (unsigned int i = 0; i < run.model.devices; i++)
		if (head == run.sut->device_pages(run.devices[i]))
			return true;
	return (const void *)head >= (const void *)run.lists &&
	       (const void *)head < (const void *)(run.lists + PROGRAM_CONTEXTS);
}

static void act_nop(const struct record *r, struct outcome *got)
{
	(void)r;
	(void)got;
}

static void act_alloc(const struct record *r, struct outcome *got)
{
	context_self()->request.near = r->b;
	context_self()->request.required = GFP_HIGHUSER | GFP_NOMEMALLOC | GFP_NORETRY | GFP_NOWARN;
	if (run.model.features & FEATURE_migration)
		context_self()->request.required |= GFP_MOVABLE;
	got->page = run.sut->alloc();
	*reg(r, r->a) = got->page;
}

static void act_free(const struct record *r, struct outcome *got)
{
	(void)got;
	page_put(*reg(r, r->a));
}

static void act_enqueue(const struct record *r, struct outcome *got)
{
	(void)got;
	run.sut->enqueue(run.devices[r->a], *reg(r, r->b));
	run.inflated[r->a]++;
}

/*
 * The link leads to a list head that is gone with the core's stack frame: like a
 * driver, never look at it again.  Any other link is left for the checks to see.
 */
static void forget_link(struct page *page)
{
	if (page->linked && page->lru.next == page->lru.prev && !is_list(page->lru.next))
		page->linked = PAGE_UNLINKED;
}

static void act_dequeue(const struct record *r, struct outcome *got)
{
	got->page = run.sut->dequeue(run.devices[r->b]);
	*reg(r, r->a) = got->page;
	if (!got->page)
		return;
	run.inflated[r->b]--;
	if (run.model.features & QUIRK_dangling_link)
		forget_link(got->page);
}

static void act_push(const struct record *r, struct outcome *got)
{
	struct page *page = *reg(r, r->b);

	(void)got;
	/* Behind the last one, which is the head's neighbour, is the list's end. */
	if (run.sut->push)
		run.sut->push(list(r, r->a)->prev, page);
	else
		list_add_tail(&page->lru, list(r, r->a));
}

static void act_pop(const struct record *r, struct outcome *got)
{
	struct list_head *first = list(r, r->b)->next;

	if (run.sut->pop) {
		got->page = run.sut->pop(list(r, r->b));
	} else {
		got->page = link_to_page(first);
		list_del(first);
	}
	*reg(r, r->a) = got->page;
}

static void act_list_enqueue(const struct record *r, struct outcome *got)
{
	got->value = (int)run.sut->list_enqueue(run.devices[r->a], list(r, r->b));
	run.inflated[r->a] += got->value;
}

static void act_list_dequeue(const struct record *r, struct outcome *got)
{
	got->value = (int)run.sut->list_dequeue(run.devices[r->a], list(r, r->b), r->c);
	run.inflated[r->a] -= got->value;
}

static void act_isolate(const struct record *r, struct outcome *got)
{
	static const uint8_t classes[] = {
		[ISOLATE_DONE] = CLASS_ok,
		[ISOLATE_NOT_MOVABLE] = CLASS_not_movable,
		[ISOLATE_NO_REF] = CLASS_no_ref,
		[ISOLATE_LOCKED] = CLASS_locked,
		[ISOLATE_TAKEN] = CLASS_busy,
		[ISOLATE_REFUSED] = CLASS_refused,
	};

	got->class = classes[movable_isolate(frame_page(r->b))];
	*reg(r, r->a) = frame_page(r->b);
}

static void act_putback(const struct record *r, struct outcome *got)
{
	(void)got;
	if (run.top->step.class == CLASS_ok && run.top->step.subject == SUBJECT_page_isolated)
		movable_putback(*reg(r, r->a));
	else
		movable_call_putback(*reg(r, r->a));
}

static void act_migrate(const struct record *r, struct outcome *got)
{
	struct page *page = *reg(r, r->a);

	if (run.top->step.subject == SUBJECT_page_isolated)
		got->value = movable_migrate(page, r->b, (enum migrate_mode)r->c);
	else
		got->value = movable_call_migrate(page, r->b, (enum migrate_mode)r->c);
}

static void act_get(const struct record *r, struct outcome *got)
{
	got->class = page_get_unless_zero(frame_page(r->b)) ? CLASS_ok : CLASS_no_ref;
	*reg(r, r->a) = frame_page(r->b);
}

static void act_put(const struct record *r, struct outcome *got)
{
	(void)got;
	page_put(*reg(r, r->a));
}

static void act_lock(const struct record *r, struct outcome *got)
{
	got->class = page_trylock(*reg(r, r->a), PAGE_LOCK_STRANGER) ? CLASS_ok : CLASS_locked;
}

static void act_unlock(const struct record *r, struct outcome *got)
{
	(void)got;
	page_unlock(*reg(r, r->a), PAGE_LOCK_STRANGER);
}

static void act_hand(const struct record *r, struct outcome *got)
{
	(void)got;
	run.registers[r->b][r->c] = *reg(r, r->a);
}

void act(const struct record *r, struct outcome *got)
{
	static void (*const actions[OP_COUNT])(const struct record *, struct outcome *) = {
#define OP(number, name, ...) [OP_##name] = act_##name,
#define DRIVER_OP(...)
#include "harness/ops.def"
	};

	*got = (struct outcome){ .class = CLASS_COUNT };
	actions[r->op](r, got);
}

UNINSTRUMENTED_END
