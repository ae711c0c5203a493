/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The executor: takes a program through the system under test and the model,
 * record by record, and stops at the first finding.
 */
#include "harness/run_state.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/feedback.h"
#include "shim/backend_single.h"
#include "shim/page_alloc.h"
#include "shim/poison.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

struct run run;
const struct observer *observer;

/* How a run may end early (setjmp values). */
enum { EXIT_FINDING = 1, EXIT_BUG };

/* Ops between two walks over everything. */
#define FULL_CHECK_EVERY 16

static bool oracle_is_off(const char *rule)
{
	size_t length = strcspn(rule, ".");

	for (unsigned int i = 0; i < ORACLE_COUNT; i++)
		if (strlen(oracle_names[i]) == length && !strncmp(oracle_names[i], rule, length))
			return run.options->oracles_off & 1u << i;
	return false;
}

const char *run_place(void)
{
	if (observer)
		return observer->place();
	if (run.top)
		return op_table[run.top->record.op].name;
	return run.started ? "end" : "start";
}

unsigned int run_record_number(void)
{
	if (observer)
		return observer->record();
	if (run.top)
		return run.top->index;
	return run.started ? run.program->count : 0;
}

void observe_finding(const char *rule, const char *format, ...)
{
	struct finding *finding;
	va_list arguments;

	if (observer) {
		va_start(arguments, format);
		observer->finding(rule, format, arguments);
		va_end(arguments);
		return;
	}
	finding = &run.verdict->finding;
	if (oracle_is_off(rule))
		return;
	snprintf(finding->id, sizeof(finding->id), "%s@%s/%s", rule, run_place(),
		 run.sut->generation);
	va_start(arguments, format);
	vsnprintf(finding->text, sizeof(finding->text), format, arguments);
	va_end(arguments);
	finding->record = run_record_number();
	if (run.options->trace && run.top)
		trace_finding(run.options->trace, run.top, finding->id);
	longjmp(run.exit, EXIT_FINDING);
}

void observe_warning(const char *what)
{
	if (observer)
		observer->warning(what);
	else if (run.top)
		run.top->warnings++;
	else
		observe_finding("model.warning", "warned (%s) outside of any op", what);
}

_Noreturn void observe_bug(const char *what)
{
	if (observer)
		observer->bug(what);
	run.bug = what;
	longjmp(run.exit, EXIT_BUG);
}

static void try_record(const struct record *r, unsigned int index);

/* The nested records that belong to the op under way, if its hook has not run yet. */
static void run_nested(void)
{
	struct frame *outer = run.top;
	struct page_alloc_request request = context_self()->request;

	if (outer->outer || outer->nested_done)
		return;
	outer->nested_done = true;
	for (unsigned int i = outer->index + 1; i < run.program->count; i++) {
		const struct record *r = &run.program->records[i];

		if (record_context(r) != record_context(&outer->record))
			continue;
		if (!(r->how & HOW_NESTED))
			break;
		run.nested_ran[i / 64] |= (uint64_t)1 << i % 64;
		try_record(r, i);
	}
	context_self()->request = request;
}

/* After this answer the core takes the page for deflated, without another in its place. */
static bool driver_loses_page(int rc)
{
	if (!(run.model.features & FEATURE_core_moves))
		return false;
	return rc == -ENOENT || (rc > 0 && (run.model.features & QUIRK_positive_result));
}

int sut_migratepage(void *device, struct page *newpage, struct page *page, enum migrate_mode mode)
{
	struct frame *frame = run.top;
	struct step *step;
	unsigned int call;
	int rc;

	if (unlikely(observer != NULL))
		return observer->migratepage(device, newpage, page, mode);
	step = &frame->step;
	call = frame->callbacks++;
	might_sleep("the driver's migration callback");
	if (unlikely(!step->asking))
		observe_finding("model.callback",
				"the driver is called back for the %uth time, not %u times",
				call + 1, step->callbacks);
	else if (unlikely(device != run.devices[step->device] || page != frame_page(step->source) ||
			  newpage != frame_page(step->target) || (unsigned int)mode != step->mode))
		observe_finding(
			"model.callback",
			"the driver is called back for f%u -> f%u in mode %u, not for b%u's f%u -> f%u in mode %u",
			page_frame(page), page_frame(newpage), (unsigned int)mode, step->device,
			step->source, step->target, step->mode);
	trace_add((uint64_t)page_frame(newpage) << 8 | page_frame(page));
	run_nested();
	if (step->asking)
		model_call_returns(&run.model, &frame->record, step);
	if (fault_point(FAULT_POINT_CALLBACK, "callback") || call < record_eagains(&frame->record))
		return -EAGAIN;
	rc = record_result(&frame->record);
	if (driver_loses_page(rc))
		run.inflated[step->device]--;
	return rc;
}

