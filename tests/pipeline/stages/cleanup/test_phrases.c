/*
 * The automaton finds what looking for each phrase by itself finds, however many there are and whatever the text.
 */
#include "tests/harness.h"

#include "pipeline/base/utf8.h"
#include "pipeline/stages/cleanup/phrases.h"
#include "pipeline/words/fold.h"

#include <stdlib.h>

#define MANY  40000
#define FOUND 4096

/* So small an alphabet that everything begins and ends everything else. */
static char *words_of(uint64_t number)
{
	static const char *const letters[] = {"a", "b", "ö", "的", " "};
	char out[64] = "";
	size_t n = 0;
	for (; number && n < 40; number /= 5) {
		const char *letter = letters[number % 5];
		memcpy(out + n, letter, strlen(letter));
		n += strlen(letter);
	}
	return strndup(out, n);
}

static bool is_boundary(struct str text, size_t at)
{
	uint32_t before = fold_before(text, at), behind = fold_peek(text, at);
	return !at || at >= text.n || !fold_is_word_char(before) || !fold_is_word_char(behind) ||
	       !fold_is_blank_script(before) || !fold_is_blank_script(behind);
}

/* Whole words, as the text writes them: it has no runs of blanks, no capitals, no marks. */
static size_t count_by_hand(const struct phrase *own, size_t n, struct str text)
{
	size_t found = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t at = 0; at + own[i].text.n <= text.n; at++) {
			if (!str_starts(str_slice(text, at, text.n), own[i].text))
				continue;
			size_t end = at + own[i].text.n;
			bool opens = !fold_is_blank_script(fold_peek(text, at)) || is_boundary(text, at);
			bool closes = !fold_is_blank_script(fold_before(text, end)) || is_boundary(text, end);
			bool begins = !at || fold_before(text, at) == ' ' || !fold_is_word_char(fold_before(text, at));
			bool ends = end == text.n || !fold_is_word_char(fold_peek(text, end));
			found += (opens && closes && (begins || !fold_is_blank_script(fold_peek(text, at))) &&
			          (ends || !fold_is_blank_script(fold_before(text, end))));
		}
	return found;
}

static size_t short_words(struct phrase *own, size_t room)
{
	size_t n = 0;
	for (uint64_t i = 1; i < 3125 && n < room; i++) {
		char *words = words_of(i);
		if (words[0] != ' ' && words[strlen(words) - 1] != ' ' && !strstr(words, "  "))
			own[n++] = (struct phrase){.text = str_of(words), .rule = "", .is_own = true};
		else
			free(words);
	}
	return n;
}

static void finds_what_looking_for_each_finds(void **state)
{
	(void)state;
	struct phrase own[3125];
	struct phrase_hit hits[FOUND];
	size_t n = short_words(own, 3125), all = 0;
	struct phrases *p = phrases_new(own, n);
	uint64_t seed = 1;
	assert_non_null(p);
	for (int i = 0; i < 200; i++) {
		char text[512] = "";
		size_t at = 0;
		for (int k = 0; k < 6; k++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			char *words = words_of((seed >> 33) % 244140625);
			for (char *c = words; *c; c++)
				if (*c != ' ' || (at && text[at - 1] != ' '))
					text[at++] = *c;
			free(words);
		}
		struct str line = str_of(text);
		size_t found = phrases_find(p, line, 0, line.n, hits, FOUND), ours = 0;
		for (size_t k = 0; k < found; k++)
			ours += hits[k].phrase->is_own;
		assert_int_equal(ours, count_by_hand(own, n, line));
		all += ours;
	}
	assert_in_range(all, 500, 1000000);
	phrases_free(p);
	for (size_t i = 0; i < n; i++)
		free((void *)(uintptr_t)own[i].text.p);
}

