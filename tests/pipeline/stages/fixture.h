/*
 * One stage on a bench: opened with options as they stand in a configuration, called story by story.
 *
 *     struct fixture *f = fixture_new(&stage_template, "word", "goal", NULL);
 *     struct story *st = fixture_story(f, "headline", "body");
 *     assert_int_equal(fixture_run(f, st), ANSWER_KEEP);
 *     fixture_free(f);
 *
 * Time is a clock that only the test moves.
 */
#ifndef WIREDESK_STAGE_FIXTURE_H
#define WIREDESK_STAGE_FIXTURE_H

#include "tests/harness.h"

#include "pipeline/base/utf8.h"
#include "pipeline/stage.h"

struct fixture_clock {
	struct clock clock;
	int64_t us;
};

static inline int64_t fixture_mono_us(struct clock *c)
{
	return ((struct fixture_clock *)(void *)c)->us;
}

static inline int64_t fixture_wall_ms(struct clock *c)
{
	return ((struct fixture_clock *)(void *)c)->us / 1000 + 1700000000000;
}

static inline void fixture_sleep_us(struct clock *c, int64_t us)
{
	((struct fixture_clock *)(void *)c)->us += us;
}

#define FIXTURE_CLOCK                                                                                                  \
	{                                                                                                              \
		{fixture_mono_us, fixture_wall_ms, fixture_sleep_us}, 0                                                \
	}

struct fixture {
	const struct stage *stage;
	struct fixture_clock clock;
	struct stage_env env;
	struct arena setup, keep, tmp;
	void *options, *shared, *local;
	struct call call;
	struct err err;
	bool is_open;
};

/* Options as key, value, key, value, NULL; a value "[a, b]" is a list. With NULL as stage: only the arenas and the
 * clock. */
static inline struct node *fixture_options(struct arena *a, va_list args)
{
	struct node *map = node_map(a);
	for (const char *key = va_arg(args, const char *); key; key = va_arg(args, const char *)) {
		struct str value = str_of(va_arg(args, const char *));
		if (!str_starts(value, STR("["))) {
			node_append(a, map, str_of(key), node_scalar(a, value));
			continue;
		}
		struct node *list = node_list(a);
		for (size_t at = 1; at < value.n;) {
			size_t end = str_index(value, ',', at);
			struct str item = str_trim(str_slice(value, at, end < value.n ? end : value.n - 1));
			if (item.n)
				node_append(a, list, STR(""), node_scalar(a, item));
			at = end + 1;
		}
		node_append(a, map, str_of(key), list);
	}
	return map;
}

/* Reads options and opens; a test asks f->is_open and f->err. `prepare` may change env before; NULL: nothing to change.
 */
static inline struct fixture *fixture_open(const struct stage *stage, void (*prepare)(struct stage_env *env), ...)
{
	struct fixture *f = calloc(1, sizeof(*f));
	assert_non_null(f);
	f->stage = stage;
	f->clock = (struct fixture_clock)FIXTURE_CLOCK;
	f->env = (struct stage_env){.data_dir = STR(WD_SOURCE_DIR "/pipeline/stages"), .clock = &f->clock.clock};
	f->env.limits = (struct limits){16000000, 16000000, 2000, 64};
	if (prepare)
		prepare(&f->env);
	arena_init(&f->setup, 0, 0);
	arena_init(&f->keep, 0, 0);
	arena_init(&f->tmp, 0, 0);
	va_list args;
	va_start(args, prepare);
	struct node *map = fixture_options(&f->setup, args);
	va_end(args);
	f->options = calloc(1, stage->options_size + 1);
	f->shared = stage->shared_size ? calloc(1, stage->shared_size) : NULL;
	f->local = stage->local_size ? calloc(1, stage->local_size) : NULL;
	f->call = (struct call){.stage = stage->name,
	                        .keep = &f->keep,
	                        .tmp = &f->tmp,
	                        .options = f->options,
	                        .shared = f->shared,
	                        .local = f->local,
	                        .env = &f->env};
	if (stage->options && !options_read(stage->options, map, f->options, stage->name, &f->setup, &f->err))
		return f;
	if (stage->check && !stage->check(&f->env, f->options, &f->err))
		return f;
	if (stage->open && !stage->open(&f->env, f->options, f->shared, &f->err))
		return f;
	f->is_open = true;
	if (stage->open_local)
		assert_true(stage->open_local(&f->env, f->options, f->shared, f->local, &f->err));
	return f;
}

#define fixture_new(stage, ...) fixture_checked(fixture_open((stage), NULL, __VA_ARGS__))
static inline struct fixture *fixture_checked(struct fixture *f)
{
	if (!f->is_open)
		fail_msg("stage '%s' does not open: %s", f->stage->name, f->err.words);
	return f;
}

static inline void fixture_free(struct fixture *f)
{
	if (f->is_open && f->stage->close_local)
		f->stage->close_local(f->local);
	if (f->is_open && f->stage->close)
		f->stage->close(f->shared);
	arena_free(&f->setup);
	arena_free(&f->keep);
	arena_free(&f->tmp);
	free(f->options);
	free(f->shared);
	free(f->local);
	free(f);
}

/* A story as decode leaves it for a format with a headline of its own. Texts are copied, so that a sanitizer sees their
 * ends. */
static inline struct story *fixture_story(struct fixture *f, const char *headline, const char *body)
{
	struct story *st = ARENA_NEW(&f->keep, struct story);
	struct message *msg = ARENA_NEW(&f->keep, struct message);
	msg->origin = msg->delivery = (struct position){STR("local"), STR("wire.raw"), 0, 0};
	msg->timestamp_ms = -1;
	st->msg = msg;
	st->done = GROUP_DECODE;
	st->decode.headline = str_of(headline);
	st->decode.body = st->decode.text = str_of(body);
	st->decode.text_kind = TEXT_STRING;
	st->decode.uri = STR("urn:uuid:00000000-0000-5000-8000-000000000000");
	return st;
}

/* The same for plain text: the headline stands in it. */
static inline struct story *fixture_text(struct fixture *f, struct str text)
{
	struct story *st = fixture_story(f, "", "");
	st->decode.body = st->decode.text = text;
	st->decode.text_kind = TEXT_MESSAGE;
	st->decode.headline_is_first_line = true;
	return st;
}

/* Runs and marks the group as done, as the runner does. */
static inline enum answer fixture_run(struct fixture *f, struct story *st)
{
	enum answer answer = f->stage->run(&f->call, st);
	st->done |= f->stage->writes;
	arena_reset(&f->tmp);
	return answer;
}

#endif
