/*
 * One value at a time: a row says how its text is parsed, where it goes and what may stand there. Defaults and bounds
 * are texts too and go the same way, so a wrong one in a table is found by the first reader (and is a bug).
 */
#include "pipeline/base/options.h"

#include "pipeline/base/check.h"

#include <errno.h>

#define OPTIONS_NAME_MAX  64
#define OPTIONS_BEGUN_MIN 3

/* --- single values -------------------------------------------------------------------------------------------- */

static bool options_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool options_parse_int(struct str text, int64_t *out)
{
	bool negative = text.n && text.p[0] == '-';
	int64_t value = 0;
	size_t at = negative;
	if (at == text.n)
		return false;
	for (; at < text.n; at++) {
		if (!options_is_digit(text.p[at]))
			return false;
		int digit = text.p[at] - '0';
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, negative ? -digit : digit, &value))
			return false;
	}
	*out = value;
	return true;
}

bool options_parse_bool(struct str text, bool *out)
{
	static const char *const words[] = {"false", "true", "no", "yes", "off", "on"};
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (str_is_fold(text, words[i])) {
			*out = i % 2;
			return true;
		}
	}
	return false;
}

struct options_unit {
	const char *name;
	int64_t factor;
};

/* A number with an optional decimal fraction and one of the units; the value must be whole in the smallest of them. */
static bool options_parse_unit(struct str text, const struct options_unit *units, bool fold_case, int64_t *out)
{
	size_t whole_n = 0, digits_n, end;
	while (whole_n < text.n && options_is_digit(text.p[whole_n]))
		whole_n++;
	end = whole_n;
	if (end < text.n && text.p[end] == '.') {
		for (end++; end < text.n && options_is_digit(text.p[end]); end++)
			;
	}
	digits_n = end > whole_n ? end - whole_n - 1 : 0;
	if (whole_n == 0 || (end > whole_n && digits_n == 0) || digits_n > 9)
		return false;
	int64_t whole, fraction = 0, scale = 1;
	if (!options_parse_int(str_slice(text, 0, whole_n), &whole))
		return false;
	if (digits_n && !options_parse_int(str_slice(text, whole_n + 1, end), &fraction))
		return false;
	for (size_t i = 0; i < digits_n; i++)
		scale *= 10;
	struct str unit = str_trim(str_slice(text, end, text.n));
	for (; units->name; units++) {
		if (fold_case ? str_is_fold(unit, units->name) : str_is(unit, units->name))
			break;
	}
	int64_t part, value;
	if (!units->name || __builtin_mul_overflow(fraction, units->factor, &part) || part % scale)
		return false;
	if (__builtin_mul_overflow(whole, units->factor, &value) || __builtin_add_overflow(value, part / scale, &value))
		return false;
	*out = value;
	return true;
}

bool options_parse_bytes(struct str text, int64_t *out)
{
	static const struct options_unit units[] = {{"B", 1},
	                                            {"", 1},
	                                            {"kB", 1000},
	                                            {"MB", 1000000},
	                                            {"GB", 1000000000},
	                                            {"KiB", INT64_C(1) << 10},
	                                            {"MiB", INT64_C(1) << 20},
	                                            {"GiB", INT64_C(1) << 30},
	                                            {NULL, 0}};
	return options_parse_unit(text, units, true, out);
}

bool options_parse_duration(struct str text, int64_t *out_ms)
{
	static const struct options_unit units[] = {{"ms", 1},      {"s", 1000},     {"m", 60000},
	                                            {"h", 3600000}, {"d", 86400000}, {NULL, 0}};
	if (str_is(text, "0")) {
		*out_ms = 0;
		return true;
	}
	return options_parse_unit(text, units, false, out_ms);
}

static bool options_parse_number(struct str text, double *out)
{
	char copy[64];
	if (text.n == 0 || text.n >= sizeof(copy))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (!options_is_digit(text.p[i]) && !memchr("+-.eE", text.p[i], 5))
			return false;
	}
	memcpy(copy, text.p, text.n);
	copy[text.n] = 0;
	char *end;
	double value = strtod(copy, &end);
	if (*end || !isfinite(value))
		return false;
	*out = value;
	return true;
}

bool options_parse_word(struct str text, const char *const *words, int *out)
{
	for (int i = 0; words[i]; i++) {
		if (str_is(text, words[i])) {
			*out = i;
			return true;
		}
	}
	return false;
}

