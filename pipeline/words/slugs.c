/* Word by word from the left; from the first one that says something on the slug is told. See slugs.h. */
#include "pipeline/words/slugs.h"

#include "pipeline/words/fold.h"

#define SLUG_BYTES_MAX 300

struct slug_word {
	struct str s;
	bool is_listed; /* a comma stands before it, or nothing */
	bool is_joined; /* a dash does */
	bool is_large;
};

/* A number that waits for what it counts: "3rd …", "2 of …". */
struct slug_number {
	int number;
	size_t at;
	bool is_of;
};

static bool slug_is_mark(char c)
{
	return c == ' ' || c == ',' || c == '-' || c == '(' || c == ')' || c == '\t' || c == '/';
}

static bool slug_next(struct str s, size_t *at, struct slug_word *word)
{
	char before = *at ? ' ' : ',';
	for (; *at < s.n && slug_is_mark(s.p[*at]); (*at)++)
		before = before == ',' ? ',' : s.p[*at];
	size_t start = *at;
	word->is_large = true;
	for (; *at < s.n && !slug_is_mark(s.p[*at]); (*at)++)
		word->is_large = word->is_large && !(s.p[*at] >= 'a' && s.p[*at] <= 'z');
	word->s = str_slice(s, start, *at);
	word->is_listed = before == ',';
	word->is_joined = before == '-';
	return word->s.n > 0;
}

/* "3rd", "2.", "1st" glued to "Ld": what stands behind the number and its ending; number 0: none. */
static struct str slug_ordinal(struct str s, int *number)
{
	static const char *const ends[] = {"st", "nd", "rd", "th", "."};
	size_t at = 0;
	*number = 0;
	for (; at < s.n && at < 3 && s.p[at] >= '0' && s.p[at] <= '9'; at++)
		*number = *number * 10 + (s.p[at] - '0');
	if (!at || at == 3 || *number > 99) {
		*number = 0;
		return s;
	}
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (str_starts_fold(str_slice(s, at, s.n), ends[i]))
			return str_slice(s, at + strlen(ends[i]), s.n);
	}
	return at == s.n ? str_slice(s, s.n, s.n) : (*number = 0, s);
}

static bool slug_is_lead(struct str s)
{
	return str_is_fold(s, "Ld") || str_is_fold(s, "Lead") || str_is_fold(s, "Lede") ||
	       str_is_fold(s, "Writethru") || str_is_fold(s, "WT");
}

static bool slug_is_add(struct str s)
{
	return str_is_fold(s, "Add") || str_is_fold(s, "Take") || str_is_fold(s, "Teil") || str_is_fold(s, "Insert") ||
	       str_is_fold(s, "Sub");
}

/* Words in capitals at the end, behind a comma; a kill also behind a slug that is in small letters: "BC-Flood KILL".
 * None is joined by a dash: "US-BEE-KILL" is news. */
static bool slug_alone(struct slug *slug, const struct slug_word *before, const struct slug_word *word)
{
	static const struct {
		const char *word;
		size_t flag;
	} rows[] = {
	        {"KILL", offsetof(struct slug, is_kill)},           {"WITHDRAWN", offsetof(struct slug, is_withdrawal)},
	        {"WITHHOLD", offsetof(struct slug, is_withdrawal)}, {"ADVISORY", offsetof(struct slug, is_advisory)},
	        {"ADVISORIES", offsetof(struct slug, is_advisory)}, {"BUDGET", offsetof(struct slug, is_budget)},
	        {"TEST", offsetof(struct slug, is_test)},
	};
	bool is_behind = !word->is_joined && before->s.n && !before->is_large && str_is_fold(word->s, "KILL");
	if (!word->is_large || !(word->is_listed || is_behind))
		return false;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (str_is_fold(word->s, rows[i].word))
			return *((bool *)((char *)slug + rows[i].flag)) = true;
	return false;
}

