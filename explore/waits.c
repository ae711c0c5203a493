/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Who can go on, and who has what the others wait for.  What a context stands
 * before and could not get is known from the object itself, so that it is not
 * picked in vain: each schedule is tried once, not once more with a futile step.
 */
#include "explore/run.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN
ORACLE_BEGIN

/* No libc: TSan sees what that reads. */
static bool same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

enum wait wait_before(const char *name)
{
	if (name[0] == 'l' && same(name, "lock"))
		return WAIT_LOCK;
	if (name[0] == 'p' && same(name, "page lock"))
		return WAIT_PAGE;
	return WAIT_NOT;
}

/* The spinlock that a point "lock" names; a sleeping lock's own word is always 0. */
static const spinlock_t *used_lock(const void *object)
{
	const spinlock_t *lock = object;
	unsigned int class = __atomic_load_n(&lock->class, __ATOMIC_RELAXED);

	/* One that was never used in this run nobody has, or nobody has made it one. */
	return class && class < LOCK_CLASSES && world.locks[class] == lock ? lock : NULL;
}

void wait_begin(struct explored *e, const char *name)
{
	enum wait before =
		e->object ? wait_before(state.view.pending[e - state.contexts].name) : WAIT_NOT;

	e->waits_for = name;
	if (before == WAIT_PAGE) {
		e->wait = WAIT_PAGE;
	} else if (before == WAIT_LOCK) {
		e->wait = WAIT_SLEEP;
		e->readers = __atomic_load_n(&((const struct sleep_lock *)e->object)->readers,
					     __ATOMIC_RELAXED);
	} else {
		e->wait = WAIT_OTHER;
		e->passed = state.passed;
	}
}

bool wait_is_over(const struct explored *e, unsigned int number)
{
	const spinlock_t *lock;
	unsigned int owner;

	switch (e->wait) {
	case WAIT_NOT:
		return true;
	case WAIT_LOCK:
		lock = used_lock(e->object);
		owner = lock ? __atomic_load_n(&lock->owner, __ATOMIC_RELAXED) : 0;
		/* Its own it shall take again: the shim complains of that. */
		return !owner || owner == number + 1;
	case WAIT_PAGE:
		return !(__atomic_load_n(&((const struct page *)e->object)->flags,
					 __ATOMIC_RELAXED) &
			 PG_locked);
	case WAIT_WORD:
		return !__atomic_load_n(e->word, __ATOMIC_RELAXED);
	case WAIT_SLEEP:
		return __atomic_load_n(&((const struct sleep_lock *)e->object)->readers,
				       __ATOMIC_RELAXED) != e->readers;
	case WAIT_OTHER:
		break;
	}
	return state.passed != e->passed;
}

static unsigned int number_of(unsigned int owner)
{
	return owner && owner <= EXPLORE_CONTEXTS ? owner - 1 : EXPLORE_NOBODY;
}

static unsigned int sleeper(const struct sleep_lock *lock)
{
	for (unsigned int i = 0; i < EXPLORE_CONTEXTS; i++)
		for (unsigned int j = 0; j < world.contexts[i].sleeping_count; j++)
			if (world.contexts[i].sleeping[j] == lock)
				return i;
	return EXPLORE_NOBODY;
}

static void explain(struct explored *e)
{
	const spinlock_t *lock = e->object;

	e->stuck = e->waits_for;
	e->holder = EXPLORE_NOBODY;
	switch (e->wait) {
	case WAIT_LOCK:
		e->stuck = lock->name;
		e->holder = number_of(lock->owner);
		break;
	case WAIT_PAGE:
		e->stuck = "the page lock";
		e->holder = number_of(page_lock_owner(e->object));
		break;
	case WAIT_WORD:
		e->holder = number_of(*e->word);
		break;
	case WAIT_SLEEP:
		e->holder = sleeper(e->object);
		break;
	case WAIT_NOT:
	case WAIT_OTHER:
		break;
	}
}

void wait_explain(void)
{
	for (unsigned int i = 0; i < EXPLORE_CONTEXTS; i++)
		if (state.alive & 1u << i)
			explain(&state.contexts[i]);
}

ORACLE_END
UNINSTRUMENTED_END