static void takes_far_more_phrases_than_are_built_in(void **state)
{
	(void)state;
	static char words[MANY][48];
	struct phrase *own = calloc(MANY, sizeof(*own));
	struct phrase_hit hits[24];
	assert_non_null(own);
	for (size_t i = 0; i < MANY; i++) {
		int n = snprintf(words[i], sizeof(words[i]), "w%zx lorem %zu ipsum", i * 2654435761u % 99999999, i);
		own[i] = (struct phrase){.text = str_make(words[i], (size_t)n), .rule = "", .is_own = true};
	}
	struct phrases *p = phrases_new(own, MANY);
	assert_non_null(p);
	for (size_t i = 0; i < MANY; i += 997) {
		size_t n = phrases_find(p, own[i].text, 0, own[i].text.n, hits, 24);
		assert_true(n >= 1 && hits[n - 1].phrase == &own[i]);
	}
	phrases_free(p);
	free(own);
}

/* Each byte fails from as deep as can be. */
static void a_megabyte_that_nearly_matches_everywhere_is_read_once(void **state)
{
	(void)state;
	char deep[121], *text = malloc(1 << 20);
	struct phrase own[60];
	struct phrase_hit hits[24];
	assert_non_null(text);
	memset(deep, 'a', 120);
	deep[120] = 0;
	for (size_t i = 0; i < 60; i++)
		own[i] = (struct phrase){.text = str_make(deep, 60 + i), .rule = "", .is_own = true};
	memset(text, 'a', 1 << 20);
	for (size_t i = 120; i < 1 << 20; i += 121)
		text[i] = 'b';
	struct phrases *p = phrases_new(own, 60);
	assert_int_equal(phrases_find(p, str_make(text, 1 << 20), 0, 1 << 20, hits, 24), 0);
	phrases_free(p);
	free(text);
}

static void a_desks_own_is_reported_when_there_is_no_room_left(void **state)
{
	(void)state;
	struct phrase own = {.text = STR("zorvex at last"), .rule = "", .is_own = true};
	struct phrase_hit hits[2];
	struct phrases *p = phrases_new(&own, 1);
	struct str text = STR("baca juga baca juga baca juga zorvex at last");
	assert_int_equal(phrases_find(p, text, 0, text.n, hits, 2), 2);
	assert_ptr_equal(hits[1].phrase, &own);
	phrases_free(p);
}

static size_t found_of(const struct phrases *p, const struct phrase *own, struct str text)
{
	struct phrase_hit hits[24];
	size_t n = phrases_find(p, text, 0, text.n, hits, 24), found = 0;
	for (size_t i = 0; i < n; i++)
		found += hits[i].phrase == own;
	return found;
}

static void a_phrase_is_found_however_it_is_written(void **state)
{
	(void)state;
	static const struct {
		const char *words, *text;
		bool found;
	} rows[] = {
	        {"zorvex quil at last light", "So, ZORVEX Quil  at last LIGHT.", true},
	        {"zorvex quil at last light", "zorvex\tquil at\u00a0last light", true},
	        {"zorvex quil at last light", "zorvex quil at last lights", false},
	        {"zorvex quil at last light", "zorvex quil at lost light", false},
	        {"zo", "zo, and more of it", true},
	        {"zo", "zox", false},
	        {"zö x", "ZÖ X", true},
	        {"zorvex", "zor\u00advex", true},
	        {"zorvex", "zorvex\u00ades", false},
	        {"zorvex", "zorvex\u00ad", true},
	        {"文", "本文字", true},
	        {"文", "本", false},
	        {"文字", "本文字本", true},
	        {"文字", "本文本字", false},
	        {"отпраз", "Отпраз-", true},
	        {"отпраз", "поотпраз", false},
	        {"أإا", "ااا", true},
	        {"ااا", "أَإِآ", true},
	        {"istiz", "İSTİZ", true},
	        {"😀zor", "a 😀zor", true},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct phrase own = {.text = str_of(rows[i].words), .rule = "", .is_own = true};
		struct phrases *p = phrases_new(&own, 1);
		assert_non_null(p);
		if (found_of(p, &own, str_of(rows[i].text)) != rows[i].found)
			fail_msg("'%s' in '%s'", rows[i].words, rows[i].text);
		phrases_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(finds_what_looking_for_each_finds),
	        cmocka_unit_test(takes_far_more_phrases_than_are_built_in),
	        cmocka_unit_test(a_megabyte_that_nearly_matches_everywhere_is_read_once),
	        cmocka_unit_test(a_desks_own_is_reported_when_there_is_no_room_left),
	        cmocka_unit_test(a_phrase_is_found_however_it_is_written),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
