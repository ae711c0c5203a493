/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Fibers: several stacks on one OS thread.  Made once and used for millions of
 * runs; the sanitizers are told of each switch.  For TSan a fiber is a thread,
 * and a switch orders nothing: only what the contexts do orders them.
 */
#ifndef PINPRICK_EXPLORE_FIBER_H
#define PINPRICK_EXPLORE_FIBER_H

#include <stdbool.h>
#include <stddef.h>

/* Where there is no switch of our own: half a microsecond each, for the signal mask. */
#if (!defined(__x86_64__) && !defined(__aarch64__)) || defined(FIBER_UCONTEXT)
#undef FIBER_UCONTEXT
#define FIBER_UCONTEXT 1
#include <ucontext.h>
#endif

#define FIBER_STACK (128u << 10) /* what a sanitizer's report needs, and more */

struct fiber {
#ifdef FIBER_UCONTEXT
	ucontext_t ucontext;
#endif
	void *sp;    /* where it stands, while another one runs */
	void *stack; /* its lowest byte, above the guard page; NULL: the thread's own */
	size_t size;
	void *pretended; /* ASan's stack of its own for it */
	void *tsan;
};

/* The running thread as a fiber. */
void fiber_adopt(struct fiber *f);

/* A fiber that begins with loop(), the same for all, which never returns.  False: no memory. */
bool fiber_make(struct fiber *f, void (*loop)(void));

/* Leaves from, which runs, for to. */
void fiber_switch(struct fiber *from, struct fiber *to);

/*
 * Back to the start of its loop: whatever f was in is forgotten.  For one that
 * has run, and does not now; in TSan each costs some 300 bytes for good.
 */
void fiber_reset(struct fiber *f);

/*
 * What TSan is to know: all before a release is before all after an acquire of
 * the same edge.  The second is a release in the name of f, while self runs.
 */
void fiber_release(void *edge);
void fiber_release_for(struct fiber *f, struct fiber *self, void *edge);
void fiber_acquire(void *edge);

#endif
