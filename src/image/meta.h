/* SPDX-License-Identifier: Apache-2.0 */
/*
 * meta - what an image says about itself: the rows of its section .trace.meta.
 *
 * The compiler writes these rows (meta_write.h), the runtime reads them through the accessors
 * below. Rows are fixed-width, text is an offset into the strings, references are row numbers.
 * Each table states its row width, so that columns can be appended: a reader accepts wider rows
 * and looks at the columns it knows.
 *
 *	struct meta m;
 *	if (meta_open(&m, data, len))		checks every table and reference once;
 *		...				afterwards the accessors have nothing to fail on
 *	for (uint32_t i = 0; i < meta_count(&m, META_PROBES); i++)
 *		puts(meta_text(&m, meta_probe(&m, i)->name));
 */
#ifndef IMAGE_META_H
#define IMAGE_META_H

#include "image/kinds.h"

#include <stddef.h>
#include <stdint.h>

#define META_SECTION ".trace.meta"
#define META_MAGIC 0x61746d73u /* "smta" */
#define META_VERSION 1
#define META_NONE UINT32_MAX /* "no row" */

enum meta_table {
	META_STRINGS, /* bytes, NUL-terminated texts; offset 0 is "" */
	META_TYPES,
	META_FIELDS,
	META_ENUMERATORS,
	META_MAPS,
	META_PROBES,
	META_EVENTS,
	META_SCRIPT,  /* one row */
	META_OPTIONS, /* that the script has on the command line */
	META_PARTS,   /* of the source, by base: other files, expansions of macros */
	META_TABLES,
};

struct meta_header {
	uint32_t magic, version;
	struct {
		uint32_t off; /* in bytes from the header, 8-aligned */
		uint32_t count;
		uint32_t row_size;
	} table[META_TABLES];
};

enum meta_type_flag {
	META_TYPE_SIGNED = 1, /* INT, ENUM, SUM, MIN, MAX, AVG, STATS, TSERIES */
};

/* How stacks are captured and printed. */
enum meta_stack_mode { STACK_BPFTRACE, STACK_PERF, STACK_RAW, STACK_BUILD_ID };

/* What a time series keeps of the values in an interval, and the weight beside it: the time in ns
 * for LAST, a count for AVG, 1 for others. */
enum meta_series { SERIES_LAST, SERIES_SUM, SERIES_MIN, SERIES_MAX, SERIES_AVG, SERIES_COUNT };

enum meta_clock { CLOCK_BOOT_NS, CLOCK_MONO_NS, CLOCK_TAI_NS, CLOCK_SW_TAI_NS };

struct meta_type {
	uint32_t kind; /* enum kind */
	uint32_t name; /* as the user writes it: "struct task_struct", "uint64" */
	uint32_t size; /* bytes of one value, or of one CPU's slot; see kinds.def */
	uint32_t flags;
	uint32_t elem;  /* ARRAY: type row of the element; else META_NONE */
	uint32_t count; /* ARRAY: elements; KSTACK, USTACK: most frames; HIST, LHIST, LLHIST,
	                   PERCENTILES: buckets; TSERIES: intervals */
	uint32_t first; /* STRUCT, UNION, TUPLE, RECORD: first row of fields; ENUM: of enumerators;
	                   PERCENTILES: of what is printed: count, percentiles, max */
	uint32_t rows;  /* how many of them */
	uint32_t map;   /* KSTACK, USTACK: row of the stack map that ids point into */
	uint32_t mode;  /* KSTACK, USTACK: enum meta_stack_mode */
	uint64_t arg[KIND_ARGS]; /* HIST: k; LHIST: min, max, step; LLHIST: factor, low,
	                            high, steps; PERCENTILES: see percentile(); TSERIES:
	                            interval_ns, intervals, enum meta_series */
};

struct meta_field {
	uint32_t name; /* "" in tuples and for anonymous members */
	uint32_t type;
	uint32_t offset; /* bytes from the start of the whole */
	uint32_t bit_offset,
		bit_size; /* bit fields: bits from offset (little endian); size 0: none */
	uint32_t reserved;
};

