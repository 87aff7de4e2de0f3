/*
 * What a crash prints. Everything here may run in a signal handler on a broken heap: no malloc, no stdio, only a line
 * built on the stack and write(2). The first thread to crash reports; others wait for the end that it brings.
 */
#include "pipeline/base/check.h"

#include <execinfo.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>

#define CHECK_FRAMES_MAX 64

/* The two places where a global is no matter of taste: a signal handler gets no argument. */
static _Thread_local struct check_note check_current;
static _Thread_local bool check_reporting;
static atomic_flag check_taken = ATOMIC_FLAG_INIT;

struct check_line {
	char text[1024];
	size_t n;
};

static void check_put(struct check_line *line, const char *text, size_t n)
{
	size_t room = sizeof(line->text) - 1 - line->n;
	if (n > room)
		n = room;
	memcpy(line->text + line->n, text, n);
	line->n += n;
}

static void check_put_text(struct check_line *line, const char *text)
{
	check_put(line, text, strlen(text));
}

static void check_put_int(struct check_line *line, int64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);
	uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	do {
		digits[--at] = (char)('0' + left % 10);
		left /= 10;
	} while (left);
	if (value < 0)
		check_put_text(line, "-");
	check_put(line, digits + at, sizeof(digits) - at);
}

static void check_write(struct check_line *line)
{
	line->text[line->n++] = '\n';
	const char *p = line->text;
	while (line->n) {
		ssize_t n = write(STDERR_FILENO, p, line->n);
		if (n <= 0)
			return;
		p += n;
		line->n -= (size_t)n;
	}
}

static void check_print_note(const struct check_note *note)
{
	if (!note->stage && !note->topic)
		return;
	struct check_line line = {.n = 0};
	check_put_text(&line, "  at");
	if (note->stage) {
		check_put_text(&line, " stage '");
		check_put_text(&line, note->stage);
		check_put_text(&line, "'");
	}
	if (note->topic) {
		check_put_text(&line, " message '");
		check_put(&line, note->topic, note->topic_n > 0 ? (size_t)note->topic_n : 0);
		check_put_text(&line, "/");
		check_put_int(&line, note->partition);
		check_put_text(&line, "/");
		check_put_int(&line, note->offset);
		check_put_text(&line, "'");
	}
	if (note->topic && note->part >= 0) {
		check_put_text(&line, " part ");
		check_put_int(&line, note->part);
	}
	check_write(&line);
}

static void check_print_backtrace(void)
{
	void *frames[CHECK_FRAMES_MAX];
	int n = backtrace(frames, CHECK_FRAMES_MAX);
	backtrace_symbols_fd(frames, n, STDERR_FILENO);
}

/* One report a process. A second thread that breaks meanwhile waits for the first one's abort. */
static void check_report(struct check_line *line)
{
	if (check_reporting)
		return;
	check_reporting = true;
	while (atomic_flag_test_and_set(&check_taken))
		pause();
	check_write(line);
	check_print_note(&check_current);
	check_print_backtrace();
}

void check_failed(const char *condition, const char *file, int line_number, const char *function)
{
	struct check_line line = {.n = 0};
	check_put_text(&line, "wiredesk: bug: '");
	check_put_text(&line, condition);
	check_put_text(&line, "' does not hold in ");
	check_put_text(&line, function);
	check_put_text(&line, " (");
	check_put_text(&line, file);
	check_put_text(&line, ":");
	check_put_int(&line, line_number);
	check_put_text(&line, ")");
	check_report(&line);
	abort();
}

void check_panic(const char *format, ...)
{
	char words[512];
	va_list args;
	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	struct check_line line = {.n = 0};
	check_put_text(&line, "wiredesk: panic: ");
	check_put_text(&line, words);
	check_report(&line);
	abort();
}

void check_note_set(const struct check_note *note)
{
	check_current = note ? *note : (struct check_note){.part = -1};
}

static const char *check_signal_name(int signal_number)
{
	switch (signal_number) {
	case SIGSEGV:
		return "SIGSEGV";
	case SIGBUS:
		return "SIGBUS";
	case SIGFPE:
		return "SIGFPE";
	case SIGILL:
		return "SIGILL";
	default:
		return "SIGABRT";
	}
}

/* SA_RESETHAND has put the default back, so the raised signal ends the process as soon as this returns. */
static void check_on_signal(int signal_number)
{
	struct check_line line = {.n = 0};
	check_put_text(&line, "wiredesk: crash: ");
	check_put_text(&line, check_signal_name(signal_number));
	check_report(&line);
	raise(signal_number);
}

void check_stack_set(struct check_stack *stack)
{
	stack_t ours = {.ss_sp = stack->bytes, .ss_size = sizeof(stack->bytes)};
	stack_t old = {.ss_flags = SS_DISABLE};
	if (sigaltstack(&ours, &old) != 0)
		check_panic("sigaltstack refuses a stack of %zu bytes", sizeof(stack->bytes));
	stack->old_p = old.ss_sp;
	stack->old_n = old.ss_flags & SS_DISABLE ? 0 : old.ss_size;
}

void check_stack_restore(struct check_stack *stack)
{
	stack_t old = {.ss_sp = stack->old_p, .ss_size = stack->old_n, .ss_flags = stack->old_n ? 0 : SS_DISABLE};
	sigaltstack(&old, NULL);
}

void check_install(void)
{
	static struct check_stack stack;
	static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	void *frame;
	/* The first backtrace loads the unwinder, which takes memory: not a thing to do in a handler. */
	backtrace(&frame, 1);
	check_stack_set(&stack);
	struct sigaction action = {.sa_handler = check_on_signal, .sa_flags = (int)(SA_RESETHAND | SA_ONSTACK)};
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		sigaction(signals[i], &action, NULL);
}
