/*
 * The ledger over a log that all workers share: twins that reach different workers are judged alike.
 *
 * begin appends the claims of a batch to the log and reads until they come back: their places in the log are the order
 * of the world. What is judged is what stands in the log, not what was sent. A claim that came in an earlier life of
 * its story stays where it was; the story is judged there. CLAIMS.md beside this file tells the whole of it.
 *
 * Reading may take long (a restart reads the window back). It goes on over many calls: ledger_log_advance before the
 * worker takes part in its group, ledger_log_advance again when the worker is idle, and begin, which answers
 * LEDGER_ABORT when its patience ends, and goes on when it is called again.
 *
 * One thread.
 */
#ifndef WIREDESK_LEDGER_LOG_H
#define WIREDESK_LEDGER_LOG_H

#include "pipeline/base/clock.h"
#include "pipeline/base/quit.h"
#include "pipeline/claims_log.h"
#include "pipeline/stages/dedup/claim_record.h"
#include "pipeline/stages/dedup/ledger.h"

enum ledger_log_outage {
	LEDGER_LOG_WAIT,    /* begin answers LEDGER_ABORT until the log is back */
	LEDGER_LOG_PUBLISH, /* stories are articles, unjudged, until it is back */
};

struct ledger_log_options {
	struct claims_log *log; /* taken: closed by the ledger's close */
	struct clock *clock;
	struct claim_settings settings;
	/* All formats that this program reads, and, of these, the numbers of those it writes; both end with 0. NULL:
	 * claim_formats, and settings.format alone. */
	const struct claim_format *formats;
	const uint8_t *writes;
	struct str space; /* only claims of the same namespace are seen; copied */
	bool is_story_time;
	enum ledger_log_outage on_outage;
	int64_t patience_ms; /* of one begin; 0: 10 s */
	struct quit quit;    /* the worker ends, in whichever way: begin answers LEDGER_ABORT soon */
	/* What is no error, but should be known: words for a log line. NULL: nobody listens. */
	void (*tell)(void *arg, const char *words);
	void *tell_arg;
};

/* Beside what a claim costs (ledger.h): its key, and those of the claims before it that are remembered
 * (VIEW_KEY_TIMES), each 36 bytes, and some slack. */
#define LEDGER_LOG_KEY_BYTES 160

/* Nothing is read yet. */
struct ledger *ledger_log_new(const struct ledger_log_options *options);

enum ledger_log_state {
	LEDGER_LOG_READY,   /* read to the end, as it was then */
	LEDGER_LOG_READING, /* time ran out; call again */
	LEDGER_LOG_AWAY,    /* the log cannot be reached, and err says why; call again */
	LEDGER_LOG_REFUSED, /* the log is settled otherwise than options.settings, and err says how */
};
/*
 * Reads on, for up to budget_ms. The first time that the end is reached with no settings in the log, the worker's own
 * are written. REFUSED by other settings only until READY for the first time: later changes are followed, and told;
 * by a format that this program does not know at any time.
 */
enum ledger_log_state ledger_log_advance(struct ledger *ledger, int64_t budget_ms, struct err *err);

/* For metrics and readiness. Counts since the ledger was made. */
struct ledger_log_facts {
	uint64_t written, voids;              /* records that this worker appended: claims, voids */
	uint64_t read;                        /* records that it read, of all workers */
	uint64_t repeated, foreign, newer;    /* claims of known keys; records of nobody's making; of later programs */
	uint64_t unjudged, orphaned;          /* stories: not judged; judged to be copies of a dead letter */
	uint64_t look_backs, restores, moves; /* readings of an older part; from the front; logs cut or made anew */
	int64_t next, end;                    /* where reading stands; the log's end when it was last asked */
	uint64_t begins;                      /* that were answered READY */
	int64_t wait_us;                      /* of the last begin, until all its claims had come back */
	bool is_away;
};
void ledger_log_facts(struct ledger *ledger, struct ledger_log_facts *out);

#endif
