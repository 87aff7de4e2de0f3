/*
 * The configuration's keys as rows, for the files that read them (config.c), describe them and print them
 * (config_text.c). Rows of all sections place their values into struct config_values, so one table serves each purpose.
 */
#ifndef WIREDESK_CONFIG_TABLES_H
#define WIREDESK_CONFIG_TABLES_H

#include "worker/config.h"

/* What the rows fill: the configuration, and what has to be looked at before it gets into it. */
struct config_values {
	struct config config; /* first, so that a row may name its fields */
	struct {
		const struct node *kafka, *sources, *output, *batch, *limits, *http, *log, *stages;
		const struct node *client, *articles;
		struct str duplicates, dead_letters, state_dir;
	} raw;
};

struct config_section {
	const char *name;  /* "" for the keys at the top */
	size_t node_place; /* of its node in struct config_values; not for the top */
	const struct option *rows;
};

extern const struct config_section config_sections[];
extern const size_t config_n_sections;

/* A row of `sources`, and its `match`. */
struct config_source {
	struct feed feed;
	struct strings expect;
	const struct node *match, *header, *fields;
};
extern const struct option config_source_rows[];
extern const struct option config_match_rows[];

/* The run list when the configuration names none. */
extern const char config_default_stages[];

#endif
