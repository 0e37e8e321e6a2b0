/* SPDX-License-Identifier: Apache-2.0 */
/*
 * btf.c - looks types up in BTF without reading most of it.
 *
 * BTF is a header, a section of types, each behind the last, and a section of names
 * (Documentation/bpf/btf.rst). One walk over the types notes where each starts; a name is sought in
 * the names as text, which gives the offset by which types refer to it, since names are stored
 * once.
 */

#include "probes/btf.h"

#include "base/mem.h"
#include "base/strbuf.h"
#include "probes/cache.h"
#include "probes/probe.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct btf_file {
	char *data;
	size_t size;
	bool mapped;
	const char *types, *names;
	uint32_t types_len, names_len;
	uint32_t *at; /* offset into types, by id - first_id */
	uint32_t count;
	uint32_t first_id;           /* 1, or the base's count of types */
	uint32_t first_name;         /* 0, or the base's length of names */
	const struct btf_file *base; /* NULL for vmlinux */
	struct btf_found *found;
};

/* What was looked for in one file before, there or not: modules ask their base the same again, and
 * so does each round of the compiler. Values are 1 more than what they stand for. */
struct btf_found {
	struct map names; /* name -> its offset, or 0 */
	struct map types; /* kind and offset of a name -> id, or 0 */
};

/* Stands in the cache for a file that is not there. */
static struct btf_file btf_none;

/* -- reading -- */

/* Bytes behind struct btf_type. -1: a kind that is newer than this program. */
static int64_t type_extra(const struct btf_type *t)
{
	uint64_t n = BTF_INFO_VLEN(t->info);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG: return 0;
	case BTF_KIND_INT: return sizeof(uint32_t);
	case BTF_KIND_VAR: return sizeof(struct btf_var);
	case BTF_KIND_DECL_TAG: return sizeof(struct btf_decl_tag);
	case BTF_KIND_ARRAY: return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION: return (int64_t)(n * sizeof(struct btf_member));
	case BTF_KIND_ENUM: return (int64_t)(n * sizeof(struct btf_enum));
	case BTF_KIND_ENUM64: return (int64_t)(n * sizeof(struct btf_enum64));
	case BTF_KIND_FUNC_PROTO: return (int64_t)(n * sizeof(struct btf_param));
	case BTF_KIND_DATASEC: return (int64_t)(n * sizeof(struct btf_var_secinfo));
	default: return -1;
	}
}

/* What stands behind a damaged or unknown type cannot be reached, and is not there for us. */
static void index_types(struct btf_file *b)
{
	uint32_t room = b->types_len / 20 + 16, at = 0;

	b->at = mem_alloc(room * sizeof(*b->at));
	while (b->types_len - at >= sizeof(struct btf_type)) {
		int64_t extra = type_extra((const struct btf_type *)(b->types + at));

		if (extra < 0 || extra > b->types_len - at - (int64_t)sizeof(struct btf_type))
			break;
		if (b->count == room)
			b->at = mem_realloc(b->at, (room *= 2) * sizeof(*b->at));
		b->at[b->count++] = at;
		at += (uint32_t)(sizeof(struct btf_type) + (size_t)extra);
	}
}

static bool sections_fit(struct btf_file *b)
{
	const struct btf_header *h = (const struct btf_header *)b->data;

	if (b->size < sizeof(*h) || h->magic != BTF_MAGIC || h->hdr_len > b->size)
		return false;
	if ((uint64_t)h->hdr_len + h->type_off + h->type_len > b->size ||
	    (uint64_t)h->hdr_len + h->str_off + h->str_len > b->size || h->type_off % 4 ||
	    h->hdr_len % 4)
		return false;
	b->types = b->data + h->hdr_len + h->type_off;
	b->types_len = h->type_len;
	b->names = b->data + h->hdr_len + h->str_off;
	b->names_len = h->str_len;
	return b->names_len && !b->names[b->names_len - 1];
}

