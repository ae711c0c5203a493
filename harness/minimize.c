/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Delta debugging over records, then each record and the world made simpler,
 * until nothing helps any more.
 */
#include "harness/minimize.h"

#include <string.h>
#include <time.h>

#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

/* A finding that takes its whole time limit to show must not be tried for ever. */
#define MINIMIZE_SECONDS 30

struct shrink {
	minimize_test *shows;
	const void *context;
	struct program *best;
	struct minimize_report *report;
	time_t end;
};

/* Keeps the candidate if it still shows the finding. */
static bool keep(struct shrink *s, const struct program *candidate)
{
	if (time(NULL) > s->end)
		return false;
	s->report->runs++;
	if (!s->shows(s->context, candidate))
		return false;
	*s->best = *candidate;
	return true;
}

static bool drop(struct shrink *s, unsigned int from, unsigned int n)
{
	static struct program candidate;

	candidate = *s->best;
	memmove(&candidate.records[from], &candidate.records[from + n],
		(candidate.count - from - n) * sizeof(struct record));
	candidate.count -= n;
	return keep(s, &candidate);
}

/* Chunks of half the program, then of half that size, down to single records. */
static bool drop_records(struct shrink *s)
{
	bool any = false;

	for (unsigned int size = s->best->count; size; size /= 2) {
		unsigned int from = 0;

		while (from < s->best->count) {
			unsigned int left = s->best->count - from;

			if (drop(s, from, left < size ? left : size))
				any = true;
			else
				from += size;
		}
	}
	return any;
}

static bool replace(struct shrink *s, unsigned int index, struct record r)
{
	static struct program candidate;

	r = record_canon(r);
	if (!memcmp(&r, &s->best->records[index], sizeof(r)))
		return false;
	candidate = *s->best;
	candidate.records[index] = r;
	return keep(s, &candidate);
}

/* Whatever can be left out of a record, or be the first of its kind. */
static bool simplify_record(struct shrink *s, unsigned int index)
{
	const struct record *now = &s->best->records[index];
	struct record r;
	bool any = false;

	/* clang-format off */
	r = *now; r.fault = 0; any |= replace(s, index, r);
	r = *now; r.rc &= 0x0f; any |= replace(s, index, r);
	r = *now; r.rc = 0; any |= replace(s, index, r);
	r = *now; r.how = 0; any |= replace(s, index, r);
	/* clang-format on */
	for (unsigned int bit = HOW_IRQ; bit <= HOW_MISUSE; bit <<= 1) {
		r = *now;
		r.how &= (uint8_t)~bit;
		any |= replace(s, index, r);
	}
	for (unsigned int i = 0; i < 3; i++) {
		for (unsigned int value = 0; value < (&now->a)[i]; value = value * 2 + 1) {
			r = *now;
			(&r.a)[i] = (uint8_t)value;
			if (replace(s, index, r)) {
				any = true;
				break;
			}
		}
	}
	return any;
}

/* A register, frame or context by a smaller number, in all records at once. */
static bool rename_operand(struct shrink *s, bool (*is_kind)(unsigned int), unsigned int from,
			   unsigned int to)
{
	static struct program candidate;
	bool any = false;

	candidate = *s->best;
	for (unsigned int i = 0; i < candidate.count; i++) {
		struct record *r = &candidate.records[i];

		for (unsigned int k = 0; k < 3; k++) {
			if (!is_kind(op_table[r->op].operand[k]) || (&r->a)[k] != from)
				continue;
			(&r->a)[k] = (uint8_t)to;
			any = true;
		}
	}
	return any && keep(s, &candidate);
}

static bool is_frame(unsigned int kind)
{
	return kind == KIND_FRAME;
}

/* What one context does, done by another. */
static bool rename_context(struct shrink *s, unsigned int from, unsigned int to)
{
	static struct program candidate;
	bool any = false;

	candidate = *s->best;
	for (unsigned int i = 0; i < candidate.count; i++) {
		struct record *r = &candidate.records[i];

		if (record_context(r) != from)
			continue;
		r->how = (uint8_t)((r->how - from) | to);
		any = true;
	}
	return any && keep(s, &candidate);
}

