#include "pipeline/stages/decode/copy.h"

#include "pipeline/base/utf8.h"
#include "pipeline/words/fold.h"

#define COUNT(array)         (sizeof(array) / sizeof((array)[0]))
#define COPY_LABELS_MAX      12
#define COPY_ROUTING_BYTES   8
#define COPY_SLUG_BYTES      40
#define COPY_SIGNATURE_LINES 15
#define COPY_SIGNATURE_BYTES 80 /* of one of its lines */
#define COPY_LEGAL_LINES     30
#define COPY_HEADLINE_LINES  4
#define COPY_CODES_LINES     6

/* --- lines -------------------------------------------------------------------------------------------------------- */

/* The line at *at, trimmed; *at is behind it then. */
static struct str copy_line(struct str text, size_t *at)
{
	size_t end = str_index(text, '\n', *at);
	struct str line = str_trim(str_slice(text, *at, end));
	*at = end < text.n ? end + 1 : text.n;
	return line;
}

/* The next line that is not empty. */
static struct str copy_words(struct str text, size_t *at)
{
	struct str line = {0};
	while (*at < text.n && !line.n)
		line = copy_line(text, at);
	return line;
}

/* Is it the same to a reader, as far as `word` goes? */
static bool copy_begins(struct str s, const char *word)
{
	struct str known = str_of(word);
	/* What ends within a character is another word. */
	bool within = s.n > known.n && ((unsigned char)s.p[known.n] & 0xc0) == 0x80;
	return s.n >= known.n && !within && fold_equal(str_slice(s, 0, known.n), known);
}

/* --- labels ------------------------------------------------------------------------------------------------------- */

enum copy_label { COPY_NONE, COPY_HEADLINE, COPY_SLUG, COPY_BY, COPY_DATELINE, COPY_EMBARGO, COPY_OTHER };

static enum copy_label copy_label(struct str line, struct str *value)
{
	static const struct {
		const char *word;
		enum copy_label label;
	} rows[] = {
	        {"headline", COPY_HEADLINE},  {"title", COPY_HEADLINE},     {"überschrift", COPY_HEADLINE},
	        {"titel", COPY_HEADLINE},     {"titre", COPY_HEADLINE},     {"título", COPY_HEADLINE},
	        {"titular", COPY_HEADLINE},   {"titolo", COPY_HEADLINE},    {"rubrik", COPY_HEADLINE},
	        {"kop", COPY_HEADLINE},       {"otsikko", COPY_HEADLINE},   {"tytuł", COPY_HEADLINE},
	        {"titulek", COPY_HEADLINE},   {"заголовок", COPY_HEADLINE}, {"başlık", COPY_HEADLINE},
	        {"judul", COPY_HEADLINE},     {"العنوان", COPY_HEADLINE},   {"標題", COPY_HEADLINE},
	        {"标题", COPY_HEADLINE},      {"slug", COPY_SLUG},          {"slugline", COPY_SLUG},
	        {"stichwort", COPY_SLUG},     {"byline", COPY_BY},          {"author", COPY_BY},
	        {"autor", COPY_BY},           {"auteur", COPY_BY},          {"autore", COPY_BY},
	        {"dateline", COPY_DATELINE},  {"embargo", COPY_EMBARGO},    {"abstract", COPY_OTHER},
	        {"summary", COPY_OTHER},      {"keywords", COPY_OTHER},     {"category", COPY_OTHER},
	        {"priority", COPY_OTHER},     {"words", COPY_OTHER},        {"word count", COPY_OTHER},
	        {"byline title", COPY_OTHER}, {"urgency", COPY_OTHER},
	};
	size_t colon = str_index(line, ':', 0);
	struct str name = str_trim(str_slice(line, 0, colon));
	*value = str_trim(str_slice(line, colon + 1, line.n));
	for (size_t i = 0; colon < line.n && i < COUNT(rows); i++) {
		if (fold_equal(name, str_of(rows[i].word)))
			return rows[i].label;
	}
	return COPY_NONE;
}

static void copy_take(struct draft *draft, enum copy_label label, struct str value)
{
	if (!value.n)
		return;
	if (label == COPY_HEADLINE)
		draft->headline = value;
	else if (label == COPY_SLUG)
		draft->slugline = value;
	else if (label == COPY_BY)
		draft->by = value;
	else if (label == COPY_DATELINE)
		draft->dateline = value;
	else if (label == COPY_EMBARGO)
		draft->embargoed_until = value;
}

