/* SPDX-License-Identifier: Apache-2.0 */
/*
 * btf.c - an index over the kernel's BTF.
 *
 * Strings are unique in BTF, so a name is looked up by finding its place in the string section; the
 * types are then walked comparing numbers. One walk notes where each type starts.
 */

#include "probes/btf.h"

#include "base/mem.h"
#include "base/strbuf.h"
#include "probes/private.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct btf_file {
	const struct btf_file *base; /* of a module: vmlinux */
	const char *strings;
	uint32_t strings_len;
	const char *types;
	uint32_t *offset; /* of type i (own types: from first_id) in types */
	uint32_t first_id, count;
	struct strbuf data; /* when it was read */
	void *mapping;      /* when it was mapped */
	size_t mapping_len;
};

static size_t extra_size(const struct btf_type *t)
{
	size_t n = BTF_INFO_VLEN(t->info);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT: return sizeof(uint32_t);
	case BTF_KIND_ARRAY: return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION: return n * sizeof(struct btf_member);
	case BTF_KIND_ENUM: return n * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64: return n * sizeof(struct btf_enum64);
	case BTF_KIND_FUNC_PROTO: return n * sizeof(struct btf_param);
	case BTF_KIND_VAR: return sizeof(struct btf_var);
	case BTF_KIND_DATASEC: return n * sizeof(struct btf_var_secinfo);
	case BTF_KIND_DECL_TAG: return sizeof(struct btf_decl_tag);
	default: return 0;
	}
}

static bool index_types(struct btf_file *b, uint32_t len)
{
	uint32_t at = 0, room = 1 << 12;

	b->offset = mem_alloc(room * sizeof(*b->offset));
	while (at + sizeof(struct btf_type) <= len) {
		const struct btf_type *t = (const struct btf_type *)(b->types + at);
		size_t size = sizeof(*t) + extra_size(t);

		if (size > len - at)
			return false;
		if (b->count == room) {
			room *= 2;
			b->offset = mem_realloc(b->offset, room * sizeof(*b->offset));
		}
		b->offset[b->count++] = at;
		at += (uint32_t)size;
	}
	return at == len;
}

static bool open_bytes(struct btf_file *b, const void *data, size_t len)
{
	const struct btf_header *h = data;

	if (len < sizeof(*h) || h->magic != BTF_MAGIC || h->hdr_len > len ||
	    h->type_off > len - h->hdr_len || h->type_len > len - h->hdr_len - h->type_off ||
	    h->str_off > len - h->hdr_len || h->str_len > len - h->hdr_len - h->str_off)
		return false;
	b->types = (const char *)data + h->hdr_len + h->type_off;
	b->strings = (const char *)data + h->hdr_len + h->str_off;
	b->strings_len = h->str_len;
	return index_types(b, h->type_len);
}

static void btf_free(struct btf_file *b)
{
	if (!b)
		return;
	if (b->mapping)
		munmap(b->mapping, b->mapping_len);
	strbuf_release(&b->data);
	free(b->offset);
	free(b);
}

static struct btf_file *btf_open(const char *path, const struct btf_file *base)
{
	struct btf_file *b = mem_calloc(1, sizeof(*b));
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	bool ok = false;

	b->data = (struct strbuf)STRBUF_INIT;
	b->base = base;
	b->first_id = base ? base->first_id + base->count : 1;
	if (fd >= 0 && !fstat(fd, &st)) {
		b->mapping_len = (size_t)st.st_size;
		/* Linux 6.16 maps it; before, it is read. */
		b->mapping = mmap(NULL, b->mapping_len, PROT_READ, MAP_PRIVATE, fd, 0);
		if (b->mapping == MAP_FAILED)
			b->mapping = NULL;
		if (b->mapping)
			ok = open_bytes(b, b->mapping, b->mapping_len);
		else if (!strbuf_read_fd(&b->data, fd))
			ok = open_bytes(b, b->data.buf, b->data.len);
	}
	if (fd >= 0)
		close(fd);
	if (ok)
		return b;
	btf_free(b);
	return NULL;
}

const struct btf_file *btf_vmlinux(struct probe_cache *c)
{
	const char *path = getenv("SONDE_BTF");

	if (!path)
		path = getenv("BPFTRACE_BTF");
	if (!c->vmlinux_read)
		c->vmlinux = btf_open(path ? path : "/sys/kernel/btf/vmlinux", NULL);
	c->vmlinux_read = true;
	return c->vmlinux;
}

const struct btf_file *btf_module(struct probe_cache *c, const char *module)
{
	struct btf_file *b = map_get(&c->module_btf, module);
	char path[256];

	if (b || !btf_vmlinux(c) || strchr(module, '/'))
		return b;
	snprintf(path, sizeof(path), "/sys/kernel/btf/%s", module);
	b = btf_open(path, c->vmlinux);
	if (b)
		map_put(&c->module_btf, module, b);
	return b;
}

