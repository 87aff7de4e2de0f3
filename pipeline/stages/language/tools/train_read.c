/* Lines to words. See train.h. */
#include "pipeline/stages/language/tools/train.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <unicode/unorm2.h>

/* --- small things --------------------------------------------------------------------------------------------- */

uint32_t train_random(struct train *t, uint32_t below)
{
	t->random = t->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)((t->random >> 32) * below >> 32);
}

static struct label *train_label(struct train *t, struct str code)
{
	for (size_t l = 0; l < t->n_labels; l++)
		if (str_is(code, t->labels[l].code))
			return &t->labels[l];
	check_panic("no label of this code was named");
}

/* --- reading -------------------------------------------------------------------------------------------------- */

static void train_add_label(struct train *t, const struct str field[5])
{
	CHECK(t->n_labels < TRAIN_LABELS_MAX && field[1].n < 12 && field[2].n < 12 && field[3].n < 8);
	struct label *label = &t->labels[t->n_labels];
	memcpy(label->code, field[1].p, field[1].n);
	memcpy(label->tag, field[2].p, field[2].n);
	label->weight = field[4].p[0] - '0';
	struct group *group = &t->groups[t->n_groups ? t->n_groups - 1 : 0];
	if (t->n_groups == 0 || !str_is(field[3], group->script)) {
		group = &t->groups[t->n_groups++];
		memcpy(group->script, field[3].p, field[3].n);
		group->first = (uint32_t)t->n_labels;
	}
	label->group = (uint32_t)(group - t->groups);
	label->number = group->n++;
	t->n_labels++;
}

static void train_add_text(struct train *t, struct text *text, bool is_latin, struct str line)
{
	uint16_t word[READER_WORD_MAX];
	size_t at = 0, n;
	if (!utf8_is_valid(line))
		check_panic("a line is not UTF-8");
	LIST_ADD(&text->lines, (uint32_t)text->words.n);
	for (size_t began = 0; (n = reader_next_word(t->reader, line, &at, word)) > 0; began = at) {
		if (!reader_is_at_home(word, is_latin))
			continue;
		bool is_capital = reader_is_capital(t->reader, line, began);
		LIST_ADD(&text->words, (uint32_t)text->letters.n);
		LIST_ADD(&text->letters, (uint16_t)(n | (is_capital ? TRAIN_CAPITAL : 0)));
		for (size_t i = 0; i < n; i++)
			LIST_ADD(&text->letters, word[i]);
	}
	if (text->lines.items[text->lines.n - 1] == text->words.n)
		text->lines.n--;
}

void train_read(struct train *t, FILE *in)
{
	char *line = NULL;
	size_t room = 0;
	for (ssize_t n; (n = getline(&line, &room, in)) > 0;) {
		struct str rest = str_make(line, (size_t)n - (line[n - 1] == '\n')), field[5];
		for (size_t i = 0; i < 5; i++) {
			size_t end = i < 4 ? str_index(rest, '\t', 0) : rest.n;
			field[i] = str_slice(rest, 0, end);
			rest = str_slice(rest, end < rest.n ? end + 1 : end, rest.n);
		}
		if (str_is(field[0], "label")) {
			train_add_label(t, field);
			continue;
		}
		CHECK(str_is(field[0], "text") && field[2].n == 1 && field[3].n == 1);
		struct label *label = train_label(t, field[1]);
		bool is_latin = strcmp(t->groups[label->group].script, "Latn") == 0;
		struct text *text = &label->text[field[3].p[0] == '1'][field[2].p[0] == '1'];
		train_add_text(t, text, is_latin, field[4]);
	}
	free(line);
}

/* Letters of the basic plane without their marks, for text as old wires carry it. */
void train_make_bare(struct train *t)
{
	UErrorCode code = U_ZERO_ERROR;
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&code);
	CHECK(U_SUCCESS(code));
	t->bare = list_allocate(NULL, 65536 * sizeof(*t->bare));
	for (UChar32 c = 0; c < 65536; c++) {
		UChar units[16];
		code = U_ZERO_ERROR;
		int32_t n = c < 0x250 || (c >= 0x1e00 && c < 0x1f00) ? unorm2_getDecomposition(nfc, c, units, 16, &code)
		                                                     : -1;
		t->bare[c] = n > 0 && U_SUCCESS(code) ? units[0] : (uint16_t)c;
	}
}
