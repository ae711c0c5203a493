/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Findings as SARIF 2.1.0, the form in which forges show them.
 */
#ifndef PINPRICK_CLI_SARIF_H
#define PINPRICK_CLI_SARIF_H

#include "cli/report.h"

/* Writes the file of --sarif, where it is asked for; a clean run has one without results. */
int sarif_write(const struct cli *cli, const struct finding_list *findings);

#endif
