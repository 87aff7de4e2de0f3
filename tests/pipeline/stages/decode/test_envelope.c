/* What is around a message: compression, base64, wrappers of JSON, the prefix of a schema registry. */
#include "tests/pipeline/stages/decode/open_desk.h"

#include "pipeline/stages/decode/envelope.h"

#include <zlib.h>
#include <zstd.h>

/* To be freed. */
static struct str gzip(struct str s)
{
	z_stream stream = {.next_in = (unsigned char *)(uintptr_t)s.p, .avail_in = (unsigned)s.n};
	size_t room = s.n + 1000;
	char *out = malloc(room);
	assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	stream.next_out = (unsigned char *)out;
	stream.avail_out = (unsigned)room;
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	size_t n = room - stream.avail_out;
	deflateEnd(&stream);
	return str_make(out, n);
}

static struct str zstd(struct str s)
{
	size_t room = ZSTD_compressBound(s.n);
	char *out = malloc(room);
	return str_make(out, ZSTD_compress(out, room, s.p, s.n, 3));
}

static void compressed_stories_are_unpacked(void **state)
{
	(void)state;
	struct str (*const pack[])(struct str) = {gzip, zstd};
	for (size_t i = 0; i < 2; i++) {
		struct str packed = pack[i](STR("{\"title\":\"Pears gone\",\"body\":\"All of them.\"}"));
		const struct story *st = desk_story(&desk, packed);
		assert_str(st->decode.headline, "Pears gone");
		assert_str(st->decode.body, "All of them.");
		struct str again = gzip(packed);
		assert_str(desk_story(&desk, again)->decode.headline, "Pears gone");
		/* Cut off, or with something else behind it. */
		for (size_t n = 5; n < packed.n; n++)
			desk_assert_dead(&desk, str_slice(packed, 0, n), REASON_BAD_FORMAT, "gzip or zstd");
		free((void *)(uintptr_t)again.p);
		free((void *)(uintptr_t)packed.p);
	}
}

static void what_unpacks_to_too_much_is_refused(void **state)
{
	(void)state;
	struct str (*const pack[])(struct str) = {gzip, zstd};
	size_t n = 17000000;
	char *zeros = calloc(1, n);
	memset(zeros, 'x', n);
	for (size_t i = 0; i < 2; i++) {
		struct str packed = pack[i](str_make(zeros, n));
		assert_true(packed.n < 100000);
		desk_assert_dead(&desk, packed, REASON_LIMIT_MESSAGE, "when it is unpacked");
		free((void *)(uintptr_t)packed.p);
	}
	free(zeros);
}

static void packing_again_and_again_is_refused(void **state)
{
	(void)state;
	struct str packed = gzip(STR("Pears gone\n\nAll of them."));
	for (int i = 0; i < 3; i++) {
		struct str again = gzip(packed);
		free((void *)(uintptr_t)packed.p);
		packed = again;
	}
	desk_assert_dead(&desk, packed, REASON_BAD_FORMAT, "again and again");
	free((void *)(uintptr_t)packed.p);
}

static void a_schema_registrys_prefix_is_passed_over(void **state)
{
	(void)state;
	assert_str(desk_story(&desk, STR("\0\0\0\1\7{\"title\":\"Pears gone\"}"))->decode.headline, "Pears gone");
	desk_assert_dead(&desk, STR("\0\0\0\1\7Pears gone"), REASON_NOT_TEXT, "NUL");
}

static void utf16_without_a_mark_is_no_such_prefix(void **state)
{
	static const char *const texts[] = {"{ \"headline\":\"Pears gone\"}", "[{\"headline\":\"Pears gone\"}]",
	                                    "{\n\"headline\":\"Pears gone\"}"};
	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char wide[100] = "";
		for (size_t k = 0; texts[i][k]; k++)
			wide[2 * k + 1] = texts[i][k];
		const struct story *st = desk_story(&desk, str_make(wide, 2 * strlen(texts[i])));
		assert_str(st->decode.headline, "Pears gone");
		assert_string_equal(st->decode.charset_basis, "utf-16-pattern");
		assert_int_equal(st->decode.n_envelopes, 0);
	}
}

