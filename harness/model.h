/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The model: what every op must do, predicted from the contract alone.  It
 * knows neither the shim nor any core; it is told of events (op begin, op end)
 * and says what must be seen.  For one context at a time it is exact.
 *
 * An op is predicted in two steps, because nested ops run in between: in the
 * callback of a migration, and while an allocation may reclaim.
 */
#ifndef PINPRICK_MODEL_H
#define PINPRICK_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/verdict.h"
#include "shim/feature.h"
#include "shim/instrument.h"

#define MODEL_ZONES 4
#define MODEL_NODES 2
#define MODEL_LISTS (PROGRAM_DEVICES + PROGRAM_CONTEXTS * PROGRAM_LISTS)
#define MODEL_MIGRATE_PASSES 10
#define MODEL_ASYNC_PASSES   3 /* of them, with FEATURE_batch */

#define NO_FRAME 0xff

/* A page that has left every list keeps these until it is free. */
#define MODEL_OFFLINE  1 /* has the offline type */
#define MODEL_MOVABLE  2 /* is marked movable */
#define MODEL_ISOLATED 4 /* is marked isolated */
#define MODEL_LOCKED   8

struct model_page {
	uint8_t state;	/* enum subject, the page_ ones */
	uint8_t device; /* of listed, isolated and moving pages */
	uint8_t refs;
	uint8_t flags; /* MODEL_* */
	uint8_t list;  /* index into lists; MODEL_LISTS: on none */
	uint8_t next, prev; /* on that list; NO_FRAME at its ends */
};

struct model_list {
	uint8_t first, last, length;
};

struct model_register {
	uint8_t kind; /* enum operand_kind: NEW is empty; NONE: an op under way will fill or clear it */
	uint8_t frame;
};

/* What one context has counted: inflate, deflate and migrate events, pages per node. */
struct model_counters {
	long events[3], node_pages[MODEL_NODES];
};

struct model {
	unsigned int features;
	uint8_t devices, adjust, no_callback;
	uint8_t zone_of_quarter[4];
	uint64_t free; /* a bit per frame */
	/* What the ops since the last check have changed: bits per frame, list. */
	uint64_t touched;
	uint16_t touched_lists;
	uint8_t isolated[PROGRAM_DEVICES];
	/* Devices first, then each context's private lists. */
	struct model_list lists[MODEL_LISTS];
	struct model_register registers[PROGRAM_CONTEXTS][PROGRAM_REGISTERS];
	struct model_page pages[PROGRAM_FRAMES];
	struct model_counters counters[PROGRAM_CONTEXTS];
	long managed[MODEL_ZONES], total; /* against their base */
};

/* What must come of one op. */
struct step {
	uint8_t subject; /* enum subject, before the op */
	uint8_t class;	 /* enum result_class */
	uint8_t frame;	 /* the page that is returned; NO_FRAME: none */
	int value;	 /* the count or error that is returned; else 0 */
	unsigned int warnings;
	/* migrate: the driver's callback, how often so far, and with what it is called next. */
	unsigned int callbacks;
	bool asking; /* it is called (once more) */
	bool locked; /* both pages are, by the migration */
	uint8_t device, source, target, mode;
	uint8_t passes, trylocks, allocs; /* so far */
};

UNINSTRUMENTED_BEGIN

static inline unsigned int model_private_list(unsigned int context, unsigned int list)
{
	return PROGRAM_DEVICES + context * PROGRAM_LISTS + list;
}

static inline struct model_register *model_register(struct model *m, unsigned int context,
						    unsigned int number)
{
	return &m->registers[context][number];
}

static inline unsigned int model_zone(const struct model *m, unsigned int frame)
{
	return m->zone_of_quarter[frame / (PROGRAM_FRAMES / 4)];
}

UNINSTRUMENTED_END

/* An empty world as p's header describes it. */
void model_init(struct model *m, const struct program *p, unsigned int features);

/* Would r run now?  SKIP_NOT, or why not. */
enum skip model_check(const struct model *m, const struct record *r);

/* The op begins, up to its hook.  Only for a record that model_check() lets run. */
void model_begin(struct model *m, const struct record *r, struct step *s);

/* The driver's callback returns what r says: s->asking tells whether it is called again. */
void model_call_returns(struct model *m, const struct record *r, struct step *s);

/* The op ends, after every call that is still due: s says what must have come of it. */
void model_end(struct model *m, const struct record *r, struct step *s);

/* The state of a device or list, as a subject. */
enum subject model_device_subject(const struct model *m, unsigned int device);

#endif
