/*
 * wiredesk gazetteer: what a name may stand for, likeliest first, as the stage entities sees it before it has read the
 * story. A name that is not in the list is looked through for names that are.
 */
#include "pipeline/base/buf.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stages/entities/gazetteer.h"
#include "pipeline/words/language_tag.h"
#include "worker/command.h"

#include <limits.h>
#include <stdio.h>

#define CMD_GAZETTEER_TEXT_MAX    (4 * 1024 * 1024)
#define CMD_GAZETTEER_NAME_MAX    4096
#define CMD_GAZETTEER_ENTRIES_MAX 16

static const struct {
	enum name_class class;
	const char *name;
} cmd_gazetteer_classes[] = {
        {NAME_COUNTRY, "country"}, {NAME_CAPITAL, "capital"},
        {NAME_CITY, "city"},       {NAME_TOWN, "town"},
        {NAME_REGION, "region"},   {NAME_COMPANY, "company"},
        {NAME_MEDIA, "media"},     {NAME_PARTY, "party"},
        {NAME_CLUB, "club"},       {NAME_UNIVERSITY, "university"},
        {NAME_BODY, "body"},       {NAME_FORENAME, "forename"},
        {NAME_SURNAME, "surname"}, {NAME_PERSON, "person"},
        {NAME_DEMONYM, "demonym"}, {NAME_ACRONYM, "short form"},
};

struct cmd_gazetteer {
	struct gazetteer *gazetteer;
	struct str language;
	struct arena arena;
	struct buf out;
};

static void cmd_gazetteer_put_classes(struct buf *out, uint16_t classes)
{
	size_t from = out->n;
	for (size_t i = 0; i < sizeof cmd_gazetteer_classes / sizeof cmd_gazetteer_classes[0]; i++)
		if (classes & cmd_gazetteer_classes[i].class)
			buf_printf(out, "%s%s", out->n > from ? ", " : "", cmd_gazetteer_classes[i].name);
	buf_printf(out, "%*s", out->n - from < 20 ? (int)(20 - (out->n - from)) : 1, "");
}

/* class   country   number   uri: what is not known is a dash. */
static void cmd_gazetteer_put_entry(struct cmd_gazetteer *c, const struct name_entry *entry)
{
	struct str called = {0};
	if (entry->classes & NAME_COUNTRY)
		called = gazetteer_country_name(c->gazetteer, entry->country, c->language);
	buf_str(&c->out, STR("  "));
	cmd_gazetteer_put_classes(&c->out, entry->classes);
	buf_printf(&c->out, "%-3s", entry->country[0] ? entry->country : "-");
	if (entry->weight)
		buf_printf(&c->out, "%10u", entry->weight);
	else
		buf_printf(&c->out, "%10s", "-");
	buf_printf(&c->out, "  %s", entry->uri[0] ? entry->uri : "-");
	if (called.n)
		buf_printf(&c->out, "  %.*s", STR_ARG(called));
	buf_str(&c->out, entry->is_alternative ? STR("  (another language's name, or rare)\n") : STR("\n"));
}

static void cmd_gazetteer_put_name(struct cmd_gazetteer *c, struct str text, uint32_t name)
{
	struct name_entry entries[CMD_GAZETTEER_ENTRIES_MAX];
	size_t n = gazetteer_entries(c->gazetteer, name, c->language, entries, CMD_GAZETTEER_ENTRIES_MAX);
	buf_printf(&c->out, "%.*s\n", STR_ARG(text));
	for (size_t i = 0; i < n; i++)
		cmd_gazetteer_put_entry(c, &entries[i]);
}

/* The names within a text that is none itself. */
static void cmd_gazetteer_put_found(struct cmd_gazetteer *c, const struct words *words)
{
	struct name_match *found = ARENA_ARRAY(&c->arena, struct name_match, words->n + 1);
	size_t n = gazetteer_match(c->gazetteer, words, found, words->n);
	buf_printf(&c->out, "%.*s\n  not in the list%s\n", STR_ARG(words->text), n ? "; names in it:" : "");
	for (size_t i = 0; i < n; i++) {
		size_t last = found[i].first + found[i].n - 1;
		struct str text = str_slice(words->text, words->at[found[i].first].start, words->at[last].end);
		cmd_gazetteer_put_name(c, text, found[i].name);
	}
}

