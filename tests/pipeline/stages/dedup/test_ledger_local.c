/*
 * The local ledger: what it promises batch by batch, and the same told by a plain slow judge over random histories.
 */
#include "tests/harness.h"

#include "pipeline/base/clock.h"
#include "pipeline/sketch.h"
#include "pipeline/stages/dedup/ledger.h"
#include "pipeline/stages/dedup/postings.h"

#include <stdio.h>

#define MINUTE_MS 60000

struct moved_clock {
	struct clock clock;
	int64_t ms;
};

static int64_t moved_us(struct clock *c)
{
	return ((struct moved_clock *)(void *)c)->ms * 1000;
}

static struct moved_clock moved = {{moved_us, NULL, NULL}, 0};

static struct ledger *open_ledger(size_t claims_max)
{
	moved.ms = 1000;
	return ledger_local_new(&(struct ledger_local_options){
	        .clock = &moved.clock, .window_ms = MINUTE_MS, .claims_max = claims_max});
}

/* As decode and the runner would name it; the text stays for 64 more calls. */
static struct str id_of(int64_t offset, uint32_t part)
{
	static char ids[64][64];
	static size_t turn;
	char *id = ids[turn++ % 64];
	snprintf(id, sizeof(ids[0]), "local/wire.raw/0/%d/%u", (int)offset, part);
	return str_of(id);
}

static struct claim make_claim(int64_t offset, uint64_t exact)
{
	return (struct claim){.key = {{STR("local"), STR("wire.raw"), 0, offset}, 0, 7},
	                      .id = id_of(offset, 0),
	                      .exact_hash = exact,
	                      .body_hash = exact + 1000000,
	                      .uri = STR("urn:example:story")};
}

static struct claim make_version(int64_t offset, uint64_t exact, const char *version)
{
	struct claim claim = make_claim(offset, exact);
	claim.guid = STR("guid-1");
	claim.version = str_of(version);
	return claim;
}

static void begin(struct ledger *ledger, uint64_t batch, const struct claim *claims, size_t n)
{
	struct err err = {{0}};
	assert_int_equal(ledger->ops->begin(ledger, batch, claims, n, NULL, 0, &err), LEDGER_READY);
	assert_string_equal(err.words, "");
}

static struct judgement judge(struct ledger *ledger, uint64_t batch, size_t i)
{
	struct judgement found;
	ledger->ops->judge(ledger, batch, i, &found);
	return found;
}

/* Enters one claim in a batch of its own and commits. */
static enum verdict pass(struct ledger *ledger, uint64_t batch, const struct claim *claim)
{
	begin(ledger, batch, claim, 1);
	enum verdict verdict = judge(ledger, batch, 0).verdict;
	ledger->ops->commit(ledger, batch);
	return verdict;
}

/* What a ledger said of its work, in order. */
struct work {
	size_t said[64];
	size_t n;
};

static void work_on(void *arg, size_t i)
{
	struct work *work = arg;
	assert_true(work->n < sizeof(work->said) / sizeof(work->said[0]));
	work->said[work->n++] = i;
}

/* Whoever hears it knows which story is at fault should the process die. */
static void says_which_claim_it_works_on(void **state)
{
	(void)state;
	struct ledger *ledger = open_ledger(100);
	struct claim claims[20];
	struct work work = {.n = 0};
	for (int64_t i = 0; i < 20; i++)
		claims[i] = make_claim(i, 11);
	ledger->working = work_on;
	ledger->working_arg = &work;
	begin(ledger, 1, claims, 20);
	assert_int_equal(work.n, 21);
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(work.said[i], i);
	assert_true(work.said[20] == LEDGER_NO_CLAIM);
	ledger->ops->commit(ledger, 1);
	ledger->ops->close(ledger);
}

