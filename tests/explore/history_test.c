/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * The judge of histories: what is odd but right is allowed, what is wrong is not.
 */
#include "explore/history.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "harness/sut.h"
#include "tests/explore/history_test.h"

static unsigned int passed, failed;

/* The history under construction. */
static struct history now;
static struct program world;
static unsigned int order[HISTORY_OPS];
static char text[16384];

void judge(bool right, const char *what, const char *got)
{
	if (right) {
		passed++;
		return;
	}
	failed++;
	printf("FAIL %s: %s\n", what, got);
}

static void start(void)
{
	program_decode(&world, NULL, 0);
	world.devices = 1;
	now.count = 0;
	now.complete = true;
}

/* An op, as a line of a program, over a time; isolate, get and lock went well. */
static struct history_op *did(unsigned int begin, unsigned int end, const char *line)
{
	static struct program p;
	struct history_op *op = &now.ops[now.count++];
	struct parse_error error;
	char program[128];
	int size = snprintf(program, sizeof(program), "pinprick program 1\n%s\n", line);

	if (!program_parse(&p, program, (size_t)size, &error) || p.count != 1)
		judge(false, line, error.message);
	*op = (struct history_op){ .record = p.records[0], .index = now.count - 1, .begin = begin,
				   .end = end, .frame = NO_FRAME, .target = NO_FRAME,
				   .class = CLASS_COUNT };
	if (op->record.op == OP_isolate || op->record.op == OP_get || op->record.op == OP_lock)
		op->class = CLASS_ok;
	return op;
}

/* The same with a page that was returned. */
static void gave(unsigned int begin, unsigned int end, const char *line, unsigned int frame)
{
	did(begin, end, line)->frame = (uint8_t)frame;
}

static void ended(unsigned int begin, unsigned int end, const char *line, enum result_class class)
{
	did(begin, end, line)->class = (uint8_t)class;
}

static void took(unsigned int begin, unsigned int end, const char *line, int count, uint64_t pages)
{
	struct history_op *op = did(begin, end, line);

	op->value = count;
	op->pages = pages;
}

static void moved(unsigned int begin, unsigned int end, const char *line, unsigned int target,
		  int value)
{
	struct history_op *op = did(begin, end, line);

	op->target = (uint8_t)target;
	op->value = value;
	op->callbacks = 1;
}

/* b0 holds f1, f2, f3: f3 came last.  Until tick 100. */
static void fill(void)
{
	start();
	for (unsigned int i = 1; i < 4; i++) {
		char line[64];

		gave(10 * i, 10 * i + 1, "p0 = alloc", i);
		snprintf(line, sizeof(line), "enqueue b0 p0");
		did(10 * i + 2, 10 * i + 3, line);
	}
}

static unsigned int features_of(const char *sut)
{
	return sut_find(sut)->features;
}

static bool allowed(const char *sut)
{
	text[0] = 0;
	return history_allowed(&now, &world, features_of(sut), order, text, sizeof(text));
}

static void legal(const char *sut, const char *what)
{
	bool right = allowed(sut);

	judge(right, what, text);
	judge(!right || !history_cost.undecided, what, "undecided");
}

static void illegal(const char *sut, const char *what)
{
	judge(!allowed(sut), what, "allowed");
	/* An account of it has the op that does not fit, and a reason. */
	judge(strstr(text, "none of these fits") && strstr(text, "@"), what, text);
}

static void test_short_list_beside_isolate(void)
{
	fill();
	did(100, 110, "@1 p0 = isolate f2");
	took(102, 108, "@2 list_dequeue b0 l0 3", 2, 1u << 1 | 1u << 3);
	legal("modern", "a short list beside an isolate");
	legal("classic", "a short list beside an isolate (classic)");
	/* Classic: an isolator that has the page lock and gives the page back in the end. */
	fill();
	did(100, 101, "@1 p0 = isolate f2");
	did(102, 110, "@1 putback p0");
	took(103, 108, "@2 list_dequeue b0 l0 3", 2, 1u << 1 | 1u << 3);
	legal("classic", "a page that is about to be put back is passed over");
	/* Nobody is there. */
	fill();
	took(103, 108, "@2 list_dequeue b0 l0 3", 2, 1u << 1 | 1u << 3);
	illegal("modern", "a short list with nobody beside it");
	illegal("classic", "a short list with nobody beside it (classic)");
}

