/* SPDX-License-Identifier: Apache-2.0 */
/* rt - one run, as the files of runtime share it. */
#ifndef RUNTIME_RT_H
#define RUNTIME_RT_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "base/vec.h"
#include "image/meta.h"
#include "image/params.h"
#include "probes/probe.h"
#include "runtime/run.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>

/* Output: one implementation writes text, the other JSON lines. */
struct rt;
struct rt_entry;
struct rt_map;
struct out {
	void (*text)(struct rt *rt, const char *type, const char *text, size_t len);
	void (*value)(struct rt *rt, const struct meta_type *t, const void *data);
	void (*map)(struct rt *rt, const struct rt_map *map, const struct rt_entry *entries, size_t n,
	            uint64_t div);
	void (*attached)(struct rt *rt, size_t n);
};
extern const struct out out_text, out_json;

struct rt_map {
	const struct meta_map *row;
	const char *name;
	const struct meta_type *key, *value; /* NULL: none */
	struct bpf_map *map;
	int fd;
};

/* An entry of a map, CPUs merged. Histograms: u64 per bucket; min, max: the value; count, sum: the
 * total; avg, stats: total and count; others: the value itself. */
struct rt_entry {
	const void *key;
	size_t key_len;
	const void *value;
	bool written; /* scalars: whether there is a value */
};

struct rt_program {
	const char *name;      /* of the ELF function */
	struct bpf_program *prog;
	uint32_t first, count; /* rows of probes */
	struct probe_target *target;
};

struct rt {
	const struct rt_opts *o;
	const struct out *out;
	FILE *file;            /* where the script's output goes */
	const void *image;
	size_t image_len;
	struct meta m;
	struct source source;
	struct arena arena;
	struct diags *diags;
	struct probe_env env;
	struct bpf_object *obj;
	struct rt_map *map;    /* by row of META_MAPS */
	struct rt_program *program;
	size_t programs;
	VEC(struct attachment *) attached;
	size_t attached_count;
	struct ring_buffer *ring;
	int ring_fd;
	unsigned int batch_left; /* events to read before other news is looked at */
	struct image_control *control; /* shared with the programs */
	int losses_fd;
	struct image_params params;
	int64_t boot_to_wall_ns;
	bool stop;
	int exit_code;
	struct strbuf line;    /* scratch of the event path */
	struct symbolizer *symbols;
	pid_t child;
	int child_go, child_failed; /* pipes: a byte lets the child start; errno of a failed exec */
};

/* values: text and JSON of any kind */
void value_text(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb);
void value_json(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb);
int64_t value_int(const struct meta_type *t, const void *data);
void json_string(struct strbuf *sb, const char *text, size_t len);
void json_int(struct strbuf *sb, const struct meta_type *t, int64_t v);

/* The path of a cgroup as "unified:/a/b"; nothing when there is none. */
void cgroup_path(uint64_t id, struct strbuf *sb);

/* formats: printf */
void format_event(struct rt *rt, const char *format, const struct meta_type *args, const char *data,
                  struct strbuf *sb);
void format_time(struct rt *rt, const char *format, uint64_t wall_ns, struct strbuf *sb);

/* maps */
/* Reads a map whole, sorted. Entries live in *arena. */
size_t map_read(struct rt *rt, const struct rt_map *map, struct arena *arena,
                struct rt_entry **entries);
void map_print(struct rt *rt, const struct rt_map *map, uint64_t top, uint64_t div, bool at_exit);
void map_clear(struct rt *rt, const struct rt_map *map);
void map_zero(struct rt *rt, const struct rt_map *map);

/* histograms */
uint64_t bucket_count(const uint64_t *bucket, uint32_t n);
void hist_text(const struct meta_type *t, const uint64_t *bucket, uint64_t div, struct strbuf *sb);
void hist_json(const struct meta_type *t, const uint64_t *bucket, uint64_t div, struct strbuf *sb);

/* symbols */
void symbol_kernel(struct rt *rt, uint64_t address, bool offset, struct strbuf *sb);
void symbol_user(struct rt *rt, uint32_t pid, uint64_t address, bool offset, bool module,
                 struct strbuf *sb);
void stack_text(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb);
void symbols_free(struct rt *rt);

/* life */
int rt_load(struct rt *rt);
int rt_attach(struct rt *rt);
void rt_detach(struct rt *rt);
void rt_fire(struct rt *rt, const char *kind); /* runs the programs that the tool itself fires */
void rt_drain(struct rt *rt);                 /* all that has been said so far */
void rt_loop(struct rt *rt, int signals);     /* events, until something ends the run */
/* Returns a descriptor that is readable when a signal waits, and takes the next one (0: none). */
int signals_watch(void);
int signals_next(void);
int event_handle(void *ctx, void *data, size_t len);
int child_start(struct rt *rt);
void child_release(struct rt *rt);
void losses_report(struct rt *rt);

#endif
