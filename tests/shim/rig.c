/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "tests/shim/rig.h"

/* The findings since they were last asked for. */
static char found[256];
unsigned int warnings;

void observe_finding(const char *rule, const char *format, ...)
{
	(void)format;
	if (strlen(found) + strlen(rule) + 2 < sizeof(found)) {
		strcat(found, *found ? " " : "");
		strcat(found, rule);
	}
}

void observe_warning(const char *what)
{
	(void)what;
	warnings++;
}

static jmp_buf *bug_return;

_Noreturn void observe_bug(const char *what)
{
	if (bug_return)
		longjmp(*bug_return, 1);
	fprintf(stderr, "BUG: %s\n", what);
	abort();
}

bool gives_up(void (*action)(void))
{
	jmp_buf here;
	bool gave_up;

	bug_return = &here;
	gave_up = setjmp(here);
	if (!gave_up)
		action();
	bug_return = NULL;
	return gave_up;
}

void assert_found(const char *want)
{
	assert_string_equal(found, want);
	found[0] = 0;
}

spinlock_t one = SPINLOCK_INIT("one"), two = SPINLOCK_INIT("two");
struct movable_registry registry;

int setup(void **state)
{
	(void)state;
	if (!world.pages && world_create(FRAMES))
		return 1;
	world_set_zones((const uint8_t[4]){ 0, 1, 2, 3 });
	world.features = FEATURE_sticky_type | CALLER_7_0;
	found[0] = 0;
	warnings = 0;
	registry.offline = NULL;
	movable_registry = &registry;
	page_alloc_hook = NULL;
	backend_single_switch(0);
	context_self()->request.required = GFP_HIGHUSER;
	return 0;
}

int teardown(void **state)
{
	(void)state;
	world_reset();
	return 0;
}

struct page *page_near(unsigned int near)
{
	context_self()->request = (struct page_alloc_request){ near, GFP_HIGHUSER };
	return page_alloc(GFP_HIGHUSER);
}

void assert_frame(const struct page *page, unsigned int frame)
{
	assert_non_null(page);
	assert_int_equal(page_frame(page), frame);
}

__attribute__((no_sanitize("address"))) void scribble(struct page *page)
{
	page->content = 0;
}

void forget_findings(void)
{
	found[0] = 0;
}
