/*
 * Persons by tables of keys. See persons.h.
 *
 * A person's full name is entered under the forms that a story may use later: what is left without first names (rank
 * 0), the first names or a family name that stands first (rank 1), a name in the middle (rank 2). Then the mentions are
 * read in their order: a full name is the latest of its forms, a short form is the latest name of the best rank, or, if
 * none came before, the first that comes after. In languages that write endings behind names, names with the same stem
 * are compared letter by letter.
 */
#include "pipeline/stages/entities/persons.h"

#include "pipeline/base/check.h"
#include "pipeline/stages/entities/listed.h"

#define PERSONS_BORNE_OUT   2.0f /* margin of a short form at least: the full name bears it out */
#define PERSONS_OWN_MARGIN  5.0f
#define PERSONS_SURE_MARGIN 3.0f
#define PERSONS_FORMS_MAX   (3 * MENTION_PARTS_MAX)
#define PERSONS_KEY_ENDS    UINT64_C(0x2545f4914f6cdd1d)
#define PERSONS_KEY_STEM    UINT64_C(0x5851f42d4c957f2d)

struct person_form {
	uint64_t key;
	uint8_t rank;
};

static uint64_t persons_parts_key(const struct reading *r, const uint32_t *parts, size_t from, size_t to)
{
	return reading_run_key(r, parts[from], parts[to] - parts[from]);
}

/* "Assad" of "al-Assad". */
static uint64_t persons_without_article(const struct reading *r, uint32_t first, uint32_t end)
{
	bool article = end - first >= 3 && reading_is_hyphen(r, first + 1) &&
	               r->words->at[first].end_cp - r->words->at[first].start_cp <= 3;
	return article ? reading_run_key(r, first + 2, end - first - 2) : 0;
}

static void persons_form_add(struct person_form *forms, size_t *n, uint64_t key, uint8_t rank)
{
	if (key && *n < PERSONS_FORMS_MAX)
		forms[(*n)++] = (struct person_form){naming_mix(key, NAME_IS_PERSON + 1), rank};
}

/* Short forms of a full name. */
static size_t persons_forms(const struct reading *r, const struct mention *m,
                            struct person_form forms[PERSONS_FORMS_MAX])
{
	uint32_t parts[MENTION_PARTS_MAX + 1];
	size_t k = mention_parts(r, m, parts), n = 0;
	for (size_t i = 1; i < k; i++)
		persons_form_add(forms, &n, persons_parts_key(r, parts, i, k), 0);
	if (k > 1)
		persons_form_add(forms, &n, persons_without_article(r, parts[k - 1], parts[k]), 0);
	for (size_t i = 1; i < k; i++)
		persons_form_add(forms, &n, persons_parts_key(r, parts, 0, i), 1);
	for (size_t i = 1; i + 1 < k; i++)
		persons_form_add(forms, &n, persons_parts_key(r, parts, i, i + 1), 2);
	return n;
}

static struct naming_form *persons_form(struct naming *g, uint64_t key, bool make)
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

static void persons_enter_forms(struct naming *g, const struct mention *m, uint32_t name, bool is_latest)
{
	struct person_form forms[PERSONS_FORMS_MAX];
	size_t n = persons_forms(g->r, m, forms);
	for (size_t i = 0; i < n; i++) {
		struct naming_form *form = persons_form(g, forms[i].key, !is_latest);
		if (form && is_latest)
			form->latest[forms[i].rank] = name;
		else if (form && form->first[forms[i].rank] == SLOT_NONE)
			form->first[forms[i].rank] = name;
	}
}

/* First and last part alike, and one of the two names has no other: "Vladimir Putin", "Vladimir V. Putin". */
static uint64_t persons_ends_key(const struct reading *r, const uint32_t *parts, size_t k)
{
	uint64_t first = persons_parts_key(r, parts, 0, 1), last = persons_parts_key(r, parts, k - 1, k);
	return first && last ? naming_mix(reading_join(first, last), PERSONS_KEY_ENDS) : 0;
}

