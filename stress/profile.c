/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Where the time goes: a timer of CPU time looks where the program counter is,
 * among the oracles, which under TSan lie together in one section, or elsewhere.
 *
 * The handler is the C library's own sigaction()'s, past TSan, which keeps
 * signals back until the next call of the library: all samples would be of such
 * calls.  So it must not call anything that TSan has to do with, nor be seen by it.
 */
#define _GNU_SOURCE /* REG_RIP */
#include <signal.h>
#include <sys/time.h>
#include <ucontext.h>

#include "stress/actor.h"

UNINSTRUMENTED_BEGIN

#define EVERY_US 1000 /* or as often as the kernel's clock ticks */

int __sigaction(int sig, const struct sigaction *action, struct sigaction *old)
	__attribute__((weak));

/* The linker's, where there is such a section. */
extern const char __start_pinprick_oracles[] __attribute__((weak));
extern const char __stop_pinprick_oracles[] __attribute__((weak));

UNSEEN static uintptr_t program_counter(const ucontext_t *context)
{
#if defined(__x86_64__)
	return (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
	return (uintptr_t)context->uc_mcontext.pc;
#else
	(void)context;
	return 0;
#endif
}

UNSEEN static void on_tick(int sig, siginfo_t *info, void *context)
{
	uintptr_t at = program_counter(context);

	(void)sig, (void)info;
	if (!at)
		return;
	__atomic_fetch_add(&stress->samples, 1, __ATOMIC_RELAXED);
	if (at >= (uintptr_t)__start_pinprick_oracles && at < (uintptr_t)__stop_pinprick_oracles)
		__atomic_fetch_add(&stress->oracle_samples, 1, __ATOMIC_RELAXED);
}

void profile_start(void)
{
	const struct sigaction action = { .sa_sigaction = on_tick,
					  .sa_flags = SA_SIGINFO | SA_RESTART };
	const struct itimerval timer = { { .tv_usec = EVERY_US }, { .tv_usec = EVERY_US } };

	if (__sigaction && __start_pinprick_oracles && !__sigaction(SIGPROF, &action, NULL))
		setitimer(ITIMER_PROF, &timer, NULL);
}

UNINSTRUMENTED_END
