/*
 * language: which language is a story written in?
 *
 * First by script: most scripts have one language. Among the languages of a script by words, letters and triples of
 * letters (model.h). The answer comes with a confidence, made from the margin to the runner-up, and `und` with a reason
 * where there is too little to go by, or nothing that is known. What the source says to expect counts a little: it
 * decides between languages that are near to each other, never against the text.
 */
#include "pipeline/base/check.h"
#include "pipeline/stage.h"
#include "pipeline/stages/language/model.h"
#include "pipeline/stages/language/script.h"

#include <strings.h>

/* So much of headline and body is read: a language does not change behind it. */
#define LANGUAGE_TEXT_BYTES 8192
/* Fewer letters than these are a name or a number's unit, in a script of one language and of many. */
#define LANGUAGE_LETTERS_ONE  2
#define LANGUAGE_LETTERS_MANY 12
/* What an expected language has ahead: less than one frequent word. */
#define LANGUAGE_EXPECTED 2.0
/* Scores are sums of dependent things and exaggerate; this tempers them. */
#define LANGUAGE_TEMPER 0.6
/* So many times the least score a word is a good fit; what lies between is doubtful. */
#define LANGUAGE_FITS     1.6
#define LANGUAGE_RELIABLE 0.8
#define LANGUAGE_CERTAIN  0.99

struct language_shared {
	struct model *model;
};

struct language_ranked {
	size_t best, second; /* rows; SIZE_MAX: none */
	double best_score, second_score;
	size_t candidates;
};

/*
 * Score a word below which a text is in no language of the table. Where a script has many languages that are not in it,
 * a text that merely looks like one of ours must not pass for it.
 */
static double language_least_score(const char *script)
{
	static const struct {
		const char *script;
		double least;
	} rows[] = {{"Latn", 0.6}, {"Arab", 0.4}, {"Cyrl", 0.3}};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].script, script) == 0)
			return rows[i].least;
	return 0.1;
}

static bool language_open(const struct stage_env *env, const void *options, void *shared, struct err *err)
{
	(void)env;
	(void)options;
	(void)err;
	struct language_shared *language = shared;
	language->model = model_new();
	return true;
}

static void language_close(void *shared)
{
	struct language_shared *language = shared;
	model_free(&language->model);
}

/* The first bytes of s, at most so many, whole characters. */
static struct str language_beginning(struct str s, size_t most)
{
	if (s.n <= most)
		return s;
	while (most && ((unsigned char)s.p[most] & 0xc0) == 0x80)
		most--;
	return str_slice(s, 0, most);
}

