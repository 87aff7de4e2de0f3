/*
 * ICU reads the same bytes: both must find the same first fault, the same code points before it and their number.
 */
#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"

#include <unicode/utf8.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str text = str_make(data, n);
	size_t valid = utf8_valid_length(text), at = 0, count = 0;
	int32_t theirs = 0;
	while (at < valid) {
		UChar32 code_point;
		U8_NEXT(data, theirs, (int32_t)n, code_point);
		CHECK(code_point >= 0 && utf8_next(text, &at) == (uint32_t)code_point);
		CHECK(at == (size_t)theirs);
		count++;
		char back[4];
		size_t back_n = utf8_write(back, (uint32_t)code_point);
		CHECK(memcmp(back, data + at - back_n, back_n) == 0);
	}
	CHECK(utf8_count(str_slice(text, 0, valid)) == count);
	if (valid < n) {
		UChar32 code_point;
		U8_NEXT(data, theirs, (int32_t)n, code_point);
		CHECK(code_point < 0);
	}
	return 0;
}
