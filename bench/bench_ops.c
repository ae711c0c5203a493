/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Takes no notice of its input: each call runs the workload's next program.
 * No mutator of ours is linked, so the engine does what it does for the empty
 * target.
 */
#include <stdio.h>
#include <stdlib.h>

#include "bench/workload.h"
#include "harness/quirks.h"
#include "harness/run.h"
#include "shim/instrument.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct workload workload;

UNINSTRUMENTED_BEGIN

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *path = getenv(WORKLOAD_VARIABLE);

	(void)argc, (void)argv;
	if (!path || !workload_load(&workload, path)) {
		fputs("no workload in " WORKLOAD_VARIABLE "\n", stderr);
		exit(66);
	}
	if (!quirks_measure(suts[0])) {
		fputs("no process to measure quirks in\n", stderr);
		exit(71);
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct run_options options;
	static struct stats stats;
	static struct verdict v;
	static unsigned int next;

	(void)data, (void)size;
	run_program(suts[0], &workload.programs[next], &options, &stats, &v);
	next = next + 1 < WORKLOAD_PROGRAMS ? next + 1 : 0;
	if (!verdict_clean(&v)) {
		fprintf(stderr, "finding: %s\n%s\n", v.finding.id, v.finding.text);
		abort();
	}
	return 0;
}

UNINSTRUMENTED_END
