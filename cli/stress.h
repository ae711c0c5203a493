/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * stress, in parts: stress_plan.c makes a plan of the command line, stress.c
 * runs and watches the engines, stress_report.c says what they did and whether
 * it was enough, stress_finding.c keeps and shows a finding.
 */
#ifndef PINPRICK_CLI_STRESS_H
#define PINPRICK_CLI_STRESS_H

#include "cli/report.h"
#include "stress/shared.h"

/* One sut's share of a run. */
struct stress_part {
	unsigned int sut; /* index into cli->suts */
	unsigned int seconds;
	struct stress_shared *shared; /* of the round under way, or the last; NULL: not started */
	struct stress_context before; /* sums of the rounds before that */
	uint64_t checkpoints_before;
	char log[PATH_MAX];
	double ran; /* seconds */
	bool late;  /* it did not end when it should have, and was killed */
	unsigned long memory_early,
		memory_late; /* resident KiB: after a minute or at half time; at the end */
};

struct stress_run {
	const struct cli *cli;
	struct stress_config config; /* of every part, but for what is the sut's own */
	char folder[PATH_MAX];	     /* of this run: logs, the corpus as bytes, the summary */
	struct stress_part parts[SUTS_MAX];
	unsigned int started, programs;
	unsigned int round; /* with --until-finding; its seed is that many on */
	double seconds;
	struct finding_list found;
};

/* The flavour with TSan: races are seen in no other. */
bool stress_sees_races(void);

/* Fills config and parts; exits where the command line makes no sense. */
void stress_plan(struct stress_run *run);
/* The first lines: what runs.  Of these, the guest and its roles. */
void stress_announce(const struct stress_run *run);
void stress_print_guest(FILE *out, const struct stress_run *run);
/* The config of one part. */
struct stress_config stress_part_config(const struct stress_run *run,
					const struct stress_part *part);

/* Sums over the contexts of a part, of all rounds. */
struct stress_context stress_sum(const struct stress_part *part);
/* All calls of the core in it. */
uint64_t stress_calls(const struct stress_context *sum);
/* The workload tables. */
void stress_workload(const struct stress_run *run);
/* Did every part do enough to prove anything?  Says what is missing. */
bool stress_proved(const struct stress_run *run);
void stress_json(FILE *out, const struct stress_run *run, int code);
/* The command that runs the same again. */
void stress_command(FILE *out, const struct stress_run *run, const struct stress_part *part);

/* Keeps a part's finding in a folder of its own and shows it.  Returns an exit code. */
int stress_settle(struct stress_run *run, struct stress_part *part, int status);

extern const char *const stress_call_names[CALL_COUNT];
extern const char *const stress_role_names[ROLE_COUNT];

#endif
