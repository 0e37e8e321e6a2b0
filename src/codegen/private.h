/* SPDX-License-Identifier: Apache-2.0 */
/* private - what the files of codegen share. */
#ifndef CODEGEN_PRIVATE_H
#define CODEGEN_PRIVATE_H

#include "codegen/cg.h"

#include <llvm-c/Core.h>
#include <llvm-c/DebugInfo.h>
#include <llvm-c/TargetMachine.h>
#include <llvm/Config/llvm-config.h>

#if LLVM_VERSION_MAJOR < 17
#define LLVMArrayType2 LLVMArrayType /* its count had 32 bits */
#endif

/* A loop whose body is being compiled; 'break' and 'continue' go to its blocks, or out of its
 * callback. */
struct cg_loop {
	struct cg_loop *outer;
	LLVMBasicBlockRef next, end; /* loops in place; NULL for callbacks */
	bool in_parts; /* over two BPF maps, one after the other: 'break' must tell the second */
};

/* What a callback tells the function whose loop it ends. */
enum cg_left {
	LEFT_NOTHING,
	LEFT_FUNCTION, /* a 'return' inside the body leaves the function, too */
	LEFT_LOOP,
};

/* The frame: memory on the stack of a function whose loops are functions of their own, which find
 * it by their argument. Starts of ranges and captured variables follow. */
enum cg_frame_part {
	FRAME_SCRATCH = 0, /* address of scratch memory */
	FRAME_LEFT = 8,    /* enum cg_left */
	FRAME_RESULT = 16, /* what it returns */
	FRAME_CTX = 24,    /* the program's context */
	FRAME_HEAD = 32,
};

/* Bytes of the stack for temporaries, variables, and the frame. */
struct cg_stack {
	uint32_t temps, vars, frame;
};

/* A function of the script (program.cg). Its result, when that is no scalar, and parameters that
 * are not handed over in registers have places in the scratch memory of the program that calls it.
 */
struct cg_function {
	LLVMValueRef fn;
	uint32_t scratch_end; /* its own and its callees' scratch memory ends here */
	uint32_t result_at, exit_at;
};

/* The function being compiled: put aside while a callback of it is. */
struct cg_current {
	LLVMValueRef fn, ctx;
	LLVMBasicBlockRef entry; /* allocas */
	LLVMBasicBlockRef leave; /* the one exit of a program */
	LLVMMetadataRef scope;
	LLVMValueRef zero_key;    /* alloca of u32 0: the key of scalar maps */
	LLVMValueRef scratch_ptr; /* alloca of scratch memory's address; in the frame when there is
	                             one */
	LLVMValueRef frame;       /* alloca, or the callback's argument; NULL: no callbacks */
	LLVMValueRef passed;      /* alloca for cg_repeat, NULL until it is needed */
	uint32_t stack_used;      /* bytes of explicit temporaries */
	uint32_t frames;          /* functions that are active, this one included */
	struct cg_loop *loop;
	bool in_callback;
};

struct cg {
	struct unit *u;
	struct program *p;
	LLVMContextRef llvm;
	LLVMModuleRef module;
	LLVMBuilderRef b;
	LLVMTargetMachineRef machine;
	LLVMMemoryBufferRef object;
	LLVMTypeRef i8, i16, i32, i64, ptr, nothing;

	/* debug information */
	LLVMDIBuilderRef di;
	struct span at; /* source place of the code being made */
	LLVMMetadataRef file, cu, di_long, di_int, di_void_ptr;

	struct cg_current now;

	/* the program, or function of the script, that is being compiled */
	LLVMValueRef result;   /* alloca of its return value */
	struct cg_stack stack; /* what may be used of it */
	bool forgetful;        /* it has many branches (forget.c) */

	/* per-CPU scratch memory of the program */
	uint32_t scratch_top, scratch_used; /* now, and at most */
	struct cg_scratch_map {
		LLVMValueRef map; /* a placeholder until its size is known; NULL: not used */
		uint32_t size;    /* the most that a program wants */
	} scratch, large_scratch; /* per CPU; an array, for programs that want more */

