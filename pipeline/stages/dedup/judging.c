/*
 * Judgements; see judging.h.
 */
#include "pipeline/stages/dedup/judging.h"

#include "pipeline/base/check.h"
#include "pipeline/stages/dedup/evidence.h"

static const char *const judging_methods[] = {
        [CLAIMS_NO_METHOD] = NULL,    [CLAIMS_TEXT_HASH] = "text-hash", [CLAIMS_BODY_HASH] = "body-hash",
        [CLAIMS_VERSION] = "version", [CLAIMS_SHINGLES] = "shingles",
};

/* Below 0: a version is not measured. */
static double judging_score(const struct claims_match *match)
{
	if (match->method == CLAIMS_TEXT_HASH || match->method == CLAIMS_BODY_HASH)
		return 1;
	return match->method == CLAIMS_SHINGLES ? match->likeness.share : -1;
}

static struct str judging_evidence(struct arena *keep, const struct claim *claim, const struct claims_match *match)
{
	char bytes[EVIDENCE_BYTES_MAX];
	struct buf out = {.p = bytes, .room = sizeof(bytes), .limit_bytes = sizeof(bytes)};
	evidence_write(&out, claim, match);
	CHECK(!out.overflow);
	return arena_copy(keep, buf_view(&out));
}

bool judging_judge(struct claims *claims, const struct claim *claim, uint32_t place, struct arena *keep,
                   struct judgement *out)
{
	struct claims_match match;
	claims_judge(claims, claim, place, &match);
	*out = (struct judgement){
	        .verdict = match.verdict, .method = judging_methods[match.method], .score = judging_score(&match)};
	if (match.verdict == VERDICT_ORIGINAL && !match.n_contains && !match.uri.n && !evidence_reason(claim))
		return false;
	out->evidence = judging_evidence(keep, claim, &match);
	if (match.verdict == VERDICT_ORIGINAL)
		return false;
	out->of_uri = arena_copy(keep, match.uri);
	out->of_id = arena_copy(keep, match.id);
	out->of_source = arena_copy(keep, match.source);
	return match.is_orphan;
}

struct judgement judging_none(struct str evidence)
{
	return (struct judgement){.verdict = VERDICT_UNJUDGED, .score = -1, .evidence = evidence};
}