static void note(const struct record *r, const struct step *step)
{
	struct stats *stats = run.stats;
	unsigned int cell = cell_index(step->subject, r->op, step->class);

	stats->ran[r->op]++;
	stats->cells[cell]++;
	feedback_note(cell);
	for (unsigned int touched = run.model.touched_lists & ((1u << PROGRAM_DEVICES) - 1);
	     touched; touched &= touched - 1) {
		unsigned int device = (unsigned int)__builtin_ctz(touched);
		unsigned int length = run.model.lists[device].length;
		unsigned int isolated = run.model.isolated[device];

		feedback_note(CELL_COUNT + ((device * 8 + (length < 7 ? length : 7)) * 4 +
					    (isolated < 3 ? isolated : 3)));
	}
}

static void check_everything(bool within_op)
{
	if ((run.options->leave_out & RUN_WITHOUT_INVARIANTS) || run.walked == run.ops)
		return;
	check_all();
	if (within_op)
		return;
	check_invariants();
	run.walked = run.ops;
}

/* The op has ended: judge it. */
static void judge(struct frame *frame, const struct outcome *got)
{
	model_end(&run.model, &frame->record, &frame->step);
	note(&frame->record, &frame->step);
	if (run.options->step)
		run.options->step(frame, got);
	if (!(run.options->leave_out & RUN_WITHOUT_COMPARISON)) {
		check_outcome(frame, got);
		check_touched();
	}
	run.model.touched = 0;
	run.model.touched_lists = 0;
	run.ops++;
	if (run.options->full_checks || run.ops % FULL_CHECK_EVERY == 0)
		check_everything(frame->outer);
	if (run.options->trace)
		trace_op(run.options->trace, frame);
}

static void note_fault(const struct frame *frame)
{
	if (frame->plan.fired)
		run.stats->fired[frame->plan.kind]++;
}

static void run_op(const struct record *r, struct frame *frame)
{
	struct context *cpu = &world.contexts[record_context(r)];
	struct fault_plan *outer_plan = cpu->plan;
	bool irqs_off = cpu->irqs_off;
	struct outcome got;

	backend_single_switch(record_context(r));
	context_self()->steps = 0;
	frame->plan = (struct fault_plan){ record_fault_kind(r), record_fault_n(r), false };
	cpu->plan = &frame->plan;
	if (r->how & HOW_IRQ) {
		cpu->irqs_off = true;
		cpu->irq_depth++;
	}
	act(r, &got);
	lock_check_idle();
	if (r->how & HOW_IRQ) {
		cpu->irqs_off = irqs_off;
		cpu->irq_depth--;
	}
	cpu->plan = outer_plan;
	note_fault(frame);
	judge(frame, &got);
}

/* Runs a record that model_check() lets run. */
static void run_record(const struct record *r, unsigned int index)
{
	struct frame *frame = &run.frames[run.top ? 1 : 0];

	frame->outer = run.top;
	frame->record = *r;
	frame->index = index;
	frame->warnings = 0;
	frame->callbacks = 0;
	frame->nested_done = false;
	run.top = frame;
	model_begin(&run.model, r, &frame->step);
	run_op(r, frame);
	run.top = frame->outer;
}

static void try_record(const struct record *r, unsigned int index)
{
	enum skip skip = model_check(&run.model, r);

	if (skip == SKIP_NOT)
		run_record(r, index);
	else
		run.stats->skipped[skip]++;
}

