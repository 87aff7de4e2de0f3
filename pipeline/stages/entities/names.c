/*
 * Co-reference by tables of keys. See names.h.
 *
 * A person's full name is entered under the forms that a story may use later: what is left without first names (rank
 * 0), the first names or a family name that stands first (rank 1), a name in the middle (rank 2). Then the mentions are
 * read in their order: a full name is the latest of its forms, a short form is the latest name of the best rank, or, if
 * none came before, the first that comes after. In languages that write endings behind names, names with the same stem
 * are compared letter by letter.
 */
#include "pipeline/stages/entities/names.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/words/fold.h"

#define NAMES_RANKS         3
#define NAMES_BORNE_OUT     2.0f /* margin of a short form at least: the full name bears it out */
#define NAMES_OWN_MARGIN    5.0f
#define NAMES_SURE_MARGIN   3.0f
#define NAMES_FORMS_MAX     (3 * MENTION_PARTS_MAX)
#define NAMES_STEM_LETTERS  4
#define NAMES_ENDING_MAX    3 /* letters */
#define NAMES_ACRONYM_LEAST 3
#define NAMES_ACRONYM_MOST  10
#define NAMES_KEY_STEM      UINT64_C(0x5851f42d4c957f2d)
#define NAMES_KEY_INITIALS  UINT64_C(0x14057b7ef767814f)
#define NAMES_KEY_ENDS      UINT64_C(0x2545f4914f6cdd1d)

struct form {
	uint32_t first[NAMES_RANKS], latest[NAMES_RANKS]; /* names; SLOT_NONE: none */
};

struct naming {
	const struct reading *r;
	struct mentions *mentions;
	struct names names;
	struct slots by_key; /* of all kinds: a key mixed with the kind → name */
	struct slots by_form;
	struct form *forms;
	size_t n_forms;
	bool has_endings;
	struct link_context context;
};

static uint64_t names_mix(uint64_t key, uint64_t salt)
{
	return reading_join(key, salt);
}

static uint64_t names_key(const struct mention *m)
{
	return names_mix(m->key, (uint64_t)m->type + 1);
}

/* The name that a chain of "is the same as" ends at; the chain is half as long for the next who asks. */
static uint32_t names_root(struct naming *g, uint32_t name)
{
	struct name *names = g->names.at;
	while (names[name].same_as != name)
		name = names[name].same_as = names[names[name].same_as].same_as;
	return name;
}

static uint32_t names_add(struct naming *g, uint32_t mention, uint8_t n_parts)
{
	if (g->names.n == NAMES_MAX) {
		g->names.cut = true;
		return MENTION_NAMELESS;
	}
	uint32_t name = (uint32_t)g->names.n++;
	g->names.at[name] = (struct name){
	        .type = g->mentions->at[mention].type, .full = mention, .n_parts = n_parts, .same_as = name};
	return name;
}

/* --- persons ----------------------------------------------------------------------------------------------------- */

struct person_form {
	uint64_t key;
	uint8_t rank;
};

static uint64_t names_parts_key(const struct reading *r, const uint32_t *parts, size_t from, size_t to)
{
	return reading_run_key(r, parts[from], parts[to] - parts[from]);
}

/* "Assad" of "al-Assad". */
static uint64_t names_without_article(const struct reading *r, uint32_t first, uint32_t end)
{
	bool article = end - first >= 3 && reading_is_hyphen(r, first + 1) &&
	               r->words->at[first].end_cp - r->words->at[first].start_cp <= 3;
	return article ? reading_run_key(r, first + 2, end - first - 2) : 0;
}

static void names_form_add(struct person_form *forms, size_t *n, uint64_t key, uint8_t rank)
{
	if (key && *n < NAMES_FORMS_MAX)
		forms[(*n)++] = (struct person_form){names_mix(key, NAME_IS_PERSON + 1), rank};
}

