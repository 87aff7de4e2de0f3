/*
 * Mapped once, checked as a whole, then trusted. A text costs one look into the filter for each word; only what the
 * filter knows as a name's beginning is looked up, and compared letter by letter. See own_list.h and own_file.h.
 */
#include "pipeline/stages/entities/own_list.h"

#include "pipeline/base/check.h"
#include "pipeline/base/mapped.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stages/entities/gazetteer_file.h"
#include "pipeline/stages/entities/own_file.h"

#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#define OWN_LIST_AHEAD     8    /* words before one is looked at what it needs is asked for */
#define OWN_LIST_BLOCK_MAX 1024 /* slots in use without a free one between: far more than chance puts there */
#define OWN_LIST_LINE      32   /* words of it that are looked at, in each direction */
#define OWN_LIST_SHORT     4    /* letters of a short form that a line in capitals hides */

struct own_list {
	struct mapped file;
	const struct own_file_head *head;
	const uint64_t *filter;
	const struct own_file_slot *slots;
	const struct own_file_link *links;
	const struct own_file_object *objects;
	const struct own_file_title *titles;
	const char (*languages)[OWN_FILE_LANGUAGE_BYTES];
	const char *text;
};

/* --- letters ------------------------------------------------------------------------------------------------------ */

/* The next character that is no white space; 0: the end. */
static uint32_t own_list_next(struct str s, size_t *at)
{
	while (*at < s.n) {
		uint32_t c = utf8_next(s, at);
		if (!u_isUWhiteSpace((UChar32)c))
			return c;
	}
	return 0;
}

/* Are the letters the same but for case, white space and kinds of hyphens and apostrophes aside? exact: in case, too.
 */
static bool own_list_equal(struct str a, struct str b, bool exact)
{
	size_t at_a = 0, at_b = 0;
	for (;;) {
		uint32_t one = own_list_next(a, &at_a), other = own_list_next(b, &at_b);
		if (one == other && !one)
			return true;
		bool same = one == other || (gazetteer_file_fold(one) == gazetteer_file_fold(other) &&
		                             !(exact && u_isalpha((UChar32)one)));
		if (!same)
			return false;
	}
}

/* --- opening ------------------------------------------------------------------------------------------------------ */

static const struct mapped_kind own_list_kind = {
        .name = "gazetteer",
        .magic = OWN_FILE_MAGIC,
        .version = OWN_FILE_VERSION,
        .head_bytes = sizeof(struct own_file_head),
        .bytes_max = OWN_FILE_BYTES_MAX,
        .bytes_at = offsetof(struct own_file_head, bytes),
        .checksum_at = offsetof(struct own_file_head, checksum),
        .advice = "make it again with 'wiredesk gazetteer build'",
};

static bool own_list_lay_out(struct own_list *l)
{
	const struct own_file_head *head = l->head;
	const char *at = (const char *)(head + 1);
	size_t left = l->file.n - sizeof(*head);
	l->filter = mapped_part(&at, &left, head->n_filter, sizeof(*l->filter));
	l->slots = mapped_part(&at, &left, head->n_slots, sizeof(*l->slots));
	l->links = mapped_part(&at, &left, head->n_links, sizeof(*l->links));
	l->objects = mapped_part(&at, &left, head->n_objects, sizeof(*l->objects));
	l->titles = mapped_part(&at, &left, head->n_titles, sizeof(*l->titles));
	l->languages = mapped_part(&at, &left, head->n_languages, sizeof(*l->languages));
	l->text = mapped_part(&at, &left, head->n_text, 1);
	return left == 0;
}

/* What stands on its own: names, texts, languages. */
static bool own_list_text_is_sound(const struct own_list *l)
{
	const struct own_file_head *head = l->head;
	if (!memchr(head->name, 0, sizeof(head->name)) || !head->name[0])
		return false;
	if (!head->n_text || l->text[0] || l->text[head->n_text - 1])
		return false;
	if (!head->n_languages || head->n_languages > OWN_FILE_LANGUAGES_MAX || l->languages[0][0])
		return false;
	for (size_t i = 0; i < head->n_languages; i++)
		if (!memchr(l->languages[i], 0, sizeof(l->languages[i])))
			return false;
	return utf8_is_valid(str_make(l->text, head->n_text)) && utf8_is_valid(str_of(head->name));
}

