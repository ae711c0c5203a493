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

/*
 * The same for p, which showed a finding somewhere.  EXIT_CLEAN where it shows none
 * any more; else p is changed.
 */
int finding_found(const struct cli *cli, unsigned int index, struct program *p, const char *folder,
		  struct finding_list *list);

/*
 * Runs p, from the file path, on both suts of a pair; a difference is minimised,
 * kept and printed in the same way.  EXIT_CLEAN where they agree; else p is changed.
 */
int finding_compare(const struct cli *cli, unsigned int index, const char *path, struct program *p,
		    const char *folder, struct stats *agreed, struct finding_list *list);

#endif
