/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Changes of programs that know nothing of what their records do. */
#ifndef PINPRICK_SPLICE_H
#define PINPRICK_SPLICE_H

#include "harness/program.h"
#include "harness/random.h"

/* Devices, their adjustment of managed pages and the zones; all callbacks are there. */
void splice_world(struct program *p, struct random *rng);

/* Makes room for n records at where, filled with what was there; fewer if the program is full. */
unsigned int splice_gap(struct program *p, unsigned int where, unsigned int n);

/* Takes out one to eight records in a row.  p has at least one. */
void splice_delete(struct program *p, struct random *rng);

/* The world and the first records of a, then the last of b, cut anywhere. */
void splice_cross(struct program *out, const struct program *a, const struct program *b,
		  struct random *rng);

#endif
