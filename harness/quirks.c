/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "harness/quirks.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/minimize.h"
#include "shim/instrument.h"

UNINSTRUMENTED_BEGIN

const struct quirk quirks[] = {
#define QUIRK(bit, name, row, sentence, files, drivers) \
	{ QUIRK_##name, #name, row, sentence, files, drivers },
#include "shim/feature.def"
	{ 0, NULL, NULL, NULL, NULL, NULL }
};

#define ISOLATED "pinprick program 1\np0 = alloc\nenqueue b0 p0\np0 = isolate f0\n"

#define NO_CALLBACK                                                                            \
	"pinprick program 1\nworld no_callback=b0\np0 = alloc\nenqueue b0 p0\np0 = isolate f0\n" \
	"misuse migrate p0 -> f1\n"
#define POSITIVE ISOLATED "misuse migrate p0 -> f1 host=1\n"

/* The first that fits a program is taken; the contract does not say how a core refuses. */
const struct quirk_probe quirk_probes[] = {
	{ QUIRK_node_left, FEATURE_migration | FEATURE_node_pages, 0,
	  ISOLATED "migrate p0 -> f40\n",
	  "state.nodes@migrate/", "node 0's balloon pages changed by 1, not 0" },
	{ QUIRK_node_leak, FEATURE_migration | FEATURE_node_pages | FEATURE_core_moves, 0,
	  ISOLATED "migrate p0 -> f1 host=-ENOENT\n",
	  "state.nodes@migrate/", "node 0's balloon pages changed by 1, not 0" },
	{ QUIRK_null_callback, FEATURE_migration, 0, NO_CALLBACK, "sanitizer.", "" },
	{ QUIRK_own_refusal, FEATURE_migration, 0, NO_CALLBACK, "model.", "" },
	{ QUIRK_positive_result, FEATURE_migration | FEATURE_core_moves, 0, POSITIVE,
	  "model.result@migrate/", "returned 0, not -22" },
	/* There the driver's result is nobody's business but page migration's. */
	{ QUIRK_positive_result, FEATURE_migration, FEATURE_core_moves, POSITIVE,
	  "migrate.result@migrate/", "the owner's migration of f0 returned 1" },
	{ QUIRK_own_refusal, FEATURE_migration, 0, POSITIVE, "model.", "" },
	{ QUIRK_own_refusal, FEATURE_migration, 0, POSITIVE, "migrate.result@migrate/", "" },
	{ QUIRK_dangling_link, 0, 0,
	  "pinprick program 1\np0 = alloc\nenqueue b0 p0\np0 = dequeue b0\n",
	  "state.list@dequeue/", "f0 should not be on a list" },
	{ QUIRK_bug_under_lock, 0, 0,
	  "pinprick program 1\nmisuse p0 = dequeue b0\n",
	  "lock.report@dequeue/", "the core gives up while" },
	{ QUIRK_bug_under_lock, FEATURE_page_lock, 0,
	  "pinprick program 1\np0 = alloc\np1 = get f0\nlock p1\nmisuse enqueue b0 p0\n",
	  "lock.report@enqueue/", "the core gives up while" },
	{ 0, 0, 0, NULL, NULL, NULL }
};

#define SUTS_MEASURED 256

static struct {
	const struct sut *sut;
	unsigned int quirks;
} measured[SUTS_MEASURED];
static unsigned int measured_count;
static bool strict;

void quirks_strict(void)
{
	strict = true;
}

unsigned int sut_features(const struct sut *sut)
{
	if (sut->origin && !strict)
		for (unsigned int i = 0; i < measured_count; i++)
			if (measured[i].sut == sut)
				return sut->features | measured[i].quirks;
	return sut->features;
}

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

/* What a strict run of a program ends in.  False where none could be made. */
static bool run_strictly(const struct sut *sut, const char *text, struct verdict *v)
{
	static struct program p;
	struct run_options options = { .full_checks = true };
	struct parse_error error;

	if (!program_parse(&p, text, strlen(text), &error)) {
		fprintf(stderr, "pinprick: the program that shows a quirk: %u:%u: %s\n", error.line,
			error.column, error.message);
		abort();
	}
	return run_in_child(sut, &p, &options, NULL, v);
}

/* Can this sut have the probe's quirk, and is that what its program ended in? */
static bool fits(const struct sut *sut, const struct quirk_probe *probe, const struct verdict *v)
{
	return (sut->features & (probe->needs | probe->without)) == probe->needs &&
	       begins(v->finding.id, probe->finding) && begins(v->finding.text, probe->said);
}

/* The children's sanitizers have nothing to say that anybody should read. */
static int hush(void)
{
	int saved = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (null >= 0) {
		dup2(null, STDERR_FILENO);
		close(null);
	}
	return saved;
}

bool quirks_measure(const struct sut *sut)
{
	const char *known = NULL; /* the program that has shown its quirk */
	unsigned int found = 0;
	struct verdict v;
	bool ran = true;
	int saved;

	if (!sut->origin || strict || sut_features(sut) != sut->features)
		return true;
	saved = hush();
	for (const struct quirk_probe *probe = quirk_probes; probe->program && ran; probe++) {
		if (known && !strcmp(known, probe->program))
			continue;
		ran = run_strictly(sut, probe->program, &v);
		if (!ran || !fits(sut, probe, &v))
			continue;
		found |= probe->bit;
		known = probe->program;
	}
	if (saved >= 0) {
		dup2(saved, STDERR_FILENO);
		close(saved);
	}
	if (ran && measured_count < SUTS_MEASURED) {
		measured[measured_count].sut = sut;
		measured[measured_count++].quirks = found;
	}
	return ran;
}

UNINSTRUMENTED_END
