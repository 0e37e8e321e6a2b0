/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe - the kinds of probes: how each is spelled, listed, described and attached.
 *
 * One file per kind exports one or more 'const struct probe_kind', table.c lists them. The compiler
 * uses the first half of a row, the runtime the second; this module knows neither.
 *
 *	text "kprobe:vfs_*"	-- attach_point_split --> struct attach_point
 *	struct attach_point	-- kind->parse -->	  struct probe_target, may hold wildcards
 *	pattern			-- kind->match -->	  concrete targets, one call each
 *	concrete target		-- kind->args -->	  what 'args' holds there
 *	concrete target		-- a row of the image, back again in the runtime -->
 *	target, program		-- kind->attach -->	  struct attachment
 */
#ifndef PROBES_PROBE_H
#define PROBES_PROBE_H

#include "base/source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct bpf_program;
struct diag;
struct diags;
struct finder;
struct near;

enum probe_target_flag {
	TARGET_FREQUENCY = 1,   /* count is in Hz, not a period */
	TARGET_WILDCARD = 2,    /* came from a pattern: a failing attach is no surprise */
	TARGET_RAW_SYSCALL = 4, /* a syscalls tracepoint served by a raw_syscalls program; address
	                           is the syscall's number */
	TARGET_RAW = 8,     /* a tracepoint that is attached as a raw tracepoint: no arguments */
	TARGET_NAMED = 16,  /* name was given by the user */
	TARGET_UNSAFE = 32, /* checks were waived with --unsafe */
	TARGET_TYPED = 128, /* a raw tracepoint whose program needs pointers with types */
	TARGET_MULTI = 64,  /* one of many targets of one program, which attach_many may serve */
};

/* Where a program is attached, or, with wildcards, may be attached. */
struct probe_target {
	const struct probe_kind *kind;
	const char *name;   /* "kprobe:vfs_read": as the builtin 'probe' says it */
	const char *module; /* kernel module, tracepoint category, path of a binary; NULL: any */
	const char *symbol; /* function, event, iterator; NULL: none */
	const char *mode;   /* watchpoint "rw", uprobe language "cpp"; NULL: none */
	uint64_t offset;    /* bytes into symbol */
	uint64_t address;   /* when there is no symbol; the number of a raw syscall */
	uint64_t count;   /* period in ns, frequency in Hz, events per sample, bytes watched, places
	                     of a mark */
	uint32_t flags;   /* enum probe_target_flag */
	struct span span; /* in the script; SPAN_NONE when there is none */
	uint64_t cookie;  /* runtime: for bpf_get_attach_cookie */
};

/* An attach point as it stands in the script, split at ':' with quotes removed. */
struct attach_point {
	const char *text;  /* the whole, for messages */
	const char *name;  /* "foo" of "foo=kprobe:f", or NULL */
	const char **part; /* part[0] is the provider */
	size_t parts;
	bool at;                  /* a '@' stood between part[1] and part[2]: a source location */
	struct span span;         /* of the whole */
	const struct span *place; /* of each part; the whole, where parameters filled it in */
};

/* What the functions below need from their caller. */
struct probe_env {
	struct arena *arena;       /* results live here */
	struct diags *diags;       /* where parse, match and args report */
	struct probe_cache *cache; /* kernel symbols, BTF, ELF files: read when first asked for */
	uint32_t pid;              /* -p, else 0 */
	uint32_t child_pid;        /* -c, else 0 */
	bool unsafe;               /* --unsafe */
	bool listing;              /* -l: exact names must exist as well */
	uint32_t missing;          /* enum meta_missing: how what is not found is reported */
	bool alternatives;         /* the block has other targets, which it could do with */
};

/* Where an argument's value is found from the program's context. */
enum probe_arg_where {
	ARG_CTX,      /* 'offset' bytes into the context; direct load */
	ARG_CTX_WORD, /* 64-bit word 'offset / 8' of the context holds the value; direct load */
	ARG_CTX_OPAQUE, /* the same, but a pointer that the verifier does not let be loaded where it
	                   knows the types (fentry): to other things than structs, unions, integers
	                   and plain void */
	ARG_REGS,     /* 'offset' bytes into the struct pt_regs that is the context; direct load */
	ARG_SYSCALL,  /* 'offset' bytes into the struct pt_regs that word 0 of the context points to
	                 (raw_syscalls): read with bpf_probe_read_kernel */
	ARG_SYSCALL_NR,  /* word 1 of the context */
	ARG_SYSCALL_RET, /* word 1 of the context (raw sys_exit) */
	ARG_DATA_LOC,    /* u32 at 'offset': low half is the data's offset from the context */
	ARG_REL_LOC,     /* the same, counted from behind the u32 */
	ARG_CONST,       /* 'value' */
	ARG_MEMORY, /* in user memory at 'value' + registers 'offset' and 'index' (times 'scale') of
	               the struct pt_regs that is the context */
	ARG_UNKNOWN, /* nowhere that a program could read */
};

