/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
#include "explore/fiber.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "shim/instrument.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FIBER_ASAN
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define FIBER_ASAN
#endif

#ifdef FIBER_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#include <sanitizer/lsan_interface.h>
#endif

#ifdef PINPRICK_TSAN
#include <sanitizer/tsan_interface.h>
#define SWITCH_ORDERS_NOTHING 1
#endif

UNINSTRUMENTED_BEGIN
ORACLE_BEGIN

#ifndef FIBER_UCONTEXT

/* Saves what a callee must keep on the running stack, and goes on where another one stands. */
void fiber_jump(void **save_sp, void *sp);

#ifdef __x86_64__
/* clang-format off */
__asm__(".text\n"
	".p2align 4\n"
	".globl fiber_jump\n"
	".hidden fiber_jump\n"
	".type fiber_jump, @function\n"
	"fiber_jump:\n"
	"	pushq %rbp\n"
	"	pushq %rbx\n"
	"	pushq %r12\n"
	"	pushq %r13\n"
	"	pushq %r14\n"
	"	pushq %r15\n"
	"	movq %rsp, (%rdi)\n"
	"	movq %rsi, %rsp\n"
	"	popq %r15\n"
	"	popq %r14\n"
	"	popq %r13\n"
	"	popq %r12\n"
	"	popq %rbx\n"
	"	popq %rbp\n"
	"	ret\n"
	".size fiber_jump, . - fiber_jump\n");
/* clang-format on */

/* As if loop() had been called by nobody: zeroes end every walk up the stack. */
static void *fresh_stack(char *top, void (*loop)(void))
{
	uintptr_t *sp = (uintptr_t *)top;

	*--sp = 0; /* where loop() would return to; the stack is aligned as at a call */
	*--sp = (uintptr_t)loop;
	for (unsigned int i = 0; i < 6; i++)
		*--sp = 0;
	return sp;
}
#endif

#ifdef __aarch64__
/* clang-format off */
__asm__(".text\n"
	".p2align 4\n"
	".globl fiber_jump\n"
	".hidden fiber_jump\n"
	".type fiber_jump, %function\n"
	"fiber_jump:\n"
	"	stp x29, x30, [sp, #-160]!\n"
	"	stp x19, x20, [sp, #16]\n"
	"	stp x21, x22, [sp, #32]\n"
	"	stp x23, x24, [sp, #48]\n"
	"	stp x25, x26, [sp, #64]\n"
	"	stp x27, x28, [sp, #80]\n"
	"	stp d8, d9, [sp, #96]\n"
	"	stp d10, d11, [sp, #112]\n"
	"	stp d12, d13, [sp, #128]\n"
	"	stp d14, d15, [sp, #144]\n"
	"	mov x9, sp\n"
	"	str x9, [x0]\n"
	"	mov sp, x1\n"
	"	ldp x19, x20, [sp, #16]\n"
	"	ldp x21, x22, [sp, #32]\n"
	"	ldp x23, x24, [sp, #48]\n"
	"	ldp x25, x26, [sp, #64]\n"
	"	ldp x27, x28, [sp, #80]\n"
	"	ldp d8, d9, [sp, #96]\n"
	"	ldp d10, d11, [sp, #112]\n"
	"	ldp d12, d13, [sp, #128]\n"
	"	ldp d14, d15, [sp, #144]\n"
	"	ldp x29, x30, [sp], #160\n"
	"	ret\n"
	".size fiber_jump, . - fiber_jump\n");
/* clang-format on */

static void *fresh_stack(char *top, void (*loop)(void))
{
	uintptr_t *sp = (uintptr_t *)top - 20;

	for (unsigned int i = 0; i < 20; i++)
		sp[i] = 0;
	sp[1] = (uintptr_t)loop; /* x30 */
	return sp;
}
#endif

static void to_start(struct fiber *f, void (*loop)(void))
{
	f->sp = fresh_stack((char *)f->stack + f->size, loop);
}