static void tells_exact_syndicated_and_original_apart(void **state)
{
	(void)state;
	struct ledger *ledger = open_ledger(100);
	struct claim claims[] = {make_claim(1, 11), make_claim(2, 11), make_claim(3, 12), make_claim(4, 13)};
	claims[2].body_hash = claims[0].body_hash;
	claims[0].source = STR("Antara");
	begin(ledger, 1, claims, 4);
	struct judgement found = judge(ledger, 1, 0);
	assert_int_equal(found.verdict, VERDICT_ORIGINAL);
	assert_null(found.method);
	assert_true(found.score < 0);
	assert_int_equal(found.of_uri.n + found.of_id.n + found.of_source.n + found.evidence.n, 0);
	found = judge(ledger, 1, 1);
	assert_int_equal(found.verdict, VERDICT_EXACT);
	assert_str(found.of_id, "local/wire.raw/0/1/0");
	assert_str(found.of_uri, "urn:example:story");
	assert_str(found.of_source, "Antara");
	assert_string_equal(found.method, "text-hash");
	assert_str(found.evidence, "{\"seconds\":0}");
	found = judge(ledger, 1, 2);
	assert_int_equal(found.verdict, VERDICT_SYNDICATED);
	assert_string_equal(found.method, "body-hash");
	assert_int_equal(judge(ledger, 1, 3).verdict, VERDICT_ORIGINAL);
	ledger->ops->commit(ledger, 1);
	ledger->ops->close(ledger);
}

static void a_key_met_again_is_its_own_first_claim(void **state)
{
	(void)state;
	struct ledger *ledger = open_ledger(100);
	struct claim first = make_claim(1, 11), other = make_claim(2, 12), twin = make_claim(3, 11);
	assert_int_equal(pass(ledger, 1, &first), VERDICT_ORIGINAL);
	assert_int_equal(pass(ledger, 2, &other), VERDICT_ORIGINAL);
	assert_int_equal(pass(ledger, 3, &twin), VERDICT_EXACT);
	assert_int_equal(pass(ledger, 4, &first), VERDICT_ORIGINAL);
	assert_int_equal(pass(ledger, 5, &twin), VERDICT_EXACT);
	assert_int_equal(ledger->ops->size(ledger), 3);
	/* Another message at the same place (the topic was made anew) is another key. */
	struct claim anew = make_claim(2, 11);
	anew.key.bytes_hash = 8;
	assert_int_equal(pass(ledger, 6, &anew), VERDICT_EXACT);
	ledger->ops->close(ledger);
}

static void only_claims_of_the_same_scope_match(void **state)
{
	(void)state;
	struct ledger *ledger = open_ledger(100);
	struct claim first = make_claim(1, 11), elsewhere = make_claim(2, 11), here = make_claim(3, 11);
	elsewhere.scope = STR("sport");
	assert_int_equal(pass(ledger, 1, &first), VERDICT_ORIGINAL);
	assert_int_equal(pass(ledger, 2, &elsewhere), VERDICT_ORIGINAL);
	assert_int_equal(pass(ledger, 3, &here), VERDICT_EXACT);
	ledger->ops->close(ledger);
}

static void a_later_version_is_a_revision_even_with_the_same_text(void **state)
{
	(void)state;
	struct ledger *ledger = open_ledger(100);
	struct claim one = make_version(1, 11, "1"), two = make_version(2, 11, "2"), ten = make_version(3, 14, "10");
	struct claim again = make_version(4, 11, "1"), silent = make_claim(5, 15);
	silent.guid = STR("guid-1");
	assert_int_equal(pass(ledger, 1, &one), VERDICT_ORIGINAL);
	assert_int_equal(pass(ledger, 2, &two), VERDICT_REVISION);
	begin(ledger, 3, &ten, 1);
	struct judgement found = judge(ledger, 3, 0);
	assert_int_equal(found.verdict, VERDICT_REVISION);
	assert_str(found.of_id, "local/wire.raw/0/1/0");
	assert_str(found.evidence, "{\"version\":\"10\",\"earlier\":\"1\",\"seconds\":0}");
	ledger->ops->commit(ledger, 3);
	/* The same version by another delivery is a copy; without a version nobody knows. */
	assert_int_equal(pass(ledger, 4, &again), VERDICT_EXACT);
	assert_int_equal(pass(ledger, 5, &silent), VERDICT_ORIGINAL);
	ledger->ops->close(ledger);
}

