/*
 * The way out has an end.
 */
#include "tests/harness.h"

#include "worker/signals.h"

#include <sys/wait.h>
#include <unistd.h>

static void ends_with_its_code_what_does_not_end_by_itself(void **state)
{
	int status = 0;
	(void)state;
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		signals_end_within(1, 4);
		for (;;)
			pause();
	}

	assert_int_equal(waitpid(child, &status, 0), child);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(ends_with_its_code_what_does_not_end_by_itself),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
