/* Charsets of one byte a character: the table says what ICU says. */
#include "tests/harness.h"

#include "pipeline/base/utf8.h"
#include "pipeline/stages/decode/charset_single.h"

#include <unicode/utf16.h>

static UConverter *open_converter(const char *name)
{
	UErrorCode status = U_ZERO_ERROR;
	UConverter *icu = ucnv_open(name, &status);
	assert_true(U_SUCCESS(status));
	ucnv_setToUCallBack(icu, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
	assert_true(U_SUCCESS(status));
	return icu;
}

/* What ICU makes of one byte; 0: nothing. */
static size_t by_icu(UConverter *icu, unsigned byte, char utf8[4])
{
	char in = (char)byte;
	const char *from = &in;
	UErrorCode status = U_ZERO_ERROR;
	UChar32 c = ucnv_getNextUChar(icu, &from, &in + 1, &status);
	ucnv_reset(icu);
	return U_SUCCESS(status) && from == &in + 1 ? utf8_write(utf8, (uint32_t)c) : 0;
}

static void assert_as_icu(const struct charset_single *charset, UConverter *icu)
{
	for (unsigned byte = 0; byte < 256; byte++) {
		char in[37], one[4];
		struct buf out;
		size_t n = by_icu(icu, byte, one), fault_at = 99, in_front = charset->n['-'];
		memset(in, '-', sizeof in);
		in[33] = (char)byte;
		buf_init(&out, 1000);
		assert_int_equal(charset_single_convert(charset, str_make(in, sizeof in), &out, &fault_at), !n);
		assert_int_equal(fault_at, n ? 99 : 33);
		assert_int_equal(out.n, 36 * in_front + (n ? n : 3));
		assert_memory_equal(out.p + 33 * in_front, n ? one : "\ufffd", n ? n : 3);
		buf_free(&out);
	}
}

static void every_charset_of_single_bytes_is_read_as_icu_reads_it(void **state)
{
	(void)state;
	size_t n_tables = 0;
	for (int32_t i = 0; i < ucnv_countAvailable(); i++) {
		UConverter *icu = open_converter(ucnv_getAvailableName(i));
		struct charset_single *charset = charset_single_new(icu);
		if (charset)
			assert_as_icu(charset, icu);
		n_tables += charset != NULL;
		free(charset);
		ucnv_close(icu);
	}
	assert_true(n_tables > 60);
}

static void long_runs_of_ascii_and_others_keep_their_places(void **state)
{
	(void)state;
	UConverter *icu = open_converter("windows-1252");
	struct charset_single *charset = charset_single_new(icu);
	size_t fault_at = 0;
	struct buf out;
	buf_init(&out, 1000);
	assert_non_null(charset);
	struct str in = STR("The caf\xe9 of the harbour is open until \x80 5 is paid.\x81 Not all pay\x8d.");
	assert_int_equal(charset_single_convert(charset, in, &out, &fault_at), 0);
	assert_str(str_make(out.p, out.n),
	           "The café of the harbour is open until € 5 is paid.\xc2\x81 Not all pay\xc2\x8d.");
	buf_free(&out);
	free(charset);
	ucnv_close(icu);
}

static void charsets_of_more_bytes_have_no_table(void **state)
{
	(void)state;
	static const char *const names[] = {"UTF-8", "UTF-16LE", "GB18030", "Shift_JIS", "ISO-2022-JP", "windows-949"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		UConverter *icu = open_converter(names[i]);
		assert_null(charset_single_new(icu));
		ucnv_close(icu);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(every_charset_of_single_bytes_is_read_as_icu_reads_it),
	        cmocka_unit_test(long_runs_of_ascii_and_others_keep_their_places),
	        cmocka_unit_test(charsets_of_more_bytes_have_no_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
