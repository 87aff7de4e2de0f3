/*
 * Fibers by ucontext. The sanitizers are told of each switch: without that AddressSanitizer takes a fiber's frames for
 * the thread's, and ThreadSanitizer loses its way.
 */
#include "tests/flow/simulation/fiber.h"

#include "pipeline/base/check.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

#define FIBER_STACK_BYTES (256 * 1024)
#define FIBER_GUARD_BYTES 4096

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#elif defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

/* One side of a switch: what the sanitizers know of a stack. */
struct fiber_side {
	ucontext_t context;
	void *stack;
	size_t stack_bytes;
	void *fake; /* AddressSanitizer's */
	void *tsan; /* ThreadSanitizer's */
};

struct fiber {
	struct fiber_side side;
	void (*run)(void *arg);
	void *arg;
	bool ended;
	struct fiber *next_free;
};

static struct {
	struct fiber_side outside;
	struct fiber *current;
	struct fiber *free; /* ended ones, with their stacks */
} fibers;

/* Not inline: the compiler fears for the variables of whoever calls swapcontext. */
__attribute__((noinline)) static void fiber_switch(struct fiber_side *from, struct fiber_side *to, bool from_ends)
{
#if defined(__SANITIZE_ADDRESS__)
	__sanitizer_start_switch_fiber(from_ends ? NULL : &from->fake, to->stack, to->stack_bytes);
#elif defined(__SANITIZE_THREAD__)
	from->tsan = __tsan_get_current_fiber();
	__tsan_switch_to_fiber(to->tsan, 0);
#endif
	(void)from_ends;
	CHECK(swapcontext(&from->context, &to->context) == 0);
#if defined(__SANITIZE_ADDRESS__)
	__sanitizer_finish_switch_fiber(from->fake, NULL, NULL);
#endif
}

static void fiber_main(void)
{
	struct fiber *f = fibers.current;
#if defined(__SANITIZE_ADDRESS__)
	/* Where the outside's stack lies is known only now. */
	const void *stack;
	__sanitizer_finish_switch_fiber(NULL, &stack, &fibers.outside.stack_bytes);
	fibers.outside.stack = (void *)(uintptr_t)stack;
#endif
	f->run(f->arg);
	f->ended = true;
	fiber_switch(&f->side, &fibers.outside, true);
}

static struct fiber *fiber_make(void)
{
	struct fiber *f = fibers.free;
	if (f) {
		fibers.free = f->next_free;
		return f;
	}
	f = calloc(1, sizeof(*f));
	CHECK(f);
	char *memory = mmap(NULL, FIBER_GUARD_BYTES + FIBER_STACK_BYTES, PROT_READ | PROT_WRITE,
	                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(memory != MAP_FAILED && mprotect(memory, FIBER_GUARD_BYTES, PROT_NONE) == 0);
	f->side.stack = memory + FIBER_GUARD_BYTES;
	f->side.stack_bytes = FIBER_STACK_BYTES;
	return f;
}

__attribute__((noinline)) static void fiber_begin(struct fiber_side *side)
{
	CHECK(getcontext(&side->context) == 0);
	side->context.uc_stack.ss_sp = side->stack;
	side->context.uc_stack.ss_size = side->stack_bytes;
	side->context.uc_link = NULL;
	makecontext(&side->context, fiber_main, 0);
}

struct fiber *fiber_new(void (*run)(void *arg), void *arg)
{
	struct fiber *f = fiber_make();
	f->run = run;
	f->arg = arg;
	f->ended = false;
	fiber_begin(&f->side);
#if defined(__SANITIZE_THREAD__)
	f->side.tsan = __tsan_create_fiber(0);
#endif
	return f;
}

void fiber_free(struct fiber **fiber)
{
	struct fiber *f = *fiber;
	*fiber = NULL;
	CHECK(f->ended && f != fibers.current);
#if defined(__SANITIZE_THREAD__)
	__tsan_destroy_fiber(f->side.tsan);
#endif
	f->next_free = fibers.free;
	fibers.free = f;
}

void fiber_resume(struct fiber *f)
{
	CHECK(!fibers.current && !f->ended);
	fibers.current = f;
	fiber_switch(&fibers.outside, &f->side, false);
	fibers.current = NULL;
}

void fiber_yield(void)
{
	struct fiber *f = fibers.current;
	CHECK(f);
	fiber_switch(&f->side, &fibers.outside, false);
}

bool fiber_has_ended(const struct fiber *f)
{
	return f->ended;
}

struct fiber *fiber_current(void)
{
	return fibers.current;
}

void fiber_forget_stacks(void)
{
	while (fibers.free) {
		struct fiber *f = fibers.free;
		fibers.free = f->next_free;
		munmap((char *)f->side.stack - FIBER_GUARD_BYTES, FIBER_GUARD_BYTES + FIBER_STACK_BYTES);
		free(f);
	}
}
