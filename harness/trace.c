/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The text trace: an op a line, with what came of it and how the devices stand.
 */
#include "harness/run_state.h"

#include <stdlib.h>

#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

static void print_device(FILE *out, unsigned int device)
{
	const struct model *m = &run.model;
	unsigned int shown = 0;

	fprintf(out, "  b%u:", device);
	for (unsigned int f = m->lists[device].first; f != NO_FRAME; f = m->pages[f].next) {
		if (shown++ == 6) {
			fprintf(out, " ... (%u)", m->lists[device].length);
			break;
		}
		fprintf(out, " f%u", f);
	}
	if (m->isolated[device])
		fprintf(out, " +%u isolated", m->isolated[device]);
}

/* The record, in a column of its own. */
static void print_op(FILE *out, const struct frame *frame)
{
	char *text = NULL;
	size_t size;
	FILE *line = open_memstream(&text, &size);

	if (!line)
		return;
	record_print(line, &frame->record);
	fclose(line);
	if (frame->index < run.program->count)
		fprintf(out, "%4u  ", frame->index + 1);
	else
		fputs(" end  ", out);
	fprintf(out, "%s%-*s", frame->outer ? "    " : "", frame->outer ? 40 : 44, text);
	free(text);
}

void trace_op(FILE *out, const struct frame *frame)
{
	const struct step *s = &frame->step;

	print_op(out, frame);
	fprintf(out, "  %s", class_names[s->class]);
	if (s->frame != NO_FRAME)
		fprintf(out, " f%u", s->frame);
	if (s->value)
		fprintf(out, " %d", s->value);
	if (frame->record.op == OP_migrate && s->target != NO_FRAME)
		fprintf(out, " f%u -> f%u", s->source, s->target);
	for (unsigned int device = 0; device < run.model.devices; device++)
		print_device(out, device);
	fputc('\n', out);
}

void trace_finding(FILE *out, const struct frame *frame, const char *id)
{
	print_op(out, frame);
	fprintf(out, "  <== %s\n", id);
}

UNINSTRUMENTED_END