/* --- the nearest name ----------------------------------------------------------------------------------------- */

static size_t options_least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters to insert, delete, replace, or swap with a neighbour, to make one name of the other. */
static size_t options_distance(struct str a, struct str b)
{
	size_t rows[3][OPTIONS_NAME_MAX + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2];
	for (size_t k = 0; k <= b.n; k++)
		last[k] = k;
	for (size_t i = 1; i <= a.n; i++) {
		row[0] = i;
		for (size_t k = 1; k <= b.n; k++) {
			row[k] = last[k - 1] + (a.p[i - 1] != b.p[k - 1]);
			row[k] = options_least(row[k], options_least(last[k], row[k - 1]) + 1);
			if (i > 1 && k > 1 && a.p[i - 1] == b.p[k - 2] && a.p[i - 2] == b.p[k - 1])
				row[k] = options_least(row[k], before[k - 2] + 1);
		}
		size_t *oldest = before;
		before = last;
		last = row;
		row = oldest;
	}
	return last[b.n];
}

/* The shortest name that begins with what was written, if that is long enough to mean something. */
static const char *options_begun(struct str wrong, const char *const *names)
{
	const char *shortest = NULL;
	for (; wrong.n >= OPTIONS_BEGUN_MIN && *names; names++) {
		if (str_starts(str_of(*names), wrong) && (!shortest || strlen(*names) < strlen(shortest)))
			shortest = *names;
	}
	return shortest;
}

const char *options_nearest(struct str wrong, const char *const *names)
{
	const char *nearest = NULL;
	size_t least = wrong.n / 3 + 1;
	if (wrong.n > OPTIONS_NAME_MAX)
		return NULL;
	for (const char *const *at = names; *at; at++) {
		struct str name = str_of(*at);
		if (name.n > OPTIONS_NAME_MAX)
			continue;
		size_t distance = options_distance(wrong, name);
		if (distance < least) {
			least = distance;
			nearest = *at;
		}
	}
	return nearest ? nearest : options_begun(wrong, names);
}

const char *options_hint(struct str wrong, const char *const *names)
{
	static _Thread_local char words[OPTIONS_NAME_MAX + 32];
	const char *nearest = options_nearest(wrong, names);
	words[0] = 0;
	if (nearest)
		snprintf(words, sizeof(words), "; did you mean '%s'?", nearest);
	return words;
}

/* --- rows ----------------------------------------------------------------------------------------------------- */

/* What is being read; one fault ends it. */
struct options_reader {
	const struct option *rows;
	const struct node *map;
	char *into;
	const char *what;
	struct arena *a;
	struct err *err;
};

static const char *const options_shapes[] = {
        [OPTION_TYPE_BOOL] = "true or false",
        [OPTION_TYPE_INT] = "a whole number",
        [OPTION_TYPE_BYTES] = "a size such as 8MB or 512KiB",
        [OPTION_TYPE_DURATION] = "a duration such as 100ms, 30s or 72h",
        [OPTION_TYPE_NUMBER] = "a number",
        [OPTION_TYPE_STRING] = "a text",
        [OPTION_TYPE_STRINGS] = "a list of texts, or one",
};

static bool options_parse(const struct option *row, struct str text, void *field)
{
	switch (row->type) {
	case OPTION_TYPE_BOOL:
		return options_parse_bool(text, field);
	case OPTION_TYPE_INT:
		return options_parse_int(text, field);
	case OPTION_TYPE_BYTES:
		return options_parse_bytes(text, field);
	case OPTION_TYPE_DURATION:
		return options_parse_duration(text, field);
	case OPTION_TYPE_NUMBER:
		return options_parse_number(text, field);
	case OPTION_TYPE_ENUM:
		return options_parse_word(text, row->words, field);
	default:
		check_panic("option '%s' has no single value", row->name);
	}
}

/* Below zero: the field is less than the bound. */
static int options_compare(const struct option *row, const void *field, const char *bound)
{
	union {
		int64_t whole;
		double number;
	} limit;
	CHECK(options_parse(row, str_of(bound), &limit));
	if (row->type == OPTION_TYPE_NUMBER) {
		double value = *(const double *)field;
		return (value > limit.number) - (value < limit.number);
	}
	int64_t value = *(const int64_t *)field;
	return (value > limit.whole) - (value < limit.whole);
}

