#include "worker/tally.h"

#include "pipeline/base/check.h"
#include "producer/dead_letters.h"

struct language_row {
	char tag[36];
	struct series *series;
};

struct tally {
	struct metrics *metrics;
	struct series *messages, *raw_bytes;
	struct series *articles, *duplicates, *drops, *dead_letters;
	struct series *verdicts[VERDICT_UNJUDGED + 1];
	struct language_row languages[TALLY_LANGUAGES_MAX];
	size_t n_languages;
	struct series *other_languages;
};

struct tally *tally_new(struct metrics *metrics)
{
	struct tally *t = calloc(1, sizeof(*t));
	CHECK(t);
	t->metrics = metrics;
	t->messages = metrics_plain(metrics, METRIC_MESSAGES);
	t->raw_bytes = metrics_plain(metrics, METRIC_RAW_BYTES);
	t->articles = metrics_labelled(metrics, METRIC_STORIES, "outcome", STR("article"));
	t->duplicates = metrics_labelled(metrics, METRIC_STORIES, "outcome", STR("duplicate"));
	t->drops = metrics_labelled(metrics, METRIC_STORIES, "outcome", STR("drop"));
	t->dead_letters = metrics_labelled(metrics, METRIC_STORIES, "outcome", STR("dead-letter"));
	for (enum verdict v = VERDICT_ORIGINAL; v <= VERDICT_UNJUDGED; v++)
		t->verdicts[v] = metrics_labelled(metrics, METRIC_VERDICTS, "verdict", str_of(verdict_word(v)));
	return t;
}

void tally_free(struct tally **tally)
{
	free(*tally);
	*tally = NULL;
}

/* Declared tags come from outside, so the table is bounded; what is over it is 'other'. */
static struct series *language_series(struct tally *t, struct str tag)
{
	for (size_t i = 0; i < t->n_languages; i++) {
		if (str_is(tag, t->languages[i].tag))
			return t->languages[i].series;
	}
	if (t->n_languages == TALLY_LANGUAGES_MAX || tag.n >= sizeof(t->languages[0].tag)) {
		if (!t->other_languages)
			t->other_languages = metrics_labelled(t->metrics, METRIC_LANGUAGES, "language", STR("other"));
		return t->other_languages;
	}
	struct language_row *row = &t->languages[t->n_languages++];
	memcpy(row->tag, tag.p, tag.n);
	row->series = metrics_labelled(t->metrics, METRIC_LANGUAGES, "language", tag);
	return row->series;
}

/* A tag that was only declared counts as its language: what follows (en-x-…) is whatever the sender wrote. */
static struct str language_counted(const struct story *st)
{
	struct str tag = story_language(st);
	return st->language.reliable ? tag : str_slice(tag, 0, str_index(tag, '-', 0));
}

static void count_failure(struct tally *t, enum metric_id metric, const struct ending *end, size_t parts)
{
	series_add(metrics_series(t->metrics, metric, "stage", str_of(end->stage), "reason",
	                          str_of(reason_word(end->reason)), NULL, STR("")),
	           (int64_t)parts);
}

/* parts: how many end so at once; more than one only where a message died as a whole. */
static void count_ending(struct tally *t, const struct ending *end, size_t parts, struct tally_counts *counts)
{
	switch (end->outcome) {
	case OUTCOME_ARTICLE:
		counts->articles++;
		break;
	case OUTCOME_DUPLICATE:
		counts->duplicates++;
		break;
	case OUTCOME_DROP:
		counts->drops += parts;
		count_failure(t, METRIC_DROPS, end, parts);
		break;
	case OUTCOME_DEAD:
		counts->dead_letters += parts;
		count_failure(t, METRIC_DEAD_LETTERS, end, parts);
		break;
	case OUTCOME_OPEN:
		CHECK(!"a part of a committed batch has not ended");
	}
}

static void count_story(struct tally *t, const struct story *st, struct tally_counts *counts)
{
	count_ending(t, &st->end, 1, counts);
	if (st->end.outcome != OUTCOME_ARTICLE && st->end.outcome != OUTCOME_DUPLICATE)
		return;
	if (st->done & GROUP_DEDUP)
		series_add(t->verdicts[st->dedup.verdict], 1);
	if (st->done & GROUP_LANGUAGE)
		series_add(language_series(t, language_counted(st)), 1);
}

struct tally_counts tally_batch(struct tally *t, const struct batch *batch)
{
	struct tally_counts counts = {.messages = batch->n_messages};
	for (size_t m = 0; m < batch->n_messages; m++) {
		const struct message *msg = &batch->messages[m];
		counts.raw_bytes += msg->value.n;
		CHECK(msg->end.outcome == OUTCOME_OPEN ||
		      msg->n_parts == 0); /* it ended as a whole, or its parts did */
		if (msg->end.outcome != OUTCOME_OPEN)
			count_ending(t, &msg->end, msg->end.outcome == OUTCOME_DEAD ? dead_letter_parts(msg) : 1,
			             &counts);
		for (size_t i = 0; i < msg->n_parts; i++)
			count_story(t, msg->parts[i], &counts);
	}
	series_add(t->messages, (int64_t)counts.messages);
	series_add(t->raw_bytes, (int64_t)counts.raw_bytes);
	series_add(t->articles, (int64_t)counts.articles);
	series_add(t->duplicates, (int64_t)counts.duplicates);
	series_add(t->drops, (int64_t)counts.drops);
	series_add(t->dead_letters, (int64_t)counts.dead_letters);
	return counts;
}
