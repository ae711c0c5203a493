/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The model's moves: lists, references and counters.  For the model only.
 */
#ifndef PINPRICK_MODEL_STATE_H
#define PINPRICK_MODEL_STATE_H

#include "harness/model.h"

enum { MODEL_INFLATE, MODEL_DEFLATE, MODEL_MIGRATE };

/* The page, noted as touched. */
struct model_page *model_touch(struct model *m, unsigned int frame);

void model_list_add(struct model *m, unsigned int list, unsigned int frame);
void model_list_add_tail(struct model *m, unsigned int list, unsigned int frame);
void model_list_del(struct model *m, unsigned int frame);

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

#endif
