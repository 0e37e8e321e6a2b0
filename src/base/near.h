/* SPDX-License-Identifier: Apache-2.0 */
/* near - what a name that is not known may have meant to be: 'did you mean'. */
#ifndef BASE_NEAR_H
#define BASE_NEAR_H

/* The candidate nearest to name by edit distance, or NULL when none is near.
 * Feed candidates one by one: */
struct near {
	const char *name;
	const char *best;
	unsigned int distance;
};
void near_init(struct near *n, const char *name);
void near_offer(struct near *n, const char *candidate); /* the text must outlive n */

#endif