/* The beginning of headline and body, as one text. */
static struct str language_text(struct call *call, const struct story *st)
{
	struct str headline = language_beginning(story_headline(st), LANGUAGE_TEXT_BYTES);
	struct str body = language_beginning(story_body(st), LANGUAGE_TEXT_BYTES - headline.n);
	return arena_printf(call->tmp, "%.*s\n%.*s", STR_ARG(headline), STR_ARG(body));
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

/* Is the tag one of the expected ones, or the language of one ("pt" of "pt-BR")? */
static bool language_is_expected(const struct feed *feed, const char *tag)
{
	size_t n = strlen(tag);
	for (size_t i = 0; feed && i < feed->n_expect; i++) {
		struct str expected = feed->expect[i];
		bool starts = expected.n >= n && strncasecmp(expected.p, tag, n) == 0;
		if (starts && (expected.n == n || expected.p[n] == '-'))
			return true;
	}
	return false;
}

static void language_rank(struct language_ranked *ranked, size_t row, double score)
{
	ranked->candidates++;
	if (ranked->best == SIZE_MAX || score > ranked->best_score) {
		ranked->second = ranked->best;
		ranked->second_score = ranked->best_score;
		ranked->best = row;
		ranked->best_score = score;
	} else if (ranked->second == SIZE_MAX || score > ranked->second_score) {
		ranked->second = row;
		ranked->second_score = score;
	}
}

/* The languages of a script by their scores; without scores, just how many there are. */
static struct language_ranked language_candidates(const char *script, const struct feed *feed,
                                                  const struct model_scores *scores)
{
	struct language_ranked ranked = {.best = SIZE_MAX, .second = SIZE_MAX};
	size_t n;
	const struct language *rows = model_languages(&n);
	for (size_t row = 0; row < n; row++) {
		if (strcmp(rows[row].script, script) != 0)
			continue;
		double score = scores ? scores->score[row] : 0;
		double ahead = language_is_expected(feed, rows[row].tag) ? LANGUAGE_EXPECTED : 0;
		language_rank(&ranked, row, score + ahead);
	}
	return ranked;
}

static void language_set(struct story *st, size_t row, double confidence, const char *runner_up)
{
	size_t n;
	const struct language *language = &model_languages(&n)[row];
	st->language.tag = language->tag;
	st->language.script = language->script;
	st->language.confidence = fmin(confidence, LANGUAGE_CERTAIN);
	st->language.reliable = confidence >= LANGUAGE_RELIABLE;
	st->language.runner_up = runner_up;
	st->language.reason = NULL;
}

static void language_by_script(struct story *st, size_t row, const struct script_found *script)
{
	if (script->letters < LANGUAGE_LETTERS_ONE)
		language_unknown(st, script->name, "too-short");
	else
		language_set(st, row, script->share, NULL);
}

static void language_by_model(struct call *call, struct story *st, struct str text, const struct script_found *script)
{
	const struct language_shared *language = call->shared;
	if (script->letters < LANGUAGE_LETTERS_MANY) {
		language_unknown(st, script->name, "too-short");
		return;
	}
	struct model_scores scores;
	model_score(language->model, text, &scores);
	struct language_ranked ranked = language_candidates(script->name, st->msg->feed, &scores);
	CHECK(ranked.best != SIZE_MAX && ranked.second != SIZE_MAX && scores.words > 0);
	/* How well the text fits at all, by itself; then how much better than in the runner-up's language. */
	double fit = scores.score[ranked.best] / (double)scores.words / language_least_score(script->name);
	if (fit < 1) {
		language_unknown(st, script->name, "unknown");
		return;
	}
	double margin = (ranked.best_score - ranked.second_score) * LANGUAGE_TEMPER;
	double confidence = script->share / (1 + exp(-margin)) * fmin(1, fit / LANGUAGE_FITS);
	size_t n;
	language_set(st, ranked.best, confidence, model_languages(&n)[ranked.second].tag);
}

static enum answer language_run(struct call *call, struct story *st)
{
	struct str text = language_text(call, st);
	struct script_found script = script_find(text);
	if (!script.name) {
		language_unknown(st, NULL, "no-letters");
		return ANSWER_KEEP;
	}
	/* Han characters that both orthographies have: a few, as in a name. */
	bool is_han = strcmp(script.name, "Hani") == 0;
	struct language_ranked ranked = language_candidates(is_han ? "Hans" : script.name, st->msg->feed, NULL);
	if (ranked.candidates == 0)
		language_unknown(st, script.name, "unknown");
	else if (ranked.candidates == 1)
		language_by_script(st, ranked.best, &script);
	else
		language_by_model(call, st, text, &script);
	if (is_han)
		st->language.script = "Hani";
	return ANSWER_KEEP;
}

const struct stage stage_language = {
        .name = "language",
        .summary = "tells the language by script, frequent words and letters, with a confidence",
        .order = STAGE_ANY_ORDER,
        .needs = GROUP_DECODE,
        .reads = GROUP_CLEANUP | GROUP_CREDITS,
        .writes = GROUP_LANGUAGE,
        .shared_size = sizeof(struct language_shared),
        .open = language_open,
        .close = language_close,
        .run = language_run,
};
