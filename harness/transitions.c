/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A breadth-first search over the model.  Two frames, one device and three
 * registers of one context suffice: more of them only repeat the same cells
 * (tests/transitions_test.c searches a larger world and finds no other).  An
 * open hook is a state like any other: ops run in it as nested ones.
 */
#include "harness/transitions.h"

#include <stdlib.h>
#include <string.h>

#include "harness/model.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

/* A state of the search; open.op is nop where no op waits in its hook. */
struct state {
	struct model model;
	struct record open;
	struct step step;
};

struct search {
	struct transition_world world;
	uint8_t *possible;
	unsigned int found;
	struct state *queue;
	size_t head, tail, capacity;
	uint64_t *seen; /* hashes; 0 is empty */
	size_t seen_mask;
};

static uint64_t mix(uint64_t h, const void *data, size_t size)
{
	uint64_t word;

	for (size_t i = 0; i < size; i += sizeof(word)) {
		word = 0;
		memcpy(&word, (const char *)data + i, size - i < sizeof(word) ? size - i : sizeof(word));
		h = (h ^ word) * 0x9e3779b97f4a7c15;
		h ^= h >> 32;
	}
	return h;
}

/* What tells two states apart: not the counters, which no op asks for. */
static uint64_t hash_state(const struct state *s, const struct transition_world *world)
{
	const struct model *m = &s->model;
	uint64_t h = mix(m->free + 1, m->isolated, sizeof(m->isolated));

	h = mix(h, m->lists, sizeof(m->lists));
	h = mix(h, m->registers[0], world->registers * sizeof(m->registers[0][0]));
	h = mix(h, m->pages, world->frames * sizeof(m->pages[0]));
	h = mix(h, &s->open, sizeof(s->open));
	return h ? h : 1;
}

/* Which register holds what makes no difference. */
static void sort_registers(struct model_register *registers, unsigned int count)
{
	for (unsigned int i = 1; i < count; i++) {
		struct model_register r = registers[i];
		unsigned int k = i;

		for (; k && (registers[k - 1].kind << 8 | registers[k - 1].frame) >
				    (r.kind << 8 | r.frame); k--)
			registers[k] = registers[k - 1];
		registers[k] = r;
	}
}

/* A free page's leftovers, and register numbers, must not make two states of one. */
static void canonicalise(struct state *s, const struct transition_world *world)
{
	struct model *m = &s->model;

	m->touched = 0;
	m->touched_lists = 0;
	for (unsigned int f = 0; f < world->frames; f++) {
		struct model_page *page = &m->pages[f];

		if (page->state == SUBJECT_page_free)
			*page = (struct model_page){ .state = SUBJECT_page_free };
		if (page->list == MODEL_LISTS)
			page->next = page->prev = NO_FRAME;
		if (page->state != SUBJECT_page_listed && page->state != SUBJECT_page_isolated &&
		    page->state != SUBJECT_page_moving)
			page->device = 0;
	}
	for (unsigned int i = 0; i < world->registers; i++)
		if (m->registers[0][i].kind <= KIND_NEW)
			m->registers[0][i].frame = 0;
	sort_registers(m->registers[0], world->registers);
	/* The register of the op that waits in its hook comes first, being of the least kind. */
	s->open.a = 0;
}

static void *grow(void *memory, size_t size)
{
	memory = realloc(memory, size);
	if (!memory)
		abort();
	return memory;
}

static void rehash(struct search *search)
{
	size_t old_size = search->seen ? search->seen_mask + 1 : 0;
	uint64_t *old = search->seen;

	search->seen_mask = old_size ? old_size * 4 - 1 : 65535;
	search->seen = grow(NULL, (search->seen_mask + 1) * sizeof(uint64_t));
	memset(search->seen, 0, (search->seen_mask + 1) * sizeof(uint64_t));
	for (size_t i = 0; i < old_size; i++) {
		size_t slot = old[i] & search->seen_mask;

		if (!old[i])
			continue;
		while (search->seen[slot])
			slot = (slot + 1) & search->seen_mask;
		search->seen[slot] = old[i];
	}
	free(old);
}

static void visit(struct search *search, struct state *s)
{
	uint64_t hash;
	size_t slot;

	canonicalise(s, &search->world);
	hash = hash_state(s, &search->world);
	slot = hash & search->seen_mask;
	while (search->seen[slot]) {
		if (search->seen[slot] == hash)
			return;
		slot = (slot + 1) & search->seen_mask;
	}
	search->seen[slot] = hash;
	if (search->tail == search->capacity) {
		search->capacity = search->capacity ? search->capacity * 2 : 4096;
		search->queue = grow(search->queue, search->capacity * sizeof(struct state));
	}
	search->queue[search->tail++] = *s;
	if (search->tail * 2 > search->seen_mask)
		rehash(search);
}

static void found(struct search *search, const struct record *r, const struct step *step)
{
	unsigned int cell = cell_index(step->subject, r->op, step->class);

	search->found += !search->possible[cell];
	search->possible[cell] = 1;
}

/* The op under way ends, from the state that its begin or its nested ops left. */
static void finish(struct search *search, struct state *s, const struct record *r,
		   struct step *step)
{
	model_end(&s->model, r, step);
	found(search, r, step);
	if (step->class != CLASS_bug)
		visit(search, s);
}

