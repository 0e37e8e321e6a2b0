/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cg - what the vocabulary (lang/) and the statements are compiled with: a small façade over LLVM.
 *
 * A scalar (type_is_scalar) is a 64-bit integer in a register, extended by its type's sign: bool,
 * integers, enums, pointers of the traced world. Everything else is the address of its bytes
 * (kinds.def). 'struct llvm_value *' is LLVM's value; only codegen knows more.
 *
 *	struct value emit_pid(struct cg *cg, ...)
 *	{
 *		struct llvm_value *id = cg_helper(cg, BPF_FUNC_get_current_pid_tgid, 0);
 *		return cg_value(cg_shr(cg, id, 32), call->type);
 *	}
 *
 * What the verifier wants to see (bounds, null checks, stack use) is expressed by a helper with
 * that name, with the reason at the helper.
 */
#ifndef CODEGEN_CG_H
#define CODEGEN_CG_H

#include "ast/unit.h"
#include "image/meta.h"
#include "image/params.h"
#include "lang/lang.h"

#include <linux/bpf.h>

typedef struct llvm_value *cgv;

/* A place in memory that a value is wanted in; 'type' is what it will hold. */
struct dest {
	cgv addr;
	const struct type *type;
};

/* Passes. */
void codegen_run(struct unit *u); /* IR for every program and map */
void optimise_run(struct unit *u);
void object_run(struct unit *u); /* emit: u->image */
void link_run(struct unit *u);   /* u->image with imported C objects */
void codegen_dump_ir(const struct unit *u, FILE *out);
void codegen_dump_optimised(const struct unit *u, FILE *out);
void codegen_dump_asm(const struct unit *u, FILE *out);
void codegen_release(struct unit *u);
const char *codegen_llvm_version(void);

/* -- where we are -- */
struct unit *cg_unit(struct cg *cg);
const struct program *cg_program(struct cg *cg);
/* Source place of the code that follows: line information, run-time warnings. */
void cg_at(struct cg *cg, struct span span);

/* -- constants and arithmetic on 64-bit values -- */
static inline struct value cg_value(cgv v, const struct type *type)
{
	return (struct value){ v, type };
}
cgv cg_u64(struct cg *cg, uint64_t n);
/* Bytes that never change (.rodata), with a NUL behind them; equal bytes share one place. */
cgv cg_bytes(struct cg *cg, const void *data, size_t len);
cgv cg_add(struct cg *cg, cgv a, cgv b);
cgv cg_sub(struct cg *cg, cgv a, cgv b);
cgv cg_mul(struct cg *cg, cgv a, cgv b);
cgv cg_and(struct cg *cg, cgv a, cgv b);
cgv cg_or(struct cg *cg, cgv a, cgv b);
cgv cg_xor(struct cg *cg, cgv a, cgv b);
cgv cg_shl(struct cg *cg, cgv a, unsigned int bits);
cgv cg_shr(struct cg *cg, cgv a, unsigned int bits); /* logical */
cgv cg_udiv(struct cg *cg, cgv a, cgv b);
cgv cg_umod(struct cg *cg, cgv a, cgv b);
cgv cg_shl_by(struct cg *cg, cgv a, cgv bits);
cgv cg_shr_by(struct cg *cg, cgv a, cgv bits);
cgv cg_sar_by(struct cg *cg, cgv a, cgv bits); /* keeps the sign */
/* v, about whose value the optimiser knows nothing. */
cgv cg_opaque(struct cg *cg, cgv v);
cgv cg_is_null(struct cg *cg, cgv address);
/* 1 or 0. Comparisons for signed and unsigned operands. */
enum cg_cmp { CG_EQ, CG_NE, CG_ULT, CG_ULE, CG_UGT, CG_UGE, CG_SLT, CG_SLE, CG_SGT, CG_SGE };
cgv cg_compare(struct cg *cg, enum cg_cmp op, cgv a, cgv b);
cgv cg_select(struct cg *cg, cgv cond, cgv yes, cgv no);
/* v cut to 'size' bytes and extended again. */
cgv cg_fit(struct cg *cg, cgv v, uint32_t size, bool is_signed);
cgv cg_bswap(struct cg *cg, cgv v, uint32_t size);

