/* SPDX-License-Identifier: Apache-2.0 */
/* maps - what reading and clearing of maps share. */
#ifndef RUNTIME_MAPS_H
#define RUNTIME_MAPS_H

#include "runtime/rt.h"

/* Elements have numbers, and a word that says whether they exist. */
bool map_is_array(const struct rt_map *map);
bool map_is_percpu(const struct rt_map *map);
uint32_t map_value_bytes(const struct rt_map *map);

/* One of the BPF maps whose entries are a map's. */
struct map_part {
	int fd;
	uint32_t key_size;
	uint32_t key; /* bytes of the map's key in it: those behind are zero; graphs: the bucket
	                 follows */
};
/* The parts of a map that is a hash; returns how many there are. */
size_t map_parts(const struct rt_map *map, struct map_part part[2]);

#endif
