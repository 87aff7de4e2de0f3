/*
 * The way out has an end, and so has a stop.
 */
#include "tests/harness.h"

#include "pipeline/base/log.h"
#include "worker/signals.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define NEVER_S 60

/* The exit code of a process that does this, and then nothing any more. */
static int code_of(void (*act)(void))
{
	int status = 0;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		act();
		for (;;)
			pause();
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void end(void)
{
	signals_end_within(1, 4);
}

static void ends_with_its_code_what_does_not_end_by_itself(void **state)
{
	(void)state;
	assert_int_equal(code_of(end), 4);
}

static void be_told(void)
{
	signals_install();
	signals_stop_within(1, NULL, NULL);
	raise(SIGTERM);
}

static void be_told_early(void)
{
	signals_install();
	raise(SIGTERM);
	signals_stop_within(1, NULL, NULL);
}

static void ends_well_what_was_told_to_stop_and_cannot_look(void **state)
{
	(void)state;
	assert_int_equal(code_of(be_told), 0);
	assert_int_equal(code_of(be_told_early), 0);
}

static void leave_with(void *arg)
{
	_exit(*(const int *)arg);
}

static void be_told_and_heard(void)
{
	static int code = 9;
	signals_install();
	signals_stop_within(1, leave_with, &code);
	raise(SIGTERM);
}

static void has_a_last_act(void **state)
{
	(void)state;
	assert_int_equal(code_of(be_told_and_heard), 9);
}

static void end_late(void)
{
	be_told();
	signals_end_within(NEVER_S, 4);
}

static void be_told_at_the_end(void)
{
	signals_install();
	signals_stop_within(NEVER_S, NULL, NULL);
	signals_end_within(1, 4);
	raise(SIGTERM);
}

static void the_earlier_end_stands(void **state)
{
	(void)state;
	assert_int_equal(code_of(end_late), 4);
	assert_int_equal(code_of(be_told_at_the_end), 4);
}

/* All that a process says on stderr until it ends. */
static void words_of(void (*act)(void), char out[512])
{
	int ends[2], status = 0;
	size_t n = 0;
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(ends[1], STDERR_FILENO);
		act();
		for (;;)
			pause();
	}
	close(ends[1]);
	for (ssize_t got; (got = read(ends[0], out + n, 511 - n)) > 0;)
		n += (size_t)got;
	out[n] = 0;
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
}

static void says_that_the_end_was_cut_short(void **state)
{
	(void)state;
	char words[512];
	words_of(end, words);
	assert_non_null(strstr(words, "\"level\":\"warn\",\"word\":\"CUT-SHORT\",\"message\":\""));
	assert_string_equal(strstr(words, ",\"exit\""), ",\"exit\":4}\n");
	assert_int_equal(words[0], '{');
	log_setup(LOG_INFO, LOG_TEXT);
	words_of(be_told, words);
	assert_non_null(strstr(words, " warn  CUT-SHORT "));
	assert_string_equal(strstr(words, " exit="), " exit=0\n");
	log_setup(LOG_ERROR, LOG_AUTO);
	words_of(end, words);
	assert_string_equal(words, "");
}

static void look(void)
{
	_Atomic bool *stop = signals_install();
	signals_stop_within(NEVER_S, NULL, NULL);
	raise(SIGTERM);
	_exit(atomic_load(stop) ? 7 : 8);
}

static void tells_who_looks(void **state)
{
	(void)state;
	assert_int_equal(code_of(look), 7);
}

static void hang_up(void)
{
	_Atomic bool *stop = signals_install(), *asked = signals_watch_hangup();
	bool before = atomic_load(asked);
	raise(SIGHUP);
	_exit(!before && atomic_load(asked) && !atomic_load(stop) ? 9 : 1);
}

static void a_hangup_is_told_apart_from_a_stop(void **state)
{
	(void)state;
	assert_int_equal(code_of(hang_up), 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(ends_with_its_code_what_does_not_end_by_itself),
	        cmocka_unit_test(ends_well_what_was_told_to_stop_and_cannot_look),
	        cmocka_unit_test(has_a_last_act),
	        cmocka_unit_test(says_that_the_end_was_cut_short),
	        cmocka_unit_test(the_earlier_end_stands),
	        cmocka_unit_test(tells_who_looks),
	        cmocka_unit_test(a_hangup_is_told_apart_from_a_stop),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
