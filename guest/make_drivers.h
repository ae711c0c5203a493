/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Makes and changes programs of driver ops, for the engines: the counterpart of
 * harness/mutate.h.
 */
#ifndef PINPRICK_GUEST_MAKE_DRIVERS_H
#define PINPRICK_GUEST_MAKE_DRIVERS_H

#include <stdint.h>

#include "harness/program.h"

void drivers_generate(struct program *p, unsigned int count, unsigned int features, uint64_t seed);
void drivers_mutate(struct program *p, unsigned int features, uint64_t seed);
void drivers_cross(struct program *out, const struct program *a, const struct program *b,
		   unsigned int features, uint64_t seed);

#endif
