// SPDX-License-Identifier: MIT
/* ioremap(): the devices that every PC has, and what must be refused. */
#include <asm/early_ioremap.h>
#include <asm/msr.h>
#include <asm/pgtable.h>
#include <asm/processor.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/memblock.h>
#include <linux/string.h>

#include "vmalloc_sandbox.h"

#define VGA_TEXT	0xb8000UL
#define VGA_BYTES	0x8000UL
#define MSR_APIC_BASE	0x1b
#define CPUID1_EDX_APIC	(1U << 9)
#define APIC_VERSION	0x30

static u64 entry_of(struct kunit *test, const volatile void *addr)
{
	struct page_walk walk;

	KUNIT_ASSERT_TRUE(test, walk_page_tables((unsigned long)addr, &walk));
	KUNIT_ASSERT_EQ(test, walk.levels, 3);
	return walk.entry[2];
}

/* The physical address behind @addr, and that the CPU caches nothing of it. */
static phys_addr_t uncached_at(struct kunit *test, const volatile void *addr)
{
	u64 entry = entry_of(test, addr);

	KUNIT_EXPECT_EQ(test, entry & (_PAGE_PCD | _PAGE_PWT), _PAGE_PCD | _PAGE_PWT);
	KUNIT_EXPECT_NE(test, entry & _PAGE_RW, 0);
	KUNIT_EXPECT_EQ(test, entry & _PAGE_USER, 0);
	if (boot_cpu.nx)
		KUNIT_EXPECT_NE(test, entry & _PAGE_NX, 0);
	return (entry & PTE_PFN_MASK) + (unsigned long)addr % PAGE_SIZE;
}

static noinline void __iomem *map(struct kunit *test, resource_size_t phys, unsigned long size)
{
	void __iomem *p = ioremap(phys, size);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(p));
	return p;
}

/* ledger: V3. The text on the screen, seen twice. (Its last line: nobody prints there meanwhile.) */
static void shows_the_screen(struct kunit *test)
{
	u16 *early = early_memremap(VGA_TEXT, VGA_BYTES);
	u16 __iomem *screen = map(test, VGA_TEXT, VGA_BYTES);
	unsigned int last = VGA_BYTES / sizeof(u16) - 1;
	u16 was;

	KUNIT_ASSERT_NOT_NULL(test, early);
	KUNIT_EXPECT_EQ(test, uncached_at(test, screen), VGA_TEXT);
	was = readw(screen + last);
	KUNIT_EXPECT_EQ(test, was, early[last]);
	writew(was ^ 0x5aa5, screen + last);
	KUNIT_EXPECT_EQ(test, READ_ONCE(early[last]), readw(screen + last));
	writeb(0x42, (u8 __iomem *)(screen + last));
	KUNIT_EXPECT_EQ(test, readb((u8 __iomem *)(screen + last)), READ_ONCE(early[last]) & 0xff);
	writew(was, screen + last);
	iounmap(screen);
	early_memunmap(early, VGA_BYTES);
}

/* ledger: V3. Neither address nor size need be whole pages. */
static void any_bytes(struct kunit *test)
{
	static const unsigned int offsets[] = { 0, 1, 0x123, PAGE_SIZE - 1 };
	static const unsigned int sizes[] = { 1, 2, 0x100, PAGE_SIZE, PAGE_SIZE + 1, 2 * PAGE_SIZE };

	for (int i = 0; i < ARRAY_SIZE(offsets); i++) {
		for (int j = 0; j < ARRAY_SIZE(sizes); j++) {
			phys_addr_t phys = VGA_TEXT + offsets[i];
			u8 __iomem *p = map(test, phys, sizes[j]);
			unsigned long pages = PFN_UP(offsets[i] + sizes[j]);
			const struct vm_struct *area = find_vm_area(p);

			KUNIT_EXPECT_EQ(test, (unsigned long)p % PAGE_SIZE, offsets[i]);
			KUNIT_EXPECT_EQ(test, uncached_at(test, p), phys);
			KUNIT_EXPECT_EQ(test, uncached_at(test, p + sizes[j] - 1),
					phys + sizes[j] - 1);
			KUNIT_EXPECT_EQ(test, get_vm_area_size(area), pages * PAGE_SIZE);
			KUNIT_EXPECT_EQ(test, window_page(((unsigned long)p & PAGE_MASK) +
							  pages * PAGE_SIZE, NULL), WINDOW_EMPTY);
			iounmap(p);
		}
	}
}

