/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/columns.h"
#include "cli/drivers.h"
#include "cli/engines.h"
#include "cli/kernels.h"
#include "cli/quiet.h"
#include "cli/report.h"
#include "cli/schedules.h"
#include "harness/minimize.h"
#include "harness/rules.h"
#include "harness/transitions.h"

/* A longer program is shown around its failing record only. */
#define SHOWN_WHOLE  40
#define SHOWN_BEFORE 12

static uint8_t possible[SUTS_MAX][CELL_COUNT];

struct listed_finding *finding_list_add(struct finding_list *list, const struct finding *finding,
					const struct run_subject *subject, const char *file)
{
	for (unsigned int i = 0; i < list->count; i++)
		if (subject_same(&list->at[i].subject, subject) &&
		    !strcmp(list->at[i].finding.id, finding->id))
			return NULL;
	if (list->count == FINDINGS_MAX)
		return NULL;
	list->at[list->count].finding = *finding;
	list->at[list->count].subject = *subject;
	list->at[list->count].times = 1;
	snprintf(list->at[list->count].file, PATH_MAX, "%s", file);
	return &list->at[list->count++];
}

void tally_possible(const struct cli *cli, struct tally *tally)
{
	for (unsigned int i = 0; i < cli->sut_count; i++) {
		struct run_subject subject = subject_at(cli, i);

		tally->possible[i] = subject_possible(&subject, possible[i]);
	}
}

bool tally_is_possible(unsigned int index, unsigned int cell)
{
	return possible[index][cell];
}

void tally_transitions(const struct cli *cli, struct tally *tally)
{
	for (unsigned int i = 0; i < cli->sut_count; i++) {
		tally->transitions[i] = 0;
		for (unsigned int cell = 0; cell < CELL_COUNT; cell++)
			tally->transitions[i] += possible[i][cell] && tally->stats[i].cells[cell];
	}
}

static uint64_t sum(const uint64_t *counters, size_t count)
{
	uint64_t total = 0;

	while (count--)
		total += counters[count];
	return total;
}

static void row(const char *name)
{
	fprintf(say, "  %-13s", name);
}

static void print_subject(const struct cli *cli, unsigned int i, const char *after)
{
	struct run_subject subject = subject_at(cli, i);
	char name[SUBJECT_NAME];

	subject_name(&subject, name);
	fprintf(say, "%s%s", name, after);
}

/* Possible transitions that were not seen, and seen ones that the search did not find. */
static void print_missing(const struct cli *cli, const struct tally *tally)
{
	for (unsigned int i = 0; i < cli->sut_count; i++)
		for (unsigned int cell = 0; cell < CELL_COUNT; cell++) {
			bool seen = tally->stats[i].cells[cell];

			if (seen == possible[i][cell])
				continue;
			row(seen ? "not foreseen" : "not reached");
			print_subject(cli, i, ": ");
			transition_print(say, cell);
			fputc('\n', say);
		}
}

static bool only_drivers(const struct stats *all)
{
	return all->runs && all->runs == all->drivers[DRIVER_COUNT_programs];
}

