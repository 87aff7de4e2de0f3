/*
 * language: which language is a story written in?
 *
 * First by script: many scripts have one language. Among the languages of a script by a model of letters and words
 * (model.h), trained on text of some 260 languages in their scripts. Its probabilities are calibrated; they say how
 * sure the answer is, and who comes second. `und` with a reason stands where there is too little to go by, or nothing
 * that is known. What is known of the story beside its text (prior.h) decides between languages that are near to each
 * other, never against the text.
 */
#include "pipeline/base/check.h"
#include "pipeline/stage.h"
#include "pipeline/stages/language/model.h"
#include "pipeline/stages/language/prior.h"
#include "pipeline/stages/language/script.h"
#include "pipeline/words/language_tag.h"

#include <limits.h>

/* So much is read of a headline, and of a body in three places: a language does not change behind it. */
#define LANGUAGE_HEADLINE_BYTES 256
#define LANGUAGE_WINDOW_BYTES   384
#define LANGUAGE_WINDOWS        3
/* Fewer letters than these are a name or a number's unit, in a script of one language and of many. */
#define LANGUAGE_LETTERS_ONE  2
#define LANGUAGE_LETTERS_MANY 12
/* Below it many languages are as good as each other, above it only one is good. */
#define LANGUAGE_GUESS    0.2
#define LANGUAGE_RELIABLE 0.7
#define LANGUAGE_CERTAIN  0.99

struct language_shared {
	struct model *model;
	struct prior *prior;
};

struct language_ranked {
	size_t best, second; /* labels; SIZE_MAX: none */
	double best_p, second_p;
};

/* The n-th of a source's expected languages, where it was written. */
static const char *language_where(const struct feed *feed, size_t n)
{
	const struct node *expect = feed->node ? node_get(feed->node, "expect") : NULL;
	const struct node *item = expect && expect->kind == NODE_LIST ? expect->first : expect;
	while (item && expect->kind == NODE_LIST && n-- > 0)
		item = item->next;
	return item ? node_where(item) : "sources";
}

static bool language_check_tag(const struct language_codes *codes, const struct feed *feed, size_t n, struct err *err)
{
	struct arena room;
	char guess[LANGUAGE_TAG_GUESS_BYTES];
	struct str tag = feed->expect[n];
	arena_init(&room, 0, 0);
	bool is_tag = language_tag_read(codes, tag, &room).n > 0;
	arena_free(&room);
	if (is_tag)
		return true;
	bool is_near = language_tag_guess(tag, guess);
	return err_set(
	        err, "%s: source '%.*s' expects '%.*s', which is no language; write it as BCP 47 does: en, pt-BR%s%s%s",
	        language_where(feed, n), STR_ARG(feed->name), STR_ARG(tag), is_near ? "; did you mean '" : "",
	        is_near ? guess : "", is_near ? "'?" : "");
}

static bool language_check(const struct stage_env *env, const void *options, struct err *err)
{
	(void)options;
	struct language_codes codes;
	language_codes_fill(&codes);
	for (size_t i = 0; i < env->n_feeds; i++)
		for (size_t n = 0; n < env->feeds[i].n_expect; n++)
			if (!language_check_tag(&codes, &env->feeds[i], n, err))
				return false;
	return true;
}

static bool language_model_has(const struct model *model, struct str expected)
{
	for (size_t group = 0; group < model_groups(model); group++)
		for (size_t label = 0; label < model_group_labels(model, group); label++)
			if (prior_tag_fits(model_tag(model, group, label), expected))
				return true;
	return false;
}

/* To expect what the model never answers is no fault, and of no use. */
static void language_warn(const struct stage_env *env, const struct model *model)
{
	for (size_t i = 0; env->warn && i < env->n_feeds; i++) {
		const struct feed *feed = &env->feeds[i];
		for (size_t n = 0; n < feed->n_expect; n++) {
			char words[400];
			if (language_model_has(model, feed->expect[n]))
				continue;
			snprintf(words, sizeof(words),
			         "%s: source '%.*s' expects '%.*s', which the model of languages does not know",
			         language_where(feed, n), STR_ARG(str_slice(feed->name, 0, 100)),
			         STR_ARG(str_slice(feed->expect[n], 0, 50)));
			env->warn(env->warn_arg, words);
		}
	}
}

static bool language_open(const struct stage_env *env, const void *options, void *shared, struct err *err)
{
	(void)options;
	struct language_shared *language = shared;
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%.*s/language/languages.model", STR_ARG(env->data_dir));
	if (n < 0 || n >= (int)sizeof(path))
		return err_set(err, "the path of the data folder is too long");
	language->model = model_open(path, err);
	if (!language->model)
		return false;
	language->prior = prior_new(language->model);
	language_warn(env, language->model);
	return true;
}

static void language_close(void *shared)
{
	struct language_shared *language = shared;
	prior_free(&language->prior);
	model_close(&language->model);
}

/* Some bytes of s from a place on, whole characters. */
static struct str language_window(struct str s, size_t from, size_t most)
{
	while (from < s.n && ((unsigned char)s.p[from] & 0xc0) == 0x80)
		from++;
	size_t end = s.n - from > most ? from + most : s.n;
	while (end > from && end < s.n && ((unsigned char)s.p[end] & 0xc0) == 0x80)
		end--;
	return str_slice(s, from, end);
}

