/*
 * gazetteer-make: makes the file of names out of lines. tools/make-gazetteer runs it; the same input gives the same
 * bytes.
 *
 *     gazetteer-make FILE <lines
 *
 * Lines, fields between tabs, in this order: `language TAG` and `country CODE`, each ascending; `object CLASSES SCHEME
 * NUMBER COUNTRY WEIGHT`, numbered from 0; `link NAME OBJECT LANGUAGES`, where LANGUAGES is `own`, `famous`,
 * `alternative`, or places in the list of languages between commas; `class NAME CLASSES`; `called LANGUAGE COUNTRY
 * NAME`, by places.
 *
 * Names are split by the program's own splitter (words.h), or it would not find them. Those that fold to the same words
 * with the same capitals are one name.
 */
#include "pipeline/base/check.h"
#include "pipeline/stages/entities/gazetteer.h"
#include "pipeline/stages/entities/gazetteer_file.h"
#include "pipeline/tools/list.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <xxhash.h>

#define MAKE_SETS_MAX (1U << GAZETTEER_FILE_SET_BITS)
/* Slots for seven names, and a word of the filter for five beginnings of names. */
#define MAKE_SLOTS         10
#define MAKE_SLOTS_NAMES   7
#define MAKE_FILTER_FILLED 5

#define MAKE_NO_OBJECT UINT32_MAX

/* A name with one thing that it stands for, or with a class alone. */
struct row {
	uint64_t hash;
	uint32_t object;
	uint16_t classes;
	uint8_t capitals;
	bool is_own, is_famous;
	struct gazetteer_file_set languages;
};

struct make {
	struct arena arena; /* of one line */
	struct gazetteer_file_head head;
	LIST(struct gazetteer_file_object) objects;
	LIST(struct row) rows;
	LIST(uint64_t) beginnings; /* hashes as they stand in the filter */
	LIST(struct gazetteer_file_set) sets;
	LIST(uint32_t) first_links;
	LIST(uint32_t) links;
	LIST(struct gazetteer_file_name) names;
	LIST(uint64_t) hashes; /* of the names */
	LIST(char) text;
	char languages[GAZETTEER_FILE_LANGUAGES_MAX][12];
	char countries[GAZETTEER_FILE_COUNTRIES_MAX][4];
	uint32_t country_names[GAZETTEER_FILE_LANGUAGES_MAX * GAZETTEER_FILE_COUNTRIES_MAX];
	size_t n_languages, n_countries;
	uint64_t *filter;
	uint32_t *slots;
};

/* --- reading lines -------------------------------------------------------------------------------------------- */

/* The field up to the next tab, which becomes a NUL. */
static char *make_field(char **at)
{
	static char none[1];
	char *field = *at ? *at : none;
	char *tab = strchr(field, '\t');
	if (tab)
		*tab = 0;
	*at = tab ? tab + 1 : NULL;
	return field;
}

static uint32_t make_number(char **at, uint64_t below)
{
	const char *field = make_field(at);
	char *end;
	unsigned long long value = strtoull(field, &end, 10);
	if (*end || end == field || value >= below)
		check_panic("gazetteer-make: '%s' is no number below %llu", field, (unsigned long long)below);
	return (uint32_t)value;
}

static void make_read_object(struct make *m, char *at)
{
	struct gazetteer_file_object object = {.classes = (uint16_t)make_number(&at, UINT16_MAX + 1)};
	object.scheme = (uint8_t)make_number(&at, GAZETTEER_FILE_GEONAMES + 1);
	object.number = make_number(&at, UINT32_MAX);
	const char *country = make_field(&at);
	while (object.country < m->n_countries && strcmp(m->countries[object.country], country) != 0)
		object.country++;
	object.weight = make_number(&at, UINT32_MAX);
	LIST_ADD(&m->objects, object);
}

