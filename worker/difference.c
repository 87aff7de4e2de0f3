/*
 * Two trees of JSON side by side. See difference.h.
 */
#include "worker/difference.h"

#include "pipeline/base/json_doc.h"
#include "pipeline/base/options.h"

#define DIFFERENCE_DEPTH     64
#define DIFFERENCE_LINES_MAX 12
#define DIFFERENCE_WIDTH_MAX 300
#define DIFFERENCE_LIST_MAX  400 /* values of a list that are compared one by one */

/* --- finding ---------------------------------------------------------------------------------------------------- */

struct difference_search {
	struct arena *arena;
	struct json_doc a, b;
	struct difference *first, *last;
};

static void difference_add(struct difference_search *s, struct str field, struct str a, struct str b)
{
	struct difference *d = ARENA_NEW(s->arena, struct difference);
	*d = (struct difference){.field = field, .a = a, .b = b};
	if (s->last)
		s->last->next = d;
	else
		s->first = d;
	s->last = d;
}

/* The value under the key that token `key` of another document is, or 0. */
static uint32_t difference_member(const struct json_doc *doc, uint32_t object, struct str key)
{
	const struct json_token *tokens = doc->tokens;
	for (uint32_t at = object + 1; at < tokens[object].next; at = tokens[tokens[at].next].next)
		if (str_eq(json_doc_raw(doc, at), key))
			return tokens[at].next;
	return 0;
}

static struct str difference_path(struct difference_search *s, struct str path, struct str quoted)
{
	struct str key = str_slice(quoted, 1, quoted.n - 1);
	return path.n ? arena_printf(s->arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(key)) : key;
}

static bool difference_is_one_object(const struct json_doc *doc, uint32_t at)
{
	const struct json_token *tokens = doc->tokens;
	return tokens[at].kind == JSON_ARRAY && at + 1 < tokens[at].next && tokens[at + 1].kind == JSON_OBJECT &&
	       tokens[at + 1].next == tokens[at].next;
}

static void difference_values(struct difference_search *s, struct str path, uint32_t a, uint32_t b);

static void difference_objects(struct difference_search *s, struct str path, uint32_t a, uint32_t b)
{
	const struct json_token *in_a = s->a.tokens, *in_b = s->b.tokens;
	for (uint32_t at = a + 1; at < in_a[a].next; at = in_a[in_a[at].next].next) {
		struct str key = json_doc_raw(&s->a, at);
		uint32_t other = difference_member(&s->b, b, key);
		if (other)
			difference_values(s, difference_path(s, path, key), in_a[at].next, other);
		else
			difference_add(s, difference_path(s, path, key), json_doc_raw(&s->a, in_a[at].next), STR(""));
	}
	for (uint32_t at = b + 1; at < in_b[b].next; at = in_b[in_b[at].next].next) {
		struct str key = json_doc_raw(&s->b, at);
		if (!difference_member(&s->a, a, key))
			difference_add(s, difference_path(s, path, key), STR(""), json_doc_raw(&s->b, in_b[at].next));
	}
}

static void difference_values(struct difference_search *s, struct str path, uint32_t a, uint32_t b)
{
	struct str in_a = json_doc_raw(&s->a, a), in_b = json_doc_raw(&s->b, b);
	if (str_eq(in_a, in_b))
		return;
	if (s->a.tokens[a].kind == JSON_OBJECT && s->b.tokens[b].kind == JSON_OBJECT)
		difference_objects(s, path, a, b);
	else if (difference_is_one_object(&s->a, a) && difference_is_one_object(&s->b, b))
		difference_objects(s, arena_printf(s->arena, "%.*s[0]", STR_ARG(path)), a + 1, b + 1);
	else
		difference_add(s, path, in_a, in_b);
}

struct difference *difference_find(struct str a, struct str b, struct arena *arena)
{
	struct difference_search s = {.arena = arena};
	if (str_eq(a, b))
		return NULL;
	bool both = a.n && b.n && json_doc_read(arena, a, DIFFERENCE_DEPTH, &s.a) == JSON_DOC_OK &&
	            json_doc_read(arena, b, DIFFERENCE_DEPTH, &s.b) == JSON_DOC_OK;
	if (both)
		difference_values(&s, STR(""), 0, 0);
	else
		difference_add(&s, STR(""), a, b);
	return s.first;
}

bool difference_place(struct str record, struct arena *arena, uint64_t place[2])
{
	struct json_doc doc;
	if (json_doc_read(arena, record, DIFFERENCE_DEPTH, &doc) != JSON_DOC_OK || doc.tokens[0].kind != JSON_OBJECT)
		return false;
	uint32_t desk = difference_member(&doc, 0, STR("\"wiredesk\""));
	uint32_t at = difference_member(&doc, desk, STR("\"id\""));
	struct str id = at ? json_doc_text(&doc, at, arena) : STR("");
	/* local/enrich/0/NUMBER[/PART] */
	int64_t numbers[2] = {0, 0};
	size_t from = 0;
	for (int i = 0; i < 3; i++)
		from = str_index(id, '/', from) + 1;
	size_t end = str_index(id, '/', from);
	bool told = from < id.n && options_parse_int(str_slice(id, from, end), &numbers[0]);
	if (told && end < id.n)
		told = options_parse_int(str_slice(id, end + 1, id.n), &numbers[1]);
	place[0] = (uint64_t)numbers[0];
	place[1] = (uint64_t)numbers[1];
	return told;
}

