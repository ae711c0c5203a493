/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The committed corpus: every seed is readable, canonical and clean, tells its
 * story and has a cell of the transition table to itself; together they reach
 * every possible cell, and every H row of the contract is told or excused.
 *
 * Usage: corpus_test [FOLDER [CONTRACT]]
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/model.h"
#include "harness/run.h"
#include "harness/transitions.h"

#define SEEDS_MAX      256
#define CORPUS_BYTES   (64u << 10)
#define STORY_BYTES    40 /* no sentence is shorter */
#define RUNS	       4
#define SUTS 4

struct seed {
	char *path, *text;
	size_t size;
	struct program program;
	bool regression; /* stays whatever else covers it */
	uint8_t cells[SUTS][CELL_COUNT];
};

static struct seed seeds[SEEDS_MAX];
static unsigned int seed_count, passed, failed;

static void judge(bool right, const char *name, const char *what)
{
	passed += right;
	failed += !right;
	if (!right)
		printf("FAIL %s: %s\n", name, what);
}

/* The whole of a file and a zero after it. */
static char *read_text(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	char *text = malloc(CORPUS_BYTES + 1);

	if (!file || !text) {
		perror(path);
		exit(3);
	}
	*size = fread(text, 1, CORPUS_BYTES, file);
	text[*size] = 0;
	fclose(file);
	return text;
}

static void load(const char *folder, const char *pattern, bool regression)
{
	char path[4096];
	glob_t found;

	snprintf(path, sizeof(path), "%s/%s", folder, pattern);
	if (glob(path, 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc && seed_count < SEEDS_MAX; i++) {
		struct seed *seed = &seeds[seed_count++];

		seed->path = strdup(found.gl_pathv[i]);
		seed->text = read_text(seed->path, &seed->size);
		seed->regression = regression;
	}
	globfree(&found);
}

static char *print(const struct program *p)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		exit(3);
	program_print(out, p);
	fclose(out);
	return text;
}

/* The text without its comments and what stands before them. */
static char *without_comments(const char *text)
{
	char *plain = calloc(1, strlen(text) + 1), *to = plain;

	if (!plain)
		exit(3);
	while (*text) {
		size_t line = strcspn(text, "\n"), length = strcspn(text, "#\n");

		if (length < line)
			while (length && (text[length - 1] == ' ' || text[length - 1] == '\t'))
				length--;
		memcpy(to, text, length);
		to += length;
		/* A line that is nothing but a comment leaves nothing. */
		if (text[line] && (length || !line))
			*to++ = '\n';
		text += line + !!text[line];
	}
	return plain;
}

static void check_format(struct seed *seed)
{
	struct program decoded;
	uint8_t bytes[PROGRAM_BYTES];
	char *plain = without_comments(seed->text), *printed = print(&seed->program), *again;

	judge(!strcmp(plain, printed), seed->path, "is not written as pinprick prints it");
	program_decode(&decoded, bytes, program_encode(&seed->program, bytes));
	again = print(&decoded);
	judge(!strcmp(printed, again), seed->path, "is another program after a way through bytes");
	free(plain);
	free(printed);
	free(again);
}

/* Adds a comment line to a story, unless it is not for readers. */
static void tell(const char *line, size_t size, size_t *story, bool *sentence)
{
	if (size > 6 && !strncmp(line, "# SPDX", 6))
		return;
	*story += size - 1;
	for (size_t i = 1; i < size; i++)
		*sentence |= line[i] == '.' && (i + 1 == size || line[i + 1] == ' ');
}

/* The comment after the first line. */
static void check_story(const struct seed *seed)
{
	const char *line = strchr(seed->text, '\n');
	size_t story = 0;
	bool sentence = false;

	while (line && line[1] == '#') {
		tell(line + 1, strcspn(line + 1, "\n"), &story, &sentence);
		line = strchr(line + 1, '\n');
	}
	judge(sentence && story >= STORY_BYTES, seed->path, "tells no story after its first line");
}

static uint64_t run(const struct seed *seed, const struct sut *sut, bool full, struct stats *stats,
		    struct finding *finding)
{
	struct run_options options = { .full_checks = full };
	struct verdict v;

	memset(stats, 0, sizeof(*stats));
	run_program(sut, &seed->program, &options, stats, &v);
	*finding = v.finding;
	return v.trace;
}

