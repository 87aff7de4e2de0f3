#include "tests/harness.h"

#include "pipeline/base/log.h"
#include "tests/worker/folder.h"
#include "worker/condemned.h"
#include "worker/suspects.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define HERE STR("cluster-1"), STR("desk")

static struct message message_at(const char *topic, int32_t partition, int64_t offset)
{
	struct position at = {STR("cluster-1"), str_of(topic), partition, offset};
	return (struct message){.delivery = at, .origin = at};
}

static struct suspects *reopen(const struct folder *folder, struct condemned *condemned)
{
	struct err err = {0};
	struct suspects *s = suspects_open(folder->path, HERE, condemned, &err);
	if (!s)
		print_error("%s\n", err.words);
	assert_non_null(s);
	return s;
}

struct work {
	size_t lane;
	struct message msg;
};

/* A process of that group begins on these messages and is killed. */
static void die_at_work_as(const struct folder *folder, struct str group, bool alone, const struct work *work, size_t n)
{
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct suspects *s = suspects_open(folder->path, STR("cluster-1"), group, NULL, NULL);
		if (!s)
			_exit(1);
		suspects_alone(s, alone);
		for (size_t i = 0; i < n; i++)
			suspects_working(s, work[i].lane, &work[i].msg);
		kill(getpid(), SIGKILL);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static void die_at(const struct folder *folder, struct message msg, bool alone)
{
	die_at_work_as(folder, STR("desk"), alone, &(struct work){0, msg}, 1);
}

static void knows_what_was_at_work_when_it_was_killed(void **state)
{
	struct folder *folder = *state;
	struct work work[] = {{0, message_at("raw", 2, 41)}, {LANES_MAX - 1, message_at("raw.b", 0, 7)}};
	die_at_work_as(folder, STR("desk"), false, work, 2);

	struct suspects *s = reopen(folder, NULL);
	struct message neighbour = message_at("raw", 2, 42), other_topic = message_at("raw", 0, 7);
	assert_int_equal(suspects_count(s), 2);
	assert_true(suspects_must_run_alone(s, &work[0].msg));
	assert_true(suspects_must_run_alone(s, &work[1].msg));
	assert_false(suspects_must_run_alone(s, &neighbour));
	assert_false(suspects_must_run_alone(s, &other_topic));
	suspects_close(&s);
}

static void suspects_nobody_after_an_orderly_end(void **state)
{
	struct folder *folder = *state;
	struct message msg = message_at("raw", 0, 7);
	struct suspects *s = reopen(folder, NULL);
	suspects_working(s, 3, &msg);
	suspects_close(&s);
	s = reopen(folder, NULL);
	assert_int_equal(suspects_count(s), 0);
	suspects_close(&s);
}

static void suspects_nobody_who_had_ended(void **state)
{
	struct folder *folder = *state;
	struct message msg = message_at("raw", 0, 7);
	pid_t child = fork();
	if (child == 0) {
		struct suspects *s = suspects_open(folder->path, HERE, NULL, NULL);
		suspects_working(s, 0, &msg);
		suspects_working(s, 0, NULL);
		kill(getpid(), SIGKILL);
	}
	waitpid(child, NULL, 0);
	struct suspects *s = reopen(folder, NULL);
	assert_int_equal(suspects_count(s), 0);
	suspects_close(&s);
}

/* As in the handler of a signal, with the story still at work. */
static void suspects_nobody_who_was_acquitted(void **state)
{
	struct folder *folder = *state;
	struct message msg = message_at("raw", 0, 7);
	pid_t child = fork();
	if (child == 0) {
		struct suspects *s = suspects_open(folder->path, HERE, NULL, NULL);
		suspects_working(s, 3, &msg);
		suspects_acquit(s);
		kill(getpid(), SIGKILL);
	}
	waitpid(child, NULL, 0);
	struct suspects *s = reopen(folder, NULL);
	assert_int_equal(suspects_count(s), 0);
	suspects_close(&s);
}

static void condemns_who_died_alone_twice(void **state)
{
	struct folder *folder = *state;
	struct err err = {0};
	enum reason reason = REASON_NONE;
	struct message msg = message_at("raw", 1, 9);
	struct condemned *condemned = condemned_open(folder->path, HERE, &err);
	die_at(folder, msg, true);
	struct suspects *s = reopen(folder, condemned);
	assert_true(suspects_must_run_alone(s, &msg));
	suspects_close(&s);
	die_at(folder, msg, true);

	s = reopen(folder, condemned);
	assert_has(condemned_find(condemned, &msg, -1, &reason), "died 2 times");
	assert_int_equal(reason, REASON_POISON);
	assert_false(suspects_must_run_alone(s, &msg));
	assert_int_equal(suspects_count(s), 0);
	suspects_close(&s);
	condemned_close(&condemned);
}

static void condemns_who_died_four_times_in_all(void **state)
{
	struct folder *folder = *state;
	struct err err = {0};
	struct message msg = message_at("raw", 1, 9);
	struct condemned *condemned = condemned_open(NULL, HERE, &err);
	die_at(folder, msg, false);
	die_at(folder, msg, true);
	die_at(folder, msg, false);
	struct suspects *s = reopen(folder, condemned);
	assert_int_equal(condemned_count(condemned), 0);
	assert_true(suspects_must_run_alone(s, &msg));
	suspects_close(&s);
	die_at(folder, msg, false);

	s = reopen(folder, condemned);
	assert_int_equal(condemned_count(condemned), 1);
	suspects_close(&s);
	condemned_close(&condemned);
}

static void forgets_what_its_batch_has_committed(void **state)
{
	struct folder *folder = *state;
	struct work work[] = {{0, message_at("raw", 0, 7)}, {1, message_at("raw", 0, 8)}, {2, message_at("raw", 1, 7)}};
	die_at_work_as(folder, STR("desk"), false, work, 3);
	struct suspects *s = reopen(folder, NULL);
	struct batch batch = {0};
	offsets_set(&batch.next, "raw", 0, 8);
	suspects_forget(s, &batch);
	suspects_close(&s);

	s = reopen(folder, NULL);
	assert_int_equal(suspects_count(s), 2);
	assert_false(suspects_must_run_alone(s, &work[0].msg));
	offsets_set(&batch.next, "raw", 0, 9);
	offsets_set(&batch.next, "raw", 1, OFFSET_AS_COMMITTED);
	suspects_forget_below(s, &batch.next);
	assert_int_equal(suspects_count(s), 1);
	assert_true(suspects_must_run_alone(s, &work[2].msg));
	suspects_close(&s);
	offsets_free(&batch.next);
}

static void ignores_and_keeps_those_of_another_group(void **state)
{
	struct folder *folder = *state;
	struct work work = {0, message_at("raw", 0, 7)};
	die_at_work_as(folder, STR("night"), false, &work, 1);
	die_at(folder, message_at("raw", 0, 8), false);

	struct suspects *s = reopen(folder, NULL);
	assert_int_equal(suspects_count(s), 1);
	assert_false(suspects_must_run_alone(s, &work.msg));
	struct offsets committed = {0};
	offsets_set(&committed, "raw", 0, 100);
	suspects_forget_below(s, &committed);
	offsets_free(&committed);
	suspects_close(&s);

	s = suspects_open(folder->path, STR("cluster-1"), STR("night"), NULL, NULL);
	assert_true(suspects_must_run_alone(s, &work.msg));
	suspects_close(&s);
}

static void forgets_the_oldest_when_the_table_is_full(void **state)
{
	struct folder *folder = *state;
	struct work work[LANES_MAX];
	int64_t offset = 0;
	for (int death = 0; death < SUSPECTS_MAX / LANES_MAX; death++) {
		for (size_t i = 0; i < LANES_MAX; i++)
			work[i] = (struct work){i, message_at("raw", 0, offset++)};
		die_at_work_as(folder, STR("desk"), false, work, LANES_MAX);
	}
	die_at(folder, message_at("raw", 0, offset), false);

	struct suspects *s = reopen(folder, NULL);
	struct message oldest = message_at("raw", 0, 0), second = message_at("raw", 0, 1),
	               newest = message_at("raw", 0, offset);
	assert_int_equal(suspects_count(s), SUSPECTS_MAX);
	assert_false(suspects_must_run_alone(s, &oldest));
	assert_true(suspects_must_run_alone(s, &second));
	assert_true(suspects_must_run_alone(s, &newest));
	suspects_close(&s);
}

static void ignores_notes_that_are_not_whole(void **state)
{
	struct folder *folder = *state;
	die_at(folder, message_at("raw", 0, 7), false);
	struct str bytes = folder_read(folder, "suspects");
	/* The first note, with its offset, begins behind the head. */
	static char changed[1 << 20];
	memcpy(changed, bytes.p, bytes.n);
	int64_t wanted = 7;
	char *offset = memmem(changed + 64, 64, &wanted, sizeof wanted);
	assert_non_null(offset);
	*offset = 8;
	folder_write(folder, "suspects", str_make(changed, bytes.n));

	struct suspects *s = reopen(folder, NULL);
	assert_int_equal(suspects_count(s), 0);
	assert_false(folder_has(folder, "suspects.damaged"));
	suspects_close(&s);
}

static void a_file_of_another_size_is_put_aside(void **state)
{
	struct folder *folder = *state;
	struct suspects *s = reopen(folder, NULL);
	suspects_close(&s);
	assert_int_equal(truncate(folder_file(folder, "suspects"), 100), 0);
	s = reopen(folder, NULL);
	struct message msg = message_at("raw", 0, 7);
	suspects_working(s, LANES_MAX - 1, &msg); /* a mapping of 100 bytes would not take it */
	assert_true(folder_has(folder, "suspects.damaged"));
	suspects_close(&s);
}

static void a_foreign_file_is_put_aside(void **state)
{
	struct folder *folder = *state;
	struct suspects *s = reopen(folder, NULL);
	suspects_close(&s);
	struct str bytes = folder_read(folder, "suspects");
	static char changed[1 << 20];
	memcpy(changed, bytes.p, bytes.n);
	changed[0] = 'X';
	folder_write(folder, "suspects", str_make(changed, bytes.n));
	s = reopen(folder, NULL);
	assert_true(folder_has(folder, "suspects.damaged"));
	suspects_close(&s);
}

static void refuses_a_second_process_in_the_same_folder(void **state)
{
	struct folder *folder = *state;
	struct err err = {0};
	struct suspects *s = reopen(folder, NULL);
	assert_null(suspects_open(folder->path, HERE, NULL, &err));
	assert_has(err.words, "another worker");
	suspects_close(&s);
}

static void says_when_the_disk_is_full(void **state)
{
	struct folder *folder = *state;
	struct err err = {0};
	struct rlimit old, none = {0};
	getrlimit(RLIMIT_FSIZE, &old);
	none = (struct rlimit){4096, old.rlim_max};
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &none);
	struct suspects *s = suspects_open(folder->path, HERE, NULL, &err);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_null(s);
	assert_has(err.words, "cannot reserve");
	s = reopen(folder, NULL);
	assert_false(folder_has(folder, "suspects.damaged"));
	suspects_close(&s);
}

