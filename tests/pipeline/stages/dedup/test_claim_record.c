/*
 * Records of the claims log: there and back, at their largest, damaged, foreign, newer.
 */
#include "tests/harness.h"

#include "pipeline/stages/dedup/claim_record.h"

static struct sketch sketch_full(void)
{
	struct sketch s = {.text = {.n_shingles = 400,
	                            .flags = SKETCH_UPDATE,
	                            .n_numbers = SKETCH_NUMBERS_MAX,
	                            .n_names = SKETCH_NAMES_MAX,
	                            .n_headline = SKETCH_HEADLINE_MAX},
	                   .n_lead_samples = SKETCH_LEAD_SAMPLES_MAX,
	                   .n_samples = SKETCH_SAMPLES_MAX};
	for (size_t i = 0; i < sizeof(s.text.minima); i++)
		s.text.minima[i] = (uint8_t)(200 - i);
	for (uint16_t i = 0; i < SKETCH_NUMBERS_MAX; i++)
		s.text.numbers[i] = (struct sketch_number){(uint16_t)(i * 1000), (uint16_t)(i * 7 + 3000)};
	for (uint16_t i = 0; i < SKETCH_NAMES_MAX; i++)
		s.text.names[i] = (uint16_t)(i * 201);
	for (uint16_t i = 0; i < SKETCH_HEADLINE_MAX; i++)
		s.text.headline[i] = (uint16_t)(i * 303);
	for (uint32_t i = 0; i < SKETCH_SAMPLES_MAX; i++)
		s.samples[i] = i * 123456789;
	return s;
}

static struct claim claim_of(const struct sketch *sketch)
{
	return (struct claim){.key = {{STR("Zk8QxN3oTLCfB0m7Yw2vRg"), STR("wire.raw"), 3, 1234567}, 1, 0xabcdef},
	                      .id = STR("Zk8QxN3oTLCfB0m7Yw2vRg/wire.raw/3/1234567/1"),
	                      .exact_hash = UINT64_MAX,
	                      .body_hash = 2,
	                      .sketch = sketch,
	                      .scope = STR("id"),
	                      .uri = STR("urn:uuid:070feab3-34a9-5da9-9b92-67fd6fdb0186"),
	                      .source = STR("Agence France-Presse"),
	                      .guid = STR("tag:example.org,2026:story-77"),
	                      .version = STR("12"),
	                      .time_ms = INT64_C(1769000000123)};
}

static struct buf written;

static int make(void **state)
{
	(void)state;
	buf_init(&written, 2 * CLAIM_RECORD_BYTES_MAX);
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	buf_free(&written);
	return 0;
}

static void a_claim_comes_back_as_it_was(void **state)
{
	(void)state;
	struct sketch sketch = sketch_full();
	struct claim claim = claim_of(&sketch);
	struct claim_record r;
	assert_true(claim_record_write(&written, 42, &claim, claim_formats));
	assert_in_range(written.n, 100, 600);
	assert_int_equal(claim_record_read(buf_view(&written), claim_formats, &r), CLAIM_RECORD_READ);
	assert_int_equal(r.kind, CLAIM_RECORD_CLAIM);
	assert_int_equal(r.space, 42);
	struct key key = key_of(&claim.key);
	assert_true(key_equal(&r.key, &key));
	assert_true(r.claim.exact_hash == UINT64_MAX && r.claim.body_hash == 2);
	assert_true(r.claim.time_ms == claim.time_ms);
	buf_clear(&written);
	claim.time_ms = -1;
	assert_true(claim_record_write(&written, 42, &claim, claim_formats));
	assert_int_equal(claim_record_read(buf_view(&written), claim_formats, &r), CLAIM_RECORD_READ);
	assert_true(r.claim.time_ms == -1);
	assert_true(str_eq(r.claim.id, claim.id) && str_eq(r.claim.scope, claim.scope));
	assert_true(str_eq(r.claim.uri, claim.uri) && str_eq(r.claim.version, claim.version));
	assert_true(str_eq(r.claim.source, claim.source));
	assert_int_equal(r.claim.guid.n, 8);
	assert_ptr_equal(r.claim.sketch, &r.sketch);
	assert_memory_equal(&r.sketch.text, &sketch.text, sizeof(sketch.text));
	assert_memory_equal(r.sketch.samples, sketch.samples, sizeof(sketch.samples));
	assert_int_equal(r.sketch.n_lead_samples, sketch.n_lead_samples);
	assert_int_equal(r.sketch.n_samples, sketch.n_samples);
}

