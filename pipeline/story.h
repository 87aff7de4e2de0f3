/*
 * The one record. To understand wiredesk, read this header, then stage.h.
 *
 * A *message* is one Kafka record as delivered. It holds one or more *stories* (parts, numbered from 0). `decode`, the
 * one stage that may expand, makes the parts; every later stage reads groups of fields and writes its own. Each group
 * below is named after the one stage that writes it; until that stage has run its fields are zero and its bit is
 * missing in `done`. Text of stages is valid UTF-8 and lives in the batch's arenas (or points into the raw bytes); it
 * ends with the batch.
 *
 * Ranges. `decode.text` is the text that all raw byte ranges of a story point into: for plain text the message's
 * bytes as delivered, for a JSON string its value, for every other format or charset what decode took out. Body offsets
 * of entities are in Unicode code points of the body.
 */
#ifndef WIREDESK_STORY_H
#define WIREDESK_STORY_H

#include "pipeline/base/arena.h"
#include "pipeline/base/str.h"

#include <stdint.h>

struct call;
struct sketch;
struct sketch_words;

/* --- endings -------------------------------------------------------------------------------------------------- */

enum outcome {
	OUTCOME_OPEN,      /* still on its way */
	OUTCOME_ARTICLE,   /* set in the tail, after the last in-order stage */
	OUTCOME_DUPLICATE, /* the same */
	OUTCOME_DROP,
	OUTCOME_DEAD,
};

enum reason {
#define REASON(id, word, meaning) REASON_##id,
#include "pipeline/reasons.def"
#undef REASON
	REASON_COUNT
};
const char *reason_word(enum reason reason);
const char *reason_meaning(enum reason reason);

struct ending {
	enum outcome outcome;
	enum reason reason;
	const char *stage; /* who ended it: a stage's name, "run", "producer", "broker" */
	struct str words;  /* for a person, without story text; arena of the batch */
};

/* --- messages ------------------------------------------------------------------------------------------------- */

/* Where a record stands: cluster/topic/partition/offset. */
struct position {
	struct str cluster;
	struct str topic; /* of a delivery: interned by the source, ends in NUL (offsets.h) */
	int32_t partition;
	int64_t offset;
};

struct header {
	struct str name;
	struct str value; /* null pointer: a header without a value */
};

/* A row of `sources:` in the configuration: what is known of a feed before its stories are read. For the process. */
struct node;

struct feed {
	struct str name;
	struct node *node;  /* where it was written, for words about it (pipeline/base/node.h); NULL: nowhere */
	struct str zone;    /* IANA name, or empty */
	struct str charset; /* forced charset, or empty */
	struct str format;  /* forced format, or empty: recognised by content */
	struct str *expect; /* BCP 47 tags, likeliest first */
	size_t n_expect;
	struct str scope; /* dedup: only claims of the same scope match; empty is a scope like any other */
	/* first match wins; an absent condition (null pointer) holds always */
	struct str match_topic;
	struct str match_header, match_header_value;
	struct str match_key_prefix;
};

struct message {
	/* From the source. Bytes are borrowed from `owner` and live until the batch is settled. */
	struct position delivery; /* for offsets, suspects, order */
	struct position origin;   /* identity and claim key; differs from delivery only in a replayed dead letter */
	int64_t timestamp_ms;     /* of the Kafka record; -1: none */
	struct str key;           /* null pointer: no key */
	struct str value;         /* null pointer: a tombstone */
	const struct header *headers;
	size_t n_headers;
	void *owner;
	const char *broken; /* words: the source could not make a message of what it read; it is dead before decode */
	enum reason broken_reason; /* beside broken; REASON_NONE: bad-json */

	/* From the runner, before decode. */
	const struct feed *feed;
	uint32_t attempts;     /* 0; replays: header wiredesk-attempts */
	struct str first_seen; /* RFC 3339; of a replay: its header, else empty */
	bool is_put_back;      /* a dead letter that came back: it has an origin of its own */
	const uint32_t *only;  /* of a replay: the parts that go on, ascending; NULL: all */
	size_t n_only;
	size_t n_before;     /* beside only: parts that the message had before they were chosen; else 0 */
	uint8_t sha256[32];  /* of value; only where the run list has a decode stage, */
	char sha256_hex[65]; /* else empty */

	/* From decode's expand; the array grows by doubling. */
	struct story **parts;
	size_t n_parts;
	struct ending end; /* the message as a whole: then it has no parts that go on */
	uint32_t lane;     /* the lane that worked on it */
};

/* --- the story ------------------------------------------------------------------------------------------------ */