static void run_records(void)
{
	for (unsigned int i = 0; i < run.program->count; i++) {
		const struct record *r = &run.program->records[i];

		if (!(r->how & HOW_NESTED))
			try_record(r, i);
		else if (!(run.nested_ran[i / 64] & (uint64_t)1 << i % 64))
			run.stats->skipped[SKIP_unhooked]++;
	}
}

/*
 * An op of the drain.  The model has had its last word before: what counts now
 * is that everything comes out and that nothing is left.
 */
static void drain_op(enum op op, unsigned int context, unsigned int a, unsigned int b,
		     unsigned int c, int expected)
{
	struct frame *frame = &run.frames[0];
	struct outcome got;

	frame->outer = NULL;
	frame->record = (struct record){
		(uint8_t)op, (uint8_t)context, (uint8_t)a, (uint8_t)b, (uint8_t)c, 0, 0, 0
	};
	frame->index = run.program->count;
	frame->warnings = 0;
	frame->step.class = CLASS_ok;
	frame->step.subject = SUBJECT_page_isolated;
	run.top = frame;
	context_self()->steps = 0;
	backend_single_switch(context);
	act(&frame->record, &got);
	lock_check_idle();
	trace_add(got.page ? page_frame(got.page) : (unsigned int)got.value);
	if (unlikely(got.value != expected))
		observe_finding("model.result", "returned %d, not %d", got.value, expected);
	if (unlikely(frame->warnings))
		observe_finding("model.warning", "warned while everything was taken out");
	run.top = NULL;
}

static void drain_register(unsigned int context, unsigned int number)
{
	static const uint8_t release[KIND_COUNT] = {
		[KIND_PAGE] = OP_free,
		[KIND_ISOLATED] = OP_putback,
		[KIND_HELD] = OP_put,
		[KIND_LOCKED] = OP_put,
	};
	unsigned int kind = run.model.registers[context][number].kind;

	if (release[kind])
		drain_op((enum op)release[kind], context, number, 0, 0, 0);
}

static unsigned int drain_device(unsigned int device)
{
	/* Those that were isolated have been put back. */
	unsigned int pages = run.model.lists[device].length + run.model.isolated[device];

	if (pages)
		drain_op(OP_list_dequeue, 0, device, 0, PROGRAM_FRAMES, (int)pages);
	return pages;
}

/* Takes everything out and frees it, by the same ops. */
static void drain(void)
{
	unsigned int popped = 0;

	/* Strangers first: a page that one has locked cannot be put back. */
	for (unsigned int c = 0; c < run.contexts; c++)
		for (unsigned int i = 0; i < PROGRAM_REGISTERS; i++)
			if (run.model.registers[c][i].kind == KIND_LOCKED)
				drain_op(OP_unlock, c, i, 0, 0, 0);
	for (unsigned int c = 0; c < run.contexts; c++)
		for (unsigned int i = 0; i < PROGRAM_REGISTERS; i++)
			drain_register(c, i);
	for (unsigned int device = 0; device < run.model.devices; device++)
		popped += drain_device(device);
	for (unsigned int c = 0; c < run.contexts; c++)
		for (unsigned int list = 0; list < PROGRAM_LISTS; list++) {
			popped += run.model.lists[model_private_list(c, list)].length;
			for (; popped; popped--) {
				drain_op(OP_pop, c, 0, list, 0, 0);
				drain_op(OP_free, c, 0, 0, 0, 0);
			}
			if (run.sut->pop && run.sut->pop(&run.lists[c][list]))
				observe_finding("model.page",
						"a page comes from a list that is empty");
		}
}

static void run_to_the_end(void)
{
	run_records();
	check_everything(false);
	drain();
	if (!(run.options->leave_out & RUN_WITHOUT_INVARIANTS))
		check_nothing_left();
}