/* A text begins behind the end of another. */
static bool own_list_has_text(const struct own_list *l, uint32_t at)
{
	return at && at < l->head->n_text && !l->text[at - 1] && l->text[at];
}

static bool own_list_begins_name(const struct own_list *l, size_t link)
{
	return link == 0 || l->links[link - 1].rule & OWN_LAST;
}

static bool own_list_links_are_sound(const struct own_list *l)
{
	const struct own_file_head *head = l->head;
	for (size_t i = 0, run = 0; i < head->n_links; i++) {
		const struct own_file_link *link = &l->links[i];
		if (!own_list_has_text(l, link->text) || link->object >= head->n_objects ||
		    link->language >= head->n_languages)
			return false;
		run = own_list_begins_name(l, i) ? 1 : run + 1;
		if (run > OWN_FILE_LINKS_MAX || (run > 1 && link[-1].object > link->object))
			return false;
	}
	return !head->n_links || l->links[head->n_links - 1].rule & OWN_LAST;
}

static bool own_list_objects_are_sound(const struct own_list *l)
{
	const struct own_file_head *head = l->head;
	for (size_t i = 0; i < head->n_objects; i++) {
		const struct own_file_object *object = &l->objects[i];
		if ((object->uri && !own_list_has_text(l, object->uri)) || object->title >= head->n_titles ||
		    object->type > NAME_IS_PLACE)
			return false;
	}
	for (size_t i = 0, run = 0; i < head->n_titles; i++) {
		const struct own_file_title *title = &l->titles[i];
		run = i && title[-1].is_last ? 1 : run + 1;
		if (!own_list_has_text(l, title->text) || title->language >= head->n_languages ||
		    run > OWN_FILE_LANGUAGES_MAX)
			return false;
	}
	return !head->n_titles || l->titles[head->n_titles - 1].is_last;
}

/* A table without a free slot would be searched for ever, one with all that are used in a row nearly so. */
static bool own_list_slots_are_sound(const struct own_list *l)
{
	const struct own_file_head *head = l->head;
	size_t n_free = 0, block = 0, first_block = 0;
	for (size_t i = 0; i < head->n_slots; i++) {
		uint32_t first = l->slots[i].first;
		if (first > head->n_links || (first && !own_list_begins_name(l, first - 1)))
			return false;
		if (!first && !n_free++)
			first_block = block;
		block = first ? block + 1 : 0;
		if (block > OWN_LIST_BLOCK_MAX)
			return false;
	}
	bool may_end = n_free > head->n_slots / 8 && block + first_block <= OWN_LIST_BLOCK_MAX;
	return may_end && head->n_filter > 0;
}

struct own_list *own_list_open(const char *path, struct err *err)
{
	struct own_list *l = calloc(1, sizeof(*l));
	if (!l)
		check_panic("out of memory");
	bool good = mapped_open(&l->file, &own_list_kind, path, err);
	l->head = l->file.p;
	if (good && (!own_list_lay_out(l) || !own_list_text_is_sound(l) || !own_list_links_are_sound(l) ||
	             !own_list_objects_are_sound(l) || !own_list_slots_are_sound(l)))
		good = err_set(err, "the gazetteer '%s' is damaged: its parts do not fit together; %s", path,
		               own_list_kind.advice);
	if (!good)
		own_list_close(&l);
	return l;
}

void own_list_close(struct own_list **list)
{
	struct own_list *l = *list;
	*list = NULL;
	if (l)
		mapped_close(&l->file);
	free(l);
}

const char *own_list_name(const struct own_list *list)
{
	return list->head->name;
}

void own_lists_close(struct own_lists *lists)
{
	while (lists->n)
		own_list_close(&lists->at[--lists->n]);
}

