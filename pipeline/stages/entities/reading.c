/* Keys of words and runs, and the tables of numbers by them. See reading.h. */
#include "pipeline/stages/entities/reading.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stages/entities/cues.h"
#include "pipeline/stages/entities/forms.h"
#include "pipeline/stages/entities/gazetteer_file.h"
#include "pipeline/stages/entities/listed.h"
#include "pipeline/stages/entities/own.h"
#include "pipeline/words/fold.h"

#include <xxhash.h>

#define READING_STEM_LETTERS 4
#define READING_ENDING_MAX   3 /* letters */

uint64_t reading_hash_folded(struct str folded)
{
	uint64_t key = XXH3_64bits(folded.p, folded.n);
	return key ? key : 1;
}

uint64_t reading_hash(struct str text)
{
	char folded[READING_WORD_BYTES];
	return reading_hash_folded(str_make(folded, fold_text(text, folded, sizeof folded)));
}

struct reading reading_start(const struct words *words, const struct gazetteer *gazetteer, struct str language,
                             struct arena *arena)
{
	struct reading r = {.words = words,
	                    .gazetteer = gazetteer,
	                    .language = language,
	                    .arena = arena,
	                    .keys = ARENA_ARRAY(arena, uint64_t, words->n),
	                    .cues = ARENA_ARRAY(arena, struct cue, words->n),
	                    .asked = ARENA_NEW(arena, struct reading_asked)};
	if (gazetteer)
		r.speaker = gazetteer_speaker(gazetteer, language);
	if (reading_is_in(&r, "ar")) {
		r.seen = slots_new(arena, words->n);
		for (size_t i = 0; i < words->n; i++)
			if (words->at[i].kind == WORD_LETTERS)
				*slots_put(&r.seen, reading_hash(words_text(words, i))) = 0;
	}
	return r;
}

void reading_know(struct reading *r, const struct known_words *known)
{
	/* Of an Arabic word the proclitics, which the story tells, come off first. */
	if (r->seen.keys)
		return;
	r->known = known;
	r->keys = known->keys;
}

/* Does the list have the word, as something that is named often? "كان" is Cannes, and "was". */
static bool reading_is_listed(const struct reading *r, struct str text, uint32_t least)
{
	struct name_entry entry;
	struct words words = words_split(text, r->arena);
	uint32_t name = r->gazetteer && words.n == 1 ? gazetteer_find(r->gazetteer, &words, 0, 1) : UINT32_MAX;
	if (name == UINT32_MAX || !gazetteer_entries_for(r->gazetteer, name, &r->speaker, &entry, 1))
		return false;
	return entry.weight >= least || entry.classes & (NAME_COUNTRY | NAME_CAPITAL | NAME_BODY | NAME_MEDIA);
}

size_t reading_proclitic(const struct reading *r, size_t word)
{
	struct str text = words_text(r->words, word);
	if (r->own && r->own->cuts && r->own->cuts[word])
		return r->own->cuts[word];
	size_t cut = r->seen.keys && r->words->at[word].kind == WORD_LETTERS ? gazetteer_file_proclitic(text) : 0;
	if (!cut)
		return 0;
	struct str rest = str_slice(text, cut, text.n);
	bool known = slots_get(&r->seen, reading_hash(rest)) != SLOT_NONE || cue_kinds(r, rest) ||
	             reading_is_listed(r, rest, LISTED_BIG_CITY);
	return known && !reading_is_listed(r, text, 0) ? cut : 0;
}

uint64_t reading_key(const struct reading *r, size_t word)
{
	CHECK(word < r->words->n);
	if (!r->keys[word])
		r->keys[word] = reading_hash(reading_name(r, word, 1));
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

struct str reading_name(const struct reading *r, size_t first, size_t n)
{
	struct str text = reading_text(r, first, n);
	return str_slice(text, reading_proclitic(r, first), text.n);
}

uint32_t reading_find_text(const struct reading *r, struct str text)
{
	if (!r->gazetteer)
		return UINT32_MAX;
	struct words words = words_split(text, r->arena);
	return gazetteer_find(r->gazetteer, &words, 0, words.n);
}

uint32_t reading_find(const struct reading *r, size_t first, size_t n)
{
	if (!r->gazetteer)
		return UINT32_MAX;
	if (!reading_proclitic(r, first))
		return gazetteer_find_known(r->gazetteer, r->words, r->known ? r->known->listed : NULL, first, n);
	return reading_find_text(r, reading_name(r, first, n));
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

bool reading_is_roman(const struct reading *r, size_t word)
{
	struct str text = words_text(r->words, word);
	size_t at = 0;
	while (at < text.n && (text.p[at] == 'I' || text.p[at] == 'V' || text.p[at] == 'X' || text.p[at] == 'L'))
		at++;
	return at == text.n;
}

bool reading_joins(const struct reading *r, size_t word)
{
	return reading_is_hyphen(r, word) || reading_is_apostrophe(r, word) || reading_is_sign(r, word, '.') ||
	       reading_is_sign(r, word, '&') || str_is(words_text(r->words, word), "\u00b7") ||
	       str_is(words_text(r->words, word), "\u30fb");
}

static bool reading_find_in(const struct reading *r, const char *languages)
{
	const char *tag = r->language.p;
	size_t n = 0;
	while (n < r->language.n && tag[n] != '-')
		n++;
	for (const char *at = languages; n && *at; at++) {
		size_t same = 0;
		while (same < n && at[same] == tag[same])
			same++;
		at += same;
		if (same == n && (*at == ' ' || !*at))
			return true;
		while (*at && *at != ' ')
			at++;
		if (!*at)
			return false;
	}
	return false;
}

bool reading_is_in(const struct reading *r, const char *languages)
{
	size_t at = ((uintptr_t)languages * UINT64_C(0x9e3779b97f4a7c15)) >> 58;
	_Static_assert(READING_ASKED == 1 << (64 - 58), "as many places as numbers");
	if (r->asked->languages[at] != languages) {
		r->asked->languages[at] = languages;
		r->asked->is_in[at] = reading_find_in(r, languages);
	}
	return r->asked->is_in[at];
}

bool reading_has_endings(const struct reading *r)
{
	return reading_is_in(
	        r, "az be bg bs cs el et eu fi hr hu hy ka kk ky la lt lv mk mn pl ro ru sk sl sq sr tr uk uz");
}

/*
 * A story may have words whose keys would all have one place. Where the system has put memory is another number in
 * each process, and nobody outside knows it; what is found does not depend on it.
 */
static uint64_t slots_spread(const struct arena *arena)
{
	uintptr_t stack = (uintptr_t)&arena, heap = (uintptr_t)arena->current, code = (uintptr_t)reading_start;
	uint64_t places[3] = {stack, heap, code};
	return XXH3_64bits(places, sizeof places) | 1;
}

struct slots slots_new(struct arena *arena, size_t most)
{
	size_t room = 16;
	unsigned bits = 4;
	for (; room < 2 * most; bits++)
		room *= 2;
	return (struct slots){.keys = ARENA_ARRAY(arena, uint64_t, room),
	                      .values = arena_alloc(arena, room * sizeof(uint32_t)),
	                      .mask = room - 1,
	                      .most = most,
	                      .spread = slots_spread(arena),
	                      .shift = 64 - bits};
}

static size_t slots_find(const struct slots *slots, uint64_t key)
{
	size_t at = (size_t)(key * slots->spread >> slots->shift);
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
