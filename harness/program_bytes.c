/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Programs in binary form.
 *
 * Header: byte 0 holds devices - 1 (bits 0-1; 3 means 0), adjust (2-4) and
 * no_callback (5-7); byte 1 two bits for each quarter of the frames, XORed
 * with the quarter's number, so that 0 puts each quarter in its own zone;
 * bytes 2 and 3 are reserved, 0; bytes 4-7 the seed, little endian.
 *
 * This runs for every input of every engine, so a record is masked as one
 * word by a table.
 */
#include <string.h>

#include "harness/program.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

/* A record as its bytes in memory order, whatever the machine's order is. */
union record_word {
	struct record record;
	uint64_t word;
};

_Static_assert(sizeof(union record_word) == RECORD_BYTES, "a record is its eight bytes");

enum {
#define KIND(name, bits, ...) MASK_##name = (1 << (bits)) - 1,
#include "harness/ops.def"
};

#define HOW_ALL (HOW_CONTEXT | HOW_IRQ | HOW_NESTED | HOW_MISUSE)

/* nop keeps what decides where nested records attach, and nothing else. */
#define HOW_OF(op) ((op) == OP_nop ? HOW_CONTEXT | HOW_NESTED : HOW_ALL)

/* What each op keeps of its record. */
static const union record_word op_masks[OP_COUNT] = {
#define OP(number, name, text, kind_a, kind_b, kind_c, traits, story)                              \
	[number] = { .record = { .op = 0xff,                                                       \
				 .how = HOW_OF(number),                                            \
				 .a = MASK_##kind_a,                                               \
				 .b = MASK_##kind_b,                                               \
				 .c = MASK_##kind_c,                                               \
				 .rc = (traits) & TRAIT_RC ? 0xf7 : 0,                                     \
				 .fault = (number) ? 0xff : 0 } },
#include "harness/ops.def"
};

struct record record_canon(struct record r)
{
	union record_word w;

	if (r.op >= OP_COUNT)
		r.op = OP_nop;
	if (record_fault_kind(&r) == FAULT_none || record_fault_kind(&r) >= FAULT_COUNT)
		r.fault = 0;
	w.record = r;
	w.word &= op_masks[r.op].word;
	return w.record;
}

static void decode_header(struct program *p, const uint8_t *header)
{
	unsigned int devices = header[0] & 3u, existing, quarter;

	p->devices = (uint8_t)(devices < PROGRAM_DEVICES ? devices + 1 : 1);
	existing = (1u << p->devices) - 1;
	p->adjust = (uint8_t)(header[0] >> 2 & existing);
	p->no_callback = (uint8_t)(header[0] >> 5 & existing);
	for (quarter = 0; quarter < 4; quarter++)
		p->zone_of_quarter[quarter] = (uint8_t)((header[1] >> 2 * quarter & 3u) ^ quarter);
	p->seed = (uint32_t)header[4] | (uint32_t)header[5] << 8 | (uint32_t)header[6] << 16 |
		  (uint32_t)header[7] << 24;
}

bool program_has_drivers(const struct program *p)
{
	for (unsigned int i = 0; i < p->count; i++)
		if (p->records[i].op >= OP_CORE_COUNT && p->records[i].op < OP_DRIVERS_END)
			return true;
	return false;
}

void program_decode(struct program *p, const uint8_t *data, size_t size)
{
	uint8_t header[HEADER_BYTES] = { 0 };
	unsigned int i;

	if (size)
		memcpy(header, data, size < HEADER_BYTES ? size : HEADER_BYTES);
	decode_header(p, header);

	p->count = 0;
	if (size < HEADER_BYTES)
		return;
	size = (size - HEADER_BYTES) / RECORD_BYTES;
	p->count = size < PROGRAM_RECORDS ? (unsigned int)size : PROGRAM_RECORDS;
	for (i = 0; i < p->count; i++) {
		struct record r;

		memcpy(&r, data + HEADER_BYTES + (size_t)i * RECORD_BYTES, sizeof(r));
		p->records[i] = record_canon(r);
	}
}

size_t program_encode(const struct program *p, uint8_t *data)
{
	unsigned int quarter;

	data[0] = (uint8_t)((p->devices - 1) | p->adjust << 2 | p->no_callback << 5);
	data[1] = 0;
	for (quarter = 0; quarter < 4; quarter++)
		data[1] |= (uint8_t)((p->zone_of_quarter[quarter] ^ quarter) << 2 * quarter);
	data[2] = 0;
	data[3] = 0;
	for (quarter = 0; quarter < 4; quarter++)
		data[4 + quarter] = (uint8_t)(p->seed >> 8 * quarter);
	memcpy(data + HEADER_BYTES, p->records, (size_t)p->count * RECORD_BYTES);
	return HEADER_BYTES + (size_t)p->count * RECORD_BYTES;
}

UNINSTRUMENTED_END