bool own_lists_open(struct own_lists *lists, const char *const *paths, size_t n, struct err *err)
{
	bool good = true;
	CHECK(n <= OWN_LISTS_MAX);
	for (lists->n = 0; good && lists->n < n;) {
		struct own_list *list = own_list_open(paths[lists->n], err);
		if (!list)
			good = false;
		for (size_t k = 0; good && k < lists->n; k++)
			if (strcmp(own_list_name(lists->at[k]), own_list_name(list)) == 0)
				good = err_set(err,
				               "the gazetteers '%s' and '%s' are both called '%s'; build one of them "
				               "anew with --name",
				               paths[k], paths[lists->n], own_list_name(list));
		if (list)
			lists->at[lists->n++] = list;
	}
	if (!good)
		own_lists_close(lists);
	return good;
}

/* --- does a name stand there? ------------------------------------------------------------------------------------- */

struct own_reader {
	const struct own_list *l;
	const struct words *words;
	const struct gazetteer_word *known;
	struct str language;
};

static bool own_list_knows(const struct own_list *l, uint64_t hash)
{
	struct gazetteer_file_filter filter = gazetteer_file_filter(hash, l->head->n_filter);
	return (l->filter[filter.at] & filter.bits) == filter.bits;
}

static uint64_t own_list_begin_key(const struct word *word, uint64_t hash)
{
	uint64_t run = gazetteer_file_join(0, hash);
	return run ^ (words_is_small(word) ? OWN_FILE_BEGINS_SMALL : OWN_FILE_BEGINS);
}

/* Are both words parts of one: "M3x", "2FA"? */
static bool own_list_is_glued(const struct words *words, size_t second)
{
	const struct word *a = &words->at[second - 1], *b = &words->at[second];
	return !(b->flags & WORD_SPACE_BEFORE) && a->kind != WORD_SIGN && b->kind != WORD_SIGN &&
	       !(a->flags & WORD_ALONE) && !(b->flags & WORD_ALONE);
}

/* Do two characters of one script follow each other where words of it stand apart, or are written as one? */
static bool own_list_is_within(const struct words *words, size_t second, UScriptCode script)
{
	const struct word *a = &words->at[second - 1], *b = &words->at[second];
	if (b->flags & WORD_SPACE_BEFORE || !(a->flags & b->flags & WORD_ALONE))
		return false;
	size_t at = a->start;
	uint32_t before = utf8_next(words->text, &at);
	at = b->start;
	uint32_t c = utf8_next(words->text, &at);
	return uscript_hasScript((UChar32)before, script) && uscript_hasScript((UChar32)c, script);
}

/* An address or a handle has words with signs between them: "www.bild.example", "@bild". */
static bool own_list_is_in_address(const struct words *words, size_t first, size_t end)
{
	static const char *const joints[] = {".", "@", "/", "_", "#"};
	for (size_t i = 0; i < sizeof joints / sizeof *joints; i++) {
		bool handle = strchr("@_", joints[i][0]);
		if (first && !(words->at[first].flags & WORD_SPACE_BEFORE) &&
		    str_is(words_text(words, first - 1), joints[i]) &&
		    (handle || (joints[i][0] != '#' && !(words->at[first - 1].flags & WORD_SPACE_BEFORE))))
			return true;
		if (end + 1 < words->n && joints[i][0] != '#' && str_is(words_text(words, end), joints[i]) &&
		    !((words->at[end].flags | words->at[end + 1].flags) & WORD_SPACE_BEFORE) &&
		    words->at[end + 1].kind == WORD_LETTERS && joints[i][0] != '/' &&
		    words_is_small(&words->at[end + 1]))
			return true;
	}
	return false;
}

/*
 * Is the run whole words? Letters and digits go on where no blank parts them. Korean writes endings behind a name, but
 * nothing before it; a word in Katakana is one as long as it goes on.
 */
static bool own_list_is_whole(const struct words *words, size_t first, size_t end)
{
	if (first && (own_list_is_glued(words, first) || own_list_is_within(words, first, USCRIPT_HANGUL) ||
	              own_list_is_within(words, first, USCRIPT_KATAKANA)))
		return false;
	if (end < words->n && (own_list_is_glued(words, end) || own_list_is_within(words, end, USCRIPT_KATAKANA)))
		return false;
	return !own_list_is_in_address(words, first, end);
}

