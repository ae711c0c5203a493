/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * From an engine that died to a small program in work/findings/.
 */
#ifndef PINPRICK_CLI_FINDINGS_H
#define PINPRICK_CLI_FINDINGS_H

#include "cli/report.h"
#include "cli/workers.h"

/*
 * Runs the input that the engine died of again, minimises it, keeps it under
 * folder by its sut and its finding's id, the smallest one of each, and prints it.
 */
int finding_settle(const struct cli *cli, const struct worker *w, const char *folder,
		   struct finding_list *list);

#endif
