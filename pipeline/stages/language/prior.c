/*
 * Odds from beside the text. See prior.h.
 *
 * The factors were tuned on Indonesian news cut to 60 characters: of a source in Jakarta 95 to 98 per cent are told
 * right with factors of 3 to 8, of one that says it is in Kuala Lumpur 75 to 58. If one story in ten comes from
 * elsewhere, all of 4 to 8 are equally good.
 */
#include "pipeline/stages/language/prior.h"

#include "pipeline/base/check.h"
#include "pipeline/words/fold.h"

#include <stdlib.h>
#include <strings.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* So many times likelier is a language for one of these reasons, and for all of them. */
#define PRIOR_EXPECTED 8.0
#define PRIOR_DECLARED 8.0
#define PRIOR_HOME     5.0
#define PRIOR_HOME_TOO 2.0 /* not the likeliest of its country */
#define PRIOR_MOST     24.0
/* Surer than that, the text needs no help. */
#define PRIOR_SURE       0.999
#define PRIOR_TOWN_BYTES 60
#define PRIOR_TOWNS_MAX  600
#define PRIOR_NONE       0xff

static const struct prior_near {
	const char *tags;
	double trust;
} prior_nears[] = {
#define NEAR(tags, trust) {tags, trust},
#include "pipeline/stages/language/near.def"
#undef NEAR
};

static const struct prior_home {
	const char *tags, *zones, *towns;
} prior_homes[] = {
#define HOME(tags, zones, towns) {tags, zones, towns},
#include "pipeline/stages/language/homes.def"
#undef HOME
};

struct prior_town {
	char name[PRIOR_TOWN_BYTES]; /* folded, NUL behind it */
	uint8_t home;
};

struct prior {
	const struct model *model;
	uint8_t *near; /* by group and label, MODEL_LABELS_MAX a group: which of prior_nears */
	struct prior_town towns[PRIOR_TOWNS_MAX]; /* ascending */
	size_t n_towns;
};

/* The number of an entry among others with a separator between them, or SIZE_MAX. */
static size_t prior_place_in(const char *list, char separator, struct str entry)
{
	struct str rest = str_of(list);
	for (size_t i = 0; rest.n; i++) {
		size_t end = str_index(rest, separator, 0);
		struct str one = str_slice(rest, 0, end);
		if (one.n == entry.n && memcmp(one.p, entry.p, one.n) == 0)
			return i;
		rest = str_slice(rest, end < rest.n ? end + 1 : end, rest.n);
	}
	return SIZE_MAX;
}

static uint8_t prior_near_of(const char *tag)
{
	for (size_t i = 0; i < COUNT(prior_nears); i++)
		if (prior_place_in(prior_nears[i].tags, ' ', str_of(tag)) != SIZE_MAX)
			return (uint8_t)i;
	return PRIOR_NONE;
}

static int prior_compare_towns(const void *a, const void *b)
{
	return strcmp(((const struct prior_town *)a)->name, ((const struct prior_town *)b)->name);
}

/* A town's name as it is compared; false: too long for one. */
static bool prior_fold_town(struct str name, struct prior_town *town)
{
	if (name.n == 0 || name.n >= PRIOR_TOWN_BYTES)
		return false;
	town->name[fold_text(name, town->name, PRIOR_TOWN_BYTES - 1)] = 0;
	return true;
}

static void prior_add_towns(struct prior *prior, uint8_t home)
{
	struct str rest = str_of(prior_homes[home].towns);
	while (rest.n) {
		size_t end = str_index(rest, ';', 0);
		struct prior_town *town = &prior->towns[prior->n_towns++];
		CHECK(prior->n_towns < PRIOR_TOWNS_MAX && prior_fold_town(str_slice(rest, 0, end), town));
		town->home = home;
		rest = str_slice(rest, end < rest.n ? end + 1 : end, rest.n);
	}
}

struct prior *prior_new(const struct model *model)
{
	size_t n_groups = model_groups(model);
	struct prior *prior = calloc(1, sizeof(*prior));
	uint8_t *near = malloc(n_groups * MODEL_LABELS_MAX);
	if (!prior || !near)
		check_panic("out of memory");
	*prior = (struct prior){.model = model, .near = near};
	for (size_t g = 0; g < n_groups; g++)
		for (size_t l = 0; l < model_group_labels(model, g); l++)
			near[g * MODEL_LABELS_MAX + l] = prior_near_of(model_tag(model, g, l));
	for (size_t home = 0; home < COUNT(prior_homes); home++)
		prior_add_towns(prior, (uint8_t)home);
	qsort(prior->towns, prior->n_towns, sizeof(prior->towns[0]), prior_compare_towns);
	return prior;
}

void prior_free(struct prior **prior)
{
	if (*prior)
		free((*prior)->near);
	free(*prior);
	*prior = NULL;
}

bool prior_tag_fits(const char *tag, struct str expected)
{
	size_t n = strlen(tag);
	bool starts = expected.n >= n && strncasecmp(expected.p, tag, n) == 0;
	return starts && (expected.n == n || expected.p[n] == '-');
}

bool prior_are_near(const struct prior *prior, size_t group, size_t label, size_t other)
{
	const uint8_t *near = prior->near + group * MODEL_LABELS_MAX;
	return label == other || (near[label] != PRIOR_NONE && near[label] == near[other]);
}