enum group {
	GROUP_DECODE = 1 << 0,
	GROUP_CLEANUP = 1 << 1,
	GROUP_CREDITS = 1 << 2,
	GROUP_LANGUAGE = 1 << 3,
	GROUP_ENTITIES = 1 << 4,
	GROUP_FINGERPRINT = 1 << 5,
	GROUP_DEDUP = 1 << 6,
	GROUP_ROUTE = 1 << 7,
};

enum text_kind { TEXT_MESSAGE, TEXT_STRING, TEXT_DECODED }; /* provenance.rawText */

enum pub_status { PUB_USABLE, PUB_WITHHELD, PUB_CANCELED };

/* A half-open range of bytes of decode.text. */
struct range {
	size_t start, end;
};

/* What was taken out of the text, or moved to a field of its own. */
struct removal {
	const char *kind; /* one of the schema's kinds: headline, metaline, dateline, promo, control, … */
	const char *rule; /* name of the rule, or NULL */
	struct range at;
};

/* What cleanup found in the lines that it took out, for credits to read. */
enum piece_kind {
	PIECE_SECTION,
	PIECE_TIME,
	PIECE_DATELINE, /* all of it; the four below lie within */
	PIECE_PLACE,
	PIECE_SOURCE,
	PIECE_DATE,
	PIECE_AUTHOR, /* one name or more */
	PIECE_EDITOR,
	PIECE_CONTRIBUTOR,
	PIECE_CREDIT,
	PIECE_RELATED, /* another story's headline */
	PIECE_EMBARGO, /* the line that says until when */
};

struct piece {
	enum piece_kind kind;
	struct range at;    /* of cleanup.text */
	struct range label; /* "Source" before a credit; empty: none */
};

/* Characters that stand for others of the raw text: "&" for "&amp;". */
struct edit {
	struct range at, raw;
};

/* The range before the edits that has become `at`. */
struct range edits_raw(const struct edit *edits, size_t n, struct range at);

/* Two words that stood together where a line ends between them; `at` is where. */
struct glue {
	bool found;
	size_t at;
	struct range left, right;
};

/* What a story says that it is to others. */
struct saying {
	const char *kind; /* kill, withdrawal, embargo-lift, test, budget, advisory, correction, refile, repeat, update,
	                     take; NULL: nothing */
	const char *where; /* headline, slugline, edNote, text, format */
	const char *rule;  /* the language of the words, or "slug"; NULL: none */
	struct str text;   /* the words; empty: none */
	int number;        /* "UPDATE 2-", "2nd Ld": 2; 0: none */
	int take;          /* "2nd Add": 2; 0: none */
	struct str of;     /* the slug, number or headline of the story that it takes back, as written; empty: none */
	struct str of_uri; /* the thread of that slug, else of its own; empty: neither */
};

/* A person or an outlet as the record names it, and where it stands. */
struct named {
	struct str name;
	struct range at;
	struct str label;
};

enum entity_type { ENTITY_PERSON, ENTITY_ORGANISATION, ENTITY_PLACE };

/* Somebody or something that the body names. */
struct entity_name {
	enum entity_type type;
	struct str name;  /* canonical: the story's fullest form, a country's usual name for its short form */
	struct str uri;   /* Wikidata's or GeoNames' address, or a user's own; empty: not sure */
	bool is_dateline; /* the dateline's place */
	bool is_quoted;   /* an agency or outlet that the body cites for its facts */
	struct str basis; /* whose the address is, if a user's own: "gazetteer:NAME"; else empty */
};

/* One mention of it. Code points of the body, and its bytes. */
struct entity {
	uint32_t name; /* in names */
	uint32_t start, end;
	struct str text;
	float confidence;     /* 0..1 */
	const char *evidence; /* one of a fixed set of words: tagger, gazetteer, own-gazetteer, full-name, … */
};

/* Name and value that go into the record as they came; value is finished JSON. */
struct passed {
	struct str key;
	struct str json;
};

/* A guid that would be longer as JSON, or holds control bytes or white space, is no uri. */
#define STORY_URI_MAX 1000

enum verdict {
	VERDICT_NONE,
	VERDICT_ORIGINAL,
	VERDICT_EXACT,
	VERDICT_SYNDICATED,
	VERDICT_REVISION,
	VERDICT_EXCERPT,
	VERDICT_UNJUDGED,
};
const char *verdict_word(enum verdict verdict);
/* Those that may be given, from VERDICT_ORIGINAL on, for options; NULL at the end. */
extern const char *const verdict_words[];

/* A part of a body in one language, of a story that is in two or more. */
struct language_part {
	const char *tag;
	size_t start, end; /* in the body; characters */
	double share;      /* that its language has of the body's characters, in all parts together */
};

