/* SPDX-License-Identifier: Apache-2.0 */
/* load.c - from bytes to programs in the kernel. */

#include "base/bug.h"
#include "base/log.h"
#include "base/mem.h"
#include "image/image.h"
#include "runtime/rt.h"

#include <errno.h>
#include <linux/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <unistd.h>

/* What could not be loaded. libbpf tells it in words only, and hands its words to a function that
 * knows of no run. */
static struct culprit culprit;

static void note_culprit(const char *fmt, va_list ap)
{
	char text[512], name[sizeof(culprit.name)];
	int n = 0;

	vsnprintf(text, sizeof(text), fmt, ap);
	if (*culprit.name)
		return;
	if (sscanf(text, "libbpf: map '%63[^']': failed to create:%n", name, &n) == 1 && n)
		culprit.is_map = true;
	else if (sscanf(text, "libbpf: prog '%63[^']': BPF program load failed%n", name, &n) != 1 ||
	         !n)
		return;
	memcpy(culprit.name, name, sizeof(name));
}

/* What libbpf has to say is shown with -v; of errors we make our own. */
static int on_libbpf(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	va_list again;

	va_copy(again, ap);
	if (level == LIBBPF_WARN)
		note_culprit(fmt, again);
	va_end(again);
	return log_verbose && level != LIBBPF_DEBUG ? vfprintf(stderr, fmt, ap) : 0;
}

static uint64_t largest_event(const struct rt *rt)
{
	uint64_t most = 0;

	for (uint32_t i = 0; i < meta_count(&rt->m, META_EVENTS); i++) {
		uint32_t row = meta_event(&rt->m, i)->type;
		uint64_t size = row == META_NONE ? 0 : meta_type(&rt->m, row)->size;

		most = size > most ? size : most;
	}
	return most;
}

/* 1/4096 of memory, 256 KiB to 1 MiB: the kernel allocates, clears and maps (twice) all of it at
 * start. Of large events a few find room. */
static uint32_t ring_bytes(const struct rt *rt)
{
	uint32_t pages = meta_script(&rt->m)->ring_pages, page = (uint32_t)sysconf(_SC_PAGESIZE);
	uint64_t wanted = (uint64_t)pages * page;
	uint32_t size = 256 * 1024;
	enum { A_FEW = 4 };
	struct sysinfo si;

	if (!pages) {
		sysinfo(&si);
		wanted = (uint64_t)si.totalram * si.mem_unit / 4096;
		wanted = wanted > 1 << 20 ? 1 << 20 : wanted;
		if (wanted < A_FEW * largest_event(rt))
			wanted = A_FEW * largest_event(rt);
	} else {
		size = page;
	}
	while (size < wanted && size < 1u << 30)
		size *= 2;
	return size;
}

static void set_params(struct rt *rt)
{
	struct bpf_map *params = bpf_object__find_map_by_name(rt->obj, PARAMS_SECTION);
	struct bpf_map *options = bpf_object__find_map_by_name(rt->obj, OPTIONS_SECTION);

	if (params)
		bpf_map__set_initial_value(params, &rt->params, sizeof(rt->params));
	if (options)
		bpf_map__set_initial_value(options, rt->options, rt->options_size);
}

static void find_programs(struct rt *rt)
{
	uint32_t n = meta_count(&rt->m, META_PROBES);

	rt->program = arena_array(&rt->arena, struct rt_program, n + 1);
	for (uint32_t i = 0; i < n; i++) {
		const char *name = meta_text(&rt->m, meta_probe(&rt->m, i)->program);
		struct rt_program *p = rt->programs ? &rt->program[rt->programs - 1] : NULL;

		if (!p || strcmp(p->name, name)) {
			p = &rt->program[rt->programs++];
			p->name = name;
			p->first = i;
			p->prog = bpf_object__find_program_by_name(rt->obj, name);
		}
		p->count++;
	}
}

static const char *text_or_null(struct rt *rt, uint32_t off)
{
	const char *text = meta_text(&rt->m, off);

	return *text ? text : NULL;
}

static int make_target(struct rt *rt, uint32_t row, struct probe_target *t)
{
	const struct meta_probe *p = meta_probe(&rt->m, row);

	*t = (struct probe_target){
		.kind = probe_kind_find(meta_text(&rt->m, p->kind)),
		.name = meta_text(&rt->m, p->name),
		.module = text_or_null(rt, p->module),
		.symbol = text_or_null(rt, p->symbol),
		.mode = text_or_null(rt, p->mode),
		.offset = p->offset,
		.address = p->address,
		.count = p->count,
		.flags = p->flags,
		.span = { p->span_off, p->span_len },
		.cookie = p->cookie,
	};
	if (t->kind)
		return 0;
	log_error("this program was made with a probe type that is not known here: %s",
	          meta_text(&rt->m, p->kind));
	return -EINVAL;
}

static int prepare(struct rt *rt, struct rt_program *p)
{
	int err = 0;

	if (!p->prog) {
		log_error("the image has no program '%s'", p->name);
		return -EINVAL;
	}
	p->target = arena_array(&rt->arena, struct probe_target, p->count);
	for (uint32_t i = 0; i < p->count && !err; i++)
		err = make_target(rt, p->first + i, &p->target[i]);
	if (err)
		return err;
	if (p->target[0].kind->prepare)
		err = p->target[0].kind->prepare(&rt->env, &p->target[0], p->prog);
	else
		err = bpf_program__set_type(p->prog, p->target[0].kind->prog_type);
	if (err && !diags_failed(rt->diags))
		diag_error(rt->diags, p->target[0].span, "Cannot prepare %s: %s", p->target[0].name,
		           strerror(-err));
	return err;
}

