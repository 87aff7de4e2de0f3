/* Signals, and the evidence for them. See meaning.h. */
#include "pipeline/stages/cleanup/meaning.h"

#include "pipeline/base/clock.h"
#include "pipeline/base/digest.h"
#include "pipeline/base/utf8.h"
#include "pipeline/words/fold.h"
#include "pipeline/words/slugs.h"
#include "pipeline/words/untils.h"

#define COUNT(array)           (sizeof(array) / sizeof((array)[0]))
#define MEANING_LINE_MAX       400 /* bytes; longer ones are paragraphs */
#define MEANING_EVIDENCE_MAX   700
#define MEANING_REMOVED_MAX    16
#define MEANING_BODY_LINES     2
#define MEANING_GAP_MAX        40 /* bytes between words that may be of goods, too, and a time; and behind it */
#define MEANING_HOLD_MAX       300
#define MEANING_SLUG_MIN       6
#define MEANING_VERSION_DIGITS 4
#define MEANING_SLUG_BYTES     400
#define MEANING_DAY            10 /* characters of "2024-11-22" */
#define MEANING_TARGET_MAX     200

/* --- kills -------------------------------------------------------------------------------------------------------- */

/* "HOLM-FIRE", "V2217": a slug or a number by which a wire names a story; empty: none. */
static struct str meaning_slug_in(struct str s)
{
	for (size_t at = 0, end; at < s.n; at = end + 1) {
		size_t dashes = 0, digits = 0, capitals = 0, n = 0;
		for (end = at; end < s.n && !strchr(" \t\r\n,:;()\"", s.p[end]); end++, n++) {
			capitals += s.p[end] >= 'A' && s.p[end] <= 'Z';
			digits += s.p[end] >= '0' && s.p[end] <= '9';
			dashes += s.p[end] == '-' && n > 0;
		}
		if ((n >= MEANING_SLUG_MIN && dashes && capitals > digits && capitals + dashes + digits == n) ||
		    (capitals == 1 && s.p[at] == 'V' && digits == MEANING_VERSION_DIGITS && n == 1 + digits))
			return str_slice(s, at, end);
	}
	return (struct str){0};
}

/* What stands in quotation marks: a headline, in a note that takes its story back; empty: nothing does. */
static struct str meaning_quoted(struct str s)
{
	static const char *const marks[][2] = {{"\"", "\""}, {"«", "»"},   {"“", "”"},
	                                       {"„", "“"},   {"《", "》"}, {"「", "」"}};
	for (size_t i = 0; i < COUNT(marks); i++) {
		const char *open = s.n ? memmem(s.p, s.n, marks[i][0], strlen(marks[i][0])) : NULL;
		size_t start = open ? (size_t)(open - s.p) + strlen(marks[i][0]) : s.n;
		const char *close =
		        start < s.n ? memmem(s.p + start, s.n - start, marks[i][1], strlen(marks[i][1])) : NULL;
		if (close && (size_t)(close - s.p) - start <= MEANING_TARGET_MAX)
			return str_trim(str_slice(s, start, (size_t)(close - s.p)));
	}
	return (struct str){0};
}

static bool meaning_speaks_of_story(const struct signals *signals, struct str text)
{
	return signals_hold(signals, text, SIGNAL_COPY) || meaning_slug_in(text).n > 0;
}

/* is_last: nothing stands behind the line. */
static bool meaning_hit_kills(const struct signals *signals, const struct signal_hit *hit, struct str text,
                              bool is_last)
{
	if (hit->kind == SIGNAL_KILL && hit->mode == SIGNAL_NOTE)
		return meaning_speaks_of_story(signals, text);
	if (hit->kind == SIGNAL_KILL)
		return hit->is_alone || signals_hold(signals, text, SIGNAL_BAN);
	if (hit->kind != SIGNAL_CANCEL)
		return false;
	/* "KILL" in a line of its own, and "KILL - Flood cuts off Brackenford" without a text. */
	bool is_kill = hit->is_large && hit->end - hit->start == 4 && hit->language[0] == 'e';
	if (is_kill && (hit->is_alone || is_last))
		return true;
	return signals_hold(signals, text, SIGNAL_BAN) && meaning_speaks_of_story(signals, text);
}

bool meaning_kills(const struct signals *signals, struct str line, struct str text)
{
	struct signal_hit hit;
	return line.n <= MEANING_LINE_MAX && signals_open(signals, line, false, &hit) &&
	       meaning_hit_kills(signals, &hit, fold_cut(text, MEANING_EVIDENCE_MAX), false);
}

