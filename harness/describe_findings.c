/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "harness/quirks.h"
#include "harness/rules.h"

#include <string.h>

#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

/* One line of each oracle on who it is. */
static const struct {
	const char *name, *story;
} oracles[] = {
	{ "model", "What the model predicts of an op itself: what it returns and what it calls." },
	{ "state", "What the model predicts of the pages, lists and counters that an op touches." },
	{ "ledger", "The model's book of references." },
	{ "accounting", "The contract's invariants, from the world alone and without the model." },
	{ "leak", "The world after the last op, when everything was taken out and freed." },
	{ "list", "The lists' own checks." },
	{ "lock", "The rules of spinlocks and of the interrupt state." },
	{ "page", "The rules of references, types and page locks; the page allocator's checks." },
	{ "poison", "Watches free pages." },
	{ "alloc", "Watches what the page allocator is asked for." },
	{ "migrate", "Page migration's side of the movable operations." },
	{ "counter", "Watches how counters are changed." },
	{ "order", "`pinprick explore`: the model as a relation, for ops of several contexts." },
	{ "race", "TSan, in `pinprick stress` or `explore`. In place of an op the id names what "
		  "they raced for." },
	{ "progress", "Watches that ops end. The timeout is seen in a process of its own only." },
	{ "driver", "What the drivers' model predicts (guest/): programs of whole drivers." },
	{ "host", "The host's set of what the guest has inflated." },
	{ "cookie", "The content of pages in balloons." },
	{ "diff", "`pinprick diff` and `fuzz_diff`: two systems under test, op by op. The generation in "
		  "the id is\nthat of both, or `modern-classic`." },
	{ "sanitizer", "A compiler's sanitizer, or the signal that killed the run. The part after "
		       "the dot is the sanitizer's word (`use-after-poison`), `signal`, or "
		       "`death` where the run ended without a word." },
};

static void oracle_table(FILE *out, const char *name)
{
	size_t length = strlen(name);

	fputs("\n| Rule | Contract | What holds |\n|---|---|---|\n", out);
	for (size_t i = 0; i < rules_count; i++)
		if (!strncmp(rules[i].id, name, length) && rules[i].id[length] == '.')
			fprintf(out, "| `%s` | %s | %s |\n", rules[i].id, rules[i].row,
				rules[i].sentence);
}

/* The program and what a strict run of it says; where it differs, for each generation. */
static void print_probes(FILE *out, const struct quirk *quirk)
{
	const char *printed = NULL;

	for (const struct quirk_probe *probe = quirk_probes; probe->program; probe++) {
		if (probe->bit != quirk->bit)
			continue;
		if (!printed)
			fprintf(out, "\n```\n%s```\n\nStrict: ", probe->program);
		fprintf(out, "%s`%s...`", printed ? ", or " : "", probe->finding);
		if (*probe->said)
			fprintf(out, ": \"%s\"", probe->said);
		printed = probe->program;
	}
	fputc('\n', out);
}

static void describe_quirks(FILE *out)
{
	fputs("\n## Quirks: what the kernel's own files do differently\n\n"
	      "With `--kernel`, known deviations from the strict contract are measured at the "
	      "start, by the programs\nbelow, then predicted, and do not stop the run; "
	      "`--strict` makes findings of them. One that a file's\ngeneration cannot have is "
	      "never taken for a quirk. To see one: put the program in a file, then\n"
	      "`./pinprick replay --strict --kernel DIR FILE`. What \"by hand\" means, [kernels.md](kernels.md) says.\n", out);
	for (const struct quirk *quirk = quirks; quirk->name; quirk++) {
		fprintf(out, "\n### %s\n\n%c%s (contract %s).\n\n- Seen in the files of: %s\n"
			     "- Drivers in the tree that reach it: %s\n",
			quirk->name, quirk->sentence[0] - 'a' + 'A', quirk->sentence + 1,
			quirk->row, quirk->files, quirk->drivers);
		print_probes(out, quirk);
	}
}

void describe_findings(FILE *out)
{
	fputs("<!-- SPDX-License-Identifier: GPL-2.0-only OR MIT -->\n\n# Findings\n\n"
	      "<!-- Made from harness/rules.def by harness/describe_findings.c: change those "
	      "instead. -->\n\n"
	      "A finding is an oracle's complaint. Its id is `oracle.rule@op/generation`: the "
	      "judge, the rule\nthat was broken, the op during which that was seen (`end`: after "
	      "the last one), and the kind of\nsystem under test. It never holds an address, a "
	      "line or a process number, so that the same bug\nhas the same id everywhere.\n\n"
	      "The rows are those of [contract.md](contract.md). Each rule is proved by a "
	      "deliberately wrong core in\n`tests/wrong/` or `bugs/`, whose patch names the findings that it "
	      "brings about; what only drivers or\nthreads can break, in `tests/guest/` and "
	      "`tests/stress/`.\n",
	      out);
	for (size_t i = 0; i < sizeof(oracles) / sizeof(oracles[0]); i++) {
		fprintf(out, "\n## %s\n\n%s\n", oracles[i].name, oracles[i].story);
		oracle_table(out, oracles[i].name);
	}
	describe_quirks(out);
}

UNINSTRUMENTED_END
