/* SPDX-License-Identifier: Apache-2.0 */
/* cli.c - values of options, and the right to trace at all. */

#include "runtime/cli.h"

#include "base/bug.h"
#include "base/log.h"

#include <ctype.h>
#include <errno.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

bool option_pid(const char *text, pid_t *pid)
{
	enum { MOST = 0x400000 }; /* PID_MAX_LIMIT of 64-bit kernels */
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (!isdigit((unsigned char)*text))
		log_error("failed to parse pid: invalid integer: %s", text);
	else if (*end)
		log_error("failed to parse pid: invalid trailing bytes: %s", text);
	else if (errno || !n || n > MOST)
		log_error("pid out of range: %s", text);
	else if (kill((pid_t)n, 0) && errno == ESRCH)
		log_error("failed to attach to pid: there is no process %lu", n);
	else
		*pid = (pid_t)n;
	return *pid != 0;
}

bool option_format(const char *text, bool *json)
{
	*json = !strcmp(text, "json");
	if (*json || !strcmp(text, "text"))
		return true;
	log_error("invalid output format \"%s\"\nValid formats: 'text', 'json'", text);
	return false;
}

bool option_buffering(const char *text, enum rt_buffering *buffering)
{
	static const char *const modes[] = {
		[RT_BUFFER_LINE] = "line",
		[RT_BUFFER_FULL] = "full",
		[RT_BUFFER_NONE] = "none",
	};

	for (size_t i = 0; i < countof(modes); i++) {
		if (strcmp(text, modes[i]))
			continue;
		*buffering = (enum rt_buffering)i;
		return true;
	}
	log_error("-B must be either 'line', 'full', or 'none', not '%s'", text);
	return false;
}

/* capget(2), of this process: 64 bits in two halves. */
static uint64_t capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	if (syscall(SYS_capget, &header, data))
		return UINT64_MAX; /* unknown: the kernel will tell */
	return data[0].effective | (uint64_t)data[1].effective << 32;
}

bool may_trace(void)
{
	static const struct {
		int bit;
		const char *name;
	} wanted[] = { { CAP_BPF, "CAP_BPF" }, { CAP_PERFMON, "CAP_PERFMON" } };
	uint64_t have = capabilities();

	for (size_t i = 0; i < countof(wanted); i++) {
		if (have & (1ull << CAP_SYS_ADMIN | 1ull << wanted[i].bit))
			continue;
		log_error("missing %s capability, please run sonde as the root user",
		          wanted[i].name);
		return false;
	}
	return true;
}
