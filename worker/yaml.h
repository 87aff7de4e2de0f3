/*
 * Reads YAML into a tree of nodes (pipeline/base/node.h) that remembers line and column of every value and key.
 *
 * What is read is the part of YAML that a configuration needs: one document of maps, lists and scalars. Aliases, tags,
 * doubled keys, keys that are no scalars and a second document are errors, each with its place. A plain `~`, `null` or
 * nothing is an empty scalar. The text may be hostile: at most YAML_BYTES_MAX bytes, YAML_DEPTH_MAX levels,
 * YAML_NODES_MAX nodes, YAML_KEY_MAX bytes a key.
 */
#ifndef WIREDESK_YAML_H
#define WIREDESK_YAML_H

#include "pipeline/base/node.h"

#define YAML_BYTES_MAX    (1024 * 1024)
#define YAML_DEPTH_MAX    32
#define YAML_NODES_MAX    10000
#define YAML_KEY_MAX      160         /* bytes; written with each escaped, it is still a key to libyaml (1024) */
#define YAML_EXPANDED_MAX (64 * 1024) /* a scalar after expansion, and a file named in ${file:…} */

/*
 * The tree of a text, or NULL with err set. source names the text in errors and lives as long as the tree; with_lines
 * false: it has no lines worth telling (a variable, an argument). An empty text is an empty scalar.
 */
struct node *yaml_read(struct arena *a, struct str text, const char *source, bool with_lines, struct err *err);
struct node *yaml_read_file(struct arena *a, const char *file, struct err *err);

/*
 * Puts ${NAME}, ${NAME:-default} and ${file:/path} into the scalars of a tree; `$${` stays as `${`. What comes in is
 * text and nothing else: it is not read as YAML and not expanded again. A file's last line feed is left out, and a
 * scalar that took from a file is marked secret. A variable that is not set and has no default, or a file that cannot
 * be read, is an error with its place.
 */
bool yaml_expand(struct arena *a, struct node *root, struct err *err);

/* Writes the tree as YAML, indented by so many spaces; secret scalars as '***'. */
struct buf;
void yaml_write(struct buf *out, const struct node *node, int indent);
/* One scalar, quoted where it would otherwise be read as something else. */
void yaml_write_scalar(struct buf *out, struct str text);

#endif
