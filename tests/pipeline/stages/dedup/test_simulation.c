/*
 * The ledger over a log against everything that may happen to workers and to the log, in memory, many thousand times.
 *
 * A run has four partitions of stories, three workers and a log. Steps are drawn by a seed: a batch begins, commits, is
 * rolled back, a story is refused, a worker dies and starts again, partitions change hands, dead letters come back,
 * time passes (clocks differ, and the log's own may fall), records are lost on their way or stand twice, settings and
 * formats change; in some runs the log forgets, is cut, or is made anew. At the end all heals and every story ends.
 *
 * Held to the slow judge (oracle.h), which reads the log from its beginning: in runs where nothing leaves the log, each
 * verdict and its `of`, whoever judged it and when. In all runs: each story ends once; no story is its own duplicate;
 * who follows `of` from one to the next ends at an article, or at a dead letter whose void stands behind the follower's
 * claim.
 *
 *     WD_RUNS=N WD_SEED=S test_simulation     N runs from seed S on (default 2,000 from 1)
 */
#include "tests/harness.h"

#include "pipeline/stages/dedup/ledger_log.h"
#include "tests/pipeline/stages/dedup/memory_log.h"
#include "tests/pipeline/stages/dedup/oracle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define PARTITIONS  4
#define WORKERS     3
#define STORIES     60
#define DELIVERIES  (3 * STORIES)
#define BATCH_MAX   6
#define TEXTS       8
#define STEPS       160
#define WINDOW_MS   (INT64_C(10) * 3600 * 1000)
#define PATIENCE_MS 2000
#define START_MS    INT64_C(1700000000000)

/* --- chance ------------------------------------------------------------------------------------------------------- */

static uint64_t chance;

static uint32_t below(uint32_t n)
{
	chance ^= chance << 13;
	chance ^= chance >> 7;
	chance ^= chance << 17;
	return (uint32_t)(chance >> 33) % n;
}

static bool one_in(uint32_t n)
{
	return below(n) == 0;
}

/* --- the world ---------------------------------------------------------------------------------------------------- */

enum fate { OPEN, ARTICLE, DUPLICATE, DEAD };

struct tale {
	int partition;
	int64_t offset; /* of its origin */
	uint64_t exact, body;
	int text, guid, version, scope;
	int64_t arrived_ms;
	bool is_refused; /* by the broker: dead when it comes again, until it is mended */
	enum fate fate;
	int n_ends;
	enum verdict verdict;
	int of; /* story; -1: none */
};

/* One worker's batch in flight. */
struct flight {
	uint64_t number;
	int partition;
	size_t from, n; /* deliveries */
	enum verdict verdicts[BATCH_MAX];
	int of[BATCH_MAX];
	bool is_dead[BATCH_MAX];
};

struct worker {
	struct ledger *ledger; /* NULL: dead */
	int64_t skew_ms;
	struct flight batches[2];
	size_t n;
	uint64_t numbers;
};

struct world {
	struct memory_log log;
	struct clock clock;
	int64_t mono_us, wall_skew_ms;
	struct tale stories[STORIES];
	int deliveries[PARTITIONS][DELIVERIES]; /* stories */
	size_t n[PARTITIONS], committed[PARTITIONS], taken[PARTITIONS];
	int owner[PARTITIONS];
	struct worker workers[WORKERS];
	struct claim_settings settings; /* of the workers' configuration */
	uint8_t writes[3];
	enum ledger_log_outage on_outage;
	bool keeps_all; /* nothing leaves the log: verdicts are held to the oracle */
	uint64_t judged, unjudged, orphaned, look_backs, restores, aborted;
};

static struct world *world_of(struct clock *c)
{
	return (struct world *)(void *)((char *)c - offsetof(struct world, clock));
}

static int64_t world_mono_us(struct clock *c)
{
	return world_of(c)->mono_us;
}

static int64_t world_wall_ms(struct clock *c)
{
	return world_of(c)->log.time_ms + world_of(c)->wall_skew_ms;
}

static void world_sleep_us(struct clock *c, int64_t us)
{
	world_of(c)->mono_us += us;
}

/* --- claims ------------------------------------------------------------------------------------------------------- */

