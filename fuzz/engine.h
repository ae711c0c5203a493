/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Between a fuzz target and its engine: the entry points, which engines know
 * by name, and what the targets have in common (engine.c).
 */
#ifndef PINPRICK_FUZZ_ENGINE_H
#define PINPRICK_FUZZ_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#include "harness/fuzz_shared.h"
#include "harness/sut.h"

struct program;

/* How engines make programs: each target says. */
struct engine_maker {
	void (*generate)(struct program *p, unsigned int count, unsigned int features,
			 uint64_t seed);
	void (*mutate)(struct program *p, unsigned int features, uint64_t seed);
	void (*cross)(struct program *out, const struct program *a, const struct program *b,
		      unsigned int features, uint64_t seed);
};
extern const struct engine_maker engine_maker;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2,
				 size_t size2, uint8_t *out, size_t max, unsigned int seed);

/* The sut of this target, or the first of its pair; set before the first input. */
extern const struct sut *engine_sut;

/* What programs are made for: that sut's features (harness/model.h), quirks included. */
unsigned int engine_features(void);

/* Says which input runs now; returns the counters it adds to. */
struct stats *engine_input(const uint8_t *data, size_t size);

#endif
