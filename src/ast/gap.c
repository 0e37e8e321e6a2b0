/* SPDX-License-Identifier: Apache-2.0 */
/* gap.c - names in the parts of a script that could not be understood. */

#include "ast/gap.h"

#include <ctype.h>
#include <string.h>

void script_add_gap(struct arena *arena, struct script *s, struct span at)
{
	vec_push_in(arena, &s->gaps, at);
}

static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* Whether text has 'name' from 'at' on, and no more letters of a name around it. */
static bool is_word(const char *text, size_t len, size_t at, const char *name)
{
	size_t n = strlen(name);

	if (at + n > len || memcmp(text + at, name, n))
		return false;
	if (at + n < len && in_word(text[at + n]))
		return false;
	return !in_word(*name) || !at || !(in_word(text[at - 1]) || strchr("$@", text[at - 1]));
}

static bool has_word(const struct source *src, struct span at, const char *name)
{
	const char *text = source_text(src, at);

	for (size_t i = 0; text && i < at.len; i++)
		if (text[i] == *name && is_word(text, at.len, i, name))
			return true;
	return false;
}

bool unit_gap_mentions(const struct unit *u, const char *name)
{
	vec_each (i, &u->script.gaps) {
		struct span at = u->script.gaps.v[i];

		/* An expansion's text does not show what its call hands over. */
		do {
			if (has_word(&u->source, at, name))
				return true;
		} while (source_caller(&u->source, at, &at));
	}
	return false;
}
