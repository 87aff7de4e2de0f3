/*
 * The slow judge; see oracle.h.
 */
#include "tests/pipeline/stages/dedup/oracle.h"

#include "pipeline/stages/dedup/claims.h"
#include "pipeline/stages/dedup/likeness.h"
#include "pipeline/stages/dedup/versions.h"

#include <stdlib.h>
#include <string.h>

/* As DESIGN has them: spans of a window, claims of one sample that are noted in a span, samples that are noted of the
 * lead and of the whole, samples that two must share. */
#define SPANS        64
#define NOTED        8
#define LEAD         5
#define WHOLE        5
#define SHARED       2
#define SHORT_SHARED 1
#define SHORT        64

struct oracle_claim {
	struct claim_record record;
	char *bytes; /* the record's views point here */
	int64_t offset, time_ms, void_at;
	uint32_t noted[LEAD + WHOLE];
	size_t n_noted;
};

struct oracle {
	struct claim_settings settings;
	const struct claim_format *format;
	struct oracle_claim **claims;
	size_t n, room;
	int64_t time_ms;
};

struct oracle *oracle_new(const struct claim_settings *settings, const struct claim_format *format)
{
	struct oracle *o = calloc(1, sizeof(*o));
	o->settings = *settings;
	o->format = format;
	return o;
}

void oracle_free(struct oracle **oracle)
{
	struct oracle *o = *oracle;
	for (size_t i = 0; i < o->n; i++) {
		free(o->claims[i]->bytes);
		free(o->claims[i]);
	}
	free(o->claims);
	free(o);
	*oracle = NULL;
}