	/* globals; NULL until used */
	LLVMValueRef packets; /* perf buffer */
	LLVMValueRef options;
	LLVMValueRef ring, params, control, losses, zeros;
	struct map constants;   /* bytes -> global */
	struct map stack_maps;  /* row -> global */
	unsigned int callbacks; /* made so far: names */
	uint32_t event_bytes;   /* what this function may put into the ring buffer at once */
};

/* Values cross the façade as struct llvm_value *. */
static inline LLVMValueRef ref(cgv v)
{
	return (LLVMValueRef)(void *)v;
}
static inline cgv val(LLVMValueRef v)
{
	return (cgv)(void *)v;
}

LLVMBasicBlockRef cg_block(struct cg *cg, const char *name);
void cg_goto(struct cg *cg, LLVMBasicBlockRef to); /* unless the block has ended */
void cg_enter(struct cg *cg, LLVMBasicBlockRef at);
bool cg_ended(struct cg *cg); /* the current block has its terminator */
LLVMValueRef cg_alloca(struct cg *cg, LLVMTypeRef type, uint32_t align, const char *name);
LLVMValueRef cg_bytes_alloca(struct cg *cg, uint32_t size);
/* The address of a word on the stack that holds start. */
cgv cg_local(struct cg *cg, const char *name, cgv start);
/* cg_load, whatever LLVM knows to be there. */
cgv cg_load_anew(struct cg *cg, cgv addr, uint32_t size, bool is_signed);
/* A global in a section of its own kind of memory. */
LLVMValueRef cg_global(struct cg *cg, const char *name, const char *section, uint64_t size,
                       bool constant);
void cg_init_types(struct cg *cg);
LLVMTypeRef cg_int_type(struct cg *cg, uint32_t size); /* 1, 2, 4, 8 bytes */

/* statements */
void cg_block_stmts(struct cg *cg, const struct block *b);
struct value cg_block_value(struct cg *cg, const struct block *b, const struct dest *dest);
/* Whether computing these expressions changes what others may read. */
bool cg_has_effects(struct expr *const *arg, size_t n);
/* The place of a variable, and the value there. */
cgv cg_var_addr(struct cg *cg, struct var *v);
struct value cg_var_load(struct cg *cg, struct var *v);
/* v, about which the verifier knows nothing. */
cgv cg_forget(struct cg *cg, cgv v);
/* v, of which a branch tells the verifier nothing about v itself. */
cgv cg_apart(struct cg *cg, cgv v);
/* cg_forget for v, the value of e, where a branch depends on it and there are many of them. */
cgv cg_unknown(struct cg *cg, struct expr *e, cgv v);
/* Notes what writes the program's variables, too. */
bool cg_has_many_branches(struct program *p);
/* Whether the verifier must not know the variable's value. */
bool cg_must_hide(struct cg *cg, const struct var *v);
struct value cg_if_value(struct cg *cg, const struct expr *e, const struct dest *dest);

/* expressions */
struct value cg_expr_to(struct cg *cg, const struct expr *e, const struct dest *dest);
struct value cg_arithmetic(struct cg *cg, enum binary_op op, struct value l, struct value r,
                           const struct type *type, struct span span);
struct value cg_compare_values(struct cg *cg, enum binary_op op, struct value l, struct value r,
                               const struct type *common);
struct value cg_args_field(struct cg *cg, const struct expr *e);
/* Whether the verifier knows the types of what the context holds. */
bool cg_typed_context(const struct program *p);
/* A value of 'type' in traced memory at an address: scalars are read now; structs and arrays whole.
 */
struct value cg_read_at(struct cg *cg, cgv from, const struct type *type, enum addr_space as,
                        const struct dest *dest);