struct story {
	/* runner */
	const struct message *msg;
	uint32_t part; /* its number in the message */
	uint32_t done; /* GROUP_… bits of the stages that have run */
	struct ending end;

	struct {
		struct str text; /* what raw ranges point into; valid UTF-8; a byte order mark is in it, not in body */
		enum text_kind text_kind;
		const char *format;           /* plain-text, json-string, json, ninjs, … */
		const char *format_basis;     /* by what it was told; NULL: not said */
		const char *charset;          /* UTF-8, UTF-16LE, … */
		const char *charset_basis;    /* valid-utf8, bom, declared, … */
		const char *const *envelopes; /* around it in the message, outermost first: gzip, base64, … */
		size_t n_envelopes;
		struct str headline;         /* what the format calls so; empty for plain text */
		struct str body;             /* what the format calls so; plain text: all of text */
		bool headline_is_first_line; /* text only: cleanup looks for the headline in text */
		bool has_paragraphs;         /* each line of body is one for sure: none was made by a width */
		struct str guid;             /* the story's own id as written; empty: none */
		struct str uri;    /* the record's uri: never empty after decode, at most STORY_URI_MAX bytes as JSON */
		struct str target; /* uri of the story that the format says it cancels, replaces or goes on from; empty:
		                      none */
		uint64_t part_hash;  /* XXH3 of the part's own bytes, for its claim's key */
		struct str version;  /* as written; empty: none stated ("1" goes into the record) */
		struct str language; /* declared tag; empty: none, unknown or malformed */
		struct str version_created, first_created, embargoed_until; /* RFC 3339 with zone, else empty */
		struct named published; /* name: a day, or a local time without a zone; label: as written */
		struct str slugline, by, located, ed_note, copyright, title;
		struct str dateline; /* where the format has one of its own */
		int urgency;         /* 1..9; 0: none */
		enum pub_status pub_status;
		const char *control;   /* kill, withdrawal, embargo-lift, advisory, test: never claimed; NULL: ordinary
		                          copy */
		bool is_correction;    /* marked as update, correction or writethru */
		struct str correction; /* the words that mark it as a correction: a note, a signal; empty: none */
		const char *type;      /* ninjs' word (picture, video, …); NULL: text */
		bool is_partial;       /* representationType partial: more follows */
		const struct passed *passed; /* ninjs fields nobody here changes: subjects, genres, … */
		size_t n_passed;
		/* ninjs lists that the input has and that stages here add to: finished JSON entries with commas between
		 * them, without the brackets, valid as ninjs 3.0; empty: none. */
		struct {
			struct str people, organisations, places, info_sources, alt_ids, associations;
		} given;
		const char *const *warnings; /* words for wiredesk.warnings */
		size_t n_warnings;
	} decode;

	struct {
		struct str headline;
		struct str body;               /* paragraphs joined by one line feed, no final one */
		const struct removal *removed; /* ascending, not overlapping */
		size_t n_removed;
		struct str text;          /* decode.body with character references read; pieces point into it */
		size_t text_at;           /* where it begins in decode.text */
		const struct edit *edits; /* ascending; raw is counted from text_at */
		size_t n_edits;
		const struct piece *pieces; /* in the order of the text */
		size_t n_pieces;
		struct glue glue;
		struct range correction; /* of decode.text: what says that the story corrects another; empty: none */
		bool is_update;          /* a later version: correction, update, writethru */
		bool is_kill, is_embargoed, is_partial; /* lines of the text, or notes, say so */
		const char *control;                    /* as decode.control, by words; NULL: ordinary copy */
		struct saying said;
		/* Without what says which version or take it is, and the uri of all that comes under it from its source
		 * on its day; empty: none. */
		struct str slug, thread;
		struct str embargo;            /* the line or note that says until when; empty: none */
		const char *embargo_languages; /* that have its words: "pl cs hr"; NULL: not known */
		const char *warning;           /* a word for wiredesk.warnings, or NULL */
	} cleanup;

	struct {
		const struct named *authors, *editors, *contributors, *sources;
		size_t n_authors, n_editors, n_contributors, n_sources;
		const struct named *related;
		size_t n_related;
		struct named section;  /* name.n 0: none; the same below */
		struct named dateline; /* name: its text as written */
		struct named place;    /* name in normal case, label as written */
		struct str source, date;
		struct str by;          /* the authors' names */
		struct named published; /* name: the time for wiredesk.published, label: the zone as written */
		/* Of the format's time, or of the line or note that says until when. */
		struct {
			struct str text, value; /* RFC 3339 with zone; empty: not to be told for sure */
			const char
			        *state; /* stands, passed, not-believed (more than a year away), unknown; NULL: none */
			const char *zone,
			        *zone_basis; /* stated, city, source, language; NULL: not known, or the format's */
		} embargo;
		bool has_offset;  /* then it is good for versionCreated */
		const char *zone; /* IANA name, or NULL: unknown */
		const char *precision;
	} credits;

