/*
 * Any text through the index over XML. What it takes is a tree whose tokens lie within each other, and a forgiving
 * reader finds the same in it; whatever a forgiving reader makes of anything else is such a tree, too.
 */
#include "pipeline/base/check.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stages/decode/xml_doc.h"
#include "pipeline/stages/decode/xml_text.h"

#define FUZZ_DEPTH 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* All that is in a token lies behind it and before its end. */
static void fuzz_tree(const struct xml_doc *doc, struct arena *a)
{
	for (uint32_t i = 0; i < doc->n; i++) {
		const struct xml_token *token = &doc->tokens[i];
		CHECK(token->start <= token->end && token->end <= doc->text.n);
		CHECK(token->next > i && token->next <= doc->n);
		if (token->kind != XML_ELEMENT) {
			CHECK(token->next == i + 1);
			CHECK(utf8_is_valid(xml_value(doc, i, a)));
			continue;
		}
		CHECK(doc->text.p[token->start] == '<' && token->name_bytes > 0);
		for (uint32_t child = xml_first(doc, i); child; child = xml_after(doc, i, child))
			CHECK(doc->tokens[child].start > token->start && doc->tokens[child].end <= token->end);
	}
	CHECK(doc->tokens[0].next == doc->n);
}

static void fuzz_texts(const struct xml_doc *doc, struct arena *a)
{
	struct arena keep;
	arena_init(&keep, 0, 0);
	struct str inner = xml_inner(doc, 0, a), line = xml_line(doc, 0, a), text = xml_text(doc, 0, a, &keep);
	CHECK(inner.n <= doc->text.n && line.n <= inner.n && text.n <= doc->text.n + 2);
	CHECK(utf8_is_valid(inner) && utf8_is_valid(text));
	CHECK(!line.n || (!memchr(line.p, '\n', line.n) && !memmem(line.p, line.n, "  ", 2)));
	CHECK(!text.n || !memchr(text.p, '\v', text.n));
	arena_free(&keep);
}

static void fuzz_same(const struct xml_token *a, const struct xml_token *b)
{
	CHECK(a->start == b->start && a->end == b->end && a->next == b->next && a->name == b->name);
	CHECK(a->kind == b->kind && a->space == b->space && a->escaped == b->escaped);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a;
	struct xml_doc strict, forgiving;
	struct str all = str_make(data, n);
	struct xml_doc_ask ask = {.text = str_slice(all, 0, utf8_valid_length(all)), .depth_limit = FUZZ_DEPTH};
	arena_init(&a, 0, 0);
	struct str name = xml_doc_root_name(ask.text);
	bool taken = xml_doc_read(&a, &ask, &strict) == XML_DOC_OK;
	CHECK(taken == !strict.fault && strict.fault_at <= ask.text.n);
	if (taken) {
		CHECK(name.n >= strict.tokens[0].name_bytes);
		fuzz_tree(&strict, &a);
		fuzz_texts(&strict, &a);
	}
	ask.forgiving = true;
	if (xml_doc_read(&a, &ask, &forgiving) == XML_DOC_OK) {
		fuzz_tree(&forgiving, &a);
		fuzz_texts(&forgiving, &a);
		CHECK(!taken || (!forgiving.damaged && forgiving.n == strict.n));
		for (uint32_t i = 0; taken && i < strict.n; i++)
			fuzz_same(&strict.tokens[i], &forgiving.tokens[i]);
	} else {
		CHECK(!taken);
	}
	arena_free(&a);
	return 0;
}
