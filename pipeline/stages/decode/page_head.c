/* A page's headline, and who wrote it where its data do not say. */
#include "pipeline/stages/decode/page_choice.h"
#include "pipeline/words/dates.h"

#define DAY_ABOVE  6   /* blocks above the headline that may say when it was published */
#define DAY_BLOCKS 40  /* below it, up to the text */
#define DAY_BELOW  3   /* below the text */
#define DAY_WEIGHT 100 /* of such a line */

/* A title without the paper's name behind it. */
static struct str head_cut_title(struct str title, struct str site)
{
	static const struct str signs[] = {
	        STR_INIT(" | "),  STR_INIT(" - "), STR_INIT(" \xe2\x80\x93 "), STR_INIT(" \xe2\x80\x94 "),
	        STR_INIT(" :: "), STR_INIT("_"),   STR_INIT(" \xc2\xab "),     STR_INIT(" \xe2\x80\xa2 "),
	        STR_INIT("|"),    STR_INIT(" / ")};
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		const char *hit = title.n ? memmem(title.p, title.n, signs[i].p, signs[i].n) : NULL;
		for (size_t end = title.n; hit;) {
			size_t at = (size_t)(hit - title.p);
			const char *next = memmem(hit + 1, end - at - 1, signs[i].p, signs[i].n);
			struct str tail = str_slice(title, at + signs[i].n, title.n);
			bool is_site = site.n && page_is_same(tail, site);
			if (is_site || (!next && at * 3 > title.n))
				return str_trim(str_slice(title, 0, at));
			hit = next;
		}
	}
	return title;
}

/* The first <h1> that says what the page's data say, else the first one outside of what is beside the article. */
static void head_h1(struct page_choice *c)
{
	const struct page *page = c->page;
	const struct page_facts *f = &page->facts;
	c->h1 = (uint32_t)page->n_blocks;
	for (uint32_t i = 0; i < page->n_blocks; i++) {
		const struct page_block *b = &page->blocks[i];
		if (b->kind != BLOCK_HEADING || b->weight < 4)
			continue;
		if (page_is_same(b->text, f->headline) || page_is_same(b->text, f->og_title) ||
		    (b->level == 1 && b->weight >= 15 && page_starts_as(f->title, b->text))) {
			c->h1 = i;
			c->h1_is_sure = true;
			return;
		}
		bool first = c->h1 == page->n_blocks && b->level == 1;
		if (first && !(page->boxes[b->box].hints & (HINT_COMMENT | HINT_HIDDEN)))
			c->h1 = i;
	}
}

/* A block that the title begins with is the headline where no heading is: pages without mark-up to speak of. */
static struct str head_title(const struct page_choice *c)
{
	const struct page *page = c->page;
	struct str title = page->facts.title, cut = head_cut_title(title, page->facts.site);
	for (size_t i = 0; i < page->n_blocks && i < 200; i++) {
		const struct page_block *b = &page->blocks[i];
		if (b->text.n * 3 > title.n && b->weight >= 8 && page_starts_as(title, b->text))
			return b->text;
		if (b->kind == BLOCK_HEADING && b->weight < 200 && page_starts_as(b->text, cut))
			return b->text;
	}
	return cut;
}

/* The title of the page's data, without the paper's name before or behind it; what the page shows tells which it is. */
static struct str head_of_title(const struct page_choice *c)
{
	const struct page_facts *f = &c->page->facts;
	struct str shown = c->h1 < c->page->n_blocks ? c->page->blocks[c->h1].text : STR("");
	if (c->h1_is_sure && page_is_same(shown, f->og_title))
		return f->og_title;
	if (shown.n >= 20 && str_ends(f->og_title, shown))
		return shown;
	return head_cut_title(f->og_title, f->site.n ? f->site : f->publisher);
}

void page_find_headline(struct page_choice *c)
{
	struct page *page = c->page;
	const struct page_facts *f = &page->facts;
	head_h1(c);
	if (f->headline.n)
		page->headline = f->headline;
	else if (f->og_title.n)
		page->headline = head_of_title(c);
	else if (c->h1 < page->n_blocks)
		page->headline = page->blocks[c->h1].text;
	else
		page->headline = head_title(c);
}

bool page_is_headline(const struct page_choice *c, const struct page_block *b)
{
	const struct page_facts *f = &c->page->facts;
	/* A first paragraph may begin with the headline's words. */
	if (b->kind != BLOCK_HEADING && b->text.n > c->page->headline.n * 3 / 2 + 20)
		return false;
	/* Behind a word of its subject. */
	if (b->kind == BLOCK_HEADING && c->page->headline.n >= 20 && str_ends(b->text, c->page->headline))
		return true;
	return page_is_same(b->text, c->page->headline) || page_is_same(b->text, f->headline) ||
	       page_is_same(b->text, f->og_title) || (b->weight >= 20 && page_starts_as(f->title, b->text));
}

static struct str head_cut_by(struct str by)
{
	static const struct str words[] = {STR_INIT("By "),   STR_INIT("by "),  STR_INIT("BY "), STR_INIT("Von "),
	                                   STR_INIT("Par "),  STR_INIT("Por "), STR_INIT("Di "), STR_INIT("Da "),
	                                   STR_INIT("Door "), STR_INIT("Av "),  STR_INIT("Af ")};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (str_starts(by, words[i]))
			return str_trim(str_slice(by, words[i].n, by.n));
	}
	/* "ByAlex Bozarjian", where the word is in an element of its own. */
	if (by.n > 3 && str_starts(by, STR("By")) && by.p[2] >= 'A' && by.p[2] <= 'Z')
		return str_slice(by, 2, by.n);
	return by;
}