/* Short forms of a full name. */
static size_t names_forms(const struct reading *r, const struct mention *m, struct person_form forms[NAMES_FORMS_MAX])
{
	uint32_t parts[MENTION_PARTS_MAX + 1];
	size_t k = mention_parts(r, m, parts), n = 0;
	for (size_t i = 1; i < k; i++)
		names_form_add(forms, &n, names_parts_key(r, parts, i, k), 0);
	if (k > 1)
		names_form_add(forms, &n, names_without_article(r, parts[k - 1], parts[k]), 0);
	for (size_t i = 1; i < k; i++)
		names_form_add(forms, &n, names_parts_key(r, parts, 0, i), 1);
	for (size_t i = 1; i + 1 < k; i++)
		names_form_add(forms, &n, names_parts_key(r, parts, i, i + 1), 2);
	return n;
}

static struct form *names_form(struct naming *g, uint64_t key, bool make)
{
	uint32_t at = slots_get(&g->by_form, key);
	if (at == SLOT_NONE && make) {
		uint32_t *slot = slots_put(&g->by_form, key);
		if (!slot)
			return NULL;
		at = *slot = (uint32_t)g->n_forms++;
		memset(&g->forms[at], 0xff, sizeof g->forms[at]);
	}
	return at == SLOT_NONE ? NULL : &g->forms[at];
}

static void names_enter_forms(struct naming *g, const struct mention *m, uint32_t name, bool is_latest)
{
	struct person_form forms[NAMES_FORMS_MAX];
	size_t n = names_forms(g->r, m, forms);
	for (size_t i = 0; i < n; i++) {
		struct form *form = names_form(g, forms[i].key, !is_latest);
		if (form && is_latest)
			form->latest[forms[i].rank] = name;
		else if (form && form->first[forms[i].rank] == SLOT_NONE)
			form->first[forms[i].rank] = name;
	}
}

/* First and last part alike, and one of the two names has no other: "Vladimir Putin", "Vladimir V. Putin". */
static uint64_t names_ends_key(const struct reading *r, const uint32_t *parts, size_t k)
{
	uint64_t first = names_parts_key(r, parts, 0, 1), last = names_parts_key(r, parts, k - 1, k);
	return first && last ? names_mix(reading_join(first, last), NAMES_KEY_ENDS) : 0;
}

static uint32_t names_by_ends(struct naming *g, const uint32_t *parts, size_t k)
{
	uint64_t key = names_ends_key(g->r, parts, k);
	uint32_t name = key ? slots_get(&g->by_key, key) : SLOT_NONE;
	bool one_is_bare = name != SLOT_NONE && (k == 2 || g->names.at[name].n_parts == 2);
	return one_is_bare ? name : SLOT_NONE;
}

/* "Vladimirom Putinom", "Vladimira Putina": both words change, or a last name that changes alone. */
static uint64_t names_stems_key(const struct reading *r, const uint32_t *parts, size_t k)
{
	uint64_t first = reading_stem(r, parts[0]), last = reading_stem(r, parts[k] - 1);
	return first && last ? names_mix(reading_join(first, last), NAMES_KEY_STEM) : 0;
}

static uint32_t names_by_stems(struct naming *g, const uint32_t *parts, size_t k)
{
	uint64_t key = g->has_endings ? names_stems_key(g->r, parts, k) : 0;
	uint32_t name = key ? slots_get(&g->by_key, key) : SLOT_NONE;
	if (name == SLOT_NONE)
		return SLOT_NONE;
	uint32_t other[MENTION_PARTS_MAX + 1];
	size_t n = mention_parts(g->r, &g->mentions->at[g->names.at[name].full], other);
	bool last_differs = reading_key(g->r, parts[k] - 1) != reading_key(g->r, other[n] - 1);
	bool same = n == k && last_differs && reading_same_but_ending(g->r, parts[0], other[0]) &&
	            reading_same_but_ending(g->r, parts[k] - 1, other[n] - 1);
	return same ? name : SLOT_NONE;
}

static void names_remember(struct naming *g, uint64_t key, uint32_t name)
{
	uint32_t *slot = key ? slots_put(&g->by_key, key) : NULL;
	if (slot && *slot == SLOT_NONE)
		*slot = name;
}