static struct sketch *sketch_of(int text)
{
	static struct sketch sketches[TEXTS];
	struct sketch *s = &sketches[text];
	for (uint32_t i = 0; i < SKETCH_SAMPLES_MAX; i++)
		s->samples[i] = (uint32_t)((i < 3 ? text / 2 : text) + 1) * 1000 + i;
	/* Every two have three quarters in common: one story by the usual limits, two by others. */
	memset(s->text.minima, (text / 2 * 2 + 1) * 0x11, sizeof(s->text.minima));
	memset(s->text.minima, (text + 1) * 0x11, sizeof(s->text.minima) * 2 / 5);
	/* Most have so few that those of some claims fill them up. */
	bool has_few = text % 4 != 0;
	s->n_lead_samples = has_few ? 5 : SKETCH_LEAD_SAMPLES_MAX;
	s->n_samples = has_few ? 10 : SKETCH_SAMPLES_MAX;
	s->text.n_shingles = 300;
	return s;
}

static const char *const scopes[] = {"", "sport"};
static const char *const guids[] = {"", "a", "b", "c"};
static const char *const versions[] = {"", "2", "9", "10"};

#define SOURCES 3
static const char *const sources[SOURCES] = {"", "Antara", "AFP"};

static void id_write(char id[64], int story)
{
	snprintf(id, 64, "sim/wire.raw/%d", story);
}

static struct claim claim_of(const struct world *w, int story, char id[64])
{
	const struct tale *s = &w->stories[story];
	id_write(id, story);
	return (struct claim){.key = {{STR("sim"), STR("wire.raw"), s->partition, s->offset}, 0, 77},
	                      .id = str_of(id),
	                      .exact_hash = s->exact,
	                      .body_hash = s->body,
	                      .sketch = sketch_of(s->text),
	                      .scope = str_of(scopes[s->scope]),
	                      .uri = str_of(id),
	                      .source = str_of(sources[story % SOURCES]),
	                      .guid = str_of(guids[s->guid]),
	                      .version = str_of(versions[s->version]),
	                      .arrived_ms = s->arrived_ms};
}

/* A second format: the same sketch, its samples under other hashes. */
static void other_write(struct buf *out, const struct sketch *sketch)
{
	struct sketch other = *sketch;
	for (size_t i = 0; i < other.n_samples; i++)
		other.samples[i] ^= 0x5a5a0000;
	claim_formats[0].write(out, &other);
}

static bool other_read(struct str bytes, struct sketch *out)
{
	return claim_formats[0].read(bytes, out);
}

static void formats_make(struct claim_format made[3])
{
	made[0] = claim_formats[0];
	made[1] = (struct claim_format){2, other_write, other_read};
	made[2] = (struct claim_format){0};
}

/* --- the oracle --------------------------------------------------------------------------------------------------- */

/* The settings that stood when the record at `own` was written; those that come first stood from the beginning. */
static struct claim_settings settings_at(const struct world *w, int64_t own)
{
	struct claim_settings settings = w->settings;
	bool has_settings = false;
	for (size_t i = w->log.began; i < w->log.n; i++) {
		struct claim_record r;
		const struct memory_record *m = &w->log.records[i];
		if (claim_record_read(str_make(m->p, m->n), NULL, &r) == CLAIM_RECORD_READ &&
		    r.kind == CLAIM_RECORD_SETTINGS && (m->offset < own || !has_settings)) {
			settings = r.settings;
			has_settings = true;
		}
	}
	return settings;
}

static struct oracle *oracle_of(const struct world *w, int64_t own, const struct claim_format table[3])
{
	struct claim_settings settings = settings_at(w, own);
	struct oracle *o = oracle_new(&settings, &table[settings.format - 1]);
	for (size_t i = w->log.began; i < w->log.n; i++) {
		const struct memory_record *m = &w->log.records[i];
		oracle_take(o, m->offset, m->time_ms, str_make(m->p, m->n));
	}
	return o;
}

