/*
 * The fingerprint of any valid text: bounded, the same twice, and like itself.
 */
#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/sketch.h"
#include "pipeline/stage.h"

#include <stdlib.h>

extern const struct stage stage_fingerprint;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz {
	struct arena keep, tmp;
	struct call call;
	struct stage_env env;
};

static struct fuzz *fuzz_open(void)
{
	static struct fuzz f;
	struct err err = {{0}};
	if (f.call.local)
		return &f;
	arena_init(&f.keep, 0, 0);
	arena_init(&f.tmp, 0, 0);
	f.call = (struct call){.keep = &f.keep, .tmp = &f.tmp, .env = &f.env};
	f.call.local = calloc(1, stage_fingerprint.local_size);
	CHECK(f.call.local);
	CHECK(stage_fingerprint.open_local(&f.env, NULL, NULL, f.call.local, &err));
	return &f;
}

static const struct sketch *fuzz_sketch(struct fuzz *f, struct story *st)
{
	CHECK(stage_fingerprint.run(&f->call, st) == ANSWER_KEEP);
	const struct sketch *s = st->fingerprint.sketch;
	CHECK(s->n_lead_samples <= s->n_samples && s->n_samples <= SKETCH_SAMPLES_MAX);
	CHECK(s->text.n_numbers <= SKETCH_NUMBERS_MAX && s->text.n_names <= SKETCH_NAMES_MAX);
	for (size_t i = 1; i < s->text.n_numbers; i++)
		CHECK(s->text.numbers[i - 1].frame <= s->text.numbers[i].frame);
	for (size_t i = 0; i < s->text.n_names; i++) {
		const char *p = st->fingerprint.words->names[i].p;
		CHECK(p >= st->decode.body.p &&
		      p + st->fingerprint.words->names[i].n <= st->decode.body.p + st->decode.body.n);
	}
	return s;
}

/* The text up to the first NUL byte is the headline, the rest the body. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz *f = fuzz_open();
	struct str text = str_make(data, size);
	text.n = utf8_valid_length(text);
	size_t cut = str_index(text, 0, 0);
	struct message msg = {.timestamp_ms = -1};
	struct story st = {.msg = &msg, .done = GROUP_DECODE};
	st.decode.headline = str_slice(text, 0, cut);
	st.decode.body = str_slice(text, cut + 1, text.n);
	struct sketch first = *fuzz_sketch(f, &st);
	const struct sketch *second = fuzz_sketch(f, &st);
	CHECK(memcmp(&first, second, sizeof(first)) == 0);
	arena_reset(&f->keep);
	arena_reset(&f->tmp);
	return 0;
}