void report_workload(const struct cli *cli, const struct tally *tally)
{
	struct stats all = { 0 };
	uint64_t ran, skipped;

	for (unsigned int i = 0; i < cli->sut_count; i++)
		stats_add(&all, &tally->stats[i]);
	ran = sum(all.ran, OP_COUNT);
	skipped = sum(all.skipped, SKIP_COUNT);

	row("programs");
	fprintf(say, "%llu%s", (unsigned long long)all.runs, *cli->others ? " agreed" : "");
	if (all.ended_alike)
		fprintf(say, ", %llu ended by a finding that both have",
			(unsigned long long)all.ended_alike);
	if (all.ended_by_bug)
		fprintf(say, ", %llu ended by a BUG they asked for",
			(unsigned long long)all.ended_by_bug);
	fputc('\n', say);
	row(*cli->others ? "steps agreed" : "ops run");
	fprintf(say, "%llu of %llu records\n", (unsigned long long)ran,
		(unsigned long long)(ran + skipped));
	if (all.left_out) {
		row("left out");
		fprintf(say, "%llu: the two differ there, by contract or by quirk\n",
			(unsigned long long)all.left_out);
	}
	for (unsigned int op = 0; cli->verbose && op < OP_COUNT; op++)
		if (all.ran[op])
			fprintf(say, "    %-13s%llu\n", op_table[op].name,
				(unsigned long long)all.ran[op]);
	row("skipped");
	for (unsigned int i = 0; i < SKIP_COUNT; i++)
		fprintf(say, "%s%s %llu", i ? ", " : "", skip_names[i],
			(unsigned long long)all.skipped[i]);
	fputc('\n', say);
	if (all.drivers[DRIVER_COUNT_programs])
		drivers_workload(&all);
	if (all.schedules)
		schedules_workload(&all);
	/* Of programs for the core. */
	for (unsigned int i = 0; !only_drivers(&all) && !all.schedules && i < cli->sut_count; i++) {
		if (!i)
			row("transitions");
		print_subject(cli, i, "");
		fprintf(say, " %u of %u%s", tally->transitions[i], tally->possible[i],
			i + 1 < cli->sut_count ? ", " : "\n");
	}
	row("faults fired");
	/* Drivers' callbacks answer by themselves. */
	for (unsigned int i = 1; i < (only_drivers(&all) ? FAULT_callback : FAULT_COUNT); i++)
		fprintf(say, "%s%s %llu", i > 1 ? ", " : "", fault_names[i],
			(unsigned long long)all.fired[i]);
	fputc('\n', say);
	if (tally->seconds > 0) {
		row("rate");
		fprintf(say, "%.0f programs/s, %.0f ops/s\n", (double)all.runs / tally->seconds,
			(double)ran / tally->seconds);
	}
	if (tally->stability > 0) {
		row("stability");
		fprintf(say, "%.2f %%, in %llu executions by the engine's own count\n",
			tally->stability, (unsigned long long)tally->executions);
	}
	if (cli->verbose && !only_drivers(&all) && !all.schedules)
		print_missing(cli, tally);
}

const char *path_short(const char *path)
{
	char here[PATH_MAX];
	size_t length;

	if (!getcwd(here, sizeof(here)))
		return path;
	length = strlen(here);
	return !strncmp(path, here, length) && path[length] == '/' ? path + length + 1 : path;
}

FILE *text_open(struct text *text)
{
	FILE *out = open_memstream(&text->at, &text->size);

	if (!out)
		fail(EXIT_OS, "no memory");
	return out;
}

char *text_close(struct text *text, FILE *out)
{
	if (fclose(out))
		fail(EXIT_OS, "no memory");
	if (text->size && text->at[text->size - 1] == '\n')
		text->at[text->size - 1] = 0;
	return text->at;
}

void report_word(FILE *out, const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_./:=@%+,-";

	if (*word && strspn(word, plain) == strlen(word)) {
		fputs(word, out);
		return;
	}
	fputc('\'', out);
	for (; *word; word++)
		fputs(*word == '\'' ? "'\\''" : (char[]){ *word, 0 }, out);
	fputc('\'', out);
}

/* What the script pinprick needs to build this very program again. */
static void print_build_options(FILE *out, const char *usual)
{
	const char *folder = strrchr(cli_folder(), '/') + 1;
	const char *own = strstr(folder, "-own-"), *kernel = strstr(folder, "-kernel-");
	/* The script runs it in <flavour>.run-<word> (cmake/running.sh); replays take any engine's.
	 */
	const char *end = own ? own : kernel ? kernel : folder + strcspn(folder, ".");
	const char *flavour = strncmp(folder, "afl-", 4) ? folder : folder + 4;
	int length = (int)(end - flavour);
	char tree[PATH_MAX];

	if (strncmp(flavour, usual, (size_t)length))
		fprintf(out, " --flavour=%.*s", length, flavour);
	if (own) {
		fputs(" --sut-source=", out);
		report_word(out, path_short(SUT_SOURCE));
	}
	/* Both suts of a tree have it. */
	for (unsigned int i = 0; kernel && suts[i]; i++)
		if (kernel_tree(suts[i], tree) && !strstr(suts[i]->name, "-off")) {
			fputs(" --kernel=", out);
			report_word(out, path_short(tree));
		}
}

