/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "shim/backend_single.h"

#include "shim/instrument.h"
#include "shim/observe.h"

UNINSTRUMENTED_BEGIN

static unsigned int running;

void backend_single_switch(unsigned int context)
{
	running = context;
}

unsigned int backend_self(void)
{
	return running;
}

bool backend_wait(const char *name)
{
	observe_finding("progress.deadlock", "waits for %s, and nobody is left to release it",
			name);
	return false;
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
