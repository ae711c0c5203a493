/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The trace of several contexts: a hash of all that happened, columns for
 * people, and the schedule as preempt records of the program.
 *
 * A preempt record belongs to the record before it of its context: at the n-th
 * scheduling point inside that one another context goes on.  So it moves with
 * its record, and removing other records does not change what it means.
 */
#include <stdlib.h>
#include <string.h>

#include "explore/contexts_state.h"
#include "guest/acts.h"
#include "harness/feedback.h"

UNINSTRUMENTED_BEGIN

#define COLUMN 34

static void add(uint64_t value)
{
	uint64_t h = (contexts.trace ^ value) * 0x9e3779b97f4a7c15;

	contexts.trace = h ^ h >> 29;
}

/* A line with text in the column of a context. */
static void print_in_column(unsigned int context, const char *text)
{
	fprintf(contexts.options->trace, "%*s%s\n", (int)(context * COLUMN), "", text);
}

static void print_op(const struct history_op *op, bool ran)
{
	struct record r = op->record;
	char text[160], *record = NULL;
	size_t size;
	FILE *memory = open_memstream(&record, &size);

	if (!memory)
		return;
	r.how &= (uint8_t)~HOW_CONTEXT; /* the column says it */
	record_print(memory, &r);
	if (!ran)
		fputs("  skipped", memory);
	else if (r.op >= OP_CORE_COUNT) {
		fputs("  ", memory);
		guest_print_value(memory, &r, op->value);
	} else if (op->class != CLASS_COUNT)
		fprintf(memory, "  %s", class_names[op->class]);
	else if (op->frame != NO_FRAME)
		fprintf(memory, "  f%u", op->frame);
	else if (op->record.op == OP_dequeue || op->record.op == OP_alloc)
		fputs("  none", memory);
	else if (op->value || op->record.op == OP_migrate)
		fprintf(memory, "  %d", op->value);
	fclose(memory);
	snprintf(text, sizeof(text), "%s%s", op->record.how & HOW_NESTED ? "  " : "", record);
	print_in_column(backend_self(), text);
	free(record);
}

/* The records before it that are not of the schedule: the same where that is written down. */
static uint64_t ordinal(unsigned int index)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < index; i++)
		count += run.program->records[i].op != OP_preempt;
	return count;
}

void contexts_note(unsigned int index, const struct history_op *op, bool ran)
{
	add(ordinal(index) << 48 | (uint64_t)backend_self() << 40 | (uint64_t)op->frame << 32 |
	    (uint64_t)(uint16_t)op->value << 16 | (uint64_t)op->class << 8 | op->callbacks << 1 |
	    ran);
	if (contexts.options->trace)
		print_op(op, ran);
}

void contexts_trace_finding(const char *id)
{
	char text[160];

	snprintf(text, sizeof(text), "<== %s", id);
	print_in_column(backend_self(), text);
}

/*
 * The which-th preempt record for this point of a context's record, of a switch
 * or (how: HOW_IRQ) of an interrupt; NULL: none.
 */
static const struct record *written_at(unsigned int context, unsigned int record,
				       unsigned int point, unsigned int how, unsigned int which)
{
	for (unsigned int i = record + 1; i < run.program->count; i++) {
		const struct record *r = &run.program->records[i];

		if (record_context(r) != context || r->how & HOW_NESTED)
			continue;
		if (r->op != OP_preempt)
			return NULL;
		if (r->a == point && (r->how & HOW_IRQ) == how && !which--)
			return r;
	}
	return NULL;
}

const char *const contexts_point_names[] = {
	"op",	"lock",	 "page trylock", "page lock",	 "page unlock", "get",	"put",	 "alloc",
	"free", "count", "callback",	 "callback end", "end",		"host", "other", NULL,
};

static unsigned int kind_of(const char *name)
{
	unsigned int kind = 0;

	while (contexts_point_names[kind + 1] &&
	       (!name || strcmp(contexts_point_names[kind], name)))
		kind++;
	return kind;
}

/* Without a schedule: who runs goes on; where it cannot, the lowest that can. */
static unsigned int usual(const struct schedule_view *view)
{
	if (!view->yields && view->current < run.contexts && view->enabled & 1u << view->current)
		return view->current;
	return (unsigned int)__builtin_ctz(view->enabled);
}

static unsigned int written_pick(const struct schedule_view *view, unsigned int context)
{
	const struct running *self = &contexts.running[context];
	const struct record *r =
		written_at(context, self->index, self->asked_point, 0, self->asked);

	return r && view->enabled & 1u << r->b ? r->b : usual(view);
}

