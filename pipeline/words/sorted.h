/*
 * Tables of folded words in the order of their bytes, searched by halves. Pure functions, any thread.
 */
#ifndef WIREDESK_WORDS_SORTED_H
#define WIREDESK_WORDS_SORTED_H

#include "pipeline/base/str.h"

/* Is it one of the n words? */
static inline bool sorted_has(const struct str *words, size_t n, struct str word)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = str_compare(words[middle], word);
		if (!order)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

#endif
