#include "tests/worker/folder.h"
#include "worker/lock.h"

static void a_second_worker_of_the_same_name_is_refused(void **state)
{
	const struct folder *folder = *state;
	struct lock first, second;
	struct err err = {0};
	assert_true(lock_take(&first, str_of(folder->path), STR("desk"), "one", &err));
	assert_has(first.dir, "/desk.one");
	assert_false(lock_take(&second, str_of(folder->path), STR("desk"), "one", &err));
	char holder[40];
	snprintf(holder, sizeof holder, "(process %ld)", (long)getpid());
	assert_has(err.words, holder);
	assert_has(err.words, "runs as instance 'one'");
	lock_release(&first);
	err_clear(&err);
	assert_true(lock_take(&second, str_of(folder->path), STR("desk"), "one", &err));
	lock_release(&second);
}

static void workers_of_other_names_share_the_folder(void **state)
{
	const struct folder *folder = *state;
	struct lock one, two, other;
	struct err err = {0};
	assert_true(lock_take(&one, str_of(folder->path), STR("desk"), "one", &err));
	assert_true(lock_take(&two, str_of(folder->path), STR("desk"), "two", &err));
	assert_true(lock_take(&other, str_of(folder->path), STR("../a b"), "one", &err));
	assert_has(other.dir, "/.._a_b.one");
	lock_release(&one);
	lock_release(&two);
	lock_release(&other);
}

static void says_which_folder_cannot_be_made(void **state)
{
	(void)state;
	struct lock lock;
	struct err err = {0};
	assert_false(lock_take(&lock, STR("/proc/nowhere"), STR("desk"), "one", &err));
	assert_has(err.words, "/proc/nowhere");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(a_second_worker_of_the_same_name_is_refused, folder_make,
	                                        folder_remove),
	        cmocka_unit_test_setup_teardown(workers_of_other_names_share_the_folder, folder_make, folder_remove),
	        cmocka_unit_test_setup_teardown(says_which_folder_cannot_be_made, folder_make, folder_remove),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
