#include "tests/harness.h"

#include "pipeline/base/log.h"
#include "tests/worker/folder.h"
#include "worker/condemned.h"

#define HERE STR("cluster-1"), STR("desk")

static struct message message_at(const char *topic, int32_t partition, int64_t offset)
{
	struct position at = {STR("cluster-1"), str_of(topic), partition, offset};
	return (struct message){.delivery = at, .origin = at};
}

static void add(struct condemned *c, const struct message *msg, int64_t part, const char *words)
{
	struct err err = {0};
	assert_true(condemned_add(c, &msg->delivery, part, REASON_REFUSED, words, &err));
}

static const char *find(struct condemned *c, const struct message *msg, int64_t part)
{
	enum reason reason = REASON_NONE;
	return condemned_find(c, msg, part, &reason);
}

static void finds_nothing_in_an_empty_table(void **state)
{
	(void)state;
	struct err err = {0};
	struct condemned *c = condemned_open(NULL, HERE, &err);
	struct message msg = message_at("raw", 0, 7);
	assert_null(find(c, &msg, -1));
	assert_false(condemned_is_stub(c, &msg));
	condemned_close(&c);
}

static void finds_a_part_but_not_its_message(void **state)
{
	(void)state;
	struct err err = {0};
	enum reason reason = REASON_NONE;
	struct condemned *c = condemned_open(NULL, HERE, &err);
	struct message msg = message_at("raw", 3, 7), other = message_at("raw", 3, 8);
	assert_true(condemned_add(c, &msg.delivery, 2, REASON_REFUSED, "too large", &err));
	assert_string_equal(condemned_find(c, &msg, 2, &reason), "too large");
	assert_int_equal(reason, REASON_REFUSED);
	assert_null(find(c, &msg, 1));
	assert_null(find(c, &msg, -1));
	assert_null(find(c, &other, 2));
	condemned_close(&c);
}

static void a_whole_message_takes_the_place_of_its_parts(void **state)
{
	(void)state;
	struct err err = {0};
	struct condemned *c = condemned_open(NULL, HERE, &err);
	struct message msg = message_at("raw", 0, 7);
	add(c, &msg, 0, "part");
	add(c, &msg, -1, "all");
	add(c, &msg, 3, "later");
	assert_int_equal(condemned_count(c), 1);
	assert_string_equal(find(c, &msg, -1), "all");
	condemned_close(&c);
}

static void more_than_sixteen_parts_condemn_the_message(void **state)
{
	(void)state;
	struct err err = {0};
	struct condemned *c = condemned_open(NULL, HERE, &err);
	struct message msg = message_at("raw", 0, 7);
	for (int part = 0; part < CONDEMNED_PARTS_MAX; part++)
		add(c, &msg, part, "one");
	assert_null(find(c, &msg, -1));
	add(c, &msg, 16, "one more");
	assert_string_equal(find(c, &msg, -1), "one more");
	assert_int_equal(condemned_count(c), 1);
	condemned_close(&c);
}

static void a_stub_is_no_condemned_message(void **state)
{
	(void)state;
	struct err err = {0};
	struct condemned *c = condemned_open(NULL, HERE, &err);
	struct message msg = message_at("raw", 0, 7);
	assert_true(condemned_add_stub(c, &msg.delivery, "refused", &err));
	assert_true(condemned_is_stub(c, &msg));
	assert_null(find(c, &msg, -1));
	add(c, &msg, -1, "all");
	assert_true(condemned_is_stub(c, &msg));
	condemned_close(&c);
}

static void outlives_the_process_to_the_letter(void **state)
{
	struct folder *folder = *state;
	struct err err = {0};
	struct condemned *c = condemned_open(folder->path, HERE, &err);
	struct message msg = message_at("raw", 5, INT64_C(9007199254740993)), stub = message_at("raw.b", 0, 1);
	assert_true(condemned_add(c, &msg.delivery, 4, REASON_POISON, "tab\tline\nback\\slash \xc3\xa9", &err));
	assert_true(condemned_add_stub(c, &stub.delivery, "no", &err));
	condemned_close(&c);

	enum reason reason = REASON_NONE;
	c = condemned_open(folder->path, HERE, &err);
	assert_int_equal(condemned_count(c), 2);
	assert_string_equal(condemned_find(c, &msg, 4, &reason), "tab\tline\nback\\slash \xc3\xa9");
	assert_int_equal(reason, REASON_POISON);
	assert_true(condemned_is_stub(c, &stub));
	condemned_close(&c);
}

