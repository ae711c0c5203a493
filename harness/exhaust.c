/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The search.  A node is a state and how its shortest program goes on from another
 * node's; a state is left by running that program and one record more.  Whatever is
 * met in depth d is of depth d + 1, so that nodes lie in the order of their depth.
 *
 * An op in whose hook others run is two steps: the op itself, whose hook is entered
 * with the model's word for what the world is then, and a first record inside.  From
 * there on the inside of the hook is a state like any other.
 */
#include "harness/exhaust_state.h"

#include <stdlib.h>
#include <string.h>

UNINSTRUMENTED_BEGIN

enum node_kind {
	NODE_CLOSED, /* between ops */
	NODE_OPEN,   /* in a hook, after a record that ran there */
	NODE_STEP,   /* no state: the op that the first record of a hook stands behind */
};

struct node {
	struct exhaust_key key;
	uint32_t parent;
	uint8_t kind;
	struct record record;
};

#define ROOT	    UINT32_MAX

#define TWINS	    64 /* of each depth, at most */
#define TWINS_APART 97 /* one of so many */

/* A program that led to a state that was known. */
struct twin {
	uint32_t node, parent;
	struct record record;
};

/* What comes of leaving a state: in any order. */
struct successors {
	uint64_t count, sum;
};

static struct search {
	const struct sut *sut;
	struct exhaust *x;
	struct node *nodes;
	uint32_t count, capacity;
	uint32_t *index; /* of nodes + 1, by key */
	uint32_t index_mask;
	uint32_t level[EXHAUST_OPS + 2]; /* the first node of each depth */
	unsigned int depth;		 /* of what is met */
	/* What is being left: the node, or a step to it that no node was needed for yet. */
	uint32_t from;
	struct record step;
	bool step_waits;
	struct model model;
	uint8_t how;
	/* Of the last run: */
	unsigned int outer; /* its last record that is not nested */
	bool ran, fired, bug, clean;
	unsigned int callbacks;		    /* of its last record */
	unsigned int in_use, in_use_inside; /* pages */
	struct exhaust_key closed, open;
	/* Where to put the model as it then is; NULL: nowhere. */
	struct model *keep_closed, *keep_open;
	/* The audit: some of the programs that were not gone on with. */
	struct twin twins[TWINS];
	unsigned int twin_count, twins_seen;
	struct successors *audit; /* where it looks: nothing new is met */
} s;

void exhaust_note(struct exhaust *x, const struct program *p, const struct finding *finding,
		  uint64_t *violations)
{
	++*violations;
	for (unsigned int i = 0; i < x->found_count; i++)
		if (!strcmp(x->found[i].finding.id, finding->id))
			return;
	if (x->found_count == EXHAUST_FINDINGS)
		return;
	x->found[x->found_count].program = *p;
	x->found[x->found_count].finding = *finding;
	x->found_count++;
}

static unsigned int pages_in_use(const struct model *m)
{
	return (unsigned int)__builtin_popcountll(~m->free);
}

/* An op ends: of the last of all, and of the last of those in a hook, the state counts. */
static void on_step(const struct frame *frame, const struct outcome *got)
{
	bool last = frame->index + 1 == run.program->count;

	if (last) {
		s.ran = true;
		s.fired = frame->plan.fired || !frame->plan.kind;
		s.callbacks = frame->callbacks;
	}
	s.bug = !got;
	if (s.bug)
		return;
	if (frame->outer && last) {
		s.in_use_inside = pages_in_use(&run.model);
		exhaust_key(&s.open, frame->outer);
		if (s.keep_open)
			*s.keep_open = run.model;
	} else if (!frame->outer && frame->index == s.outer) {
		s.in_use = pages_in_use(&run.model);
		exhaust_key(&s.closed, NULL);
		if (s.keep_closed)
			*s.keep_closed = run.model;
	}
}

