/*
 * entities: which persons, organisations and places does the body name?
 *
 * Words, the gazetteer's matches and the tagger's marks are made by the parts of that name; mentions.h makes runs of
 * words of them that name something, names.h tells which of them name the same, link.h what that is. Here the parts are
 * called in their order, and what they found becomes the record's: offsets in code points, each name once, in the order
 * of first mention, the dateline's place and the agencies that are cited marked.
 */
#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stage.h"
#include "pipeline/stages/entities/calendar.h"
#include "pipeline/stages/entities/cites.h"
#include "pipeline/stages/entities/forms.h"
#include "pipeline/stages/entities/names.h"
#include "pipeline/stages/entities/own.h"
#include "pipeline/stages/entities/placing.h"
#include "pipeline/stages/entities/title.h"
#include "pipeline/words/fold.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <unicode/uchar.h>

/* So much of a body is read: nobody names somebody new behind a million characters. */
#define ENTITIES_BODY_BYTES 1000000
/* A person of one word that is neither a forename nor a surname of the list, with no title but a word before it that
 * places follow ("the ferry to"), must be so sure. */
#define ENTITIES_STRANGER_PLACED 0.93

struct entities_options {
	bool lists;
	struct strings types;
	double min_confidence;
	struct strings gazetteers;
};

static const struct option entities_options[] = {
        OPTION_BOOL(struct entities_options, lists, "lists", "true",
                    "Whether names go into the lists people, organisations and places; mentions are always given."),
        OPTION_WORDS(struct entities_options, types, "types", name_type_words, "person,organisation,place",
                     "What is given; other names are left out."),
        OPTION_NUMBER(struct entities_options, min_confidence, "min-confidence", "0.5", "0", "1",
                      "Mentions that are less sure are left out."),
        OPTION_STRINGS(struct entities_options, gazetteers, "gazetteer", "",
                       "Files of the desk's own names, made by 'wiredesk gazetteer build'; of the same name in two the "
                       "first counts; read again on SIGHUP."),
        OPTION_END};

/* What is shipped: stays the same as long as the stage is open, also when the rest is read again. So lanes may keep
 * it, as nothing else of what is shared. */
struct entities_shipped {
	struct gazetteer *gazetteer;
	struct tagger *tagger;
	size_t n_users;
};

struct entities_shared {
	struct entities_shipped *shipped;
	struct own_lists own;
};

struct entities_local {
	struct tagger_memory *memory;
	struct forms *forms;
};

/* --- opening ----------------------------------------------------------------------------------------------------- */

static bool entities_path(const struct stage_env *env, const char *file, char path[PATH_MAX], struct err *err)
{
	int n = snprintf(path, PATH_MAX, "%.*s/entities/%s", STR_ARG(env->data_dir), file);
	return (n >= 0 && n < PATH_MAX) || err_set(err, "the path of the data folder is too long");
}

static void entities_close_shipped(struct entities_shipped *shipped)
{
	if (--shipped->n_users)
		return;
	gazetteer_close(&shipped->gazetteer);
	tagger_close(&shipped->tagger);
	free(shipped);
}

static struct entities_shipped *entities_open_shipped(const struct stage_env *env, struct err *err)
{
	struct entities_shipped *shipped = calloc(1, sizeof *shipped);
	char path[PATH_MAX];
	if (!shipped)
		check_panic("out of memory");
	shipped->n_users = 1;
	if (entities_path(env, "names.gazetteer", path, err))
		shipped->gazetteer = gazetteer_open(path, err);
	if (shipped->gazetteer && entities_path(env, "names.model", path, err))
		shipped->tagger = tagger_open(path, err);
	if (shipped->tagger)
		return shipped;
	entities_close_shipped(shipped);
	return NULL;
}

static bool entities_open_own(const struct entities_options *o, struct own_lists *own, struct err *err)
{
	const char *paths[OWN_LISTS_MAX];
	CHECK(o->gazetteers.n <= OWN_LISTS_MAX);
	for (size_t i = 0; i < o->gazetteers.n; i++)
		paths[i] = o->gazetteers.items[i].p;
	return own_lists_open(own, paths, o->gazetteers.n, err);
}

