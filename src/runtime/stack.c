/* SPDX-License-Identifier: Apache-2.0 */
/* stack.c - call stacks as text. */

#include "base/mem.h"
#include "probes/symbols.h"
#include "runtime/rt.h"
#include "runtime/symbols.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* "build id 0xoffset": what names the frame on any machine that has the file. */
static void add_build_id(struct rt *rt, const struct user_place *at, uint64_t ip, struct strbuf *sb)
{
	struct user_spot spot;
	unsigned char id[20];
	uint64_t offset;
	size_t n = 0;

	if (user_locate(rt, at, ip, &spot) &&
	    !elf_vaddr_to_offset(spot.file, spot.address, &offset))
		n = elf_build_id(spot.file, id);
	if (!n) {
		strbuf_addf(sb, "%" PRIx64 "\n", ip);
		return;
	}
	for (size_t i = 0; i < sizeof(id); i++)
		strbuf_addf(sb, "%02x", i < n ? id[i] : 0);
	strbuf_addf(sb, " 0x%" PRIx64 "\n", offset);
}

static void frame(struct rt *rt, const struct meta_type *t, const struct user_place *at,
                  uint64_t ip, struct strbuf *sb)
{
	bool user = t->kind == KIND_USTACK, perf = t->mode == STACK_PERF;

	if (t->mode == STACK_RAW) {
		strbuf_addf(sb, "%" PRIx64 "\n", ip);
		return;
	}
	if (t->mode == STACK_BUILD_ID) {
		add_build_id(rt, at, ip, sb);
		return;
	}
	if (perf)
		strbuf_addf(sb, "\t%" PRIx64 " ", ip);
	else
		strbuf_pad(sb, ' ', 8);
	if (user)
		symbol_user(rt, at, ip, true, perf, sb);
	else
		symbol_kernel(rt, ip, true, sb);
	strbuf_addc(sb, '\n');
}

static bool is_named(struct rt *rt, uint64_t ip, const char *prefix)
{
	uint64_t off;
	const struct symbol *s = ksym_lookup(rt->env.cache, ip, &off);

	return s && !strncmp(s->name, prefix, strlen(prefix));
}

/* The frames of a stack; the caller frees them. */
static uint64_t *read_stack(struct rt *rt, uint32_t row, uint64_t id, uint32_t *n)
{
	const struct rt_map *map = &rt->map[row];
	uint64_t *stack = mem_calloc(1, bpf_map__value_size(map->map) + 8);

	*n = 0;
	if (id && !bpf_map_lookup_elem(map->fd, &id, stack))
		memcpy(n, stack, sizeof(*n));
	return stack;
}

void stack_text(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb)
{
	struct user_place at = { 0 };
	uint64_t id, *stack;
	uint32_t n, first = 0;

	memcpy(&id, data, 8);
	strbuf_addc(sb, '\n');
	stack = read_stack(rt, t->map, id, &n);
	if (t->kind == KIND_USTACK) {
		memcpy(&at.pid, (const char *)data + 8, 4);
		memcpy(&at.probe, (const char *)data + 12, 4);
		at.leaf = stack[1];
	} else {
		/* What has called our program on a raw tracepoint is not what was traced. */
		first = n && is_named(rt, stack[1], "__bpf_trace_");
	}
	n = n < first + t->count ? n : first + t->count;
	for (uint32_t i = first; i < n && stack[1 + i]; i++)
		frame(rt, t, &at, stack[1 + i], sb);
	free(stack);
}

void stack_note(struct rt *rt, uint32_t pid, uint32_t map, uint64_t id)
{
	uint64_t *stack;
	uint32_t n;

	if (map >= meta_count(&rt->m, META_MAPS))
		return;
	stack = read_stack(rt, map, id, &n);
	for (uint32_t i = 0; i < n; i++)
		process_note(rt, pid, stack[1 + i]);
	free(stack);
}
