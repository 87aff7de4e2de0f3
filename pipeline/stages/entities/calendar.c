/* Days and months, a row a language. See calendar.h. */
#include "pipeline/stages/entities/calendar.h"

#include "pipeline/base/utf8.h"
#include "pipeline/stages/entities/forms.h"
#include "pipeline/words/fold.h"

#include <string.h>

struct calendar {
	const char *language;
	struct str days, months; /* with bars between them */
};

static const struct calendar calendar_rows[] = {
#define CALENDAR(language, days, months) {language, STR_INIT(days), STR_INIT(months)},
#include "pipeline/stages/entities/calendar.def"
#undef CALENDAR
};

const struct calendar *calendar_of(const struct reading *r)
{
	struct str language = str_slice(r->language, 0, str_index(r->language, '-', 0));
	for (size_t i = 0; i < sizeof calendar_rows / sizeof *calendar_rows; i++)
		if (language.n && language.p[0] == calendar_rows[i].language[0] &&
		    str_is(language, calendar_rows[i].language))
			return &calendar_rows[i];
	return NULL;
}

/* Is the word written as the row has it? A capital at a sentence's beginning says nothing. */
static bool calendar_fits(struct str listed, const struct word *first)
{
	bool capital = first->flags & WORD_UPPER_FIRST, expected = fold_is_upper(fold_peek(listed, 0));
	return !capital || expected || first->flags & WORD_SENTENCE;
}

static bool calendar_has(struct str row, const struct reading *r, size_t first, size_t n)
{
	struct str text = reading_text(r, first, n);
	if (n == 1 && r->known && !(r->known->flags[first] & FORM_MAY_BE_DATE))
		return false;
	for (size_t from = 0; from < row.n;) {
		size_t to = str_index(row, '|', from);
		struct str listed = str_slice(row, from, to);
		if (fold_equal(text, listed))
			return calendar_fits(listed, &r->words->at[first]);
		from = to + 1;
	}
	return false;
}

bool calendar_is_day(const struct calendar *calendar, const struct reading *r, size_t first, size_t n)
{
	return calendar && calendar_has(calendar->days, r, first, n);
}

bool calendar_is_month(const struct calendar *calendar, const struct reading *r, size_t first, size_t n)
{
	return calendar && calendar_has(calendar->months, r, first, n);
}

bool calendar_next(struct calendar_place *place, struct str *text)
{
	while (place->row < sizeof calendar_rows / sizeof *calendar_rows) {
		const struct calendar *calendar = &calendar_rows[place->row];
		struct str row = place->in_months ? calendar->months : calendar->days;
		if (place->at < row.n) {
			size_t to = str_index(row, '|', place->at);
			*text = str_slice(row, place->at, to);
			place->at = to + 1;
			return true;
		}
		place->at = 0;
		place->row += place->in_months;
		place->in_months = !place->in_months;
	}
	return false;
}
