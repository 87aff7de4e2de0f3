/*
 * Names without a tagger: a text has the marks in it that the tagger would make, <Vladimir Putin>P for a person, O for
 * an organisation, L for a place; digits behind a letter are the margin. What is found comes back as a line to compare.
 */
#ifndef WIREDESK_ENTITIES_DESK_H
#define WIREDESK_ENTITIES_DESK_H

#include "tests/harness.h"

#include "pipeline/base/arena.h"
#include "pipeline/stages/entities/cites.h"
#include "pipeline/stages/entities/names.h"

#define DESK_GAZETTEER WD_SOURCE_DIR "/pipeline/stages/entities/names.gazetteer"
#define DESK_MARKS_MAX 256

struct desk {
	struct arena arena;
	struct gazetteer *gazetteer;
	struct link dateline; /* of the next story */
	struct str place;
	struct words words;
	struct reading reading;
	struct mentions mentions;
	struct names names;
};

static inline int desk_set_up(void **state)
{
	static struct desk desk;
	struct err err = {0};
	memset(&desk, 0, sizeof desk);
	arena_init(&desk.arena, 0, 0);
	desk.gazetteer = gazetteer_open(DESK_GAZETTEER, &err);
	*state = &desk;
	return desk.gazetteer ? 0 : -1;
}

static inline int desk_tear_down(void **state)
{
	struct desk *desk = *state;
	gazetteer_close(&desk->gazetteer);
	arena_free(&desk->arena);
	return 0;
}

struct desk_mark {
	size_t start, end; /* bytes of the text without marks */
	enum name_type type;
	float margin;
};

/* Takes the marks out of a text. */
static inline struct str desk_unmark(struct arena *arena, const char *marked, struct desk_mark *marks, size_t *n)
{
	char *text = arena_alloc(arena, strlen(marked) + 1);
	size_t at = 0;
	*n = 0;
	for (const char *c = marked; *c; c++) {
		if (*c == '<') {
			marks[*n].start = at;
		} else if (*c == '>') {
			c++;
			marks[*n].end = at;
			marks[*n].type = *c == 'P' ? NAME_IS_PERSON : *c == 'O' ? NAME_IS_ORGANISATION : NAME_IS_PLACE;
			bool has_margin = c[1] >= '0' && c[1] <= '9';
			marks[(*n)++].margin = has_margin ? (float)(*++c - '0') : 3.0f;
			assert_true(*n < DESK_MARKS_MAX);
		} else {
			text[at++] = *c;
		}
	}
	return str_make(text, at);
}

static inline struct tagged *desk_tagged(struct desk *desk, const struct desk_mark *marks, size_t n)
{
	struct tagged *tagged = arena_alloc(&desk->arena, (n + 1) * sizeof *tagged);
	size_t word = 0;
	for (size_t i = 0; i < n; i++) {
		while (desk->words.at[word].start < marks[i].start)
			word++;
		size_t first = word;
		while (word < desk->words.n && desk->words.at[word].end <= marks[i].end)
			word++;
		tagged[i] = (struct tagged){(uint32_t)first, (uint32_t)(word - first), marks[i].type, marks[i].margin};
	}
	return tagged;
}

/* Finds mentions and names in a marked text. */
static inline void desk_read(struct desk *desk, const char *language, const char *marked)
{
	struct desk_mark marks[DESK_MARKS_MAX];
	size_t n;
	struct str text = desk_unmark(&desk->arena, marked, marks, &n);
	desk->words = words_split(text, &desk->arena);
	struct name_match *matches = arena_alloc(&desk->arena, (desk->words.n + 1) * sizeof *matches);
	desk->reading = reading_start(&desk->words, desk->gazetteer, str_of(language), &desk->arena);
	desk->reading.matches = matches;
	desk->reading.n_matches = gazetteer_match(desk->gazetteer, &desk->words, matches, desk->words.n);
	desk->mentions = mentions_find(&desk->reading, &(struct marks){desk_tagged(desk, marks, n), n},
	                               &(struct marks_known){.place = desk->place});
	desk->names = names_find(&desk->reading, &desk->mentions, &desk->dateline);
}

static inline struct str desk_text(const struct desk *desk, uint32_t mention)
{
	const struct mention *m = &desk->mentions.at[mention];
	return reading_name(&desk->reading, m->first, m->n);
}

/* Mentions in their order, each with the fullest form of its name unless that is the same: "Putin = Vladimir Putin". */
static inline const char *desk_shown(struct desk *desk)
{
	struct str line = STR("");
	for (uint32_t i = 0; i < desk->mentions.n; i++) {
		const struct mention *m = &desk->mentions.at[i];
		const char *bar = line.n ? " | " : "";
		struct str text = desk_text(desk, i);
		if (m->name == MENTION_NAMELESS)
			continue;
		const struct name *name = &desk->names.at[m->name];
		struct str full = desk_text(desk, name->full);
		line = arena_printf(&desk->arena, "%.*s%s%c:%.*s", STR_ARG(line), bar, "POL"[name->type],
		                    STR_ARG(text));
		if (!str_eq(full, text))
			line = arena_printf(&desk->arena, "%.*s = %.*s", STR_ARG(line), STR_ARG(full));
	}
	return line.n ? line.p : "";
}

/* The id that the first name of a text got, without its address; empty: none. */
static inline const char *desk_id(struct desk *desk, const char *name)
{
	for (uint32_t i = 0; i < desk->mentions.n; i++) {
		const struct mention *m = &desk->mentions.at[i];
		if (m->name == MENTION_NAMELESS || !str_is(desk_text(desk, i), name))
			continue;
		const char *uri = desk->names.at[m->name].link.uri;
		const char *id = strrchr(uri, 'Q');
		return id ? id : uri + (strncmp(uri, "https://sws.geonames.org/", 25) == 0 ? 25 : 0);
	}
	return "not there";
}

static inline void desk_assert(void **state, const char *language, const char *marked, const char *shown)
{
	desk_read(*state, language, marked);
	assert_string_equal(desk_shown(*state), shown);
}

#endif