/* What the log says of the claim of that key. */
static enum verdict world_judge(const struct world *w, const struct key *key, char of_id[64])
{
	struct claim_format table[3];
	formats_make(table);
	struct oracle *o = oracle_of(w, INT64_MAX, table);
	size_t of, own = oracle_find(o, key);
	assert_true(own != SIZE_MAX);
	int64_t offset = oracle_offset(o, own);
	oracle_free(&o);
	o = oracle_of(w, offset, table);
	enum verdict verdict = oracle_judge(o, own, &of);
	snprintf(of_id, 64, "%.*s", STR_ARG(of == SIZE_MAX ? STR("") : oracle_id(o, of)));
	oracle_free(&o);
	return verdict;
}

/* --- workers ------------------------------------------------------------------------------------------------------ */

static void worker_start(struct world *w, struct worker *worker)
{
	static struct claim_format table[3];
	formats_make(table);
	struct ledger_log_options options = {.log = memory_log_handle(&w->log),
	                                     .clock = &w->clock,
	                                     .settings = w->settings,
	                                     .formats = table,
	                                     .writes = w->writes,
	                                     .on_outage = w->on_outage,
	                                     .patience_ms = PATIENCE_MS};
	worker->ledger = ledger_log_new(&options);
	worker->n = 0;
	worker->skew_ms = (int64_t)below(4 * 3600 * 1000) - 2 * 3600 * 1000;
}

static void worker_count(struct world *w, const struct worker *worker)
{
	struct ledger_log_facts facts;
	ledger_log_facts(worker->ledger, &facts);
	w->orphaned += facts.orphaned;
	w->look_backs += facts.look_backs;
	w->restores += facts.restores;
}

static void worker_die(struct world *w, struct worker *worker)
{
	for (size_t i = 0; i < worker->n; i++)
		w->taken[worker->batches[i].partition] = w->committed[worker->batches[i].partition];
	worker->n = 0;
	if (!worker->ledger)
		return;
	worker_count(w, worker);
	worker->ledger->ops->close(worker->ledger);
	worker->ledger = NULL;
}

/* Everything that it has in flight, newest first; as after an abort. */
static void worker_rollback(struct world *w, struct worker *worker)
{
	while (worker->n) {
		struct flight *b = &worker->batches[--worker->n];
		worker->ledger->ops->rollback(worker->ledger, b->number);
		w->taken[b->partition] = w->committed[b->partition];
	}
}

static int story_of_id(struct str id)
{
	char words[64];
	int story = -1;
	snprintf(words, sizeof(words), "%.*s", STR_ARG(id));
	assert_int_equal(sscanf(words, "sim/wire.raw/%d", &story), 1);
	return story;
}

/* The log, for whoever looks for the cause of a failure. */
static void world_show(const struct world *w)
{
	for (size_t i = w->log.began; i < w->log.n; i++) {
		struct claim_record r;
		const struct memory_record *m = &w->log.records[i];
		enum claim_record_answer answer = claim_record_read(str_make(m->p, m->n), claim_formats, &r);
		fprintf(stderr, "%6" PRId64 " %9.3f h ", m->offset, (double)(m->time_ms - START_MS) / 3.6e6);
		if (answer != CLAIM_RECORD_READ)
			fprintf(stderr, "noise\n");
		else if (r.kind == CLAIM_RECORD_SETTINGS)
			fprintf(stderr, "settings: %" PRId64 " h, %u, format %d\n", r.settings.window_ms / 3600000,
			        r.settings.window_claims, r.settings.format);
		else if (r.kind == CLAIM_RECORD_VOID)
			fprintf(stderr, "void of %016" PRIx64 "\n", r.key.position);
		else
			fprintf(stderr,
			        "claim %016" PRIx64 " %.*s exact %" PRIu64 " body %" PRIu64 " text %d scope '%.*s'\n",
			        r.key.position, STR_ARG(r.claim.id), r.claim.exact_hash, r.claim.body_hash,
			        r.claim.sketch ? (int)r.claim.sketch->samples[0] : -1, STR_ARG(r.claim.scope));
	}
}

