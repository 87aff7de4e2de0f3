/*
 * A labelled set of stories and its scores. Lookups are by sorted hashes, clusters of the truth by union and find.
 */
#include "worker/labelled.h"

#include "pipeline/base/check.h"
#include "pipeline/base/digest.h"
#include "pipeline/base/grow.h"
#include "pipeline/base/json_doc.h"
#include "pipeline/words/fold.h"

#include <math.h>

#define LABELLED_STORY_TEXT 4096 /* of a body, for people to look at */
#define LABELLED_EVIDENCE   4
#define LABELLED_GROUP      3 /* words */
#define LABELLED_WORD       200
#define LABELLED_GROUPS     1024  /* of a text: 4,096 bytes have fewer words */
#define LABELLED_CANDIDATES 20000 /* errors that are weighed */

struct labelled_key {
	uint64_t hash;
	uint32_t story;
};

void labelled_init(struct labelled *l)
{
	*l = (struct labelled){.n_kinds = 1};
	arena_init(&l->arena, 0, 0);
}

void labelled_free(struct labelled *l)
{
	free(l->stories);
	free(l->ids);
	free(l->uris);
	free(l->pairs);
	arena_free(&l->arena);
}

/* --- stories ----------------------------------------------------------------------------------------------------- */

static struct str labelled_keep(struct labelled *l, struct str text, size_t most)
{
	text = fold_cut(text, most);
	if (l->text_bytes + text.n > LABELLED_TEXT_MAX)
		return STR("");
	l->text_bytes += text.n;
	return arena_copy(&l->arena, text);
}

static void labelled_add_uri(struct labelled *l, struct str uri, uint32_t story)
{
	if (l->n_uris == l->uris_room) {
		l->uris_room = l->uris_room ? 2 * l->uris_room : 1024;
		l->uris = grow(l->uris, l->uris_room, sizeof(*l->uris));
	}
	l->uris[l->n_uris++] = (struct labelled_key){digest_xxh64(uri), story};
}

static bool labelled_is_near(int verdict)
{
	return verdict == VERDICT_EXACT || verdict == VERDICT_SYNDICATED || verdict == VERDICT_REVISION;
}

void labelled_add(struct labelled *l, struct str id, const struct story *st, int64_t of)
{
	if (l->n_stories == l->stories_room) {
		l->stories_room = l->stories_room ? 2 * l->stories_room : 1024;
		l->stories = grow(l->stories, l->stories_room, sizeof(*l->stories));
	}
	CHECK(l->n_stories < LABELLED_MAX && of < (int64_t)l->n_stories);
	uint32_t self = (uint32_t)l->n_stories++;
	struct labelled_story *s = &l->stories[self];
	*s = (struct labelled_story){.id = arena_copy(&l->arena, id), .score = -1, .of = -1, .cluster = self};
	if (!st)
		return;
	s->verdict = st->dedup.verdict;
	s->score = st->dedup.score;
	s->of = of;
	if (of >= 0 && labelled_is_near(s->verdict))
		s->cluster = l->stories[of].cluster;
	s->headline = labelled_keep(l, story_headline(st), LABELLED_STORY_TEXT);
	s->body = labelled_keep(l, story_body(st), LABELLED_STORY_TEXT);
	/* Half an object is none. */
	if (st->dedup.evidence.n <= LABELLED_STORY_TEXT)
		s->evidence = labelled_keep(l, st->dedup.evidence, LABELLED_STORY_TEXT);
	labelled_add_uri(l, st->decode.uri, self);
}

/* --- keys -------------------------------------------------------------------------------------------------------- */

static int labelled_key_order(const void *a, const void *b)
{
	const struct labelled_key *x = a, *y = b;
	return x->hash != y->hash ? (x->hash > y->hash) - (x->hash < y->hash)
	                          : (x->story > y->story) - (x->story < y->story);
}