/* The name's hash and capitals; false: it can be no name. Its beginnings go into the filter. */
static bool make_name(struct make *m, const char *text, struct row *row)
{
	bool has_long = false, has_small = false;
	struct words words = words_split(str_of(text), &m->arena);
	if (words.n == 0 || words.n > GAZETTEER_NAME_WORDS || words.at[0].kind == WORD_SIGN)
		return false;
	for (size_t i = 0; i < words.n; i++) {
		const struct word *word = &words.at[i];
		uint64_t hash = gazetteer_file_word(words_text(&words, i));
		if (!hash || (i > 0 && word->flags & WORD_PARAGRAPH))
			return false;
		if (i > 0)
			LIST_ADD(&m->beginnings, row->hash);
		row->hash = gazetteer_file_join(row->hash, hash);
		if (i == 0 && words_is_small(word))
			LIST_ADD(&m->beginnings, row->hash ^ GAZETTEER_FILE_SMALL);
		bool is_long = word->kind == WORD_LETTERS && word->end_cp - word->start_cp > 1;
		has_long |= is_long;
		has_small |= is_long && !(word->flags & WORD_UPPER_ALL);
	}
	row->capitals = words_capitals(&words, 0, words.n);
	if (!has_small && row->capitals && (has_long || words.n > 1))
		row->classes |= NAME_ACRONYM;
	return true;
}

static void make_read_link(struct make *m, char *at)
{
	struct row row = {0};
	bool is_name = make_name(m, make_field(&at), &row);
	row.object = make_number(&at, m->objects.n);
	const char *languages = make_field(&at);
	row.is_famous = strcmp(languages, "famous") == 0;
	row.is_own = row.is_famous || strcmp(languages, "own") == 0;
	bool is_alternative = strcmp(languages, "alternative") == 0;
	while (!row.is_own && !is_alternative && *languages) {
		char *end;
		unsigned long place = strtoul(languages, &end, 10);
		CHECK(end != languages && place < m->n_languages);
		row.languages.languages[place / 64] |= UINT64_C(1) << (place % 64);
		languages = end + (*end == ',');
	}
	row.classes |= m->objects.items[row.object].classes;
	if (is_name)
		LIST_ADD(&m->rows, row);
}

static void make_read_class(struct make *m, char *at)
{
	struct row row = {.object = MAKE_NO_OBJECT};
	bool is_name = make_name(m, make_field(&at), &row);
	row.classes |= (uint16_t)make_number(&at, UINT16_MAX + 1);
	if (is_name)
		LIST_ADD(&m->rows, row);
}

static void make_read_called(struct make *m, char *at)
{
	size_t language = make_number(&at, m->n_languages), country = make_number(&at, m->n_countries);
	const char *name = make_field(&at);
	if (m->text.n == 0)
		LIST_ADD(&m->text, 0);
	m->country_names[language * m->n_countries + country] = (uint32_t)m->text.n;
	do
		LIST_ADD(&m->text, *name);
	while (*name++);
}

static void make_read_line(struct make *m, char *line)
{
	char *at = line;
	const char *kind = make_field(&at);
	if (strcmp(kind, "language") == 0) {
		CHECK(m->n_languages < GAZETTEER_FILE_LANGUAGES_MAX);
		snprintf(m->languages[m->n_languages++], sizeof(m->languages[0]), "%s", make_field(&at));
	} else if (strcmp(kind, "country") == 0) {
		CHECK(m->n_countries < GAZETTEER_FILE_COUNTRIES_MAX);
		snprintf(m->countries[m->n_countries++], sizeof(m->countries[0]), "%s", make_field(&at));
	} else if (strcmp(kind, "object") == 0) {
		make_read_object(m, at);
	} else if (strcmp(kind, "link") == 0) {
		make_read_link(m, at);
	} else if (strcmp(kind, "class") == 0) {
		make_read_class(m, at);
	} else if (strcmp(kind, "called") == 0) {
		make_read_called(m, at);
	} else {
		check_panic("gazetteer-make: a line of the unknown kind '%s'", kind);
	}
}

static void make_read(struct make *m)
{
	char *line = NULL;
	size_t room = 0;
	for (ssize_t n = getline(&line, &room, stdin); n > 0; n = getline(&line, &room, stdin)) {
		line[n - (line[n - 1] == '\n')] = 0;
		arena_reset(&m->arena);
		make_read_line(m, line);
	}
	free(line);
}

/* --- putting together ----------------------------------------------------------------------------------------- */

static int make_compare_names(const struct row *a, const struct row *b)
{
	int order = (a->hash > b->hash) - (a->hash < b->hash);
	if (!order)
		order = a->capitals - b->capitals;
	return order ? order : (a->classes & NAME_ACRONYM) - (b->classes & NAME_ACRONYM);
}

static int make_compare_rows(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int order = make_compare_names(x, y);
	if (!order)
		order = (x->object > y->object) - (x->object < y->object);
	if (!order)
		order = x->classes - y->classes;
	return order;
}

