/*
 * wiredesk gazetteer build: see gazetteer_build.h.
 *
 * wiredesk gazetteer: what a name may stand for, likeliest first, as the stage entities sees it before it has read the
 * story. A name that is not in the list is looked through for names that are.
 */
#include "pipeline/base/buf.h"
#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stages/entities/gazetteer.h"
#include "pipeline/stages/entities/own_list.h"
#include "pipeline/words/language_tag.h"
#include "worker/command.h"
#include "worker/gazetteer_build.h"

#include <limits.h>
#include <stdio.h>

#define CMD_GAZETTEER_TEXT_MAX    (16 * 1024 * 1024) /* what is said of one name: half of its bytes are names in it */
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
	struct own_lists own;
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

/* What the desk's own lists have of a name. */
static void cmd_gazetteer_put_own(struct cmd_gazetteer *c, struct str text)
{
	struct own_thing things[CMD_GAZETTEER_ENTRIES_MAX];
	struct words words;
	struct own_match match = own_lists_find(&c->own, text, c->language, &c->arena, &words);
	if (!match.n)
		return;
	size_t n = own_match_things(&match, &words, c->language, things, CMD_GAZETTEER_ENTRIES_MAX);
	buf_printf(&c->out, "%.*s\n", STR_ARG(text));
	for (size_t i = 0; i < n; i++)
		buf_printf(&c->out, "  %-20s%s%.*s  gazetteer:%s%s%.*s\n", name_type_words[things[i].type],
		           things[i].uri.n ? "" : "no id", STR_ARG(things[i].uri), own_list_name(things[i].list),
		           things[i].name.n ? "  " : "", STR_ARG(things[i].name));
}

static void cmd_gazetteer_show(struct cmd_gazetteer *c, struct str text)
{
	cmd_gazetteer_put_own(c, text);
	struct words words = words_split(text, &c->arena);
	uint32_t name = gazetteer_find(c->gazetteer, &words, 0, words.n);
	if (name == UINT32_MAX)
		cmd_gazetteer_put_found(c, &words);
	else
		cmd_gazetteer_put_name(c, text, name);
}

static int cmd_gazetteer_check(const struct command_line *line)
{
	const char *own[COMMAND_GIVEN_MAX];
	size_t n_own = command_values(line, "own", own, COMMAND_GIVEN_MAX);
	if (line->n_files == 0)
		return command_fail_words(line, EXIT_CODE_USAGE, "which name?");
	if (n_own > OWN_LISTS_MAX)
		return command_fail_words(line, EXIT_CODE_USAGE,
		                          "--own is given %zu times, and at most %d gazetteers can be asked", n_own,
		                          OWN_LISTS_MAX);
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

static bool cmd_gazetteer_open_own(struct cmd_gazetteer *c, const struct command_line *line, struct err *err)
{
	const char *paths[OWN_LISTS_MAX];
	size_t n = command_values(line, "own", paths, OWN_LISTS_MAX);
	return own_lists_open(&c->own, paths, n, err);
}

/* Each name's lines are written, and all memory that they took is given back, before the next one's. */
static void cmd_gazetteer_show_all(struct cmd_gazetteer *c, const struct command_line *line)
{
	for (size_t i = 0; i < line->n_files; i++) {
		struct arena_mark mark = arena_mark(&c->arena);
		cmd_gazetteer_show(c, str_of(line->files[i]));
		CHECK(!c->out.overflow);
		fwrite(c->out.p, 1, c->out.n, stdout);
		buf_clear(&c->out);
		arena_rewind(&c->arena, mark);
	}
}

static int cmd_gazetteer_names(struct cmd_gazetteer *c, const struct command_line *line, struct err *err)
{
	if (!cmd_gazetteer_language(line, c, err))
		return EXIT_CODE_USAGE;
	c->gazetteer = cmd_gazetteer_open(line, err);
	if (!c->gazetteer)
		return EXIT_CODE_FAILED;
	buf_init(&c->out, CMD_GAZETTEER_TEXT_MAX);
	if (cmd_gazetteer_open_own(c, line, err))
		cmd_gazetteer_show_all(c, line);
	buf_free(&c->out);
	gazetteer_close(&c->gazetteer);
	own_lists_close(&c->own);
	return err_is_set(err) ? EXIT_CODE_FAILED : EXIT_CODE_DONE;
}

static int cmd_gazetteer_run(const struct command_line *line)
{
	struct err err = {0};
	struct cmd_gazetteer c = {0};
	if (line->n_files && strcmp(line->files[0], "build") == 0)
		return gazetteer_build(line);
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
        {"own", 0, "FILE", "A gazetteer that build made, to be asked too; may be repeated."},
        {"output", 'o', "FILE", "build: where the gazetteer goes, instead of beside the first input."},
        {"name", 0, "NAME", "build: what the gazetteer is called in records, instead of as its file."},
        {"base", 0, "ADDRESS", "build: is put before ids that are no address."},
        COMMAND_OPTION_DATA,
        COMMAND_OPTION_END,
};

const struct command command_gazetteer = {
        .name = "gazetteer",
        .arguments = "[--language TAG] [--own FILE] NAME… | build [-o FILE] [--name NAME] [--base ADDRESS] INPUT…",
        .summary = "Shows what names may stand for; build makes a gazetteer of a desk's own.",
        .help = "build: each row of INPUT (\"-\": standard input) is a name, its type (person, organisation, place), "
                "id, "
                "other names, language (BCP 47). TSV has these columns in this order, or as a first line that begins "
                "with \"name\" says: name, type, id, aliases (with | between them), language, alias-of. JSON Lines "
                "have "
                "the same keys, aliases as an array.\nAn id is an address, Q42 of Wikidata, or geonames:42. A row with "
                "alias-of is another name of the row with that id. The stage entities reads the file: \"entities: { "
                "gazetteer: [FILE] }\".\n\nNAME: a line each: what it is, its country, how many people live there (of "
                "a party: its best share of "
                "votes), "
                "and its id.\nLikeliest first, if nothing else is known of the story.",
        .options = cmd_gazetteer_options,
        .files_max = SIZE_MAX,
        .run = cmd_gazetteer_run,
};
