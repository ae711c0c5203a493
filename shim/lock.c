/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "shim/lock.h"

#include <string.h>

#include "shim/backend.h"
#include "shim/observe.h"
#include "shim/sleep_lock.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

static unsigned char owner_of_self(void)
{
	return (unsigned char)(backend_self() + 1);
}

ORACLE static unsigned char owner_of(const spinlock_t *lock)
{
	return __atomic_load_n(&lock->owner, __ATOMIC_RELAXED);
}

/* What a lock is before its first use in a run, and after; anything else nobody has made a lock. */
ORACLE static void check_initialised(spinlock_t *lock)
{
	unsigned int class = __atomic_load_n(&lock->class, __ATOMIC_ACQUIRE);

	if (likely(!class || (class < LOCK_CLASSES && world.locks[class] == lock)))
		return;
	*lock = (spinlock_t)SPINLOCK_INIT("a lock that nobody initialised");
	observe_finding("lock.uninitialised", "a lock is used that was not initialised");
}

/* Several contexts may use a lock for the first time at once. */
ORACLE static void first_use(spinlock_t *lock)
{
	static bool busy;
	bool full;

	while (__atomic_exchange_n(&busy, true, __ATOMIC_ACQUIRE))
		;
	if (!world.lock_classes)
		world.lock_classes = LOCK_CLASS_PAGE + 1;
	full = world.lock_classes == LOCK_CLASSES;
	if (!lock->class && !full) {
		world.locks[world.lock_classes] = lock;
		__atomic_store_n(&lock->class, (unsigned char)world.lock_classes++,
				 __ATOMIC_RELEASE);
	}
	__atomic_store_n(&busy, false, __ATOMIC_RELEASE);
	if (full)
		observe_finding("lock.too-many", "more than %d locks in one run", LOCK_CLASSES - 1);
}

ORACLE void lock_note_use(spinlock_t *lock)
{
	world_step();
	check_initialised(lock);
	if (unlikely(!__atomic_load_n(&lock->class, __ATOMIC_RELAXED)))
		first_use(lock);
}

ORACLE static unsigned int classes_held(const struct context *self)
{
	unsigned int held = self->pages_locked ? 1u << LOCK_CLASS_PAGE : 0;

	for (unsigned int i = 0; i < self->held_count; i++)
		held |= 1u << self->held[i]->class;
	for (unsigned int i = 0; i < self->sleeping_count; i++)
		held |= 1u << self->sleeping[i]->lock.class;
	return held;
}

/* Has b ever, directly, been held when a was waited for?  Then a is never held for b. */
ORACLE void lock_order_check(unsigned int class, const char *name)
{
	unsigned int held = classes_held(context_self());
	uint32_t known = __atomic_load_n(&world.lock_order[class], __ATOMIC_RELAXED);

	if ((known | held) == known)
		return; /* nothing that was not looked at before */
	__atomic_fetch_or(&world.lock_order[class], held, __ATOMIC_RELAXED);
	for (unsigned int other = 0; other < LOCK_CLASSES; other++) {
		if ((held & 1u << other) && other != class &&
		    (__atomic_load_n(&world.lock_order[other], __ATOMIC_RELAXED) & 1u << class)) {
			observe_finding("lock.order",
					"%s is taken inside %s, and elsewhere the other way round",
					name,
					other == LOCK_CLASS_PAGE ? "the page lock"
								 : world.locks[other]->name);
			return;
		}
	}
}

/* Set where it is not set yet: usually it is, and then no other context loses the line. */
ORACLE static void note(bool *what)
{
	if (!__atomic_load_n(what, __ATOMIC_RELAXED))
		__atomic_store_n(what, true, __ATOMIC_RELAXED);
}

ORACLE static void irq_use_check(spinlock_t *lock, const struct context *self)
{
	if (self->irq_depth)
		note(&lock->in_irq);
	else if (!self->irqs_off)
		note(&lock->irqs_on);
	if (unlikely(__atomic_load_n(&lock->in_irq, __ATOMIC_RELAXED) &&
		     __atomic_load_n(&lock->irqs_on, __ATOMIC_RELAXED)))
		observe_finding("lock.irq-unsafe",
				"%s is taken by interrupts, and elsewhere with interrupts on",
				lock->name);
}

/* May the running context wait for it?  False where it has the lock, which was reported. */
ORACLE static bool may_wait(spinlock_t *lock)
{
	lock_note_use(lock);
	if (unlikely(owner_of(lock) == owner_of_self())) {
		observe_finding("lock.recursion", "%s is taken by the context that holds it",
				lock->name);
		return false;
	}
	lock_order_check(lock->class, lock->name);
	irq_use_check(lock, context_self());
	return true;
}

ORACLE static void note_taken(spinlock_t *lock)
{
	struct context *self = context_self();

	if (self->held_count < LOCKS_HELD)
		self->held[self->held_count++] = lock;
}