static void test_nothing_while_isolated(void)
{
	fill();
	did(100, 101, "@1 p0 = isolate f1");
	did(102, 103, "@1 p1 = isolate f2");
	did(104, 105, "@1 p2 = isolate f3");
	did(106, 109, "@2 p0 = dequeue b0");
	did(108, 110, "@1 putback p0");
	gave(120, 121, "@2 p0 = dequeue b0", 1);
	legal("modern", "no page while all are isolated");
	legal("classic", "no page while all are isolated (classic)");
	now.ops[now.count - 1].frame = NO_FRAME;
	illegal("modern", "no page though one has been put back");
}

static void test_filled_between_looks(void)
{
	start();
	gave(10, 11, "p0 = alloc", 1);
	did(12, 20, "enqueue b0 p0");
	did(13, 19, "@1 p0 = dequeue b0");
	legal("modern", "no page at the first look, one at the second");
	now.ops[2].begin = 30;
	now.ops[2].end = 31;
	illegal("modern", "a dequeue that finds nothing though the list never was empty");
}

static void test_deferred_free(void)
{
	/* The loser's reference outlives the driver's: a stranger gets one meanwhile. */
	fill();
	ended(100, 130, "@1 p0 = isolate f3", CLASS_refused);
	gave(102, 103, "p0 = dequeue b0", 3);
	did(104, 105, "free p0");
	did(106, 107, "@2 p0 = get f3");
	gave(108, 109, "@3 p0 = alloc", 4);
	did(110, 111, "@2 put p0");
	gave(131, 132, "@3 p1 = alloc", 3);
	legal("modern", "a page that is freed late");
	now.ops[now.count - 3].frame = 3;
	now.ops[now.count - 1].frame = 4;
	judge(now.ops[now.count - 3].record.op == OP_alloc, "deferred free", "not the alloc");
	illegal("modern", "an alloc that gets a page to which somebody refers");
}

static void test_isolate_beside_dequeue(void)
{
	fill();
	gave(100, 110, "p0 = dequeue b0", 3);
	did(111, 112, "free p0");
	ended(101, 120, "@1 p0 = isolate f3", CLASS_refused);
	legal("modern", "an isolate that is refused beside a dequeue");
	fill();
	gave(100, 110, "p0 = dequeue b0", 3);
	ended(101, 109, "@1 p0 = isolate f3", CLASS_locked);
	illegal("modern", "a dequeue that locks pages");
	legal("classic", "a page that is locked while it leaves (classic)");
	fill();
	ended(101, 109, "@1 p0 = isolate f3", CLASS_locked);
	illegal("modern", "an isolate that fails alone");
	illegal("classic", "an isolate that fails alone (classic)");
	fill();
	gave(100, 101, "p0 = dequeue b0", 3);
	ended(102, 109, "@1 p0 = isolate f2", CLASS_locked);
	did(100, 120, "@2 p0 = isolate f1");
	illegal("modern", "an isolate that fails beside those that work on other pages");
}

static void test_gone_beside_dequeue(void)
{
	fill();
	did(100, 101, "@1 p0 = isolate f2");
	moved(102, 120, "@1 migrate p0 -> f9 host=-ENOENT", 9, 0);
	took(103, 119, "list_dequeue b0 l0 3", 2, 1u << 1 | 1u << 3);
	gave(121, 122, "@1 p1 = alloc", 2);
	legal("modern", "-ENOENT beside a dequeue");
	took(124, 125, "list_dequeue b0 l0 3", 1, 1u << 2);
	illegal("modern", "a page that was given up comes out");
}

static void test_target_in_use_early(void)
{
	/* The target is there before the move: a stranger finds it, and the list has it not yet. */
	fill();
	did(100, 101, "@1 p0 = isolate f2");
	moved(102, 130, "@1 migrate p0 -> f9", 9, 0);
	did(103, 104, "@2 p0 = get f9");
	ended(105, 106, "@2 lock p0", CLASS_locked);
	gave(107, 108, "p0 = dequeue b0", 3);
	did(109, 110, "@2 put p0");
	gave(131, 132, "p1 = dequeue b0", 9);
	gave(133, 134, "p2 = dequeue b0", 1);
	legal("modern", "a target that is in use before the page moves");
	legal("classic", "a target that is in use before the page moves (classic)");
}

