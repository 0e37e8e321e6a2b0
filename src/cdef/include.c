/* SPDX-License-Identifier: Apache-2.0 */
/*
 * include.c - which headers a script wants, and whether they are there.
 *
 * A kernel header that is not installed is no mistake: BTF has its types. The same goes for what
 * every libc has. Any other header must be found.
 */

#include "cdef/private.h"

#include "base/arena.h"
#include "base/bug.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { DIRS_MAX = 64 };

#if defined(__aarch64__)
#define MULTIARCH "aarch64-linux-gnu"
#define KERNEL_ARCH "arm64"
#else
#define MULTIARCH "x86_64-linux-gnu"
#define KERNEL_ARCH "x86"
#endif

/* Folders below which the kernel keeps its headers: what they define is in BTF. */
static const char *const kernel_folders[] = {
	"linux/",       "net/",    "asm/",    "asm-generic/", "uapi/",    "trace/",
	"generated/",   "acpi/",   "block/",  "clocksource/", "crypto/",  "drm/",
	"dt-bindings/", "keys/",   "kvm/",    "math-emu/",    "media/",   "memory/",
	"misc/",        "pcmcia/", "ras/",    "rdma/",        "rv/",      "scsi/",
	"soc/",         "sound/",  "target/", "ufs/",         "vdso/",    "video/",
	"xen/",         "fs/",     "kernel/", "mm/",          "drivers/", "include/",
	"security/",    "../",
};

/* Those of every libc. */
static const char *const libc_names[] = {
	"sys/",      "netinet/", "arpa/",    "bits/",      "assert.h",  "ctype.h",  "dirent.h",
	"endian.h",  "errno.h",  "fcntl.h",  "inttypes.h", "limits.h",  "netdb.h",  "poll.h",
	"pthread.h", "sched.h",  "signal.h", "stdarg.h",   "stdbool.h", "stddef.h", "stdint.h",
	"stdio.h",   "stdlib.h", "string.h", "strings.h",  "time.h",    "unistd.h",
};

static bool begins_with_one(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strncmp(name, list[i], strlen(list[i])))
			return true;
	return false;
}

/* -- where to look -- */

static void add_dir(struct cdefs *c, size_t *n, const char *dir)
{
	if (*n + 1 < DIRS_MAX && !access(dir, F_OK))
		c->dirs[(*n)++] = dir;
}

static void add_list(struct cdefs *c, size_t *n, const char *list)
{
	char *text, *save;

	if (!list)
		return;
	text = arena_strdup(c->u->arena, list);
	for (char *dir = strtok_r(text, ":", &save); dir; dir = strtok_r(NULL, ":", &save))
		add_dir(c, n, dir);
}

/* The kernel's own tree, as its packages lay it out. */
static void add_kernel(struct cdefs *c, size_t *n, const char *tree)
{
	static const char *const parts[] = {
		"arch/" KERNEL_ARCH "/include",
		"arch/" KERNEL_ARCH "/include/generated",
		"include",
		"arch/" KERNEL_ARCH "/include/uapi",
		"arch/" KERNEL_ARCH "/include/generated/uapi",
		"include/uapi",
		"include/generated/uapi",
	};

	for (size_t i = 0; i < countof(parts); i++)
		add_dir(c, n, arena_printf(c->u->arena, "%s/%s", tree, parts[i]));
}

const char *const *c_include_dirs(struct cdefs *c)
{
	const char *source = getenv("BPFTRACE_KERNEL_SOURCE"),
		   *build = getenv("BPFTRACE_KERNEL_BUILD");
	struct utsname un = { 0 };
	size_t n = 0;

	if (c->dirs)
		return c->dirs;
	c->dirs = arena_array(c->u->arena, const char *, DIRS_MAX);
	uname(&un);
	vec_each (i, &c->u->include_dirs)
		add_dir(c, &n, c->u->include_dirs.v[i]);
	add_list(c, &n, getenv("CPATH"));
	add_kernel(c, &n,
	           build ? build : arena_printf(c->u->arena, "/lib/modules/%s/build", un.release));
	add_kernel(c, &n,
	           source ? source
	                  : arena_printf(c->u->arena, "/lib/modules/%s/source", un.release));
	add_list(c, &n, getenv("C_INCLUDE_PATH"));
	add_dir(c, &n, "/usr/local/include");
	add_dir(c, &n, "/usr/include/" MULTIARCH);
	add_dir(c, &n, "/usr/include");
	return c->dirs;
}

/* Devices and pipes have no end. */
static bool is_file(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode);
}

/* The folder of the file that a place is in, "" or with a '/' at its end. */
static const char *folder_of(struct cdefs *c, struct span at)
{
	const char *name = span_is_none(at) ? "" : source_name(&c->u->source, at.off);
	const char *slash = strrchr(name, '/');

	return slash ? arena_memdup(c->u->arena, name, (size_t)(slash + 1 - name)) : "";
}

static bool find_in_dirs(struct cdefs *c, const char *name)
{
	for (const char *const *dir = c_include_dirs(c); *dir; dir++)
		if (is_file(arena_printf(c->u->arena, "%s/%s", *dir, name)))
			return true;
	return false;
}

static void find(struct cdefs *c, struct c_include *inc, const char *name)
{
	const char *beside = arena_printf(c->u->arena, "%s%s",
	                                  *name == '/' ? "" : folder_of(c, inc->span), name);
	char *whole;

	inc->wanted = inc->text;
	if ((*inc->text != '"' && *name != '/') || !is_file(beside)) {
		inc->found = *name != '/' && find_in_dirs(c, name);
		return;
	}
	whole = realpath(beside, NULL);
	inc->found = whole;
	if (whole)
		inc->wanted = arena_printf(c->u->arena, "\"%s\"", whole);
	free(whole);
}

void c_include(struct cdefs *c, const char *text, size_t len, struct span at)
{
	struct c_include inc = { .text = arena_memdup(c->u->arena, text, len), .span = at };
	const char *name = len > 2 ? arena_memdup(c->u->arena, text + 1, len - 2) : "";
	struct diag *d;

	inc.kernel = begins_with_one(name, kernel_folders, countof(kernel_folders));
	find(c, &inc, name);
	inc.reported = !inc.found && !inc.kernel &&
	               !begins_with_one(name, libc_names, countof(libc_names));
	vec_push_in(c->u->arena, &c->includes, inc);
	if (!inc.reported)
		return;
	d = diag_error(c->u->diags, at, "Header '%s' is not found", name);
	diag_hint(d, "-I DIR adds a folder to those that are searched");
}
