/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Programs: what the engines make and every back end runs.
 *
 * The binary form is an 8-byte header and 8-byte records; every byte string
 * decodes to a canonical program and no build option changes how.  The text
 * form is the archive: one op a line (docs/programs.md, made from ops.def).
 * For every program p: decode(encode(p)) == p and parse(print(p)) == p.
 */
#ifndef PINPRICK_PROGRAM_H
#define PINPRICK_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "shim/instrument.h"

/* The limits of every program, and of the world that runs it. */
#define PROGRAM_DEVICES	  3
#define PROGRAM_FRAMES	  64
#define PROGRAM_CONTEXTS  4
#define PROGRAM_REGISTERS 16 /* in each context */
#define PROGRAM_LISTS	  2  /* in each context */
#define PROGRAM_RECORDS	  256

#define RECORD_BYTES	  8
#define HEADER_BYTES	  8
#define PROGRAM_BYTES	  (HEADER_BYTES + PROGRAM_RECORDS * RECORD_BYTES)

enum op {
#define OP(number, name, ...) OP_##name = (number),
#include "harness/ops.def"
	OP_COUNT
};

/* Those of the core; behind them come the drivers', up to the next, and those of schedules. */
#define OP_CORE_COUNT  OP_attach
#define OP_DRIVERS_END OP_preempt

enum operand_kind {
#define KIND(name, ...) KIND_##name,
#include "harness/ops.def"
	KIND_COUNT
};

enum program_driver {
#define DRIVER(number, name) DRIVER_##name = (number),
#include "harness/ops.def"
	DRIVER_COUNT
};

enum program_mode {
#define MODE(number, name) MODE_##name = (number),
#include "harness/ops.def"
};

enum op_traits {
	TRAIT_IRQ = 1,
	TRAIT_RC = 2,
	TRAIT_HOOK = 4,
	TRAIT_ALLOC = 8,
	TRAIT_REF = 16,
	TRAIT_LOCK = 32,
};

enum fault_kind {
	FAULT_none,
#define FAULT(number, name, ...) FAULT_##name = (number),
#include "harness/ops.def"
	FAULT_COUNT
};

/* struct record's how byte */
#define HOW_CONTEXT 0x03
#define HOW_IRQ	    0x04 /* runs as an interrupt on its context */
#define HOW_NESTED  0x08 /* runs in the hook of the nearest earlier record of its context */
#define HOW_MISUSE  0x10 /* may break the driver's side of the contract, in a defined way */

struct record {
	uint8_t op, how, a, b, c;
	uint8_t rc;    /* bits 0-2: index of the final callback result; 4-7: -EAGAINs before it */
	uint8_t fault; /* bits 0-2: enum fault_kind; 3-7: n, the (n+1)-th such point refuses */
	uint8_t spare; /* 0 */
};

struct program {
	uint8_t devices;	    /* 1 to PROGRAM_DEVICES */
	uint8_t adjust;		    /* bit per device: it adjusts managed-page counts */
	uint8_t no_callback;	    /* bit per device: its driver sets no migration callback */
	uint8_t zone_of_quarter[4]; /* which zone each quarter of the frames lies in */
	uint32_t seed;		    /* of the schedule; 0: none */
	unsigned int count;
	struct record records[PROGRAM_RECORDS];
};

/* One row of the op table. */
struct op_info {
	const char *name, *text, *story;
	uint8_t operand[3]; /* enum operand_kind of a, b, c */
	uint8_t traits;
};
struct kind_info {
	const char *name, *prefix, *story;
	uint8_t bits;
};
extern const struct op_info op_table[OP_COUNT];
extern const struct kind_info kind_table[KIND_COUNT];
extern const char *const mode_names[4], *const result_names[8], *const fault_names[FAULT_COUNT];
/* Words for the values of a kind, as many as its bits allow; NULL: it is written as a number. */
extern const char *const *const kind_words[KIND_COUNT];
extern const int result_values[8]; /* negative errno in the host's numbers, 0 or positive */

UNINSTRUMENTED_BEGIN

static inline unsigned int record_context(const struct record *r)
{
	return r->how & HOW_CONTEXT;
}

/* How many a program needs: those up to the highest with a record, or that a page is handed to. */
static inline unsigned int program_contexts(const struct program *p)
{
	unsigned int contexts = 1;

	for (unsigned int i = 0; i < p->count; i++) {
		const struct record *r = &p->records[i];

		if (record_context(r) >= contexts)
			contexts = record_context(r) + 1;
		if (r->op == OP_hand && r->b >= contexts)
			contexts = r->b + 1u;
	}
	return contexts;
}

static inline unsigned int record_fault_kind(const struct record *r)
{
	return r->fault & 7;
}

static inline unsigned int record_fault_n(const struct record *r)
{
	return r->fault >> 3;
}

static inline int record_result(const struct record *r)
{
	return result_values[r->rc & 7];
}

static inline unsigned int record_eagains(const struct record *r)
{
	return r->rc >> 4;
}

/* Can an op of these traits come by fault points of this kind? */
static inline bool traits_meet_fault(unsigned int traits, unsigned int kind)
{
	static const uint8_t trait[] = { 0, TRAIT_ALLOC, TRAIT_REF, TRAIT_LOCK, TRAIT_RC };

	return traits & trait[kind];
}

static inline bool kind_is_register(unsigned int kind)
{
	return kind >= KIND_NEW && kind <= KIND_ANY;
}

UNINSTRUMENTED_END

/* Is it for the drivers' executor (guest/run_drivers.h)? */
bool program_has_drivers(const struct program *p);

/* The program that a byte string means: canonical, never fails. */
void program_decode(struct program *p, const uint8_t *data, size_t size);

/* Its bytes, at most PROGRAM_BYTES of them; returns how many. */
size_t program_encode(const struct program *p, uint8_t *data);

/* One record in its canonical form: operands masked, what its op does not use zeroed. */
struct record record_canon(struct record r);

/* The text form.  record_print writes no newline and no indentation. */
void record_print(FILE *out, const struct record *r);
void program_print(FILE *out, const struct program *p);
/* Its world line alone, nothing where the world is the usual one. */
void program_print_world(FILE *out, const struct program *p);

/* Where and why a text is not a program. */
struct parse_error {
	unsigned int line, column; /* from 1 */
	char message[160];
};

/* Parses a text program of size bytes.  False: *error is filled, *p is undefined. */
bool program_parse(struct program *p, const char *text, size_t size, struct parse_error *error);

/* True where data starts as a text program does. */
bool program_is_text(const char *data, size_t size);

#endif
