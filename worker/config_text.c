/*
 * The configuration as text, both ways from the same rows: what there is to set, and what is set.
 */
#include "pipeline/base/buf.h"
#include "pipeline/base/check.h"
#include "worker/client.h"
#include "worker/config_tables.h"
#include "worker/wrap.h"
#include "worker/yaml.h"

/* --- help --------------------------------------------------------------------------------------------------------- */

static const char *config_type_word(enum option_type type)
{
	switch (type) {
	case OPTION_TYPE_BOOL:
		return "true or false";
	case OPTION_TYPE_INT:
		return "number";
	case OPTION_TYPE_BYTES:
		return "bytes";
	case OPTION_TYPE_DURATION:
		return "duration";
	case OPTION_TYPE_NUMBER:
		return "decimal number";
	case OPTION_TYPE_STRING:
		return "text";
	case OPTION_TYPE_ENUM:
		return "one of";
	case OPTION_TYPE_STRINGS:
		return "list of texts";
	case OPTION_TYPE_NODE:
	case OPTION_TYPE_END:
		break;
	}
	return "map or list";
}

static void config_put_type(struct buf *out, const struct option *row)
{
	bool is_list_of_words = row->type == OPTION_TYPE_STRINGS && row->words;
	buf_str(out, is_list_of_words ? STR("list of") : str_of(config_type_word(row->type)));
	for (const char *const *word = row->words; word && *word; word++)
		buf_printf(out, "%s %s", word == row->words ? "" : ",", *word);
	if (row->least && row->most)
		buf_printf(out, " from %s to %s", row->least, row->most);
	else if (row->least || row->most)
		buf_printf(out, " %s %s", row->least ? "at least" : "at most", row->least ? row->least : row->most);
	if (!row->initial)
		buf_str(out, STR("; must be given"));
	else if (*row->initial)
		buf_printf(out, "; default %s", row->initial);
}

static void config_help_row(struct buf *out, const struct option *row, int indent)
{
	buf_printf(out, "%*s%s: (", indent, "", row->name);
	config_put_type(out, row);
	buf_printf(out, ")\n%*s", indent + 4, "");
	wrap_words(out, row->help, (size_t)indent + 4);
}

void config_help_rows(struct buf *out, const struct option *rows, int indent)
{
	for (const struct option *row = rows; row->type != OPTION_TYPE_END; row++)
		config_help_row(out, row, indent);
}

static const struct config_section *config_find_section(const struct option *row)
{
	for (size_t i = 1; i < config_n_sections; i++)
		if (row->type == OPTION_TYPE_NODE && strcmp(config_sections[i].name, row->name) == 0)
			return &config_sections[i];
	return NULL;
}

static void config_help_top(struct buf *out, const struct option *row)
{
	const struct config_section *section = config_find_section(row);
	if (section)
		buf_printf(out, "%s: %s\n", row->name, row->help);
	else
		config_help_row(out, row, 0);
	if (section)
		config_help_rows(out, section->rows, 2);
	if (strcmp(row->name, "sources") == 0) {
		config_help_rows(out, config_source_rows, 2);
		buf_str(out, STR("  match holds:\n"));
		config_help_rows(out, config_match_rows, 4);
	}
	if (strcmp(row->name, "stages") == 0)
		buf_printf(out, "    default %s\n", config_default_stages);
	buf_putc(out, '\n');
}

void config_help(struct buf *out)
{
	for (const struct option *row = config_sections[0].rows; row->type != OPTION_TYPE_END; row++)
		config_help_top(out, row);
	buf_str(out, STR("Values may hold ${NAME}, ${NAME:-default} and ${file:/path}; $${ is a plain ${.\n"
	                 "Overrides, the later wins: the file, then WIREDESK__KAFKA__BROKERS=… in the environment (two "
	                 "underscores a\n"
	                 "level, a single one is '-', below KAFKA__CLIENT it is '.'), then --set kafka.brokers=….\n"));
}

/* --- what is set -------------------------------------------------------------------------------------------------- */

static void config_put_duration(struct buf *out, int64_t ms)
{
	static const struct {
		int64_t ms;
		const char *unit;
	} units[] = {{86400000, "d"}, {3600000, "h"}, {60000, "m"}, {1000, "s"}, {1, "ms"}};
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (ms % units[i].ms == 0 && (ms || i == 3)) {
			buf_int(out, ms / units[i].ms);
			buf_str(out, str_of(units[i].unit));
			return;
		}
}

static void config_put_bytes(struct buf *out, int64_t bytes)
{
	static const struct {
		int64_t bytes;
		const char *unit;
	} units[] = {{1 << 30, "GiB"}, {1000000000, "GB"}, {1 << 20, "MiB"}, {1000000, "MB"},
	             {1 << 10, "KiB"}, {1000, "kB"},       {1, "B"}};
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (bytes % units[i].bytes == 0 && (bytes || units[i].bytes == 1)) {
			buf_int(out, bytes / units[i].bytes);
			buf_str(out, str_of(units[i].unit));
			return;
		}
}

