/* SPDX-License-Identifier: Apache-2.0 */
/* load.c - from bytes to programs in the kernel. */

#include "base/bug.h"
#include "base/log.h"
#include "base/mem.h"
#include "image/image.h"
#include "runtime/rt.h"

#include <errno.h>
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>
#include <unistd.h>

/* What libbpf has to say is shown with -v; of errors we make our own. */
static int on_libbpf(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	return log_verbose && level != LIBBPF_DEBUG ? vfprintf(stderr, fmt, ap) : 0;
}

/* 1/4096 of memory, 256 KiB to 1 MiB: the kernel allocates, clears and maps (twice) all of it at
 * start. */
static uint32_t ring_bytes(const struct rt *rt)
{
	uint32_t pages = meta_script(&rt->m)->ring_pages, page = (uint32_t)sysconf(_SC_PAGESIZE);
	uint64_t wanted = (uint64_t)pages * page;
	uint32_t size = 256 * 1024;
	struct sysinfo si;

	if (!pages) {
		sysinfo(&si);
		wanted = (uint64_t)si.totalram * si.mem_unit / 4096;
		wanted = wanted > 1 << 20 ? 1 << 20 : wanted;
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
		diag_error(rt->diags, p->target[0].span, "cannot prepare %s: %s", p->target[0].name,
		           strerror(-err));
	return err;
}

/* -- what the verifier says -- */

enum { LAST_LINES = 8 };

/* The instruction that the log speaks of last: lines start with "12: (79) ...". */
static long last_instruction(const char *log)
{
	long last = -1;

	for (const char *line = log; line; line = strchr(line, '\n')) {
		char *end;
		long n;

		line += *line == '\n';
		n = strtol(line, &end, 10);
		if (end != line && end[0] == ':' && end[1] == ' ' && end[2] == '(')
			last = n;
		if (!*line)
			break;
	}
	return last;
}

/* .BTF.ext: a header, then for each section of code records of line information. */
struct ext_header {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t hdr_len, func_off, func_len, line_off, line_len;
};

/* The script's line and column of an instruction of a program. */
static uint32_t line_of(struct rt *rt, struct rt_program *p, long insn)
{
	const struct bpf_line_info *best = NULL;
	const void *data, *btf, *code;
	const struct ext_header *h;
	const char *at, *end;
	size_t len, btf_len, code_len;
	uint32_t rec_size;

	if (insn < 0 || image_section(rt->image, rt->image_len, ".BTF.ext", &data, &len) ||
	    image_section(rt->image, rt->image_len, ".BTF", &btf, &btf_len) || len < sizeof(*h))
		return 0;
	/* Behind its own instructions are those of functions that it calls: no record of where. */
	if (image_section(rt->image, rt->image_len, bpf_program__section_name(p->prog), &code,
	                  &code_len) || (size_t)insn >= code_len / sizeof(struct bpf_insn))
		return 0;
	h = data;
	if ((size_t)h->hdr_len + h->line_off + h->line_len > len || h->line_len < 4)
		return 0;
	at = (const char *)data + h->hdr_len + h->line_off;
	end = at + h->line_len;
	memcpy(&rec_size, at, 4);
	for (at += 4; end - at >= 8 && rec_size >= sizeof(*best);) {
		const struct btf_header *bh = btf;
		uint32_t name, n;
		bool ours;

		memcpy(&name, at, 4);
		memcpy(&n, at + 4, 4);
		at += 8;
		ours = name < bh->str_len &&
		       !strcmp((const char *)btf + bh->hdr_len + bh->str_off + name,
		               bpf_program__section_name(p->prog));
		for (; n-- && end - at >= (long)rec_size; at += rec_size) {
			const struct bpf_line_info *li = (const struct bpf_line_info *)at;

			if (ours && li->insn_off / 8 <= (uint32_t)insn)
				best = li;
		}
	}
	return best ? best->line_col : 0;
}

static struct span span_of_line(struct rt *rt, uint32_t line_col, struct span fallback)
{
	uint32_t line = line_col >> 10, column = line_col & 0x3ff, at = 0;

	if (!line)
		return fallback;
	for (; at < rt->source.len && line > 1; at++)
		line -= rt->source.text[at] == '\n';
	return (struct span){ at + (column ? column - 1 : 0), 1 };
}

static const char *last_lines(const char *log, int n)
{
	const char *at = log + strlen(log);

	while (at > log && n >= 0)
		n -= *--at == '\n';
	return *at == '\n' ? at + 1 : at;
}

/* "program of this type cannot use helper bpf_d_path#147" (Linux 6.13), "unknown func ..." before.
 */
static const char *denied_helper(struct rt *rt, const char *log)
{
	static const char *const phrases[] = { "cannot use helper ", "unknown func " };

	for (size_t i = 0; i < countof(phrases); i++) {
		const char *at = strstr(log, phrases[i]);

		if (!at)
			continue;
		at += strlen(phrases[i]);
		return arena_printf(&rt->arena, "%.*s", (int)strcspn(at, "#\n "), at);
	}
	return NULL;
}

static void explain_rejection(struct rt *rt, struct rt_program *p, const char *log, int err,
                              bool log_cut)
{
	const char *helper = denied_helper(rt, log);
	struct diag *d = diag_error(
		rt->diags,
		span_of_line(rt, line_of(rt, p, last_instruction(log)), p->target[0].span),
		"error loading BPF program for %s: %s", p->target[0].name, strerror(-err));
	const char *tail = log_verbose ? log : last_lines(log, LAST_LINES);

	if (helper)
		diag_hint(d, "helper %s not allowed in probe %s", helper, p->target[0].name);

	for (const char *line = tail; *line;) {
		size_t n = strcspn(line, "\n");

		if (n && strncmp(line, "processed ", 10))
			diag_note(d, SPAN_NONE, "verifier: %.*s", (int)n, line);
		line += n + (line[n] == '\n');
	}
	if (log_cut)
		diag_hint(d,
		          "the verifier's log does not fit: raise log_size, as in config = { "
		          "log_size=%u }",
		          meta_script(&rt->m)->log_size * 10);
	if (!log_verbose && *log)
		diag_hint(d, "-v shows the verifier's whole log");
	if (strstr(log, "infinite loop detected"))
		diag_hint(d, "before Linux 5.17 the number of rounds of a loop must be small and known");
	if (err == -EPERM)
		diag_hint(d, "loading needs root, or CAP_BPF and CAP_PERFMON; a locked-down kernel "
		             "refuses some kinds of probes (see /sys/kernel/security/lockdown)");
}

/* Loads again with a log for each program; the first one that failed is the one to speak of. */
static void find_culprit(struct rt *rt, int err, bool log_cut)
{
	for (size_t i = 0; i < rt->programs; i++) {
		struct rt_program *p = &rt->program[i];
		size_t len;
		const char *log = bpf_program__log_buf(p->prog, &len);

		if (log && *log && bpf_program__fd(p->prog) < 0 && strstr(log, "processed ")) {
			explain_rejection(rt, p, log, err, log_cut);
			return;
		}
	}
	for (size_t i = 0; i < rt->programs; i++) {
		struct rt_program *p = &rt->program[i];
		size_t len;
		const char *log = bpf_program__log_buf(p->prog, &len);

		if (bpf_program__fd(p->prog) < 0) {
			explain_rejection(rt, p, log ? log : "", err, log_cut);
			return;
		}
	}
	diag_error(rt->diags, SPAN_NONE, "cannot load the programs: %s", strerror(-err));
}

/* libbpf 1.1 does this for skeletons only. */
static void make_shareable(struct rt *rt, const char *name)
{
	struct bpf_map *map = bpf_object__find_map_by_name(rt->obj, name);

	if (map)
		bpf_map__set_map_flags(map, bpf_map__map_flags(map) | BPF_F_MMAPABLE);
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
	for (uint32_t i = 0; i < n; i++) {
		const struct meta_map *row = meta_map(&rt->m, i);

		rt->map[i].row = row;
		rt->map[i].name = meta_text(&rt->m, row->name);
		rt->map[i].key = row->key_type == META_NONE ? NULL : meta_type(&rt->m, row->key_type);
		rt->map[i].value =
			row->value_type == META_NONE ? NULL : meta_type(&rt->m, row->value_type);
		rt->map[i].map =
			bpf_object__find_map_by_name(rt->obj, meta_text(&rt->m, row->bpf_name));
		if (!rt->map[i].map) {
			log_error("the image has no map '%s'", meta_text(&rt->m, row->bpf_name));
			return -EINVAL;
		}
	}
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
			bpf_program__set_log_buf(rt->program[i].prog, mem_calloc(1, log_bytes),
			                         log_bytes);
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
	void *shared = fd < 0 ? MAP_FAILED
	                      : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

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
		again = load_once(rt, true);
		if (again && rt->obj && !diags_failed(rt->diags))
			find_culprit(rt, err, again == -ENOSPC);
		err = again;
	}
	if (err)
		return err;
	for (uint32_t i = 0; i < meta_count(&rt->m, META_MAPS); i++)
		rt->map[i].fd = bpf_map__fd(rt->map[i].map);
	control = map_shared(rt, CONTROL_SECTION, sizeof(*rt->control));
	if (control)
		rt->control = control;
	losses_open(rt, map_shared(rt, LOSSES_SECTION, loss_rows(rt) * sizeof(struct image_losses)));
	rt->ring_fd = map_fd(rt, RING_MAP);
	if (rt->ring_fd >= 0)
		rt->ring = ring_buffer__new(rt->ring_fd, event_handle, rt, NULL);
	packets_open(rt);
	return 0;
}
