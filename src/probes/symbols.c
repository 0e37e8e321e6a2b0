/* SPDX-License-Identifier: Apache-2.0 */
/* symbols.c - names of kernel functions, from kallsyms and tracefs. */

#include "base/mem.h"
#include "base/strbuf.h"
#include "probes/private.h"

#include <errno.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

struct kallsyms {
	struct symbol *v; /* by address */
	size_t n, room;
};

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

/* "ffffffff81000000 T _stext	[module]" */
static bool parse_line(struct probe_cache *c, char *line, struct symbol *s)
{
	char *end, *name, *module;

	s->address = strtoull(line, &end, 16);
	if (*end != ' ' || !end[1] || end[2] != ' ')
		return false;
	name = end + 3;
	module = strchr(name, '\t');
	if (module) {
		*module = '\0';
		module += 2;
		module[strcspn(module, "]")] = '\0';
	}
	s->name = cache_text(c, name, strlen(name));
	s->module = module ? cache_text(c, module, strlen(module)) : NULL;
	return true;
}

static int read_kallsyms(struct probe_cache *c)
{
	struct kallsyms *k;
	struct strbuf sb = STRBUF_INIT;
	char *line, *rest;
	int err;

	if (c->kallsyms_read)
		return c->kallsyms ? 0 : -ENOENT;
	c->kallsyms_read = true;
	err = strbuf_read_file(&sb, "/proc/kallsyms");
	if (err)
		return err;
	k = c->kallsyms = mem_calloc(1, sizeof(*k));
	for (line = strtok_r(sb.buf, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		struct symbol s = { 0 };

		if (parse_line(c, line, &s))
			vec_push(k, s);
	}
	strbuf_release(&sb);
	qsort(k->v, k->n, sizeof(*k->v), by_address);
	return 0;
}

void symbols_cache_free(struct probe_cache *c)
{
	if (!c->kallsyms)
		return;
	free(c->kallsyms->v);
	free(c->kallsyms);
}

/* Lines are "name" or "name [module]". */
static int each_in_file(struct probe_cache *c, const char *path, symbol_fn *fn, void *arg)
{
	struct strbuf sb = STRBUF_INIT;
	char *line, *rest;
	int err = strbuf_read_file(&sb, path);

	if (err)
		return err;
	for (line = strtok_r(sb.buf, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		struct symbol s = { 0 };
		size_t n = strcspn(line, " ");

		s.name = cache_text(c, line, n);
		if (line[n] && line[n + 1] == '[')
			s.module = cache_text(c, line + n + 2, strcspn(line + n + 2, "]"));
		if (!fn(arg, &s))
			break;
	}
	strbuf_release(&sb);
	return 0;
}

int ksym_each_traceable(struct probe_cache *c, symbol_fn *fn, void *arg)
{
	const char *dir = tracefs_find();
	char path[96];
	int err;

	snprintf(path, sizeof(path), "%s/available_filter_functions", dir ? dir : "");
	err = dir ? each_in_file(c, path, fn, arg) : -ENOENT;
	if (!err)
		return 0;
	err = read_kallsyms(c);
	for (size_t i = 0; !err && i < c->kallsyms->n; i++)
		if (!fn(arg, &c->kallsyms->v[i]))
			break;
	return err;
}

int ksym_address(struct probe_cache *c, const char *name, uint64_t *address)
{
	int err = read_kallsyms(c);

	if (err)
		return err;
	for (size_t i = 0; i < c->kallsyms->n; i++) {
		if (!strcmp(c->kallsyms->v[i].name, name)) {
			*address = c->kallsyms->v[i].address;
			return 0;
		}
	}
	return -ENOENT;
}

const struct symbol *ksym_lookup(struct probe_cache *c, uint64_t address, uint64_t *offset)
{
	size_t low = 0, high;

	if (read_kallsyms(c) || !c->kallsyms->n || c->kallsyms->v[c->kallsyms->n - 1].address == 0)
		return NULL;
	high = c->kallsyms->n;
	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (c->kallsyms->v[mid].address <= address)
			low = mid;
		else
			high = mid;
	}
	/* User addresses, and what is far beyond the last symbol, have no name. */
	if (address < c->kallsyms->v[low].address || address >> 63 == 0 ||
	    address - c->kallsyms->v[low].address > 1 << 24)
		return NULL;
	/* Of several names for one address the first is the function's own. */
	while (low && c->kallsyms->v[low - 1].address == c->kallsyms->v[low].address)
		low--;
	*offset = address - c->kallsyms->v[low].address;
	return &c->kallsyms->v[low];
}
