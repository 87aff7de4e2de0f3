/*
 * A user's own gazetteer in the stage as a whole: what becomes a mention, whose id it gets, what two lists say of one
 * name, and lists that are read again.
 */
#include "tests/pipeline/stages/fixture.h"

#include "pipeline/stages/entities/own_rows.h"

#include <unistd.h>

extern const struct stage stage_entities;

static char folder[64], path[128], other[128];

static int set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/wiredesk-own-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof path, "%s/desk.gazetteer", folder);
	snprintf(other, sizeof other, "%s/other.gazetteer", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	unlink(other);
	return rmdir(folder);
}

static void build(const char *file, const char *name, const char *rows)
{
	struct own_build_options options = {.base = STR("")};
	struct own_build *build = own_build_new(&options);
	struct err err = {0};
	own_rows_read_text(build, "rows", str_of(rows));
	assert_true(own_build_end(build));
	assert_true(own_build_write(build, file, name, &err));
	own_build_free(&build);
}

static struct story *story(struct fixture *f, const char *language, const char *body)
{
	struct story *st = fixture_story(f, "", body);
	st->decode.language = str_of(language);
	assert_int_equal(fixture_run(f, st), ANSWER_KEEP);
	return st;
}

/* "text=name id basis": all mentions; and every one is what the body says there. */
static const char *shown(struct fixture *f, const struct story *st)
{
	struct str line = STR(""), body = story_body(st);
	for (size_t i = 0; i < st->entities.n_entities; i++) {
		const struct entity *e = &st->entities.entities[i];
		const struct entity_name *name = &st->entities.names[e->name];
		size_t start = (size_t)(e->text.p - body.p);
		assert_true(start + e->text.n <= body.n);
		assert_int_equal(utf8_count(str_slice(body, 0, start)), e->start);
		assert_int_equal(utf8_count(e->text), e->end - e->start);
		struct str id = name->uri;
		for (size_t at = 0; at < id.n; at++)
			if (id.p[at] == '/' && at + 1 < id.n)
				id = str_slice(id, at + 1, id.n), at = 0;
		line = arena_printf(&f->keep, "%.*s%s%.*s=%.*s %.*s%s", STR_ARG(line), line.n ? " | " : "",
		                    STR_ARG(e->text), STR_ARG(name->name), STR_ARG(id), name->basis.n ? " own" : "");
	}
	return line.n ? line.p : "";
}

static void its_names_are_mentions_where_the_tagger_is_silent(void **state)
{
	(void)state;
	build(path, "desk", "zorbl fund\torganisation\turn:z\nNora Teasdale\tperson\turn:n\tN. T. Dale\n");
	struct fixture *f = fixture_new(&stage_entities, "gazetteer", path, NULL);
	const struct story *st =
	        story(f, "en", "A report by the zorbl fund was late. Nora Teasdale read it; Teasdale left.");
	assert_string_equal(shown(f, st), "zorbl fund=zorbl fund urn:z own | Nora Teasdale=Nora Teasdale urn:n own | "
	                                  "Teasdale=Nora Teasdale urn:n own");
	assert_string_equal(st->entities.entities[0].evidence, "own-gazetteer");
	assert_str(st->entities.names[0].basis, "gazetteer:desk");
	fixture_free(f);
}

static void its_ids_stand_before_the_shipped_ones(void **state)
{
	(void)state;
	build(path, "desk", "Jakarta\tplace\turn:j\nIndonesia\tplace\n");
	struct fixture *f = fixture_new(&stage_entities, "gazetteer", path, NULL);
	assert_string_equal(shown(f, story(f, "id", "Hujan turun di Jakarta, Indonesia, dan di Bandung.")),
	                    "Jakarta=Jakarta urn:j own | Indonesia=Indonesia Q252 | Bandung=Bandung 1650357/");
	fixture_free(f);
}

