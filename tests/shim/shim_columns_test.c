/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The caller's side by the columns of contract 3.2 and 3.4: each test runs once
 * for each column and says what is different there.
 */
#include "tests/shim/rig.h"

static const struct column {
	const char *kernel;
	unsigned int features;
} columns[] = {
	{ "6.1", CALLER_6_1 | FEATURE_mapping_mark },
	{ "6.12", CALLER_6_12 | FEATURE_mapping_mark },
	{ "7.0", CALLER_7_0 | FEATURE_sticky_type },
};

static struct {
	int answer;
	unsigned int isolations, calls, putbacks;
	enum migrate_mode modes[MIGRATE_PASSES];
	unsigned int targets[MIGRATE_PASSES];
	struct page *release; /* at the first call */
} owner;

static bool owner_isolate(struct page *page, isolate_mode_t mode)
{
	(void)mode;
	assert_int_equal(page_peek_flags(page) & (PG_locked | PG_movable_ops_isolated), PG_locked);
	owner.isolations++;
	return true;
}

static int owner_migrate(struct page *target, struct page *page, enum migrate_mode mode)
{
	assert_true(page_peek_flags(page) & page_peek_flags(target) & PG_locked);
	owner.modes[owner.calls] = mode;
	owner.targets[owner.calls++] = page_frame(target);
	if (owner.release)
		page_put(owner.release);
	owner.release = NULL;
	return owner.answer;
}

static void owner_putback(struct page *page)
{
	/* The flag goes after this. */
	assert_true(page_peek_flags(page) & PG_locked);
	assert_true(page_peek_flags(page) & PG_movable_ops_isolated);
	owner.putbacks++;
}

/* What another CPU, or a log, does at a scheduling point; NULL: nothing.  Links with --wrap. */
static void (*at_point)(const char *name, const void *object);

void __wrap_backend_point(const char *name, const void *object);
void __wrap_backend_point(const char *name, const void *object)
{
	if (at_point)
		at_point(name, object);
}

static const struct movable_operations operations = { owner_isolate, owner_migrate, owner_putback };

static bool has(const struct column *column, unsigned int feature)
{
	return column->features & feature;
}

static void begin(const struct column *column)
{
	world_reset();
	world.features = column->features;
	registry.offline = &operations;
	registry.mark = &operations;
	memset(&owner, 0, sizeof(owner));
	at_point = NULL;
	warnings = 0;
	forget_findings();
}

static void mark(struct page *page, const void *mark_operations)
{
	if (world.features & FEATURE_mapping_mark) {
		page_trylock(page, 1);
		page_set_mark(page, mark_operations);
		page_unlock(page, 1);
	} else {
		page_set_flag(page, PG_movable_ops);
	}
}

static void unmark(struct page *page)
{
	page_trylock(page, 1);
	page_clear_mark(page);
	page_unlock(page, 1);
}

static struct page *isolated_page(unsigned int near)
{
	struct page *page = page_near(near);

	page_set_type(page, PAGE_TYPE_OFFLINE);
	mark(page, &operations);
	assert_int_equal(movable_isolate(page), ISOLATE_DONE);
	return page;
}

#define FOR_EACH_COLUMN(column) \
	for (const struct column *column = columns; column < columns + 3; column++)

/* Does each pass take its own target, and which mode does the owner see? */
static void test_passes(void **state)
{
	(void)state;
	FOR_EACH_COLUMN(column) {
		bool batch = has(column, FEATURE_batch);
		struct page *page, *taken;

		begin(column);
		page = isolated_page(0);
		taken = page_near(20);
		owner.release = taken;
		owner.answer = -EAGAIN;
		assert_int_equal(movable_migrate(page, 20, MIGRATE_SYNC), -EAGAIN);
		assert_int_equal(owner.calls, MIGRATE_PASSES);
		for (unsigned int i = 0; i < MIGRATE_PASSES; i++) {
			/* Kept among the async passes, and among those after them. */
			assert_int_equal(owner.targets[i], i < (batch ? 3 : 1) ? 21 : 20);
			assert_int_equal(owner.modes[i], batch && i < 3 ? MIGRATE_ASYNC : MIGRATE_SYNC);
		}
		assert_true(frame_page(20)->free && frame_page(21)->free);
		assert_false(page_peek_flags(page) & PG_locked);
		assert_int_equal(page_refs(page), 2);
		assert_found("");
	}
}

/* A page that a stranger has locked: who waits? */
static void test_light(void **state)
{
	(void)state;
	FOR_EACH_COLUMN(column) {
		bool waits = !has(column, FEATURE_light_gives_up);
		struct page *page;

		begin(column);
		page = isolated_page(0);
		page_trylock(page, PAGE_LOCK_STRANGER);
		assert_int_equal(movable_migrate(page, 20, MIGRATE_ASYNC), -EAGAIN);
		assert_found("");
		owner.answer = -EBUSY;
		assert_int_equal(movable_migrate(page, 20, MIGRATE_SYNC_LIGHT),
				 waits ? -EBUSY : -EAGAIN);
		/* In this back end nobody can release what is waited for. */
		assert_found(waits ? "progress.deadlock page.unlock-other" : "");
		assert_int_equal(owner.calls, waits);
	}
}