static void worker_hold_to_oracle(struct world *w, const struct claim *claim, const struct judgement *found)
{
	char of[64];
	struct key key = key_of(&claim->key);
	if (found->verdict == VERDICT_UNJUDGED) {
		assert_int_equal(w->on_outage, LEDGER_LOG_PUBLISH);
		assert_true(str_eq(found->evidence, STR("{\"reason\":\"claims-unavailable\"}")));
		return;
	}
	enum verdict expected = world_judge(w, &key, of);
	if (getenv("WD_LOUD") && found->verdict != expected) {
		world_show(w);
		fprintf(stderr, "%.*s: %s of '%.*s', expected %s of '%s'; %.*s\n", STR_ARG(claim->id),
		        verdict_word(found->verdict), STR_ARG(found->of_id), verdict_word(expected), of,
		        STR_ARG(found->evidence));
	}
	assert_int_equal(found->verdict, expected);
	assert_int_equal(found->of_id.n, strlen(of));
	assert_memory_equal(found->of_id.p ? found->of_id.p : "", of, strlen(of));
	assert_str(found->of_source, found->of_id.n ? sources[story_of_id(found->of_id) % SOURCES] : "");
}

static void worker_take_judgements(struct world *w, struct worker *worker, struct flight *b, const struct claim *claims)
{
	size_t at = 0;
	for (size_t i = 0; i < b->n; i++) {
		struct judgement found;
		if (b->is_dead[i])
			continue;
		worker->ledger->ops->judge(worker->ledger, b->number, at, &found);
		if (w->keeps_all)
			worker_hold_to_oracle(w, &claims[at], &found);
		b->verdicts[i] = found.verdict;
		b->of[i] = found.of_id.n ? story_of_id(found.of_id) : -1;
		w->judged++;
		w->unjudged += found.verdict == VERDICT_UNJUDGED;
		at++;
	}
}

static bool worker_begin(struct world *w, struct worker *worker, int partition)
{
	struct flight *b = &worker->batches[worker->n];
	struct claim claims[BATCH_MAX];
	struct claim_key ended[BATCH_MAX];
	char ids[BATCH_MAX][64];
	size_t n = 0, n_ended = 0, left = w->n[partition] - w->taken[partition];
	*b = (struct flight){.number = ++worker->numbers, .partition = partition, .from = w->taken[partition]};
	b->n = 1 + below(BATCH_MAX);
	if (b->n > left)
		b->n = left;
	for (size_t i = 0; i < b->n; i++) {
		int story = w->deliveries[partition][b->from + i];
		struct claim claim = claim_of(w, story, ids[n]);
		b->is_dead[i] = w->stories[story].is_refused;
		if (b->is_dead[i])
			ended[n_ended++] = claim.key;
		else
			claims[n++] = claim;
	}
	w->wall_skew_ms = worker->skew_ms;
	worker->n++;
	w->taken[partition] += b->n;
	struct err err = {{0}};
	if (worker->ledger->ops->begin(worker->ledger, b->number, claims, n, ended, n_ended, &err) == LEDGER_READY) {
		worker_take_judgements(w, worker, b, claims);
		return true;
	}
	assert_true(err.words[0] != 0);
	if (getenv("WD_LOUD"))
		fprintf(stderr, "aborted: %s\n", err.words);
	w->aborted++;
	worker_rollback(w, worker);
	/* Its configuration is not that of the log: somebody mends it, and starts it anew. */
	if (str_starts(str_of(err.words), STR("all workers judge by"))) {
		w->settings = settings_at(w, INT64_MAX);
		worker_die(w, worker);
		worker_start(w, worker);
	}
	return false;
}

static void story_ends(struct tale *s, enum fate fate, enum verdict verdict, int of)
{
	s->fate = fate;
	s->verdict = verdict;
	s->of = of;
	s->n_ends++;
}

static void worker_commit(struct world *w, struct worker *worker)
{
	struct flight b = worker->batches[0];
	worker->ledger->ops->commit(worker->ledger, b.number);
	worker->batches[0] = worker->batches[1];
	worker->n--;
	assert_int_equal(w->committed[b.partition], b.from);
	w->committed[b.partition] += b.n;
	for (size_t i = 0; i < b.n; i++) {
		struct tale *s = &w->stories[w->deliveries[b.partition][b.from + i]];
		assert_true(s->fate == OPEN);
		if (b.is_dead[i])
			story_ends(s, DEAD, VERDICT_NONE, -1);
		else
			story_ends(s,
			           b.verdicts[i] == VERDICT_EXACT || b.verdicts[i] == VERDICT_SYNDICATED ? DUPLICATE
			                                                                                 : ARTICLE,
			           b.verdicts[i], b.of[i]);
	}
}

