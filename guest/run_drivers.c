/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The executor for drivers: one context at a time, each op to its end, but for
 * those that are nested in an allocation of it.
 */
#include "guest/drivers_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest/acts.h"
#include "guest/audit.h"
#include "guest/driver_ops.h"
#include "harness/feedback.h"
#include "harness/run.h"
#include "shim/backend_single.h"
#include "shim/page_alloc.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

struct drivers_run drivers_run;
/* harness/run.c has the name for its own. */
#define run drivers_run

static void finding(const char *rule, const char *format, va_list arguments)
{
	struct finding *found = &run.verdict->finding;

	snprintf(found->id, sizeof(found->id), "%s@%s/%s", rule, run.place, run.sut->generation);
	vsnprintf(found->text, sizeof(found->text), format, arguments);
	strncat(found->text, drivers_mistake(rule), sizeof(found->text) - strlen(found->text) - 1);
	found->record = run.index;
	drivers_trace_finding(found->id);
	longjmp(run.exit, 1);
}

static const char *place(void)
{
	return run.place;
}

static unsigned int record_number(void)
{
	return run.index;
}

static void count(enum driver_counter counter, long more)
{
	run.stats->drivers[counter] += (uint64_t)more;
}

static void warning(const char *what)
{
	observe_finding("model.warning", "warned (%s)", what);
}

static void bug(const char *what)
{
	observe_finding("model.bug", "gave up (%s)", what);
}

static int migratepage(void *core, struct page *newpage, struct page *page, enum migrate_mode mode)
{
	int rc = guest_migratepage(core, newpage, page, mode);

	run.callbacks++;
	count(DRIVER_COUNT_callbacks, 1);
	count(DRIVER_COUNT_moved, rc == 0);
	count(DRIVER_COUNT_again, rc == -EAGAIN);
	count(DRIVER_COUNT_busy, rc == -EBUSY);
	count(DRIVER_COUNT_gone, rc == -ENOENT);
	return rc;
}

static const struct observer drivers_observer = {
	.finding = finding,
	.warning = warning,
	.bug = bug,
	.migratepage = migratepage,
	.place = place,
	.record = record_number,
};

/* What drivers have done by r, before which there were so many pages. */
static void count_act(const struct record *r, int value, long pages)
{
	const struct guest_device *device = guest_device_of(r);

	switch (r->op) {
	case OP_remove:
		count(DRIVER_COUNT_deflated, pages - guest_inflated(device));
		count(value ? DRIVER_COUNT_removed : DRIVER_COUNT_stayed, 1);
		break;
	case OP_inflate:
		count(DRIVER_COUNT_inflated, value / (int)device->units);
		break;
	case OP_deflate:
		count(DRIVER_COUNT_deflated, value / (int)device->units);
		break;
	case OP_target:
		/* Less what a notifier inside took out, which counts as deflated already. */
		pages -= guest_inflated(device);
		count(pages < 0 ? DRIVER_COUNT_inflated : DRIVER_COUNT_deflated, labs(pages));
		break;
	case OP_oom:
		count(DRIVER_COUNT_deflated, value);
		break;
	default:
		break;
	}
}

static int act_by_hand(const struct record *r)
{
	struct page **reg = &run.registers[record_context(r)][r->a];

	if (r->op == OP_isolate || r->op == OP_get)
		*reg = frame_page(r->b);
	/* clang-format off */
	switch (r->op) {
	case OP_isolate:	return (int)movable_isolate(*reg);
	case OP_migrate:	return movable_migrate(*reg, r->b, (enum migrate_mode)r->c);
	case OP_putback:	movable_putback(*reg); return 0;
	case OP_get:		return page_get_unless_zero(*reg);
	case OP_put:		page_put(*reg); return 0;
	case OP_lock:		return page_trylock(*reg, PAGE_LOCK_STRANGER);
	default:		page_unlock(*reg, PAGE_LOCK_STRANGER); return 0;
	}
	/* clang-format on */
}

static int act(const struct record *r)
{
	const struct guest_device *device = guest_device_of(r);
	long pages = device ? guest_inflated(device) : 0;
	int value;

	if (op_is_by_hand(r->op))
		return act_by_hand(r);
	value = guest_act(r, run.options->drivers ? run.options->drivers : drivers);
	count_act(r, value, pages);
	return value;
}

/* For engines that look for what is new: an op, what came of it, and how full its balloon is. */
static void note(const struct record *r, int value)
{
	const struct driver_device *d = &run.model.device[r->a % PROGRAM_DEVICES];
	unsigned int result = value < 0 ? 0 : value < 3 ? (unsigned int)value + 1 : 4;
	unsigned int length = d->length < 3 ? d->length : 3;
	unsigned int more = (d->isolated ? 1u : 0) + (d->aside_count ? 2 : 0);

	feedback_note((((r->op * 8u + result) * 4 + length) * 4 + more) * 5 +
		      (d->attached ? d->driver + 1u : 0));
}

/* A driver's allocations only; what scanners and strangers pass as well. */
static bool meets_fault(const struct record *r)
{
	return traits_meet_fault(op_table[r->op].traits, record_fault_kind(r)) &&
	       (r->op == OP_isolate || r->op == OP_get || r->op == OP_lock ||
		record_fault_kind(r) == FAULT_alloc);
}

/* As an interrupt on its context. */
static int interrupt(const struct record *r)
{
	struct context *self = context_self();
	int value;

	self->irqs_off = true;
	self->irq_depth++;
	value = act(r);
	/* With interrupts as they were for it. */
	lock_check_released();
	self->irqs_off = false;
	self->irq_depth--;
	return value;
}

