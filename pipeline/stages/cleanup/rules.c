/* From lines and columns to rules. See rules.h. */
#include "pipeline/stages/cleanup/rules.h"

#include "pipeline/base/check.h"
#include "pipeline/base/options.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stages/cleanup/rules_inside.h"
#include "pipeline/story.h"
#include "pipeline/words/fold.h"
#include "pipeline/words/language_tag.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define RULES_COLUMNS       6
#define RULES_COLUMNS_LEAST 5
#define RULES_FEEDS_MAX     64 /* names that are looked at for one that is near */

enum { COLUMN_LANGUAGE, COLUMN_KIND, COLUMN_MODE, COLUMN_WORDS, COLUMN_EXAMPLE, COLUMN_NOTE };

static const char *const rules_kinds[] = {
        [PHRASE_PROMO] = "promo",
        [PHRASE_AUTHOR] = "author",
        [PHRASE_EDITOR] = "editor",
        [PHRASE_CONTRIBUTOR] = "contributor",
        [PHRASE_CREDIT] = "credit",
        [PHRASE_CAPTION] = "caption",
        [PHRASE_ENDMARK] = "endmark",
        [PHRASE_ADVISORY] = "advisory",
        [PHRASE_NOTEBOOK] = "notebook",
        [PHRASE_UPDATE] = "update",
        [PHRASE_META] = "meta",
        [PHRASE_MORE] = "more",
        [PHRASE_CORRECTION] = "correction",
        [PHRASE_KILL] = "kill",
        [PHRASE_EMBARGO] = "embargo",
        [PHRASE_SHARE] = "share",
        [PHRASE_SUBSCRIBE] = "subscribe",
        [PHRASE_AD] = "ad",
        [PHRASE_COPYRIGHT] = "copyright",
        [PHRASE_USAGE] = "usage",
        [PHRASE_CONTACT] = "contact",
        [PHRASE_PAGINATION] = "pagination",
        [PHRASE_SLUG] = "slug",
        [PHRASE_HOME] = "home",
        [PHRASE_ABOUT] = "about",
        [PHRASE_MEDIA] = "media",
        [PHRASE_SOCIAL] = "social",
        [PHRASE_TAGS] = "tags",
        [PHRASE_READING] = "reading",
        [PHRASE_CALL] = "call",
        [PHRASE_CHANNEL] = "channel",
        [PHRASE_KEEP] = "keep",
};

