/* SPDX-License-Identifier: Apache-2.0 */
/* pmu - numbers that sysfs assigns to kinds of perf events: "kprobe", "uprobe" (Linux 4.17). */
#ifndef PROBES_PMU_H
#define PROBES_PMU_H

/* For perf_event_attr.type; negative: this kernel has none. */
int pmu_type(const char *name);
/* The bit of perf_event_attr.config that asks for the return of the function; or negative. */
int pmu_retprobe_bit(const char *name);

#endif
