/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What programs for drivers did, and whether it was enough.
 */
#ifndef PINPRICK_CLI_DRIVERS_H
#define PINPRICK_CLI_DRIVERS_H

#include "cli/report.h"

/* Their rows of the workload table. */
void drivers_workload(const struct stats *all);

/* The part of the status line that is about pages. */
void drivers_status(FILE *line, const struct tally *tally, unsigned int count);

/* Did a fuzz run do enough on each sut to prove anything?  Says what is missing. */
bool drivers_proved(const struct cli *cli, const struct tally *tally);

#endif
