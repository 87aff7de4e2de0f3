/*
 * One walk over the words: where a cue stands (cues.h), the run of words is found that the cue makes a name of; then it
 * is reconciled with the tagger's marks that it overlaps. A longer mark of the tagger's stays, with the cue's type. See
 * heads.h.
 */
#include "pipeline/stages/entities/heads.h"

#include "pipeline/base/utf8.h"
#include "pipeline/stages/entities/bounds.h"
#include "pipeline/stages/entities/cues.h"
#include "pipeline/stages/entities/listed.h"
#include "pipeline/stages/entities/title.h"
#include "pipeline/words/fold.h"

#define HEADS_MARGIN           2.2f /* of a name with a word of its kind in it */
#define HEADS_CALLED_MARGIN    1.6f /* of one with such a word before it */
#define HEADS_SURE             6.0f /* the tagger is so sure that a cue changes nothing */
#define HEADS_TAIL_WORDS       8
#define HEADS_LEFT_WORDS       5
#define HEADS_QUOTED_WORDS     6
#define HEADS_STORMS           16
#define HEADS_FOLLOWED_LETTERS 4 /* shorter words are any */
#define HEADS_HAN_BETWEEN      6 /* characters between a place and the last word of what is named after it */
#define HEADS_HAN_PLACE        3 /* characters before a word of place */
#define HEADS_WORD_LETTERS     5 /* of a name that may begin a sentence: shorter ones are words, too */

struct run {
	size_t first, end; /* words */
};

struct heading {
	const struct reading *r;
	const struct marks *given;
	size_t next; /* the first of the given that is not copied yet */
	size_t near; /* no mark before it reaches to the cue that is looked at */
	struct marks out;
	uint64_t storms[HEADS_STORMS]; /* keys of names of storms */
	size_t n_storms;
};

/* --- runs -------------------------------------------------------------------------------------------------------- */

/* A word with a capital that goes on with what stands before it, with a blank or a sign of names between. */
static bool heads_goes_on(const struct reading *r, size_t word)
{
	const struct word *w;
	if (word >= r->words->n)
		return false;
	w = reading_word(r, word);
	return w->kind == WORD_LETTERS && w->flags & WORD_UPPER_FIRST && !(w->flags & (WORD_SENTENCE | WORD_PARAGRAPH));
}

/* Where a run of words with capitals ends that begins at a word; small words and signs of names may be within it. */
static size_t heads_run_end(const struct reading *r, size_t first, bool may_link)
{
	size_t end = first, at = first, most = first + HEADS_TAIL_WORDS;
	while (at < r->words->n && at < most) {
		size_t next = at;
		bool joined = next > first && reading_joins(r, next) && !reading_is_sign(r, next, '.');
		if (joined && !(reading_word(r, next)->flags & WORD_SPACE_BEFORE))
			next++;
		for (size_t links = 0; may_link && links < 3 && next < r->words->n && cue_at(r, next).kinds & CUE_LINK;
		     links++) {
			next++;
			next += next < r->words->n && reading_is_apostrophe(r, next);
		}
		if (!heads_goes_on(r, next) || (next > first && title_is_one(r, next)))
			break;
		end = at = next + 1;
	}
	return end;
}

/* A part of a word's ending that only adjectives have, where a noun in the genitive follows: "иностранных дел". */
static bool heads_is_adjective(const struct reading *r, size_t word)
{
	static const char *const endings[] = {"ых", "их", "ого", "его", "ої",  "ой",
	                                      "ih", "og", "eg",  "ích", "ého", "ých"};
	struct folded_word folded = reading_fold(r, word);
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (str_ends(str_make(folded.p, folded.n), str_of(endings[i])))
			return true;
	return false;
}

static bool heads_is_small(const struct reading *r, size_t word)
{
	if (word >= r->words->n)
		return false;
	const struct word *w = reading_word(r, word);
	return w->kind == WORD_LETTERS && !(w->flags & (WORD_UPPER_FIRST | WORD_CASELESS | WORD_SENTENCE));
}

/* "Министерство обороны", "Ministarstvo vanjskih poslova": words in the genitive, without capitals. */
static size_t heads_low_end(const struct reading *r, size_t first)
{
	size_t end = first;
	while (end < first + 3 && heads_is_small(r, end) && heads_is_adjective(r, end))
		end++;
	return heads_is_small(r, end) && reading_letters(r, end) > (end > first ? 2 : 3) ? end + 1 : first;
}