static void one_thing_is_one_name_by_all_that_it_is_called(void **state)
{
	(void)state;
	build(path, "desk", "Badan Angin Laut\torganisation\tQ70000001\tBAL|Angin Laut\tid\n");
	struct fixture *f = fixture_new(&stage_entities, "gazetteer", path, NULL);
	const struct story *st =
	        story(f, "id", "BAL menunda rapat. Menurut Badan Angin Laut, rapat Angin Laut mulai Senin.");
	assert_int_equal(st->entities.n_names, 1);
	assert_int_equal(st->entities.n_entities, 3);
	assert_str(st->entities.names[0].name, "Badan Angin Laut");
	fixture_free(f);
}

static void two_things_of_one_name_have_no_id(void **state)
{
	(void)state;
	build(path, "desk", "Bandung\tplace\turn:1\nBandung\tplace\turn:2\n");
	struct fixture *f = fixture_new(&stage_entities, "gazetteer", path, NULL);
	assert_string_equal(shown(f, story(f, "id", "Hujan turun di Bandung pada Senin.")), "Bandung=Bandung ");
	fixture_free(f);
}

static void an_address_of_any_length_comes_into_the_record(void **state)
{
	(void)state;
	build(path, "desk",
	      "Nora Teasdale\tperson\thttps://desk.example/people/with/a/long/way/to/go/before/it/ends\n"
	      "Tom Vell\tperson\thttps://desk.example/people/with/a/long/way/to/go/before/it/stops\n");
	struct fixture *f = fixture_new(&stage_entities, "gazetteer", path, NULL);
	assert_string_equal(shown(f, story(f, "en", "Nora Teasdale met Tom Vell.")),
	                    "Nora Teasdale=Nora Teasdale ends own | Tom Vell=Tom Vell stops own");
	fixture_free(f);
}

static void of_two_lists_the_first_counts(void **state)
{
	(void)state;
	char both[300];
	build(path, "desk", "Nora Teasdale\tperson\turn:first\n");
	build(other, "other", "Nora Teasdale\tperson\turn:second\nTom Vell\tperson\turn:tom\n");
	snprintf(both, sizeof both, "[%s, %s]", path, other);
	struct fixture *f = fixture_new(&stage_entities, "gazetteer", both, NULL);
	assert_string_equal(shown(f, story(f, "en", "Nora Teasdale met Tom Vell.")),
	                    "Nora Teasdale=Nora Teasdale urn:first own | Tom Vell=Tom Vell urn:tom own");
	fixture_free(f);
}

static void refuses(const char *files, const char *why)
{
	struct fixture *f = fixture_open(&stage_entities, NULL, "gazetteer", files, NULL);
	assert_false(f->is_open);
	if (!strstr(f->err.words, why))
		fail_msg("'%s' does not say '%s'", f->err.words, why);
	fixture_free(f);
}

static void lists_that_cannot_be_used_are_refused(void **state)
{
	(void)state;
	char files[300];
	refuses("/nonexistent/x.gazetteer", "cannot open the gazetteer '/nonexistent/x.gazetteer'");
	refuses(WD_SOURCE_DIR "/README.md", "is no gazetteer");
	build(path, "desk", "Nora Teasdale\tperson\turn:1\n");
	build(other, "desk", "Nora Teasdale\tperson\turn:2\n");
	snprintf(files, sizeof files, "[%s, %s]", path, other);
	refuses(files, "are both called 'desk'");
	snprintf(files, sizeof files, "[%s, %s]", path, path);
	refuses(files, "twice");
}

/* As the plan does it. */
static bool reopen(struct fixture *f)
{
	void *fresh = calloc(1, stage_entities.shared_size);
	assert_non_null(fresh);
	f->err.words[0] = 0;
	bool done = stage_entities.reopen(&f->env, f->options, f->shared, fresh, &f->err);
	if (done) {
		stage_entities.close(f->shared);
		memcpy(f->shared, fresh, stage_entities.shared_size);
	}
	free(fresh);
	return done;
}

