/*
 * Dead letters: what stands in them, and what they give up, in which order, where they do not fit.
 */
#include "tests/producer/kit.h"

#include "pipeline/record.h"
#include "producer/dead_letters.h"

#define NOW "2024-01-21T07:32:00.000Z"

struct fixture {
	struct batch batch;
	struct dead_letter letter;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	kit_batch(&f->batch);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	batch_free(&f->batch);
	free(f);
	return 0;
}

static void make(struct fixture *f, const struct message *msg, size_t limit_bytes)
{
	dead_letter_make(&f->batch.lanes[0], msg, limit_bytes, false, STR(NOW), &f->letter);
}

/* The n-th value of that name, or a null pointer. */
static struct str nth(const struct dead_letter *letter, const char *name, size_t n)
{
	for (size_t i = 0; i < letter->n_headers; i++) {
		if (str_is(letter->headers[i].name, name) && n-- == 0)
			return letter->headers[i].value;
	}
	return (struct str){0};
}

static size_t count(const struct dead_letter *letter, const char *name)
{
	size_t n = 0;
	while (nth(letter, name, n).p)
		n++;
	return n;
}

static size_t bytes_of(const struct dead_letter *letter)
{
	size_t bytes = letter->key.n + letter->value.n;
	for (size_t i = 0; i < letter->n_headers; i++)
		bytes += letter->headers[i].name.n + letter->headers[i].value.n;
	return bytes;
}

static void set_headers(struct message *msg, const struct header *headers, size_t n)
{
	msg->headers = headers;
	msg->n_headers = n;
}

static void a_message_without_a_dead_part_needs_none(void **state)
{
	struct fixture *f = *state;
	struct message *msg = kit_message(&f->batch, "k", STR("v"));
	kit_article(&f->batch, msg, "urn:0", "{}");
	kit_end(&kit_part(&f->batch, msg)->end, OUTCOME_DROP, REASON_FILTERED, "mine", "");
	assert_false(dead_letter_needed(msg));
	kit_end(&kit_part(&f->batch, msg)->end, OUTCOME_DEAD, REASON_BAD_FORMAT, "decode", "");
	assert_true(dead_letter_needed(msg));
}

static void a_message_dead_as_a_whole_keeps_its_bytes_and_says_why(void **state)
{
	struct fixture *f = *state;
	static const struct header own[] = {{STR_INIT("feed"), STR_INIT("antara")}, {STR_INIT("empty"), {NULL, 0}}};
	struct message *msg = kit_message(&f->batch, "k", STR("bytes\0\xff"));
	set_headers(msg, own, 2);
	kit_end(&msg->end, OUTCOME_DEAD, REASON_NOT_TEXT, "decode", "a NUL byte at 5");

	make(f, msg, 0);

	assert_false(f->letter.stub);
	assert_int_equal(f->letter.n_parts, 1);
	assert_str(f->letter.key, "k");
	assert_ptr_equal(f->letter.value.p, msg->value.p);
	assert_int_equal(f->letter.value.n, msg->value.n);
	assert_str(nth(&f->letter, "feed", 0), "antara");
	assert_str(f->letter.headers[1].name, "empty");
	assert_null(f->letter.headers[1].value.p);
	assert_str(nth(&f->letter, "wiredesk-origin", 0), "c1/raw/0/0");
	assert_str(nth(&f->letter, "wiredesk-attempts", 0), "1");
	assert_str(nth(&f->letter, "wiredesk-first-seen", 0), NOW);
	assert_str(nth(&f->letter, "wiredesk-stage", 0), "decode");
	assert_str(nth(&f->letter, "wiredesk-reason", 0), "not-text");
	assert_str(nth(&f->letter, "wiredesk-error", 0), "a NUL byte at 5");
	assert_null(nth(&f->letter, "wiredesk-part", 0).p);
	assert_null(nth(&f->letter, "wiredesk-stub", 0).p);
}

static void each_dead_part_has_a_set_of_its_own_in_order(void **state)
{
	struct fixture *f = *state;
	struct message *msg = kit_message(&f->batch, NULL, STR("v"));
	for (int i = 0; i < 4; i++)
		kit_article(&f->batch, msg, "urn", "{}");
	kit_end(&msg->parts[1]->end, OUTCOME_DEAD, REASON_BAD_FORMAT, "decode", "first");
	kit_end(&msg->parts[3]->end, OUTCOME_DEAD, REASON_LIMIT_STORY, "cleanup", "");

	make(f, msg, 0);

	assert_null(f->letter.key.p);
	assert_int_equal(f->letter.n_parts, 2);
	assert_str(nth(&f->letter, "wiredesk-part", 0), "1");
	assert_str(nth(&f->letter, "wiredesk-reason", 0), "bad-format");
	assert_str(nth(&f->letter, "wiredesk-error", 0), "first");
	assert_str(nth(&f->letter, "wiredesk-part", 1), "3");
	assert_str(nth(&f->letter, "wiredesk-stage", 1), "cleanup");
	assert_str(nth(&f->letter, "wiredesk-reason", 1), "limit-story");
	assert_non_null(nth(&f->letter, "wiredesk-error", 1).p);
	assert_str(nth(&f->letter, "wiredesk-error", 1), "");
	assert_int_equal(count(&f->letter, "wiredesk-part"), 2);
}

