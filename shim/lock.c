/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "shim/lock.h"

#include <string.h>

#include "shim/backend.h"
#include "shim/observe.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

static unsigned char owner_of_self(void)
{
	return (unsigned char)(backend_self() + 1);
}

/* What a lock is before its first use in a run, and after; anything else nobody has made a lock. */
static void check_initialised(spinlock_t *lock)
{
	if (likely(!lock->class || (lock->class < LOCK_CLASSES && world.locks[lock->class] == lock)))
		return;
	*lock = (spinlock_t)SPINLOCK_INIT("a lock that nobody initialised");
	observe_finding("lock.uninitialised", "a lock is used that was not initialised");
}

static void first_use(spinlock_t *lock)
{
	if (!world.lock_classes)
		world.lock_classes = LOCK_CLASS_PAGE + 1;
	if (world.lock_classes == LOCK_CLASSES) {
		observe_finding("lock.too-many", "more than %d locks in one run", LOCK_CLASSES - 1);
		return;
	}
	lock->class = (unsigned char)world.lock_classes;
	world.locks[world.lock_classes++] = lock;
}

/* Has b ever, directly, been held when a was waited for?  Then a is never held for b. */
void lock_order_check(unsigned int class, const char *name)
{
	const struct context *self = context_self();
	unsigned int held = self->pages_locked ? 1u << LOCK_CLASS_PAGE : 0;

	for (unsigned int i = 0; i < self->held_count; i++)
		held |= 1u << self->held[i]->class;
	world.lock_order[class] |= (unsigned char)held;
	for (unsigned int other = 0; other < LOCK_CLASSES; other++) {
		if ((held & 1u << other) && other != class &&
		    (world.lock_order[other] & 1u << class)) {
			observe_finding("lock.order", "%s is taken inside %s, and elsewhere the other way round",
					name, other == LOCK_CLASS_PAGE ? "the page lock" :
									 world.locks[other]->name);
			return;
		}
	}
}

static void irq_use_check(spinlock_t *lock, const struct context *self)
{
	if (self->irq_depth)
		lock->in_irq = true;
	else if (!self->irqs_off)
		lock->irqs_on = true;
	if (unlikely(lock->in_irq && lock->irqs_on))
		observe_finding("lock.irq-unsafe",
				"%s is taken by interrupts, and elsewhere with interrupts on",
				lock->name);
}

static void acquire(spinlock_t *lock)
{
	struct context *self = context_self();

	world_step();
	check_initialised(lock);
	if (unlikely(!lock->class))
		first_use(lock);
	backend_point("lock", lock);
	if (unlikely(lock->owner == owner_of_self())) {
		observe_finding("lock.recursion", "%s is taken by the context that holds it",
				lock->name);
		return;
	}
	lock_order_check(lock->class, lock->name);
	irq_use_check(lock, self);
	while (unlikely(__atomic_load_n(&lock->owner, __ATOMIC_RELAXED)))
		if (!backend_wait(lock->name))
			break;
	__atomic_store_n(&lock->owner, owner_of_self(), __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (self->held_count < LOCKS_HELD)
		self->held[self->held_count++] = lock;
}

static void release(spinlock_t *lock)
{
	struct context *self = context_self();
	unsigned int i = self->held_count;

	check_initialised(lock);
	if (unlikely(lock->owner != owner_of_self())) {
		if (lock->owner)
			observe_finding("lock.release-other", "%s is released, but another context holds it",
					lock->name);
		else
			observe_finding("lock.release-unheld", "%s is released, but nobody holds it",
					lock->name);
		return;
	}
	while (i && self->held[i - 1] != lock)
		i--;
	if (i) {
		memmove(&self->held[i - 1], &self->held[i],
			(self->held_count - i) * sizeof(self->held[0]));
		self->held_count--;
	}
	__atomic_store_n(&lock->owner, 0, __ATOMIC_RELEASE);
}

unsigned long spin_lock_irqsave(spinlock_t *lock)
{
	struct context *self = context_self();
	bool state = self->irqs_off;

	self->irqs_off = true;
	acquire(lock);
	lock->saved = state;
	return state;
}

void spin_unlock_irqrestore(spinlock_t *lock, unsigned long state)
{
	struct context *self = context_self();

	if (unlikely(state != lock->saved))
		observe_finding("lock.irq-restore", "%s is released with another interrupt state than was saved",
				lock->name);
	release(lock);
	self->irqs_off = state;
}

void spin_lock(spinlock_t *lock)
{
	acquire(lock);
	lock->saved = context_self()->irqs_off;
}

void spin_unlock(spinlock_t *lock)
{
	release(lock);
}

void lock_report_not_held(spinlock_t *lock)
{
	check_initialised(lock);
	observe_finding("lock.not-held", "%s should be held here", lock->name);
}

void lock_report_untaken(const char *what)
{
	observe_finding("lock.not-held", "%s without the balloon lock", what);
}

void might_sleep(const char *what)
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

	observe_finding(rule, "%s while %s is held", what,
			self->held[self->held_count - 1]->name);
}

void lock_check_idle(void)
{
	const struct context *self = context_self();

	if (unlikely(self->held_count))
		observe_finding("lock.left-held", "%s is still held at the end of the op",
				self->held[0]->name);
	else if (unlikely(self->irqs_off != (self->irq_depth > 0)))
		observe_finding("lock.irqs-left", "interrupts are left %s at the end of the op",
				self->irqs_off ? "off" : "on");
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
		world.contexts[i].held_count = 0;
}

UNINSTRUMENTED_END
