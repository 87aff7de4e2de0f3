/* Order of versions. See versions.h. */
#include "pipeline/stages/dedup/versions.h"

static bool versions_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The run of digits that begins at *at, without leading zeros; *at moves behind it. */
static struct str versions_digits(struct str s, size_t *at)
{
	while (*at < s.n && s.p[*at] == '0')
		(*at)++;
	size_t start = *at;
	while (*at < s.n && versions_is_digit(s.p[*at]))
		(*at)++;
	return str_slice(s, start, *at);
}

int versions_compare(struct str a, struct str b)
{
	size_t i = 0, j = 0;
	while (i < a.n && j < b.n) {
		if (versions_is_digit(a.p[i]) && versions_is_digit(b.p[j])) {
			struct str x = versions_digits(a, &i), y = versions_digits(b, &j);
			int order = x.n != y.n ? (x.n > y.n) - (x.n < y.n) : str_compare(x, y);
			if (order)
				return order;
			continue;
		}
		if (a.p[i] != b.p[j])
			return (unsigned char)a.p[i] < (unsigned char)b.p[j] ? -1 : 1;
		i++;
		j++;
	}
	return (i < a.n) - (j < b.n);
}
