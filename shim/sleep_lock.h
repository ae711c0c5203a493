/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The sleeping locks of drivers: one type that is taken alone, as a mutex, or
 * shared among readers, as a read-write semaphore.  Their rules are those of
 * spinlocks, but their holder may sleep; and what is held while memory is
 * allocated must not be waited for by what an allocation may run: out-of-memory
 * notifiers, direct compaction (contract 5, H11).
 */
#ifndef PINPRICK_SLEEP_LOCK_H
#define PINPRICK_SLEEP_LOCK_H

#include <stdbool.h>

#include "shim/lock.h"

struct sleep_lock {
	spinlock_t lock; /* its name and class only */
	int readers;		  /* atomic; -1: taken alone */
	bool allocates, in_reclaim; /* was held over an allocation; was waited for inside one */
};

/* clang-format off */
#define SLEEP_LOCK_INIT(lock_name) { .lock = SPINLOCK_INIT(lock_name) }
/* clang-format on */

/* Waits until nobody has it.  May sleep. */
void sleep_lock(struct sleep_lock *lock);
/* False where somebody has it.  Does not wait, so no order holds for it. */
bool sleep_trylock(struct sleep_lock *lock);
/* By the context that took it. */
void sleep_unlock(struct sleep_lock *lock);

/* The same beside other readers. */
void sleep_lock_shared(struct sleep_lock *lock);
bool sleep_trylock_shared(struct sleep_lock *lock);
void sleep_unlock_shared(struct sleep_lock *lock);

/* For page_alloc(): what the running context holds is held over an allocation. */
void sleep_lock_note_allocation(void);

#endif
