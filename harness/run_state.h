/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The run under way: shared by the executor (run.c), the ops' actions (act.c),
 * the comparison with the model (check.c) and the invariants.
 */
#ifndef PINPRICK_RUN_STATE_H
#define PINPRICK_RUN_STATE_H

#include <setjmp.h>

#include "harness/model.h"
#include "harness/run.h"
#include "shim/fault.h"
#include "shim/page.h"

/* What an action got; its kind of result depends on the op. */
struct outcome {
	struct page *page;
	int value;
	uint8_t class; /* CLASS_COUNT: the op tells by page or value only */
};

/*
 * One op under way.  A copy of its record, and kept in struct run, not on the
 * stack: a run that a BUG ends is judged when the stack is gone.
 */
struct frame {
	struct frame *outer;
	struct record record;
	unsigned int index; /* of the record in the program */
	struct step step;   /* what the model expects */
	struct fault_plan plan;
	unsigned int warnings, callbacks; /* seen so far */
	bool nested_done; /* its hook has run */
};

struct run {
	const struct sut *sut;
	const struct program *program;
	const struct run_options *options;
	struct stats *stats;
	struct verdict *verdict;
	struct frame *top; /* the innermost op; NULL between ops */
	struct frame frames[2]; /* an op, and one nested in it */
	bool started; /* the devices are made */
	unsigned int ops, walked; /* ended so far; when everything was last looked at */
	unsigned int contexts; /* that the program uses: 0 to this less one */
	uint64_t nested_ran[PROGRAM_RECORDS / 64];
	uint64_t trace;
	jmp_buf exit;
	const char *bug; /* what the sut said when it gave up */
	/* The drivers' own count of the pages they have inflated. */
	int inflated[PROGRAM_DEVICES];
	struct model model;
	struct page *registers[PROGRAM_CONTEXTS][PROGRAM_REGISTERS];
	struct list_head lists[PROGRAM_CONTEXTS][PROGRAM_LISTS];
	unsigned char devices[PROGRAM_DEVICES][SUT_DEVICE_BYTES] __attribute__((aligned(64)));
};

extern struct run run;

/* Where the run is: an op's name, "start" or "end"; and at which record. */
const char *run_place(void);
unsigned int run_record_number(void);

/* Does what r says to the world. */
void act(const struct record *r, struct outcome *got);

/*
 * One page's state in a word, a byte each; put together by shifts, because
 * bytes stored one by one and read as a word would stall.
 */
enum { WORD_REFS = 0, WORD_FLAGS = 8, WORD_OWNER = 16, WORD_LINKED = 24, WORD_NEXT = 32,
       WORD_PREV = 40, WORD_ODD = 48 };
/* A neighbour in it that is no page's frame. */
enum { LINK_HEAD = 0xfe, LINK_ODD = 0xfd };

/* A page as it is; a list's head, by its number in the model. */
uint64_t seen_page(unsigned int frame);
struct list_head *list_of(unsigned int list);

/* Compares what an op returned, and what it touched, with the model; feeds the trace hash. */
void check_outcome(const struct frame *frame, const struct outcome *got);
void check_touched(void);
/* Compares everything. */
void check_all(void);
/* After the drain: is the world as it was? */
void check_nothing_left(void);

/* I1 to I7, from the world alone.  Between ops only. */
void check_invariants(void);

static inline void trace_add(uint64_t value)
{
	uint64_t h = (run.trace ^ value) * 0x9e3779b97f4a7c15;

	if (likely(!(run.options->leave_out & RUN_WITHOUT_TRACE)))
		run.trace = h ^ h >> 29;
}

/* The op's line in the text trace, with what came of it. */
void trace_op(FILE *out, const struct frame *frame);
/* The same for the op under way, where a finding ends the run. */
void trace_finding(FILE *out, const struct frame *frame, const char *id);

#endif
