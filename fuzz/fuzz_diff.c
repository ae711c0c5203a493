/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The differential fuzz target: any bytes are a program, which runs on both
 * suts that are linked in.  A difference stops the engine, which keeps the
 * input; a finding that both have does not.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/engine.h"
#include "harness/diff.h"
#include "harness/mutate.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

const struct engine_maker engine_maker = { program_generate, program_mutate, program_cross };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct program p;
	static struct diff diff;
	struct stats *stats = engine_input(data, size);

	program_decode(&p, data, size);
	diff_program(&pairs[0], &p, false, false, stats, &diff);
	if (diff.finding.id[0]) {
		fprintf(stderr, "difference: %s\n%s\n", diff.finding.id, diff.finding.text);
		abort();
	}
	return 0;
}

UNINSTRUMENTED_END