static void run_record(const struct record *r, unsigned int index)
{
	struct fault_plan plan = { 0 }, *outer_plan;
	const struct record *outer = run.outer;
	unsigned int outer_index = run.index;
	const char *outer_place = run.place;
	struct driver_step step;
	int value;

	run.index = index;
	run.place = op_table[r->op].name;
	run.outer = outer ? NULL : r;
	if (!outer)
		backend_single_switch(record_context(r));
	if (meets_fault(r))
		plan = (struct fault_plan){ record_fault_kind(r), record_fault_n(r), false };
	outer_plan = context_self()->plan;
	context_self()->plan = &plan;
	context_self()->steps = 0;
	driver_model_begin(&run.model, r, &step);
	value = r->how & HOW_IRQ ? interrupt(r) : act(r);
	/* What an op holds while it allocates, it holds while others run inside. */
	if (!outer)
		lock_check_idle();
	context_self()->plan = outer_plan;
	run.stats->fired[plan.fired ? plan.kind : 0] += plan.fired;
	run.stats->ran[r->op]++;
	count(DRIVER_COUNT_nested, outer != NULL);
	driver_model_end(&run.model, r, &step);
	note(r, value);
	drivers_check(&step, value);
	drivers_trace(r, value);
	run.index = outer_index;
	run.place = outer_place;
	run.outer = outer;
}

static bool try_record(const struct record *r, unsigned int index)
{
	enum skip skip = driver_model_check(&run.model, r);

	if (skip == SKIP_NOT)
		run_record(r, index);
	else
		run.stats->skipped[skip]++;
	return skip == SKIP_NOT;
}

/* The first allocation of the op under way: what is nested in it runs now. */
static void run_nested(void)
{
	const struct record *outer = run.outer;

	if (!outer)
		return;
	for (unsigned int i = run.index + 1; i < run.program->count; i++) {
		const struct record *r = &run.program->records[i];

		if (record_context(r) != record_context(outer))
			continue;
		if (!(r->how & HOW_NESTED))
			break;
		run.nested_ran[i / 64] |= (uint64_t)1 << i % 64;
		try_record(r, i);
		run.outer = outer;
	}
	run.outer = NULL;
}

static void begin(void)
{
	const struct program *p = run.program;

	if (!world.pages && world_create(PROGRAM_FRAMES)) {
		fputs("pinprick: no memory for the world\n", stderr);
		exit(71);
	}
	world.contexts_used = PROGRAM_CONTEXTS;
	world.features = sut_features(run.sut);
	world_set_zones(p->zone_of_quarter);
	page_alloc_hook = run_nested;
	backend_single_switch(0);
	driver_model_init(&run.model, p, world.features);
	guest_start(run.sut, world.features, run.options->as_is);
	guest.host.refuses = NULL;
	feedback_note(0);
	for (unsigned int i = 0; i < p->devices; i++) {
		guest_add(&driver_free, 1, p->adjust & 1u << i);
		guest_gone(&guest.devices[i]);
	}
}

/* Lets go of what a register holds. */
static void drop(const struct driver_register *reg, struct page *page)
{
	if (reg->kind == KIND_LOCKED)
		page_unlock(page, PAGE_LOCK_STRANGER);
	if (reg->kind == KIND_ISOLATED)
		movable_putback(page);
	else if (reg->kind != KIND_NEW)
		page_put(page);
}

/* Whoever holds something lets go of it; then every driver goes. */
static void end(void)
{
	run.index = run.program->count;
	run.place = "end";
	run.outer = NULL;
	for (unsigned int i = 0; i < PROGRAM_CONTEXTS * PROGRAM_REGISTERS; i++) {
		unsigned int c = i / PROGRAM_REGISTERS, reg = i % PROGRAM_REGISTERS;

		backend_single_switch(c);
		drop(&run.model.registers[c][reg], run.registers[c][reg]);
	}
	for (unsigned int i = 0; i < guest.count; i++) {
		context_self()->steps = 0;
		if (run.model.device[i].attached &&
		    unlikely(!guest.devices[i].driver->remove(&guest.devices[i])))
			observe_finding("driver.result", "b%u's driver does not go", i);
	}
	lock_check_idle();
	guest_audit_end();
}

static void run_to_the_end(void)
{
	begin();
	for (unsigned int i = 0; i < run.program->count; i++) {
		const struct record *r = &run.program->records[i];

		if (!(r->how & HOW_NESTED))
			try_record(r, i);
		else if (!(run.nested_ran[i / 64] & (uint64_t)1 << i % 64))
			run.stats->skipped[SKIP_unhooked]++;
	}
	end();
}

void run_drivers(const struct sut *sut, const struct program *p,
		 const struct driver_options *options, struct stats *stats, struct verdict *v)
{
	v->finding.id[0] = 0;
	v->trace = 0;
	run.sut = sut;
	run.program = p;
	run.options = options;
	run.stats = stats;
	run.verdict = v;
	run.index = 0;
	run.place = "start";
	run.outer = NULL;
	memset(run.nested_ran, 0, sizeof(run.nested_ran));
	run.callbacks = 0;
	stats->runs++;
	count(DRIVER_COUNT_programs, 1);
	observer = &drivers_observer;
	if (!_setjmp(run.exit)) {
		run_to_the_end();
		for (unsigned int i = 0; i < HOST_REQUESTS; i++) {
			count(DRIVER_COUNT_asked_inflate + i, guest.host.requests[i]);
			count(DRIVER_COUNT_refused_inflate + i, guest.host.refused[i]);
		}
	}
	observer = NULL;
	if (verdict_clean(v))
		world_reset();
	else
		world_restore();
}

UNINSTRUMENTED_END
