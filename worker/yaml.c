/*
 * YAML by libyaml's events: a stack of open maps and lists, a node for each scalar. Events rather than libyaml's own
 * documents, because a document resolves aliases and grows without a limit before anybody can look at it.
 */
#include "worker/yaml.h"

#include "pipeline/base/buf.h"
#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <yaml.h>

struct yaml_reader {
	struct arena *a;
	const char *source;
	struct str text;
	bool with_lines;
	struct err *err;
	struct node *open[YAML_DEPTH_MAX]; /* from the outermost map or list to the innermost */
	int depth;
	size_t n_nodes;
	struct node *root;
	struct str key; /* read, its value still to come */
	yaml_mark_t key_mark;
	bool has_key;
};

static bool yaml_fault_at(struct yaml_reader *r, yaml_mark_t at, const char *words)
{
	if (!r->with_lines)
		return err_set(r->err, "%s: %s", r->source, words);
	return err_set(r->err, "%s:%zu:%zu: %s", r->source, at.line + 1, at.column + 1, words);
}

/* The text before a place, and behind it. libyaml counts columns in characters. */
static void yaml_split(const struct yaml_reader *r, yaml_mark_t at, struct str *before, struct str *behind)
{
	size_t i = 0;
	for (size_t line = 0; line < at.line && i < r->text.n; line++)
		i = str_index(r->text, '\n', i) + 1;
	for (size_t column = 0; column < at.column && i < r->text.n; column++)
		do {
			i++;
		} while (i < r->text.n && ((unsigned char)r->text.p[i] & 0xc0) == 0x80);
	*before = str_slice(r->text, 0, i);
	*behind = str_slice(r->text, i, r->text.n);
}

/* Two mistakes that everybody makes once, and that libyaml's words do not tell: what to do, or NULL. */
static const char *yaml_advice(const struct yaml_reader *r, yaml_mark_t at)
{
	struct str before, behind;
	yaml_split(r, at, &before, &behind);
	bool is_tab = str_starts(behind, STR("\t")) || (before.n && before.p[before.n - 1] == '\t');
	if (is_tab)
		return "a tab; YAML is indented by blanks only: write blanks instead";
	if (str_starts(behind, STR("{")) && before.n && before.p[before.n - 1] == '$')
		return "inside of { } and [ ] a value with ${…} must stand in quotes: \"${NAME}\"";
	return NULL;
}

/* libyaml leaves the place of a fault in one of three marks, and none at all for faults of the reader. */
static bool yaml_fault_of_parser(struct yaml_reader *r, const yaml_parser_t *parser)
{
	const char *problem = parser->problem ? parser->problem : "cannot be read";
	const char *advice = NULL;
	char words[300];
	if (parser->error != YAML_READER_ERROR)
		advice = yaml_advice(r, parser->problem_mark);
	if (advice)
		snprintf(words, sizeof words, "not valid YAML: %s", advice);
	else if (parser->context)
		snprintf(words, sizeof words, "not valid YAML: %s, %s", parser->context, problem);
	else
		snprintf(words, sizeof words, "not valid YAML: %s", problem);
	if (parser->error == YAML_READER_ERROR)
		return err_set(r->err, "%s: byte %zu: %s", r->source, parser->problem_offset, words);
	return yaml_fault_at(r, parser->problem_mark, words);
}

static struct str yaml_copy(struct yaml_reader *r, const yaml_char_t *value, size_t length)
{
	return arena_copy(r->a, str_make(value, length));
}

static bool yaml_is_null(struct str text)
{
	return text.n == 0 || str_is(text, "~") || str_is(text, "null") || str_is(text, "Null") || str_is(text, "NULL");
}

/* The scalar that an event brings, or false. NUL bytes (written "\0") would cut names short in C. */
static bool yaml_scalar_text(struct yaml_reader *r, const yaml_event_t *event, struct str *text)
{
	if (event->data.scalar.tag)
		return yaml_fault_at(r, event->start_mark, "tags are not read here; leave it out");
	if (memchr(event->data.scalar.value, 0, event->data.scalar.length))
		return yaml_fault_at(r, event->start_mark, "a value holds a NUL byte");
	*text = yaml_copy(r, event->data.scalar.value, event->data.scalar.length);
	return true;
}

