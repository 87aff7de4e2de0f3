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
#include "pipeline/stages/language/noise.h"
#include "pipeline/stages/language/parts.h"
#include "pipeline/stages/language/prior.h"
#include "pipeline/stages/language/script.h"
#include "pipeline/words/language_tag.h"

#include <limits.h>

/*
 * So much is read of a headline, and of a body in windows all over it: what is behind them would change nothing, but
 * for another language, which a window is likely to see. A short body is read whole.
 */
#define LANGUAGE_HEADLINE_LETTERS 128
#define LANGUAGE_WINDOW_LETTERS   48
#define LANGUAGE_WINDOWS          6
#define LANGUAGE_SHORT_BYTES      600
#define LANGUAGE_PARTS            (1 + LANGUAGE_SHORT_BYTES / LANGUAGE_WINDOW_LETTERS + 1)
/* Where that leaves a doubt, as neighbours do (Indonesian and Malay), so much of the body's beginning is read. */
#define LANGUAGE_MORE_LETTERS 1000
#define LANGUAGE_CLEAR        .99
/* Windows begin at a word's beginning, if there is one so near. */
#define LANGUAGE_WORD_BYTES 24
/* A window is in another language if that is so much likelier (a logarithm). */
#define LANGUAGE_OTHER_ODDS 3.5
/* Letters of one script have so much of all in a text of one. */
#define LANGUAGE_ONE_SCRIPT .93
/*
 * Fewer letters than these are a name or a number's unit: in a script of one language; of many; of many, if there are
 * two words. Fewer than the last are never reliable, whatever fits.
 */
#define LANGUAGE_LETTERS_ONE  2
#define LANGUAGE_LETTERS_MANY 6
#define LANGUAGE_LETTERS_TWO  4
#define LANGUAGE_LETTERS_FEW  12
/* A character of Chinese says as much as so many letters. */
#define LANGUAGE_LETTERS_HAN 3
/* Below it many languages are as good as each other, above it only one is good. */
#define LANGUAGE_GUESS    0.2
#define LANGUAGE_RELIABLE 0.7
#define LANGUAGE_CERTAIN  0.99
/* What looks like a list of names or results is language only if one fits so well. */
#define LANGUAGE_NOISE 0.9

