/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* Mutations as engines ask for them: of bytes, which are programs. */
#include <string.h>

#include "fuzz/engine.h"
#include "harness/program.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

/* Whole records only, and no more of them than max bytes hold. */
static size_t encode(const struct program *p, uint8_t *data, size_t max)
{
	uint8_t bytes[PROGRAM_BYTES];
	size_t size = program_encode(p, bytes);

	if (size > max)
		size = max < HEADER_BYTES ? 0 : max - max % RECORD_BYTES;
	if (size)
		memcpy(data, bytes, size);
	return size;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	static struct program p;

	program_decode(&p, data, size);
	engine_maker.mutate(&p, engine_features(), seed);
	return encode(&p, data, max);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2,
				 size_t size2, uint8_t *out, size_t max, unsigned int seed)
{
	static struct program a, b, mixed;

	program_decode(&a, data1, size1);
	program_decode(&b, data2, size2);
	engine_maker.cross(&mixed, &a, &b, engine_features(), seed);
	return encode(&mixed, out, max);
}

UNINSTRUMENTED_END
