#include "pipeline/stages/decode/json_fields.h"

#include "pipeline/base/check.h"

#define NAME_MAX_BYTES 24

struct field_row {
	const char *name; /* without '_', '-' and in lower case */
	uint8_t field;
	uint8_t rank; /* the least one of a field counts */
};

static const struct field_row json_fields_rows[] = {
#define NAME(name, field, rank) {name, FIELD_##field, rank},
#include "pipeline/stages/decode/json_fields.def"
#undef NAME
};

#define FIELD_ROWS (sizeof json_fields_rows / sizeof *json_fields_rows)

/* A key without '_', '-' and in lower case; empty when it is too long to be one of ours, or no text. */
static struct str json_fields_name(const struct json_doc *doc, uint32_t key, char room[NAME_MAX_BYTES])
{
	const struct json_token *token = &doc->tokens[key];
	struct str written = str_slice(doc->text, token->start + 1, token->end - 1);
	size_t n = 0;
	if (token->escaped)
		return (struct str){0};
	for (size_t i = 0; i < written.n; i++) {
		char c = written.p[i];
		if (c == '_' || c == '-')
			continue;
		if (n == NAME_MAX_BYTES)
			return (struct str){0};
		room[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	return str_make(room, n);
}

static const struct field_row *json_fields_row(struct str name)
{
	size_t low = 0, high = FIELD_ROWS;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = str_compare(name, str_of(json_fields_rows[middle].name));
		if (order == 0)
			return &json_fields_rows[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* Keys seen so far, a place for each row of both tables: a key said twice to the letter leaves it open which one
 * counts. */
struct seen {
	uint32_t key[FIELD_ROWS + NINJS_PROPERTIES];
};

static bool json_fields_is_doubled(const struct json_doc *doc, struct seen *seen, size_t place, uint32_t key)
{
	if (seen->key[place])
		return str_eq(json_doc_raw(doc, seen->key[place]), json_doc_raw(doc, key));
	seen->key[place] = key;
	return false;
}

static void json_fields_take(const struct json_doc *doc, const struct field_row *row, uint32_t value,
                             struct json_fields *fields)
{
	if (doc->tokens[value].kind == JSON_NULL)
		return;
	if (fields->at[row->field] && fields->rank[row->field] <= row->rank)
		return;
	fields->at[row->field] = value;
	fields->rank[row->field] = row->rank;
}

void json_fields_read(const struct json_doc *doc, uint32_t object, struct json_fields *fields)
{
	struct seen seen = {{0}};
	char room[NAME_MAX_BYTES];
	*fields = (struct json_fields){0};
	CHECK(doc->tokens[object].kind == JSON_OBJECT);
	for (uint32_t key = object + 1; key < doc->tokens[object].next; key = doc->tokens[key + 1].next) {
		uint32_t value = key + 1;
		struct str name = json_fields_name(doc, key, room);
		const struct field_row *row = json_fields_row(name);
		if (row) {
			if (json_fields_is_doubled(doc, &seen, (size_t)(row - json_fields_rows), key))
				fields->doubled = row->name;
			json_fields_take(doc, row, value, fields);
			continue;
		}
		int property = ninjs_shape_property(name);
		if (property < 0)
			continue;
		if (json_fields_is_doubled(doc, &seen, FIELD_ROWS + (size_t)property, key))
			fields->doubled = ninjs_properties[property].name;
		if (!fields->ninjs[property] && doc->tokens[value].kind != JSON_NULL)
			fields->ninjs[property] = value;
	}
}

uint32_t json_fields_find(const struct json_doc *doc, uint32_t object, const char *name)
{
	char room[NAME_MAX_BYTES];
	if (doc->tokens[object].kind != JSON_OBJECT)
		return 0;
	for (uint32_t key = object + 1; key < doc->tokens[object].next; key = doc->tokens[key + 1].next) {
		if (str_is(json_fields_name(doc, key, room), name))
			return key + 1;
	}
	return 0;
}
