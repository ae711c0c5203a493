/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The line that says how far a run is: rewritten each second on a
 * terminal, a new line every ten seconds elsewhere.
 */
#ifndef PINPRICK_CLI_STATUS_H
#define PINPRICK_CLI_STATUS_H

#include "cli/report.h"

bool status_due(double seconds);
void status_print(const struct cli *cli, const struct tally *tally, const char *corpus);
void status_clear(void);

/* For other lines of that kind: shows one; writes 1234567 as 1.2M into one. */
void status_show(const char *line);
void status_number(FILE *line, double n);

#endif
