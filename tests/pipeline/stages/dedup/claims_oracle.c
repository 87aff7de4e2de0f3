/*
 * The slow judge as a program, for tests that read a claims log from a real broker.
 *
 *     claims_oracle < LOG      a line a record, "offset time-in-ms hex": the whole log, from its beginning
 *
 * Prints for each first claim "id, verdict, id of the match", with tabs between them. The last settings of the log
 * hold.
 */
#include "tests/pipeline/stages/dedup/oracle.h"

#include "pipeline/story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct line {
	long long offset, time_ms;
	char *bytes;
	size_t n;
};

static size_t unhex(char *text)
{
	size_t n = 0;
	for (; text[2 * n] && text[2 * n] != '\n'; n++) {
		char digits[3] = {text[2 * n], text[2 * n + 1], 0};
		text[n] = (char)strtoul(digits, NULL, 16);
	}
	return n;
}

int main(void)
{
	struct line *lines = NULL;
	struct claim_settings settings = {1, 1, CLAIM_FORMAT_SKETCH};
	size_t n = 0, room = 0;
	char *text = NULL;
	for (size_t size = 0; getline(&text, &size, stdin) > 0; n++) {
		if (n == room) {
			room = room ? 2 * room : 1024;
			lines = realloc(lines, room * sizeof(*lines));
		}
		char *hex = strchr(text, ' ') + 1;
		lines[n].offset = strtoll(text, NULL, 10);
		lines[n].time_ms = strtoll(hex, &hex, 10);
		lines[n].bytes = strdup(hex + 1);
		lines[n].n = unhex(lines[n].bytes);
		struct claim_record r;
		if (claim_record_read(str_make(lines[n].bytes, lines[n].n), NULL, &r) == CLAIM_RECORD_READ &&
		    r.kind == CLAIM_RECORD_SETTINGS)
			settings = r.settings;
	}
	struct oracle *oracle = oracle_new(&settings, claim_formats);
	for (size_t i = 0; i < n; i++) {
		oracle_take(oracle, lines[i].offset, lines[i].time_ms, str_make(lines[i].bytes, lines[i].n));
		free(lines[i].bytes);
	}
	for (size_t i = 0; i < oracle_count(oracle); i++) {
		size_t of;
		enum verdict verdict = oracle_judge(oracle, i, &of);
		struct str id = oracle_id(oracle, i), other = of == SIZE_MAX ? STR("") : oracle_id(oracle, of);
		printf("%.*s\t%s\t%.*s\n", STR_ARG(id), verdict_word(verdict), STR_ARG(other));
	}
	oracle_free(&oracle);
	free(lines);
	free(text);
	return 0;
}