static void a_full_claim_with_a_usual_uri_takes_512_bytes_at_the_most(void **state)
{
	(void)state;
	struct sketch sketch = sketch_full();
	struct claim claim = claim_of(&sketch);
	claim.scope = (struct str){0};
	claim.uri = STR("https://www.example.org/news/2026/11/23/a-slug-of-some-length-77");
	claim.source = STR("Associated Press of Pakistan Corporation and more");
	assert_int_equal(claim.uri.n, 64);
	assert_true(claim_record_write(&written, 0, &claim, claim_formats));
	assert_in_range(written.n, 300, 512);
}

/* A longer name is cut; a claim of a program from before there were sources has none, and one of its eyes sees the
 * sketch alone. */
static void the_source_is_a_section_of_its_own(void **state)
{
	(void)state;
	struct sketch sketch = sketch_full();
	struct claim claim = claim_of(&sketch);
	struct claim_record r;
	claim.source = STR("");
	assert_true(claim_record_write(&written, 0, &claim, claim_formats));
	size_t without = written.n;
	assert_int_equal(claim_record_read(buf_view(&written), claim_formats, &r), CLAIM_RECORD_READ);
	assert_int_equal(r.claim.source.n, 0);
	buf_clear(&written);
	claim.source = STR("Associated Press of Pakistan Corporation and more");
	assert_true(claim_record_write(&written, 0, &claim, claim_formats));
	assert_int_equal(written.n, without + 2 + CLAIM_SOURCE_MAX);
	assert_int_equal(written.p[without], CLAIM_SECTION_SOURCE);
	assert_int_equal(claim_record_read(buf_view(&written), claim_formats, &r), CLAIM_RECORD_READ);
	assert_str(r.claim.source, "Associated Press of Pakistan Corporation");
	assert_non_null(r.claim.sketch);
	written.p[without] = CLAIM_SECTION_SOURCE + 1;
	claim_record_seal(&written);
	assert_int_equal(claim_record_read(buf_view(&written), claim_formats, &r), CLAIM_RECORD_READ);
	assert_int_equal(r.claim.source.n, 0);
	assert_non_null(r.claim.sketch);
}

static void a_claim_without_text_has_no_sketch(void **state)
{
	(void)state;
	struct claim claim = {.key = {{STR("c"), STR("t"), 0, 0}, 0, 0}, .id = STR("x"), .uri = STR("u")};
	struct claim_record r;
	assert_true(claim_record_write(&written, 0, &claim, claim_formats));
	assert_int_equal(claim_record_read(buf_view(&written), claim_formats, &r), CLAIM_RECORD_READ);
	assert_null(r.claim.sketch);
	assert_int_equal(r.claim.guid.n, 0);
}

static void texts_too_long_for_a_record_make_none(void **state)
{
	(void)state;
	static char text[CLAIM_RECORD_BYTES_MAX];
	struct claim claim = {.uri = {text, sizeof(text)}};
	assert_false(claim_record_write(&written, 0, &claim, claim_formats));
	assert_int_equal(written.n, 0);
}

static void voids_and_settings_come_back(void **state)
{
	(void)state;
	struct key key = {1, 2, CLAIM_ALL_PARTS};
	struct claim_settings settings = {259200000, 1000000, 1, {0}};
	struct claim_record r;
	claim_record_write_void(&written, 3, &key);
	assert_int_equal(claim_record_read(buf_view(&written), NULL, &r), CLAIM_RECORD_READ);
	assert_int_equal(r.kind, CLAIM_RECORD_VOID);
	assert_int_equal(r.space, 3);
	assert_true(key_equal(&r.key, &key));
	buf_clear(&written);
	claim_record_write_settings(&written, 3, &settings);
	assert_int_equal(claim_record_read(buf_view(&written), NULL, &r), CLAIM_RECORD_READ);
	assert_int_equal(r.kind, CLAIM_RECORD_SETTINGS);
	assert_true(r.settings.window_ms == settings.window_ms);
	assert_int_equal(r.settings.window_claims, settings.window_claims);
	assert_int_equal(r.settings.format, settings.format);
}

