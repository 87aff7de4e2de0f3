/*
 * A tree of configuration values that remembers where each was written.
 *
 * worker/ makes it from YAML, from --set and from the environment; options (options.h) reads it into structs. Nodes
 * live in one arena, for the process. Immutable once built, so any thread may read.
 */
#ifndef WIREDESK_NODE_H
#define WIREDESK_NODE_H

#include "pipeline/base/arena.h"
#include "pipeline/base/err.h"

enum node_kind { NODE_SCALAR, NODE_MAP, NODE_LIST };

struct node {
	enum node_kind kind;
	struct str text;    /* scalar: its value after ${…} was put in, ends in NUL; "" for an empty (null) one */
	bool quoted;        /* scalar: written in quotes, so "24" is text */
	bool secret;        /* scalar: came from a file outside of the configuration; printed as *** */
	struct str key;     /* in a map: its key, else empty; ends in NUL */
	const char *source; /* file name, "--set", or the variable's name */
	int line, column;   /* from 1; 0 where there is no file */
	int key_line, key_column;
	struct node *first; /* children of a map or list, in order */
	struct node *last;
	struct node *next;
	int depth; /* of the root 0; node_append gives a child one more than its parent has */
};

/* The child of that key, or NULL. The node must be a map. */
struct node *node_get(const struct node *map, const char *key);
size_t node_count(const struct node *node);
/*
 * "file:line:column" (or just the source) of a node's value, or of its key; borrowed from a thread-local buffer, valid
 * until this thread's next call.
 */
const char *node_where(const struct node *node);
const char *node_where_key(const struct node *node);
/* The same of the value under a key; `otherwise` when map is NULL or no map, or has no such key. */
const char *node_where_of(const struct node *map, const char *key, const char *otherwise);

/* New nodes, for the reader of YAML and for tests. Text and keys are copied. */
struct node *node_scalar(struct arena *a, struct str text);
struct node *node_map(struct arena *a);
struct node *node_list(struct arena *a);
/* Appends; key is empty for a list. */
void node_append(struct arena *a, struct node *parent, struct str key, struct node *child);
/* Puts a child in the place of the (first) one with its key, or appends it. */
void node_replace(struct arena *a, struct node *map, struct str key, struct node *child);

#endif
