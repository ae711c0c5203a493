/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What records do where several contexts run: like harness/act.c, but whether a
 * record may run is decided then and there, by its registers and by what
 * drivers must know of their balloons.
 */
#include "explore/contexts_state.h"
#include "shim/backend_single.h"
#include "shim/page_alloc.h"

UNINSTRUMENTED_BEGIN

unsigned int contexts_device_of(const void *device)
{
	return (unsigned int)(((uintptr_t)device - (uintptr_t)run.devices) / SUT_DEVICE_BYTES);
}

bool contexts_reserve(unsigned int device)
{
	if (contexts.available[device] <= 0)
		return false;
	contexts.available[device]--;
	return true;
}

static struct running *self_running(void)
{
	return &contexts.running[backend_self()];
}

static struct page **page_in(unsigned int number)
{
	return &run.registers[backend_self()][number];
}

static bool holds(unsigned int number, enum register_kind kind)
{
	return contexts.kinds[backend_self()][number] == kind;
}

static void keep(unsigned int number, struct page *page, enum register_kind kind)
{
	*page_in(number) = page;
	contexts.kinds[backend_self()][number] = (uint8_t)kind;
}

static struct page *let_go(unsigned int number)
{
	struct page *page = *page_in(number);

	keep(number, NULL, EMPTY);
	return page;
}

static struct list_head *list(unsigned int number)
{
	return &run.lists[backend_self()][number];
}

static unsigned int *length(unsigned int number)
{
	return &contexts.lengths[backend_self()][number];
}

static uint64_t frame_bit(const struct page *page)
{
	return (uint64_t)1 << page_frame(page);
}

static bool act_alloc(const struct record *r, struct history_op *op)
{
	struct page_alloc_request *request = &context_self()->request;
	struct page *page;

	if (!holds(r->a, EMPTY))
		return false;
	request->near = r->b;
	request->required = GFP_HIGHUSER | GFP_NOMEMALLOC | GFP_NORETRY | GFP_NOWARN |
			    (run.model.features & FEATURE_migration ? GFP_MOVABLE : 0);
	page = run.sut->alloc();
	if (page) {
		keep(r->a, page, OWNED);
		contexts.used &= ~frame_bit(page);
	}
	op->frame = page ? (uint8_t)page_frame(page) : NO_FRAME;
	return true;
}

static bool act_free(const struct record *r, struct history_op *op)
{
	(void)op;
	if (!holds(r->a, OWNED))
		return false;
	page_put(let_go(r->a));
	return true;
}

/* The driver's books: pages are there for others once they are in. */
static void inflated(unsigned int device, long pages)
{
	contexts.available[device] += pages;
}

/*
 * Where the core goes by the page lock, a driver puts in no page that a stranger
 * has locked or is about to, and a stranger leaves alone what is going in.  Nor a
 * page that was in a balloon before, which a scanner may still look at (B15), but
 * where drivers are as they are.
 * False: the one has to keep out of the other's way.
 */
static bool enter(uint64_t frames)
{
	uint64_t strange = contexts.options->as_is ? 0 : contexts.used & frames;

	for (unsigned int c = 0; c < run.contexts; c++)
		strange |= contexts.running[c].strange;
	if ((run.model.features & FEATURE_page_lock) && (strange & frames))
		return false;
	self_running()->entering |= frames;
	return true;
}

static bool approach(uint64_t frame)
{
	uint64_t entering = 0;

	for (unsigned int c = 0; c < run.contexts; c++)
		entering |= contexts.running[c].entering;
	if ((run.model.features & FEATURE_page_lock) && (entering & frame))
		return false;
	self_running()->strange |= frame;
	return true;
}

static bool act_enqueue(const struct record *r, struct history_op *op)
{
	struct page *page = *page_in(r->b);

	if (r->a >= run.program->devices || !holds(r->b, OWNED) || !enter(frame_bit(page)))
		return false;
	op->frame = NO_FRAME;
	let_go(r->b);
	run.inflated[r->a]++;
	run.sut->enqueue(run.devices[r->a], page);
	self_running()->entering &= ~frame_bit(page);
	inflated(r->a, 1);
	return true;
}

static bool act_dequeue(const struct record *r, struct history_op *op)
{
	struct page *page;

	if (r->b >= run.program->devices || !holds(r->a, EMPTY) || !contexts_reserve(r->b))
		return false;
	page = run.sut->dequeue(run.devices[r->b]);
	if (!page) {
		inflated(r->b, 1);
		return true;
	}
	/* Its link may lead to a list head that is gone: see harness/act.c. */
	if (run.model.features & QUIRK_dangling_link)
		page_set_linked(page, PAGE_UNLINKED);
	run.inflated[r->b]--;
	contexts.used |= frame_bit(page);
	keep(r->a, page, OWNED);
	op->frame = (uint8_t)page_frame(page);
	return true;
}