/* -- memory -- */
/* Temporary memory for the rest of the program: on the stack when small, else in per-CPU scratch
 * space. Not cleared; aligned to 8. */
cgv cg_temp(struct cg *cg, uint32_t size);
/* An address as an integer. */
cgv cg_address(struct cg *cg, cgv addr);
/* addr + bytes. */
cgv cg_offset(struct cg *cg, cgv addr, uint32_t bytes);
cgv cg_offset_by(struct cg *cg, cgv addr, cgv bytes);
cgv cg_load(struct cg *cg, cgv addr, uint32_t size, bool is_signed);
void cg_store(struct cg *cg, cgv addr, cgv v, uint32_t size);
/* A value of any type from memory: scalars are loaded, others stay where they are. */
struct value cg_load_value(struct cg *cg, cgv addr, const struct type *type);
/* Any value into memory, converted to 'type' (widths, string capacities, tuple members). */
void cg_store_value(struct cg *cg, cgv addr, struct value v, const struct type *type);
void cg_zero(struct cg *cg, cgv addr, uint32_t size);
void cg_copy(struct cg *cg, cgv to, cgv from, uint32_t size);
cgv cg_atomic_add(struct cg *cg, cgv addr, cgv n); /* u64; returns nothing useful */

/* A load that may not be aligned. */
cgv cg_load_at(struct cg *cg, cgv addr, uint32_t size);
/* Comparisons of memory: 1 when equal. Texts end at their NUL. */
cgv cg_equal_bytes(struct cg *cg, cgv a, cgv b, uint32_t n);
cgv cg_equal_strings(struct cg *cg, cgv a, uint32_t size_a, cgv b, uint32_t size_b);
/* At most n bytes, up to a common NUL. */
cgv cg_equal_prefix(struct cg *cg, cgv a, cgv b, uint32_t n);
/* Where text 'needle' starts in text 'hay'; -1: nowhere. Sizes are capacities. */
cgv cg_find_text(struct cg *cg, cgv hay, uint32_t hay_size, cgv needle, uint32_t needle_size);
/* The difference of the first bytes that differ among n, which is at most 'size'; 0: there are
 * none. */
cgv cg_bytes_order(struct cg *cg, cgv a, cgv b, cgv n, uint32_t size);

/* -- expressions -- */
struct value cg_expr(struct cg *cg, const struct expr *e);
/* An expression as a 64-bit integer: aggregations are reduced, pointers and bools taken as such. */
cgv cg_int(struct cg *cg, const struct expr *e);
/* As a truth value, 1 or 0. */
cgv cg_truth(struct cg *cg, struct expr *e);
/* An expression into memory as 'type'. */
void cg_expr_into(struct cg *cg, const struct expr *e, cgv addr, const struct type *type);
/* v converted to type; scalars and memory kinds alike. */
struct value cg_convert(struct cg *cg, struct value v, const struct type *type);
/* dest->addr, or a temporary for a value of type. */
cgv cg_place(struct cg *cg, const struct dest *dest, const struct type *type);
/* Argument i of a call. */
#define cg_arg(cg, call, i) cg_expr(cg, (call)->call.arg[i])
#define cg_arg_int(cg, call, i) cg_int(cg, (call)->call.arg[i])

/* -- control flow --
 *	struct cg_if i = cg_if(cg, cond);
 *	...
 *	cg_else(cg, &i);			(may be left out)
 *	...
 *	cg_endif(cg, &i);
 * Values do not leave the branches but through memory, or cg_phi:
 *	cgv r = cg_endif_phi(cg, &i, value_of_yes, value_of_no);
 */
