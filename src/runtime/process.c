/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process.c - what processes have mapped, remembered from when they were first heard of.
 *
 * A process is gone when its stacks are printed, often. Its programs tell of each new stack at once
 * (EVENT_SEEN), and its mappings are read then.
 */

#include "runtime/symbols.h"

#include "base/map.h"
#include "base/mem.h"
#include "runtime/rt.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* A name for code that a process has made. */
struct perf_symbol {
	uint64_t start, size;
	const char *name;
};

struct process {
	VEC(struct mapping) maps;
	uint64_t read_ms; /* when */
	VEC(struct perf_symbol) code;
	uint64_t code_ms;
};

struct processes {
	struct map by_pid; /* pid -> struct process */
};

/* What was not found may have come since; asking again has its price. */
enum { AGAIN_MS = 100 };

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* "start-end perms offset dev inode   path" */
static bool parse_mapping(struct rt *rt, uint32_t pid, const char *line, struct mapping *m)
{
	char perms[8], path[4096] = "";

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %" SCNx64 " %*s %*s %4095[^\n]", &m->start,
	           &m->end, perms, &m->offset, path) < 4 ||
	    perms[2] != 'x')
		return false;
	m->name = arena_strdup(&rt->arena, path);
	m->path = *path == '/' ? arena_printf(&rt->arena, "/proc/%u/root%s", pid, path) : NULL;
	return true;
}

static const struct mapping *find(const struct process *p, uint64_t address)
{
	/* What was mapped last hides what was there before. */
	for (size_t i = p->maps.n; i-- > 0;)
		if (address >= p->maps.v[i].start && address < p->maps.v[i].end)
			return &p->maps.v[i];
	return NULL;
}

/* Adds what is new. */
static void read_mappings(struct rt *rt, uint32_t pid, struct process *p)
{
	struct strbuf sb = STRBUF_INIT;
	char path[32], *line, *rest = NULL;

	p->read_ms = now_ms();
	snprintf(path, sizeof(path), "/proc/%u/maps", pid);
	strbuf_read_file(&sb, path);
	for (line = sb.len ? strtok_r(sb.buf, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest)) {
		struct mapping m = { 0 };
		const struct mapping *old;

		if (!parse_mapping(rt, pid, line, &m))
			continue;
		old = find(p, m.start);
		if (!old || old->start != m.start || strcmp(old->name, m.name))
			vec_push(&p->maps, m);
	}
	strbuf_release(&sb);
}

static struct process *process_of(struct rt *rt, uint32_t pid)
{
	struct process *p;

	if (!rt->processes)
		rt->processes = mem_calloc(1, sizeof(*rt->processes));
	p = map_get_bytes(&rt->processes->by_pid, &pid, sizeof(pid));
	if (p)
		return p;
	p = mem_calloc(1, sizeof(*p));
	map_put_bytes(&rt->processes->by_pid, &pid, sizeof(pid), p);
	read_mappings(rt, pid, p);
	return p;
}

const struct mapping *process_mapping(struct rt *rt, uint32_t pid, uint64_t address)
{
	struct process *p = process_of(rt, pid);
	const struct mapping *m = find(p, address);

	if (m || now_ms() - p->read_ms < AGAIN_MS)
		return m;
	read_mappings(rt, pid, p);
	return find(p, address);
}

void process_note(struct rt *rt, uint32_t pid, uint64_t address)
{
	struct process *p = process_of(rt, pid);

	if (!find(p, address))
		read_mappings(rt, pid, p);
}

/* -- names of code made at run time -- */

/* Anybody can write into /tmp: the file must be the process's owner's, or root's. */
static bool is_trusted(uint32_t pid, const char *path)
{
	struct stat file, process;
	char dir[32];

	snprintf(dir, sizeof(dir), "/proc/%u", pid);
	if (lstat(path, &file) || !S_ISREG(file.st_mode))
		return false;
	return !file.st_uid || (!stat(dir, &process) && file.st_uid == process.st_uid);
}

/* "start size name", numbers in hexadecimal */
static void read_perf_map(struct rt *rt, uint32_t pid, struct process *p)
{
	struct strbuf sb = STRBUF_INIT;
	char path[48], *line, *rest = NULL;

	p->code_ms = now_ms();
	p->code.n = 0;
	snprintf(path, sizeof(path), "/tmp/perf-%u.map", pid);
	if (is_trusted(pid, path))
		strbuf_read_file(&sb, path);
	for (line = sb.len ? strtok_r(sb.buf, "\n", &rest) : NULL; line;
	     line = strtok_r(NULL, "\n", &rest)) {
		struct perf_symbol s;
		int name = 0;

		if (sscanf(line, "%" SCNx64 " %" SCNx64 " %n", &s.start, &s.size, &name) < 2 ||
		    !name)
			continue;
		s.name = arena_strdup(&rt->arena, line + name);
		vec_push(&p->code, s);
	}
	strbuf_release(&sb);
}

static const struct perf_symbol *find_code(const struct process *p, uint64_t address)
{
	for (size_t i = p->code.n; i-- > 0;)
		if (address - p->code.v[i].start < p->code.v[i].size)
			return &p->code.v[i];
	return NULL;
}

const char *perf_map_name(struct rt *rt, uint32_t pid, uint64_t address, uint64_t *offset)
{
	struct process *p = process_of(rt, pid);
	const struct perf_symbol *s = find_code(p, address);

	if (!s && now_ms() - p->code_ms >= AGAIN_MS) {
		read_perf_map(rt, pid, p);
		s = find_code(p, address);
	}
	if (s)
		*offset = address - s->start;
	return s ? s->name : NULL;
}

void processes_free(struct rt *rt)
{
	if (!rt->processes)
		return;
	map_each (e, &rt->processes->by_pid) {
		struct process *p = e->value;

		vec_release(&p->maps);
		vec_release(&p->code);
		free(p);
	}
	map_release(&rt->processes->by_pid);
	free(rt->processes);
}
