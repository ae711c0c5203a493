/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "harness/splice.h"

#include <string.h>

#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

void splice_world(struct program *p, struct random *rng)
{
	p->devices = (uint8_t)(1 + random_below(rng, PROGRAM_DEVICES));
	p->adjust = (uint8_t)(random_below(rng, 8) & ((1u << p->devices) - 1));
	p->no_callback = 0;
	for (unsigned int i = 0; i < 4; i++)
		p->zone_of_quarter[i] = (uint8_t)(random_below(rng, 4) ? i : random_below(rng, 4));
}

unsigned int splice_gap(struct program *p, unsigned int where, unsigned int n)
{
	if (n > PROGRAM_RECORDS - p->count)
		n = PROGRAM_RECORDS - p->count;
	memmove(&p->records[where + n], &p->records[where],
		(p->count - where) * sizeof(struct record));
	p->count += n;
	return n;
}

void splice_delete(struct program *p, struct random *rng)
{
	unsigned int from = random_below(rng, p->count);
	unsigned int n = 1 + random_below(rng, p->count - from < 8 ? p->count - from : 8);

	memmove(&p->records[from], &p->records[from + n],
		(p->count - from - n) * sizeof(struct record));
	p->count -= n;
}

void splice_cross(struct program *out, const struct program *a, const struct program *b,
		  struct random *rng)
{
	unsigned int head = random_below(rng, a->count + 1);
	unsigned int from = random_below(rng, b->count + 1);
	unsigned int tail = b->count - from;

	*out = *a;
	if (tail > PROGRAM_RECORDS - head)
		tail = PROGRAM_RECORDS - head;
	memcpy(&out->records[head], &b->records[from], tail * sizeof(struct record));
	out->count = head + tail;
}

UNINSTRUMENTED_END