/* A reader keeps the highest version, whichever comes first: one that comes late is no duplicate, and says so. */
static void a_version_that_comes_late_says_so(void **state)
{
	(void)state;
	struct ledger *ledger = open_ledger(100);
	struct claim three = make_version(1, 13, "3"), one = make_version(2, 11, "1"), two = make_version(3, 13, "2");
	assert_int_equal(pass(ledger, 1, &three), VERDICT_ORIGINAL);
	begin(ledger, 2, &one, 1);
	struct judgement found = judge(ledger, 2, 0);
	assert_int_equal(found.verdict, VERDICT_REVISION);
	assert_string_equal(found.method, "version");
	assert_str(found.of_id, "local/wire.raw/0/1/0");
	assert_str(found.evidence, "{\"version\":\"1\",\"later\":\"3\",\"seconds\":0}");
	ledger->ops->commit(ledger, 2);
	/* With the same text, too. */
	begin(ledger, 3, &two, 1);
	found = judge(ledger, 3, 0);
	assert_int_equal(found.verdict, VERDICT_REVISION);
	assert_str(found.evidence, "{\"version\":\"2\",\"later\":\"3\",\"seconds\":0}");
	ledger->ops->commit(ledger, 3);
	ledger->ops->close(ledger);
}

/* Why nothing was found. */
static void an_original_that_cannot_be_told_by_likeness_says_so(void **state)
{
	(void)state;
	struct ledger *ledger = open_ledger(100);
	struct sketch sketch = {.text = {.n_shingles = 11}};
	struct sketch_words text = {.is_of_files = false}, files = {.is_of_files = true};
	const struct {
		uint32_t shingles;
		const struct sketch_words *words;
		const char *evidence;
	} rows[] = {{11, &text, "{\"reason\":\"short\"}"}, {0, &files, "{\"reason\":\"files\"}"}, {12, &text, ""}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct claim claim = make_claim((int64_t)i, 100 + i);
		sketch.text.n_shingles = rows[i].shingles;
		claim.sketch = &sketch;
		claim.words = rows[i].words;
		begin(ledger, 1 + i, &claim, 1);
		struct judgement found = judge(ledger, 1 + i, 0);
		assert_int_equal(found.verdict, VERDICT_ORIGINAL);
		assert_str(found.evidence, rows[i].evidence);
		ledger->ops->commit(ledger, 1 + i);
	}
	ledger->ops->close(ledger);
}

static void claims_older_than_the_window_are_forgotten(void **state)
{
	(void)state;
	struct ledger *ledger = open_ledger(100);
	struct claim first = make_claim(1, 11), second = make_claim(2, 11), third = make_claim(3, 11);
	assert_int_equal(pass(ledger, 1, &first), VERDICT_ORIGINAL);
	moved.ms += MINUTE_MS - 1;
	assert_int_equal(pass(ledger, 2, &second), VERDICT_EXACT);
	moved.ms += MINUTE_MS;
	assert_int_equal(pass(ledger, 3, &third), VERDICT_ORIGINAL);
	assert_int_equal(ledger->ops->size(ledger), 1);
	ledger->ops->close(ledger);
}

static void the_oldest_fall_out_when_there_are_too_many(void **state)
{
	(void)state;
	struct ledger *ledger = open_ledger(10);
	for (int i = 0; i < 12; i++) {
		struct claim claim = make_claim(i, 100 + (uint64_t)i);
		pass(ledger, (uint64_t)i, &claim);
	}
	assert_int_equal(ledger->ops->size(ledger), 10);
	struct claim fallen = make_claim(50, 101), held = make_claim(51, 103);
	begin(ledger, 20, &fallen, 1);
	begin(ledger, 21, &held, 1);
	assert_int_equal(judge(ledger, 20, 0).verdict, VERDICT_ORIGINAL);
	assert_int_equal(judge(ledger, 21, 0).verdict, VERDICT_EXACT);
	assert_int_equal(ledger->ops->size(ledger), 12);
	ledger->ops->commit(ledger, 20);
	ledger->ops->commit(ledger, 21);
	assert_int_equal(ledger->ops->size(ledger), 10);
	ledger->ops->close(ledger);
}

