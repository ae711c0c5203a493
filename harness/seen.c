/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "harness/seen.h"

#include <inttypes.h>
#include <stdio.h>

#include "shim/world.h"

UNINSTRUMENTED_BEGIN

/* What is seen, and what follows its number, NULL where it has none.  Ops' results come first. */
#define SEEN(X)                                                                 \
	X(bug, "the op", NULL)                                                  \
	X(page, "the page that is returned", NULL)                              \
	X(value, "the number that is returned", NULL)                           \
	X(class, "the outcome", NULL)                                           \
	X(warnings, "warnings", NULL)                                           \
	X(callbacks, "calls of the driver", NULL)                               \
	X(frame, "f", "")                                                       \
	X(list, "list ", "")                                              \
	X(list_end, "list ", "")                                               \
	X(isolated, "b", "'s isolated pages")                                   \
	X(inside, "b", "'s listed and isolated pages, beyond those inflated")   \
	X(inflate, "inflate events of @", "")                                   \
	X(deflate, "deflate events of @", "")                                   \
	X(migrate, "migrate events of @", "")                                   \
	X(node, "node ", "'s balloon pages")                                    \
	X(zone, "zone ", "'s managed pages")                                    \
	X(total, "the total of pages", NULL)                                    \
	X(end, "what the op touched", NULL)

enum seen_what {
#define X(name, text, tail) SEEN_##name,
	SEEN(X)
#undef X
	SEEN_COUNT
};

static const struct {
	const char *text, *tail;
} seen_texts[SEEN_COUNT] = {
#define X(name, text, tail) { text, tail },
	SEEN(X)
#undef X
};

struct seen_scope seen_scope(const unsigned int features[2])
{
	unsigned int differ = features[0] ^ features[1];

	return (struct seen_scope){
		.contract = !(differ & ~(unsigned int)QUIRK_FEATURES),
		.nodes = !(differ & (QUIRK_node_left | QUIRK_node_leak)),
	};
}

static void see(struct seen **at, enum seen_what what, unsigned int which, int64_t value)
{
	*(*at)++ = (struct seen){ what, which, value };
}

static void see_result(struct seen **at, const struct frame *frame, const struct outcome *got,
		       const struct seen_scope *scope)
{
	see(at, SEEN_bug, 0, !got);
	if (!got)
		return;
	see(at, SEEN_page, 0, got->page ? (int64_t)page_frame(got->page) : NO_FRAME);
	see(at, SEEN_value, 0, got->value);
	see(at, SEEN_class, 0, got->class);
	if (!scope->contract)
		return;
	see(at, SEEN_warnings, 0, frame->warnings);
	see(at, SEEN_callbacks, 0, frame->callbacks);
}

/* In order, as far as it is one: nobody has judged it yet. */
static void see_list(struct seen **at, unsigned int list, bool balanced)
{
	const struct list_head *head = list_of(list), *link;
	int64_t length = 0;

	for (link = head->next; link != head && length < PROGRAM_FRAMES; length++) {
		const struct page *page = link_to_page(link);

		if (!world_has(page) || page->free)
			break;
		see(at, SEEN_list, list, page_frame(page));
		link = page->lru.next;
	}
	see(at, SEEN_list_end, list, link == head ? length : -1);
	if (balanced && list < PROGRAM_DEVICES)
		see(at, SEEN_inside, list,
		    length + (int64_t)run.sut->device_isolated(run.devices[list]) -
			    run.inflated[list]);
}

static void see_counters(struct seen **at, unsigned int context, const struct seen_scope *scope)
{
	const struct context *cpu = &world.contexts[context];

	see(at, SEEN_inflate, context, cpu->events[EVENT_INFLATE]);
	see(at, SEEN_deflate, context, cpu->events[EVENT_DEFLATE]);
	see(at, SEEN_migrate, context, cpu->events[EVENT_MIGRATE]);
	for (unsigned int i = 0; scope->nodes && i < WORLD_NODES; i++)
		see(at, SEEN_node, i, cpu->node_pages[i]);
	for (unsigned int i = 0; i < WORLD_ZONES; i++)
		see(at, SEEN_zone, i, world.zones[i].managed - world.zones[i].base);
	see(at, SEEN_total, 0, world.total_pages - (long)world.frames);
}

