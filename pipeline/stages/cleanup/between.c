/* What stands among paragraphs and is none. See between.h. */
#include "pipeline/stages/cleanup/between.h"

#include "pipeline/base/utf8.h"
#include "pipeline/stages/cleanup/shape.h"
#include "pipeline/words/agencies.h"
#include "pipeline/words/fold.h"

#define COUNT(array)         (sizeof(array) / sizeof((array)[0]))
#define CAPTION_TAIL_MAX     80
#define CAPTION_INITIALS_MAX 4
#define LISTED_MAX           4
#define LISTED_BYTES_MAX     160
#define ENCLOSED_BYTES_MAX   200
#define PROMO_BYTES_MAX      250
#define SUBSCRIBE_BYTES_MAX  200
#define CALL_BYTES_MAX       200
#define CALL_BEHIND_MAX      2 /* bytes: a full stop, a mark */
#define GOES_ON_WORDS_MAX    6

/* Words of a sentence behind `at`; characters of a script without blanks count as half a word. */
static size_t between_words(struct str s)
{
	size_t words = 0, halves = 0;
	bool inside = false;
	for (size_t at = 0; at < s.n;) {
		uint32_t c = utf8_next(s, &at);
		bool letter = fold_is_word_char(c);
		halves += letter && !fold_is_blank_script(c);
		words += letter && !inside;
		inside = letter && fold_is_blank_script(c);
	}
	return words + halves / 2;
}

/* "Follow us on Wire was the name of the team.": a sentence that goes on behind the words of the table. */
static bool between_goes_on(const struct scan *s, const struct scan_sign *sign)
{
	size_t last = sign->hit->end;
	for (size_t i = 0; i < s->n_hits; i++) {
		enum phrase_kind kind = s->hits[i].phrase->kind;
		bool offers = kind == PHRASE_PROMO || kind == PHRASE_SUBSCRIBE || kind == PHRASE_SOCIAL ||
		              kind == PHRASE_SHARE;
		if (offers && s->hits[i].end > last)
			last = s->hits[i].end;
	}
	struct str rest = scan_from(s, last);
	return shape_is_sentence(rest) && !shape_has_link(rest) && between_words(rest) > GOES_ON_WORDS_MAX;
}

/* A headline has no full stop; a label that is one word may begin a sentence. */
static bool between_is_promo(const struct scan *s, const struct scan_sign *sign)
{
	const struct phrase_hit *hit = sign->hit;
	struct str label = str_slice(s->text, hit->start, hit->end), rest = scan_from(s, sign->rest);
	bool capitals = fold_is_capitals(label);
	bool one_word = str_index(hit->phrase->text, ' ', 0) == hit->phrase->text.n && (unsigned char)label.p[0] < 0x80;
	if (hit->phrase->mode == PHRASE_START)
		return s->line->end - s->line->start <= PROMO_BYTES_MAX && !between_goes_on(s, sign);
	if (!sign->colon && one_word && !capitals)
		return false;
	if (rest.n && !shape_opens_large(rest))
		return false;
	/* A question or a shout may be a headline. */
	uint32_t last = fold_before(rest, rest.n);
	return capitals || !shape_is_sentence(rest) || (sign->colon && (last == '?' || last == '!'));
}

static bool between_promo(struct scan *s, const struct scan_sign *sign)
{
	const struct phrase *phrase = sign->hit->phrase;
	if (!between_is_promo(s, sign))
		return false;
	if (phrase->mode != PHRASE_START && phrase->mode != PHRASE_WHOLE)
		marks_piece(s->m, PIECE_RELATED, (struct range){sign->rest, s->line->end}, (struct range){0});
	return lines_cut(s->line, "promo", phrase->rule);
}

static bool between_is_title(const struct marks *m, const struct line *line)
{
	struct str words = marks_line(m, line);
	return words.n <= LISTED_BYTES_MAX && shape_opens_large(words) && !shape_is_sentence(words);
}

/* "Related stories": the headlines below go with it, where a paragraph follows them. */
static bool between_list(struct scan *s, const struct phrase *phrase)
{
	const struct marks *m = s->m;
	size_t first = (size_t)(s->line - m->lines) + 1, end = first;
	while (end < m->n_lines && end - first < LISTED_MAX && between_is_title(m, &m->lines[end]))
		end++;
	if (end == first || (end < m->n_lines && between_is_title(m, &m->lines[end])))
		return lines_cut(s->line, "promo", phrase->rule);
	for (size_t i = first; i < end; i++) {
		marks_piece(s->m, PIECE_RELATED, (struct range){m->lines[i].start, m->lines[i].end}, (struct range){0});
		lines_cut(&s->m->lines[i], "promo", phrase->rule);
	}
	return lines_cut(s->line, "promo", phrase->rule);
}