/* A person's full name, met for the first time or again. */
static void names_full_person(struct naming *g, uint32_t at, const uint32_t *parts, size_t k)
{
	struct mention *m = &g->mentions->at[at];
	uint32_t *slot = slots_put(&g->by_key, names_key(m));
	CHECK(slot);
	if (*slot != SLOT_NONE) {
		m->name = *slot;
		return;
	}
	uint32_t name = names_by_ends(g, parts, k);
	if (name == SLOT_NONE)
		name = names_by_stems(g, parts, k);
	if (name == SLOT_NONE)
		name = names_add(g, at, (uint8_t)k);
	m->name = name;
	if (name == MENTION_NAMELESS)
		return;
	*slot = name;
	if (g->names.at[name].n_parts < k)
		g->names.at[name].n_parts = (uint8_t)k;
	names_remember(g, names_ends_key(g->r, parts, k), name);
	if (g->has_endings) {
		names_remember(g, names_stems_key(g->r, parts, k), name);
		uint64_t last = reading_stem(g->r, parts[k] - 1);
		names_remember(g, last ? names_mix(last, NAMES_KEY_STEM) : 0, name);
	}
	names_enter_forms(g, m, name, false);
}

static void names_full_persons(struct naming *g)
{
	uint32_t parts[MENTION_PARTS_MAX + 1];
	for (size_t i = 0; i < g->mentions->n; i++) {
		if (g->mentions->at[i].type != NAME_IS_PERSON)
			continue;
		size_t k = mention_parts(g->r, &g->mentions->at[i], parts);
		if (k > 1)
			names_full_person(g, (uint32_t)i, parts, k);
	}
}

/* A name in the middle decides only where the word is no place's name. */
static uint32_t names_best_of_form(const struct form *form, bool may_be_middle)
{
	const uint32_t best[] = {form->latest[0], form->latest[1], form->first[0],
	                         form->first[1],  form->latest[2], form->first[2]};
	size_t n = sizeof best / sizeof *best;
	for (size_t i = 0; i < (may_be_middle ? n : n - 2); i++)
		if (best[i] != SLOT_NONE)
			return best[i];
	return SLOT_NONE;
}

/* With another ending than the full name has. */
static uint32_t names_short_by_stem(struct naming *g, const struct mention *m)
{
	size_t last = m->first + m->n - 1;
	uint64_t stem = g->has_endings && m->n == 1 ? reading_stem(g->r, last) : 0;
	uint32_t name = stem ? slots_get(&g->by_key, names_mix(stem, NAMES_KEY_STEM)) : SLOT_NONE;
	if (name == SLOT_NONE)
		return SLOT_NONE;
	const struct mention *full = &g->mentions->at[g->names.at[name].full];
	return reading_same_but_ending(g->r, last, full->first + full->n - 1) ? name : SLOT_NONE;
}

/* All that a name may be by the list. */
static uint16_t names_classes(const struct reading *r, const struct link_surface *surface)
{
	struct name_entry entries[8];
	uint16_t classes = 0;
	size_t n = r->gazetteer && surface->name != UINT32_MAX
	                   ? gazetteer_entries(r->gazetteer, surface->name, r->language, entries, 8)
	                   : 0;
	for (size_t i = 0; i < n; i++)
		classes |= entries[i].classes;
	return classes;
}

/* What the word is by the list, as far as that tells it from a person's name. */
static uint16_t names_listed(const struct reading *r, const struct mention *m)
{
	struct name_entry entry = {0};
	uint32_t name = r->gazetteer ? gazetteer_find(r->gazetteer, r->words, m->first, m->n) : UINT32_MAX;
	if (name != UINT32_MAX)
		gazetteer_entries(r->gazetteer, name, r->language, &entry, 1);
	return entry.classes;
}

/*
 * May the word be a person's although the tagger said otherwise? Not where it is a country's, a capital's or an
 * organisation's, nor where the tagger is sure.
 */