size_t oracle_find(const struct oracle *o, const struct key *key)
{
	for (size_t i = 0; i < o->n; i++)
		if (key_equal(&o->claims[i]->record.key, key))
			return i;
	return SIZE_MAX;
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

static bool is_noted(const struct oracle_claim *c, uint32_t sample)
{
	for (size_t i = 0; i < c->n_noted; i++)
		if (c->noted[i] == sample)
			return true;
	return false;
}

/* Is there room for one more claim of this sample in this span? */
static bool has_room(const struct oracle *o, const struct oracle_claim *c, uint32_t sample)
{
	int n = 0;
	int64_t span_ms = o->settings.window_ms / SPANS;
	for (size_t i = 0; i < o->n; i++) {
		const struct oracle_claim *e = o->claims[i];
		n += e->time_ms / span_ms == c->time_ms / span_ms &&
		     str_eq(e->record.claim.scope, c->record.claim.scope) && is_noted(e, sample);
	}
	return n < NOTED;
}

/* One part of the samples, those from `from` on and before `to`, as long as it is not noted by ten. */
static void note_part(const struct oracle *o, struct oracle_claim *c, size_t from, size_t to)
{
	const struct sketch *s = c->record.claim.sketch;
	for (size_t i = from; i < to; i++)
		if (c->n_noted < LEAD + WHOLE && has_room(o, c, s->samples[i]))
			c->noted[c->n_noted++] = s->samples[i];
}

/* The first few of the lead and of the whole, then all others. */
static void note(const struct oracle *o, struct oracle_claim *c)
{
	const struct sketch *s = c->record.claim.sketch;
	if (!s)
		return;
	size_t lead = s->n_lead_samples < LEAD ? s->n_lead_samples : LEAD;
	size_t whole = s->n_samples < s->n_lead_samples + WHOLE ? s->n_samples : s->n_lead_samples + WHOLE;
	note_part(o, c, 0, lead);
	note_part(o, c, s->n_lead_samples, whole);
	note_part(o, c, lead, s->n_lead_samples);
	note_part(o, c, whole, s->n_samples);
}

static void take_void(struct oracle *o, const struct key *ended, int64_t offset)
{
	for (size_t i = 0; i < o->n; i++)
		if (key_is_ended(&o->claims[i]->record.key, ended) && o->claims[i]->void_at == INT64_MAX)
			o->claims[i]->void_at = offset;
}

static void take_claim(struct oracle *o, struct oracle_claim *c)
{
	if (o->n == o->room) {
		o->room = o->room ? 2 * o->room : 64;
		o->claims = realloc(o->claims, o->room * sizeof(*o->claims));
	}
	note(o, c);
	o->claims[o->n++] = c;
}

void oracle_take(struct oracle *o, int64_t offset, int64_t time_ms, struct str value)
{
	if (o->time_ms < time_ms)
		o->time_ms = time_ms;
	struct oracle_claim *c = calloc(1, sizeof(*c));
	c->bytes = malloc(value.n + 1);
	if (value.n)
		memcpy(c->bytes, value.p, value.n);
	c->offset = offset;
	c->time_ms = o->time_ms;
	c->void_at = INT64_MAX;
	bool is_read = claim_record_read(str_make(c->bytes, value.n), o->format, &c->record) == CLAIM_RECORD_READ;
	if (is_read && c->record.kind == CLAIM_RECORD_VOID)
		take_void(o, &c->record.key, offset);
	if (is_read && c->record.kind == CLAIM_RECORD_CLAIM && oracle_find(o, &c->record.key) == SIZE_MAX) {
		take_claim(o, c);
		return;
	}
	free(c->bytes);
	free(c);
}

size_t oracle_count(const struct oracle *o)
{
	return o->n;
}

struct str oracle_id(const struct oracle *o, size_t i)
{
	return o->claims[i]->record.claim.id;
}

int64_t oracle_offset(const struct oracle *o, size_t i)
{
	return o->claims[i]->offset;
}

/* --- judging ------------------------------------------------------------------------------------------------------ */

static bool is_other_version(const struct claim *earlier, const struct claim *own)
{
	return own->guid.n && str_eq(earlier->guid, own->guid) && earlier->version.n && own->version.n &&
	       versions_compare(earlier->version, own->version) != 0;
}

static uint32_t shared_samples(const struct oracle_claim *earlier, const struct sketch *own)
{
	uint32_t n = 0;
	for (size_t i = 0; i < own->n_samples; i++)
		n += is_noted(earlier, own->samples[i]);
	return n;
}

static enum verdict by_likeness(const struct oracle_claim *earlier, const struct oracle_claim *own,
                                struct likeness_limits limits)
{
	const struct sketch *a = earlier->record.claim.sketch, *b = own->record.claim.sketch;
	uint32_t shared = a && b ? shared_samples(earlier, b) : 0;
	if (!shared || shared < (b->text.n_shingles < SHORT ? SHORT_SHARED : SHARED))
		return VERDICT_ORIGINAL;
	struct likeness like;
	const struct likeness_terms terms = {own->time_ms - earlier->time_ms, shared, limits};
	likeness_judge(&b->text, &a->text, &terms, &like);
	switch (like.relation) {
	case RELATION_SYNDICATED:
		return VERDICT_SYNDICATED;
	case RELATION_REVISION:
		return VERDICT_REVISION;
	case RELATION_EXCERPT:
		return VERDICT_EXCERPT;
	default:
		return VERDICT_ORIGINAL;
	}
}

static bool has_new_mark(const struct claim *earlier, const struct claim *own)
{
	uint8_t was = earlier->sketch ? earlier->sketch->text.flags : 0, is = own->sketch ? own->sketch->text.flags : 0;
	return is & ~was & (SKETCH_UPDATE | SKETCH_CORRECTION);
}

static enum verdict compare(const struct oracle_claim *earlier, const struct oracle_claim *own,
                            struct likeness_limits limits)
{
	const struct claim *a = &earlier->record.claim, *b = &own->record.claim;
	if (!str_eq(a->scope, b->scope))
		return VERDICT_ORIGINAL;
	if (is_other_version(a, b))
		return VERDICT_REVISION;
	if (a->exact_hash && a->exact_hash == b->exact_hash)
		return VERDICT_EXACT;
	if (a->body_hash && a->body_hash == b->body_hash)
		return has_new_mark(a, b) ? VERDICT_REVISION : VERDICT_SYNDICATED;
	return by_likeness(earlier, own, limits);
}

enum verdict oracle_judge(const struct oracle *o, size_t own, size_t *of)
{
	const struct oracle_claim *mine = o->claims[own];
	for (*of = 0; *of < own; ++*of) {
		const struct oracle_claim *e = o->claims[*of];
		bool counts = own - *of <= o->settings.window_claims && e->void_at > mine->offset &&
		              mine->time_ms - e->time_ms < o->settings.window_ms;
		enum verdict verdict = counts ? compare(e, mine, o->settings.limits) : VERDICT_ORIGINAL;
		if (verdict != VERDICT_ORIGINAL)
			return verdict;
	}
	*of = SIZE_MAX;
	return VERDICT_ORIGINAL;
}