static bool head_is_name(struct str by)
{
	size_t digits = 0, words = 1;
	for (size_t at = 0; at < by.n; at++) {
		digits += by.p[at] >= '0' && by.p[at] <= '9';
		words += by.p[at] == ' ';
	}
	return by.n >= 4 && by.n <= 120 && !digits && words <= 12;
}

/* A short line by its name a byline, near the text, or a link to where somebody's own page is: where the page's data do
 * not say who wrote it. */
void page_find_by(struct page_choice *c)
{
	struct page *page = c->page;
	const struct page_facts *f = &page->facts;
	uint32_t from = c->h1 < page->n_blocks ? c->h1 : 0, end = c->has_text ? c->last + 10 : from;
	from = from > 5 ? from - 5 : 0;
	for (uint32_t i = from; i < page->n_blocks && i < end; i++) {
		const struct page_block *b = &page->blocks[i];
		if (!(page_hints(c, b) & HINT_BY) || (page_hints(c, b) & (PAGE_OUTSIDE_HINTS | PAGE_PICTURE_HINTS)))
			continue;
		struct str by = head_cut_by(b->text);
		if (b->weight > 60 || !head_is_name(by) || b->sentence || b->kind == BLOCK_HEADING)
			continue;
		page->by = by;
		return;
	}
	struct str by = head_cut_by(f->path_author);
	if (f->path_block >= from && f->path_block < end && head_is_name(by))
		page->by = by;
}

/* A short line with a date that has a year, and only one meaning. */
static bool head_is_day(const struct page_choice *c, const struct page_block *b)
{
	struct date date;
	uint32_t hints = page_hints(c, b);
	if (b->kept || b->weight > DAY_WEIGHT || (hints & (HINT_COMMENT | HINT_HIDDEN | HINT_OTHER | HINT_FIGURE)) ||
	    ((hints & HINT_JUNK) && b->link_bytes) || (b->sentence && !(hints & (HINT_META | HINT_BY))))
		return false;
	return dates_moment(b->text, &date) && date.year && !date.day_or_month;
}

/* "2020-02-19 20:29:58 Source: ...": the date alone, since what stands behind one of this kind is its zone. */
static struct str head_cut_day(struct str line)
{
	size_t end = 0;
	while (end < line.n && strchr("0123456789-/:. T", line.p[end]) && line.p[end])
		end++;
	return end >= sizeof "2020-02-19" - 1 ? str_trim(str_slice(line, 0, end)) : line;
}

static bool head_find_day(struct page_choice *c, uint32_t from, uint32_t to)
{
	struct page *page = c->page;
	for (uint32_t i = from; i < to && i < page->n_blocks; i++) {
		if (!head_is_day(c, &page->blocks[i]))
			continue;
		page->facts.published = head_cut_day(page->blocks[i].text);
		return true;
	}
	return false;
}

/* The <time> from block to block that is nearest to the headline. */
static bool head_find_time(struct page_choice *c, uint32_t from, uint32_t to)
{
	struct page_facts *f = &c->page->facts;
	bool found = false;
	for (size_t i = 0; i < f->n_times; i++) {
		uint32_t block = f->times[i].block;
		if (block < from || block > to || (found && block > c->h1))
			continue;
		f->published = f->times[i].value;
		found = true;
	}
	return found;
}

/* "/2024/03/04/", "/2024-03-04-": digits of a day between signs. */
static bool head_is_day_of_address(struct str s)
{
	static const char shape[] = "0000-00-00";
	if (s.n < sizeof shape || (s.p[4] != '-' && s.p[4] != '/') || s.p[7] != s.p[4] ||
	    (!str_starts(s, STR("19")) && !str_starts(s, STR("20"))))
		return false;
	for (size_t i = 0; shape[i]; i++) {
		if (shape[i] == '0' && (s.p[i] < '0' || s.p[i] > '9'))
			return false;
	}
	int month = (s.p[5] - '0') * 10 + s.p[6] - '0', day = (s.p[8] - '0') * 10 + s.p[9] - '0';
	return month >= 1 && month <= 12 && day >= 1 && day <= 31 && strchr("/-_.", s.p[10]);
}

/* Many addresses have the day that they were made on. */
static bool head_find_address(struct page_choice *c)
{
	struct page_facts *f = &c->page->facts;
	struct str address = f->canonical.n ? f->canonical : f->url;
	for (size_t at = str_index(address, '/', 0); at < address.n; at = str_index(address, '/', at + 1)) {
		struct str rest = str_slice(address, at + 1, address.n);
		if (!head_is_day_of_address(rest))
			continue;
		f->published = str_slice(rest, 0, sizeof "2024-03-04" - 1);
		return true;
	}
	return false;
}

/* Beside the headline it is this article's, farther away it may be another's. */
void page_find_day(struct page_choice *c)
{
	const struct page_facts *f = &c->page->facts;
	uint32_t first = c->has_text ? c->first : (uint32_t)c->page->n_blocks;
	uint32_t head = c->h1 < first ? c->h1 : first, from = head > DAY_ABOVE ? head - DAY_ABOVE : 0;
	uint32_t to = first - head > DAY_BLOCKS ? head + DAY_BLOCKS : first;
	bool shown = c->h1 < c->page->n_blocks;
	if (f->published.n || (shown && (head_find_time(c, head, to) || head_find_time(c, from, head))) ||
	    head_find_day(c, head, to) || head_find_day(c, from, head))
		return;
	if (c->has_text && head_find_day(c, c->last + 1, c->last + 1 + DAY_BELOW))
		return;
	/* A line that stays above the text is read with it. */
	const struct page_block *above = c->has_text && c->first ? &c->page->blocks[c->first - 1] : NULL;
	if (above && above->kept && page_is_time(above))
		return;
	if (!head_find_address(c))
		head_find_time(c, 0, (uint32_t)c->page->n_blocks);
}
