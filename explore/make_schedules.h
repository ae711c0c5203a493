/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Makes and changes programs of several contexts with the seed of their
 * schedules, for the engines: the counterpart of harness/mutate.h.
 */
#ifndef PINPRICK_EXPLORE_MAKE_SCHEDULES_H
#define PINPRICK_EXPLORE_MAKE_SCHEDULES_H

#include <stdint.h>

#include "harness/program.h"

void schedules_generate(struct program *p, unsigned int count, unsigned int features,
			uint64_t seed);
void schedules_mutate(struct program *p, unsigned int features, uint64_t seed);
void schedules_cross(struct program *out, const struct program *a, const struct program *b,
		     unsigned int features, uint64_t seed);

/*
 * What every program needs before it runs in several contexts: a stranger ends
 * none with a page lock, for others would wait for it for ever.
 */
void schedules_prepare(struct program *p);

#endif
