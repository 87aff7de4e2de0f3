#include "tests/harness.h"

#include "pipeline/base/check.h"
#include "pipeline/base/task.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* How a child that runs `act` ended, and what it said on stderr. */
struct death {
	int signal_number;
	char words[20000];
};

static struct death die(void (*act)(void))
{
	struct death death = {0};
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	fflush(NULL);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		const struct rlimit no_core = {0, 0};
		setrlimit(RLIMIT_CORE, &no_core);
		dup2(ends[1], STDERR_FILENO);
		check_install();
		act();
		_exit(0);
	}
	close(ends[1]);
	size_t n = 0;
	ssize_t got;
	while ((got = read(ends[0], death.words + n, sizeof(death.words) - 1 - n)) > 0)
		n += (size_t)got;
	close(ends[0]);
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	death.signal_number = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	return death;
}

static int count(const char *text, const char *part)
{
	int n = 0;
	for (const char *p = text; (p = strstr(p, part)); p++)
		n++;
	return n;
}

static void break_an_invariant(void)
{
	static const char topic[] = {'w', 'i', 'r', 'e', 'X'};
	check_note_set(&(struct check_note){
	        .stage = "dedup", .topic = topic, .topic_n = 4, .partition = 3, .offset = 1234567890123, .part = 2});
	volatile int two = 2;
	CHECK(two + two == 5);
}

static void a_broken_invariant_names_place_stage_and_story(void **state)
{
	(void)state;
	struct death death = die(break_an_invariant);
	assert_int_equal(death.signal_number, SIGABRT);
	assert_has(death.words, "bug: 'two + two == 5' does not hold in break_an_invariant (");
	assert_has(death.words, "test_check.c:");
	assert_has(death.words, "  at stage 'dedup' message 'wire/3/1234567890123' part 2\n");
	assert_int_equal(count(death.words, "wiredesk: "), 1);
}

static void panic(void)
{
	check_note_set(&(struct check_note){.stage = "decode", .part = -1});
	check_note_set(NULL);
	check_panic("story overran its time of %d s", 30);
}

static void a_panic_says_its_words_and_no_forgotten_note(void **state)
{
	(void)state;
	struct death death = die(panic);
	assert_int_equal(death.signal_number, SIGABRT);
	assert_has(death.words, "wiredesk: panic: story overran its time of 30 s\n");
	assert_null(strstr(death.words, "  at "));
}

static void raise_segv(void)
{
	check_note_set(&(struct check_note){.topic = "wire", .topic_n = 4, .partition = 0, .offset = 7, .part = -1});
	raise(SIGSEGV);
}

static void raise_bus(void)
{
	raise(SIGBUS);
}

static void raise_fpe(void)
{
	raise(SIGFPE);
}

static void raise_ill(void)
{
	raise(SIGILL);
}

static void a_crash_ends_by_the_same_signal(void **state)
{
	(void)state;
	struct death death = die(raise_segv);
	assert_int_equal(death.signal_number, SIGSEGV);
	assert_has(death.words, "wiredesk: crash: SIGSEGV\n  at message 'wire/0/7'\n");
	assert_has(death.words, "test_base_check(");
	assert_int_equal(die(raise_bus).signal_number, SIGBUS);
	assert_int_equal(die(raise_fpe).signal_number, SIGFPE);
	assert_int_equal(die(raise_ill).signal_number, SIGILL);
	assert_int_equal(die(abort).signal_number, SIGABRT);
}

/* Not for the compiler to see through. */
static int (*volatile descend_again)(int);

static int descend(int depth)
{
	volatile char frame[4096];
	frame[depth % 4096] = 1;
	return descend_again(depth + 1) + frame[0];
}

static void descend_task(void *arg)
{
	(void)arg;
	descend(0);
}

static void overflow_a_tasks_stack(void)
{
	descend_again = descend;
	struct task *task = task_new(TASK_THREAD, "deep");
	task_post(task, descend_task, NULL);
	task_wait(task, -1);
}

static void an_overflown_stack_is_heard(void **state)
{
	(void)state;
	struct death death = die(overflow_a_tasks_stack);
	assert_int_equal(death.signal_number, SIGSEGV);
	assert_has(death.words, "wiredesk: crash: SIGSEGV\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_broken_invariant_names_place_stage_and_story),
	        cmocka_unit_test(a_panic_says_its_words_and_no_forgotten_note),
	        cmocka_unit_test(a_crash_ends_by_the_same_signal),
	        cmocka_unit_test(an_overflown_stack_is_heard),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
