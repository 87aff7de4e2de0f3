/* Tables of folded words; a word of two languages means a place in both. See placing.h. */
#include "pipeline/stages/entities/placing.h"

static bool placing_is_one_of(const struct reading *r, size_t word, const char *const *list, size_t n)
{
	struct folded_word folded = reading_fold(r, word);
	for (size_t i = 0; i < n; i++)
		if (str_is(str_make(folded.p, folded.n), list[i]))
			return true;
	return false;
}

#define PLACING_IN(r, word, list) placing_is_one_of(r, word, list, sizeof(list) / sizeof *(list))

/* "The port of", "el puerto de". */
static bool placing_is_headed(const struct reading *r, size_t first)
{
	static const char *const heads[] = {"port",      "city",  "town",  "mayor", "ciudad", "puerto", "alcalde",
	                                    "alcaldesa", "ville", "maire", "stadt", "hafen",  "cidade", "prefeito"};
	static const char *const belonging[] = {"of", "de", "von"};
	return first > 1 && PLACING_IN(r, first - 1, belonging) && PLACING_IN(r, first - 2, heads);
}

bool placing_is_before(const struct reading *r, size_t first)
{
	static const char *const before[] = {"in",  "from", "near", "di",  "dari", "ke",  "en", "desde", "aus", "nach",
	                                     "bei", "vers", "em",   "uit", "naar", "fra", "iz", "u",     "w",   "z"};
	return first && (PLACING_IN(r, first - 1, before) || placing_is_headed(r, first));
}

bool placing_may_be_before(const struct reading *r, size_t first)
{
	static const char *const before[] = {"to", "at", "a", "na", "do", "till", "til", "i", "bij", "dans"};
	return placing_is_before(r, first) || (first && PLACING_IN(r, first - 1, before));
}