static uint32_t make_set(struct make *m, const struct row *row)
{
	static const struct gazetteer_file_set none;
	if (row->is_own)
		return row->is_famous ? GAZETTEER_FILE_SET_FAMOUS : GAZETTEER_FILE_SET_OWN;
	if (memcmp(&row->languages, &none, sizeof(none)) == 0)
		return GAZETTEER_FILE_SET_ALTERNATIVE;
	for (size_t i = GAZETTEER_FILE_SETS_NAMED; i < m->sets.n; i++) {
		if (memcmp(&m->sets.items[i], &row->languages, sizeof(row->languages)) == 0)
			return (uint32_t)i;
	}
	if (m->sets.n == MAKE_SETS_MAX)
		check_panic("gazetteer-make: more than %u sets of languages", MAKE_SETS_MAX);
	LIST_ADD(&m->sets, row->languages);
	return (uint32_t)m->sets.n - 1;
}

/* The links of rows that are one name; rows of one object are one link. Returns all the name's classes. */
static uint16_t make_links(struct make *m, const struct row *rows, size_t n)
{
	uint16_t classes = 0;
	for (size_t i = 0; i < n;) {
		struct row row = rows[i];
		for (; i < n && rows[i].object == row.object; i++) {
			row.is_own |= rows[i].is_own;
			row.is_famous |= rows[i].is_famous;
			classes |= rows[i].classes;
			for (size_t l = 0; l < sizeof(row.languages) / 8; l++)
				row.languages.languages[l] |= rows[i].languages.languages[l];
		}
		if (row.object != MAKE_NO_OBJECT)
			LIST_ADD(&m->links, row.object << GAZETTEER_FILE_SET_BITS | make_set(m, &row));
	}
	return classes;
}

/* Names that have links, or those that have none. */
static void make_names(struct make *m, bool linked)
{
	const struct row *rows = m->rows.items;
	for (size_t i = 0, end; i < m->rows.n; i = end) {
		for (end = i + 1; end < m->rows.n && make_compare_names(&rows[i], &rows[end]) == 0;)
			end++;
		/* Rows without an object stand behind the others. */
		if ((rows[i].object != MAKE_NO_OBJECT) != linked)
			continue;
		if (linked)
			LIST_ADD(&m->first_links, (uint32_t)m->links.n);
		struct gazetteer_file_name name = {.classes = make_links(m, &rows[i], end - i),
		                                   .capitals = rows[i].capitals,
		                                   .check = gazetteer_file_name_check(rows[i].hash)};
		LIST_ADD(&m->names, name);
		LIST_ADD(&m->hashes, rows[i].hash);
	}
}

static void make_slots(struct make *m)
{
	uint32_t n = (uint32_t)(m->names.n * MAKE_SLOTS / MAKE_SLOTS_NAMES + 8);
	if (m->names.n >= 1U << (32 - GAZETTEER_FILE_CHECK_BITS))
		check_panic("gazetteer-make: %zu names are too many", m->names.n);
	m->slots = calloc(n, sizeof(*m->slots));
	CHECK(m->slots);
	for (size_t i = 0; i < m->names.n; i++) {
		uint32_t at = gazetteer_file_slot(m->hashes.items[i], n);
		while (m->slots[at])
			at = at + 1 == n ? 0 : at + 1;
		m->slots[at] =
		        (uint32_t)(i + 1) << GAZETTEER_FILE_CHECK_BITS | gazetteer_file_slot_check(m->hashes.items[i]);
	}
	m->head.n_slots = n;
}