/* Is the line all in capitals, as far as can be seen from here, and does it have others than the run's? */
static bool own_list_is_shouted(const struct words *words, size_t first, size_t end)
{
	size_t from = first, to = end, others = 0;
	while (from > 0 && first - from < OWN_LIST_LINE && !(words->at[from].flags & WORD_PARAGRAPH))
		from--;
	while (to < words->n && to - end < OWN_LIST_LINE && !(words->at[to].flags & WORD_PARAGRAPH))
		to++;
	for (size_t i = from; i < to; i++) {
		const struct word *w = &words->at[i];
		if (w->kind != WORD_LETTERS || w->end_cp - w->start_cp < 2 || w->flags & WORD_CASELESS)
			continue;
		if (!(w->flags & WORD_UPPER_ALL))
			return false;
		others += i < first || i >= end;
	}
	return others >= 2;
}

static bool own_list_is_language(const char *tag, struct str language)
{
	size_t n = strcspn(tag, "-");
	bool same = language.n >= n && strncasecmp(tag, language.p, n) == 0;
	return same && (language.n == n || language.p[n] == '-');
}

/* Is the run the name, but for what Arabic writes before it? */
static bool own_list_is_run(const struct words *words, const struct own_match *m, struct str name, bool exact)
{
	struct str run = str_slice(words->text, words->at[m->first].start, words->at[m->first + m->n - 1].end);
	char word[GAZETTEER_FILE_WORD_BYTES];
	if (!m->swallowed)
		return own_list_equal(str_slice(run, m->cut, run.n), name, exact);
	struct str first = gazetteer_file_article(words_text(words, m->first), word, sizeof word);
	struct str rest = str_slice(run, words->at[m->first].end - words->at[m->first].start, run.n);
	return str_starts(name, first) && own_list_equal(rest, str_slice(name, first.n, name.n), exact);
}

static bool own_list_fits(const struct own_list *l, const struct own_file_link *link, const struct words *words,
                          const struct own_match *m, struct str language)
{
	bool exact = link->rule & (OWN_EXACT | OWN_SHORT_FORM) && !(link->rule & OWN_ANY_CASE);
	if (!own_list_is_run(words, m, str_of(l->text + link->text), exact))
		return false;
	bool told = language.n && !str_is(language, "und");
	if (link->rule & OWN_ITS_LANGUAGE && told && !own_list_is_language(l->languages[link->language], language))
		return false;
	if (link->rule & OWN_ANY_CASE)
		return true;
	if (link->rule & OWN_SHORT_FORM)
		return m->n > 1 || words->at[m->first].end_cp - words->at[m->first].start_cp > OWN_LIST_SHORT ||
		       !own_list_is_shouted(words, m->first, m->first + m->n);
	return !(link->capitals & ~words_capitals(words, m->first, m->n));
}

/* The links of the run of words with that hash, of which one fits; 0: none, else the first link plus one. */
static uint32_t own_list_look_up(const struct own_reader *r, struct own_match *m, uint64_t hash)
{
	const struct own_list *l = r->l;
	uint32_t at = gazetteer_file_slot(hash, l->head->n_slots);
	for (; l->slots[at].first; at = at + 1 == l->head->n_slots ? 0 : at + 1) {
		if (l->slots[at].check != (uint32_t)hash)
			continue;
		for (uint32_t i = l->slots[at].first - 1;; i++) {
			if (own_list_fits(l, &l->links[i], r->words, m, r->language))
				return l->slots[at].first;
			if (l->links[i].rule & OWN_LAST)
				break;
		}
	}
	return 0;
}

/* The longest name that begins as is said, with a word of that hash. */
static struct own_match own_list_longest(const struct own_reader *r, const struct own_match *begin, uint64_t hash)
{
	struct own_match found = {.n = 0};
	const struct words *words = r->words;
	size_t first = begin->first;
	uint64_t run = gazetteer_file_join(0, hash);
	for (uint32_t n = 1;; n++) {
		struct own_match m = *begin;
		m.n = n;
		uint32_t link = own_list_look_up(r, &m, run);
		if (link && own_list_is_whole(words, first, first + n)) {
			m.link = link - 1;
			found = m;
		}
		size_t next = first + n;
		if (!own_list_knows(r->l, run) || n == OWN_FILE_NAME_WORDS || next == words->n ||
		    words->at[next].flags & WORD_PARAGRAPH)
			return found;
		hash = r->known[next].hash;
		if (!hash)
			return found;
		run = gazetteer_file_join(run, hash);
	}
}

