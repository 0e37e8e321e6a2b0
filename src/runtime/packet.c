/* SPDX-License-Identifier: Apache-2.0 */
/*
 * packet.c - packets to capture files: skboutput().
 *
 * They come through a perf buffer. A file is made when its first packet arrives; its format is
 * pcap's (draft-ietf-opsawg-pcap), nanoseconds, packets without a link layer's header.
 */

#include "base/log.h"
#include "base/map.h"
#include "image/params.h"
#include "runtime/rt.h"

#include <errno.h>
#include <string.h>

enum { BUFFER_PAGES = 64, LINKTYPE_RAW = 101, MAGIC_NS = 0xa1b23c4d };

struct pcap_header {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t zone, accuracy, longest, link;
};

struct pcap_packet {
	uint32_t s, ns, kept, length;
};

static FILE *create(const char *path)
{
	const struct pcap_header h = {
		.magic = (uint32_t)MAGIC_NS,
		.major = 2,
		.minor = 4,
		.longest = PACKET_MOST,
		.link = LINKTYPE_RAW,
	};
	FILE *f = fopen(path, "we");

	if (f)
		fwrite(&h, sizeof(h), 1, f);
	else
		log_error("cannot write '%s': %s", path, strerror(errno));
	return f;
}

static FILE *file_of(struct rt *rt, const char *path)
{
	FILE *f = map_get(&rt->packet_files, path);

	if (f || rt->packets_failed)
		return f;
	f = create(path);
	rt->packets_failed = !f;
	if (f)
		map_put(&rt->packet_files, path, f);
	return f;
}

/* The size that perf tells is rounded up. */
static void on_packet(void *ctx, int cpu, void *data, __u32 size)
{
	struct rt *rt = ctx;
	struct image_packet head;
	struct pcap_packet p;
	uint64_t wall;
	FILE *f;

	if (size < sizeof(head))
		return;
	memcpy(&head, data, sizeof(head));
	if (head.event >= meta_count(&rt->m, META_EVENTS) || head.length > size - sizeof(head) ||
	    head.offset > head.length)
		return;
	f = file_of(rt, meta_text(&rt->m, meta_event(&rt->m, head.event)->format));
	if (!f)
		return;
	wall = head.boot_ns + (uint64_t)rt->boot_to_wall_ns;
	p.s = (uint32_t)(wall / 1000000000);
	p.ns = (uint32_t)(wall % 1000000000);
	p.kept = p.length = (uint32_t)head.length - head.offset;
	fwrite(&p, sizeof(p), 1, f);
	fwrite((const char *)data + sizeof(head) + head.offset, p.kept, 1, f);
}

static void on_lost(void *ctx, int cpu, __u64 n)
{
	log_warn("%llu packets lost", (unsigned long long)n);
}

void packets_open(struct rt *rt)
{
	const struct bpf_map *map = bpf_object__find_map_by_name(rt->obj, PACKET_MAP);

	if (!map)
		return;
	rt->packets =
		perf_buffer__new(bpf_map__fd(map), BUFFER_PAGES, on_packet, on_lost, rt, NULL);
	if (!rt->packets)
		log_error("cannot open the buffer for packets: %s", strerror(errno));
}

void packets_close(struct rt *rt)
{
	perf_buffer__free(rt->packets);
	map_each (e, &rt->packet_files)
		fclose(e->value);
	map_release(&rt->packet_files);
}
