/* What is passed over many bytes at a time is what looking at each character passes over. */
#include "tests/harness.h"

#include "pipeline/stages/cleanup/chars.h"

#include <stdlib.h>

#define TEXT_MAX 64

/* Letters of one to four bytes, blanks, breaks, and what is neither. */
static const char *const pieces[] = {"a",
                                     "Z",
                                     "7",
                                     ".",
                                     " ",
                                     " ",
                                     "word",
                                     "\n",
                                     "\r",
                                     "\t",
                                     "\x01",
                                     "\x7f",
                                     "é",
                                     "д",
                                     "م",
                                     "你",
                                     "か",
                                     "ễ",
                                     "😀",
                                     "\u00a0",
                                     "\u00ad",
                                     "\u061c",
                                     "\u1680",
                                     "\u2003",
                                     "\u200b",
                                     "\u2028",
                                     "\u201c",
                                     "\u3000",
                                     "\ufeff",
                                     "\xc2\x85",
                                     "longer words in a row"};

static struct str made_text(uint64_t *seed, char *out)
{
	size_t n = 0;
	for (int i = 0; i < 12; i++) {
		*seed = *seed * 6364136223846793005u + 1442695040888963407u;
		const char *piece = pieces[(*seed >> 33) % (sizeof(pieces) / sizeof(*pieces))];
		size_t more = strlen(piece);
		if (n + more > TEXT_MAX)
			break;
		memcpy(out + n, piece, more);
		n += more;
	}
	return str_make(out, n);
}

static size_t break_by_hand(struct str text, size_t at)
{
	for (size_t next = at; at < text.n; at = next)
		if (chars_next(text, &next) == CHARS_BREAK)
			return at;
	return text.n;
}

/* A single blank goes with the run where text stands before it and behind it. */
static size_t run_by_hand(struct str text, size_t start)
{
	size_t at = start;
	for (size_t next = at; at < text.n; at = next) {
		if (chars_next(text, &next) == CHARS_TEXT)
			continue;
		size_t behind = next;
		bool joins =
		        text.p[at] == ' ' && at > start && next < text.n && chars_next(text, &behind) == CHARS_TEXT;
		if (!joins)
			break;
	}
	return at - start;
}

static void runs_and_breaks_end_where_each_character_says(void **state)
{
	(void)state;
	uint64_t seed = 7;
	for (int i = 0; i < 20000; i++) {
		char *out = malloc(TEXT_MAX);
		assert_non_null(out);
		struct str text = made_text(&seed, out);
		/* Without a byte to spare, for those who watch memory. */
		char *exact = malloc(text.n + !text.n);
		memcpy(exact, text.p, text.n);
		text.p = exact;
		for (size_t at = 0; at < text.n;) {
			assert_int_equal(chars_break(text, at), break_by_hand(text, at));
			assert_int_equal(chars_text_run(text, at), run_by_hand(text, at));
			chars_next(text, &at);
		}
		free(exact);
		free(out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(runs_and_breaks_end_where_each_character_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
