/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The fuzz target for whole drivers: any bytes, or a text, are a program of
 * driver ops (guest/), each step of it judged by its model, the audit, and what
 * shim and host complain of.  PINPRICK_AS_IS=1: drivers with the mistakes of the
 * kernel's.  Says at the end what was done.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/engine.h"
#include "guest/make_drivers.h"
#include "guest/run_drivers.h"
#include "harness/minimize.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

const struct engine_maker engine_maker = { drivers_generate, drivers_mutate, drivers_cross };

static struct stats *stats;
static struct driver_stats driver_stats;
static struct driver_options options;

static void print_stats(void)
{
	driver_stats_print(stderr, stats, &driver_stats);
}

/* The text says at which line it is none. */
static void read_program(struct program *p, const uint8_t *data, size_t size)
{
	struct parse_error error;

	if (!program_is_text((const char *)data, size)) {
		program_decode(p, data, size);
	} else if (!program_parse(p, (const char *)data, size, &error)) {
		fprintf(stderr, "line %u, column %u: %s\n", error.line, error.column,
			error.message);
		exit(65);
	}
}

static bool shows(const void *id, const struct program *candidate)
{
	static struct stats unused;
	static struct driver_stats none;
	struct verdict v;

	run_drivers(engine_sut, candidate, &options, &unused, &none, &v);
	return !strcmp(v.finding.id, id);
}

/* As small as it gets, for a person to read. */
static void report(struct program *p, const struct verdict *v)
{
	struct minimize_report report;

	fprintf(stderr, "finding: %s\n%s\nrecord %u of %u; in short:\n", v->finding.id,
		v->finding.text, v->finding.record + 1, p->count);
	program_minimize_by(shows, v->finding.id, p, &report);
	program_print(stderr, p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct program p;
	static struct verdict v;
	const char *as_is = getenv("PINPRICK_AS_IS");

	if (!stats)
		atexit(print_stats);
	stats = engine_input(data, size);
	options.as_is = as_is && !strcmp(as_is, "1");
	read_program(&p, data, size);
	run_drivers(engine_sut, &p, &options, stats, &driver_stats, &v);
	if (!verdict_clean(&v)) {
		report(&p, &v);
		abort();
	}
	return 0;
}

UNINSTRUMENTED_END