struct meta_enumerator {
	uint32_t name, reserved;
	int64_t value;
};

/* How a map's values are kept; "slot" is what kinds.def says of the value's kind. */
enum meta_store {
	STORE_HASH,         /* key -> value (also LRU hash) */
	STORE_PERCPU_HASH,  /* key -> slot on each CPU */
	STORE_ARRAY,        /* key, a number below max_entries -> value padded to 8, then u64 1 once
	                       written; without a key it has one element */
	STORE_PERCPU_ARRAY, /* the same with a slot and the word behind it on each CPU; where the
	                       slot itself tells (kind_witness()), the word is 1 once it was zeroed
	                     */
	STORE_BUCKETS, /* graphs under keys: key padded to 8, then u64 bucket / bucket_neighbours()
	                  -> their slots on each CPU; PERCENTILES: behind them the largest value */
	STORE_SERIES,  /* TSERIES without a key: per-CPU array of its intervals */
	STORE_STACKS,  /* u64 id -> u32 frames, u32 zero, u64 address[most frames + 1] */
};

enum meta_map_flag {
	META_MAP_PRINT = 1, /* a map of the script: printed at exit */
};

/*
 * Long texts are rare, and a key costs what its capacity is: where a key ends in a long text, keys
 * whose text is shorter than META_SHORT_TEXT have a map of their own. It is named META_SHORT_MAP
 * and the map's name; its keys are the first short_key bytes of the others, and those behind are
 * zero.
 */
#define META_SHORT_TEXT 64
#define META_SHORT_MAP "short_"

struct meta_map {
	uint32_t name;       /* "@lat" */
	uint32_t bpf_name;   /* of the BPF map: "AT_lat" */
	uint32_t key_type;   /* type row, or META_NONE for a scalar */
	uint32_t value_type; /* type row: how to merge CPUs and print; STORE_STACKS: META_NONE */
	uint32_t store;      /* enum meta_store */
	uint32_t flags;
	uint32_t max_entries;
	uint32_t short_key; /* bytes; 0: all keys are in one map */
};

/* One attach target of one program; see struct probe_target for what the columns mean. */
struct meta_probe {
	uint32_t name;    /* "kprobe:vfs_read" */
	uint32_t kind;    /* "kprobe", as a string: kinds of probes have no numbers */
	uint32_t program; /* name of the ELF function */
	uint32_t module, symbol, mode;
	uint32_t flags;              /* enum probe_target_flag */
	uint32_t span_off, span_len; /* attach point in the script */
	uint32_t loss_row;           /* of its losses: those of one block share one */
	uint64_t offset, address, count;
	uint64_t cookie; /* handed to the program by the kernel */
};

/* What an event in the ring buffer asks of the runtime. Each record starts with u32 row of the
 * event, u32 row of the probe; then, 8-aligned, the arguments as a value of 'type'. */
enum meta_event_kind {
#define EVENT(NAME, text) EVENT_##NAME,
#include "image/events.def"
#undef EVENT
	EVENT_COUNT_OF,
};

struct meta_event {
	uint32_t kind;   /* enum meta_event_kind */
	uint32_t type;   /* type row of the arguments, a TUPLE; META_NONE: there are none */
	uint32_t format; /* PRINTF, ERRORF ...: text of the format; TIME: strftime(3)'s; else 0 */
	uint32_t map;    /* PRINT_MAP, CLEAR, ZERO: row of maps; else META_NONE */
	uint64_t arg[2]; /* PRINT_MAP: top, div (0: not given) */
	uint32_t span_off, span_len; /* the call in the script */
};

/* getopt(): a value that the runtime puts into OPTIONS_SECTION before load. */
struct meta_option {
	uint32_t name, description; /* "" : none */
	uint32_t kind;              /* KIND_BOOL, KIND_INT, KIND_STRING */
	uint32_t is_signed;         /* INT */
	uint32_t offset, size;      /* in the section; BOOL 1, INT 8 */
	uint32_t text;              /* STRING: what it is when it is not given */
	uint32_t reserved;
	uint64_t value; /* others */
};