/* Takes a scalar as the next key of the innermost map. */
static bool yaml_take_key(struct yaml_reader *r, const yaml_event_t *event)
{
	if (event->type != YAML_SCALAR_EVENT)
		return yaml_fault_at(r, event->start_mark, "a key must be a plain name, not a list or map");
	if (!yaml_scalar_text(r, event, &r->key))
		return false;
	if (r->key.n > YAML_KEY_MAX)
		return yaml_fault_at(r, event->start_mark, "a key longer than 160 bytes");
	const struct node *before = node_get(r->open[r->depth - 1], r->key.p);
	if (before) {
		char words[300];
		snprintf(words, sizeof words, "key '%.100s' stands twice; it stood at %.150s already", r->key.p,
		         node_where_key(before));
		return yaml_fault_at(r, event->start_mark, words);
	}
	r->key_mark = event->start_mark;
	r->has_key = true;
	return true;
}

/* Hangs a node into the innermost open map or list, or makes it the root. */
static void yaml_hang(struct yaml_reader *r, struct node *node, const yaml_event_t *event)
{
	node->source = r->source;
	if (r->with_lines) {
		node->line = (int)event->start_mark.line + 1;
		node->column = (int)event->start_mark.column + 1;
	}
	node->depth = r->depth;
	if (r->depth == 0) {
		r->root = node;
		return;
	}
	if (r->has_key && r->with_lines) {
		node->key_line = (int)r->key_mark.line + 1;
		node->key_column = (int)r->key_mark.column + 1;
	}
	node_append(r->a, r->open[r->depth - 1], r->has_key ? r->key : STR(""), node);
	r->has_key = false;
}

static bool yaml_take_scalar(struct yaml_reader *r, const yaml_event_t *event)
{
	struct str text;
	if (!yaml_scalar_text(r, event, &text))
		return false;
	bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	struct node *node = node_scalar(r->a, plain && yaml_is_null(text) ? STR("") : text);
	node->quoted = !plain;
	yaml_hang(r, node, event);
	return true;
}

static bool yaml_take_open(struct yaml_reader *r, const yaml_event_t *event)
{
	bool is_map = event->type == YAML_MAPPING_START_EVENT;
	if (is_map ? event->data.mapping_start.tag != NULL : event->data.sequence_start.tag != NULL)
		return yaml_fault_at(r, event->start_mark, "tags are not read here; leave it out");
	if (r->depth == YAML_DEPTH_MAX)
		return yaml_fault_at(r, event->start_mark, "nested deeper than 32 levels");
	struct node *node = is_map ? node_map(r->a) : node_list(r->a);
	yaml_hang(r, node, event);
	r->open[r->depth++] = node;
	return true;
}

static bool yaml_take_content(struct yaml_reader *r, const yaml_event_t *event)
{
	if (++r->n_nodes > YAML_NODES_MAX)
		return yaml_fault_at(r, event->start_mark, "more than 10,000 values");
	if (r->depth && r->open[r->depth - 1]->kind == NODE_MAP && !r->has_key)
		return yaml_take_key(r, event);
	if (event->type == YAML_SCALAR_EVENT)
		return yaml_take_scalar(r, event);
	return yaml_take_open(r, event);
}

/* One event; sets *end after the last. */
static bool yaml_take(struct yaml_reader *r, const yaml_event_t *event, bool *end)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		return r->root ? yaml_fault_at(r, event->start_mark, "a second document; only one is read") : true;
	case YAML_ALIAS_EVENT:
		return yaml_fault_at(r, event->start_mark, "aliases (*name) are not read here; write the value out");
	case YAML_SCALAR_EVENT:
	case YAML_MAPPING_START_EVENT:
	case YAML_SEQUENCE_START_EVENT:
		return yaml_take_content(r, event);
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		CHECK(r->depth > 0);
		r->depth--;
		return true;
	case YAML_STREAM_END_EVENT:
		*end = true;
		return true;
	default:
		return true;
	}
}

static bool yaml_read_events(struct yaml_reader *r, yaml_parser_t *parser)
{
	bool end = false;
	while (!end) {
		yaml_event_t event;
		if (!yaml_parser_parse(parser, &event))
			return yaml_fault_of_parser(r, parser);
		bool good = yaml_take(r, &event, &end);
		yaml_event_delete(&event);
		if (!good)
			return false;
	}
	return true;
}

struct node *yaml_read(struct arena *a, struct str text, const char *source, bool with_lines, struct err *err)
{
	struct yaml_reader r = {.a = a, .source = source, .text = text, .with_lines = with_lines, .err = err};
	yaml_parser_t parser;
	if (text.n > YAML_BYTES_MAX) {
		err_set(err, "%s: larger than 1 MiB", source);
		return NULL;
	}
	if (!yaml_parser_initialize(&parser))
		check_panic("out of memory");
	yaml_parser_set_input_string(&parser, (const unsigned char *)(text.p ? text.p : ""), text.n);
	/* UTF-16 would be recognised by its mark; a configuration is UTF-8 or it is an error. */
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	bool good = yaml_read_events(&r, &parser);
	yaml_parser_delete(&parser);
	if (good && !r.root) {
		r.root = node_scalar(a, STR(""));
		r.root->source = source;
	}
	return good ? r.root : NULL;
}

