/*
 * A body as segments of a paragraph or some sentences, each judged by itself, then joined. See parts.h.
 */
#include "pipeline/stages/language/parts.h"

#include "pipeline/base/utf8.h"
#include "pipeline/stages/language/script.h"
#include "pipeline/words/fold.h"

/* Segments of a body; of a longer one they are longer. What is read of each. */
#define PARTS_SEGMENTS_MAX       128
#define PARTS_SEGMENT_CHARACTERS 120
#define PARTS_READ_BYTES         400
/* Fewer letters say nothing for sure, in a script of many languages and of one. */
#define PARTS_LETTERS_MANY 25
#define PARTS_LETTERS_ONE  4
/* A segment's language is in doubt below it; one that nowhere is so sure is not there. */
#define PARTS_LIKELY .6
#define PARTS_SURE   .9
/* What has less than this share of the characters, or fewer of them, is a quotation. */
#define PARTS_LEAST_SHARE      .1
#define PARTS_LEAST_CHARACTERS 40

struct parts_segment {
	size_t end; /* in the body; bytes */
	size_t characters;
	size_t group, label; /* SIZE_MAX: in doubt */
	const char *script;
	double p;
};

struct parts_segments {
	struct parts_segment items[PARTS_SEGMENTS_MAX];
	size_t n;
};

struct parts_language {
	size_t group, label;
	size_t characters;
	double top_p, sum_p; /* by characters */
};

static bool parts_ends_sentence(struct str body, size_t at)
{
	char c = body.p[at];
	if (c == '\n')
		return true;
	if ((c == '.' || c == '?' || c == '!') && at + 1 < body.n)
		return body.p[at + 1] == ' ';
	/* The full stops of East Asia and India are of three bytes. */
	return at >= 2 && (memcmp(body.p + at - 2, "。", 3) == 0 || memcmp(body.p + at - 2, "।", 3) == 0);
}

/* Cuts at ends of lines and, in longer ones, of sentences. */
static void parts_cut(struct str body, struct parts_segments *segments)
{
	size_t least = body.n / (PARTS_SEGMENTS_MAX - 1) + 1, begin = 0;
	size_t usual = PARTS_SEGMENT_CHARACTERS * body.n / (utf8_count(body) + 1);
	least = least < usual ? usual : least;
	for (size_t at = 0; at < body.n; at++) {
		bool is_line = body.p[at] == '\n' && at + 1 - begin >= least / 3;
		if (at + 1 < body.n && !is_line && (at + 1 - begin < least || !parts_ends_sentence(body, at)))
			continue;
		if (segments->n == PARTS_SEGMENTS_MAX)
			segments->n--;
		segments->items[segments->n++] = (struct parts_segment){.end = at + 1};
		begin = at + 1;
	}
}

static void parts_judge_by_model(const struct model *model, struct str text, struct parts_segment *segment)
{
	struct model_sums sums;
	model_clear(&sums);
	struct model_answer answer;
	model_read(model, segment->group, text, &sums);
	model_judge(model, segment->group, &sums, &answer);
	struct model_ranked ranked = model_rank(model, segment->group, &answer);
	bool is_doubt = answer.strange || sums.letters < PARTS_LETTERS_MANY || ranked.best_p < PARTS_LIKELY;
	segment->p = ranked.best_p;
	segment->label = is_doubt ? SIZE_MAX : ranked.best;
}

static void parts_judge(const struct model *model, struct str text, struct parts_segment *segment)
{
	struct str read = fold_cut(text, PARTS_READ_BYTES);
	segment->characters = utf8_count(text);
	segment->label = SIZE_MAX;
	struct script_found script = script_find(read);
	if (!script.name || script.share < PARTS_LIKELY || script.letters < PARTS_LETTERS_ONE)
		return;
	segment->script = script.name;
	segment->group = model_group(model, script_group(script.name));
	if (segment->group == SIZE_MAX)
		return;
	if (model_group_labels(model, segment->group) > 1) {
		parts_judge_by_model(model, read, segment);
		return;
	}
	segment->label = 0;
	segment->p = 1;
}

/* The languages that segments are in, the one with most characters first. */
static size_t parts_languages(const struct parts_segments *segments,
                              struct parts_language languages[PARTS_SEGMENTS_MAX])
{
	size_t n = 0, most = 0;
	for (size_t i = 0; i < segments->n; i++) {
		const struct parts_segment *s = &segments->items[i];
		size_t k = 0;
		if (s->label == SIZE_MAX)
			continue;
		while (k < n && (languages[k].group != s->group || languages[k].label != s->label))
			k++;
		if (k == n)
			languages[n++] = (struct parts_language){.group = s->group, .label = s->label};
		languages[k].characters += s->characters;
		languages[k].top_p = s->p > languages[k].top_p ? s->p : languages[k].top_p;
		languages[k].sum_p += s->p * (double)s->characters;
		if (languages[k].characters > languages[most].characters)
			most = k;
	}
	if (n) {
		struct parts_language first = languages[most];
		languages[most] = languages[0];
		languages[0] = first;
	}
	return n;
}