	struct {
		const char *tag;    /* BCP 47, or und; with the script where a language has several: zh-Hans, sr-Cyrl */
		const char *iso639; /* ISO 639-3, of the variety that is likeliest: "arz" under ar; or NULL */
		const char *script; /* ISO 15924, or NULL */
		double confidence;  /* 0..1 */
		bool reliable;
		bool is_not_declared;  /* reliable, and another language than the one declared */
		const char *runner_up; /* or NULL */
		const char *reason;    /* why und: too-short, no-letters, table, code, names, unknown; else NULL */
		const struct language_part *parts; /* who has which part of the body, ascending; none: one language */
		size_t n_parts;
	} language;

	struct {
		const struct entity *entities; /* mentions in the body, in its order */
		size_t n_entities;
		const struct entity_name *names; /* what they name, each once, in order of first mention */
		size_t n_names;
		bool listed;         /* the names go into people, organisations and places */
		const char *warning; /* a word for wiredesk.warnings, or NULL */
	} entities;

	struct {
		uint64_t exact_hash;         /* headline and text as decoded, normalised: equal means exact */
		uint64_t body_hash;          /* cleaned body, normalised: finds the twin */
		const struct sketch *sketch; /* finds near-duplicates; pipeline/sketch.h */
		const struct sketch_words *words;
		bool empty; /* nothing to compare: never claimed */
	} fingerprint;

	/* The finished record; written by the runner right after the last any-order stage (record.h). */
	struct {
		struct str head; /* JSON up to the place of wiredesk.dedup, which the tail appends into the room behind
		                    it */
		size_t room_bytes; /* usable bytes at head.p, head included */
		struct str value;  /* complete; after the tail */
		struct header headers[8];
		size_t n_headers;
	} record;

	struct {
		enum verdict verdict;
		struct str of_uri, of_id; /* the matched story; empty: none */
		struct str of_source;     /* who sent it; empty: none, or unknown */
		struct str source;        /* who sent this one; the same */
		struct str cluster;       /* the matched story's uri, or the own */
		const char *method;       /* or NULL */
		double score;             /* below 0: none */
		struct str evidence;      /* finished JSON object, or empty */
	} dedup;

	struct {
		enum outcome outcome; /* article or duplicate */
		const char *const
		        *topics; /* one, or every article topic for a kill; names live with the configuration */
		size_t n_topics;
	} route;
};

/* Headline and body as far as the stages have brought them: cleaned, else as decoded. */
struct str story_headline(const struct story *st);
struct str story_body(const struct story *st);

/* What decode, or a line of the text that cleanup took out, says of it: see decode.control and decode.pub_status. */
const char *story_control(const struct story *st);
enum pub_status story_pub_status(const struct story *st);

/* Where in decode.text a range of cleanup.text stands. */
struct range story_raw(const struct story *st, struct range at);

/* Is it marked as a correction, update or later version, by its format or its text? */
bool story_is_update(const struct story *st);

/* The tag that the record gives: detected where reliable, else declared, else "und". */
struct str story_language(const struct story *st);

/*
 * A stage's answers (stage.h). The first ending stands. Words are formatted into the batch's arena and cut at 500
 * bytes; they must not hold story text. NULL format: the reason's meaning speaks for itself.
 */
enum answer { ANSWER_KEEP, ANSWER_DROP, ANSWER_DEAD };
enum answer story_drop(struct call *call, struct story *st, enum reason reason);
enum answer story_dead(struct call *call, struct story *st, enum reason reason, const char *format, ...)
        __attribute__((format(printf, 4, 5)));
/* For expand: the message as a whole. */
enum answer message_drop(struct call *call, struct message *msg, enum reason reason);
enum answer message_dead(struct call *call, struct message *msg, enum reason reason, const char *format, ...)
        __attribute__((format(printf, 4, 5)));

/* A header's value, or an empty view with a null pointer. The last one of that name counts, as in Kafka's tools. */
struct str message_header(const struct message *msg, const char *name);

/* cluster/topic/partition/offset/part, in the arena: wiredesk.id of the delivery, or of the origin. */
struct str position_id(struct arena *a, const struct position *at, uint32_t part);

#endif
