/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The fuzz target for whole drivers: any bytes are a program of driver ops
 * (guest/), each step of it judged by their model, the audit, and what shim and
 * host complain of.  A finding stops the engine, which keeps the input.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/engine.h"
#include "guest/make_drivers.h"
#include "guest/run_drivers.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

const struct engine_maker engine_maker = { drivers_generate, drivers_mutate, drivers_cross };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct program p;
	static struct verdict v;
	struct stats *stats = engine_input(data, size);
	const char *as_is = getenv(AS_IS_VARIABLE);
	const struct driver_options options = { .as_is = as_is && !strcmp(as_is, "1") };

	program_decode(&p, data, size);
	run_drivers(engine_sut, &p, &options, stats, &v);
	if (!verdict_clean(&v)) {
		fprintf(stderr, "finding: %s\n%s\n", v.finding.id, v.finding.text);
		abort();
	}
	return 0;
}

UNINSTRUMENTED_END
