/* Datelines of China, Japan and Korea, each with marks and an order of its own. See dateline.h. */
#include "pipeline/base/utf8.h"
#include "pipeline/stages/cleanup/dateline_inside.h"
#include "pipeline/stages/cleanup/shape.h"
#include "pipeline/words/fold.h"

#define COUNT(array)         (sizeof(array) / sizeof((array)[0]))
#define EAST_PLACE_BYTES     60
#define EAST_BRACKET_BYTES   80
#define EAST_REPORTER_BYTES  60
#define EAST_NAME_CHARACTERS 3 /* of a Chinese name */

static bool dateline_east_is_digit(struct str s, size_t before)
{
	return before && fold_digit(fold_before(s, before)) >= 0;
}

static size_t dateline_east_step_back(struct str s, size_t at)
{
	do
		at--;
	while (at && ((unsigned char)s.p[at] & 0xc0) == 0x80);
	return at;
}

/* Where "3月3日" or "3日" begins that ends at `end`, or `end`. */
static size_t dateline_east_date(struct str s, size_t from, size_t end)
{
	size_t at = end;
	while (at > from) {
		uint32_t c = fold_before(s, at);
		bool unit = c == 0x65e5 || c == 0x6708 || c == 0x5e74;
		if (!unit && !dateline_east_is_digit(s, at))
			break;
		at = dateline_east_step_back(s, at);
	}
	return at < end && fold_digit(fold_peek(s, at)) >= 0 ? at : end;
}

/* --- China ------------------------------------------------------------------------------------------------------ */

/* Behind the agency's name: the first of the words that such names end in. */
static size_t dateline_east_agency(struct str s, size_t from, size_t wire)
{
	static const char *const ends[] = {"社", "网", "網", "报", "報", "台"};
	size_t best = 0;
	for (size_t i = 0; i < COUNT(ends); i++) {
		size_t hit = dateline_find(s, from, ends[i]);
		if (hit && hit < wire && (!best || hit + 3 < best))
			best = hit + 3;
	}
	return best;
}

static size_t dateline_east_reporter(struct str s, size_t at)
{
	size_t simple = dateline_after(s, at, "记者");
	return simple ? simple : dateline_after(s, at, "記者");
}

/* （记者 顾思远） behind the dateline. */
static void dateline_east_bracket(struct str s, struct dateline *out)
{
	size_t at = dateline_blanks(s, out->end), wide = dateline_after(s, at, "（");
	size_t open = wide ? wide : dateline_after(s, at, "(");
	size_t shut = open ? dateline_find(s, open, wide ? "）" : ")") : 0;
	size_t reporter = open ? dateline_east_reporter(s, open) : 0;
	if (!shut || !reporter || shut <= reporter || shut - reporter > EAST_REPORTER_BYTES)
		return;
	out->author = dateline_trim(s, (struct range){dateline_blanks(s, reporter), shut});
	out->end = shut + (wide ? 3 : 1);
}

/* （中央社記者林大同台北3日電）: reporter and place stand together; a name has three characters. */
static void dateline_east_part_reporter(struct str s, struct dateline *out)
{
	size_t name = dateline_east_reporter(s, out->place.start), end = name;
	for (int i = 0; i < EAST_NAME_CHARACTERS && end && end < out->place.end; i++)
		utf8_next(s, &end);
	/* "記者溫貴香、葉素萍台北" */
	static const struct str comma = STR_INIT("、");
	while (name && str_starts(str_slice(s, end, out->place.end), comma)) {
		end += comma.n;
		for (int i = 0; i < EAST_NAME_CHARACTERS && end < out->place.end; i++)
			utf8_next(s, &end);
	}
	if (!name || end >= out->place.end)
		return;
	out->author = (struct range){name, end};
	out->place.start = end;
}

/* 晨星社柳溪2月10日电（记者 顾思远） */
static bool dateline_east_chinese(struct str s, size_t at, struct dateline *out)
{
	/* Of the first character's three bytes one is enough to tell most texts from Chinese ones. */
	if (str_index(s, "日"[0], at) == s.n)
		return false;
	size_t wire = dateline_find(s, at, "日电"), wire_old = dateline_find(s, at, "日電");
	if (wire_old && (!wire || wire_old < wire))
		wire = wire_old;
	if (!wire)
		return false;
	size_t wide = dateline_after(s, at, "（"), open = wide ? wide : dateline_after(s, at, "(");
	size_t from = open ? open : at, source_end = dateline_east_agency(s, from, wire);
	size_t date = dateline_east_date(s, from, wire + 3);
	if (!source_end || source_end > date || date == wire + 3 || date - source_end > EAST_PLACE_BYTES)
		return false;
	*out = (struct dateline){.source = {from, source_end},
	                         .place = {source_end, date},
	                         .date = {date, wire + 3},
	                         .end = wire + 6,
	                         .rule = "agency-place-date"};
	dateline_east_part_reporter(s, out);
	size_t closes = wide ? dateline_after(s, out->end, "）") : open ? dateline_after(s, out->end, ")") : 0;
	if (!open)
		dateline_east_bracket(s, out);
	out->end = dateline_blanks(s, closes ? closes : out->end);
	return true;
}

