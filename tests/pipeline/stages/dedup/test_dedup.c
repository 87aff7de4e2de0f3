/*
 * The dedup stage: which stories are claimed, and what stands in them afterwards.
 */
#include "tests/pipeline/stages/fixture.h"

#include "pipeline/stages/dedup/ledger.h"

extern const struct stage stage_dedup;

#define MESSAGES_MAX 16

static struct batch *batch_make(struct fixture *f, uint64_t number)
{
	struct batch *b = ARENA_NEW(&f->setup, struct batch);
	b->number = number;
	b->messages = ARENA_ARRAY(&f->setup, struct message, MESSAGES_MAX);
	return b;
}

static struct message *add_message(struct batch *b, int64_t offset)
{
	assert_true(b->n_messages < MESSAGES_MAX);
	struct message *msg = &b->messages[b->n_messages++];
	msg->delivery = msg->origin = (struct position){STR("local"), STR("wire.raw"), 2, offset};
	return msg;
}

static struct story *add_part(struct fixture *f, struct message *msg, uint64_t exact, uint64_t body)
{
	if (!msg->parts)
		msg->parts = ARENA_ARRAY(&f->setup, struct story *, MESSAGES_MAX);
	struct story *st = fixture_story(f, "", "");
	st->msg = msg;
	st->part = (uint32_t)msg->n_parts;
	st->decode.part_hash = exact;
	st->fingerprint.exact_hash = exact;
	st->fingerprint.body_hash = body;
	st->fingerprint.empty = exact == 0;
	st->decode.uri = arena_printf(&f->setup, "urn:example:%d", (int)exact);
	msg->parts[msg->n_parts++] = st;
	return st;
}

static struct story *add_story(struct fixture *f, struct batch *b, int64_t offset, uint64_t exact)
{
	return add_part(f, add_message(b, offset), exact, exact + 1000);
}

/* begin, then run for every open story, as the runner does. */
static void judge(struct fixture *f, struct batch *b)
{
	f->call.batch = b;
	assert_int_equal(f->stage->begin(&f->call, b, &f->err), BEGIN_READY);
	for (size_t m = 0; m < b->n_messages; m++) {
		struct message *msg = &b->messages[m];
		for (size_t p = 0; p < msg->n_parts; p++)
			if (msg->parts[p]->end.outcome == OUTCOME_OPEN)
				assert_int_equal(fixture_run(f, msg->parts[p]), ANSWER_KEEP);
	}
}

static void commit(struct fixture *f, struct batch *b)
{
	f->call.batch = b;
	f->stage->commit(&f->call, b);
}

static void rollback(struct fixture *f, struct batch *b)
{
	f->call.batch = b;
	f->stage->rollback(&f->call, b);
}

static void a_copy_names_the_story_that_it_repeats(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_dedup, NULL);
	struct batch *b = batch_make(f, 1);
	struct story *first = add_story(f, b, 5, 11), *second = add_story(f, b, 6, 11), *other = add_story(f, b, 7, 12);
	judge(f, b);
	assert_int_equal(first->dedup.verdict, VERDICT_ORIGINAL);
	assert_str(first->dedup.cluster, "urn:example:11");
	assert_int_equal(first->dedup.of_uri.n, 0);
	assert_true(first->dedup.score < 0);
	assert_int_equal(second->dedup.verdict, VERDICT_EXACT);
	assert_str(second->dedup.of_uri, "urn:example:11");
	assert_str(second->dedup.of_id, "local/wire.raw/2/5/0");
	assert_str(second->dedup.cluster, "urn:example:11");
	assert_string_equal(second->dedup.method, "text-hash");
	assert_int_equal(other->dedup.verdict, VERDICT_ORIGINAL);
	commit(f, b);
	fixture_free(f);
}

