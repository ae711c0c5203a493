/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What records of whole drivers do where several contexts run.  A driver that
 * comes or goes is one that the kernel's driver core probes or removes: nobody
 * is in the middle of its functions then, and what they did before is done.
 * That order is all that stands here; drivers, scanners and the host are those
 * of guest/.
 */
#include "explore/contexts_drivers.h"

#include <string.h>

#include "explore/fiber.h"
#include "guest/acts.h"
#include "guest/audit.h"
#include "guest/driver_ops.h"
#include "shim/backend_single.h"

UNINSTRUMENTED_BEGIN

enum presence { ABSENT, ATTACHED, GOES };

static struct {
	uint8_t presence[PROGRAM_DEVICES]; /* enum presence */
	/* Ops under way on a device, one in another: of each context. */
	uint8_t inside[PROGRAM_CONTEXTS][PROGRAM_DEVICES];
} now;

/* For TSan, which does not see this file: whoever calls a driver, and whoever has called it. */
static char came[PROGRAM_DEVICES], left[PROGRAM_DEVICES];

void contexts_drivers_begin(const struct sut *sut, const struct program *p)
{
	memset(&now, 0, sizeof(now));
	guest_start(sut, world.features, contexts.options->as_is);
	guest.host.refuses = NULL;
	for (unsigned int i = 0; i < p->devices; i++) {
		guest_add(&driver_free, 1, p->adjust & 1u << i);
		guest_gone(&guest.devices[i]);
	}
}

int contexts_drivers_migratepage(void *core, struct page *newpage, struct page *page,
				 enum migrate_mode mode)
{
	struct running *self = &contexts.running[backend_self()];

	self->callbacks++;
	self->target = page_frame(newpage);
	return guest_migratepage(core, newpage, page, mode);
}

/* Its functions may be called: what its start wrote is seen. */
static bool enter_driver(unsigned int device)
{
	if (now.presence[device] != ATTACHED)
		return false;
	fiber_acquire(&came[device]);
	now.inside[backend_self()][device]++;
	return true;
}

static void leave_driver(unsigned int device)
{
	now.inside[backend_self()][device]--;
	fiber_release(&left[device]);
}

static bool is_left(unsigned int device)
{
	unsigned int inside = 0;

	for (unsigned int c = 0; c < PROGRAM_CONTEXTS; c++)
		inside += now.inside[c][device];
	return !inside;
}

static bool act_attach(const struct record *r)
{
	if (now.presence[r->a] != ABSENT)
		return false;
	fiber_acquire(&came[r->a]);
	guest_act(r, drivers);
	now.presence[r->a] = ATTACHED;
	fiber_release(&came[r->a]);
	return true;
}

static bool act_remove(const struct record *r, struct history_op *op)
{
	if (now.presence[r->a] != ATTACHED || !is_left(r->a))
		return false;
	now.presence[r->a] = GOES;
	fiber_acquire(&came[r->a]);
	fiber_acquire(&left[r->a]);
	op->value = guest_act(r, drivers);
	now.presence[r->a] = op->value ? ABSENT : ATTACHED;
	fiber_release(&came[r->a]);
	return true;
}

/* What the model of one context asks of operands, too (guest/driver_check.c). */
static bool act_on_device(const struct record *r, struct history_op *op)
{
	const struct guest_device *device = &guest.devices[r->a];

	if (r->a >= guest.count)
		return false;
	if (r->op == OP_attach)
		return act_attach(r);
	if (r->op == OP_remove)
		return act_remove(r, op);
	if (!enter_driver(r->a))
		return false;
	if ((r->op == OP_hotplug && device->driver != &driver_pseries) ||
	    ((r->how & HOW_IRQ) && device->driver != &driver_free)) {
		leave_driver(r->a);
		return false;
	}
	op->value = guest_act(r, drivers);
	leave_driver(r->a);
	return true;
}

static bool act_elsewhere(const struct record *r, struct history_op *op)
{
	if ((op_table[r->op].operand[0] == KIND_FRAME && r->a >= PROGRAM_FRAMES) ||
	    (r->op == OP_compact && r->c > MIGRATE_SYNC))
		return false;
	op->value = guest_act(r, drivers);
	return true;
}

/*
 * By what the page looks like under the reference, a stranger that looks closer
 * takes its lock; those that are on their way into a balloon do not look so.
 */
static bool act_by_hand(const struct record *r, struct history_op *op)
{
	const struct page *page = run.registers[backend_self()][r->a];

	if (r->op == OP_lock && page && !page_looks_movable(page))
		return false;
	return contexts_act(r, op);
}

bool contexts_drivers_act(const struct record *r, struct history_op *op)
{
	unsigned int traits = op_table[r->op].traits;

	if ((r->how & HOW_MISUSE) || ((r->how & HOW_NESTED) && !op_may_nest(r->op)) ||
	    ((r->how & HOW_IRQ) && !(traits & TRAIT_IRQ)))
		return false;
	/* A driver must not find a new page locked. */
	if (!traits_meet_fault(traits, record_fault_kind(r)))
		context_self()->plan->kind = FAULT_none;
	if (op_is_by_hand(r->op))
		return act_by_hand(r, op);
	if (r->op < OP_attach || r->op >= OP_DRIVERS_END)
		return false;
	/* Nobody waits for anything who has a page's lock as a stranger. */
	if (contexts.running[backend_self()].locked && r->op != OP_refuse)
		return false;
	return op_table[r->op].operand[0] == KIND_DEVICE ? act_on_device(r, op)
							 : act_elsewhere(r, op);
}

/* Frames that only strangers hold: in no balloon, and not free before they let go. */
static unsigned int lingering(void)
{
	uint8_t held[PROGRAM_FRAMES] = { 0 };
	unsigned int count = 0;

	for (unsigned int c = 0; c < run.contexts; c++)
		for (unsigned int i = 0; i < PROGRAM_REGISTERS; i++)
			if (contexts.kinds[c][i] == REFERRED || contexts.kinds[c][i] == LOCKED)
				held[page_frame(run.registers[c][i])]++;
	for (unsigned int frame = 0; frame < PROGRAM_FRAMES; frame++)
		count += held[frame] && page_refs(frame_page(frame)) == held[frame];
	return count;
}

void contexts_drivers_check(void)
{
	guest_audit(lingering());
}

void contexts_drivers_end(void)
{
	for (unsigned int i = 0; i < guest.count; i++) {
		context_self()->steps = 0;
		if (now.presence[i] != ABSENT &&
		    !guest.devices[i].driver->remove(&guest.devices[i]))
			observe_finding("driver.result", "b%u's driver does not go", i);
	}
	lock_check_idle();
	guest_audit_end();
}

const char *contexts_drivers_mistake(const char *rule)
{
	const struct record *r = contexts.running[backend_self()].record;

	return contexts.phase == PHASE_RUNS && r ? guest_mistake(r, rule, run.contexts > 1) : "";
}

UNINSTRUMENTED_END
