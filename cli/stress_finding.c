/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A finding of a stress run: threads cannot be replayed, so all that is known
 * of the last moments is kept: what each context did, the sanitizer's report in
 * words, and the command that looks for it again.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/journal.h"
#include "cli/keep.h"
#include "cli/kernels.h"
#include "cli/stress.h"
#include "harness/process.h"
#include "harness/rules.h"
#include "stress/engine.h"

#define LINE 1024

/* One of the two accesses of TSan's report. */
struct access {
	char what[64]; /* "Write of size 8" */
	char function[96], where[160];
};

/* Where the sources are that this program was built from, as compilers name them. */
static size_t source_root(void)
{
	return sizeof(__FILE__) - sizeof("cli/stress_finding.c");
}

/* "    #0 function file:line:column (module)": the function and the place. */
static bool read_frame(const char *line, char function[96], char where[160])
{
	const char *at = strchr(line, '#');
	size_t root = source_root();
	int skipped = 0;

	if (!at || sscanf(at, "#%*d %95s %n", function, &skipped) != 1 || !skipped)
		return false;
	at += skipped;
	if (!strncmp(at, __FILE__, root))
		at += root;
	snprintf(where, 160, "%.*s", (int)strcspn(at, " \n"), at);
	/* Without the column. */
	if (strrchr(where, ':') != strchr(where, ':'))
		*strrchr(where, ':') = 0;
	return true;
}

/* The code under test, not what stands around it. */
static bool is_core(const char *where)
{
	return strncmp(where, "shim/", 5) && strncmp(where, "stress/", 7) &&
	       strncmp(where, "harness/", 8) && strncmp(where, "guest/", 6);
}

/* The frame of an access that says most: the innermost of the core, else the innermost. */
static void read_access(FILE *log, struct access *a)
{
	char line[LINE], function[96], where[160];
	bool first = true;

	while (fgets(line, sizeof(line), log) && strchr(line, '#')) {
		if (!read_frame(line, function, where))
			continue;
		if (first || is_core(where)) {
			memcpy(a->function, function, sizeof(a->function));
			memcpy(a->where, where, sizeof(a->where));
		}
		first = false;
		if (is_core(where))
			break;
	}
}

/* TSan's report of a race in a sentence; false where the log has none. */
static bool race_in_words(const char *path, char *sentence, size_t size)
{
	struct access accesses[2] = { 0 };
	unsigned int count = 0;
	char line[LINE];
	FILE *log = fopen(path, "r");

	while (log && count < 2 && fgets(line, sizeof(line), log)) {
		const char *of = strstr(line, " of size ");

		if (!of || line[0] != ' ')
			continue;
		snprintf(accesses[count].what, sizeof(accesses[count].what), "%.*s",
			 (int)(of - line - 2), line + 2);
		read_access(log, &accesses[count++]);
	}
	if (log)
		fclose(log);
	if (count < 2)
		return false;
	snprintf(sentence, size, "%s by %s (%s); %s by %s (%s)", accesses[0].what,
		 accesses[0].function, accesses[0].where, accesses[1].what, accesses[1].function,
		 accesses[1].where);
	return true;
}

/* What a process ended with that could not say so itself. */
static void name_death(const struct stress_part *part, const struct sut *sut, int status)
{
	struct finding *finding = &part->shared->finding;
	const char *rule = part->late		 ? "progress.timeout"
			   : WIFSIGNALED(status) ? "sanitizer.signal"
						 : "sanitizer.death";

	if (part->shared->found == 2)
		return;
	snprintf(finding->id, sizeof(finding->id), "%s@run/%s", rule, sut->generation);
	if (part->late)
		snprintf(finding->text, sizeof(finding->text),
			 "the engine did not end in time, and was killed");
	else if (WIFSIGNALED(status))
		snprintf(finding->text, sizeof(finding->text), "the engine died of signal %d (%s)",
			 WTERMSIG(status), strsignal(WTERMSIG(status)));
	else
		snprintf(finding->text, sizeof(finding->text),
			 "the engine ended with wait status %#x", (unsigned int)status);
}