unsigned int seen_after(struct seen *seen, const struct frame *frame, const struct outcome *got,
			const struct seen_scope *scope)
{
	const struct model *m = &run.model;
	struct seen *at = seen;

	see_result(&at, frame, got, scope);
	for (uint64_t map = scope->contract && got ? m->touched : 0; map; map &= map - 1) {
		unsigned int page = (unsigned int)__builtin_ctzll(map);

		see(&at, SEEN_frame, page, (int64_t)seen_page(page));
	}
	for (unsigned int map = got ? m->touched_lists : 0; map; map &= map - 1) {
		unsigned int list = (unsigned int)__builtin_ctz(map);

		if (scope->contract && list < PROGRAM_DEVICES)
			see(&at, SEEN_isolated, list,
			    (int64_t)run.sut->device_isolated(run.devices[list]));
		/* Inside a callback the driver is ahead of the core. */
		see_list(&at, list, !frame->outer);
	}
	if (scope->contract && got)
		see_counters(&at, record_context(&frame->record), scope);
	see(&at, SEEN_end, 0, 0);
	return (unsigned int)(at - seen);
}

bool seen_is_result(const struct seen *seen)
{
	return seen->what <= SEEN_callbacks;
}

/* The first part of a page's word in which the two differ. */
static const char *page_part(uint64_t a, uint64_t b, unsigned int *shift)
{
	static const struct {
		unsigned int shift;
		const char *name;
	} parts[] = {
		{ WORD_ODD, "state" },	     { WORD_REFS, "references" },
		{ WORD_FLAGS, "flags" },     { WORD_OWNER, "owner" },
		{ WORD_LINKED, "list" },     { WORD_NEXT, "next page" },
		{ WORD_PREV, "page before" },
	};
	unsigned int i = 0;

	while (i < sizeof(parts) / sizeof(parts[0]) - 1 && !((a ^ b) >> parts[i].shift & 0xff))
		i++;
	*shift = parts[i].shift;
	return parts[i].name;
}

static void print_part(FILE *out, unsigned int shift, unsigned int part)
{
	bool link = shift == WORD_NEXT || shift == WORD_PREV;

	if (link && part >= PROGRAM_FRAMES)
		fputs(part == LINK_HEAD ? "the head" : "none of the list", out);
	else
		fprintf(out, link ? "f%u" : shift == WORD_FLAGS ? "%#x" : "%u", part);
}

static void print_value(FILE *out, const struct seen *seen, unsigned int shift)
{
	unsigned int part = (unsigned int)((uint64_t)seen->value >> shift & 0xff);

	switch (seen->what) {
	case SEEN_bug:
		fputs(seen->value ? "gives up" : "comes back", out);
		break;
	case SEEN_class:
		fputs(seen->value < CLASS_COUNT ? class_names[seen->value] : "another", out);
		break;
	case SEEN_page:
		if (seen->value == NO_FRAME) {
			fputs("none", out);
			break;
		}
		/* fall through */
	case SEEN_list:
		fprintf(out, "f%" PRId64, seen->value);
		break;
	case SEEN_list_end:
		fputs(seen->value < 0 ? "no list" : "its end", out);
		break;
	case SEEN_frame:
		print_part(out, shift, part);
		break;
	case SEEN_end:
		fputs("nothing more", out);
		break;
	default:
		fprintf(out, "%" PRId64, seen->value);
	}
}

static void print_subject(FILE *out, const struct seen *seen)
{
	unsigned int list = seen->which - PROGRAM_DEVICES;

	if (seen->what != SEEN_list && seen->what != SEEN_list_end) {
		fputs(seen_texts[seen->what].text, out);
		if (seen_texts[seen->what].tail)
			fprintf(out, "%u%s", seen->which, seen_texts[seen->what].tail);
	} else if (seen->which < PROGRAM_DEVICES) {
		fprintf(out, "b%u's list", seen->which);
	} else {
		fprintf(out, "list l%u of @%u", list % PROGRAM_LISTS, list / PROGRAM_LISTS);
	}
}

void seen_explain(char *text, size_t size, const struct seen *const seen[2], const char *name,
		  const char *other)
{
	unsigned int shift = 0;
	FILE *out = fmemopen(text, size, "w");

	if (!out)
		return;
	print_subject(out, seen[0]);
	if (seen[0]->what == SEEN_frame)
		fprintf(out, ", %s", page_part((uint64_t)seen[0]->value, (uint64_t)seen[1]->value,
					       &shift));
	fputs(": ", out);
	print_value(out, seen[0], shift);
	fprintf(out, " on %s, ", name);
	print_value(out, seen[1], shift);
	fprintf(out, " on %s", other);
	fclose(out);
}

UNINSTRUMENTED_END