/* --- reasons -------------------------------------------------------------------------------------------------- */

static const struct prior_home *prior_home_of_zone(struct str zone)
{
	for (size_t i = 0; zone.n && i < COUNT(prior_homes); i++)
		if (prior_place_in(prior_homes[i].zones, ' ', zone) != SIZE_MAX)
			return &prior_homes[i];
	return NULL;
}

/* "Kupang, NTT" is Kupang. */
static const struct prior_home *prior_home_of_place(const struct prior *prior, struct str place)
{
	struct prior_town town;
	if (!prior_fold_town(str_slice(place, 0, str_index(place, ',', 0)), &town))
		return NULL;
	const struct prior_town *found =
	        bsearch(&town, prior->towns, prior->n_towns, sizeof(prior->towns[0]), prior_compare_towns);
	return found ? &prior_homes[found->home] : NULL;
}

/* What speaks of one story. */
struct prior_reasons {
	const struct feed *feed;
	struct str declared;
	const struct prior_home *homes[2]; /* by zone and by place */
};

/* A zone is a country's; a desk abroad has its own country's zone and names the place: so both count, if both are
 * known. */
static struct prior_reasons prior_reasons_of(const struct prior *prior, const struct story *st)
{
	const struct feed *feed = st->msg->feed;
	struct str place = st->credits.place.name.n ? st->credits.place.name : st->decode.located;
	struct str zone = st->credits.zone ? str_of(st->credits.zone) : feed ? feed->zone : (struct str){0};
	return (struct prior_reasons){.feed = feed,
	                              .declared = st->decode.language,
	                              .homes = {prior_home_of_zone(zone), prior_home_of_place(prior, place)}};
}

static bool prior_is_expected(const struct feed *feed, const char *tag)
{
	for (size_t i = 0; feed && i < feed->n_expect; i++)
		if (prior_tag_fits(tag, feed->expect[i]))
			return true;
	return false;
}

static double prior_by_home(const struct prior_home *home, const char *tag)
{
	size_t place = home ? prior_place_in(home->tags, ' ', str_of(tag)) : SIZE_MAX;
	return place == SIZE_MAX ? 1 : place == 0 ? PRIOR_HOME : PRIOR_HOME_TOO;
}

/* All reasons together; what is expected has been counted. */
static double prior_factor(const struct prior_reasons *reasons, const char *tag)
{
	double expected = prior_is_expected(reasons->feed, tag) ? PRIOR_EXPECTED : 1, factor = expected;
	if (prior_tag_fits(tag, reasons->declared))
		factor *= PRIOR_DECLARED;
	factor *= fmax(prior_by_home(reasons->homes[0], tag), prior_by_home(reasons->homes[1], tag));
	return fmin(factor, PRIOR_MOST) / expected;
}

/* --- applying ------------------------------------------------------------------------------------------------- */

static void prior_apply_expected(const struct model *model, size_t group, const struct feed *feed,
                                 struct model_answer *answer)
{
	double sum = 0;
	size_t n = model_group_labels(model, group);
	for (size_t l = 0; l < n; l++) {
		if (prior_is_expected(feed, model_tag(model, group, l)))
			answer->probability[l] *= PRIOR_EXPECTED;
		sum += answer->probability[l];
	}
	for (size_t l = 0; sum > 0 && l < n; l++)
		answer->probability[l] /= sum;
}

/* What the languages of one row of near.def have together stays theirs; inside it the reasons count. */
static void prior_apply_near(const struct prior *prior, size_t group, uint8_t near, const struct prior_reasons *reasons,
                             struct model_answer *answer)
{
	const uint8_t *nears = prior->near + group * MODEL_LABELS_MAX;
	double *p = answer->probability, before = 0, after = 0;
	size_t n = model_group_labels(prior->model, group);
	for (size_t l = 0; l < n; l++)
		before += nears[l] == near ? p[l] : 0;
	for (size_t l = 0; l < n; l++) {
		if (nears[l] != near || p[l] <= 0)
			continue;
		p[l] = pow(p[l] / before, prior_nears[near].trust) *
		       prior_factor(reasons, model_tag(prior->model, group, l));
		after += p[l];
	}
	for (size_t l = 0; after > 0 && l < n; l++)
		if (nears[l] == near)
			p[l] *= before / after;
}

void prior_apply(const struct prior *prior, size_t group, const struct story *st, struct model_answer *answer)
{
	if (model_rank(prior->model, group, answer).best_p > PRIOR_SURE)
		return;
	struct prior_reasons reasons = prior_reasons_of(prior, st);
	if (reasons.feed && reasons.feed->n_expect)
		prior_apply_expected(prior->model, group, reasons.feed, answer);
	size_t best = model_rank(prior->model, group, answer).best;
	uint8_t near = best == SIZE_MAX ? PRIOR_NONE : prior->near[group * MODEL_LABELS_MAX + best];
	if (near != PRIOR_NONE)
		prior_apply_near(prior, group, near, &reasons, answer);
}

double prior_against_declared(double confidence)
{
	return confidence / (confidence + (1 - confidence) * PRIOR_DECLARED);
}
