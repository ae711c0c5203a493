/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The good trees of this folder as systems under test, in both configurations:
 * they have the quirks that they should and no others, and with these the whole
 * corpus is clean on them.  Then the spoiled ones: a line of a tree's file is
 * changed (CMakeLists.txt), and a program of the corpus must find it.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/minimize.h"
#include "harness/program.h"
#include "harness/quirks.h"
#include "shim/poison.h"
#include "tests/wrong/wrong.h"

#define CLASSIC_QUIRKS (QUIRK_dangling_link | QUIRK_bug_under_lock)
#define MOVING_QUIRKS  (QUIRK_null_callback | QUIRK_positive_result)

static const struct {
	const char *tree;
	unsigned int quirks, when_moving; /* the latter: with page migration only */
} trees[] = {
	{ "no-list-calls", QUIRK_bug_under_lock, MOVING_QUIRKS },
	{ "inode", CLASSIC_QUIRKS, MOVING_QUIRKS },
	{ "node-counters", CLASSIC_QUIRKS, MOVING_QUIRKS | QUIRK_node_left },
	{ "page-type", CLASSIC_QUIRKS, MOVING_QUIRKS | QUIRK_node_left },
	{ "global-lock", CLASSIC_QUIRKS, MOVING_QUIRKS | QUIRK_node_left | QUIRK_node_leak },
	{ "new-list-macro", CLASSIC_QUIRKS, MOVING_QUIRKS | QUIRK_node_left | QUIRK_node_leak },
	{ "new-idioms", CLASSIC_QUIRKS, MOVING_QUIRKS | QUIRK_node_left },
};

static const struct {
	const char *sut, *finding; /* as its id begins */
} spoiled[] = {
#ifdef PINPRICK_ASAN
	{ "spoiled-writes-freed", "sanitizer." },
#else
	{ "spoiled-writes-freed", "ledger.refs@alloc/classic" },
#endif
	{ "spoiled-at-tail", "state.list@enqueue/" },
	{ "spoiled-no-event", "state.events@list_dequeue/" },
	{ "spoiled-keeps-type", "page.free-typed@" },
	{ "spoiled-keeps-mark", "page.free-mapping@" },
	{ "spoiled-unlocked", "lock.not-held@enqueue/" },
	{ "spoiled-puts-early", "lock.put@migrate/" },
	{ "spoiled-not-registered", "migrate.unregistered@" },
};

static glob_t corpus;
static unsigned int passed, failed;

static void judge(bool right, const char *name, const char *what, const char *more)
{
	passed += right;
	failed += !right;
	if (!right)
		printf("FAIL %s: %s%s\n", name, what, more);
}

static const struct sut *find(const char *name)
{
	const struct sut *sut = sut_find(name);

	if (!sut || !quirks_measure(sut)) {
		fprintf(stderr, "%s: is not built in, or no process could be started\n", name);
		exit(3);
	}
	return sut;
}

static void run(const struct sut *sut, const char *path, struct verdict *v)
{
	struct run_options options = { .full_checks = true };
	static struct program p;
	struct parse_error error;
	size_t size;
	char *text = file_text(path, &size);

	if (!program_parse(&p, text, size, &error) || !run_in_child(sut, &p, &options, NULL, v)) {
		fprintf(stderr, "%s: is no program, or cannot be run\n", path);
		exit(3);
	}
	free(text);
}

static void check_good(const char *tree, const char *suffix, unsigned int want)
{
	struct verdict v;
	const struct sut *sut;
	char name[64], got[64];

	snprintf(name, sizeof(name), "tree-%s%s", tree, suffix);
	sut = find(name);
	snprintf(got, sizeof(got), "%#x, not %#x", sut_features(sut) & ~sut->features, want);
	judge((sut_features(sut) & ~sut->features) == want, name, "has the quirks ", got);
	for (size_t i = 0; i < corpus.gl_pathc; i++) {
		run(sut, corpus.gl_pathv[i], &v);
		judge(!*v.finding.id, name, corpus.gl_pathv[i], v.finding.id);
	}
}

static void check_spoiled(const char *name, const char *finding)
{
	const struct sut *sut = find(name);
	bool found = false;
	struct verdict v;

	for (size_t i = 0; i < corpus.gl_pathc && !found; i++) {
		run(sut, corpus.gl_pathv[i], &v);
		found = !strncmp(v.finding.id, finding, strlen(finding));
	}
	if (!found)
		printf("%s: the last program finds '%s'\n", name, v.finding.id);
	judge(found, name, "no program of the corpus finds ", finding);
}

int main(void)
{
	if (glob("corpus/*.txt", 0, NULL, &corpus)) {
		fputs("no corpus here\n", stderr);
		return 3;
	}
	for (size_t i = 0; i < sizeof(trees) / sizeof(trees[0]); i++) {
		check_good(trees[i].tree, "", trees[i].quirks | trees[i].when_moving);
		check_good(trees[i].tree, "-off", trees[i].quirks);
	}
	for (size_t i = 0; i < sizeof(spoiled) / sizeof(spoiled[0]); i++)
		check_spoiled(spoiled[i].sut, spoiled[i].finding);
	printf("trees: %u passed, %u failed\n", passed, failed);
	return failed ? 1 : 0;
}