/* The page, the device or the lock that an operation is about, as a program or the shim names it.
 */
static const char *name_object(const char *point, const void *object, char text[24])
{
	uintptr_t devices = (uintptr_t)run.devices, address = (uintptr_t)object;

	*text = 0;
	if (world_has(object))
		snprintf(text, 24, " f%u", page_frame(object));
	else if (address >= devices && address < devices + sizeof(run.devices))
		snprintf(text, 24, " b%u", contexts_device_of(object));
	/* All locks begin with their name (shim/lock.h, shim/sleep_lock.h). */
	else if (object && point && !strcmp(point, "lock"))
		snprintf(text, 24, " %s", *(const char *const *)object);
	return text;
}

/* Who gives way to whom, where, in the column of the one that gives way. */
static void print_switch(const struct schedule_view *view, unsigned int to)
{
	const struct running *self = &contexts.running[view->current];
	const char *point = view->pending[view->current].name;
	bool can = view->enabled & 1u << view->current;
	char text[160], object[24];

	if (!self->record)
		return;
	snprintf(text, sizeof(text), "| %s %s %s%s: @%u", op_table[self->record->op].name,
		 can ? "before" : "waits at", point ? point : "its end",
		 name_object(point, view->pending[view->current].object, object), to);
	print_in_column(view->current, text);
}

static unsigned int noted_pick(const struct schedule_view *view)
{
	const struct strategy *strategy = contexts.options->strategy;
	/* At the start nobody runs yet: that is written behind the prologue, which is 0's. */
	unsigned int context = view->current < run.contexts ? view->current : 0, to;
	struct running *self = &contexts.running[context];

	if (self->asked_point != self->point) {
		self->asked_point = self->point;
		self->asked = 0;
	}
	to = strategy ? strategy->pick(view) : written_pick(view, context);
	self->asked++;
	if (contexts.options->trace && view->current < run.contexts && to != view->current)
		print_switch(view, to);
	if (contexts.decision_count < DECISIONS_MAX)
		contexts.decisions[contexts.decision_count++] = (struct decision){
			(uint8_t)context,
			(uint8_t)to,
			(uint8_t)usual(view),
			(uint8_t)self->index,
			(uint8_t)kind_of(view->pending[context].name),
			(uint16_t)self->point,
		};
	add((uint64_t)context << 16 | (uint64_t)to << 8 | view->enabled);
	return to;
}

/*
 * An enqueue that goes by the page lock must not find it taken: a driver's mistake
 * (B15).  Where there are drivers, only what the op itself comes by is refused.
 */
static bool bears_refusal(const struct record *r, enum fault_kind kind)
{
	if (contexts.drivers)
		return traits_meet_fault(op_table[r->op].traits, kind);
	return kind != FAULT_lock || (r->op != OP_enqueue && r->op != OP_list_enqueue);
}

/*
 * A refusal becomes the record's fault, as if the program had said so: one in
 * each record that has none of its own.
 */
static bool noted_refuse(unsigned int context, const char *name)
{
	static const struct {
		const char *name;
		enum fault_kind kind;
	} kinds[] = { { "alloc", FAULT_alloc },
		      { "get", FAULT_ref },
		      { "page trylock", FAULT_lock },
		      { "callback", FAULT_callback } };
	const struct strategy *strategy = contexts.options->strategy;
	struct running *self = &contexts.running[context];
	unsigned int i = 0, n;

	while (i < sizeof(kinds) / sizeof(kinds[0]) - 1 && strcmp(kinds[i].name, name))
		i++;
	n = self->could_refuse[kinds[i].kind]++;
	if (!strategy || !self->record || self->fault || record_fault_kind(self->record) ||
	    n > 31 || !bears_refusal(self->record, kinds[i].kind) ||
	    !strategy->refuse(context, name))
		return false;
	self->fault = (uint8_t)((unsigned int)kinds[i].kind | n << 3);
	contexts.faults[self->record - run.program->records] = self->fault;
	return true;
}

bool contexts_arrives(unsigned int context, unsigned int index)
{
	const struct strategy *strategy = contexts.options->strategy;
	const struct running *self = &contexts.running[context];

	if (strategy ? !strategy->refuse(context, "interrupt")
		     : !written_at(context, self->index, self->point, HOW_IRQ, 0))
		return false;
	contexts.arrivals[index] =
		(struct arrival){ (uint16_t)(self->point + 1), (uint8_t)self->index };
	add(ordinal(index) << 16 | self->point);
	if (contexts.options->trace) {
		char text[64];

		snprintf(text, sizeof(text), "| %s is interrupted",
			 op_table[self->record->op].name);
		print_in_column(context, text);
	}
	return true;
}