static void limits_stand_in_settings_where_they_are_not_the_usual_ones(void **state)
{
	(void)state;
	struct claim_settings usual = {259200000, 1000000, 1, {0}}, other = usual;
	struct claim_record r;
	buf_clear(&written);
	claim_record_write_settings(&written, 3, &usual);
	size_t n = written.n;
	other.limits = LIKENESS_USUAL;
	buf_clear(&written);
	claim_record_write_settings(&written, 3, &other);
	assert_int_equal(written.n, n);
	assert_int_equal(claim_record_read(buf_view(&written), NULL, &r), CLAIM_RECORD_READ);
	assert_true(likeness_limits_equal(&r.settings.limits, &usual.limits));
	other.limits.own_facts = 3;
	buf_clear(&written);
	claim_record_write_settings(&written, 3, &other);
	assert_int_equal(claim_record_read(buf_view(&written), NULL, &r), CLAIM_RECORD_READ);
	assert_true(likeness_limits_equal(&r.settings.limits, &other.limits));
}

static void settings_that_cannot_be_are_foreign(void **state)
{
	(void)state;
	const struct claim_settings rows[] = {{0, 1, 1, {0}},
	                                      {-1, 1, 1, {0}},
	                                      {CLAIM_WINDOW_MS_MAX + 1, 1, 1, {0}},
	                                      {1, 0, 1, {0}},
	                                      {1, CLAIM_WINDOW_CLAIMS_MAX + 1, 1, {0}},
	                                      {1, 1, 0, {0}},
	                                      {1, 1, CLAIM_FORMATS_MAX + 1, {0}},
	                                      {1, 1, 1, {29, 40, 2, 48}},
	                                      {1, 1, 1, {50, 101, 2, 48}},
	                                      {1, 1, 1, {50, 40, 0, 48}},
	                                      {1, 1, 1, {50, 40, 2, 91}}};
	struct claim_record r;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		buf_clear(&written);
		claim_record_write_settings(&written, 3, &rows[i]);
		assert_int_equal(claim_record_read(buf_view(&written), NULL, &r), CLAIM_RECORD_FOREIGN);
	}
}

static void each_damage_makes_a_record_foreign(void **state)
{
	(void)state;
	struct sketch sketch = sketch_full();
	struct claim claim = claim_of(&sketch);
	struct claim_record r;
	assert_true(claim_record_write(&written, 0, &claim, claim_formats));
	struct str whole = buf_view(&written);
	for (size_t n = 0; n < whole.n; n++)
		assert_int_equal(claim_record_read(str_slice(whole, 0, n), claim_formats, &r), CLAIM_RECORD_FOREIGN);
	for (size_t i = 0; i < whole.n; i++) {
		written.p[i] ^= 0x10;
		assert_int_equal(claim_record_read(whole, claim_formats, &r), CLAIM_RECORD_FOREIGN);
		written.p[i] ^= 0x10;
	}
	assert_int_equal(claim_record_read(whole, claim_formats, &r), CLAIM_RECORD_READ);
	assert_int_equal(claim_record_read(STR("{\"title\":\"no claim\"}"), claim_formats, &r), CLAIM_RECORD_FOREIGN);
	static char large[CLAIM_RECORD_BYTES_MAX + 1];
	assert_int_equal(claim_record_read(str_make(large, sizeof(large)), claim_formats, &r), CLAIM_RECORD_FOREIGN);
}

/* Shared ones are counted: a sample that stood there often would count as many. */
static void a_sample_that_stands_there_twice_makes_a_record_foreign(void **state)
{
	(void)state;
	struct sketch sketch = sketch_full();
	struct claim claim = claim_of(&sketch);
	struct claim_record r;
	assert_true(claim_record_write(&written, 0, &claim, claim_formats));
	assert_int_equal(claim_record_read(buf_view(&written), claim_formats, &r), CLAIM_RECORD_READ);
	sketch.samples[SKETCH_SAMPLES_MAX - 1] = sketch.samples[0];
	buf_clear(&written);
	assert_true(claim_record_write(&written, 0, &claim, claim_formats));
	assert_int_equal(claim_record_read(buf_view(&written), claim_formats, &r), CLAIM_RECORD_FOREIGN);
}