static void run_it(void)
{
	static const struct run_options options = { .step = on_step };
	static struct verdict v;
	struct program *p = &s.x->program;

	s.outer = p->count - 1;
	while (s.outer && (p->records[s.outer].how & HOW_NESTED))
		s.outer--;
	s.ran = s.fired = s.bug = false;
	s.callbacks = 0;
	run_program(s.sut, p, &options, &s.x->stats, &v);
	s.clean = verdict_clean(&v);
	if (!s.clean)
		exhaust_note(s.x, p, &v.finding, &s.x->violations);
}

static bool make_room(void)
{
	uint32_t capacity = s.capacity ? s.capacity * 2 : 1u << 16;
	struct node *nodes = realloc(s.nodes, capacity * sizeof(*nodes));
	uint32_t *index = calloc(capacity * (size_t)2, sizeof(*index));

	if (nodes)
		s.nodes = nodes;
	if (!nodes || !index) {
		free(index);
		s.x->no_memory = true;
		return false;
	}
	free(s.index);
	s.index = index;
	s.index_mask = capacity * 2 - 1;
	s.capacity = capacity;
	for (uint32_t i = 0; i < s.count; i++) {
		uint32_t slot = (uint32_t)nodes[i].key.low & s.index_mask;

		if (nodes[i].kind == NODE_STEP)
			continue;
		while (s.index[slot])
			slot = (slot + 1) & s.index_mask;
		s.index[slot] = i + 1;
	}
	return true;
}

/* UINT32_MAX where there is no memory. */
static uint32_t append(const struct exhaust_key *key, enum node_kind kind, uint32_t parent,
		       const struct record *r)
{
	if (s.count + 2 > s.capacity && !make_room())
		return UINT32_MAX;
	s.nodes[s.count] = (struct node){ *key, parent, (uint8_t)kind, *r };
	return s.count++;
}

/* The node that the program under way goes on from. */
static uint32_t parent_node(void)
{
	static const struct exhaust_key none;

	if (s.step_waits) {
		s.from = append(&none, NODE_STEP, s.from, &s.step);
		s.step_waits = false;
	}
	return s.from;
}

static uint32_t *find(const struct exhaust_key *key)
{
	uint32_t slot = (uint32_t)key->low & s.index_mask;

	for (; s.index[slot]; slot = (slot + 1) & s.index_mask)
		if (!memcmp(&s.nodes[s.index[slot] - 1].key, key, sizeof(*key)))
			break;
	return &s.index[slot];
}

/* The program under way ends in a state that another has reached. */
static void note_twin(uint32_t node, const struct record *r)
{
	/* Where no node was needed for the op around it there is none to go back to. */
	if (s.step_waits || s.twins_seen++ % TWINS_APART || s.twin_count == TWINS)
		return;
	s.twins[s.twin_count++] = (struct twin){ node, s.from, *r };
}

static void meet(const struct exhaust_key *key, enum node_kind kind, const struct record *r)
{
	uint32_t parent, node;
	bool known;

	if (s.audit) {
		s.audit->count++;
		s.audit->sum += (key->low ^ key->high) * (2u * r->op + 1);
		return;
	}
	if (s.count + 2 > s.capacity && !make_room())
		return;
	known = *find(key);
	if (!known) {
		s.x->states[s.depth]++;
		s.x->states_sum += key->low ^ key->high;
	}
	if (known && !s.x->scope.tree)
		note_twin(*find(key) - 1, r);
	if (known && (!s.x->scope.tree || s.depth == s.x->scope.ops))
		return;
	parent = parent_node();
	node = append(key, kind, parent, r);
	if (node != UINT32_MAX && !known)
		*find(key) = node + 1;
}

/*
 * Runs the program under way and r.  False where r did not run, or one of its faults did
 * not fire, so that it is the program of another.
 */
