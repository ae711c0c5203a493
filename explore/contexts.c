/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "explore/contexts.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "explore/contexts_drivers.h"
#include "explore/contexts_state.h"
#include "shim/backend_single.h"
#include "shim/page_alloc.h"

UNINSTRUMENTED_BEGIN

struct contexts contexts;
unsigned int contexts_features;

const char *contexts_place(void)
{
	const struct running *self = &contexts.running[backend_self()];

	if (contexts.phase != PHASE_RUNS)
		return contexts.phase == PHASE_STARTS ? "start" : "end";
	return self->record ? op_table[self->record->op].name : "run";
}

/* TSan's: what the executor itself reads and writes is not the contexts'. */
void AnnotateIgnoreReadsBegin(const char *file, int line) __attribute__((weak));
void AnnotateIgnoreReadsEnd(const char *file, int line) __attribute__((weak));
void AnnotateIgnoreWritesBegin(const char *file, int line) __attribute__((weak));
void AnnotateIgnoreWritesEnd(const char *file, int line) __attribute__((weak));

static void unseen_begin(void)
{
	if (!AnnotateIgnoreReadsBegin)
		return;
	AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
	AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
	contexts.running[backend_self()].unseen = true;
}

static void unseen_end(void)
{
	if (!AnnotateIgnoreReadsEnd)
		return;
	contexts.running[backend_self()].unseen = false;
	AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
	AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
}

static void found(const char *rule, const char *format, va_list arguments)
{
	struct finding *finding = &contexts.result->verdict.finding;

	if (!finding->id[0]) {
		snprintf(finding->id, sizeof(finding->id), "%s@%s/%s", rule, contexts_place(),
			 run.sut->generation);
		vsnprintf(finding->text, sizeof(finding->text), format, arguments);
		if (contexts.drivers)
			strncat(finding->text, contexts_drivers_mistake(rule),
				sizeof(finding->text) - strlen(finding->text) - 1);
		finding->record = contexts.running[backend_self()].index;
		if (contexts.options->trace)
			contexts_trace_finding(finding->id);
	}
	if (contexts.phase == PHASE_RUNS) {
		/* Or TSan would take it for a fiber's mistake, and end the process. */
		if (contexts.running[backend_self()].unseen)
			unseen_end();
		schedule_leave();
	}
	longjmp(run.exit, 1);
}

static void warned(const char *what)
{
	observe_finding("model.warning", "warned (%s)", what);
}

static void gave_up(const char *what)
{
	observe_finding("model.bug", "gave up (%s)", what);
}

/* The driver's callback: what the record says, after its nested records. */
static int migratepage(void *device, struct page *newpage, struct page *page,
		       enum migrate_mode mode)
{
	struct running *self = &contexts.running[backend_self()];
	const struct record *r = self->record;
	int rc = record_result(r);

	(void)mode;
	(void)page;
	backend_point("callback", device);
	self->callbacks++;
	self->target = page_frame(newpage);
	unseen_begin();
	contexts_run_nested();
	unseen_end();
	if (fault_point(FAULT_POINT_CALLBACK, "callback") || self->callbacks <= record_eagains(r))
		rc = -EAGAIN;
	/* Before the core moved pages itself this was an error like others. */
	if (rc == -ENOENT && (run.model.features & FEATURE_core_moves)) {
		/* Beside others only a page that nobody counts on may go. */
		self->no_loss = !contexts_reserve(contexts_device_of(device));
		rc = self->no_loss ? 0 : rc;
		run.inflated[contexts_device_of(device)] -= !self->no_loss;
	}
	backend_point("callback end", device);
	return rc;
}

static const struct observer watching = {
	.finding = found,
	.warning = warned,
	.bug = gave_up,
	.migratepage = migratepage,
};

static const struct observer watching_drivers = {
	.finding = found,
	.warning = warned,
	.bug = gave_up,
	.migratepage = contexts_drivers_migratepage,
};

/* Nobody is in the middle of an op: the invariants hold. */
static void check_quiet(void)
{
	for (unsigned int c = 0; c < run.contexts; c++)
		if (contexts.running[c].record)
			return;
	if (contexts.drivers)
		contexts_drivers_check();
	else
		check_invariants();
}

static bool run_op(const struct record *r, struct history_op *op)
{
	bool (*action)(const struct record *, struct history_op *) =
		contexts.drivers ? contexts_drivers_act : contexts_act;
	struct context *cpu = context_self();
	bool irqs_off = cpu->irqs_off, ran;

	if (!(r->how & HOW_IRQ))
		return action(r, op);
	cpu->irqs_off = true;
	cpu->irq_depth++;
	ran = action(r, op);
	cpu->irq_depth--;
	cpu->irqs_off = irqs_off;
	return ran;
}

static void count_record(const struct record *r, bool ran, const struct fault_plan *plan)
{
	struct stats *stats = contexts.options->stats;

	contexts.result->ops += ran;
	contexts.result->skipped += !ran;
	if (!stats)
		return;
	if (ran)
		stats->ran[r->op]++;
	else
		stats->skipped[SKIP_operand]++;
	if (plan->fired)
		stats->fired[plan->kind]++;
}