/* --- Japan ------------------------------------------------------------------------------------------------------ */

/* Where the agency's name begins at the end of "楓町共同", or `end`: by how such names end. */
static size_t dateline_east_japanese_agency(struct str s, size_t from, size_t end)
{
	static const char *const names[] = {
	        "共同通信", "時事通信", "共同", "時事", "ロイター", "AFP=時事", "AFP時事",  "AFP",      "AP",  "UPI",
	        "DPA",      "新華社",   "聯合", "タス", "朝日新聞", "毎日新聞", "読売新聞", "産経新聞", "日経"};
	static const char *const ends[] = {"通信", "新聞", "新報", "日報", "社"};
	struct str inside = str_slice(s, from, end);
	for (size_t i = 0; i < COUNT(names); i++)
		if (str_ends(inside, str_of(names[i])) && inside.n > strlen(names[i]))
			return end - strlen(names[i]);
	/* A name that is not known: two characters before how it ends. */
	for (size_t i = 0; i < COUNT(ends); i++) {
		size_t at = end - strlen(ends[i]);
		if (!str_ends(inside, str_of(ends[i])) || at <= from)
			continue;
		at = dateline_east_step_back(s, at);
		at = at > from ? dateline_east_step_back(s, at) : from;
		return at > from ? at : end;
	}
	return end;
}

/* "＝" or "=" inside, or 0. */
static size_t dateline_east_equals(struct str s, size_t from, size_t end, size_t *behind)
{
	size_t wide = dateline_find(s, from, "＝"), narrow = dateline_find(s, from, "=");
	size_t mark = wide && wide < end ? wide : narrow && narrow < end ? narrow : 0;
	*behind = mark + (mark == wide ? 3 : 1);
	return mark;
}

/* What stands before the agency: a place, a date, or both. */
static bool dateline_east_place_and_date(struct str s, struct range at, struct dateline *out)
{
	at = dateline_trim(s, at);
	size_t date = dateline_east_date(s, at.start, at.end);
	out->date = date < at.end ? (struct range){date, at.end} : (struct range){0};
	out->place = dateline_trim(s, (struct range){at.start, date});
	struct str place = str_slice(s, out->place.start, out->place.end);
	for (size_t i = 0; i < place.n; i++)
		if (strchr("()!?:;\"", place.p[i]) || (place.p[i] >= '0' && place.p[i] <= '9'))
			return false;
	return at.start < at.end;
}

/* 【楓町＝共進】, 【楓町共同】, ［東京 ３日 ロイター］ - , 【3月3日 AFP】 */
static bool dateline_east_japanese(struct str s, size_t at, struct dateline *out)
{
	size_t thick = dateline_after(s, at, "【"), open = thick ? thick : dateline_after(s, at, "［");
	size_t shut = open ? dateline_find(s, open, thick ? "】" : "］") : 0, behind;
	if (!shut || shut - open > EAST_BRACKET_BYTES)
		return false;
	size_t agency = dateline_east_japanese_agency(s, open, shut);
	size_t mark = agency == shut ? dateline_east_equals(s, open, shut, &behind) : 0;
	if (agency == shut && !mark)
		return false;
	size_t place_end = mark ? mark : agency;
	*out = (struct dateline){.source = {mark ? behind : agency, shut}, .rule = "bracket-place-agency"};
	if (!dateline_east_place_and_date(s, (struct range){open, place_end}, out))
		return false;
	out->end = dateline_blanks(s, shut + 3);
	size_t dash = dateline_after(s, out->end, "- ");
	out->end = dash ? dateline_blanks(s, dash) : out->end;
	return true;
}

/* --- Korea ------------------------------------------------------------------------------------------------------ */

/* (솔향리=한빛통신) 배도윤 기자 = */
static bool dateline_east_korean(struct str s, size_t at, struct dateline *out)
{
	bool square = at < s.n && s.p[at] == '[';
	size_t open = square ? at + 1 : dateline_after(s, at, "(");
	size_t mark = open ? str_index(s, '=', open) : s.n;
	size_t shut = open ? str_index(s, square ? ']' : ')', open) : s.n;
	if (!open || mark > shut || shut - open > EAST_BRACKET_BYTES || shut >= s.n)
		return false;
	size_t reporter = dateline_find(s, shut, "기자"), end = dateline_find(s, shut, "= ");
	if (!end || end - shut > EAST_BRACKET_BYTES)
		return false;
	*out = (struct dateline){.place = {open, mark}, .source = {mark + 1, shut}, .rule = "place-agency-reporter"};
	if (reporter && reporter < end)
		out->author = dateline_trim(s, (struct range){shut + 1, reporter});
	out->end = dateline_blanks(s, end + 1);
	return true;
}

bool dateline_east_read(struct str s, size_t at, struct dateline *out)
{
	return dateline_east_chinese(s, at, out) || dateline_east_japanese(s, at, out) ||
	       dateline_east_korean(s, at, out);
}