/* --- steps -------------------------------------------------------------------------------------------------------- */

static struct worker *world_some_worker(struct world *w)
{
	return &w->workers[below(WORKERS)];
}

static void step_begin(struct world *w)
{
	int partition = (int)below(PARTITIONS);
	struct worker *worker = &w->workers[w->owner[partition]];
	if (worker->ledger && worker->n < 2 && w->taken[partition] < w->n[partition])
		worker_begin(w, worker, partition);
}

static void step_commit(struct world *w)
{
	struct worker *worker = world_some_worker(w);
	if (worker->ledger && worker->n)
		worker_commit(w, worker);
}

/* The broker refuses a story for good. */
static void step_refuse(struct world *w)
{
	struct worker *worker = world_some_worker(w);
	if (!worker->ledger || !worker->n)
		return;
	const struct flight *b = &worker->batches[0];
	w->stories[w->deliveries[b->partition][b->from + below((uint32_t)b->n)]].is_refused = true;
	worker_rollback(w, worker);
}

static void step_rollback(struct world *w)
{
	struct worker *worker = world_some_worker(w);
	if (worker->ledger)
		worker_rollback(w, worker);
}

static void step_die_or_start(struct world *w)
{
	struct worker *worker = world_some_worker(w);
	if (worker->ledger)
		worker_die(w, worker);
	else
		worker_start(w, worker);
}

static void step_rebalance(struct world *w)
{
	for (size_t i = 0; i < WORKERS; i++)
		if (w->workers[i].ledger)
			worker_rollback(w, &w->workers[i]);
	for (size_t p = 0; p < PARTITIONS; p++)
		w->owner[p] = (int)below(WORKERS);
}

/* A dead letter, mended, comes back on some partition. */
static void step_replay(struct world *w)
{
	int story = (int)below(STORIES), partition = (int)below(PARTITIONS);
	struct tale *s = &w->stories[story];
	if (s->fate != DEAD || w->n[partition] == DELIVERIES)
		return;
	s->fate = OPEN;
	s->is_refused = false;
	w->deliveries[partition][w->n[partition]++] = story;
}

static void step_time(struct world *w)
{
	w->log.time_ms += one_in(5) ? (int64_t)below(w->keeps_all ? 7000000 : 30000000) : (int64_t)below(300000);
	/* Keys are known for two windows. */
	if (w->keeps_all && w->log.time_ms > START_MS + WINDOW_MS * 3 / 2)
		w->log.time_ms = START_MS + WINDOW_MS * 3 / 2;
	if (one_in(8))
		w->log.time_ms -= below(400000);
}

static void step_fault(struct world *w)
{
	if (one_in(2)) {
		w->log.fail_appends = 1;
		w->log.fail_after = below(BATCH_MAX);
	} else if (one_in(2)) {
		w->log.fail_reads = 1 + (int)below(3);
	} else {
		w->log.fail_asks = 1;
	}
}

/* A newer program sees the same bytes with other eyes; what was claimed stays as it was. */
static void step_upgrade(struct world *w)
{
	struct tale *t = &w->stories[below(STORIES)];
	t->exact = 1 + below(40);
	t->body = 1 + below(30);
	t->text = (int)below(TEXTS);
}

/* Another program's record, or damage. */
static void step_noise(struct world *w)
{
	char bytes[64];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)below(256);
	if (one_in(2))
		memcpy(bytes, "WD\x01v", 4);
	memory_log_put(&w->log, str_make(bytes, below(sizeof(bytes))));
}

/* The three steps of a format: writes come first everywhere; they judge by it when the log says so. */
static void step_settings(struct world *w)
{
	struct buf out;
	buf_init(&out, CLAIM_RECORD_BYTES_MAX);
	struct claim_settings settings = w->settings;
	if (one_in(2))
		settings.window_ms = one_in(2) ? WINDOW_MS : WINDOW_MS * 4 / 5;
	if (one_in(2))
		settings.window_claims = one_in(2) ? 1000 : 10 + below(30);
	if (one_in(2))
		settings.limits = one_in(2) ? (struct likeness_limits){0} : (struct likeness_limits){90, 40, 2, 48};
	if (w->writes[1] && one_in(2))
		settings.format = 3 - settings.format;
	w->settings = settings; /* workers that start from now on */
	claim_record_write_settings(&out, 0, &settings);
	memory_log_put(&w->log, buf_view(&out));
	buf_free(&out);
}