static void acquire(spinlock_t *lock)
{
	if (unlikely(!may_wait(lock)))
		return;
	backend_take(&lock->owner, owner_of_self(), lock->name);
	note_taken(lock);
}

ORACLE static bool may_release(spinlock_t *lock)
{
	check_initialised(lock);
	if (likely(owner_of(lock) == owner_of_self()))
		return true;
	if (owner_of(lock))
		observe_finding("lock.release-other",
				"%s is released, but another context holds it", lock->name);
	else
		observe_finding("lock.release-unheld", "%s is released, but nobody holds it",
				lock->name);
	return false;
}

ORACLE static void note_released(const spinlock_t *lock)
{
	struct context *self = context_self();
	unsigned int i = self->held_count;

	while (i && self->held[i - 1] != lock)
		i--;
	if (!i)
		return;
	for (self->held_count--; i <= self->held_count; i++)
		self->held[i - 1] = self->held[i];
}

static void release(spinlock_t *lock)
{
	if (unlikely(!may_release(lock)))
		return;
	note_released(lock);
	__atomic_store_n(&lock->owner, 0, __ATOMIC_RELEASE);
}

/* Interrupts go off; were they off? */
ORACLE static bool turn_irqs_off(void)
{
	struct context *self = context_self();
	bool state = self->irqs_off;

	self->irqs_off = true;
	return state;
}

ORACLE static void save(spinlock_t *lock, bool state)
{
	lock->saved = state;
}

unsigned long spin_lock_irqsave(spinlock_t *lock)
{
	bool state;

	backend_point("lock", lock);
	state = turn_irqs_off();
	acquire(lock);
	save(lock, state);
	return state;
}

ORACLE static void check_saved(const spinlock_t *lock, unsigned long state)
{
	if (unlikely(state != lock->saved))
		observe_finding("lock.irq-restore",
				"%s is released with another interrupt state than was saved",
				lock->name);
}

void spin_unlock_irqrestore(spinlock_t *lock, unsigned long state)
{
	check_saved(lock, state);
	release(lock);
	context_self()->irqs_off = state;
}

void spin_lock(spinlock_t *lock)
{
	backend_point("lock", lock);
	acquire(lock);
	save(lock, context_self()->irqs_off);
}

bool spin_try(spinlock_t *lock)
{
	lock_note_use(lock);
	irq_use_check(lock, context_self());
	if (!backend_try(&lock->owner, owner_of_self()))
		return false;
	note_taken(lock);
	save(lock, context_self()->irqs_off);
	return true;
}

void spin_unlock(spinlock_t *lock)
{
	release(lock);
}

ORACLE void lock_report_not_held(spinlock_t *lock)
{
	check_initialised(lock);
	observe_finding("lock.not-held", "%s should be held here", lock->name);
}

void lock_report_untaken(const char *what)
{
	observe_finding("lock.not-held", "%s without the balloon lock", what);
}

ORACLE void might_sleep(const char *what)
{
	const struct context *self = context_self();

	if (unlikely(self->held_count))
		observe_finding("lock.sleep", "%s may sleep while %s is held", what,
				self->held[self->held_count - 1]->name);
	else if (unlikely(self->irqs_off || self->irq_depth))
		observe_finding("lock.sleep", "%s may sleep while interrupts are off", what);
}

void lock_report_taken(const char *rule, const char *what)
{
	const struct context *self = context_self();

	observe_finding(rule, "%s while %s is held", what, self->held[self->held_count - 1]->name);
}

ORACLE void lock_check_released(void)
{
	const struct context *self = context_self();

	if (unlikely(self->held_count))
		observe_finding("lock.left-held", "%s is still held at the end of the op",
				self->held[0]->name);
	else if (unlikely(self->irqs_off != (self->irq_depth > 0)))
		observe_finding("lock.irqs-left", "interrupts are left %s at the end of the op",
				self->irqs_off ? "off" : "on");
}

ORACLE void lock_check_idle(void)
{
	const struct context *self = context_self();

	lock_check_released();
	if (unlikely(self->sleeping_count))
		observe_finding("lock.left-held", "%s is still held at the end of the op",
				self->sleeping[0]->lock.name);
}

void lock_reset(void)
{
	for (unsigned int i = LOCK_CLASS_PAGE + 1; i < world.lock_classes; i++) {
		spinlock_t *lock = world.locks[i];

		*lock = (spinlock_t)SPINLOCK_INIT(lock->name);
	}
	world.lock_classes = 0;
	memset(world.lock_order, 0, sizeof(world.lock_order));
	for (unsigned int i = 0; i < world.contexts_used; i++)
		world.contexts[i].held_count = world.contexts[i].sleeping_count = 0;
}

UNINSTRUMENTED_END
