/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The explored back end.  Lock words are taken as in the threaded one, which is
 * all that TSan sees of it: whoever waits is not picked before the word is 0.
 */
#include "explore/run.h"
#include "shim/backend_single.h"
#include "shim/observe.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

/* No run is under way, or there is no other context: nobody will release it. */
ORACLE static bool nobody_releases(const char *name)
{
	if (likely(state.run))
		return false;
	observe_finding("progress.deadlock", "waits for %s, and nobody is left to release it",
			name);
	return true;
}

ORACLE static void wait_for_word(const unsigned char *word, const char *name)
{
	struct explored *self = run_self();

	self->wait = WAIT_WORD;
	self->word = word;
	self->waits_for = name;
	run_wait();
}

void backend_take(unsigned char *word, unsigned char owner, const char *name)
{
	while (unlikely(!backend_try(word, owner))) {
		if (nobody_releases(name)) {
			__atomic_store_n(word, owner, __ATOMIC_RELAXED);
			return;
		}
		wait_for_word(word, name);
	}
}

bool backend_try(unsigned char *word, unsigned char owner)
{
	unsigned char nobody = 0;

	return __atomic_compare_exchange_n(word, &nobody, owner, false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED);
}

ORACLE bool backend_wait(const char *name)
{
	if (nobody_releases(name))
		return false;
	wait_begin(run_self(), name);
	run_wait();
	return true;
}

ORACLE void backend_point(const char *name, const void *object)
{
	if (likely(state.run))
		run_point(name, object);
}

ORACLE bool backend_choose(const char *name)
{
	return state.run && run_choose(name);
}

ORACLE void backend_yield(void)
{
	if (likely(state.run))
		run_yield();
}

/* Where no schedule is under way, contexts take turns as with the single back end. */
UNSEEN void backend_single_switch(unsigned int context)
{
	backend_context = context;
}

UNINSTRUMENTED_END
