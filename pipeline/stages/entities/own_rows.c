/*
 * Lines out of pieces of a file, cells out of lines. See own_rows.h.
 */
#include "pipeline/stages/entities/own_rows.h"

#include "pipeline/base/arena.h"
#include "pipeline/base/grow.h"
#include "pipeline/base/json_doc.h"
#include "pipeline/base/options.h"
#include "pipeline/base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define OWN_ROWS_PIECE_BYTES (256 * 1024)
#define OWN_ROWS_DEPTH       8 /* of JSON: more than any row needs, so that what is wrong is said by the key */

enum own_column {
	COLUMN_NAME,
	COLUMN_TYPE,
	COLUMN_ID,
	COLUMN_ALIASES,
	COLUMN_LANGUAGE,
	COLUMN_ALIAS_OF,
	COLUMNS,
};
static const char *const own_columns[COLUMNS + 1] = {"name", "type", "id", "aliases", "language", "alias-of", NULL};

enum own_form { FORM_UNKNOWN, FORM_TSV, FORM_JSON };

struct own_rows {
	struct own_build *build;
	struct own_place at;
	struct arena arena; /* of one line */
	enum own_form form;
	bool has_head; /* of a TSV: the first row has been seen */
	enum own_column columns[COLUMNS];
	size_t n_columns; /* 0: the head is wrong, so nobody knows what the rows say */
	struct {
		size_t byte;
		uint64_t characters; /* of the line before it */
	} counted;
	char *line;
	size_t n_line, line_room;
	bool is_long;
};

/* --- cells -------------------------------------------------------------------------------------------------------- */

/* A line's places are asked for from left to right: each counts on from the one before it. */
static uint64_t own_rows_column(struct own_rows *r, struct str line, const char *at)
{
	size_t byte = (size_t)(at - line.p);
	if (byte < r->counted.byte)
		r->counted.byte = r->counted.characters = 0;
	r->counted.characters += utf8_count(str_slice(line, r->counted.byte, byte));
	r->counted.byte = byte;
	return r->counted.characters + 1;
}

static struct own_cell own_rows_cell(struct own_rows *r, struct str line, struct str raw)
{
	struct str text = str_trim(raw);
	return (struct own_cell){text, own_rows_column(r, line, text.n ? text.p : raw.p)};
}

static struct own_cell *own_rows_place(struct own_row *row, enum own_column column)
{
	switch (column) {
	case COLUMN_NAME:
		return &row->name;
	case COLUMN_TYPE:
		return &row->type;
	case COLUMN_ID:
		return &row->id;
	case COLUMN_LANGUAGE:
		return &row->language;
	case COLUMN_ALIAS_OF:
		return &row->alias_of;
	case COLUMN_ALIASES:
	case COLUMNS:
		break;
	}
	return NULL;
}

static bool own_rows_find_column(struct str name, enum own_column *column)
{
	for (int i = 0; i < COLUMNS; i++)
		if (str_is_fold(name, own_columns[i])) {
			*column = (enum own_column)i;
			return true;
		}
	return false;
}

static bool own_rows_too_many(struct own_rows *r, size_t n, uint64_t column)
{
	struct own_place place = {r->at.file, r->at.line, column};
	if (n <= OWN_BUILD_ALIASES_MAX)
		return false;
	own_build_wrong(r->build, &place, "there are more than %d aliases", OWN_BUILD_ALIASES_MAX);
	return true;
}

/* --- TSV ---------------------------------------------------------------------------------------------------------- */

/* Aliases between bars; none in an empty cell. */
static bool own_rows_split_aliases(struct own_rows *r, struct str line, struct str cell, struct own_row *row)
{
	size_t n = 1;
	if (!str_trim(cell).n)
		return true;
	for (size_t i = 0; i < cell.n; i++)
		n += cell.p[i] == '|';
	if (own_rows_too_many(r, n, own_rows_column(r, line, cell.p)))
		return false;
	struct own_cell *aliases = ARENA_ARRAY(&r->arena, struct own_cell, n);
	for (size_t i = 0, from = 0; i < n; i++) {
		size_t to = str_index(cell, '|', from);
		aliases[i] = own_rows_cell(r, line, str_slice(cell, from, to));
		from = to + 1;
	}
	row->aliases = aliases;
	row->n_aliases = n;
	return true;
}