static void a_copy_names_who_sent_what_it_repeats(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_dedup, NULL);
	const struct feed usual = {.name = STR("default")}, antara = {.name = STR("antara")};
	const struct feed *feeds[] = {&usual, &antara, &antara};
	for (uint64_t i = 0; i < 3; i++) {
		static const char *const expected[] = {"", "antara", "Reuters"};
		struct batch *b = batch_make(f, i + 1);
		struct story *first = add_story(f, b, (int64_t)(10 * i), 11 + i);
		struct story *copy = add_story(f, b, (int64_t)(10 * i + 1), 11 + i);
		b->messages[0].feed = feeds[i];
		copy->credits.source = STR("AFP");
		if (i == 2)
			first->credits.source = STR("Reuters");
		judge(f, b);
		assert_int_equal(copy->dedup.verdict, VERDICT_EXACT);
		assert_str(copy->dedup.of_source, expected[i]);
		assert_int_equal(first->dedup.of_source.n, 0);
		commit(f, b);
	}
	fixture_free(f);
}

/* As formats and other programs name whoever sent a story. */
static void a_publisher_named_by_the_format_sent_it(void **state)
{
	(void)state;
	static const struct {
		const char *given, *credited, *expected;
	} rows[] = {
	        {"{\"name\":\"Northern Wire\",\"role\":\"provider\"}", "", "Northern Wire"},
	        {"{\"name\":\"Ana Lim\",\"role\":\"author\"},{\"name\":\"Kell Courier\"}", "", "Kell Courier"},
	        {"{\"name\":\"Desk\",\"role\":\"source\"},{\"name\":\"Wire\",\"role\":\"isrole:Publisher\"}", "",
	         "Wire"},
	        {"{\"literal\":\"nw\",\"uri\":\"https://nw.example\",\"role\":\"distributor\"}", "", "nw"},
	        {"{\"name\":\"\u00c9cho\",\"role\":\"credit\"}", "", "Écho"},
	        {"{\"name\":\"Ana Lim\",\"role\":\"author\"},{\"name\":\"dpa\",\"role\":\"quoted\"}", "", "antara"},
	        {"{\"name\":\"Kell Courier\",\"role\":\"publisher\"}", "Reuters", "Reuters"},
	        {"", "", "antara"},
	};
	const struct feed antara = {.name = STR("antara")};
	struct fixture *f = fixture_new(&stage_dedup, NULL);
	for (uint64_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct batch *b = batch_make(f, i + 1);
		struct story *first = add_story(f, b, (int64_t)(10 * i), 11 + i);
		struct story *copy = add_story(f, b, (int64_t)(10 * i + 1), 11 + i);
		b->messages[0].feed = &antara;
		first->decode.given.info_sources = str_of(rows[i].given);
		first->credits.source = str_of(rows[i].credited);
		copy->credits.source = STR("AFP");
		judge(f, b);
		assert_str(copy->dedup.of_source, rows[i].expected);
		assert_str(copy->dedup.source, "AFP");
		commit(f, b);
	}
	fixture_free(f);
}

/* What judging found is read by the publisher, while the next batch is already being judged. */
static void verdicts_stay_readable_while_the_next_batch_is_judged(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_dedup, NULL);
	struct batch *a = batch_make(f, 1), *b = batch_make(f, 2), *c = batch_make(f, 3);
	add_story(f, a, 5, 11);
	struct story *copy = add_story(f, a, 6, 11);
	judge(f, a);
	struct story *later = add_story(f, b, 7, 11);
	judge(f, b);
	assert_str(later->dedup.of_id, "local/wire.raw/2/5/0");
	commit(f, a);
	/* The ledger's memory of the first batch is used again. */
	add_story(f, c, 8, 12);
	add_story(f, c, 9, 12);
	judge(f, c);
	commit(f, b);
	commit(f, c);
	assert_str(copy->dedup.of_id, "local/wire.raw/2/5/0");
	assert_str(copy->dedup.of_uri, "urn:example:11");
	assert_str(copy->dedup.evidence, "{\"seconds\":0}");
	fixture_free(f);
}

