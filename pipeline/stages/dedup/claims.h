/*
 * Claims in memory, and the judge: the index that stands behind every ledger.
 *
 * Claims are entered in the order of the world and leave at either end: the oldest when they are forgotten, the newest
 * when their batch is taken back. Three hash chains run through them (by exact hash, by body hash, by guid), each
 * from old to new, so that the earliest match is met first; an inverted index finds claims that share text. In a
 * steady state nothing is allocated. Nothing here knows where the order comes from. One thread.
 *
 * The verdict on a claim is a pure function of the claims that stand before it and are less than the window older: the
 * earliest that matches directly wins, and nothing is inherited through a chain. Equal exact hashes match as `exact`,
 * equal body hashes as `syndicated`, likeness of sketches (likeness.h) as what it says, an equal guid with another
 * version as `revision`, which goes before all others: a version is no duplicate of its own earlier one, nor of a later
 * one that came first. A claim with several matches of one claim is judged by the first of these.
 */
#ifndef WIREDESK_CLAIMS_H
#define WIREDESK_CLAIMS_H

#include "pipeline/stages/dedup/ledger.h"
#include "pipeline/stages/dedup/likeness.h"

struct claims;

/* By what a claim matches others, and how far back: less than `ms` older, and not more than `claims` claims before it.
 */
struct claims_window {
	int64_t ms;
	uint32_t claims; /* 0: any number */
	struct likeness_limits limits;
	bool is_story_time; /* the time that is judged is the story's own and may fall, and then either may be the older
	                     */
};

/* In place of a story's own time: it has none, and whatever it is compared with is of its age. */
#define CLAIMS_NO_TIME (-(INT64_C(1) << 47))

/* Place of a claim: valid until it leaves. */
#define CLAIMS_NONE UINT32_MAX

struct claims *claims_new(const struct claims_window *window);
void claims_free(struct claims **claims);

/* Enters it as the newest; its place. time_ms is judged; order_ms must not fall, and is time_ms where the window is not
 * of the story's time. Whether its key came before is the caller's business (keys.h). */
uint32_t claims_enter(struct claims *claims, const struct claim *claim, int64_t time_ms, int64_t order_ms);
/* These will be entered and judged next, in this order, or some of them: asks for the memory that it will want, of all
 * at the same time. Changes nothing. At most CLAIMS_EXPECTED_MAX. */
#define CLAIMS_EXPECTED_MAX 16
void claims_expect(struct claims *claims, const struct claim *next, size_t n);
bool claims_holds(const struct claims *claims, uint32_t place);
/* The place of the claim that so many newer ones stand behind; CLAIMS_NONE: it is not held. */
uint32_t claims_newest_but(const struct claims *claims, size_t newer);
/* How many claims before it are held. */
size_t claims_before(const struct claims *claims, uint32_t place);
/* Is this claim's text, as far as it is held, that of `claim`? Then so are its samples, which are not. */
bool claims_is_same(const struct claims *claims, uint32_t place, const struct claim *claim);
/* order_ms of the oldest, or up to a span less. There must be one. */
int64_t claims_oldest_order_ms(const struct claims *claims);

enum claims_method { CLAIMS_NO_METHOD, CLAIMS_TEXT_HASH, CLAIMS_BODY_HASH, CLAIMS_VERSION, CLAIMS_SHINGLES };

/* Stories that a round-up quotes: no more are named. */
#define CLAIMS_CONTAINS_MAX 8

/* What judging found; views into the index, until the next change. */
struct claims_match {
	/* original: no match, and the rest is empty; but for contains, and for the uri, age and likeness of the
	 * story that has most of its words and is another one for its facts */
	enum verdict verdict;
	enum claims_method method;
	struct str uri, id, source;
	struct str version, own_version; /* of a revision */
	bool is_late;                    /* … and the match's is the later one */
	int64_t age_ms;                  /* by how much the match is older */
	struct likeness likeness;        /* of CLAIMS_SHINGLES; the reason also of others */
	const struct sketch_text *other_sketch;
	bool is_orphan;                           /* the match became void behind `own`: its story is a dead letter */
	struct str contains[CLAIMS_CONTAINS_MAX]; /* uris */
	size_t n_contains;
};
/* claim: as it was entered at `own`: its samples are not kept. What came behind `own` changes nothing, voids neither.
 */
void claims_judge(struct claims *claims, const struct claim *claim, uint32_t own, struct claims_match *out);

/* Claims entered from now on do not match this one; those before still do. Once a place. */
void claims_void(struct claims *claims, uint32_t place);

/* There must be one. */
void claims_drop_oldest(struct claims *claims);
void claims_drop_newest(struct claims *claims);

size_t claims_count(const struct claims *claims);
size_t claims_text_bytes(const struct claims *claims);
/* Is the oldest claim out of every window of claims made at or after now? False when there is none. */
bool claims_oldest_is_past(const struct claims *claims, int64_t now_ms);

/* Caps of the postings are for a span of time, this part of the window: whoever begins to read a log must begin where a
 * span begins. */
int64_t claims_span_ms(int64_t window_ms);

#endif
