/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "harness/verdict.h"

#include <stddef.h>

#include "harness/run.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

/* clang-format off */
#define X(name, story) #name,
const char *const skip_names[SKIP_COUNT] = { SKIPS(X) };
#undef X
#define X(name, story) story,
const char *const skip_stories[SKIP_COUNT] = { SKIPS(X) };
#undef X
#define X(name) #name,
const char *const subject_names[SUBJECT_COUNT] = { SUBJECTS(X) };
const char *const class_names[CLASS_COUNT] = { CLASSES(X) };
const char *const oracle_names[ORACLE_COUNT] = { ORACLES(X) };
const char *const driver_counter_names[DRIVER_COUNTER_COUNT] = { DRIVER_COUNTERS(X) };
#undef X
/* clang-format on */

void stats_add(struct stats *to, const struct stats *from)
{
	/* Plain 64-bit counters all through. */
	_Static_assert(sizeof(*to) % sizeof(uint64_t) == 0, "nothing but counters");
	uint64_t *sum = (uint64_t *)to;
	const uint64_t *more = (const uint64_t *)from;

	for (size_t i = 0; i < sizeof(*to) / sizeof(uint64_t); i++)
		sum[i] += more[i];
}

UNINSTRUMENTED_END