/* "Ikuti berita terkini di Google News, klik di sini.": the reader is called to a channel on which the wire is, and the
 * line ends by pointing there. What quotes is a writer's. */
static bool between_call(struct scan *s, const struct scan_sign *sign)
{
	struct str words = scan_from(s, s->line->start);
	bool channel = false, points = shape_has_link(words);
	if (sign->hit->phrase->mode != PHRASE_START || words.n > CALL_BYTES_MAX || sign->colon || shape_quotes(words))
		return false;
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		bool call = hit->phrase->kind == PHRASE_CALL && hit->phrase->mode == PHRASE_INSIDE;
		channel |= hit->phrase->kind == PHRASE_CHANNEL &&
		           between_words(scan_from(s, hit->end)) <= GOES_ON_WORDS_MAX;
		points |= call && s->line->end - hit->end <= CALL_BEHIND_MAX;
	}
	return channel && points && lines_cut(s->line, "promo", sign->hit->phrase->rule);
}

bool between_try(struct scan *s, const struct scan_sign *sign)
{
	const char *rule = sign->hit->phrase->rule;
	switch (sign->hit->phrase->kind) {
	case PHRASE_PROMO:
		return between_promo(s, sign);
	case PHRASE_CALL:
		return between_call(s, sign);
	case PHRASE_AD:
		return lines_cut(s->line, "ad", rule);
	case PHRASE_SHARE:
		return lines_cut(s->line, "share", rule);
	case PHRASE_SUBSCRIBE:
		return s->line->end - s->line->start <= SUBSCRIBE_BYTES_MAX &&
		       sign->hit->phrase->mode != PHRASE_INSIDE && !between_goes_on(s, sign) &&
		       lines_cut(s->line, "subscribe", rule);
	case PHRASE_PAGINATION:
		return lines_cut(s->line, "pagination", rule);
	default:
		return false;
	}
}

/* "Hina/ Ivo Barić/ ib": without a few small letters behind the last stroke. */
static struct str between_without_initials(struct str names)
{
	const char *hit = names.n ? memrchr(names.p, '/', names.n) : NULL;
	size_t slash = hit ? (size_t)(hit - names.p) : names.n;
	struct str last = str_trim(str_slice(names, slash + 1, names.n));
	bool initials = hit && last.n && last.n <= CAPTION_INITIALS_MAX &&
	                shape_is_names(str_slice(names, 0, slash), &(size_t){0});
	for (size_t i = 0; i < last.n; i++)
		initials &= last.p[i] >= 'a' && last.p[i] <= 'z';
	return initials ? str_slice(names, 0, slash) : names;
}

/* "… outside the store. Photo: Jude Farrier/Echo" */
static bool between_try_caption(struct scan *s)
{
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		if (hit->phrase->kind != PHRASE_CAPTION)
			continue;
		size_t words, rest = scan_colon(s->text, hit->end);
		/* "Fot. Jan Lis", "Foto Jan Lis/PAP" */
		bool shortened = str_ends(hit->phrase->text, STR("."));
		if (!rest && (shortened || str_index(scan_from(s, hit->end), '/', 0) < s->text.n - hit->end))
			rest = shape_blanks(s->text, hit->end);
		if (!rest || s->line->end - rest > CAPTION_TAIL_MAX)
			continue;
		uint32_t before = hit->start > s->line->start + 1 ? (unsigned char)s->text.p[hit->start - 2] : 0;
		bool opens = scan_opens(s, hit) || shape_is_sentence_end(before) || before == ')';
		if (opens && shape_is_names(between_without_initials(scan_from(s, rest)), &words) && words <= 6)
			return lines_cut(s->line, "caption", hit->phrase->rule);
	}
	return false;
}

/* "ANTARA FOTO/Galih Pradipta", "AP Photo/Jane Roe", "REUTERS/Jane Roe": an agency, perhaps a word for a picture, a
 * stroke, a name; all that stands behind the caption's last sentence. */