static void jump(struct fiber *from, struct fiber *to)
{
	fiber_jump(&from->sp, to->sp);
}

#else

static void to_start(struct fiber *f, void (*loop)(void))
{
	getcontext(&f->ucontext);
	f->ucontext.uc_stack.ss_sp = f->stack;
	f->ucontext.uc_stack.ss_size = f->size;
	f->ucontext.uc_link = NULL;
	makecontext(&f->ucontext, loop, 0);
}

static void jump(struct fiber *from, struct fiber *to)
{
	swapcontext(&from->ucontext, &to->ucontext);
}

#endif

/* Of whom the running fiber took over: ASan says what its stack is. */
static struct fiber *left;

static void say_leaves(struct fiber *from, struct fiber *to)
{
	left = from;
#ifdef FIBER_ASAN
	__sanitizer_start_switch_fiber(&from->pretended, to->stack, to->size);
#endif
#ifdef PINPRICK_TSAN
	__tsan_switch_to_fiber(to->tsan, SWITCH_ORDERS_NOTHING);
#endif
	(void)to;
}

static void say_arrived(struct fiber *self)
{
#ifdef FIBER_ASAN
	const void *stack;
	size_t size;

	__sanitizer_finish_switch_fiber(self->pretended, &stack, &size);
	left->stack = (void *)(uintptr_t)stack;
	left->size = size;
#endif
	(void)self;
}

void fiber_switch(struct fiber *from, struct fiber *to)
{
	say_leaves(from, to);
	jump(from, to);
	say_arrived(from);
}

/* Where all fibers begin; which one it is, its loop knows. */
static void (*begins)(void);

static void begin(void)
{
	static struct fiber nobody; /* a pretended stack it has not got yet */

	say_arrived(&nobody);
	begins();
}

void fiber_adopt(struct fiber *f)
{
	*f = (struct fiber){ 0 };
#ifdef PINPRICK_TSAN
	f->tsan = __tsan_get_current_fiber();
#endif
}

bool fiber_make(struct fiber *f, void (*loop)(void))
{
	size_t guard = (size_t)sysconf(_SC_PAGESIZE);
	char *memory = mmap(NULL, guard + FIBER_STACK, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		return false;
	mprotect(memory, guard, PROT_NONE);
	*f = (struct fiber){ .stack = memory + guard, .size = FIBER_STACK };
	begins = loop;
	to_start(f, begin);
#ifdef FIBER_ASAN
	/* What only a fiber knows of is not lost. */
	__lsan_register_root_region(f->stack, f->size);
#endif
#ifdef PINPRICK_TSAN
	f->tsan = __tsan_create_fiber(0);
#endif
	return true;
}

void fiber_reset(struct fiber *f)
{
	to_start(f, begin);
	f->pretended = NULL;
#ifdef FIBER_ASAN
	/* Frames that never returned left their red zones behind. */
	__asan_unpoison_memory_region(f->stack, f->size);
#endif
#ifdef PINPRICK_TSAN
	/* Its calls that never returned are still on TSan's own stack for it. */
	__tsan_destroy_fiber(f->tsan);
	f->tsan = __tsan_create_fiber(0);
#endif
}

void fiber_release(void *edge)
{
#ifdef PINPRICK_TSAN
	__tsan_release(edge);
#endif
	(void)edge;
}

void fiber_release_for(struct fiber *f, struct fiber *self, void *edge)
{
#ifdef PINPRICK_TSAN
	__tsan_switch_to_fiber(f->tsan, SWITCH_ORDERS_NOTHING);
	__tsan_release(edge);
	__tsan_switch_to_fiber(self->tsan, SWITCH_ORDERS_NOTHING);
#endif
	(void)f;
	(void)self;
	(void)edge;
}

void fiber_acquire(void *edge)
{
#ifdef PINPRICK_TSAN
	__tsan_acquire(edge);
#endif
	(void)edge;
}

ORACLE_END
UNINSTRUMENTED_END
