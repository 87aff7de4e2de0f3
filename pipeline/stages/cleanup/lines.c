/* Splitting at whatever ends a line. See lines.h. */
#include "pipeline/stages/cleanup/lines.h"

#include "pipeline/stages/cleanup/chars.h"

#define LINES_ROOM 64

static bool lines_is_seen(struct str text, size_t at, size_t *next)
{
	*next = at;
	enum chars_kind kind = chars_next(text, next);
	return kind == CHARS_TEXT || kind == CHARS_BREAKABLE;
}

/* The ends without what is not seen. */
static void lines_trim(struct str text, struct line *line, size_t end)
{
	size_t at = line->begin, next;
	while (at < end && !lines_is_seen(text, at, &next))
		at = next;
	line->start = at;
	while (end > at) {
		size_t last = end - 1;
		while (last > at && ((unsigned char)text.p[last] & 0xc0) == 0x80)
			last--;
		if (lines_is_seen(text, last, &next))
			break;
		end = last;
	}
	line->end = end;
}

static size_t lines_break_end(struct str text, size_t at)
{
	if (at >= text.n)
		return text.n;
	bool pair = text.p[at] == '\r' && at + 1 < text.n && text.p[at + 1] == '\n';
	chars_next(text, &at);
	return at + pair;
}

struct line *lines_split(struct arena *a, struct str text, size_t *n)
{
	size_t room = LINES_ROOM, at = 0;
	struct line *lines = arena_alloc(a, room * sizeof(*lines));
	*n = 0;
	for (size_t breaks = 0; at < text.n && breaks < LINES_MAX; breaks++) {
		struct line line = {.begin = at};
		size_t end = chars_break(text, at);
		lines_trim(text, &line, end);
		at = line.next = lines_break_end(text, end);
		if (line.end == line.start)
			continue;
		lines[(*n)++] = line;
		if (*n == room)
			lines = arena_grow(a, lines, &room, sizeof(*lines));
	}
	lines[*n] = (struct line){0};
	return lines;
}

bool lines_cut(struct line *line, const char *kind, const char *rule)
{
	line->kind = kind;
	line->rule = rule;
	return true;
}
