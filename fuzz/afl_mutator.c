/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The mutator of fuzz/mutator.c for AFL++, which loads this into its own process.
 * What programs are to be made for, the fuzz target says in the memory that it
 * shares with its supervisor: it has run by the time that AFL++ mutates.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "explore/make_schedules.h"
#include "fuzz/engine.h"
#include "guest/make_drivers.h"
#include "harness/mutate.h"
#include "harness/random.h"

/* As many changes at most between two looks at coverage.  libFuzzer looks after each, but goes
 * on from there; AFL++ goes back to where it began, and with few changes gets nowhere. */
#define CHANGES		      16

#define JOINED(prefix, name)  prefix##_##name
#define MADE_BY(prefix, name) JOINED(prefix, name)

const struct engine_maker engine_maker = { MADE_BY(MAKER, generate), MADE_BY(MAKER, mutate),
					   MADE_BY(MAKER, cross) };

/* What AFL++ looks for. */
void *afl_custom_init(void *afl, unsigned int seed);
void afl_custom_deinit(void *data);
size_t afl_custom_fuzz(void *data, uint8_t *buffer, size_t size, uint8_t **out, uint8_t *add,
		       size_t add_size, size_t max);

static const struct fuzz_shared *shared;
static struct random rng;

unsigned int engine_features(void)
{
	return shared->features;
}

void *afl_custom_init(void *afl, unsigned int seed)
{
	const char *path = getenv(SHARED_VARIABLE);
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *map = MAP_FAILED;

	(void)afl;
	rng = random_seeded(seed);
	if (fd >= 0) {
		map = mmap(NULL, sizeof(*shared), PROT_READ, MAP_SHARED, fd, 0);
		close(fd);
	}
	shared = map == MAP_FAILED ? NULL : map;
	/* NULL ends AFL++ with an error. */
	return map == MAP_FAILED ? NULL : &rng;
}

void afl_custom_deinit(void *data)
{
	(void)data;
}

size_t afl_custom_fuzz(void *data, uint8_t *buffer, size_t size, uint8_t **out, uint8_t *add,
		       size_t add_size, size_t max)
{
	static uint8_t bytes[PROGRAM_BYTES];
	unsigned int changes = 1 + random_below(&rng, CHANGES);

	(void)data;
	max = max < sizeof(bytes) ? max : sizeof(bytes);
	size = size < max ? size : max;
	memcpy(bytes, buffer, size);
	while (changes--) {
		unsigned int seed = (unsigned int)random_next(&rng);

		if (add && random_below(&rng, 2))
			size = LLVMFuzzerCustomCrossOver(bytes, size, add, add_size, bytes, max,
							 seed);
		else
			size = LLVMFuzzerCustomMutator(bytes, size, max, seed);
	}
	*out = bytes;
	return size;
}
