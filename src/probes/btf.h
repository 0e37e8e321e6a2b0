/* SPDX-License-Identifier: Apache-2.0 */
/*
 * btf - the kernel's own description of its types and functions.
 *
 * An index over /sys/kernel/btf/vmlinux (or a module's file), made for looking up a few names in
 * about a millisecond: names are found by their place in the string section, types by a table of
 * offsets; nothing is copied or deduplicated.
 *
 *	const struct btf_file *b = btf_vmlinux(cache);	(NULL: no BTF)
 *	uint32_t id = btf_find(b, BTF_KIND_STRUCT, "task_struct");	(0: none)
 *	const struct btf_type *t = btf_type(b, id);	(linux/btf.h)
 */
#ifndef PROBES_BTF_H
#define PROBES_BTF_H

#include <linux/btf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct probe_cache;
struct btf_file;

/* Whether there is BTF of the kernel, without reading it. */
bool btf_present(void);
/* SONDE_BTF in the environment names another file. */
const struct btf_file *btf_vmlinux(struct probe_cache *c);
/* The split BTF of a module (NULL: vmlinux); its ids below the base's count are vmlinux's. NULL:
 * none. */
const struct btf_file *btf_module(struct probe_cache *c, const char *module);
/* Calls fn with vmlinux, then with each loaded module, until it returns false; with a pattern only
 * for those whose name fits. */
typedef bool btf_file_fn(void *arg, const char *module, const struct btf_file *b);
void btf_each_file(struct probe_cache *c, const char *pattern, btf_file_fn *fn, void *arg);

/* BTF in memory, kept under the path of the object that it is of. NULL: damaged. */
const struct btf_file *btf_object(struct probe_cache *c, const char *path, const void *data,
                                  size_t len);

uint32_t btf_find(const struct btf_file *b, uint32_t kind, const char *name);
/* Calls fn for each type of a kind (own types of a module only), until it returns false. */
void btf_each(const struct btf_file *b, uint32_t kind,
              bool (*fn)(void *arg, uint32_t id, const char *name), void *arg);
const struct btf_type *btf_type(const struct btf_file *b, uint32_t id); /* NULL: no such id */
const char *btf_name(const struct btf_file *b, uint32_t name_off);
/* Steps over typedefs, const, volatile, restrict and type tags. */
uint32_t btf_strip(const struct btf_file *b, uint32_t id);
/* The same, and tells whether a type tag "user" was passed on the way. */
uint32_t btf_strip_tags(const struct btf_file *b, uint32_t id, bool *user);
/* The type tag that stands between id and what it names ("user", "percpu"); "": none. */
const char *btf_tag(const struct btf_file *b, uint32_t id);
/* Size in bytes; 0 for what has none. */
uint64_t btf_size(const struct btf_file *b, uint32_t id);

#endif
