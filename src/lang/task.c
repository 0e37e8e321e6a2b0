/* SPDX-License-Identifier: Apache-2.0 */
/* task.c - who is running: the current task's ids and names. */

#include "base/diag.h"
#include "codegen/cg.h"
#include "lang/families.h"
#include "probes/btf.h"
#include "probes/features.h"
#include "probes/probe.h"
#include "sema/sema.h"

#include <string.h>

static bool names_namespace(const struct expr *call, const char *name)
{
	const struct expr *e = call->call.arg[0];

	return e->kind == EXPR_NAME && !strcmp(e->call.name, name);
}

/* "pid(init)": as the initial pid namespace counts. */
static const struct type *check_ns(struct sema *s, struct expr *call)
{
	if (arg_given(call, 0) && !names_namespace(call, "init") &&
	    !names_namespace(call, "curr_ns"))
		return arg_mismatch(s, call, 0, "'init' or 'curr_ns'");
	return type_int(s->ty, 4, false);
}

static cgv pid_tgid(struct cg *cg, const struct expr *call)
{
	if (arg_given(call, 0) && names_namespace(call, "init"))
		return cg_helper(cg, BPF_FUNC_get_current_pid_tgid, 0);
	return cg_pid_tgid(cg);
}

static struct value emit_pid(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	/* tgid << 32 | tid (bpf-helpers(7)); user space calls the tgid "pid". */
	return cg_value(cg_shr(cg, pid_tgid(cg, call), 32), call->type);
}

static struct value emit_tid(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_fit(cg, pid_tgid(cg, call), 4, false), call->type);
}

static struct value emit_uid(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	cgv id = cg_helper(cg, BPF_FUNC_get_current_uid_gid, 0);

	return cg_value(cg_fit(cg, id, 4, false), call->type);
}

static struct value emit_gid(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_shr(cg, cg_helper(cg, BPF_FUNC_get_current_uid_gid, 0), 32), call->type);
}

/* -- comm -- */

static const struct type *task_struct(struct unit *u)
{
	return ktype_find(u, KIND_STRUCT, "task_struct");
}

static bool task_member(struct unit *u, const char *name, struct type_field *f)
{
	const struct type *task = task_struct(u);

	return task && type_find_field(u->types, task, name, f);
}

static const struct cg_kfunc task_from_pid = { "bpf_task_from_pid", "task_struct", true };
static const struct cg_kfunc task_release = { "bpf_task_release", "task_struct", false };

enum { COMM = 16, OTHER_COMM = 64 };

/* Linux 6.2. */
static uint32_t finder_id(struct unit *u)
{
	const struct btf_file *b = btf_vmlinux(u->probes->cache);

	return b ? btf_find(b, BTF_KIND_FUNC, task_from_pid.name) : 0;
}

static const struct type *check_comm(struct sema *s, struct expr *call)
{
	const struct probe_kind *k = s->program->kind;
	uint32_t id;
	struct diag *d;

	if (!arg_given(call, 0))
		return type_string(s->ty, COMM);
	id = finder_id(s->u);
	if (!s->final || !id || kfunc_allowed(k->prog_type, k->attach_type, id))
		return type_string(s->ty, OTHER_COMM);
	d = diag_error(s->diags, call->span, "comm(pid) is not supported in a probe of type '%s'",
	               k->name);
	diag_hint(d, "the kernel does not let such programs look for a process");
	return &type_error;
}

/* What stands for the name of a process that is not there, or cannot be asked for. */
static void store_text(struct cg *cg, cgv place, const char *text)
{
	char padded[OTHER_COMM] = { 0 };

	strcpy(padded, text);
	cg_copy(cg, place, cg_bytes(cg, padded, sizeof(padded)), sizeof(padded));
}

static struct value comm_of(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	cgv place = cg_place(cg, dest, call->type), task;
	const struct cg_event missing = {
		.kind = EVENT_WARNF,
		.format = "comm(): there is no such process",
		.span = call->span,
	};
	struct type_field f;
	struct cg_if gone;

	if (!finder_id(cg_unit(cg)) || !task_member(cg_unit(cg), "comm", &f)) {
		store_text(cg, place, "[unknown]");
		return cg_value(place, call->type);
	}
	task = cg_kfunc(cg, &task_from_pid, cg_arg_int(cg, call, 0));
	gone = cg_if(cg, cg_is_null(cg, task));
	store_text(cg, place, "N/A");
	cg_send(cg, &missing, NULL, 0);
	cg_else(cg, &gone);
	cg_read_string(cg, place, OTHER_COMM, cg_u64(cg, COMM),
	               cg_address(cg, cg_offset(cg, task, f.offset)), AS_KERNEL);
	cg_kfunc(cg, &task_release, task);
	cg_endif(cg, &gone);
	return cg_value(place, call->type);
}

