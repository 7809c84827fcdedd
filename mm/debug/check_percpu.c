// SPDX-License-Identifier: MIT
/*
 * Checks what mm/percpu.c and mm/percpu.h promise of each chunk. Three witnesses must agree: the maps,
 * the counts, and the page tables, which know what is really there.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include "../percpu.h"
#include "checkers.h"

struct inquiry {
	struct complaints complaints;
	const struct pcpu_chunk *chunk;
	unsigned int nr;		/* the how manieth it is */
};

#define complain_of(q, fmt, ...) complain(q, "chunk %u " fmt, (q)->nr, ##__VA_ARGS__)

static unsigned int first_bit_without_page(const struct pcpu_chunk *chunk)
{
	return chunk->populated << (PAGE_SHIFT - PCPU_MIN_ALLOC_SHIFT);
}

static void check_maps(struct inquiry *q)
{
	const struct pcpu_chunk *chunk = q->chunk;
	unsigned int bit, end = first_bit_without_page(chunk);

	for_each_set_bit(bit, chunk->ends, pcpu_unit_bits)
		if (!test_bit(bit, chunk->map))
			complain_of(q, "has an end at %#x, where nothing is in use", 4 * bit);
	for_each_set_bit(bit, chunk->map, pcpu_unit_bits)
		if ((bit + 1 == pcpu_unit_bits || !test_bit(bit + 1, chunk->map)) &&
		    !test_bit(bit, chunk->ends))
			complain_of(q, "has no end at %#x, behind which nothing is in use", 4 * bit);
	bit = find_next_bit(chunk->map, pcpu_unit_bits, end);
	if (bit < pcpu_unit_bits)
		complain_of(q, "has %#x in use, and no page there", 4 * bit);
}

static void check_counts(struct inquiry *q)
{
	const struct pcpu_chunk *chunk = q->chunk;
	unsigned int in_use = bitmap_weight(chunk->map, pcpu_unit_bits);
	unsigned int nr = bitmap_weight(chunk->ends, pcpu_unit_bits);
	unsigned int first = find_first_zero_bit(chunk->map, pcpu_unit_bits);

	if (chunk->free != pcpu_unit_bits - in_use)
		complain_of(q, "has %#x words free, not %#x", pcpu_unit_bits - in_use, chunk->free);
	if (chunk->nr != nr)
		complain_of(q, "has %u allocations, not %u", nr, chunk->nr);
	if (chunk->first_free > first)
		complain_of(q, "is free at %#x, not from %#x on", 4 * first, 4 * chunk->first_free);
}

/* Only the last one grows, and only what has been populated is mapped. */
static void check_pages(struct inquiry *q)
{
	const struct pcpu_chunk *chunk = q->chunk;
	unsigned int cpu, page;

	if (chunk->populated > pcpu_unit_pages)
		complain_of(q, "has %u pages in units of %u", chunk->populated, pcpu_unit_pages);
	if (chunk->populated < pcpu_unit_pages && !list_is_last(&chunk->list, &pcpu_chunks))
		complain_of(q, "has %u pages of %u, and is not the last", chunk->populated,
			    pcpu_unit_pages);
	if (!chunk->area)
		return;
	for_each_possible_cpu(cpu)
		for (page = 0; page < pcpu_unit_pages; page++)
			if (!vmalloc_to_pfn(pcpu_unit(chunk, cpu) + page * PAGE_SIZE) !=
			    (page >= chunk->populated))
				complain_of(q, "has page %u of CPU %u %s", page, cpu,
					    page < chunk->populated ? "not mapped" : "mapped");
}

static void check_offsets(struct inquiry *q)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (per_cpu_offset(cpu) != per_cpu_offset(0) + cpu * pcpu_unit_size)
			complain(q, "CPU %u is %#lx away from the image", cpu, per_cpu_offset(cpu));
}

bool percpu_validate(void)
{
	struct inquiry q = { .complaints.of = "percpu" };
	unsigned long flags;

	spin_lock_irqsave(&pcpu_lock, flags);
	check_offsets(&q);
	list_for_each_entry(q.chunk, &pcpu_chunks, list) {
		check_maps(&q);
		check_counts(&q);
		check_pages(&q);
		q.nr++;
	}
	spin_unlock_irqrestore(&pcpu_lock, flags);
	return no_complaints(&q.complaints);
}