static bool act_push(const struct record *r, struct history_op *op)
{
	(void)op;
	if (r->a >= PROGRAM_LISTS || !holds(r->b, OWNED))
		return false;
	list_add_tail(&let_go(r->b)->lru, list(r->a));
	++*length(r->a);
	return true;
}

static bool act_pop(const struct record *r, struct history_op *op)
{
	struct list_head *first;

	if (r->b >= PROGRAM_LISTS || !holds(r->a, EMPTY) || !*length(r->b))
		return false;
	first = list(r->b)->next;
	list_del(first);
	--*length(r->b);
	keep(r->a, link_to_page(first), OWNED);
	op->frame = (uint8_t)page_frame(link_to_page(first));
	return true;
}

static bool act_list_enqueue(const struct record *r, struct history_op *op)
{
	uint64_t frames = 0;

	if (r->a >= run.program->devices || r->b >= PROGRAM_LISTS)
		return false;
	for (struct list_head *at = list(r->b)->next; at != list(r->b); at = at->next)
		frames |= frame_bit(link_to_page(at));
	if (!enter(frames))
		return false;
	run.inflated[r->a] += (int)*length(r->b);
	op->value = (int)run.sut->list_enqueue(run.devices[r->a], list(r->b));
	self_running()->entering &= ~frames;
	*length(r->b) = 0;
	inflated(r->a, op->value);
	return true;
}

/* As many as it may count on. */
static bool act_list_dequeue(const struct record *r, struct history_op *op)
{
	unsigned int asked = 0;
	struct list_head *link;

	if (r->a >= run.program->devices || r->b >= PROGRAM_LISTS)
		return false;
	while (asked < r->c && contexts_reserve(r->a))
		asked++;
	op->record.c = (uint8_t)asked;
	op->value = (int)run.sut->list_dequeue(run.devices[r->a], list(r->b), asked);
	*length(r->b) += (unsigned int)op->value;
	link = list(r->b)->next;
	for (int i = 0; i < op->value; i++, link = link->next)
		op->pages |= frame_bit(link_to_page(link));
	contexts.used |= op->pages;
	run.inflated[r->a] -= op->value;
	inflated(r->a, (long)asked - op->value);
	return true;
}

static bool act_isolate(const struct record *r, struct history_op *op)
{
	static const uint8_t classes[] = {
		[ISOLATE_DONE] = CLASS_ok,	 [ISOLATE_NOT_MOVABLE] = CLASS_not_movable,
		[ISOLATE_NO_REF] = CLASS_no_ref, [ISOLATE_LOCKED] = CLASS_locked,
		[ISOLATE_TAKEN] = CLASS_busy,	 [ISOLATE_REFUSED] = CLASS_refused,
	};

	if (r->b >= PROGRAM_FRAMES || !holds(r->a, EMPTY) ||
	    !(run.model.features & FEATURE_migration))
		return false;
	op->class = classes[movable_isolate(frame_page(r->b))];
	if (op->class == CLASS_ok)
		keep(r->a, frame_page(r->b), ISOLATED);
	return true;
}

/* Nobody waits for a page's lock who has another's: these two do. */
static bool act_putback(const struct record *r, struct history_op *op)
{
	(void)op;
	if (self_running()->locked || !holds(r->a, ISOLATED))
		return false;
	movable_putback(let_go(r->a));
	return true;
}

static bool act_migrate(const struct record *r, struct history_op *op)
{
	struct page *page = *page_in(r->a);

	if (self_running()->locked || !holds(r->a, ISOLATED) || r->c > MIGRATE_SYNC ||
	    run.program->no_callback)
		return false;
	let_go(r->a);
	op->value = movable_migrate(page, r->b, (enum migrate_mode)r->c);
	if (op->value)
		keep(r->a, page, ISOLATED);
	return true;
}

static bool act_get(const struct record *r, struct history_op *op)
{
	if (r->b >= PROGRAM_FRAMES || !holds(r->a, EMPTY))
		return false;
	op->class = page_get_unless_zero(frame_page(r->b)) ? CLASS_ok : CLASS_no_ref;
	if (op->class == CLASS_ok)
		keep(r->a, frame_page(r->b), REFERRED);
	return true;
}

static bool act_put(const struct record *r, struct history_op *op)
{
	(void)op;
	if (!holds(r->a, REFERRED))
		return false;
	page_put(let_go(r->a));
	return true;
}

static bool act_lock(const struct record *r, struct history_op *op)
{
	struct running *self = self_running();
	struct page *page = *page_in(r->a);
	uint64_t strange = self->strange;

	if (!holds(r->a, REFERRED) || !approach(frame_bit(page)))
		return false;
	op->class = page_trylock(page, PAGE_LOCK_STRANGER) ? CLASS_ok : CLASS_locked;
	if (op->class == CLASS_ok) {
		keep(r->a, page, LOCKED);
		self->locked++;
	} else {
		self->strange = strange;
	}
	return true;
}