/* The sum is made again by hand: what a later program would write. */
static void put_text(struct buf *out, struct str text)
{
	if (text.n > 0x7f)
		buf_putc(out, (char)(text.n | 0x80));
	buf_putc(out, (char)(text.n > 0x7f ? text.n >> 7 : text.n));
	buf_str(out, text);
}

/* A claim of these texts as any program might write it, checksum and all. */
static enum claim_record_answer read_forged(struct str id, struct str uri, struct str version, struct str source,
                                            struct claim_record *r)
{
	buf_clear(&written);
	buf_put(&written,
	        "WD\x01"
	        "c",
	        4);
	for (size_t i = 0; i < 4 + 8 + 20 + 6 + 8 + 8; i++)
		buf_putc(&written, 0);
	put_text(&written, id);
	put_text(&written, STR("scope"));
	put_text(&written, uri);
	put_text(&written, STR("12345678"));
	put_text(&written, version);
	buf_putc(&written, CLAIM_SECTION_SOURCE);
	put_text(&written, source);
	claim_record_seal(&written);
	return claim_record_read(buf_view(&written), claim_formats, r);
}

/* They go into other stories' records, which are JSON and of one size. */
static void texts_that_no_record_could_name_make_it_foreign(void **state)
{
	(void)state;
	static char large[2000];
	memset(large, 'a', sizeof(large));
	const struct str good = STR("c/t/0/1/0"), none = STR("");
	const struct str bad[] = {none,        STR("a\xff"), STR("caf\xc3"), STR("a\"b"), STR("a\\b"),
	                          STR("a\nb"), STR("a\x7f"), STR("a b"),     {"a\0b", 3}};
	struct claim_record r;
	assert_int_equal(read_forged(good, STR("urn:\xc3\xa4"), STR("1\xc3\xa4\n"), none, &r), CLAIM_RECORD_READ);
	assert_str(r.claim.uri, "urn:\xc3\xa4");
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (read_forged(bad[i], good, none, none, &r) != CLAIM_RECORD_FOREIGN)
			fail_msg("id %zu was read", i);
		if (read_forged(good, bad[i], none, none, &r) != CLAIM_RECORD_FOREIGN)
			fail_msg("uri %zu was read", i);
	}
	assert_int_equal(read_forged(good, good, STR("1\xff"), none, &r), CLAIM_RECORD_FOREIGN);
	assert_int_equal(read_forged(good, str_make(large, 1000), none, none, &r), CLAIM_RECORD_READ);
	assert_int_equal(read_forged(good, str_make(large, 1001), none, none, &r), CLAIM_RECORD_FOREIGN);
	assert_int_equal(read_forged(str_make(large, 600), good, none, none, &r), CLAIM_RECORD_READ);
	assert_int_equal(read_forged(str_make(large, 601), good, none, none, &r), CLAIM_RECORD_FOREIGN);
}

static void a_source_that_is_no_text_is_none(void **state)
{
	(void)state;
	struct claim_record r;
	const struct str good = STR("c/t/0/1/0");
	assert_int_equal(read_forged(good, good, STR("1"), STR("Afp\xc3\xa9"), &r), CLAIM_RECORD_READ);
	assert_str(r.claim.source, "Afp\xc3\xa9");
	assert_int_equal(read_forged(good, good, STR("1"), STR("Afp\xc3"), &r), CLAIM_RECORD_READ);
	assert_int_equal(r.claim.source.n, 0);
}

/* Else the writer would wait for it for ever. */
static void what_would_not_be_read_is_not_written(void **state)
{
	(void)state;
	struct claim claim = claim_of(NULL);
	claim.uri = STR("");
	assert_false(claim_record_write(&written, 0, &claim, claim_formats));
	claim = claim_of(NULL);
	claim.id = STR("c\xff/t/0/0/0");
	assert_false(claim_record_write(&written, 0, &claim, claim_formats));
	assert_int_equal(written.n, 0);
}

