/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * Spinlocks and interrupt state, with the rules of contract 3.5 and more:
 * recursion, order, release by the holder only, interrupt state restored as
 * saved, use from interrupts, sleeping while atomic.
 */
#ifndef PINPRICK_LOCK_H
#define PINPRICK_LOCK_H

#include <stdbool.h>

#define LOCKS_HELD 8 /* by one context */
#define LOCK_CLASSES 32 /* a device of eight has up to three locks */

/* The page lock's class in the order rule; spinlocks get the others on first use. */
#define LOCK_CLASS_PAGE 0

typedef struct spinlock {
	const char *name;
	unsigned char owner;	   /* context + 1; 0: free */
	unsigned char class;	   /* 0: not used in this run yet */
	bool saved;		   /* interrupts were off before it was taken */
	bool in_irq, irqs_on;	   /* how it was taken in this run */
} spinlock_t;

#define SPINLOCK_INIT(lock_name) { .name = (lock_name) }

/* Takes the lock with interrupts off; returns the state to restore. */
unsigned long spin_lock_irqsave(spinlock_t *lock);
void spin_unlock_irqrestore(spinlock_t *lock, unsigned long state);
void spin_lock(spinlock_t *lock);
/* False where somebody has it.  Does not wait, so no order holds for it. */
bool spin_try(spinlock_t *lock);
void spin_unlock(spinlock_t *lock);

/* Complains where the running context must not sleep; what says who would. */
void might_sleep(const char *what);

/* The running context does not hold this lock, holds none, holds one; what says what must not be done so. */
void lock_report_not_held(spinlock_t *lock);
void lock_report_untaken(const char *what);
void lock_report_taken(const char *rule, const char *what);

/* For kinds of locks: the running context is about to use it; whose class is the shim's to give. */
void lock_note_use(spinlock_t *lock);

/* The order rule for a lock of a class that the running context is about to wait for. */
void lock_order_check(unsigned int class, const char *name);

/*
 * Complains where the running context still holds a spinlock, or has interrupts
 * otherwise than it should: at the end of a call.  idle: of an op; then it
 * holds no sleeping lock either.
 */
void lock_check_released(void);
void lock_check_idle(void);

/* Releases whatever any context holds and forgets all orders: the run is over. */
void lock_reset(void);

#endif
