/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The text trace of drivers, an op a line; what to say of findings that are due
 * to the kernel's mistakes; runs in a child.
 */
#include <errno.h>
#include <string.h>

#include "guest/acts.h"
#include "guest/drivers_state.h"
#include "harness/minimize.h"
#include "harness/trace.h"
#include "shim/migrate.h"

UNINSTRUMENTED_BEGIN

/* harness/run.c has the name for its own. */
#define run drivers_run

static const char *isolation(int result)
{
	/* clang-format off */
	switch (result) {
	case ISOLATE_DONE:	  return "ok";
	case ISOLATE_NOT_MOVABLE: return "not movable";
	case ISOLATE_NO_REF:	  return "no reference";
	case ISOLATE_LOCKED:	  return "locked";
	case ISOLATE_TAKEN:	  return "isolated already";
	default:		  return "refused";
	}
	/* clang-format on */
}

static const char *migration(int rc)
{
	/* clang-format off */
	switch (rc) {
	case 0:	      return "ok";
	case -EAGAIN: return "again";
	case -EBUSY:  return "busy";
	case -ENOENT: return "gone";
	case -ENOMEM: return "no memory";
	default:      return "failed";
	}
	/* clang-format on */
}

/* What an op returned, as its discipline means it. */
static void print_value(FILE *out, const struct record *r, int value)
{
	switch (r->op) {
	case OP_isolate:
		fputs(isolation(value), out);
		break;
	case OP_migrate:
		fputs(migration(value), out);
		break;
	case OP_get:
	case OP_lock:
		fputs(value ? "ok" : "refused", out);
		break;
	default:
		guest_print_value(out, r, value);
	}
}

/* Those with a driver: their lists, and what VMware has put aside. */
static void print_devices(FILE *out)
{
	for (unsigned int i = 0; i < guest.count; i++) {
		const struct guest_device *device = &guest.devices[i];

		if (!run.model.device[i].attached)
			continue;
		trace_device(out, i, run.sut->device_pages(device->core),
			     run.sut->device_isolated(device->core));
		if (device->aside_count)
			fprintf(out, " +%ld aside", device->aside_count);
	}
	fputc('\n', out);
}

void drivers_trace(const struct record *r, int value)
{
	FILE *out = run.options->trace;

	if (!out)
		return;
	trace_record(out, r, run.index + 1, r->how & HOW_NESTED);
	fputs("  ", out);
	print_value(out, r, value);
	print_devices(out);
}

void drivers_trace_finding(const char *id)
{
	FILE *out = run.options->trace;
	const struct record *r = &run.program->records[run.index];

	if (!out)
		return;
	if (run.index < run.program->count && strcmp(run.place, "start"))
		trace_record(out, r, run.index + 1, r->how & HOW_NESTED);
	else
		fprintf(out, "      %-44s", run.place);
	fprintf(out, "  <== %s", id);
	print_devices(out);
}

const char *drivers_mistake(const char *rule)
{
	if (run.index >= run.program->count)
		return "";
	return guest_mistake(&run.program->records[run.index], rule, false);
}

struct child_run {
	const struct sut *sut;
	const struct program *program;
	const struct driver_options *options;
};

static void run_child(const void *context, struct stats *stats, struct verdict *v)
{
	const struct child_run *r = context;

	run_drivers(r->sut, r->program, r->options, stats, v);
}

bool run_drivers_in_child(const struct sut *sut, const struct program *p,
			  const struct driver_options *options, struct stats *stats,
			  struct verdict *v)
{
	const struct child_run r = { sut, p, options };

	return work_in_child(sut, run_child, &r, stats, v);
}

UNINSTRUMENTED_END