/* kinds that have a file of their own: operator.c, access.c, value.c */
struct value cg_unary(struct cg *cg, const struct expr *e, const struct dest *dest);
struct value cg_binary(struct cg *cg, const struct expr *e);
struct value cg_incdec(struct cg *cg, const struct expr *e);
struct value cg_field(struct cg *cg, const struct expr *e, const struct dest *dest);
struct value cg_index(struct cg *cg, const struct expr *e, const struct dest *dest);
struct value cg_cast(struct cg *cg, const struct expr *e, const struct dest *dest);

/* maps */
LLVMValueRef cg_map_global(struct cg *cg, struct map_var *m);
/* Makes all programs but begin and end return at once from now on. */
void cg_stop(struct cg *cg);
/* Copies a text of the kernel's or ours with its mark of being cut; zeros follow it. */
void cg_copy_text(struct cg *cg, cgv to, uint32_t size, cgv from);
/* The one of its short keys, or NULL (struct meta_map). */
LLVMValueRef cg_short_map_global(struct cg *cg, struct map_var *m);
/* The one of the two that holds this key. */
cgv cg_map_holding(struct cg *cg, struct map_var *m, cgv key);
/* Where in a key of a graph the bucket's number is. */
cgv cg_bucket_place(struct cg *cg, const struct map_var *m, cgv key);
struct value cg_map_step(struct cg *cg, const struct expr *e); /* ++ and -- */
void cg_maps_finish(struct cg *cg);
void cg_stack_maps_finish(struct cg *cg);
/* An update that finds the map full is counted. */
void cg_map_update(struct cg *cg, struct map_var *m, cgv key, cgv value, uint64_t flags);
LLVMValueRef cg_define_map(struct cg *cg, const char *name, uint32_t type, uint32_t key_size,
                           uint32_t value_size, uint32_t max_entries, uint32_t flags);
/* What a map holds for each value: slot and flag of scalars included. */
uint32_t cg_map_value_size(struct cg *cg, const struct map_var *m);

/* arrays */
bool cg_is_array(const struct map_var *m);
/* The index that a key is, in memory; beyond any array's size where it is none. */
cgv cg_array_key(struct cg *cg, const struct map_var *m, const struct expr *key);
/* The slot of an element, this CPU's. The code that follows runs only when there is one, for keys
 * outside are counted as losses; cg_endif(cg, absent) ends it. */
cgv cg_array_slot(struct cg *cg, struct map_var *m, cgv key, struct cg_if *absent);
/* From now on the element exists. */
void cg_array_mark(struct cg *cg, const struct map_var *m, cgv slot);
/* cg_map_has, cg_map_write, cg_map_delete. */
cgv cg_array_has(struct cg *cg, struct map_var *m, cgv key);
/* The same with the slot at hand. */
cgv cg_array_slot_has(struct cg *cg, struct map_var *m, cgv key, cgv slot);
void cg_array_write(struct cg *cg, struct map_var *m, cgv key, struct value v);
cgv cg_array_delete(struct cg *cg, struct map_var *m, cgv key);

/* aggregations */
void cg_map_aggregate(struct cg *cg, const struct expr *target, const struct expr *call);
/* The value over all CPUs, while the program runs (bpf_map_lookup_percpu_elem, Linux 5.19). */
struct value cg_map_reduce(struct cg *cg, struct map_var *m, cgv key);
/* Graphs: 1 when a key has any bucket; when any was removed; when the series was not empty. */
cgv cg_buckets_exist(struct cg *cg, struct map_var *m, cgv key);
/* Whether the map has an entry of the key before the one with this number. */
cgv cg_buckets_before(struct cg *cg, struct map_var *m, cgv key, cgv number);
cgv cg_buckets_delete(struct cg *cg, struct map_var *m, cgv key);
cgv cg_series_empty(struct cg *cg, struct map_var *m);

/* debug information */
void cg_debug_init(struct cg *cg);
void cg_debug_function(struct cg *cg, LLVMValueRef fn, const char *name, unsigned int params,
                       struct span at);
void cg_debug_map(struct cg *cg, LLVMValueRef global, const char *name, const char *const *member,
                  const uint32_t *value, unsigned int n);
