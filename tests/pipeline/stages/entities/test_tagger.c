/*
 * The tagger: plain sentences of our own in many languages, what is promised of the answer for any text, and files
 * that are no model.
 */
#include "tests/harness.h"

#include "pipeline/base/arena.h"
#include "pipeline/stages/entities/gazetteer.h"
#include "pipeline/stages/entities/tagger.h"
#include "pipeline/stages/entities/tagger_file.h"

#include <unistd.h>
#include <xxhash.h>

#define MODEL_PATH WD_SOURCE_DIR "/pipeline/stages/entities/names.model"
#define LIST_PATH  WD_SOURCE_DIR "/pipeline/stages/entities/names.gazetteer"
#define MATCHES    65536

struct desk {
	struct arena arena;
	struct gazetteer *gazetteer;
	struct tagger *tagger;
	struct tagger_memory *memory;
	struct name_match *matches;
	struct words words;
	struct tagged *names;
	size_t n;
};

static int set_up(void **state)
{
	static struct desk desk;
	struct err err = {0};
	arena_init(&desk.arena, 0, 0);
	desk.gazetteer = gazetteer_open(LIST_PATH, &err);
	desk.tagger = tagger_open(MODEL_PATH, &err);
	desk.memory = tagger_memory_new();
	desk.matches = calloc(MATCHES, sizeof(*desk.matches));
	*state = &desk;
	return desk.gazetteer && desk.tagger && desk.matches ? 0 : -1;
}

static int tear_down(void **state)
{
	struct desk *desk = *state;
	free(desk->matches);
	tagger_memory_free(&desk->memory);
	tagger_close(&desk->tagger);
	gazetteer_close(&desk->gazetteer);
	arena_free(&desk->arena);
	return 0;
}

static void tag(struct desk *desk, struct str body)
{
	desk->words = words_split(body, &desk->arena);
	struct tagger_text text = {.words = &desk->words, .matches = desk->matches};
	text.n_matches = gazetteer_match(desk->gazetteer, &desk->words, desk->matches, MATCHES);
	desk->n = tagger_tag(desk->tagger, desk->memory, &text, &desk->arena, &desk->names);
}

/* Names ascend, do not overlap, keep to their sentence, and were chosen for a reason. */
static void assert_sound(const struct desk *desk)
{
	size_t end = 0;
	for (size_t i = 0; i < desk->n; i++) {
		const struct tagged *name = &desk->names[i];
		assert_true(name->first >= end && name->n > 0 && name->first + name->n <= desk->words.n);
		for (size_t w = name->first + 1; w < name->first + name->n; w++)
			assert_false(desk->words.at[w].flags & WORD_SENTENCE);
		assert_true(name->type == NAME_IS_PERSON || name->type == NAME_IS_ORGANISATION ||
		            name->type == NAME_IS_PLACE);
		assert_true(name->margin > 0);
		end = name->first + name->n;
	}
}

/* "p:Joko Widodo|l:Jakarta" */
static const char *shown(struct desk *desk)
{
	struct str line = STR("");
	for (size_t i = 0; i < desk->n; i++) {
		const struct tagged *name = &desk->names[i];
		struct str text = str_slice(desk->words.text, desk->words.at[name->first].start,
		                            desk->words.at[name->first + name->n - 1].end);
		line = arena_printf(&desk->arena, "%.*s%s%c:%.*s", STR_ARG(line), line.n ? "|" : "", "pol"[name->type],
		                    STR_ARG(text));
	}
	return line.p;
}

static void finds_names_in_plain_sentences_of_many_languages(void **state)
{
	static const struct {
		const char *text, *names;
	} sentences[] = {
	        {"Presiden Joko Widodo bertemu Perdana Menteri Malaysia di Jakarta, Senin.",
	         "p:Joko Widodo|l:Malaysia|l:Jakarta"},
	        {"The minister, Anna Larsson, flew from Stockholm to Brussels on Monday.",
	         "p:Anna Larsson|l:Stockholm|l:Brussels"},
	        {"Der Vorsitzende Thomas Becker sagte in Hamburg, die Partei werde sich nicht äußern.",
	         "p:Thomas Becker|l:Hamburg"},
	        {"O presidente do clube, João Pereira, chegou ontem a Lisboa.", "p:João Pereira|l:Lisboa"},
	        {"Ministar Ivan Horvat rekao je u Zagrebu da pregovori traju.", "p:Ivan Horvat|l:Zagrebu"},
	        {"Statsminister Kari Hansen møtte pressen i Oslo tirsdag.", "p:Kari Hansen|l:Oslo"},
	        {"Kovács Péter miniszter Budapesten találkozott az orvosokkal.", "p:Kovács Péter|l:Budapesten"},
	        {"Министр Сергей Иванов прибыл в Москву во вторник.", "p:Сергей Иванов|l:Москву"},
	};
	struct desk *desk = *state;
	for (size_t i = 0; i < sizeof(sentences) / sizeof(*sentences); i++) {
		tag(desk, str_of(sentences[i].text));
		assert_string_equal(shown(desk), sentences[i].names);
		assert_sound(desk);
	}
}