void btf_each_module(struct probe_cache *c, bool (*fn)(void *arg, const char *module), void *arg)
{
	DIR *dir = opendir("/sys/kernel/btf");
	struct dirent *e;
	bool more = true;

	while (more && dir && (e = readdir(dir)))
		if (*e->d_name != '.' && strcmp(e->d_name, "vmlinux"))
			more = fn(arg, e->d_name);
	if (dir)
		closedir(dir);
}

void btf_cache_free(struct probe_cache *c)
{
	map_each (e, &c->module_btf)
		btf_free(e->value);
	map_release(&c->module_btf);
	btf_free(c->vmlinux);
}

/* -- looking up -- */

const char *btf_name(const struct btf_file *b, uint32_t off)
{
	if (b->base && off < b->base->strings_len)
		return b->base->strings + off;
	if (b->base)
		off -= b->base->strings_len;
	return off < b->strings_len ? b->strings + off : "";
}

/* The place of a name in the strings; UINT32_MAX: it is not there. */
static uint32_t name_offset(const struct btf_file *b, const char *name)
{
	size_t len = strlen(name) + 1;
	const char *at = b->strings, *end = b->strings + b->strings_len;

	while (at < end) {
		at = memmem(at, (size_t)(end - at), name, len);
		if (!at)
			break;
		if (at > b->strings && !at[-1])
			return (uint32_t)(at - b->strings);
		at++;
	}
	return UINT32_MAX;
}

const struct btf_type *btf_type(const struct btf_file *b, uint32_t id)
{
	if (b->base && id < b->first_id)
		return btf_type(b->base, id);
	if (id < b->first_id || id - b->first_id >= b->count)
		return NULL;
	return (const struct btf_type *)(b->types + b->offset[id - b->first_id]);
}

static uint32_t find_by_offset(const struct btf_file *b, uint32_t kind, uint32_t off)
{
	for (uint32_t i = 0; i < b->count; i++) {
		const struct btf_type *t = (const struct btf_type *)(b->types + b->offset[i]);

		if (t->name_off == off && BTF_INFO_KIND(t->info) == kind)
			return b->first_id + i;
	}
	return 0;
}

uint32_t btf_find(const struct btf_file *b, uint32_t kind, const char *name)
{
	uint32_t off, id = 0;

	if (!*name)
		return 0;
	off = name_offset(b, name);
	if (off != UINT32_MAX)
		id = find_by_offset(b, kind, b->base ? off + b->base->strings_len : off);
	/* A module's type may be called what something in vmlinux is called. */
	if (!id && b->base && (off = name_offset(b->base, name)) != UINT32_MAX)
		id = find_by_offset(b, kind, off);
	return id;
}

void btf_each(const struct btf_file *b, uint32_t kind,
              bool (*fn)(void *arg, uint32_t id, const char *name), void *arg)
{
	for (uint32_t i = 0; i < b->count; i++) {
		const struct btf_type *t = (const struct btf_type *)(b->types + b->offset[i]);

		if (BTF_INFO_KIND(t->info) == kind &&
		    !fn(arg, b->first_id + i, btf_name(b, t->name_off)))
			return;
	}
}

uint32_t btf_strip_tags(const struct btf_file *b, uint32_t id, bool *user)
{
	enum { LONGEST_CHAIN = 64 };

	for (int i = 0; i < LONGEST_CHAIN; i++) {
		const struct btf_type *t = id ? btf_type(b, id) : NULL;

		if (!t)
			return 0;
		switch (BTF_INFO_KIND(t->info)) {
		case BTF_KIND_TYPE_TAG:
			if (user && !strcmp(btf_name(b, t->name_off), "user"))
				*user = true;
			/* fall through */
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_CONST:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_RESTRICT: id = t->type; break;
		default: return id;
		}
	}
	return 0;
}

uint32_t btf_strip(const struct btf_file *b, uint32_t id)
{
	return btf_strip_tags(b, id, NULL);
}

uint64_t btf_size(const struct btf_file *b, uint32_t id)
{
	const struct btf_type *t;

	id = btf_strip(b, id);
	t = id ? btf_type(b, id) : NULL;
	if (!t)
		return 0;
	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
	case BTF_KIND_FLOAT: return t->size;
	case BTF_KIND_PTR: return 8;
	case BTF_KIND_ARRAY: {
		const struct btf_array *a = (const struct btf_array *)(t + 1);

		return a->nelems * btf_size(b, a->type);
	}
	default: return 0;
	}
}