/* --- showing ---------------------------------------------------------------------------------------------------- */

static void difference_line(struct explain_text *t, bool is_a, struct str words)
{
	explain_text_ink(t, is_a ? INK_BAD : INK_GOOD);
	explain_text_say(t, "    %s ", is_a ? "A" : "B");
	explain_text_line(t, words, DIFFERENCE_WIDTH_MAX);
	explain_text_ink(t, INK_PLAIN);
	explain_text_say(t, "\n");
}

static void difference_more(struct explain_text *t, bool is_a, size_t n)
{
	if (n)
		explain_text_say(t, "    %s … and %zu more\n", is_a ? "A" : "B", n);
}

/* Lines that both begin or end with say nothing. */
static void difference_trim(struct str *a, struct str *b)
{
	for (;;) {
		size_t x = str_index(*a, '\n', 0), y = str_index(*b, '\n', 0);
		if (!a->n || !b->n || !str_eq(str_slice(*a, 0, x), str_slice(*b, 0, y)))
			break;
		*a = str_slice(*a, x + 1, a->n);
		*b = str_slice(*b, y + 1, b->n);
	}
	while (a->n && b->n) {
		size_t x = a->n, y = b->n;
		while (x && a->p[x - 1] != '\n')
			x--;
		while (y && b->p[y - 1] != '\n')
			y--;
		if (!str_eq(str_slice(*a, x, a->n), str_slice(*b, y, b->n)))
			break;
		a->n = x ? x - 1 : 0;
		b->n = y ? y - 1 : 0;
	}
}

/* Is the line one of the other text's first ones? */
static bool difference_has_line(struct str text, struct str line)
{
	size_t n = 0;
	for (size_t at = 0; at < text.n && n < DIFFERENCE_LIST_MAX; n++) {
		size_t end = str_index(text, '\n', at);
		if (str_eq(str_slice(text, at, end), line))
			return true;
		at = end + 1;
	}
	return false;
}

/* Those that the other text has not. */
static void difference_lines(struct explain_text *t, bool is_a, struct str text, struct str other)
{
	size_t n = 0;
	for (size_t at = 0; at < text.n;) {
		size_t end = str_index(text, '\n', at);
		struct str line = str_slice(text, at, end);
		at = end + 1;
		if (n < DIFFERENCE_LINES_MAX && difference_has_line(other, line))
			continue;
		if (n++ < DIFFERENCE_LINES_MAX)
			difference_line(t, is_a, line);
	}
	difference_more(t, is_a, n > DIFFERENCE_LINES_MAX ? n - DIFFERENCE_LINES_MAX : 0);
}

static bool difference_has(const struct json_doc *list, struct str value)
{
	size_t n = 0;
	for (uint32_t at = 1; at < list->tokens[0].next && n < DIFFERENCE_LIST_MAX; at = list->tokens[at].next, n++)
		if (str_eq(json_doc_raw(list, at), value))
			return true;
	return false;
}

/* What one list has and the other has not. */
static void difference_list(struct explain_text *t, bool is_a, const struct json_doc *list,
                            const struct json_doc *other)
{
	size_t shown = 0, n = 0;
	for (uint32_t at = 1; at < list->tokens[0].next && n < DIFFERENCE_LIST_MAX; at = list->tokens[at].next, n++) {
		if (difference_has(other, json_doc_raw(list, at)))
			continue;
		if (shown++ < DIFFERENCE_LINES_MAX)
			difference_line(t, is_a, json_doc_raw(list, at));
	}
	difference_more(t, is_a, shown > DIFFERENCE_LINES_MAX ? shown - DIFFERENCE_LINES_MAX : 0);
}

static void difference_plain(struct explain_text *t, bool is_a, struct str value)
{
	if (value.n)
		difference_line(t, is_a, value);
	else
		explain_text_say(t, "    %s (not there)\n", is_a ? "A" : "B");
}

void difference_show(const struct difference *d, struct explain_text *t, struct arena *arena)
{
	struct json_doc a, b;
	explain_text_say(t, "  ");
	explain_text_ink(t, INK_NAME);
	explain_text_line(t, d->field.n ? d->field : STR("(the whole record)"), DIFFERENCE_WIDTH_MAX);
	explain_text_ink(t, INK_PLAIN);
	explain_text_say(t, "\n");
	bool both = d->a.n && d->b.n && json_doc_read(arena, d->a, DIFFERENCE_DEPTH, &a) == JSON_DOC_OK &&
	            json_doc_read(arena, d->b, DIFFERENCE_DEPTH, &b) == JSON_DOC_OK;
	if (both && a.tokens[0].kind == JSON_STRING && b.tokens[0].kind == JSON_STRING) {
		struct str in_a = json_doc_text(&a, 0, arena), in_b = json_doc_text(&b, 0, arena);
		difference_trim(&in_a, &in_b);
		difference_lines(t, true, in_a, in_b);
		difference_lines(t, false, in_b, in_a);
	} else if (both && a.tokens[0].kind == JSON_ARRAY && b.tokens[0].kind == JSON_ARRAY) {
		difference_list(t, true, &a, &b);
		difference_list(t, false, &b, &a);
	} else {
		difference_plain(t, true, d->a);
		difference_plain(t, false, d->b);
	}
}