/* sysfs lets the file be mapped since Linux 6.16; before, it is read. */
static void load(struct btf_file *b, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *map;

	if (fd < 0)
		return;
	if (fstat(fd, &st))
		st.st_size = 0;
	b->size = (size_t)st.st_size;
	map = b->size ? mmap(NULL, b->size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
	b->mapped = map != MAP_FAILED;
	if (b->mapped) {
		b->data = map;
	} else {
		struct strbuf sb = STRBUF_INIT;

		strbuf_read_fd(&sb, fd);
		b->data = sb.size ? sb.buf : NULL;
		b->size = sb.len;
	}
	close(fd);
}

static void btf_close(struct btf_file *b)
{
	if (b == &btf_none)
		return;
	if (b->mapped)
		munmap(b->data, b->size);
	else
		free(b->data);
	free(b->at);
	map_release(&b->found->names);
	map_release(&b->found->types);
	free(b->found);
	free(b);
}

static struct btf_file *btf_new(const struct btf_file *base)
{
	struct btf_file *b = mem_calloc(1, sizeof(*b));

	b->found = mem_calloc(1, sizeof(*b->found));
	b->base = base;
	b->first_id = base ? base->first_id + base->count : 1;
	b->first_name = base ? base->first_name + base->names_len : 0;
	return b;
}

static struct btf_file *checked(struct btf_file *b)
{
	if (!b->data || !sections_fit(b)) {
		btf_close(b);
		return &btf_none;
	}
	index_types(b);
	return b;
}

static struct btf_file *btf_open(const char *path, const struct btf_file *base)
{
	struct btf_file *b = btf_new(base);

	load(b, path);
	return checked(b);
}

static const struct btf_file *cached(struct probe_cache *c, const char *name, const char *path,
                                     const struct btf_file *base)
{
	struct btf_file *b = map_get(&c->btf, name);

	if (!b) {
		b = btf_open(path, base);
		map_put(&c->btf, name, b);
	}
	return b == &btf_none ? NULL : b;
}

static const char *vmlinux_path(void)
{
	const char *other = getenv("SONDE_BTF") ? getenv("SONDE_BTF") : getenv("BPFTRACE_BTF");

	return other && *other ? other : "/sys/kernel/btf/vmlinux";
}

bool btf_present(void)
{
	return !access(vmlinux_path(), R_OK);
}

const struct btf_file *btf_vmlinux(struct probe_cache *c)
{
	return cached(c, "vmlinux", vmlinux_path(), NULL);
}

const struct btf_file *btf_module(struct probe_cache *c, const char *module)
{
	const struct btf_file *base = btf_vmlinux(c);
	char path[256];

	if (!module || !strcmp(module, "vmlinux"))
		return base;
	if (!base || strchr(module, '/'))
		return NULL;
	snprintf(path, sizeof(path), "/sys/kernel/btf/%s", module);
	return cached(c, module, path, base);
}

const struct btf_file *btf_object(struct probe_cache *c, const char *path, const void *data,
                                  size_t len)
{
	/* No module is called so. */
	const char *name = arena_printf(&c->arena, "object:%s", path);
	struct btf_file *b = map_get(&c->btf, name);

	if (!b) {
		b = btf_new(NULL);
		b->data = mem_alloc(len + 1);
		memcpy(b->data, data, len);
		b->size = len;
		b = checked(b);
		map_put(&c->btf, name, b);
	}
	return b == &btf_none ? NULL : b;
}

/* fn with one file, when there is one and its name fits. Returns false when that was enough. */
static bool visit_file(struct probe_cache *c, const char *module, const char *pattern,
                       btf_file_fn *fn, void *arg)
{
	const struct btf_file *b =
		!pattern || wildcard_match(pattern, module) ? btf_module(c, module) : NULL;

	return !b || fn(arg, arena_strdup(&c->arena, module), b);
}

void btf_each_file(struct probe_cache *c, const char *pattern, btf_file_fn *fn, void *arg)
{
	const struct dirent *e;
	DIR *dir;

	if (pattern && !has_wildcard(pattern)) {
		visit_file(c, pattern, NULL, fn, arg);
		return;
	}
	if (!visit_file(c, "vmlinux", pattern, fn, arg))
		return;
	dir = opendir("/sys/kernel/btf");
	if (!dir)
		return;
	while ((e = readdir(dir)))
		if (e->d_name[0] != '.' && strcmp(e->d_name, "vmlinux") &&
		    !visit_file(c, e->d_name, pattern, fn, arg))
			break;
	closedir(dir);
}

void btf_files_free(struct map *files)
{
	map_each (e, files)
		btf_close(e->value);
	map_release(files);
}

/* -- looking up -- */

static const struct btf_type *own_type(const struct btf_file *b, uint32_t i)
{
	return (const struct btf_type *)(b->types + b->at[i]);
}

const struct btf_type *btf_type(const struct btf_file *b, uint32_t id)
{
	while (b->base && id < b->first_id)
		b = b->base;
	return id >= b->first_id && id - b->first_id < b->count ? own_type(b, id - b->first_id)
	                                                        : NULL;
}

const char *btf_name(const struct btf_file *b, uint32_t name_off)
{
	while (b->base && name_off < b->first_name)
		b = b->base;
	return name_off - b->first_name < b->names_len ? b->names + (name_off - b->first_name) : "";
}

static uint32_t search_name(const struct btf_file *b, const char *name)
{
	size_t len = strlen(name) + 1; /* with its NUL */
	const char *at = b->names, *end = at + b->names_len;

	if (len == 1)
		return 0;
	while ((at = memmem(at, (size_t)(end - at), name, len))) {
		if (at > b->names && !at[-1])
			return b->first_name + (uint32_t)(at - b->names);
		at++;
	}
	return 0;
}

/* The offset of a name; 0: it is not there. */
static uint32_t find_name(const struct btf_file *b, const char *name)
{
	uintptr_t known = (uintptr_t)map_get(&b->found->names, name);

	if (!known) {
		known = (uintptr_t)search_name(b, name) + 1;
		map_put(&b->found->names, name, (void *)known);
	}
	return (uint32_t)(known - 1);
}

static uint32_t search_type(const struct btf_file *b, uint32_t kind, uint32_t name)
{
	for (uint32_t i = 0; i < b->count; i++) {
		const struct btf_type *t = own_type(b, i);

		if (t->name_off == name && BTF_INFO_KIND(t->info) == kind)
			return b->first_id + i;
	}
	return 0;
}

static uint32_t find_type(const struct btf_file *b, uint32_t kind, uint32_t name)
{
	const uint32_t key[2] = { kind, name };
	uintptr_t known = (uintptr_t)map_get_bytes(&b->found->types, key, sizeof(key));

	if (!known) {
		known = (uintptr_t)search_type(b, kind, name) + 1;
		map_put_bytes(&b->found->types, key, sizeof(key), (void *)known);
	}
	return (uint32_t)(known - 1);
}

uint32_t btf_find(const struct btf_file *b, uint32_t kind, const char *name)
{
	/* A module's type may bear a name that the kernel's types use as well. */
	for (const struct btf_file *text = b; text; text = text->base) {
		uint32_t off = find_name(text, name);

		for (const struct btf_file *f = b; off && f; f = f->base) {
			uint32_t id = find_type(f, kind, off);

			if (id)
				return id;
		}
	}
	return 0;
}

void btf_each(const struct btf_file *b, uint32_t kind,
              bool (*fn)(void *arg, uint32_t id, const char *name), void *arg)
{
	for (uint32_t i = 0; i < b->count; i++) {
		const struct btf_type *t = own_type(b, i);

		if (BTF_INFO_KIND(t->info) == kind &&
		    !fn(arg, b->first_id + i, btf_name(b, t->name_off)))
			return;
	}
}

/* Chains in damaged BTF may run in a circle; real ones are short. */
enum { LONGEST_CHAIN = 64 };

/* *tag: the last one on the way; untouched when there is none. */
static uint32_t strip(const struct btf_file *b, uint32_t id, const char **tag)
{
	for (int i = 0; i < LONGEST_CHAIN; i++) {
		const struct btf_type *t = btf_type(b, id);

		if (!t)
			return id;
		switch (BTF_INFO_KIND(t->info)) {
		case BTF_KIND_TYPE_TAG: *tag = btf_name(b, t->name_off); break;
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_CONST:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_RESTRICT: break;
		default: return id;
		}
		id = t->type;
	}
	return 0;
}

const char *btf_tag(const struct btf_file *b, uint32_t id)
{
	const char *tag = "";

	strip(b, id, &tag);
	return tag;
}

uint32_t btf_strip_tags(const struct btf_file *b, uint32_t id, bool *user)
{
	const char *tag = "";

	id = strip(b, id, &tag);
	if (!strcmp(tag, "user"))
		*user = true;
	return id;
}

uint32_t btf_strip(const struct btf_file *b, uint32_t id)
{
	bool user;

	return btf_strip_tags(b, id, &user);
}

static uint64_t size_of(const struct btf_file *b, uint32_t id, int depth)
{
	const struct btf_type *t = btf_type(b, btf_strip(b, id));
	const struct btf_array *a;

	if (!t || depth > LONGEST_CHAIN)
		return 0;
	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_PTR: return sizeof(void *);
	case BTF_KIND_INT:
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
	case BTF_KIND_FLOAT: return t->size;
	case BTF_KIND_ARRAY:
		a = (const struct btf_array *)(t + 1);
		return a->nelems * size_of(b, a->type, depth + 1);
	default: return 0;
	}
}

uint64_t btf_size(const struct btf_file *b, uint32_t id)
{
	return size_of(b, id, 0);
}
