/*
 * fingerprint: two hashes by which dedup finds copies, and a sketch by which it finds near-copies.
 *
 * exact_hash is of headline and text as decoded, before cleanup: equal means that two stories read the same. body_hash
 * is of the cleaned body: it finds the twin with another headline; of a story that is one line, of that line without
 * marks and outlet. Both are XXH3 of folded text (folding.h); where a story is a picture or film, its files count, too.
 * The sketch (sketch.h) is of the cleaned body and the headline, mended where a wrong charset was read (mended.h). Time
 * grows with the text alone, memory does not.
 */
#include "pipeline/base/check.h"
#include "pipeline/stage.h"
#include "pipeline/stages/fingerprint/folding.h"
#include "pipeline/stages/fingerprint/headline.h"
#include "pipeline/stages/fingerprint/mended.h"
#include "pipeline/stages/fingerprint/names.h"
#include "pipeline/stages/fingerprint/shingles.h"

#include <xxhash.h>

/* Scratch of a lane. */
struct fingerprint_local {
	XXH3_state_t *hash;
	struct folding folding;
	struct shingles shingles;
	struct shingles_classes classes;
};

static bool fingerprint_open_local(const struct stage_env *env, const void *options, const void *shared, void *lane,
                                   struct err *err)
{
	(void)env;
	(void)options;
	(void)shared;
	struct fingerprint_local *local = lane;
	if (!folding_init(&local->folding, err))
		return false;
	local->hash = XXH3_createState();
	if (!local->hash)
		check_panic("out of memory");
	return true;
}

static void fingerprint_close_local(void *lane)
{
	struct fingerprint_local *local = lane;
	XXH3_freeState(local->hash);
	folding_free(&local->folding);
	shingles_classes_free(&local->classes);
}

/* --- hashes ----------------------------------------------------------------------------------------------------- */

static void fingerprint_take(void *arg, const char *p, size_t n)
{
	struct fingerprint_local *local = arg;
	XXH3_64bits_update(local->hash, p, n);
}

static void fingerprint_take_body(void *arg, const char *p, size_t n)
{
	struct fingerprint_local *local = arg;
	XXH3_64bits_update(local->hash, p, n);
	shingles_take(&local->shingles, p, n);
}

/* 0 when there is nothing but white space. */
static uint64_t fingerprint_digest(struct fingerprint_local *local)
{
	if (!folding_end(&local->folding))
		return 0;
	uint64_t digest = XXH3_64bits_digest(local->hash);
	return digest ? digest : 1;
}

static uint64_t fingerprint_exact(struct fingerprint_local *local, const struct story *st)
{
	XXH3_64bits_reset(local->hash);
	folding_begin(&local->folding, fingerprint_take, local);
	folding_feed(&local->folding, st->decode.headline);
	folding_blank(&local->folding);
	folding_feed(&local->folding, st->decode.body);
	return fingerprint_digest(local);
}

static struct str fingerprint_headline(const struct story *st)
{
	return st->decode.headline.n ? st->decode.headline : story_headline(st);
}

/* A story that is one line: that line, without marks of version and outlet. Else empty. */
static struct str fingerprint_alert(const struct story *st, uint8_t *flags)
{
	struct str headline = fingerprint_headline(st), body = str_trim(story_body(st)), rest = STR("");
	if (!body.n) {
		*flags |= headline_marks(headline, &rest);
		return headline_without_outlet(rest);
	}
	if (!headline.n && body.n <= HEADLINE_BYTES_MAX && str_index(body, '\n', 0) == body.n)
		*flags |= headline_marks(body, &rest);
	return rest;
}

/* Makes shingles of the body on the way. "UPDATE: …" finds the alert that it updates. */
static uint64_t fingerprint_body(struct fingerprint_local *local, const struct story *st, struct str body)
{
	uint8_t flags = 0;
	struct str alert = fingerprint_alert(st, &flags);
	XXH3_64bits_reset(local->hash);
	shingles_begin(&local->shingles, &local->classes);
	folding_begin(&local->folding, fingerprint_take_body, local);
	folding_feed(&local->folding, body);
	uint64_t digest = fingerprint_digest(local);
	if (!alert.n || (digest && !flags))
		return digest;
	XXH3_64bits_reset(local->hash);
	folding_begin(&local->folding, fingerprint_take, local);
	folding_feed(&local->folding, alert);
	return fingerprint_digest(local);
}

