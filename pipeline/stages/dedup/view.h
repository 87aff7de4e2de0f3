/*
 * A view of the claims log: what was read of it, from some place on, put into an index.
 *
 * A view is read from the front to the end under one set of settings. It holds keys of all claims that it met (for
 * twice the window, VIEW_KEY_TIMES) and judges by those of the window. What it was told is all that it knows: two views
 * that were told the same slice of the log judge alike, on whatever worker.
 *
 * Time is the log's. Should it fall from one record to the next (a new leader's clock), it is taken to stand still. Two
 * views agree on it as soon as both have seen a record with the latest time so far; that is why a view is begun two
 * spans (claims_span_ms) before what is to be judged by it. One thread.
 */
#ifndef WIREDESK_DEDUP_VIEW_H
#define WIREDESK_DEDUP_VIEW_H

#include "pipeline/claims_log.h"
#include "pipeline/stages/dedup/claim_record.h"
#include "pipeline/stages/dedup/claims.h"
#include "pipeline/stages/dedup/keys.h"

struct view;

struct view_options {
	struct claim_settings settings;
	bool is_story_time;
	/* Where a span begins: claims before this time are known by their keys alone, and what hangs on the first span
	 * is not judged. */
	int64_t from_ms;
	/* Keys that are known already and say which claim of a key is the first; NULL: what the view itself meets. */
	struct keys *first_of;
};

struct view *view_new(const struct view_options *options);
void view_free(struct view **view);

/* The next record in the log, whatever it is, has this time. Before view_feed. */
void view_see(struct view *view, int64_t time_ms);

/* What a record was to the view. */
enum view_fed {
	VIEW_CLAIM,    /* the first of its key: *entry is what is known of it */
	VIEW_REPEATED, /* a later claim of a key */
	VIEW_VOID,     /* of something that is known */
	VIEW_LOOSE,    /* a void of nothing */
};
/* record: claim or void of the view's namespace, the next in the log. */
enum view_fed view_feed(struct view *view, const struct log_record *at, const struct claim_record *record,
                        struct keys_entry *entry);

struct keys *view_keys(struct view *view);
struct claims *view_claims(struct view *view);
/* Where a key's claim stands in the index, or CLAIMS_NONE. */
uint32_t view_place(const struct view *view, const struct keys_entry *entry);

/*
 * Keys are remembered for two windows, but of no more than so many claims for each that the index may hold, or, with a
 * small window, for each of so many: what comes at once, of two batches, must be known when it is judged.
 */
#define VIEW_KEY_TIMES      4
#define VIEW_KEY_CLAIMS_MIN 100000

/* Does the view hold all that the judgement of this claim hangs on? */
bool view_can_judge(const struct view *view, const struct keys_entry *entry);

/* Stories that came to Kafka before this time may have been claimed before the view's memory begins. */
int64_t view_memory_from_ms(const struct view *view);
/* The log had begun before the first record that the view was told: with time_ms of that. */
void view_forget_before(struct view *view, int64_t time_ms);

#endif
