/*
 * Any bytes at all are read or refused within the limits, and what was read, written out and read again is the same
 * tree.
 */
#include "pipeline/base/buf.h"
#include "pipeline/base/check.h"
#include "worker/yaml.h"

#define FUZZ_TEXT_MAX (16 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void fuzz_same(const struct node *a, const struct node *b)
{
	CHECK(str_eq(a->key, b->key));
	CHECK(a->kind == b->kind && str_eq(a->text, b->text));
	const struct node *left = a->first, *right = b->first;
	for (; left && right; left = left->next, right = right->next)
		fuzz_same(left, right);
	CHECK(!left && !right);
}

/* Each node knows its place. */
static void fuzz_places(const struct node *node)
{
	CHECK(node->line >= 1 && node->column >= 1);
	for (const struct node *child = node->first; child; child = child->next)
		fuzz_places(child);
}

static void fuzz_write_and_read(struct arena *a, const struct node *root)
{
	struct buf out;
	struct err err = {0};
	buf_init(&out, FUZZ_TEXT_MAX);
	yaml_write(&out, root, 0);
	CHECK(!out.overflow);
	if (out.n <= YAML_BYTES_MAX) {
		const struct node *again = yaml_read(a, buf_view(&out), "again", true, &err);
		CHECK(again);
		fuzz_same(root, again);
	}
	buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a;
	struct err err = {0};
	arena_init(&a, 0, 0);
	struct node *root = yaml_read(&a, str_make(data, n), "fuzz", true, &err);
	CHECK(root || err_is_set(&err));
	bool is_empty = !root || !root->line || (root->kind != NODE_SCALAR && !root->first);
	if (root && root->line)
		fuzz_places(root);
	if (!is_empty)
		fuzz_write_and_read(&a, root);
	arena_free(&a);
	return 0;
}