struct cg_if {
	void *yes_end, *no, *end;
	bool has_else;
};
struct cg_if cg_if(struct cg *cg, cgv cond);
void cg_else(struct cg *cg, struct cg_if *i);
void cg_endif(struct cg *cg, struct cg_if *i);
cgv cg_endif_phi(struct cg *cg, struct cg_if *i, cgv yes, cgv no);
/* Leaves the program or function (or the callback and then it). */
void cg_return(struct cg *cg, cgv code);
/* Leaves the program, and functions with it, and stops all others. Rows that use it have
 * LANG_MAY_EXIT. */
void cg_exit(struct cg *cg);

/* Compiles 'body' once and has the kernel call it for i = 0 .. n - 1, or until it gives 1
 * (bpf_loop, Linux 5.17; before, a loop in place). It runs in a function of its own and sees
 * nothing of its surroundings but up to CG_PASSED values: in[k] is passed[k], and what it stores at
 * 'out' + 8 * k (as u64) is there in passed[k] afterwards. Large temporaries are not at hand in it.
 */
enum { CG_PASSED = 4 };
typedef cgv cg_body_fn(struct cg *cg, cgv i, const cgv *in, cgv out, const void *arg);
void cg_repeat(struct cg *cg, cgv n, cgv *passed, size_t count, cg_body_fn *body, const void *arg);
/* -- the kernel -- */
/* Calls BPF helper 'id' with n arguments (cgv each); the result as an integer or as an address. */
cgv cg_helper(struct cg *cg, int id, int n, ...);
cgv cg_helper_ptr(struct cg *cg, int id, int n, ...);
/* Calls a function of the kernel that takes an int and gives an object, or takes an object. Objects
 * are addresses; what was given and is not NULL must be handed to its release function. */
struct cg_kfunc {
	const char *name;
	const char *object; /* "task_struct" */
	bool gives;
};
cgv cg_kfunc(struct cg *cg, const struct cg_kfunc *f, cgv arg);
/* The program's context, as an address; functions of the script have none. */
cgv cg_ctx(struct cg *cg);
/* Reads 'size' bytes of traced memory at 'from' (an integer) into 'to'; zeroes on failure. Returns
 * the helper's result. as: AS_NONE picks by the probe. */
cgv cg_read(struct cg *cg, cgv to, uint32_t size, cgv from, enum addr_space as);
/* The same with a length known at run time, at most 'max'. */
cgv cg_read_bounded(struct cg *cg, cgv to, cgv size, uint32_t max, cgv from, enum addr_space as);
/* Reads a NUL-terminated string into 'to' (capacity 'size', zero-filled behind, last byte not NUL
 * when it was cut, see kinds.def; cut strings are counted). 'limit': most bytes to read including
 * the NUL (NULL: size). Returns the length including the NUL, or a negative error. */
cgv cg_read_string(struct cg *cg, cgv to, uint32_t size, cgv limit, cgv from, enum addr_space as);
/* v <= max afterwards, in a form that the verifier follows. */
cgv cg_bounded(struct cg *cg, cgv v, uint64_t max);
/* pid in the upper half, tid in the lower, in the tool's pid namespace. */
cgv cg_pid_tgid(struct cg *cg);
/* Calls fn with the object that e is or points to, which reached us by loads alone, so that the
 * verifier knows its type (trusted.c). Gives what fn gives, or 'otherwise' where a pointer on the
 * way is NULL. 'what' is the function that wants it, for the message when it came another way. */
typedef cgv cg_object_fn(struct cg *cg, cgv object, void *arg);
cgv cg_with_object(struct cg *cg, const struct expr *e, const char *what, cg_object_fn *fn,
                   void *arg, cgv otherwise);