static void print_op(FILE *out, const struct stress_shared *s, const struct stress_op *op,
		     uint64_t last)
{
	double tick = s->ticks ? (double)s->nanoseconds / (double)s->ticks / 1000 : 0;

	fprintf(out, "    %9.1f us  %8.1f us  %-13s", -(double)(last - op->end) * tick,
		(double)(op->end - op->start) * tick, stress_call_names[op->call]);
	if (op->device != STRESS_NO_DEVICE)
		fprintf(out, " b%u", op->device);
	if (op->frame != STRESS_NO_FRAME)
		fprintf(out, " f%u", op->frame);
	fprintf(out, " %s", class_names[op->class]);
	if (op->value)
		fprintf(out, " %d", op->value);
	fprintf(out, "  (%s)\n", stress_role_names[op->role]);
}

/* The last ops of a context, at most count of them. */
static void print_lane(FILE *out, const struct stress_shared *s, unsigned int context,
		       unsigned int count, uint64_t last)
{
	const struct stress_context *c = &s->contexts[context];
	uint32_t first = c->ring_next > count ? c->ring_next - count : 0;

	fprintf(out, "  @%u, role %s%s", context, stress_role_names[c->role],
		s->found == 2 && context == s->found_by ? ", which reported it" : "");
	if (c->in_flight)
		fprintf(out, ", in the middle of %s", stress_call_names[(c->in_flight >> 56) - 1]);
	if (c->waits_for[0])
		fprintf(out, ", waiting for %s", c->waits_for);
	fputc('\n', out);
	for (uint32_t i = first; i < c->ring_next; i++)
		print_op(out, s, &c->ring[i % STRESS_RING], last);
}

static void print_lanes(FILE *out, const struct stress_shared *s, unsigned int count)
{
	uint64_t last = 0;

	for (unsigned int i = 0; i < s->started; i++) {
		const struct stress_context *c = &s->contexts[i];
		uint64_t end = c->ring_next ? c->ring[(c->ring_next - 1) % STRESS_RING].end : 0;

		last = end > last ? end : last;
	}
	fprintf(out,
		"  the last calls of each context: when they ended before the last of all, and how long they took\n");
	for (unsigned int i = 0; i < s->started; i++)
		print_lane(out, s, i, count, last);
}

struct kept_finding {
	const struct stress_run *run;
	const struct stress_part *part;
	const char *sentence;
};

/* What the kernel's own drivers are known to do, where they run as they are. */
static const char *known_row(const struct kept_finding *k)
{
	static const struct {
		const char *finding, *row;
	} known[] = {
		{ "model.bug@dequeue/",
		  "B4, B5 or B10: pseries asks for pages without knowing that there are any" },
		{ "model.bug@list_enqueue/",
		  "B15: VMware puts back a page that a scanner has locked" },
		{ "model.bug@enqueue/",
		  "B15: a driver puts back a page that a scanner has locked" },
	};

	for (size_t i = 0; k->run->config.as_is && i < sizeof(known) / sizeof(known[0]); i++)
		if (!strncmp(k->part->shared->finding.id, known[i].finding,
			     strlen(known[i].finding)))
			return known[i].row;
	return NULL;
}

static void print_head(FILE *out, const struct kept_finding *k)
{
	const struct finding *finding = &k->part->shared->finding;
	const struct rule *rule = rule_find(finding->id);

	fprintf(out, "finding %s on %s\n", finding->id, k->run->cli->suts[k->part->sut]->name);
	if (rule)
		fprintf(out, "  rule: %s (contract %s)\n", rule->sentence, rule->row);
	fprintf(out, "  seen: %s\n", finding->text);
	if (*k->sentence)
		fprintf(out, "        %s\n", k->sentence);
	if (known_row(k))
		fprintf(out, "  known: with drivers as they are, row %s\n", known_row(k));
}

