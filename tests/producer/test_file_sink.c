/*
 * The file sink on pipes, on a full device and on a closed one.
 */
#include "tests/producer/kit.h"

#include "producer/file_sink.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>

struct fixture {
	int read_fd, write_fd;
	struct sink *sink;
	struct batch batch;
	struct publication pub;
	char *text; /* what the reader has got */
	size_t n;
	pthread_t reader;
};

static void *read_all(void *arg)
{
	struct fixture *f = arg;
	size_t room = 0;
	ssize_t n;
	do {
		if (f->n + 65536 > room) {
			room = 2 * room + 131072;
			f->text = realloc(f->text, room);
		}
		n = read(f->read_fd, f->text + f->n, 65536);
		f->n += n > 0 ? (size_t)n : 0;
	} while (n > 0);
	f->text[f->n] = 0;
	return NULL;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int fds[2];
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	f->read_fd = fds[0];
	f->write_fd = fds[1];
	f->sink = file_sink_new(f->write_fd, "standard output");
	kit_batch(&f->batch);
	f->pub.batch = &f->batch;
	signal(SIGPIPE, SIG_IGN);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	f->sink->ops->close(f->sink);
	batch_free(&f->batch);
	if (f->read_fd >= 0)
		close(f->read_fd);
	if (f->write_fd >= 0)
		close(f->write_fd);
	free(f->text);
	free(f);
	return 0;
}

/* Publishes the batch and reads all of it. */
static void publish(struct fixture *f)
{
	struct sink_limits limits;
	struct err err = {0};
	f->batch.n_taken = f->batch.n_taken ? f->batch.n_taken : f->batch.n_messages;
	assert_int_equal(f->sink->ops->open(f->sink, &limits, &err), PUBLISH_COMMITTED);
	assert_int_equal(limits.record_bytes, 0);
	assert_int_equal(pthread_create(&f->reader, NULL, read_all, f), 0);
	f->sink->ops->publish(f->sink, &f->pub);
	close(f->write_fd);
	f->write_fd = -1;
	pthread_join(f->reader, NULL);
}

static void articles_and_duplicates_are_their_records_a_line_each_in_order(void **state)
{
	struct fixture *f = *state;
	struct message *msg = kit_message(&f->batch, NULL, STR("two"));
	kit_article(&f->batch, msg, "urn:0", "{\"n\":0}");
	kit_article(&f->batch, msg, "urn:1", "{\"n\":1}")->end.outcome = OUTCOME_DUPLICATE;
	kit_article(&f->batch, kit_message(&f->batch, NULL, STR("one")), "urn:2", "{\"n\":2}");

	publish(f);

	assert_int_equal(f->pub.result, PUBLISH_COMMITTED);
	assert_string_equal(f->text, "{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n");
	assert_int_equal(file_sink_dead_letters(f->sink), 0);
}

static void every_other_ending_is_a_line_that_says_so(void **state)
{
	struct fixture *f = *state;
	kit_end(&kit_message(&f->batch, NULL, STR("x"))->end, OUTCOME_DROP, REASON_NO_STORY, "decode", "");
	kit_end(&kit_message(&f->batch, NULL, STR("x"))->end, OUTCOME_DEAD, REASON_BAD_JSON, "decode", "at byte 7");
	struct message *msg = kit_message(&f->batch, NULL, STR("three parts"));
	kit_article(&f->batch, msg, "urn:0", "{}");
	kit_end(&kit_part(&f->batch, msg)->end, OUTCOME_DEAD, REASON_BAD_FORMAT, "decode", "no \"title\"");
	kit_end(&kit_part(&f->batch, msg)->end, OUTCOME_DROP, REASON_FILTERED, "mine", "");

	publish(f);

	assert_string_equal(
	        f->text,
	        "{\"type\":\"drop\",\"reason\":\"no-story\",\"stage\":\"decode\",\"id\":\"c1/raw/0/0\"}\n"
	        "{\"type\":\"dead-letter\",\"reason\":\"bad-json\",\"stage\":\"decode\",\"error\":\"at byte "
	        "7\",\"id\":\"c1/raw/0/1\"}\n"
	        "{}\n"
	        "{\"type\":\"dead-letter\",\"reason\":\"bad-format\",\"stage\":\"decode\",\"error\":\"no "
	        "\\\"title\\\"\",\"id\":\"c1/raw/0/2/1\",\"part\":1}\n"
	        "{\"type\":\"drop\",\"reason\":\"filtered\",\"stage\":\"mine\",\"id\":\"c1/raw/0/2/2\",\"part\":2}\n");
	assert_int_equal(file_sink_dead_letters(f->sink), 2);
}