static void long_texts_fill_the_memory_before_the_count_does(void **state)
{
	(void)state;
	struct ledger *ledger = open_ledger(100);
	static char long_uri[5000];
	memset(long_uri, 'u', sizeof(long_uri));
	for (int i = 0; i < 50; i++) {
		struct claim claim = make_claim(i, 100 + (uint64_t)i);
		claim.uri = str_make(long_uri, sizeof(long_uri));
		pass(ledger, (uint64_t)i, &claim);
	}
	assert_in_range(ledger->ops->size(ledger), 1, 100 * LEDGER_TEXT_BYTES / sizeof(long_uri));
	ledger->ops->close(ledger);
}

static void a_rollback_takes_the_claims_out_as_if_never_made(void **state)
{
	(void)state;
	struct ledger *ledger = open_ledger(100);
	struct claim first = make_claim(1, 11), second = make_claim(2, 11), third = make_claim(3, 11);
	begin(ledger, 1, &first, 1);
	begin(ledger, 2, &second, 1);
	assert_int_equal(judge(ledger, 2, 0).verdict, VERDICT_EXACT);
	ledger->ops->rollback(ledger, 2);
	ledger->ops->rollback(ledger, 1);
	assert_int_equal(ledger->ops->size(ledger), 0);
	assert_int_equal(pass(ledger, 3, &third), VERDICT_ORIGINAL);
	begin(ledger, 4, &first, 1);
	struct judgement found = judge(ledger, 4, 0);
	assert_int_equal(found.verdict, VERDICT_EXACT);
	assert_str(found.of_id, "local/wire.raw/0/3/0");
	ledger->ops->rollback(ledger, 4);
	ledger->ops->rollback(ledger, 99);
	assert_int_equal(ledger->ops->size(ledger), 1);
	ledger->ops->close(ledger);
}

static void a_batch_is_judged_by_what_stood_when_it_began(void **state)
{
	(void)state;
	struct ledger *ledger = open_ledger(1);
	struct claim first = make_claim(1, 11), second = make_claim(2, 11);
	begin(ledger, 1, &first, 1);
	begin(ledger, 2, &second, 1);
	ledger->ops->commit(ledger, 1);
	assert_int_equal(ledger->ops->size(ledger), 1);
	struct judgement found = judge(ledger, 2, 0);
	assert_int_equal(found.verdict, VERDICT_EXACT);
	assert_str(found.of_id, "local/wire.raw/0/1/0");
	ledger->ops->commit(ledger, 2);
	ledger->ops->close(ledger);
}

static void what_ended_otherwise_is_void_for_all_that_come_later(void **state)
{
	(void)state;
	struct ledger *ledger = open_ledger(100);
	struct claim first = make_claim(1, 11), twin = make_claim(2, 11), third = make_claim(3, 11);
	assert_int_equal(pass(ledger, 1, &first), VERDICT_ORIGINAL);
	struct err err = {{0}};
	assert_int_equal(ledger->ops->begin(ledger, 2, &twin, 1, &first.key, 1, &err), LEDGER_READY);
	assert_int_equal(judge(ledger, 2, 0).verdict, VERDICT_ORIGINAL);
	ledger->ops->commit(ledger, 2);
	begin(ledger, 3, &third, 1);
	assert_str(judge(ledger, 3, 0).of_id, "local/wire.raw/0/2/0");
	ledger->ops->commit(ledger, 3);
	/* Put back and healed, the voided one is claimed anew. */
	assert_int_equal(pass(ledger, 4, &first), VERDICT_EXACT);
	ledger->ops->close(ledger);
}

/* --- the oracle ----------------------------------------------------------------------------------------------- */

#define HISTORY_MAX 4096
#define TEXTS       12
#define SPANS       64

/* A claim as the slow judge remembers it; the list is the order of the world. */
struct known {
	int64_t offset;
	uint32_t part;
	uint64_t exact, body;
	int scope, guid, version;
	int text; /* which of the sketches; 0: none */
	bool is_noted;
	int64_t time_ms;
	uint64_t batch;
	bool is_void;
	size_t void_from; /* for the claims from here on */
};

