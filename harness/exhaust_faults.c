/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Every fault point of a program fails once.  Which there are, the runs say: the n-th
 * of a kind inside a record is there if, told to fail, it does.  What must come of it
 * the model says; here it is seen that the fault fired, and that all that ended before
 * the record did the same as without the fault.
 */
#include "harness/exhaust_state.h"

#include <string.h>

UNINSTRUMENTED_BEGIN

#define POINTS 32 /* of a kind in a record, that the format can name */

/* What an op did and left behind; in the order in which ops end. */
struct ending {
	uint16_t record, outer; /* outer: in whose hook; else its own */
	bool fired;
	uint64_t hash;
};

struct run_log {
	unsigned int count;
	bool clean;
	struct ending at[PROGRAM_RECORDS];
};

static struct run_log *logged;

static void on_step(const struct frame *frame, const struct outcome *got)
{
	struct ending *e = &logged->at[logged->count++];
	const struct step *step = &frame->step;
	struct exhaust_key key;

	exhaust_key(&key, frame->outer);
	e->record = (uint16_t)frame->index;
	e->outer = (uint16_t)(frame->outer ? frame->outer->index : frame->index);
	e->fired = frame->plan.fired;
	e->hash = key.low ^ (uint64_t)step->class << 56 ^ (uint64_t)step->frame << 48 ^
		  (uint64_t)frame->callbacks << 40 ^ (uint64_t)frame->warnings << 36 ^
		  (got ? (unsigned int)got->value : ~0u);
}

static void run_logged(const struct sut *sut, const struct program *p, struct exhaust *x,
		       struct run_log *to)
{
	static const struct run_options options = { .full_checks = true, .step = on_step };
	static struct verdict v;

	logged = to;
	logged->count = 0;
	x->program = *p;
	run_program(sut, &x->program, &options, &x->stats, &v);
	x->fault_runs++;
	to->clean = verdict_clean(&v);
	if (!to->clean)
		exhaust_note(x, p, &v.finding, &x->fault_violations);
}

static const struct ending *ending_of(const struct run_log *of, unsigned int record)
{
	for (unsigned int i = 0; i < of->count; i++)
		if (of->at[i].record == record)
			return &of->at[i];
	return NULL;
}

/* Do both runs the same up to this record? */
static bool same_before(const struct run_log *a, const struct run_log *b, unsigned int record)
{
	for (unsigned int i = 0; i < a->count; i++) {
		if (a->at[i].record == record || a->at[i].outer == record)
			return true;
		if (i >= b->count || a->at[i].record != b->at[i].record ||
		    a->at[i].hash != b->at[i].hash)
			return false;
	}
	return true;
}

/* p with a fault in this record.  False where the fault finds no point that it could fail. */
static bool run_failing(const struct sut *sut, struct program *p, unsigned int record,
			unsigned int fault, struct exhaust *x, const struct run_log *before,
			struct run_log *after)
{
	struct record *r = &p->records[record];
	const struct ending *ending;

	r->fault = (uint8_t)fault;
	run_logged(sut, p, x, after);
	ending = ending_of(after, record);
	if (!ending && after->clean) {
		/* A refusal that no driver may let come to pass. */
		r->how |= HOW_MISUSE;
		run_logged(sut, p, x, after);
		ending = ending_of(after, record);
	}
	if (!ending && after->clean)
		x->astray++;
	if (after->clean && (!ending || !ending->fired))
		return false;
	x->astray += !same_before(before, after, record);
	return true;
}

/* What one failed point is followed by: NULL where pairs are not asked for. */
typedef void each_point(const struct sut *sut, const struct program *p, unsigned int record,
			const struct run_log *ran, struct exhaust *x);

/* The points of a record that ran. */
static void fail_record(const struct sut *sut, const struct program *p, unsigned int record,
			const struct run_log *ran, struct exhaust *x, struct run_log *scratch,
			each_point *then)
{
	for (unsigned int kind = FAULT_none + 1; kind < FAULT_COUNT; kind++) {
		if (!traits_meet_fault(op_table[p->records[record].op].traits, kind))
			continue;
		for (unsigned int n = 0; n < POINTS && !x->stop; n++) {
			struct program failing = *p;

			if (!run_failing(sut, &failing, record, kind | n << 3, x, ran, scratch))
				break;
			then(sut, &failing, record, scratch, x);
		}
	}
}

static void count_pair(const struct sut *sut, const struct program *p, unsigned int record,
		       const struct run_log *ran, struct exhaust *x)
{
	(void)sut, (void)p, (void)record, (void)ran;
	x->pairs++;
}

static void count_point(const struct sut *sut, const struct program *p, unsigned int record,
			const struct run_log *ran, struct exhaust *x)
{
	static struct run_log scratch;
	const struct record *r = &p->records[record];

	x->points++;
	x->refused[r->op][record_fault_kind(r)]++;
	if (p->count > EXHAUST_PAIRS || !ran->clean)
		return;
	for (unsigned int later = record + 1; later < p->count; later++)
		if (ending_of(ran, later))
			fail_record(sut, p, later, ran, x, &scratch, count_pair);
}

void exhaust_faults(const struct sut *sut, const struct program *p, struct exhaust *x)
{
	static struct run_log plain, scratch;

	x->programs++;
	run_logged(sut, p, x, &plain);
	if (!plain.clean)
		return;
	for (unsigned int record = 0; record < p->count; record++)
		if (ending_of(&plain, record))
			fail_record(sut, p, record, &plain, x, &scratch, count_point);
}

UNINSTRUMENTED_END
