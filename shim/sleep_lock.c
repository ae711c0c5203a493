/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "shim/sleep_lock.h"

#include "shim/backend.h"
#include "shim/observe.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

ORACLE static bool is_held(const struct sleep_lock *lock)
{
	const struct context *self = context_self();

	for (unsigned int i = 0; i < self->sleeping_count; i++)
		if (self->sleeping[i] == lock)
			return true;
	return false;
}

/* What is held over allocations is not waited for inside one. */
ORACLE static void check_reclaim(const struct sleep_lock *lock)
{
	if (unlikely(__atomic_load_n(&lock->allocates, __ATOMIC_RELAXED) &&
		     __atomic_load_n(&lock->in_reclaim, __ATOMIC_RELAXED)))
		observe_finding(
			"lock.reclaim",
			"%s is held over an allocation, and elsewhere waited for inside one",
			lock->lock.name);
}

ORACLE void sleep_lock_note_allocation(void)
{
	const struct context *self = context_self();

	for (unsigned int i = 0; i < self->sleeping_count; i++) {
		__atomic_store_n(&self->sleeping[i]->allocates, true, __ATOMIC_RELAXED);
		check_reclaim(self->sleeping[i]);
	}
}

/* False where the running context has it, which was reported. */
ORACLE static bool may_wait(struct sleep_lock *lock)
{
	lock_note_use(&lock->lock);
	might_sleep(lock->lock.name);
	if (unlikely(is_held(lock))) {
		observe_finding("lock.recursion", "%s is taken by the context that holds it",
				lock->lock.name);
		return false;
	}
	lock_order_check(lock->lock.class, lock->lock.name);
	if (context_self()->reclaim_depth) {
		__atomic_store_n(&lock->in_reclaim, true, __ATOMIC_RELAXED);
		check_reclaim(lock);
	}
	return true;
}

ORACLE static void note_taken(struct sleep_lock *lock)
{
	struct context *self = context_self();

	if (self->sleeping_count < LOCKS_HELD)
		self->sleeping[self->sleeping_count++] = lock;
}

/* False where the running context does not have it. */
ORACLE static bool note_released(struct sleep_lock *lock)
{
	struct context *self = context_self();
	unsigned int i = self->sleeping_count;

	while (i && self->sleeping[i - 1] != lock)
		i--;
	if (unlikely(!i)) {
		observe_finding(
			__atomic_load_n(&lock->readers, __ATOMIC_RELAXED) ? "lock.release-other"
									  : "lock.release-unheld",
			"%s is released by a context that does not hold it", lock->lock.name);
		return false;
	}
	for (self->sleeping_count--; i <= self->sleeping_count; i++)
		self->sleeping[i - 1] = self->sleeping[i];
	return true;
}

static bool take_alone(struct sleep_lock *lock)
{
	int nobody = 0;

	return __atomic_compare_exchange_n(&lock->readers, &nobody, -1, false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED);
}

static bool take_shared(struct sleep_lock *lock)
{
	int readers = __atomic_load_n(&lock->readers, __ATOMIC_RELAXED);

	while (readers >= 0)
		if (__atomic_compare_exchange_n(&lock->readers, &readers, readers + 1, false,
						__ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return true;
	return false;
}

static void wait_and_take(struct sleep_lock *lock, bool (*take)(struct sleep_lock *lock))
{
	backend_point("lock", lock);
	if (unlikely(!may_wait(lock)))
		return;
	while (!take(lock))
		if (!backend_wait(lock->lock.name))
			return;
	note_taken(lock);
}

static bool try(struct sleep_lock *lock, bool (*take)(struct sleep_lock *lock))
{
	lock_note_use(&lock->lock);
	backend_point("lock", lock);
	if (!take(lock))
		return false;
	note_taken(lock);
	return true;
}

void sleep_lock(struct sleep_lock *lock)
{
	wait_and_take(lock, take_alone);
}

bool sleep_trylock(struct sleep_lock *lock)
{
	return try(lock, take_alone);
}

void sleep_unlock(struct sleep_lock *lock)
{
	if (note_released(lock))
		__atomic_store_n(&lock->readers, 0, __ATOMIC_RELEASE);
}

void sleep_lock_shared(struct sleep_lock *lock)
{
	wait_and_take(lock, take_shared);
}

bool sleep_trylock_shared(struct sleep_lock *lock)
{
	return try(lock, take_shared);
}

void sleep_unlock_shared(struct sleep_lock *lock)
{
	if (note_released(lock))
		__atomic_fetch_sub(&lock->readers, 1, __ATOMIC_RELEASE);
}

UNINSTRUMENTED_END
