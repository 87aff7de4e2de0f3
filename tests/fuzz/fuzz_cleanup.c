/*
 * Any text through cleanup: what comes out is text, each cut is accounted for, and the raw text is what stays, what was
 * removed and white space.
 *
 * The first byte says whether the headline stands in the text, where the body begins, and how long the story is.
 */
#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stage.h"
#include "tests/fuzz/fuzz_long.h"

extern const struct stage stage_cleanup;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void *options, *shared;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct err err = {""};
	(void)argc;
	(void)argv;
	const struct stage_env env = {.n_feeds = 0};
	options = calloc(1, stage_cleanup.options_size);
	shared = calloc(1, stage_cleanup.shared_size);
	CHECK(stage_cleanup.open(&env, options, shared, &err));
	return 0;
}

/* The first character that is no white space or control from *at on; 0: none is left. */
static uint32_t fuzz_next(struct str s, size_t *at)
{
	while (*at < s.n) {
		uint32_t c = utf8_next(s, at);
		bool white = c <= ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
		             c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
		if (!white)
			return c;
	}
	return 0;
}

/* Removals are of the raw text; where nothing stands for anything else they are of the text as well. */
static void fuzz_is_accounted_for(const struct story *st)
{
	struct str text = st->decode.body, body = st->cleanup.body;
	size_t offset = (size_t)(text.p - st->decode.text.p), in_body = 0, at = 0;
	size_t first = 0;
	/* Those of a headline that stands before the body; the last one may reach into it. */
	for (; first < st->cleanup.n_removed && st->cleanup.removed[first].at.start < offset; first++)
		if (st->cleanup.removed[first].at.end > offset)
			at = st->cleanup.removed[first].at.end - offset;
	for (size_t i = first; i <= st->cleanup.n_removed; i++) {
		bool last = i == st->cleanup.n_removed;
		size_t start = last ? text.n : st->cleanup.removed[i].at.start - offset;
		size_t end = last ? text.n : st->cleanup.removed[i].at.end - offset;
		struct str kept = str_slice(text, at, start);
		size_t in_kept = 0;
		for (uint32_t c = fuzz_next(kept, &in_kept); c; c = fuzz_next(kept, &in_kept))
			CHECK(fuzz_next(body, &in_body) == c);
		at = end;
	}
	CHECK(!fuzz_next(body, &in_body));
}

static void fuzz_check(const struct story *st)
{
	size_t at = 0;
	CHECK(utf8_is_valid(st->cleanup.headline) && utf8_is_valid(st->cleanup.body));
	CHECK(st->cleanup.body.n <= st->decode.body.n);
	for (size_t i = 0; i < st->cleanup.n_removed; i++) {
		struct range cut = st->cleanup.removed[i].at;
		CHECK(cut.start >= at && cut.end > cut.start && cut.end <= st->decode.text.n);
		CHECK(utf8_is_valid(str_slice(st->decode.text, cut.start, cut.end)));
		at = cut.end;
	}
	for (size_t i = 0; i < st->cleanup.n_pieces; i++) {
		struct range piece = st->cleanup.pieces[i].at, raw = story_raw(st, piece);
		CHECK(piece.start < piece.end && piece.end <= st->cleanup.text.n);
		CHECK(utf8_is_valid(str_slice(st->cleanup.text, piece.start, piece.end)));
		CHECK(raw.start <= raw.end && raw.end <= st->decode.text.n);
	}
	if (!st->cleanup.n_edits && !st->cleanup.warning)
		fuzz_is_accounted_for(st);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n < 2)
		return 0;
	struct arena keep, tmp;
	struct str text = str_make(data + 1, n - 1);
	text.n = utf8_valid_length(text);
	arena_init(&keep, 4096, 0);
	arena_init(&tmp, 4096, 0);
	text = fuzz_long(&keep, text, data[0] / 16);
	size_t from = data[0] / 2 % 8;
	while (from < text.n && ((unsigned char)text.p[from] & 0xc0) == 0x80)
		from++;
	struct feed feed = {.name = STR("fuzz")};
	struct message msg = {.feed = &feed, .timestamp_ms = -1};
	struct story st = {.msg = &msg, .done = GROUP_DECODE};
	st.decode.text = text;
	st.decode.body = str_slice(text, from, text.n);
	st.decode.headline_is_first_line = data[0] & 1;
	st.decode.headline = st.decode.headline_is_first_line ? STR("") : str_slice(text, 0, from);
	struct call call = {.stage = "cleanup", .keep = &keep, .tmp = &tmp, .shared = shared};
	CHECK(stage_cleanup.run(&call, &st) == ANSWER_KEEP);
	fuzz_check(&st);
	arena_free(&keep);
	arena_free(&tmp);
	return 0;
}
