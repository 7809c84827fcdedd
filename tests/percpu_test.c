// SPDX-License-Identifier: MIT
/*
 * Memory of which each CPU has a copy: where the copies are, that nobody else has them, and what comes
 * and goes with them. The validator looks after each case.
 */
#include <asm/sections.h>
#include <kunit/report.h>
#include <linux/cpumask.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/string.h>
#include <quarry/test_seed.h>

#include "../mm/percpu.h"

struct sample {
	u32 a, b, c;
};

/* ---- one of them ---- */

/* ledger: C3. All copies are 0, each CPU's is another's not, and what one writes the others do not see. */
static void percpu_copies(struct kunit *test)
{
	struct sample __percpu *sample = alloc_percpu(struct sample);
	unsigned int cpu;

	KUNIT_ASSERT_NOT_NULL(test, sample);
	for_each_possible_cpu(cpu) {
		struct sample *copy = per_cpu_ptr(sample, cpu);

		KUNIT_EXPECT_EQ(test, copy->a | copy->b | copy->c, 0);
		copy->b = cpu + 1;
		KUNIT_EXPECT_EQ(test, (char *)copy - (char *)per_cpu_ptr(sample, 0),
				cpu * pcpu_unit_size);
	}
	for_each_possible_cpu(cpu)
		KUNIT_EXPECT_EQ(test, per_cpu_ptr(sample, cpu)->b, cpu + 1);
	free_percpu(sample);
}

/* ledger: C3. this_cpu_*() and this_cpu_ptr() reach this CPU's copy, as of variables of the image. */
static void percpu_this_cpu(struct kunit *test)
{
	struct sample __percpu *sample = alloc_percpu(struct sample);
	unsigned int cpu, me;

	KUNIT_ASSERT_NOT_NULL(test, sample);
	me = get_cpu();
	this_cpu_add(sample->b, 5);
	this_cpu_inc(sample->b);
	KUNIT_EXPECT_EQ(test, this_cpu_read(sample->b), 6);
	KUNIT_EXPECT_PTR_EQ(test, this_cpu_ptr(sample), per_cpu_ptr(sample, me));
	put_cpu();
	for_each_possible_cpu(cpu)
		KUNIT_EXPECT_EQ(test, per_cpu_ptr(sample, cpu)->b, cpu == me ? 6 : 0);
	free_percpu(sample);
}

/* ledger: C3. Cleared again, when somebody else had it. */
static void percpu_cleared(struct kunit *test)
{
	u64 __percpu *first = alloc_percpu(u64), *second;
	unsigned int cpu;

	KUNIT_ASSERT_NOT_NULL(test, first);
	for_each_possible_cpu(cpu)
		*per_cpu_ptr(first, cpu) = ~0ULL;
	free_percpu(first);
	second = alloc_percpu(u64);
	KUNIT_EXPECT_PTR_EQ(test, second, first);	/* the lowest address that fits */
	for_each_possible_cpu(cpu)
		KUNIT_EXPECT_EQ(test, *per_cpu_ptr(second, cpu), 0);
	free_percpu(second);
}

/* ledger: C3. Any size up to a page, any alignment up to a page. */
static void percpu_sizes(struct kunit *test)
{
	static const size_t sizes[] = { 1, 3, 4, 5, 64, 100, 2048, PAGE_SIZE - 1, PAGE_SIZE };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (size_t align = 1; align <= PAGE_SIZE; align *= 8) {
			char __percpu *ptr = __alloc_percpu(sizes[i], align);
			unsigned int cpu;

			KUNIT_ASSERT_NOT_NULL(test, ptr);
			for_each_possible_cpu(cpu) {
				KUNIT_EXPECT_EQ(test, (unsigned long)per_cpu_ptr(ptr, cpu) % align, 0);
				memset(per_cpu_ptr(ptr, cpu), 0x5a, sizes[i]);
			}
			KUNIT_EXPECT_TRUE(test, percpu_validate());
			free_percpu(ptr);
		}
	}
}

