/* SPDX-License-Identifier: Apache-2.0 */
/* intern.c - one copy of each name. */

#include "base/intern.h"

#include <string.h>

const char *intern_n(struct intern *in, const char *name, size_t len)
{
	const char *known = map_get_bytes(&in->names, name, len);
	struct map_entry *e;

	if (known)
		return known;
	/* The key is the map's own copy; it does not move when the map grows. */
	e = map_put_bytes(&in->names, name, len, NULL);
	e->value = (void *)e->key;
	return e->key;
}

const char *intern(struct intern *in, const char *name)
{
	return intern_n(in, name, strlen(name));
}

void intern_release(struct intern *in)
{
	map_release(&in->names);
}