static void write_report(FILE *out, const void *context)
{
	const struct kept_finding *k = context;
	const struct stress_shared *s = k->part->shared;
	struct stress_context sum = stress_sum(k->part);

	print_head(out, k);
	fputc('\n', out);
	print_lanes(out, s, STRESS_RING);
	fprintf(out, "\n  %llu calls, %llu migrations, %llu checkpoints, %lld pages isolated\n",
		(unsigned long long)stress_calls(&sum),
		(unsigned long long)sum.calls[CALL_migrate][CLASS_ok],
		(unsigned long long)s->checkpoints, (long long)s->isolated);
	fprintf(out, "  seed %llu, %u threads, %u pages\n  ", (unsigned long long)s->config.seed,
		s->config.threads, s->config.frames);
	stress_print_guest(out, k->run);
	fputs("\nlook for it again: ", out);
	stress_command(out, k->run, k->part);
}

static void write_log(FILE *out, const void *context)
{
	const struct stress_part *part = context;
	char buffer[4096];
	FILE *log = fopen(part->log, "rb");
	size_t size;

	while (log && (size = fread(buffer, 1, sizeof(buffer), log)))
		fwrite(buffer, 1, size, out);
	if (log)
		fclose(log);
}

/* Whoever goes on meets the same one again and again, and keeps the first. */
static void make_path(char path[PATH_MAX], const struct cli *cli, const struct sut *sut,
		      const char *id)
{
	char name[FINDING_ID], stamp[32], folder[80];
	time_t clock = time(NULL);

	keep_name(name, id);
	if (cli->keep_going) {
		sut_folder(sut, folder);
		path_make(path, "%s/work/findings/stress-%s/%s", cli_root(), folder, name);
		return;
	}
	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", localtime(&clock));
	path_make(path, "%s/work/findings/%s-%s", cli_root(), stamp, name);
}

int stress_settle(struct stress_run *run, struct stress_part *part, int status)
{
	const struct sut *sut = run->cli->suts[part->sut];
	struct run_subject subject = { sut, NULL, run->cli->as_is };
	char folder[PATH_MAX], path[PATH_MAX], sentence[LINE] = "";
	struct kept_finding kept = { run, part, sentence };
	struct listed_finding *listed;
	struct text text;
	char *again;
	FILE *out;
	int code;

	if (WIFEXITED(status) && !part->shared->found &&
	    (WEXITSTATUS(status) == ENGINE_OS || WEXITSTATUS(status) == ENGINE_USAGE ||
	     WEXITSTATUS(status) == 127)) {
		complain("the engine failed with wait status %#x", (unsigned int)status);
		engine_log_tail(part->log);
		return EXIT_NOT_RUN;
	}
	name_death(part, sut, status);
	race_in_words(part->log, sentence, sizeof(sentence));
	make_path(folder, run->cli, sut, part->shared->finding.id);
	code = keep_folder(folder);
	path_make(path, "%s/report.txt", folder);
	if (access(path, F_OK)) {
		code = code == EXIT_CLEAN ? keep_file(path, write_report, &kept) : code;
		path_make(path, "%s/engine.log", folder);
		code = code == EXIT_CLEAN ? keep_file(path, write_log, part) : code;
	}
	fputs(report_colour() ? "\n\033[1;31m" : "\n", say);
	print_head(say, &kept);
	fputs(report_colour() ? "\033[0m\n" : "\n", say);
	print_lanes(say, part->shared, run->cli->verbose ? STRESS_RING : 4);
	fprintf(say, "\nkept in %s\nlook for it again: ", path_short(folder));
	stress_command(say, run, part);
	out = text_open(&text);
	stress_command(out, run, part);
	again = text_close(&text, out);
	journal_finding(&part->shared->finding, &subject, folder, again);
	listed = finding_list_add(&run->found, &part->shared->finding, &subject, folder);
	if (listed)
		listed->again = again;
	else
		free(again);
	return code == EXIT_CLEAN ? EXIT_FINDING : code;
}