/* A whole small file into the arena; false with err set to why (without its name). */
static bool yaml_slurp(struct arena *a, const char *file, size_t limit_bytes, struct str *out, struct err *err)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(err, "%s", strerror(errno));
	char *bytes = arena_alloc(a, limit_bytes + 1);
	size_t n = 0;
	ssize_t got = 0;
	while (n <= limit_bytes && (got = read(fd, bytes + n, limit_bytes + 1 - n)) > 0)
		n += (size_t)got;
	int fault = got < 0 ? errno : 0;
	close(fd);
	if (fault)
		return err_set(err, "%s", strerror(fault));
	if (n > limit_bytes)
		return err_set(err, "larger than %zu bytes", limit_bytes);
	*out = str_make(bytes, n);
	return true;
}

struct node *yaml_read_file(struct arena *a, const char *file, struct err *err)
{
	struct err why = {0};
	struct str text;
	if (!yaml_slurp(a, file, YAML_BYTES_MAX, &text, &why)) {
		err_set(err, "cannot read configuration '%s': %s", file, why.words);
		return NULL;
	}
	return yaml_read(a, text, file, true, err);
}

/* --- expansion -------------------------------------------------------------------------------------------------- */

static bool yaml_is_name(struct str name)
{
	if (name.n == 0 || isdigit((unsigned char)name.p[0]))
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!isalnum((unsigned char)name.p[i]) && name.p[i] != '_')
			return false;
	return true;
}

static bool yaml_expand_file(struct arena *a, struct node *node, struct str path, struct buf *out, struct err *err)
{
	struct err why = {0};
	struct str text;
	const char *name = arena_copy(a, path).p;
	struct arena_mark mark = arena_mark(a);
	if (!yaml_slurp(a, name, YAML_EXPANDED_MAX, &text, &why))
		return err_set(err, "%s: cannot read '%s', named in ${file:…}: %s", node_where(node), name, why.words);
	if (text.n && text.p[text.n - 1] == '\n')
		text.n--;
	if (text.n && text.p[text.n - 1] == '\r')
		text.n--;
	if (text.n && memchr(text.p, 0, text.n))
		return err_set(err, "%s: '%s', named in ${file:…}, holds a NUL byte", node_where(node), name);
	buf_str(out, text);
	arena_rewind(a, mark);
	node->secret = true;
	return true;
}

static bool yaml_expand_variable(struct arena *a, const struct node *node, struct str inside, struct buf *out,
                                 struct err *err)
{
	struct str name = inside, preset = {0};
	for (size_t i = 0; i + 1 < inside.n; i++)
		if (inside.p[i] == ':' && inside.p[i + 1] == '-') {
			name = str_slice(inside, 0, i);
			preset = str_make(inside.p + i + 2, inside.n - i - 2);
			break;
		}
	if (!yaml_is_name(name))
		return err_set(err,
		               "%s: '${%.*s}' names no variable; write ${NAME}, ${NAME:-default} or ${file:/path}, and "
		               "$${ for a plain ${",
		               node_where(node), STR_ARG(str_slice(inside, 0, 100)));
	const char *value = getenv(arena_copy(a, name).p);
	/* As in the shell, ':-' also stands in for an empty variable. */
	if (preset.p && (!value || !*value))
		buf_str(out, preset);
	else if (value)
		buf_str(out, str_of(value));
	else
		return err_set(err, "%s: variable '%.*s' is not set; set it, or give a default: ${%.*s:-default}",
		               node_where(node), STR_ARG(name), STR_ARG(name));
	return true;
}

/* What stands between `${` and the next `}`. */
static bool yaml_expand_one(struct arena *a, struct node *node, struct str inside, struct buf *out, struct err *err)
{
	if (str_starts(inside, STR("file:")))
		return yaml_expand_file(a, node, str_slice(inside, 5, inside.n), out, err);
	return yaml_expand_variable(a, node, inside, out, err);
}

