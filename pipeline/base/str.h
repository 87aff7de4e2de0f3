/*
 * A borrowed view of bytes: pointer and length.
 *
 * It owns nothing, need not end in a NUL byte and may hold some. Whoever keeps a view longer than the memory it
 * points into lives must copy it, at the one line that says so (arena_copy). An empty view may have a null pointer.
 * All functions here are pure and may be called from any thread.
 */
#ifndef WIREDESK_STR_H
#define WIREDESK_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

struct str {
	const char *p;
	size_t n;
};

/* A view of a string literal, usable in static tables. */
#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_INIT(literal)                                                                                              \
	{                                                                                                              \
		"" literal, sizeof(literal) - 1                                                                        \
	}

/* For printf's "%.*s": STR_ARG(s). Views longer than 2 GiB do not exist here (message limit 16 MB). */
#define STR_ARG(s) (int)(s).n, ((s).p ? (s).p : "")

static inline struct str str_of(const char *text)
{
	return (struct str){text, text ? strlen(text) : 0};
}

static inline struct str str_make(const void *p, size_t n)
{
	return (struct str){p, n};
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_is(struct str a, const char *text)
{
	return str_eq(a, str_of(text));
}

/* Byte order, shorter first when one is the beginning of the other. */
static inline int str_compare(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;
	return order ? order : (a.n > b.n) - (a.n < b.n);
}

/* Bytes [start, end), both clipped to the view. */
static inline struct str str_slice(struct str s, size_t start, size_t end)
{
	if (end > s.n)
		end = s.n;
	if (start > end)
		start = end;
	return (struct str){s.n ? s.p + start : s.p, end - start};
}

static inline bool str_starts(struct str s, struct str head)
{
	return s.n >= head.n && (head.n == 0 || memcmp(s.p, head.p, head.n) == 0);
}

static inline bool str_ends(struct str s, struct str tail)
{
	return s.n >= tail.n && (tail.n == 0 || memcmp(s.p + s.n - tail.n, tail.p, tail.n) == 0);
}

/* The same three but for the case of ASCII letters: of names and keywords, never of a story's words (words/fold.h). */
static inline bool str_is_fold(struct str s, const char *word)
{
	size_t n = strlen(word);
	return s.n == n && (n == 0 || strncasecmp(s.p, word, n) == 0);
}

static inline bool str_starts_fold(struct str s, const char *head)
{
	size_t n = strlen(head);
	return s.n >= n && (n == 0 || strncasecmp(s.p, head, n) == 0);
}

static inline bool str_ends_fold(struct str s, const char *tail)
{
	size_t n = strlen(tail);
	return s.n >= n && (n == 0 || strncasecmp(s.p + s.n - n, tail, n) == 0);
}

/* Where the word first stands at or after `from`, in any case of ASCII letters, or s.n. */
static inline size_t str_find_fold(struct str s, const char *word, size_t from)
{
	size_t n = strlen(word);
	for (size_t i = from; i + n <= s.n; i++) {
		if (strncasecmp(s.p + i, word, n) == 0)
			return i;
	}
	return s.n;
}

static inline bool str_has_fold(struct str s, const char *word)
{
	return str_find_fold(s, word, 0) < s.n;
}

/* Is it one of a list that NULL ends, in any case? */
static inline bool str_is_one_of_fold(struct str s, const char *const *words)
{
	for (size_t i = 0; words[i]; i++) {
		if (str_is_fold(s, words[i]))
			return true;
	}
	return false;
}

/* Index of the first byte c at or after `from`, or s.n. */
static inline size_t str_index(struct str s, char c, size_t from)
{
	if (from >= s.n)
		return s.n;
	const char *hit = memchr(s.p + from, c, s.n - from);
	return hit ? (size_t)(hit - s.p) : s.n;
}

static inline bool str_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Without ASCII white space at either end. */
static inline struct str str_trim(struct str s)
{
	while (s.n && str_is_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n && str_is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

#endif
