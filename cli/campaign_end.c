/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <string.h>

#include "cli/campaign.h"
#include "cli/status.h"

void campaign_print_time(FILE *out, double seconds)
{
	unsigned int n = (unsigned int)(seconds + 0.5);

	if (n < 120)
		fprintf(out, "%u s", n);
	else if (n < 7200 && n % 60)
		fprintf(out, "%u m %u s", n / 60, n % 60);
	else if (n < 7200)
		fprintf(out, "%u m", n / 60);
	else if (n / 60 % 60)
		fprintf(out, "%u h %u m", n / 3600, n / 60 % 60);
	else
		fprintf(out, "%u h", n / 3600);
}

struct lane_sum campaign_lane(const struct campaign_log *log, const char *name, size_t length)
{
	struct lane_sum sum = { .name = name, .unit = "" };

	for (unsigned int i = 0; i < log->slice_count; i++) {
		const struct campaign_slice *slice = &log->slices[i];

		if (strncmp(slice->lane, name, length) || slice->lane[length] || !slice->end)
			continue;
		sum.slices++;
		sum.seconds += slice->seconds;
		sum.proved += slice->exit == EXIT_CLEAN || slice->exit == EXIT_FINDING;
		sum.exit = slice->exit;
		for (unsigned int j = 0; j < slice->did_count; j++) {
			sum.count += slice->did[j].count;
			sum.unit = slice->did[j].unit;
		}
	}
	return sum;
}

int campaign_verdict(const struct campaign_log *log)
{
	int code = log->finding_count ? EXIT_FINDING : EXIT_CLEAN;

	for (const char *at = log->lanes; code != EXIT_FINDING && *at;) {
		size_t length = strcspn(at, ",");
		struct lane_sum sum = campaign_lane(log, at, length);

		if (sum.exit >= EXIT_NOT_RUN && sum.exit != EXIT_INTERRUPTED)
			code = EXIT_NOT_RUN;
		else if (!sum.proved && code == EXIT_CLEAN)
			code = EXIT_NOTHING;
		at += length + (at[length] == ',');
	}
	/* Of what nobody could run again. */
	for (unsigned int i = 0; i < log->slice_count; i++)
		if (log->slices[i].exit == EXIT_FINDING)
			code = EXIT_FINDING;
	return code;
}

static void print_lanes(const struct campaign_log *log)
{
	for (const char *at = log->lanes; *at;) {
		size_t length = strcspn(at, ",");
		struct lane_sum sum = campaign_lane(log, at, length);

		fprintf(say, "  %-20.*s %3u slice%s %6.0f s %12llu %-9s ", (int)length, at,
			sum.slices, sum.slices == 1 ? " " : "s", sum.seconds,
			(unsigned long long)sum.count, sum.unit);
		status_number(say, sum.seconds > 0 ? (double)sum.count / sum.seconds : 0);
		fprintf(say, "/s; %s\n",
			sum.exit >= EXIT_NOT_RUN && sum.exit != EXIT_INTERRUPTED
				? "could not run, the last time"
			: sum.proved		       ? "ok"
			: sum.exit == EXIT_INTERRUPTED ? "interrupted"
			: sum.slices		       ? "proved nothing"
						       : "had no turn");
		at += length + (at[length] == ',');
	}
}

static void print_findings(const struct campaign_log *log)
{
	for (unsigned int i = 0; i < log->finding_count; i++) {
		const struct campaign_finding *f;
		unsigned int times = 0;

		if (!campaign_is_first(log, i))
			continue;
		for (unsigned int j = i; j < log->finding_count; j++)
			if (!strcmp(log->findings[j].id, log->findings[i].id))
				times += log->findings[j].times;
		f = &log->findings[campaign_smallest(log, i)];
		fprintf(say, "  %s, %u times, first by %s\n    run it again: %s\n", f->id, times,
			log->slices[log->findings[i].slice].lane, f->again);
	}
}

static void json(const struct campaign_log *log, const char *folder, int code)
{
	bool first = true;

	printf("{\"verb\": \"campaign\", \"verdict\": \"%s\", \"exit\": %d, \"seed\": %llu, "
	       "\"seconds\": %.1f, \"slices\": %u, \"suts\": ",
	       report_verdict_word(code), code, (unsigned long long)log->seed, campaign_spent(log),
	       log->slice_count);
	json_string(stdout, log->suts);
	fputs(", \"folder\": ", stdout);
	json_string(stdout, folder);
	fputs(", \"findings\": [", stdout);
	for (unsigned int i = 0; i < log->finding_count; i++) {
		const struct campaign_finding *f;

		if (!campaign_is_first(log, i))
			continue;
		f = &log->findings[campaign_smallest(log, i)];
		fputs(first ? "{\"id\": " : ", {\"id\": ", stdout);
		first = false;
		json_string(stdout, f->id);
		fputs(", \"sut\": ", stdout);
		json_string(stdout, f->sut);
		fputs(", \"file\": ", stdout);
		json_string(stdout, f->file);
		fputs(", \"again\": ", stdout);
		json_string(stdout, f->again);
		putchar('}');
	}
	puts("]}");
}

void campaign_conclude(const struct cli *cli, const struct campaign_log *log, const char *folder,
		       int code)
{
	char what[64];

	snprintf(what, sizeof(what), "%u slice%s in %.0f s", log->slice_count,
		 log->slice_count == 1 ? "" : "s", campaign_spent(log));
	fputc('\n', say);
	report_verdict(cli, code, what);
	print_lanes(log);
	print_findings(log);
	fprintf(say, "  %-13s%llu\n  %-13s%s\n", "seed", (unsigned long long)log->seed, "written",
		path_short(folder));
	if (cli->json)
		json(log, folder, code);
	fputs(code == EXIT_INTERRUPTED ? "go on: " : "run it again: ", say);
	fprintf(say, "%s --for=%us", log->command ? log->command : "pinprick campaign",
		log->seconds);
	if (code != EXIT_INTERRUPTED)
		fprintf(say, " --seed=%llu", (unsigned long long)log->seed);
	fputs("\na page of it: ./pinprick report\n", say);
}
