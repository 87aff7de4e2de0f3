#include "pipeline/stages/decode/tape.h"

#include "pipeline/base/check.h"
#include "pipeline/words/slugs.h"

#define TAPE_BLOCK 32 /* a loop of more than 16 is not unrolled before it is made one of vectors */

/* --- lines -------------------------------------------------------------------------------------------------------- */

static bool tape_is_control(char c)
{
	return ((unsigned char)c < ' ' && c != '\t') || c == TAPE_DEL;
}

/* Takes what is no word off the line's ends, and notes what it was. */
static struct tape_line tape_line(struct str s)
{
	struct tape_line line = {0};
	size_t at = 0, end = s.n;
	for (; at < s.n && (tape_is_control(s.p[at]) || s.p[at] == ' ' || s.p[at] == '\t'); at++) {
		line.stx |= s.p[at] == TAPE_STX;
		line.etx |= s.p[at] == TAPE_ETX;
		line.row |= s.p[at] == TAPE_BS;
		line.indent += s.p[at] == '\t' ? 8 : s.p[at] == ' ';
	}
	while (end > at && (tape_is_control(s.p[end - 1]) || str_is_space(s.p[end - 1])))
		end--;
	line.words = str_slice(s, at, end);
	return line;
}

/* feed: the first \n from there on or from before it, looked for anew only once it is past: lines may all end in \r
 * alone. */
static size_t tape_line_end(struct str text, size_t at, size_t *feed)
{
	if (*feed < at)
		*feed = str_index(text, '\n', at);
	return str_index(str_slice(text, 0, *feed), '\r', at);
}

struct tape tape_read(struct decode *d, struct str text)
{
	struct tape tape = {0};
	size_t room = 0, feed = str_index(text, '\n', 0);
	for (size_t at = 0; at < text.n;) {
		size_t end = tape_line_end(text, at, &feed);
		if (tape.n == room)
			tape.lines = arena_grow(d->call->tmp, tape.lines, &room, sizeof *tape.lines);
		tape.lines[tape.n++] = tape_line(str_slice(text, at, end));
		bool both = end + 1 < text.n && text.p[end] == '\r' && text.p[end + 1] == '\n';
		at = end + 1 + both;
	}
	return tape;
}

struct str tape_first_line(struct str text)
{
	size_t feed = str_index(text, '\n', 0);
	for (size_t at = 0; at < text.n;) {
		size_t end = tape_line_end(text, at, &feed);
		struct tape_line line = tape_line(str_slice(text, at, end));
		if (line.words.n)
			return line.words;
		at = end + 1;
	}
	return (struct str){0};
}

/* --- frames ------------------------------------------------------------------------------------------------------- */

#define TAPE_HEAD_BYTES 300 /* enough to tell a format by */

size_t tape_next_soh(const struct decode *d, struct str text, const struct walk *w,
                     bool (*is)(const struct decode *d, struct str text, const struct walk *w))
{
	struct str first = tape_first_line(text);
	size_t at = first.n ? str_index(text, TAPE_ETX, (size_t)(first.p - text.p)) : text.n;
	for (at = str_index(text, TAPE_SOH, at); at < text.n; at = str_index(text, TAPE_SOH, at + 1)) {
		if (is(d, str_slice(text, at, at + TAPE_HEAD_BYTES), w))
			return at;
	}
	return text.n;
}

enum took tape_read_frames(struct decode *d, struct str text, struct walk w, const struct tape_frames *frames)
{
	size_t end = frames->next(d, text, &w);
	if (end == text.n)
		return frames->read(d, text, w) ? TOOK_ALL : TOOK_END;
	while (text.n) {
		w.bytes = str_slice(text, 0, end);
		if (!frames->read(d, w.bytes, w))
			return TOOK_END;
		text = str_slice(text, end, text.n);
		end = text.n ? frames->next(d, text, &w) : 0;
	}
	return TOOK_ALL;
}

/* --- text --------------------------------------------------------------------------------------------------------- */

/* A line gives its words and one byte before them; a dash may need two bytes more than its sign. */
struct tape_text tape_text_new(struct decode *d, struct str tape)
{
	return (struct tape_text){.p = arena_alloc(d->call->tmp, 3 * tape.n + 1)};
}

