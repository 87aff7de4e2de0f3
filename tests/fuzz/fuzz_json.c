/*
 * Reader, writer and cJSON must agree. What the reader takes, cJSON takes, and finds the same in it; what cJSON prints
 * of anything that it takes is JSON to the reader, too; what the writer makes of any text is JSON that says it.
 */
#include "pipeline/base/check.h"
#include "pipeline/base/json.h"
#include "pipeline/base/json_doc.h"
#include "pipeline/base/utf8.h"

#include <cjson/cJSON.h>

#define FUZZ_DEPTH      64
#define FUZZ_NUMBER_MAX 63 /* cJSON reads no further, and takes the rest for rubbish */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* cJSON's kind of each of ours. */
static const int kinds[] = {
        [JSON_NULL] = cJSON_NULL,     [JSON_FALSE] = cJSON_False,   [JSON_TRUE] = cJSON_True,
        [JSON_NUMBER] = cJSON_Number, [JSON_STRING] = cJSON_String, [JSON_ARRAY] = cJSON_Array,
        [JSON_OBJECT] = cJSON_Object,
};

/* Bad strings and numbers that it cannot read are what cJSON rightly knows nothing of. */
static bool fuzz_is_beyond_cjson(const struct json_doc *doc)
{
	bool beyond = doc->any_bad;
	for (uint32_t i = 0; i < doc->n; i++)
		beyond |= doc->tokens[i].kind == JSON_NUMBER && json_doc_raw(doc, i).n > FUZZ_NUMBER_MAX;
	return beyond;
}

static void fuzz_same(const struct json_doc *doc, uint32_t at, const cJSON *item, struct arena *a)
{
	const struct json_token *token = &doc->tokens[at];
	CHECK(cJSON_GetArraySize(item) == 0 || token->next > at + 1);
	CHECK(item->type == kinds[token->kind]);
	if (token->kind == JSON_STRING)
		CHECK(str_is(json_doc_text(doc, at, a), item->valuestring));
	const cJSON *child = item->child;
	for (uint32_t i = at + 1; i < token->next; i = doc->tokens[i].next, child = child->next) {
		CHECK(child);
		if (token->kind == JSON_OBJECT)
			CHECK(str_is(json_doc_text(doc, i++, a), child->string));
		fuzz_same(doc, i, child, a);
	}
	CHECK(!child);
}

/* Tokens lie in their text, in order, each container around its own. */
static void fuzz_is_sound(const struct json_doc *doc)
{
	CHECK(doc->n > 0 && doc->tokens[0].next == doc->n);
	for (uint32_t i = 0; i < doc->n; i++) {
		const struct json_token *token = &doc->tokens[i];
		CHECK(token->start < token->end && token->end <= doc->text.n);
		CHECK(token->next > i && token->next <= doc->n);
		CHECK(i == 0 || token->start > doc->tokens[i - 1].start);
		CHECK(token->next == i + 1 || doc->tokens[token->next - 1].end < token->end);
	}
}

static void fuzz_reader(struct arena *a, struct str text)
{
	struct json_doc doc, root;
	enum json_doc_fault fault = json_doc_read(a, text, FUZZ_DEPTH, &doc);
	CHECK(json_doc_check(a, text, FUZZ_DEPTH, &root) == fault);
	CHECK(root.any_bad == doc.any_bad && root.fault_at == doc.fault_at && doc.fault_at <= text.n);
	if (fault)
		return;
	fuzz_is_sound(&doc);
	CHECK(root.n == 1 && str_eq(json_doc_raw(&root, 0), json_doc_raw(&doc, 0)));
	if (fuzz_is_beyond_cjson(&doc))
		return;
	cJSON *tree = cJSON_ParseWithLength(text.p, text.n);
	CHECK(tree);
	fuzz_same(&doc, 0, tree, a);
	cJSON_Delete(tree);
}

/* It takes more than JSON, but prints nothing else. */
static void fuzz_printed(struct arena *a, struct str text)
{
	struct json_doc doc;
	cJSON *tree = cJSON_ParseWithLength(text.p, text.n);
	char *printed = tree ? cJSON_PrintUnformatted(tree) : NULL;
	if (printed) {
		enum json_doc_fault fault = json_doc_read(a, str_of(printed), FUZZ_DEPTH, &doc);
		CHECK(fault == JSON_DOC_OK || fault == JSON_DOC_TOO_DEEP);
	}
	cJSON_free(printed);
	cJSON_Delete(tree);
}

static void fuzz_writer(struct arena *a, struct str text)
{
	struct json_doc doc;
	struct buf out;
	buf_init(&out, 6 * text.n + 64);
	struct json j = json_start(&out);
	json_open_object(&j);
	json_key_str(&j, text);
	json_str(&j, text);
	json_close(&j);
	if (!out.overflow) {
		bool nul = text.n && memchr(text.p, 0, text.n);
		CHECK(json_doc_read(a, buf_view(&out), 1, &doc) == JSON_DOC_OK && doc.n == 3);
		CHECK(doc.any_bad == nul);
		CHECK(nul || (str_eq(json_doc_text(&doc, 1, a), text) && str_eq(json_doc_text(&doc, 2, a), text)));
	}
	buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a;
	struct str text = str_make(data, n);
	arena_init(&a, 0, 0);
	/* Valid UTF-8 is the reader's condition, but no byte may make it read beyond the text. */
	struct json_doc doc;
	json_doc_read(&a, text, FUZZ_DEPTH, &doc);
	if (utf8_is_valid(text)) {
		fuzz_reader(&a, text);
		fuzz_printed(&a, text);
		fuzz_writer(&a, text);
	}
	arena_free(&a);
	return 0;
}