static struct value emit_comm(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	cgv place;

	if (arg_given(call, 0))
		return comm_of(cg, call, dest);
	place = cg_place(cg, dest, call->type);
	/* Some kernels (6.1) leave what is behind the name as it was. */
	cg_zero(cg, place, call->type->size);
	cg_helper(cg, BPF_FUNC_get_current_comm, 2, place, cg_u64(cg, call->type->size));
	return cg_value(place, call->type);
}

static struct value emit_cgroup(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_helper(cg, BPF_FUNC_get_current_cgroup_id, 0), call->type);
}

static struct value emit_cpid(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(CG_PARAM(cg, child_pid), call->type);
}

static const struct type *check_curtask(struct sema *s, struct expr *call)
{
	const struct type *task = task_struct(s->u);

	/* Without BTF it is still an address. */
	return type_pointer(s->ty, task ? type_with_as(s->ty, task, AS_KERNEL) : NULL, AS_KERNEL);
}

static struct value emit_curtask(struct cg *cg, const struct expr *call, const struct dest *dest)
{
	return cg_value(cg_helper(cg, BPF_FUNC_get_current_task, 0), call->type);
}

/* clang-format off */
const struct lang_def lang_task[] = {
	{
		.name = "pid",
		.sig = "pid(namespace: word:curr_ns:init|int = curr_ns) -> T",
		.check = check_ns,
		.emit = emit_pid,
		.brief = "Process id of the current task, as the tool's pid namespace counts it; pid(init) for the initial namespace.",
		.example = "tracepoint:syscalls:sys_enter_openat { @[pid] = count(); }",
	},
	{
		.name = "tid",
		.sig = "tid(namespace: word:curr_ns:init|int = curr_ns) -> T",
		.check = check_ns,
		.emit = emit_tid,
		.brief = "Thread id of the current task.",
		.example = "tracepoint:sched:sched_switch { @[tid] = nsecs; }",
	},
	{
		.name = "uid",
		.sig = "uid -> u64",
		.emit = emit_uid,
		.brief = "User id of the current task, in the initial user namespace.",
		.example = "tracepoint:syscalls:sys_enter_execve { printf(\"%d\\n\", uid); }",
	},
	{
		.name = "gid",
		.sig = "gid -> u64",
		.emit = emit_gid,
		.brief = "Group id of the current task, in the initial user namespace.",
		.example = "begin { print(gid); }",
	},
	{
		.name = "username",
		.sig = "username -> username",
		.emit = emit_uid,
		.brief = "Name of the current task's user; looked up when it is printed.",
		.example = "begin { print(username); }",
	},
	{
		.name = "comm",
		.sig = "comm(pid: int = ) -> T",
		.check = check_comm,
		.emit = emit_comm,
		.brief = "Name of the current thread, or of the process with this id (Linux 6.2).",
		.example = "tracepoint:syscalls:sys_enter_openat { @[comm] = count(); }",
	},
	{
		.name = "cgroup",
		.sig = "cgroup -> u64",
		.emit = emit_cgroup,
		.brief = "Id of the current task's cgroup (version 2).",
		.example = "tracepoint:syscalls:sys_enter_openat /cgroup == 1/ { print(comm); }",
	},
	{
		.name = "curtask",
		.sig = "curtask -> T",
		.check = check_curtask,
		.emit = emit_curtask,
		.brief = "The current task as the kernel's struct task_struct.",
		.example = "begin { print(curtask->pid); }",
	},
	{
		.name = "cpid",
		.sig = "cpid -> u64",
		.emit = emit_cpid,
		.brief = "Process id of the command started with -c; 0 without one.",
		.example = "tracepoint:syscalls:sys_enter_openat /pid == cpid/ { print(str(args.filename)); }",
	},
	{ 0 },
};
/* clang-format on */
