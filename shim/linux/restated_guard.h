/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Stand-ins that mean what they mean in the kernel: guards, locks that are
 * released where a variable goes out of scope.
 *
 *   guard(spinlock_irqsave)(&lock);		to the end of the block
 *   scoped_guard(spinlock_irqsave, &lock)	around one statement; break leaves it
 */
#ifndef PINPRICK_LINUX_RESTATED_GUARD_H
#define PINPRICK_LINUX_RESTATED_GUARD_H

#include "shim/linux/restated_lock.h"

#define __cleanup(function) __attribute__((cleanup(function)))

/* clang-format off */
#define GUARD_KIND(name, lock_type, take, give_back) \
	struct guard_##name { \
		lock_type *lock; \
		unsigned long state; \
	}; \
	static inline struct guard_##name guard_##name##_take(lock_type *lock) \
	{ \
		struct guard_##name guard = { .lock = lock }; \
		take; \
		return guard; \
	} \
	static inline void guard_##name##_give_back(struct guard_##name *taken) \
	{ \
		struct guard_##name guard = *taken; \
		give_back; \
	}

UNINSTRUMENTED_BEGIN

GUARD_KIND(spinlock, spinlock_t, spin_lock(guard.lock), spin_unlock(guard.lock))
GUARD_KIND(spinlock_bh, spinlock_t, spin_lock_bh(guard.lock), spin_unlock_bh(guard.lock))
GUARD_KIND(spinlock_irq, spinlock_t, spin_lock_irq(guard.lock), spin_unlock_irq(guard.lock))
GUARD_KIND(spinlock_irqsave, spinlock_t, spin_lock_irqsave(guard.lock, guard.state),
	   spin_unlock_irqrestore(guard.lock, guard.state))
GUARD_KIND(mutex, struct mutex, mutex_lock(guard.lock), mutex_unlock(guard.lock))

UNINSTRUMENTED_END

#define GUARD_NAME_2(word, number) word##_##number
#define GUARD_NAME(word, number)   GUARD_NAME_2(word, number)
#define GUARD_VARIABLE(kind, name) \
	struct guard_##kind name __attribute__((unused)) __cleanup(guard_##kind##_give_back) = \
		guard_##kind##_take
#define guard(kind) GUARD_VARIABLE(kind, GUARD_NAME(guard_in_block, __COUNTER__))

/* An endless loop that is left after the first time: compilers see that its body runs. */
#define scoped_guard(kind, ...) SCOPED_GUARD(kind, GUARD_NAME(scope_end, __COUNTER__), __VA_ARGS__)
#define SCOPED_GUARD(kind, end, ...) \
	if (0) { \
end:		; \
	} else \
		for (GUARD_VARIABLE(kind, guard_of_scope)(__VA_ARGS__);; ({ goto end; }))
/* clang-format on */

#endif
