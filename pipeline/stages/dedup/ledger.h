/*
 * The ledger: where claims are kept and stories are judged against them.
 *
 * A *claim* says: this story, with this fingerprint, was here at this point of the order of the world. The verdict on a
 * story is a pure function of the claims that stand before its own and are less than `window` older: the earliest that
 * matches directly wins. Behind this interface stand the local ledger (this process's memory; enrich, and workers that
 * do not share) and the Kafka ledger (one log with one partition for all workers). They use the same index; only where
 * the order comes from differs.
 *
 * Called by the dedup stage, on the loop thread only. Batches settle in the order of begin, rollbacks newest first; at
 * most two are unsettled.
 */
#ifndef WIREDESK_LEDGER_H
#define WIREDESK_LEDGER_H

#include "pipeline/base/err.h"
#include "pipeline/base/str.h"
#include "pipeline/stages/dedup/likeness.h"
#include "pipeline/story.h"

#include <stdint.h>

/*
 * Who a story is, whatever delivery brought it: position of its origin, part, and 8 bytes of the hash of the part's own
 * bytes. A key that comes again (redelivery, replay) is the same claim: only its first counts, and no story is its own
 * twin.
 */
struct claim_key {
	struct position origin;
	uint32_t part;
	uint64_t bytes_hash;
};

/* In `ended` only: every part of that origin; the message died as a whole, and nobody can say how many it would have
 * had. */
#define CLAIM_ALL_PARTS UINT32_MAX

/* Of the name of a source no more is kept. */
#define CLAIM_SOURCE_MAX 40
/* Of a version so many bytes are kept and compared. */
#define CLAIM_VERSION_MAX 255
/* Cluster and topic are names of a few hundred bytes, whoever gave them (replay.c sees to it). */
#define CLAIM_ID_MAX 600

struct claim {
	struct claim_key key;
	struct str id;               /* wiredesk.id of its record (of the delivery): what `of` names; never empty */
	uint64_t exact_hash;         /* 0: none, matches nothing */
	uint64_t body_hash;          /* 0: none (a story of a headline alone), matches nothing */
	const struct sketch *sketch; /* NULL: nothing is like it */
	const struct sketch_words *words; /* beside it, for the evidence; NULL: unknown */
	struct str scope;                 /* only claims of the same scope match */
	struct str uri;                   /* of the record, for `of`: never empty, at most STORY_URI_MAX bytes */
	struct str source;                /* who sent it, for `of`, up to CLAIM_SOURCE_MAX bytes; empty: unknown */
	struct str guid; /* with version: a version is no duplicate of its own earlier version; empty: unknown */
	struct str version;
	int64_t time_ms;    /* the story's own date where it has one, else the wall clock's; judged by only if wished */
	bool is_dated;      /* time_ms is the story's own date */
	int64_t arrived_ms; /* of the Kafka record; -1: unknown */
};

/* What judging found. Views live until the ledger's next call: copy them into call->keep, the publisher reads them
 * later. */
struct judgement {
	enum verdict verdict; /* original, exact, syndicated, … or unjudged */
	struct str of_uri;
	struct str of_id;     /* claim.id of the matched story */
	struct str of_source; /* its claim.source; empty: unknown */
	const char *method;   /* what matched: text-hash, body-hash, version, shingles; NULL: nothing */
	double score;         /* below 0: none */
	struct str evidence;  /* finished JSON object, or empty */
};

enum ledger_answer { LEDGER_READY, LEDGER_ABORT };

struct ledger {
	const struct ledger_ops *ops;
	/* Optional, for whoever calls begin: claim i of the batch is worked on now; LEDGER_NO_CLAIM: none, as while it
	 * waits. */
	void (*working)(void *arg, size_t i);
	void *working_arg;
};

#define LEDGER_NO_CLAIM SIZE_MAX

static inline void ledger_working(const struct ledger *ledger, size_t i)
{
	if (ledger->working)
		ledger->working(ledger->working_arg, i);
}

/* What a configuration asks of a ledger that it does not keep in memory: dedup's options. */
struct ledger_wish {
	struct str topic; /* of the claims */
	struct str space; /* namespace; empty is one like any other */
	int64_t window_ms;
	uint32_t window_claims; /* and no more claims back than these */
	struct likeness_limits limits;
	bool is_story_time; /* judged by the story's own date instead of the log's time */
	bool publishes;     /* while the claims cannot be had, stories are published unjudged; else they wait */
};

struct ledger_ops {
	const char *name;
	/*
	 * Enters a batch's claims, in order. A key that is held already (redelivery, or twice in a batch) adds nothing,
	 * and rollback takes out only what this batch added. Claims over the bound fall out at commit, never
	 * before: a rollback must leave things as they were. In ended, bytes_hash is ignored and part CLAIM_ALL_PARTS
	 * means every part. ended: keys of stories of this batch that ended as neither article nor
	 * duplicate; if one of them was claimed in an earlier attempt, that claim is voided, for good, before this
	 * returns. Views in claims live until the batch settles. May wait. LEDGER_ABORT with err set: the batch will be
	 * rolled back.
	 */
	enum ledger_answer (*begin)(struct ledger *, uint64_t batch, const struct claim *claims, size_t n,
	                            const struct claim_key *ended, size_t n_ended, struct err *err);
	/* Judges claim i of the newest begun batch. */
	void (*judge)(struct ledger *, uint64_t batch, size_t i, struct judgement *out);
	void (*commit)(struct ledger *, uint64_t batch);
	/* Local: the batch's claims are taken out, as if never made. Kafka: they stay in the log; the next life finds
	 * its keys. Also after a failed begin; nothing for a batch that never began. */
	void (*rollback)(struct ledger *, uint64_t batch);
	/* Claims held now. */
	size_t (*size)(struct ledger *);
	void (*close)(struct ledger *);
};

struct clock;
struct ledger_local_options {
	struct clock *clock;
	int64_t window_ms;
	size_t claims_max;
	bool is_story_time;
	struct likeness_limits limits;
};

/*
 * This process's memory. The window is measured by the clock's monotonic time at begin; or by the stories' own dates,
 * in whatever order they come, and then two of which one has no date are never too far apart. claims_max bounds it, and
 * so does claims_max times LEDGER_TEXT_BYTES of ids, uris and sketches: the oldest fall out first, but never a claim of
 * an unsettled batch. What a batch voided stays so when it is rolled back: it ends the same way when it comes again.
 */
#define LEDGER_TEXT_BYTES 160
/* What a claim costs of memory at the most, all told. */
#define LEDGER_CLAIM_BYTES 300
struct ledger *ledger_local_new(const struct ledger_local_options *options);

#endif