struct oracle {
	struct known items[HISTORY_MAX];
	size_t n;
	uint64_t unsettled[2];
	size_t n_unsettled;
	size_t claims_max;
};

static uint64_t random_state = 88172645463325252u;

static uint32_t random_below(uint32_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 33) % n;
}

/* The same bytes have the same sketch: the text hangs on the key. */
static struct known random_known(uint64_t batch)
{
	int64_t offset = random_below(60);
	uint32_t part = random_below(3);
	return (struct known){.offset = offset,
	                      .part = part,
	                      .exact = random_below(12),
	                      .body = random_below(8),
	                      .scope = (int)random_below(2),
	                      .guid = (int)random_below(5),
	                      .version = (int)random_below(4),
	                      .text = (int)((offset * 3 + part) % TEXTS),
	                      .time_ms = moved.ms,
	                      .batch = batch};
}

/* Texts that have nothing in common; the same one again is the same story. */
static const struct sketch *sketch_of(int text)
{
	static struct sketch sketches[TEXTS];
	struct sketch *s = &sketches[text];
	if (!text || s->n_samples)
		return text ? s : NULL;
	for (uint32_t i = 0; i < SKETCH_SAMPLES_MAX; i++)
		s->samples[i] = (uint32_t)text * 1000 + i;
	for (size_t i = 0; i < SKETCH_MINIMA; i++)
		sketch_set_minimum(s->text.minima, i, 1 + (unsigned)(text + (int)i) % SKETCH_MINIMUM_MAX);
	s->n_lead_samples = SKETCH_LEAD_SAMPLES_MAX;
	s->n_samples = SKETCH_SAMPLES_MAX;
	s->text.n_shingles = 300;
	return s;
}

static const char *const scope_names[] = {"", "sport"};
static const char *const guid_names[] = {"", "a", "b", "c", "d"};
static const char *const version_names[] = {"", "2", "9", "10"};

static struct claim claim_of(const struct known *k)
{
	return (struct claim){.key = {{STR("local"), STR("wire.raw"), 0, k->offset}, k->part, 7},
	                      .id = id_of(k->offset, k->part),
	                      .exact_hash = k->exact,
	                      .body_hash = k->body,
	                      .sketch = sketch_of(k->text),
	                      .scope = str_of(scope_names[k->scope]),
	                      .uri = STR("urn:example:story"),
	                      .guid = str_of(guid_names[k->guid]),
	                      .version = str_of(version_names[k->version])};
}

static bool oracle_is_unsettled(const struct oracle *o, uint64_t batch)
{
	for (size_t i = 0; i < o->n_unsettled; i++)
		if (o->unsettled[i] == batch)
			return true;
	return false;
}

static void oracle_drop_oldest(struct oracle *o)
{
	memmove(o->items, o->items + 1, --o->n * sizeof(*o->items));
	for (size_t i = 0; i < o->n; i++)
		o->items[i].void_from -= o->items[i].is_void;
}

static void oracle_forget_past(struct oracle *o)
{
	while (o->n && !oracle_is_unsettled(o, o->items[0].batch) && moved.ms - o->items[0].time_ms >= MINUTE_MS)
		oracle_drop_oldest(o);
}

/* Is this one of the first of its text in its span of time? */
static bool oracle_notes(const struct oracle *o, const struct known *k)
{
	int n = 0;
	const int64_t span_ms = MINUTE_MS / SPANS;
	for (size_t i = 0; i < o->n; i++)
		n += o->items[i].is_noted && o->items[i].text == k->text && o->items[i].scope == k->scope &&
		     o->items[i].time_ms / span_ms == k->time_ms / span_ms;
	return k->text && n < POSTINGS_CAP;
}

static size_t oracle_enter(struct oracle *o, const struct known *k)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->items[i].offset == k->offset && o->items[i].part == k->part && !o->items[i].is_void)
			return i;
	assert_true(o->n < HISTORY_MAX);
	o->items[o->n] = *k;
	o->items[o->n].is_noted = oracle_notes(o, k);
	return o->n++;
}