/* What only the linker wants to be described: nothing when there is nothing to link with. */
void cg_debug_linked(struct cg *cg, LLVMValueRef global, const char *name, uint64_t size);

/* callbacks */
/* A function that is put aside while a callback of it is compiled. */
struct cg_outer {
	struct cg_current current;
	LLVMBasicBlockRef at;
};
/* Starts a callback of n arguments, the first an index or an address, the last the frame. */
struct cg_outer cg_callback_begin(struct cg *cg, struct cg_loop *loop, unsigned int n, bool index,
                                  struct span at);
/* Goes back to the outer function; returns the callback. */
LLVMValueRef cg_callback_end(struct cg *cg, const struct cg_outer *outer, struct span at);
/* Returns from the body of a loop. The verifier must see a 0, to go on, or a 1: LLVM would return
 * whatever it knows to be one of these. */
void cg_callback_return(struct cg *cg, bool stop);

/* loops */
void cg_while(struct cg *cg, const struct stmt *s);
void cg_unroll(struct cg *cg, const struct stmt *s);
void cg_for_range(struct cg *cg, const struct stmt *s);
void cg_for_map(struct cg *cg, const struct stmt *s);
void cg_jump(struct cg *cg, bool out); /* break, continue */
/* Code behind a jump is never reached, but needs a place. */
void cg_after_jump(struct cg *cg);

/* functions of the script */
void cg_function_compile(struct cg *cg, struct program *p);
struct value cg_function_call(struct cg *cg, const struct expr *e, const struct dest *dest);
void cg_function_return(struct cg *cg, const struct stmt *s);

/* functions of imported C objects */
struct value cg_c_call(struct cg *cg, const struct expr *e);

/* iterators */
/* Leaves when there is no object. */
void cg_iter_start(struct cg *cg, LLVMBasicBlockRef out);
/* Writes into the file for all events of the body, which has been compiled. */
void cg_iter_account(struct cg *cg);

/* programs and functions */
/* Common to both: blocks, allocas of their own; then the frame. */
void cg_begin(struct cg *cg, struct program *p);
void cg_make_frame(struct cg *cg);
/* Gives variables that need one their place in frame or scratch memory; returns the frame's size.
 */
uint32_t cg_place_vars(struct cg *cg);
/* A place in scratch memory that lasts as long as the function; its offset. */
uint32_t cg_scratch_slot(struct cg *cg, uint32_t size);
void cg_place_in_scratch(struct cg *cg, struct var *v);
/* The address of byte 'offset' of scratch memory, of the frame. */
cgv cg_scratch(struct cg *cg, uint32_t offset);
cgv cg_frame(struct cg *cg, uint32_t offset);
/* section NULL: a function that programs call. */
void cg_start_function(struct cg *cg, struct program *p, const char *name, const char *section);
void cg_leave_when(struct cg *cg, cgv cond, LLVMBasicBlockRef out);
/* Leaves when the run has ended, or the event is of a process that -p leaves out. */
void cg_check_run(struct cg *cg, LLVMBasicBlockRef out);

/* raw system call events */
void cg_check_syscall(struct cg *cg, LLVMBasicBlockRef out); /* leaves unless it is cg->p's */
cgv cg_syscall_row(struct cg *cg);                           /* the row of the probe that fired */
void cg_dispatch_compile(struct cg *cg, const struct dispatch *d);
/* A member of struct image_control as it is now. */
cgv cg_control(struct cg *cg, uint32_t offset);
/* One of 64 bits that does not change. */
cgv cg_control_word(struct cg *cg, uint32_t offset);
void cg_disassemble(const void *object, size_t len, FILE *out);
void cg_program_compile(struct cg *cg, struct program *p);

/* run-time warnings */
void cg_warn(struct cg *cg, const char *text, struct span at);
/* A helper failed with this result; the user knows it by name. */
void cg_helper_error(struct cg *cg, const char *helper, cgv result, struct span at);

#endif
