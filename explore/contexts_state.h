/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The run of several contexts under way: for explore/contexts*.c only.  World,
 * devices, registers and lists are those of struct run.
 */
#ifndef PINPRICK_EXPLORE_CONTEXTS_STATE_H
#define PINPRICK_EXPLORE_CONTEXTS_STATE_H

#include "explore/contexts.h"
#include "harness/run_state.h"
#include "shim/world.h"

enum contexts_phase { PHASE_STARTS, PHASE_RUNS, PHASE_ENDS };

/* What one context is in the middle of. */
struct running {
	const struct record *record; /* NULL: between two */
	unsigned int index, callbacks, target;
	bool no_loss; /* the driver could not do without a page: it answered 0, not -ENOENT */
	bool nested_done;
	bool unseen;   /* by TSan: the executor's own code runs */
	uint8_t fault; /* what was refused to it, as a record has it (harness/program.h); 0: nothing
			*/
	unsigned int could_refuse[FAULT_COUNT]; /* points of each kind that it has come to */
	unsigned int point;		 /* inside the record: of those that it has come to */
	unsigned int asked_point, asked; /* the last decision was at this one, and so many there */
	unsigned int taken; /* records before this one have run, some of them as interrupts */
	bool open;	    /* inside the op, where interrupts may come */
	unsigned int registers, lists; /* in use by ops under way, around nested ones: bits */
	unsigned int locked;	       /* registers that hold a page lock */
	uint64_t strange, entering; /* frames whose lock it wants or has; that it puts in: bits */
};

/*
 * Who went on at one scheduling point.  At the same point there may be several
 * decisions one after the other: a context that waits is asked again.
 */
struct decision {
	uint8_t context, to, usual; /* usual: who would have gone on without a schedule */
	uint8_t record;		    /* of context: the one it was in, or its last */
	uint8_t kind;		    /* of the point: an index into contexts_point_names */
	uint16_t point;		    /* inside that record */
};
#define DECISIONS_MAX 4096

/* What a register holds, beside its page in run.registers. */
enum register_kind { EMPTY, OWNED, ISOLATED, REFERRED, LOCKED };

struct contexts {
	const struct contexts_options *options;
	struct contexts_result *result;
	bool drivers; /* the program is one for them */
	struct history result_history;
	struct schedule_run schedule;
	enum contexts_phase phase;
	unsigned int clock;
	uint64_t trace;
	uint64_t used; /* frames of pages that a driver has taken out of a balloon: bits */
	long available[PROGRAM_DEVICES]; /* pages that nobody has reserved to take out */
	struct running running[PROGRAM_CONTEXTS];
	uint8_t kinds[PROGRAM_CONTEXTS][PROGRAM_REGISTERS]; /* enum register_kind */
	unsigned int lengths[PROGRAM_CONTEXTS][PROGRAM_LISTS];
	uint8_t faults[PROGRAM_RECORDS]; /* what the strategy refused to each record */
	/* Records that ran as interrupts: at which point inside which record, from 1; 0: not. */
	struct arrival {
		uint16_t point;
		uint8_t record;
	} arrivals[PROGRAM_RECORDS];
	unsigned int decision_count;
	struct decision decisions[DECISIONS_MAX];
};

extern struct contexts contexts;

/* Runs a record of the running context: the next one, or inside the one that runs. */
void contexts_run_record(unsigned int index);
/* Shall the interrupt that waits come at this point?  As the strategy says, or the program. */
bool contexts_arrives(unsigned int context, unsigned int index);

/* The records that belong into the hook of the running context's op. */
void contexts_run_nested(void);

/* Does what r says, if it may; op says what came of it. */
bool contexts_act(const struct record *r, struct history_op *op);
/* When no context runs any more: gives back what registers hold, and takes everything out. */
void contexts_drain_registers(void);
void contexts_drain(void);

unsigned int contexts_device_of(const void *device);
/* One page of that device that will be there when it is asked for; false: none. */
bool contexts_reserve(unsigned int device);

/* An op has ended: into the trace. */
void contexts_note(unsigned int index, const struct history_op *op, bool ran);
void contexts_trace_finding(const char *id);
/* Adds the run that is over, and who gave way to whom in it. */
void contexts_count(struct stats *stats);

/* A scheduling point was passed (schedule_observer). */
void contexts_passed(unsigned int context, const char *name, const void *object);

/* Plays the run's strategy, or the program's own preempt records, and notes what it decides. */
extern const struct strategy strategy_noted;

#endif