static void headers_of_an_earlier_death_give_way_to_those_of_this_one(void **state)
{
	struct fixture *f = *state;
	static const struct header own[] = {{STR_INIT("wiredesk-origin"), STR_INIT("c0/old/1/2")},
	                                    {STR_INIT("wiredesk-part"), STR_INIT("7")},
	                                    {STR_INIT("wiredesk-error"), STR_INIT("old")},
	                                    {STR_INIT("traceparent"), STR_INIT("00-1")}};
	static const uint32_t only[] = {7};
	struct message *msg = kit_message(&f->batch, "k", STR("v"));
	set_headers(msg, own, 4);
	msg->origin = (struct position){STR("c0"), STR("old"), 1, 2};
	msg->attempts = 4;
	msg->first_seen = STR("2020-01-01T00:00:00.000Z");
	msg->only = only;
	msg->n_only = 1;
	struct story *st = kit_part(&f->batch, msg);
	st->part = 7;
	kit_end(&st->end, OUTCOME_DEAD, REASON_BAD_FORMAT, "decode", "new");

	make(f, msg, 0);

	assert_int_equal(count(&f->letter, "wiredesk-origin"), 1);
	assert_str(nth(&f->letter, "wiredesk-origin", 0), "c0/old/1/2");
	assert_int_equal(count(&f->letter, "wiredesk-part"), 1);
	assert_str(nth(&f->letter, "wiredesk-part", 0), "7");
	assert_int_equal(count(&f->letter, "wiredesk-error"), 1);
	assert_str(nth(&f->letter, "wiredesk-error", 0), "new");
	assert_str(nth(&f->letter, "wiredesk-attempts", 0), "5");
	assert_str(nth(&f->letter, "wiredesk-first-seen", 0), "2020-01-01T00:00:00.000Z");
	assert_str(nth(&f->letter, "traceparent", 0), "00-1");
}

static void a_replay_of_some_parts_that_dies_as_a_whole_dies_for_those_parts_alone(void **state)
{
	struct fixture *f = *state;
	static const uint32_t only[] = {2, 5};
	struct message *msg = kit_message(&f->batch, "k", STR("v"));
	msg->only = only;
	msg->n_only = 2;
	kit_end(&msg->end, OUTCOME_DEAD, REASON_POISON, "run", "");

	make(f, msg, 0);

	assert_int_equal(f->letter.n_parts, 2);
	assert_int_equal(count(&f->letter, "wiredesk-part"), 2);
	assert_str(nth(&f->letter, "wiredesk-part", 0), "2");
	assert_str(nth(&f->letter, "wiredesk-part", 1), "5");
	assert_int_equal(count(&f->letter, "wiredesk-reason"), 2);
}

static void what_cannot_be_read_of_an_earlier_death_goes_on_as_it_stands(void **state)
{
	struct fixture *f = *state;
	static const struct header own[] = {{STR_INIT("wiredesk-origin"), STR_INIT("nonsense")},
	                                    {STR_INIT("wiredesk-part"), STR_INIT("3")},
	                                    {STR_INIT("wiredesk-part"), STR_INIT("x")},
	                                    {STR_INIT("wiredesk-reason"), STR_INIT("old")}};
	struct message *msg = kit_message(&f->batch, "k", STR("v"));
	set_headers(msg, own, 4);
	kit_end(&msg->end, OUTCOME_DEAD, REASON_BAD_HEADER, "run", "cannot be read");

	make(f, msg, 0);

	assert_int_equal(count(&f->letter, "wiredesk-origin"), 1);
	assert_str(nth(&f->letter, "wiredesk-origin", 0), "nonsense");
	assert_int_equal(count(&f->letter, "wiredesk-part"), 2);
	assert_str(nth(&f->letter, "wiredesk-part", 1), "x");
	assert_int_equal(f->letter.n_parts, 2);
	assert_int_equal(count(&f->letter, "wiredesk-reason"), 2);
	assert_str(nth(&f->letter, "wiredesk-reason", 0), "bad-header");
}

/* Kafka's usual limit of a record. */
#define USUAL_BYTES 1048588

