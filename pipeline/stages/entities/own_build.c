/*
 * Rows to things and links. See own_build.h.
 */
#include "pipeline/stages/entities/own_build_inside.h"

#include "pipeline/base/grow.h"
#include "pipeline/stages/entities/gazetteer_file.h"
#include "pipeline/stages/entities/words.h"

#define OWN_BUILD_LINKS_MAX (UINT32_C(1) << 28)
#define OWN_BUILD_TEXT_MAX  (UINT32_MAX - 2 * OWN_FILE_NAME_BYTES)
#define OWN_BUILD_SHORT     4 /* letters of one word: where it says its language, it is looked for in that alone */
#define OWN_BUILD_EXACT     3 /* letters of one word that stands as it is written, or not at all */

struct own_build *own_build_new(const struct own_build_options *options)
{
	struct own_build *b = grow(NULL, 1, sizeof *b);
	*b = (struct own_build){.options = *options};
	arena_init(&b->scratch, 0, 0);
	own_build_keep_text(b, STR(""));
	b->languages = grow(NULL, OWN_FILE_LANGUAGES_MAX, sizeof *b->languages);
	memset(b->languages, 0, OWN_FILE_LANGUAGES_MAX * sizeof *b->languages);
	b->n_languages = 1;
	return b;
}

void own_build_free(struct own_build **build)
{
	struct own_build *b = *build;
	*build = NULL;
	if (!b)
		return;
	arena_free(&b->scratch);
	free(b->text);
	free(b->objects);
	free(b->titles);
	free(b->links);
	free(b->languages);
	free(b->by_uri.at);
	free(b->by_text.at);
	free(b);
}

/* --- names -------------------------------------------------------------------------------------------------------- */

struct own_name {
	struct words words;
	size_t letters, upper, first_upper;
	uint64_t hash;
};

/* NULL, or why nothing is found by such a name. */
static const char *own_build_read_name(struct own_build *b, struct str text, struct own_name *name)
{
	*name = (struct own_name){.words = words_split(text, &b->scratch)};
	if (name->words.n > OWN_FILE_NAME_WORDS)
		return "has more than 64 words";
	for (size_t i = 0; i < name->words.n; i++) {
		const struct word *w = &name->words.at[i];
		uint64_t hash = gazetteer_file_word(words_text(&name->words, i));
		if (!hash)
			return "has a word that is longer than any";
		name->hash = gazetteer_file_join(name->hash, hash);
		if (w->kind != WORD_LETTERS)
			continue;
		name->letters += w->end_cp - w->start_cp;
		name->first_upper += (w->flags & WORD_UPPER_FIRST) != 0;
		if (w->flags & WORD_UPPER_ALL || (w->flags & WORD_UPPER_FIRST && w->end_cp - w->start_cp == 1))
			name->upper += w->end_cp - w->start_cp;
	}
	if (!name->letters)
		return "has no letter";
	return name->letters == 1 && name->words.n == 1 ? "is a single letter" : NULL;
}

static bool own_build_has_inner_capital(const struct own_name *name)
{
	for (size_t i = 0; i < name->words.n; i++) {
		struct str text = words_text(&name->words, i);
		struct str rest = str_slice(text, 1, text.n);
		for (size_t k = 0; k < rest.n; k++)
			if (rest.p[k] >= 'A' && rest.p[k] <= 'Z')
				return true;
	}
	return false;
}

/* In which case it must stand in a text: see own_file_rule. */
static uint8_t own_build_rule(const struct own_name *name, uint16_t language)
{
	uint8_t rule = 0;
	bool caseless = name->words.at[0].flags & (WORD_CASELESS | WORD_ALONE), single = name->words.n == 1;
	size_t words = 0;
	for (size_t i = 0; i < name->words.n; i++)
		words += name->words.at[i].kind == WORD_LETTERS;
	if (name->letters <= OWN_BUILD_SHORT && language && words == 1)
		rule |= OWN_ITS_LANGUAGE;
	if (caseless)
		return rule;
	if (name->upper == name->letters && words == 1 && name->letters > 1)
		return rule | OWN_SHORT_FORM;
	if (!name->first_upper && (single || own_build_has_inner_capital(name)))
		return rule | OWN_EXACT;
	if (!name->first_upper)
		return rule | OWN_ANY_CASE;
	return single && name->letters <= OWN_BUILD_EXACT ? rule | OWN_EXACT : rule;
}

