/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Proves the judges: each wrong core is found out by the oracles that its patch
 * names, one after the other as they are switched off, and by no other; and
 * every rule of harness/rules.def is proved by one of them.
 *
 * Usage: wrong_test [PATCH...], in the project's folder.  With names, only these.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/diff.h"
#include "harness/minimize.h"
#include "harness/rules.h"
#include "shim/poison.h"
#include "tests/wrong/wrong.h"

#ifdef PINPRICK_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

static unsigned int passed, failed;
static bool proved[128];

static void judge(bool right, const struct wrong *w, const char *what, const char *got)
{
	if (right) {
		passed++;
		return;
	}
	failed++;
	printf("FAIL %s: %s: %s\n", w->name, what, got);
}

/* A finding that ends the process: only seen from outside. */
static bool is_deadly(const char *id)
{
	return !strncmp(id, "sanitizer.", 10) || !strncmp(id, "progress.timeout", 16);
}

/* Nobody needs to read a child's last words. */
static int quiet_start(void)
{
	int saved = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);

	dup2(null, STDERR_FILENO);
	close(null);
	return saved;
}

static void quiet_end(int saved)
{
	dup2(saved, STDERR_FILENO);
	close(saved);
}

static void run_quietly(const struct sut *sut, const struct program *p,
			const struct run_options *options, struct verdict *v)
{
	int saved = quiet_start();

	if (!run_in_child(sut, p, options, NULL, v))
		snprintf(v->finding.id, FINDING_ID, "no child");
	quiet_end(saved);
}

/* An id; "sanitizer.*@op" stands for any word of a sanitizer's. */
static bool same_id(const char *got, const char *want)
{
	size_t stem = strcspn(want, "*");

	if (!want[stem])
		return !strcmp(got, want);
	return !strncmp(got, want, stem) && !strcmp(got + strcspn(got, "@"), strchr(want, '@'));
}

static unsigned int oracle_bit(const char *id)
{
	size_t length = strcspn(id, ".");

	for (unsigned int i = 0; i < ORACLE_COUNT; i++)
		if (strlen(oracle_names[i]) == length && !strncmp(oracle_names[i], id, length))
			return 1u << i;
	return 0;
}

static const char *run(const struct sut *sut, const struct program *p, unsigned int off, bool full)
{
	static struct verdict v;
	static struct stats stats;
	struct run_options options = { .oracles_off = off, .full_checks = full };

	run_program(sut, p, &options, &stats, &v);
	return v.finding.id;
}

static const char *run_deadly(const struct wrong *w, unsigned int off)
{
	static struct verdict v;
	struct run_options options = { .oracles_off = off, .full_checks = true };

	run_quietly(w->sut, &w->program, &options, &v);
	return v.finding.id;
}

/* Whatever came before, the real core runs as in a new world: on every frame there is. */
static void check_world(const struct wrong *w)
{
	static struct program all;
	static uint64_t trace;
	static struct stats stats;
	struct run_options options = { .full_checks = true };
	struct verdict v;

	if (!all.count) {
		program_decode(&all, NULL, 0);
		for (unsigned int i = 0; i < PROGRAM_FRAMES; i++) {
			all.records[all.count++] = (struct record){ .op = OP_alloc };
			all.records[all.count++] = (struct record){ .op = OP_push };
		}
		all.records[all.count++] = (struct record){ .op = OP_list_enqueue };
	}
	run_program(sut_find("modern"), &all, &options, &stats, &v);
	if (!trace)
		trace = v.trace;
	judge(verdict_clean(&v) && v.trace == trace, w, "spoils the run after it",
	      verdict_clean(&v) ? "another trace" : v.finding.text);
}

static void prove(const char *id)
{
	const struct rule *rule = rule_find(id);

	if (rule)
		proved[rule - rules] = true;
}

/* The differential tells it from the real core, by whatever rule, and only from that. */
static void compare(const struct wrong *w)
{
	static struct stats agreed;
	static struct diff diff;
	const struct pair pair = { { w->real, w->sut } }, alike = { { w->real, w->real } };
	int saved = quiet_start();
	bool ran = diff_program(&pair, &w->program, true, true, &agreed, &diff);

	quiet_end(saved);
	judge(ran && diff.finding.id[0], w, "not told from the real core", "by the differential");
	prove(diff.finding.id);
	diff_program(&alike, &w->program, true, false, &agreed, &diff);
	judge(!diff.finding.id[0], w, "the real core differs from itself", diff.finding.text);
}

static void visit(const struct wrong *w)
{
	unsigned int off = 0;
	const char *got;
	char what[160];

	got = run(w->real, &w->program, 0, true);
	judge(!*got, w, "finding on the real core", got);
	compare(w);
	for (unsigned int i = 0; i < w->finds_count; i++) {
		const char *want = w->finds[i];

		got = is_deadly(want) ? run_deadly(w, off) : run(w->sut, &w->program, off, true);
		snprintf(what, sizeof(what), "finding %u should be %s, and is", i + 1, want);
		judge(same_id(got, want), w, what, *got ? got : "none");
		check_world(w);
		if (!same_id(got, want))
			return;
		prove(want);
		if (is_deadly(want))
			return;
		if (!i) {
			got = run(w->sut, &w->program, off, false);
			judge(*got, w, "not found by the usual checks", want);
		}
		off |= oracle_bit(want);
	}
	if (w->off_clean) {
		got = run(w->sut, &w->program, off, true);
		judge(!*got, w, "finding with those oracles off", got);
		check_world(w);
	}
}

int main(int argc, char **argv)
{
	static struct wrong w;

#ifdef PINPRICK_ASAN
	__sanitizer_set_death_callback(child_sanitizer_death);
#endif
	for (int i = 1; i < argc; i++) {
		wrong_load(&w, argv[i]);
		visit(&w);
	}
	if (argc < 2) {
		wrong_each(visit);
		for (size_t i = 0; i < rules_count; i++) {
			if (rules[i].guest)
				continue;
			passed += proved[i];
			failed += !proved[i];
			if (!proved[i])
				printf("FAIL %s: no wrong core proves it\n",
				       rules[i].id);
		}
	}
	printf("wrong cores: %u passed, %u failed\n", passed, failed);
	return failed ? 1 : 0;
}