/* "Bộ Giao thông Vận tải", "Công an Hà Nội": of two syllables one may have a small letter. */
static size_t heads_syllables_end(const struct reading *r, size_t first)
{
	static const char *const stops[] = {"và",    "đã",    "cho",  "là",   "của",  "tại", "ở",     "với", "sẽ",
	                                    "vừa",   "cũng",  "được", "bị",   "có",   "yêu", "đề",    "về",  "để",
	                                    "khi",   "trong", "từ",   "vào",  "phối", "họp", "thông", "xác", "đang",
	                                    "không", "phải",  "do",   "theo", "trên", "như", "này",   "ký",  "chỉ",
	                                    "công",  "bắt",   "tổ",   "khởi", "tiếp", "báo", "nói",   "đến", "cùng"};
	size_t end = first;
	while (end < r->words->n && end < first + HEADS_TAIL_WORDS) {
		if (heads_goes_on(r, end) && end > first && cue_at(r, end).kinds & CUE_SURNAME &&
		    heads_goes_on(r, end + 1))
			break;
		if (heads_goes_on(r, end)) {
			end++;
			continue;
		}
		bool after_capital = end > first && reading_word(r, end - 1)->flags & WORD_UPPER_FIRST;
		const struct word *w = reading_word(r, end);
		if (!after_capital || w->kind != WORD_LETTERS || w->flags & WORD_SENTENCE)
			break;
		for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
			after_capital &= !str_is(words_text(r->words, end), stops[i]);
		if (!after_capital)
			break;
		end++;
	}
	return end;
}

/* Words between two quotation marks right behind a cue; false: there are none. */
static bool heads_quoted(const struct reading *r, size_t open, struct run *run)
{
	static const char *const opening[] = {"«", "„", "“", "\"", "‘", "「", "《"};
	static const char *const closing[] = {"»", "“", "”", "\"", "’", "」", "》"};
	if (open >= r->words->n || reading_word(r, open)->kind != WORD_SIGN)
		return false;
	struct str sign = words_text(r->words, open);
	for (size_t i = 0; i < sizeof opening / sizeof *opening; i++) {
		if (!str_is(sign, opening[i]))
			continue;
		for (size_t end = open + 1; end < r->words->n && end <= open + 1 + HEADS_QUOTED_WORDS; end++) {
			struct str text = words_text(r->words, end);
			if (!str_is(text, closing[i]) && !(i == 1 && str_is(text, "”")))
				continue;
			*run = (struct run){open + 1, end};
			return end > open + 1 && reading_is_capital(reading_word(r, open + 1));
		}
	}
	return false;
}

/* --- reconciling ------------------------------------------------------------------------------------------------- */

static const struct tagged *heads_next(const struct heading *h)
{
	return h->next < h->given->n ? &h->given->at[h->next] : NULL;
}

/*
 * The first of the given that may concern a cue. Words of cues ascend, so that marks are walked over once; those that
 * no cue has made anything of are not copied yet, and may be many.
 */
static size_t heads_near(struct heading *h, size_t at)
{
	if (h->near < h->next)
		h->near = h->next;
	while (h->near < h->given->n && h->given->at[h->near].first + h->given->at[h->near].n <= at)
		h->near++;
	return h->near;
}

/* Copies the given marks that end before a word. */
static void heads_copy(struct heading *h, size_t until)
{
	for (const struct tagged *mark; (mark = heads_next(h)) && mark->first + mark->n <= until; h->next++)
		h->out.at[h->out.n++] = *mark;
}

/* The last mark that is written or will be next, if it covers the run; NULL: none does. */
static struct tagged *heads_covering(struct heading *h, struct run run)
{
	struct tagged *last = h->out.n ? &h->out.at[h->out.n - 1] : NULL;
	if (last && last->first <= run.first && last->first + last->n >= run.end)
		return last;
	const struct tagged *mark = heads_next(h);
	if (!mark || mark->first > run.first || mark->first + mark->n < run.end)
		return NULL;
	h->out.at[h->out.n] = *mark;
	h->next++;
	return &h->out.at[h->out.n++];
}