static struct own_match own_list_longest_rest(const struct own_reader *r, const struct own_match *begin,
                                              struct str rest)
{
	uint64_t hash = rest.n ? gazetteer_file_word(rest) : 0;
	if (hash && own_list_knows(r->l, gazetteer_file_join(0, hash) ^ OWN_FILE_BEGINS))
		return own_list_longest(r, begin, hash);
	return (struct own_match){.n = 0};
}

/* Arabic writes some prepositions and "and" as a letter before the word, which may swallow the article's first one. */
static struct own_match own_list_longest_arabic(const struct own_reader *r, size_t first)
{
	char put_together[GAZETTEER_FILE_WORD_BYTES];
	struct str word = words_text(r->words, first);
	struct own_match begin = {.first = (uint32_t)first, .swallowed = true, .list = r->l};
	size_t cut = gazetteer_file_proclitic(word);
	if (!cut)
		return (struct own_match){.n = 0};
	struct own_match found =
	        own_list_longest_rest(r, &begin, gazetteer_file_article(word, put_together, sizeof put_together));
	begin.swallowed = false;
	begin.cut = (uint8_t)cut;
	return found.n ? found : own_list_longest_rest(r, &begin, str_slice(word, cut, word.n));
}

static struct own_match own_list_at(const struct own_reader *r, size_t first)
{
	const struct word *word = &r->words->at[first];
	struct own_match found = {.n = 0}, begin = {.first = (uint32_t)first, .list = r->l};
	uint64_t hash = r->known[first].hash;
	if (hash && own_list_knows(r->l, own_list_begin_key(word, hash)))
		found = own_list_longest(r, &begin, hash);
	if (!found.n && word->flags & WORD_CASELESS && own_list_is_language("ar", r->language))
		found = own_list_longest_arabic(r, first);
	return found;
}

static void own_lists_ask(const struct own_lists *lists, const struct words *words, const struct gazetteer_word *known,
                          size_t i)
{
	if (i >= words->n)
		return;
	uint64_t key = own_list_begin_key(&words->at[i], known[i].hash);
	for (size_t k = 0; k < lists->n; k++) {
		const struct own_list *l = lists->at[k];
		__builtin_prefetch(&l->filter[gazetteer_file_filter(key, l->head->n_filter).at]);
	}
}

size_t own_lists_match(const struct own_lists *lists, const struct words *words, const struct gazetteer_word *known,
                       struct str language, struct own_match *out, size_t most)
{
	size_t n = 0;
	for (size_t i = 0, asked = 0; lists->n && i < words->n && n < most;) {
		struct own_match best = {.n = 0};
		for (; asked < i + OWN_LIST_AHEAD; asked++)
			own_lists_ask(lists, words, known, asked);
		for (size_t k = 0; k < lists->n; k++) {
			struct own_reader reader = {lists->at[k], words, known, language};
			struct own_match found = own_list_at(&reader, i);
			if (found.n > best.n)
				best = found;
		}
		if (best.n)
			out[n++] = best;
		i += best.n ? best.n : 1;
	}
	return n;
}

struct own_match own_lists_find(const struct own_lists *lists, struct str text, struct str language,
                                struct arena *arena, struct words *words)
{
	struct own_match found = {.n = 0};
	*words = words_split(text, arena);
	struct gazetteer_word *known = arena_calloc(arena, words->n + 1, sizeof *known);
	for (size_t i = 0; i < words->n; i++)
		known[i].hash = gazetteer_file_word(words_text(words, i));
	if (words->n)
		own_lists_match(lists, words, known, language, &found, 1);
	if (found.n && (found.first || found.n != words->n))
		found.n = 0;
	return found;
}

/* --- what is it? -------------------------------------------------------------------------------------------------- */

/* How a link's language goes with the story's: the more the better. */
static unsigned own_list_tongue(const struct own_list *l, uint16_t of, struct str language)
{
	if (!of)
		return 1;
	return own_list_is_language(l->languages[of], language) ? 2 : 0;
}