/* The row of the probe that fired (META_PROBES). */
cgv cg_probe_row(struct cg *cg);
/* An argument of the probe as a value of 'type'. */
struct probe_arg;
struct value cg_probe_arg(struct cg *cg, const struct probe_arg *a, const struct type *type);
struct value cg_args_whole(struct cg *cg, const struct dest *dest);
/* A member of struct image_params: offsetof and size. The verifier knows its value. */
cgv cg_param(struct cg *cg, uint32_t offset, uint32_t size);
#define CG_PARAM(cg, member)                                                                       \
	cg_param(cg, offsetof(struct image_params, member),                                        \
	         sizeof(((struct image_params *)0)->member))
/* The value of an option of the script. */
cgv cg_option(struct cg *cg, uint32_t offset);
/* Counts a loss for this program. */
void cg_loss(struct cg *cg, enum loss_cause cause);
/* The same for an update of a map, which the runtime reports with its place. */
void cg_loss_update(struct cg *cg, enum loss_cause cause, const struct map_var *m, struct span at);

/* -- events -- */
/* Sends an event to the runtime: a row of META_EVENTS of this kind, and the arguments as a tuple.
 */
struct cg_event {
	enum meta_event_kind kind;
	const char *format;  /* or NULL */
	struct map_var *map; /* or NULL */
	uint32_t map_row;    /* of a map that the script does not know, plus one; 0: none */
	uint64_t arg[2];
	struct span span;
};
void cg_send(struct cg *cg, const struct cg_event *ev, struct expr *const *arg, size_t n);
/* The same with values at hand. */
void cg_send_values(struct cg *cg, const struct cg_event *ev, const struct value *arg, size_t n);

/* The row of an event without arguments that goes another way than the ring buffer. */
uint32_t cg_event_row(struct cg *cg, const struct cg_event *ev);
/* A packet into the perf buffer; the helper's result. */
cgv cg_send_packet(struct cg *cg, const struct cg_event *ev, cgv skb, cgv length, cgv offset);
/* Whether the program is an iterator that is to be pinned: nobody listens to its events. */
bool cg_is_pinned(struct cg *cg);
/* Formats into the file of an iterator, as bpf_seq_printf does. */
void cg_seq_printf(struct cg *cg, const char *format, const struct value *arg, size_t n);

/* -- maps -- */
/* The key of '@m[keys]' in memory as the map wants it (n 0: NULL for a scalar map). One key that is
 * a tuple fits a map of several keys. */
cgv cg_map_key(struct cg *cg, struct map_var *m, struct expr *const *key, size_t n);
/* The address of the value, NULL (0) when absent. Scalars: always there. */
cgv cg_map_lookup(struct cg *cg, struct map_var *m, cgv key);
/* 1 when the key is present (scalars: when written). */
cgv cg_map_has(struct cg *cg, struct map_var *m, cgv key);
/* The current value: zero when absent; castable aggregations are reduced over CPUs. */
struct value cg_map_read(struct cg *cg, struct map_var *m, cgv key);
void cg_map_write(struct cg *cg, struct map_var *m, cgv key, struct value v);
/* Graphs and percentiles: this CPU's slot of a bucket under a key, made when it is new. The code
 * that follows runs only when there is one; cg_endif(cg, absent) ends it. 'behind', unless it is
 * NULL, is where the buckets end that lie there side by side. */
cgv cg_bucket_slot(struct cg *cg, struct map_var *m, cgv key, cgv bucket, cgv *behind,
                   struct cg_if *absent);
/* 1 when something was removed. */
cgv cg_map_delete(struct cg *cg, struct map_var *m, cgv key);
/* How many keys the map holds now. */
cgv cg_map_len(struct cg *cg, struct map_var *m);
/* How many frames the stack with this id has. */
cgv cg_stack_len(struct cg *cg, cgv id, const struct type *type);
/* The place of a variable (EXPR_VAR). */
cgv cg_variable(struct cg *cg, const struct expr *var);
/* Captures the current stack: id into the stack map of 'type' (KSTACK: the value; USTACK: its first
 * member). */
cgv cg_stack_id(struct cg *cg, const struct type *type);

#endif