static bool options_check_range(struct options_reader *r, const struct option *row, const struct node *node)
{
	const void *field = r->into + row->place;
	if (row->least && options_compare(row, field, row->least) < 0)
		return err_set(r->err, "%s: '%s' of %s must be at least %s, not '%.*s'", node_where(node), row->name,
		               r->what, row->least, STR_ARG(node->text));
	if (row->most && options_compare(row, field, row->most) > 0)
		return err_set(r->err, "%s: '%s' of %s must be at most %s, not '%.*s'", node_where(node), row->name,
		               r->what, row->most, STR_ARG(node->text));
	return true;
}

/* "a, b or c", in the arena. */
static const char *options_words(struct arena *a, const char *const *words)
{
	struct str list = str_of(words[0]);
	for (size_t i = 1; words[i]; i++)
		list = arena_printf(a, "%.*s%s%s", STR_ARG(list), words[i + 1] ? ", " : " or ", words[i]);
	return list.p;
}

static bool options_wrong_type(struct options_reader *r, const struct option *row, const struct node *node)
{
	const char *shape = row->type == OPTION_TYPE_ENUM ? options_words(r->a, row->words) : options_shapes[row->type];
	if (node->kind != NODE_SCALAR)
		return err_set(r->err, "%s: '%s' of %s must be %s, not a %s", node_where(node), row->name, r->what,
		               shape, node->kind == NODE_MAP ? "map" : "list");
	if (node->text.n == 0)
		return err_set(r->err, "%s: '%s' of %s must be %s, and stands here without a value", node_where(node),
		               row->name, r->what, shape);
	return err_set(r->err, "%s: '%s' of %s must be %s, not %s'%.*s'", node_where(node), row->name, r->what, shape,
	               node->quoted ? "the text " : "", STR_ARG(node->text));
}

/* Quotes say that something is text: no number, no truth. Sizes, durations and words are texts by nature. */
static bool options_quotes_matter(enum option_type type)
{
	return type == OPTION_TYPE_BOOL || type == OPTION_TYPE_INT || type == OPTION_TYPE_NUMBER;
}

static bool options_read_value(struct options_reader *r, const struct option *row, const struct node *node)
{
	if (node->kind != NODE_SCALAR || (node->quoted && options_quotes_matter(row->type)))
		return options_wrong_type(r, row, node);
	if (!options_parse(row, node->text, r->into + row->place))
		return options_wrong_type(r, row, node);
	return options_check_range(r, row, node);
}

static bool options_read_string(struct options_reader *r, const struct option *row, const struct node *node)
{
	if (node->kind != NODE_SCALAR)
		return options_wrong_type(r, row, node);
	*(struct str *)(void *)(r->into + row->place) = node->text;
	return true;
}

static bool options_check_word(struct options_reader *r, const struct option *row, const struct node *item)
{
	int ignored;
	if (!row->words || options_parse_word(item->text, row->words, &ignored))
		return true;
	return err_set(r->err, "%s: '%s' of %s may hold %s, not '%.*s'%s", node_where(item), row->name, r->what,
	               options_words(r->a, row->words), STR_ARG(item->text), options_hint(item->text, row->words));
}

static bool options_read_strings(struct options_reader *r, const struct option *row, const struct node *node)
{
	struct strings *field = (void *)(r->into + row->place);
	if (node->kind == NODE_MAP)
		return options_wrong_type(r, row, node);
	bool is_list = node->kind == NODE_LIST;
	size_t n = is_list ? node_count(node) : node->quoted || node->text.n > 0;
	*field = (struct strings){.items = ARENA_ARRAY(r->a, struct str, n)};
	for (const struct node *item = is_list ? node->first : node; field->n < n; item = item->next) {
		if (item->kind != NODE_SCALAR)
			return err_set(r->err, "%s: '%s' of %s must be %s, and this one is a %s", node_where(item),
			               row->name, r->what, options_shapes[row->type],
			               item->kind == NODE_MAP ? "map" : "list");
		if (!options_check_word(r, row, item))
			return false;
		field->items[field->n++] = item->text;
	}
	return true;
}

/* `zone:` alone says that there is none. */
static struct node *options_shape_or_null(struct node *node)
{
	bool is_null = node->kind == NODE_SCALAR && node->text.n == 0 && !node->quoted;
	return is_null ? NULL : node;
}

