/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * campaign: lanes in turn, each for a slice of the time, until it is over; killed at any
 * moment, the same command goes on where the journal ends.
 */
#include "cli/campaign.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "cli/campaign_run.h"
#include "cli/interrupt.h"
#include "cli/keep.h"
#include "cli/kernels.h"
#include "harness/random.h"

#define ROUNDS	       4 /* each lane gets so many slices, or more where they would be too long */
#define SLICE_LEAST    5 /* seconds */
#define SLICE_MOST     600
#define USUAL_SECONDS  3600
#define FAILURES_LEAST 3

/* What the trees are, which the script knows: a changed file is another campaign. */
#define IDENTITY_VARIABLE "PINPRICK_IDENTITY"

const struct lane lanes[] = {
#define LANE(name, flavour, words) { name, flavour, words },
#include "cli/lanes.def"
	{ NULL, NULL, NULL },
};

static const struct lane *find_lane(const char *name, size_t length)
{
	for (const struct lane *lane = lanes; lane->name; lane++)
		if (!strncmp(lane->name, name, length) && !lane->name[length])
			return lane;
	return NULL;
}

/* Those of a list with commas; all where there is none. */
static void choose_lanes(struct campaign *c, const char *list)
{
	if (!list) {
		for (const struct lane *lane = lanes; lane->name; lane++)
			c->lanes[c->lane_count++] = lane;
		return;
	}
	for (size_t length; *list; list += length + (list[length] == ',')) {
		const struct lane *lane;

		length = strcspn(list, ",");
		lane = find_lane(list, length);
		if (!lane) {
			complain("there is no lane '%.*s'; there are", (int)length, list);
			for (lane = lanes; lane->name; lane++)
				fprintf(stderr, "  %s\n", lane->name);
			exit(EXIT_USAGE);
		}
		if (c->lane_count < LANES_MAX)
			c->lanes[c->lane_count++] = lane;
	}
}

static void print_lanes(FILE *out, const struct campaign *c)
{
	for (unsigned int i = 0; i < c->lane_count; i++)
		fprintf(out, "%s%s", i ? "," : "", c->lanes[i]->name);
}

static void print_suts(FILE *out, const struct cli *cli)
{
	for (unsigned int i = 0; i < cli->sut_count; i++)
		fprintf(out, "%s%s", i ? "," : "", cli->suts[i]->name);
}

static const char *identity(void)
{
	const char *given = getenv(IDENTITY_VARIABLE);

	return given ? given : "";
}

static void print_begin(FILE *out, const struct campaign *c)
{
	fprintf(out, "campaign\t%lld\t%llu\t%u\t", (long long)time(NULL),
		(unsigned long long)c->cli->seed, c->cli->seconds);
	print_lanes(out, c);
	fputc('\t', out);
	print_suts(out, c->cli);
	fprintf(out, "\t%s\ncommand\t", identity());
	report_verb_command(out, c->cli);
	if (c->cli->only)
		fprintf(out, " --only=%s", c->cli->only);
	report_suts(out, c->cli);
	fputc('\n', out);
	for (unsigned int i = 0; i < c->cli->sut_count; i++)
		if (c->cli->suts[i]->origin)
			fprintf(out, "origin\t%s\t%s\t%s\n", c->cli->suts[i]->name,
				c->cli->suts[i]->generation, c->cli->suts[i]->origin);
}

static void print_resume(FILE *out, const struct campaign *c)
{
	fprintf(out, "resume\t%lld\t%u\t", (long long)time(NULL), c->log.seconds);
	print_lanes(out, c);
	fputc('\n', out);
}

static void write_journal(struct campaign *c, void (*print)(FILE *out, const struct campaign *c))
{
	struct text text;
	FILE *out = text_open(&text);
	char *lines;
	int code;

	print(out, c);
	fputc('\n', out); /* for the one that goes */
	lines = text_close(&text, out);
	code = journal_append(c->journal, lines, strlen(lines));
	free(lines);
	if (code != EXIT_CLEAN)
		exit(code);
	campaign_log_read(&c->log, c->journal);
}

/* Is the journal's campaign still under way, with this code? */
static bool goes_on(const struct campaign *c)
{
	struct text text;
	FILE *out = text_open(&text);
	char *chosen;
	bool same;

	print_suts(out, c->cli);
	chosen = text_close(&text, out);
	same = c->log.begin && !strcmp(c->log.suts, chosen);
	free(chosen);
	if (!same || c->log.done)
		return false;
	if (!strcmp(c->log.identity, identity()))
		return true;
	fputs("the code has changed since the last campaign began: a new one begins\n", say);
	return false;
}

static void begin(struct campaign *c, const char *list)
{
	const struct cli *cli = c->cli;

	campaign_log_read(&c->log, c->journal);
	if (c->log.torn)
		complain("%u line(s) of %s are torn, as after a kill, and left out", c->log.torn,
			 path_short(c->journal));
	if (goes_on(c)) {
		choose_lanes(c, list ? list : c->log.lanes);
		c->log.seconds = cli->time_given ? cli->seconds : c->log.seconds;
		fputs("going on after ", say);
		campaign_print_time(say, campaign_spent(&c->log));
		fputs(" of ", say);
		campaign_print_time(say, c->log.seconds);
		fprintf(say, " and %u slice%s\n", c->log.slice_count,
			c->log.slice_count == 1 ? "" : "s");
		write_journal(c, print_resume);
	} else {
		choose_lanes(c, list);
		if (cli->seconds < c->lane_count * SLICE_LEAST)
			fail(EXIT_USAGE,
			     "with %u s for each lane at least, of which there are %u, it takes "
			     "%u s: give more time with --for, or choose some with --only",
			     SLICE_LEAST, c->lane_count, c->lane_count * SLICE_LEAST);
		write_journal(c, print_begin);
	}
}

