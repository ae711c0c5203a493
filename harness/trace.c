/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The text trace: an op a line, with what came of it and how the devices stand.
 */
#include "harness/run_state.h"

#include <stdlib.h>

#include "shim/world.h"

UNINSTRUMENTED_BEGIN

/* A device as it is, not as it should be. */
static void print_device(FILE *out, unsigned int device)
{
	const struct list_head *head = run.sut->device_pages(run.devices[device]);
	unsigned long isolated = run.sut->device_isolated(run.devices[device]);
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
	fprintf(out, "  <== %s", id);
	for (unsigned int device = 0; device < run.model.devices; device++)
		print_device(out, device);
	fputc('\n', out);
}

UNINSTRUMENTED_END
