/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cgroup.c - paths of cgroups by id, the inode number of their directory.
 *
 * Where hierarchies of version 1 are mounted beside that of version 2, an id may mean a directory in
 * each of them: all are told, by the hierarchy's name.
 */

#include "probes/probe.h"
#include "runtime/rt.h"

#include <ftw.h>
#include <string.h>
#include <sys/stat.h>

struct hierarchy {
	const char *name, *device; /* the device tells mounts of the same one */
	char *root;
};

/* nftw(3) hands no argument through. */
static struct {
	uint64_t id;
	size_t root_len;
	const char *name;
	struct strbuf *text;
} wanted;

static int visit(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	const char *below = path + wanted.root_len;

	if (type != FTW_D || st->st_ino != wanted.id)
		return 0;
	strbuf_addf(wanted.text, "%s%s:", wanted.text->len ? "," : "", wanted.name);
	text_safe(wanted.text, *below ? below : "/", *below ? strlen(below) : 1);
	return 1;
}

/* proc_pid_mountinfo(5): "31 23 0:28 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw" */
static bool parse_mount(char *line, const char *type, struct hierarchy *h)
{
	char *kind = strstr(line, " - "), *save, *slash;

	if (!kind)
		return false;
	*kind = '\0';
	kind = strtok_r(kind + 3, " ", &save);
	if (!kind || strcmp(kind, type))
		return false;
	strtok_r(line, " ", &save);
	strtok_r(NULL, " ", &save);
	h->device = strtok_r(NULL, " ", &save);
	strtok_r(NULL, " ", &save);
	h->root = strtok_r(NULL, " ", &save);
	if (!h->root)
		return false;
	slash = strrchr(h->root, '/');
	h->name = strcmp(type, "cgroup2") ? slash + 1 : "unified";
	return true;
}

/* Hierarchies of a version whose name matches. */
static void find_in(const struct strbuf *mounts, const char *type, const char *filter)
{
	struct arena arena = ARENA_INIT;
	struct map seen = MAP_INIT;
	char *save, *copy = arena_strdup(&arena, mounts->buf);

	for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		struct hierarchy h;

		if (!parse_mount(line, type, &h) || map_get(&seen, h.device) ||
		    !wildcard_match(filter, h.name))
			continue;
		map_put(&seen, h.device, h.root);
		wanted.name = h.name;
		wanted.root_len = strlen(h.root);
		nftw(h.root, visit, 16, FTW_PHYS | FTW_MOUNT);
	}
	map_release(&seen);
	arena_release(&arena);
}

void cgroup_path(uint64_t id, const char *filter, struct strbuf *sb)
{
	struct strbuf mounts = STRBUF_INIT, text = STRBUF_INIT;

	strbuf_read_file(&mounts, "/proc/self/mountinfo");
	wanted.id = id;
	wanted.text = &text;
	filter = *filter ? filter : "*";
	find_in(&mounts, "cgroup2", filter);
	find_in(&mounts, "cgroup", filter);
	strbuf_add(sb, text.buf, text.len);
	strbuf_release(&mounts);
	strbuf_release(&text);
}
