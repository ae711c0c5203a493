/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The main fuzz target: any bytes are a program; each step of it is judged by
 * the model and by every oracle of the shim.  A finding stops the engine,
 * which keeps the input.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz/engine.h"
#include "harness/mutate.h"
#include "harness/run.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

const struct engine_maker engine_maker = { program_generate, program_mutate, program_cross };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct run_options options;
	static struct program p;
	static struct verdict v;
	struct stats *stats = engine_input(data, size);

	program_decode(&p, data, size);
	run_program(engine_sut, &p, &options, stats, &v);
	if (!verdict_clean(&v)) {
		fprintf(stderr, "finding: %s\n%s\n", v.finding.id, v.finding.text);
		abort();
	}
	return 0;
}

UNINSTRUMENTED_END
