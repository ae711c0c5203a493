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
	/* After each that ran; s says how it ends.  NULL: nothing. */
	void (*ended)(struct walk *walk, const struct record *r, const struct step *s);
	void *data; /* the visitor's own */
	/* Filled: how many records run, and how many do not. */
	unsigned int ran, skipped;
};

/* Walks w->program, whose model is made anew with the features. */
void walk_program(struct walk *w, unsigned int features);

/*
 * The same by hand: each record that is not nested in its turn, with those
 * nested in it; false where a BUG ends the run.
 */
void walk_begin(struct walk *w, unsigned int features);
bool walk_step(struct walk *w, unsigned int index);

#endif
