/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * A run in a child process: what kills the child is a finding too.
 */
#include "harness/minimize.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/memory.h"
#include "harness/run_state.h"
#include "shim/instrument.h"
#include "shim/poison.h"

UNINSTRUMENTED_BEGIN

#define CHILD_SECONDS 2

/* The child's verdict, in memory that outlives it. */
static struct child_report {
	const struct sut *sut;
	struct verdict verdict;
	struct stats stats;
	bool done;
} * report;

/*
 * UBSan's own way to tell of a report under way (ubsan_monitor.h, which no
 * package has); absent where it is not linked in.
 */
void __ubsan_get_current_report_data(const char **kind, const char **message, const char **file,
				     unsigned int *line, unsigned int *column, char **address)
	__attribute__((weak));
void __ubsan_on_report(void);

void (*undefined_hook)(const char *kind);
static char undefined_kind[48]; /* of the last of its reports: "signed-integer-overflow" */

void __ubsan_on_report(void)
{
	const char *kind = "", *message, *file;
	unsigned int line, column;
	char *address;

	if (__ubsan_get_current_report_data)
		__ubsan_get_current_report_data(&kind, &message, &file, &line, &column, &address);
	snprintf(undefined_kind, sizeof(undefined_kind), "%s", kind);
	if (undefined_hook)
		undefined_hook(undefined_kind);
}

/* The kind of a sanitizer's error, as it names it: "use-after-poison". */
static const char *sanitizer_kind(void)
{
#ifdef PINPRICK_ASAN
	if (__asan_report_present())
		return __asan_get_report_description();
#endif
	return undefined_kind[0] ? undefined_kind : "error";
}

/* Fills the shared report when the child is about to die. */
static void dying(const char *rule, const char *text)
{
	struct finding *finding = &report->verdict.finding;

	if (report->done)
		return;
	snprintf(finding->id, sizeof(finding->id), "%s@%s/%s", rule, run_place(),
		 report->sut->generation);
	snprintf(finding->text, sizeof(finding->text), "%s", text);
	finding->record = run_record_number();
	report->done = true;
}

void child_sanitizer_death(void)
{
	char rule[64];

	if (!report)
		return;
	snprintf(rule, sizeof(rule), "sanitizer.%s", sanitizer_kind());
	dying(rule, "a sanitizer's report, above");
}

static void on_signal(int signal_number)
{
	if (signal_number == SIGALRM)
		dying("progress.timeout", "the op does not come back");
	else
		dying("sanitizer.signal", "the op died of a signal");
	_exit(1);
}

static _Noreturn void child(child_work *work, const void *context)
{
	static const int signals[] = { SIGALRM, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
#ifdef PINPRICK_ASAN
		if (signals[i] == SIGALRM || signals[i] == SIGABRT)
#endif
			signal(signals[i], on_signal);
	memory_limit(RUN_MEMORY_MB);
	alarm(CHILD_SECONDS);
	work(context, &report->stats, &report->verdict);
	report->done = true;
	/* A trace, if there is one. */
	fflush(NULL);
	_exit(0);
}

bool work_in_child(const struct sut *sut, child_work *work, const void *context,
		   struct stats *stats, struct verdict *v)
{
	static pid_t owner; /* of report: who is forked off has one of its own */
	int status;
	pid_t pid;

	if (owner != getpid()) {
		report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (report == MAP_FAILED) {
			report = NULL;
			return false;
		}
		owner = getpid();
	}
	memset(report, 0, sizeof(*report));
	report->sut = sut;
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return false;
	if (!pid)
		child(work, context);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	if (!report->done) {
		snprintf(report->verdict.finding.id, FINDING_ID, "sanitizer.death@run/%s",
			 sut->generation);
		snprintf(report->verdict.finding.text, FINDING_TEXT,
			 "the run ended with status %#x and without a word", (unsigned int)status);
	}
	*v = report->verdict;
	if (stats)
		stats_add(stats, &report->stats);
	return true;
}

struct core_run {
	const struct sut *sut;
	const struct program *program;
	const struct run_options *options;
};

static void run_core(const void *context, struct stats *stats, struct verdict *v)
{
	const struct core_run *r = context;

	run_program(r->sut, r->program, r->options, stats, v);
}

bool run_in_child(const struct sut *sut, const struct program *p, const struct run_options *options,
		  struct stats *stats, struct verdict *v)
{
	const struct core_run r = { sut, p, options };

	return work_in_child(sut, run_core, &r, stats, v);
}

UNINSTRUMENTED_END
