/* SPDX-License-Identifier: Apache-2.0 */
/* rt - one run, as the files of runtime share it. */
#ifndef RUNTIME_RT_H
#define RUNTIME_RT_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/map.h"
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

/* What is said about a place in the script while it runs. */
struct message {
	const char *type; /* of the JSON record */
	bool error;       /* else a warning */
	const char *text;
	struct span at;
	const char *helper; /* the BPF helper that failed, and its result; NULL: none */
	int64_t result;
};

struct out {
	void (*text)(struct rt *rt, const char *type, const char *text, size_t len);
	void (*value)(struct rt *rt, const struct meta_type *t, const void *data);
	void (*map)(struct rt *rt, const struct rt_map *map, const struct rt_entry *entries,
	            size_t n, uint64_t div);
	void (*attached)(struct rt *rt, size_t n);
	void (*message)(struct rt *rt, const struct message *m);
	void (*lost)(struct rt *rt, uint64_t events);
};
extern const struct out out_text, out_json;

struct rt_map {
	const struct meta_map *row;
	const char *name;
	const struct meta_type *key, *value; /* NULL: none */
	struct bpf_map *map;
	struct bpf_map *short_map; /* of keys with short texts, or NULL */
	int fd, short_fd;
};

/* An entry of a map, CPUs merged. Histograms: u64 per bucket; percentiles: see percentiles_of();
 * tseries: struct series; min, max: the value; count, sum: the total; avg, stats: total and count;
 * others: the value itself. */
struct rt_entry {
	const void *key;
	size_t key_len;
	const void *value;
	bool written; /* scalars: whether there is a value */
};

struct rt_program {
	const char *name; /* of the ELF function */
	struct bpf_program *prog;
	uint32_t first, count; /* rows of probes */
	struct probe_target *target;
	struct attachment *attached; /* of the last target; NULL: none */
};

struct rt {
	const struct rt_opts *o;
	const struct out *out;
	FILE *file; /* where the script's output goes */
	const void *image;
	size_t image_len;
	struct meta m;
	struct source source;
	struct arena arena;
	struct diags *diags;
	struct probe_env env;
	struct bpf_object *obj;
	struct rt_map *map; /* by row of META_MAPS */
	struct rt_program *program;
	size_t programs;
	VEC(struct rt_attached {
		struct attachment *link;
		const struct probe_target *target; /* the first of them */
	})
	attached;
	size_t attached_count;
	struct ring_buffer *ring;
	int ring_fd;
	unsigned int batch_left;     /* events to read before other news is looked at */
	struct perf_buffer *packets; /* NULL: the script sends none */
	struct map packet_files;     /* path -> FILE */
	bool packets_failed;
	FILE *messages;                    /* where errors and warnings of the script go: stderr */
	struct on_demand *test;            /* the test that runs now, or NULL */
	struct image_control *control;     /* shared with the programs */
	const struct image_losses *losses; /* the same; NULL: nothing can be lost */
	struct image_losses *reported;     /* what of it has been seen */
	uint64_t lost;                     /* events that are to be told of */
	time_t told_at;
	struct image_params params;
	void *options; /* values of the script's options */
	size_t options_size;
	int64_t boot_to_wall_ns;
	bool stop;
	bool iterating, stop_then; /* exit() waits for the iteration's end */
	int exit_code;
	struct strbuf line; /* scratch of the event path */
	struct processes *processes;
	pid_t child;
	int child_go, child_failed; /* pipes: a byte lets the child start; errno of a failed exec */
};

/* values: text and JSON of any kind */
void value_text(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb);
void value_json(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb);
/* A string as it was read, with the mark behind it when it was cut. */
void string_bytes(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb);
int64_t value_int(const struct meta_type *t, const void *data);
void json_string(struct strbuf *sb, const char *text, size_t len);
void json_int(struct strbuf *sb, const struct meta_type *t, int64_t v);

/* The paths of a cgroup as "unified:/a/b,cpu:/c", of hierarchies that the filter matches ("": all);
 * nothing when there is none. */
void cgroup_path(uint64_t id, const char *filter, struct strbuf *sb);

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

/* Smallest first, so that the largest is printed last. */
void entries_sort(const struct meta *m, const struct rt_map *map, struct rt_entry *entries,
                  size_t n);

/* averages and statistics: slots are { total, count } */
int64_t stats_average(const struct meta_type *t, const void *slot);
void stats_text(const struct meta_type *t, const void *slot, uint64_t div, struct strbuf *sb);
void stats_json(const struct meta_type *t, const void *slot, uint64_t div, struct strbuf *sb);
/* n / div by the type's sign; div 0: n. */
uint64_t number_divided(const struct meta_type *t, uint64_t n, uint64_t div);