/* libbpf 1.1 does this for skeletons only. */
static void make_shareable(struct rt *rt, const char *name)
{
	struct bpf_map *map = bpf_object__find_map_by_name(rt->obj, name);

	if (map)
		bpf_map__set_map_flags(map, bpf_map__map_flags(map) | BPF_F_MMAPABLE);
}

static struct bpf_map *named_map(struct rt *rt, const char *prefix, const char *name)
{
	const char *whole = arena_printf(&rt->arena, "%s%s", prefix, name);
	struct bpf_map *map = bpf_object__find_map_by_name(rt->obj, whole);

	if (!map)
		log_error("the image has no map '%s'", whole);
	return map;
}

static bool find_map(struct rt *rt, struct rt_map *map, const struct meta_map *row)
{
	const char *name = meta_text(&rt->m, row->bpf_name);

	*map = (struct rt_map){
		.row = row,
		.name = meta_text(&rt->m, row->name),
		.key = row->key_type == META_NONE ? NULL : meta_type(&rt->m, row->key_type),
		.value = row->value_type == META_NONE ? NULL : meta_type(&rt->m, row->value_type),
		.map = named_map(rt, "", name),
		.short_map = row->short_key ? named_map(rt, META_SHORT_MAP, name) : NULL,
	};
	return map->map && (map->short_map || !row->short_key);
}

static int open_object(struct rt *rt)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "sonde");
	uint32_t n = meta_count(&rt->m, META_MAPS);
	struct bpf_map *ring, *scratch;
	int err;

	rt->obj = bpf_object__open_mem(rt->image, rt->image_len, &opts);
	err = libbpf_get_error(rt->obj);
	if (err) {
		rt->obj = NULL;
		log_error("cannot read the image: %s", strerror(-err));
		return err;
	}
	set_params(rt);
	ring = bpf_object__find_map_by_name(rt->obj, RING_MAP);
	if (ring)
		bpf_map__set_max_entries(ring, ring_bytes(rt));
	make_shareable(rt, CONTROL_SECTION);
	make_shareable(rt, LOSSES_SECTION);
	scratch = bpf_object__find_map_by_name(rt->obj, LARGE_SCRATCH_MAP);
	if (scratch)
		bpf_map__set_max_entries(scratch, SCRATCH_SLOTS * rt->params.cpus);
	rt->map = arena_array(&rt->arena, struct rt_map, n + 1);
	for (uint32_t i = 0; i < n; i++)
		if (!find_map(rt, &rt->map[i], meta_map(&rt->m, i)))
			return -EINVAL;
	return 0;
}

static int load_once(struct rt *rt, bool with_logs)
{
	size_t log_bytes = meta_script(&rt->m)->log_size;
	int err = open_object(rt);

	if (err)
		return err;
	rt->programs = 0;
	find_programs(rt);
	for (size_t i = 0; i < rt->programs && !err; i++) {
		err = prepare(rt, &rt->program[i]);
		if (!err && with_logs)
			bpf_program__set_log_buf(rt->program[i].prog,
			                         arena_alloc(&rt->arena, log_bytes), log_bytes);
	}
	return err ? err : bpf_object__load(rt->obj);
}

static int map_fd(struct rt *rt, const char *name)
{
	struct bpf_map *map = bpf_object__find_map_by_name(rt->obj, name);

	return map ? bpf_map__fd(map) : -1;
}

/* A global of the programs, shared with us until the end; NULL: they have none. */
static void *map_shared(struct rt *rt, const char *name, size_t size)
{
	int fd = map_fd(rt, name);
	void *shared =
		fd < 0 ? MAP_FAILED : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return shared == MAP_FAILED ? NULL : shared;
}

int rt_load(struct rt *rt)
{
	void *control;
	int err, again;

	libbpf_set_print(on_libbpf);
	err = load_once(rt, false);
	if (err && rt->obj && !diags_failed(rt->diags)) {
		/* Once more, to ask why: a log costs too much to have it always. */
		bpf_object__close(rt->obj);
		culprit = (struct culprit){ 0 };
		again = load_once(rt, true);
		if (again && rt->obj && !diags_failed(rt->diags))
			rejection_explain(rt, &culprit, err, again == -ENOSPC);
		err = again;
	}
	if (err)
		return err;
	for (uint32_t i = 0; i < meta_count(&rt->m, META_MAPS); i++) {
		rt->map[i].fd = bpf_map__fd(rt->map[i].map);
		if (rt->map[i].short_map)
			rt->map[i].short_fd = bpf_map__fd(rt->map[i].short_map);
	}
	control = map_shared(rt, CONTROL_SECTION, sizeof(*rt->control));
	if (control)
		rt->control = control;
	losses_open(rt,
	            map_shared(rt, LOSSES_SECTION, loss_rows(rt) * sizeof(struct image_losses)));
	rt->ring_fd = map_fd(rt, RING_MAP);
	if (rt->ring_fd >= 0)
		rt->ring = ring_buffer__new(rt->ring_fd, event_handle, rt, NULL);
	packets_open(rt);
	return 0;
}
