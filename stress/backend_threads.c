/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The threaded back end: every context is a thread of its own.  Lock words are
 * taken with acquire and given with release, as the kernel's spinlocks are, and
 * nothing else in here orders contexts.  Waiting is pause, then yield: there
 * may be fewer CPUs than contexts.
 *
 * At scheduling points interrupts are delivered, where they are on, and now and
 * then a context waits a little, so that others get between its steps.
 */
#include <sched.h>
#include <string.h>

#include "shim/backend.h"
#include "shim/observe.h"
#include "shim/world.h"
#include "stress/actor.h"
#include "stress/clock.h"

UNINSTRUMENTED_BEGIN

#define SPINS_BEFORE_YIELD 64
#define ONE_DELAY_IN	   64  /* points */
#define DELAY_SPINS	   256 /* at the most */
#define ONE_FAULT_IN	   512 /* fault points */

/* Once for each wait: who looks on from outside shall see for what. */
UNSEEN static void say_waits_for(struct stress_context *seen, const char *name,
				 unsigned int owner)
{
	if (seen->waits_for[0])
		return;
	seen->waits++;
	seen->held_by = owner;
	copy_text(seen->waits_for, name, sizeof(seen->waits_for));
}

UNSEEN static void wait_a_little(const char *name, unsigned int owner, unsigned int *spins)
{
	say_waits_for(actor_self()->seen, name, owner);
	if (++*spins % SPINS_BEFORE_YIELD)
		clock_pause();
	else
		sched_yield();
}

UNSEEN static void waits_no_more(void)
{
	actor_self()->seen->waits_for[0] = 0;
}

void backend_take(unsigned char *word, unsigned char owner, const char *name)
{
	unsigned int spins = 0;

	while (!backend_try(word, owner))
		wait_a_little(name, __atomic_load_n(word, __ATOMIC_RELAXED), &spins);
	if (spins)
		waits_no_more();
}

bool backend_try(unsigned char *word, unsigned char owner)
{
	unsigned char nobody = 0;

	return __atomic_compare_exchange_n(word, &nobody, owner, false, __ATOMIC_ACQUIRE,
					   __ATOMIC_RELAXED);
}

/* Somebody has it who runs, or will run again. */
bool backend_wait(const char *name)
{
	unsigned int spins = SPINS_BEFORE_YIELD - 1;

	wait_a_little(name, 0, &spins);
	return true;
}

/* Draws without a branch that others could learn from: every context has its own numbers. */
UNSEEN static bool one_in(struct actor *self, unsigned int n)
{
	return !random_below(&self->rng, n);
}

UNSEEN static void delay(struct actor *self)
{
	unsigned int spins = random_below(&self->rng, DELAY_SPINS);

	if (spins % 4 == 0)
		sched_yield();
	while (spins--)
		clock_pause();
}

void backend_point(const char *name, const void *object)
{
	struct actor *self = actor_self();
	const struct context *cpu = context_self();

	(void)name;
	(void)object;
	if (unlikely(self->seen->waits_for[0]))
		waits_no_more();
	if (unlikely(self->irqs_pending && !cpu->irqs_off && !cpu->irq_depth))
		role_interrupt(self);
	if (unlikely(one_in(self, ONE_DELAY_IN)))
		delay(self);
}

/*
 * Another CPU may have been there first: a page is locked, or its reference
 * gone.  What is refused here the code around it must be ready for; an enqueue
 * on a classic core is not (B15).
 */
bool backend_choose(const char *name)
{
	struct actor *self = actor_self();
	unsigned int call = (unsigned int)(self->seen->in_flight >> 56);

	if (likely(!one_in(self, ONE_FAULT_IN)) || call == CALL_enqueue + 1 ||
	    call == CALL_list_enqueue + 1)
		return false;
	self->seen->faults[!strcmp(name, "alloc") ? FAULT_alloc
			   : !strcmp(name, "get") ? FAULT_ref
						  : FAULT_lock]++;
	return true;
}

void backend_yield(void)
{
	sched_yield();
}

UNINSTRUMENTED_END