static bool names_may_be_person(const struct reading *r, const struct mention *m, uint16_t listed)
{
	bool place = listed & NAME_PLACES && m->margin >= NAMES_SURE_MARGIN;
	bool letters = m->n == 1 && r->words->at[m->first].flags & WORD_UPPER_ALL;
	return !place && !letters && !(listed & (NAME_COUNTRY | NAME_CAPITAL | NAME_ORGANISATIONS));
}

/* "Luís Montenegro", then "Montenegro": a country, and a surname of the list that the story has borne out. */
static bool names_is_borne_out(const struct reading *r, const struct mention *m, const struct form *form)
{
	struct link_surface surface = {.name = UINT32_MAX};
	if (form->latest[0] == SLOT_NONE || m->margin >= NAMES_OWN_MARGIN || !r->gazetteer)
		return false;
	surface.name = gazetteer_find(r->gazetteer, r->words, m->first, m->n);
	uint16_t classes = names_classes(r, &surface);
	return classes & NAME_SURNAME && !(classes & (NAME_CAPITAL | NAME_ORGANISATIONS));
}

/* One of a single word that no full name of the story explains. */
static void names_lonely_person(struct naming *g, uint32_t at, uint16_t listed)
{
	struct mention *m = &g->mentions->at[at];
	if (listed & NAME_COUNTRY && m->margin < NAMES_OWN_MARGIN) {
		m->type = NAME_IS_PLACE;
		return;
	}
	uint32_t *slot = slots_put(&g->by_key, names_key(m));
	CHECK(slot);
	m->name = *slot == SLOT_NONE ? *slot = names_add(g, at, 1) : *slot;
	uint64_t stem = g->has_endings && m->n == 1 ? reading_stem(g->r, m->first) : 0;
	if (stem && m->name != MENTION_NAMELESS)
		names_remember(g, names_mix(stem, NAMES_KEY_STEM), m->name);
}

static void names_short_person(struct naming *g, uint32_t at)
{
	struct mention *m = &g->mentions->at[at];
	bool is_person = m->type == NAME_IS_PERSON;
	const struct form *form = names_form(g, names_mix(m->key, NAME_IS_PERSON + 1), false);
	if (!form && !is_person)
		return;
	uint16_t listed = names_listed(g->r, m);
	uint32_t name = form ? names_best_of_form(form, !(listed & NAME_PLACES)) : SLOT_NONE;
	if (name == SLOT_NONE && is_person)
		name = names_short_by_stem(g, m);
	bool may = is_person || (name != SLOT_NONE &&
	                         (names_may_be_person(g->r, m, listed) || (form && names_is_borne_out(g->r, m, form))));
	if (name != SLOT_NONE && may) {
		m->type = NAME_IS_PERSON;
		m->name = name;
		if (m->evidence == EVIDENCE_TAGGER || m->evidence == EVIDENCE_SAME_NAME)
			m->evidence = EVIDENCE_FULL_NAME;
		if (m->margin < NAMES_BORNE_OUT)
			m->margin = NAMES_BORNE_OUT;
	} else if (is_person) {
		names_lonely_person(g, at, listed);
	}
}

/* Short forms in the order of the story: of two Clintons the one named last. */
static void names_short_persons(struct naming *g)
{
	for (size_t i = 0; i < g->mentions->n; i++) {
		struct mention *m = &g->mentions->at[i];
		uint32_t parts[MENTION_PARTS_MAX + 1];
		size_t k = mention_parts(g->r, m, parts);
		if (m->name != MENTION_NAMELESS)
			names_enter_forms(g, m, m->name, true);
		else if (k == 1 || m->type != NAME_IS_PERSON)
			names_short_person(g, (uint32_t)i);
	}
}

/* --- organisations: letters and initials ------------------------------------------------------------------------- */

static bool names_is_acronym(const struct reading *r, const struct mention *m)
{
	const struct word *w = &r->words->at[m->first];
	size_t letters = w->end_cp - w->start_cp;
	return m->n == 1 && w->flags & WORD_UPPER_ALL && letters <= NAMES_ACRONYM_MOST;
}

