#include "pipeline/stages/decode/json_map.h"

#include "pipeline/base/check.h"
#include "pipeline/base/options.h"

#include <stdlib.h>

#define COUNT(array)   (sizeof(array) / sizeof((array)[0]))
#define MAP_PATHS_MAX  200 /* of a source */
#define MAP_PLACES_MAX 4   /* digits of a place in a list */

static const struct map_name {
	const char *name;
	enum field field;
} map_names[] = {
        {"headline", FIELD_HEADLINE},
        {"title", FIELD_TITLE},
        {"body", FIELD_BODY},
        {"html", FIELD_HTML},
        {"raw", FIELD_RAW},
        {"summary", FIELD_SUMMARY},
        {"uri", FIELD_URI},
        {"guid", FIELD_GUID},
        {"version", FIELD_VERSION},
        {"version-created", FIELD_VERSION_CREATED},
        {"first-created", FIELD_FIRST_CREATED},
        {"published", FIELD_PUBLISHED},
        {"embargoed-until", FIELD_EMBARGOED_UNTIL},
        {"pub-status", FIELD_PUB_STATUS},
        {"signal", FIELD_SIGNAL},
        {"language", FIELD_LANGUAGE},
        {"by", FIELD_BY},
        {"dateline", FIELD_DATELINE},
        {"located", FIELD_LOCATED},
        {"slugline", FIELD_SLUGLINE},
        {"urgency", FIELD_URGENCY},
        {"ed-note", FIELD_ED_NOTE},
        {"copyright", FIELD_COPYRIGHT},
        {"items", FIELD_ITEMS},
};

struct map_row {
	const struct feed *feed;
	struct str path; /* lives with the configuration */
	enum field field;
};

struct json_map {
	struct map_row *rows; /* in the order in which they were written */
	size_t n, room;
};

/* --- configuration ------------------------------------------------------------------------------------------------ */

static const struct node *map_node(const struct feed *feed)
{
	const struct node *node = feed->node ? node_get(feed->node, "fields") : NULL;
	bool empty = node && node->kind == NODE_SCALAR && !node->text.n;
	return empty ? NULL : node;
}

static const struct map_name *map_name(struct str name)
{
	for (size_t i = 0; i < COUNT(map_names); i++) {
		if (str_is(name, map_names[i].name))
			return &map_names[i];
	}
	return NULL;
}

static bool map_check_name(const struct feed *feed, const struct node *entry, struct err *err)
{
	const char *names[COUNT(map_names) + 1] = {NULL};
	struct buf words;
	if (map_name(entry->key))
		return true;
	buf_init(&words, 1000);
	for (size_t i = 0; i < COUNT(map_names); i++) {
		names[i] = map_names[i].name;
		buf_str(&words, i ? STR(", ") : STR(""));
		buf_str(&words, str_of(names[i]));
	}
	err_set(err, "%s: source '%.*s': unknown field '%.*s' in 'fields'; there are %.*s%s", node_where_key(entry),
	        STR_ARG(feed->name), STR_ARG(entry->key), STR_ARG(buf_view(&words)), options_hint(entry->key, names));
	buf_free(&words);
	return false;
}

/* "meta/kop": no part of it is empty. */
static bool map_is_path(const struct node *node)
{
	struct str path = node->text;
	bool whole = node->kind == NODE_SCALAR && path.n > 0 && path.p[0] != '/' && path.p[path.n - 1] != '/';
	return whole && !memmem(path.p, path.n, "//", 2);
}

static bool map_check_entry(const struct feed *feed, const struct node *entry, size_t *n, struct err *err)
{
	const struct node *path = entry->kind == NODE_LIST ? entry->first : entry;
	if (!map_check_name(feed, entry, err))
		return false;
	for (bool more = true; more; path = path->next) {
		if (!path || !map_is_path(path))
			return err_set(err,
			               "%s: source '%.*s': '%.*s' in 'fields' is a path of keys or a list of such, as "
			               "meta/title is",
			               node_where(path ? path : entry), STR_ARG(feed->name), STR_ARG(entry->key));
		if (++*n > MAP_PATHS_MAX)
			return err_set(err, "%s: source '%.*s': 'fields' has more than %d paths", node_where(path),
			               STR_ARG(feed->name), MAP_PATHS_MAX);
		more = entry->kind == NODE_LIST && path->next;
	}
	return true;
}