struct language_shared {
	struct model *model;
	struct prior *prior;
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

/* What is read of a story: parts, and all of them with line breaks between. */
struct language_sample {
	struct str parts[LANGUAGE_PARTS];
	size_t n;
	struct str all;
	struct noise_found noise;
};

/* So many characters of s from a place on. */
static struct str language_window(struct str s, size_t from, size_t letters)
{
	size_t end = from;
	for (; end < s.n && letters; letters--)
		for (end++; end < s.n && ((unsigned char)s.p[end] & 0xc0) == 0x80;)
			end++;
	return str_slice(s, from, end);
}

static size_t language_word(struct str s, size_t from)
{
	for (size_t at = from; at < s.n && at < from + LANGUAGE_WORD_BYTES; at++)
		if ((unsigned char)s.p[at] <= ' ')
			return at + 1;
	while (from < s.n && ((unsigned char)s.p[from] & 0xc0) == 0x80)
		from++;
	return from;
}

/* A short body is cut where words end: a window is to see whole words. */
static void language_take_short(struct str body, struct language_sample *sample)
{
	if (body.n <= LANGUAGE_HEADLINE_LETTERS) {
		sample->parts[sample->n++] = body;
		return;
	}
	for (size_t at = 0; at < body.n && sample->n < LANGUAGE_PARTS;) {
		size_t end = at + LANGUAGE_WINDOW_LETTERS < body.n ? language_word(body, at + LANGUAGE_WINDOW_LETTERS)
		                                                   : body.n;
		if (sample->n + 1 == LANGUAGE_PARTS)
			end = body.n;
		sample->parts[sample->n++] = str_slice(body, at, end);
		at = end;
	}
}

/* Where the last so many characters begin. */
static size_t language_last(struct str s, size_t letters)
{
	size_t at = s.n;
	for (; at > 0 && letters; letters--)
		for (at--; at > 0 && ((unsigned char)s.p[at] & 0xc0) == 0x80;)
			at--;
	return at;
}

static void language_take_long(struct str body, struct language_sample *sample)
{
	size_t last = language_last(body, LANGUAGE_WINDOW_LETTERS);
	for (size_t i = 0; i < LANGUAGE_WINDOWS; i++) {
		size_t from = i ? language_word(body, last / (LANGUAGE_WINDOWS - 1) * i) : 0;
		sample->parts[sample->n++] = language_window(body, from, LANGUAGE_WINDOW_LETTERS);
	}
}

static struct language_sample language_take(struct call *call, const struct story *st)
{
	struct language_sample sample = {.n = 0};
	struct str headline = language_window(story_headline(st), 0, LANGUAGE_HEADLINE_LETTERS), body = story_body(st);
	size_t n = 0;
	/* A flash's headline is all of its text: nothing is gained by reading it twice. */
	if (headline.n && !str_starts(body, headline))
		sample.parts[sample.n++] = headline;
	if (body.n > LANGUAGE_SHORT_BYTES)
		language_take_long(body, &sample);
	else
		language_take_short(body, &sample);
	for (size_t i = 0; i < sample.n; i++)
		n += sample.parts[i].n + 1;
	char *all = arena_alloc(call->tmp, n + 1);
	sample.all = str_make(all, n);
	for (size_t i = 0; i < sample.n; i++) {
		memcpy(all, sample.parts[i].p, sample.parts[i].n);
		all += sample.parts[i].n;
		*all++ = '\n';
	}
	return sample;
}

static void language_unknown(struct story *st, const char *script, const char *reason)
{
	memset(&st->language, 0, sizeof(st->language));
	st->language.tag = "und";
	st->language.script = script;
	st->language.reason = reason;
}

static bool language_is_declared(const char *tag, struct str declared)
{
	return declared.n == 0 || prior_tag_fits(tag, declared) || prior_tag_fits("no", declared);
}

/* A label's language, by its tag's first label; the other one is the variety that is likeliest. */
struct language_told {
	const struct model *model;
	size_t group, label, variety;
	const char *script;
	double confidence;
};

static void language_set(struct story *st, const struct language_told *told)
{
	memset(&st->language, 0, sizeof(st->language));
	st->language.tag = model_tag_in_script(told->model, told->group, told->label, told->script);
	st->language.iso639 = model_iso639(told->model, told->group, told->variety);
	st->language.script = told->script;
	st->language.confidence = fmin(told->confidence, LANGUAGE_CERTAIN);
	st->language.reliable = told->confidence >= LANGUAGE_RELIABLE;
	st->language.is_not_declared =
	        st->language.reliable &&
	        !language_is_declared(model_tag(told->model, told->group, told->label), st->decode.language);
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
	if (script->letters < LANGUAGE_LETTERS_ONE) {
		language_unknown(st, script->name, "too-short");
		return;
	}
	struct language_told told = {model, group, 0, 0, script->name, language_trust(script)};
	language_set(st, &told);
}

/* Is a window of the text in another language than all of it, and not in one that is taken for it? */
static bool language_is_other(const struct language_shared *language, size_t group, const struct model_sums *all,
                              const struct model_sums *window)
{
	size_t of_all = model_best(language->model, group, all), of_window = model_best(language->model, group, window);
	return window->letters >= LANGUAGE_LETTERS_FEW && !prior_are_near(language->prior, group, of_all, of_window) &&
	       model_odds(language->model, group, window, of_window, of_all) > LANGUAGE_OTHER_ODDS;
}

/* Adds up all parts of the sample. True: some may be in another language. */
static bool language_read(const struct language_shared *language, size_t group, const struct language_sample *sample,
                          struct model_sums *all)
{
	struct model_sums windows[LANGUAGE_PARTS];
	bool is_mixed = false;
	for (size_t i = 0; i < sample->n; i++) {
		model_clear(&windows[i]);
		model_read(language->model, group, sample->parts[i], &windows[i]);
		model_join(all, &windows[i]);
	}
	for (size_t i = 0; i < sample->n && sample->n > 1 && !is_mixed; i++)
		is_mixed = language_is_other(language, group, all, &windows[i]);
	return is_mixed;
}

/* Why the text is in no language after all, though one is the best for it; NULL: it is in it. */
static const char *language_doubt(const struct noise_found *noise, const struct model_answer *answer, double best_p)
{
	if (answer->strange || best_p < LANGUAGE_GUESS)
		return noise->reason ? noise->reason : "unknown";
	return best_p < LANGUAGE_NOISE ? noise->reason : NULL;
}

static bool language_is_close(const struct model *model, size_t group, const struct model_answer *answer)
{
	struct model_ranked ranked = model_rank(model, group, answer);
	return ranked.best_p < LANGUAGE_CLEAR;
}

/* How likely the text is in the language rather than in none that is known; a declared one is known to be there. */
static double language_fits(const struct language_shared *language, size_t group, const struct story *st,
                            const struct model_sums *sums, size_t label)
{
	double fits = model_fits(language->model, group, sums, label);
	bool is_declared = st->decode.language.n &&
	                   language_is_declared(model_tag(language->model, group, label), st->decode.language);
	return is_declared ? 1 - prior_against_declared(1 - fits) : fits;
}

/* Are there two words or more, numbers aside? */
static bool language_has_words(struct str text)
{
	size_t n = 0;
	for (size_t at = 0; at < text.n && n < 2; at++) {
		unsigned char c = (unsigned char)text.p[at];
		bool begins = at == 0 || (unsigned char)text.p[at - 1] <= ' ';
		n += begins && (c >= 0x80 || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'));
	}
	return n == 2;
}

/* True: some of the text may be in another language. */
static bool language_by_model(const struct language_shared *language, size_t group, struct story *st,
                              const struct language_sample *sample, const struct script_found *script)
{
	const struct model *model = language->model;
	struct model_answer answer;
	struct model_sums sums;
	model_clear(&sums);
	bool is_han = strcmp(script_group(script->name), "Hani") == 0;
	size_t letters = is_han ? script->letters * LANGUAGE_LETTERS_HAN : script->letters;
	if (letters < (language_has_words(sample->all) ? LANGUAGE_LETTERS_TWO : LANGUAGE_LETTERS_MANY)) {
		language_unknown(st, script->name, "too-short");
		return false;
	}
	bool is_mixed = language_read(language, group, sample, &sums);
	model_judge(model, group, &sums, &answer);
	if (!is_mixed && story_body(st).n > LANGUAGE_SHORT_BYTES && language_is_close(model, group, &answer)) {
		model_clear(&sums);
		model_read(model, group, language_window(story_headline(st), 0, LANGUAGE_HEADLINE_LETTERS), &sums);
		model_read(model, group, language_window(story_body(st), 0, LANGUAGE_MORE_LETTERS), &sums);
		model_judge(model, group, &sums, &answer);
	}
	prior_apply(language->prior, group, st, &answer);
	struct model_ranked ranked = model_rank(model, group, &answer);
	size_t variety = answer.likeliest[ranked.best];
	double p = ranked.best_p * language_trust(script) * language_fits(language, group, st, &sums, variety);
	const char *doubt = language_doubt(&sample->noise, &answer, ranked.best_p);
	if (doubt) {
		language_unknown(st, script->name, doubt);
		return is_mixed;
	}
	if (!language_is_declared(model_tag(model, group, ranked.best), st->decode.language))
		p = prior_against_declared(p);
	struct language_told told = {model, group, ranked.best, variety, script->name, p};
	language_set(st, &told);
	if (letters < LANGUAGE_LETTERS_FEW)
		st->language.reliable = st->language.is_not_declared = false;
	if (ranked.second != SIZE_MAX)
		st->language.runner_up = model_tag(model, group, ranked.second);
	return is_mixed;
}

/* Of a story in several languages: the one that most of it is in, and who has what. */
static void language_set_parts(const struct language_shared *language, struct call *call, struct story *st)
{
	const char *whole = st->language.tag, *iso639 = st->language.iso639, *runner_up = st->language.runner_up;
	struct parts_found found = parts_find(language->model, language->prior, story_body(st), call->keep);
	if (found.n < 2)
		return;
	struct language_told told = {language->model, found.group,  found.label,
	                             found.label,     found.script, found.confidence};
	if (!language_is_declared(model_tag(told.model, told.group, told.label), st->decode.language))
		told.confidence = prior_against_declared(told.confidence);
	language_set(st, &told);
	if (strcmp(st->language.tag, whole) == 0) {
		st->language.iso639 = iso639;
		st->language.runner_up = runner_up;
	}
	for (size_t i = 0; i < found.n; i++)
		if (!st->language.runner_up && strcmp(found.parts[i].tag, st->language.tag) != 0)
			st->language.runner_up = found.parts[i].tag;
	st->language.parts = found.parts;
	st->language.n_parts = found.n;
}

static enum answer language_run(struct call *call, struct story *st)
{
	const struct language_shared *language = call->shared;
	struct language_sample sample = language_take(call, st);
	struct script_found script = script_find(sample.all);
	if (!script.name) {
		language_unknown(st, NULL, "no-letters");
		return ANSWER_KEEP;
	}
	sample.noise = noise_find(sample.all);
	if (sample.noise.is_sure) {
		language_unknown(st, script.name, sample.noise.reason);
		return ANSWER_KEEP;
	}
	bool is_mixed = script.share < LANGUAGE_ONE_SCRIPT;
	size_t group = model_group(language->model, script_group(script.name));
	if (group == SIZE_MAX)
		language_unknown(st, script.name, "unknown");
	else if (model_group_labels(language->model, group) == 1)
		language_by_script(language->model, group, st, &script);
	else
		is_mixed |= language_by_model(language, group, st, &sample, &script);
	if (is_mixed)
		language_set_parts(language, call, st);
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