/* Is b in brackets right behind a? */
static bool names_in_brackets(const struct reading *r, const struct mention *a, const struct mention *b)
{
	size_t open = a->first + a->n, close = b->first + b->n;
	return b->first == open + 1 && reading_is_sign(r, open, '(') && close < r->words->n &&
	       reading_is_sign(r, close, ')');
}

/* "Komisi Pemberantasan Korupsi (KPK)", "KPK (Komisi Pemberantasan Korupsi)". */
static bool names_are_short_and_long(const struct reading *r, const struct mention *a, const struct mention *b)
{
	if (!names_in_brackets(r, a, b))
		return false;
	if (b->n == 1 && reading_count_words(r, a->first, a->n) > 1)
		return mention_abbreviates(r, b->first, a);
	return names_is_acronym(r, a) && reading_count_words(r, b->first, b->n) > 1 &&
	       mention_abbreviates(r, a->first, b);
}

/* Key of the first letters of words with capitals; 0: too few. */
static uint64_t names_initials(const struct reading *r, const struct mention *m)
{
	uint64_t key = 0;
	size_t n = 0;
	for (size_t i = m->first; i < m->first + m->n; i++) {
		if (!(r->words->at[i].flags & WORD_UPPER_FIRST))
			continue;
		struct folded_word word = reading_fold(r, i);
		size_t at = 0;
		if (word.n)
			key = reading_join(key, utf8_next(str_make(word.p, word.n), &at));
		n++;
	}
	return n >= NAMES_ACRONYM_LEAST && n <= NAMES_ACRONYM_MOST ? names_mix(key, NAMES_KEY_INITIALS) : 0;
}

static uint64_t names_letters(const struct reading *r, const struct mention *m)
{
	struct folded_word word = reading_fold(r, m->first);
	struct str s = str_make(word.p, word.n);
	uint64_t key = 0;
	for (size_t at = 0; at < s.n;)
		key = reading_join(key, utf8_next(s, &at));
	return names_mix(key, NAMES_KEY_INITIALS);
}

static uint32_t names_by_key(struct naming *g, uint32_t at)
{
	uint32_t *slot = slots_put(&g->by_key, names_key(&g->mentions->at[at]));
	CHECK(slot);
	if (*slot == SLOT_NONE) {
		uint32_t name = names_add(g, at, 1);
		if (name == MENTION_NAMELESS)
			return name;
		*slot = name;
	}
	return *slot;
}

static void names_same(struct naming *g, uint32_t a, uint32_t b)
{
	a = names_root(g, a);
	b = names_root(g, b);
	if (a < b)
		g->names.at[b].same_as = a;
	else if (b < a)
		g->names.at[a].same_as = b;
}

static void names_short_and_long(struct naming *g, uint32_t at)
{
	struct mention *a = &g->mentions->at[at], *b = &g->mentions->at[at + 1];
	if (a->type == NAME_IS_PERSON || b->type == NAME_IS_PERSON || !names_are_short_and_long(g->r, a, b))
		return;
	b->type = a->type;
	uint32_t one = names_by_key(g, at), two = names_by_key(g, at + 1);
	if (one == MENTION_NAMELESS || two == MENTION_NAMELESS)
		return;
	names_same(g, one, two);
	struct mention *letters = b->n == 1 ? b : a;
	letters->evidence = EVIDENCE_SHORT_FORM;
}

/* Organisations and places, each under its own words; letters in brackets are the name before them. */
static void names_others(struct naming *g)
{
	for (size_t i = 0; i + 1 < g->mentions->n; i++)
		names_short_and_long(g, (uint32_t)i);
	for (size_t i = 0; i < g->mentions->n; i++)
		if (g->mentions->at[i].name == MENTION_NAMELESS && g->mentions->at[i].type != NAME_IS_PERSON)
			g->mentions->at[i].name = names_by_key(g, (uint32_t)i);
}

#define NAMES_MANY (SLOT_NONE - 1)

