/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "harness/walk.h"

#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

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

/* A BUG ends the run. */
static bool walk_end(struct walk *w, const struct record *r, struct step *s)
{
	model_end(&w->model, r, s);
	if (w->ended)
		w->ended(w, r, s);
	return s->class != CLASS_bug;
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
		if (!walk_end(w, r, &s))
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

void walk_begin(struct walk *w, unsigned int features)
{
	model_init(&w->model, w->program, features);
	w->ran = 0;
	w->skipped = 0;
}

bool walk_step(struct walk *w, unsigned int index)
{
	struct record *r = &w->program->records[index];
	struct step s = { .asking = false };

	if (!walk_record(w, r, &s)) {
		skip_nested(w, index);
		return true;
	}
	if (r->op != OP_alloc && !s.asking)
		skip_nested(w, index);
	else if (!walk_nested(w, index))
		return false;
	return walk_end(w, r, &s);
}

void walk_program(struct walk *w, unsigned int features)
{
	struct program *p = w->program;

	walk_begin(w, features);
	for (unsigned int i = 0; i < p->count; i++)
		if (!(p->records[i].how & HOW_NESTED) && !walk_step(w, i))
			return;
}

UNINSTRUMENTED_END