static void percpu_refusals(struct kunit *test)
{
	KUNIT_EXPECT_REPORT(test, "*illegal size (0) or align (4) for percpu allocation*",
			    KUNIT_EXPECT_NULL(test, __alloc_percpu(0, 4)));
	KUNIT_EXPECT_REPORT(test, "*illegal size (4097) or align (4) for percpu allocation*",
			    KUNIT_EXPECT_NULL(test, __alloc_percpu(PAGE_SIZE + 1, 4)));
	KUNIT_EXPECT_REPORT(test, "*illegal size (8) or align (12) for percpu allocation*",
			    KUNIT_EXPECT_NULL(test, __alloc_percpu(8, 12)));
	KUNIT_EXPECT_REPORT(test, "*illegal size (8) or align (8192) for percpu allocation*",
			    KUNIT_EXPECT_NULL(test, __alloc_percpu(8, 2 * PAGE_SIZE)));
	KUNIT_EXPECT_NULL(test, __alloc_percpu_gfp(0, 4, GFP_KERNEL | __GFP_NOWARN));
}

static void percpu_wrong_frees(struct kunit *test)
{
	struct sample __percpu *sample = alloc_percpu(struct sample);
	static DEFINE_PER_CPU(int, variable);

	KUNIT_ASSERT_NOT_NULL(test, sample);
	free_percpu(NULL);
	KUNIT_EXPECT_REPORT(test, "*free_percpu(*): nothing that is allocated begins there*",
			    free_percpu(&sample->b));
	KUNIT_EXPECT_REPORT(test, "*free_percpu(*): nothing that is allocated begins there*",
			    free_percpu(&variable));
	KUNIT_EXPECT_REPORT(test, "*free_percpu(*): nothing that is allocated begins there*",
			    free_percpu((void __percpu *)__per_cpu_start));	/* the first variable */
	KUNIT_EXPECT_REPORT(test, "*free_percpu(*): nothing that is allocated begins there*",
			    free_percpu((char __percpu *)sample + 1));
	free_percpu(sample);
	KUNIT_EXPECT_REPORT(test, "*free_percpu(*): nothing that is allocated begins there*",
			    free_percpu(sample));
	KUNIT_EXPECT_REPORT(test, "*free_percpu(*): nothing that is allocated begins there*",
			    free_percpu((void __percpu *)8));
}

/* ---- chunks ---- */

static unsigned int nr_chunks(void)
{
	struct list_head *each;
	unsigned int nr = 0;

	list_for_each(each, &pcpu_chunks)
		nr++;
	return nr;
}

#define MANY	16

/* ledger: C3. When the chunks are full there is another one, at the same distances; and it goes again. */
static void percpu_growing(struct kunit *test)
{
	unsigned long pages = pcpu_nr_pages();
	unsigned int chunks = nr_chunks();
	void __percpu *ptr[MANY];
	unsigned int cpu, n = 0;

	while (n < MANY && nr_chunks() < chunks + 2) {
		ptr[n] = __alloc_percpu_gfp(PAGE_SIZE, PAGE_SIZE, GFP_KERNEL | __GFP_NOWARN);
		if (!ptr[n])
			break;
		for_each_possible_cpu(cpu)
			*(unsigned long *)per_cpu_ptr(ptr[n], cpu) = n * NR_CPUS + cpu;
		n++;
		KUNIT_EXPECT_TRUE(test, percpu_validate());
	}
	KUNIT_EXPECT_GT(test, n, 1);
	KUNIT_EXPECT_GT(test, pcpu_nr_pages(), pages);
	while (n--) {
		for_each_possible_cpu(cpu)
			KUNIT_EXPECT_EQ(test, *(unsigned long *)per_cpu_ptr(ptr[n], cpu),
					n * NR_CPUS + cpu);
		free_percpu(ptr[n]);
	}
	pcpu_reap();
	KUNIT_EXPECT_LE(test, nr_chunks(), chunks);
}