/* Letters that no brackets explain, and that are the initials of just one organisation of the story. */
static void names_by_initials(struct naming *g)
{
	struct slots initials = slots_new(g->r->arena, g->names.n);
	for (uint32_t i = 0; i < g->names.n; i++) {
		const struct mention *m = &g->mentions->at[g->names.at[i].full];
		uint64_t key = m->type == NAME_IS_ORGANISATION && m->n > 1 ? names_initials(g->r, m) : 0;
		uint32_t *slot = key ? slots_put(&initials, key) : NULL;
		if (slot)
			*slot = *slot == SLOT_NONE || *slot == names_root(g, i) ? names_root(g, i) : NAMES_MANY;
	}
	for (uint32_t i = 0; i < g->names.n; i++) {
		struct mention *m = &g->mentions->at[g->names.at[i].full];
		bool letters = m->type == NAME_IS_ORGANISATION && names_is_acronym(g->r, m);
		uint32_t name = letters ? slots_get(&initials, names_letters(g->r, m)) : SLOT_NONE;
		if (name == SLOT_NONE || name == NAMES_MANY || names_root(g, i) != i)
			continue;
		names_same(g, name, i);
		m->evidence = EVIDENCE_SHORT_FORM;
	}
}

/* --- links ------------------------------------------------------------------------------------------------------- */

static struct link_surface names_surface(const struct naming *g, const struct name *name)
{
	const struct mention *m = &g->mentions->at[name->full];
	struct link_surface surface = link_look_up(g->r, m->type, m->first, m->n);
	surface.is_long = m->type == NAME_IS_PERSON ? name->n_parts > 1 : reading_count_words(g->r, m->first, m->n) > 1;
	return surface;
}

/* The story's countries first: they tell which city of a name is meant. */
static void names_find_context(struct naming *g, struct link_surface *surfaces)
{
	for (size_t i = 0; i < g->names.n; i++) {
		struct name *name = &g->names.at[i];
		surfaces[i] = names_surface(g, name);
		struct link link;
		if (name->type == NAME_IS_PLACE && link_is_country(g->r, &surfaces[i], &link))
			link_context_add(&g->context, link.country);
	}
}

/* Two names of one thing: "AS" and "Amerika Serikat", "Kiev" and "Kyiv". */
static void names_join_linked(struct naming *g)
{
	struct slots by_uri = slots_new(g->r->arena, g->names.n);
	for (uint32_t i = 0; i < g->names.n; i++) {
		const struct link *link = &g->names.at[i].link;
		if (!link->uri[0])
			continue;
		uint64_t key = (uint64_t)g->names.at[i].type + 1;
		for (const char *c = link->uri; *c; c++)
			key = reading_join(key, (unsigned char)*c);
		uint32_t *slot = slots_put(&by_uri, key);
		CHECK(slot);
		if (*slot == SLOT_NONE)
			*slot = i;
		else
			names_same(g, *slot, i);
	}
}

/* Places with another ending: "Moskva", "Moskve". Not two that the list tells apart. */
static void names_join_endings(struct naming *g)
{
	struct slots by_stem = slots_new(g->r->arena, g->names.n);
	for (uint32_t i = 0; i < g->names.n; i++) {
		const struct name *name = &g->names.at[i];
		const struct mention *m = &g->mentions->at[name->full];
		uint64_t stem = name->type != NAME_IS_PERSON && m->n == 1 ? reading_stem(g->r, m->first) : 0;
		uint32_t *slot = stem ? slots_put(&by_stem, names_mix(stem, (uint64_t)name->type + 1)) : NULL;
		if (!slot)
			continue;
		if (*slot == SLOT_NONE) {
			*slot = i;
			continue;
		}
		const struct name *other = &g->names.at[*slot];
		bool told_apart = name->classes && other->classes;
		bool same = reading_same_but_ending(g->r, m->first, g->mentions->at[other->full].first);
		if (same && !told_apart)
			names_same(g, *slot, i);
	}
}

