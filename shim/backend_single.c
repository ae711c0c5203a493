/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "shim/backend_single.h"

#include "shim/instrument.h"
#include "shim/observe.h"

UNINSTRUMENTED_BEGIN

void backend_single_switch(unsigned int context)
{
	backend_context = context;
}

bool backend_wait(const char *name)
{
	observe_finding("progress.deadlock", "waits for %s, and nobody is left to release it",
			name);
	return false;
}

/* Whoever runs, runs alone. */
void backend_take(unsigned char *word, unsigned char owner, const char *name)
{
	if (unlikely(*word))
		backend_wait(name);
	*word = owner;
}

bool backend_try(unsigned char *word, unsigned char owner)
{
	if (*word)
		return false;
	*word = owner;
	return true;
}

void backend_point(const char *name, const void *object)
{
	(void)name;
	(void)object;
}

bool backend_choose(const char *name)
{
	(void)name;
	return false;
}

void backend_yield(void)
{
}

UNINSTRUMENTED_END
