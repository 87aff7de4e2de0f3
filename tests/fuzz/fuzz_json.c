/*
 * Three readers and a writer must agree. What the scan takes, cJSON takes (by itself and in the arena); the stepper
 * finds the members that cJSON finds, each value being JSON again; what the writer makes of any text is JSON that says
 * it.
 */
#include "pipeline/base/check.h"
#include "pipeline/base/json.h"
#include "pipeline/base/json_tree.h"
#include "pipeline/base/utf8.h"

#define FUZZ_DEPTH 64

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	json_tree_install();
	return 0;
}

/* On any text at all, the stepper ends and stays inside. */
static void fuzz_stepper_ends(struct arena *a, struct str text)
{
	struct str key, value;
	size_t at = 0;
	for (size_t steps = 0; json_tree_next(text, &at, &key, &value); steps++) {
		CHECK(steps <= text.n);
		json_tree_unescape(a, key);
		json_tree_unescape(a, value);
	}
}

/* On JSON, it finds what cJSON has found. */
static void fuzz_stepper_agrees(struct arena *a, struct str text, const cJSON *root)
{
	struct str key, value;
	const cJSON *item = cJSON_IsObject(root) || cJSON_IsArray(root) ? root->child : NULL;
	for (size_t at = 0; json_tree_next(text, &at, &key, &value); item = item->next) {
		CHECK(item);
		CHECK((key.p != NULL) == cJSON_IsObject(root));
		CHECK(!key.p || str_is(json_tree_unescape(a, key), item->string));
		CHECK(json_tree_scan(value, FUZZ_DEPTH).fault == JSON_OK);
		if (cJSON_IsString(item))
			CHECK(str_is(json_tree_unescape(a, str_slice(value, 1, value.n - 1)), item->valuestring));
		fuzz_stepper_agrees(a, value, item);
	}
	CHECK(!item);
}

static void fuzz_reader(struct arena *a, struct str text)
{
	if (json_tree_scan(text, FUZZ_DEPTH).fault != JSON_OK)
		return;
	cJSON *own = cJSON_ParseWithLength(text.p, text.n);
	CHECK(own);
	fuzz_stepper_agrees(a, text, own);
	cJSON_Delete(own);
	struct json_result r = json_tree_read(a, text, FUZZ_DEPTH, 200 * text.n + 4096);
	CHECK(r.fault == JSON_OK || r.fault == JSON_DOUBLE_KEY);
	r = json_tree_read(a, text, FUZZ_DEPTH, text.n);
	CHECK(r.fault == JSON_OK || r.fault == JSON_DOUBLE_KEY || r.fault == JSON_TOO_LARGE);
}

static void fuzz_writer(struct arena *a, struct str text)
{
	struct buf out;
	buf_init(&out, 6 * text.n + 64);
	struct json j = json_start(&out);
	json_open_object(&j);
	json_key_str(&j, text);
	json_str(&j, text);
	json_close(&j);
	enum json_fault fault = json_tree_scan(buf_view(&out), 1).fault;
	CHECK(fault == (text.n && memchr(text.p, 0, text.n) ? JSON_BAD_TEXT : JSON_OK) || out.overflow);
	struct str key, value;
	size_t at = 0;
	if (!out.overflow) {
		CHECK(json_tree_next(buf_view(&out), &at, &key, &value));
		CHECK(str_eq(json_tree_unescape(a, key), text));
	}
	buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a;
	struct str text = str_make(data, n);
	arena_init(&a, 0, 0);
	fuzz_stepper_ends(&a, text);
	json_tree_scan(text, FUZZ_DEPTH);
	if (utf8_is_valid(text)) {
		fuzz_reader(&a, text);
		fuzz_writer(&a, text);
	}
	arena_free(&a);
	return 0;
}
