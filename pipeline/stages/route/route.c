/*
 * route: says where a story goes. Articles by language, duplicates to a topic of their own.
 *
 * The table of topics comes from the configuration's `output:`; without one (enrich) the default names stand. A story's
 * language finds its topic as BCP 47 looks tags up: "pt-BR" takes the row "pt-BR", else "pt", else the default. What
 * cancels earlier copy goes to every article topic at once: the story that it kills may have gone to any of them, and a
 * kill often has no text to tell a language by. Topics of a story are views into a table that lives as long as the
 * process.
 */
#include "pipeline/base/check.h"
#include "pipeline/stage.h"

#include <strings.h>

struct route_options {
	struct strings duplicates;
};

static const struct option route_options[] = {
        OPTION_WORDS(struct route_options, duplicates, "duplicates", verdict_words, "exact, syndicated",
                     "Verdicts whose stories go to the topic of duplicates; all others are articles."),
        OPTION_END};

struct route_row {
	struct str language;
	size_t topic; /* index into articles */
};

struct route {
	const char **articles; /* each topic once, the default first */
	size_t n_articles;
	struct route_row *rows;
	size_t n_rows;
	const char *duplicates[1];
	bool is_duplicate[VERDICT_UNJUDGED + 1];
};

static const struct output_topics route_default_topics = {
        .fallback = "wire.articles", .duplicates = "wire.duplicates", .dead_letters = "wire.dead"};

/* Index of the topic among the distinct ones, added where it is new. There is room for all rows and the default. */
static size_t route_intern(struct route *route, const char *topic)
{
	for (size_t i = 0; i < route->n_articles; i++)
		if (strcmp(route->articles[i], topic) == 0)
			return i;
	route->articles[route->n_articles] = topic;
	return route->n_articles++;
}

static void *route_array(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size);
	if (!p)
		check_panic("out of memory");
	return p;
}

static bool route_open(const struct stage_env *env, const void *options, void *shared, struct err *err)
{
	const struct route_options *o = options;
	struct route *route = shared;
	(void)err;
	for (size_t i = 0; i < o->duplicates.n; i++) {
		int verdict;
		bool is_known = options_parse_word(o->duplicates.items[i], verdict_words, &verdict);
		CHECK(is_known);
		route->is_duplicate[VERDICT_ORIGINAL + verdict] = true;
	}
	const struct output_topics *out = env->output ? env->output : &route_default_topics;
	CHECK(out->fallback && out->duplicates);
	route->articles = route_array(out->n_by_language + 1, sizeof(*route->articles));
	route->rows = route_array(out->n_by_language, sizeof(*route->rows));
	route->duplicates[0] = out->duplicates;
	route_intern(route, out->fallback);
	for (size_t i = 0; i < out->n_by_language; i++)
		route->rows[i] = (struct route_row){str_of(out->by_language[i].language),
		                                    route_intern(route, out->by_language[i].topic)};
	route->n_rows = out->n_by_language;
	return true;
}

static void route_close(void *shared)
{
	struct route *route = shared;
	free(route->articles);
	free(route->rows);
}

static const struct route_row *route_find(const struct route *route, struct str tag)
{
	for (size_t i = 0; i < route->n_rows; i++) {
		struct str language = route->rows[i].language;
		if (language.n == tag.n && strncasecmp(language.p, tag.p, tag.n) == 0)
			return &route->rows[i];
	}
	return NULL;
}

/* The tag without its last subtag; empty when it has but one. */
static struct str route_shorten(struct str tag)
{
	while (tag.n && tag.p[tag.n - 1] != '-')
		tag.n--;
	return str_slice(tag, 0, tag.n ? tag.n - 1 : 0);
}

static size_t route_topic(const struct route *route, struct str tag)
{
	for (; tag.n; tag = route_shorten(tag)) {
		const struct route_row *row = route_find(route, tag);
		if (row)
			return row->topic;
	}
	return 0;
}

/* A kill, and a withdrawal likewise: it must reach whoever got what it takes back. */
static bool route_cancels(const struct story *st)
{
	const char *control = story_control(st);
	return control && (strcmp(control, "kill") == 0 || strcmp(control, "withdrawal") == 0);
}

static enum answer route_run(struct call *call, struct story *st)
{
	const struct route *route = call->shared;
	CHECK(st->dedup.verdict <= VERDICT_UNJUDGED);
	st->route.outcome = OUTCOME_ARTICLE;
	st->route.n_topics = 1;
	if (route_cancels(st)) {
		st->route.topics = route->articles;
		st->route.n_topics = route->n_articles;
	} else if (route->is_duplicate[st->dedup.verdict]) {
		st->route.outcome = OUTCOME_DUPLICATE;
		st->route.topics = route->duplicates;
	} else {
		st->route.topics = &route->articles[route_topic(route, story_language(st))];
	}
	return ANSWER_KEEP;
}

const struct stage stage_route = {
        .name = "route",
        .summary = "chooses the output topic by language and verdict; a kill goes to every article topic",
        .order = STAGE_IN_ORDER,
        .needs = GROUP_DECODE,
        .reads = GROUP_LANGUAGE | GROUP_DEDUP,
        .writes = GROUP_ROUTE,
        .options = route_options,
        .options_size = sizeof(struct route_options),
        .shared_size = sizeof(struct route),
        .open = route_open,
        .close = route_close,
        .run = route_run,
};
