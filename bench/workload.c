/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "bench/workload.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "harness/mutate.h"
#include "harness/walk.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

#define ENCODED (HEADER_BYTES + WORKLOAD_RECORDS * RECORD_BYTES)
#define SEEDS	(10 * WORKLOAD_PROGRAMS)

bool workload_make(struct workload *w, unsigned int features)
{
	unsigned int count = 0;

	w->ran = 0;
	for (w->seeds = 0; count < WORKLOAD_PROGRAMS && w->seeds < SEEDS; w->seeds++) {
		struct walk walk = { .program = &w->programs[count] };

		program_generate(walk.program, WORKLOAD_RECORDS, features, w->seeds);
		walk_program(&walk, features);
		if (walk.ran < WORKLOAD_RUN)
			continue;
		w->ran += walk.ran;
		count++;
	}
	return count == WORKLOAD_PROGRAMS;
}

static bool save(const struct program *programs, unsigned int count, const char *path)
{
	FILE *out = fopen(path, "wb");
	bool good = out;

	for (unsigned int i = 0; good && i < count; i++) {
		uint8_t bytes[PROGRAM_BYTES];

		good = program_encode(&programs[i], bytes) == ENCODED &&
		       fwrite(bytes, ENCODED, 1, out) == 1;
	}
	return out && !fclose(out) && good;
}

bool workload_save(const struct workload *w, const char *path)
{
	return save(w->programs, WORKLOAD_PROGRAMS, path);
}

bool workload_save_each(const struct workload *w, const char *folder)
{
	char path[PATH_MAX];

	for (unsigned int i = 0; i < WORKLOAD_PROGRAMS; i++) {
		if (snprintf(path, sizeof(path), "%s/%04u", folder, i) >= (int)sizeof(path)) {
			errno = ENAMETOOLONG;
			return false;
		}
		if (!save(&w->programs[i], 1, path))
			return false;
	}
	return true;
}

bool workload_load(struct workload *w, const char *path)
{
	FILE *in = fopen(path, "rb");
	bool good = in;

	for (unsigned int i = 0; good && i < WORKLOAD_PROGRAMS; i++) {
		uint8_t bytes[ENCODED];

		good = fread(bytes, ENCODED, 1, in) == 1;
		if (good)
			program_decode(&w->programs[i], bytes, ENCODED);
	}
	if (in)
		fclose(in);
	return good;
}

UNINSTRUMENTED_END