/* The first key of that hash, or n. */
static size_t labelled_key_find(const struct labelled_key *keys, size_t n, uint64_t hash)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (keys[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && keys[low].hash == hash ? low : n;
}

/* The story of that id, or -1; -2: there are two. */
static int64_t labelled_find(const struct labelled *l, struct str id)
{
	uint64_t hash = digest_xxh64(id);
	int64_t found = -1;
	for (size_t i = labelled_key_find(l->ids, l->n_stories, hash); i < l->n_stories && l->ids[i].hash == hash;
	     i++) {
		if (!str_eq(l->stories[l->ids[i].story].id, id))
			continue;
		if (found >= 0)
			return -2;
		found = l->ids[i].story;
	}
	return found;
}

static void labelled_sort_keys(struct labelled *l)
{
	l->ids = grow(l->ids, l->n_stories ? l->n_stories : 1, sizeof(*l->ids));
	for (size_t i = 0; i < l->n_stories; i++)
		l->ids[i] = (struct labelled_key){digest_xxh64(l->stories[i].id), (uint32_t)i};
	qsort(l->ids, l->n_stories, sizeof(*l->ids), labelled_key_order);
	if (l->n_uris)
		qsort(l->uris, l->n_uris, sizeof(*l->uris), labelled_key_order);
}

/* --- pairs ------------------------------------------------------------------------------------------------------- */

static int labelled_label(struct str word)
{
	for (int v = VERDICT_EXACT; v <= VERDICT_EXCERPT; v++) {
		if (str_is(word, verdict_word((enum verdict)v)))
			return v;
	}
	return str_is(word, "different") ? LABELLED_DIFFERENT : -1;
}

static uint32_t labelled_kind(struct labelled *l, struct str name)
{
	for (size_t i = 1; name.n && i < l->n_kinds; i++) {
		if (str_eq(l->kinds[i].name, name))
			return (uint32_t)i;
	}
	if (!name.n || l->n_kinds == LABELLED_KINDS_MAX)
		return 0;
	l->kinds[l->n_kinds].name = arena_copy(&l->arena, name);
	return (uint32_t)l->n_kinds++;
}

struct labelled_place {
	const char *name;
	size_t line;
};

/* The pair's story in this column, or -1 with err set. */
static int64_t labelled_column(const struct labelled *l, struct str id, size_t at, const struct labelled_place *place,
                               struct err *err)
{
	int64_t found = labelled_find(l, id);
	if (found == -1)
		err_set(err, "%s:%zu:%zu: no story has the id '%.*s'", place->name, place->line, at + 1,
		        STR_ARG(fold_cut(id, 60)));
	if (found == -2)
		err_set(err, "%s:%zu:%zu: two stories have the id '%.*s': which one is meant?", place->name,
		        place->line, at + 1, STR_ARG(fold_cut(id, 60)));
	return found < 0 ? -1 : found;
}

static void labelled_add_pair(struct labelled *l, uint32_t a, uint32_t b, int label, uint32_t kind)
{
	if (l->n_pairs == l->pairs_room) {
		l->pairs_room = l->pairs_room ? 2 * l->pairs_room : 1024;
		l->pairs = grow(l->pairs, l->pairs_room, sizeof(*l->pairs));
	}
	CHECK(l->n_pairs < LABELLED_MAX);
	l->pairs[l->n_pairs++] = (struct labelled_pair){a < b ? a : b, a < b ? b : a, label, kind};
}

static bool labelled_read_line(struct labelled *l, struct str line, const struct labelled_place *place, struct err *err)
{
	struct str columns[4] = {{0}};
	size_t starts[4] = {0}, n = 0;
	for (size_t at = 0; n < 4; n++) {
		size_t end = n < 3 ? str_index(line, '\t', at) : line.n;
		columns[n] = str_slice(line, at, end);
		starts[n] = at;
		if (end == line.n && ++n)
			break;
		at = end + 1;
	}
	if (n < 3)
		return err_set(err, "%s:%zu: a pair is two ids and a label with tabs between them, not %zu column%s",
		               place->name, place->line, n, n == 1 ? "" : "s");
	int64_t a = labelled_column(l, columns[0], starts[0], place, err);
	int64_t b = a < 0 ? -1 : labelled_column(l, columns[1], starts[1], place, err);
	if (a < 0 || b < 0)
		return false;
	int label = labelled_label(columns[2]);
	if (label < 0)
		return err_set(err,
		               "%s:%zu:%zu: a label is exact, syndicated, revision, excerpt or different, not '%.*s'",
		               place->name, place->line, starts[2] + 1, STR_ARG(fold_cut(columns[2], 60)));
	if (a == b)
		return err_set(err, "%s:%zu:%zu: a pair is two stories, not twice '%.*s'", place->name, place->line,
		               starts[1] + 1, STR_ARG(fold_cut(columns[1], 60)));
	labelled_add_pair(l, (uint32_t)a, (uint32_t)b, label, labelled_kind(l, columns[3]));
	return true;
}

bool labelled_read_pairs(struct labelled *l, FILE *file, const char *name, struct err *err)
{
	labelled_sort_keys(l);
	struct labelled_place place = {.name = name};
	char *line = NULL;
	size_t room = 0;
	bool good = true;
	for (ssize_t n; good && (n = getline(&line, &room, file)) >= 0;) {
		place.line++;
		struct str text = str_make(line, (size_t)n);
		while (text.n && (text.p[text.n - 1] == '\n' || text.p[text.n - 1] == '\r'))
			text.n--;
		if (text.n > LABELLED_LINE_MAX)
			good = err_set(err, "%s:%zu: a line of more than %u bytes", name, place.line,
			               LABELLED_LINE_MAX);
		else if (text.n && text.p[0] != '#')
			good = labelled_read_line(l, text, &place, err);
	}
	if (good && ferror(file))
		good = err_set(err, "cannot read '%s' behind line %zu", name, place.line);
	free(line);
	return good;
}

/* --- what was found ---------------------------------------------------------------------------------------------- */

/* Does the story's evidence say that it quotes the other, or one of its cluster? */
static bool labelled_quotes(const struct labelled *l, const struct labelled_story *s, uint32_t cluster)
{
	struct arena a;
	struct json_doc doc;
	bool found = false;
	arena_init(&a, 0, 0);
	bool is_read = s->evidence.n && json_doc_read(&a, s->evidence, LABELLED_EVIDENCE, &doc) == JSON_DOC_OK &&
	               doc.tokens[0].kind == JSON_OBJECT;
	for (uint32_t key = 1; is_read && !found && key < doc.tokens[0].next;
	     key = doc.tokens[doc.tokens[key].next].next) {
		uint32_t list = doc.tokens[key].next;
		if (!str_is(json_doc_raw(&doc, key), "\"contains\"") || doc.tokens[list].kind != JSON_ARRAY)
			continue;
		for (uint32_t at = list + 1; !found && at < doc.tokens[list].next; at = doc.tokens[at].next) {
			uint64_t hash = digest_xxh64(json_doc_text(&doc, at, &a));
			size_t i = labelled_key_find(l->uris, l->n_uris, hash);
			for (; !found && i < l->n_uris && l->uris[i].hash == hash; i++)
				found = l->stories[l->uris[i].story].cluster == cluster;
		}
	}
	arena_free(&a);
	return found;
}

/* Was the story taken for an excerpt of one of this cluster? */
static bool labelled_is_piece_of(const struct labelled *l, const struct labelled_story *s, uint32_t cluster)
{
	return s->verdict == VERDICT_EXCERPT && s->of >= 0 && l->stories[s->of].cluster == cluster;
}

/* One of the other, both of a third, or a round-up that quotes it. */
static bool labelled_holds_piece(const struct labelled *l, const struct labelled_pair *pair)
{
	const struct labelled_story *a = &l->stories[pair->first], *b = &l->stories[pair->second];
	bool of_one = a->verdict == VERDICT_EXCERPT && b->verdict == VERDICT_EXCERPT && a->of >= 0 && b->of >= 0 &&
	              l->stories[a->of].cluster == l->stories[b->of].cluster;
	return of_one || labelled_is_piece_of(l, a, b->cluster) || labelled_is_piece_of(l, b, a->cluster) ||
	       labelled_quotes(l, b, a->cluster) || labelled_quotes(l, a, b->cluster);
}

static bool labelled_is_merged(const struct labelled *l, const struct labelled_pair *pair)
{
	return l->stories[pair->first].cluster == l->stories[pair->second].cluster;
}

/* What is wrong with a pair; LABELLED_FAULTS: nothing. */
static enum labelled_fault labelled_fault(const struct labelled *l, const struct labelled_pair *pair)
{
	const struct labelled_story *second = &l->stories[pair->second];
	if (pair->label == LABELLED_DIFFERENT)
		return labelled_is_merged(l, pair) ? LABELLED_MERGED : LABELLED_FAULTS;
	if (pair->label == VERDICT_EXCERPT)
		return labelled_holds_piece(l, pair) || labelled_is_merged(l, pair) ? LABELLED_FAULTS : LABELLED_UNSEEN;
	if (!labelled_is_merged(l, pair))
		return LABELLED_MISSED;
	return second->of == pair->first && (int)second->verdict != pair->label ? LABELLED_RELATION : LABELLED_FAULTS;
}

/* --- scores ------------------------------------------------------------------------------------------------------ */

static double labelled_share(size_t part, size_t whole)
{
	return whole ? (double)part / (double)whole : NAN;
}

double labelled_precision(const struct labelled_counts *c)
{
	return labelled_share(c->right, c->right + c->wrong);
}

double labelled_recall(const struct labelled_counts *c)
{
	return labelled_share(c->right, c->right + c->missed);
}

double labelled_f1(const struct labelled_counts *c)
{
	return labelled_share(2 * c->right, 2 * c->right + c->wrong + c->missed);
}

static void labelled_count(const struct labelled *l, const struct labelled_pair *pair, struct labelled_scores *scores)
{
	const struct labelled_story *second = &l->stories[pair->second];
	bool merged = labelled_is_merged(l, pair), piece = labelled_holds_piece(l, pair);
	if (pair->label == VERDICT_EXCERPT) {
		/* A long piece that is taken for a copy is no miss of what belongs together. */
		scores->contains.right += piece || merged;
		scores->contains.missed += !piece && !merged;
		return;
	}
	scores->contains.wrong += piece && !merged;
	if (pair->label == LABELLED_DIFFERENT) {
		scores->near.wrong += merged;
		return;
	}
	scores->near.right += merged;
	scores->near.missed += !merged;
	if (merged && second->of == pair->first) {
		scores->relations[pair->label][second->verdict]++;
		scores->relations_all++;
		scores->relations_right += (int)second->verdict == pair->label;
	}
}

static uint32_t labelled_root(uint32_t *parents, uint32_t i)
{
	while (parents[i] != i)
		i = parents[i] = parents[parents[i]];
	return i;
}

/* The clusters that the labels make; UINT32_MAX: in no pair but of excerpts. malloc's. */
static uint32_t *labelled_true_clusters(const struct labelled *l)
{
	uint32_t *parents = grow(NULL, l->n_stories ? l->n_stories : 1, sizeof(*parents));
	bool *in = calloc(l->n_stories ? l->n_stories : 1, sizeof(*in));
	CHECK(in);
	for (size_t i = 0; i < l->n_stories; i++)
		parents[i] = (uint32_t)i;
	for (size_t i = 0; i < l->n_pairs; i++) {
		const struct labelled_pair *pair = &l->pairs[i];
		if (pair->label == VERDICT_EXCERPT)
			continue;
		in[pair->first] = in[pair->second] = true;
		if (labelled_is_near(pair->label))
			parents[labelled_root(parents, pair->second)] = labelled_root(parents, pair->first);
	}
	for (size_t i = 0; i < l->n_stories; i++)
		parents[i] = labelled_root(parents, (uint32_t)i);
	for (size_t i = 0; i < l->n_stories; i++)
		parents[i] = in[i] ? parents[i] : UINT32_MAX;
	free(in);
	return parents;
}

struct labelled_cell {
	uint32_t found, wanted;
};

static int labelled_by_found(const void *a, const void *b)
{
	const struct labelled_cell *x = a, *y = b;
	return x->found != y->found ? (x->found > y->found) - (x->found < y->found)
	                            : (x->wanted > y->wanted) - (x->wanted < y->wanted);
}

static int labelled_by_wanted(const void *a, const void *b)
{
	const struct labelled_cell *x = a, *y = b;
	return (x->wanted > y->wanted) - (x->wanted < y->wanted);
}

/* Pairs within runs of equal cells of a sorted array. */
static double labelled_runs(const struct labelled_cell *cells, size_t n, int (*order)(const void *, const void *))
{
	double pairs = 0;
	for (size_t i = 0, start = 0; i <= n; i++) {
		if (i < n && i > start && order(&cells[i], &cells[start]) == 0)
			continue;
		double size = (double)(i - start);
		pairs += size * (size - 1) / 2;
		start = i;
	}
	return pairs;
}

static int labelled_by_found_alone(const void *a, const void *b)
{
	const struct labelled_cell *x = a, *y = b;
	return (x->found > y->found) - (x->found < y->found);
}

static double labelled_ari(const struct labelled *l)
{
	uint32_t *wanted = labelled_true_clusters(l);
	struct labelled_cell *cells = grow(NULL, l->n_stories ? l->n_stories : 1, sizeof(*cells));
	size_t n = 0;
	for (size_t i = 0; i < l->n_stories; i++) {
		if (wanted[i] != UINT32_MAX)
			cells[n++] = (struct labelled_cell){l->stories[i].cluster, wanted[i]};
	}
	free(wanted);
	qsort(cells, n, sizeof(*cells), labelled_by_found);
	double both = labelled_runs(cells, n, labelled_by_found),
	       found = labelled_runs(cells, n, labelled_by_found_alone);
	qsort(cells, n, sizeof(*cells), labelled_by_wanted);
	double true_pairs = labelled_runs(cells, n, labelled_by_wanted);
	free(cells);
	if (n < 2)
		return NAN;
	double chance = found * true_pairs / ((double)n * (double)(n - 1) / 2), most = (found + true_pairs) / 2;
	return most == chance ? 1 : (both - chance) / (most - chance);
}

void labelled_score(struct labelled *l, struct labelled_scores *scores)
{
	*scores = (struct labelled_scores){0};
	for (size_t i = 0; i < l->n_kinds; i++)
		l->kinds[i].pairs = l->kinds[i].wrong = 0;
	for (size_t i = 0; i < l->n_pairs; i++) {
		struct labelled_kind *kind = &l->kinds[l->pairs[i].kind];
		labelled_count(l, &l->pairs[i], scores);
		kind->pairs++;
		kind->wrong += labelled_fault(l, &l->pairs[i]) != LABELLED_FAULTS;
	}
	scores->ari = labelled_ari(l);
}

/* --- the worst ---------------------------------------------------------------------------------------------------- */

static int labelled_hash_order(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

/* Hashes of each three words in a row, or of all words where there are fewer; sorted. */
static size_t labelled_groups(struct str text, uint64_t *groups)
{
	uint64_t last[LABELLED_GROUP] = {0};
	size_t n = 0, words = 0;
	char folded[LABELLED_WORD];
	for (size_t at = 0; at < text.n && n < LABELLED_GROUPS;) {
		size_t end = at;
		while (end < text.n && !str_is_space(text.p[end]))
			end++;
		if (end > at) {
			last[words++ % LABELLED_GROUP] = digest_xxh64(
			        str_make(folded, fold_text(str_slice(text, at, end), folded, sizeof(folded))));
			uint64_t hash = 0;
			for (size_t i = 0; i < LABELLED_GROUP; i++)
				hash = hash * UINT64_C(0x9E3779B97F4A7C15) + last[(words + i) % LABELLED_GROUP];
			if (words >= LABELLED_GROUP)
				groups[n++] = hash;
		}
		at = end + 1;
	}
	qsort(groups, n, sizeof(*groups), labelled_hash_order);
	return n;
}

static double labelled_alike(const struct labelled *l, const struct labelled_pair *pair)
{
	uint64_t a[LABELLED_GROUPS], b[LABELLED_GROUPS];
	size_t n = labelled_groups(l->stories[pair->first].body, a),
	       m = labelled_groups(l->stories[pair->second].body, b);
	size_t shared = 0, least = n < m ? n : m;
	for (size_t i = 0, j = 0; i < n && j < m;) {
		shared += a[i] == b[j];
		bool first = a[i] <= b[j], second = b[j] <= a[i];
		i += first;
		j += second;
	}
	return least ? (double)shared / (double)least : 0;
}

/* By fault; of those merged the least alike first, of others the most alike. */
static int labelled_error_order(const void *a, const void *b)
{
	const struct labelled_error *x = a, *y = b;
	if (x->fault != y->fault)
		return x->fault < y->fault ? -1 : 1;
	int more = (x->alike > y->alike) - (x->alike < y->alike);
	if (more)
		return x->fault == LABELLED_MERGED ? more : -more;
	return (x->pair > y->pair) - (x->pair < y->pair);
}

static size_t labelled_errors(const struct labelled *l, struct labelled_error *errors, size_t *n_all)
{
	size_t n = 0;
	*n_all = 0;
	for (size_t i = 0; i < l->n_pairs; i++) {
		enum labelled_fault fault = labelled_fault(l, &l->pairs[i]);
		if (fault == LABELLED_FAULTS)
			continue;
		if (n < LABELLED_CANDIDATES)
			errors[n++] = (struct labelled_error){&l->pairs[i], fault, labelled_alike(l, &l->pairs[i])};
		(*n_all)++;
	}
	return n;
}

size_t labelled_worst(struct labelled *l, struct labelled_error *errors, size_t room, size_t *n_all)
{
	struct labelled_error *all = grow(NULL, LABELLED_CANDIDATES, sizeof(*all));
	size_t n = labelled_errors(l, all, n_all), chosen = 0, starts[LABELLED_FAULTS + 1];
	qsort(all, n, sizeof(*all), labelled_error_order);
	for (size_t f = 0, i = 0; f <= LABELLED_FAULTS; f++) {
		while (i < n && all[i].fault < f)
			i++;
		starts[f] = i;
	}
	for (size_t rank = 0; chosen < room && rank < n; rank++) {
		for (size_t f = 0; f < LABELLED_FAULTS && chosen < room; f++) {
			if (starts[f] + rank < starts[f + 1])
				errors[chosen++] = all[starts[f] + rank];
		}
	}
	free(all);
	return chosen;
}