static void control_copy_is_never_claimed_and_says_why(void **state)
{
	(void)state;
	static const char *const words[] = {"kill", "withdrawal", "embargo-lift", "advisory", "test"};
	struct fixture *f = fixture_new(&stage_dedup, NULL);
	struct batch *b = batch_make(f, 1);
	for (int64_t i = 0; i < 5; i++)
		add_story(f, b, i, 11)->decode.control = words[i];
	struct story *copy = add_story(f, b, 9, 11);
	judge(f, b);
	for (size_t i = 0; i < 5; i++) {
		struct story *st = b->messages[i].parts[0];
		char expected[64];
		snprintf(expected, sizeof(expected), "{\"reason\":\"%s\"}", words[i]);
		assert_int_equal(st->dedup.verdict, VERDICT_UNJUDGED);
		assert_str(st->dedup.evidence, expected);
		assert_str(st->dedup.cluster, "urn:example:11");
		assert_true(st->dedup.score < 0);
	}
	assert_int_equal(copy->dedup.verdict, VERDICT_ORIGINAL);
	commit(f, b);
	fixture_free(f);
}

static void a_story_without_text_is_unjudged(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_dedup, NULL);
	struct batch *b = batch_make(f, 1);
	struct story *one = add_story(f, b, 1, 0), *two = add_story(f, b, 2, 0);
	judge(f, b);
	assert_int_equal(one->dedup.verdict, VERDICT_UNJUDGED);
	assert_int_equal(two->dedup.verdict, VERDICT_UNJUDGED);
	assert_str(two->dedup.evidence, "{\"reason\":\"empty\"}");
	commit(f, b);
	fixture_free(f);
}

static void parts_are_stories_of_their_own(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_dedup, NULL);
	struct batch *b = batch_make(f, 1);
	struct message *msg = add_message(b, 5);
	add_part(f, msg, 11, 0);
	struct story *dead = add_part(f, msg, 12, 0), *twin = add_part(f, msg, 11, 0);
	dead->end.outcome = OUTCOME_DEAD;
	struct story *later = add_story(f, b, 6, 12);
	judge(f, b);
	assert_int_equal(twin->dedup.verdict, VERDICT_EXACT);
	assert_str(twin->dedup.of_id, "local/wire.raw/2/5/0");
	assert_int_equal(dead->dedup.verdict, VERDICT_NONE);
	assert_int_equal(later->dedup.verdict, VERDICT_ORIGINAL);
	commit(f, b);
	fixture_free(f);
}

static void a_batch_rolled_back_is_judged_the_same_when_it_comes_again(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_dedup, NULL);
	struct batch *a = batch_make(f, 1), *b = batch_make(f, 2), *again = batch_make(f, 3);
	add_story(f, a, 5, 11);
	struct story *copy = add_story(f, b, 6, 11);
	judge(f, a);
	judge(f, b);
	assert_int_equal(copy->dedup.verdict, VERDICT_EXACT);
	rollback(f, b);
	rollback(f, a);
	/* The other one comes first this time: nothing of the earlier try is left. */
	struct story *first = add_story(f, again, 6, 11), *second = add_story(f, again, 5, 11);
	judge(f, again);
	assert_int_equal(first->dedup.verdict, VERDICT_ORIGINAL);
	assert_int_equal(second->dedup.verdict, VERDICT_EXACT);
	commit(f, again);
	fixture_free(f);
}

static void a_claim_whose_message_died_later_is_void(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_dedup, NULL);
	struct batch *a = batch_make(f, 1), *b = batch_make(f, 2), *c = batch_make(f, 3);
	add_part(f, add_message(a, 5), 11, 0);
	add_part(f, &a->messages[0], 12, 0);
	judge(f, a);
	commit(f, a);
	add_message(b, 5)->end.outcome = OUTCOME_DEAD;
	judge(f, b);
	commit(f, b);
	struct story *one = add_story(f, c, 6, 11), *two = add_story(f, c, 7, 12);
	judge(f, c);
	assert_int_equal(one->dedup.verdict, VERDICT_ORIGINAL);
	assert_int_equal(two->dedup.verdict, VERDICT_ORIGINAL);
	commit(f, c);
	fixture_free(f);
}