static bool run_with(struct record r)
{
	struct exhaust *x = s.x;
	struct program *p = &x->program;
	bool inside = r.how & HOW_NESTED;

	if (model_check(&s.model, &r) != SKIP_NOT)
		r.how |= HOW_MISUSE;
	if (x->stop || x->no_memory || model_check(&s.model, &r) != SKIP_NOT)
		return false;
	p->records[p->count++] = r;
	run_it();
	p->count--;
	if (!s.clean)
		return true;
	if (!s.ran || !s.fired)
		return false;
	if (inside && !s.bug && s.in_use_inside <= x->scope.pages + 1)
		meet(&s.open, NODE_OPEN, &r);
	if (!s.bug && s.in_use > x->scope.pages)
		return true;
	x->transitions[s.depth] += !s.audit;
	x->fired[r.op][record_fault_kind(&r)]++;
	if (!s.bug)
		meet(&s.closed, NODE_CLOSED, &r);
	return true;
}

/* r, and with each fault that fires.  False where it does not run.  *asked: the driver was. */
static bool try_faults(struct record r, bool *asked)
{
	if (!run_with(r))
		return false;
	*asked = !s.clean || s.callbacks;
	for (unsigned int kind = FAULT_none + 1; kind < FAULT_COUNT; kind++) {
		if (!traits_meet_fault(op_table[r.op].traits, kind))
			continue;
		for (unsigned int point = 0; point < 32; point++) {
			r.fault = (uint8_t)(kind | point << 3);
			if (!run_with(r))
				break;
		}
	}
	return true;
}

/* What the driver's callback may answer: each result after so many -EAGAIN, or that for ever. */
static const uint8_t eagains[] = { 0, 1, MODEL_ASYNC_PASSES };
#define ANSWERS 22

static uint8_t answer(unsigned int i)
{
	unsigned int result = i % 7;

	if (i == ANSWERS - 1)
		return 1;
	return (uint8_t)((result ? result + 1 : 0) | (unsigned int)eagains[i / 7] << 4);
}

static void try_record(struct record r)
{
	bool irq = op_table[r.op].traits & TRAIT_IRQ, asked;

	r.how = s.how;
	if (!try_faults(r, &asked))
		return;
	for (unsigned int i = 1; asked && i < ANSWERS && (op_table[r.op].traits & TRAIT_RC); i++) {
		r.rc = answer(i);
		try_faults(r, &asked);
	}
	r.how |= HOW_IRQ;
	if (irq)
		try_faults(r, &asked);
}

/* Inside r, where it comes to its hook: each record there is. */
static void try_inside(struct record r)
{
	struct model between = s.model;
	uint32_t from = s.from;
	struct step step;

	if (!(op_table[r.op].traits & TRAIT_HOOK))
		return;
	for (unsigned int i = 0; i < ANSWERS && (!i || r.op == OP_migrate); i++) {
		r.rc = answer(i);
		r.how = 0;
		if (model_check(&between, &r) != SKIP_NOT)
			r.how = HOW_MISUSE;
		if (model_check(&between, &r) != SKIP_NOT)
			continue;
		model_begin(&s.model, &r, &step);
		if (r.op == OP_alloc || step.asking) {
			s.step = r;
			s.step_waits = true;
			s.x->program.records[s.x->program.count++] = r;
			s.how = HOW_NESTED;
			exhaust_records(&s.model, &s.x->scope, &r, try_record);
			s.how = 0;
			s.x->program.count--;
			s.step_waits = false;
		}
		s.model = between;
		s.from = from;
	}
}

/* The program that leads to a node; and the model there, by running it. */
static bool go_to(uint32_t node)
{
	struct program *p = &s.x->program;
	const struct node *at = &s.nodes[node];
	unsigned int count = 0, records = 0;

	while (s.nodes[node].parent != ROOT) {
		records++;
		node = s.nodes[node].parent;
	}
	/* A root's key is its header. */
	p->devices = s.nodes[node].record.a;
	p->adjust = s.nodes[node].record.b;
	p->no_callback = s.nodes[node].record.c;
	p->count = records;
	if (!records) {
		model_init(&s.model, p, run_features(s.sut, &(struct run_options){ 0 }));
		return true;
	}
	for (const struct node *n = at; n->parent != ROOT; n = &s.nodes[n->parent])
		p->records[records - ++count] = n->record;
	*(at->kind == NODE_OPEN ? &s.keep_open : &s.keep_closed) = &s.model;
	run_it();
	s.keep_open = s.keep_closed = NULL;
	return s.clean &&
	       !memcmp(&at->key, at->kind == NODE_OPEN ? &s.open : &s.closed, sizeof(at->key));
}