static bool between_is_photo(struct str s)
{
	static const char *const words[] = {" photo", " foto", " file photo", " pool", " images", " fotos"};
	size_t slash = str_index(s, '/', 0), n;
	struct str agency = str_trim(str_slice(s, 0, slash)), name = str_slice(s, slash + 1, s.n);
	if (slash == s.n || s.n > CAPTION_TAIL_MAX ||
	    !shape_is_names(str_slice(name, 0, str_index(name, '/', 0)), &n) || n > 4 || agencies_is(name))
		return false;
	for (size_t i = 0; i < COUNT(words); i++) {
		struct str word = str_of(words[i]);
		size_t blank = agency.n > word.n ? agency.n - word.n : 0;
		if (blank && agency.p[blank] == ' ' && fold_equal(str_slice(agency, blank, agency.n), word))
			return agencies_is(str_slice(agency, 0, blank));
	}
	return fold_is_capitals(agency) && agencies_is(agency);
}

/* "… di Jakarta. ANTARA FOTO/Galih Pradipta/nym.", "… (AP Photo/Jane Roe)" */
static bool between_try_photo(struct scan *s)
{
	struct str line = scan_from(s, s->line->start);
	/* Without a stroke there is none, which most lines tell at once. */
	if (s->line->end - s->line->start > LINE_BYTES_MAX || str_index(line, '/', 0) == line.n)
		return false;
	while (line.n && strchr(").] ", line.p[line.n - 1]))
		line.n--;
	size_t from = line.n > CAPTION_TAIL_MAX ? line.n - CAPTION_TAIL_MAX : 0;
	for (size_t at = line.n; at-- > from;) {
		bool opens =
		        line.p[at] == '(' || line.p[at] == '[' || (line.p[at] == ' ' && at && line.p[at - 1] == '.');
		if ((opens || !at) && between_is_photo(str_slice(line, at + opens, line.n)))
			return lines_cut(s->line, "caption", "photo");
	}
	return false;
}

/* "___" */
static bool between_try_rule(struct scan *s)
{
	struct str words = scan_from(s, s->line->start);
	size_t n = 0;
	while (n < words.n && words.p[n] == '_')
		n++;
	return n >= 3 && n == words.n && lines_cut(s->line, "endmark", "rule");
}

bool between_try_enclosed(struct scan *s)
{
	struct str words = scan_from(s, s->line->start);
	size_t n = 0;
	while (n < words.n && words.p[n] == words.p[0])
		n++;
	bool marks = words.n && strchr("*+", words.p[0]) && n >= 3 && words.n > 2 * n && words.n <= ENCLOSED_BYTES_MAX;
	if (!marks || !str_ends(words, str_slice(words, 0, n)))
		return false;
	return lines_cut(s->line, "advisory", "enclosed");
}

/* "(Más información en www.efe.com)", "[Notícia atualizada às 23:40]": a note that opens and closes with brackets. */
static bool between_try_bracket(struct scan *s)
{
	struct str words = scan_from(s, s->line->start);
	if (!words.n || words.n > ENCLOSED_BYTES_MAX || !strchr("([", words.p[0]) ||
	    !strchr(")]", words.p[words.n - 1]))
		return false;
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase *phrase = s->hits[i].phrase;
		bool note = phrase->kind == PHRASE_ADVISORY || phrase->kind == PHRASE_UPDATE;
		if (note && phrase->mode == PHRASE_START && s->hits[i].start == s->line->start &&
		    phrase->text.p[0] == words.p[0]) {
			s->m->is_update = s->m->is_update || phrase->kind == PHRASE_UPDATE;
			return lines_cut(s->line, phrase->kind == PHRASE_UPDATE ? "update" : "advisory", phrase->rule);
		}
	}
	return false;
}

/* A heading above other stories' headlines. */
static bool between_try_list(struct scan *s)
{
	struct scan_sign sign;
	for (size_t i = 0; scan_next(s, &i, &sign);)
		if (sign.hit->phrase->mode == PHRASE_LIST)
			return between_list(s, sign.hit->phrase);
	return false;
}

bool between_read(struct scan *s)
{
	struct scan_sign sign;
	if (between_try_list(s) || between_try_bracket(s))
		return true;
	for (size_t i = 0; scan_next(s, &i, &sign);)
		if (between_try(s, &sign))
			return true;
	return between_try_caption(s) || between_try_photo(s) || between_try_rule(s) || between_try_enclosed(s);
}