/* A place by the dateline's name is the dateline's, if nothing in the story says that it is another. */
static bool names_is_dateline(const struct naming *g, const struct name *name, const struct link_surface *surface,
                              const struct link *dateline)
{
	const struct mention *m = &g->mentions->at[name->full];
	struct str text = surface->base.n ? surface->base : reading_text(g->r, m->first, m->n);
	return name->type == NAME_IS_PLACE && dateline->uri[0] && fold_equal(text, dateline->base);
}

static void names_link(struct naming *g, const struct link *dateline)
{
	struct link_surface *surfaces = arena_alloc(g->r->arena, (g->names.n + 1) * sizeof *surfaces);
	names_find_context(g, surfaces);
	link_context_add(&g->context, dateline->country);
	for (size_t i = 0; i < g->names.n; i++) {
		struct name *name = &g->names.at[i];
		name->link = link_find(g->r, &g->context, &surfaces[i]);
		if (!name->link.uri[0] && names_is_dateline(g, name, &surfaces[i], dateline)) {
			name->link = *dateline;
			name->link.base = surfaces[i].base;
		}
		g->names.at[i].classes = names_classes(g->r, &surfaces[i]);
	}
	names_join_linked(g);
	if (g->has_endings)
		names_join_endings(g);
}

/* --- what names nothing ------------------------------------------------------------------------------------------ */

static void names_count_part(struct slots *parts, uint64_t key)
{
	uint32_t *slot = key ? slots_put(parts, key) : NULL;
	if (slot)
		*slot = *slot == SLOT_NONE ? 1 : *slot + 1;
}

/* "Korea" where "Korea Utara" and "Korea Selatan" are named: the part of two names is neither's, unless it is one. */
static void names_drop_shared_parts(struct naming *g, bool *dropped)
{
	struct slots parts = slots_new(g->r->arena, 2 * g->names.n);
	for (size_t i = 0; i < g->names.n; i++) {
		const struct mention *m = &g->mentions->at[g->names.at[i].full];
		if (g->names.at[i].type != NAME_IS_PLACE || m->n < 2)
			continue;
		names_count_part(&parts, reading_run_key(g->r, m->first, 1));
		names_count_part(&parts, reading_run_key(g->r, m->first + m->n - 1, 1));
	}
	for (size_t i = 0; i < g->names.n; i++) {
		const struct mention *m = &g->mentions->at[g->names.at[i].full];
		uint32_t times = slots_get(&parts, m->key);
		dropped[i] = g->names.at[i].type == NAME_IS_PLACE && m->n == 1 && times != SLOT_NONE && times > 1 &&
		             !g->names.at[i].link.uri[0];
	}
}

/* --- canonical forms --------------------------------------------------------------------------------------------- */

struct fullness {
	size_t words;
	bool normal_case; /* not all in capitals */
	bool is_listed;   /* a place as the list has it, without an ending */
	uint32_t times, letters;
};

bool names_are_capitals(const struct reading *r, const struct mention *m)
{
	for (size_t i = m->first; i < m->first + m->n; i++)
		if (r->words->at[i].kind == WORD_LETTERS && !(r->words->at[i].flags & WORD_UPPER_ALL))
			return false;
	return true;
}

/* "AS", "U.S.": letters, no words. */
static bool names_is_letters(const struct reading *r, const struct mention *m)
{
	for (size_t i = m->first; i < m->first + m->n; i++) {
		const struct word *w = &r->words->at[i];
		bool one = w->end_cp - w->start_cp == 1 && w->flags & WORD_UPPER_FIRST && m->n > 1;
		bool few = m->n == 1 && w->flags & WORD_UPPER_ALL && w->end_cp - w->start_cp <= 4;
		if (w->kind == WORD_LETTERS && !one && !few)
			return false;
	}
	return true;
}

static bool names_is_fuller(const struct fullness *a, const struct fullness *b, bool has_endings)
{
	if (a->words != b->words)
		return a->words > b->words;
	if (a->normal_case != b->normal_case)
		return a->normal_case;
	if (a->is_listed != b->is_listed)
		return a->is_listed;
	/* Endings make names longer. */
	if (has_endings && a->letters != b->letters)
		return a->letters < b->letters;
	return a->times > b->times;
}