static void leave(uint32_t node, bool inside)
{
	enum node_kind kind = s.nodes[node].kind;
	const struct program *p = &s.x->program;

	if (kind == NODE_STEP || (inside && kind != NODE_CLOSED))
		return;
	if (!go_to(node)) {
		s.x->strayed++;
		return;
	}
	s.from = node;
	s.how = kind == NODE_OPEN ? HOW_NESTED : 0;
	exhaust_records(&s.model, &s.x->scope, kind == NODE_OPEN ? &p->records[s.outer] : NULL,
			inside ? try_inside : try_record);
}

/* All that one record more leads to. */
static void look_ahead(uint32_t node, struct successors *successors)
{
	*successors = (struct successors){ 0, 0 };
	s.audit = successors;
	leave(node, false);
	s.audit = NULL;
}

/*
 * A state is known by its key: is that so?  Some programs that were not gone on with,
 * because a shorter one or one before leads to the same state, are gone on with all the
 * same, and must lead to the same states.
 */
static void audit(void)
{
	for (unsigned int i = 0; i < s.twin_count && !s.x->stop; i++) {
		const struct twin *twin = &s.twins[i];
		struct successors first, second;

		/* For a moment behind the last one, where nothing is put meanwhile. */
		s.nodes[s.count] = s.nodes[twin->node];
		s.nodes[s.count].parent = twin->parent;
		s.nodes[s.count].record = twin->record;
		look_ahead(twin->node, &first);
		look_ahead(s.count, &second);
		if (s.x->stop)
			return;
		s.x->audited++;
		s.x->misjudged += first.count != second.count || first.sum != second.sum;
	}
	s.twin_count = s.twins_seen = 0;
}

static void plant_roots(void)
{
	unsigned int devices = s.x->scope.devices, kinds = 1;
	bool migration = sut_features(s.sut) & FEATURE_migration;

	for (unsigned int i = 0; i < devices; i++)
		kinds *= 4;
	for (unsigned int i = 0; i < kinds; i++) {
		struct record header = { .a = (uint8_t)devices };
		struct exhaust_key key = { ~(uint64_t)0, i };
		bool ordered = true;

		/* Two bits a device: adjusts, and has no callback.  Devices of one kind are alike.
		 */
		for (unsigned int d = 0; d < devices; d++) {
			unsigned int bits = i >> 2 * d & 3;

			header.b |= (uint8_t)((bits & 1) << d);
			header.c |= (uint8_t)(bits >> 1 << d);
			ordered &= !d || bits >= (i >> 2 * (d - 1) & 3);
		}
		if (!ordered || (header.c && !migration))
			continue;
		s.x->states[0]++;
		append(&key, NODE_CLOSED, ROOT, &header);
	}
}

void exhaust_run(const struct sut *sut, struct exhaust *x)
{
	s = (struct search){ .sut = sut, .x = x };
	for (unsigned int i = 0; i < 4; i++)
		x->program.zone_of_quarter[i] = (uint8_t)i;
	plant_roots();
	for (unsigned int depth = 0; depth < x->scope.ops && !x->stop && !x->no_memory; depth++) {
		s.depth = depth + 1;
		s.level[depth + 1] = s.count;
		x->level_states = s.count - s.level[depth];
		x->level_done = 0;
		for (uint32_t i = s.level[depth]; i < s.level[depth + 1] && !x->stop; i++) {
			leave(i, false);
			x->level_done++;
		}
		for (uint32_t i = depth ? s.level[depth - 1] : 0; i < s.level[depth] && !x->stop;
		     i++)
			leave(i, true);
		if (!x->stop && !x->no_memory)
			x->complete = depth + 1;
		if (depth + 1 < x->scope.ops)
			audit();
	}
	free(s.nodes);
	free(s.index);
	x->done = true;
}

UNINSTRUMENTED_END