/* Rows of the script's configuration that the runtime needs. */
struct meta_script {
	uint32_t name;               /* file name, or "stdin" */
	uint32_t text, text_len;     /* the whole source */
	uint32_t tool_version;       /* of the compiler, as text */
	uint32_t ring_pages;         /* of the ring buffer; 0: by the machine's memory */
	uint32_t print_maps_on_exit; /* 0 or 1 */
	uint32_t missing_probes;     /* enum meta_missing */
	uint32_t trunc_trailer;      /* behind strings that were cut */
	uint32_t loss_rows;          /* rows of struct image_losses: one a program */
	uint32_t unsafe;             /* compiled with --unsafe */
	uint32_t max_cat_bytes;
	uint32_t cpp_demangle;
	uint32_t log_size; /* bytes for what the verifier says */
	uint32_t unused;   /* rows are whole words of 64 bits */
};

/* See struct source_part. */
struct meta_part {
	uint32_t base, len;
	uint32_t name, text; /* of a file; text 0: an expansion */
	uint32_t library;    /* 0 or 1 */
	uint32_t spelled;
	uint32_t call_off, call_len; /* before base */
};

enum meta_missing { MISSING_ERROR, MISSING_WARN, MISSING_IGNORE };

_Static_assert(sizeof(struct meta_type) == 72, "the same row for every compiler");
_Static_assert(sizeof(struct meta_field) == 24, "the same row for every compiler");
_Static_assert(sizeof(struct meta_enumerator) == 16, "the same row for every compiler");
_Static_assert(sizeof(struct meta_map) == 32, "the same row for every compiler");
_Static_assert(sizeof(struct meta_probe) == 72, "the same row for every compiler");
_Static_assert(sizeof(struct meta_event) == 40, "the same row for every compiler");
_Static_assert(sizeof(struct meta_option) == 40, "the same row for every compiler");
_Static_assert(sizeof(struct meta_script) == 56, "the same row for every compiler");
_Static_assert(sizeof(struct meta_part) == 32, "the same row for every compiler");

static inline uint32_t meta_align8(uint32_t n)
{
	return (n + 7) / 8 * 8;
}

struct meta {
	const struct meta_header *h;
	size_t len;
};

/* Bytes of a row, by table. Those of an image may be larger, never smaller. */
extern const uint32_t meta_row_size[META_TABLES];

/* Returns 0, or -EINVAL when the bytes are not an image's description. data must be 8-aligned. */
int meta_open(struct meta *m, const void *data, size_t len);

static inline uint32_t meta_count(const struct meta *m, enum meta_table table)
{
	return m->h->table[table].count;
}

static inline const void *meta_row(const struct meta *m, enum meta_table table, uint32_t row)
{
	return (const char *)m->h + m->h->table[table].off +
	       (size_t)row * m->h->table[table].row_size;
}

static inline const char *meta_text(const struct meta *m, uint32_t off)
{
	return (const char *)meta_row(m, META_STRINGS, 0) + off;
}

#define META_ACCESSOR(name, TABLE)                                                                 \
	static inline const struct meta_##name *meta_##name(const struct meta *m, uint32_t row)    \
	{                                                                                          \
		return (const struct meta_##name *)meta_row(m, TABLE, row);                        \
	}
META_ACCESSOR(type, META_TYPES)
META_ACCESSOR(field, META_FIELDS)
META_ACCESSOR(enumerator, META_ENUMERATORS)
META_ACCESSOR(map, META_MAPS)
META_ACCESSOR(probe, META_PROBES)
META_ACCESSOR(event, META_EVENTS)
META_ACCESSOR(part, META_PARTS)
META_ACCESSOR(option, META_OPTIONS)
#undef META_ACCESSOR

static inline const struct meta_script *meta_script(const struct meta *m)
{
	return (const struct meta_script *)meta_row(m, META_SCRIPT, 0);
}

#endif
