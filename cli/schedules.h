/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What fuzz says and does of programs by schedules.
 */
#ifndef PINPRICK_CLI_SCHEDULES_H
#define PINPRICK_CLI_SCHEDULES_H

#include "cli/report.h"

/* Pairs of ops of which the one gave way to the other. */
unsigned int schedules_pairs(const struct stats *s);

/* Their rows of the workload table, and their part of the status line. */
void schedules_workload(const struct stats *all);
void schedules_status(FILE *line, const struct tally *tally, unsigned int count);

/* Did each sut's runs do enough?  Says what was missing. */
bool schedules_proved(const struct cli *cli, const struct tally *tally);

/*
 * The input on which an engine died: looks for the schedule of it that shows the
 * finding, makes it small, keeps it, prints it.  False: there is none.
 */
bool schedules_settle(const struct cli *cli, const struct sut *sut, const struct program *p,
		      struct finding_list *list);

#endif
