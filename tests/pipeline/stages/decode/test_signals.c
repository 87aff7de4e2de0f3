/* What signals, notes and the words before a headline say of a story. */
#include "tests/harness.h"

#include "pipeline/stages/decode/signals.h"

#include <unicode/ucasemap.h>

static struct draft read_headline(const char *headline)
{
	struct draft draft = {0};
	signals_headline(&draft, str_of(headline));
	return draft;
}

static struct draft read_notes(const char *notes)
{
	struct draft draft = {0};
	signals_notes(&draft, str_of(notes));
	return draft;
}

/* Every row of the table, in capitals where its script has them. */
static void every_word_for_a_correction_is_found(void **state)
{
	static const struct str rows[] = {
#define WORD(word) STR_INIT(word),
#define STEM(word) STR_INIT(word),
#include "pipeline/stages/decode/signals.def"
#undef WORD
#undef STEM
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		UErrorCode code = U_ZERO_ERROR;
		char capitals[200], note[300];
		UCaseMap *map = ucasemap_open("", 0, &code);
		ucasemap_utf8ToUpper(map, capitals, sizeof capitals, rows[i].p, (int32_t)rows[i].n + 1, &code);
		assert_true(U_SUCCESS(code));
		ucasemap_close(map);
		snprintf(note, sizeof note, "%s: the ferry.", rows[i].p);
		assert_true(read_notes(note).is_correction);
		snprintf(note, sizeof note, "A note. %s: the ferry.", capitals);
		assert_true(read_notes(note).is_correction);
	}
}

static void words_before_a_headline_correct_it(void **state)
{
	static const struct {
		const char *headline, *words;
	} rows[] = {
	        {"CORRECTION - Ferry stops", "CORRECTION"},
	        {"Correction: Ferry stops", "Correction"},
	        {"CORRECTED-UPDATE 2-Ferry stops", "CORRECTED"},
	        {"UPDATE 2-CORRECTED-Ferry stops", "CORRECTED"},
	        {"(CORRECTED) Ferry stops", "CORRECTED"},
	        {"CORRECTION ET MISE À JOUR - Le bac s'arrête", "CORRECTION"},
	        {"RECTIF-Le bac s'arrête", "RECTIF"},
	        {"Korrigiert: Fähre steht still", "Korrigiert"},
	        {"Korjattu: Lautta pysähtyi", "Korjattu"},
	        {"Rättelse: Färjan stannar", "Rättelse"},
	        {"ИСПРАВЛЕНИЕ - Паром остановился", "ИСПРАВЛЕНИЕ"},
	        {"【更正】渡輪停航", "更正"},
	        {"訂正：フェリー運休", "訂正"},
	        {"تصحيح: توقف العبارة", "تصحيح"},
	        {"RALAT: Feri berhenti", "RALAT"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct draft draft = read_headline(rows[i].headline);
		assert_true(draft.is_correction);
		if (!str_is(draft.correction, rows[i].words))
			fail_msg("'%s' says '%.*s'", rows[i].headline, STR_ARG(draft.correction));
	}
}

static void headlines_about_corrections_correct_nothing(void **state)
{
	static const char *const rows[] = {
	        "Correction officers strike - union",
	        "Corrected figures show growth",
	        "Market correction - what now?",
	        "CORRECTION OFFICERS STRIKE - UNION SAYS",
	        "Rectify the harm: court",
	        "Kill Bill: the sequel",
	        "Update your phone: experts",
	        "Opravdu: konec",
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct draft draft = read_headline(rows[i]);
		if (draft.is_correction || draft.correction.n || draft.control)
			fail_msg("'%s' says '%.*s'", rows[i], STR_ARG(draft.correction));
	}
}

static void capitals_before_a_headline_kill(void **state)
{
	(void)state;
	assert_null(read_headline("KILL - Ferry stops").control); /* without the text nobody can tell */
	assert_string_equal(read_headline("MANDATORY KILL: Ferry stops").control, "kill");
	assert_null(read_headline("WITHDRAWN-Ferry stops").control);
	assert_null(read_headline("KILLERS - a history").control);
}

static void notes_say_what_they_correct(void **state)
{
	(void)state;
	assert_true(str_is(read_notes("Corrects extent of flood").correction, "Corrects extent of flood"));
	assert_true(str_is(read_notes("Eds: Updates with quotes. Corrects name.\nWith photo.").correction,
	                   "Eds: Updates with quotes. Corrects name."));
	assert_true(str_is(read_notes("With photo.\nKorjattu aiempaa uutista: nimi").correction,
	                   "Korjattu aiempaa uutista: nimi"));
}

static void notes_that_update_correct_nothing(void **state)
{
	(void)state;
	struct draft draft = read_notes("Eds: UPDATES: With AP Photos.");
	assert_true(draft.is_correction);
	assert_int_equal(draft.correction.n, 0);
	draft = read_notes("The name is correct. Correctional facility is Holt.");
	assert_false(draft.is_correction);
	draft = (struct draft){0};
	signals_reason(&draft, STR("Neu: Zusammenfassung"));
	assert_true(draft.is_correction);
	assert_int_equal(draft.correction.n, 0);
	signals_reason(&draft, STR("Im 3. Absatz muss es 1997 heißen"));
	assert_true(draft.correction.n > 0);
}

static void codes_are_told_by_their_last_word(void **state)
{
	struct draft draft = {0};
	(void)state;
	draft_signal(&draft, STR("sig:update"));
	assert_true(draft.is_correction);
	assert_int_equal(draft.correction_signal.n, 0);
	draft_signal(&draft, STR("http://cv.iptc.org/newscodes/signal/correction"));
	assert_true(str_is(draft.correction_signal, "http://cv.iptc.org/newscodes/signal/correction"));
	draft_signal(&draft, STR("Rectify"));
	assert_null(draft.control);
	draft_signal(&draft, STR("cancel"));
	assert_string_equal(draft.control, "kill");
}

static void names_are_told_from_what_authors_write_for(void **state)
{
	static const struct {
		const char *by, *names;
	} rows[] = {
	        {"Von Nora Teasdale, dpa", "Nora Teasdale"},
	        {"Tom Krasovic, The San Diego Union-Tribune", "Tom Krasovic"},
	        {"Martin Hardenberger/TT", "Martin Hardenberger"},
	        {"Geir Molnes / Faktisk.no", "Geir Molnes"},
	        {"By Ada Holm, Holt Daily News", "Ada Holm"},
	        {"Ada Holm, Bo Ek", "Ada Holm, Bo Ek"},
	        {"Ada Holm/Bo Ek", "Ada Holm/Bo Ek"},
	        {"von der Leyen", "von der Leyen"},
	        {"Ada Holm, dpa/TT", "Ada Holm"},
	        {"J.R. Holm", "J.R. Holm"},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str names = draft_names(str_of(rows[i].by));
		if (!str_is(names, rows[i].names))
			fail_msg("'%s' names '%.*s'", rows[i].by, STR_ARG(names));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(every_word_for_a_correction_is_found),
	        cmocka_unit_test(words_before_a_headline_correct_it),
	        cmocka_unit_test(headlines_about_corrections_correct_nothing),
	        cmocka_unit_test(capitals_before_a_headline_kill),
	        cmocka_unit_test(notes_say_what_they_correct),
	        cmocka_unit_test(notes_that_update_correct_nothing),
	        cmocka_unit_test(codes_are_told_by_their_last_word),
	        cmocka_unit_test(names_are_told_from_what_authors_write_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
