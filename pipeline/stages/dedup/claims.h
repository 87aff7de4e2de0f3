/*
 * Claims in memory, and the judge: the index that stands behind every ledger.
 *
 * Claims are entered in the order of the world and leave at either end: the oldest when they are forgotten, the newest
 * when their batch is taken back. Four hash chains run through them (by key, by exact hash, by body hash, by guid),
 * each from old to new, so that the earliest match is met first; an inverted index finds claims that share text. In a
 * steady state nothing is allocated. Nothing here knows where the order comes from. One thread.
 *
 * The verdict on a claim is a pure function of the claims that stand before it and are less than the window older: the
 * earliest that matches directly wins, and nothing is inherited through a chain. Equal exact hashes match as `exact`,
 * equal body hashes as `syndicated`, likeness of sketches (likeness.h) as what it says, an equal guid with a smaller
 * version as `revision`, which goes before all others: a version is no duplicate of its own earlier one. A claim with
 * several matches of one claim is judged by the first of these.
 */
#ifndef WIREDESK_CLAIMS_H
#define WIREDESK_CLAIMS_H

#include "pipeline/stages/dedup/ledger.h"
#include "pipeline/stages/dedup/likeness.h"

struct claims;

/* Stays valid until the claim leaves. */
#define CLAIMS_NONE UINT32_MAX

struct claims *claims_new(int64_t window_ms);
void claims_free(struct claims **claims);

/* The claim's place. A key met again gives the place of its first claim, and *fresh is false; else it is entered as the
 * newest. Times must not fall. */
uint32_t claims_enter(struct claims *claims, const struct claim *claim, int64_t time_ms, bool *fresh);

enum claims_method { CLAIMS_NO_METHOD, CLAIMS_TEXT_HASH, CLAIMS_BODY_HASH, CLAIMS_VERSION, CLAIMS_SHINGLES };

/* Stories that a round-up quotes: no more are named. */
#define CLAIMS_CONTAINS_MAX 8

/* What judging found; views into the index, until the next change. */
struct claims_match {
	enum verdict verdict; /* original: no match, the rest is empty but for contains */
	enum claims_method method;
	struct str uri, id;
	struct str version, own_version; /* of a revision */
	int64_t age_ms;                  /* by how much the match is older */
	struct likeness likeness;        /* of CLAIMS_SHINGLES; the reason also of others */
	const struct sketch_text *other_sketch;
	struct str contains[CLAIMS_CONTAINS_MAX]; /* uris */
	size_t n_contains;
};
/* claim: as it was entered at `own`, or with the same key: the same bytes, so the same samples, which are not kept. */
void claims_judge(struct claims *claims, const struct claim *claim, uint32_t own, struct claims_match *out);

/* The claims of that origin and part (or of all parts) match nothing from now on; their keys are forgotten, too. */
void claims_void(struct claims *claims, const struct claim_key *key);

/* There must be one. */
void claims_drop_oldest(struct claims *claims);
void claims_drop_newest(struct claims *claims);

size_t claims_count(const struct claims *claims);
size_t claims_text_bytes(const struct claims *claims);
/* Is the oldest claim out of every window of claims made at or after now? False when there is none. */
bool claims_oldest_is_past(const struct claims *claims, int64_t now_ms);

/* Order of versions as people count: runs of digits by their number, the rest by bytes ("9" < "10", "1.2" < "1.10"). */
int claims_compare_versions(struct str a, struct str b);

#endif
