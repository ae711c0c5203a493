/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "harness/walk.h"

#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

/* A BUG ends the run. */
static bool walk_record(struct walk *w, struct record *r, struct step *s)
{
	if (w->visit)
		w->visit(w, r);
	if (model_check(&w->model, r) != SKIP_NOT) {
		w->skipped++;
		return false;
	}
	w->ran++;
	model_begin(&w->model, r, s);
	return true;
}

/* The nested records of record number parent; false where one ends the run. */
static bool walk_nested(struct walk *w, unsigned int parent)
{
	struct program *p = w->program;

	for (unsigned int i = parent + 1; i < p->count; i++) {
		struct record *r = &p->records[i];
		struct step s;

		if (record_context(r) != record_context(&p->records[parent]))
			continue;
		if (!(r->how & HOW_NESTED))
			break;
		if (!walk_record(w, r, &s))
			continue;
		model_end(&w->model, r, &s);
		if (s.class == CLASS_bug)
			return false;
	}
	return true;
}

/* Nested records whose hook does not run are skipped. */
static void skip_nested(struct walk *w, unsigned int parent)
{
	struct program *p = w->program;

	for (unsigned int i = parent + 1; i < p->count; i++) {
		const struct record *r = &p->records[i];

		if (record_context(r) != record_context(&p->records[parent]))
			continue;
		if (!(r->how & HOW_NESTED))
			break;
		w->skipped++;
	}
}

void walk_program(struct walk *w, unsigned int features)
{
	struct program *p = w->program;

	model_init(&w->model, p, features);
	w->ran = 0;
	w->skipped = 0;
	for (unsigned int i = 0; i < p->count; i++) {
		struct record *r = &p->records[i];
		struct step s = { .asking = false };

		if (r->how & HOW_NESTED)
			continue;
		if (!walk_record(w, r, &s)) {
			skip_nested(w, i);
			continue;
		}
		if (r->op != OP_alloc && !s.asking)
			skip_nested(w, i);
		else if (!walk_nested(w, i))
			return;
		model_end(&w->model, r, &s);
		if (s.class == CLASS_bug)
			return;
	}
}

UNINSTRUMENTED_END
