/* SPDX-License-Identifier: Apache-2.0 */
/*
 * symbols.c - kernel symbols, from /proc/kallsyms and tracefs' available_filter_functions.
 *
 * Both are megabytes that the kernel formats on each read (some 30 ms): they are read once, and
 * names point into the text.
 */

#include "probes/symbols.h"

#include "base/bug.h"
#include "base/mem.h"
#include "base/strbuf.h"
#include "base/vec.h"
#include "probes/cache.h"
#include "probes/ksym.h"
#include "probes/tracefs.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct ksyms {
	struct strbuf text;        /* of kallsyms; NULs at the ends of names */
	VEC(struct symbol) all;    /* as kallsyms lists them */
	VEC(char) kind;            /* 't', 'D' ... of each */
	VEC(struct symbol) sorted; /* functions by address */
	struct strbuf traceable_text;
	VEC(struct symbol) traceable;
	int err, traceable_err; /* 1: not read yet */
};

static struct ksyms *ksyms_of(struct probe_cache *c)
{
	if (!c->ksyms) {
		c->ksyms = mem_calloc(1, sizeof(*c->ksyms));
		c->ksyms->text = c->ksyms->traceable_text = (struct strbuf)STRBUF_INIT;
		c->ksyms->err = c->ksyms->traceable_err = 1;
	}
	return c->ksyms;
}

void ksyms_free(struct ksyms *k)
{
	if (!k)
		return;
	strbuf_release(&k->text);
	strbuf_release(&k->traceable_text);
	vec_release(&k->all);
	vec_release(&k->kind);
	vec_release(&k->sorted);
	vec_release(&k->traceable);
	free(k);
}

/* Ends the word at 'at'; returns what follows behind blanks. */
static char *end_word(char *at)
{
	at += strcspn(at, " \t");
	while (*at == ' ' || *at == '\t')
		*at++ = '\0';
	return at;
}

/* "[module]" without its brackets; NULL when there is none. */
static const char *module_of(char *text)
{
	char *close = *text == '[' ? strchr(text, ']') : NULL;

	if (!close)
		return NULL;
	*close = '\0';
	return text + 1;
}

static char *next_line(char *line)
{
	char *end = strchr(line, '\n');

	if (!end)
		return line + strlen(line);
	*end = '\0';
	return end + 1;
}

/* "ffffffff81000000 T _text	[module]" */
static void read_kallsyms(struct ksyms *k)
{
	for (char *line = k->text.buf, *next; *line; line = next) {
		struct symbol s = { 0 };
		char *type, *name;

		next = next_line(line);
		s.address = strtoull(line, &type, 16);
		type += *type == ' ';
		name = end_word(type);
		s.module = module_of(end_word(name));
		s.name = name;
		if (!*name)
			continue;
		vec_push(&k->all, s);
		vec_push(&k->kind, *type);
	}
}

static int kallsyms(struct ksyms *k)
{
	const char *other = getenv("SONDE_KALLSYMS");

	if (k->err <= 0)
		return k->err;
	k->err = strbuf_read_file(&k->text, other && *other ? other : "/proc/kallsyms");
	if (!k->err)
		read_kallsyms(k);
	return k->err;
}

static bool is_function(char kind)
{
	return strchr("tTwW", kind);
}

/* Programs of ours and others stand in stacks, but come and go and cannot be probed. */
static bool is_bpf(const struct symbol *s)
{
	return s->module && !strcmp(s->module, "bpf");
}

/* -- traceable functions -- */

static bool has_prefix(const char *name, const char *const *prefix, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strncmp(name, prefix[i], strlen(prefix[i])))
			return true;
	return false;
}

/* Names that stand for no function of the source. */
static bool is_artefact(const char *name)
{
	static const char *const prefixes[] = { "__ftrace_invalid_address__",
		                                "__pfx_",
		                                "__cfi_",
		                                "__SCT__",
		                                "__SCK__",
		                                "__UNIQUE_ID_",
		                                "$",
		                                "." };

	return has_prefix(name, prefixes, countof(prefixes)) || strstr(name, ".part.") ||
	       strstr(name, ".cold");
}

static void read_traceable(struct ksyms *k)
{
	for (char *line = k->traceable_text.buf, *next; *line; line = next) {
		struct symbol s = { .name = line };

		next = next_line(line);
		s.module = module_of(end_word(line));
		if (!is_artefact(line))
			vec_push(&k->traceable, s);
	}
}