static const char *const rules_modes[] = {
        [PHRASE_LABEL] = "label", [PHRASE_TITLE] = "title",  [PHRASE_WHOLE] = "whole",   [PHRASE_START] = "start",
        [PHRASE_LAST] = "last",   [PHRASE_BY] = "by",        [PHRASE_INSIDE] = "inside", [PHRASE_LIST] = "list",
        [PHRASE_BLOCK] = "block", [PHRASE_PREFIX] = "prefix"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* --- telling ---------------------------------------------------------------------------------------------------- */

static void rules_tell(struct rules *r, const char *words)
{
	if (r->world->warn && r->n_told++ < RULES_TOLD_MAX)
		r->world->warn(r->world->warn_arg, words);
}

bool rules_error(struct rules *r, size_t line, size_t column, const char *format, ...)
{
	struct err one = {0};
	va_list args;
	va_start(args, format);
	int n = snprintf(one.words, sizeof(one.words), "%.300s:%zu:%zu: ", r->path, line, column);
	vsnprintf(one.words + n, sizeof(one.words) - (size_t)n, format, args);
	va_end(args);
	if (r->n_errors++ == 0)
		err_set(r->err, "%s", one.words);
	else
		rules_tell(r, one.words);
	return false;
}

void rules_warn(struct rules *r, size_t line, const char *format, ...)
{
	struct err one = {0};
	va_list args;
	if (r->world->only_errors)
		return;
	va_start(args, format);
	int n = snprintf(one.words, sizeof(one.words), "%.300s:%zu: ", r->path, line);
	vsnprintf(one.words + n, sizeof(one.words) - (size_t)n, format, args);
	va_end(args);
	rules_tell(r, one.words);
}

/* --- one line --------------------------------------------------------------------------------------------------- */

struct rules_line {
	struct rules *r;
	size_t number;
	struct str text;
	struct str columns[RULES_COLUMNS];
	size_t starts[RULES_COLUMNS]; /* in characters, from 1 */
	size_t n;
	const struct feed *feed;
	const struct language_codes *languages;
};

static bool rules_split(struct rules_line *l)
{
	l->n = 0;
	for (size_t at = 0; at <= l->text.n && l->n < RULES_COLUMNS; l->n++) {
		size_t end = str_index(l->text, '\t', at);
		l->starts[l->n] = utf8_count(str_slice(l->text, 0, at)) + 1;
		l->columns[l->n] = str_trim(str_slice(l->text, at, end));
		at = end + 1;
		if (l->n + 1 == RULES_COLUMNS && end < l->text.n)
			return rules_error(l->r, l->number, utf8_count(str_slice(l->text, 0, end)) + 1,
			                   "more than %d columns; a rule is language, kind, mode, words, example and "
			                   "perhaps a note",
			                   RULES_COLUMNS);
	}
	if (l->n < RULES_COLUMNS_LEAST)
		return rules_error(l->r, l->number, 1,
		                   "%zu of %d columns; write language, kind, mode, words and an example, with tabs "
		                   "(not blanks) between them",
		                   l->n, RULES_COLUMNS_LEAST);
	return true;
}

/* The index of a column's word. */
static bool rules_word(struct rules_line *l, size_t column, const char *const *words, size_t n, int *out)
{
	const char *names[64];
	CHECK(n < COUNT(names));
	memcpy(names, words, n * sizeof(*names));
	names[n] = NULL;
	if (options_parse_word(l->columns[column], names, out))
		return true;
	return rules_error(
	        l->r, l->number, l->starts[column], "unknown %s '%.60s'%s", column == COLUMN_KIND ? "kind" : "mode",
	        arena_copy(&l->r->arena, fold_cut(l->columns[column], 60)).p, options_hint(l->columns[column], names));
}

static bool rules_language(struct rules_line *l)
{
	struct str tag = l->columns[COLUMN_LANGUAGE];
	if (str_is(tag, "*"))
		return true;
	if (language_tag_read(l->languages, tag, &l->r->arena).n)
		return true;
	return rules_error(l->r, l->number, 1, "'%.40s' is no language; write a tag such as 'en' or 'zh-Hant', or '*'",
	                   arena_copy(&l->r->arena, fold_cut(tag, 40)).p);
}

static bool rules_words(struct rules_line *l, enum phrase_mode mode, struct str *folded)
{
	char bytes[2048];
	struct str words = l->columns[COLUMN_WORDS];
	size_t column = l->starts[COLUMN_WORDS];
	if (!words.n)
		return rules_error(l->r, l->number, column, "no words; a rule without words would find nothing");
	if (utf8_count(words) > RULES_WORDS_MAX)
		return rules_error(l->r, l->number, column,
		                   "%zu characters of words, at most %d are compared; shorten them", utf8_count(words),
		                   RULES_WORDS_MAX);
	size_t n = fold_text(words, bytes, sizeof(bytes));
	*folded = arena_copy(&l->r->arena, str_trim(str_make(bytes, n)));
	if (!folded->n)
		return rules_error(l->r, l->number, column, "these words are of characters that nobody sees");
	if (utf8_count(*folded) > PHRASE_CHARS_MAX)
		return rules_error(l->r, l->number, column, "the words are too long; shorten them");
	const char *runaway = rules_runaway(words, mode);
	return !runaway || rules_error(l->r, l->number, column,
	                               "a runaway rule: %s; write more words, or mode 'whole' or 'last'", runaway);
}

static bool rules_example(struct rules_line *l)
{
	return l->columns[COLUMN_EXAMPLE].n ||
	       rules_error(l->r, l->number, l->starts[COLUMN_EXAMPLE],
	                   "no example; give a line that the rule is for, so that it can be tried");
}

static bool rules_add(struct rules_line *l)
{
	struct rules *r = l->r;
	int kind = 0, mode = 0;
	struct str folded;
	if (!rules_split(l) || !rules_language(l) ||
	    !rules_word(l, COLUMN_KIND, rules_kinds, COUNT(rules_kinds), &kind) ||
	    !rules_word(l, COLUMN_MODE, rules_modes, COUNT(rules_modes), &mode) ||
	    !rules_words(l, (enum phrase_mode)mode, &folded) || !rules_example(l))
		return false;
	if (r->n == RULES_MAX)
		return rules_error(r, l->number, 1, "more than %d rules", RULES_MAX);
	if (r->n == r->room)
		r->items = arena_grow(&r->arena, r->items, &r->room, sizeof(*r->items));
	if (r->n == r->phrases_room)
		r->phrases = arena_grow(&r->arena, r->phrases, &r->phrases_room, sizeof(*r->phrases));
	r->items[r->n] = (struct rule){.line = l->number,
	                               .words_column = l->starts[COLUMN_WORDS],
	                               .example_column = l->starts[COLUMN_EXAMPLE],
	                               .example = l->columns[COLUMN_EXAMPLE],
	                               .folded = folded};
	r->phrases[r->n++] = (struct phrase){.text = l->columns[COLUMN_WORDS],
	                                     .rule = arena_printf(&r->arena, "%s:%.*s:%.*s", r->name,
	                                                          STR_ARG(l->columns[COLUMN_LANGUAGE]),
	                                                          STR_ARG(l->columns[COLUMN_WORDS]))
	                                                     .p,
	                                     .kind = (enum phrase_kind)kind,
	                                     .mode = (enum phrase_mode)mode,
	                                     .is_own = true,
	                                     .feed = l->feed};
	return true;
}

/* "[antara]": whose the rules below are. */
static bool rules_section(struct rules_line *l)
{
	const struct rules_world *world = l->r->world;
	const char *names[RULES_FEEDS_MAX + 1];
	size_t n = 0;
	if (l->text.p[l->text.n - 1] != ']')
		return rules_error(l->r, l->number, l->text.n, "a line that begins with '[' names a source: [NAME]");
	struct str name = str_trim(str_slice(l->text, 1, l->text.n - 1));
	l->feed = NULL;
	if (str_is(name, "*"))
		return true;
	for (size_t i = 0; i < world->n_feeds; i++) {
		if (str_eq(world->feeds[i].name, name))
			l->feed = &world->feeds[i];
		if (n < RULES_FEEDS_MAX)
			names[n++] = world->feeds[i].name.p;
	}
	names[n] = NULL;
	return l->feed || rules_error(l->r, l->number, 2, "no source '%.60s' is configured%s; [*] is for all",
	                              arena_copy(&l->r->arena, fold_cut(name, 60)).p, options_hint(name, names));
}

/* --- the file --------------------------------------------------------------------------------------------------- */

static bool rules_is_text(struct rules_line *l)
{
	size_t valid = utf8_valid_length(l->text);
	if (l->text.n > RULES_LINE_BYTES_MAX)
		return rules_error(l->r, l->number, 1, "a line of %zu bytes, at most %d", l->text.n,
		                   RULES_LINE_BYTES_MAX);
	if (valid < l->text.n)
		return rules_error(l->r, l->number, utf8_count(str_slice(l->text, 0, valid)) + 1,
		                   "no UTF-8; save the file in that encoding");
	for (size_t i = 0; i < l->text.n; i++)
		if ((unsigned char)l->text.p[i] < ' ' && l->text.p[i] != '\t')
			return rules_error(l->r, l->number, utf8_count(str_slice(l->text, 0, i)) + 1,
			                   "a control character; take it out");
	return true;
}

static void rules_line(struct rules_line *l)
{
	if (l->text.n && l->text.p[l->text.n - 1] == '\r')
		l->text.n--;
	bool is_head = l->number == 1 && str_starts(l->text, STR("language\tkind\t"));
	if (!rules_is_text(l) || is_head || !str_trim(l->text).n || l->text.p[0] == '#')
		return;
	if (l->text.p[0] == '[') {
		l->text = str_trim(l->text);
		rules_section(l);
	} else {
		rules_add(l);
	}
}

static void rules_lines(struct rules *r, struct str text)
{
	struct language_codes languages;
	struct rules_line l = {.r = r, .languages = &languages};
	language_codes_fill(&languages);
	if (str_starts(text, STR("\xef\xbb\xbf")))
		text = str_slice(text, 3, text.n);
	for (size_t at = 0; at < text.n;) {
		size_t end = str_index(text, '\n', at);
		l.number++;
		l.text = str_slice(text, at, end);
		rules_line(&l);
		at = end + 1;
	}
}

static const char *rules_last_part(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash && slash[1] ? slash + 1 : path;
}

static bool rules_compile(struct rules *r)
{
	r->automaton = phrases_new(r->phrases, r->n);
	return r->automaton || err_set(r->err, "no memory for the table of phrases");
}

static struct rules *rules_new(const char *path, const struct rules_world *world, struct err *err)
{
	struct rules *r = calloc(1, sizeof(*r));
	CHECK(r);
	arena_init(&r->arena, 0, 0);
	r->path = path;
	r->name = path ? arena_copy(&r->arena, str_of(rules_last_part(path))).p : NULL;
	r->world = world;
	r->err = err;
	return r;
}

/* What it was read with is not its own. */
static struct rules *rules_done(struct rules *r, bool good)
{
	if (good && !r->n_errors) {
		r->path = NULL;
		r->world = NULL;
		r->err = NULL;
		return r;
	}
	if (r->n_errors > 1) {
		struct err first = *r->err;
		err_clear(r->err);
		err_set(r->err, "%s; %zu more %s in the file", first.words, r->n_errors - 1,
		        r->n_errors == 2 ? "error" : "errors");
	}
	rules_close(r);
	return NULL;
}

struct rules *rules_parse(struct str text, const char *name, const struct rules_world *world, struct err *err)
{
	struct err none = {0};
	struct rules *r = rules_new(name, world, err ? err : &none);
	text = arena_copy(&r->arena, text);
	rules_lines(r, text);
	if (!r->n_errors)
		rules_find_odd(r);
	bool good = !r->n_errors && rules_compile(r);
	if (good)
		rules_try_examples(r);
	return rules_done(r, good);
}

/* The bytes of a file, at most one more than it may have. */
static bool rules_read_file(const char *path, char *bytes, size_t room, size_t *n, struct err *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return err_set(err, "cannot open the rules '%s': %s", path, strerror(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(err, "the rules '%s' are no file", path);
	}
	ssize_t got = 1;
	for (*n = 0; got > 0 && *n < room;) {
		got = read(fd, bytes + *n, room - *n);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got > 0)
			*n += (size_t)got;
	}
	int why = errno;
	close(fd);
	return got >= 0 || err_set(err, "cannot read the rules '%s': %s", path, strerror(why));
}

struct rules *rules_open(const char *path, const struct rules_world *world, struct err *err)
{
	if (!path) {
		struct rules *r = rules_new(NULL, world, err);
		return rules_done(r, rules_compile(r));
	}
	size_t n = 0;
	struct rules *r = NULL;
	char *bytes = malloc(RULES_FILE_BYTES_MAX + 1);
	CHECK(bytes);
	if (!rules_read_file(path, bytes, RULES_FILE_BYTES_MAX + 1, &n, err))
		r = NULL;
	else if (n > RULES_FILE_BYTES_MAX)
		err_set(err, "the rules '%s' have more than %d bytes", path, RULES_FILE_BYTES_MAX);
	else
		r = rules_parse(str_make(bytes, n), path, world, err);
	free(bytes);
	return r;
}

void rules_close(struct rules *r)
{
	if (!r)
		return;
	phrases_free(r->automaton);
	arena_free(&r->arena);
	free(r);
}

const struct phrases *rules_phrases(const struct rules *r)
{
	return r->automaton;
}