bool meaning_bans(const struct signals *signals, struct str line)
{
	return line.n <= MEANING_LINE_MAX && signals_hold(signals, line, SIGNAL_BAN);
}

/* --- embargoes ---------------------------------------------------------------------------------------------------- */

bool meaning_holds(const struct signals *signals, struct str line, const char **languages)
{
	struct signal_hit hit = {.kind = SIGNAL_KINDS};
	struct until until;
	if (line.n > MEANING_HOLD_MAX)
		return false;
	bool opens =
	        signals_open(signals, line, false, &hit) && (hit.kind == SIGNAL_HOLD || hit.kind == SIGNAL_EMBARGO);
	bool closes = !opens && signals_close(signals, line, SIGNAL_HOLD);
	size_t from = opens ? hit.end : 0;
	if ((!opens && !closes) || !until_read(str_slice(line, from, line.n), &until))
		return false;
	bool says_when = until.d.has_time || until.weekday >= 0 || until.d.day || until.is_no_day;
	/* "Embargo: 60 years of sanctions on Cuba", "Embargo until 15 March on timber exports agreed": of goods. */
	bool is_near = until.start <= MEANING_GAP_MAX && line.n - from - until.end <= MEANING_GAP_MAX;
	bool sure = hit.kind == SIGNAL_HOLD && (hit.is_large || until.d.has_time);
	if (!says_when || (!closes && !sure && !is_near))
		return false;
	/* In small letters, and a day without a time: a sentence about trade. */
	if (opens && hit.kind == SIGNAL_EMBARGO && !until.d.has_time && !hit.is_large)
		return false;
	if (languages)
		*languages = opens ? hit.languages : "tr";
	return true;
}

/* --- one story ---------------------------------------------------------------------------------------------------- */

struct meaning {
	const struct signals *signals;
	struct arena *keep;
	struct story *st;
	struct str evidence;
	bool is_empty; /* no text but headline and notes */
};

/* By how much a story is what it says: the first row that holds. */
static const char *const meaning_order[] = {"kill",       "withdrawal", "embargo-lift", "test",   "budget", "advisory",
                                            "correction", "refile",     "repeat",       "update", "take"};

static size_t meaning_rank(const char *kind)
{
	size_t i = 0;
	while (kind && i < COUNT(meaning_order) && strcmp(kind, meaning_order[i]) != 0)
		i++;
	return kind ? i : COUNT(meaning_order);
}

static void meaning_say(struct meaning *m, const char *kind, const char *where, struct str words, const char *rule)
{
	struct saying *said = &m->st->cleanup.said;
	if (meaning_rank(kind) >= meaning_rank(said->kind))
		return;
	said->kind = kind;
	said->where = where;
	said->text = str_trim(words);
	said->rule = rule;
}

static const char *meaning_kind(const struct signal_hit *hit)
{
	switch (hit->kind) {
	case SIGNAL_CORRECTION:
		return "correction";
	case SIGNAL_UPDATE:
		return "update";
	case SIGNAL_REFILE:
		return "refile";
	case SIGNAL_REPEAT:
		return "repeat";
	case SIGNAL_KILL:
		return "kill";
	case SIGNAL_CANCEL:
		return "withdrawal";
	case SIGNAL_LIFT:
		return "embargo-lift";
	case SIGNAL_TEST:
		return "test";
	default:
		return NULL;
	}
}

/* "KILL" alone is a kill, whatever else its words may cancel. */
static const char *meaning_kill_word(const struct signal_hit *hit, struct str line)
{
	struct str words = str_slice(line, hit->start, hit->end);
	return hit->kind == SIGNAL_KILL || fold_equal(words, STR("kill")) ? "kill" : "withdrawal";
}

/* A time that holds a story, in a line or in a field. */
static bool meaning_embargo(struct meaning *m, struct str line)
{
	const char *languages;
	if (m->st->cleanup.embargo.n || !meaning_holds(m->signals, line, &languages))
		return false;
	m->st->cleanup.embargo = str_trim(line);
	m->st->cleanup.embargo_languages = languages;
	m->st->cleanup.is_embargoed = true;
	return true;
}

