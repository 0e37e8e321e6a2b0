/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - the families of the vocabulary. */

#include "lang/families.h"

#include <string.h>

const struct lang_def *const lang_table[] = {
	lang_task,   lang_time,        lang_cpu,      lang_probe,   lang_stack,  lang_string,
	lang_symbol, lang_net,         lang_print,    lang_control, lang_mapops, lang_agg,
	lang_hist,   lang_percentiles, lang_series,   lang_names,   lang_search, lang_introspect,
	lang_object, lang_elf,         lang_settings, lang_option,  NULL,
};

/* arg0, arg1 ... are one row, "argN". */
static bool is_numbered_arg(const char *name)
{
	size_t n = !strncmp(name, "arg", 3) ? strlen(name + 3) : 0;

	return n && n < 4 && strspn(name + 3, "0123456789") == n;
}

#define BUILTIN "__builtin_"

const struct lang_def *lang_find(const struct lang_def *const *table, const char *name)
{
	if (is_numbered_arg(name))
		name = "argN";
	lang_each(family, def, table) if (!strcmp(def->name, name)) return def;
	/* What a macro of the same name hides is still there as __builtin_... */
	if (!strncmp(name, BUILTIN, strlen(BUILTIN)))
		return lang_find(table, name + strlen(BUILTIN));
	return NULL;
}