/* ledger: V3 */
static void area_says_what_it_is(struct kunit *test)
{
	void __iomem *p = map(test, VGA_TEXT + 0x10, 0x20);
	const struct vm_struct *area = find_vm_area(p);
	char name[64];

	KUNIT_ASSERT_NOT_NULL(test, area);
	KUNIT_EXPECT_EQ(test, area->flags & VM_KIND_MASK, VM_IOREMAP);
	KUNIT_EXPECT_EQ(test, area->phys_addr & ~0xfffULL, VGA_TEXT);
	snprintf(name, sizeof(name), "%ps", area->caller);
	KUNIT_EXPECT_STREQ(test, name, "map");
	iounmap(p);
}

/* ledger: V3. Gone when it returns: neither lazily, nor in part. */
static void unmapped_at_once(struct kunit *test)
{
	u8 __iomem *p = map(test, VGA_TEXT + 5, 2 * PAGE_SIZE);

	readb(p);
	vmap_set_lazy_limit(1UL << 20);
	iounmap(p);
	KUNIT_EXPECT_EQ(test, vmap_lazy_pages(), 0);
	for (int i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, window_page(((unsigned long)p & PAGE_MASK) + i * PAGE_SIZE, NULL),
				WINDOW_EMPTY);
	EXPECT_FAULT(test, p, readb(p));
	iounmap(NULL);		/* nothing */
}

/* ledger: V3. Two mappings of one device, and one that the CPU may cache. */
static void twice_and_cached(struct kunit *test)
{
	void __iomem *p = map(test, VGA_TEXT, 16), *q = map(test, VGA_TEXT, 16);
	void __iomem *cached = ioremap_cache(VGA_TEXT, 16);
	void __iomem *combining = ioremap_wc(VGA_TEXT, 16), *strict = ioremap_uc(VGA_TEXT, 16);

	KUNIT_ASSERT_TRUE(test, cached && combining && strict);
	KUNIT_EXPECT_PTR_NE(test, p, q);
	KUNIT_EXPECT_EQ(test, readl(p), readl(q));
	KUNIT_EXPECT_EQ(test, readl(p), readl(cached));
	KUNIT_EXPECT_EQ(test, entry_of(test, cached) & (_PAGE_PCD | _PAGE_PWT), 0);
	KUNIT_EXPECT_EQ(test, uncached_at(test, strict), VGA_TEXT);
	KUNIT_EXPECT_EQ(test, entry_of(test, combining) & PTE_PFN_MASK, VGA_TEXT);
	iounmap(p);
	iounmap(q);
	iounmap(cached);
	iounmap(combining);
	iounmap(strict);
}

static bool has_local_apic(void)
{
	u32 a, b, c, d;

	cpuid(1, &a, &b, &c, &d);
	return (d & CPUID1_EDX_APIC) && (rdmsr(MSR_APIC_BASE) & (1 << 11));
}

/* ledger: V3. A real device, far above the direct map: what its registers must say. */
static void local_apic(struct kunit *test)
{
	phys_addr_t base;
	u8 __iomem *apic;
	u32 version;

	if (!has_local_apic())
		kunit_skip(test, "this CPU has no local APIC");
	base = rdmsr(MSR_APIC_BASE) & PTE_PFN_MASK;
	apic = map(test, base, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, uncached_at(test, apic), base);
	version = readl(apic + APIC_VERSION);
	KUNIT_EXPECT_EQ_MSG(test, version & 0xf0, 0x10, "version %#x", version);
	KUNIT_EXPECT_GE(test, version >> 16 & 0xff, 3);	/* entries of its vector table, less one */
	KUNIT_EXPECT_LE(test, version >> 16 & 0xff, 7);
	iounmap(apic);
}

/* ---- refused ---- */

static void expect_refused(struct kunit *test, resource_size_t phys, unsigned long size)
{
	void __iomem *volatile p = NULL;

	clear_warn_once();
	KUNIT_EXPECT_REPORT(test, "*ioremap*", p = ioremap(phys, size));
	KUNIT_EXPECT_NULL_MSG(test, p, "%#llx, %lu bytes", phys, size);
	clear_warn_once();
	KUNIT_EXPECT_REPORT(test, "*ioremap*", p = ioremap_cache(phys, size));
	KUNIT_EXPECT_NULL(test, p);
}

