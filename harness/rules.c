/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "harness/rules.h"

#include <stdbool.h>
#include <string.h>

#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

const struct rule rules[] = {
#define RULE(id, row, sentence)	      { id, row, sentence, false },
#define GUEST_RULE(id, row, sentence) { id, row, sentence, true },
#include "harness/rules.def"
};
const size_t rules_count = sizeof(rules) / sizeof(rules[0]);

static bool fits(const char *rule, const char *id, size_t length)
{
	size_t stem = strcspn(rule, "*");

	return rule[stem] ? length > stem && !strncmp(rule, id, stem) :
			    length == stem && !strncmp(rule, id, stem);
}

const struct rule *rule_find(const char *finding_id)
{
	size_t length = strcspn(finding_id, "@");

	for (size_t i = 0; i < rules_count; i++)
		if (fits(rules[i].id, finding_id, length))
			return &rules[i];
	return NULL;
}

UNINSTRUMENTED_END