/* ledger: G1. With preemption off, only what is there; and nobody is asked to wait. */
static void percpu_atomic(struct kunit *test)
{
	unsigned long pages = pcpu_nr_pages();
	void __percpu *last = NULL, *ptr;

	preempt_disable();
	while ((ptr = __alloc_percpu_gfp(PAGE_SIZE / 2, 4, GFP_ATOMIC)) != NULL) {
		*(void __percpu **)per_cpu_ptr(ptr, 0) = last;
		last = ptr;
	}
	KUNIT_EXPECT_EQ(test, pcpu_nr_pages(), pages);
	for (; last; last = ptr) {
		ptr = *(void __percpu **)per_cpu_ptr(last, 0);
		free_percpu(last);
	}
	KUNIT_EXPECT_REPORT(test, "*sleeping function called from invalid context*",
			    free_percpu(__alloc_percpu(8, 8)));
	preempt_enable();
}

/* ledger: C3. All copies are in different frames, which per_cpu_ptr_to_phys() knows. */
static void percpu_phys(struct kunit *test)
{
	static DEFINE_PER_CPU(u32, variable);
	u32 __percpu *ptr = __alloc_percpu(PAGE_SIZE, PAGE_SIZE);
	unsigned int cpu;

	KUNIT_ASSERT_NOT_NULL(test, ptr);
	for_each_possible_cpu(cpu) {
		u32 *copy = per_cpu_ptr(ptr, cpu);
		phys_addr_t phys = per_cpu_ptr_to_phys(copy);
		u32 *mapped = kmap_local_pfn(phys >> PAGE_SHIFT);

		*copy = cpu + 7;
		KUNIT_EXPECT_EQ(test, *mapped, cpu + 7);
		kunmap_local(mapped);
		KUNIT_EXPECT_EQ(test, per_cpu_ptr_to_phys(copy + 1), phys + 4);
		KUNIT_EXPECT_EQ(test, per_cpu_ptr_to_phys(per_cpu_ptr(&variable, cpu)),
				__pa(per_cpu_ptr(&variable, cpu)));
	}
	free_percpu(ptr);
}

static void percpu_is_kernel_address(struct kunit *test)
{
	static DEFINE_PER_CPU(u32, variable);
	u32 __percpu *ptr = alloc_percpu(u32);
	unsigned int cpu;

	KUNIT_ASSERT_NOT_NULL(test, ptr);
	for_each_possible_cpu(cpu) {
		KUNIT_EXPECT_TRUE(test, is_kernel_percpu_address((unsigned long)per_cpu_ptr(&variable, cpu)));
		KUNIT_EXPECT_FALSE(test, is_kernel_percpu_address((unsigned long)per_cpu_ptr(ptr, cpu)));
	}
	KUNIT_EXPECT_FALSE(test, is_kernel_percpu_address((unsigned long)&variable));
	free_percpu(ptr);
}

/* ---- many of them ---- */

#define SLOTS	24

struct slot {
	u8 __percpu *ptr;
	unsigned int size;
};

/* Whoever owns it has written his number to its first and its last byte, on each CPU. */
static void fill(struct slot *slot, u8 number)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		memset(per_cpu_ptr(slot->ptr, cpu), number + cpu, slot->size);
}

static bool is_untouched(const struct slot *slot, u8 number)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (memchr_inv(per_cpu_ptr(slot->ptr, cpu), (u8)(number + cpu), slot->size))
			return false;
	return true;
}

/* ledger: C3. Sizes, alignments and frees at random: nobody gets what somebody else has. */
static void percpu_random(struct kunit *test)
{
	static struct slot slots[SLOTS];
	struct rnd_state rnd;

	prandom_seed_state(&rnd, kunit_seed());
	for (unsigned int round = 0; round < kunit_rounds(300); round++) {
		unsigned int i = prandom_u32_max_state(&rnd, SLOTS);
		struct slot *slot = &slots[i];

		if (slot->ptr) {
			KUNIT_EXPECT_TRUE(test, is_untouched(slot, i));
			free_percpu(slot->ptr);
			slot->ptr = NULL;
			continue;
		}
		slot->size = 1 + prandom_u32_max_state(&rnd, 1 << prandom_u32_max_state(&rnd, 11));
		slot->ptr = __alloc_percpu_gfp(slot->size, 1 << prandom_u32_max_state(&rnd, 8),
					       GFP_KERNEL | __GFP_NOWARN);
		if (slot->ptr)
			fill(slot, i);
		if (round % 64 == 0)
			KUNIT_ASSERT_TRUE(test, percpu_validate());
	}
	for (unsigned int i = 0; i < SLOTS; i++) {
		KUNIT_EXPECT_TRUE(test, !slots[i].ptr || is_untouched(&slots[i], i));
		free_percpu(slots[i].ptr);
		slots[i].ptr = NULL;
	}
}

