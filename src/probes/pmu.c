/* SPDX-License-Identifier: Apache-2.0 */
/* pmu.c - reads /sys/bus/event_source/devices. */

#include "probes/pmu.h"

#include "base/strbuf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The number behind 'prefix' in a file of one line, or -1. */
static int read_number(const char *pmu, const char *file, const char *prefix)
{
	struct strbuf sb = STRBUF_INIT;
	char path[128];
	int value = -1;

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/%s", pmu, file);
	if (!strbuf_read_file(&sb, path) && !strncmp(sb.buf, prefix, strlen(prefix)))
		value = atoi(sb.buf + strlen(prefix));
	strbuf_release(&sb);
	return value;
}

int pmu_type(const char *name)
{
	return read_number(name, "type", "");
}

int pmu_retprobe_bit(const char *name)
{
	return read_number(name, "format/retprobe", "config:");
}
