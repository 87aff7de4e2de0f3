/* What stands among paragraphs and is none. See between.h. */
#include "pipeline/stages/cleanup/between.h"

#include "pipeline/stages/cleanup/shape.h"
#include "pipeline/words/fold.h"

#define CAPTION_TAIL_MAX    80
#define PROMO_BYTES_MAX     250
#define SUBSCRIBE_BYTES_MAX 200

/* A headline has no full stop; a label that is one word may begin a sentence. */
static bool between_is_promo(const struct scan *s, const struct scan_sign *sign)
{
	const struct phrase_hit *hit = sign->hit;
	struct str label = str_slice(s->text, hit->start, hit->end), rest = scan_from(s, sign->rest);
	bool capitals = fold_is_capitals(label);
	bool one_word = str_index(hit->phrase->text, ' ', 0) == hit->phrase->text.n && (unsigned char)label.p[0] < 0x80;
	if (hit->phrase->mode == PHRASE_START)
		return s->line->end - s->line->start <= PROMO_BYTES_MAX;
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

bool between_try(struct scan *s, const struct scan_sign *sign)
{
	const char *rule = sign->hit->phrase->rule;
	switch (sign->hit->phrase->kind) {
	case PHRASE_PROMO:
		return between_promo(s, sign);
	case PHRASE_AD:
		return lines_cut(s->line, "ad", rule);
	case PHRASE_SHARE:
		return lines_cut(s->line, "share", rule);
	case PHRASE_SUBSCRIBE:
		return s->line->end - s->line->start <= SUBSCRIBE_BYTES_MAX && lines_cut(s->line, "subscribe", rule);
	case PHRASE_PAGINATION:
		return lines_cut(s->line, "pagination", rule);
	default:
		return false;
	}
}

/* "… outside the store. Photo: Jude Farrier/Echo" */
static bool between_try_caption(struct scan *s)
{
	for (size_t i = 0; i < s->n_hits; i++) {
		const struct phrase_hit *hit = &s->hits[i];
		if (hit->phrase->kind != PHRASE_CAPTION)
			continue;
		size_t words, rest = scan_colon(s->text, hit->end);
		if (!rest || s->line->end - rest > CAPTION_TAIL_MAX)
			continue;
		uint32_t before = hit->start > s->line->start + 1 ? (unsigned char)s->text.p[hit->start - 2] : 0;
		bool opens = scan_opens(s, hit) || shape_is_sentence_end(before) || before == ')';
		if (opens && shape_is_names(scan_from(s, rest), &words) && words <= 6)
			return lines_cut(s->line, "caption", hit->phrase->rule);
	}
	return false;
}

bool between_read(struct scan *s)
{
	struct scan_sign sign;
	for (size_t i = 0; scan_next(s, &i, &sign);)
		if (between_try(s, &sign))
			return true;
	return between_try_caption(s);
}
