/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/drivers.h"
#include "cli/keep.h"
#include "cli/schedules.h"
#include "cli/status.h"
#include "cli/subject.h"

static double last_time;
static bool shown;

bool status_due(double seconds)
{
	if (seconds - last_time < (report_terminal() ? 1 : 10))
		return false;
	last_time = seconds;
	return true;
}

/* 1234567 as 1.2M: three digits are enough for a line that changes. */
void status_number(FILE *line, double n)
{
	if (n < 10000)
		fprintf(line, "%.0f", n);
	else if (n < 10000000)
		fprintf(line, "%.1fk", n / 1e3);
	else
		fprintf(line, "%.1fM", n / 1e6);
}

/* Rewritten in place; a line that wraps could not be. */
void status_show(const char *line)
{
	struct winsize window = { 0 };

	if (!report_terminal()) {
		fprintf(say, "%s\n", line);
	} else {
		ioctl(fileno(say), TIOCGWINSZ, &window);
		fprintf(say, "\r\033[K%.*s", window.ws_col > 1 ? window.ws_col - 1 : 79, line);
	}
	fflush(say);
	shown = true;
}

static void core_status(FILE *line, const struct tally *tally, unsigned int count)
{
	uint64_t ops = 0;

	for (unsigned int i = 0; i < count; i++)
		for (unsigned int op = 0; op < OP_COUNT; op++)
			ops += tally->stats[i].ran[op];
	status_number(line, (double)ops);
	fputs(" ops; transitions", line);
	for (unsigned int i = 0; i < count; i++)
		fprintf(line, "%s %u/%u", i ? "," : "", tally->transitions[i], tally->possible[i]);
}

void status_print(const struct cli *cli, const struct tally *tally, const char *corpus)
{
	static uint64_t last_runs;
	static double last_seconds;
	uint64_t runs = 0;
	unsigned int files = 0, percent;
	struct run_subject subject;
	char name[SUBJECT_NAME], folder[PATH_MAX];
	char *text;
	size_t size;
	FILE *line = open_memstream(&text, &size);

	if (!line)
		return;
	for (unsigned int i = 0; i < cli->sut_count; i++) {
		runs += tally->stats[i].runs;
		subject = subject_at(cli, i);
		subject_name(&subject, name);
		path_make(folder, "%s/%s%s", corpus, subject_kind(cli), name);
		files += keep_count(folder);
	}
	percent = (unsigned int)(100 * tally->seconds / cli->seconds);
	fprintf(line, "%3u %%, %.0f s left; ", percent < 100 ? percent : 100,
		tally->seconds < cli->seconds ? cli->seconds - tally->seconds : 0);
	status_number(line, (double)(runs - last_runs) / (tally->seconds - last_seconds));
	fputs("/s; ", line);
	if (cli->drivers)
		drivers_status(line, tally, cli->sut_count);
	else if (cli->schedules)
		schedules_status(line, tally, cli->sut_count);
	else
		core_status(line, tally, cli->sut_count);
	fprintf(line, "; corpus %u", files);
	fclose(line);
	status_show(text);
	free(text);
	last_runs = runs;
	last_seconds = tally->seconds;
}

void status_clear(void)
{
	if (shown && report_terminal())
		fputs("\r\033[K", say);
	fflush(say);
}