static bool oracle_is_other_version(const struct known *m, const struct known *own)
{
	return m->guid && m->guid == own->guid && m->version && own->version && m->version != own->version;
}

static enum verdict oracle_judge(const struct oracle *o, size_t own_at, size_t *match)
{
	const struct known *own = &o->items[own_at];
	for (size_t i = 0; i < own_at; i++) {
		const struct known *m = &o->items[i];
		*match = i;
		if ((m->is_void && own_at >= m->void_from) || m->scope != own->scope ||
		    own->time_ms - m->time_ms >= MINUTE_MS)
			continue;
		if (oracle_is_other_version(m, own))
			return VERDICT_REVISION;
		if (m->exact && m->exact == own->exact)
			return VERDICT_EXACT;
		if ((m->body && m->body == own->body) || (m->is_noted && m->text == own->text))
			return VERDICT_SYNDICATED;
	}
	return VERDICT_ORIGINAL;
}

static void compare(struct ledger *ledger, uint64_t batch, size_t i, const struct oracle *o, size_t own)
{
	size_t match = 0;
	enum verdict expected = oracle_judge(o, own, &match);
	struct judgement found = judge(ledger, batch, i);
	assert_int_equal(found.verdict, expected);
	char id[100] = "";
	if (expected != VERDICT_ORIGINAL)
		snprintf(id, sizeof(id), "local/wire.raw/0/%d/%u", (int)o->items[match].offset, o->items[match].part);
	assert_str(found.of_id, id);
}

static void oracle_void(struct oracle *o, const struct known *k, bool all_parts)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->items[i].offset == k->offset && (all_parts || o->items[i].part == k->part) &&
		    !o->items[i].is_void) {
			o->items[i].is_void = true;
			o->items[i].void_from = o->n;
		}
}

static void step_begin(struct ledger *ledger, struct oracle *o, uint64_t batch)
{
	struct known made[20];
	struct claim claims[20];
	size_t own[20], n = random_below(20);
	struct known dead = random_known(batch);
	struct claim_key ended = claim_of(&dead).key;
	bool all_parts = random_below(2);
	size_t n_ended = random_below(4) == 0;
	if (all_parts)
		ended.part = CLAIM_ALL_PARTS;
	oracle_forget_past(o);
	if (n_ended)
		oracle_void(o, &dead, all_parts);
	for (size_t i = 0; i < n; i++) {
		made[i] = random_known(batch);
		claims[i] = claim_of(&made[i]);
		own[i] = oracle_enter(o, &made[i]);
	}
	o->unsettled[o->n_unsettled++] = batch;
	struct err err = {{0}};
	assert_int_equal(ledger->ops->begin(ledger, batch, claims, n, &ended, n_ended, &err), LEDGER_READY);
	for (size_t i = 0; i < n; i++)
		compare(ledger, batch, i, o, own[i]);
}

static void step_commit(struct ledger *ledger, struct oracle *o)
{
	ledger->ops->commit(ledger, o->unsettled[0]);
	o->unsettled[0] = o->unsettled[--o->n_unsettled];
	while (o->n > o->claims_max && !oracle_is_unsettled(o, o->items[0].batch))
		oracle_drop_oldest(o);
}

static void step_rollback(struct ledger *ledger, struct oracle *o)
{
	uint64_t batch = o->unsettled[--o->n_unsettled];
	ledger->ops->rollback(ledger, batch);
	while (o->n && o->items[o->n - 1].batch == batch)
		o->n--;
	for (size_t i = 0; i < o->n; i++)
		if (o->items[i].is_void && o->items[i].void_from > o->n)
			o->items[i].void_from = o->n;
}

static struct ledger *open_ledger_by_dates(void)
{
	moved.ms = 1000;
	return ledger_local_new(&(struct ledger_local_options){
	        .clock = &moved.clock, .window_ms = MINUTE_MS, .claims_max = 100, .is_story_time = true});
}

static struct claim make_dated(int64_t offset, uint64_t exact, int64_t time_ms)
{
	struct claim claim = make_claim(offset, exact);
	claim.time_ms = time_ms;
	claim.is_dated = true;
	return claim;
}