/* The start of a command line: the script, or this program where the script is not (false). */
static bool print_command(FILE *out, const struct cli *cli, const char *verb)
{
	char script[PATH_MAX];
	const char *shown;

	path_make(script, "%s/pinprick", cli_root());
	shown = path_short(script);
	if (access(script, X_OK)) {
		fprintf(out, "pinprick-cli %s%s", verb, cli->strict ? " --strict" : "");
		return false;
	}
	fputs(strchr(shown, '/') ? "" : "./", out);
	report_word(out, shown);
	fprintf(out, " %s", verb);
	print_build_options(out,
			    strcmp(verb, "stress") && strcmp(verb, "explore") ? "asan" : "tsan");
	fputs(cli->strict ? " --strict" : "", out);
	return true;
}

void report_command(FILE *out, const struct cli *cli, const char *verb,
		    const struct run_subject *subject, const char *file)
{
	print_command(out, cli, subject->other ? "diff" : verb);
	fputs(cli->as_is ? " --as-is" : "", out);
	fprintf(out, " --sut=%s%s%s ", subject->sut->name, subject->other ? "," : "",
		subject->other ? subject->other->name : "");
	report_word(out, path_short(file));
	fputc('\n', out);
}

/* What runs without --sut: all suts, but by the script only the added ones where there are such. */
static bool default_suts(const struct cli *cli, bool added_only)
{
	unsigned int count = 0;

	for (unsigned int i = 0; suts[i]; i++) {
		if (added_only && !sut_is_added(suts[i]))
			continue;
		if (count == cli->sut_count || cli->suts[count++] != suts[i])
			return false;
	}
	return count == cli->sut_count;
}

static bool by_script;

void report_verb_command(FILE *out, const struct cli *cli)
{
	by_script = print_command(out, cli, cli->verb);
}

void report_suts(FILE *out, const struct cli *cli)
{
	bool added = false;

	for (unsigned int i = 0; suts[i]; i++)
		added |= sut_is_added(suts[i]);
	if (default_suts(cli, by_script && added))
		return;
	for (unsigned int i = 0; i < cli->sut_count; i++)
		fprintf(out, "%s%s", i ? "," : " --sut=", cli->suts[i]->name);
}

void report_fuzz_command(FILE *out, const struct cli *cli)
{
	report_verb_command(out, cli);
	fprintf(out, "%s%s%s", fuzz_engine->option,
		cli->drivers	 ? " --drivers"
		: cli->schedules ? " --schedules"
				 : "",
		cli->as_is ? " --as-is" : "");
	fprintf(out, " --for=%us --seed=%llu --jobs=%u", cli->seconds,
		(unsigned long long)cli->seed, cli->jobs);
	if (!*cli->others)
		report_suts(out, cli);
	else if (cli->sut_given)
		fprintf(out, " --sut=%s,%s", cli->suts[0]->name, cli->others[0]->name);
	fputc('\n', out);
}

bool report_terminal(void)
{
	const char *term = getenv("TERM");

	return isatty(fileno(say)) && term && strcmp(term, "dumb");
}

bool report_colour(void)
{
	const char *off = getenv("NO_COLOR");

	return report_terminal() && !(off && *off);
}

static bool before_first(const struct finding *finding)
{
	return strstr(finding->id, "@start/");
}