static void a_list_is_read_again_and_a_bad_one_changes_nothing(void **state)
{
	(void)state;
	build(path, "desk", "Nora Teasdale\tperson\turn:1\n");
	struct fixture *f = fixture_new(&stage_entities, "gazetteer", path, NULL);
	build(path, "desk", "Nora Teasdale\tperson\turn:2\n");
	assert_string_equal(shown(f, story(f, "en", "Nora Teasdale left.")), "Nora Teasdale=Nora Teasdale urn:1 own");
	assert_true(reopen(f));
	assert_string_equal(shown(f, story(f, "en", "Nora Teasdale left.")), "Nora Teasdale=Nora Teasdale urn:2 own");
	assert_int_equal(unlink(path), 0);
	FILE *file = fopen(path, "wb");
	assert_non_null(file);
	fputs("no gazetteer at all, but long enough to have a head of one if it only began as they do, "
	      "which it does not do, not at all, not even for a moment, so that it is refused",
	      file);
	fclose(file);
	assert_false(reopen(f));
	assert_non_null(strstr(f->err.words, "is no gazetteer"));
	assert_string_equal(shown(f, story(f, "en", "Nora Teasdale left.")), "Nora Teasdale=Nora Teasdale urn:2 own");
	fixture_free(f);
}

/* Names beside names, in many scripts, at all places: what is cut out is what stands there. */
static void every_mention_is_cut_out_of_the_body_whatever_the_names_are(void **state)
{
	(void)state;
	static const char *const pieces[] = {"Zorb", " ",    "ölü",    "شركة",   "وشركة", " النيل", "張三",
	                                     "北京", "アイ", "삼성",   "전자가", "\n",    ". ",     "Àlba",
	                                     "’s",   "é",    "\u200d", "O'Dell", "-",     "ABC",    "1",
	                                     "नेहरू",  "(",    ")",      "ไทย",    "Ω",     "Путин",  "K"};
	build(path, "desk",
	      "Zorb ölü\tplace\turn:1\nشركة النيل\torganisation\turn:2\n張三\tperson\turn:3\nアイ\tplace\turn:4\n"
	      "삼성\torganisation\turn:5\nÀlba\tperson\turn:6\nO'Dell\tperson\turn:7\nABC\torganisation\turn:8\n"
	      "नेहरू\tperson\turn:9\nไทย\tplace\turn:10\nПутин Ω\tperson\turn:11\nK-1\tplace\turn:12\n");
	struct fixture *f = fixture_new(&stage_entities, "gazetteer", path, NULL);
	static const char *const languages[] = {"en", "ar", "zh", "ru", "fi", "th", ""};
	uint32_t seed = 7;
	size_t n_own = 0;
	for (int round = 0; round < 400; round++) {
		char body[2048];
		size_t n = 0;
		for (int i = 0; i < 60; i++) {
			seed = seed * 1664525 + 1013904223;
			const char *piece = pieces[(seed >> 16) % (sizeof pieces / sizeof *pieces)];
			memcpy(body + n, piece, strlen(piece));
			n += strlen(piece);
			if (seed >> 30)
				body[n++] = ' ';
		}
		body[n] = 0;
		struct story *st = story(f, languages[round % 7], body);
		shown(f, st);
		for (size_t i = 0; i < st->entities.n_names; i++)
			n_own += st->entities.names[i].basis.n > 0;
		arena_reset(&f->keep);
	}
	assert_true(n_own > 400);
	fixture_free(f);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(its_names_are_mentions_where_the_tagger_is_silent),
	        TEST(its_ids_stand_before_the_shipped_ones),
	        TEST(one_thing_is_one_name_by_all_that_it_is_called),
	        TEST(two_things_of_one_name_have_no_id),
	        TEST(an_address_of_any_length_comes_into_the_record),
	        TEST(of_two_lists_the_first_counts),
	        TEST(lists_that_cannot_be_used_are_refused),
	        TEST(a_list_is_read_again_and_a_bad_one_changes_nothing),
	        TEST(every_mention_is_cut_out_of_the_body_whatever_the_names_are),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
