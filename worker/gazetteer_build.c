/* See gazetteer_build.h. */
#include "worker/gazetteer_build.h"

#include "pipeline/stages/entities/own_file.h"
#include "pipeline/stages/entities/own_rows.h"
#include "worker/progress.h"

#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#define GAZETTEER_BUILD_ENDING ".gazetteer"

struct building {
	const struct command_line *line;
	struct own_build *build;
	struct progress progress;
	uint64_t done_bytes; /* of the inputs before this one */
	char output[PATH_MAX];
	char name[OWN_FILE_LIST_BYTES];
};

static void building_say(void *arg, bool is_error, const char *words)
{
	struct building *b = arg;
	progress_end(&b->progress);
	fprintf(stderr, "wiredesk gazetteer: %s%s\n", is_error ? "" : "warning: ", words);
}

static void building_show(void *arg, uint64_t bytes)
{
	struct building *b = arg;
	progress_show(&b->progress, (int64_t)own_build_count(b->build).rows, (int64_t)(b->done_bytes + bytes));
}

/* 0: not known. */
static int64_t building_bytes(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode) ? (int64_t)st.st_size : 0;
}

static bool building_is_name(const char *name)
{
	size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");
	return n && !name[n] && n < OWN_FILE_LIST_BYTES;
}

/* The output's path, and what the list is called: as its file. */
static bool building_name(struct building *b, struct err *err)
{
	const char *given = command_value(b->line, "name"), *output = command_value(b->line, "output");
	const char *input = b->line->files[1];
	const char *last = strrchr(output ? output : input, '/');
	last = last ? last + 1 : output ? output : input;
	size_t n = strlen(last);
	const char *dot = strrchr(last, '.');
	if (dot && dot > last)
		n = (size_t)(dot - last);
	if (!output && strcmp(input, "-") == 0)
		return err_set(err, "where shall it go? Give a file with -o");
	int wrote = output ? snprintf(b->output, sizeof b->output, "%s", output)
	                   : snprintf(b->output, sizeof b->output, "%.*s%s", (int)(last + n - input), input,
	                              GAZETTEER_BUILD_ENDING);
	if (wrote < 0 || wrote >= (int)sizeof b->output)
		return err_set(err, "the path of the output is too long");
	struct str name = given ? str_of(given) : str_make(last, n);
	memcpy(b->name, name.p, name.n < sizeof b->name ? name.n : 0);
	if (building_is_name(b->name))
		return true;
	return err_set(err,
	               "'%.100s' can be no gazetteer's name; with --name give one of letters, digits, '-', '_' and "
	               "'.', at most %d of them",
	               given ? given : last, OWN_FILE_LIST_BYTES - 1);
}

/* Does a file hold what build makes? What cannot be read is said when it is read. */
static bool building_is_gazetteer(const char *path)
{
	char magic[sizeof OWN_FILE_MAGIC - 1];
	struct stat st;
	FILE *file = stat(path, &st) == 0 && S_ISREG(st.st_mode) ? fopen(path, "rb") : NULL;
	bool is_one = file && fread(magic, sizeof magic, 1, file) == 1 && !memcmp(magic, OWN_FILE_MAGIC, sizeof magic);
	if (file)
		fclose(file);
	return is_one;
}

/* An input that is the output would be lost, and a gazetteer is no input. */
static bool building_check(const struct building *b, struct err *err)
{
	struct stat input, output;
	bool there = stat(b->output, &output) == 0;
	for (size_t i = 1; i < b->line->n_files; i++)
		if (there && stat(b->line->files[i], &input) == 0 && input.st_dev == output.st_dev &&
		    input.st_ino == output.st_ino)
			return err_set(err, "'%s' is an input and the output; give another one with -o", b->output);
	for (size_t i = 1; i < b->line->n_files; i++)
		if (building_is_gazetteer(b->line->files[i]))
			return err_set(err, "'%s' is a gazetteer itself; give the rows that one is built of",
			               b->line->files[i]);
	return true;
}

static bool building_read(struct building *b, struct err *err)
{
	struct own_rows_progress progress = {building_show, b};
	int64_t total_bytes = 0;
	for (size_t i = 1; i < b->line->n_files; i++)
		total_bytes += building_bytes(b->line->files[i]);
	progress_start(&b->progress, clock_system(), "rows", total_bytes);
	bool good = true;
	for (size_t i = 1; good && i < b->line->n_files; i++) {
		good = own_rows_read(b->build, b->line->files[i], &progress, err);
		b->done_bytes += (uint64_t)building_bytes(b->line->files[i]);
	}
	progress_end(&b->progress);
	return good;
}

static void building_say_rest(uint64_t n, const char *what)
{
	if (n > OWN_BUILD_SAID_MAX)
		fprintf(stderr, "wiredesk gazetteer: and %llu more %s\n", (unsigned long long)(n - OWN_BUILD_SAID_MAX),
		        what);
}

static int building_finish(struct building *b, struct err *err)
{
	bool good = own_build_end(b->build);
	struct own_build_counts counts = own_build_count(b->build);
	building_say_rest(counts.warnings, "warnings");
	building_say_rest(counts.errors, "errors");
	if (!good) {
		err_set(err, "%llu %s, so '%s' was not written", (unsigned long long)counts.errors,
		        command_noun(counts.errors, "error", "errors"), b->output);
		return EXIT_CODE_USAGE;
	}
	if (!own_build_write(b->build, b->output, b->name, err))
		return EXIT_CODE_FAILED;
	printf("%s: gazetteer '%s', %llu %s of %llu %s, %.1f MB\n", b->output, b->name,
	       (unsigned long long)counts.names, command_noun(counts.names, "name", "names"),
	       (unsigned long long)counts.things, command_noun(counts.things, "thing", "things"),
	       (double)building_bytes(b->output) / 1e6);
	return EXIT_CODE_DONE;
}

static int building_run(struct building *b, struct err *err)
{
	const char *base = command_value(b->line, "base");
	if (b->line->n_files < 2)
		err_set(err, "build of what? Give it TSV or JSON Lines");
	else if (base && !strchr(base, ':'))
		err_set(err, "--base '%.100s' is no beginning of an address, such as https://desk.example/id/", base);
	else if (building_name(b, err))
		building_check(b, err);
	if (err_is_set(err))
		return EXIT_CODE_USAGE;
	struct own_build_options options = {.base = str_of(base ? base : ""), .say = building_say, .arg = b};
	b->build = own_build_new(&options);
	int code = building_read(b, err) ? building_finish(b, err) : EXIT_CODE_FAILED;
	own_build_free(&b->build);
	return code;
}

int gazetteer_build(const struct command_line *line)
{
	struct building b = {.line = line};
	struct err err = {0};
	int code = building_run(&b, &err);
	return code == EXIT_CODE_DONE ? code : command_fail(line, (enum exit_code)code, &err);
}
