/* One mention, and the list of them. See mention.h. */
#include "pipeline/stages/entities/mention.h"

#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"

const char *evidence_word(enum evidence evidence)
{
	static const char *const words[] = {[EVIDENCE_TAGGER] = "tagger",       [EVIDENCE_GAZETTEER] = "gazetteer",
	                                    [EVIDENCE_FULL_NAME] = "full-name", [EVIDENCE_SHORT_FORM] = "short-form",
	                                    [EVIDENCE_SAME_NAME] = "same-name", [EVIDENCE_CONTEXT] = "context",
	                                    [EVIDENCE_OWN] = "own-gazetteer"};
	return words[evidence];
}

size_t mention_parts(const struct reading *r, const struct mention *mention, uint32_t parts[MENTION_PARTS_MAX + 1])
{
	size_t n = 0;
	for (uint32_t i = mention->first; i < mention->first + mention->n; i++) {
		bool begins = i == mention->first || reading_word(r, i)->flags & WORD_SPACE_BEFORE;
		if (!begins)
			continue;
		if (n == MENTION_PARTS_MAX)
			break;
		parts[n++] = i;
	}
	parts[n] = mention->first + mention->n;
	return n;
}

bool mention_abbreviates(const struct reading *r, size_t letters, size_t n, const struct mention *full)
{
	struct folded_word folded = reading_fold(r, letters);
	for (size_t i = letters + 1; i < letters + n; i++) {
		struct folded_word more = reading_fold(r, i);
		if (reading_word(r, i)->kind == WORD_SIGN || folded.n + more.n > sizeof folded.p)
			continue;
		memcpy(folded.p + folded.n, more.p, more.n);
		folded.n += more.n;
	}
	struct str s = str_make(folded.p, folded.n);
	size_t at = 0;
	bool begun = false;
	if (!s.n)
		return false;
	uint32_t next = utf8_next(s, &at);
	for (size_t i = full->first; i < full->first + full->n; i++) {
		struct folded_word word = reading_fold(r, i);
		struct str w = str_make(word.p, word.n);
		for (size_t j = 0; j < w.n;) {
			bool starts = j == 0;
			if (utf8_next(w, &j) != next || !(begun || starts))
				continue;
			begun = true;
			if (at == s.n)
				return true;
			next = utf8_next(s, &at);
		}
	}
	return false;
}

struct mentions mentions_room(const struct reading *r)
{
	size_t most = r->words->n < MENTIONS_MAX ? r->words->n : MENTIONS_MAX;
	return (struct mentions){.at = arena_alloc(r->arena, most * sizeof(struct mention))};
}

void mentions_add(const struct reading *r, struct mentions *found, struct mention m)
{
	if (found->n == MENTIONS_MAX) {
		found->cut = true;
		return;
	}
	const struct mention *before = found->n ? &found->at[found->n - 1] : NULL;
	CHECK(!before || before->first + before->n <= m.first);
	m.key = reading_run_key(r, m.first, m.n);
	m.name = MENTION_NAMELESS;
	if (m.key)
		found->at[found->n++] = m;
}
