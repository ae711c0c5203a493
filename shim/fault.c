/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "shim/fault.h"

#include "shim/backend.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

bool fault_point(enum fault_point kind, const char *name)
{
	struct fault_plan *plan = context_self()->plan;

	if (plan && plan->kind == kind && !plan->fired && plan->left-- == 0) {
		plan->fired = true;
		return true;
	}
	return backend_choose(name);
}

UNINSTRUMENTED_END