/* A replay of one part dies as a whole: the others were published long ago, and stay claimed. */
static void a_dead_replay_voids_only_the_parts_it_was_to_bring_back(void **state)
{
	(void)state;
	static const uint32_t only[] = {1};
	struct fixture *f = fixture_new(&stage_dedup, NULL);
	struct batch *a = batch_make(f, 1), *b = batch_make(f, 2), *c = batch_make(f, 3);
	add_part(f, add_message(a, 5), 11, 0);
	add_part(f, &a->messages[0], 12, 0);
	judge(f, a);
	commit(f, a);
	struct message *replay = add_message(b, 99);
	replay->origin.offset = 5;
	replay->only = only;
	replay->n_only = 1;
	replay->end.outcome = OUTCOME_DEAD;
	judge(f, b);
	commit(f, b);
	struct story *one = add_story(f, c, 6, 11), *two = add_story(f, c, 7, 12);
	judge(f, c);
	assert_int_equal(one->dedup.verdict, VERDICT_EXACT);
	assert_int_equal(two->dedup.verdict, VERDICT_ORIGINAL);
	commit(f, c);
	fixture_free(f);
}

static void a_replay_is_known_by_its_origin_and_named_by_its_delivery(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_dedup, NULL);
	struct batch *a = batch_make(f, 1), *b = batch_make(f, 2);
	add_story(f, a, 5, 11);
	judge(f, a);
	commit(f, a);
	struct story *again = add_story(f, b, 80, 11), *healed = add_story(f, b, 81, 12),
	             *copy = add_story(f, b, 82, 12);
	b->messages[0].origin.offset = 5;
	b->messages[1].origin.offset = 6;
	judge(f, b);
	assert_int_equal(again->dedup.verdict, VERDICT_ORIGINAL);
	assert_int_equal(healed->dedup.verdict, VERDICT_ORIGINAL);
	assert_str(copy->dedup.of_id, "local/wire.raw/2/81/0");
	commit(f, b);
	fixture_free(f);
}

static void scopes_of_feeds_do_not_mix(void **state)
{
	(void)state;
	static const struct feed sport = {.scope = STR_INIT("sport")};
	struct fixture *f = fixture_new(&stage_dedup, NULL);
	struct batch *b = batch_make(f, 1);
	add_story(f, b, 5, 11);
	struct story *st = add_story(f, b, 6, 11);
	b->messages[1].feed = &sport;
	judge(f, b);
	assert_int_equal(st->dedup.verdict, VERDICT_ORIGINAL);
	commit(f, b);
	fixture_free(f);
}

static void the_window_is_an_option(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_dedup, "window", "1h", "claims-max", "1000", NULL);
	struct batch *a = batch_make(f, 1), *b = batch_make(f, 2);
	add_story(f, a, 5, 11);
	judge(f, a);
	commit(f, a);
	f->clock.us += 3600 * INT64_C(1000000);
	struct story *st = add_story(f, b, 6, 11);
	judge(f, b);
	assert_int_equal(st->dedup.verdict, VERDICT_ORIGINAL);
	commit(f, b);
	fixture_free(f);
}

static struct metrics *counted;

static void with_metrics(struct stage_env *env)
{
	env->metrics = counted;
}

static void a_gauge_says_how_many_claims_are_held(void **state)
{
	(void)state;
	counted = metrics_new();
	struct series *held = metrics_plain(counted, METRIC_LEDGER_CLAIMS);
	struct fixture *f = fixture_checked(fixture_open(&stage_dedup, with_metrics, NULL));
	struct batch *a = batch_make(f, 1), *b = batch_make(f, 2);
	add_story(f, a, 5, 11);
	add_story(f, a, 6, 12);
	judge(f, a);
	commit(f, a);
	assert_int_equal(series_value(held), 2);
	add_story(f, b, 7, 13);
	judge(f, b);
	rollback(f, b);
	assert_int_equal(series_value(held), 2);
	fixture_free(f);
	metrics_free(&counted);
}

