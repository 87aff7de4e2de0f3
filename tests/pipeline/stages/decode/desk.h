/*
 * A desk for one message: the stage opened with one source, its arenas, and what came of the last message that it was
 * given. Bytes are copied to a block of just their size, so that a sanitizer sees each read beyond them.
 */
#ifndef WIREDESK_TEST_DECODE_DESK_H
#define WIREDESK_TEST_DECODE_DESK_H

#include "tests/harness.h"

#include "pipeline/base/digest.h"
#include "pipeline/stage.h"

extern const struct stage stage_decode;

struct desk {
	struct feed feed;
	struct stage_env env;
	struct arena keep, tmp;
	void *shared, *local;
	struct call call;
	char *bytes;
	int64_t timestamp_ms; /* of the messages that follow */
	struct message msg;
	enum answer answer;
};

/* Opens the stage for a source that forces this charset and format ("": none). False: it refused, with words in err. */
static inline bool desk_try(struct desk *d, const char *charset, const char *format, struct err *err)
{
	*d = (struct desk){.feed = {.name = STR_INIT("desk"), .charset = str_of(charset), .format = str_of(format)}};
	d->env = (struct stage_env){
	        .limits = {16000000, 16000000, 2000, 128000000, 64}, .feeds = &d->feed, .n_feeds = 1};
	arena_init(&d->keep, 0, 0);
	arena_init(&d->tmp, 0, 0);
	d->shared = calloc(1, stage_decode.shared_size);
	d->local = calloc(1, stage_decode.local_size);
	if (!stage_decode.check(&d->env, NULL, err))
		return false;
	if (!stage_decode.open(&d->env, NULL, d->shared, err))
		return false;
	return stage_decode.open_local(&d->env, NULL, d->shared, d->local, err);
}

static inline void desk_open(struct desk *d, const char *charset, const char *format)
{
	struct err err = {""};
	bool opened = desk_try(d, charset, format, &err);
	assert_string_equal(err.words, "");
	assert_true(opened);
}

static inline void desk_drop(struct desk *d)
{
	arena_free(&d->keep);
	arena_free(&d->tmp);
	free(d->shared);
	free(d->local);
	free(d->bytes);
}

static inline void desk_close(struct desk *d)
{
	stage_decode.close_local(d->local);
	stage_decode.close(d->shared);
	desk_drop(d);
}

static inline void desk_give(struct desk *d, struct str bytes)
{
	arena_reset(&d->keep);
	arena_reset(&d->tmp);
	free(d->bytes);
	d->bytes = malloc(bytes.n);
	memcpy(d->bytes, bytes.p, bytes.n);
	d->msg = (struct message){.delivery = {STR("local"), STR("test"), 0, 7},
	                          .timestamp_ms = d->timestamp_ms,
	                          .value = str_make(d->bytes, bytes.n),
	                          .feed = &d->feed};
	d->msg.origin = d->msg.delivery;
	digest_sha256(d->msg.value, d->msg.sha256);
	digest_hex(d->msg.sha256, d->msg.sha256_hex);
	d->call = (struct call){.stage = "decode",
	                        .keep = &d->keep,
	                        .tmp = &d->tmp,
	                        .shared = d->shared,
	                        .local = d->local,
	                        .env = &d->env};
	d->answer = stage_decode.expand(&d->call, &d->msg);
	assert_int_equal(d->answer == ANSWER_KEEP, d->msg.end.outcome == OUTCOME_OPEN);
	/* What is in tmp is gone when the call returns: nothing of the story may point there. */
	arena_reset(&d->tmp);
	arena_free(&d->tmp);
}

/* The only part, which must be open. */
static inline const struct story *desk_story(struct desk *d, struct str bytes)
{
	desk_give(d, bytes);
	assert_int_equal(d->msg.n_parts, 1);
	if (d->msg.parts[0]->end.outcome != OUTCOME_OPEN)
		print_error("%.*s\n", STR_ARG(d->msg.parts[0]->end.words));
	assert_int_equal(d->msg.parts[0]->end.outcome, OUTCOME_OPEN);
	return d->msg.parts[0];
}

static inline const struct story *desk_text(struct desk *d, const char *text)
{
	return desk_story(d, str_of(text));
}

/* The message as a whole is dead for this reason. */
static inline void desk_assert_dead(struct desk *d, struct str bytes, enum reason reason, const char *words)
{
	desk_give(d, bytes);
	assert_int_equal(d->msg.end.outcome, OUTCOME_DEAD);
	assert_string_equal(reason_word(d->msg.end.reason), reason_word(reason));
	assert_has(d->msg.end.words.p, words);
}

/* That part is dead for this reason. */
static inline void desk_assert_part(struct desk *d, size_t part, enum reason reason)
{
	assert_in_range(part, 0, d->msg.n_parts - 1);
	assert_int_equal(d->msg.parts[part]->end.outcome, reason == REASON_NO_STORY ? OUTCOME_DROP : OUTCOME_DEAD);
	assert_string_equal(reason_word(d->msg.parts[part]->end.reason), reason_word(reason));
}

static inline void desk_assert_no_story(struct desk *d, struct str bytes)
{
	desk_give(d, bytes);
	assert_int_equal(d->answer, ANSWER_KEEP);
	for (size_t i = 0; i < d->msg.n_parts; i++)
		desk_assert_part(d, i, REASON_NO_STORY);
}

static inline bool desk_has_warning(const struct story *st, const char *word)
{
	for (size_t i = 0; i < st->decode.n_warnings; i++) {
		if (strcmp(st->decode.warnings[i], word) == 0)
			return true;
	}
	return false;
}

#endif
