/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Programs from programs, driven by the op table and by the model, which
 * knows at each record what would run.
 */
#ifndef PINPRICK_MUTATE_H
#define PINPRICK_MUTATE_H

#include <stdint.h>

#include "harness/program.h"

/* Makes a fresh program of count records; the same seed makes the same one. */
void program_generate(struct program *p, unsigned int count, unsigned int features, uint64_t seed);

/* Changes p a little.  features are the sut's (harness/model.h). */
void program_mutate(struct program *p, unsigned int features, uint64_t seed);

/* Mixes a and b into out. */
void program_cross(struct program *out, const struct program *a, const struct program *b,
		   unsigned int features, uint64_t seed);

#endif