static void a_ledger_that_nobody_knows_is_refused(void **state)
{
	(void)state;
	struct fixture *f = fixture_open(&stage_dedup, NULL, "ledger", "paper", NULL);
	assert_false(f->is_open);
	assert_has(f->err.words, "not 'paper'");
	fixture_free(f);
}

/* --- a ledger that cannot be reached ----------------------------------------------------------------------------- */

static size_t n_rollbacks;

static enum ledger_answer away_begin(struct ledger *ledger, uint64_t batch, const struct claim *claims, size_t n,
                                     const struct claim_key *ended, size_t n_ended, struct err *err)
{
	(void)ledger, (void)batch, (void)claims, (void)n, (void)ended, (void)n_ended;
	err_set(err, "no broker");
	return LEDGER_ABORT;
}

static void away_rollback(struct ledger *ledger, uint64_t batch)
{
	(void)ledger, (void)batch;
	n_rollbacks++;
}

static size_t away_size(struct ledger *ledger)
{
	(void)ledger;
	return 0;
}

static void away_close(struct ledger *ledger)
{
	(void)ledger;
}

static struct ledger *away_new(const struct stage_env *env, const struct ledger_wish *wish, struct err *err)
{
	(void)env, (void)err;
	static const struct ledger_ops ops = {
	        .name = "away", .begin = away_begin, .rollback = away_rollback, .size = away_size, .close = away_close};
	static struct ledger ledger = {.ops = &ops};
	assert_true(str_is(wish->topic, "wire.claims") && !wish->space.n);
	assert_int_equal(wish->window_ms, 72 * 3600000);
	assert_int_equal(wish->window_claims, 1000000);
	assert_false(wish->is_story_time || wish->publishes || wish->limits.same_text);
	return &ledger;
}

static void with_away_ledger(struct stage_env *env)
{
	env->ledger_new = away_new;
}

static void a_ledger_that_is_away_aborts_the_batch(void **state)
{
	(void)state;
	struct fixture *f = fixture_checked(fixture_open(&stage_dedup, with_away_ledger, "ledger", "kafka", NULL));
	for (uint64_t number = 1; number < 5; number++) {
		struct batch *b = batch_make(f, number);
		add_story(f, b, 5, 11);
		f->call.batch = b;
		struct err err = {{0}};
		assert_int_equal(f->stage->begin(&f->call, b, &err), BEGIN_ABORT);
		assert_string_equal(err.words, "no broker");
		rollback(f, b);
		assert_int_equal(n_rollbacks, number);
	}
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_copy_names_the_story_that_it_repeats),
	        cmocka_unit_test(a_copy_names_who_sent_what_it_repeats),
	        cmocka_unit_test(a_publisher_named_by_the_format_sent_it),
	        cmocka_unit_test(verdicts_stay_readable_while_the_next_batch_is_judged),
	        cmocka_unit_test(control_copy_is_never_claimed_and_says_why),
	        cmocka_unit_test(a_story_without_text_is_unjudged),
	        cmocka_unit_test(parts_are_stories_of_their_own),
	        cmocka_unit_test(a_batch_rolled_back_is_judged_the_same_when_it_comes_again),
	        cmocka_unit_test(a_claim_whose_message_died_later_is_void),
	        cmocka_unit_test(a_dead_replay_voids_only_the_parts_it_was_to_bring_back),
	        cmocka_unit_test(a_replay_is_known_by_its_origin_and_named_by_its_delivery),
	        cmocka_unit_test(scopes_of_feeds_do_not_mix),
	        cmocka_unit_test(the_window_is_an_option),
	        cmocka_unit_test(a_gauge_says_how_many_claims_are_held),
	        cmocka_unit_test(a_ledger_that_nobody_knows_is_refused),
	        cmocka_unit_test(a_ledger_that_is_away_aborts_the_batch),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