/* Returns how many of its lines were skipped. */
static uint64_t check_run(struct seed *seed, unsigned int number)
{
	const struct sut *sut = suts[number];
	static struct stats stats;
	struct finding finding;
	uint64_t trace = run(seed, sut, true, &stats, &finding), skipped = 0;
	bool same = true;

	judge(!*finding.id, seed->path, *finding.id ? finding.id : "clean");
	for (unsigned int i = 1; i < RUNS; i++) {
		static struct stats ignored;

		same &= run(seed, sut, i % 2, &ignored, &finding) == trace && !*finding.id;
	}
	judge(same, seed->path, "not the same trace each time");
	for (unsigned int cell = 0; cell < CELL_COUNT; cell++)
		seed->cells[number][cell] |= stats.cells[cell] != 0;
	for (unsigned int i = 0; i < SKIP_COUNT; i++)
		skipped += stats.skipped[i];
	return skipped;
}

static void check_seed(struct seed *seed)
{
	struct parse_error error;
	bool all_ran = false;

	if (!program_parse(&seed->program, seed->text, seed->size, &error)) {
		printf("%s:%u:%u: %s\n", seed->path, error.line, error.column, error.message);
		judge(false, seed->path, "is no program");
		return;
	}
	judge(seed->size < CORPUS_BYTES, seed->path, "is too long");
	check_format(seed);
	check_story(seed);
	for (unsigned int number = 0; suts[number]; number++)
		all_ran |= !check_run(seed, number);
	if (!seed->regression)
		judge(all_ran, seed->path, "has lines that are skipped on every sut");
}

/* How many seeds reach a cell: the last of them, too. */
static unsigned int reached_by(unsigned int number, unsigned int cell, unsigned int *last)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < seed_count; i++) {
		if (seeds[i].regression || !seeds[i].cells[number][cell])
			continue;
		*last = i;
		count++;
	}
	return count;
}

/* Every possible cell is reached, and every seed is needed for one. */
static void check_cells(void)
{
	static uint8_t possible[CELL_COUNT];
	bool needed[SEEDS_MAX] = { false };
	unsigned int last = 0;

	for (unsigned int number = 0; suts[number]; number++) {
		const char *name = suts[number]->name;
		unsigned int count = transitions_possible(suts[number]->features, possible);
		unsigned int missing = 0;

		for (unsigned int cell = 0; cell < CELL_COUNT; cell++) {
			unsigned int reached = reached_by(number, cell, &last);

			if (reached == 1)
				needed[last] = true;
			if (!possible[cell] || reached)
				continue;
			fputs("missing: ", stdout);
			transition_print(stdout, cell);
			printf(", %s\n", name);
			missing++;
		}
		judge(count && !missing, name, "possible transitions are missing");
		printf("%s: %u of %u possible transitions\n", name, count - missing,
		       count);
	}
	for (unsigned int i = 0; i < seed_count; i++)
		if (!seeds[i].regression)
			judge(needed[i], seeds[i].path, "has no transition to itself");
}

/* Is this row named here, and not as the beginning of another? */
static bool names_row(const char *text, const char *row)
{
	size_t length = strlen(row);

	for (; (text = strstr(text, row)); text++)
		if (!strchr("0123456789b", text[length]) || !text[length])
			return true;
	return false;
}

/* Every H row of the contract is told by a seed, or the README says why none can. */
static void check_rows(const char *folder, const char *contract)
{
	char path[4096], row[16], excuse[24];
	unsigned int rows = 0;
	size_t size;
	char *text, *readme;

	snprintf(path, sizeof(path), "%s/README.md", folder);
	readme = read_text(path, &size);
	text = read_text(contract, &size);
	for (const char *line = text; line; line = strchr(line + 1, '\n')) {
		bool told = false;

		if (sscanf(line, "\n| %15[H0-9b] |", row) != 1 || row[0] != 'H')
			continue;
		rows++;
		for (unsigned int i = 0; i < seed_count; i++)
			told |= names_row(seeds[i].text, row);
		snprintf(excuse, sizeof(excuse), "\n| %s |", row);
		judge(told || strstr(readme, excuse), row,
		      "neither a seed nor the README tells it");
	}
	judge(rows >= 40, contract, "has lost its H rows");
	free(text);
	free(readme);
}

int main(int argc, char **argv)
{
	const char *folder = argc > 1 ? argv[1] : CORPUS_DIR;
	const char *contract = argc > 2 ? argv[2] : CONTRACT;
	size_t bytes = 0;

	load(folder, "*.txt", false);
	load(folder, "regressions/*.txt", true);
	judge(seed_count && seed_count < SEEDS_MAX, folder, "holds no programs, or too many");
	for (unsigned int i = 0; i < seed_count; i++) {
		check_seed(&seeds[i]);
		bytes += seeds[i].size;
	}
	judge(bytes <= CORPUS_BYTES, folder, "is larger than its limit");
	check_cells();
	check_rows(folder, contract);
	printf("corpus: %u programs, %zu bytes: %u passed, %u failed\n", seed_count, bytes, passed,
	       failed);
	return failed ? 1 : 0;
}