static void cmd_gazetteer_show(struct cmd_gazetteer *c, struct str text)
{
	struct words words = words_split(text, &c->arena);
	uint32_t name = gazetteer_find(c->gazetteer, &words, 0, words.n);
	if (name == UINT32_MAX)
		cmd_gazetteer_put_found(c, &words);
	else
		cmd_gazetteer_put_name(c, text, name);
}

static int cmd_gazetteer_check(const struct command_line *line)
{
	if (line->n_files == 0)
		return command_fail_words(line, EXIT_CODE_USAGE, "which name?");
	for (size_t i = 0; i < line->n_files; i++) {
		struct str text = str_of(line->files[i]);
		if (text.n > CMD_GAZETTEER_NAME_MAX || !utf8_is_valid(text))
			return command_fail_words(line, EXIT_CODE_USAGE,
			                          "name number %zu is no UTF-8, or longer than %d bytes", i + 1,
			                          CMD_GAZETTEER_NAME_MAX);
	}
	return EXIT_CODE_DONE;
}

/* Empty, if none is given. */
static bool cmd_gazetteer_language(const struct command_line *line, struct cmd_gazetteer *c, struct err *err)
{
	struct language_codes codes;
	char guess[LANGUAGE_TAG_GUESS_BYTES];
	const char *given = command_value(line, "language");
	if (!given)
		return true;
	language_codes_fill(&codes);
	c->language = language_tag_read(&codes, str_of(given), &c->arena);
	if (c->language.n)
		return true;
	bool is_near = language_tag_guess(str_of(given), guess);
	return err_set(err, "--language '%.100s' is no language; write it as BCP 47 does: en, pt-BR%s%s%s", given,
	               is_near ? "; did you mean '" : "", is_near ? guess : "", is_near ? "'?" : "");
}

static struct gazetteer *cmd_gazetteer_open(const struct command_line *line, struct err *err)
{
	char folder[PATH_MAX], path[PATH_MAX];
	if (!command_data_dir(line, folder, err))
		return NULL;
	int n = snprintf(path, sizeof(path), "%s/entities/names.gazetteer", folder);
	if (n < 0 || n >= (int)sizeof(path)) {
		err_set(err, "the path of the data folder is too long");
		return NULL;
	}
	return gazetteer_open(path, err);
}

static int cmd_gazetteer_names(struct cmd_gazetteer *c, const struct command_line *line, struct err *err)
{
	if (!cmd_gazetteer_language(line, c, err))
		return EXIT_CODE_USAGE;
	c->gazetteer = cmd_gazetteer_open(line, err);
	if (!c->gazetteer)
		return EXIT_CODE_FAILED;
	buf_init(&c->out, CMD_GAZETTEER_TEXT_MAX);
	for (size_t i = 0; i < line->n_files; i++)
		cmd_gazetteer_show(c, str_of(line->files[i]));
	fwrite(c->out.p, 1, c->out.n, stdout);
	buf_free(&c->out);
	gazetteer_close(&c->gazetteer);
	return EXIT_CODE_DONE;
}

static int cmd_gazetteer_run(const struct command_line *line)
{
	struct err err = {0};
	struct cmd_gazetteer c = {0};
	int code = cmd_gazetteer_check(line);
	if (code != EXIT_CODE_DONE)
		return code;
	arena_init(&c.arena, 0, 0);
	code = cmd_gazetteer_names(&c, line, &err);
	arena_free(&c.arena);
	return err_is_set(&err) ? command_fail(line, (enum exit_code)code, &err) : code;
}

static const struct command_option cmd_gazetteer_options[] = {
        {"language", 0, "TAG", "The story's language (BCP 47), which decides between what a name may stand for."},
        COMMAND_OPTION_DATA,
        COMMAND_OPTION_END,
};

const struct command command_gazetteer = {
        .name = "gazetteer",
        .arguments = "[--language TAG] NAME…",
        .summary = "Shows what names may stand for: places, organisations, people, and their ids.",
        .help = "A line each: what it is, its country, how many people live there (of a party: its best share of "
                "votes), "
                "and its id.\nLikeliest first, if nothing else is known of the story.",
        .options = cmd_gazetteer_options,
        .files_max = SIZE_MAX,
        .run = cmd_gazetteer_run,
};
