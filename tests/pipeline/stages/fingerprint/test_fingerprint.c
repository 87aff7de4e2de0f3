/*
 * Fingerprints: what counts as equal, and that going through the text in pieces changes nothing.
 */
#include "tests/pipeline/stages/fixture.h"

#include "pipeline/base/digest.h"
#include "pipeline/sketch.h"

#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

extern const struct stage stage_fingerprint;

static uint64_t exact_of(struct fixture *f, const char *headline, const char *body)
{
	struct story *st = fixture_story(f, headline, body);
	assert_int_equal(fixture_run(f, st), ANSWER_KEEP);
	return st->fingerprint.exact_hash;
}

static void white_space_case_and_form_do_not_count(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_fingerprint, NULL);
	uint64_t hash = exact_of(f, "A Headline", "The ﬁrst café.\nSecond.");
	assert_int_equal(exact_of(f, "  A   HEADLINE ", "\r\nThe\tfirst cafe\u0301.\n\n SECOND.\n"), hash);
	assert_int_equal(exact_of(f, "A\u00a0headline", "the first\u2003Caf\u00e9.\u2028second."), hash);
	assert_int_not_equal(exact_of(f, "A headline", "The first cafe. Second."), hash);
	assert_int_not_equal(exact_of(f, "A headline", "The first café Second."), hash);
	assert_int_not_equal(exact_of(f, "Aheadline", "The first café. Second."), hash);
	fixture_free(f);
}

static void a_headline_in_the_text_is_as_good_as_one_of_its_own(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_fingerprint, NULL);
	struct story *st = fixture_text(f, STR("A headline\nThe body.\n"));
	fixture_run(f, st);
	assert_int_equal(st->fingerprint.exact_hash, exact_of(f, "A headline", "The body."));
	fixture_free(f);
}

static void the_cleaned_body_finds_the_twin_under_another_headline(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_fingerprint, NULL);
	struct story *a = fixture_text(f, STR("One headline\nThe body.\n")),
	             *b = fixture_text(f, STR("Another\nThe body."));
	a->done |= GROUP_CLEANUP;
	b->done |= GROUP_CLEANUP;
	a->cleanup.body = b->cleanup.body = STR("The body.");
	fixture_run(f, a);
	fixture_run(f, b);
	assert_int_equal(a->fingerprint.body_hash, b->fingerprint.body_hash);
	assert_int_not_equal(a->fingerprint.exact_hash, b->fingerprint.exact_hash);
	assert_int_equal(a->fingerprint.body_hash, digest_xxh64(STR("the body.")));
	fixture_free(f);
}

static void nothing_but_white_space_is_empty(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_fingerprint, NULL);
	static const char *const nothing[] = {"", " \r\n\t", "\u00a0\u3000\u2029", "\u200b\u00ad\ufeff"};
	for (size_t i = 0; i < sizeof(nothing) / sizeof(nothing[0]); i++) {
		struct story *st = fixture_story(f, "", nothing[i]);
		fixture_run(f, st);
		assert_true(st->fingerprint.empty);
		assert_int_equal(st->fingerprint.exact_hash, 0);
		assert_int_equal(st->fingerprint.body_hash, 0);
	}
	struct story *alert = fixture_story(f, "An alert", "");
	fixture_run(f, alert);
	assert_false(alert->fingerprint.empty);
	assert_int_not_equal(alert->fingerprint.exact_hash, 0);
	assert_int_equal(alert->fingerprint.body_hash, digest_xxh64(STR("an alert")));
	fixture_free(f);
}

/* Of a story of one line the marks of version and outlet do not count: what it updates is found, and it says so. */
static void an_alert_is_found_by_its_line_without_marks(void **state)
{
	(void)state;
	static const struct {
		const char *headline, *body;
		uint8_t flags;
	} rows[] = {
	        {"Two ferries to Arl cancelled", "", 0},
	        {"UPDATE: Two ferries to Arl cancelled", "", SKETCH_UPDATE},
	        {"Two ferries to Arl cancelled | Kell Courier", " \n", 0},
	        {"CORRECTED-UPDATE 2-Two ferries to Arl cancelled", "", SKETCH_UPDATE | SKETCH_CORRECTION},
	        {"", "Two ferries to Arl cancelled", 0},
	        {"", "UPDATE: Two ferries to Arl cancelled\n", SKETCH_UPDATE},
	        {"Ralat: two ferries to Arl  cancelled", "", SKETCH_CORRECTION},
	};
	struct fixture *f = fixture_new(&stage_fingerprint, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct story *st = fixture_story(f, rows[i].headline, rows[i].body);
		fixture_run(f, st);
		assert_int_equal(st->fingerprint.body_hash, digest_xxh64(STR("two ferries to arl cancelled")));
		assert_int_equal(st->fingerprint.sketch->text.flags & (SKETCH_UPDATE | SKETCH_CORRECTION),
		                 rows[i].flags);
	}
	/* Of a longer story what stands first in the text is text. */
	struct story *two = fixture_story(f, "", "UPDATE: Two ferries cancelled.\nMore follows.");
	fixture_run(f, two);
	assert_int_equal(two->fingerprint.body_hash, digest_xxh64(STR("update: two ferries cancelled. more follows.")));
	fixture_free(f);
}

