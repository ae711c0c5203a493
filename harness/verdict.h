/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What a run says of itself: its finding if there is one, and what it did.
 */
#ifndef PINPRICK_VERDICT_H
#define PINPRICK_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/program.h"
#include "shim/instrument.h"

/* Why a record did not run. */
#define SKIPS(X)                                                                                   \
	X(outside, "names a device, frame, list or mode that this world has not")                  \
	X(operand, "a register or list does not hold what the op needs")                           \
	X(context, "the op may not run as an interrupt")                                           \
	X(misuse, "would break the driver's contract, and the misuse bit is off")                  \
	X(blocked, "would wait for a lock that nobody can release meanwhile")                      \
	X(unhooked, "nested, and the hook never ran")                                              \
	X(empty, "nop")                                                                            \
	X(quirk, "what the kernel's file then does, a quirk, nobody can predict")                  \
	X(executor, "an op for drivers in a program for the core, or the reverse")

enum skip {
#define X(name, story) SKIP_##name,
	SKIPS(X)
#undef X
		SKIP_COUNT,
	SKIP_NOT = SKIP_COUNT
};

/*
 * The transition table: state of the op's subject before x op x result class.
 * The subject is the page the op names, or the device where it names none.
 */
#define SUBJECTS(X)                                                                                \
	X(page_free)                                                                               \
	X(page_owned) X(page_returned) X(page_listed) X(page_isolated) X(page_moving)              \
		X(page_target) X(page_lingering) X(device_empty) X(device_all_isolated)            \
			X(device_holding) X(list_empty) X(list_filled) X(memory)

#define CLASSES(X)                                                                                 \
	X(ok)                                                                                      \
	X(none) X(some) X(no_memory) X(not_movable) X(no_ref) X(locked) X(refused) X(again)        \
		X(busy) X(gone) X(invalid) X(failed) X(warned) X(bug)

enum subject {
#define X(name) SUBJECT_##name,
	SUBJECTS(X)
#undef X
		SUBJECT_COUNT
};

enum result_class {
#define X(name) CLASS_##name,
	CLASSES(X)
#undef X
		CLASS_COUNT
};

extern const char *const skip_names[SKIP_COUNT], *const skip_stories[SKIP_COUNT];
extern const char *const subject_names[SUBJECT_COUNT], *const class_names[CLASS_COUNT];

/*
 * What drivers and their host did (guest/run_drivers.c): runs of their executor; pages by ops
 * of theirs; migrations by the driver's answer; requests to the host, and those it
 * refused; ops that ran inside an allocation; drivers that were to go, and stayed.
 */
#define DRIVER_COUNTERS(X)                                                                         \
	X(programs)                                                                                \
	X(inflated) X(deflated) X(callbacks) X(moved) X(again) X(busy) X(gone) X(asked_inflate)    \
		X(asked_deflate) X(refused_inflate) X(refused_deflate) X(nested) X(removed)        \
			X(stayed)

enum driver_counter {
#define X(name) DRIVER_COUNT_##name,
	DRIVER_COUNTERS(X)
#undef X
		DRIVER_COUNTER_COUNT
};

extern const char *const driver_counter_names[DRIVER_COUNTER_COUNT];

#define CELL_COUNT ((int)SUBJECT_COUNT * (int)OP_CORE_COUNT * (int)CLASS_COUNT)

UNINSTRUMENTED_BEGIN

static inline unsigned int cell_index(enum subject subject, enum op op, enum result_class result)
{
	return ((unsigned int)subject * OP_CORE_COUNT + (unsigned int)op) * CLASS_COUNT +
	       (unsigned int)result;
}

UNINSTRUMENTED_END

/*
 * Counters of one run or of millions: plain numbers only, so that it may lie
 * in a file that another process maps and reads meanwhile.
 */
struct stats {
	uint64_t runs;
	uint64_t ended_by_bug; /* runs that a BUG of defined misuse ended */
	/* Of differential runs (harness/diff.h): records left out, runs that both sides end alike.
	 */
	uint64_t left_out, ended_alike;
	uint64_t ran[OP_COUNT];
	uint64_t skipped[SKIP_COUNT];
	uint64_t fired[FAULT_COUNT];
	uint64_t cells[CELL_COUNT];
	uint64_t drivers[DRIVER_COUNTER_COUNT];
	/* Of programs by schedules: how many, those whose ops were put in order, which op gave way
	 * to which. */
	uint64_t schedules, ordered;
	uint64_t gave_way[OP_CORE_COUNT][OP_CORE_COUNT];
};

void stats_add(struct stats *to, const struct stats *from);

#define FINDING_ID   96
#define FINDING_TEXT 1024

struct finding {
	char id[FINDING_ID];	 /* oracle.rule@op/generation; empty: none */
	char text[FINDING_TEXT]; /* what was expected and what came, in words */
	unsigned int record;	 /* the record that ran; program.count: after the last */
};

struct verdict {
	struct finding finding;
	uint64_t trace; /* hash of everything the run let be seen */
};

UNINSTRUMENTED_BEGIN

static inline bool verdict_clean(const struct verdict *v)
{
	return !v->finding.id[0];
}

UNINSTRUMENTED_END

#endif