static bool act_unlock(const struct record *r, struct history_op *op)
{
	(void)op;
	if (!holds(r->a, LOCKED))
		return false;
	page_unlock(*page_in(r->a), PAGE_LOCK_STRANGER);
	keep(r->a, *page_in(r->a), REFERRED);
	self_running()->locked--;
	self_running()->strange &= ~frame_bit(*page_in(r->a));
	return true;
}

/* In defined ways or not: here nobody does what a driver must not do. */
static bool breaks_contract(const struct record *r)
{
	if ((r->how & HOW_MISUSE) || record_result(r) > 0 ||
	    ((r->how & HOW_IRQ) && !(op_table[r->op].traits & TRAIT_IRQ)))
		return true;
	return (run.model.features & FEATURE_page_lock) && record_fault_kind(r) == FAULT_lock &&
	       (r->op == OP_enqueue || r->op == OP_list_enqueue);
}

/* Of what belongs to the context, which registers or lists r works on: those of its op alone. */
static unsigned int operands(const struct record *r, bool registers)
{
	unsigned int mask = 0;

	for (unsigned int i = 0; i < 3; i++) {
		unsigned int kind = op_table[r->op].operand[i];

		if (registers ? kind_is_register(kind) : kind == KIND_LIST)
			mask |= 1u << (&r->a)[i] % 32;
	}
	return mask;
}

bool contexts_act(const struct record *r, struct history_op *op)
{
	static bool (*const actions[OP_COUNT])(const struct record *, struct history_op *) = {
		[OP_alloc] = act_alloc,
		[OP_free] = act_free,
		[OP_enqueue] = act_enqueue,
		[OP_dequeue] = act_dequeue,
		[OP_push] = act_push,
		[OP_pop] = act_pop,
		[OP_list_enqueue] = act_list_enqueue,
		[OP_list_dequeue] = act_list_dequeue,
		[OP_isolate] = act_isolate,
		[OP_putback] = act_putback,
		[OP_migrate] = act_migrate,
		[OP_get] = act_get,
		[OP_put] = act_put,
		[OP_lock] = act_lock,
		[OP_unlock] = act_unlock,
	};
	struct running *self = self_running();
	unsigned int registers = operands(r, true), lists = operands(r, false);
	bool ran;

	if (!actions[r->op] || breaks_contract(r) || (self->registers & registers) ||
	    (self->lists & lists))
		return false;
	self->registers |= registers;
	self->lists |= lists;
	ran = actions[r->op](r, op);
	self->registers &= ~registers;
	self->lists &= ~lists;
	return ran;
}

static void drain_register(unsigned int number)
{
	struct page *page = *page_in(number);

	switch (contexts.kinds[backend_self()][number]) {
	case ISOLATED:
		movable_putback(let_go(number));
		break;
	case OWNED:
	case REFERRED:
		page_put(let_go(number));
		break;
	default:
		(void)page;
		break;
	}
}

static void drain_lists(void)
{
	for (unsigned int i = 0; i < PROGRAM_LISTS; i++)
		for (; *length(i); --*length(i)) {
			struct list_head *first = list(i)->next;

			list_del(first);
			page_put(link_to_page(first));
		}
}

static void each_context(void (*visit)(unsigned int number))
{
	for (unsigned int c = 0; c < run.contexts; c++) {
		backend_single_switch(c);
		context_self()->steps = 0;
		for (unsigned int i = 0; i < PROGRAM_REGISTERS; i++)
			visit(i);
	}
}

static void unlock_register(unsigned int number)
{
	if (!holds(number, LOCKED))
		return;
	page_unlock(*page_in(number), PAGE_LOCK_STRANGER);
	keep(number, *page_in(number), REFERRED);
}

void contexts_drain_registers(void)
{
	each_context(unlock_register);
	each_context(drain_register);
	backend_single_switch(0);
}

void contexts_drain(void)
{
	contexts_drain_registers();
	for (unsigned int c = 0; c < run.contexts; c++) {
		backend_single_switch(c);
		context_self()->steps = 0;
		drain_lists();
	}
	backend_single_switch(0);
	for (unsigned int device = 0; device < run.program->devices; device++) {
		unsigned int pages = (unsigned int)run.inflated[device], got;

		context_self()->steps = 0;
		got = (unsigned int)run.sut->list_dequeue(run.devices[device], list(0), pages);
		if (got != pages)
			observe_finding("model.result", "b%u gives %u pages at the end, not %u",
					device, got, pages);
		run.inflated[device] -= (int)got;
		*length(0) = got;
		drain_lists();
	}
}

UNINSTRUMENTED_END
