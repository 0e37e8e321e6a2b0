/* SPDX-License-Identifier: Apache-2.0 */
/* tracefs.c - finds and reads tracefs. */

#include "probes/tracefs.h"

#include "base/bug.h"
#include "base/diag.h"
#include "base/strbuf.h"
#include "probes/cache.h"
#include "probes/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static int open_root(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	/* An empty directory waits for its mount. */
	if (faccessat(fd, "events", R_OK, 0)) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

/* A mount without a place in the file tree (fsopen(2), Linux 5.2): nothing on the machine changes,
 * and it goes when its descriptor is closed. Needs CAP_SYS_ADMIN. */
static int mount_detached(void)
{
	int fs = fsopen("tracefs", FSOPEN_CLOEXEC), mnt, err;

	if (fs < 0)
		return -errno;
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0)) {
		err = -errno;
		close(fs);
		return err;
	}
	mnt = fsmount(fs, FSMOUNT_CLOEXEC,
	              MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	err = mnt < 0 ? -errno : mnt;
	close(fs);
	return err;
}

static int find_root(void)
{
	static const char *const places[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };
	const char *other = getenv("SONDE_TRACEFS");
	int fd = -ENOENT, refused = 0;

	if (other && *other)
		return open_root(other);
	for (size_t i = 0; i < countof(places); i++) {
		fd = open_root(places[i]);
		if (fd >= 0)
			return fd;
		if (fd == -EACCES || fd == -EPERM)
			refused = fd;
	}
	if (refused)
		return refused;
	fd = mount_detached();
	return fd < 0 && fd != -EPERM ? -ENOENT : fd;
}

int tracefs_root(struct probe_cache *c)
{
	int fd;

	if (c->tracefs_fd >= 0)
		return c->tracefs_fd;
	if (c->tracefs_err)
		return c->tracefs_err;
	fd = find_root();
	if (fd < 0)
		c->tracefs_err = fd;
	else
		c->tracefs_fd = fd;
	return fd;
}

int tracefs_read(struct probe_cache *c, const char *path, struct strbuf *out)
{
	int root = tracefs_root(c), fd, err;

	if (root < 0)
		return root;
	fd = openat(root, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = strbuf_read_fd(out, fd);
	close(fd);
	return err;
}

bool tracefs_has(struct probe_cache *c, const char *path)
{
	int root = tracefs_root(c);

	return root >= 0 && !faccessat(root, path, F_OK, 0);
}

int tracefs_failed(struct probe_env *env, const struct probe_target *t, int err)
{
	const char *other = getenv("SONDE_TRACEFS");
	struct diag *d =
		diag_error(env->diags, t->span, "Cannot read the kernel's list of tracepoints: %s",
	                   strerror(-err));

	if (err == -EACCES || err == -EPERM)
		diag_hint(d, "run as root, or with read access to /sys/kernel/tracing");
	else if (other && *other)
		diag_hint(d, "SONDE_TRACEFS is '%s'", other);
	else
		diag_hint(d, "mount tracefs: mount -t tracefs nodev /sys/kernel/tracing");
	return err;
}