/* ---- the validator ---- */

static bool validate_quietly(void)
{
	int loglevel = console_loglevel;
	bool sound;

	console_loglevel = LOGLEVEL_CRIT;
	sound = percpu_validate();
	console_loglevel = loglevel;
	return sound;
}

#define EXPECT_SEEN(test, words, crime, mend) \
do { \
	crime; \
	KUNIT_EXPECT_REPORT(test, "percpu: " words, \
			    KUNIT_EXPECT_FALSE(test, validate_quietly())); \
	mend; \
	KUNIT_EXPECT_TRUE(test, percpu_validate()); \
} while (0)

/* Pages are allocated until the last chunk has one, and may have more. Returns how many. */
static unsigned int grow_into_new_chunk(struct kunit *test, void __percpu **ptr)
{
	const struct pcpu_chunk *last;
	unsigned int n = 0;

	do {
		KUNIT_ASSERT_LT(test, n, MANY);
		ptr[n] = __alloc_percpu(PAGE_SIZE, PAGE_SIZE);
		KUNIT_ASSERT_NOT_NULL(test, ptr[n++]);
		last = list_last_entry(&pcpu_chunks, struct pcpu_chunk, list);
	} while (!last->area || last->populated != 1);
	return n;
}

/* Each promise is broken, seen and mended: the last chunk has a page, in which nothing is allocated. */
static void percpu_validator(struct kunit *test)
{
	void __percpu *ptr[MANY];
	unsigned int n = grow_into_new_chunk(test, ptr), first_free;
	struct pcpu_chunk *chunk = list_last_entry(&pcpu_chunks, struct pcpu_chunk, list);

	free_percpu(ptr[n - 1]);
	ptr[n - 1] = NULL;
	EXPECT_SEEN(test, "chunk * has 0x*0 words free, not *", chunk->free++, chunk->free--);
	EXPECT_SEEN(test, "chunk * has 0 allocations, not 1", chunk->nr++, chunk->nr--);
	EXPECT_SEEN(test, "chunk * has no end at 0x8, behind which nothing is in use",
		    __set_bit(2, chunk->map), __clear_bit(2, chunk->map));
	EXPECT_SEEN(test, "chunk * has an end at 0xc, where nothing is in use",
		    __set_bit(3, chunk->ends), __clear_bit(3, chunk->ends));
	first_free = chunk->first_free;
	EXPECT_SEEN(test, "chunk * is free at 0x0, not from 0x4 on", chunk->first_free = 1,
		    chunk->first_free = first_free);
	EXPECT_SEEN(test, "chunk * has page 0 of CPU 0 mapped", chunk->populated--, chunk->populated++);
	EXPECT_SEEN(test, "chunk * has * pages in units of *",
		    chunk->populated += pcpu_unit_pages, chunk->populated -= pcpu_unit_pages);
	for (unsigned int i = 0; i < MANY && ptr[i]; i++)
		free_percpu(ptr[i]);
}

/* ---- the suite ---- */

static void leave(struct kunit *test)
{
	pcpu_reap();
	KUNIT_EXPECT_TRUE(test, percpu_validate());
}

static struct kunit_case percpu_cases[] = {
	KUNIT_CASE(percpu_copies),
	KUNIT_CASE(percpu_this_cpu),
	KUNIT_CASE(percpu_cleared),
	KUNIT_CASE(percpu_sizes),
	KUNIT_CASE(percpu_refusals),
	KUNIT_CASE(percpu_wrong_frees),
	KUNIT_CASE(percpu_growing),
	KUNIT_CASE(percpu_atomic),
	KUNIT_CASE(percpu_phys),
	KUNIT_CASE(percpu_is_kernel_address),
	KUNIT_CASE(percpu_random),
	KUNIT_CASE(percpu_validator),
	{}
};

static struct kunit_suite percpu_suite = {
	.name = "percpu",
	.exit = leave,
	.test_cases = percpu_cases,
};
kunit_test_suite(percpu_suite);
