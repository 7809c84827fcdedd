// SPDX-License-Identifier: MIT
/* `obj ADDR`: what is at this address, and if it is an object: whose, where, and who had it. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <quarry/memory_layout.h>
#include <quarry/monitor.h>

#include "../slab.h"
#include "show.h"

#define PLACE_SIZE	256		/* describe_address()'s words */

static void print_state(const struct object_place *place)
{
	int cpu;

	switch (place->state) {
	case OBJECT_USED:
		monitor_printf("  somebody has it%s\n", place->slab->nr_aside ?
			       ", or it is one of those set aside" : "");
		break;
	case OBJECT_FREE:
		monitor_printf("  it is free, in its slab\n");
		break;
	case OBJECT_IN_MAGAZINE:
		cpu = magazine_cpu(place->cache, place->object);
		if (cpu < 0)
			monitor_printf("  it is free, in a magazine in the depot\n");
		else
			monitor_printf("  it is free, in a magazine of CPU %d\n", cpu);
	}
}

static void print_object(const struct object_place *place)
{
	struct kmem_cache *cache = place->cache;

	monitor_printf("  number %u of %u in the slab at %lx, which is %s: %u free\n", place->index,
		       cache->num, slab_address(cache, place->slab),
		       slab_list_names[slab_list_of(cache, place->slab)], place->slab->nr_free);
	print_state(place);
	if (cache->watched)
		slab_watched_report(cache, place->object);
}

/* "#1", what alloc has got; or an address, in hexadecimal. */
static int parse_object(const char *word, unsigned long *addr)
{
	const struct held_memory *held;

	if (*word != '#') {
		if (!kstrtoul(word, 16, addr))
			return 0;
		monitor_printf("obj: %s: not a hexadecimal address\n", word);
		return -ENOENT;
	}
	held = find_handle("obj", word);
	if (held && held->kind == &page_kind) {
		monitor_printf("obj: %s: is not an object but pages; \"page\" knows them\n", word);
		return -ENOENT;
	}
	if (held)
		*addr = (unsigned long)held->addr;
	return held ? 0 : -ENOENT;
}

static int cmd_obj(int argc, char **argv)
{
	struct object_place place;
	char words[PLACE_SIZE];
	unsigned long addr;
	int error;

	if (argc != 2)
		return -EINVAL;
	error = parse_object(argv[1], &addr);
	if (error)
		return error;
	monitor_printf("%08lx: %s\n", addr, describe_address(addr, words, sizeof(words)));
	if (find_object(addr, &place) && place.index < place.cache->num)
		print_object(&place);
	return 0;
}

MONITOR_COMMAND(obj, "ADDR|#HANDLE", "what is this address? whose object, and in which state",
		cmd_obj);
