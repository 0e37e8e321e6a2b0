/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run.c - the life of a run.
 *
 *	load; BEGIN; attach; events until something ends it; stop; END; maps; detach
 *
 * Start and end wait for no timer: loop.c has one descriptor for each source of news.
 */

#include "runtime/run.h"

#include "base/bug.h"
#include "base/log.h"
#include "image/image.h"
#include "probes/probe.h"
#include "runtime/rt.h"
#include "runtime/symbols.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* In the initial pid namespace numbers need no translation (PROC_PID_INIT_INO). */
static void pid_namespace(struct image_params *p)
{
	enum { INITIAL = 0xEFFFFFFC };
	struct stat st;

	if (stat("/proc/self/ns/pid", &st) || (uint32_t)st.st_ino == (uint32_t)INITIAL)
		return;
	/* The kernel compares its own form of the device number (new_encode_dev is not it). */
	p->pidns_dev = st.st_dev;
	p->pidns_ino = st.st_ino;
}

static void init_params(struct rt *rt)
{
	uint64_t boot = now_ns(CLOCK_BOOTTIME);

	rt->params.start_boot_ns = boot;
	rt->params.tai_offset_ns = (int64_t)(now_ns(CLOCK_TAI) - boot);
	rt->params.self_pid = (uint32_t)getpid();
	rt->params.filter_pid = (uint32_t)rt->o->pid;
	rt->params.cpus = (uint32_t)libbpf_num_possible_cpus();
	rt->params.wall_offset_ns = rt->boot_to_wall_ns = (int64_t)(now_ns(CLOCK_REALTIME) - boot);
	pid_namespace(&rt->params);
}

/* The script's text and what else it consists of, for messages. */
static void open_source(struct rt *rt)
{
	const struct meta_script *script = meta_script(&rt->m);

	rt->source = (struct source){ .name = meta_text(&rt->m, script->name),
		                      .text = meta_text(&rt->m, script->text),
		                      .len = script->text_len };
	for (uint32_t i = 0; i < meta_count(&rt->m, META_PARTS); i++) {
		const struct meta_part *p = meta_part(&rt->m, i);
		struct source_part part = {
			.base = p->base,
			.len = p->len,
			.name = meta_text(&rt->m, p->name),
			.text = p->text ? meta_text(&rt->m, p->text) : NULL,
			.library = p->library,
			.spelled = p->spelled,
			.call = { p->call_off, p->call_len },
		};

		vec_push_in(&rt->arena, &rt->source.parts, part);
	}
}

static int open_image(struct rt *rt, const void *image, size_t len)
{
	const void *data;
	size_t meta_len;
	void *aligned;
	int err = image_section(image, len, META_SECTION, &data, &meta_len);

	if (!err) {
		/* The section's place in the file promises no alignment. */
		aligned = arena_memdup(&rt->arena, data, meta_len);
		err = meta_open(&rt->m, aligned, meta_len);
	}
	if (err) {
		log_error("this is not a program of sonde, or of another version of it");
		return err;
	}
	rt->image = image;
	rt->image_len = len;
	open_source(rt);
	return 0;
}

static int open_output(struct rt *rt)
{
	rt->file = stdout;
	if (rt->o->output)
		rt->file = fopen(rt->o->output, "we");
	if (!rt->file) {
		log_error("cannot write '%s': %s", rt->o->output, strerror(errno));
		return -errno;
	}
	setvbuf(rt->file, NULL,
	        rt->o->buffering == RT_BUFFER_LINE && isatty(fileno(rt->file)) ? _IOLBF : _IOFBF,
	        1 << 16);
	return 0;
}

void rt_fire(struct rt *rt, const char *kind)
{
	for (size_t i = 0; i < rt->programs; i++) {
		LIBBPF_OPTS(bpf_test_run_opts, opts);
		struct rt_program *p = &rt->program[i];

		if (strcmp(p->target[0].kind->name, kind))
			continue;
		if (bpf_prog_test_run_opts(bpf_program__fd(p->prog), &opts))
			log_error("cannot run %s: %s", kind, strerror(errno));
	}
}

/* What a script consists of. */
struct census {
	size_t special; /* programs that the tool fires */
	bool others;    /* there are programs to attach */
	bool lasting;   /* ... or to wait for: iterators end by themselves */
};

static struct census count_programs(struct rt *rt)
{
	struct census c = { 0 };

