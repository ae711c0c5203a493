/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/findings.h"
#include "cli/input.h"
#include "cli/keep.h"
#include "cli/quiet.h"
#include "harness/minimize.h"

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

/* Has the file a program that still shows the finding and is no longer than p? */
static bool has_smaller(const char *path, const struct sut *sut, const struct program *p,
			const char *id)
{
	static struct program old;
	struct run_options options = { .full_checks = true };
	struct verdict v;

	return !access(path, R_OK) && input_load(path, &old) == EXIT_CLEAN &&
	       old.count <= p->count && run_in_child(sut, &old, &options, NULL, &v) &&
	       !strcmp(v.finding.id, id);
}

/* Ids have '/' and '@', which make poor file names; each own core has a folder of its own. */
static int make_path(char path[PATH_MAX], const char *folder, const struct sut *sut, const char *id)
{
	const char *hash = sut_is_own(sut) ? strstr(strrchr(cli_folder(), '/'), "-own-") : NULL;
	char name[FINDING_ID], inner[PATH_MAX];
	int code;

	snprintf(name, sizeof(name), "%s", id);
	for (char *c = name; *c; c++)
		if (strchr("/@ ", *c))
			*c = '-';
	path_make(inner, "%s/%s%s/%s", folder, sut->name, hash ? hash + strlen("-own") : "", name);
	path_make(path, "%s/program.txt", inner);
	code = keep_folder(inner);
	return code;
}

static int unreproduced(const struct worker *w)
{
	complain("an engine died, but its last input alone shows nothing: something is left over "
		 "from one run to the next, or the machine interfered");
	worker_log_tail(w);
	return WIFEXITED(w->status) ? EXIT_FINDING : EXIT_SOFTWARE;
}

static void minimise(const struct sut *sut, struct program *p, const char *id, const char *path)
{
	static struct program smaller;
	struct run_options options = { .full_checks = true };
	struct minimize_report report;

	fprintf(say, "found %s; minimising %u records\n", id, p->count);
	fflush(say);
	snprintf(kept_so_far, sizeof(kept_so_far),
		 "\npinprick: interrupted; the program as it was found: %s\n", path);
	minimiser = getpid();
	loud = quiet_start();
	interrupt_by(on_interrupt);
	smaller = *p;
	if (program_minimize(sut, &smaller, &options, id, &report))
		*p = smaller;
	interrupt_by(SIG_DFL);
	quiet_end(loud);
}

/* Runs it alone; with its sanitizer's report on standard error, or without. */
static void run_again(const struct sut *sut, const struct program *p, struct verdict *v, bool full,
		      bool report)
{
	struct run_options options = { .full_checks = full };
	int saved = report ? -1 : quiet_start();
	bool ran = run_in_child(sut, p, &options, NULL, v);

	quiet_end(saved);
	if (!ran)
		fail(EXIT_OS, "cannot start a process");
}

int finding_settle(const struct cli *cli, const struct worker *w, const char *folder,
		   struct finding_list *list)
{
	const struct sut *sut = cli->suts[w->sut];
	static struct program p;
	char path[PATH_MAX];
	struct verdict v;
	bool older, full = true;
	int code;

	program_decode(&p, w->shared->input, w->shared->size);
	run_again(sut, &p, &v, full, false);
	if (verdict_clean(&v)) {
		/* As the engine ran it. */
		full = false;
		run_again(sut, &p, &v, full, false);
	}
	if (verdict_clean(&v))
		return unreproduced(w);
	for (unsigned int i = 0; i < list->count; i++)
		if (list->at[i].sut == sut && !strcmp(list->at[i].finding.id, v.finding.id)) {
			fprintf(say, "another process found %s too\n", v.finding.id);
			return EXIT_FINDING;
		}
	code = make_path(path, folder, sut, v.finding.id);
	older = code == EXIT_CLEAN && has_smaller(path, sut, &p, v.finding.id);
	if (code == EXIT_CLEAN && !older)
		code = keep_program(path, &p, &v.finding, sut);
	if (!cli->no_minimize)
		minimise(sut, &p, v.finding.id, path);
	older = older && has_smaller(path, sut, &p, v.finding.id);
	run_again(sut, &p, &v, full, true);
	if (code == EXIT_CLEAN && !older)
		code = keep_program(path, &p, &v.finding, sut);
	report_finding(sut, &p, &v.finding, code == EXIT_CLEAN ? path : NULL);
	if (!full)
		complain("a run that checks everything after each op, as replay does, is clean");
	if (older)
		fprintf(say, "a program from before, no longer than this one, stays in %s\n",
			path_short(path));
	finding_list_add(list, &v.finding, sut, code == EXIT_CLEAN ? path : "");
	return code == EXIT_CLEAN ? EXIT_FINDING : code;
}