static uint32_t persons_by_ends(struct naming *g, const uint32_t *parts, size_t k)
{
	uint64_t key = persons_ends_key(g->r, parts, k);
	uint32_t name = key ? slots_get(&g->by_key, key) : SLOT_NONE;
	bool one_is_bare = name != SLOT_NONE && (k == 2 || g->names.at[name].n_parts == 2);
	return one_is_bare ? name : SLOT_NONE;
}

/* "Vladimirom Putinom", "Vladimira Putina": both words change, or a last name that changes alone. */
static uint64_t persons_stems_key(const struct reading *r, const uint32_t *parts, size_t k)
{
	uint64_t first = reading_stem(r, parts[0]), last = reading_stem(r, parts[k] - 1);
	return first && last ? naming_mix(reading_join(first, last), PERSONS_KEY_STEM) : 0;
}

static uint32_t persons_by_stems(struct naming *g, const uint32_t *parts, size_t k)
{
	uint64_t key = g->has_endings ? persons_stems_key(g->r, parts, k) : 0;
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

/* A person's full name, met for the first time or again. */
static void persons_full(struct naming *g, uint32_t at, const uint32_t *parts, size_t k)
{
	struct mention *m = &g->mentions->at[at];
	uint32_t *slot = slots_put(&g->by_key, naming_key(m));
	CHECK(slot);
	if (*slot != SLOT_NONE && m->name == MENTION_NAMELESS) {
		m->name = *slot;
		return;
	}
	uint32_t name = m->name == MENTION_NAMELESS ? persons_by_ends(g, parts, k) : m->name;
	if (name == SLOT_NONE)
		name = persons_by_stems(g, parts, k);
	if (name == SLOT_NONE)
		name = naming_add(g, at, (uint8_t)k);
	m->name = name;
	if (name == MENTION_NAMELESS)
		return;
	*slot = name;
	if (g->names.at[name].n_parts < k)
		g->names.at[name].n_parts = (uint8_t)k;
	naming_remember(g, persons_ends_key(g->r, parts, k), name);
	if (g->has_endings) {
		naming_remember(g, persons_stems_key(g->r, parts, k), name);
		uint64_t last = reading_stem(g->r, parts[k] - 1);
		naming_remember(g, last ? naming_mix(last, PERSONS_KEY_STEM) : 0, name);
	}
	persons_enter_forms(g, m, name, false);
}

static void persons_name_full(struct naming *g)
{
	uint32_t parts[MENTION_PARTS_MAX + 1];
	for (size_t i = 0; i < g->mentions->n; i++) {
		if (g->mentions->at[i].type != NAME_IS_PERSON)
			continue;
		size_t k = mention_parts(g->r, &g->mentions->at[i], parts);
		if (k > 1)
			persons_full(g, (uint32_t)i, parts, k);
	}
}

/* A name in the middle decides only where the word is no place's name. */
static uint32_t persons_best_of_form(const struct naming_form *form, bool may_be_middle)
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
static uint32_t persons_short_by_stem(struct naming *g, const struct mention *m)
{
	size_t last = m->first + m->n - 1;
	uint64_t stem = g->has_endings && m->n == 1 ? reading_stem(g->r, last) : 0;
	uint32_t name = stem ? slots_get(&g->by_key, naming_mix(stem, PERSONS_KEY_STEM)) : SLOT_NONE;
	if (name == SLOT_NONE)
		return SLOT_NONE;
	const struct mention *full = &g->mentions->at[g->names.at[name].full];
	return reading_same_but_ending(g->r, last, full->first + full->n - 1) ? name : SLOT_NONE;
}

/* What the word is by the list, as far as that tells it from a person's name. */
static uint16_t persons_listed(const struct reading *r, const struct mention *m)
{
	return listed_entry(r, reading_find(r, m->first, m->n)).classes;
}

/*
 * May the word be a person's although the tagger said otherwise? Not where it is a country's, a capital's or an
 * organisation's, nor where the tagger is sure.
 */
static bool persons_may_be_person(const struct reading *r, const struct mention *m, uint16_t listed)
{
	bool place = listed & NAME_PLACES && m->margin >= PERSONS_SURE_MARGIN;
	bool letters = m->n == 1 && r->words->at[m->first].flags & WORD_UPPER_ALL;
	return !place && !letters && !(listed & (NAME_COUNTRY | NAME_CAPITAL | NAME_ORGANISATIONS));
}

/* "Luís Montenegro", then "Montenegro": a country, and a surname of the list that the story has borne out. */
static bool persons_is_borne_out(const struct reading *r, const struct mention *m, const struct naming_form *form)
{
	struct link_surface surface = {.name = UINT32_MAX};
	if (form->latest[0] == SLOT_NONE || m->margin >= PERSONS_OWN_MARGIN || !r->gazetteer)
		return false;
	surface.name = reading_find(r, m->first, m->n);
	uint16_t classes = listed_classes_of(r, surface.name);
	return classes & NAME_SURNAME && !(classes & (NAME_CAPITAL | NAME_ORGANISATIONS));
}

/* One of a single word that no full name of the story explains. */
static void persons_lonely(struct naming *g, uint32_t at, uint16_t listed)
{
	struct mention *m = &g->mentions->at[at];
	if (listed & NAME_COUNTRY && m->margin < PERSONS_OWN_MARGIN) {
		m->type = NAME_IS_PLACE;
		return;
	}
	uint32_t *slot = slots_put(&g->by_key, naming_key(m));
	CHECK(slot);
	m->name = *slot == SLOT_NONE ? *slot = naming_add(g, at, 1) : *slot;
	uint64_t stem = g->has_endings && m->n == 1 ? reading_stem(g->r, m->first) : 0;
	if (stem && m->name != MENTION_NAMELESS)
		naming_remember(g, naming_mix(stem, PERSONS_KEY_STEM), m->name);
}

static void persons_short(struct naming *g, uint32_t at)
{
	struct mention *m = &g->mentions->at[at];
	bool is_person = m->type == NAME_IS_PERSON;
	const struct naming_form *form = persons_form(g, naming_mix(m->key, NAME_IS_PERSON + 1), false);
	if (!form && !is_person)
		return;
	uint16_t listed = persons_listed(g->r, m);
	uint32_t name = form ? persons_best_of_form(form, !(listed & NAME_PLACES)) : SLOT_NONE;
	if (name == SLOT_NONE && is_person)
		name = persons_short_by_stem(g, m);
	bool may = is_person || (name != SLOT_NONE && (persons_may_be_person(g->r, m, listed) ||
	                                               (form && persons_is_borne_out(g->r, m, form))));
	if (name != SLOT_NONE && may) {
		m->type = NAME_IS_PERSON;
		m->name = name;
		if (m->evidence == EVIDENCE_TAGGER || m->evidence == EVIDENCE_SAME_NAME)
			m->evidence = EVIDENCE_FULL_NAME;
		if (m->margin < PERSONS_BORNE_OUT)
			m->margin = PERSONS_BORNE_OUT;
	} else if (is_person) {
		persons_lonely(g, at, listed);
	}
}

/* Short forms in the order of the story: of two Clintons the one named last. */
static void persons_name_short(struct naming *g)
{
	for (size_t i = 0; i < g->mentions->n; i++) {
		struct mention *m = &g->mentions->at[i];
		uint32_t parts[MENTION_PARTS_MAX + 1];
		size_t k = mention_parts(g->r, m, parts);
		if (m->name != MENTION_NAMELESS)
			persons_enter_forms(g, m, m->name, true);
		else if (k == 1 || m->type != NAME_IS_PERSON)
			persons_short(g, (uint32_t)i);
	}
}

void persons_name(struct naming *g)
{
	size_t most = g->mentions->n + 1 < NAMES_MAX ? g->mentions->n + 1 : NAMES_MAX, persons = 1;
	for (size_t i = 0; i < g->mentions->n; i++)
		persons += g->mentions->at[i].type == NAME_IS_PERSON && g->mentions->at[i].n > 1;
	size_t forms = PERSONS_FORMS_MAX * (persons < most ? persons : most);
	g->by_form = slots_new(g->r->arena, forms);
	g->forms = arena_alloc(g->r->arena, forms * sizeof *g->forms);
	persons_name_full(g);
	persons_name_short(g);
}
