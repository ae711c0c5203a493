/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Stand-ins that mean what they mean in the kernel: spinlocks, mutexes, the
 * interrupts of a CPU.  Locks in messages have the names that the file has for them.
 */
#ifndef PINPRICK_LINUX_RESTATED_LOCK_H
#define PINPRICK_LINUX_RESTATED_LOCK_H

#include "shim/linux/restated_language.h"
#include "shim/world.h"

#define DEFINE_SPINLOCK(name)	       spinlock_t name = SPINLOCK_INIT(#name)
#define __SPIN_LOCK_UNLOCKED(name)     SPINLOCK_INIT(#name)
#define spin_lock_init(lock)	       (*(lock) = (spinlock_t)SPINLOCK_INIT(#lock))
#define spin_lock_irqsave(lock, state) ((state) = (spin_lock_irqsave)(lock))
/* The end of these turns interrupts on: a finding where they were off before. */
#define spin_lock_irq(lock)   ((void)(spin_lock_irqsave)(lock))
#define spin_unlock_irq(lock) spin_unlock_irqrestore(lock, false)
/* There are no bottom halves, only interrupts, and those stay on. */
#define spin_lock_bh(lock)   spin_lock(lock)
#define spin_unlock_bh(lock) spin_unlock(lock)

/* clang-format off */
#define spin_trylock(lock) spin_try(lock)
#define spin_trylock_irqsave(lock, state) \
	({ (state) = kernel_irqs_switch(true); \
	   kernel_spin_try_saved(lock, state); })
#define spin_trylock_irq(lock) \
	({ unsigned long irq_state_was = kernel_irqs_switch(true); \
	   kernel_spin_try_saved(lock, irq_state_was); })
/* clang-format on */

/* Takes and gives back by hand; a mutex is a spinlock that its holder may sleep with. */
struct mutex {
	spinlock_t lock;
};

#define DEFINE_MUTEX(name) struct mutex name = { SPINLOCK_INIT(#name) }
#define mutex_init(mutex)  spin_lock_init(&(mutex)->lock)

#define local_irq_save(state)	 ((state) = kernel_irqs_switch(true))
#define local_irq_restore(state) ((void)kernel_irqs_switch(state))
#define local_irq_disable()	 ((void)kernel_irqs_switch(true))
#define local_irq_enable()	 ((void)kernel_irqs_switch(false))

UNINSTRUMENTED_BEGIN

static inline bool spin_is_locked(const spinlock_t *lock)
{
	return __atomic_load_n(&lock->owner, __ATOMIC_RELAXED) != 0;
}

static inline bool kernel_lock_is_mine(const spinlock_t *lock)
{
	return __atomic_load_n(&lock->owner, __ATOMIC_RELAXED) == backend_self() + 1;
}
#define lockdep_is_held(lock) kernel_lock_is_mine(lock)

/* Turns interrupts off or on; were they off? */
static inline unsigned long kernel_irqs_switch(bool off)
{
	struct context *self = context_self();
	bool were_off = self->irqs_off;

	self->irqs_off = off;
	return were_off;
}

/* Interrupts are off; they are as they were where somebody has the lock. */
static inline bool kernel_spin_try_saved(spinlock_t *lock, unsigned long state)
{
	bool taken = spin_try(lock);

	if (taken)
		lock->saved = state;
	else
		context_self()->irqs_off = state;
	return taken;
}

static inline bool irqs_disabled(void)
{
	return context_self()->irqs_off || context_self()->irq_depth;
}

/* Those that a context counts as held are spinlocks. */
static inline void kernel_mutex_taken(struct mutex *mutex)
{
	struct context *self = context_self();

	if (self->held_count && self->held[self->held_count - 1] == &mutex->lock)
		self->held_count--;
}

static inline void mutex_lock(struct mutex *mutex)
{
	(might_sleep)("mutex_lock()");
	spin_lock(&mutex->lock);
	kernel_mutex_taken(mutex);
}

static inline bool mutex_is_locked(const struct mutex *mutex)
{
	return spin_is_locked(&mutex->lock);
}

static inline bool mutex_trylock(struct mutex *mutex)
{
	if (!spin_try(&mutex->lock))
		return false;
	kernel_mutex_taken(mutex);
	return true;
}

static inline void mutex_unlock(struct mutex *mutex)
{
	spin_unlock(&mutex->lock);
}

UNINSTRUMENTED_END

#endif