enum { ARG_NO_REG = 0xffff };

struct probe_arg {
	const char *name;
	const char *ctype;      /* as C writes it: "const char *", "struct sock *", "char[16]" */
	uint32_t btf_id;        /* type in the BTF of 'btf_module', when known; else 0 */
	const char *btf_module; /* NULL: vmlinux */
	enum probe_arg_where where;
	uint32_t offset, size; /* bytes */
	bool is_signed;
	uint32_t count; /* array of count elements; 0: no array */
	bool user;      /* a pointer of this argument points to user memory */
	int64_t value;  /* ARG_CONST, ARG_MEMORY */
	uint32_t index; /* ARG_MEMORY: ARG_NO_REG: none, as in 'offset' */
	uint8_t scale;
};

struct probe_args {
	struct probe_arg *arg;
	size_t count;
	const struct probe_arg *retval; /* fexit: typed; else NULL */
};

/* What a program of this kind may do; sema asks instead of knowing kinds by name. */
enum probe_cap {
	PROBE_REGS = 1,          /* context is struct pt_regs: arg0.., reg() */
	PROBE_RETVAL = 2,        /* context is struct pt_regs at a function's return: retval */
	PROBE_ARGS = 4,          /* 'args' may have members: ask ->args */
	PROBE_TYPED_RETVAL = 8,  /* retval comes from ->args */
	PROBE_FUNC_IP = 16,      /* 'func' by bpf_get_func_ip */
	PROBE_FUNC_USER = 32,    /* ... and is a user function */
	PROBE_USER = 64,         /* pointers found in registers point to user memory */
	PROBE_SPECIAL = 128,     /* fired by the tool itself: begin, end, self, test, bench */
	PROBE_PERF_EVENT = 256,  /* context is struct bpf_perf_event_data, whose regs come first */
	PROBE_WORDS = 512,       /* arg0.. are 64-bit words of the context (raw tracepoints) */
	PROBE_FILTER_PID = 1024, /* with -p the program itself ignores other processes */
	PROBE_SIGNAL = 2048,     /* signal() works here */
	PROBE_COOKIE = 4096,     /* bpf_get_attach_cookie works here (5.15; raw tracepoints 6.10) */
	PROBE_ITER = 8192,       /* output goes through the iterator's file */
	PROBE_NO_ARG0 = 16384,   /* has PROBE_REGS, but they are not a call's: no arg0.. */
	PROBE_RAWABLE = 32768,   /* a body that reads neither args nor ctx may be TARGET_RAW */
	PROBE_NOTED_ARGS = 65536, /* arg0.. come from ->args, not from a calling convention */
	PROBE_TEST = 131072,      /* run by --test only */
	PROBE_BENCH = 262144,     /* run by --bench only */
};

typedef void probe_match_fn(void *arg, const struct probe_target *t);

/* An attached program: descriptors, which a forked child shares. */
struct attachment;

struct probe_kind {
	const char *name;
	const char *alias[3];            /* other spellings; unused ones NULL */
	const char *synopsis;            /* "interval:{hz|s|ms|us}:<count>" */
	const char *brief;               /* one sentence for the manual */
	const char *example;             /* a script that compiles on any kernel with BTF */
	uint32_t caps;                   /* enum probe_cap */
	uint32_t prog_type, attach_type; /* BPF_PROG_TYPE_..., BPF_TRACE_... or 0 */
	bool listed;                     /* part of -l without a pattern, and of '*:' */