	for (size_t i = 0; i < rt->programs; i++) {
		const struct probe_kind *k = rt->program[i].target[0].kind;
		bool self = !strcmp(k->name, "self");

		c.special += k->caps & PROBE_SPECIAL && !(k->caps & (PROBE_TEST | PROBE_BENCH));
		c.others |= !(k->caps & PROBE_SPECIAL) || self;
		c.lasting |= !(k->caps & (PROBE_SPECIAL | PROBE_ITER)) || self;
	}
	return c;
}

static bool read_on(void *arg)
{
	struct rt *rt = arg;

	rt_drain(rt);
	rt_on_signal(rt);
	return !rt->stop;
}

/* -- the end -- */

static int by_name(const void *a, const void *b)
{
	const struct rt_map *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static void print_maps(struct rt *rt)
{
	uint32_t n = meta_count(&rt->m, META_MAPS);
	const struct rt_map **maps = arena_array(&rt->arena, const struct rt_map *, n + 1);

	if (!rt->o->json)
		fputs("\n\n", rt->file);
	for (uint32_t i = 0; i < n; i++)
		maps[i] = &rt->map[i];
	qsort(maps, n, sizeof(*maps), by_name);
	for (uint32_t i = 0; i < n && meta_script(&rt->m)->print_maps_on_exit; i++)
		if (maps[i]->row->flags & META_MAP_PRINT)
			map_print(rt, maps[i], 0, 0, true);
	fflush(rt->file);
}

static void end_child(struct rt *rt)
{
	int status;

	if (!rt->child)
		return;
	if (waitpid(rt->child, &status, WNOHANG) == 0) {
		kill(rt->child, SIGTERM);
		waitpid(rt->child, &status, 0);
	} else if (WIFEXITED(status)) {
		log_info("the command ended with status %d", WEXITSTATUS(status));
	}
}

static void finish(struct rt *rt)
{
	/* Behind the last event: what comes later is not part of the run. */
	rt->control->stopped = 1;
	rt_drain(rt);
	rt_fire(rt, "end");
	rt_drain(rt);
	losses_check(rt, true);
	if (!on_demand_wanted(rt))
		print_maps(rt);
	fflush(rt->file);
	losses_report(rt);
}

static int run(struct rt *rt, int signals)
{
	struct census c;
	int err = rt_load(rt);

	if (err)
		return 1;
	c = count_programs(rt);
	rt_fire(rt, "begin");
	c.others = c.others && !rt->control->stopped;
	if (c.others && rt_attach(rt))
		return 1;
	if (c.others && !rt->attached_count && c.special == 0) {
		diag_error(rt->diags, SPAN_NONE, "Attachment failed for all probes");
		return 1;
	}
	if (rt->o->dry_run)
		return 0;
	diags_print(rt->diags, stderr, log_colour());
	rt->out->attached(rt, rt->attached_count + c.special);
	rt_drain(rt);
	child_release(rt);
	if (c.others)
		rt_iterate(rt, read_on, rt);
	if (on_demand_wanted(rt))
		on_demand_run(rt);
	else if ((c.others && c.lasting) || rt->child)
		rt_loop(rt, signals);
	finish(rt);
	return rt->exit_code;
}

int rt_run(const void *image, size_t len, const struct rt_opts *o)
{
	static struct image_control none;
	struct rt rt = { .o = o, .control = &none, .messages = stderr, .child_go = -1 };
	int signals = signals_watch(), status = 1;

	rt.out = o->json ? &out_json : &out_text;
	rt.line = (struct strbuf)STRBUF_INIT;
	rt.diags = diags_new(&rt.arena, &rt.source);
	rt.env = (struct probe_env){ .arena = &rt.arena,
		                     .diags = rt.diags,
		                     .pid = (uint32_t)o->pid,
		                     .cache = probe_cache_new() };
	init_params(&rt);
	if (!open_image(&rt, image, len) && options_read(&rt) && !open_output(&rt) &&
	    (!o->cmd || !child_start(&rt))) {
		rt.env.unsafe = meta_script(&rt.m)->unsafe;
		rt.env.missing = meta_script(&rt.m)->missing_probes;
		status = run(&rt, signals);
	}
	diags_print(rt.diags, stderr, log_colour());
	if (rt.file)
		fflush(rt.file);
	if (rt.child_go >= 0)
		close(rt.child_go);
	end_child(&rt);
	rt_detach(&rt);
	ring_buffer__free(rt.ring);
	packets_close(&rt);
	bpf_object__close(rt.obj);
	processes_free(&rt);
	probe_cache_free(rt.env.cache);
	strbuf_release(&rt.line);
	if (rt.file && rt.file != stdout)
		fclose(rt.file);
	arena_release(&rt.arena);
	return status;
}
