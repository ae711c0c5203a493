/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * How a stress run ends early: the first context that has something to report
 * writes it where the supervisor reads it, and the process is over.  What a
 * sanitizer reports comes by here, too.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/program.h"
#include "shim/memory_name.h"
#include "shim/observe.h"
#include "shim/poison.h"
#include "shim/world.h"
#include "stress/actor.h"
#include "stress/engine.h"

UNINSTRUMENTED_BEGIN

/* The names of calls. */
static const char *const call_names[] = {
#define X(name) #name,
	STRESS_CALLS(X)
#undef X
};

/* What this context does: a call, or a step of its role. */
ORACLE static const char *place(void)
{
	static const char *const role_names[] = {
#define ROLE(name, ...) #name,
#include "stress/roles.def"
	};
	const struct stress_context *seen = actor_self()->seen;
	uint64_t flight = seen ? seen->in_flight : 0;

	if (stress->phase != STRESS_RUNS)
		return stress->phase == STRESS_STARTS ? "start" : "end";
	return flight ? call_names[(flight >> 56) - 1] : role_names[seen->role];
}

/* True for the first one alone; the others' words are lost. */
ORACLE static bool is_first(void)
{
	uint32_t none = 0;

	if (!__atomic_compare_exchange_n(&stress->found, &none, 1, false, __ATOMIC_ACQ_REL,
					 __ATOMIC_RELAXED))
		return false;
	stress->found_by = backend_self();
	return true;
}

/* Whoever is about to end the process lets the first one finish. */
ORACLE static void await_first(void)
{
	for (unsigned int i = 0; i < 1000; i++) {
		if (__atomic_load_n(&stress->found, __ATOMIC_ACQUIRE) == 2)
			return;
		usleep(1000);
	}
}

ORACLE static void write_finding(const char *rule, const char *where, const char *text)
{
	struct finding *finding = &stress->finding;

	snprintf(finding->id, sizeof(finding->id), "%s@%s/%s", rule, where, guest.sut->generation);
	snprintf(finding->text, sizeof(finding->text), "%s", text);
	__atomic_store_n(&stress->found, 2, __ATOMIC_RELEASE);
}

_Noreturn void engine_found(const char *rule, const char *text)
{
	if (!is_first())
		for (;;)
			pause(); /* the first one ends the process */
	write_finding(rule, place(), text);
	_exit(ENGINE_FOUND);
}

ORACLE void observe_finding(const char *rule, const char *format, ...)
{
	char text[FINDING_TEXT];
	va_list arguments;

	if (stress->config.oracles_off)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	engine_found(rule, text);
}

ORACLE void observe_warning(const char *what)
{
	observe_finding("model.warning", "warned (%s)", what);
}

/* With the oracles off, too: there is no way on. */
ORACLE _Noreturn void observe_bug(const char *what)
{
	char text[FINDING_TEXT];

	snprintf(text, sizeof(text), "gave up (%s)", what);
	engine_found("model.bug", text);
}

/* TSan's: called with each report, after it was printed. */
int __tsan_get_report_data(void *report, const char **description, int *count, int *stack_count,
			   int *mop_count, int *loc_count, int *mutex_count, int *thread_count,
			   int *unique_tid_count, void **sleep_trace, unsigned long trace_size)
	__attribute__((weak));
int __tsan_get_report_mop(void *report, unsigned long idx, int *tid, void **addr, int *size,
			  int *write, int *atomic, void **trace, unsigned long trace_size)
	__attribute__((weak));
void __tsan_on_report(void *report);

ORACLE void __tsan_on_report(void *report)
{
	const char *description = "report";
	int n[9], tid, size, write, atomic;
	void *traces[1], *address = NULL;
	char buffer[64];

	if (!__tsan_get_report_data || !__tsan_get_report_mop)
		return;
	if (!is_first()) {
		await_first();
		return;
	}
	__tsan_get_report_data(report, &description, &n[0], &n[1], &n[2], &n[3], &n[4], &n[5],
			       &n[6], traces, 1);
	if (strcmp(description, "data-race")) {
		snprintf(buffer, sizeof(buffer), "sanitizer.%s", description);
		write_finding(buffer, place(), "TSan's report, below");
		return;
	}
	__tsan_get_report_mop(report, 0, &tid, &address, &size, &write, &atomic, traces, 1);
	write_finding("race.data", memory_name(address, SUT_DEVICE_BYTES, guest.sut->device_pages, buffer),
		      "two contexts access it, at least one writes, and nothing orders them");
}

/* Any other sanitizer's death, or TSan's for another reason. */
ORACLE void observe_sanitizer_death(void)
{
#ifdef PINPRICK_TSAN
	const char *kind = "signal"; /* all else it reports before it dies */
#else
	const char *kind = "error";
#endif
	char rule[64];

	if (!is_first()) {
		await_first();
		return;
	}
#ifdef PINPRICK_ASAN
	if (__asan_report_present())
		kind = __asan_get_report_description();
#endif
	snprintf(rule, sizeof(rule), "sanitizer.%s", kind);
	write_finding(rule, place(), "a sanitizer's report, below");
}

UNINSTRUMENTED_END
