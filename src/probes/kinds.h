/* SPDX-License-Identifier: Apache-2.0 */
/* kinds - every kind of probe, for table.c. */
#ifndef PROBES_KINDS_H
#define PROBES_KINDS_H

struct probe_kind;

extern const struct probe_kind probe_begin, probe_end, probe_self, probe_test, probe_bench;
extern const struct probe_kind probe_kprobe, probe_kretprobe;
extern const struct probe_kind probe_uprobe, probe_uretprobe;
extern const struct probe_kind probe_tracepoint, probe_rawtracepoint;
extern const struct probe_kind probe_fentry, probe_fexit;
extern const struct probe_kind probe_interval, probe_profile;
extern const struct probe_kind probe_software, probe_hardware;
extern const struct probe_kind probe_watchpoint;
extern const struct probe_kind probe_usdt;
extern const struct probe_kind probe_iter;

#endif