static void an_origin_that_nobody_can_read_and_is_long_gives_way_to_the_messages_own(void **state)
{
	struct fixture *f = *state;
	static char large[1048001];
	static struct header own[2];
	memset(large, 'x', 1048000);
	own[0] = own[1] = (struct header){STR("wiredesk-origin"), str_of(large)};
	struct message *msg = kit_message(&f->batch, "k", STR("v"));
	set_headers(msg, own, 2);
	kit_end(&msg->end, OUTCOME_DEAD, REASON_BAD_HEADER, "run", "cannot be read");

	make(f, msg, USUAL_BYTES);

	assert_true(bytes_of(&f->letter) + RECORD_FRAMING_BYTES <= USUAL_BYTES);
	assert_int_equal(count(&f->letter, "wiredesk-origin"), 1);
	assert_str(nth(&f->letter, "wiredesk-origin", 0), "c1/raw/0/0");
}

/* The last one is what a reader takes. */
static void of_many_origins_that_nobody_can_read_the_last_goes_on(void **state)
{
	struct fixture *f = *state;
	static char long_one[601];
	static struct header own[9999];
	memset(long_one, 'x', 600);
	for (size_t i = 0; i < 9998; i++)
		own[i] = (struct header){STR("wiredesk-origin"), str_of(long_one)};
	own[9998] = (struct header){STR("wiredesk-origin"), STR("the last")};
	struct message *msg = kit_message(&f->batch, "k", STR("v"));
	set_headers(msg, own, 9999);
	kit_end(&msg->end, OUTCOME_DEAD, REASON_BAD_HEADER, "run", "cannot be read");

	make(f, msg, USUAL_BYTES);

	assert_true(bytes_of(&f->letter) + RECORD_FRAMING_BYTES <= USUAL_BYTES);
	assert_int_equal(count(&f->letter, "wiredesk-origin"), 1);
	assert_str(nth(&f->letter, "wiredesk-origin", 0), "the last");
}

static void of_parts_that_nobody_can_read_as_many_count_as_a_message_may_have(void **state)
{
	struct fixture *f = *state;
	static char long_one[601];
	static struct header own[10000];
	memset(long_one, '7', 600);
	own[0] = (struct header){STR("wiredesk-origin"), STR("nonsense")};
	for (size_t i = 1; i < 10000; i++)
		own[i] = (struct header){STR("wiredesk-part"), i % 2 ? STR("x") : str_of(long_one)};
	struct message *msg = kit_message(&f->batch, "k", STR("v"));
	set_headers(msg, own, 10000);
	kit_end(&msg->end, OUTCOME_DEAD, REASON_BAD_HEADER, "run", "cannot be read");

	make(f, msg, USUAL_BYTES);

	assert_true(bytes_of(&f->letter) + RECORD_FRAMING_BYTES <= USUAL_BYTES);
	assert_int_equal(dead_letter_parts(msg), 2000);
	assert_int_equal(f->letter.n_parts, 2000);
	assert_int_equal(count(&f->letter, "wiredesk-part"), 2000);
	assert_int_equal(count(&f->letter, "wiredesk-reason"), 2000);
	assert_str(nth(&f->letter, "wiredesk-part", 0), "x");
	/* Nothing that could be read as another part. */
	assert_str(nth(&f->letter, "wiredesk-part", 1), "");
}

static void a_broken_message_without_an_origin_gets_one(void **state)
{
	struct fixture *f = *state;
	struct message *msg = kit_message(&f->batch, NULL, STR("v"));
	msg->broken = "more than 1000 headers";
	kit_end(&msg->end, OUTCOME_DEAD, REASON_BAD_HEADER, "run", msg->broken);

	make(f, msg, 0);

	assert_str(nth(&f->letter, "wiredesk-origin", 0), "c1/raw/0/0");
	assert_int_equal(f->letter.n_parts, 1);
}

static void words_that_end_inside_a_character_are_cut_before_it(void **state)
{
	struct fixture *f = *state;
	struct message *msg = kit_message(&f->batch, NULL, STR("v"));
	kit_end(&msg->end, OUTCOME_DEAD, REASON_BAD_CHARSET, "decode", "caf\xc3");

	make(f, msg, 0);

	assert_str(nth(&f->letter, "wiredesk-error", 0), "caf");
}