static void cuts_long_words_between_characters(void **state)
{
	(void)state;
	struct err err = {0};
	char words[400];
	memset(words, 'x', sizeof words);
	memcpy(words + 299, "\xc3\xa9", 2);
	words[399] = 0;
	struct condemned *c = condemned_open(NULL, HERE, &err);
	struct message msg = message_at("raw", 0, 7);
	add(c, &msg, -1, words);
	assert_int_equal(strlen(find(c, &msg, -1)), 299);
	condemned_close(&c);
}

static void keeps_what_belongs_to_another_group(void **state)
{
	struct folder *folder = *state;
	struct err err = {0};
	struct message msg = message_at("raw", 0, 7);
	struct condemned *c = condemned_open(folder->path, HERE, &err);
	add(c, &msg, -1, "desk's");
	condemned_close(&c);

	c = condemned_open(folder->path, STR("cluster-1"), STR("desk\tother"), &err);
	assert_int_equal(condemned_count(c), 0);
	add(c, &msg, -1, "other's");
	condemned_close(&c);

	c = condemned_open(folder->path, HERE, &err);
	assert_string_equal(find(c, &msg, -1), "desk's");
	condemned_close(&c);
	c = condemned_open(folder->path, STR("cluster-1"), STR("desk\tother"), &err);
	assert_string_equal(find(c, &msg, -1), "other's");
	condemned_close(&c);
}

static void forgets_what_its_batch_has_committed(void **state)
{
	struct folder *folder = *state;
	struct err err = {0};
	struct message done = message_at("raw", 0, 7), ahead = message_at("raw", 0, 8),
	               elsewhere = message_at("raw", 1, 7);
	struct condemned *c = condemned_open(folder->path, HERE, &err);
	add(c, &done, 1, "x");
	add(c, &ahead, -1, "x");
	add(c, &elsewhere, -1, "x");
	struct batch batch = {0};
	offsets_set(&batch.next, "raw", 0, 8);
	condemned_forget(c, &batch);
	offsets_free(&batch.next);
	condemned_close(&c);

	c = condemned_open(folder->path, HERE, &err);
	assert_int_equal(condemned_count(c), 2);
	assert_null(find(c, &done, 1));
	assert_non_null(find(c, &ahead, -1));
	assert_non_null(find(c, &elsewhere, -1));
	condemned_close(&c);
}

static void an_unknown_offset_makes_it_forget_nothing(void **state)
{
	(void)state;
	struct err err = {0};
	struct message msg = message_at("raw", 0, 7);
	struct offsets committed = {0};
	struct condemned *c = condemned_open(NULL, HERE, &err);
	add(c, &msg, -1, "x");
	offsets_set(&committed, "raw", 0, OFFSET_AS_COMMITTED);
	condemned_forget_below(c, &committed);
	assert_int_equal(condemned_count(c), 1);
	offsets_set(&committed, "raw", 0, 8);
	condemned_forget_below(c, &committed);
	assert_int_equal(condemned_count(c), 0);
	offsets_free(&committed);
	condemned_close(&c);
}

static void a_damaged_file_is_put_aside(void **state)
{
	struct folder *folder = *state;
	struct err err = {0};
	struct message msg = message_at("raw", 0, 7);
	struct condemned *c = condemned_open(folder->path, HERE, &err);
	add(c, &msg, -1, "x");
	condemned_close(&c);
	struct str bytes = folder_read(folder, "condemned");
	char changed[4096];
	memcpy(changed, bytes.p, bytes.n);
	*strchr(changed, '7') = '9';
	folder_write(folder, "condemned", str_make(changed, bytes.n));

	c = condemned_open(folder->path, HERE, &err);
	assert_non_null(c);
	assert_int_equal(condemned_count(c), 0);
	assert_true(folder_has(folder, "condemned.damaged"));
	assert_false(folder_has(folder, "condemned"));
	condemned_close(&c);
}

