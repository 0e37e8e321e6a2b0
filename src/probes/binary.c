/* SPDX-License-Identifier: Apache-2.0 */
/*
 * binary.c - finds a program or library by the name that a user gives it.
 *
 * "./a.out", "/bin/bash": a path. "bash": a program in PATH. "libc", "c", "libc.so.6": a library,
 * from the dynamic linker's cache. With a process of another mount namespace (a container) all of
 * this is meant as it sees files, under /proc/PID/root.
 */

#include "probes/binary.h"

#include "base/arena.h"
#include "base/bug.h"
#include "base/strbuf.h"
#include "probes/cache.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_file(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode);
}

/* "" where the process sees the files that we see. */
static const char *root_of(struct arena *a, uint32_t pid)
{
	const char *theirs = arena_printf(a, "/proc/%u/ns/mnt", pid);
	struct stat ours_st, theirs_st;

	if (!pid || stat("/proc/self/ns/mnt", &ours_st) || stat(theirs, &theirs_st) ||
	    (ours_st.st_ino == theirs_st.st_ino && ours_st.st_dev == theirs_st.st_dev))
		return "";
	return arena_printf(a, "/proc/%u/root", pid);
}

static const char *find_path(struct arena *a, const char *root, const char *name)
{
	char full[PATH_MAX];
	const char *path = arena_printf(a, "%s%s%s", root, *root && *name != '/' ? "/" : "", name);

	if (!is_file(path))
		return NULL;
	/* A relative name may mean another file later, and links may move. */
	return !*root && realpath(path, full) ? arena_strdup(a, full) : path;
}

static const char *find_program(struct arena *a, const char *root, const char *name)
{
	const char *dirs = getenv("PATH"), *path;

	dirs = dirs && *dirs ? dirs
	                     : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	for (size_t n; *dirs; dirs += n + (dirs[n] == ':')) {
		n = strcspn(dirs, ":");
		path = arena_printf(a, "%.*s/%s", (int)n, dirs, name);
		path = n ? find_path(a, root, path) : NULL;
		if (path && !access(path, X_OK))
			return path;
	}
	return NULL;
}

/* -- libraries -- */

/* /etc/ld.so.cache: magic, counts, entries; offsets of texts count from the magic (sysdeps/generic/
 * dl-cache.h in glibc says what is where). An older format may stand in front. */
struct ld_header {
	char magic[20];
	uint32_t entries, names_len;
	uint8_t flags, padding[3];
	uint32_t extension, unused[3];
};

struct ld_entry {
	int32_t flags;
	uint32_t name, path;
	uint32_t os_version;
	uint64_t hwcap;
};

static const char ld_magic[] = "glibc-ld.so.cache1.1";

/* "libc" and "c" are libc.so.6; a full name is itself. */
static bool is_library(const char *file, const char *name)
{
	size_t n = strlen(name);

	if (!strcmp(file, name))
		return true;
	if (!strncmp(file, name, n) && !strncmp(file + n, ".so", 3))
		return true;
	return !strncmp(file, "lib", 3) && !strncmp(file + 3, name, n) &&
	       !strncmp(file + 3 + n, ".so", 3);
}

static const char *text_at(const char *base, size_t len, uint32_t off)
{
	return off < len && memchr(base + off, 0, len - off) ? base + off : NULL;
}

/* A machine may have libraries of several widths: ours is wanted. */
static bool is_native(const char *path)
{
	unsigned char ident[5] = { 0 };
	FILE *f = fopen(path, "re");
	bool ok = f && fread(ident, 1, sizeof(ident), f) == sizeof(ident);

	if (f)
		fclose(f);
	return ok && ident[4] == (sizeof(long) == 8 ? 2 : 1); /* EI_CLASS */
}

static const char *search_cache(struct arena *a, const char *root, const char *base, size_t len,
                                const char *name)
{
	const struct ld_header *h = (const struct ld_header *)base;
	const struct ld_entry *e = (const struct ld_entry *)(h + 1);

	if (len < sizeof(*h) || (len - sizeof(*h)) / sizeof(*e) < h->entries)
		return NULL;
	for (uint32_t i = 0; i < h->entries; i++) {
		const char *file = text_at(base, len, e[i].name),
			   *path = text_at(base, len, e[i].path);

		if (!file || !path || !is_library(file, name))
			continue;
		path = find_path(a, root, path);
		if (path && is_native(path))
			return path;
	}
	return NULL;
}

static const char *find_cached_library(struct arena *a, const char *root, const char *name)
{
	struct strbuf sb = STRBUF_INIT;
	const char *base, *path = NULL;

	if (!strbuf_read_file(&sb, arena_printf(a, "%s/etc/ld.so.cache", root))) {
		base = memmem(sb.buf, sb.len, ld_magic, strlen(ld_magic));
		/* Behind the older format it stands where a struct may stand. */
		if (base && (base - sb.buf) % 8 == 0)
			path = search_cache(a, root, base, sb.len - (size_t)(base - sb.buf), name);
	}
	strbuf_release(&sb);
	return path;
}

/* Where there is no cache (musl), and for names that are not in it. */
static const char *find_library_in_dirs(struct arena *a, const char *root, const char *name)
{
	static const char *const dirs[] = { "/lib64", "/usr/lib64", "/lib", "/usr/lib",
		                            "/usr/local/lib" };
	static const char *const forms[] = { "%s/%s", "%s/%s.so", "%s/lib%s.so" };

	for (size_t i = 0; i < countof(dirs); i++) {
		for (size_t k = 0; k < countof(forms); k++) {
			const char *path =
				find_path(a, root, arena_printf(a, forms[k], dirs[i], name));

			if (path && is_native(path))
				return path;
		}
	}
	return NULL;
}

static const char *find_named(struct arena *a, const char *root, const char *name)
{
	const char *path;

	if (strchr(name, '/'))
		return find_path(a, root, name);
	path = find_program(a, root, name);
	path = path ? path : find_cached_library(a, root, name);
	path = path ? path : find_library_in_dirs(a, root, name);
	return path ? path : find_path(a, root, name);
}

int binary_find(struct probe_cache *c, uint32_t pid, const char *name, const char **path)
{
	const char *key = arena_printf(&c->arena, "%u:%s", pid, name);

	*path = map_get(&c->binaries, key);
	if (*path)
		return 0;
	*path = *name ? find_named(&c->arena, root_of(&c->arena, pid), name) : NULL;
	if (!*path)
		return -ENOENT;
	map_put(&c->binaries, key, (void *)(uintptr_t)*path);
	return 0;
}
