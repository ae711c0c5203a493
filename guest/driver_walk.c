/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "guest/driver_model.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

static bool walk_check(struct driver_walk *walk, struct record *r)
{
	if (walk->visit)
		walk->visit(walk, r);
	if (driver_model_check(&walk->model, r) != SKIP_NOT) {
		walk->skipped++;
		return false;
	}
	walk->ran++;
	return true;
}

/* The nested records of the record before first; run: those of the hook that opens now. */
static void walk_nested(struct driver_walk *walk, unsigned int parent, bool run)
{
	struct program *p = walk->program;
	struct driver_step step;

	for (unsigned int i = parent + 1; i < p->count; i++) {
		struct record *r = &p->records[i];

		if (record_context(r) != record_context(&p->records[parent]))
			continue;
		if (!(r->how & HOW_NESTED))
			return;
		if (!run)
			walk->skipped++;
		else if (walk_check(walk, r)) {
			driver_model_begin(&walk->model, r, &step);
			driver_model_end(&walk->model, r, &step);
		}
	}
}

void driver_walk(struct driver_walk *walk, unsigned int features)
{
	struct program *p = walk->program;
	struct driver_step step;

	driver_model_init(&walk->model, p, features);
	walk->ran = walk->skipped = 0;
	for (unsigned int i = 0; i < p->count; i++) {
		struct record *r = &p->records[i];

		if (r->how & HOW_NESTED)
			continue;
		if (!walk_check(walk, r)) {
			walk_nested(walk, i, false);
			continue;
		}
		driver_model_begin(&walk->model, r, &step);
		walk_nested(walk, i, step.allocates);
		driver_model_end(&walk->model, r, &step);
	}
}

UNINSTRUMENTED_END
