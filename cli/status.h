/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The line that says how far a fuzz run is: rewritten each second on a
 * terminal, a new line every ten seconds elsewhere.
 */
#ifndef PINPRICK_CLI_STATUS_H
#define PINPRICK_CLI_STATUS_H

#include "cli/report.h"

bool status_due(double seconds);
void status_print(const struct cli *cli, const struct tally *tally, const char *corpus);
void status_clear(void);

#endif