static void config_put_strings(struct buf *out, const struct strings *list)
{
	buf_putc(out, '[');
	for (size_t i = 0; i < list->n; i++) {
		buf_str(out, i ? STR(", ") : STR(""));
		yaml_write_scalar(out, list->items[i]);
	}
	buf_putc(out, ']');
}

static void config_put_value(struct buf *out, const struct option *row, const void *at)
{
	switch (row->type) {
	case OPTION_TYPE_BOOL:
		buf_str(out, *(const bool *)at ? STR("true") : STR("false"));
		return;
	case OPTION_TYPE_INT:
		buf_int(out, *(const int64_t *)at);
		return;
	case OPTION_TYPE_BYTES:
		config_put_bytes(out, *(const int64_t *)at);
		return;
	case OPTION_TYPE_DURATION:
		config_put_duration(out, *(const int64_t *)at);
		return;
	case OPTION_TYPE_NUMBER:
		buf_printf(out, "%g", *(const double *)at);
		return;
	case OPTION_TYPE_STRING:
		yaml_write_scalar(out, *(const struct str *)at);
		return;
	case OPTION_TYPE_ENUM:
		buf_str(out, str_of(row->words[*(const int *)at]));
		return;
	case OPTION_TYPE_STRINGS:
		config_put_strings(out, at);
		return;
	case OPTION_TYPE_NODE:
	case OPTION_TYPE_END:
		break;
	}
	CHECK(!"a row that is no single value");
}

static bool config_is_secret(const struct node *map, const char *key)
{
	const struct node *node = map && map->kind == NODE_MAP ? node_get(map, key) : NULL;
	if (!node)
		return false;
	for (const struct node *item = node->first; item; item = item->next)
		if (item->secret)
			return true;
	return node->secret;
}

static void config_put_row(struct buf *out, const struct option *row, const void *values, const struct node *map,
                           int indent)
{
	buf_printf(out, "%*s%s: ", indent, "", row->name);
	if (config_is_secret(map, row->name))
		buf_str(out, STR("\"***\""));
	else
		config_put_value(out, row, (const char *)values + row->place);
	buf_putc(out, '\n');
}

static void config_put_client(struct buf *out, const struct config *config, const struct node *kafka)
{
	const struct node *client = kafka && kafka->kind == NODE_MAP ? node_get(kafka, "client") : NULL;
	buf_str(out, config->kafka.n_client ? STR("  client:\n") : STR("  client: {}\n"));
	for (size_t i = 0; i < config->kafka.n_client; i++) {
		const struct config_property *property = &config->kafka.client[i];
		bool secret = client_property_is_secret(property->name) || config_is_secret(client, property->name.p);
		buf_printf(out, "    %s: ", property->name.p);
		yaml_write_scalar(out, secret ? STR("***") : property->value);
		buf_putc(out, '\n');
	}
}

static void config_put_articles(struct buf *out, const struct config *config)
{
	buf_str(out, STR("  articles:\n    default: "));
	yaml_write_scalar(out, str_of(config->output.fallback));
	buf_putc(out, '\n');
	for (size_t i = 0; i < config->output.n_by_language; i++) {
		buf_str(out, STR("    "));
		yaml_write_scalar(out, str_of(config->output.by_language[i].language));
		buf_str(out, STR(": "));
		yaml_write_scalar(out, str_of(config->output.by_language[i].topic));
		buf_putc(out, '\n');
	}
}

static void config_put_section(struct buf *out, const struct config *config, const struct config_section *section)
{
	const struct node *map = node_get(config->root, section->name);
	buf_printf(out, "%s:\n", section->name);
	for (const struct option *row = section->rows; row->type != OPTION_TYPE_END; row++) {
		if (row->type != OPTION_TYPE_NODE)
			config_put_row(out, row, config, map, 2);
		else if (strcmp(row->name, "client") == 0)
			config_put_client(out, config, map);
		else
			config_put_articles(out, config);
	}
}

/* sources, as written, and the default one that is always there; or the run list. */
static void config_put_list(struct buf *out, const struct config *config, const char *name)
{
	const struct node *list = node_get(config->root, name);
	buf_printf(out, "%s:\n", name);
	if (list)
		yaml_write(out, list, 2);
	bool is_sources = strcmp(name, "sources") == 0;
	bool has_default = list && list->kind == NODE_LIST && node_count(list) == config->n_feeds;
	if (is_sources && !has_default)
		buf_str(out, STR("  -\n    name: default\n"));
}

void config_print(const struct config *config, struct buf *out)
{
	/* config is the beginning of a struct config_values; all but the rows of kind node are placed in it. */
	for (const struct option *row = config_sections[0].rows; row->type != OPTION_TYPE_END; row++) {
		const struct config_section *section = config_find_section(row);
		if (section)
			config_put_section(out, config, section);
		else if (row->type == OPTION_TYPE_NODE)
			config_put_list(out, config, row->name);
		else if (strcmp(row->name, "state-dir") == 0)
			buf_printf(out, "state-dir: %s\n", config->state_dir.p);
		else
			config_put_row(out, row, config, config->root, 0);
	}
}
