/*
 * Records for a claims log that this program's workers do not write themselves: for tests against a real broker.
 *
 *     claims_forge settings WINDOW-MS CLAIMS FORMAT     settings; prints hex
 *     claims_forge KIND < LOG                           a line of hex a record; prints each of them, changed
 *
 * KIND: `both`, a claim with the same sketch in a format of tomorrow beside today's; `only`, with tomorrow's alone;
 * `layout`, a record of tomorrow's layout; `kind`, of a kind that is not known; `cut`, one that lost its end, with a
 * sum that is right; `flipped`, one bit is another.
 */
#include "pipeline/stages/dedup/claim_record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT_OF_TOMORROW 2

static void forge_print(const struct buf *record)
{
	for (size_t i = 0; i < record->n; i++)
		printf("%02x", (unsigned char)record->p[i]);
	printf("\n");
}

static void forge_unhex(const char *text, struct buf *out)
{
	unsigned byte;
	for (; sscanf(text, "%2x", &byte) == 1; text += 2)
		buf_putc(out, (char)byte);
}

/* The sketch's section begins behind the texts: it is the only one, and its number is 1. */
static void forge_sections(struct buf *record, bool keeps_todays)
{
	struct claim_record claim;
	char section[CLAIM_RECORD_BYTES_MAX];
	if (claim_record_read(buf_view(record), claim_formats, &claim) != CLAIM_RECORD_READ || !claim.claim.sketch)
		return;
	const char *version_end = claim.claim.version.p + claim.claim.version.n;
	size_t from = (size_t)(version_end - record->p), n = record->n - from;
	memcpy(section, version_end, n);
	section[0] = FORMAT_OF_TOMORROW;
	if (!keeps_todays)
		record->n = from;
	buf_put(record, section, n);
}

static bool forge_change(struct buf *record, const char *kind)
{
	if (strcmp(kind, "both") == 0 || strcmp(kind, "only") == 0)
		forge_sections(record, strcmp(kind, "both") == 0);
	else if (strcmp(kind, "layout") == 0)
		record->p[2]++;
	else if (strcmp(kind, "kind") == 0)
		record->p[3] = 'z';
	else if (strcmp(kind, "cut") == 0)
		record->n -= record->n / 3;
	else if (strcmp(kind, "flipped") != 0)
		return false;
	claim_record_seal(record);
	if (strcmp(kind, "flipped") == 0)
		record->p[record->n / 2] ^= 0x10;
	return true;
}

int main(int argc, char **argv)
{
	struct buf record;
	buf_init(&record, CLAIM_RECORD_BYTES_MAX);
	if (argc == 5 && strcmp(argv[1], "settings") == 0) {
		const struct claim_settings settings = {strtoll(argv[2], NULL, 10),
		                                        (uint32_t)strtoul(argv[3], NULL, 10),
		                                        (uint8_t)strtoul(argv[4], NULL, 10)};
		claim_record_write_settings(&record, 0, &settings);
		forge_print(&record);
		return 0;
	}
	char *text = NULL;
	for (size_t size = 0; argc == 2 && getline(&text, &size, stdin) > 0;) {
		buf_clear(&record);
		forge_unhex(text, &record);
		if (!forge_change(&record, argv[1]))
			return 2;
		forge_print(&record);
	}
	free(text);
	buf_free(&record);
	return argc == 2 ? 0 : 2;
}
