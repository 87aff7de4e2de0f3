#include "pipeline/stages/decode/hints.h"

#include "pipeline/base/check.h"

#define LETTERS_MAX 60 /* of a name; what is behind them is not looked at */
#define KEY_BYTES   4

enum hint_place { PLACE_PART, PLACE_WORD, PLACE_START, PLACE_SOLE };

static const struct hint_row {
	const char *stem;
	uint8_t n;
	uint8_t place;
	uint16_t hint;
} hints_rows[] = {
#define HINT(stem, place, hint) {stem, sizeof stem - 1, PLACE_##place, HINT_##hint},
#include "pipeline/stages/decode/hints.def"
#undef HINT
};

#define ROWS (sizeof hints_rows / sizeof *hints_rows)
_Static_assert(ROWS < sizeof((struct hints *)0)->next / sizeof(uint16_t), "as many as there are rows");

/* A name in small letters without signs. */
struct hint_name {
	char letters[LETTERS_MAX + KEY_BYTES];
	size_t n;
	uint64_t starts; /* a bit where a word begins, and at the end */
};

static uint32_t hints_key(const char *letters)
{
	uint32_t key;
	memcpy(&key, letters, sizeof key);
	return (key * 2654435761U) >> 20;
}

void hints_fill(struct hints *hints)
{
	*hints = (struct hints){{0}, {0}};
	for (size_t i = 0; i < ROWS; i++) {
		char letters[KEY_BYTES] = {0};
		memcpy(letters, hints_rows[i].stem, hints_rows[i].n < KEY_BYTES ? hints_rows[i].n : KEY_BYTES);
		/* A word shorter than a key is looked up by itself. */
		CHECK(hints_rows[i].n >= KEY_BYTES || hints_rows[i].place != PLACE_PART);
		uint32_t key = hints_key(letters);
		hints->next[i] = hints->first[key];
		hints->first[key] = (uint16_t)(i + 1);
	}
}

/* --- names -------------------------------------------------------------------------------------------------------- */

static void hints_put(struct hint_name *name, char letter, bool starts)
{
	if (name->n == LETTERS_MAX)
		return;
	if (starts)
		name->starts |= (uint64_t)1 << name->n;
	name->letters[name->n++] = letter;
}

/* The name from `at` up to white space; behind it. */
static size_t hints_name(struct str s, size_t at, struct hint_name *name)
{
	bool starts = true;
	name->n = 0;
	name->starts = 0;
	for (; at < s.n && !str_is_space(s.p[at]); at++) {
		char c = s.p[at];
		if (c >= 'a' && c <= 'z') {
			hints_put(name, c, starts);
			starts = false;
		} else if (c >= 'A' && c <= 'Z') {
			bool before = at > 0 && s.p[at - 1] >= 'a' && s.p[at - 1] <= 'z';
			hints_put(name, (char)(c | 32), starts || before);
			starts = false;
		} else {
			starts = true;
		}
	}
	name->starts |= (uint64_t)1 << name->n;
	memset(name->letters + name->n, 0, KEY_BYTES);
	return at;
}

static bool hints_is_start(const struct hint_name *name, size_t at)
{
	return name->starts >> at & 1;
}

/* "has-sidebar", "no-comments": what is beside it, not what it is. */
static bool hints_is_of_others(const struct hint_name *name)
{
	static const struct str words[] = {STR_INIT("has"), STR_INIT("with"), STR_INIT("no"), STR_INIT("without"),
	                                   STR_INIT("non")};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct str letters = str_make(name->letters, name->n);
		if (str_starts(letters, words[i]) && hints_is_start(name, words[i].n))
			return !str_is(letters, "noprint");
	}
	return false;
}

static bool hints_fits(const struct hint_row *row, const struct hint_name *name, size_t at)
{
	if (at + row->n > name->n || memcmp(name->letters + at, row->stem, row->n) != 0)
		return false;
	switch (row->place) {
	case PLACE_PART:
		return true;
	case PLACE_START:
		return hints_is_start(name, at);
	case PLACE_WORD:
		return hints_is_start(name, at) && hints_is_start(name, at + row->n);
	default:
		return at == 0 && row->n == name->n;
	}
}

static uint32_t hints_at(const struct hints *hints, const struct hint_name *name, const char *letters, size_t at)
{
	uint32_t found = 0;
	for (uint16_t i = hints->first[hints_key(letters)]; i; i = hints->next[i - 1]) {
		if (hints_fits(&hints_rows[i - 1], name, at))
			found |= hints_rows[i - 1].hint;
	}
	return found;
}

static uint32_t hints_of(const struct hints *hints, const struct hint_name *name)
{
	uint32_t found = 0;
	if (hints_is_of_others(name))
		return 0;
	for (size_t at = 0; at < name->n; at++) {
		if (at + KEY_BYTES <= name->n)
			found |= hints_at(hints, name, name->letters + at, at);
		if (!hints_is_start(name, at))
			continue;
		for (size_t n = 2; n < KEY_BYTES && at + n <= name->n; n++) {
			char word[KEY_BYTES] = {0};
			if (!hints_is_start(name, at + n))
				continue;
			memcpy(word, name->letters + at, n);
			found |= hints_at(hints, name, word, at);
		}
	}
	return found;
}

uint32_t hints_read(const struct hints *hints, struct str names)
{
	uint32_t found = 0;
	for (size_t at = 0; at < names.n;) {
		struct hint_name name;
		if (str_is_space(names.p[at])) {
			at++;
			continue;
		}
		at = hints_name(names, at, &name);
		uint32_t one = hints_of(hints, &name);
		found |= one & (HINT_JUNK | HINT_COMMENT) ? one & ~(uint32_t)(HINT_ARTICLE | HINT_TEXT) : one;
	}
	return found;
}
