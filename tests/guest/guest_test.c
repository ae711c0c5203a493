/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Proves the judges of guests: each wrong driver is found out by the rule that
 * it breaks, and the right one in its place is not; and the drivers themselves,
 * by seeds with a story and by random programs, on every core.
 *
 * Usage: guest_test [PROGRAMS], in the project's folder: so many random
 * programs on each core.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/make_drivers.h"
#include "guest/run_drivers.h"
#include "harness/rules.h"
#include "tests/guest/wrong_drivers.h"

#define SEED_FOLDER "corpus/drivers"
#define FIRST_LINE  "pinprick program 1\n"

/* Floors: a tenth of what the seeds had when this was written. */
enum { FAULT_POINTS = 52, FAULT_PAIRS = 297 };

static unsigned int passed, failed;
static struct driver_faults faults; /* of all seeds, on all suts */
static bool proved[128];

static void judge(bool right, const char *name, const char *what, const char *got)
{
	if (right) {
		passed++;
		return;
	}
	failed++;
	printf("FAIL %s: %s: %s\n", name, what, got);
}

static void prove(const char *id)
{
	const struct rule *rule = rule_find(id);

	if (rule)
		proved[rule - rules] = true;
}

static void parse(struct program *p, const char *name, const char *text)
{
	struct parse_error error;

	if (program_parse(p, text, strlen(text), &error))
		return;
	printf("%s: line %u, column %u: %s\n", name, error.line, error.column, error.message);
	exit(1);
}

static struct verdict verdict;

static const char *run(const char *sut, const struct program *p,
		       const struct driver_options *options)
{
	static struct stats stats;

	run_drivers(sut_find(sut), p, options, &stats, &verdict);
	return verdict.finding.id;
}

static void try_wrong(const struct wrong_driver *wrong)
{
	const struct driver *table[] = { drivers[0], drivers[1], drivers[2], drivers[3], NULL };
	struct driver driver = *drivers[wrong->place];
	const struct driver_options ours = { .as_is = false };
	const struct driver_options theirs = { .as_is = wrong->as_is, .drivers = table };
	char text[512] = FIRST_LINE;
	struct program p;
	const char *got;

	if (wrong->driver.inflate)
		driver.inflate = wrong->driver.inflate;
	if (wrong->driver.deflate)
		driver.deflate = wrong->driver.deflate;
	if (wrong->driver.migrate)
		driver.migrate = wrong->driver.migrate;
	if (wrong->driver.oom)
		driver.oom = wrong->driver.oom;
	if (wrong->driver.remove)
		driver.remove = wrong->driver.remove;
	table[wrong->place] = &driver;
	strncat(text, wrong->program, sizeof(text) - strlen(text) - 1);
	parse(&p, wrong->name, text);
	got = run(wrong->sut, &p, &ours);
	judge(!*got, wrong->name, "finding with the right driver", got);
	got = run(wrong->sut, &p, &theirs);
	judge(!strcmp(got, wrong->finding), wrong->name, wrong->finding, *got ? got : "no finding");
	if (wrong->as_is)
		judge(strstr(verdict.finding.text, "as in the kernel, row B") != NULL, wrong->name,
		      "names its row", verdict.finding.text);
	prove(got);
	got = run(wrong->sut, &p, &ours);
	judge(!*got, wrong->name, "spoils the run after it", got);
}

/* Every program of the folder runs clean on every core, whatever its drivers. */
static void try_seed(const char *file)
{
	const struct driver_options ours = { .as_is = false };
	char path[256], text[4096];
	struct program p;
	size_t size;
	FILE *in;

	snprintf(path, sizeof(path), SEED_FOLDER "/%s", file);
	in = fopen(path, "r");
	if (!in) {
		perror(path);
		exit(1);
	}
	size = fread(text, 1, sizeof(text) - 1, in);
	fclose(in);
	text[size] = 0;
	parse(&p, path, text);
	judge(strstr(text, "\n# ") != NULL, path, "has no story", "");
	for (unsigned int i = 0; suts[i]; i++) {
		const char *got = run(suts[i]->name, &p, &ours);

		judge(!*got, path, suts[i]->name, got);
		driver_faults(suts[i], &p, NULL, &faults);
	}
}

/* What goes wrong only where memory runs out: no run of the seeds without faults shows it. */
static unsigned int inflate_without_looking(struct guest_device *device, unsigned int units)
{
	unsigned int done = driver_virtio.inflate(device, units);

	return done ? units : 0;
}

static void prove_faults(void)
{
	const struct driver forgetful = { "virtio",
					  "",
					  inflate_without_looking,
					  driver_virtio.deflate,
					  driver_virtio.migrate,
					  driver_virtio.oom,
					  NULL,
					  NULL,
					  driver_virtio.remove };
	const struct driver *table[] = { drivers[0], &forgetful, drivers[2], drivers[3], NULL };
	const struct driver_options wrong = { .drivers = table };
	struct driver_faults found = { 0 };
	struct program p;

	parse(&p, "faults", FIRST_LINE "attach b0 virtio\ninflate b0 3\n");
	judge(!*run("modern", &p, &wrong), "inflate without looking", "is found without a fault",
	      "");
	driver_faults(sut_find("modern"), &p, table, &found);
	judge(found.complaints && strstr(found.first.id, "driver.result@inflate/"),
	      "inflate without looking", "no fault shows it", found.first.id);
	judge(faults.points >= FAULT_POINTS && faults.pairs >= FAULT_PAIRS, SEED_FOLDER, "faults",
	      "hardly any");
	judge(!faults.complaints, SEED_FOLDER, "with faults", faults.first.id);
	judge(!faults.astray, SEED_FOLDER, "with faults", "another run before the fault");
	printf("faults: %u points, %u pairs, %u runs\n", faults.points, faults.pairs, faults.runs);
}

