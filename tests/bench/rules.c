/*
 * Does cleanup's one pass over a text cost more with ten times as many rules? Lines of given files (or of the table's
 * own words) are searched in turns by an automaton of the built-in phrases and by one with nine made phrases beside
 * each of them; told is the median of the rounds' ratios.
 *
 *     bench_rules FILE…
 */
#include "pipeline/base/buf.h"
#include "pipeline/base/check.h"
#include "pipeline/base/clock.h"
#include "pipeline/base/utf8.h"
#include "pipeline/stages/cleanup/phrases.h"
#include "pipeline/words/fold.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

#define BENCH_TIMES     10
#define BENCH_ROUNDS    21
#define BENCH_BYTES_MAX (64 << 20)
#define BENCH_LEAST     (4 << 20) /* bytes a round */
#define BENCH_HITS      24

struct bench {
	struct buf text;
	struct phrase *made;
	size_t n_made;
};

static void bench_read(struct bench *b, const char *path)
{
	FILE *file = fopen(path, "r");
	if (!file)
		check_panic("cannot open '%s'", path);
	while (buf_reserve(&b->text, 1 << 16)) {
		size_t n = fread(b->text.p + b->text.n, 1, 1 << 16, file);
		b->text.n += n;
		if (!n)
			break;
	}
	fclose(file);
	b->text.n = utf8_valid_length(buf_view(&b->text));
}

static struct str bench_word(struct str words, bool last)
{
	size_t at = str_index(words, ' ', 0);
	for (size_t next = at; last && next < words.n; next = str_index(words, ' ', next + 1))
		at = next;
	return last ? str_slice(words, at < words.n ? at + 1 : 0, words.n) : str_slice(words, 0, at);
}

/* Nine more beside each: words of the same kind in another order, so that they begin as texts do. */
static void bench_make(struct bench *b)
{
	size_t n;
	const struct phrase *table = phrases_built_in(&n);
	b->made = calloc(n * (BENCH_TIMES - 1), sizeof(*b->made));
	CHECK(b->made);
	for (size_t i = 0; i < n * (BENCH_TIMES - 1); i++) {
		const struct phrase *like = &table[i % n], *other = &table[(i % n + 1 + i / n) % n];
		char *words, folded[512];
		struct str first = bench_word(like->text, i / n % 2), second = bench_word(other->text, i / n % 3 == 0);
		int length = asprintf(&words, "%.*s %.*s %.*s", STR_ARG(first), STR_ARG(second), STR_ARG(like->text));
		CHECK(length > 0);
		struct str made = fold_cut(str_make(words, (size_t)length), 120);
		if (fold_text(made, folded, sizeof(folded)))
			b->made[b->n_made++] = (struct phrase){.text = made,
			                                       .rule = like->rule,
			                                       .kind = like->kind,
			                                       .mode = like->mode,
			                                       .is_own = true};
	}
}

static size_t bench_search(const struct bench *b, const struct phrases *p)
{
	struct phrase_hit hits[BENCH_HITS];
	struct str text = buf_view(&b->text);
	size_t found = 0, done = 0;
	while (done < BENCH_LEAST) {
		for (size_t at = 0, end; at < text.n; at = end + 1) {
			end = str_index(text, '\n', at);
			found += phrases_find(p, text, at, end, hits, BENCH_HITS);
		}
		done += text.n;
	}
	return found;
}

static double bench_time(const struct bench *b, const struct phrases *p, size_t *found)
{
	int64_t from = clock_mono_us(clock_system());
	*found = bench_search(b, p);
	return (double)(clock_mono_us(clock_system()) - from);
}

static int bench_compare(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static size_t bench_held(void)
{
	struct mallinfo2 info = mallinfo2();
	return info.uordblks + info.hblkhd;
}

static void bench_all(struct bench *b)
{
	size_t found[2], n, before = bench_held(), held[2];
	double ratios[BENCH_ROUNDS], best[2] = {1e18, 1e18}, us[2];
	phrases_built_in(&n);
	struct phrases *sets[2] = {phrases_new(NULL, 0), NULL};
	held[0] = bench_held() - before;
	sets[1] = phrases_new(b->made, b->n_made);
	held[1] = bench_held() - before - held[0];
	CHECK(sets[0] && sets[1]);
	for (size_t i = 0; i < BENCH_ROUNDS; i++) {
		for (size_t k = 0; k < 2; k++) {
			us[k] = bench_time(b, sets[k], &found[k]);
			best[k] = us[k] < best[k] ? us[k] : best[k];
		}
		ratios[i] = us[1] / us[0];
	}
	qsort(ratios, BENCH_ROUNDS, sizeof(*ratios), bench_compare);
	double mb = (double)((BENCH_LEAST + b->text.n - 1) / b->text.n * b->text.n) / 1e6;
	for (size_t k = 0; k < 2; k++)
		printf("%6zu rules: %7.1f MB/s at best, %5.1f MB of memory, %zu found\n", k ? n + b->n_made : n,
		       mb * 1e6 / best[k], (double)held[k] / 1e6, found[k]);
	printf("time of many to time of few: %.3f in the middle of %d rounds, from %.3f to %.3f\n",
	       ratios[BENCH_ROUNDS / 2], BENCH_ROUNDS, ratios[0], ratios[BENCH_ROUNDS - 1]);
	phrases_free(sets[0]);
	phrases_free(sets[1]);
}

int main(int argc, char **argv)
{
	struct bench b = {0};
	buf_init(&b.text, BENCH_BYTES_MAX);
	for (int i = 1; i < argc; i++)
		bench_read(&b, argv[i]);
	if (!b.text.n) {
		fprintf(stderr, "usage: bench_rules FILE…\n");
		return 2;
	}
	bench_make(&b);
	bench_all(&b);
	for (size_t i = 0; i < b.n_made; i++)
		free((void *)(uintptr_t)b.made[i].text.p);
	free(b.made);
	buf_free(&b.text);
	return 0;
}
