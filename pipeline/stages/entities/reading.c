/* Keys of words and runs, and the tables of numbers by them. See reading.h. */
#include "pipeline/stages/entities/reading.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/words/fold.h"

#include <xxhash.h>

#define READING_STEM_LETTERS 4
#define READING_ENDING_MAX   3   /* letters */
#define READING_WORD_BYTES   256 /* folded; longer words are told apart by their beginnings */

struct reading reading_start(const struct words *words, const struct gazetteer *gazetteer, struct str language,
                             struct arena *arena)
{
	return (struct reading){.words = words,
	                        .gazetteer = gazetteer,
	                        .language = language,
	                        .arena = arena,
	                        .keys = ARENA_ARRAY(arena, uint64_t, words->n)};
}

uint64_t reading_key(const struct reading *r, size_t word)
{
	char folded[READING_WORD_BYTES];
	CHECK(word < r->words->n);
	if (!r->keys[word]) {
		size_t n = fold_text(words_text(r->words, word), folded, sizeof folded);
		uint64_t key = XXH3_64bits(folded, n);
		r->keys[word] = key ? key : 1;
	}
	return r->keys[word];
}

struct folded_word reading_fold(const struct reading *r, size_t word)
{
	struct folded_word folded;
	folded.n = fold_text(words_text(r->words, word), folded.p, sizeof folded.p);
	return folded;
}

uint64_t reading_stem(const struct reading *r, size_t word)
{
	struct folded_word folded = reading_fold(r, word);
	struct str s = str_make(folded.p, folded.n);
	uint64_t key = 0;
	size_t at = 0;
	for (size_t i = 0; i < READING_STEM_LETTERS; i++) {
		if (at >= s.n)
			return 0;
		key = reading_join(key, utf8_next(s, &at));
	}
	return key;
}

/* Letters behind the first ones that both words share; *tail_b the same for b. */
static size_t reading_tails(const struct reading *r, size_t word_a, size_t word_b, size_t *tail_b)
{
	struct folded_word a = reading_fold(r, word_a), b = reading_fold(r, word_b);
	struct str s = str_make(a.p, a.n), t = str_make(b.p, b.n);
	size_t i = 0, j = 0;
	while (i < s.n && j < t.n) {
		size_t next_i = i, next_j = j;
		if (utf8_next(s, &next_i) != utf8_next(t, &next_j))
			break;
		i = next_i;
		j = next_j;
	}
	*tail_b = utf8_count(str_slice(t, j, t.n));
	return utf8_count(str_slice(s, i, s.n));
}

bool reading_same_but_ending(const struct reading *r, size_t a, size_t b)
{
	size_t tail_b, tail_a = reading_tails(r, a, b, &tail_b);
	return tail_a <= READING_ENDING_MAX && tail_b <= READING_ENDING_MAX;
}

uint64_t reading_join(uint64_t before, uint64_t word)
{
	uint64_t mixed = (before ^ word) * UINT64_C(0x9e3779b97f4a7c15) + (before << 7 | before >> 57);
	return mixed ? mixed : 1;
}

uint64_t reading_run_key(const struct reading *r, size_t first, size_t n)
{
	uint64_t key = 0;
	for (size_t i = first; i < first + n; i++)
		if (r->words->at[i].kind != WORD_SIGN)
			key = reading_join(key, reading_key(r, i));
	return key;
}

struct str reading_text(const struct reading *r, size_t first, size_t n)
{
	CHECK(n && first + n <= r->words->n);
	return str_slice(r->words->text, r->words->at[first].start, r->words->at[first + n - 1].end);
}

bool reading_is_sign(const struct reading *r, size_t word, char sign)
{
	struct str text = words_text(r->words, word);
	return r->words->at[word].kind == WORD_SIGN && text.n == 1 && text.p[0] == sign;
}

bool reading_is_hyphen(const struct reading *r, size_t word)
{
	struct str text = words_text(r->words, word);
	return r->words->at[word].kind == WORD_SIGN &&
	       (str_is(text, "-") || str_is(text, "\u2010") || str_is(text, "\u2011"));
}

bool reading_is_apostrophe(const struct reading *r, size_t word)
{
	struct str text = words_text(r->words, word);
	return r->words->at[word].kind == WORD_SIGN && (str_is(text, "'") || str_is(text, "\u2019"));
}

bool reading_is_capital(const struct word *w)
{
	return w->kind == WORD_LETTERS && w->flags & (WORD_UPPER_FIRST | WORD_CASELESS);
}

bool reading_has_capital(const struct reading *r, size_t first, size_t n)
{
	for (size_t i = first; i < first + n; i++)
		if (reading_is_capital(reading_word(r, i)))
			return true;
	return false;
}

size_t reading_letters(const struct reading *r, size_t word)
{
	return reading_word(r, word)->end_cp - reading_word(r, word)->start_cp;
}

size_t reading_count_words(const struct reading *r, size_t first, size_t n)
{
	size_t words = 0;
	for (size_t i = first; i < first + n; i++)
		words += reading_word(r, i)->kind != WORD_SIGN;
	return words;
}

bool reading_joins(const struct reading *r, size_t word)
{
	return reading_is_hyphen(r, word) || reading_is_apostrophe(r, word) || reading_is_sign(r, word, '.') ||
	       reading_is_sign(r, word, '&') || str_is(words_text(r->words, word), "\u00b7") ||
	       str_is(words_text(r->words, word), "\u30fb");
}

bool reading_is_in(const struct reading *r, const char *languages)
{
	size_t n = str_index(r->language, '-', 0);
	for (const char *at = languages; n && *at;) {
		size_t length = strcspn(at, " ");
		if (length == n && memcmp(at, r->language.p, n) == 0)
			return true;
		at += length + (at[length] == ' ');
	}
	return false;
}

bool reading_has_endings(const struct reading *r)
{
	return reading_is_in(
	        r, "az be bg bs cs el et eu fi hr hu hy ka kk ky la lt lv mk mn pl ro ru sk sl sq sr tr uk uz");
}

struct slots slots_new(struct arena *arena, size_t most)
{
	size_t room = 16;
	while (room < 2 * most)
		room *= 2;
	return (struct slots){.keys = ARENA_ARRAY(arena, uint64_t, room),
	                      .values = arena_alloc(arena, room * sizeof(uint32_t)),
	                      .mask = room - 1,
	                      .most = most};
}

static size_t slots_find(const struct slots *slots, uint64_t key)
{
	size_t at = (size_t)(key >> 20) & slots->mask;
	while (slots->keys[at] && slots->keys[at] != key)
		at = (at + 1) & slots->mask;
	return at;
}

uint32_t *slots_put(struct slots *slots, uint64_t key)
{
	CHECK(key);
	size_t at = slots_find(slots, key);
	if (!slots->keys[at]) {
		if (slots->n == slots->most)
			return NULL;
		slots->n++;
		slots->keys[at] = key;
		slots->values[at] = SLOT_NONE;
	}
	return &slots->values[at];
}

uint32_t slots_get(const struct slots *slots, uint64_t key)
{
	size_t at = slots_find(slots, key);
	return slots->keys[at] ? slots->values[at] : SLOT_NONE;
}