/* The run becomes a mark, instead of those within it; one that reaches beyond makes it longer, a person's does not. */
static void heads_put(struct heading *h, struct run run, enum name_type type, float margin)
{
	heads_copy(h, run.first);
	while (h->out.n) {
		const struct tagged *last = &h->out.at[h->out.n - 1];
		if (last->first + last->n <= run.first)
			break;
		if (last->first < run.first)
			run.first = last->first;
		if (last->first + last->n > run.end)
			run.end = last->first + last->n;
		h->out.n--;
	}
	for (const struct tagged *mark; (mark = heads_next(h)) && mark->first < run.end; h->next++) {
		size_t end = mark->first + mark->n;
		if (mark->first < run.first)
			run.first = mark->first;
		if (end > run.end && mark->type == NAME_IS_PERSON && mark->first > run.first + 1) {
			run.end = mark->first;
			break;
		}
		if (end > run.end)
			run.end = end;
		if (mark->type == type && mark->margin > margin)
			margin = mark->margin;
	}
	h->out.at[h->out.n++] =
	        (struct tagged){(uint32_t)run.first, (uint32_t)(run.end - run.first), type, margin, true};
}

/* "West Bank": places of the list stay what they are. */
static bool heads_is_listed_place(const struct reading *r, const struct tagged *mark)
{
	return listed_classes(r, mark->first, mark->n) & (NAME_COUNTRY | NAME_CAPITAL | NAME_REGION);
}

/* A name with a word of its kind in it. */
static void heads_name(struct heading *h, struct run run, enum name_type type)
{
	heads_copy(h, run.first);
	struct tagged *mark = heads_covering(h, run);
	if (!mark) {
		heads_put(h, run, type, HEADS_MARGIN);
	} else if (mark->type != type && mark->margin < HEADS_SURE &&
	           (type == NAME_IS_PLACE ? mark->type == NAME_IS_PERSON : !heads_is_listed_place(h->r, mark))) {
		mark->type = type;
		mark->by_context = true;
		if (mark->margin < HEADS_MARGIN)
			mark->margin = HEADS_MARGIN;
	}
}

/* --- cues before a name ------------------------------------------------------------------------------------------ */

/*
 * "Partai Golkar Aburizal Bakrie", "Universitas Jayabaya Jakarta": where the tagger saw another name begin right behind
 * the organisation's, that is no part of it; nor is a place behind a small word that it saw apart, "Ministério da Saúde
 * do Canadá".
 */
static size_t heads_before_marks(struct heading *h, size_t at, size_t tail, size_t end)
{
	const struct tagged *body = NULL;
	for (size_t i = heads_near(h, at); i < h->given->n && h->given->at[i].first < end; i++) {
		const struct tagged *mark = &h->given->at[i];
		bool behind_capital = mark->first && reading_word(h->r, mark->first - 1)->flags & WORD_UPPER_FIRST;
		if (mark->first <= at && mark->first + mark->n > at)
			body = mark->first + mark->n > tail ? mark : NULL;
		else if (mark->first > tail && behind_capital && (body || mark->type == NAME_IS_PERSON))
			return mark->first;
		else if (body && body->type == NAME_IS_ORGANISATION && mark->type == NAME_IS_PLACE)
			return body->first + body->n;
	}
	return end;
}

static bool heads_organisation(struct heading *h, size_t at, const struct cue *cue)
{
	const struct reading *r = h->r;
	bool capital = reading_word(r, at)->flags & WORD_UPPER_FIRST;
	size_t tail = at + cue->n, end = tail;
	if (!capital && !(cue->kinds & CUE_ORG_ANY))
		return false;
	if (cue->kinds & CUE_ORG_VI)
		end = heads_syllables_end(r, tail);
	else if (cue->kinds & CUE_ORG_LOW)
		end = heads_low_end(r, tail);
	if (end == tail)
		end = heads_before_marks(h, at, tail, heads_run_end(r, tail, true));
	if (end == tail)
		return false;
	heads_name(h, (struct run){at, end}, NAME_IS_ORGANISATION);
	return true;
}

