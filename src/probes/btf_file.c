/* SPDX-License-Identifier: Apache-2.0 */
/*
 * btf_file.c - BTF of the kernel, its modules and of objects: read once, and kept in the cache.
 *
 * A header, a section of types, each behind the last, and a section of names
 * (Documentation/bpf/btf.rst). One walk over the types notes where each starts.
 */

#include "probes/btf_file.h"

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
