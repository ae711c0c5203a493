/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The text trace: an op a line, with what came of it and how the devices stand.
 */
#include "harness/trace.h"

#include <stdlib.h>

#include "harness/run_state.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

void trace_device(FILE *out, unsigned int device, const struct list_head *head,
		  unsigned long isolated)
{
	unsigned int shown = 0;

	fprintf(out, "  b%u:", device);
	for (const struct list_head *link = head->next; link != head; link = link->next) {
		if (!world_has(link_to_page(link)) || shown++ == 6) {
			fputs(" ...", out);
			break;
		}
		fprintf(out, " f%u", page_frame(link_to_page(link)));
	}
	if (isolated)
		fprintf(out, " +%lu isolated", isolated);
}

static void print_devices(FILE *out)
{
	for (unsigned int device = 0; device < run.model.devices; device++)
		trace_device(out, device, run.sut->device_pages(run.devices[device]),
			     run.sut->device_isolated(run.devices[device]));
}

void trace_record(FILE *out, const struct record *r, unsigned int number, bool inside)
{
	char *text = NULL;
	size_t size;
	FILE *line = open_memstream(&text, &size);

	if (!line)
		return;
	record_print(line, r);
	fclose(line);
	if (number)
		fprintf(out, "%4u  ", number);
	else
		fputs(" end  ", out);
	fprintf(out, "%s%-*s", inside ? "    " : "", inside ? 40 : 44, text);
	free(text);
}

static void print_op(FILE *out, const struct frame *frame)
{
	trace_record(out, &frame->record,
		     frame->index < run.program->count ? frame->index + 1 : 0, frame->outer);
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
	print_devices(out);
	fputc('\n', out);
}

void trace_finding(FILE *out, const struct frame *frame, const char *id)
{
	print_op(out, frame);
	fprintf(out, "  <== %s", id);
	print_devices(out);
	fputc('\n', out);
}

UNINSTRUMENTED_END