	/* Reads an attach point. Returns 0 or -EINVAL with a diagnostic. */
	int (*parse)(struct probe_env *env, const struct attach_point *ap, struct probe_target *t);
	/* Emits each existing target that fits the finder's pattern; this itself when nothing can
	 * be looked up. Copies of strings live in env->arena. Returns 0 or -errno with a
	 * diagnostic; finding nothing is 0, and the caller's to report. NULL: the pattern is the
	 * only match. */
	int (*match)(struct finder *f);
	/* The lines of -l, where they are not what match finds: 'interval:hz:'. Calls fn for each
	 * line that fits the pattern, which is what stands behind "interval:". May be NULL. */
	void (*list)(struct probe_env *env, const struct probe_kind *kind, const char *pattern,
	             probe_match_fn *fn, void *arg);
	/* Offers existing names to a 'did you mean', in the form in which the user writes what
	 * stands behind "kprobe:". May be NULL. */
	void (*suggest)(struct probe_env *env, const struct probe_target *t, struct near *near);
	/* What 'args' holds at a concrete target. Returns 0, or -errno with a diagnostic at
	 * t->span. NULL: this kind has no args. */
	int (*args)(struct probe_env *env, const struct probe_target *t, struct probe_args *out);
	/* What -lv shows for t, where programs know it by other names than args'. May be NULL: then
	 * it is what 'args' says. */
	int (*params)(struct probe_env *env, const struct probe_target *t, struct probe_args *out);
	/* The name of the ELF section of a program for t: what libbpf derives the program's type
	 * from ("kprobe/vfs_read", "perf_event"). */
	const char *(*section)(struct arena *a, const struct probe_target *t);
	/* Whether t may be among the targets that attach_many serves. NULL: any. */
	bool (*joins)(const struct probe_target *t);

	/* Before load: sets type, attach target, flags of the program. May be NULL: then prog_type
	 * and attach_type are set. Returns 0 or -errno with a diagnostic. */
	int (*prepare)(struct probe_env *env, const struct probe_target *t,
	               struct bpf_program *prog);
	/* After load. Returns NULL with errno set, and a diagnostic in env->diags; none for a
	 * target with TARGET_WILDCARD that the kernel does not let one have. */
	struct attachment *(*attach)(struct probe_env *env, const struct probe_target *t,
	                             struct bpf_program *prog);
	/* Attaches one program to many targets at once: kprobe and uprobe multi links, and all
	 * syscalls of one program (attach would run it once for each). To be tried first when a
	 * program has several targets. NULL with errno EOPNOTSUPP: the caller falls back to attach.
	 * May be NULL. */
	struct attachment *(*attach_many)(struct probe_env *env,
	                                  const struct probe_target *const *t, size_t n,
	                                  struct bpf_program *prog);
};

/* All kinds, ended by NULL, in the order in which they are attached. */
extern const struct probe_kind *const probe_kinds[];
/* By name or alias, ignoring case; NULL: none. */
const struct probe_kind *probe_kind_find(const char *name);

/* Splits raw text into parts. Returns 0 or -EINVAL with a diagnostic. */
int attach_point_split(struct probe_env *env, const char *text, struct span span,
                       struct attach_point *ap);
/* Split, find the kind or kinds (a provider may hold wildcards), parse, match. Calls fn for each
 * concrete target. Diagnoses what is wrong, nothing found included (with a suggestion).
 * Returns 0 or -errno; *found counts matches. */
int probe_expand(struct probe_env *env, const struct attach_point *ap, probe_match_fn *fn,
                 void *arg, size_t *found);
/* The same without a script, for -l: fn is called in the order of the listing. Types of the kernel
 * ("struct file") come as targets without a kind: module is the file of BTF, address the id. */
int probe_list(struct probe_env *env, const char *pattern, probe_match_fn *fn, void *arg);

/* '*' matches any bytes; everything else matches itself. */
bool wildcard_match(const char *pattern, const char *text);
bool has_wildcard(const char *text);

/* Reports that a probe is not there, or cannot be had, as env->missing says: error, warning or
 * nothing. Returns the message for notes and hints. */
struct diag *probe_missing(struct probe_env *env, struct span at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Adds to a message about a refused load or attach what is known about the cause. */
void probe_explain(const struct probe_env *env, const struct probe_target *t, int err,
                   struct diag *d);

/* How many targets it serves. */
size_t attachment_targets(const struct attachment *a);
/* Closes the links; accepts NULL. */
void attachment_detach(struct attachment *a);
/* Whether closing the attachment makes the kernel wait (perf tracepoints, uprobes: about 0.1 s
 * each): such ones may be left to a child process. */
bool attachment_is_slow(const struct attachment *a);

/* Runs an iterator by reading its file in pieces of 'piece' bytes, whose content nobody wants (see
 * ITER_UNIT); calls fn after each, until it returns false. Returns 0 or -errno. */
int probe_iter_run(const struct attachment *a, size_t piece, bool (*fn)(void *arg), void *arg);

/* The first one also teaches libbpf to load fentry programs without reading all of the kernel's
 * BTF: make it before bpf_object__open. */
struct probe_cache *probe_cache_new(void);
void probe_cache_free(struct probe_cache *c);

#endif