static void by_dates_the_window_is_between_them_in_whatever_order_they_come(void **state)
{
	(void)state;
	const int64_t day = INT64_C(1400000000000);
	struct ledger *ledger = open_ledger_by_dates();
	const struct {
		int64_t time_ms;
		enum verdict verdict;
	} rows[] = {{day, VERDICT_ORIGINAL},
	            {day + MINUTE_MS, VERDICT_ORIGINAL},
	            {day + MINUTE_MS - 1, VERDICT_EXACT},
	            {day - MINUTE_MS, VERDICT_ORIGINAL},
	            {day - MINUTE_MS + 1, VERDICT_EXACT},
	            {-day, VERDICT_ORIGINAL},
	            {1 - day, VERDICT_EXACT}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct claim claim = make_dated((int64_t)i, 5, rows[i].time_ms);
		assert_int_equal(pass(ledger, i + 1, &claim), rows[i].verdict);
		/* When it comes means nothing. */
		moved.ms += 100 * MINUTE_MS;
	}
	ledger->ops->close(ledger);
}

static void what_has_no_date_is_compared_with_all_that_came_before(void **state)
{
	(void)state;
	struct ledger *ledger = open_ledger_by_dates();
	struct claim dated = make_dated(1, 5, INT64_C(1400000000000)), plain = make_claim(2, 5),
	             other = make_claim(3, 6), copy = make_dated(4, 6, 7);
	assert_int_equal(pass(ledger, 1, &dated), VERDICT_ORIGINAL);
	moved.ms += 100 * MINUTE_MS;
	assert_int_equal(pass(ledger, 2, &plain), VERDICT_EXACT);
	assert_int_equal(pass(ledger, 3, &other), VERDICT_ORIGINAL);
	assert_int_equal(pass(ledger, 4, &copy), VERDICT_EXACT);
	ledger->ops->close(ledger);
}

static void agrees_with_a_slow_judge_on_random_histories(void **state)
{
	(void)state;
	static struct oracle o;
	for (int history = 0; history < 60; history++) {
		o.n = o.n_unsettled = 0;
		o.claims_max = 5 + random_below(60);
		struct ledger *ledger = open_ledger(o.claims_max);
		for (uint64_t batch = 1; batch < 300; batch++) {
			uint32_t step = random_below(8);
			moved.ms += random_below(MINUTE_MS / 20);
			if (o.n_unsettled == 2 || (o.n_unsettled && step < 3))
				step < 2 ? step_rollback(ledger, &o) : step_commit(ledger, &o);
			else
				step_begin(ledger, &o, batch);
			assert_int_equal(ledger->ops->size(ledger), o.n);
		}
		ledger->ops->close(ledger);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(says_which_claim_it_works_on),
	        cmocka_unit_test(tells_exact_syndicated_and_original_apart),
	        cmocka_unit_test(a_key_met_again_is_its_own_first_claim),
	        cmocka_unit_test(only_claims_of_the_same_scope_match),
	        cmocka_unit_test(a_later_version_is_a_revision_even_with_the_same_text),
	        cmocka_unit_test(a_version_that_comes_late_says_so),
	        cmocka_unit_test(an_original_that_cannot_be_told_by_likeness_says_so),
	        cmocka_unit_test(claims_older_than_the_window_are_forgotten),
	        cmocka_unit_test(the_oldest_fall_out_when_there_are_too_many),
	        cmocka_unit_test(long_texts_fill_the_memory_before_the_count_does),
	        cmocka_unit_test(a_rollback_takes_the_claims_out_as_if_never_made),
	        cmocka_unit_test(a_batch_is_judged_by_what_stood_when_it_began),
	        cmocka_unit_test(what_ended_otherwise_is_void_for_all_that_come_later),
	        cmocka_unit_test(by_dates_the_window_is_between_them_in_whatever_order_they_come),
	        cmocka_unit_test(what_has_no_date_is_compared_with_all_that_came_before),
	        cmocka_unit_test(agrees_with_a_slow_judge_on_random_histories),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