static void test_freed_late(void)
{
	/* What a stranger has got from a loser keeps its marks, and can be locked. */
	fill();
	ended(100, 130, "@1 p0 = isolate f3", CLASS_refused);
	gave(102, 103, "p0 = dequeue b0", 3);
	did(104, 105, "free p0");
	did(106, 107, "@2 p0 = get f3");
	did(108, 109, "@2 lock p0");
	ended(131, 132, "@3 p0 = isolate f3", CLASS_locked);
	did(133, 134, "@2 unlock p0");
	ended(135, 136, "@3 p0 = isolate f3", CLASS_refused);
	legal("modern", "a page that is freed late has its marks");
	ended(137, 138, "@3 p0 = isolate f3", CLASS_locked);
	illegal("modern", "a page that is freed late is locked by nobody");
	/* A migration of several calls had another target first. */
	fill();
	did(100, 101, "@1 p0 = isolate f2");
	moved(102, 130, "@1 migrate p0 -> f9 eagain=1", 9, 0);
	now.ops[now.count - 1].callbacks = 2;
	did(103, 104, "@2 p0 = get f8");
	ended(105, 106, "@2 lock p0", CLASS_locked);
	legal("classic", "a target that was given back");
	now.ops[now.count - 3].callbacks = 1;
	illegal("classic", "a call too few");
}

static void test_contended_migrate(void)
{
	fill();
	did(100, 101, "@1 p0 = isolate f2");
	did(102, 103, "@2 p0 = get f2");
	did(104, 125, "@2 lock p0");
	did(126, 140, "@2 unlock p0");
	did(105, 130, "@1 migrate p0 -> f9 async")->value = -EAGAIN;
	legal("modern", "a migration that finds the lock taken");
	now.count -= 3;
	did(104, 105, "@1 migrate p0 -> f9 async")->value = -EAGAIN;
	illegal("modern", "a migration that gives up alone");
}

static void test_nested(void)
{
	/* In the callback of its migration a context finds both pages locked, and the target in use. */
	fill();
	did(100, 101, "@1 p0 = isolate f2");
	moved(102, 130, "@1 migrate p0 -> f9", 9, 0);
	did(103, 104, "@1 p1 = get f9");
	now.ops[now.count - 1].record.how |= HOW_NESTED;
	gave(105, 106, "@1 p2 = dequeue b0", 3);
	now.ops[now.count - 1].record.how |= HOW_NESTED;
	gave(131, 132, "@1 p3 = dequeue b0", 9);
	legal("modern", "ops in the callback of a migration");
	now.ops[now.count - 2].frame = 9;
	now.ops[now.count - 1].frame = 3;
	illegal("modern", "a page that is listed before the callback has returned");
}

static void test_wrong(void)
{
	fill();
	gave(100, 110, "p0 = dequeue b0", 3);
	gave(101, 111, "@1 p0 = dequeue b0", 3);
	illegal("modern", "a page that is returned twice");
	fill();
	gave(100, 101, "p0 = dequeue b0", 3);
	gave(102, 103, "@1 p0 = dequeue b0", 1);
	illegal("modern", "the oldest page without overlap");
	illegal("classic", "the oldest page without overlap (classic)");
	fill();
	did(100, 101, "@1 p0 = isolate f3");
	gave(102, 103, "p0 = dequeue b0", 3);
	illegal("modern", "a page that was isolated before");
	now.ops[now.count - 2].end = 110;
	now.ops[now.count - 1].begin = 101;
	now.ops[now.count - 1].end = 102;
	illegal("modern", "a page that is isolated and returned");
	fill();
	did(100, 101, "@1 p0 = isolate f3");
	moved(102, 103, "@1 migrate p0 -> f9", 9, 0);
	took(104, 105, "list_dequeue b0 l0 5", 2, 1u << 1 | 1u << 2);
	illegal("modern", "a migration that loses the page");
	fill();
	took(100, 101, "list_dequeue b0 l0 5", 4, 1u << 1 | 1u << 2 | 1u << 3);
	illegal("modern", "a count that is too high");
	fill();
	did(100, 101, "p5 = get f1");
	ended(102, 103, "lock p5", CLASS_locked);
	illegal("modern", "a lock that nobody has");
	fill();
	did(100, 101, "@1 p0 = isolate f3");
	did(102, 103, "@1 putback p0")->warnings = 1;
	illegal("modern", "a warning");
}