static void parts_move(struct parts_segments *segments, const struct parts_language *from,
                       const struct parts_language *to)
{
	for (size_t i = 0; i < segments->n; i++)
		if (segments->items[i].label == from->label && segments->items[i].group == from->group) {
			segments->items[i].group = to->group;
			segments->items[i].label = to->label;
		}
}

/* Are they taken for each other? Han alone is nothing else in a Japanese or Korean text: a name, a list. */
static bool parts_are_near(const struct model *model, const struct prior *prior, const struct parts_language *one,
                           const struct parts_language *main)
{
	if (one->group == main->group)
		return prior_are_near(prior, one->group, one->label, main->label);
	return one->group == model_group(model, "Hani") &&
	       (main->group == model_group(model, "Jpan") || main->group == model_group(model, "Kore"));
}

/* Neighbours of the main language are it, and what is little or nowhere sure is in doubt. */
static void parts_weed(const struct model *model, const struct prior *prior, struct parts_segments *segments)
{
	const struct parts_language doubt = {.label = SIZE_MAX};
	struct parts_language languages[PARTS_SEGMENTS_MAX];
	size_t n = parts_languages(segments, languages), all = 0;
	for (size_t k = 0; k < n; k++)
		all += languages[k].characters;
	for (size_t k = 1; k < n; k++) {
		const struct parts_language *one = &languages[k];
		if (parts_are_near(model, prior, one, &languages[0]))
			parts_move(segments, one, &languages[0]);
		else if (one->top_p < PARTS_SURE || one->characters < PARTS_LEAST_CHARACTERS ||
		         (double)one->characters < PARTS_LEAST_SHARE * (double)all)
			parts_move(segments, one, &doubt);
	}
}

static void parts_take(struct parts_segment *s, const struct parts_segment *from)
{
	s->group = from->group;
	s->label = from->label;
	s->script = from->script;
}

/* What is in doubt goes with what is before it, or else behind it. */
static void parts_fill(struct parts_segments *segments)
{
	for (size_t i = 1; i < segments->n; i++)
		if (segments->items[i].label == SIZE_MAX)
			parts_take(&segments->items[i], &segments->items[i - 1]);
	for (size_t i = segments->n; i-- > 1;)
		if (segments->items[i - 1].label == SIZE_MAX)
			parts_take(&segments->items[i - 1], &segments->items[i]);
}

static size_t parts_join(const struct model *model, const struct parts_segments *segments, struct language_part *parts)
{
	size_t n = 0, at = 0;
	for (size_t i = 0; i < segments->n; i++) {
		const struct parts_segment *s = &segments->items[i];
		const char *tag = model_tag_in_script(model, s->group, s->label, s->script);
		if (n == 0 || strcmp(parts[n - 1].tag, tag) != 0)
			parts[n++] = (struct language_part){.tag = tag, .start = at};
		at += s->characters;
		parts[n - 1].end = at;
	}
	for (size_t i = 0; i < n; i++) {
		size_t same = 0;
		for (size_t k = 0; k < n; k++)
			same += strcmp(parts[k].tag, parts[i].tag) == 0 ? parts[k].end - parts[k].start : 0;
		parts[i].share = (double)same / (double)at;
	}
	return n;
}

struct parts_found parts_find(const struct model *model, const struct prior *prior, struct str body, struct arena *keep)
{
	struct parts_segments segments = {.n = 0};
	struct parts_language languages[PARTS_SEGMENTS_MAX];
	parts_cut(body, &segments);
	for (size_t i = 0; i < segments.n; i++) {
		size_t begin = i ? segments.items[i - 1].end : 0;
		parts_judge(model, str_slice(body, begin, segments.items[i].end), &segments.items[i]);
	}
	parts_weed(model, prior, &segments);
	if (parts_languages(&segments, languages) < 2)
		return (struct parts_found){0};
	parts_fill(&segments);
	struct parts_found found = {.group = languages[0].group, .label = languages[0].label};
	found.confidence = languages[0].sum_p / (double)languages[0].characters;
	for (size_t i = segments.n; i-- > 0;)
		if (segments.items[i].group == found.group && segments.items[i].label == found.label &&
		    segments.items[i].script)
			found.script = segments.items[i].script;
	found.parts = arena_calloc(keep, segments.n, sizeof(*found.parts));
	found.n = parts_join(model, &segments, found.parts);
	return found;
}