/* One record, and what is to be said of it. */
void contexts_run_record(unsigned int index)
{
	struct running *self = &contexts.running[backend_self()];
	const struct record *r = &run.program->records[index];
	struct running outer = *self;
	bool nested = outer.record != NULL;
	struct history *h = &contexts.result_history;
	struct fault_plan plan = { record_fault_kind(r), record_fault_n(r), false };
	struct fault_plan *outer_plan = context_self()->plan;
	struct history_op op = { .record = *r,
				 .index = index,
				 .frame = NO_FRAME,
				 .target = NO_FRAME,
				 .class = CLASS_COUNT };
	bool ran;

	self->record = r;
	self->callbacks = 0;
	self->target = NO_FRAME;
	self->no_loss = false;
	self->fault = 0;
	memset(self->could_refuse, 0, sizeof(self->could_refuse));
	if (!nested) {
		/* The points of nested records are those of the op around them. */
		self->index = index;
		self->nested_done = false;
		self->taken = index + 1;
		self->point = self->asked_point = self->asked = 0;
	}
	context_self()->steps = 0;
	context_self()->plan = &plan;
	backend_point("op", NULL);
	op.begin = ++contexts.clock;
	unseen_end();
	self->open = true;
	ran = run_op(r, &op);
	self->open = outer.open;
	unseen_begin();
	op.end = ++contexts.clock;
	op.callbacks = self->callbacks;
	op.target = (uint8_t)self->target;
	if (self->no_loss)
		op.record.rc &= 0xf0;
	if (self->fault)
		op.record.fault = self->fault;
	context_self()->plan = outer_plan;
	/* What an op holds while it allocates, it holds while others run inside. */
	if (nested)
		lock_check_released();
	else
		lock_check_idle();
	contexts_note(index, &op, ran);
	if (ran && h->count < HISTORY_OPS)
		h->ops[h->count++] = op;
	else if (ran)
		h->complete = false;
	count_record(r, ran, &plan);
	self->record = outer.record;
	if (nested) {
		self->callbacks = outer.callbacks;
		self->target = outer.target;
		self->no_loss = outer.no_loss;
		self->fault = outer.fault;
		memcpy(self->could_refuse, outer.could_refuse, sizeof(self->could_refuse));
		return;
	}
	check_quiet();
}

void contexts_run_nested(void)
{
	struct running *self = &contexts.running[backend_self()];
	unsigned int context = backend_self();

	if (self->nested_done || !self->record || self->record->how & HOW_NESTED)
		return;
	self->nested_done = true;
	for (unsigned int i = self->index + 1; i < run.program->count; i++) {
		const struct record *r = &run.program->records[i];

		if (record_context(r) != context || r->op == OP_preempt)
			continue;
		if (!(r->how & HOW_NESTED))
			break;
		contexts_run_record(i);
	}
}

/* The next record of a context, if it is an interrupt's and none of a hook; 0: it is not. */
static unsigned int next_interrupt(unsigned int context)
{
	for (unsigned int i = contexts.running[context].taken; i < run.program->count; i++) {
		const struct record *r = &run.program->records[i];

		if (record_context(r) == context && r->op != OP_preempt && !(r->how & HOW_NESTED))
			return r->how & HOW_IRQ ? i : 0;
	}
	return 0;
}

/*
 * Inside an op the interrupt that stands behind it may come at any point where
 * interrupts are on, and runs to its end on top (schedule_interrupt).
 */
static bool interrupt(unsigned int context)
{
	struct running *self = &contexts.running[context];
	unsigned int index = self->open ? next_interrupt(context) : 0;

	if (!index || !contexts_arrives(context, index))
		return false;
	self->taken = index + 1;
	unseen_begin();
	contexts_run_record(index);
	unseen_end();
	return true;
}

/* The records of one context from one to another, one after the other. */
static void run_records(unsigned int context, unsigned int first, unsigned int end)
{
	for (unsigned int i = first; i < end; i++) {
		const struct record *r = &run.program->records[i];

		if (record_context(r) == context && !(r->how & HOW_NESTED) && r->op != OP_preempt &&
		    i >= contexts.running[context].taken)
			contexts_run_record(i);
	}
}

/* What stands before the first record of another context has happened before all else. */
static unsigned int prologue_of(const struct program *p)
{
	unsigned int i = 0;

	while (i < p->count && (!record_context(&p->records[i]) || p->records[i].op == OP_preempt))
		i++;
	return i < p->count ? i : 0;
}

/* A fiber's body. */
static void run_context(unsigned int context)
{
	unseen_begin();
	run_records(context, prologue_of(run.program), run.program->count);
	unseen_end();
}

/* While an allocation may reclaim. */
static void run_in_allocation(void)
{
	unseen_begin();
	contexts_run_nested();
	unseen_end();
}

