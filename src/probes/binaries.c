/* SPDX-License-Identifier: Apache-2.0 */
/* binaries.c - many binaries at once: those that a pattern of paths fits, or that processes run. */

#include "probes/binary.h"

#include "base/map.h"
#include "base/strbuf.h"
#include "probes/cache.h"

#include <dirent.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void each_glob(const char *pattern, bool (*fn)(void *arg, const char *path), void *arg,
                      struct probe_cache *c)
{
	glob_t found;

	if (glob(pattern, 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *path;

		if (!binary_find(c, 0, found.gl_pathv[i], &path) && !fn(arg, path))
			break;
	}
	globfree(&found);
}

/* "55d0-55e0 r-xp 00000000 fd:00 123   /usr/bin/bash" */
static const char *executable_path(char *line)
{
	const char *path = strchr(line, '/');
	const char *perm = strchr(line, ' ');

	if (!path || !perm || perm[3] != 'x' || strstr(path, " (deleted)"))
		return NULL;
	return path;
}

static bool each_mapping(struct probe_cache *c, uint32_t pid, struct map *seen,
                         bool (*fn)(void *arg, const char *path), void *arg)
{
	struct strbuf sb = STRBUF_INIT;
	char file[64], *save = NULL, *line;
	bool more = true;

	snprintf(file, sizeof(file), "/proc/%u/maps", pid);
	strbuf_read_file(&sb, file);
	/* Of kernel threads it is empty. */
	for (line = sb.len ? strtok_r(sb.buf, "\n", &save) : NULL; line && more;
	     line = strtok_r(NULL, "\n", &save)) {
		const char *path = executable_path(line), *found;

		if (!path || binary_find(c, pid, path, &found) || map_get(seen, found))
			continue;
		map_put(seen, found, c);
		more = fn(arg, found);
	}
	strbuf_release(&sb);
	return more;
}

static void each_process(struct probe_cache *c, struct map *seen,
                         bool (*fn)(void *arg, const char *path), void *arg)
{
	DIR *dir = opendir("/proc");
	const struct dirent *e;
	bool more = dir;

	while (more && (e = readdir(dir))) {
		uint32_t pid = (uint32_t)strtoul(e->d_name, NULL, 10);

		more = !pid || each_mapping(c, pid, seen, fn, arg);
	}
	if (dir)
		closedir(dir);
}

void binaries_each(struct probe_cache *c, uint32_t pid, const char *pattern,
                   bool (*fn)(void *arg, const char *path), void *arg)
{
	struct map seen = MAP_INIT;

	if (strcmp(pattern, "*"))
		each_glob(pattern, fn, arg, c);
	else if (pid)
		each_mapping(c, pid, &seen, fn, arg);
	else
		each_process(c, &seen, fn, arg);
	map_release(&seen);
}
