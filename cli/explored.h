/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Programs of several contexts, in an engine process for each look at one: for
 * the verbs that explore, replay and minimise schedules.
 */
#ifndef PINPRICK_CLI_EXPLORED_H
#define PINPRICK_CLI_EXPLORED_H

#include "cli/report.h"
#include "explore/shared.h"

struct explored {
	const struct cli *cli;
	const struct sut *sut;
	char folder[PATH_MAX], log[PATH_MAX];
	const char *engines; /* the folder that has them; NULL: this program's */
};

/*
 * Makes the folder of this process's runs, the first time, and from then on Ctrl-C
 * sets interrupted; fails where it cannot.
 */
void explored_begin(struct explored *x, const struct cli *cli);

/* How schedules are chosen. */
const char *explored_strategy(const struct cli *cli);
/* Preemptions in one schedule, at most. */
unsigned int explored_bound(const struct cli *cli);

/* What an engine is told: p, by this strategy, "written" for p's own schedule. */
struct explore_config explored_config(const struct explored *x, const struct program *p,
				      const char *strategy, unsigned int milliseconds);

/*
 * Runs the engine once; whatever kills it is a finding.  NULL: interrupted.
 * Whoever gets it calls explored_end().
 */
struct explore_shared *explored_run(const struct explored *x, const struct explore_config *config);
void explored_end(struct explore_shared *shared);

/* p by its own schedule; false: interrupted. */
struct explored_once {
	struct finding finding; /* id "": none */
	uint64_t trace;		/* the hash of the run */
	unsigned int points;
};
bool explored_once(const struct explored *x, const struct program *p, struct explored_once *once);

/* Does p show that finding by its own schedule, twice, and alike? */
bool explored_alike(const struct explored *x, const struct program *p, const char *id);

/*
 * Takes away what the finding does not need, record by record, switches and
 * interrupts of the schedule too; then looks for it with fewer preemptions.
 */
void explored_minimise(const struct explored *x, struct program *p, const char *id);

/* Becomes gdb with p's schedule under way, which stops at its finding. */
_Noreturn void explored_gdb(const struct explored *x, const struct program *p);

/* What was found, under which rule. */
void explored_finding(const struct explored *x, const struct finding *finding);

/*
 * The finding that an engine ended with: replayed twice, made small, told, kept in
 * work/findings/ and added to the list.  file: what was explored, as its name is
 * shown; NULL: an input of the fuzz target.
 */
void explored_settle(const struct explored *x, const struct explore_shared *s, const char *file,
		     struct finding_list *list);

/*
 * Is p for these engines, where a verb takes programs of all kinds?  With a schedule
 * it is; in the flavour that sees races, which need none, whenever it has several
 * contexts.
 */
bool explored_takes(const struct program *p);

/* How many preempt records it has. */
unsigned int program_switches(const struct program *p);

/* What each context did by p's own schedule, in a column each; long stretches are folded. */
void explored_print(const struct explored *x, const struct program *p);

#endif
