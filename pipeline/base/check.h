/*
 * Assertions that stay on in release builds, and what a crash prints.
 *
 * A broken invariant is a bug of ours: the process names the place, the stage and the story that this thread was at,
 * prints a backtrace and aborts. The supervisor restarts it, Kafka aborts the open transaction, and the suspects file
 * (worker/suspects.h) knows which message was at work. Story text is never printed.
 */
#ifndef WIREDESK_CHECK_H
#define WIREDESK_CHECK_H

#include <stddef.h>
#include <stdint.h>

#define CHECK(condition) ((condition) ? (void)0 : check_failed(#condition, __FILE__, __LINE__, __func__))

/* Prints what failed, the note of this thread and a backtrace to stderr, then aborts. */
_Noreturn void check_failed(const char *condition, const char *file, int line, const char *function);

/* The same for faults that are no condition ("out of memory", "story overran its time"); printf words. */
_Noreturn void check_panic(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * What the calling thread is working on, for the two functions above and the signal handlers. Both pointers are
 * borrowed and must stay valid until the note changes; NULL: nothing. `topic` need not end in NUL beyond topic_n.
 */
struct check_note {
	const char *stage;
	const char *topic;
	int topic_n;
	int32_t partition;
	int64_t offset;
	int64_t part; /* -1: the message as a whole */
};
void check_note_set(const struct check_note *note);

/*
 * SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT print the note and a backtrace, then end by the same signal. Call once in
 * main.
 */
void check_install(void);

/*
 * A second stack for the signal handlers of the calling thread, without which an overflown stack dies unheard.
 * check_install has one for the main thread; task.c gives one to each task's thread. It is in use until restored.
 */
struct check_stack {
	_Alignas(16) char bytes[65536];
	void *old_p;
	size_t old_n;
};
void check_stack_set(struct check_stack *stack);
void check_stack_restore(struct check_stack *stack);

#endif
