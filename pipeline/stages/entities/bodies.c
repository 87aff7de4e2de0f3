/* The table of words, and which word of a name counts. See bodies.h. */
#include "pipeline/stages/entities/bodies.h"

#define BODIES_LINK 4 /* letters of a small word between others: "of", "für", "per" */

enum bodies_kind { BODIES_STEM, BODIES_TAIL, BODIES_WORD };

static const struct {
	enum bodies_kind kind;
	struct str text;
} bodies_rows[] = {
#define STEM(text) {BODIES_STEM, STR_INIT(text)},
#define TAIL(text) {BODIES_TAIL, STR_INIT(text)},
#define WORD(text) {BODIES_WORD, STR_INIT(text)},
#include "pipeline/stages/entities/bodies.def"
#undef STEM
#undef TAIL
#undef WORD
};

static bool bodies_is_one(const struct reading *r, size_t word)
{
	struct folded_word folded = reading_fold(r, word);
	struct str text = str_make(folded.p, folded.n);
	bool is_joined = reading_is_in(r, "de nl sv nb nn no da fi et hu is");
	for (size_t i = 0; i < sizeof bodies_rows / sizeof *bodies_rows; i++) {
		struct str row = bodies_rows[i].text;
		enum bodies_kind kind = bodies_rows[i].kind;
		if (kind == BODIES_STEM   ? str_starts(text, row)
		    : kind == BODIES_TAIL ? is_joined && str_ends(text, row)
		                          : str_eq(text, row))
			return true;
	}
	return false;
}

/* A word between others. */
static bool bodies_is_link(const struct reading *r, size_t word)
{
	return words_is_small(reading_word(r, word)) && reading_letters(r, word) <= BODIES_LINK;
}

static bool bodies_is_small(const struct reading *r, size_t word)
{
	return reading_word(r, word)->kind != WORD_LETTERS || !(reading_word(r, word)->flags & WORD_UPPER_FIRST);
}

bool bodies_may_be_head(const struct reading *r, size_t first, size_t end, size_t at)
{
	/* "State of the Union" is none. */
	if (at + 1 == end)
		return at == first || !bodies_is_link(r, at - 1);
	if (bodies_is_link(r, at + 1))
		return at <= first + 1 || !bodies_is_small(r, at);
	if (reading_is_in(r, "en de nl sv nb nn no da is fi et hu tr az kk ky uz"))
		return false;
	return at == first || (at == first + 1 && bodies_is_small(r, at + 1));
}

bool bodies_has_head(const struct reading *r, size_t first, size_t end)
{
	for (size_t at = first; at < end; at++)
		if (reading_word(r, at)->kind == WORD_LETTERS && bodies_may_be_head(r, first, end, at) &&
		    bodies_is_one(r, at))
			return true;
	return false;
}