static bool copy_is_byline(struct str line)
{
	static const char *const words[] = {"By ", "BY ", "Von ", "Par ", "Por "};
	for (size_t i = 0; i < COUNT(words); i++) {
		if (str_starts(line, str_of(words[i])) && line.n < COPY_SIGNATURE_BYTES)
			return true;
	}
	return false;
}

/* "Gol PGA", "By Ben Everill": a slug and a byline that follow the labels without any. */
static size_t copy_take_byline(struct draft *draft, struct str text, size_t at)
{
	size_t behind = at;
	struct str line = copy_words(text, &behind), slug = {0};
	if (!copy_is_byline(line) && line.n && line.n <= COPY_SLUG_BYTES && !strchr(".!?:", line.p[line.n - 1])) {
		slug = line;
		line = copy_line(text, &behind);
	}
	if (!copy_is_byline(line))
		return at;
	draft->by = line;
	if (!draft->slugline.n)
		draft->slugline = slug;
	return behind;
}

/* "SDA": a desk's code above the labels. */
static bool copy_is_routing(struct str line)
{
	return line.n >= 2 && line.n <= COPY_ROUTING_BYTES && fold_is_capitals(line);
}

struct str copy_take_labels(struct draft *draft, struct str text)
{
	struct str value;
	size_t at = 0, behind = 0;
	struct str line = copy_words(text, &behind);
	if (copy_is_routing(line)) {
		at = behind;
		line = copy_words(text, &behind);
	}
	enum copy_label first = copy_label(line, &value);
	if (first != COPY_HEADLINE && first != COPY_SLUG)
		return text;
	for (size_t n = 0; n < COPY_LABELS_MAX; n++) {
		behind = at;
		enum copy_label label = copy_label(copy_words(text, &behind), &value);
		if (label == COPY_NONE)
			break;
		copy_take(draft, label, value);
		at = behind;
	}
	at = copy_take_byline(draft, text, at);
	return str_trim(str_slice(text, at, text.n));
}

/* --- the end of a mail -------------------------------------------------------------------------------------------- */

static bool copy_is_legal(struct str line, struct str rest)
{
	static const char *const begins[] = {"this e",
	                                     "this message",
	                                     "the information",
	                                     "confidential",
	                                     "disclaimer",
	                                     "important",
	                                     "notice",
	                                     "diese e",
	                                     "diese nachricht",
	                                     "der inhalt",
	                                     "ce message",
	                                     "ce courriel",
	                                     "ce mail",
	                                     "este mensaje",
	                                     "este correo",
	                                     "este e",
	                                     "esta mensagem",
	                                     "questo messaggio",
	                                     "questa e",
	                                     "le informazioni",
	                                     "dit bericht",
	                                     "deze e",
	                                     "dit e",
	                                     "detta e",
	                                     "detta meddelande",
	                                     "denne e",
	                                     "denne mail",
	                                     "tämä viesti",
	                                     "tämä sähköposti",
	                                     "niniejsza",
	                                     "tato zpráva",
	                                     "bu e",
	                                     "bu mesaj",
	                                     "настоящее",
	                                     "это сообщение",
	                                     "email ini",
	                                     "pesan ini",
	                                     "please consider the environment"};
	static const char *const says[] = {"confiden",  "vertraulich", "riservat",  "vertrouwelijk", "konfiden",
	                                   "fortrolig", "privileged",  "intended",  "luottamuk",     "poufn",
	                                   "důvěrn",    "gizli",       "конфиденц", "rahasia",       "environment"};
	bool begin = false;
	for (size_t i = 0; i < COUNT(begins); i++)
		begin |= copy_begins(line, begins[i]);
	for (size_t i = 0; begin && i < COUNT(says); i++) {
		if (str_has_fold(rest, says[i]))
			return true;
	}
	return str_starts(line, STR("Sent from my ")) || str_starts(line, STR("Get Outlook for ")) ||
	       str_starts(line, STR("Von meinem iPhone gesendet")) || str_starts(line, STR("Envoyé de mon "));
}

/* Where the last lines begin, so many of them. */
static size_t copy_tail(struct str text, size_t lines)
{
	size_t at = text.n;
	while (at > 0 && lines-- > 0) {
		const char *feed = at > 1 ? memrchr(text.p, '\n', at - 1) : NULL;
		at = feed ? (size_t)(feed - text.p) + 1 : 0;
	}
	return at;
}

static bool copy_is_name(struct str line, struct str name)
{
	return name.n > 3 && name.n < COPY_SIGNATURE_BYTES && fold_equal(line, str_trim(name));
}

