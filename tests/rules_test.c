/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The table of rules: finding a finding's rule, and docs/findings.md, which is
 * made from it.
 *
 * rules_test --write, in the project's folder, makes docs/findings.md anew.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/rules.h"
#include "harness/run.h"

#define DOCUMENT "docs/findings.md"

static void assert_rule(const char *finding_id, const char *id)
{
	const struct rule *rule = rule_find(finding_id);

	assert_non_null(rule);
	assert_string_equal(rule->id, id);
}

static void test_find(void **state)
{
	(void)state;
	assert_rule("accounting.I4@migrate/modern", "accounting.I4");
	assert_rule("accounting.I4", "accounting.I4");
	assert_rule("progress.timeout@dequeue/modern", "progress.timeout");
	assert_rule("sanitizer.use-after-poison@free/modern", "sanitizer.*");
	assert_rule("sanitizer.death@run/modern", "sanitizer.*");
	assert_null(rule_find("accounting.I@migrate/modern"));
	assert_null(rule_find("accounting.I44@migrate/modern"));
	assert_null(rule_find("sanitizer.@migrate/modern"));
	assert_null(rule_find("@migrate/modern"));
	assert_null(rule_find(""));
}

/* Each rule is its own, says a sentence, and belongs to an oracle. */
static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < rules_count; i++) {
		size_t length = strcspn(rules[i].id, "."), oracle = 0;

		assert_ptr_equal(rule_find(rules[i].id), &rules[i]);
		assert_true(strlen(rules[i].row) > 0);
		assert_int_equal(rules[i].sentence[strlen(rules[i].sentence) - 1], '.');
		while (oracle < ORACLE_COUNT &&
		       (strlen(oracle_names[oracle]) != length ||
			strncmp(oracle_names[oracle], rules[i].id, length)))
			oracle++;
		/* These judge runs from outside. */
		assert_true(oracle < ORACLE_COUNT || !strncmp(rules[i].id, "sanitizer.", 10) ||
			    !strncmp(rules[i].id, "diff.", 5) || !strncmp(rules[i].id, "race.", 5) ||
			    !strncmp(rules[i].id, "order.", 6));
	}
}

static void test_document(void **state)
{
	char *want, *got = calloc(1, 1 << 17);
	FILE *out, *in = fopen(DOCUMENT, "r");
	size_t size;

	(void)state;
	assert_non_null(got);
	assert_non_null(in);
	assert_true(fread(got, 1, (1 << 17) - 1, in) > 0);
	fclose(in);
	out = open_memstream(&want, &size);
	describe_findings(out);
	fclose(out);
	/* Every rule is in it: describe_findings() goes by oracle. */
	for (size_t i = 0; i < rules_count; i++)
		assert_non_null(strstr(want, rules[i].id));
	assert_string_equal(got, want); /* if that is meant so: rules_test --write */
	free(want);
	free(got);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_document),
	};

	if (argc > 1 && !strcmp(argv[1], "--write")) {
		FILE *out = fopen(DOCUMENT, "w");

		if (!out)
			return 3;
		describe_findings(out);
		return fclose(out) ? 3 : 0;
	}
	return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
