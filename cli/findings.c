/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/findings.h"
#include "cli/input.h"
#include "cli/interrupt.h"
#include "cli/journal.h"
#include "cli/keep.h"
#include "cli/quiet.h"
#include "cli/schedules.h"
#include "harness/minimize.h"
#include "harness/process.h"

/* What stands in the file while the minimiser works, for whoever interrupts it. */
static char kept_so_far[PATH_MAX + 80];
static int loud = -1; /* standard error as it was */
static pid_t minimiser;

static void on_interrupt(int sig)
{
	ssize_t ignored = 0;

	/* Ctrl-C is for the child as well. */
	if (getpid() == minimiser)
		ignored = write(loud < 0 ? STDERR_FILENO : loud, kept_so_far, strlen(kept_so_far));
	(void)sig, (void)ignored;
	_exit(EXIT_INTERRUPTED);
}

static void interrupt_by(void (*handler)(int sig))
{
	struct sigaction action = { .sa_handler = handler };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

/* Runs it alone; with its sanitizer's report on standard error, or without. */
static void run_again(const struct run_subject *subject, const struct program *p,
		      struct finding *finding, bool full, bool report)
{
	int saved = report ? -1 : quiet_start();

	subject_run(subject, p, full, NULL, finding);
	quiet_end(saved);
}

/* Has the file a program that still shows the finding and is no longer than p? */
static bool has_smaller(const char *path, const struct run_subject *subject,
			const struct program *p, const char *id)
{
	static struct program old;
	static struct finding finding;

	if (access(path, R_OK) || input_load(path, &old) != EXIT_CLEAN || old.count > p->count)
		return false;
	run_again(subject, &old, &finding, true, false);
	return !strcmp(finding.id, id);
}

/* Each added core has a folder of its own. */
static int make_path(char path[PATH_MAX], const char *folder, const struct run_subject *subject,
		     const struct program *p, const char *id)
{
	char name[FINDING_ID], inner[PATH_MAX], code_name[SUBJECT_NAME];
	int code;

	keep_name(name, id);
	subject_folder(subject, p, code_name);
	path_make(inner, "%s/%s/%s", folder, code_name, name);
	path_make(path, "%s/program.txt", inner);
	code = keep_folder(inner);
	return code;
}

static void minimise(const struct cli *cli, const struct run_subject *subject, struct program *p,
		     const char *id, const char *path)
{
	static struct program smaller;
	struct minimize_report report;

	fprintf(say, "found %s; minimising %u records\n", id, p->count);
	fflush(say);
	snprintf(kept_so_far, sizeof(kept_so_far),
		 "\npinprick: interrupted; the program as it was found: %s\n", path);
	minimiser = getpid();
	loud = quiet_start();
	/* Whoever goes on has engines that want to be ended well. */
	if (!cli->keep_going)
		interrupt_by(on_interrupt);
	smaller = *p;
	if (subject_minimize(subject, &smaller, id, &report))
		*p = smaller;
	if (!cli->keep_going)
		interrupt_by(SIG_DFL);
	quiet_end(loud);
}

static bool is_known(struct finding_list *list, const struct run_subject *subject, const char *id)
{
	for (unsigned int i = 0; i < list->count; i++)
		if (subject_same(&list->at[i].subject, subject) &&
		    !strcmp(list->at[i].finding.id, id)) {
			list->at[i].times++;
			return true;
		}
	return false;
}

/* For a campaign, as soon as there is a file. */
static void note(const struct cli *cli, const struct run_subject *subject,
		 const struct finding *finding, const char *path)
{
	struct text text;
	FILE *out = text_open(&text);
	char *again;

	report_command(out, cli, "replay", subject, path);
	again = text_close(&text, out);
	journal_finding(finding, subject, path, again);
	free(again);
}

/* The program shows the finding: makes it small, keeps it, prints it. */
static int settle(const struct cli *cli, const struct run_subject *subject, struct program *p,
		  struct finding *finding, bool full, const char *folder, struct finding_list *list)
{
	char path[PATH_MAX];
	bool older;
	int code;

	code = make_path(path, folder, subject, p, finding->id);
	older = code == EXIT_CLEAN && has_smaller(path, subject, p, finding->id);
	if (code == EXIT_CLEAN && !older)
		code = keep_program(path, p, finding, subject);
	if (code == EXIT_CLEAN && !older && !cli->no_minimize)
		keep_unfinished(path, true);
	if (code == EXIT_CLEAN)
		note(cli, subject, finding, path);
	if (older && cli->keep_going && !keep_is_unfinished(path)) {
		fprintf(say, "found %s on %s, known from before: %s\n", finding->id,
			subject->sut->name, path_short(path));
		finding_list_add(list, finding, subject, path);
		return EXIT_FINDING;
	}
	if (!cli->no_minimize)
		minimise(cli, subject, p, finding->id, path);
	older = older && has_smaller(path, subject, p, finding->id);
	run_again(subject, p, finding, full, true);
	if (code == EXIT_CLEAN && !older)
		code = keep_program(path, p, finding, subject);
	if (code == EXIT_CLEAN && !cli->no_minimize)
		keep_unfinished(path, false);
	report_finding(subject, p, finding, code == EXIT_CLEAN ? path : NULL);
	if (!full)
		complain("a run that checks everything after each op, as replay does, is clean");
	if (older)
		fprintf(say, "a program from before, no longer than this one, stays in %s\n",
			path_short(path));
	finding_list_add(list, finding, subject, code == EXIT_CLEAN ? path : "");
	return code == EXIT_CLEAN ? EXIT_FINDING : code;
}

int finding_compare(const struct cli *cli, unsigned int index, const char *path, struct program *p,
		    const char *folder, struct stats *agreed, struct finding_list *list)
{
	char name[SUBJECT_NAME];
	struct run_subject subject = subject_at(cli, index);
	static struct finding finding;
	int saved = quiet_start();

	subject_run(&subject, p, true, agreed, &finding);
	quiet_end(saved);
	subject_name(&subject, name);
	fprintf(say, "%s: %s, %s\n", path, name, finding.id[0] ? finding.id : "no difference");
	if (!finding.id[0])
		return EXIT_CLEAN;
	if (is_known(list, &subject, finding.id))
		return EXIT_FINDING;
	return settle(cli, &subject, p, &finding, true, folder, list);
}

int finding_found(const struct cli *cli, unsigned int index, struct program *p, const char *folder,
		  struct finding_list *list)
{
	struct run_subject subject = subject_at(cli, index);
	static struct finding finding;
	bool full = true;

	run_again(&subject, p, &finding, full, false);
	if (!finding.id[0]) {
		full = false;
		run_again(&subject, p, &finding, full, false);
	}
	if (!finding.id[0])
		return EXIT_CLEAN;
	if (is_known(list, &subject, finding.id))
		return EXIT_FINDING;
	return settle(cli, &subject, p, &finding, full, folder, list);
}

/* What the core's executor does with ops for drivers: nothing. */
static void drop_drivers(struct program *p)
{
	for (unsigned int i = 0; i < p->count; i++)
		if (p->records[i].op >= OP_CORE_COUNT && p->records[i].op < OP_DRIVERS_END)
			p->records[i] = (struct record){ .op = OP_nop };
}

/* What an engine died of, and what shows nothing alone. */
static int unreproduced(const struct cli *cli, const struct worker *w, const struct program *p,
			const char *folder, struct finding_list *list)
{
	struct run_subject subject = subject_at(cli, w->sut);
	struct finding finding = { .record = p->count };
	char path[PATH_MAX];

	complain("an engine died, but its last input alone shows nothing: something is left over "
		 "from one run to the next, or the machine interfered");
	engine_log_tail(w->log);
	list->unreproduced++;
	if (!cli->keep_going)
		return WIFEXITED(w->status) ? EXIT_FINDING : EXIT_SOFTWARE;
	if (!WIFEXITED(w->status))
		return EXIT_SOFTWARE;
	snprintf(finding.id, sizeof(finding.id), "unreproduced.death@run/%s",
		 subject.sut->generation);
	snprintf(finding.text, sizeof(finding.text),
		 "an engine died of this input, which shows nothing alone");
	if (make_path(path, folder, &subject, p, finding.id) != EXIT_CLEAN ||
	    keep_program(path, p, &finding, &subject) != EXIT_CLEAN)
		return EXIT_CANNOT_CREATE;
	note(cli, &subject, &finding, path);
	finding_list_add(list, &finding, &subject, path);
	return EXIT_FINDING;
}

int finding_settle(const struct cli *cli, const struct worker *w, const char *folder,
		   struct finding_list *list)
{
	struct run_subject subject = subject_at(cli, w->sut);
	static struct program p;
	static struct finding finding;
	bool full = true;

	program_decode(&p, w->shared->input, w->shared->size);
	if (cli->schedules && schedules_settle(cli, subject.sut, &p, list))
		return EXIT_FINDING;
	if (cli->schedules)
		return interrupted ? EXIT_INTERRUPTED : unreproduced(cli, w, &p, folder, list);
	if (!cli->drivers)
		drop_drivers(&p);
	run_again(&subject, &p, &finding, full, false);
	if (!finding.id[0]) {
		/* As the engine ran it. */
		full = false;
		run_again(&subject, &p, &finding, full, false);
	}
	if (!finding.id[0] && subject.other) {
		/* What kills both is no difference, but a finding. */
		full = true;
		subject.other = NULL;
		run_again(&subject, &p, &finding, full, false);
	}
	if (!finding.id[0])
		return unreproduced(cli, w, &p, folder, list);
	if (is_known(list, &subject, finding.id)) {
		if (!cli->keep_going)
			fprintf(say, "another process found %s too\n", finding.id);
		return EXIT_FINDING;
	}
	return settle(cli, &subject, &p, &finding, full, folder, list);
}
