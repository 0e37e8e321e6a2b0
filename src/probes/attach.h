/* SPDX-License-Identifier: Apache-2.0 */
/*
 * attach - what ties programs to events, for the files of this module.
 *
 * An attachment is a set of descriptors of BPF links. The kernel detaches when the last reference
 * to a link goes, so a killed process leaves nothing behind: no name in tracefs is ever made.
 *
 *	struct attachment *a = attachment_new();
 *
 *	for each link:
 *		fd = perf_link(prog, &attr, -1, cpu, t->cookie);
 *		if (fd < 0)
 *			return attach_failed(env, t, a, fd);	(releases a, sets errno, returns NULL)
 *		attachment_add(a, fd);
 *	return a;						(of one link: attach_link)
 */
#ifndef PROBES_ATTACH_H
#define PROBES_ATTACH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct attachment;
struct bpf_program;
struct diag;
struct perf_event_attr;
struct probe_env;
struct probe_target;

struct attachment *attachment_new(void);
/* Takes a descriptor over. */
void attachment_add(struct attachment *a, int fd);
/* How many targets the links serve, when that is not one. */
void attachment_serves(struct attachment *a, size_t targets);
/* The link that was added first; -1: none. */
int attachment_first(const struct attachment *a);
/* The kernel waits for running programs when these links go (perf's kprobes, uprobes and
 * tracepoints wait for grace periods under one lock). */
void attachment_mark_slow(struct attachment *a);

/* Opens a perf event, ties the program to it and starts it. pid -1: any task; cpu -1: any CPU.
 * Returns the link, which also holds the event, or -errno. */
int perf_link(struct bpf_program *prog, struct perf_event_attr *attr, int pid, int cpu,
              uint64_t cookie);
/* On every online CPU; with -p or -c on every thread of that process instead. */
struct attachment *perf_attach_all(struct probe_env *env, const struct probe_target *t,
                                   struct bpf_program *prog, struct perf_event_attr *attr);
/* The first online CPU, or the one after 'cpu'; -1: no more. */
int cpu_next_online(int cpu);
/* The process of -p or -c; -1: none, all are traced. */
int env_process(const struct probe_env *env);

/* Says why t cannot be attached, or loaded, with what is known about the cause. */
struct diag *attach_error(struct probe_env *env, const struct probe_target *t, int err);
/* The same; releases a (may be NULL), sets errno and returns NULL. A target from a wildcard that
 * simply cannot be had is only mentioned with -v. */
struct attachment *attach_failed(struct probe_env *env, const struct probe_target *t,
                                 struct attachment *a, int err);
/* The attachment of one link; of -errno: attach_failed. */
struct attachment *attach_link(struct probe_env *env, const struct probe_target *t, int fd);
/* Releases a and sets errno, when the message is given already. */
struct attachment *attach_gave_up(struct attachment *a, int err);

#endif
