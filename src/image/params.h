/* SPDX-License-Identifier: Apache-2.0 */
/*
 * params - memory that runtime and programs share, apart from the script's maps.
 *
 * Three globals of the BPF object, found by section: the runtime fills the first before load (the
 * verifier then treats its members as constants), sets the second while the programs run and reads
 * the third.
 */
#ifndef IMAGE_PARAMS_H
#define IMAGE_PARAMS_H

#include <stdint.h>

#define PARAMS_SECTION ".rodata.params"
#define OPTIONS_SECTION ".rodata.options" /* values of META_OPTIONS */
#define CONTROL_SECTION ".data.control"
#define LOSSES_SECTION ".data.losses"
#define RING_MAP "events" /* the ring buffer */

/* Memory of programs, apart from their stack: so many slots for each CPU, as programs may be nested
 * there, in a task, softirq, irq and NMI. Slots too large for a per-CPU map (PCPU_MIN_UNIT_SIZE)
 * are elements of an array, which the runtime makes as long as there are CPUs. */
#define LARGE_SCRATCH_MAP "large_scratch"
enum { SCRATCH_SLOTS = 4, PERCPU_SLOT_MOST = 32 * 1024 - 8 };

struct image_params {
	uint64_t start_boot_ns; /* CLOCK_BOOTTIME at start: elapsed counts from here */
	int64_t tai_offset_ns;  /* TAI - boot time, for the software TAI clock */
	int64_t wall_offset_ns; /* time since 1970 - boot time */
	uint64_t pidns_dev;     /* device and inode of the tool's pid namespace; both 0 in the */
	uint64_t pidns_ino;     /* initial one, where no translation is needed */
	uint32_t self_pid;      /* of the tool, in the initial namespace */
	uint32_t child_pid;     /* of the -c command, in the tool's namespace; 0: none */
	uint32_t filter_pid;    /* -p, in the tool's namespace: programs ignore other processes */
	uint32_t cpus;          /* possible CPUs */
};

struct image_control {
	/* Not 0: programs other than begin and end return at once. Set by exit() in a script and by
	 * the runtime before it prints. */
	uint32_t stopped;
	/* 1 while the reader of the ring buffer sleeps: an event then wakes it. At other times it
	 * will look by itself, and an event is spared the wake-up, which costs more than the rest.
	 */
	uint32_t reader_sleeps;
	/* Always 0, which the verifier does not know of any of its bits. */
	uint64_t zero;
};

/* Why something is missing in the output. */
enum loss_cause {
	LOSS_MAP_FULL,             /* a map held max_entries already */
	LOSS_OUTSIDE,              /* a key that an array does not have */
	LOSS_UPDATES,              /* those before are updates of maps */
	LOSS_EVENT = LOSS_UPDATES, /* the ring buffer was full */
	LOSS_STRING,               /* a string was longer than its capacity */
	LOSS_STACK,                /* a stack could not be read or kept */
	LOSS_SCRATCH, /* no scratch memory: too many nested programs on one CPU; event skipped */
	LOSS_CAUSES,
};

/* Programs of iterators write a byte into the iterator's file for each ITER_UNIT bytes that they
 * may put into the ring buffer, up to ITER_MOST for an object: who reads the file in small pieces
 * has time to empty the ring buffer in between. */
enum { ITER_UNIT = 64, ITER_MOST = 4096 };

/* What stands before a packet in the perf buffer. */
#define PACKET_MAP "packets"
enum { PACKET_MOST = 0xffff };
struct image_packet {
	uint32_t event;  /* row: names the file */
	uint32_t offset; /* bytes of the packet to leave out */
	uint64_t length; /* ... to write, with these */
	uint64_t boot_ns;
};

/* An update that was lost: its place in the script and its row of META_MAPS. */
struct image_update {
	uint32_t off, len, map, unused;
};

/* Counted by program, in meta_script.loss_rows rows. They follow the order of the first probe row
 * of each program. */
struct image_losses {
	uint64_t count[LOSS_CAUSES];
	struct image_update update[LOSS_UPDATES]; /* the last one */
};

#endif
