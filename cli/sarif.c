/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "cli/sarif.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli/keep.h"
#include "harness/rules.h"

struct sarif {
	const struct cli *cli;
	const struct finding_list *findings;
};

/* "oracle.rule" of "oracle.rule@op/generation". */
static void rule_id(char rule[FINDING_ID], const struct finding *finding)
{
	snprintf(rule, FINDING_ID, "%.*s", (int)strcspn(finding->id, "@"), finding->id);
}

static bool is_first(const struct finding_list *findings, unsigned int index)
{
	char rule[FINDING_ID], other[FINDING_ID];

	rule_id(rule, &findings->at[index].finding);
	while (index--) {
		rule_id(other, &findings->at[index].finding);
		if (!strcmp(rule, other))
			return false;
	}
	return true;
}

static void rules_array(FILE *out, const struct finding_list *findings)
{
	char id[FINDING_ID];
	bool any = false;

	for (unsigned int i = 0; i < findings->count; i++) {
		const struct rule *rule = rule_find(findings->at[i].finding.id);

		if (!rule || !is_first(findings, i))
			continue;
		rule_id(id, &findings->at[i].finding);
		fputs(any ? ", {\"id\": " : "{\"id\": ", out);
		json_string(out, id);
		fputs(", \"shortDescription\": {\"text\": ", out);
		json_string(out, rule->sentence);
		fputs("}}", out);
		any = true;
	}
}

/* From the folder that the command stands in, where the file is below it. */
static void uri(FILE *out, const char *path)
{
	path = path_short(path);
	fputs(*path == '/' ? "\"file://" : "\"", out);
	for (; *path; path++)
		fprintf(out,
			isalnum((unsigned char)*path) || strchr("/._-", *path) ? "%c" : "%%%02X",
			(unsigned char)*path);
	fputc('"', out);
}

static void result(FILE *out, const struct sarif *s, const struct listed_finding *f)
{
	char name[SUBJECT_NAME], rule[FINDING_ID], *again = NULL;
	size_t size;
	FILE *memory = open_memstream(&again, &size);

	if (!memory)
		fail(EXIT_OS, "no memory");
	if (f->again)
		fputs(f->again, memory);
	else if (*f->file)
		report_command(memory, s->cli, "replay", &f->subject, f->file);
	fclose(memory);
	again[strcspn(again, "\n")] = 0;
	subject_name(&f->subject, name);
	rule_id(rule, &f->finding);
	fputs("{\"level\": \"error\", \"ruleId\": ", out);
	json_string(out, rule);
	fputs(", \"message\": {\"text\": ", out);
	json_string(out, *f->finding.text ? f->finding.text : f->finding.id);
	fputs("}, \"locations\": [", out);
	if (*f->file) {
		fputs("{\"physicalLocation\": {\"artifactLocation\": {\"uri\": ", out);
		uri(out, f->file);
		fputs("}, \"region\": {\"startLine\": 1}}}", out);
	}
	fputs("], \"properties\": {\"id\": ", out);
	json_string(out, f->finding.id);
	fputs(", \"sut\": ", out);
	json_string(out, name);
	fputs(", \"replay\": ", out);
	json_string(out, again);
	free(again);
	fputs("}}", out);
}

static void write_sarif(FILE *out, const void *context)
{
	const struct sarif *s = context;

	fputs("{\"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\", "
	      "\"version\": \"2.1.0\", \"runs\": [{\"tool\": {\"driver\": "
	      "{\"name\": \"pinprick\", \"rules\": [",
	      out);
	rules_array(out, s->findings);
	fputs("]}}, \"results\": [", out);
	for (unsigned int i = 0; i < s->findings->count; i++) {
		fputs(i ? ",\n" : "\n", out);
		result(out, s, &s->findings->at[i]);
	}
	fputs("]}]}\n", out);
}

int sarif_write(const struct cli *cli, const struct finding_list *findings)
{
	const struct sarif s = { cli, findings };

	return cli->sarif ? keep_file(cli->sarif, write_sarif, &s) : EXIT_CLEAN;
}