static bool entities_check(const struct stage_env *env, const void *options, struct err *err)
{
	const struct entities_options *o = options;
	(void)env;
	if (o->gazetteers.n > OWN_LISTS_MAX)
		return err_set(
		        err,
		        "stage 'entities': 'gazetteer' names %zu files, and at most %d can be used; build one of "
		        "several",
		        o->gazetteers.n, OWN_LISTS_MAX);
	for (size_t i = 0; i < o->gazetteers.n; i++) {
		if (!o->gazetteers.items[i].n)
			return err_set(err, "stage 'entities': 'gazetteer' has an empty name of a file");
		for (size_t k = 0; k < i; k++)
			if (str_eq(o->gazetteers.items[k], o->gazetteers.items[i]))
				return err_set(err, "stage 'entities': 'gazetteer' names the file '%s' twice",
				               o->gazetteers.items[i].p);
	}
	return true;
}

static bool entities_open(const struct stage_env *env, const void *options, void *shared, struct err *err)
{
	struct entities_shared *s = shared;
	if (!entities_open_own(options, &s->own, err))
		return false;
	s->shipped = entities_open_shipped(env, err);
	if (!s->shipped)
		own_lists_close(&s->own);
	return s->shipped != NULL;
}

static bool entities_reopen(const struct stage_env *env, const void *options, void *used, void *fresh, struct err *err)
{
	struct entities_shared *old = used, *s = fresh;
	(void)env;
	if (!entities_open_own(options, &s->own, err))
		return false;
	s->shipped = old->shipped;
	s->shipped->n_users++;
	return true;
}

static void entities_close(void *shared)
{
	struct entities_shared *s = shared;
	own_lists_close(&s->own);
	entities_close_shipped(s->shipped);
}

static bool entities_open_local(const struct stage_env *env, const void *options, const void *shared, void *local,
                                struct err *err)
{
	(void)env;
	(void)options;
	(void)err;
	struct entities_local *l = local;
	l->memory = tagger_memory_new();
	l->forms = forms_new(((const struct entities_shared *)shared)->shipped->gazetteer);
	return true;
}

static void entities_close_local(void *local)
{
	struct entities_local *l = local;
	tagger_memory_free(&l->memory);
	forms_free(&l->forms);
}

/* --- finding ----------------------------------------------------------------------------------------------------- */

struct finding {
	struct call *call;
	struct story *st;
	struct words words;
	struct known_words known;
	struct reading reading;
	struct mentions mentions;
	struct names names;
	struct own_found own;
	struct link dateline; /* the dateline's place, as far as the list knows it */
	const struct calendar *calendar;
};

/* The dateline's place; empty: none. */
static struct str entities_place(const struct story *st)
{
	return st->done & GROUP_CREDITS ? st->credits.place.name : (struct str){0};
}

/* The agency whose story it is; empty: not said. */
static struct str entities_source(const struct story *st)
{
	return st->done & GROUP_CREDITS ? st->credits.source : (struct str){0};
}

/* The story's language; where it is in doubt, the likeliest: endings and words beside names are near in languages that
 * are hard to tell apart. */
static struct str entities_language(const struct story *st)
{
	struct str language = story_language(st);
	bool is_known = !str_is(language, "und") || !(st->done & GROUP_LANGUAGE);
	if (is_known)
		return language;
	if (strcmp(st->language.tag, "und") != 0)
		return str_of(st->language.tag);
	return st->language.runner_up ? str_of(st->language.runner_up) : language;
}

static void entities_read(struct finding *f)
{
	const struct entities_shared *shared = f->call->shared;
	const struct entities_local *local = f->call->local;
	struct arena *tmp = f->call->tmp;
	struct str body = fold_cut(story_body(f->st), ENTITIES_BODY_BYTES);
	f->words = words_split(body, tmp);
	struct name_match *matches = arena_alloc(tmp, f->words.n * sizeof *matches);
	f->known = forms_read(local->forms, &f->words, tmp);
	size_t n_matches =
	        gazetteer_match_known(shared->shipped->gazetteer, &f->words, f->known.listed, matches, f->words.n);
	struct tagger_text text = {.words = &f->words, .known = &f->known, .matches = matches, .n_matches = n_matches};
	struct marks marks = {0};
	struct marks_known known = {.place = entities_place(f->st), .source = entities_source(f->st)};
	marks.n = tagger_tag(shared->shipped->tagger, local->memory, &text, tmp, &marks.at);
	f->reading = reading_start(&f->words, shared->shipped->gazetteer, entities_language(f->st), tmp);
	f->own = own_find(&shared->own, &f->words, f->known.listed, f->reading.language, tmp);
	f->reading.own = f->own.n ? &f->own : NULL;
	reading_know(&f->reading, &f->known);
	f->reading.matches = matches;
	f->reading.n_matches = n_matches;
	f->calendar = calendar_of(&f->reading);
	f->mentions = mentions_find(&f->reading, &marks, &known);
}