/* Retention, which is twice the window at the least. */
static void step_expire(struct world *w)
{
	size_t first = w->log.first;
	while (first < w->log.n && w->log.records[first].time_ms < w->log.time_ms - 2 * WINDOW_MS)
		first++;
	memory_log_cut(&w->log, first);
}

static void step_break_log(struct world *w)
{
	if (one_in(3))
		memory_log_renew(&w->log);
	else
		memory_log_cut(&w->log, w->log.first + below((uint32_t)(w->log.n - w->log.first + 1)));
}

static void world_step(struct world *w, uint32_t kind)
{
	uint32_t at = below(100);
	/* What was refused meets a worker that has not read of it. */
	if (kind == 1 && one_in(8)) {
		step_refuse(w);
		if (one_in(2))
			step_rebalance(w);
		return;
	}
	if (at < 34)
		step_begin(w);
	else if (at < 56)
		step_commit(w);
	else if (at < 60)
		step_refuse(w);
	else if (at < 65)
		step_rollback(w);
	else if (at < 71)
		step_die_or_start(w);
	else if (at < 73)
		step_rebalance(w);
	else if (at < 77)
		step_replay(w);
	else if (at < 90)
		step_time(w);
	else if (at < 94)
		step_fault(w);
	else if (at < 95)
		step_noise(w);
	else if (at < 96)
		step_upgrade(w);
	else if (at < 98)
		step_settings(w);
	else if (kind == 2)
		step_expire(w);
	else if (kind == 3)
		step_break_log(w);
}

/* --- a run -------------------------------------------------------------------------------------------------------- */

static void world_make(struct world *w, uint32_t kind)
{
	*w = (struct world){.clock = {world_mono_us, world_wall_ms, world_sleep_us},
	                    .keeps_all = kind < 2,
	                    .on_outage = one_in(4) ? LEDGER_LOG_PUBLISH : LEDGER_LOG_WAIT,
	                    .settings = {WINDOW_MS, one_in(2) ? 1000 : 10 + below(30), 1}};
	w->log.mono_us = &w->mono_us;
	w->log.time_ms = START_MS;
	w->writes[0] = 1;
	w->writes[1] = one_in(2) ? 2 : 0;
	for (int i = 0; i < STORIES; i++) {
		int p = (int)below(PARTITIONS);
		w->stories[i] = (struct tale){.partition = p,
		                              .offset = (int64_t)w->n[p],
		                              .exact = 1 + below(40),
		                              .body = 1 + below(30),
		                              .text = (int)below(TEXTS),
		                              .guid = (int)below(4),
		                              .version = (int)below(4),
		                              .scope = (int)one_in(4),
		                              .arrived_ms = w->log.time_ms - below(20000),
		                              .of = -1};
		w->deliveries[p][w->n[p]++] = i;
	}
	for (size_t i = 0; i < WORKERS; i++)
		worker_start(w, &w->workers[i]);
	for (size_t p = 0; p < PARTITIONS; p++)
		w->owner[p] = (int)below(WORKERS);
}

static bool world_is_done(const struct world *w)
{
	for (size_t p = 0; p < PARTITIONS; p++)
		if (w->committed[p] < w->n[p])
			return false;
	return true;
}

static void world_heal(struct world *w)
{
	w->log.fail_appends = w->log.fail_reads = w->log.fail_asks = 0;
	for (size_t i = 0; i < WORKERS; i++)
		if (!w->workers[i].ledger)
			worker_start(w, &w->workers[i]);
	for (int turn = 0; !world_is_done(w); turn++) {
		assert_true(turn < 2000);
		step_begin(w);
		step_commit(w);
	}
}

/* Index of the first claim of that story in the log, or of its last void: what was mended may be refused again. -1:
 * none. */