/* is_head: the headline itself, of which more is believed. */
static void meaning_line(struct meaning *m, struct str line, const char *where, bool is_head)
{
	struct signal_hit hit;
	line = str_trim(line);
	/* "NORTHGATE NEWS SCHEDULE AT 0600 GMT" */
	if (is_head && fold_is_capitals(line) &&
	    signals_hold(m->signals, fold_cut(line, MEANING_LINE_MAX), SIGNAL_BUDGET))
		meaning_say(m, "budget", where, line, "en");
	if (!line.n || line.n > MEANING_LINE_MAX || meaning_embargo(m, line) ||
	    !signals_open(m->signals, line, strcmp(where, "edNote") == 0, &hit))
		return;
	struct str words = str_slice(line, hit.start, hit.end);
	const char *kind = meaning_kind(&hit);
	if (hit.kind == SIGNAL_KILL || hit.kind == SIGNAL_CANCEL) {
		if (meaning_hit_kills(m->signals, &hit, m->evidence, m->is_empty && is_head))
			meaning_say(m, meaning_kill_word(&hit, line), where, words, hit.language);
		return;
	}
	if (is_head && (hit.kind == SIGNAL_ADVISORY || hit.kind == SIGNAL_BUDGET))
		kind = hit.kind == SIGNAL_ADVISORY ? "advisory" : "budget";
	if (!kind)
		return;
	/* "Test: which kettle boils fastest?" is asked of readers. */
	meaning_say(m, kind, where, words, hit.language);
	if (hit.number && !m->st->cleanup.said.number)
		m->st->cleanup.said.number = hit.number;
}

static void meaning_slug(struct meaning *m, struct str s, const char *where)
{
	struct slug slug;
	struct saying *said = &m->st->cleanup.said;
	bool says = slug_read(s, &slug);
	if (!m->st->cleanup.slug.n)
		m->st->cleanup.slug = slug.core;
	if (!says)
		return;
	struct str words = str_slice(s, slug.core.n ? (size_t)(slug.core.p + slug.core.n - s.p) : 0, s.n);
	while (words.n && strchr(", -", words.p[0]))
		words = str_slice(words, 1, words.n);
	const char *kind = slug.is_kill         ? "kill"
	                   : slug.is_withdrawal ? "withdrawal"
	                   : slug.is_test       ? "test"
	                   : slug.is_budget     ? "budget"
	                   : slug.is_advisory   ? "advisory"
	                   : slug.is_correction ? "correction"
	                   : slug.is_refile     ? "refile"
	                   : slug.is_take       ? "take"
	                                        : "update";
	meaning_say(m, kind, where, words, "slug");
	said->take = said->take ? said->take : slug.take;
	said->number = said->number ? said->number : slug.lead;
}

/* A note may hold several lines. */
static void meaning_note(struct meaning *m, struct str note, const char *where)
{
	for (size_t at = 0, n = 0; at < note.n && n < MEANING_REMOVED_MAX; n++) {
		size_t end = str_index(note, '\n', at);
		meaning_line(m, str_slice(note, at, end), where, false);
		at = end + 1;
	}
}

/* What was taken out: slugs, notes; and what stood behind the headline ("…, 2nd Ld-Writethru"). */
static void meaning_removed(struct meaning *m, const struct removal *removal)
{
	static const char *const kinds[] = {"header", "update", "correction-note", "kill-note", "advisory", "embargo"};
	struct str text = str_trim(str_slice(m->st->decode.text, removal->at.start, removal->at.end));
	struct str headline = m->st->cleanup.headline;
	if (strcmp(removal->kind, "headline") == 0 && text.n > headline.n && str_starts(text, headline))
		meaning_slug(m, str_slice(text, headline.n, text.n), "headline");
	/* Of what stands above a headline a slug is what has its shape, or says a version. */
	struct slug slug;
	bool is_slug = removal->rule && (strcmp(removal->rule, "slug") == 0 || strcmp(removal->rule, "keywords") == 0);
	if (strcmp(removal->kind, "header") == 0 && (is_slug || slug_read(text, &slug)))
		meaning_slug(m, text, "text");
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (strcmp(removal->kind, kinds[i]) == 0)
			meaning_note(m, text, "text");
}

static void meaning_body(struct meaning *m)
{
	struct str body = m->st->cleanup.body;
	for (size_t at = 0, n = 0; at < body.n && n < MEANING_BODY_LINES; n++) {
		size_t end = str_index(body, '\n', at);
		meaning_line(m, str_slice(body, at, end), "text", false);
		at = end + 1;
	}
}

static bool meaning_is(const struct story *st, const char *kind)
{
	return st->cleanup.said.kind && strcmp(st->cleanup.said.kind, kind) == 0;
}