static double milliseconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* 4 x 12 ops by rows: each is beside its row in the other contexts, and the rows next to it. */
static void fill_rows(const char *even, const char *odd)
{
	char line[64];

	start();
	for (unsigned int i = 0; i < HISTORY_OPS; i++) {
		unsigned int context = i % 4, row = i / 4, begin = 1000 + 1000 * row + 200 * context;

		snprintf(line, sizeof(line), "@%u %s", context, row % 2 ? odd : even);
		gave(begin, begin + 999, line, NO_FRAME);
		if (now.ops[i].record.op == OP_alloc)
			now.ops[i].frame = (uint8_t)i;
	}
}

/* Rows in which pages come, go in and come out, the newest first. */
static void fill_in_and_out(unsigned int pages)
{
	fill_rows("p0 = alloc", "enqueue b0 p0");
	for (unsigned int i = 0; i < 3 * pages; i++) {
		struct history_op *op = &now.ops[i];
		unsigned int page = i % pages;

		op->frame = (uint8_t)page;
		op->record.op = OP_alloc;
		op->record.a = (uint8_t)(page / 4);
		op->record.b = 0;
		if (i >= 2 * pages) {
			op->record.op = OP_dequeue;
			op->frame = (uint8_t)(pages - 1 - page);
		} else if (i >= pages) {
			op->record.op = OP_enqueue;
			op->frame = NO_FRAME;
			op->record.a = 0;
			op->record.b = (uint8_t)(page / 4);
		}
	}
	now.count = 3 * pages;
}

static void one_by_one(unsigned int from)
{
	for (unsigned int i = from; i < now.count; i++) {
		now.ops[i].begin = 100000 + 10 * i;
		now.ops[i].end = now.ops[i].begin + 5;
	}
}

/* What cannot be decided in time is allowed, and says so. */
static void measure(const char *sut, const char *what, bool right)
{
	double began = milliseconds(), time;
	bool got = allowed(sut);

	judge(got == right || history_cost.undecided, what, got ? "allowed" : text);
	time = milliseconds() - began;
	printf("%s, %s: %s, %lu steps, %.1f ms%s\n", sut, what, got ? "allowed" : "refused",
	       history_cost.steps, time, history_cost.undecided ? ", undecided" : "");
}

/* For a refusal, every order of the ops before it has to be looked at. */
static void test_cost(const char *sut)
{
	fill_rows("p0 = alloc", "free p0");
	measure(sut, "4 x 12 ops that have nothing to do with each other", true);
	now.ops[HISTORY_OPS - 1].value = 1;
	measure(sut, "the same, but the last does not fit", false);
	fill_rows("p0 = alloc", "enqueue b0 p0");
	measure(sut, "24 pages go in, beside each other", true);
	now.ops[HISTORY_OPS - 1].value = 1;
	measure(sut, "the same, but the last does not fit", false);
	fill_in_and_out(12);
	measure(sut, "12 pages go in and out", true);
	now.ops[35].frame = now.ops[34].frame;
	measure(sut, "the same, but the last comes out twice", false);
	fill_in_and_out(16);
	one_by_one(32);
	measure(sut, "16 pages go in, and come out one by one", true);
	now.ops[47].frame = now.ops[46].frame;
	measure(sut, "the same, but the last comes out twice", false);
	fill_in_and_out(16);
	measure(sut, "16 pages go in and out", true);
	now.ops[47].frame = now.ops[46].frame;
	measure(sut, "the same, but the last comes out twice", false);
}

int main(void)
{
	test_short_list_beside_isolate();
	test_nothing_while_isolated();
	test_filled_between_looks();
	test_deferred_free();
	test_isolate_beside_dequeue();
	test_gone_beside_dequeue();
	test_target_in_use_early();
	test_freed_late();
	test_contended_migrate();
	test_nested();
	test_wrong();
	test_cost("modern");
	test_cost("classic");
	for (unsigned int i = 0; suts[i]; i++)
		test_random_histories(suts[i]->name, suts[i]->features);
	printf("histories: %u passed, %u failed\n", passed, failed);
	return failed ? 1 : 0;
}