bool json_map_check(const struct feed *feed, struct err *err)
{
	const struct node *node = map_node(feed);
	size_t n = 0;
	if (!node)
		return true;
	if (node->kind != NODE_MAP)
		return err_set(err,
		               "%s: source '%.*s': 'fields' is a map, such as { headline: meta/title, body: text }",
		               node_where(node), STR_ARG(feed->name));
	for (const struct node *entry = node->first; entry; entry = entry->next) {
		if (!map_check_entry(feed, entry, &n, err))
			return false;
	}
	return true;
}

/* --- tables ------------------------------------------------------------------------------------------------------- */

static void map_add(struct json_map *map, const struct feed *feed, const struct node *entry)
{
	const struct node *path = entry->kind == NODE_LIST ? entry->first : entry;
	for (; path; path = entry->kind == NODE_LIST ? path->next : NULL) {
		if (map->n == map->room) {
			map->room = map->room ? 2 * map->room : 16;
			map->rows = realloc(map->rows, map->room * sizeof *map->rows);
			CHECK(map->rows);
		}
		map->rows[map->n++] = (struct map_row){feed, path->text, map_name(entry->key)->field};
	}
}

struct json_map *json_map_new(const struct stage_env *env)
{
	struct json_map *map = calloc(1, sizeof *map);
	CHECK(map);
	for (size_t i = 0; i < env->n_feeds; i++) {
		const struct node *node = map_node(&env->feeds[i]);
		for (const struct node *entry = node ? node->first : NULL; entry; entry = entry->next)
			map_add(map, &env->feeds[i], entry);
	}
	return map;
}

void json_map_free(struct json_map **map)
{
	if (*map)
		free((*map)->rows);
	free(*map);
	*map = NULL;
}

/* --- stories ------------------------------------------------------------------------------------------------------ */

/* The value of the key, or of the place in a list; 0: there is none. */
static uint32_t map_child(const struct json_doc *doc, uint32_t at, struct str key)
{
	const struct json_token *token = &doc->tokens[at];
	size_t place = 0;
	if (token->kind == JSON_OBJECT) {
		for (uint32_t i = at + 1; i < token->next; i = doc->tokens[i + 1].next) {
			struct str written = json_doc_raw(doc, i);
			if (str_eq(str_slice(written, 1, written.n - 1), key))
				return i + 1;
		}
		return 0;
	}
	if (token->kind != JSON_ARRAY || key.n > MAP_PLACES_MAX)
		return 0;
	for (size_t i = 0; i < key.n; i++) {
		if (key.p[i] < '0' || key.p[i] > '9')
			return 0;
		place = place * 10 + (size_t)(key.p[i] - '0');
	}
	for (uint32_t i = at + 1; i < token->next; i = doc->tokens[i].next) {
		if (place-- == 0)
			return i;
	}
	return 0;
}

/* The value at the path; 0: none, or one that says nothing. */
static uint32_t map_find(const struct json_doc *doc, uint32_t at, struct str path)
{
	for (size_t start = 0; start < path.n && (at || !start);) {
		size_t end = str_index(path, '/', start);
		at = map_child(doc, at, str_slice(path, start, end));
		if (!at)
			return 0;
		start = end + 1;
	}
	bool empty = doc->tokens[at].kind == JSON_STRING && json_doc_raw(doc, at).n <= 2;
	return empty || doc->tokens[at].kind == JSON_NULL ? 0 : at;
}

/* Other fields that say the same, and would be believed before it. */
static void map_clear(struct json_fields *fields, enum field field)
{
	static const enum field texts[] = {FIELD_BODIES, FIELD_BODY, FIELD_HTML, FIELD_RAW};
	bool text = field == FIELD_BODY || field == FIELD_HTML || field == FIELD_RAW;
	for (size_t i = 0; text && i < COUNT(texts); i++)
		fields->at[texts[i]] = 0;
	if (field == FIELD_HEADLINE)
		fields->at[FIELD_HEADLINES] = 0;
}

bool json_map_apply(const struct json_map *map, const struct feed *feed, const struct json_doc *doc, uint32_t object,
                    struct json_fields *fields)
{
	uint32_t found[FIELD_COUNT] = {0};
	bool any = false;
	for (size_t i = 0; i < map->n; i++) {
		const struct map_row *row = &map->rows[i];
		if (row->feed == feed && !found[row->field])
			found[row->field] = map_find(doc, object, row->path);
	}
	for (enum field field = 0; field < FIELD_COUNT; field++) {
		if (found[field])
			map_clear(fields, field);
	}
	for (enum field field = 0; field < FIELD_COUNT; field++) {
		if (!found[field])
			continue;
		fields->at[field] = found[field];
		fields->rank[field] = 1; /* 0 is what ninjs says */
		any = true;
	}
	return any;
}