/* histograms */
uint64_t bucket_count(const uint64_t *bucket, uint32_t n);
void hist_text(const struct meta_type *t, const uint64_t *bucket, uint64_t div, struct strbuf *sb);
void hist_json(const struct meta_type *t, const uint64_t *bucket, uint64_t div, struct strbuf *sb);

/* What is printed of percentiles: count, those asked for, max, as the fields of the type say. Lives
 * in *arena. bucket: u64 each, and behind them the largest value. */
const uint64_t *percentiles_of(struct arena *a, const struct meta_type *t, const uint64_t *bucket);

/* time series: a point for each interval in which there was a value */
struct point {
	uint64_t interval;      /* its number since 1970 */
	uint64_t value, weight; /* see enum meta_series */
};
struct series {
	VEC(struct point) points;
	uint64_t newest; /* the last interval of any key */
	bool touched;    /* something was written once, though it may have been zeroed */
};
enum { SERIES_WEIGHT_AT = 16 }; /* of a slot, in bytes */
/* Adds the slots of the CPUs for one interval. */
void series_add(struct arena *a, const struct meta_type *t, struct series *s, const char *slots,
                uint32_t cpus);
/* Once all is added: averages are taken, what is too old is dropped, the rest is in order. */
void series_finish(const struct meta_type *t, const struct rt_entry *entries, size_t n);
void series_text(const struct meta_type *t, const struct series *s, struct strbuf *sb);
void series_json(const struct meta_type *t, const struct series *s, struct strbuf *sb);

/* symbols */
void symbol_kernel(struct rt *rt, uint64_t address, bool offset, struct strbuf *sb);
/* What is known of where a user address comes from. */
struct user_place {
	uint32_t pid, probe; /* row of the probe */
	uint64_t leaf;       /* an address at which the probe fired, perhaps */
};
void symbol_user(struct rt *rt, const struct user_place *at, uint64_t address, bool offset,
                 bool module, struct strbuf *sb);
void stack_text(struct rt *rt, const struct meta_type *t, const void *data, struct strbuf *sb);
/* A process has a new stack: it may be gone when that is printed. */
void stack_note(struct rt *rt, uint32_t pid, uint32_t map, uint64_t id);

/* packets: skboutput() */
void packets_open(struct rt *rt);
void packets_close(struct rt *rt);

/* life */
/* Sets rt->options from the command line. false: it was wrong, or asked for help. */
bool options_read(struct rt *rt);
int rt_load(struct rt *rt);
/* What a load failed at: the name of a BPF map or program; empty: not known. */
struct culprit {
	char name[64];
	bool is_map;
};
/* After a load with logs that failed: which map or program, where, and why. */
void rejection_explain(struct rt *rt, const struct culprit *culprit, int err, bool log_cut);
int rt_attach(struct rt *rt);
void rt_detach(struct rt *rt);
void rt_fire(struct rt *rt, const char *kind); /* runs the programs that the tool itself fires */
void rt_drain(struct rt *rt);                  /* all that has been said so far */
void rt_loop(struct rt *rt, int signals);      /* events, until something ends the run */
void rt_on_signal(struct rt *rt);              /* what signals have come */
/* Returns a descriptor that is readable when a signal waits, and takes the next one (0: none). */
int signals_watch(void);
int signals_next(void);
/* Ends the watchpoints at an address. */
void rt_unwatch(struct rt *rt, uint64_t address);
/* Runs the iterators, one after the other; asks now and then whether to go on. */
void rt_iterate(struct rt *rt, bool (*more)(void *arg), void *arg);
int event_handle(void *ctx, void *data, size_t len);
int child_start(struct rt *rt);
void child_release(struct rt *rt);
size_t loss_rows(const struct rt *rt);
/* losses: loss_rows of them, or NULL. */
void losses_open(struct rt *rt, const struct image_losses *losses);
/* Says what has been lost since the last time: full maps at once, events once a second. */
void losses_check(struct rt *rt, bool last);
/* Sums up at the end. */
void losses_report(struct rt *rt);

/* messages */
void helper_message(struct message *m, const char *helper, int64_t result);
/* The text form: "x.bt:1:9-20: WARNING: text", the line of the script, marks. */
void message_text(const struct source *src, const struct message *m, bool colour,
                  struct strbuf *sb);
void message_json(const struct source *src, const struct message *m, struct strbuf *sb);
void say(struct rt *rt, const struct message *m);

/* test and bench probes */
bool on_demand_wanted(const struct rt *rt);
void on_demand_run(struct rt *rt);
/* The test that is running failed: an errorf(), or exit() with a code. */
void on_demand_failed(struct rt *rt);

#endif