/* "museo di Torino", not "faro della Vittoria": cities have no article. */
static bool heads_is_of_city(const struct reading *r, size_t tail, size_t end)
{
	struct str link = words_text(r->words, tail);
	bool of = str_is(link, "di") || str_is(link, "de") || str_is(link, "d");
	return of && end > tail + 1 &&
	       listed_classes(r, tail + 1, end - tail - 1) & (NAME_CITY | NAME_CAPITAL | NAME_TOWN);
}

static bool heads_place(struct heading *h, size_t at, const struct cue *cue)
{
	const struct reading *r = h->r;
	bool capital = reading_word(r, at)->flags & WORD_UPPER_FIRST;
	if (!capital && !(cue->kinds & (CUE_PLACE_ANY | CUE_PLACE_VI | CUE_SITE)))
		return false;
	size_t tail = at + cue->n, end = heads_run_end(r, tail, !(cue->kinds & CUE_PLACE_VI));
	bool of_city = cue->kinds & CUE_SITE && heads_is_of_city(r, tail, end);
	/* "River Board" is no river. */
	if (end == tail || of_city || cue_at(r, end - 1).kinds & (CUE_ORG_END | CUE_ORG_WEAK))
		return false;
	heads_name(h, (struct run){at, end}, NAME_IS_PLACE);
	return true;
}

/* The run behind a cue that is no part of the name; false: no name is there. */
static bool heads_tail(const struct reading *r, size_t tail, struct run *run)
{
	if (heads_quoted(r, tail, run))
		return true;
	*run = (struct run){tail, heads_run_end(r, tail, false)};
	return run->end > run->first && !title_is_one(r, tail) && !cue_at(r, tail).kinds;
}

/* The mark that begins with a run behind a cue, or is begun before it. */
static const struct tagged *heads_marked(struct heading *h, size_t at, const struct run *run)
{
	for (size_t i = heads_near(h, at); i < h->given->n && h->given->at[i].first < run->end; i++)
		if (h->given->at[i].first + h->given->at[i].n > run->first)
			return &h->given->at[i];
	return NULL;
}

/* "the exporter Norrin", "компания «Газпром»". */
static bool heads_called(struct heading *h, size_t at, const struct cue *cue, enum name_type type)
{
	struct run run;
	if (!heads_tail(h->r, at + cue->n, &run))
		return false;
	bool quoted = run.first > at + cue->n;
	const struct tagged *mark = heads_marked(h, at, &run);
	bool person = mark && mark->type == NAME_IS_PERSON && mark->first == run.first && mark->n == 1;
	if (mark && !quoted && (!person || mark->margin >= HEADS_SURE))
		return false;
	heads_put(h, run, type, quoted ? HEADS_MARGIN : HEADS_CALLED_MARGIN);
	return true;
}

/* "typhoon Ragasa": the run is nobody's name, here and wherever the story has it. */
static bool heads_thing(struct heading *h, size_t at, const struct cue *cue)
{
	struct run run;
	const struct reading *r = h->r;
	bool storm = cue->kinds & CUE_STORM;
	/* A novel has a small letter, "Роман" is somebody's name; but not in German. */
	if (!storm && reading_word(r, at)->flags & WORD_UPPER_FIRST && !reading_is_in(r, "de"))
		return false;
	if (!heads_tail(r, at + cue->n, &run))
		return false;
	if (!storm && listed_classes(r, run.first, run.end - run.first))
		return false;
	heads_copy(h, at);
	while (h->out.n && h->out.at[h->out.n - 1].first + h->out.at[h->out.n - 1].n > at)
		h->out.n--;
	for (const struct tagged *mark; (mark = heads_next(h)) && mark->first < run.end;)
		h->next++;
	if (storm && h->n_storms < HEADS_STORMS)
		h->storms[h->n_storms++] = reading_run_key(r, run.first, run.end - run.first);
	return true;
}

/* "Trần Thanh Mẫn": the family's name, and two syllables or three of the person's own. */
static bool heads_surname(struct heading *h, size_t at)
{
	const struct reading *r = h->r;
	size_t end = at + 1;
	while (end < at + 4 && heads_goes_on(r, end) && reading_word(r, end)->flags & WORD_SPACE_BEFORE)
		end++;
	if (end < at + 3 || !(reading_word(r, at)->flags & WORD_UPPER_FIRST) ||
	    reading_word(r, at)->flags & WORD_UPPER_ALL)
		return false;
	heads_copy(h, at);
	struct run run = {at, end};
	if (heads_covering(h, (struct run){at, at + 1}) || heads_marked(h, at, &run))
		return false;
	heads_put(h, run, NAME_IS_PERSON, HEADS_MARGIN);
	return true;
}

