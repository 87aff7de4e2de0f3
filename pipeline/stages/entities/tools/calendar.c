/*
 * calendar-make: the rows of calendar.def, from the CLDR as ICU has it: of every language the full names of the week's
 * days and of the months, as they stand in dates and alone. Forms that are a number, or no word, are left out.
 */
#include "pipeline/base/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/udat.h>
#include <unicode/uloc.h>
#include <unicode/ustring.h>

#define CALENDAR_WORDS_MAX 128
#define CALENDAR_WORD_MAX  96

struct list {
	char at[CALENDAR_WORDS_MAX][CALENDAR_WORD_MAX];
	size_t n;
};

/* Letters at its beginning, and no sign that would end the row. */
static bool calendar_is_word(const UChar *name, int32_t n)
{
	UChar32 c;
	int32_t at = 0;
	if (n < 2)
		return false;
	U16_NEXT(name, at, n, c);
	bool word = u_isalpha(c);
	for (int32_t i = 0; i < n; i++)
		word &= name[i] != '"' && name[i] != '|' && name[i] != '\\' && !u_isdigit(name[i]);
	return word;
}

static void calendar_add(struct list *list, const UChar *name, int32_t n)
{
	char text[CALENDAR_WORD_MAX];
	UErrorCode status = U_ZERO_ERROR;
	int32_t bytes;
	u_strToUTF8(text, sizeof text, &bytes, name, n, &status);
	if (U_FAILURE(status) || bytes >= (int32_t)sizeof text || !calendar_is_word(name, n))
		return;
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->at[i], text) == 0)
			return;
	if (list->n < CALENDAR_WORDS_MAX)
		memcpy(list->at[list->n++], text, (size_t)bytes + 1);
}

static void calendar_collect(const char *locale, UDateFormatSymbolType type, struct list *list)
{
	UErrorCode status = U_ZERO_ERROR;
	UDateFormat *format = udat_open(UDAT_LONG, UDAT_LONG, locale, NULL, 0, NULL, 0, &status);
	for (int32_t i = 0; U_SUCCESS(status) && i < udat_countSymbols(format, type); i++) {
		UChar name[CALENDAR_WORD_MAX];
		int32_t n = udat_getSymbols(format, type, i, name, CALENDAR_WORD_MAX, &status);
		if (U_SUCCESS(status))
			calendar_add(list, name, n);
	}
	udat_close(format);
}

static void calendar_print(const struct list *list)
{
	printf("\"");
	for (size_t i = 0; i < list->n; i++)
		printf("%s%s", i ? "|" : "", list->at[i]);
	printf("\"");
}

/* One row for the language's locales that name no region: "sr" and "sr_Latn". */
static void calendar_row(const char *language)
{
	static struct list days, months;
	days.n = months.n = 0;
	for (int32_t i = 0; i < uloc_countAvailable(); i++) {
		const char *locale = uloc_getAvailable(i);
		size_t n = strlen(language), all = strlen(locale);
		bool script = all == n + 5 && locale[n] == '_';
		if (strncmp(locale, language, n) != 0 || !(all == n || script))
			continue;
		calendar_collect(locale, UDAT_WEEKDAYS, &days);
		calendar_collect(locale, UDAT_STANDALONE_WEEKDAYS, &days);
		calendar_collect(locale, UDAT_MONTHS, &months);
		calendar_collect(locale, UDAT_STANDALONE_MONTHS, &months);
	}
	if (!days.n)
		return;
	printf("CALENDAR(\"%s\", ", language);
	calendar_print(&days);
	printf(", ");
	calendar_print(&months);
	printf(")\n");
}

int main(void)
{
	for (int32_t i = 0; i < uloc_countAvailable(); i++)
		if (!strchr(uloc_getAvailable(i), '_'))
			calendar_row(uloc_getAvailable(i));
	return 0;
}
