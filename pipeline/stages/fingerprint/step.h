/*
 * The next character of text that is known to be valid UTF-8: what utf8_next says, without its questions.
 */
#ifndef WIREDESK_FINGERPRINT_STEP_H
#define WIREDESK_FINGERPRINT_STEP_H

#include "pipeline/base/utf8.h"

/* At `at`, which is before the end and moves behind it. */
static inline uint32_t step_next(struct str text, size_t *at)
{
	const unsigned char *p = (const unsigned char *)text.p + *at;
	if (p[0] < 0x80) {
		*at += 1;
		return p[0];
	}
	if (p[0] < 0xe0) {
		*at += 2;
		return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
	}
	if (p[0] < 0xf0) {
		*at += 3;
		return (p[0] & 0xfu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
	}
	return utf8_next(text, at);
}

#endif