static void a_payload_in_base64_is_a_message_of_its_own(void **state)
{
	(void)state;
	/* "Café gone\nThe café is gone." in Windows-1252 */
	const struct story *st = desk_text(
	        &desk, "{\"id\":\"e1\",\"contentType\":\"text/plain; charset=windows-1252\",\"encoding\":\"base64\","
	               "\"payload\":\"Q2Fm6SBnb25lClRoZSBjYWbpIGlzIGdvbmUu\"}");
	assert_str(st->decode.body, "Caf\xc3\xa9 gone\nThe caf\xc3\xa9 is gone.");
	assert_string_equal(st->decode.charset, "windows-1252");
	assert_string_equal(st->decode.charset_basis, "declared");
	desk_give(&desk, STR("{\"encoding\":\"base64\",\"payload\":\"?!\"}"));
	desk_assert_part(&desk, 0, REASON_BAD_FORMAT);
}

static void base64_is_read_in_both_alphabets_or_refused(void **state)
{
	(void)state;
	static const struct {
		const char *coded, *bytes;
	} rows[] = {
	        {"", ""},    {"QQ==", "A"},        {"QUI=", "AB"},       {"QUJD", "ABC"}, {"QU\r\nJD", "ABC"},
	        {"QQ", "A"}, {"fn5-fg==", "~~~~"}, {"fn5+fg==", "~~~~"}, {"Q*==", NULL},  {"QQ==QQ", NULL},
	};
	struct arena a;
	arena_init(&a, 0, 0);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str bytes;
		assert_int_equal(envelope_base64(str_of(rows[i].coded), &a, &bytes), rows[i].bytes != NULL);
		if (rows[i].bytes)
			assert_str(bytes, rows[i].bytes);
	}
	arena_free(&a);
}

static void a_story_in_wrappers_is_found(void **state)
{
	(void)state;
	const struct story *st =
	        desk_text(&desk, "{\"api\":\"1\",\"data\":{\"meta\":{\"x\":1},\"item\":{\"uri\":\"https://kns.example/"
	                         "c/1?qt=5\",\"altids\":{\"itemid\":\"abc1\"},"
	                         "\"headline\":\"Pears "
	                         "gone\",\"versioncreated\":\"2024-03-04T10:00:00Z\",\"located\":\"PEARTREE, Ohio\","
	                         "\"bylines\":[{\"by\":\"By NORA TEASDALE\",\"title\":\"KNS "
	                         "Writer\"}],\"description_summary\":\"All of them.\"}}}");
	assert_str(st->decode.headline, "Pears gone");
	assert_str(st->decode.guid, "abc1");
	assert_str(st->decode.by, "NORA TEASDALE");
	assert_str(st->decode.located, "PEARTREE, Ohio");
	assert_str(st->decode.body, "All of them.");
	/* A story that has data beside it is none. */
	assert_str(desk_text(&desk, "{\"title\":\"T\",\"data\":{\"title\":\"U\"}}")->decode.headline, "T");
}

static void a_dateline_of_its_own_goes_back_before_the_text(void **state)
{
	(void)state;
	const struct story *st =
	        desk_text(&desk, "{\"headline\":\"H\",\"dateline\":\"Tidemouth (kns) - \",\"byline\":\"Von Nora "
	                         "Teasdale, dpa\",\"body\":\"Die Birnen sind fort.\"}");
	assert_str(st->decode.body, "Tidemouth (kns) - Die Birnen sind fort.");
	assert_str(st->decode.by, "Nora Teasdale");
	st = desk_text(&desk,
	               "{\"headline\":\"H\",\"dateline\":\"Tidemouth (kns) - \",\"body\":\"Tidemouth (kns) - Fort.\"}");
	assert_str(st->decode.body, "Tidemouth (kns) - Fort.");
	st = desk_text(
	        &desk,
	        "{\"headline\":\"H\",\"dateline\":\"TIDEMOUTH\",\"byline\":\"von der Leyen\",\"body\":\"Fort.\"}");
	assert_str(st->decode.body, "Fort.");
	assert_str(st->decode.dateline, "TIDEMOUTH");
	assert_str(st->decode.by, "von der Leyen");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(compressed_stories_are_unpacked),
	        cmocka_unit_test(what_unpacks_to_too_much_is_refused),
	        cmocka_unit_test(packing_again_and_again_is_refused),
	        cmocka_unit_test(a_schema_registrys_prefix_is_passed_over),
	        cmocka_unit_test(utf16_without_a_mark_is_no_such_prefix),
	        cmocka_unit_test(a_payload_in_base64_is_a_message_of_its_own),
	        cmocka_unit_test(base64_is_read_in_both_alphabets_or_refused),
	        cmocka_unit_test(a_story_in_wrappers_is_found),
	        cmocka_unit_test(a_dateline_of_its_own_goes_back_before_the_text),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