static void own_build_link(struct own_build *b, const struct own_place *at, const struct own_name *name,
                           struct own_file_link link)
{
	if (b->n_links == OWN_BUILD_LINKS_MAX || b->n_text > OWN_BUILD_TEXT_MAX) {
		if (!b->full)
			own_build_wrong(b, at, "there are too many names; make several files of them");
		b->full = true;
		return;
	}
	link.capitals = words_capitals(&name->words, 0, name->words.n);
	link.rule = own_build_rule(name, link.language);
	b->links = own_build_grow(b->links, b->n_links, &b->links_room, sizeof *b->links);
	b->links[b->n_links++] = (struct own_link){name->hash, link};
}

/* Adds a name of an object; false: it is none. */
static bool own_build_add_name(struct own_build *b, const struct own_place *at, const struct own_cell *cell,
                               const char *what, uint32_t object, uint16_t language)
{
	struct own_name name;
	struct own_place place = own_build_at(at, cell);
	if (!cell->text.n) {
		own_build_wrong(b, &place, "the %s is empty", what);
		return false;
	}
	if (!own_build_is_text(b, at, cell, what, OWN_FILE_NAME_BYTES))
		return false;
	const char *why = own_build_read_name(b, cell->text, &name);
	if (why)
		own_build_warn(b, &place, "the %s '%s' %s, so nothing is found by it", what,
		               own_build_show(cell->text).p, why);
	else
		own_build_link(b, &place, &name,
		               (struct own_file_link){.text = own_build_keep_text(b, cell->text),
		                                      .object = object,
		                                      .language = language});
	return true;
}

/* --- rows --------------------------------------------------------------------------------------------------------- */

/* What an object is called in a language: said once, or the same again. */
static void own_build_title(struct own_build *b, const struct own_place *at, uint32_t object, uint16_t language,
                            const struct own_cell *name)
{
	struct own_object *o = &b->objects[object];
	struct own_place place = own_build_at(at, name);
	uint32_t text = own_build_keep_text(b, name->text);
	for (uint32_t i = o->titles; i != OWN_BUILD_NONE; i = b->titles[i].next) {
		if (b->titles[i].language != language)
			continue;
		if (b->titles[i].text != text)
			own_build_wrong(
			        b, &place,
			        "the id '%s' is called '%s' here and '%s' in %s:%llu%s; make one of them an alias",
			        own_build_show(own_build_text(b, o->uri)).p, own_build_show(name->text).p,
			        own_build_show(own_build_text(b, b->titles[i].text)).p, o->at.file,
			        (unsigned long long)o->at.line, language ? ", in the same language" : "");
		return;
	}
	b->titles = own_build_grow(b->titles, b->n_titles, &b->titles_room, sizeof *b->titles);
	b->titles[b->n_titles] = (struct own_title){text, o->titles, language};
	o->titles = (uint32_t)b->n_titles++;
}

/* The row says what the object is; one before it may have said so, too. */
static bool own_build_define(struct own_build *b, const struct own_place *at, uint32_t object,
                             const struct own_row *row)
{
	struct own_object *o = &b->objects[object];
	int type = own_build_type(b, at, &row->type);
	struct own_place place = own_build_at(at, &row->type);
	if (type == OWN_BUILD_NO_TYPE)
		return false;
	if (o->alias_of != OWN_BUILD_NONE) {
		own_build_wrong(b, at, "the id '%s' is another one's alias in %s:%llu, and a %s here",
		                own_build_show(own_build_text(b, o->uri)).p, o->alias_file,
		                (unsigned long long)o->alias_line, name_type_words[type]);
		return false;
	}
	if (o->at.file && o->type != type) {
		own_build_wrong(b, &place, "the id '%s' is a %s here and a %s in %s:%llu",
		                own_build_show(own_build_text(b, o->uri)).p, name_type_words[type],
		                name_type_words[o->type], o->at.file, (unsigned long long)o->at.line);
		return false;
	}
	if (!o->at.file)
		o->at = *at;
	o->type = type;
	return true;
}