/* The uri of all that comes under a slug from a source on a day. Empty: no slug. */
static struct str meaning_thread(const struct meaning *m, struct str slug)
{
	const struct message *msg = m->st->msg;
	struct str when = m->st->decode.version_created;
	char uuid[DIGEST_UUID_CHARS + 1], day[25] = "", folded[MEANING_SLUG_BYTES];
	if (!slug.n)
		return slug;
	if (when.n >= MEANING_DAY)
		memcpy(day, when.p, MEANING_DAY);
	else if (msg->timestamp_ms >= 0)
		clock_format(msg->timestamp_ms, day);
	day[MEANING_DAY] = 0;
	struct str parts[] = {msg->feed ? msg->feed->name : STR(""), STR("\nslug\n"), str_of(day), STR("\n"),
	                      str_make(folded, fold_text(slug, folded, sizeof(folded)))};
	digest_uuid5_url(parts, COUNT(parts), uuid);
	return arena_printf(m->keep, "urn:uuid:%s", uuid);
}

/* Which story it takes back, where its own id does not tell. */
static void meaning_of(struct meaning *m)
{
	struct saying *said = &m->st->cleanup.said;
	struct str of = meaning_slug_in(m->evidence);
	of = of.n ? of : meaning_quoted(m->evidence);
	bool is_slug = of.n && memchr(of.p, '-', of.n) && !memchr(of.p, ' ', of.n);
	said->of = of.n ? arena_copy(m->keep, of) : of;
	said->of_uri = is_slug ? meaning_thread(m, of) : m->st->cleanup.thread;
}

/* What the kind means for the stages behind. */
static void meaning_settle(struct story *st)
{
	static const char *const updates[] = {"correction", "refile", "repeat", "update"};
	static const char *const controls[][2] = {{"kill", "kill"},         {"withdrawal", "withdrawal"},
	                                          {"test", "test"},         {"embargo-lift", "embargo-lift"},
	                                          {"advisory", "advisory"}, {"budget", "advisory"}};
	for (size_t i = 0; i < COUNT(updates); i++)
		st->cleanup.is_update = st->cleanup.is_update || meaning_is(st, updates[i]);
	for (size_t i = 0; i < COUNT(controls); i++)
		if (meaning_is(st, controls[i][0]))
			st->cleanup.control = controls[i][1];
	st->cleanup.is_kill = meaning_is(st, "kill") || meaning_is(st, "withdrawal");
}

/* What the format says, where the text says nothing stronger. */
static void meaning_format(struct meaning *m)
{
	const struct story *st = m->st;
	if (st->cleanup.is_kill)
		meaning_say(m, "kill", "text", (struct str){0}, NULL); /* a desk's own rule says so */
	if (st->decode.control)
		meaning_say(m, st->decode.control, "format", (struct str){0}, NULL);
	if (st->cleanup.correction.end && (!st->cleanup.said.kind || strcmp(st->cleanup.said.kind, "take") == 0))
		meaning_say(m, "correction", "text",
		            str_slice(st->decode.text, st->cleanup.correction.start, st->cleanup.correction.end), NULL);
	if (st->decode.is_correction || st->cleanup.is_update)
		meaning_say(m, "update", st->decode.is_correction ? "format" : "text", (struct str){0}, NULL);
}

void meaning_read(const struct signals *signals, struct arena *keep, struct arena *tmp, struct story *st)
{
	struct meaning m = {.signals = signals, .keep = keep, .st = st, .is_empty = !st->cleanup.body.n};
	struct str headline = st->cleanup.headline, first = fold_cut(st->decode.text, MEANING_EVIDENCE_MAX);
	m.evidence =
	        st->decode.headline_is_first_line && !st->decode.ed_note.n
	                ? first
	                : arena_printf(tmp, "%.*s\n%.*s\n%.*s", STR_ARG(fold_cut(headline, MEANING_EVIDENCE_MAX)),
	                               STR_ARG(fold_cut(st->decode.ed_note, MEANING_EVIDENCE_MAX)), STR_ARG(first));
	if (st->decode.slugline.n)
		meaning_slug(&m, st->decode.slugline, "slugline");
	meaning_line(&m, headline, "headline", true);
	meaning_note(&m, st->decode.ed_note, "edNote");
	for (size_t i = 0; i < st->cleanup.n_removed && i < MEANING_REMOVED_MAX; i++)
		meaning_removed(&m, &st->cleanup.removed[i]);
	meaning_body(&m);
	meaning_format(&m);
	meaning_settle(st);
	st->cleanup.thread = meaning_thread(&m, st->cleanup.slug);
	if (st->cleanup.is_kill)
		meaning_of(&m);
}
