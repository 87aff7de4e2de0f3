/*
 * What the cells of a row say: types, languages, ids. See own_build_inside.h.
 */
#include "pipeline/stages/entities/own_build_inside.h"

#include "pipeline/base/options.h"
#include "pipeline/base/utf8.h"

/* Control characters, and marks that turn the direction of what follows. */
static bool own_build_has_control(struct str s)
{
	for (size_t at = 0; at < s.n;) {
		uint32_t c = utf8_next(s, &at);
		if (c < ' ' || (c >= 0x7f && c < 0xa0) || (c >= 0x2028 && c <= 0x202e) ||
		    (c >= 0x2066 && c <= 0x2069) || c == 0xfeff)
			return true;
	}
	return false;
}

/* Is it a text that a name or an id may be? */
bool own_build_is_text(struct own_build *b, const struct own_place *at, const struct own_cell *cell, const char *what,
                       size_t most)
{
	struct own_place place = own_build_at(at, cell);
	if (cell->text.n > most)
		own_build_wrong(b, &place, "the %s is %zu bytes long; at most %zu can be read", what, cell->text.n,
		                most);
	else if (own_build_has_control(cell->text))
		own_build_wrong(b, &place, "the %s '%s' has a control character", what, own_build_show(cell->text).p);
	else
		return true;
	return false;
}

int own_build_type(struct own_build *b, const struct own_place *at, const struct own_cell *cell)
{
	static const char *const words[] = {"person", "organisation", "place", "organization", NULL};
	for (int i = 0; words[i]; i++)
		if (str_is_fold(cell->text, words[i]))
			return i == 3 ? NAME_IS_ORGANISATION : i;
	struct own_place place = own_build_at(at, cell);
	if (cell->text.n)
		own_build_wrong(b, &place, "unknown type '%s'; types are person, organisation, place%s",
		                own_build_show(cell->text).p, options_hint(cell->text, words));
	else
		own_build_wrong(b, &place, "there is no type; types are person, organisation, place");
	return OWN_BUILD_NO_TYPE;
}

/* Number of a language; 0: none is said. False: it is wrong. */
bool own_build_language(struct own_build *b, const struct own_place *at, const struct own_cell *cell, uint16_t *number)
{
	struct own_place place = own_build_at(at, cell);
	*number = 0;
	if (!cell->text.n || str_is(cell->text, "*") || str_is_fold(cell->text, "und") ||
	    str_is_fold(cell->text, "mul"))
		return true;
	if (!b->has_codes)
		language_codes_fill(&b->codes);
	b->has_codes = true;
	struct str tag = cell->text.n < 64 ? language_tag_read(&b->codes, cell->text, &b->scratch) : (struct str){0};
	if (!tag.n || tag.n >= OWN_FILE_LANGUAGE_BYTES) {
		own_build_wrong(b, &place, "'%s' is no language; write it as BCP 47 does: en, pt-BR",
		                own_build_show(cell->text).p);
		return false;
	}
	for (size_t i = 1; i < b->n_languages; i++)
		if (str_is(tag, b->languages[i])) {
			*number = (uint16_t)i;
			return true;
		}
	if (b->n_languages == OWN_FILE_LANGUAGES_MAX) {
		own_build_wrong(b, &place, "there are more than %d languages", OWN_FILE_LANGUAGES_MAX - 1);
		return false;
	}
	memcpy(b->languages[b->n_languages], tag.p, tag.n);
	*number = (uint16_t)b->n_languages++;
	return true;
}

static bool own_build_is_number(struct str s)
{
	size_t digits = 0;
	while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9')
		digits++;
	return s.n && digits == s.n;
}

/* "Q42" of Wikidata, "geonames:42", an address, or what the base makes one; empty: none of them. */
static struct str own_build_uri(struct own_build *b, struct str id)
{
	const struct str geonames = STR("geonames:");
	struct str number = str_slice(id, geonames.n, id.n);
	if (str_starts(id, STR("Q")) && own_build_is_number(str_slice(id, 1, id.n)))
		return arena_printf(&b->scratch, "http://www.wikidata.org/entity/%.*s", STR_ARG(id));
	if (str_starts(id, geonames))
		return own_build_is_number(number)
		               ? arena_printf(&b->scratch, "https://sws.geonames.org/%.*s/", STR_ARG(number))
		               : (struct str){0};
	size_t scheme = 0;
	while (scheme < id.n && (((id.p[scheme] | 0x20) >= 'a' && (id.p[scheme] | 0x20) <= 'z') ||
	                         (scheme && strchr("0123456789+-.", id.p[scheme]))))
		scheme++;
	if (scheme > 1 && scheme + 1 < id.n && id.p[scheme] == ':')
		return id;
	return b->options.base.n ? arena_printf(&b->scratch, "%.*s%.*s", STR_ARG(b->options.base), STR_ARG(id))
	                         : (struct str){0};
}

/* The object of an id's cell; OWN_BUILD_NONE: it is wrong. */
uint32_t own_build_id(struct own_build *b, const struct own_place *at, const struct own_cell *cell)
{
	struct own_place place = own_build_at(at, cell);
	if (!own_build_is_text(b, at, cell, "id", OWN_FILE_ID_BYTES))
		return OWN_BUILD_NONE;
	for (size_t i = 0; i < cell->text.n; i++)
		if (strchr(" <>\"{}|\\^`", cell->text.p[i])) {
			own_build_wrong(b, &place, "the id '%s' has a character that no address may have",
			                own_build_show(cell->text).p);
			return OWN_BUILD_NONE;
		}
	struct str uri = own_build_uri(b, cell->text);
	if (uri.n)
		return own_build_object(b, uri);
	own_build_wrong(b, &place,
	                "the id '%s' is no address such as Q42, geonames:42 or https://…; say with --base what "
	                "stands before all ids",
	                own_build_show(cell->text).p);
	return OWN_BUILD_NONE;
}