/* Is none of the bytes behind this one a control, or a blank behind a blank? Looked at all at once. */
static bool tape_is_run(const char *before)
{
	unsigned char other = 0;
	/* Bits, not branches: a compiler looks at all bytes at once then. */
	for (size_t i = 0; i < TAPE_BLOCK; i++) {
		unsigned char c = (unsigned char)before[i + 1];
		other |= (unsigned char)((c < ' ') | (c == TAPE_DEL) | ((c == ' ') & (before[i] == ' ')));
	}
	return !other;
}

/* How many bytes from here on are words and single blanks between them: most of a line at once. */
static size_t tape_run(struct str s)
{
	if (!s.n || (unsigned char)s.p[0] <= ' ' || s.p[0] == TAPE_DEL)
		return 0;
	size_t i = 1;
	while (s.n - i >= TAPE_BLOCK && tape_is_run(s.p + i - 1))
		i += TAPE_BLOCK;
	/* The rest of a line, with some of what has been looked at. */
	if (i > TAPE_BLOCK && s.n - i < TAPE_BLOCK && tape_is_run(s.p + s.n - TAPE_BLOCK - 1))
		i = s.n;
	while (i < s.n && (unsigned char)s.p[i] >= ' ' && s.p[i] != TAPE_DEL && (s.p[i] != ' ' || s.p[i - 1] != ' '))
		i++;
	return s.p[i - 1] == ' ' ? i - 1 : i;
}

void tape_text_add(struct tape_text *text, struct str words, bool own_paragraph)
{
	bool blank = false;
	if (!words.n)
		return;
	if (text->n)
		text->p[text->n++] = own_paragraph ? '\n' : ' ';
	for (size_t i = 0; i < words.n;) {
		size_t run = tape_run(str_slice(words, i, words.n));
		if (!run) {
			blank |= str_is_space(words.p[i]);
			i++;
			continue;
		}
		if (blank)
			text->p[text->n++] = ' ';
		blank = false;
		memcpy(text->p + text->n, words.p + i, run);
		text->n += run;
		i += run;
	}
}

void tape_text_row(struct tape_text *text, struct str words)
{
	if (text->n)
		text->p[text->n++] = '\n';
	for (size_t i = 0; i < words.n; i++) {
		if (!tape_is_control(words.p[i]))
			text->p[text->n++] = words.p[i];
	}
}

struct str tape_text_keep(struct decode *d, const struct tape_text *text)
{
	return arena_copy(d->call->keep, str_make(text->p, text->n));
}

/* --- words -------------------------------------------------------------------------------------------------------- */

/* Lines that are a signal whole: "BERICHTIGUNG", "3. Zusammenfassung". */
static const char *tape_signal(struct str words)
{
	static const struct {
		const char *words, *signal;
	} rows[] = {
	        {"KILL KILL KILL", "kill"},  {"Bitte streichen", "kill"},
	        {"WITHHOLD", "withdrawal"},  {"LEAD", "update"},
	        {"REFILE", "update"},        {"CORRECT", "correction"},
	        {"CORRECTED", "correction"}, {"CORRECTION", "correction"},
	        {"KORREKTUR", "correction"}, {"BERICHTIGUNG", "correction"},
	        {"REPEAT", "update"},        {"UPDATE", "update"},
	        {"NEUFASSUNG", "update"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t n = strlen(rows[i].words);
		bool whole = words.n == n || (words.n > n && strchr(" :,=", words.p[n]));
		if (str_starts_fold(words, rows[i].words) && whole)
			return rows[i].signal;
	}
	return str_has_fold(words, "ZUSAMMENFASSUNG") ? "update" : NULL;
}

void tape_version(struct draft *draft, struct str words)
{
	struct slug slug;
	const char *signal = tape_signal(words);
	slug_read(words, &slug);
	if (signal)
		draft_signal(draft, str_of(signal));
	if (slug.is_kill)
		draft_signal(draft, STR("kill"));
	if (slug.is_withdrawal)
		draft_signal(draft, STR("withdrawal"));
	if (slug.is_advisory || slug.is_budget)
		draft_signal(draft, STR("advisory"));
	if (slug.is_test)
		draft_signal(draft, STR("test"));
	if (slug.is_correction)
		draft_signal(draft, STR("correction"));
	if ((slug.lead && !slug.is_take) || slug.is_writethru || slug.is_refile)
		draft_signal(draft, STR("update"));
	if (draft->control && strcmp(draft->control, "kill") == 0)
		draft->status = STR("canceled");
	if (draft->control && strcmp(draft->control, "withdrawal") == 0)
		draft->status = STR("withdrawn");
}
