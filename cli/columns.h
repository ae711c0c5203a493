/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Two runs of one program side by side.
 */
#ifndef PINPRICK_CLI_COLUMNS_H
#define PINPRICK_CLI_COLUMNS_H

#include "cli/subject.h"

/* From the last record on which the two agree: each record, and what came of it on either. */
void columns_print(const struct run_subject *s, const struct program *p);

#endif
