/* What an element's names and attributes hint at. */
#include "pipeline/stages/decode/hints.h"
#include "pipeline/stages/decode/page.h"

bool page_has(struct str value, const char *word)
{
	return value.n && memmem(value.p, value.n, word, strlen(word)) != NULL;
}

static uint32_t names_role(struct str role)
{
	static const struct {
		const char *role;
		uint32_t hints;
	} roles[] = {
	        {"navigation", HINT_JUNK},  {"complementary", HINT_ASIDE}, {"banner", HINT_JUNK},
	        {"contentinfo", HINT_FOOT}, {"dialog", HINT_ASKS},         {"alertdialog", HINT_ASKS},
	        {"search", HINT_JUNK},      {"menu", HINT_JUNK},           {"main", HINT_ARTICLE},
	        {"article", HINT_ARTICLE},
	};
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
		if (markup_is_name(role, roles[i].role))
			return roles[i].hints;
	}
	return 0;
}

static uint32_t names_property(struct str property)
{
	if (page_has(property, "articleBody") || page_has(property, "articlebody"))
		return HINT_BODY_PROPERTY | HINT_TEXT;
	if (page_has(property, "author") || page_has(property, "datePublished"))
		return HINT_META;
	if (page_has(property, "caption"))
		return HINT_CAPTION;
	return page_has(property, "comment") ? HINT_COMMENT : 0;
}

/* The class of <body> is of the whole page, and the id of a heading is made of its words. */
static bool names_say_nothing(enum tag tag, const struct markup_attribute *a)
{
	if (tag >= TAG_H1 && tag <= TAG_H6)
		return markup_is_name(a->name, "id");
	return tag == TAG_BODY && (markup_is_name(a->name, "id") || markup_is_name(a->name, "class"));
}

static uint32_t names_attribute(const struct hints *hints, const struct markup_attribute *a)
{
	switch (a->name.n ? a->name.p[0] | 32 : 0) {
	case 'c':
		return markup_is_name(a->name, "class") ? hints_read(hints, a->value) : 0;
	case 'i':
		if (markup_is_name(a->name, "id"))
			return hints_read(hints, a->value);
		return markup_is_name(a->name, "itemprop") ? names_property(a->value) : 0;
	case 'r':
		return markup_is_name(a->name, "role") ? names_role(a->value) : 0;
	case 'h':
		return markup_is_name(a->name, "hidden") ? HINT_HIDDEN : 0;
	case 'a':
		return markup_is_name(a->name, "aria-hidden") && markup_is_name(a->value, "true") ? HINT_HIDDEN : 0;
	case 's':
		return markup_is_name(a->name, "style") &&
		                       (page_has(a->value, "display:none") || page_has(a->value, "display: none") ||
		                        page_has(a->value, "visibility:hidden") ||
		                        page_has(a->value, "visibility: hidden"))
		               ? HINT_HIDDEN
		               : 0;
	case 'd':
		return markup_is_name(a->name, "data-component") || markup_is_name(a->name, "data-testid") ||
		                       markup_is_name(a->name, "data-qa")
		               ? hints_read(hints, a->value)
		               : 0;
	default:
		return 0;
	}
}

uint32_t page_element_hints(const struct hints *table, const struct markup *m)
{
	static const uint32_t of_tags[TAGS_END] = {
	        [TAG_NAV] = HINT_JUNK,        [TAG_ASIDE] = HINT_ASIDE,   [TAG_FOOTER] = HINT_FOOT,
	        [TAG_FIGURE] = HINT_FIGURE,   [TAG_DIALOG] = HINT_ASKS,   [TAG_FIGCAPTION] = HINT_CAPTION,
	        [TAG_ARTICLE] = HINT_ARTICLE, [TAG_MAIN] = HINT_ARTICLE,  [TAG_ADDRESS] = HINT_META,
	        [TAG_CAPTION] = HINT_CAPTION, [TAG_FIELDSET] = HINT_ASKS, [TAG_FORM] = HINT_ASKS,
	};
	uint32_t hints = of_tags[m->tag];
	for (size_t i = 0; i < m->n_attributes; i++)
		hints |= names_say_nothing(m->tag, &m->attributes[i]) ? 0 : names_attribute(table, &m->attributes[i]);
	return hints;
}
