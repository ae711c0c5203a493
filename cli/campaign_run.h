/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* One slice of a campaign. */
#ifndef PINPRICK_CLI_CAMPAIGN_RUN_H
#define PINPRICK_CLI_CAMPAIGN_RUN_H

#include "cli/campaign.h"

#define LANES_MAX 64

struct campaign {
	const struct cli *cli;
	char folder[PATH_MAX], journal[PATH_MAX];
	const struct lane *lanes[LANES_MAX];
	unsigned int lane_count;
	struct campaign_log log;
};

/* Fails where a lane's flavour is not built. */
void campaign_check(const struct campaign *c);

/*
 * Runs a lane, for so many seconds and the grace of its verb, and tells what it found.  Its exit
 * code, which is in the log as well.
 */
int campaign_slice(struct campaign *c, const struct lane *lane, unsigned int seconds,
		   uint64_t seed);

#endif