/* The row's id is another one's; false: that cannot be. */
static bool own_build_redirect(struct own_build *b, const struct own_place *at, const struct own_row *row, uint32_t to)
{
	if (!row->id.text.n)
		return true;
	uint32_t object = own_build_id(b, at, &row->id);
	if (object == OWN_BUILD_NONE)
		return false;
	struct own_object *o = &b->objects[object];
	struct own_place place = own_build_at(at, &row->id);
	if (o->at.file || (o->alias_of != OWN_BUILD_NONE && o->alias_of != to)) {
		own_build_wrong(b, &place, "the id '%s' is something else in %s:%llu",
		                own_build_show(own_build_text(b, o->uri)).p, o->at.file ? o->at.file : o->alias_file,
		                (unsigned long long)(o->at.file ? o->at.line : o->alias_line));
		return false;
	}
	o->alias_of = to;
	o->alias_file = at->file;
	o->alias_line = at->line;
	return true;
}

/* The object that a row's names are of; OWN_BUILD_NONE: the row is wrong. */
static uint32_t own_build_row_object(struct own_build *b, const struct own_place *at, const struct own_row *row)
{
	uint32_t object;
	if (row->alias_of.text.n) {
		object = own_build_id(b, at, &row->alias_of);
		bool good = object != OWN_BUILD_NONE && own_build_redirect(b, at, row, object);
		if (good && row->type.text.n && own_build_type(b, at, &row->type) == OWN_BUILD_NO_TYPE)
			good = false;
		if (good && !b->objects[object].at.file && !b->objects[object].alias_line) {
			b->objects[object].alias_line = at->line; /* for what points nowhere */
			b->objects[object].alias_file = at->file;
		}
		return good ? object : OWN_BUILD_NONE;
	}
	object = row->id.text.n ? own_build_id(b, at, &row->id) : own_build_new_object(b);
	return object != OWN_BUILD_NONE && own_build_define(b, at, object, row) ? object : OWN_BUILD_NONE;
}

void own_build_add(struct own_build *build, const struct own_place *at, const struct own_row *row)
{
	struct own_build *b = build;
	uint16_t language;
	b->counts.rows++;
	arena_reset(&b->scratch);
	if (!row->name.text.n) {
		struct own_place place = own_build_at(at, &row->name);
		own_build_wrong(b, &place, "the name is empty");
		return;
	}
	if (!own_build_language(b, at, &row->language, &language))
		return;
	uint32_t object = own_build_row_object(b, at, row);
	if (object == OWN_BUILD_NONE || !own_build_add_name(b, at, &row->name, "name", object, language))
		return;
	if (!row->alias_of.text.n)
		own_build_title(b, at, object, language, &row->name);
	for (size_t i = 0; i < row->n_aliases; i++)
		own_build_add_name(b, at, &row->aliases[i], "alias", object, language);
}

/* --- all of them -------------------------------------------------------------------------------------------------- */

#define OWN_BUILD_ON_THE_WAY (UINT32_MAX - 1)

/* What an object is in the end, aliases followed; OWN_BUILD_NONE: nothing, which is said. */
static uint32_t own_build_follow(struct own_build *b, uint32_t object)
{
	uint32_t at = object;
	while (b->objects[at].alias_of != OWN_BUILD_NONE && b->objects[at].number != OWN_BUILD_ON_THE_WAY) {
		b->objects[at].number = OWN_BUILD_ON_THE_WAY;
		at = b->objects[at].alias_of;
	}
	const struct own_object *end = &b->objects[at];
	struct own_place place = {end->alias_file, end->alias_line, 0};
	bool loops = end->alias_of != OWN_BUILD_NONE;
	if (loops)
		own_build_wrong(b, &place, "the id '%s' is an alias of itself, by way of others",
		                own_build_show(own_build_text(b, end->uri)).p);
	else if (!end->at.file && end->alias_line)
		own_build_wrong(b, &place, "an alias of '%s', but there is no row with that id",
		                own_build_show(own_build_text(b, end->uri)).p);
	uint32_t root = loops || !end->at.file ? OWN_BUILD_NONE : at;
	/* The way behind: each knows its end at once. A loop is said once. */
	for (uint32_t i = object; b->objects[i].number == OWN_BUILD_ON_THE_WAY;) {
		uint32_t next = b->objects[i].alias_of;
		b->objects[i].number = 0;
		b->objects[i].alias_of = root;
		b->objects[i].alias_line = root == OWN_BUILD_NONE ? 0 : b->objects[i].alias_line;
		i = next;
	}
	if (root == OWN_BUILD_NONE)
		b->objects[at].alias_line = 0;
	return root;
}