static bool is_device(unsigned int kind)
{
	return kind == KIND_DEVICE;
}

/* The bit of one device as another's. */
static uint8_t move_bit(uint8_t bits, unsigned int from, unsigned int to)
{
	unsigned int all = bits, bit = all >> from & 1u;

	return (uint8_t)((all & ~(1u << to)) | bit << to);
}

/* One device in another's place, with what the world says of it. */
static bool rename_device(struct shrink *s, unsigned int from, unsigned int to)
{
	uint8_t adjust = s->best->adjust, no_callback = s->best->no_callback;

	s->best->adjust = move_bit(adjust, from, to);
	s->best->no_callback = move_bit(no_callback, from, to);
	if (rename_operand(s, is_device, from, to))
		return true;
	s->best->adjust = adjust;
	s->best->no_callback = no_callback;
	return false;
}

static bool simplify_names(struct shrink *s)
{
	bool any = false;

	for (unsigned int from = 1; from < s->best->devices; from++)
		for (unsigned int to = 0; to < from; to++)
			any |= rename_device(s, from, to);

	for (unsigned int from = 1; from < PROGRAM_CONTEXTS; from++)
		for (unsigned int to = 0; to < from; to++)
			any |= rename_context(s, from, to);
	for (unsigned int from = 1; from < PROGRAM_REGISTERS; from++)
		for (unsigned int to = 0; to < from; to++)
			any |= rename_operand(s, kind_is_register, from, to);
	/* Frames: the first two of each quarter will usually do. */
	for (unsigned int from = 1; from < PROGRAM_FRAMES; from++)
		for (unsigned int i = 0; i < 8; i++) {
			unsigned int to = i / 2 * (PROGRAM_FRAMES / 4) + i % 2;

			if (to < from)
				any |= rename_operand(s, is_frame, from, to);
		}
	return any;
}

static bool simplify_world(struct shrink *s)
{
	static struct program candidate;
	bool any = false;

	for (unsigned int i = 0; i < 5; i++) {
		candidate = *s->best;
		/* clang-format off */
		switch (i) {
		case 0: candidate.seed = 0; break;
		case 1: candidate.adjust = 0; break;
		case 2: candidate.no_callback = 0; break;
		case 3: memcpy(candidate.zone_of_quarter, (uint8_t[]){ 0, 1, 2, 3 }, 4); break;
		default: candidate.devices = 1; candidate.adjust &= 1; candidate.no_callback &= 1; break;
		}
		/* clang-format on */
		if (memcmp(&candidate, s->best, offsetof(struct program, records)))
			any |= keep(s, &candidate);
	}
	return any;
}

bool program_minimize_by(minimize_test *shows, const void *context, struct program *p,
			 struct minimize_report *report)
{
	struct shrink s = { shows, context, p, report, time(NULL) + MINIMIZE_SECONDS };
	struct program original = *p;
	bool better = true;

	*report = (struct minimize_report){ .before = p->count };
	if (!keep(&s, &original))
		return false;
	while (better) {
		better = drop_records(&s);
		for (unsigned int i = 0; i < p->count; i++)
			better |= simplify_record(&s, i);
		better |= simplify_names(&s);
		better |= simplify_world(&s);
	}
	report->after = p->count;
	return true;
}

struct finding_sought {
	const struct sut *sut;
	struct run_options options;
	const char *id;
};

static bool shows_finding(const void *context, const struct program *candidate)
{
	const struct finding_sought *sought = context;
	struct verdict v;

	return run_in_child(sought->sut, candidate, &sought->options, NULL, &v) &&
	       !strcmp(v.finding.id, sought->id);
}

bool program_minimize(const struct sut *sut, struct program *p, const struct run_options *options,
		      const char *id, struct minimize_report *report)
{
	struct finding_sought sought = { sut, *options, id };

	sought.options.full_checks = true;
	sought.options.trace = NULL;
	return program_minimize_by(shows_finding, &sought, p, report);
}

UNINSTRUMENTED_END
