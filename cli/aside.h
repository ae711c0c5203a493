/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Inputs that end in a finding each time an engine begins with them.
 */
#ifndef PINPRICK_CLI_ASIDE_H
#define PINPRICK_CLI_ASIDE_H

#include "cli/workers.h"

/*
 * The input of which w died goes from what its engine begins with: copies in the
 * run's folder are removed, one in the working corpus comes to work/aside, for the time when
 * the code is mended.  An exit code; what went wrong has been said then.
 */
int aside_put(const struct worker *w, const struct worker_folders *folders);

#endif