static bool slug_word_of_version(struct slug *slug, const struct slug_word *word)
{
	if (str_is_fold(word->s, "Writethru") || str_is_fold(word->s, "Writethrough"))
		return slug->is_writethru = true;
	if (word->is_large && str_is_fold(word->s, "REFILE"))
		return slug->is_refile = true;
	return word->is_large &&
	       (str_is_fold(word->s, "CORRECTED") || str_is_fold(word->s, "CORRECTION") ||
	        str_is_fold(word->s, "KORREKTUR") || str_is_fold(word->s, "BERICHTIGUNG")) &&
	       (slug->is_correction = true);
}

/* The number was read; `what` is what it counts. */
static bool slug_counted(struct slug *slug, int number, struct str what)
{
	if (slug_is_lead(what)) {
		slug->lead = number;
		slug->is_writethru = slug->is_writethru || str_is_fold(what, "Writethru");
		return true;
	}
	if (!slug_is_add(what))
		return false;
	slug->take = number;
	return slug->is_take = true;
}

/* "Take 2", "UPDATE 2". */
static bool slug_number_behind(struct slug *slug, struct str before, int number)
{
	if (str_is_fold(before, "Take") || str_is_fold(before, "Teil") || str_is_fold(before, "Add")) {
		slug->take = number;
		return slug->is_take = true;
	}
	if (!str_is_fold(before, "UPDATE") && !str_is_fold(before, "Lead") && !str_is_fold(before, "Ld"))
		return false;
	slug->lead = number;
	return true;
}

/* "BC-", "AM-", "PM-": the cycle of a day that a story is meant for. */
static struct str slug_core(struct str s)
{
	static const char *const cycles[] = {"BC-", "AM-", "PM-", "BU-"};
	for (size_t i = 0; i < sizeof(cycles) / sizeof(cycles[0]); i++)
		if (s.n > 3 && str_starts_fold(s, cycles[i]))
			s = str_slice(s, 3, s.n);
	while (s.n && slug_is_mark(s.p[s.n - 1]))
		s.n--;
	while (s.n && slug_is_mark(s.p[0]))
		s = str_slice(s, 1, s.n);
	return s;
}

/* A word that is followed by nothing but numbers (an ANPA line ends in a date and a count). */
static bool slug_is_last(struct str s, size_t at)
{
	for (; at < s.n; at++)
		if (!slug_is_mark(s.p[at]) && !(s.p[at] >= '0' && s.p[at] <= '9'))
			return false;
	return true;
}

/* "2 of 3", and nothing behind it but what is set off by a comma. */
static bool slug_is_part(const struct slug_number *pending, int parts, struct str s, size_t at)
{
	return pending->is_of && pending->number <= parts && (slug_is_last(s, at) || s.p[at] == ',');
}

bool slug_read(struct str s, struct slug *slug)
{
	struct slug_word word, before = {0};
	struct slug_number pending = {0};
	size_t at = 0, core = 0;
	bool any = false;
	s = str_trim(fold_cut(s, SLUG_BYTES_MAX));
	*slug = (struct slug){0};
	for (; slug_next(s, &at, &word); before = word) {
		int number;
		struct str behind = slug_ordinal(word.s, &number);
		size_t start = (size_t)(word.s.p - s.p);
		bool is_bare = number && !behind.n;
		bool says = slug_is_last(s, at) && slug_alone(slug, &before, &word);
		says = slug_word_of_version(slug, &word) || says;
		if (is_bare && slug_is_part(&pending, number, s, at))
			says = slug_counted(slug, pending.number, STR("Take")) || says;
		else if (is_bare)
			says = slug_number_behind(slug, before.s, number) || says;
		else if (number)
			says = slug_counted(slug, number, behind) || says;
		if (pending.number && !pending.is_of)
			says = slug_counted(slug, pending.number, word.s) || says;
		if (says && !any)
			core = pending.number ? pending.at : is_bare ? (size_t)(before.s.p - s.p) : start;
		any = any || says;
		if (pending.number && !pending.is_of && str_is_fold(word.s, "of"))
			pending.is_of = true;
		else
			pending = (struct slug_number){is_bare ? number : 0, start, false};
	}
	slug->core = slug_core(str_slice(s, 0, any ? core : s.n));
	return any;
}