/* The first line names the columns. More cells than there are columns cannot be right, and are not looked at. */
static void own_rows_read_head(struct own_rows *r, struct str line)
{
	bool seen[COLUMNS] = {false}, good = true;
	r->n_columns = 0;
	for (size_t from = 0, n = 0; from <= line.n && n <= COLUMNS; n++) {
		size_t to = str_index(line, '\t', from);
		struct own_cell cell = own_rows_cell(r, line, str_slice(line, from, to));
		struct own_place place = {r->at.file, r->at.line, cell.column};
		enum own_column column = COLUMNS;
		from = to + 1;
		if (own_rows_find_column(cell.text, &column) && !seen[column]) {
			seen[column] = true;
			r->columns[r->n_columns++] = column;
			continue;
		}
		good = false;
		if (column == COLUMNS)
			own_build_wrong(
			        r->build, &place,
			        "there is no such column; columns are name, type, id, aliases, language, alias-of%s",
			        options_hint(cell.text, own_columns));
		else
			own_build_wrong(r->build, &place, "the column '%s' stands twice", own_columns[column]);
	}
	r->n_columns = good ? r->n_columns : 0;
}

static void own_rows_read_cells(struct own_rows *r, struct str line)
{
	struct own_row row = {.name.column = 1};
	size_t n = 0;
	for (size_t from = 0; from <= line.n; n++) {
		size_t to = str_index(line, '\t', from);
		struct str raw = str_slice(line, from, to);
		from = to + 1;
		if (n >= r->n_columns) {
			if (!str_trim(raw).n)
				continue;
			struct own_place place = {r->at.file, r->at.line, own_rows_column(r, line, raw.p)};
			own_build_wrong(r->build, &place, "there are more columns than %zu", r->n_columns);
			return;
		}
		struct own_cell *cell = own_rows_place(&row, r->columns[n]);
		if (cell)
			*cell = own_rows_cell(r, line, raw);
		else if (!own_rows_split_aliases(r, line, raw, &row))
			return;
	}
	own_build_add(r->build, &r->at, &row);
}

static void own_rows_read_tsv(struct own_rows *r, struct str line)
{
	bool is_head = !r->has_head && str_is_fold(str_trim(str_slice(line, 0, str_index(line, '\t', 0))), "name");
	r->has_head = true;
	if (is_head)
		own_rows_read_head(r, line);
	else if (r->n_columns)
		own_rows_read_cells(r, line);
}

/* --- JSON Lines --------------------------------------------------------------------------------------------------- */

static struct own_cell own_rows_json_cell(struct own_rows *r, const struct json_doc *doc, uint32_t at)
{
	const struct json_token *token = &doc->tokens[at];
	struct own_cell cell = {str_trim(json_doc_text(doc, at, &r->arena)),
	                        own_rows_column(r, doc->text, doc->text.p + token->start)};
	return cell;
}

/* A string, or nothing; else it is said. */
static bool own_rows_is_string(struct own_rows *r, const struct json_doc *doc, uint32_t at, const char *key)
{
	const struct json_token *token = &doc->tokens[at];
	struct own_place place = {r->at.file, r->at.line, own_rows_column(r, doc->text, doc->text.p + token->start)};
	if (token->kind == JSON_STRING && !token->bad)
		return true;
	if (token->kind == JSON_STRING)
		own_build_wrong(r->build, &place, "'%s' has \\u0000 or half of a pair of surrogates in it", key);
	else
		own_build_wrong(r->build, &place, "'%s' must be a string%s", key,
		                strcmp(key, "aliases") == 0 ? ", or an array of strings" : "");
	return false;
}

