/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Programs for whole drivers in several contexts: the guest of guest/guest.h in
 * place of the executor's own devices, judged by its audit.  For
 * explore/contexts*.c only.
 */
#ifndef PINPRICK_EXPLORE_CONTEXTS_DRIVERS_H
#define PINPRICK_EXPLORE_CONTEXTS_DRIVERS_H

#include "explore/contexts_state.h"

/* A guest with the program's devices, none of which has a driver yet. */
void contexts_drivers_begin(const struct sut *sut, const struct program *p);

/* Does what r says, if it may; op says what came of it. */
bool contexts_drivers_act(const struct record *r, struct history_op *op);

/* The core's callback (struct observer). */
int contexts_drivers_migratepage(void *core, struct page *newpage, struct page *page,
				 enum migrate_mode mode);

/* Nobody is in the middle of an op: the guest's audit. */
void contexts_drivers_check(void);

/* All contexts have ended and hold nothing: every driver goes, and nothing is left. */
void contexts_drivers_end(void);

/* The known mistake of the kernel's drivers that a finding is due to, or "". */
const char *contexts_drivers_mistake(const char *rule);

#endif
