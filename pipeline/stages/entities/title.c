/* Looking words up in titles.def. See title.h. */
#include "pipeline/stages/entities/title.h"

#include "pipeline/stages/entities/forms.h"
#include "pipeline/words/fold.h"

#include <stdlib.h>

#define TITLE_BYTES 128

static const struct str titles[] = {
#define TITLE(text) STR_INIT(text),
#include "pipeline/stages/entities/titles.def"
#undef TITLE
};
#define TITLES (sizeof titles / sizeof *titles)

static int title_compare(const void *key, const void *row)
{
	return str_compare(*(const struct str *)key, *(const struct str *)row);
}

bool title_is_folded(struct str folded)
{
	return bsearch(&folded, titles, TITLES, sizeof *titles, title_compare) != NULL;
}

struct str title_text(size_t row)
{
	return row < TITLES ? titles[row] : (struct str){0};
}

bool title_is_text(struct str text)
{
	char folded[TITLE_BYTES];
	if (text.n > sizeof folded / 2)
		return false;
	return title_is_folded(str_make(folded, fold_text(text, folded, sizeof folded)));
}

bool title_is_one(const struct reading *r, size_t word)
{
	if (r->known)
		return r->known->flags[word] & FORM_IS_TITLE;
	return title_is_text(words_text(r->words, word));
}

bool title_is_before(const struct reading *r, size_t first)
{
	size_t at = first;
	if (at > 1 && reading_is_sign(r, at - 1, '.'))
		at--;
	return at && title_is_one(r, at - 1);
}