static void finds_nothing_where_nothing_is(void **state)
{
	static const char *const texts[] = {"",      " ",   "...", "the rain fell for two days and nobody came",
	                                    "12 34", "\n\n"};
	struct desk *desk = *state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		tag(desk, str_of(texts[i]));
		assert_int_equal(desk->n, 0);
	}
}

static void answers_the_same_with_an_empty_memory_and_a_full_one(void **state)
{
	struct desk *desk = *state;
	struct str text = STR("Maria Silva visited Porto. In Porto, Silva met Pedro Nunes of the Banco do Norte.");
	tag(desk, text);
	const char *first = shown(desk);
	for (int i = 0; i < 3; i++) {
		tag(desk, STR("Other words fill it: Berlin, Köln, 北京市, Москва, an "
		              "extraordinarilylongwordthatisnotrememberedatall."));
		tag(desk, text);
		assert_string_equal(shown(desk), first);
	}
	struct tagger_memory *fresh = tagger_memory_new();
	tagger_memory_free(&desk->memory);
	desk->memory = fresh;
	tag(desk, text);
	assert_string_equal(shown(desk), first);
}

/* A megabyte of anything is tagged within its memory, and whatever is found is sound. */
static void bears_a_megabyte_of_one_thing(void **state)
{
	static const char *const units[] = {"a",
	                                    "A",
	                                    "\u0301",
	                                    "京",
	                                    "A ",
	                                    "Berlin ",
	                                    "BERLIN. ",
	                                    "Putin-",
	                                    "New York",
	                                    "Ab cd ef gh ",
	                                    "Joko Widodo, ",
	                                    "۰",
	                                    "القاهرة ",
	                                    "서울",
	                                    "x\u0301\u0301 "};
	struct desk *desk = *state;
	enum { BYTES = 1 << 20 };
	char *text = malloc(BYTES);
	assert_non_null(text);
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		size_t unit = strlen(units[i]), n = BYTES / unit * unit;
		for (size_t at = 0; at < n; at += unit)
			memcpy(text + at, units[i], unit);
		arena_reset(&desk->arena);
		tag(desk, str_make(text, n));
		assert_true(desk->arena.used_bytes <= (size_t)64 * BYTES);
		assert_sound(desk);
	}
	free(text);
}

/* A copy of the model, cut or changed. */
struct copy {
	char folder[64], path[128];
	char *bytes;
	size_t n;
};

static void copy_read(struct copy *copy)
{
	FILE *file = fopen(MODEL_PATH, "rb");
	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	copy->n = (size_t)ftell(file);
	rewind(file);
	copy->bytes = malloc(copy->n);
	assert_int_equal(fread(copy->bytes, 1, copy->n, file), copy->n);
	fclose(file);
	snprintf(copy->folder, sizeof(copy->folder), "/tmp/wiredesk-tagger-XXXXXX");
	assert_non_null(mkdtemp(copy->folder));
	snprintf(copy->path, sizeof(copy->path), "%s/names.model", copy->folder);
}

static void assert_refused(struct copy *copy, size_t n, const char *why)
{
	struct err err = {0};
	FILE *file = fopen(copy->path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(copy->bytes, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
	assert_null(tagger_open(copy->path, &err));
	assert_has(err.words, copy->path);
	assert_has(err.words, why);
}

static void copy_seal(struct copy *copy)
{
	struct tagger_file_head *head = (struct tagger_file_head *)(void *)copy->bytes;
	head->checksum = 0;
	head->checksum = XXH3_64bits(copy->bytes, copy->n);
}

static void refuses_files_that_are_no_model_with_their_names(void **state)
{
	(void)state;
	struct copy copy = {.folder = ""};
	struct err err = {0};
	copy_read(&copy);
	struct tagger_file_head *head = (struct tagger_file_head *)(void *)copy.bytes;
	assert_null(tagger_open("/nowhere/names.model", &err));
	assert_string_equal(err.words,
	                    "cannot open the model of names '/nowhere/names.model': No such file or directory");
	err_clear(&err);
	assert_null(tagger_open("/tmp", &err));
	assert_has(err.words, "'/tmp' is no file");
	assert_refused(&copy, 0, "is damaged: it has 0 bytes");
	assert_refused(&copy, copy.n - 1, "its checksum is another");
	copy.bytes[copy.n / 2] ^= 4;
	assert_refused(&copy, copy.n, "its checksum is another");
	copy.bytes[copy.n / 2] ^= 4;
	head->n_buckets++;
	copy_seal(&copy);
	assert_refused(&copy, copy.n, "its parts do not fit together");
	head->n_buckets--;
	head->version++;
	copy_seal(&copy);
	assert_refused(&copy, copy.n, "this program reads version 1");
	head->magic[0] = 'X';
	assert_refused(&copy, copy.n, "is no model of names");
	unlink(copy.path);
	rmdir(copy.folder);
	free(copy.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(finds_names_in_plain_sentences_of_many_languages, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(finds_nothing_where_nothing_is, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(answers_the_same_with_an_empty_memory_and_a_full_one, set_up,
	                                        tear_down),
	        cmocka_unit_test_setup_teardown(bears_a_megabyte_of_one_thing, set_up, tear_down),
	        cmocka_unit_test(refuses_files_that_are_no_model_with_their_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