static char let_go[128];

static void log_let_go(const char *name, const void *object)
{
	size_t length = strlen(let_go);

	if (!strcmp(name, "page unlock") || !strcmp(name, "put"))
		snprintf(let_go + length, sizeof(let_go) - length, "%s f%u, ", name,
			 page_frame(object));
}

/* In which order is all let go of after a success? */
static void test_success_tail(void **state)
{
	(void)state;
	FOR_EACH_COLUMN(column) {
		struct page *page;

		begin(column);
		page = isolated_page(0);
		let_go[0] = 0;
		at_point = log_let_go;
		assert_int_equal(movable_migrate(page, 20, MIGRATE_SYNC), 0);
		assert_string_equal(let_go, has(column, FEATURE_batch) ?
			"page unlock f20, put f20, page unlock f0, put f0, " :
			"page unlock f20, page unlock f0, put f20, put f0, ");
		assert_found("");
	}
}

/* A page that does not move: both are unlocked before the target is given back. */
static void test_failure_tail(void **state)
{
	(void)state;
	FOR_EACH_COLUMN(column) {
		struct page *page;

		begin(column);
		page = isolated_page(0);
		owner.answer = -EBUSY;
		let_go[0] = 0;
		at_point = log_let_go;
		assert_int_equal(movable_migrate(page, 20, MIGRATE_SYNC), -EBUSY);
		assert_string_equal(let_go, "page unlock f20, page unlock f0, put f20, ");
		assert_found("");
	}
}

static struct page *put_next;

static void put_at_unlock(const char *name, const void *object)
{
	struct page *page = put_next;

	(void)object;
	if (!page || strcmp(name, "page unlock"))
		return;
	put_next = NULL;
	page_put(page);
}

/* A pass that does not get its target's lock: the next one has a new target. */
static void test_target_lock_refused(void **state)
{
	(void)state;
	FOR_EACH_COLUMN(column) {
		struct fault_plan plan = { FAULT_POINT_LOCK, 1, false };
		struct page *page, *taken;

		begin(column);
		page = isolated_page(0);
		taken = page_near(20);
		at_point = put_at_unlock;
		put_next = taken;
		context_self()->plan = &plan;
		assert_int_equal(movable_migrate(page, 20, MIGRATE_SYNC), 0);
		context_self()->plan = NULL;
		assert_true(plan.fired && !put_next);
		assert_int_equal(owner.calls, 1);
		assert_int_equal(owner.targets[0], 20);
		assert_found("");
	}
}

/* A caller that is async throughout keeps its locked target to the end, in a batch. */
static void test_async_passes(void **state)
{
	(void)state;
	FOR_EACH_COLUMN(column) {
		struct page *page;

		begin(column);
		page = isolated_page(0);
		owner.release = page_near(20);
		owner.answer = -EAGAIN;
		assert_int_equal(movable_migrate(page, 20, MIGRATE_ASYNC), -EAGAIN);
		assert_int_equal(owner.calls, MIGRATE_PASSES);
		for (unsigned int i = 0; i < MIGRATE_PASSES; i++) {
			assert_int_equal(owner.targets[i],
					 !i || has(column, FEATURE_batch) ? 21 : 20);
			assert_int_equal(owner.modes[i], MIGRATE_ASYNC);
		}
		assert_found("");
	}
}

static void isolate_first(const char *name, const void *object)
{
	if (!strcmp(name, "page trylock"))
		page_set_flag(frame_page(page_frame(object)), PG_movable_ops_isolated);
}

/* Another CPU isolates the page between the look without its lock and the lock. */
static void test_isolated_meanwhile(void **state)
{
	(void)state;
	FOR_EACH_COLUMN(column) {
		struct page *page;

		begin(column);
		page = page_near(0);
		page_set_type(page, PAGE_TYPE_OFFLINE);
		mark(page, &operations);
		at_point = isolate_first;
		assert_int_equal(movable_isolate(page), ISOLATE_TAKEN);
		assert_int_equal(owner.isolations, 0);
		assert_int_equal(page_refs(page), 1);
		assert_false(page_peek_flags(page) & PG_locked);
		assert_found("");
	}
}

static void test_freed_meanwhile(void **state)
{
	(void)state;
	FOR_EACH_COLUMN(column) {
		bool shortcut = has(column, FEATURE_freed_shortcut);
		struct page *page;

		begin(column);
		page = isolated_page(0);
		page_put(page);
		if (!has(column, FEATURE_sticky_type))
			page_clear_type(page, PAGE_TYPE_OFFLINE);
		if (has(column, FEATURE_mapping_mark))
			unmark(page);
		assert_int_equal(movable_migrate(page, 20, MIGRATE_SYNC), 0);
		assert_int_equal(owner.calls, !shortcut);
		assert_true(page->free);
		assert_found("");
	}
}