/* "WASHINGTON, March 3 (Merrow)", not "GEORGETOWN, Del. (Merrow)": behind the place only a date, or the source. */
static bool entities_is_bare(const struct story *st)
{
	struct str text = st->credits.dateline.name, label = st->credits.place.label;
	const char *at = label.n ? memmem(text.p, text.n, label.p, label.n) : NULL;
	if (!at)
		return false;
	struct str rest = str_trim(str_slice(text, (size_t)(at - text.p) + label.n, text.n));
	if (!rest.n || !(rest.p[0] == ',' || rest.p[0] == '('))
		return true;
	size_t end = 1;
	while (end < rest.n && !strchr(",()", rest.p[end]))
		end++;
	struct str next = str_trim(str_slice(rest, 1, end));
	for (size_t i = 0; i < next.n; i++)
		if (next.p[i] >= '0' && next.p[i] <= '9')
			return true;
	return st->credits.source.n && str_starts(next, st->credits.source);
}

/* What the dateline's place is, by itself: it tells places in the body apart. */
static void entities_read_dateline(struct finding *f)
{
	struct str place = entities_place(f->st);
	struct link_context nowhere = {.n = 0};
	if (!place.n)
		return;
	struct words words = words_split(place, f->call->tmp);
	if (!words.n || words.n > GAZETTEER_NAME_WORDS)
		return;
	struct reading reading = reading_start(&words, f->reading.gazetteer, f->reading.language, f->call->tmp);
	struct link_surface surface = link_look_up(&reading, NAME_IS_PLACE, 0, words.n);
	surface.is_dateline = entities_is_bare(f->st);
	f->dateline = link_find(&reading, &nowhere, &surface);
	if (!f->dateline.base.n)
		f->dateline.base = place;
}

static double entities_confidence(const struct mention *m)
{
	return 1 / (1 + exp(-(double)m->margin));
}

static bool entities_is_wanted(const struct finding *f, const struct name *name)
{
	const struct entities_options *o = f->call->options;
	for (size_t i = 0; i < o->types.n; i++)
		if (str_is(o->types.items[i], name_type_words[name->type]))
			return true;
	return false;
}

/* --- names as the record gives them ------------------------------------------------------------------------------ */

/* Small letters; the Turkish I has no dot, and the one with a dot keeps it. */
static uint32_t entities_small(const struct reading *r, uint32_t c)
{
	bool turkish = (c == 'I' || c == 0x130) && reading_is_in(r, "tr az");
	return turkish ? c == 'I' ? 0x131 : 'i' : (uint32_t)u_tolower((UChar32)c);
}

/* "MARDİN": as the dateline has it in normal case, else each word with a capital. */
static struct str entities_in_normal_case(struct finding *f, const struct mention *full)
{
	struct str text = reading_name(&f->reading, full->first, full->n), place = entities_place(f->st);
	if (fold_equal(text, place))
		return place;
	/* A small letter may be longer than the large one, by a byte. */
	char *out = arena_alloc(f->call->keep, 2 * text.n);
	size_t n = 0;
	bool inside = false;
	for (size_t at = 0; at < text.n;) {
		uint32_t c = utf8_next(text, &at);
		n += utf8_write(out + n, inside ? entities_small(&f->reading, c) : c);
		inside = u_isalpha((UChar32)c);
	}
	return str_make(out, n);
}

/* The fullest form; of a country's letters its usual name in the story's language, of a place's case the listed form.
 */