static int make_compare_hashes(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static void make_filter(struct make *m)
{
	size_t different = 0;
	qsort(m->beginnings.items, m->beginnings.n, sizeof(uint64_t), make_compare_hashes);
	for (size_t i = 0; i < m->beginnings.n; i++)
		different += i == 0 || m->beginnings.items[i] != m->beginnings.items[i - 1];
	m->head.n_filter = (uint32_t)(different / MAKE_FILTER_FILLED + 1);
	m->filter = calloc(m->head.n_filter, sizeof(*m->filter));
	CHECK(m->filter);
	for (size_t i = 0; i < m->beginnings.n; i++) {
		struct gazetteer_file_filter f = gazetteer_file_filter(m->beginnings.items[i], m->head.n_filter);
		m->filter[f.at] |= f.bits;
	}
}

static void make_put_together(struct make *m)
{
	static const struct gazetteer_file_set none;
	for (size_t i = 0; i < GAZETTEER_FILE_SETS_NAMED; i++)
		LIST_ADD(&m->sets, none);
	qsort(m->rows.items, m->rows.n, sizeof(struct row), make_compare_rows);
	make_names(m, true);
	m->head.n_linked = (uint32_t)m->names.n;
	LIST_ADD(&m->first_links, (uint32_t)m->links.n);
	make_names(m, false);
	make_slots(m);
	make_filter(m);
	if (m->text.n == 0)
		LIST_ADD(&m->text, 0);
}

/* --- writing -------------------------------------------------------------------------------------------------- */

struct make_part {
	const void *p;
	size_t bytes;
};

static bool make_write_parts(struct make *m, const struct make_part *parts, size_t n, const char *path)
{
	XXH3_state_t *state = XXH3_createState();
	CHECK(state);
	XXH3_64bits_reset(state);
	for (size_t i = 0; i < n; i++)
		XXH3_64bits_update(state, parts[i].p, parts[i].bytes);
	m->head.checksum = XXH3_64bits_digest(state);
	XXH3_freeState(state);
	FILE *file = fopen(path, "wb");
	bool done = file != NULL;
	for (size_t i = 0; done && i < n; i++)
		done = fwrite(parts[i].p, 1, parts[i].bytes, file) == parts[i].bytes;
	if (file && fclose(file) != 0)
		done = false;
	if (!done)
		fprintf(stderr, "gazetteer-make: cannot write '%s': %s\n", path, strerror(errno));
	return done;
}

#define MAKE_PART(list)                                                                                                \
	{                                                                                                              \
		(list).items, (list).n * sizeof(*(list).items)                                                         \
	}

static bool make_write(struct make *m, const char *path)
{
	struct gazetteer_file_head *head = &m->head;
	const struct make_part parts[] = {
	        {head, sizeof(*head)},
	        {m->filter, head->n_filter * sizeof(*m->filter)},
	        MAKE_PART(m->sets),
	        MAKE_PART(m->objects),
	        MAKE_PART(m->first_links),
	        MAKE_PART(m->links),
	        {m->slots, head->n_slots * sizeof(*m->slots)},
	        {m->country_names, m->n_languages * m->n_countries * sizeof(*m->country_names)},
	        {m->languages, m->n_languages * sizeof(m->languages[0])},
	        {m->countries, m->n_countries * sizeof(m->countries[0])},
	        MAKE_PART(m->names),
	        MAKE_PART(m->text),
	};
	size_t n = sizeof(parts) / sizeof(parts[0]);
	memcpy(head->magic, GAZETTEER_FILE_MAGIC, sizeof(head->magic));
	head->version = GAZETTEER_FILE_VERSION;
	head->n_sets = (uint32_t)m->sets.n;
	head->n_objects = (uint32_t)m->objects.n;
	head->n_links = (uint32_t)m->links.n;
	head->n_languages = (uint32_t)m->n_languages;
	head->n_countries = (uint32_t)m->n_countries;
	head->n_names = (uint32_t)m->names.n;
	head->n_text = (uint32_t)m->text.n;
	for (size_t i = 0; i < n; i++)
		head->bytes += parts[i].bytes;
	if (!make_write_parts(m, parts, n, path))
		return false;
	printf("%u names, %u of them linked to %u things by %u links; %u slots, filter of %u, %u sets; %llu bytes, "
	       "XXH3 %016llx\n",
	       head->n_names, head->n_linked, head->n_objects, head->n_links, head->n_slots, head->n_filter,
	       head->n_sets, (unsigned long long)head->bytes, (unsigned long long)head->checksum);
	return true;
}

static void make_free(struct make *m)
{
	void *const parts[] = {
	        m->objects.items, m->rows.items,  m->beginnings.items, m->sets.items, m->first_links.items,
	        m->links.items,   m->names.items, m->hashes.items,     m->text.items, m->filter,
	        m->slots};
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		free(parts[i]);
	arena_free(&m->arena);
	free(m);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: gazetteer-make FILE <lines\n");
		return 2;
	}
	struct make *m = calloc(1, sizeof(*m));
	CHECK(m);
	arena_init(&m->arena, 0, 0);
	make_read(m);
	make_put_together(m);
	bool done = make_write(m, argv[1]);
	make_free(m);
	return done ? 0 : 4;
}