static void words_that_end_inside_a_character_are_still_json(void **state)
{
	struct fixture *f = *state;
	kit_end(&kit_message(&f->batch, NULL, STR("x"))->end, OUTCOME_DEAD, REASON_BAD_CHARSET, "decode",
	        "charset 'caf\xc3");

	publish(f);

	assert_has(f->text, "\"error\":\"charset 'caf\"");
}

static void messages_that_were_cut_off_are_not_written(void **state)
{
	struct fixture *f = *state;
	kit_article(&f->batch, kit_message(&f->batch, NULL, STR("x")), "urn:0", "in");
	kit_article(&f->batch, kit_message(&f->batch, NULL, STR("x")), "urn:1", "cut");
	f->batch.n_taken = 1;

	publish(f);

	assert_string_equal(f->text, "in\n");
}

/* Smaller than the buffer, larger than it, and small again; the pipe takes a small piece of it at a time. */
static void records_of_all_sizes_come_whole_and_in_order(void **state)
{
	struct fixture *f = *state;
	static const size_t sizes[] = {10, 700000, 700000, 3000000, 20, 1048576, 1};
	const size_t n = sizeof(sizes) / sizeof(*sizes);
	fcntl(f->write_fd, F_SETFL, O_NONBLOCK);
	for (size_t i = 0; i < n; i++) {
		struct story *st = kit_article(&f->batch, kit_message(&f->batch, NULL, STR("x")), "urn:0", "");
		char *value = arena_alloc(&f->batch.lanes[0], sizes[i]);
		memset(value, 'a' + (int)i, sizes[i]);
		st->record.value = str_make(value, sizes[i]);
	}

	publish(f);

	assert_int_equal(f->pub.result, PUBLISH_COMMITTED);
	size_t at = 0;
	for (size_t i = 0; i < n; i++) {
		assert_true(at + sizes[i] < f->n);
		for (size_t c = 0; c < sizes[i]; c++)
			assert_int_equal(f->text[at + c], 'a' + (int)i);
		assert_int_equal(f->text[at + sizes[i]], '\n');
		at += sizes[i] + 1;
	}
	assert_int_equal(at, f->n);
}

static void a_reader_that_is_gone_fails_with_words(void **state)
{
	struct fixture *f = *state;
	kit_article(&f->batch, kit_message(&f->batch, NULL, STR("x")), "urn:0", "{}");
	f->batch.n_taken = 1;
	close(f->read_fd);
	f->read_fd = -1;

	f->sink->ops->publish(f->sink, &f->pub);

	assert_int_equal(f->pub.result, PUBLISH_FAILED);
	assert_string_equal(f->pub.err.words, "cannot write standard output: Broken pipe");
}

static void a_full_disk_fails_with_words_and_nothing_more_is_tried(void **state)
{
	struct fixture *f = *state;
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct sink *sink = file_sink_new(full, "'out.jsonl'");
	kit_article(&f->batch, kit_message(&f->batch, NULL, STR("x")), "urn:0", "{}");
	f->batch.n_taken = 1;
	sink->ops->publish(sink, &f->pub);
	assert_int_equal(f->pub.result, PUBLISH_FAILED);
	assert_string_equal(f->pub.err.words, "cannot write 'out.jsonl': No space left on device");

	assert_int_equal(dup2(f->write_fd, full), full); /* room again: what follows must not hide the gap */
	sink->ops->publish(sink, &f->pub);

	assert_int_equal(f->pub.result, PUBLISH_FAILED);
	sink->ops->close(sink);
	close(full);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	        T(articles_and_duplicates_are_their_records_a_line_each_in_order),
	        T(every_other_ending_is_a_line_that_says_so),
	        T(words_that_end_inside_a_character_are_still_json),
	        T(messages_that_were_cut_off_are_not_written),
	        T(records_of_all_sizes_come_whole_and_in_order),
	        T(a_reader_that_is_gone_fails_with_words),
	        T(a_full_disk_fails_with_words_and_nothing_more_is_tried),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