static int own_build_compare(const void *a, const void *b)
{
	const struct own_link *one = a, *other = b;
	if (one->hash != other->hash)
		return one->hash < other->hash ? -1 : 1;
	if (one->link.object != other->link.object)
		return one->link.object < other->link.object ? -1 : 1;
	if (one->link.text != other->link.text)
		return one->link.text < other->link.text ? -1 : 1;
	return (one->link.language > other->link.language) - (one->link.language < other->link.language);
}

/* How often a name has been met. */
struct own_met {
	size_t links, things;
	bool is_cut;
};

/* Is there room for one more link of the name? What is cut off is said once. */
static bool own_build_has_room(struct own_build *b, struct own_met *met, const struct own_link *link)
{
	if (met->things <= OWN_FILE_THINGS_MAX && met->links <= OWN_FILE_LINKS_MAX)
		return true;
	if (met->is_cut)
		return false;
	met->is_cut = true;
	struct own_shown name = own_build_show(own_build_text(b, link->link.text));
	if (met->things > OWN_FILE_THINGS_MAX)
		own_build_warn(b, NULL, "more than %d things are called '%s'; the others are left out",
		               OWN_FILE_THINGS_MAX, name.p);
	else
		own_build_warn(b, NULL, "'%s' is said of things more than %d times; the others are left out", name.p,
		               OWN_FILE_LINKS_MAX);
	return false;
}

/* In the order of the names; each said once, and no name with more things than anybody can tell apart. */
static void own_build_sort(struct own_build *b)
{
	size_t kept = 0;
	struct own_met met = {0};
	if (b->n_links)
		qsort(b->links, b->n_links, sizeof *b->links, own_build_compare);
	for (size_t i = 0; i < b->n_links; i++) {
		const struct own_link link = b->links[i], *before = i ? &b->links[i - 1] : NULL;
		if (before && own_build_compare(before, &link) == 0)
			continue;
		if (!before || before->hash != link.hash)
			met = (struct own_met){0};
		met.things += !met.links || before->link.object != link.link.object;
		met.links++;
		if (own_build_has_room(b, &met, &link))
			b->links[kept++] = link;
	}
	b->n_links = kept;
	for (size_t i = 0; i < kept; i++)
		if (i + 1 == kept || b->links[i].hash != b->links[i + 1].hash)
			b->links[i].link.rule |= OWN_LAST;
}

bool own_build_end(struct own_build *build)
{
	struct own_build *b = build;
	for (uint32_t i = 0; i < b->n_objects; i++)
		if (b->objects[i].alias_of != OWN_BUILD_NONE || (!b->objects[i].at.file && b->objects[i].alias_line))
			own_build_follow(b, i);
	if (!b->counts.errors && !b->n_links)
		own_build_wrong(b, NULL, "there is no name in what was given");
	if (b->counts.errors)
		return false;
	for (size_t i = 0; i < b->n_links; i++) {
		struct own_file_link *link = &b->links[i].link;
		if (b->objects[link->object].alias_of != OWN_BUILD_NONE)
			link->object = b->objects[link->object].alias_of;
	}
	own_build_sort(b);
	b->counts.names = b->n_links;
	for (size_t i = 0; i < b->n_objects; i++)
		if (b->objects[i].at.file)
			b->objects[i].number = (uint32_t)b->counts.things++;
	return true;
}

struct own_build_counts own_build_count(const struct own_build *build)
{
	return build->counts;
}
