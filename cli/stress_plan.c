/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/stress.h"
#include "guest/guest.h"
#include "stress/plan.h"

#define LEAST_SECONDS 2u /* of a part */

const char *const stress_call_names[CALL_COUNT] = {
#define X(name) #name,
	STRESS_CALLS(X)
#undef X
};

const char *const stress_role_names[ROLE_COUNT] = {
#define ROLE(name, ...) #name,
#include "stress/roles.def"
};

bool stress_sees_races(void)
{
	return !strcmp(FLAVOUR, "tsan");
}

/* The index of a word among names; fails with all of them where it is none. */
static unsigned int find_name(const char *word, size_t length, const char *const *names,
			      unsigned int count, const char *what)
{
	char all[1024] = "";

	for (unsigned int i = 0; i < count; i++) {
		if (strlen(names[i]) == length && !strncmp(names[i], word, length))
			return i;
		snprintf(all + strlen(all), sizeof(all) - strlen(all), " %s", names[i]);
	}
	fail(EXIT_USAGE, "there is no %s '%.*s'; there are%s", what, (int)length, word, all);
}

static unsigned int plan_roles(const struct cli *cli)
{
	unsigned int roles = cli->roles ? 0 : stress_usual_roles();

	for (const char *at = cli->roles; at && *at;) {
		size_t length = strcspn(at, ",");

		roles |= 1u << find_name(at, length, stress_role_names, ROLE_COUNT, "role");
		at += length + (at[length] == ',');
	}
	if (cli->corpus)
		roles |= 1u << ROLE_corpus;
	if (!(roles & ~(1u << ROLE_corpus)) && !cli->corpus)
		fail(EXIT_USAGE, "the role corpus needs --corpus");
	return roles;
}

static void plan_devices(const struct cli *cli, struct stress_config *config)
{
	const char *names[STRESS_DEVICES], *at = cli->devices ? cli->devices : "4";
	unsigned int count = 0;
	char *end;
	unsigned long n = strtoul(at, &end, 10);

	while (drivers[count])
		names[count] = drivers[count]->name, count++;
	if (!*end) {
		if (!n || n > STRESS_DEVICES)
			fail(EXIT_USAGE, "1 to %d devices, not %s", STRESS_DEVICES, at);
		stress_usual_devices(config, (unsigned int)n);
		return;
	}
	while (*at) {
		size_t length = strcspn(at, ",");

		if (config->devices == STRESS_DEVICES)
			fail(EXIT_USAGE, "no more than %d devices", STRESS_DEVICES);
		config->drivers[config->devices++] = find_name(at, length, names, count, "driver");
		at += length + (at[length] == ',');
	}
}

/* Where pages cannot move there is less to find: a third of the others' time. */
static void plan_time(struct stress_run *run)
{
	const struct cli *cli = run->cli;
	unsigned int shares = 0;

	for (unsigned int i = 0; i < cli->sut_count; i++)
		shares += cli->suts[i]->features & FEATURE_migration ? 3 : 1;
	for (unsigned int i = 0; i < cli->sut_count; i++) {
		unsigned int share = cli->suts[i]->features & FEATURE_migration ? 3 : 1;
		unsigned int seconds = cli->seconds * share / shares;

		run->parts[i].sut = i;
		run->parts[i].seconds = seconds < LEAST_SECONDS ? LEAST_SECONDS : seconds;
	}
}

void stress_plan(struct stress_run *run)
{
	const struct cli *cli = run->cli;
	struct stress_config *config = &run->config;
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned int usual = cores > 1 ? (unsigned int)cores * 2 : 2;

	config->seed = cli->seed;
	config->threads = cli->threads		    ? cli->threads
			  : usual > STRESS_CONTEXTS ? STRESS_CONTEXTS
						    : usual;
	config->frames = cli->pages ? cli->pages : STRESS_PAGES;
	config->as_is = cli->as_is;
	config->roles = plan_roles(cli);
	if (!strcmp(FLAVOUR, "plain"))
		config->stack = STRESS_STACK;
	plan_devices(cli, config);
	stress_plan_by_seed(config);
	plan_time(run);
}

struct stress_config stress_part_config(const struct stress_run *run,
					const struct stress_part *part)
{
	struct stress_config config = run->config;

	config.features = sut_features(run->cli->suts[part->sut]);
	config.seconds = part->seconds;
	config.seed += run->round;
	if (run->cli->corpus)
		path_make(config.corpus, "%s/corpus", run->folder);
	return config;
}

void stress_print_guest(FILE *out, const struct stress_run *run)
{
	const struct stress_config *config = &run->config;

	fputs("devices", out);
	for (unsigned int i = 0; i < config->devices; i++)
		fprintf(out, "%s b%u %s%s%s", i ? "," : "", i, drivers[config->drivers[i]]->name,
			config->units[i] > 1 ? " (64 KiB pages)" : "",
			config->adjust & 1u << i ? " adjusting managed pages" : "");
	fprintf(out, "%s; roles", config->as_is ? "; drivers as they are in the kernel" : "");
	for (unsigned int i = 0; i < ROLE_COUNT; i++)
		if (config->roles & 1u << i)
			fprintf(out, " %s", stress_role_names[i]);
	fputc('\n', out);
}

void stress_announce(const struct stress_run *run)
{
	const struct stress_config *config = &run->config;
	const struct cli *cli = run->cli;

	fputs("stressing", say);
	for (unsigned int i = 0; i < cli->sut_count; i++) {
		fprintf(say, "%s %s", i ? "," : "", cli->suts[i]->name);
		fprintf(say, " for %u s", run->parts[i].seconds);
	}
	fprintf(say, "%s; %u threads, %u pages; %s, %s; seed %llu\n",
		cli->until_finding ? ", again and again until there is a finding" : "",
		config->threads, config->frames, FLAVOUR, COMPILER,
		(unsigned long long)config->seed);
	stress_print_guest(say, run);
	if (cli->corpus)
		fprintf(say, "corpus: %u programs on threads\n", run->programs);
	if (!stress_sees_races())
		fprintf(say, "%s sees no data races; --flavour tsan does\n", FLAVOUR);
	fprintf(say, "this run writes to %s\n", path_short(run->folder));
	fflush(say);
}