/* The same caption stands under ten pictures: the files tell them apart. */
static struct str fingerprint_files(const struct story *st)
{
	static const char *const types[] = {"picture", "graphic", "video", "audio"};
	bool is_of_files = false;
	for (size_t i = 0; st->decode.type && i < sizeof(types) / sizeof(types[0]); i++)
		is_of_files |= strcmp(st->decode.type, types[i]) == 0;
	for (size_t i = 0; is_of_files && i < st->decode.n_passed; i++)
		if (str_is(st->decode.passed[i].key, "renditions"))
			return st->decode.passed[i].json;
	return STR("");
}

static uint64_t fingerprint_with_files(uint64_t hash, struct str files)
{
	uint64_t mixed = hash && files.n ? shingles_mix(hash ^ XXH3_64bits(files.p, files.n)) : hash;
	return mixed || !hash ? mixed : 1;
}

/* --- the sketch ------------------------------------------------------------------------------------------------- */

/* What the format and cleanup say of the story; headline_read adds what headlines alone say, in every language. */
static uint8_t fingerprint_marks(const struct story *st)
{
	struct str rest;
	uint8_t flags = headline_marks(st->decode.slugline, &rest);
	if (story_is_update(st))
		flags |= SKETCH_UPDATE;
	if (st->cleanup.correction.end)
		flags |= SKETCH_CORRECTION;
	fingerprint_alert(st, &flags);
	return flags;
}

static void *fingerprint_copy(struct call *call, const void *from, size_t bytes)
{
	return bytes ? memcpy(arena_alloc(call->keep, bytes), from, bytes) : NULL;
}

/* All that was shingled, for whoever asks what the story quotes. */
static void fingerprint_shingles(struct call *call, struct sketch_words *words)
{
	const struct fingerprint_local *local = call->local;
	const struct shingles *s = &local->shingles;
	words->shingles = fingerprint_copy(call, s->all, s->n_all * sizeof(*s->all));
	words->n_shingles = s->n_all;
	words->facts = fingerprint_copy(call, s->facts, s->n_facts * sizeof(*s->facts));
	words->n_facts = s->n_facts;
}

static void fingerprint_sketch(struct call *call, struct story *st, struct str body, bool is_of_files)
{
	struct fingerprint_local *local = call->local;
	struct sketch *sketch = arena_calloc(call->keep, 1, sizeof(*sketch));
	struct sketch_words *words = arena_calloc(call->keep, 1, sizeof(*words));
	words->is_of_files = is_of_files;
	if (!is_of_files) {
		shingles_end(&local->shingles, sketch, words);
		fingerprint_shingles(call, words);
		names_read(body, &sketch->text, words);
	}
	sketch->text.flags |= fingerprint_marks(st);
	headline_read(mended_text(call->keep, fingerprint_headline(st)), &sketch->text);
	st->fingerprint.sketch = sketch;
	st->fingerprint.words = words;
}

static enum answer fingerprint_run(struct call *call, struct story *st)
{
	struct fingerprint_local *local = call->local;
	struct str files = fingerprint_files(st), body = mended_text(call->keep, story_body(st));
	st->fingerprint.exact_hash = fingerprint_with_files(fingerprint_exact(local, st), files);
	st->fingerprint.body_hash = fingerprint_with_files(fingerprint_body(local, st, body), files);
	st->fingerprint.empty = st->fingerprint.exact_hash == 0;
	fingerprint_sketch(call, st, body, files.n > 0);
	return ANSWER_KEEP;
}

const struct stage stage_fingerprint = {
        .name = "fingerprint",
        .summary = "hashes text and cleaned body, and sketches what near-copies are found by",
        .order = STAGE_ANY_ORDER,
        .needs = GROUP_DECODE,
        .reads = GROUP_CLEANUP | GROUP_CREDITS,
        .writes = GROUP_FINGERPRINT,
        .local_size = sizeof(struct fingerprint_local),
        .open_local = fingerprint_open_local,
        .close_local = fingerprint_close_local,
        .run = fingerprint_run,
};