/* The mark is taken away from an isolated page: only its isolated flag is left to clear. */
static void test_not_movable_any_more(void **state)
{
	(void)state;
	FOR_EACH_COLUMN(column) {
		struct page *page;

		if (!has(column, FEATURE_mapping_mark))
			continue;
		begin(column);
		page = isolated_page(0);
		unmark(page);
		movable_putback(page);
		assert_int_equal(owner.putbacks, 0);
		assert_int_equal(page_refs(page), 1);
		assert_int_equal(page_peek_flags(page), 0);
		/* It still looks movable; the look under the lock tells better. */
		assert_true(page_looks_movable(page));
		assert_int_equal(movable_isolate(page), ISOLATE_REFUSED);
		mark(page, &operations);
		assert_int_equal(movable_isolate(page), ISOLATE_DONE);
		unmark(page);
		assert_int_equal(movable_migrate(page, 20, MIGRATE_SYNC), 0);
		assert_int_equal(owner.calls, 0);
		assert_int_equal(page_refs(page), 1);
		assert_found("");
		mark(page, &owner);
		movable_isolate(page);
		assert_found("migrate.mark");
	}
}

/* Without a mark that names operations, those that are registered are asked all the same. */
static void test_asked_regardless(void **state)
{
	(void)state;
	FOR_EACH_COLUMN(column) {
		struct page *page;

		if (has(column, FEATURE_mapping_mark))
			continue;
		begin(column);
		page = isolated_page(0);
		page_clear_flag(page, PG_movable_ops);
		movable_putback(page);
		assert_int_equal(owner.putbacks, 1);
		assert_int_equal(warnings, 1);
		assert_int_equal(page_refs(page), 1);
		assert_int_equal(page_peek_flags(page), 0);
		mark(page, &operations);
		assert_int_equal(movable_isolate(page), ISOLATE_DONE);
		page_clear_flag(page, PG_movable_ops);
		assert_int_equal(movable_migrate(page, 20, MIGRATE_SYNC), 0);
		assert_int_equal(owner.calls, 1);
		assert_int_equal(warnings, 2);
		assert_int_equal(page_refs(page), 1);
		page = isolated_page(1);
		registry.offline = NULL;
		movable_putback(page);
		assert_int_equal(owner.putbacks, 1);
		assert_int_equal(warnings, 3);
		assert_int_equal(page_peek_flags(page), PG_movable_ops);
		assert_found("");
	}
}

static void test_freed(void **state)
{
	(void)state;
	FOR_EACH_COLUMN(column) {
		bool in_mapping = has(column, FEATURE_mapping_mark);
		struct page *page;

		begin(column);
		page = page_near(0);
		page_set_type(page, PAGE_TYPE_OFFLINE);
		page_put(page);
		assert_found(has(column, FEATURE_sticky_type) ? "" : "page.free-typed");
		page = page_near(0);
		page_trylock(page, 1);
		page_set_mark(page, &operations);
		page_clear_mark(page);
		page_unlock(page, 1);
		page_put(page);
		assert_found(in_mapping ? "" : "page.free-mapping");
		page = page_near(0);
		page_trylock(page, 1);
		page_set_mark(page, &operations);
		page_unlock(page, 1);
		page_put(page);
		assert_found("page.free-mapping");
	}
}

static void test_type(void **state)
{
	(void)state;
	FOR_EACH_COLUMN(column) {
		bool sticky = has(column, FEATURE_sticky_type);
		struct page *page;

		begin(column);
		page = page_near(0);
		page_set_type(page, PAGE_TYPE_OFFLINE);
		page_set_type(page, PAGE_TYPE_OFFLINE);
		assert_found(sticky ? "" : "page.type-unpaired");
		page_clear_type(page, PAGE_TYPE_OFFLINE);
		assert_found("");
		page_clear_type(page, PAGE_TYPE_OFFLINE);
		assert_found("page.type-unpaired");
	}
}

/* The mark changes under the page lock, and under one's own. */
static void test_mark_lock(void **state)
{
	struct page *page;

	(void)state;
	begin(&columns[0]);
	page = page_near(0);
	page_set_mark(page, &operations);
	assert_found("lock.page-not-held");
	page_trylock(page, PAGE_LOCK_STRANGER);
	page_clear_mark(page);
	assert_found("lock.page-not-held");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_passes), TEST(test_light),	 TEST(test_freed_meanwhile),
		TEST(test_freed),   TEST(test_type),	 TEST(test_not_movable_any_more),
		TEST(test_mark_lock), TEST(test_success_tail), TEST(test_isolated_meanwhile),
		TEST(test_asked_regardless), TEST(test_target_lock_refused),
		TEST(test_async_passes), TEST(test_failure_tail),
	};

	return cmocka_run_group_tests_name("columns", tests, NULL, NULL);
}
