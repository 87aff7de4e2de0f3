/* Who sent a story. See sender.h. */
#include "pipeline/stages/dedup/sender.h"

#include "pipeline/base/json_doc.h"
#include "pipeline/words/fold.h"

#define SENDER_DEPTH 8

/* "provider", "isrole:publisher", an address that ends so: the last word counts. */
static struct str sender_last_word(struct str role)
{
	for (size_t i = role.n; i > 0; i--)
		if (role.p[i - 1] == ':' || role.p[i - 1] == '/')
			return str_slice(role, i, role.n);
	return role;
}

/* How sure it is that whoever has this role sent the story; 0: it is somebody else. A page's has none. */
static int sender_rank(struct str role)
{
	static const struct {
		const char *word;
		int rank;
	} rows[] = {{"provider", 4}, {"publisher", 4}, {"distributor", 3}, {"", 2}, {"source", 1}, {"credit", 1}};
	struct str word = sender_last_word(role);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (str_is_fold(word, rows[i].word))
			return rows[i].rank;
	return 0;
}

struct sender_entry {
	struct str name, literal, role;
};

static struct sender_entry sender_read(const struct json_doc *doc, uint32_t object, struct arena *a)
{
	struct sender_entry entry = {{0}, {0}, {0}};
	if (doc->tokens[object].kind != JSON_OBJECT)
		return entry;
	for (uint32_t at = object + 1, value; at < doc->tokens[object].next; at = doc->tokens[value].next) {
		struct str key = json_doc_raw(doc, at);
		value = doc->tokens[at].next;
		if (str_is(key, "\"name\""))
			entry.name = json_doc_text(doc, value, a);
		else if (str_is(key, "\"literal\""))
			entry.literal = json_doc_text(doc, value, a);
		else if (str_is(key, "\"role\""))
			entry.role = json_doc_text(doc, value, a);
	}
	return entry;
}

/* The likeliest among those that the format names; of two as likely the first. */
static struct str sender_given(struct call *call, struct str entries)
{
	struct json_doc doc;
	struct str best = STR(""), list;
	int best_rank = 0;
	if (!entries.n)
		return best;
	list = arena_printf(call->keep, "[%.*s]", STR_ARG(entries));
	if (json_doc_read(call->tmp, list, SENDER_DEPTH, &doc) != JSON_DOC_OK)
		return best;
	for (uint32_t at = 1; at < doc.tokens[0].next; at = doc.tokens[at].next) {
		struct sender_entry entry = sender_read(&doc, at, call->keep);
		struct str name = str_trim(entry.name).n ? entry.name : entry.literal;
		int rank = sender_rank(str_trim(entry.role));
		if (rank <= best_rank || !str_trim(name).n)
			continue;
		best = str_trim(name);
		best_rank = rank;
	}
	return best;
}

struct str sender_of(struct call *call, const struct story *st, size_t bytes_max)
{
	struct str sender = st->credits.source;
	if (!sender.n)
		sender = sender_given(call, st->decode.given.info_sources);
	if (!sender.n && st->msg->feed && !str_is(st->msg->feed->name, "default"))
		sender = st->msg->feed->name;
	return fold_cut(sender, bytes_max);
}