/* A copy that somebody read as Windows-1252 has the text of the one that nobody did; what is right stays as it is. */
static void a_wrong_charset_on_the_way_does_not_count(void **state)
{
	(void)state;
	static const struct {
		const char *meant, *came;
	} rows[] = {
	        {"Le café ouvre l’été, à la fête, voilà", "Le cafÃ© ouvre lâ€™Ã©tÃ©, Ã la fÃªte, voilÃ "},
	        {"El país, así; el señor “Núñez”", "El paÃs, asÃ; el seÃ±or â€œNÃºÃ±ezâ€\xef\xbf\xbd"},
	        {"Müller muß früh auf die Straße", "MÃ¼ller muÃŸ frÃ¼h auf die StraÃŸe"},
	        {"Это не тот день", "Ð\xc2\xadÑ‚Ð¾ Ð½Ðµ Ñ‚Ð¾Ñ‚ Ð´ÐµÐ½ÑŒ"},
	        /* One is chance, and quotation marks behind a letter are no charset's. */
	        {"Voilà « Ã© », déjà.", "Voilà « Ã© », déjà."},
	        {"SÃO PAULO, IRMÃ: «à « là »»", "SÃO PAULO, IRMÃ: «à « là »»"},
	};
	struct fixture *f = fixture_new(&stage_fingerprint, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct story *meant = fixture_story(f, "A", rows[i].meant), *came = fixture_story(f, "A", rows[i].came);
		fixture_run(f, meant);
		fixture_run(f, came);
		if (i != 0 && i != 3)
			assert_int_equal(meant->fingerprint.body_hash, came->fingerprint.body_hash);
		assert_memory_equal(meant->fingerprint.sketch->samples, came->fingerprint.sketch->samples,
		                    sizeof(uint32_t) * meant->fingerprint.sketch->n_lead_samples);
	}
	fixture_free(f);
}

static struct story *picture(struct fixture *f, const char *type, const char *renditions)
{
	static const struct passed none;
	struct passed *passed = ARENA_NEW(&f->setup, struct passed);
	*passed = none;
	passed->key = STR("renditions");
	passed->json = str_of(renditions);
	struct story *st = fixture_story(f, "Harbour of Arl", "The harbour of Arl on Monday. (Photo: Lise Hamm)");
	st->decode.type = type;
	st->decode.passed = passed;
	st->decode.n_passed = renditions[0] != 0;
	assert_int_equal(fixture_run(f, st), ANSWER_KEEP);
	return st;
}

/* Ten pictures of one harbour have one caption. */
static void pictures_are_told_by_their_files(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_fingerprint, NULL);
	struct story *one = picture(f, "picture", "[{\"href\":\"https://a.example/1.jpg\"}]");
	struct story *again = picture(f, "picture", "[{\"href\":\"https://a.example/1.jpg\"}]");
	struct story *other = picture(f, "picture", "[{\"href\":\"https://a.example/2.jpg\"}]");
	struct story *text = picture(f, NULL, "[{\"href\":\"https://a.example/2.jpg\"}]");
	struct story *bare = picture(f, "picture", "");
	assert_int_equal(one->fingerprint.exact_hash, again->fingerprint.exact_hash);
	assert_int_equal(one->fingerprint.body_hash, again->fingerprint.body_hash);
	assert_int_not_equal(one->fingerprint.exact_hash, other->fingerprint.exact_hash);
	assert_int_not_equal(one->fingerprint.body_hash, other->fingerprint.body_hash);
	assert_int_equal(text->fingerprint.exact_hash, bare->fingerprint.exact_hash);
	assert_int_not_equal(text->fingerprint.exact_hash, other->fingerprint.exact_hash);
	assert_int_equal(one->fingerprint.sketch->n_samples, 0);
	assert_int_equal(one->fingerprint.sketch->text.n_shingles, 0);
	assert_true(one->fingerprint.words->is_of_files);
	assert_true(text->fingerprint.sketch->n_samples > 0);
	assert_false(text->fingerprint.words->is_of_files || bare->fingerprint.words->is_of_files);
	fixture_free(f);
}

/* --- pieces ------------------------------------------------------------------------------------------------------ */

#define TEXT_MAX 60000

/* The definition, all at once: NFKC_Casefold, white space to one blank, XXH3. */
static uint64_t hash_at_once(struct str text)
{
	static UChar units[TEXT_MAX], folded[18 * TEXT_MAX];
	static char out[3 * 18 * TEXT_MAX];
	UErrorCode code = U_ZERO_ERROR;
	int32_t n, n_folded;
	u_strFromUTF8(units, TEXT_MAX, &n, text.p, (int32_t)text.n, &code);
	n_folded = unorm2_normalize(unorm2_getNFKCCasefoldInstance(&code), units, n, folded, 18 * TEXT_MAX, &code);
	assert_true(U_SUCCESS(code));
	size_t length = 0;
	bool blank = false;
	for (int32_t i = 0; i < n_folded;) {
		UChar32 c;
		U16_NEXT(folded, i, n_folded, c);
		if (u_isUWhiteSpace(c)) {
			blank = length > 0;
			continue;
		}
		if (blank)
			out[length++] = ' ';
		blank = false;
		length += utf8_write(out + length, (uint32_t)c);
	}
	return length ? digest_xxh64(str_make(out, length)) : 0;
}