/* The core's devices, as the executor for one context makes them. */
static void begin_devices(const struct sut *sut, const struct program *p)
{
	movable_registry = sut->registry;
	movable_registry->offline = NULL;
	if (sut->init())
		observe_finding("migrate.unregistered", "the core's start fails");
	world.devices = run.devices;
	world.devices_size = sizeof(run.devices);
	for (unsigned int i = 0; i < p->devices; i++) {
		memset(run.devices[i], 0x5a, sut->device_size);
		if (!sut->device_init(run.devices[i], p->adjust & 1u << i,
				      !(p->no_callback & 1u << i)))
			observe_finding(
				"state.device",
				"b%u was made with a migration callback, or adjusts managed pages",
				i);
		run.inflated[i] = 0;
		contexts.available[i] = 0;
	}
}

static void begin(const struct sut *sut, const struct program *p)
{
	if (!world.pages && world_create(PROGRAM_FRAMES))
		abort();
	run.sut = sut;
	run.program = p;
	run.contexts = 1;
	/* Nothing is handed over here: who only receives has nothing to do. */
	for (unsigned int i = 0; i < p->count; i++)
		if (record_context(&p->records[i]) >= run.contexts)
			run.contexts = record_context(&p->records[i]) + 1;
	run.top = NULL;
	world.contexts_used = run.contexts;
	world.features = contexts_features;
	world_set_zones(p->zone_of_quarter);
	model_init(&run.model, p, world.features);
	backend_single_switch(0);
	if (contexts.drivers)
		contexts_drivers_begin(sut, p);
	else
		begin_devices(sut, p);
	for (unsigned int c = 0; c < run.contexts; c++)
		for (unsigned int i = 0; i < PROGRAM_LISTS; i++)
			list_init(&run.lists[c][i]);
	page_alloc_hook = run_in_allocation;
}

static void report_end(const struct schedule_run *schedule)
{
	char text[FINDING_TEXT];
	size_t used = 0;

	if (contexts.result->end == SCHEDULE_LIVELOCK)
		observe_finding("progress.livelock",
				"after %u points the contexts still go round in circles",
				schedule->points);
	if (contexts.result->end != SCHEDULE_DEADLOCK)
		return;
	for (unsigned int c = 0; c < run.contexts && used < sizeof(text); c++) {
		unsigned int holder = EXPLORE_NOBODY;
		const char *name = schedule_waits(c, &holder);

		if (!name)
			continue;
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s@%u waits for %s",
					 used ? "; " : "", c, name);
		if (holder < run.contexts && used < sizeof(text))
			used += (size_t)snprintf(text + used, sizeof(text) - used,
						 ", which @%u has", holder);
	}
	observe_finding("progress.deadlock", "%s", text);
}

static void judge_order(void)
{
	struct history *h = &contexts.result_history;
	unsigned int order[HISTORY_OPS];
	char text[FINDING_TEXT];

	if (!contexts.options->history || !h->complete)
		return;
	contexts.result->ordered =
		history_allowed(h, run.program, run.model.features, order, text, sizeof(text));
	contexts.result->judged = !history_cost.undecided;
	if (!contexts.result->ordered)
		observe_finding("order.none", "%s", text);
}

static void execute(void)
{
	struct schedule_run *schedule = &contexts.schedule;

	unseen_begin();
	run_records(0, 0, prologue_of(run.program));
	unseen_end();
	contexts.phase = PHASE_RUNS;
	schedule_observer = contexts_passed;
	schedule_interrupt = interrupt;
	contexts.result->end = schedule_execute(schedule);
	contexts.phase = PHASE_ENDS;
	contexts.result->points = schedule->points;
	contexts.result->preemptions = schedule->preemptions;
	contexts.result->switches = schedule->taken_count;
	backend_single_switch(0);
	if (contexts.result->verdict.finding.id[0])
		return;
	report_end(schedule);
	if (contexts.drivers) {
		contexts_drain_registers();
		contexts_drivers_end();
		return;
	}
	check_invariants();
	judge_order();
	contexts_drain();
	check_nothing_left();
}

void contexts_run(const struct sut *sut, const struct program *p,
		  const struct contexts_options *options, struct contexts_result *result)
{
	const struct observer *before = observer;

	memset(result, 0, sizeof(*result));
	memset(&contexts, 0, offsetof(struct contexts, decisions));
	contexts.options = options;
	contexts.result = result;
	contexts.result_history.complete = true;
	contexts.drivers = program_has_drivers(p);
	observer = contexts.drivers ? &watching_drivers : &watching;
	if (!_setjmp(run.exit)) {
		begin(sut, p);
		contexts.schedule = (struct schedule_run){
			.contexts = run.contexts,
			.body = run_context,
			.strategy = &strategy_noted,
		};
		execute();
	}
	observer = before;
	page_alloc_hook = NULL;
	if (verdict_clean(&result->verdict))
		world_reset();
	else
		world_restore();
	result->verdict.trace = contexts.trace;
	if (options->stats)
		contexts_count(options->stats);
}

UNINSTRUMENTED_END