/* Without tracefs, or where the kernel is locked down: every function might do. */
static void take_all_functions(struct ksyms *k)
{
	vec_each (i, &k->all)
		if (is_function(k->kind.v[i]) && !is_bpf(&k->all.v[i]) &&
		    !is_artefact(k->all.v[i].name))
			vec_push(&k->traceable, k->all.v[i]);
}

static int traceable(struct probe_cache *c, struct ksyms *k)
{
	if (k->traceable_err <= 0)
		return k->traceable_err;
	if (c->traceable) {
		k->traceable_err = strbuf_read_file(&k->traceable_text, c->traceable);
		if (!k->traceable_err)
			read_traceable(k);
		return k->traceable_err;
	}
	k->traceable_err = tracefs_read(c, "available_filter_functions", &k->traceable_text);
	if (!k->traceable_err && k->traceable_text.len) {
		read_traceable(k);
		return 0;
	}
	k->traceable_err = kallsyms(k);
	if (!k->traceable_err)
		take_all_functions(k);
	return k->traceable_err;
}

void ksym_set_traceable(struct probe_cache *c, const char *path)
{
	c->traceable = path;
}

int ksym_each_traceable(struct probe_cache *c, symbol_fn *fn, void *arg)
{
	struct ksyms *k = ksyms_of(c);
	int err = traceable(c, k);

	for (size_t i = 0; !err && i < k->traceable.n; i++)
		if (!fn(arg, &k->traceable.v[i]))
			break;
	return err;
}

bool ksym_traceable_known(struct probe_cache *c)
{
	struct ksyms *k = ksyms_of(c);

	return !traceable(c, k) && (c->traceable || k->traceable_text.len);
}

/* -- addresses -- */

int ksym_each_function(struct probe_cache *c, symbol_fn *fn, void *arg)
{
	struct ksyms *k = ksyms_of(c);
	int err = kallsyms(k);

	for (size_t i = 0; !err && i < k->all.n; i++)
		if (is_function(k->kind.v[i]) && !is_bpf(&k->all.v[i]) && !fn(arg, &k->all.v[i]))
			break;
	return err;
}

int ksym_address(struct probe_cache *c, const char *name, uint64_t *address)
{
	struct ksyms *k = ksyms_of(c);
	int err = kallsyms(k);

	for (size_t i = 0; !err && i < k->all.n; i++) {
		if (strcmp(k->all.v[i].name, name))
			continue;
		*address = k->all.v[i].address;
		return 0;
	}
	return err ? err : -ENOENT;
}

static int by_address(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	return x->address < y->address ? -1 : x->address > y->address;
}

/* Names for one address: those that people write come first. */
static bool is_better(const struct symbol *a, const struct symbol *b)
{
	size_t x = strspn(a->name, "_."), y = strspn(b->name, "_.");

	return x < y;
}

static void sort_functions(struct ksyms *k)
{
	size_t n = 0;

	vec_each (i, &k->all)
		if (is_function(k->kind.v[i]) && k->all.v[i].address &&
		    strncmp(k->all.v[i].name, "__pfx_", 6))
			vec_push(&k->sorted, k->all.v[i]);
	if (!k->sorted.n)
		return;
	qsort(k->sorted.v, k->sorted.n, sizeof(*k->sorted.v), by_address);
	for (size_t i = 1; i < k->sorted.n; i++) {
		struct symbol *last = &k->sorted.v[n], *s = &k->sorted.v[i];

		if (s->address != last->address)
			k->sorted.v[++n] = *s;
		else if (is_better(s, last))
			*last = *s;
	}
	k->sorted.n = n + 1;
}

/* kallsyms has no sizes: what lies far behind a symbol is in memory that it knows nothing of. */
enum { LONGEST_FUNCTION = 1 << 20 };

const struct symbol *ksym_lookup(struct probe_cache *c, uint64_t address, uint64_t *offset)
{
	struct ksyms *k = ksyms_of(c);
	size_t low = 0, high;

	if (kallsyms(k))
		return NULL;
	if (!k->sorted.n)
		sort_functions(k);
	/* The last symbol that does not start behind the address. */
	for (high = k->sorted.n; low < high;) {
		size_t mid = (low + high) / 2;

		if (k->sorted.v[mid].address <= address)
			low = mid + 1;
		else
			high = mid;
	}
	if (!low)
		return NULL;
	*offset = address - k->sorted.v[low - 1].address;
	return *offset < LONGEST_FUNCTION ? &k->sorted.v[low - 1] : NULL;
}