static void of_a_version_whole_characters_are_written_and_what_is_no_text_is_left_out(void **state)
{
	(void)state;
	static char text[2 * CLAIM_VERSION_MAX];
	struct claim claim = claim_of(NULL);
	struct claim_record r;
	for (size_t i = 0; i < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xa4", 2);
	claim.version = str_make(text, sizeof(text));
	assert_true(claim_record_write(&written, 0, &claim, claim_formats));
	assert_int_equal(claim_record_read(buf_view(&written), claim_formats, &r), CLAIM_RECORD_READ);
	assert_int_equal(r.claim.version.n, CLAIM_VERSION_MAX - 1);
	buf_clear(&written);
	claim.version = STR("2\xff"
	                    "3");
	assert_true(claim_record_write(&written, 0, &claim, claim_formats));
	assert_int_equal(claim_record_read(buf_view(&written), claim_formats, &r), CLAIM_RECORD_READ);
	assert_str(r.claim.version, "2");
}

static void later_layouts_and_kinds_are_told_from_damage(void **state)
{
	(void)state;
	struct key key = {1, 2, 3};
	struct claim_record r;
	claim_record_write_void(&written, 0, &key);
	written.p[2] = 2;
	claim_record_seal(&written);
	assert_int_equal(claim_record_read(buf_view(&written), NULL, &r), CLAIM_RECORD_NEWER);
	written.p[2] = 1;
	written.p[3] = 'x';
	claim_record_seal(&written);
	assert_int_equal(claim_record_read(buf_view(&written), NULL, &r), CLAIM_RECORD_NEWER);
}

/* --- formats ------------------------------------------------------------------------------------------------------ */

static void other_write(struct buf *out, const struct sketch *sketch)
{
	buf_put(out, &sketch->text.n_shingles, sizeof(sketch->text.n_shingles));
}

static bool other_read(struct str bytes, struct sketch *out)
{
	*out = (struct sketch){0};
	if (bytes.n != sizeof(out->text.n_shingles))
		return false;
	memcpy(&out->text.n_shingles, bytes.p, bytes.n);
	return true;
}

static void a_claim_in_two_formats_is_read_in_either(void **state)
{
	(void)state;
	const struct claim_format formats[] = {claim_formats[0], {2, other_write, other_read}, {0}};
	const struct claim_format third = {3, other_write, other_read};
	struct sketch sketch = sketch_full();
	struct claim claim = claim_of(&sketch);
	struct claim_record r;
	assert_true(claim_record_write(&written, 0, &claim, formats));
	assert_int_equal(claim_record_read(buf_view(&written), &formats[0], &r), CLAIM_RECORD_READ);
	assert_int_equal(r.claim.sketch->n_samples, SKETCH_SAMPLES_MAX);
	assert_int_equal(claim_record_read(buf_view(&written), &formats[1], &r), CLAIM_RECORD_READ);
	assert_int_equal(r.claim.sketch->n_samples, 0);
	assert_int_equal(r.claim.sketch->text.n_shingles, 400);
	assert_int_equal(claim_record_read(buf_view(&written), &third, &r), CLAIM_RECORD_READ);
	assert_null(r.claim.sketch);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, unmake)

int main(void)
{
	const struct CMUnitTest tests[] = {
	        TEST(a_claim_comes_back_as_it_was),
	        TEST(the_source_is_a_section_of_its_own),
	        TEST(a_full_claim_with_a_usual_uri_takes_512_bytes_at_the_most),
	        TEST(a_claim_without_text_has_no_sketch),
	        TEST(texts_too_long_for_a_record_make_none),
	        TEST(voids_and_settings_come_back),
	        TEST(limits_stand_in_settings_where_they_are_not_the_usual_ones),
	        TEST(settings_that_cannot_be_are_foreign),
	        TEST(each_damage_makes_a_record_foreign),
	        TEST(a_sample_that_stands_there_twice_makes_a_record_foreign),
	        TEST(texts_that_no_record_could_name_make_it_foreign),
	        TEST(a_source_that_is_no_text_is_none),
	        TEST(what_would_not_be_read_is_not_written),
	        TEST(of_a_version_whole_characters_are_written_and_what_is_no_text_is_left_out),
	        TEST(later_layouts_and_kinds_are_told_from_damage),
	        TEST(a_claim_in_two_formats_is_read_in_either),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
