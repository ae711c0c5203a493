/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The model's moves: lists, references and counters.  For the model only.
 */
#ifndef PINPRICK_MODEL_STATE_H
#define PINPRICK_MODEL_STATE_H

#include "harness/model.h"

enum { MODEL_INFLATE, MODEL_DEFLATE, MODEL_MIGRATE };

UNINSTRUMENTED_BEGIN

/* A register of the record's context. */
static inline struct model_register *model_reg(struct model *m, const struct record *r,
					       unsigned int number)
{
	return &m->registers[record_context(r)][number];
}

/* Does r's fault hit the n-th point (from 0) of this kind? */
static inline bool model_fault_hits(const struct record *r, enum fault_kind kind, unsigned int n)
{
	return record_fault_kind(r) == kind && record_fault_n(r) == n;
}

/* What of its flags a page loses when it leaves a balloon. */
static inline uint8_t model_type_lost(const struct model *m)
{
	return m->features & FEATURE_sticky_type ? 0 : MODEL_OFFLINE;
}

UNINSTRUMENTED_END

/* The page, noted as touched. */
struct model_page *model_touch(struct model *m, unsigned int frame);

void model_list_add(struct model *m, unsigned int list, unsigned int frame);
void model_list_add_tail(struct model *m, unsigned int list, unsigned int frame);
void model_list_del(struct model *m, unsigned int frame);

/* At the head of a device's list, with what the core marks a page by. */
void model_enter_balloon(struct model *m, unsigned int device, unsigned int frame);

/* A free page of the allocator's from near on, with one reference; NO_FRAME: no memory. */
unsigned int model_alloc(struct model *m, unsigned int near, enum subject state);

/* Drops a reference: the last one frees the page; else only strangers are left. */
void model_put_last_owner(struct model *m, unsigned int frame);
void model_put(struct model *m, unsigned int frame);

/* Of the page's zone and the total, where the device adjusts them. */
void model_adjust_managed(struct model *m, unsigned int device, unsigned int frame, int pages);

/* Counts a page in (+1) or out (-1) of a device: events, node, managed. */
void model_count_inflate(struct model *m, unsigned int context, unsigned int device,
			 unsigned int frame);
void model_count_deflate(struct model *m, unsigned int context, unsigned int device,
			 unsigned int frame);
/* Out, by a migration that ends without a target. */
void model_count_gone(struct model *m, unsigned int context, unsigned int device,
		      unsigned int frame);
void model_count_migrate(struct model *m, unsigned int context, unsigned int device,
			 unsigned int from, unsigned int to);

/* The op migrate. */
void model_begin_migrate(struct model *m, const struct record *r, struct step *s);
void model_end_migrate(struct model *m, const struct record *r, struct step *s);

#endif
