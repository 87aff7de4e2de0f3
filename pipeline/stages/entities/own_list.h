/*
 * A user's own gazetteers: files that `wiredesk gazetteer build` made, mapped read-only and shared by all lanes.
 *
 * Unlike the built-in list they decide: what they have becomes a mention, and its id is theirs. Where one name is
 * several things, the mention's type and the story's language may tell which; else it is none of them for sure.
 *
 * An open list never changes: any thread may ask it, and matches and things point into it, as long as nobody closes it.
 */
#ifndef WIREDESK_ENTITIES_OWN_LIST_H
#define WIREDESK_ENTITIES_OWN_LIST_H

#include "pipeline/base/err.h"
#include "pipeline/stages/entities/gazetteer.h"
#include "pipeline/stages/entities/tagger.h"

#define OWN_LISTS_MAX 16

struct own_list;

/* Maps and checks the file. NULL with err set: not there, not readable, another version, or damaged. */
struct own_list *own_list_open(const char *path, struct err *err);
void own_list_close(struct own_list **list);
/* What it is called. */
const char *own_list_name(const struct own_list *list);

/* Several: of equally long names at one place that of the first list counts. */
struct own_lists {
	struct own_list *at[OWN_LISTS_MAX];
	size_t n;
};

/* Opens all of them, at most OWN_LISTS_MAX; or, with err set, none. A record says by a list's name whose an id is, so
 * no two may have the same. */
bool own_lists_open(struct own_lists *lists, const char *const *paths, size_t n, struct err *err);
void own_lists_close(struct own_lists *lists);

/* A run of words that is a name in a list. */
struct own_match {
	uint32_t first, n; /* words */
	uint8_t cut;       /* bytes of the first word that are another one, which Arabic writes before it */
	bool swallowed; /* such a letter took the place of the name's own first one: nothing is cut, both are in it */
	const struct own_list *list;
	uint32_t link; /* the first that the name has */
};

/*
 * The longest names from left to right, not overlapping, in whole words; in the case that they are listed in (see
 * own_file_rule). known: what gazetteer_word_want found out of the words. Writes at most `most`, returns how many.
 */
size_t own_lists_match(const struct own_lists *lists, const struct words *words, const struct gazetteer_word *known,
                       struct str language, struct own_match *out, size_t most);

/* The name that is all of a text; n is 0: none. The text's words go into the arena, and to *words. */
struct own_match own_lists_find(const struct own_lists *lists, struct str text, struct str language,
                                struct arena *arena, struct words *words);

/* One thing of a list, in whose file its texts are: they end with own_list_close. */
struct own_thing {
	const struct own_list *list;
	uint32_t object;
	enum name_type type;
	struct str uri;  /* empty: the list has no id for it */
	struct str name; /* what the list calls it in the story's language, or in every one; empty: neither */
};

enum own_answer {
	OWN_IS_ONE,       /* *thing says what */
	OWN_IS_AMBIGUOUS, /* several; thing->type is what all of them are */
	OWN_IS_ANYTHING,  /* several of several types */
};

/* What a match stands for in a story. type: what else is known to be there, or -1. */
enum own_answer own_match_decide(const struct own_match *match, const struct words *words, struct str language,
                                 int type, struct own_thing *thing);

/* All that it may stand for; writes at most `most`, returns how many. */
size_t own_match_things(const struct own_match *match, const struct words *words, struct str language,
                        struct own_thing *out, size_t most);

#endif