static uint64_t random_state = 1;

static uint32_t random_below(uint32_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (uint32_t)(random_state >> 33) % n;
}

/* Characters of every kind that folding treats in its own way, and runs of one kind. */
static uint32_t random_character(uint32_t kind)
{
	static const uint32_t odd[] = {0x301,  0x308,   0x323,   0x1100, 0x1161, 0x11a8, 0xac00, 0xfdfa,
	                               0x3c2,  0x130,   0x200d,  0xad,   0x0,    0x1e9b, 0x3000, 0x2028,
	                               0xfb01, 0x1f600, 0x1d160, 0x212b, 0x0f73, 0x0bcb};
	switch (kind) {
	case 0:
		return 0x20 + random_below(0x5f);
	case 1:
		return 0x400 + random_below(0x60);
	case 2:
		return 0x4e00 + random_below(0x1000);
	case 3:
		return odd[random_below(sizeof(odd) / sizeof(odd[0]))];
	case 4:
		return 0xc0 + random_below(0x100);
	default:
		return random_below(2) ? ' ' : 0x300 + random_below(0x20);
	}
}

static struct str random_text(char *room)
{
	size_t n = 0, limit = random_below(2) ? TEXT_MAX / 10 : 300;
	while (n + 4 < limit) {
		uint32_t kind = random_below(6), run = 1 + random_below(random_below(8) ? 8 : 400);
		for (uint32_t i = 0; i < run && n + 4 < limit; i++)
			n += utf8_write(room + n, random_character(kind));
	}
	return str_make(room, n);
}

static void going_through_in_pieces_gives_the_hash_of_the_whole(void **state)
{
	(void)state;
	static char room[TEXT_MAX];
	struct fixture *f = fixture_new(&stage_fingerprint, NULL);
	for (int i = 0; i < 400; i++) {
		struct story *st = fixture_story(f, "", "");
		st->decode.body = random_text(room);
		assert_true(utf8_is_valid(st->decode.body));
		fixture_run(f, st);
		assert_int_equal(st->fingerprint.body_hash, hash_at_once(st->decode.body));
		arena_reset(&f->keep);
	}
	fixture_free(f);
}

static void a_mark_joins_its_letter_wherever_a_piece_ends(void **state)
{
	(void)state;
	struct fixture *f = fixture_new(&stage_fingerprint, NULL);
	for (size_t letters = 1; letters < 3000; letters += letters < 80 ? 1 : 7) {
		static char text[8000];
		size_t n = utf8_write(text, 0xe9);
		for (size_t i = 0; i < letters; i++)
			n += letters < 80 ? utf8_write(text + n, 'e') : utf8_write(text + n, 0x435);
		n += utf8_write(text + n, 0x308);
		struct story *st = fixture_story(f, "", "");
		st->decode.body = str_make(text, n);
		fixture_run(f, st);
		assert_int_equal(st->fingerprint.body_hash, hash_at_once(st->decode.body));
	}
	fixture_free(f);
}

/* Two megabytes of marks in the worst order, of the ligature that grows most, and of one letter with marks without end.
 */
static void hostile_text_costs_no_more_than_its_length(void **state)
{
	(void)state;
	static const uint32_t patterns[][2] = {{0x301, 0x323}, {0xfdfa, 0xfdfa}, {0x315, 0x300}};
	static char room[2000000];
	struct fixture *f = fixture_new(&stage_fingerprint, NULL);
	for (size_t p = 0; p < 3; p++) {
		size_t n = 0;
		room[n++] = 'e';
		for (size_t i = 0; n + 4 < sizeof(room); i++)
			n += utf8_write(room + n, patterns[p][i % 2]);
		struct story *st = fixture_story(f, "", "");
		st->decode.body = str_make(room, n);
		fixture_run(f, st);
		uint64_t hash = st->fingerprint.exact_hash;
		assert_int_not_equal(hash, 0);
		fixture_run(f, st);
		assert_int_equal(st->fingerprint.exact_hash, hash);
	}
	fixture_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(white_space_case_and_form_do_not_count),
	        cmocka_unit_test(a_headline_in_the_text_is_as_good_as_one_of_its_own),
	        cmocka_unit_test(the_cleaned_body_finds_the_twin_under_another_headline),
	        cmocka_unit_test(nothing_but_white_space_is_empty),
	        cmocka_unit_test(an_alert_is_found_by_its_line_without_marks),
	        cmocka_unit_test(a_wrong_charset_on_the_way_does_not_count),
	        cmocka_unit_test(pictures_are_told_by_their_files),
	        cmocka_unit_test(going_through_in_pieces_gives_the_hash_of_the_whole),
	        cmocka_unit_test(a_mark_joins_its_letter_wherever_a_piece_ends),
	        cmocka_unit_test(hostile_text_costs_no_more_than_its_length),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