/* --- cues behind a name ------------------------------------------------------------------------------------------ */

/* Words that open a sentence with a capital and belong to no name: "The", "Then", "Am", "El". */
static bool heads_opens(const struct reading *r, size_t word)
{
	const struct word *w = reading_word(r, word);
	bool small = reading_letters(r, word) <= 3 && !(w->flags & WORD_UPPER_ALL);
	return w->flags & WORD_SENTENCE && (small || cue_at(r, word).kinds & CUE_OPENER);
}

/* Where the run of words with capitals begins that ends before a word. */
static size_t heads_run_start(const struct reading *r, size_t word)
{
	size_t first = word;
	while (first && word - first < HEADS_LEFT_WORDS && !(reading_word(r, first)->flags & WORD_SENTENCE)) {
		size_t before = first - 1;
		if (before && reading_joins(r, before) && !reading_is_sign(r, before, '.') &&
		    !(reading_word(r, before)->flags & WORD_SPACE_BEFORE))
			before--;
		const struct word *w = reading_word(r, before);
		bool goes_on =
		        w->kind == WORD_LETTERS && (w->flags & (WORD_UPPER_FIRST | WORD_CASELESS)) == WORD_UPPER_FIRST;
		if (!goes_on || heads_opens(r, before) || title_is_one(r, before))
			break;
		first = before;
	}
	return first;
}

/* "Skeena River", "Sağlık Bakanlığı"; a script without capitals takes the word before. */
static bool heads_ended(struct heading *h, size_t at, const struct cue *cue, enum name_type type)
{
	bool weak = !(cue->kinds & (CUE_ORG_END | CUE_PLACE_END));
	const struct reading *r = h->r;
	const struct word *w = reading_word(r, at);
	bool caseless = w->flags & WORD_CASELESS;
	if (!at || w->flags & WORD_SENTENCE || !(w->flags & WORD_SPACE_BEFORE) ||
	    (!caseless && !(w->flags & WORD_UPPER_FIRST)))
		return false;
	heads_copy(h, at);
	const struct tagged *mark = heads_covering(h, (struct run){at - 1, at});
	struct run run = {heads_run_start(r, at), at + cue->n};
	if (mark && mark->first + mark->n > at && mark->type == type)
		return true;
	if (mark)
		run.first = mark->first;
	if (run.first == at || (weak && !mark))
		return false;
	heads_name(h, run, type);
	return true;
}

/* "नर्मदा नदी", "किनारे": in a script without capitals the word before, unless it is short. */
static bool heads_followed(struct heading *h, size_t at)
{
	const struct reading *r = h->r;
	if (!at || reading_word(r, at - 1)->kind != WORD_LETTERS || reading_word(r, at)->flags & WORD_SENTENCE)
		return false;
	if (reading_letters(r, at - 1) < HEADS_FOLLOWED_LETTERS)
		return false;
	heads_copy(h, at);
	struct run run = {at - 1, at};
	struct tagged *mark = heads_covering(h, run);
	if (mark)
		return false;
	heads_put(h, run, NAME_IS_PLACE, HEADS_CALLED_MARGIN);
	return true;
}

/* --- names by themselves, and scripts without blanks -------------------------------------------------------------- */

/* "CDU", "AfD". */
static bool heads_has_capitals(const struct reading *r, size_t word)
{
	struct str text = words_text(r->words, word);
	size_t capitals = 0;
	for (size_t at = 0; at < text.n;)
		capitals += fold_is_upper(utf8_next(text, &at));
	return capitals > 1;
}