/* Headline and body as one text: all of a short body, of a long one its beginning, middle and end. */
static struct str language_text(struct call *call, const struct story *st)
{
	struct str headline = language_window(story_headline(st), 0, LANGUAGE_HEADLINE_BYTES);
	struct str body = story_body(st), part[LANGUAGE_WINDOWS] = {body};
	if (body.n > (size_t)LANGUAGE_WINDOWS * LANGUAGE_WINDOW_BYTES) {
		size_t behind = body.n - LANGUAGE_WINDOW_BYTES;
		for (size_t i = 0; i < LANGUAGE_WINDOWS; i++)
			part[i] = language_window(body, behind / (LANGUAGE_WINDOWS - 1) * i, LANGUAGE_WINDOW_BYTES);
	}
	return arena_printf(call->tmp, "%.*s\n%.*s\n%.*s\n%.*s", STR_ARG(headline), STR_ARG(part[0]), STR_ARG(part[1]),
	                    STR_ARG(part[2]));
}

static void language_unknown(struct story *st, const char *script, const char *reason)
{
	st->language.tag = "und";
	st->language.script = script;
	st->language.confidence = 0;
	st->language.reliable = false;
	st->language.runner_up = NULL;
	st->language.reason = reason;
}

static struct language_ranked language_rank(const double *p, size_t n)
{
	struct language_ranked ranked = {.best = SIZE_MAX, .second = SIZE_MAX};
	for (size_t l = 0; l < n; l++) {
		if (p[l] > ranked.best_p) {
			ranked.second = ranked.best;
			ranked.second_p = ranked.best_p;
			ranked.best = l;
			ranked.best_p = p[l];
		} else if (p[l] > ranked.second_p) {
			ranked.second = l;
			ranked.second_p = p[l];
		}
	}
	return ranked;
}

static void language_set(struct story *st, const char *tag, const char *script, double confidence)
{
	st->language.tag = tag;
	st->language.script = script;
	st->language.confidence = fmin(confidence, LANGUAGE_CERTAIN);
	st->language.reliable = confidence >= LANGUAGE_RELIABLE;
	st->language.runner_up = NULL;
	st->language.reason = NULL;
}

/*
 * What a script's share of the letters is worth: two scripts in equal parts leave everything open, some quoted words
 * nothing.
 */
static double language_trust(const struct script_found *script)
{
	double share = script->share, rest = 1 - share;
	return share * share / (share * share + rest * rest);
}

static void language_by_script(const struct model *model, size_t group, struct story *st,
                               const struct script_found *script)
{
	if (script->letters < LANGUAGE_LETTERS_ONE)
		language_unknown(st, script->name, "too-short");
	else
		language_set(st, model_tag(model, group, 0), script->name, language_trust(script));
}

static void language_by_model(const struct language_shared *language, size_t group, struct story *st, struct str text,
                              const struct script_found *script)
{
	const struct model *model = language->model;
	struct model_answer answer;
	/* A character of Chinese says as much as a word elsewhere. */
	bool is_han = strncmp(script->name, "Han", 3) == 0;
	if (script->letters < (is_han ? LANGUAGE_LETTERS_ONE : LANGUAGE_LETTERS_MANY)) {
		language_unknown(st, script->name, "too-short");
		return;
	}
	model_judge(model, group, text, &answer);
	prior_apply(language->prior, group, st, &answer);
	struct language_ranked ranked = language_rank(answer.probability, model_group_labels(model, group));
	if (answer.strange || ranked.best_p < LANGUAGE_GUESS) {
		language_unknown(st, script->name, "unknown");
		return;
	}
	language_set(st, model_tag(model, group, ranked.best), script->name, ranked.best_p * language_trust(script));
	if (ranked.second != SIZE_MAX)
		st->language.runner_up = model_tag(model, group, ranked.second);
}

static enum answer language_run(struct call *call, struct story *st)
{
	const struct language_shared *language = call->shared;
	struct str text = language_text(call, st);
	struct script_found script = script_find(text);
	if (!script.name) {
		language_unknown(st, NULL, "no-letters");
		return ANSWER_KEEP;
	}
	/* Either orthography of Chinese, or characters that both have. */
	bool is_han = strncmp(script.name, "Han", 3) == 0;
	size_t group = model_group(language->model, is_han ? "Hani" : script.name);
	if (group == SIZE_MAX)
		language_unknown(st, script.name, "unknown");
	else if (model_group_labels(language->model, group) == 1)
		language_by_script(language->model, group, st, &script);
	else
		language_by_model(language, group, st, text, &script);
	return ANSWER_KEEP;
}

const struct stage stage_language = {
        .name = "language",
        .summary = "tells the language by script and a model of letters and words, with a confidence",
        .order = STAGE_ANY_ORDER,
        .needs = GROUP_DECODE,
        .reads = GROUP_CLEANUP | GROUP_CREDITS,
        .writes = GROUP_LANGUAGE,
        .shared_size = sizeof(struct language_shared),
        .check = language_check,
        .open = language_open,
        .close = language_close,
        .run = language_run,
};