static void a_letter_that_was_refused_is_a_stub_with_the_hash_of_its_bytes(void **state)
{
	struct fixture *f = *state;
	struct message *msg = kit_message(&f->batch, "k", STR("abc"));
	kit_end(&msg->end, OUTCOME_DEAD, REASON_REFUSED, "broker", "too large");

	dead_letter_make(&f->batch.lanes[0], msg, 0, true, STR(NOW), &f->letter);

	assert_true(f->letter.stub);
	assert_null(f->letter.value.p);
	assert_str(f->letter.key, "k");
	assert_str(nth(&f->letter, "wiredesk-stub", 0), "refused");
	assert_str(nth(&f->letter, "wiredesk-value-bytes", 0), "3");
	assert_str(nth(&f->letter, "wiredesk-value-sha256", 0),
	           "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* A message whose key, value, own header and words are each 10 kB. */
static struct message *large_message(struct fixture *f)
{
	static char large[10001];
	static struct header own;
	memset(large, 'x', 10000);
	own = (struct header){STR("own"), str_of(large)};
	struct message *msg = kit_message(&f->batch, large, str_of(large));
	set_headers(msg, &own, 1);
	kit_end(&msg->end, OUTCOME_DEAD, REASON_REFUSED, "broker", large);
	return msg;
}

static void what_does_not_fit_is_given_up_in_order_value_headers_key_words(void **state)
{
	struct fixture *f = *state;
	const size_t rest = 1000 + RECORD_FRAMING_BYTES;
	struct message *msg = large_message(f);

	make(f, msg, 40000 + rest);
	assert_false(f->letter.stub);
	assert_non_null(f->letter.value.p);

	make(f, msg, 30000 + rest);
	assert_true(f->letter.stub);
	assert_str(nth(&f->letter, "wiredesk-stub", 0), "too-large");
	assert_null(f->letter.value.p);
	assert_non_null(nth(&f->letter, "own", 0).p);

	make(f, msg, 20000 + rest);
	assert_null(nth(&f->letter, "own", 0).p);
	assert_non_null(f->letter.key.p);
	assert_null(nth(&f->letter, "wiredesk-key-sha256", 0).p);

	make(f, msg, 10000 + rest);
	assert_null(f->letter.key.p);
	assert_int_equal(nth(&f->letter, "wiredesk-key-sha256", 0).n, 64);
	assert_int_equal(nth(&f->letter, "wiredesk-error", 0).n, 10000);

	make(f, msg, rest);
	assert_str(nth(&f->letter, "wiredesk-error", 0), "");
	assert_str(nth(&f->letter, "wiredesk-reason", 0), "refused");
	assert_str(nth(&f->letter, "wiredesk-origin", 0), "c1/raw/0/0");
}

/* At each limit the letter is the largest that fits, and fits. */
static void a_letter_fits_its_limit_with_room_for_the_framing(void **state)
{
	struct fixture *f = *state;
	struct message *msg = large_message(f);
	bool was_stub = true;
	for (size_t limit = 2000; limit < 45000; limit += 37) {
		make(f, msg, limit);
		assert_true(bytes_of(&f->letter) + RECORD_FRAMING_BYTES <= limit);
		assert_true(was_stub || !f->letter.stub);
		was_stub = f->letter.stub;
	}
	assert_false(was_stub);
}

static void two_thousand_dead_parts_fit_kafkas_usual_limit(void **state)
{
	struct fixture *f = *state;
	struct message *msg = kit_message(&f->batch, "k", STR("v"));
	static char words[501];
	memset(words, 'w', 500);
	for (int i = 0; i < 2000; i++)
		kit_end(&kit_part(&f->batch, msg)->end, OUTCOME_DEAD, REASON_LIMIT_STORY, "fingerprint", words);

	make(f, msg, USUAL_BYTES);

	assert_int_equal(f->letter.n_parts, 2000);
	assert_int_equal(count(&f->letter, "wiredesk-part"), 2000);
	assert_true(bytes_of(&f->letter) + RECORD_FRAMING_BYTES <= USUAL_BYTES);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	        T(a_message_without_a_dead_part_needs_none),
	        T(a_message_dead_as_a_whole_keeps_its_bytes_and_says_why),
	        T(each_dead_part_has_a_set_of_its_own_in_order),
	        T(headers_of_an_earlier_death_give_way_to_those_of_this_one),
	        T(a_replay_of_some_parts_that_dies_as_a_whole_dies_for_those_parts_alone),
	        T(what_cannot_be_read_of_an_earlier_death_goes_on_as_it_stands),
	        T(an_origin_that_nobody_can_read_and_is_long_gives_way_to_the_messages_own),
	        T(of_many_origins_that_nobody_can_read_the_last_goes_on),
	        T(of_parts_that_nobody_can_read_as_many_count_as_a_message_may_have),
	        T(a_broken_message_without_an_origin_gets_one),
	        T(words_that_end_inside_a_character_are_cut_before_it),
	        T(a_letter_that_was_refused_is_a_stub_with_the_hash_of_its_bytes),
	        T(what_does_not_fit_is_given_up_in_order_value_headers_key_words),
	        T(a_letter_fits_its_limit_with_room_for_the_framing),
	        T(two_thousand_dead_parts_fit_kafkas_usual_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