/* Are all lines from here on short? */
static bool copy_is_short(struct str rest)
{
	for (size_t at = 0; at < rest.n;) {
		if (copy_line(rest, &at).n > COPY_SIGNATURE_BYTES)
			return false;
	}
	return true;
}

static struct str copy_cut_legal(struct str text)
{
	for (size_t at = copy_tail(text, COPY_LEGAL_LINES); at < text.n;) {
		size_t start = at;
		struct str line = copy_line(text, &at);
		if (start && line.n && copy_is_legal(line, str_slice(text, start, text.n)))
			return str_slice(text, 0, start);
	}
	return text;
}

struct str copy_unsign(struct str text, struct str author, struct str sender)
{
	text = str_trim(copy_cut_legal(text));
	author = draft_names(author);
	for (size_t at = copy_tail(text, COPY_SIGNATURE_LINES); at < text.n;) {
		size_t start = at;
		struct str line = copy_line(text, &at);
		bool name = copy_is_name(line, author) || copy_is_name(line, sender);
		/* A name alone may be a byline at the end; lines behind it make it a signature. */
		if (start && name && copy_is_short(str_slice(text, start, text.n)) && at < text.n)
			return str_trim(str_slice(text, 0, start));
	}
	return text;
}

/* --- heads -------------------------------------------------------------------------------------------------------- */

/* The lines up to an empty one, as one. */
static struct str copy_joined(struct decode *d, struct str text, size_t *at)
{
	struct str all = copy_words(text, at);
	for (int n = 1; n < COPY_HEADLINE_LINES && all.n; n++) {
		size_t behind = *at;
		struct str line = copy_line(text, &behind);
		if (!line.n)
			break;
		all = arena_printf(d->call->keep, "%.*s %.*s", STR_ARG(all), STR_ARG(line));
		*at = behind;
	}
	return all;
}

/* "Source: Essence", "MEDIA RELEASE PR67257", the headline, an empty line. */
static bool copy_take_release(struct decode *d, struct draft *draft, struct str text)
{
	static const char *const kinds[] = {"MEDIA RELEASE", "PRESS RELEASE", "NEWS RELEASE"};
	size_t at = 0;
	struct str first = copy_words(text, &at), second = copy_line(text, &at);
	bool release = false;
	for (size_t i = 0; i < COUNT(kinds); i++)
		release |= str_starts_fold(second, kinds[i]) && second.n < strlen(kinds[i]) + 16;
	if (!release || !str_starts_fold(first, "source:"))
		return false;
	struct draft_thing source = {.name = str_trim(str_slice(first, 7, first.n)), .role = STR("source")};
	draft_add(d, draft, DRAFT_INFO_SOURCES, &source);
	draft->headline = copy_joined(d, text, &at);
	draft->body = str_trim(str_slice(text, at, text.n));
	draft->basis = "press-release-head";
	return draft->headline.n && draft->body.n;
}

/* "IDY21020": capitals, then digits, and nothing else. */
static bool copy_is_code(struct str s)
{
	size_t letters = 0, digits = 0;
	while (letters < s.n && s.p[letters] >= 'A' && s.p[letters] <= 'Z')
		letters++;
	while (letters + digits < s.n && s.p[letters + digits] >= '0' && s.p[letters + digits] <= '9')
		digits++;
	return letters >= 2 && letters <= 6 && digits >= 2 && digits <= 8 && letters + digits == s.n;
}

/* Three words at least, with small letters. */
static bool copy_is_words(struct str s)
{
	size_t blanks = 0;
	bool small = false;
	for (size_t i = 0; i < s.n; i++) {
		blanks += s.p[i] == ' ' && i && s.p[i - 1] != ' ';
		small |= s.p[i] >= 'a' && s.p[i] <= 'z';
	}
	return blanks >= 2 && small;
}

/* A weather office's bulletin: its product's code, codes for machines, the headline. */
static bool copy_take_bulletin(struct draft *draft, struct str text)
{
	size_t at = 0;
	struct str code = copy_words(text, &at);
	if (!copy_is_code(code))
		return false;
	for (int n = 0; n < COPY_CODES_LINES; n++) {
		struct str line = copy_words(text, &at);
		if (!copy_is_words(line))
			continue;
		draft->slugline = code;
		draft->headline = line;
		draft->body = str_trim(str_slice(text, at, text.n));
		draft->basis = "bulletin-head";
		return draft->body.n > 0;
	}
	return false;
}

bool copy_take_head(struct decode *d, struct draft *draft, struct str text)
{
	return copy_take_release(d, draft, text) || copy_take_bulletin(draft, text);
}