static bool own_rows_json_aliases(struct own_rows *r, const struct json_doc *doc, uint32_t list, struct own_row *row)
{
	const struct json_token *tokens = doc->tokens;
	size_t n = 0;
	if (tokens[list].kind != JSON_ARRAY) {
		struct own_cell *alias = ARENA_NEW(&r->arena, struct own_cell);
		if (!own_rows_is_string(r, doc, list, "aliases"))
			return false;
		*alias = own_rows_json_cell(r, doc, list);
		row->aliases = alias;
		row->n_aliases = 1;
		return true;
	}
	for (uint32_t at = list + 1; at < tokens[list].next; at = tokens[at].next)
		n++;
	if (own_rows_too_many(r, n, own_rows_column(r, doc->text, doc->text.p + tokens[list].start)))
		return false;
	struct own_cell *aliases = ARENA_ARRAY(&r->arena, struct own_cell, n + 1);
	n = 0;
	for (uint32_t at = list + 1; at < tokens[list].next; at = tokens[at].next) {
		if (!own_rows_is_string(r, doc, at, "aliases"))
			return false;
		aliases[n++] = own_rows_json_cell(r, doc, at);
	}
	row->aliases = aliases;
	row->n_aliases = n;
	return true;
}

/* One key and its value. */
static bool own_rows_json_key(struct own_rows *r, const struct json_doc *doc, uint32_t key, struct own_row *row,
                              bool seen[COLUMNS])
{
	struct own_cell name = own_rows_json_cell(r, doc, key);
	struct own_place place = {r->at.file, r->at.line, name.column};
	enum own_column column;
	uint32_t value = key + 1;
	if (!own_rows_find_column(name.text, &column)) {
		own_build_wrong(r->build, &place, "unknown key; keys are name, type, id, aliases, language, alias-of%s",
		                options_hint(name.text, own_columns));
		return false;
	}
	if (seen[column]) {
		own_build_wrong(r->build, &place, "the key '%s' stands twice", own_columns[column]);
		return false;
	}
	seen[column] = true;
	if (doc->tokens[value].kind == JSON_NULL)
		return true;
	if (column == COLUMN_ALIASES)
		return own_rows_json_aliases(r, doc, value, row);
	if (!own_rows_is_string(r, doc, value, own_columns[column]))
		return false;
	*own_rows_place(row, column) = own_rows_json_cell(r, doc, value);
	return true;
}

