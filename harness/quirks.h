/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Quirks: known deviations of a user's kernel file from the strict contract.
 * Each is measured by one small program, predicted from then on, and does not
 * stop a run.  A quirk that the file's generation cannot have is not taken for
 * one: whatever shows it stays a finding.
 */
#ifndef PINPRICK_QUIRKS_H
#define PINPRICK_QUIRKS_H

#include "harness/sut.h"

struct quirk {
	unsigned int bit; /* enum feature */
	const char *name, *row, *sentence, *files, *drivers;
};
extern const struct quirk quirks[]; /* name NULL at the end */

/* What a quirk looks like in a strict run. */
struct quirk_probe {
	unsigned int bit, needs, without; /* of features, for anybody to have it */
	const char *program;	 /* comes by no other quirk */
	const char *finding;	 /* as its id begins */
	const char *said;	 /* as its text begins */
};
extern const struct quirk_probe quirk_probes[]; /* program NULL at the end */

/*
 * Measures sut's quirks, in children, once in each process; without effect on
 * a core of ours.  False where no process could be started.
 */
bool quirks_measure(const struct sut *sut);

/* From now on there are none: every deviation is a finding. */
void quirks_strict(void);

#endif
