/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What each rule says, and which rows of the contract stand behind it.
 */
#ifndef PINPRICK_RULES_H
#define PINPRICK_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct rule {
	const char *id;	      /* "oracle.rule"; a last '*' stands for anything */
	const char *row;      /* of docs/contract.md: "I4", "1.3 step 6" */
	const char *sentence; /* what holds where nobody complains */
	bool guest; /* only drivers or threads can break it */
};

extern const struct rule rules[];
extern const size_t rules_count;

/* The rule of a finding's id, "oracle.rule@op/generation", or of a bare rule; NULL: unknown. */
const struct rule *rule_find(const char *finding_id);

/* docs/findings.md: every rule, oracle by oracle. */
void describe_findings(FILE *out);

#endif