static void print_records(const struct program *p, const struct finding *finding)
{
	unsigned int first = 0, end = p->count, failing = finding->record;
	bool start = before_first(finding);

	if (start)
		fprintf(say, "->       (before the first record)\n");
	if (p->count > SHOWN_WHOLE) {
		first = failing > SHOWN_BEFORE ? failing - SHOWN_BEFORE : 0;
		end = failing + 2 < p->count ? failing + 2 : p->count;
	}
	if (first)
		fprintf(say, "       ... %u records before\n", first);
	for (unsigned int i = first; i < end; i++) {
		fprintf(say, "%s %4u  %s", i == failing && !start ? "->" : "  ", i + 1,
			p->records[i].how & HOW_NESTED ? "  " : "");
		record_print(say, &p->records[i]);
		fputc('\n', say);
	}
	if (end < p->count)
		fprintf(say, "       ... %u records after\n", p->count - end);
	if (failing >= p->count)
		fprintf(say, "->       (after the last record)\n");
}

/* The program as it runs, each op with what came of it; only its surroundings where it is long. */
static void print_run(const struct run_subject *subject, const struct program *p,
		      const struct finding *finding)
{
	FILE *trace, *out;
	struct verdict v;
	int loud, fd;

	program_print_world(say, p);
	if (p->count > SHOWN_WHOLE) {
		print_records(p, finding);
		return;
	}
	/* Under --json, say is the standard error that is about to go quiet. */
	fd = fcntl(fileno(say), F_DUPFD_CLOEXEC, 3);
	trace = fd < 0 ? NULL : fdopen(fd, "w");
	out = trace ? trace : say;
	/* Whatever kills the child, its trace is out. */
	setvbuf(out, NULL, _IOLBF, 0);
	loud = quiet_start();
	subject_judge(subject, p, out, NULL, &v);
	quiet_end(loud);
	if (trace)
		fclose(trace);
	/* What killed the child came before the op's line. */
	if ((!strncmp(finding->id, "sanitizer.", 10) ||
	     !strncmp(finding->id, "progress.timeout", 16)) &&
	    finding->record < p->count) {
		fprintf(say, "%4u  ", finding->record + 1);
		record_print(say, &p->records[finding->record]);
		fprintf(say, "  <== %s\n", finding->id);
	}
}

void report_finding(const struct run_subject *subject, const struct program *p,
		    const struct finding *finding, const char *file)
{
	const struct rule *rule = rule_find(finding->id);
	char name[SUBJECT_NAME];

	subject_name(subject, name);
	fprintf(say, "\n%sfinding %s%s on %s, ", report_colour() ? "\033[1;31m" : "", finding->id,
		report_colour() ? "\033[0m" : "", name);
	if (before_first(finding))
		fprintf(say, "before the first record\n");
	else if (finding->record >= p->count)
		fprintf(say, "after the last record\n");
	else
		fprintf(say, "record %u of %u\n", finding->record + 1, p->count);
	if (rule)
		fprintf(say, "  rule: %s (contract %s)\n", rule->sentence, rule->row);
	fputs("  seen: ", say);
	for (const char *c = finding->text; *c; c++)
		fputs(*c == '\n' ? "\n        " : (char[]){ *c, 0 }, say);
	fputs("\n\n", say);
	if (subject->other)
		columns_print(subject, p);
	else
		print_run(subject, p, finding);
	fputc('\n', say);
	if (!file) {
		fprintf(say, "the program, which could not be written to a file:\n");
		program_print(say, p);
	}
}

const char *report_verdict_word(int code)
{
	return code == EXIT_CLEAN	  ? "clean"
	       : code == EXIT_FINDING	  ? "finding"
	       : code == EXIT_NOTHING	  ? "proved nothing"
	       : code == EXIT_INTERRUPTED ? "interrupted"
					  : "failed";
}

void report_verdict(const struct cli *cli, int code, const char *what)
{
	const char *word = report_verdict_word(code);
	const char *paint = code == EXIT_CLEAN ? "\033[1;32m" : "\033[1;31m";

	fprintf(say, "%s%s%s: %s on", report_colour() ? paint : "", word,
		report_colour() ? "\033[0m" : "", what);
	for (unsigned int i = 0; i < cli->sut_count; i++) {
		fputs(i ? ", " : " ", say);
		print_subject(cli, i, "");
	}
	fputc('\n', say);
}