static int64_t record_index(const struct world *w, int story, enum claim_record_kind kind)
{
	char id[64];
	struct claim claim = claim_of(w, story, id);
	struct key key = key_of(&claim.key);
	int64_t found = -1;
	for (size_t i = 0; i < w->log.n; i++) {
		struct claim_record r;
		const struct memory_record *m = &w->log.records[i];
		bool is_it = claim_record_read(str_make(m->p, m->n), NULL, &r) == CLAIM_RECORD_READ && r.kind == kind &&
		             key_is_ended(&key, &r.key);
		if (is_it && (found < 0 || kind == CLAIM_RECORD_VOID))
			found = (int64_t)i;
	}
	return found;
}

static void world_check_chain(const struct world *w, int story)
{
	int at = story, steps = 0;
	while (w->stories[at].fate == DUPLICATE) {
		int of = w->stories[at].of;
		if (getenv("WD_LOUD"))
			fprintf(stderr, "%d is a copy of %d\n", at, of);
		assert_true(of >= 0 && of != at);
		assert_true(++steps <= STORIES);
		/* A claim that has left the log, or is older than its memory, nobody can void; and who goes on without
		 * the log may die before it is back. */
		if (w->stories[of].fate == DEAD && w->keeps_all && w->on_outage == LEDGER_LOG_WAIT)
			assert_true(record_index(w, of, CLAIM_RECORD_VOID) > record_index(w, at, CLAIM_RECORD_CLAIM));
		at = of;
	}
	assert_true(w->stories[at].fate == ARTICLE || w->stories[at].fate == DEAD);
}

static void world_check(const struct world *w)
{
	for (int i = 0; i < STORIES; i++) {
		assert_true(w->stories[i].fate != OPEN);
		if (w->stories[i].fate == DUPLICATE)
			world_check_chain(w, i);
	}
}

struct totals {
	uint64_t judged, unjudged, orphaned, look_backs, restores, aborted, duplicates;
};

static void run(uint64_t seed, struct totals *totals)
{
	static struct world w;
	chance = seed * UINT64_C(0x9e3779b97f4a7c15) | 1;
	for (int i = 0; i < 8; i++)
		below(2);
	uint32_t kind = below(4);
	world_make(&w, kind);
	for (int i = 0; i < STEPS; i++)
		world_step(&w, kind);
	world_heal(&w);
	if (getenv("WD_LOUD"))
		world_show(&w);
	world_check(&w);
	for (size_t i = 0; i < WORKERS; i++)
		worker_die(&w, &w.workers[i]);
	totals->judged += w.judged;
	totals->unjudged += w.unjudged;
	totals->orphaned += w.orphaned;
	totals->look_backs += w.look_backs;
	totals->restores += w.restores;
	totals->aborted += w.aborted;
	for (int i = 0; i < STORIES; i++)
		totals->duplicates += w.stories[i].fate == DUPLICATE;
	memory_log_free(&w.log);
}

static uint64_t setting(const char *name, uint64_t preset)
{
	const char *words = getenv(name);
	return words ? strtoull(words, NULL, 10) : preset;
}

static uint64_t seed_now;

static void tell_seed(void)
{
	fprintf(stderr, "seed %" PRIu64 "\n", seed_now);
}

static void all_workers_judge_alike_whatever_happens(void **state)
{
	(void)state;
	struct totals t = {0};
	uint64_t first = setting("WD_SEED", 1), n = setting("WD_RUNS", 2000);
	for (seed_now = first; seed_now < first + n; seed_now++)
		run(seed_now, &t);
	printf("%" PRIu64 " runs: %" PRIu64 " stories judged, %" PRIu64 " of the ended are duplicates, %" PRIu64
	       " unjudged, %" PRIu64 " orphaned, %" PRIu64 " batches aborted, %" PRIu64 " restores, %" PRIu64
	       " looks back\n",
	       n, t.judged, t.duplicates, t.unjudged, t.orphaned, t.aborted, t.restores, t.look_backs);
	/* All that is to be tested has happened. */
	if (n >= 1000)
		assert_true(t.duplicates && t.unjudged && t.orphaned && t.look_backs && t.restores && t.aborted);
}

int main(void)
{
	atexit(tell_seed);
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(all_workers_judge_alike_whatever_happens),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
