/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The trace hash: the same each time, in every flavour and with every compiler
 * (tests/golden/traces.txt), and another one where anything that a run lets be
 * seen is altered: the wrong cores that say "trace: differs", with all oracles
 * off.
 *
 * Usage: trace_test [--write], in the project's folder.  --write makes the
 * golden file anew: after a change to a program, to what is traced, or to what
 * the cores are meant to do.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/wrong/wrong.h"

#define GOLDEN	    "tests/golden/traces.txt"
#define ALL_ORACLES ((1u << ORACLE_COUNT) - 1)

static unsigned int passed, failed, altered_cores;

static void judge(bool right, const char *name, const char *what)
{
	passed += right;
	failed += !right;
	if (!right)
		printf("FAIL %s: %s\n", name, what);
}

static uint64_t trace_of(const struct sut *sut, const struct program *p, unsigned int off,
			 char id[FINDING_ID])
{
	static struct stats stats;
	struct run_options options = { .oracles_off = off };
	struct verdict v;

	run_program(sut, p, &options, &stats, &v);
	snprintf(id, FINDING_ID, "%s", v.finding.id);
	return v.trace;
}

static void load(struct program *p, const char *path)
{
	struct parse_error error;
	size_t size;
	char *text = file_text(path, &size);

	if (!program_parse(p, text, size, &error)) {
		fprintf(stderr, "%s:%u:%u: %s\n", path, error.line, error.column, error.message);
		exit(3);
	}
	free(text);
}

/* The line of one program on one sut, and that it comes out four times alike. */
static void add_line(FILE *lines, const struct sut *sut, const char *path, const struct program *p)
{
	char id[FINDING_ID];
	uint64_t trace = trace_of(sut, p, 0, id);
	bool same = true;

	judge(!*id, path, id);
	for (unsigned int i = 0; i < 3; i++)
		same &= trace_of(sut, p, 0, id) == trace;
	judge(same, path, "not the same trace four times");
	/* Judges look on: without them nothing else happens. */
	judge(trace_of(sut, p, ALL_ORACLES, id) == trace, path, "another trace without oracles");
	fprintf(lines, "%016llx %s %s\n", (unsigned long long)trace, sut->name, path);
}

static const char *const traced[] = { "modern", "modern-off", "classic", "classic-off" };

static void add_lines(FILE *lines, const char *pattern)
{
	static struct program p;
	glob_t found;

	if (glob(pattern, 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		load(&p, found.gl_pathv[i]);
		for (unsigned int sut = 0; sut < sizeof(traced) / sizeof(traced[0]); sut++)
			add_line(lines, sut_find(traced[sut]), found.gl_pathv[i], &p);
	}
	globfree(&found);
}

static void write_golden(const char *lines)
{
	FILE *out = fopen(GOLDEN, "w");

	if (!out || fputs(lines, out) < 0 || fclose(out)) {
		perror(GOLDEN);
		exit(3);
	}
}

/* Both ways, so that it is said which program it is. */
static void compare(char *lines, const char *others, const char *what)
{
	char *rest, copy[512];

	for (char *line = strtok_r(lines, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		snprintf(copy, sizeof(copy), "%s\n", line);
		judge(strstr(others, copy), line, what);
	}
}

static void check_altered(const struct wrong *w)
{
	char id[2][FINDING_ID];
	uint64_t real, altered;

	if (!w->trace_differs)
		return;
	real = trace_of(w->real, &w->program, ALL_ORACLES, id[0]);
	altered = trace_of(w->sut, &w->program, ALL_ORACLES, id[1]);
	judge(!*id[0] && !*id[1], w->name, "a finding with all oracles off");
	altered_cores++;
	judge(real != altered, w->name, "the same trace as the real core's");
}

int main(int argc, char **argv)
{
	char *lines, *copy, *golden;
	size_t size;
	FILE *out = open_memstream(&lines, &size);

	add_lines(out, "tests/trace/*.txt");
	add_lines(out, "corpus/*.txt");
	fclose(out);
	if (argc > 1 && !strcmp(argv[1], "--write"))
		write_golden(lines);
	golden = file_text(GOLDEN, &size);
	copy = strdup(lines);
	if (!copy)
		return 3;
	compare(copy, golden, "this trace does not stand in " GOLDEN);
	compare(golden, lines, "this line of " GOLDEN " is of no program now");
	if (failed)
		printf("If that is meant so: %s --write\n", argv[0]);
	wrong_each(check_altered);
	judge(altered_cores, WRONG_FOLDER, "no wrong core says \"trace: differs\"");
	printf("traces: %u passed, %u failed\n", passed, failed);
	free(lines);
	free(copy);
	free(golden);
	return failed ? 1 : 0;
}