static struct str entities_canonical(struct finding *f, const struct name *name)
{
	const struct mention *full = &f->mentions.at[name->full];
	/* Desks that write in Cyrillic letters call the United States by them: "США", "САЩ". */
	bool letters = reading_is_in(&f->reading, "ru uk be bg mk");
	if (name->link.own_name.n)
		return arena_copy(f->call->keep, name->link.own_name);
	if (name->is_short && name->link.is_country && !letters) {
		struct str usual =
		        gazetteer_country_name(f->reading.gazetteer, name->link.country, f->reading.language);
		if (usual.n)
			return arena_copy(f->call->keep, usual);
	}
	if (name->has_ending && name->link.base.n)
		return arena_copy(f->call->keep, name->link.base);
	if (name->type != NAME_IS_ORGANISATION && !name->is_short && names_are_capitals(&f->reading, full))
		return entities_in_normal_case(f, full);
	struct str text = reading_name(&f->reading, full->first, full->n);
	char *out = arena_alloc(f->call->keep, text.n);
	size_t n = 0;
	/* A name that a line's end or two blanks part is still one name. */
	for (size_t i = 0; i < text.n; i++) {
		bool blank = str_is_space(text.p[i]);
		if (!blank)
			out[n++] = text.p[i];
		else if (n && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	return str_make(out, n);
}

static bool entities_is_dateline(const struct finding *f, const struct name *name, struct str canonical)
{
	struct str place = entities_place(f->st);
	if (name->type != NAME_IS_PLACE || !place.n)
		return false;
	return fold_equal(canonical, place) || (name->link.uri[0] && strcmp(name->link.uri, f->dateline.uri) == 0);
}

static bool entities_is_credited(const struct finding *f, struct str text)
{
	const struct story *st = f->st;
	if (!(st->done & GROUP_CREDITS))
		return false;
	bool credited = fold_equal(text, st->credits.source);
	for (size_t i = 0; i < st->credits.n_sources; i++)
		credited |= fold_equal(text, st->credits.sources[i].name);
	return credited;
}

/* An agency or outlet that one of the mentions cites, and that neither dateline nor credit line name as the source. */
static void entities_mark_quoted(struct finding *f, struct entity_name *names, const uint32_t *index)
{
	bool *credited = ARENA_ARRAY(f->call->tmp, bool, f->st->entities.n_names);
	struct cites cites = cites_of(&f->reading);
	for (size_t i = 0; i < f->mentions.n; i++) {
		const struct mention *m = &f->mentions.at[i];
		uint32_t at = m->name == MENTION_NAMELESS ? UINT32_MAX : index[m->name];
		if (at == UINT32_MAX || names[at].type != ENTITY_ORGANISATION)
			continue;
		credited[at] |= entities_is_credited(f, reading_name(&f->reading, m->first, m->n));
		if (!names[at].is_quoted && !credited[at])
			names[at].is_quoted = cites_is_cited(&cites, m, f->names.at[m->name].classes & NAME_MEDIA);
	}
	for (size_t i = 0; i < f->st->entities.n_names; i++)
		names[i].is_quoted &= !credited[i];
}

static const enum entity_type entities_types[] = {
        [NAME_IS_PERSON] = ENTITY_PERSON, [NAME_IS_ORGANISATION] = ENTITY_ORGANISATION, [NAME_IS_PLACE] = ENTITY_PLACE};

static struct entity_name entities_name(struct finding *f, const struct name *name)
{
	struct entity_name out = {.type = entities_types[name->type], .name = entities_canonical(f, name)};
	out.is_dateline = entities_is_dateline(f, name, out.name);
	bool own = name->link.own_uri.n;
	if (name->link.uri[0])
		out.uri = arena_copy(f->call->keep, own ? name->link.own_uri : str_of(name->link.uri));
	if (own)
		out.basis = arena_printf(f->call->keep, "gazetteer:%s", own_list_name(name->link.own));
	return out;
}

/* --- precision --------------------------------------------------------------------------------------------------- */

struct support {
	double best;    /* confidence of the surest mention */
	bool is_titled; /* a title stands before one of the mentions */
	bool is_placed; /* a word that persons hardly follow does */
	bool is_date;   /* a day of the week, or a month */
};

/* "Jumatano" is Wednesday in Swahili; but in a story from Dushanbe the word for Monday is the town. */
static bool entities_is_date(const struct finding *f, const struct name *name)
{
	const struct mention *full = &f->mentions.at[name->full];
	if (fold_equal(reading_name(&f->reading, full->first, full->n), entities_place(f->st)))
		return false;
	if (calendar_is_day(f->calendar, &f->reading, full->first, full->n))
		return true;
	/* Months are names of persons too: April, August. */
	return name->type == NAME_IS_PLACE && calendar_is_month(f->calendar, &f->reading, full->first, full->n);
}

static struct support *entities_support(const struct finding *f)
{
	struct support *of = ARENA_ARRAY(f->call->tmp, struct support, f->names.n + 1);
	for (size_t i = 0; i < f->mentions.n; i++) {
		const struct mention *m = &f->mentions.at[i];
		if (m->name == MENTION_NAMELESS)
			continue;
		struct support *s = &of[m->name];
		s->best = fmax(s->best, entities_confidence(m));
		s->is_titled |= title_is_before(&f->reading, m->first);
		s->is_placed |= !placing_may_be_person(&f->reading, m->first);
	}
	for (size_t i = 0; i < f->names.n; i++)
		of[i].is_date = of[i].best > 0 && entities_is_date(f, &f->names.at[i]);
	return of;
}

/* A person of one word that no full name, no title and no list bears out: it may be a place that nobody knows. */
static bool entities_is_stranger(const struct finding *f, const struct name *name, const struct support *support)
{
	const struct mention *full = &f->mentions.at[name->full];
	uint16_t persons = NAME_FORENAME | NAME_SURNAME | NAME_PERSON;
	bool caseless = f->words.at[full->first].flags & WORD_CASELESS;
	return name->type == NAME_IS_PERSON && full->n == 1 && !caseless && !support->is_titled &&
	       !(name->classes & persons);
}

/* Is the name good enough to be given? */
static bool entities_is_good(const struct finding *f, uint32_t name, const struct support *support)
{
	const struct entities_options *o = f->call->options;
	if (f->names.at[name].link.own)
		return entities_is_wanted(f, &f->names.at[name]);
	if (support[name].is_date)
		return false;
	double least = o->min_confidence;
	if (support[name].is_placed && entities_is_stranger(f, &f->names.at[name], &support[name]))
		least = fmax(least, ENTITIES_STRANGER_PLACED);
	return support[name].best >= least && entities_is_wanted(f, &f->names.at[name]);
}

/* --- the story's fields ------------------------------------------------------------------------------------------ */

static struct entity entities_mention(const struct finding *f, const struct mention *m, uint32_t name)
{
	const struct word *first = &f->words.at[m->first], *last = &f->words.at[m->first + m->n - 1];
	size_t proclitic = reading_proclitic(&f->reading, m->first);
	return (struct entity){.name = name,
	                       .start = first->start_cp + (proclitic != 0),
	                       .end = last->end_cp,
	                       .text = str_slice(f->words.text, first->start + proclitic, last->end),
	                       .confidence = (float)entities_confidence(m),
	                       .evidence = evidence_word(m->evidence)};
}

static void entities_write(struct finding *f)
{
	struct arena *keep = f->call->keep;
	const struct entities_options *o = f->call->options;
	const struct support *support = entities_support(f);
	uint32_t *index = arena_alloc(f->call->tmp, (f->names.n + 1) * sizeof *index);
	struct entity *entities = arena_alloc(keep, (f->mentions.n + 1) * sizeof *entities);
	struct entity_name *names = arena_alloc(keep, (f->names.n + 1) * sizeof *names);
	size_t n_entities = 0, n_names = 0;
	memset(index, 0xff, (f->names.n + 1) * sizeof *index);
	for (size_t i = 0; i < f->mentions.n; i++) {
		const struct mention *m = &f->mentions.at[i];
		if (m->name == MENTION_NAMELESS || !entities_is_good(f, m->name, support))
			continue;
		bool derived = m->evidence != EVIDENCE_TAGGER;
		if (!derived && entities_confidence(m) < o->min_confidence)
			continue;
		if (index[m->name] == UINT32_MAX) {
			index[m->name] = (uint32_t)n_names;
			names[n_names++] = entities_name(f, &f->names.at[m->name]);
		}
		entities[n_entities++] = entities_mention(f, m, index[m->name]);
	}
	f->st->entities.entities = entities;
	f->st->entities.n_entities = n_entities;
	f->st->entities.names = names;
	f->st->entities.n_names = n_names;
	entities_mark_quoted(f, names, index);
}

static enum answer entities_run(struct call *call, struct story *st)
{
	const struct entities_options *o = call->options;
	struct finding f = {.call = call, .st = st};
	entities_read(&f);
	entities_read_dateline(&f);
	f.names = names_find(&f.reading, &f.mentions, &f.dateline);
	entities_write(&f);
	st->entities.listed = o->lists;
	bool cut = f.mentions.cut || f.names.cut || f.words.text.n < story_body(st).n;
	st->entities.warning = cut ? "entities-cut" : NULL;
	return ANSWER_KEEP;
}

const struct stage stage_entities = {
        .name = "entities",
        .summary = "finds persons, organisations and places, tells who is the same, and links them",
        .order = STAGE_ANY_ORDER,
        .needs = GROUP_DECODE,
        .reads = GROUP_CLEANUP | GROUP_CREDITS | GROUP_LANGUAGE,
        .writes = GROUP_ENTITIES,
        .options = entities_options,
        .options_size = sizeof(struct entities_options),
        .shared_size = sizeof(struct entities_shared),
        .reopens = true,
        .reopen = entities_reopen,
        .check = entities_check,
        .local_size = sizeof(struct entities_local),
        .open = entities_open,
        .close = entities_close,
        .open_local = entities_open_local,
        .close_local = entities_close_local,
        .run = entities_run,
};
