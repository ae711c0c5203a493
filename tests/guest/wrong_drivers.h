/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Deliberately wrong drivers: each with a program and the finding that it must
 * bring about.  The driver whose place it takes runs the same program clean.
 */
#ifndef PINPRICK_WRONG_DRIVERS_H
#define PINPRICK_WRONG_DRIVERS_H

#include "guest/guest.h"
#include "harness/verdict.h"

struct wrong_driver {
	const char *name; /* and the row of the contract, where it has one */
	const char *sut;
	enum program_driver place; /* whose place it takes */
	struct driver driver;	   /* functions that are NULL are as they should be */
	bool as_is;		   /* no driver of its own: ours as they are in the kernel */
	const char *program;	   /* without its first line */
	const char *finding;
};
extern const struct wrong_driver wrong_drivers[]; /* name NULL at the end */

/* Guests with many frames and devices, by hand; returns how many checks failed. */
unsigned int large_guests(void);
/* What an audit must see, by hand; notes the rules that it proves. */
unsigned int audits(void (*prove)(const char *id));

/*
 * Each fault point of p fails once, and each pair: how many there were, how often
 * somebody complained (first: of what), and runs that differ before the fault.
 */
struct driver_faults {
	unsigned int points, pairs, runs, complaints, astray;
	struct finding first;
};
void driver_faults(const struct sut *sut, const struct program *p,
		   const struct driver *const *table, struct driver_faults *to);

#endif
