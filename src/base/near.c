/* SPDX-License-Identifier: Apache-2.0 */
/* near.c - names by edit distance. */

#include "base/near.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Levenshtein distance, given up beyond limit; two letters that changed places are one mistake. */
static unsigned int edit_distance(const char *a, const char *b, unsigned int limit)
{
	enum { LONGEST = 128 };
	size_t la = strlen(a), lb = strlen(b);
	unsigned int rows[3][LONGEST + 1];

	if (la > LONGEST || lb > LONGEST || (la > lb ? la - lb : lb - la) > limit)
		return limit + 1;
	for (size_t j = 0; j <= lb; j++)
		rows[0][j] = (unsigned int)j;
	for (size_t i = 1; i <= la; i++) {
		const unsigned int *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
		unsigned int *row = rows[i % 3], smallest = row[0] = (unsigned int)i;

		for (size_t j = 1; j <= lb; j++) {
			unsigned int cost = above[j - 1] + (a[i - 1] != b[j - 1]);

			if (above[j] + 1 < cost)
				cost = above[j] + 1;
			if (row[j - 1] + 1 < cost)
				cost = row[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    two_above[j - 2] + 1 < cost)
				cost = two_above[j - 2] + 1;
			row[j] = cost;
			smallest = cost < smallest ? cost : smallest;
		}
		if (smallest > limit)
			return limit + 1;
	}
	return rows[la % 3][lb];
}

/* Another letter in place of one of two, or none left, makes another name and no typo. */
static bool is_other(const char *name, const char *candidate)
{
	size_t a = strlen(name), b = strlen(candidate);

	return a < 2 || b < 2 || (a == 2 && b == 2);
}

void near_init(struct near *n, const char *name)
{
	/* One mistake in three letters is still a typo. */
	unsigned int len = (unsigned int)strlen(name);

	*n = (struct near){ .name = name, .distance = len < 3 ? 1 : (len + 1) / 3 };
}

/* Of two that are equally near, one that is as long as the name is the likelier. */
void near_offer(struct near *n, const char *candidate)
{
	size_t length = strlen(n->name);
	unsigned int d = edit_distance(n->name, candidate, n->distance);

	if (is_other(n->name, candidate))
		return;
	if (d < n->distance || (d == n->distance && !n->best) ||
	    (d == n->distance && strlen(candidate) == length && strlen(n->best) != length)) {
		n->distance = d;
		n->best = candidate;
	}
}
