/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "guest/acts.h"

#include <string.h>

#include "shim/migrate.h"
#include "shim/world.h"

UNINSTRUMENTED_BEGIN

struct guest_device *guest_device_of(const struct record *r)
{
	return op_table[r->op].operand[0] == KIND_DEVICE ? &guest.devices[r->a] : NULL;
}

/* Isolates what it can; the frames that came, as bits. */
static uint64_t isolate_range(unsigned int frame, unsigned int end)
{
	uint64_t taken = 0;

	for (; frame < end && frame < PROGRAM_FRAMES; frame++)
		if (movable_isolate(frame_page(frame)) == ISOLATE_DONE)
			taken |= (uint64_t)1 << frame;
	return taken;
}

/* Moves each to near, or puts it back; returns how many it moved. */
static int move_all(uint64_t taken, unsigned int near, enum migrate_mode mode)
{
	int moved = 0;

	for (; taken; taken &= taken - 1) {
		struct page *page = frame_page((unsigned int)__builtin_ctzll(taken));

		if (!movable_migrate(page, near, mode))
			moved++;
		else
			movable_putback(page);
	}
	return moved;
}

static int compact(const struct record *r)
{
	return move_all(isolate_range(r->a, r->a + r->b), (r->a + r->b) % PROGRAM_FRAMES,
			(enum migrate_mode)r->c);
}

static int scan(const struct record *r)
{
	uint64_t taken = isolate_range(r->a, r->a + r->b);
	int count = __builtin_popcountll(taken);

	for (; taken; taken &= taken - 1)
		movable_putback(frame_page((unsigned int)__builtin_ctzll(taken)));
	return count;
}

static int offline(const struct record *r)
{
	unsigned int quarter = PROGRAM_FRAMES / 4, first = r->a / quarter * quarter;
	unsigned int near = (first + 2 * quarter) % PROGRAM_FRAMES;
	uint64_t taken = 1;
	int moved = 0;

	for (unsigned int round = 0; round < 3 && taken; round++) {
		taken = isolate_range(first, first + quarter);
		moved += move_all(taken, near, MIGRATE_SYNC);
	}
	return moved;
}

static int target(const struct record *r)
{
	__atomic_store_n(&guest_device_of(r)->target, r->b, __ATOMIC_RELAXED);
	return guest_round(guest_device_of(r));
}

/* As inside an allocation. */
static int oom(const struct record *r)
{
	unsigned int pages;

	context_self()->reclaim_depth++;
	pages = guest_device_of(r)->driver->oom(guest_device_of(r));
	context_self()->reclaim_depth--;
	return (int)pages;
}

int guest_act(const struct record *r, const struct driver *const *from)
{
	struct guest_device *device = guest_device_of(r);

	switch (r->op) {
	case OP_attach:
		guest_attach(device, from[r->b], r->c ? 16 : 1);
		return 0;
	case OP_remove:
		return device->driver->remove(device);
	case OP_inflate:
		context_self()->request.near = r->c;
		return (int)device->driver->inflate(device, r->b * device->units);
	case OP_deflate:
		return (int)device->driver->deflate(device, r->b * device->units);
	case OP_target:
		context_self()->request.near = r->c;
		return target(r);
	case OP_oom:
		return oom(r);
	case OP_refuse:
		host_refuse(&guest.host, (enum host_request)r->a, r->b);
		return 0;
	case OP_compact:
		return compact(r);
	case OP_scan:
		return scan(r);
	case OP_offline:
		return offline(r);
	default:
		guest_hotplug(device, r->b);
		return 0;
	}
}

void guest_print_value(FILE *out, const struct record *r, int value)
{
	switch (r->op) {
	case OP_inflate:
	case OP_deflate:
		fprintf(out, "%d unit%s", value, value == 1 ? "" : "s");
		break;
	case OP_oom:
		fprintf(out, "%d page%s", value, value == 1 ? "" : "s");
		break;
	case OP_compact:
	case OP_offline:
		fprintf(out, "%d moved", value);
		break;
	case OP_scan:
		fprintf(out, "%d seen", value);
		break;
	case OP_target:
		fputs(value ? "is there" : "one round", out);
		break;
	case OP_remove:
		fputs(value ? "gone" : "stays", out);
		break;
	default:
		fputs("ok", out);
	}
}

/* By name: tests put a changed copy in a driver's place. */
static bool is_driver(const struct driver *driver, const struct driver *ours)
{
	return !strcmp(driver->name, ours->name);
}

const char *guest_mistake(const struct record *r, const char *rule, bool several)
{
	bool bug = !strcmp(rule, "model.bug");
	const struct driver *driver;

	if (!guest.as_is || op_table[r->op].operand[0] != KIND_DEVICE || r->a >= guest.count)
		return "";
	driver = guest_device_of(r)->driver;
	/* Whether or not a scanner comes just then. */
	if (is_driver(driver, &driver_vmware) && (guest.features & FEATURE_page_lock) &&
	    (bug || !strcmp(rule, "driver.state")))
		return "\nas in the kernel, row B15: what the host refuses goes back in, which is a "
		       "BUG where a scanner has the page locked";
	if (!is_driver(driver, &driver_pseries) || (!bug && strcmp(rule, "lock.report")))
		return "";
	if (several)
		return "\nas in the kernel, row B4, B5 or B10: it asks for pages without knowing "
		       "that there are any";
	return r->op == OP_oom ? "\nas in the kernel, row B4: the notifier takes out a fixed "
				 "amount, however much there is"
			       : "";
}

UNINSTRUMENTED_END