static void a_file_cut_short_is_put_aside(void **state)
{
	struct folder *folder = *state;
	struct err err = {0};
	struct message msg = message_at("raw", 0, 7);
	struct condemned *c = condemned_open(folder->path, HERE, &err);
	add(c, &msg, -1, "x");
	condemned_close(&c);
	struct str bytes = folder_read(folder, "condemned");
	for (size_t n = 1; n < bytes.n; n += 7) {
		folder_write(folder, "condemned", str_slice(bytes, 0, n));
		c = condemned_open(folder->path, HERE, &err);
		assert_int_equal(condemned_count(c), 0);
		assert_true(folder_has(folder, "condemned.damaged"));
		condemned_close(&c);
	}
}

static void says_when_the_table_is_full(void **state)
{
	(void)state;
	struct err err = {0};
	struct condemned *c = condemned_open(NULL, HERE, &err);
	for (int i = 0; i < CONDEMNED_MAX; i++) {
		struct message msg = message_at("raw", 0, i);
		add(c, &msg, -1, "x");
	}
	struct message msg = message_at("raw", 0, CONDEMNED_MAX);
	assert_false(condemned_add(c, &msg.delivery, -1, REASON_REFUSED, "x", &err));
	assert_has(err.words, "more than 1024");
	condemned_close(&c);
}

static void what_cannot_be_kept_is_not_added(void **state)
{
	struct folder *folder = *state;
	struct err err = {0};
	struct message msg = message_at("raw", 0, 7);
	struct condemned *c = condemned_open(folder->path, HERE, &err);
	assert_int_equal(mkdir(folder_file(folder, "condemned.new"), 0700), 0); /* stands in the way, also of root */
	assert_false(condemned_add(c, &msg.delivery, -1, REASON_REFUSED, "x", &err));
	assert_has(err.words, "cannot write");
	assert_null(find(c, &msg, -1));
	condemned_close(&c);
}

static void says_when_the_folder_cannot_be_made(void **state)
{
	struct folder *folder = *state;
	struct err err = {0};
	folder_write(folder, "file", STR("x"));
	assert_null(condemned_open(folder_file(folder, "file/below"), HERE, &err));
	assert_has(err.words, "state folder");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(finds_nothing_in_an_empty_table),
	        cmocka_unit_test(finds_a_part_but_not_its_message),
	        cmocka_unit_test(a_whole_message_takes_the_place_of_its_parts),
	        cmocka_unit_test(more_than_sixteen_parts_condemn_the_message),
	        cmocka_unit_test(a_stub_is_no_condemned_message),
	        cmocka_unit_test(cuts_long_words_between_characters),
	        cmocka_unit_test(an_unknown_offset_makes_it_forget_nothing),
	        cmocka_unit_test(says_when_the_table_is_full),
	        cmocka_unit_test_setup_teardown(outlives_the_process_to_the_letter, folder_make, folder_remove),
	        cmocka_unit_test_setup_teardown(keeps_what_belongs_to_another_group, folder_make, folder_remove),
	        cmocka_unit_test_setup_teardown(forgets_what_its_batch_has_committed, folder_make, folder_remove),
	        cmocka_unit_test_setup_teardown(a_damaged_file_is_put_aside, folder_make, folder_remove),
	        cmocka_unit_test_setup_teardown(a_file_cut_short_is_put_aside, folder_make, folder_remove),
	        cmocka_unit_test_setup_teardown(what_cannot_be_kept_is_not_added, folder_make, folder_remove),
	        cmocka_unit_test_setup_teardown(says_when_the_folder_cannot_be_made, folder_make, folder_remove),
	};
	log_setup(LOG_SILENT, LOG_TEXT);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