static void try(struct search *search, const struct state *from, const struct record *r)
{
	struct state next;
	struct step step;

	next = *from;
	model_begin(&next.model, r, &step);
	if (from->open.op == OP_nop && (r->op == OP_alloc || step.asking)) {
		struct state open = next;

		open.open = *r;
		open.step = step;
		visit(search, &open);
	}
	finish(search, &next, r, &step);
}

static unsigned int first_empty(const struct model *m)
{
	unsigned int number = 0;

	while (number < PROGRAM_REGISTERS - 1 && m->registers[0][number].kind != KIND_NEW)
		number++;
	return number;
}

/* How many values of an operand are worth trying. */
static unsigned int choices(const struct transition_world *world, unsigned int kind)
{
	switch (kind) {
	case KIND_DEVICE:
		return world->devices;
	case KIND_FRAME:
		return world->frames;
	case KIND_NUMBER:
		return world->frames + 1;
	case KIND_PAGE:
	case KIND_ISOLATED:
	case KIND_HELD:
	case KIND_LOCKED:
	case KIND_ANY:
		return world->registers;
	default:
		return 1;
	}
}

/* r with each callback result; as misuse only where it does not run otherwise. */
static void try_results(struct search *search, const struct state *s, struct record r)
{
	static const unsigned int eagains[] = { 0, 1, MODEL_MIGRATE_PASSES };
	unsigned int results = op_table[r.op].traits & TRAIT_RC ? 8 * 3 : 1;

	for (unsigned int i = 0; i < results; i++) {
		r.rc = (uint8_t)(i % 8 | eagains[i / 8] << 4);
		r.how = 0;
		if (model_check(&s->model, &r) != SKIP_NOT)
			r.how = HOW_MISUSE;
		if (model_check(&s->model, &r) == SKIP_NOT)
			try(search, s, &r);
	}
}

/* r with each fault that its op can meet, at the first or second such point. */
static void try_circumstances(struct search *search, const struct state *s, struct record r)
{
	try_results(search, s, r);
	for (unsigned int fault = FAULT_none + 1; fault < FAULT_COUNT; fault++) {
		if (!traits_meet_fault(op_table[r.op].traits, fault))
			continue;
		for (unsigned int n = 0; n < 2; n++) {
			r.fault = (uint8_t)(fault | n << 3);
			try_results(search, s, r);
		}
	}
}

static void try_op(struct search *search, const struct state *s, enum op op)
{
	const struct op_info *info = &op_table[op];
	unsigned int empty = first_empty(&s->model), n[3];

	if (empty >= search->world.registers)
		empty = PROGRAM_REGISTERS - 1;
	for (unsigned int i = 0; i < 3; i++)
		n[i] = choices(&search->world, info->operand[i]);
	/* Which frame is taken makes no difference: one hint will do. */
	if (op == OP_alloc || op == OP_migrate)
		n[1] = 1;
	for (unsigned int i = 0; i < n[0] * n[1] * n[2]; i++) {
		unsigned int value[3] = { i % n[0], i / n[0] % n[1], i / n[0] / n[1] };
		struct record r = { .op = (uint8_t)op };

		for (unsigned int k = 0; k < 3; k++)
			(&r.a)[k] = (uint8_t)(info->operand[k] == KIND_NEW ? empty : value[k]);
		try_circumstances(search, s, r);
	}
}

/* The whole search from one empty world. */
static void search_from(struct search *search, const struct program *p, unsigned int features)
{
	struct state start = { .open = { .op = OP_nop } };

	model_init(&start.model, p, features);
	start.model.free = ((uint64_t)1 << search->world.frames) - 1;
	/* Registers beyond the world's count are never empty. */
	for (unsigned int i = search->world.registers; i < PROGRAM_REGISTERS - 1; i++)
		start.model.registers[0][i].kind = KIND_NONE;
	start.model.registers[0][PROGRAM_REGISTERS - 1].kind = KIND_NONE;
	visit(search, &start);
	while (search->head < search->tail) {
		struct state s = search->queue[search->head++];

		for (unsigned int op = OP_nop + 1; op < OP_CORE_COUNT; op++)
			try_op(search, &s, (enum op)op);
		if (s.open.op != OP_nop) {
			struct record r = s.open;

			s.open = (struct record){ .op = OP_nop };
			finish(search, &s, &r, &s.step);
		}
	}
}

unsigned int transitions_search(unsigned int features, const struct transition_world *world,
				uint8_t possible[CELL_COUNT], size_t *states)
{
	struct search search = { .world = *world, .possible = possible };
	struct program p = { .devices = (uint8_t)world->devices };

	memset(possible, 0, CELL_COUNT);
	*states = 0;
	/* With a callback on every device, then without one on any. */
	for (unsigned int i = 0; i < 2; i++) {
		p.no_callback = i ? 7 : 0;
		search.head = 0;
		search.tail = 0;
		free(search.seen);
		search.seen = NULL;
		rehash(&search);
		search_from(&search, &p, features);
		*states += search.tail;
	}
	free(search.queue);
	free(search.seen);
	return search.found;
}

unsigned int transitions_possible(unsigned int features, uint8_t possible[CELL_COUNT])
{
	static const struct transition_world world = { .frames = 2, .devices = 1, .registers = 3 };
	size_t states;

	return transitions_search(features, &world, possible, &states);
}

void transition_print(FILE *out, unsigned int cell)
{
	fprintf(out, "%s %s %s", subject_names[cell / CLASS_COUNT / OP_CORE_COUNT],
		op_table[cell / CLASS_COUNT % OP_CORE_COUNT].name, class_names[cell % CLASS_COUNT]);
}

UNINSTRUMENTED_END