static bool options_read_row(struct options_reader *r, const struct option *row, struct node *node)
{
	switch (row->type) {
	case OPTION_TYPE_STRING:
		return options_read_string(r, row, node);
	case OPTION_TYPE_STRINGS:
		return options_read_strings(r, row, node);
	case OPTION_TYPE_NODE:
		*(struct node **)(void *)(r->into + row->place) = options_shape_or_null(node);
		return true;
	default:
		return options_read_value(r, row, node);
	}
}

/* --- defaults ------------------------------------------------------------------------------------------------- */

static struct strings options_split(struct arena *a, struct str text)
{
	struct strings list = {0};
	size_t n = text.n > 0;
	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == ',';
	list.items = ARENA_ARRAY(a, struct str, n);
	for (size_t at = 0; list.n < n;) {
		size_t end = str_index(text, ',', at);
		list.items[list.n++] = arena_copy(a, str_trim(str_slice(text, at, end)));
		at = end + 1;
	}
	return list;
}

static bool options_default(struct options_reader *r, const struct option *row)
{
	void *field = r->into + row->place;
	if (!row->initial)
		return err_set(r->err, "%s: %s needs '%s': %s", r->map ? node_where(r->map) : "configuration", r->what,
		               row->name, row->help);
	switch (row->type) {
	case OPTION_TYPE_STRING:
		*(struct str *)field = row->initial[0] ? str_of(row->initial) : (struct str){NULL, 0};
		break;
	case OPTION_TYPE_STRINGS:
		*(struct strings *)field = options_split(r->a, str_of(row->initial));
		break;
	case OPTION_TYPE_NODE:
		*(struct node **)field = NULL;
		break;
	default:
		CHECK(options_parse(row, str_of(row->initial), field));
	}
	return true;
}

/* --- maps ----------------------------------------------------------------------------------------------------- */

static size_t options_count(const struct option *rows)
{
	size_t n = 0;
	while (rows[n].type != OPTION_TYPE_END)
		n++;
	return n;
}

static bool options_unknown_key(struct options_reader *r, const struct node *child)
{
	size_t n = options_count(r->rows);
	const char **names = ARENA_ARRAY(r->a, const char *, n + 1);
	for (size_t i = 0; i < n; i++)
		names[i] = r->rows[i].name;
	const char *nearest = options_nearest(child->key, names);
	if (nearest)
		return err_set(r->err, "%s: %s has no option '%.*s'; did you mean '%s'?", node_where_key(child),
		               r->what, STR_ARG(child->key), nearest);
	if (n == 0)
		return err_set(r->err, "%s: %s has no option '%.*s', nor any other", node_where_key(child), r->what,
		               STR_ARG(child->key));
	return err_set(r->err, "%s: %s has no option '%.*s'; it has %s", node_where_key(child), r->what,
	               STR_ARG(child->key), options_words(r->a, names));
}

static bool options_read_child(struct options_reader *r, const struct node **seen, struct node *child)
{
	size_t i = 0;
	while (r->rows[i].type != OPTION_TYPE_END && !str_is(child->key, r->rows[i].name))
		i++;
	if (r->rows[i].type == OPTION_TYPE_END)
		return options_unknown_key(r, child);
	if (seen[i])
		return err_set(r->err, "%s: '%s' of %s is written a second time; it stands in line %d already",
		               node_where_key(child), r->rows[i].name, r->what, seen[i]->key_line);
	seen[i] = child;
	return options_read_row(r, &r->rows[i], child);
}

bool options_read(const struct option *rows, const struct node *map, void *into, const char *what, struct arena *a,
                  struct err *err)
{
	struct options_reader r = {.rows = rows, .map = map, .into = into, .what = what, .a = a, .err = err};
	const struct node **seen = ARENA_ARRAY(a, const struct node *, options_count(rows));
	bool is_null = map && map->kind == NODE_SCALAR && map->text.n == 0 && !map->quoted;
	if (map && map->kind != NODE_MAP && !is_null)
		return err_set(err, "%s: %s must be a map of options, not a %s", node_where(map), what,
		               map->kind == NODE_LIST ? "list" : "single value");
	for (struct node *child = map ? map->first : NULL; child; child = child->next) {
		if (!options_read_child(&r, seen, child))
			return false;
	}
	for (size_t i = 0; rows[i].type != OPTION_TYPE_END; i++) {
		if (!seen[i] && !options_default(&r, &rows[i]))
			return false;
	}
	return true;
}
