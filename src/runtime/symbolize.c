/* SPDX-License-Identifier: Apache-2.0 */
/* symbolize.c - addresses to names: kallsyms for the kernel, mappings and ELF files for processes. */

#include "base/map.h"
#include "base/mem.h"
#include "probes/symbols.h"
#include "runtime/rt.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct mapping {
	uint64_t start, end, offset;
	const char *path; /* as seen from here */
	const char *name; /* as the process sees it */
};

/* The mappings of one process, as they were when it was first seen. */
struct process {
	VEC(struct mapping) maps;
};

struct symbolizer {
	struct map processes; /* pid -> struct process */
};

void symbol_kernel(struct rt *rt, uint64_t address, bool offset, struct strbuf *sb)
{
	uint64_t off;
	const struct symbol *s = ksym_lookup(rt->env.cache, address, &off);

	if (!s)
		strbuf_addf(sb, "0x%" PRIx64, address);
	else if (offset)
		strbuf_addf(sb, "%s+%" PRIu64, s->name, off);
	else
		strbuf_adds(sb, s->name);
}

/* "start-end perms offset dev inode   path" */
static bool parse_mapping(struct rt *rt, uint32_t pid, const char *line, struct mapping *m)
{
	char perms[8], path[4096] = "";

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %" SCNx64 " %*s %*s %4095[^\n]", &m->start, &m->end,
	           perms, &m->offset, path) < 4 ||
	    perms[2] != 'x' || *path != '/')
		return false;
	m->name = arena_strdup(&rt->arena, path);
	m->path = arena_printf(&rt->arena, "/proc/%u/root%s", pid, path);
	return true;
}

static struct process *process_of(struct rt *rt, uint32_t pid)
{
	struct process *p;
	struct strbuf sb = STRBUF_INIT;
	char path[32], *line, *rest;

	if (!rt->symbols)
		rt->symbols = mem_calloc(1, sizeof(*rt->symbols));
	p = map_get_bytes(&rt->symbols->processes, &pid, sizeof(pid));
	if (p)
		return p;
	p = mem_calloc(1, sizeof(*p));
	map_put_bytes(&rt->symbols->processes, &pid, sizeof(pid), p);
	snprintf(path, sizeof(path), "/proc/%u/maps", pid);
	strbuf_read_file(&sb, path);
	for (line = strtok_r(sb.buf, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		struct mapping m = { 0 };

		if (parse_mapping(rt, pid, line, &m))
			vec_push(&p->maps, m);
	}
	strbuf_release(&sb);
	return p;
}

static const struct mapping *mapping_of(struct rt *rt, uint32_t pid, uint64_t address)
{
	struct process *p = process_of(rt, pid);

	vec_each (i, &p->maps)
		if (address >= p->maps.v[i].start && address < p->maps.v[i].end)
			return &p->maps.v[i];
	return NULL;
}

/* A process that has ended left its file behind, maybe under the same name. */
static struct elf_file *open_mapping(struct rt *rt, const struct mapping *m)
{
	struct elf_file *f = elf_open(rt->env.cache, m->path);

	return f ? f : elf_open(rt->env.cache, m->name);
}

void symbol_user(struct rt *rt, uint32_t pid, uint64_t address, bool offset, bool module,
                 struct strbuf *sb)
{
	const struct mapping *m = mapping_of(rt, pid, address);
	struct elf_file *f = m ? open_mapping(rt, m) : NULL;
	const struct symbol *s = NULL;
	uint64_t vaddr, off = 0;

	if (f && !elf_offset_to_vaddr(f, address - m->start + m->offset, &vaddr))
		s = elf_lookup(f, vaddr, &off);
	if (s) {
		text_safe(sb, s->name, strcspn(s->name, "@"));
		if (offset)
			strbuf_addf(sb, "+%" PRIu64, off);
	} else {
		strbuf_addf(sb, "0x%" PRIx64, address);
	}
	if (module) {
		strbuf_adds(sb, " (");
		text_safe(sb, m ? m->name : "[unknown]", strlen(m ? m->name : "[unknown]"));
		strbuf_addc(sb, ')');
	}
}

/* -- stacks -- */

static void frame(struct rt *rt, const struct meta_type *t, uint32_t pid, uint64_t ip,
                  struct strbuf *sb)
{
	bool user = t->kind == KIND_USTACK, perf = t->mode == STACK_PERF;

	if (t->mode == STACK_RAW || t->mode == STACK_BUILD_ID) {
		strbuf_addf(sb, "%" PRIx64 "\n", ip);
		return;
	}
	if (perf)
		strbuf_addf(sb, "\t%" PRIx64 " ", ip);
	else
		strbuf_pad(sb, ' ', 8);
	if (user)
		symbol_user(rt, pid, ip, true, perf, sb);
	else
		symbol_kernel(rt, ip, true, sb);
	strbuf_addc(sb, '\n');
}

void stack_text(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb)
{
	const struct rt_map *map = &rt->map[t->map];
	uint32_t pid = 0, n;
	uint64_t id, *stack;

	memcpy(&id, data, 8);
	if (t->kind == KIND_USTACK)
		memcpy(&pid, (const char *)data + 8, 4);
	strbuf_addc(sb, '\n');
	if (!id)
		return;
	stack = mem_calloc(1, bpf_map__value_size(map->map) + 8);
	if (!bpf_map_lookup_elem(map->fd, &id, stack)) {
		memcpy(&n, stack, 4);
		for (uint32_t i = 0; i < n && i < t->count && stack[1 + i]; i++)
			frame(rt, t, pid, stack[1 + i], sb);
	}
	free(stack);
}

void symbols_free(struct rt *rt)
{
	if (!rt->symbols)
		return;
	map_each (e, &rt->symbols->processes) {
		struct process *p = e->value;

		vec_release(&p->maps);
		free(p);
	}
	map_release(&rt->symbols->processes);
	free(rt->symbols);
}