/* "云南大理古城", marked as one place: the region is one, and what lies in it another. */
static bool heads_part(struct heading *h, struct run run)
{
	const struct tagged *mark = heads_next(h);
	size_t n = run.end - run.first;
	bool fits = mark && mark->first == run.first && mark->type == NAME_IS_PLACE && mark->n >= n + 3;
	struct str last = words_text(h->r->words, run.end - 1);
	if (!fits || str_is(last, "省") || str_is(last, "区") || str_is(last, "區"))
		return false;
	struct tagged rest = *mark;
	h->out.at[h->out.n++] = (struct tagged){(uint32_t)run.first, (uint32_t)n, NAME_IS_PLACE, mark->margin, true};
	rest.first += (uint32_t)n;
	rest.n -= (uint32_t)n;
	h->out.at[h->out.n++] = rest;
	h->next++;
	return true;
}

static bool heads_is_han(const struct reading *r, size_t word)
{
	const struct word *w = reading_word(r, word);
	return w->kind == WORD_LETTERS && w->flags & WORD_ALONE && !(w->flags & (WORD_SENTENCE | WORD_SPACE_BEFORE));
}

/* "大理古城管委会": a place, or its beginning, that the tagger marked, and up to the word of its kind no small word. */
static void heads_han_body(struct heading *h, size_t at, const struct cue *cue)
{
	heads_copy(h, at);
	struct tagged *mark = h->out.n ? &h->out.at[h->out.n - 1] : NULL;
	if (!mark || mark->type == NAME_IS_PERSON || mark->first + mark->n + HEADS_HAN_BETWEEN < at ||
	    !heads_is_han(h->r, at))
		return;
	for (size_t i = mark->first + mark->n; i < at; i++)
		if (!heads_is_han(h->r, i) || cue_at(h->r, i).kinds & CUE_STOP)
			return;
	/* "日本公司" is any company of Japan. */
	bool country = mark->first + mark->n == at && listed_classes(h->r, mark->first, mark->n) & NAME_COUNTRY;
	if (!country)
		heads_put(h, (struct run){mark->first, at + cue->n}, NAME_IS_ORGANISATION, HEADS_MARGIN);
}

/* "到奮起湖": a word that places follow, two characters or three, and a word of place. */
static void heads_han_place(struct heading *h, size_t at, const struct cue *cue)
{
	const struct reading *r = h->r;
	size_t end = at + cue->n, first = at;
	bool ends = end == r->words->n || reading_word(r, end)->kind == WORD_SIGN || cue_at(r, end).kinds & CUE_STOP;
	while (first && at - first < HEADS_HAN_PLACE && heads_is_han(r, first) &&
	       !(cue_at(r, first - 1).kinds & CUE_STOP))
		first--;
	bool placed = first && at - first >= 2 && cue_before(r, first, CUE_IN).n;
	heads_copy(h, first);
	if (!ends || !placed || heads_covering(h, (struct run){first, first + 1}) ||
	    heads_covering(h, (struct run){at, end}))
		return;
	heads_put(h, (struct run){first, end}, NAME_IS_PLACE, HEADS_CALLED_MARGIN);
}

/* --- all together ------------------------------------------------------------------------------------------------ */

/* A name by itself, where the tagger saw none. */
static bool heads_whole(struct heading *h, size_t at, const struct cue *cue)
{
	const struct reading *r = h->r;
	const struct word *w = reading_word(r, at);
	struct run run = {at, at + cue->n};
	bool place = cue->kinds & CUE_PLACE_WHOLE, letters = !(cue->kinds & (CUE_PLACE_WHOLE | CUE_ORG_WHOLE));
	if (letters ? !heads_has_capitals(r, at) || listed_in_capitals(r, at, 1) : !reading_is_capital(w))
		return false;
	if (w->flags & WORD_SENTENCE && cue->n == 1 && !letters && !(w->flags & WORD_CASELESS) && !place &&
	    reading_letters(r, at) < HEADS_WORD_LETTERS)
		return false;
	heads_copy(h, at);
	if (reading_is_in(r, "zh yue") && heads_part(h, run))
		return true;
	if (!bounds_fit(r, at, cue->n))
		return false;
	const struct tagged *mark = heads_covering(h, run);
	if (mark && (mark->n > cue->n || mark->type != NAME_IS_PERSON))
		return true;
	heads_put(h, run, place ? NAME_IS_PLACE : NAME_IS_ORGANISATION, HEADS_MARGIN);
	return true;
}

