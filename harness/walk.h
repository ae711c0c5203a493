/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Takes a program through the model alone: what would run, without running it.
 */
#ifndef PINPRICK_WALK_H
#define PINPRICK_WALK_H

#include "harness/model.h"

struct walk {
	struct model model;
	struct program *program;
	/* Before each record that the executor would try; may change it.  NULL: nothing. */
	void (*visit)(struct walk *walk, struct record *r);
	void *data; /* the visitor's own */
	/* Filled: how many records run, and how many do not. */
	unsigned int ran, skipped;
};

/* Walks w->program, whose model is made anew with the features. */
void walk_program(struct walk *w, unsigned int features);

#endif