static void own_rows_read_json(struct own_rows *r, struct str line)
{
	struct json_doc doc;
	struct own_row row = {.name.column = 0};
	bool seen[COLUMNS] = {false};
	enum json_doc_fault fault = json_doc_read(&r->arena, line, OWN_ROWS_DEPTH, &doc);
	if (fault != JSON_DOC_OK) {
		size_t at = doc.fault_at < line.n ? doc.fault_at : line.n;
		struct own_place place = {r->at.file, r->at.line, own_rows_column(r, line, line.p + at)};
		own_build_wrong(r->build, &place,
		                fault == JSON_DOC_NOT_JSON ? "this is no JSON; a row is one object, in one line"
		                                           : "there is more nested here than a row may have");
		return;
	}
	if (doc.tokens[0].kind != JSON_OBJECT) {
		own_build_wrong(r->build, &r->at, "a row is one object, in one line");
		return;
	}
	for (uint32_t at = 1; at < doc.tokens[0].next; at = doc.tokens[at + 1].next)
		if (!own_rows_json_key(r, &doc, at, &row, seen))
			return;
	own_build_add(r->build, &r->at, &row);
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

static void own_rows_start(struct own_rows *r, struct own_build *build, const char *name)
{
	static const char *const json_ends[] = {".jsonl", ".ndjson", ".json"};
	*r = (struct own_rows){.build = build, .at = {name, 0, 0}, .n_columns = COLUMNS};
	for (int i = 0; i < COLUMNS; i++)
		r->columns[i] = (enum own_column)i;
	for (size_t i = 0; i < sizeof json_ends / sizeof *json_ends; i++)
		if (str_ends(str_of(name), str_of(json_ends[i])))
			r->form = FORM_JSON;
	arena_init(&r->arena, 0, 0);
}

static void own_rows_read_line(struct own_rows *r, struct str line)
{
	arena_reset(&r->arena);
	if (++r->at.line == 1 && str_starts(line, STR("\xef\xbb\xbf")))
		line = str_slice(line, 3, line.n);
	if (line.n && line.p[line.n - 1] == '\r')
		line.n--;
	r->counted.byte = r->counted.characters = 0;
	size_t valid = utf8_valid_length(line);
	if (valid != line.n) {
		struct own_place place = {r->at.file, r->at.line, own_rows_column(r, line, line.p + valid)};
		own_build_wrong(r->build, &place, "this is no UTF-8");
		return;
	}
	struct str seen = str_trim(line);
	if (!seen.n || seen.p[0] == '#')
		return;
	if (r->form == FORM_UNKNOWN)
		r->form = seen.p[0] == '{' ? FORM_JSON : FORM_TSV;
	if (r->form == FORM_JSON)
		own_rows_read_json(r, line);
	else
		own_rows_read_tsv(r, line);
}

static void own_rows_end_line(struct own_rows *r)
{
	if (r->is_long) {
		r->at.line++;
		own_build_wrong(r->build, &r->at, "the line is longer than %d bytes", OWN_ROWS_LINE_BYTES);
	} else {
		own_rows_read_line(r, str_make(r->line, r->n_line));
	}
	r->n_line = 0;
	r->is_long = false;
}

/* A part of a line behind what there is of it. */
static void own_rows_add(struct own_rows *r, struct str part)
{
	if (r->n_line + part.n > OWN_ROWS_LINE_BYTES)
		r->is_long = true;
	if (r->is_long)
		return;
	if (r->n_line + part.n > r->line_room) {
		r->line_room = 2 * (r->n_line + part.n);
		r->line = grow(r->line, r->line_room, 1);
	}
	if (part.n)
		memcpy(r->line + r->n_line, part.p, part.n);
	r->n_line += part.n;
}

static void own_rows_read_piece(struct own_rows *r, struct str piece)
{
	while (piece.n) {
		size_t end = str_index(piece, '\n', 0);
		own_rows_add(r, str_slice(piece, 0, end));
		if (end == piece.n)
			return;
		own_rows_end_line(r);
		piece = str_slice(piece, end + 1, piece.n);
	}
}

static void own_rows_finish(struct own_rows *r)
{
	if (r->n_line || r->is_long)
		own_rows_end_line(r);
	free(r->line);
	arena_free(&r->arena);
}

void own_rows_read_text(struct own_build *build, const char *name, struct str text)
{
	struct own_rows r;
	own_rows_start(&r, build, name);
	own_rows_read_piece(&r, text);
	own_rows_finish(&r);
}

bool own_rows_read(struct own_build *build, const char *path, const struct own_rows_progress *progress, struct err *err)
{
	bool is_input = strcmp(path, "-") == 0;
	int fd = is_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(err, "cannot open '%s': %s", path, strerror(errno));
	struct own_rows r;
	char *piece = grow(NULL, OWN_ROWS_PIECE_BYTES, 1);
	uint64_t bytes = 0;
	ssize_t n;
	own_rows_start(&r, build, is_input ? "standard input" : path);
	while ((n = read(fd, piece, OWN_ROWS_PIECE_BYTES)) > 0 || (n < 0 && errno == EINTR)) {
		own_rows_read_piece(&r, str_make(piece, n > 0 ? (size_t)n : 0));
		bytes += n > 0 ? (uint64_t)n : 0;
		if (progress->show)
			progress->show(progress->arg, bytes);
	}
	int why = errno;
	own_rows_finish(&r);
	free(piece);
	if (!is_input)
		close(fd);
	return n == 0 || err_set(err, "cannot read '%s': %s", path, strerror(why));
}