/* Reads a cue; it is used once. */
static void heads_read(struct heading *h, size_t at, const struct cue *cue)
{
	uint32_t kinds = cue->kinds;
	if (reading_word(h->r, at)->flags & WORD_ALONE && kinds & (CUE_ORG_END | CUE_PLACE_END)) {
		if (kinds & CUE_ORG_END)
			heads_han_body(h, at, cue);
		else
			heads_han_place(h, at, cue);
		return;
	}
	if (kinds & (CUE_ORG_WHOLE | CUE_ORG_LETTERS | CUE_PLACE_WHOLE) && heads_whole(h, at, cue))
		return;
	if (kinds & (CUE_STORM | CUE_THING) && heads_thing(h, at, cue))
		return;
	if (kinds & CUE_ORG_HEAD && heads_organisation(h, at, cue))
		return;
	if (kinds & CUE_PLACE_HEAD && heads_place(h, at, cue))
		return;
	if (kinds & (CUE_ORG_END | CUE_ORG_WEAK) && heads_ended(h, at, cue, NAME_IS_ORGANISATION))
		return;
	if (kinds & CUE_PLACE_END && heads_ended(h, at, cue, NAME_IS_PLACE))
		return;
	if (kinds & CUE_PLACE_AFTER && heads_followed(h, at))
		return;
	if (kinds & CUE_SURNAME && heads_surname(h, at))
		return;
	if (kinds & CUE_ORG_CALLED && heads_called(h, at, cue, NAME_IS_ORGANISATION))
		return;
	if (kinds & CUE_PLACE_CALLED)
		heads_called(h, at, cue, NAME_IS_PLACE);
}

/* Can a cue at the word concern a name? One of the words near it has a capital, or the script has none. */
static bool heads_may_concern(const struct reading *r, size_t word)
{
	for (size_t i = word; i < r->words->n && i < word + 4; i++)
		if (reading_is_capital(reading_word(r, i)))
			return true;
	return false;
}

static void heads_drop_storms(struct heading *h)
{
	size_t kept = 0;
	for (size_t i = 0; i < h->out.n; i++) {
		uint64_t key = reading_run_key(h->r, h->out.at[i].first, h->out.at[i].n);
		bool storm = false;
		for (size_t k = 0; k < h->n_storms; k++)
			storm |= h->storms[k] == key;
		if (!storm)
			h->out.at[kept++] = h->out.at[i];
	}
	h->out.n = kept;
}

/*
 * "Ministerstwo Zdrowia i Policja", marked as one: behind the conjunction another organisation begins. The marks, with
 * such parted.
 */
static struct marks heads_part_marks(const struct reading *r, const struct marks *given)
{
	struct marks out = {.at = arena_alloc(r->arena, (given->n + r->words->n + 1) * sizeof *out.at)};
	uint32_t bodies = CUE_ORG_HEAD | CUE_ORG_WHOLE | CUE_ORG_LETTERS | CUE_ORG_CALLED;
	for (size_t i = 0; i < given->n; i++) {
		struct tagged mark = given->at[i];
		for (uint32_t at = mark.first + 1; mark.type != NAME_IS_PERSON && at + 1 < mark.first + mark.n; at++) {
			if (!(cue_at(r, at).kinds & CUE_AND) || !(cue_at(r, at + 1).kinds & bodies))
				continue;
			struct tagged first = mark;
			first.n = at - mark.first;
			out.at[out.n++] = first;
			mark.n -= first.n + 1;
			mark.first = at + 1;
		}
		out.at[out.n++] = mark;
	}
	return out;
}

struct marks heads_mark(const struct reading *r, const struct marks *tagged)
{
	struct marks parted = heads_part_marks(r, tagged);
	const struct marks *given = &parted;
	struct heading h = {.r = r, .given = given};
	h.out.at = arena_alloc(r->arena, (given->n + r->words->n + 1) * sizeof *h.out.at);
	for (size_t i = 0; i < r->words->n; i++) {
		struct cue cue = {0};
		if (!cue_is_none(r, i) && heads_may_concern(r, i))
			cue = cue_at(r, i);
		if (!cue.kinds)
			continue;
		heads_read(&h, i, &cue);
		i += cue.n - 1;
	}
	heads_copy(&h, r->words->n);
	heads_drop_storms(&h);
	return h.out;
}