static void makes_the_folder_and_those_above_it(void **state)
{
	struct folder *folder = *state;
	struct err err = {0};
	struct suspects *s = suspects_open(folder_file(folder, "a/b"), HERE, NULL, &err);
	assert_non_null(s);
	assert_true(folder_has(folder, "a/b/suspects"));
	suspects_close(&s);
}

#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_make, folder_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        IN_A_FOLDER(knows_what_was_at_work_when_it_was_killed),
	        IN_A_FOLDER(suspects_nobody_after_an_orderly_end),
	        IN_A_FOLDER(suspects_nobody_who_had_ended),
	        IN_A_FOLDER(suspects_nobody_who_was_acquitted),
	        IN_A_FOLDER(condemns_who_died_alone_twice),
	        IN_A_FOLDER(condemns_who_died_four_times_in_all),
	        IN_A_FOLDER(forgets_what_its_batch_has_committed),
	        IN_A_FOLDER(ignores_and_keeps_those_of_another_group),
	        IN_A_FOLDER(forgets_the_oldest_when_the_table_is_full),
	        IN_A_FOLDER(ignores_notes_that_are_not_whole),
	        IN_A_FOLDER(a_file_of_another_size_is_put_aside),
	        IN_A_FOLDER(a_foreign_file_is_put_aside),
	        IN_A_FOLDER(refuses_a_second_process_in_the_same_folder),
	        IN_A_FOLDER(says_when_the_disk_is_full),
	        IN_A_FOLDER(makes_the_folder_and_those_above_it),
	};
	log_setup(LOG_SILENT, LOG_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