/* Where it keeps its journal; locked until this process ends. */
static void open_folder(struct campaign *c)
{
	char name[80];
	int code, lock;

	sut_folder(c->cli->suts[0], name);
	path_make(c->folder, "%s/work/campaigns/%s", cli_root(), name);
	path_make(c->journal, "%s/journal", c->folder);
	if (strpbrk(c->folder, "\t\n"))
		fail(EXIT_USAGE, "a campaign's journal cannot name %s: it has a tab or a line end",
		     c->folder);
	code = keep_folder(c->folder);
	if (code != EXIT_CLEAN)
		exit(code);
	lock = open(c->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock >= 0 && !flock(lock, LOCK_EX | LOCK_NB))
		return;
	if (errno == EWOULDBLOCK)
		fail(EXIT_NOT_RUN,
		     "another campaign is at work in %s: wait for it, or end it; it loses nothing",
		     path_short(c->folder));
	fail(EXIT_IO, "cannot lock %s: %s", c->folder, strerror(errno));
}

/* The next of its lanes; one that was killed comes again. */
static const struct lane *next_lane(const struct campaign *c)
{
	const struct campaign_slice *last =
		c->log.slice_count ? &c->log.slices[c->log.slice_count - 1] : NULL;
	const struct lane *lane;

	if (!last)
		return c->lanes[0];
	lane = find_lane(last->lane, strlen(last->lane));
	for (unsigned int i = 0; i < c->lane_count; i++)
		if (c->lanes[i] == lane)
			return c->lanes[last->end ? (i + 1) % c->lane_count : i];
	return c->lanes[0];
}

/* How long the next slice is, so that all lanes get about the same; 0: the time is over. */
static unsigned int next_seconds(const struct campaign *c)
{
	double left = c->log.seconds - campaign_spent(&c->log);
	unsigned int ended = 0, come;
	double share;

	for (unsigned int i = 0; i < c->log.slice_count; i++)
		ended += c->log.slices[i].end != 0;
	come = ended < ROUNDS * c->lane_count ? ROUNDS * c->lane_count - ended : 1;
	share = left / come;
	share = share < SLICE_LEAST ? SLICE_LEAST : share > SLICE_MOST ? SLICE_MOST : share;
	/* Starts take time, too; still, each lane has its turn. */
	if (ended < c->lane_count)
		return (unsigned int)share;
	/* No sliver at the end. */
	if (left < share + SLICE_LEAST)
		share = left;
	return share < SLICE_LEAST / 2.0 ? 0 : (unsigned int)share;
}

/* Did each lane fail to run, the last time, and that not by chance? */
static bool all_fail(const struct campaign *c, unsigned int since)
{
	unsigned int failed = 0;

	for (unsigned int i = c->log.slice_count; i-- > since;) {
		if (c->log.slices[i].exit < EXIT_NOT_RUN)
			return false;
		failed++;
	}
	return failed >= c->lane_count && failed >= FAILURES_LEAST;
}

static int run(struct campaign *c)
{
	struct random rng = random_seeded(c->log.seed + c->log.slice_count);
	unsigned int first = c->log.slice_count, seconds;
	int code;

	while ((seconds = next_seconds(c))) {
		code = campaign_slice(c, next_lane(c), seconds, random_next(&rng) >> 1);
		if (interrupted)
			return EXIT_INTERRUPTED;
		if (code == EXIT_CANNOT_CREATE || code == EXIT_IO)
			fail(code,
			     "the campaign stops, and what it had is there: once there is room on the disk "
			     "and the folder can be written to, the same command goes on");
		if (all_fail(c, first))
			break;
	}
	return campaign_verdict(&c->log);
}

static void end(struct campaign *c, int code)
{
	char line[64];

	if (code != EXIT_INTERRUPTED) {
		snprintf(line, sizeof(line), "done\t%lld\t%d\n", (long long)time(NULL), code);
		journal_append(c->journal, line, strlen(line));
	}
	campaign_conclude(c->cli, &c->log, c->folder, code);
}

int verb_campaign(const struct cli *given)
{
	static struct campaign c;
	struct cli cli = *given;
	int code;

	if (!cli.time_given)
		cli.seconds = USUAL_SECONDS;
	c.cli = &cli;
	interrupt_catch(0);
	open_folder(&c);
	begin(&c, cli.only);
	campaign_check(&c);
	fprintf(say, "campaign on %s in %u lane%s for ", c.log.suts, c.lane_count,
		c.lane_count == 1 ? "" : "s");
	campaign_print_time(say, c.log.seconds);
	fprintf(say, "; seed %llu\nthis campaign writes to %s\n", (unsigned long long)c.log.seed,
		path_short(c.folder));
	kernels_announce(&cli, say, "");
	code = run(&c);
	end(&c, code);
	return code;
}