/* The same of what a thing is called, where script and country count: the more of the story's tag it has the better. */
static size_t own_list_title_tongue(const struct own_list *l, uint16_t of, struct str language)
{
	struct str tag = str_of(l->languages[of]);
	bool begins = tag.n && str_starts_fold(language, tag.p) && (language.n == tag.n || language.p[tag.n] == '-');
	return begins ? 2 + tag.n : own_list_tongue(l, of, language);
}

/* In the story's language, else in every one. Of equals the one that was said first, which stands last. */
static struct str own_list_title(const struct own_list *l, const struct own_file_object *object, struct str language)
{
	size_t best = 1;
	struct str name = {0};
	for (uint32_t i = object->title;; i++) {
		const struct own_file_title *title = &l->titles[i];
		size_t tongue = own_list_title_tongue(l, title->language, language);
		if (tongue >= best) {
			best = tongue;
			name = str_of(l->text + title->text);
		}
		if (title->is_last)
			return name;
	}
}

static struct own_thing own_list_thing(const struct own_list *l, uint32_t object, struct str language)
{
	const struct own_file_object *o = &l->objects[object];
	return (struct own_thing){.list = l,
	                          .object = object,
	                          .type = (enum name_type)o->type,
	                          .uri = str_of(l->text + o->uri),
	                          .name = own_list_title(l, o, language)};
}

/*
 * The objects that the name may be in the story's language, else in every one, else in any; ascending. Room for
 * OWN_FILE_THINGS_MAX.
 */
static size_t own_match_objects(const struct own_match *match, const struct words *words, struct str language,
                                uint32_t *out)
{
	const struct own_list *l = match->list;
	unsigned best = 0;
	size_t n = 0;
	for (uint32_t i = match->link;; i++) {
		const struct own_file_link *link = &l->links[i];
		unsigned tongue = own_list_tongue(l, link->language, language);
		if (tongue >= best && own_list_fits(l, link, words, match, language)) {
			n = tongue > best ? 0 : n;
			best = tongue;
			/* Those of one object stand together. */
			if ((!n || out[n - 1] != link->object) && n < OWN_FILE_THINGS_MAX)
				out[n++] = link->object;
		}
		if (link->rule & OWN_LAST)
			return n;
	}
}

size_t own_match_things(const struct own_match *match, const struct words *words, struct str language,
                        struct own_thing *out, size_t most)
{
	uint32_t objects[OWN_FILE_THINGS_MAX];
	size_t n = own_match_objects(match, words, language, objects);
	n = n < most ? n : most;
	for (size_t i = 0; i < n; i++)
		out[i] = own_list_thing(match->list, objects[i], language);
	return n;
}

/* Keeps those of the type, if there are any. */
static size_t own_list_keep_type(const struct own_list *l, uint32_t *objects, size_t n, int type)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		if ((int)l->objects[objects[i]].type == type)
			objects[kept++] = objects[i];
	return kept ? kept : n;
}

/* Those with an id stand before those without, if there are any: a name without is no other thing. */
static size_t own_list_keep_ids(const struct own_list *l, uint32_t *objects, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		if (l->objects[objects[i]].uri)
			objects[kept++] = objects[i];
	return kept ? kept : n;
}

enum own_answer own_match_decide(const struct own_match *match, const struct words *words, struct str language,
                                 int type, struct own_thing *thing)
{
	const struct own_list *l = match->list;
	uint32_t objects[OWN_FILE_THINGS_MAX];
	size_t n = own_match_objects(match, words, language, objects);
	CHECK(n);
	n = own_list_keep_type(l, objects, n, type);
	bool same_type = true;
	for (size_t i = 1; i < n; i++)
		same_type &= l->objects[objects[i]].type == l->objects[objects[0]].type;
	if (same_type)
		n = own_list_keep_ids(l, objects, n);
	*thing = own_list_thing(l, objects[0], language);
	if (!same_type)
		return OWN_IS_ANYTHING;
	return n == 1 || !thing->uri.n ? OWN_IS_ONE : OWN_IS_AMBIGUOUS;
}