static unsigned int try_seeds(void)
{
	DIR *folder = opendir(SEED_FOLDER);
	unsigned int count = 0;
	struct dirent *entry;

	if (!folder) {
		perror(SEED_FOLDER);
		exit(1);
	}
	while ((entry = readdir(folder)))
		if (strstr(entry->d_name, ".txt")) {
			try_seed(entry->d_name);
			count++;
		}
	closedir(folder);
	return count;
}

static uint64_t sum(const uint64_t *counters, unsigned int count)
{
	uint64_t all = 0;

	while (count--)
		all += counters[count];
	return all;
}

static void print_finding(const struct program *p, const struct verdict *v)
{
	printf("%s\nrecord %u of:\n", v->finding.text, v->finding.record);
	program_print(stdout, p);
}

/* Nothing of what drivers do is left out. */
static void check_work(const struct sut *sut, const struct stats *stats)
{
	bool migration = sut->features & FEATURE_migration;
	const uint64_t *did = stats->drivers;

	for (unsigned int op = OP_CORE_COUNT; op < OP_DRIVERS_END; op++)
		judge(stats->ran[op] > 0, sut->name, op_table[op].name, "never ran");
	judge(sum(stats->ran, OP_COUNT) * 3 > sum(stats->skipped, SKIP_COUNT) * 7, sut->name,
	      "seven of ten records run", "fewer");
	judge(did[DRIVER_COUNT_inflated] && did[DRIVER_COUNT_deflated] &&
		      did[DRIVER_COUNT_removed] && did[DRIVER_COUNT_nested],
	      sut->name, "pages go in and out", "none");
	judge(did[DRIVER_COUNT_refused_inflate] && did[DRIVER_COUNT_refused_deflate], sut->name,
	      "the host refuses", "never");
	judge(!migration == !did[DRIVER_COUNT_moved] && !migration == !did[DRIVER_COUNT_busy] &&
		      !migration == !did[DRIVER_COUNT_again],
	      sut->name, "pages move, or do not", "never");
	judge(!(sut->features & FEATURE_core_moves) == !did[DRIVER_COUNT_gone] || !migration,
	      sut->name, "pages go in migrations", "never");
	/* For pages that are isolated, or that somebody has locked. */
	judge(!did[DRIVER_COUNT_stayed] == !(migration || (sut->features & FEATURE_page_lock)),
	      sut->name, "a driver stays", "never");
}

static void try_random(const struct sut *sut, unsigned int programs)
{
	static const struct driver_options ours;
	static struct program p;
	static struct stats stats;
	struct verdict v, again;

	memset(&stats, 0, sizeof(stats));
	for (unsigned int i = 0; i < programs; i++) {
		drivers_generate(&p, 4 + i % 60, sut->features, i);
		if (i % 2)
			drivers_mutate(&p, sut->features, i);
		run_drivers(sut, &p, &ours, &stats, &v);
		judge(verdict_clean(&v), sut->name, "random program", v.finding.id);
		if (!verdict_clean(&v)) {
			print_finding(&p, &v);
			return;
		}
		if (i % 16)
			continue;
		run_drivers(sut, &p, &ours, &stats, &again);
		judge(v.trace == again.trace, sut->name, "runs alike", "another trace");
	}
	check_work(sut, &stats);
	printf("%s: %u programs\n ", sut->name, programs);
	for (unsigned int i = 0; i < DRIVER_COUNTER_COUNT; i++)
		printf(" %s %llu", driver_counter_names[i], (unsigned long long)stats.drivers[i]);
	putchar('\n');
}

int main(int argc, char **argv)
{
	static const char *const oracles[] = { "driver.", "host.", "cookie.", "ledger.frames",
					       "lock.reclaim" };
	unsigned int programs = argc > 1 ? (unsigned int)atoi(argv[1]) : 3000;

	for (const struct wrong_driver *wrong = wrong_drivers; wrong->name; wrong++)
		try_wrong(wrong);
	judge(try_seeds() > 5, SEED_FOLDER, "has seeds", "hardly any");
	prove_faults();
	for (unsigned int i = 0; suts[i]; i++)
		try_random(suts[i], programs);
	failed += audits(prove);
	failed += large_guests();
	for (size_t i = 0; i < rules_count; i++)
		for (size_t k = 0; k < sizeof(oracles) / sizeof(oracles[0]); k++)
			if (!strncmp(rules[i].id, oracles[k], strlen(oracles[k])))
				judge(proved[i], rules[i].id, "is not proved",
				      "by any wrong driver");
	printf("guests: %u passed, %u failed\n", passed, failed);
	return failed ? 1 : 0;
}