/* ledger: V3. RAM has cached mappings, and an owner. */
static void refuses_ram(struct kunit *test)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	phys_addr_t phys;

	KUNIT_ASSERT_NOT_NULL(test, page);
	phys = page_to_phys(page);
	expect_refused(test, phys, PAGE_SIZE);
	expect_refused(test, phys + 0xff0, 1);
	expect_refused(test, phys, 1);
	expect_refused(test, __pa(refuses_ram), 4);
	__free_page(page);
}

/* ledger: V3. One page of RAM among others is enough, be it the first or the last. */
static void refuses_some_ram(struct kunit *test)
{
	phys_addr_t end = PFN_PHYS(max_pfn);

	if (end + PAGE_SIZE < cpu_phys_limit)
		expect_refused(test, end - PAGE_SIZE, 2 * PAGE_SIZE);
	expect_refused(test, 0xb8000, 0x100000);
}

/* ledger: V3 */
static void refuses_nonsense(struct kunit *test)
{
	expect_refused(test, VGA_TEXT, 0);
	expect_refused(test, ~0ULL, 2);			/* wraps */
	expect_refused(test, ~0ULL - 0xffe, PAGE_SIZE);
	expect_refused(test, cpu_phys_limit, 1);
	expect_refused(test, cpu_phys_limit - 1, 2);
	expect_refused(test, 1ULL << 52, PAGE_SIZE);
	expect_refused(test, 1ULL << 63, PAGE_SIZE);
	expect_refused(test, VGA_TEXT, ULONG_MAX);
	expect_refused(test, cpu_phys_limit - ULONG_MAX, ULONG_MAX);
}

/* ledger: V3. The last page that a CPU reaches is as good as others. */
static void the_last_page(struct kunit *test)
{
	phys_addr_t last = cpu_phys_limit - PAGE_SIZE;
	void __iomem *p;

	if (PFN_PHYS(max_pfn) > last) {
		expect_refused(test, last, PAGE_SIZE);
		return;
	}
	p = map(test, last, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, uncached_at(test, p), last);
	iounmap(p);
}

/* ledger: V3 */
static void iounmap_of_nonsense(struct kunit *test)
{
	void *volatile p = vmalloc(PAGE_SIZE);
	u8 __iomem *volatile io = map(test, VGA_TEXT, 2 * PAGE_SIZE);

	KUNIT_EXPECT_REPORT(test, "*iounmap*", iounmap(p));
	KUNIT_EXPECT_REPORT(test, "*iounmap*", iounmap(io + PAGE_SIZE));
	KUNIT_EXPECT_REPORT(test, "*iounmap*", iounmap(io + 3 * PAGE_SIZE));
	KUNIT_EXPECT_REPORT(test, "*iounmap*", iounmap((void *)VMALLOC_END));
	KUNIT_EXPECT_REPORT(test, "*iounmap*", iounmap((void *)ULONG_MAX));
	readb(io + PAGE_SIZE);
	KUNIT_EXPECT_NOT_NULL(test, vmalloc_to_page(p));
	iounmap(io + 0x10);		/* any address of the first page, as in Linux */
	KUNIT_EXPECT_REPORT(test, "*iounmap*", iounmap(io));
	vfree(p);
}

static struct kunit_case ioremap_cases[] = {
	KUNIT_CASE(shows_the_screen),
	KUNIT_CASE(any_bytes),
	KUNIT_CASE(area_says_what_it_is),
	KUNIT_CASE(unmapped_at_once),
	KUNIT_CASE(twice_and_cached),
	KUNIT_CASE(local_apic),
	KUNIT_CASE(refuses_ram),
	KUNIT_CASE(refuses_some_ram),
	KUNIT_CASE(refuses_nonsense),
	KUNIT_CASE(the_last_page),
	KUNIT_CASE(iounmap_of_nonsense),
	{}
};

static struct kunit_suite ioremap_suite = {
	.name = "ioremap",
	.init = vmalloc_sandbox_enter,
	.exit = vmalloc_sandbox_leave,
	.test_cases = ioremap_cases,
};
kunit_test_suite(ioremap_suite);
