/* The table of agencies and what surrounds their names. See agencies.h. */
#include "pipeline/words/agencies.h"

#include "pipeline/words/fold.h"
#include "pipeline/words/sorted.h"

#define COUNT(array)       (sizeof(array) / sizeof((array)[0]))
#define AGENCIES_BYTES_MAX 60
#define AGENCIES_PARTS_MAX 4

static const struct str agencies_names[] = {
#define AGENCY(name) STR_INIT(name),
#define AGENCY_WORD(word)
#define AGENCY_DESK(word)
#include "pipeline/words/agencies.def"
#undef AGENCY
#undef AGENCY_WORD
#undef AGENCY_DESK
};

static const struct str agencies_words[] = {
#define AGENCY(name)
#define AGENCY_WORD(word) STR_INIT(word),
#define AGENCY_DESK(word) STR_INIT(word),
#include "pipeline/words/agencies.def"
#undef AGENCY
#undef AGENCY_WORD
#undef AGENCY_DESK
};

static const struct str agencies_desks[] = {
#define AGENCY(name)
#define AGENCY_WORD(word)
#define AGENCY_DESK(word) STR_INIT(word),
#include "pipeline/words/agencies.def"
#undef AGENCY
#undef AGENCY_WORD
#undef AGENCY_DESK
};

/* A bit for each length that a name has. */
#define AGENCIES_BIT(n) (UINT64_C(1) << ((n)&63))

static bool agencies_may_have(struct str folded)
{
	static const uint64_t lengths = 0
#define AGENCY(name) | AGENCIES_BIT(sizeof(name) - 1)
#define AGENCY_WORD(word)
#define AGENCY_DESK(word)
#include "pipeline/words/agencies.def"
#undef AGENCY
#undef AGENCY_WORD
#undef AGENCY_DESK
	        ;
	return folded.n && lengths & AGENCIES_BIT(folded.n);
}

static bool agencies_has(struct str folded)
{
	return agencies_may_have(folded) && sorted_has(agencies_names, COUNT(agencies_names), folded);
}

/* Is each part between blanks and strokes an agency's name? */
static bool agencies_has_parts(struct str folded)
{
	size_t parts = 0;
	for (size_t at = 0; at < folded.n; parts++) {
		size_t end = at;
		while (end < folded.n && folded.p[end] != '/' && folded.p[end] != ' ')
			end++;
		if (!agencies_has(str_slice(folded, at, end)) || parts == AGENCIES_PARTS_MAX)
			return false;
		at = end + 1;
	}
	return parts > 0;
}

static struct str agencies_fold(struct str name, char *room, size_t n)
{
	return str_make(room, name.n <= AGENCIES_BYTES_MAX ? fold_text(name, room, n) : 0);
}

bool agencies_is(struct str name)
{
	char room[2 * AGENCIES_BYTES_MAX];
	struct str folded = agencies_fold(name, room, sizeof(room));
	return folded.n && (agencies_has(folded) || agencies_has_parts(folded));
}

bool agencies_is_desk(struct str name)
{
	char room[2 * AGENCIES_BYTES_MAX];
	struct str folded = agencies_fold(name, room, sizeof(room));
	for (size_t i = 0; i < COUNT(agencies_desks); i++)
		if (str_starts(folded, agencies_desks[i]))
			return true;
	return false;
}

bool agencies_is_like(struct str name)
{
	char room[2 * AGENCIES_BYTES_MAX];
	struct str folded = agencies_fold(name, room, sizeof(room));
	for (size_t i = 0; i < COUNT(agencies_words); i++) {
		struct str word = agencies_words[i];
		bool more = folded.n > word.n;
		if (more && str_starts(folded, word) && folded.p[word.n] == ' ')
			return true;
		if (more && str_ends(folded, word) && folded.p[folded.n - word.n - 1] == ' ')
			return true;
	}
	return false;
}
