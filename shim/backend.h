/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * What runs the contexts.  Linked, not compiled in: the single back end runs
 * one context at a time to the end of its op.
 */
#ifndef PINPRICK_BACKEND_H
#define PINPRICK_BACKEND_H

#include <stdbool.h>

#include "shim/instrument.h"

/*
 * Which context this thread runs now: an index below WORLD_CONTEXTS, which the
 * back end sets.  All that belongs to a CPU is indexed by it.
 */
extern _Thread_local unsigned int backend_context;

UNSEEN static inline unsigned int backend_self(void)
{
	return backend_context;
}

/*
 * The running context cannot go on until the lock of that name is released.
 * False: nobody can release it, which was reported; the caller goes on as if
 * it were free.
 */
bool backend_wait(const char *name);

/*
 * Makes owner, which is not 0, the owner of a lock word that is 0; waits for
 * that.  Orders what follows after what was done before the word was last
 * zeroed.
 */
void backend_take(unsigned char *word, unsigned char owner, const char *name);

/* The same without waiting: false where somebody else owns it. */
bool backend_try(unsigned char *word, unsigned char owner);

/* A scheduling point, before the operation that name says, on object. */
void backend_point(const char *name, const void *object);

/* May another CPU have been there first?  True: refuse, as a fault would. */
bool backend_choose(const char *name);

/* A polite busy wait (cpu_relax, a failed trylock loop). */
void backend_yield(void);

#endif