/* The sut gave up.  Right where the model says so too, and if it spoiled nothing before. */
static void judge_bug(void)
{
	static struct run_options options;
	struct frame *frame = run.top;

	if (frame)
		model_end(&run.model, &frame->record, &frame->step);
	if (frame && frame->step.class == CLASS_bug) {
		note_fault(frame);
		note(&frame->record, &frame->step);
		if (run.options->step)
			run.options->step(frame, NULL);
		run.stats->ended_by_bug++;
		trace_add(CLASS_bug);
		run.ops++;
		if (run.options->trace)
			trace_op(run.options->trace, frame);
		check_everything(true);
		return;
	}
	/* Nothing is left to go on with, so this one is not to be switched off. */
	options = *run.options;
	options.oracles_off = 0;
	run.options = &options;
	observe_finding("model.bug", "gave up (%s)", run.bug);
}

/* The sut's own start, as the kernel's initcalls run: in every run, for every run is alike. */
static void boot(const struct sut *sut)
{
	int rc;

	movable_registry = sut->registry;
	movable_registry->offline = NULL;
	rc = sut->init();
	lock_check_idle();
	if (unlikely(rc || ((sut->features & FEATURE_migration) && !movable_registry->offline)))
		observe_finding("migrate.unregistered",
				"the core's start returned %d and registered %s", rc,
				movable_registry->offline ? "its operations" : "nothing");
}

/* Behind a device's own bytes nobody has anything to do. */
static void lay_out_devices(const struct sut *sut)
{
	static const struct sut *laid_out;

	if (laid_out == sut)
		return;
	laid_out = sut;
	for (unsigned int i = 0; i < PROGRAM_DEVICES; i++) {
		memory_allow(run.devices[i], SUT_DEVICE_BYTES);
		memory_forbid(run.devices[i] + sut->device_size,
			      SUT_DEVICE_BYTES - sut->device_size);
	}
}

unsigned int run_features(const struct sut *sut, const struct run_options *options)
{
	unsigned int features = sut_features(sut);

	return options->caller ? (features & ~(unsigned int)CALLER_FEATURES) | options->caller
			       : features;
}

static void begin(void)
{
	const struct sut *sut = run.sut;
	const struct program *p = run.program;

	if (!world.pages && world_create(PROGRAM_FRAMES)) {
		fputs("pinprick: no memory for the world\n", stderr);
		exit(71);
	}
	world.contexts_used = run.contexts;
	world.features = run_features(sut, run.options);
	boot(sut);
	page_alloc_hook = run_nested;
	world_set_zones(p->zone_of_quarter);
	model_init(&run.model, p, world.features);
	lay_out_devices(sut);
	world.devices = run.devices;
	world.devices_size = sizeof(run.devices);
	for (unsigned int i = 0; i < p->devices; i++) {
		/* As a driver's memory comes: not zero, and not what the last run left. */
		memset(run.devices[i], 0x5a, sut->device_size);
		if (unlikely(!sut->device_init(run.devices[i], p->adjust & 1u << i,
					       !(p->no_callback & 1u << i))))
			observe_finding(
				"state.device",
				"b%u was made with a migration callback, or adjusts managed pages",
				i);
		run.inflated[i] = 0;
	}
	for (unsigned int c = 0; c < run.contexts; c++)
		for (unsigned int i = 0; i < PROGRAM_LISTS; i++)
			list_init(&run.lists[c][i]);
	/* Whatever the program does: libFuzzer before 15 does not start where it sees nothing. */
	feedback_note(0);
	run.started = true;
}

void run_program(const struct sut *sut, const struct program *p, const struct run_options *options,
		 struct stats *stats, struct verdict *v)
{
	v->finding.id[0] = 0;
	run.sut = sut;
	run.program = p;
	run.options = options;
	run.stats = stats;
	run.verdict = v;
	run.top = NULL;
	run.started = false;
	run.ops = 0;
	run.walked = UINT_MAX;
	run.contexts = program_contexts(p);
	run.trace = 0;
	memset(run.nested_ran, 0, sizeof(run.nested_ran));
	stats->runs++;
	switch (_setjmp(run.exit)) {
	case 0:
		begin();
		run_to_the_end();
		break;
	case EXIT_BUG:
		judge_bug();
		break;
	default:
		break;
	}
	if (verdict_clean(v) && !options->oracles_off)
		world_reset();
	else
		world_restore();
	v->trace = run.trace;
}

UNINSTRUMENTED_END
