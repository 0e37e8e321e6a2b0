/* SPDX-License-Identifier: Apache-2.0 */
/*
 * definitions.c - reads the script's C text; what it does not define, BTF may.
 *
 * Requires: config. Afterwards: u->cdefs knows types, enumerators and macros of the script.
 */

#include "cdef/cdef.h"
#include "probes/btf.h"
#include "probes/probe.h"
#include "sema/ktypes.h"

static const struct type *typedef_name(struct unit *u, const char *name)
{
	const struct type *t = ktype_c_int(u, name, AS_NONE);

	return t ? t : ktype_typedef_only(u, name);
}

static bool enumerator(struct unit *u, const char *name, int64_t *value)
{
	return ktype_enumerator(u, name, value) != NULL;
}

static bool have_btf(struct unit *u)
{
	return u->probes && btf_present();
}

static const struct cdef_hooks hooks = { typedef_name, ktype_exists, enumerator, have_btf };

void definitions_run(struct unit *u)
{
	cdef_read(u, &hooks);
}
