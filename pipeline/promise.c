#include "pipeline/promise.h"

#include "pipeline/base/check.h"

static void promise_range(struct range at, size_t most)
{
	CHECK(at.start <= at.end);
	CHECK(at.end <= most);
}

static void promise_decode(const struct story *st)
{
	CHECK(st->decode.text.p && st->decode.body.p);
	CHECK(st->decode.text.n >= st->decode.body.n || st->decode.text_kind != TEXT_MESSAGE);
	CHECK(st->decode.format && st->decode.charset && st->decode.charset_basis);
	CHECK(st->decode.uri.n > 0 && st->decode.uri.n <= STORY_URI_MAX);
	CHECK(st->decode.urgency >= 0 && st->decode.urgency <= 9);
	CHECK(st->decode.pub_status <= PUB_CANCELED);
	CHECK(st->decode.n_passed == 0 || st->decode.passed);
	CHECK(st->decode.n_warnings == 0 || st->decode.warnings);
	for (size_t i = 0; i < st->decode.n_passed; i++)
		CHECK(st->decode.passed[i].key.n > 0 && st->decode.passed[i].json.n > 0);
}

static void promise_removed(const struct story *st)
{
	size_t before = 0;
	for (size_t i = 0; i < st->cleanup.n_removed; i++) {
		const struct removal *removal = &st->cleanup.removed[i];
		CHECK(removal->kind);
		CHECK(removal->at.start >= before); /* ascending, not overlapping */
		promise_range(removal->at, st->decode.text.n);
		before = removal->at.end;
	}
}

static void promise_edits(const struct story *st)
{
	struct range before = {0, 0};
	for (size_t i = 0; i < st->cleanup.n_edits; i++) {
		const struct edit *edit = &st->cleanup.edits[i];
		CHECK(edit->at.start >= before.start && edit->raw.start >= before.end);
		promise_range(edit->at, st->cleanup.text.n);
		promise_range(edit->raw, st->decode.text.n - st->cleanup.text_at);
		before = (struct range){edit->at.end, edit->raw.end};
	}
}

static void promise_cleanup(const struct story *st)
{
	CHECK(st->cleanup.body.p || st->cleanup.body.n == 0);
	CHECK(st->cleanup.body.n == 0 || st->cleanup.body.p[st->cleanup.body.n - 1] != '\n');
	CHECK(st->cleanup.text_at <= st->decode.text.n);
	CHECK(st->cleanup.n_removed == 0 || st->cleanup.removed);
	CHECK(st->cleanup.n_edits == 0 || st->cleanup.edits);
	CHECK(st->cleanup.n_pieces == 0 || st->cleanup.pieces);
	promise_removed(st);
	promise_edits(st);
	promise_range(st->cleanup.correction, st->decode.text.n);
	for (size_t i = 0; i < st->cleanup.n_pieces; i++) {
		CHECK(st->cleanup.pieces[i].kind <= PIECE_EMBARGO);
		promise_range(st->cleanup.pieces[i].at, st->cleanup.text.n);
		promise_range(st->cleanup.pieces[i].label, st->cleanup.text.n);
	}
}

static void promise_named(const struct named *named, size_t n)
{
	CHECK(n == 0 || named);
	for (size_t i = 0; i < n; i++) {
		CHECK(named[i].name.n > 0);
		CHECK(named[i].at.start <= named[i].at.end);
	}
}

static void promise_credits(const struct story *st)
{
	promise_named(st->credits.authors, st->credits.n_authors);
	promise_named(st->credits.editors, st->credits.n_editors);
	promise_named(st->credits.contributors, st->credits.n_contributors);
	promise_named(st->credits.sources, st->credits.n_sources);
	promise_named(st->credits.related, st->credits.n_related);
	CHECK(st->credits.by.n == 0 || st->credits.by.p);
}

static void promise_language(const struct story *st)
{
	CHECK(st->language.tag && st->language.tag[0]);
	CHECK(st->language.confidence >= 0 && st->language.confidence <= 1);
}

static void promise_entities(const struct story *st)
{
	struct str body = story_body(st);
	CHECK(st->entities.n_entities == 0 || st->entities.entities);
	CHECK(st->entities.n_names == 0 || st->entities.names);
	for (size_t i = 0; i < st->entities.n_entities; i++) {
		const struct entity *entity = &st->entities.entities[i];
		CHECK(entity->name < st->entities.n_names);
		CHECK(entity->start < entity->end && entity->end <= body.n); /* no more characters than bytes */
		CHECK(entity->text.n >= entity->end - entity->start);
		CHECK(entity->confidence >= 0 && entity->confidence <= 1);
		CHECK(entity->evidence);
	}
	for (size_t i = 0; i < st->entities.n_names; i++) {
		CHECK(st->entities.names[i].type <= ENTITY_PLACE);
		CHECK(st->entities.names[i].name.n > 0);
		CHECK(!st->entities.names[i].basis.n || st->entities.names[i].uri.n);
	}
}

static void promise_fingerprint(const struct story *st)
{
	CHECK(!st->fingerprint.sketch == !st->fingerprint.words);
	CHECK(st->fingerprint.empty || st->fingerprint.exact_hash);
}

static void promise_dedup(const struct story *st)
{
	enum verdict verdict = st->dedup.verdict;
	bool is_of_another = verdict != VERDICT_ORIGINAL && verdict != VERDICT_UNJUDGED;
	CHECK(verdict > VERDICT_NONE && verdict <= VERDICT_UNJUDGED);
	CHECK(!is_of_another || st->dedup.of_uri.n > 0);
	CHECK(!st->dedup.of_uri.n == !st->dedup.of_id.n);
	CHECK(st->dedup.cluster.n > 0);
	CHECK(st->dedup.score <= 1);
	CHECK(st->dedup.evidence.n == 0 || st->dedup.evidence.p[0] == '{');
}

static void promise_route(const struct story *st)
{
	CHECK(st->route.outcome == OUTCOME_ARTICLE || st->route.outcome == OUTCOME_DUPLICATE);
	CHECK(st->route.n_topics >= 1 && st->route.topics);
	for (size_t i = 0; i < st->route.n_topics; i++)
		CHECK(st->route.topics[i] && st->route.topics[i][0]);
}

void promise_check(const struct story *st, uint32_t groups)
{
	static void (*const checks[])(const struct story *) = {
	        promise_decode,   promise_cleanup,     promise_credits, promise_language,
	        promise_entities, promise_fingerprint, promise_dedup,   promise_route,
	};
	CHECK(groups < UINT32_C(1) << sizeof(checks) / sizeof(*checks));
	for (; groups; groups &= groups - 1)
		checks[__builtin_ctz(groups)](st);
}