static uint64_t names_text_key(const struct reading *r, const struct mention *m)
{
	struct str text = reading_text(r, m->first, m->n);
	uint64_t key = (uint64_t)m->name + 1;
	for (size_t i = 0; i < text.n; i++)
		key = reading_join(key, (unsigned char)text.p[i]);
	return key;
}

static struct fullness names_fullness(const struct naming *g, const struct slots *times, const struct mention *m)
{
	const struct word *first = &g->r->words->at[m->first], *last = first + m->n - 1;
	bool letters = names_is_letters(g->r, m), place = m->type == NAME_IS_PLACE;
	bool listed = g->has_endings && place && g->r->gazetteer &&
	              gazetteer_find(g->r->gazetteer, g->r->words, m->first, m->n) != UINT32_MAX;
	return (struct fullness){.words = letters ? 0 : reading_count_words(g->r, m->first, m->n),
	                         .normal_case = !names_are_capitals(g->r, m),
	                         .is_listed = listed,
	                         .letters = last->end_cp - first->start_cp,
	                         .times = slots_get(times, names_text_key(g->r, m))};
}

static void names_choose_full(struct naming *g)
{
	struct slots times = slots_new(g->r->arena, g->mentions->n + 1);
	struct fullness *best = ARENA_ARRAY(g->r->arena, struct fullness, g->names.n + 1);
	for (size_t i = 0; i < g->mentions->n; i++)
		if (g->mentions->at[i].name != MENTION_NAMELESS)
			names_count_part(&times, names_text_key(g->r, &g->mentions->at[i]));
	for (uint32_t i = 0; i < g->mentions->n; i++) {
		const struct mention *m = &g->mentions->at[i];
		if (m->name == MENTION_NAMELESS)
			continue;
		struct fullness f = names_fullness(g, &times, m);
		if (best[m->name].times && !names_is_fuller(&f, &best[m->name], g->has_endings))
			continue;
		best[m->name] = f;
		g->names.at[m->name].full = i;
		g->names.at[m->name].is_short = f.words == 0;
		g->names.at[m->name].has_ending = g->has_endings && !f.is_listed;
	}
}

/* Every mention gets the name at the end of the chain; a link of any form is the name's. */
static void names_settle(struct naming *g)
{
	bool *dropped = ARENA_ARRAY(g->r->arena, bool, g->names.n + 1);
	names_drop_shared_parts(g, dropped);
	for (uint32_t i = 0; i < g->names.n; i++) {
		struct name *root = &g->names.at[names_root(g, i)];
		if (!root->link.uri[0])
			root->link = g->names.at[i].link;
		root->classes |= g->names.at[i].classes;
	}
	for (size_t i = 0; i < g->mentions->n; i++) {
		struct mention *m = &g->mentions->at[i];
		if (m->name != MENTION_NAMELESS)
			m->name = dropped[m->name] ? MENTION_NAMELESS : names_root(g, m->name);
	}
}

struct names names_find(const struct reading *r, struct mentions *mentions, const struct link *dateline)
{
	size_t n = mentions->n + 1, most = n < NAMES_MAX ? n : NAMES_MAX;
	struct naming g = {.r = r, .mentions = mentions, .has_endings = reading_has_endings(r)};
	size_t keys = 5 * n, persons = 1;
	for (size_t i = 0; i < mentions->n; i++)
		persons += mentions->at[i].type == NAME_IS_PERSON && mentions->at[i].n > 1;
	size_t forms = NAMES_FORMS_MAX * (persons < most ? persons : most);
	g.names.at = arena_alloc(r->arena, most * sizeof *g.names.at);
	g.by_key = slots_new(r->arena, keys);
	g.by_form = slots_new(r->arena, forms);
	g.forms = arena_alloc(r->arena, forms * sizeof *g.forms);
	names_full_persons(&g);
	names_short_persons(&g);
	names_others(&g);
	names_by_initials(&g);
	names_link(&g, dateline);
	names_settle(&g);
	names_choose_full(&g);
	return g.names;
}