const struct strategy strategy_noted = {
	.name = "noted",
	.story = "another one, and what it decides is noted",
	.pick = noted_pick,
	.refuse = noted_refuse,
};

void contexts_passed(unsigned int context, const char *name, const void *object)
{
	(void)name;
	(void)object;
	contexts.running[context].point++;
}

/* The op that the context was in; nop: one beyond the limit, or before its first. */
static uint8_t op_of(const struct decision *d, unsigned int limit)
{
	uint8_t op = run.program->records[d->record].op;

	return op < limit ? op : (uint8_t)OP_nop;
}

void contexts_pairs(uint32_t pairs[OP_DRIVERS_END][OP_DRIVERS_END])
{
	uint8_t in[PROGRAM_CONTEXTS] = { 0 };

	for (unsigned int i = 0; i < contexts.decision_count; i++) {
		const struct decision *d = &contexts.decisions[i];

		in[d->context] = op_of(d, OP_DRIVERS_END);
		if (d->to != d->context)
			pairs[in[d->context]][in[d->to]] |= 1u << d->kind;
	}
}

void contexts_count(struct stats *stats)
{
	uint8_t in[PROGRAM_CONTEXTS] = { 0 };

	stats->schedules++;
	stats->ordered += contexts.result->ordered;
	for (unsigned int i = 0; i < contexts.decision_count; i++) {
		const struct decision *d = &contexts.decisions[i];

		in[d->context] = op_of(d, OP_CORE_COUNT);
		if (d->to == d->context)
			continue;
		stats->gave_way[in[d->context]][in[d->to]]++;
		feedback_note((unsigned int)CELL_COUNT +
			      (d->kind * (unsigned int)OP_CORE_COUNT + in[d->context]) *
				      (unsigned int)OP_CORE_COUNT +
			      in[d->to]);
	}
}

/* Is there, at this point, a decision that is not the usual one?  Then all up to it are written. */
static bool is_written(unsigned int n)
{
	const struct decision *d = &contexts.decisions[n];

	for (unsigned int i = n; i < contexts.decision_count; i++) {
		const struct decision *other = &contexts.decisions[i];

		if (other->context == d->context && other->record == d->record &&
		    other->point == d->point && other->to != other->usual)
			return true;
	}
	return false;
}

static void write_decisions(struct program *p, unsigned int record)
{
	for (unsigned int i = 0; i < contexts.decision_count && p->count < PROGRAM_RECORDS; i++) {
		const struct decision *d = &contexts.decisions[i];

		/* What the text cannot say is left out: then the replay tells. */
		if (d->record == record && d->point <= UINT8_MAX && is_written(i))
			p->records[p->count++] = (struct record){
				OP_preempt, d->context, (uint8_t)d->point, d->to, 0, 0, 0, 0
			};
	}
	for (unsigned int i = record + 1; i < run.program->count; i++) {
		const struct arrival *a = &contexts.arrivals[i];
		uint8_t context = run.program->records[i].how & HOW_CONTEXT;

		if (a->point && a->record == record && a->point - 1u <= UINT8_MAX &&
		    p->count < PROGRAM_RECORDS)
			p->records[p->count++] = (struct record){ OP_preempt,
								  context | HOW_IRQ,
								  (uint8_t)(a->point - 1),
								  context,
								  0,
								  0,
								  0,
								  0 };
	}
}

/* Where the records of that one's context go on behind it and what is nested in it. */
static unsigned int end_of(const struct program *from, unsigned int record)
{
	unsigned int i = record + 1;

	while (i < from->count &&
	       (from->records[i].op == OP_preempt || (from->records[i].how & HOW_NESTED)))
		i++;
	return i;
}

void contexts_written(struct program *p)
{
	struct program from = *run.program;

	*p = from;
	p->count = 0;
	for (unsigned int i = 0; i < from.count;) {
		unsigned int end = end_of(&from, i);

		for (unsigned int j = i; j < end && p->count < PROGRAM_RECORDS; j++)
			if (from.records[j].op != OP_preempt) {
				p->records[p->count] = from.records[j];
				if (contexts.faults[j])
					p->records[p->count].fault = contexts.faults[j];
				p->count++;
			}
		write_decisions(p, i);
		i = end;
	}
}

UNINSTRUMENTED_END