static bool yaml_expand_into(struct arena *a, struct node *node, struct buf *out, struct err *err)
{
	struct str s = node->text;
	for (size_t i = 0; i < s.n;) {
		struct str rest = str_slice(s, i, s.n);
		if (str_starts(rest, STR("$${"))) {
			buf_str(out, STR("${"));
			i += 3;
		} else if (str_starts(rest, STR("${"))) {
			size_t end = str_index(s, '}', i);
			if (end == s.n)
				return err_set(err, "%s: '${' without its '}'", node_where(node));
			if (!yaml_expand_one(a, node, str_slice(s, i + 2, end), out, err))
				return false;
			i = end + 1;
		} else {
			buf_putc(out, s.p[i++]);
		}
	}
	return true;
}

static bool yaml_expand_scalar(struct arena *a, struct node *node, struct err *err)
{
	if (!memmem(node->text.p, node->text.n, "${", 2))
		return true;
	struct buf out;
	buf_init(&out, YAML_EXPANDED_MAX);
	bool good = yaml_expand_into(a, node, &out, err);
	if (good && out.overflow)
		good = err_set(err, "%s: larger than 64 KiB once its variables are put in", node_where(node));
	if (good)
		node->text = arena_copy(a, buf_view(&out));
	buf_free(&out);
	return good;
}

bool yaml_expand(struct arena *a, struct node *root, struct err *err)
{
	if (root->kind == NODE_SCALAR)
		return yaml_expand_scalar(a, root, err);
	/* The depth was limited when the tree was read. */
	for (struct node *child = root->first; child; child = child->next)
		if (!yaml_expand(a, child, err))
			return false;
	return true;
}

/* --- writing ------------------------------------------------------------------------------------------------------ */

/* Plain where it is a word of safe characters that YAML reads as itself. */
static bool yaml_is_plain(struct str text)
{
	if (str_is(text, "...")) /* the end of a document */
		return false;
	if (yaml_is_null(text) || !(isalnum((unsigned char)text.p[0]) || text.p[0] == '/' || text.p[0] == '.'))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (c == ':' && (i + 1 == text.n || text.p[i + 1] == ' '))
			return false;
		if (!isalnum((unsigned char)c) && !memchr("_-./:@+", c, 7))
			return false;
	}
	return true;
}

/* Code points that a reader would take for a break, a mark of byte order, or nothing at all. */
static bool yaml_must_escape(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff || c == 0xfffe ||
	       c == 0xffff;
}

/* One character inside quotes. Bytes that are no UTF-8 (from the environment) are shown by their numbers. */
static void yaml_write_char(struct buf *out, struct str text, size_t *at)
{
	struct str rest = str_slice(text, *at, *at + 4);
	if (utf8_valid_length(rest) == 0) {
		buf_printf(out, "\\x%02x", (unsigned char)text.p[(*at)++]);
		return;
	}
	size_t from = *at;
	uint32_t c = utf8_next(text, at);
	if (c == '"' || c == '\\')
		buf_printf(out, "\\%c", (char)c);
	else if (yaml_must_escape(c))
		buf_printf(out, "\\u%04x", c);
	else
		buf_put(out, text.p + from, *at - from);
}

void yaml_write_scalar(struct buf *out, struct str text)
{
	if (yaml_is_plain(text)) {
		buf_str(out, text);
		return;
	}
	buf_putc(out, '"');
	for (size_t at = 0; at < text.n;)
		yaml_write_char(out, text, &at);
	buf_putc(out, '"');
}

static void yaml_indent(struct buf *out, int indent)
{
	for (int i = 0; i < indent; i++)
		buf_putc(out, ' ');
}

static void yaml_write_key(struct buf *out, const struct node *node)
{
	yaml_write_scalar(out, node->key);
	buf_putc(out, ':');
}

/* A child of a map or list: on the same line where it is short, else below and two spaces further in. */
static void yaml_write_child(struct buf *out, const struct node *child, int indent)
{
	if (child->kind != NODE_SCALAR && child->first) {
		buf_putc(out, '\n');
		yaml_write(out, child, indent + 2);
		return;
	}
	buf_putc(out, ' ');
	if (child->kind == NODE_MAP)
		buf_str(out, STR("{}"));
	else if (child->kind == NODE_LIST)
		buf_str(out, STR("[]"));
	else
		yaml_write_scalar(out, child->secret ? STR("***") : child->text);
	buf_putc(out, '\n');
}

void yaml_write(struct buf *out, const struct node *node, int indent)
{
	if (node->kind == NODE_SCALAR) {
		yaml_write_scalar(out, node->secret ? STR("***") : node->text);
		return;
	}
	for (const struct node *child = node->first; child; child = child->next) {
		yaml_indent(out, indent);
		if (node->kind == NODE_MAP)
			yaml_write_key(out, child);
		else
			buf_putc(out, '-');
		yaml_write_child(out, child, indent);
	}
}
