// SPDX-License-Identifier: MIT
/* /proc/vmallocinfo, to the byte, and vmalloc's lines of /proc/meminfo. */
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "text_lines.h"
#include "vmalloc_sandbox.h"

#define BIOS_ROM	0xf0000UL	/* device memory that every PC has */

/* Lines that are exactly that. */
static unsigned int count_exact(const char *wanted)
{
	unsigned int count = 0;
	const char *line;

	while ((line = next_line()))
		count += !strcmp(line, wanted);
	return count;
}

#define EXPECT_ONE_LINE(test, fmt, ...) \
do { \
	read_proc(test, "vmallocinfo"); \
	KUNIT_EXPECT_EQ_MSG(test, count_exact(expected(fmt, ##__VA_ARGS__)), 1, "%s in:\n%s", \
			    expected(fmt, ##__VA_ARGS__), whole_text()); \
} while (0)

/* "0xf8800000-0xf8803000   12288": of an area of @pages and its guard. */
static const char *range(const void *addr, unsigned long pages)
{
	static char text[40];
	unsigned long size = (pages + 1) << PAGE_SHIFT;

	snprintf(text, sizeof(text), "0x%08lx-0x%08lx %7lu", (unsigned long)addr,
		 (unsigned long)addr + size, size);
	return text;
}

/* "foo+0x12/0x340": who asked for the area. It must be this test. */
static const char *caller_of(struct kunit *test, const void *addr, const char *function)
{
	static char text[128];
	const struct vm_struct *area = find_vm_area(addr);

	KUNIT_ASSERT_NOT_NULL(test, area);
	snprintf(text, sizeof(text), "%pS", area->caller);
	KUNIT_EXPECT_EQ_MSG(test, strncmp(text, function, strlen(function)), 0, "%s", text);
	KUNIT_EXPECT_EQ(test, text[strlen(function)], '+');
	return text;
}

/* ledger: V3 */
static void vmallocinfo_vmalloc(struct kunit *test)
{
	void *plain = vmalloc(2 * PAGE_SIZE + 1), *user = vmalloc_user(PAGE_SIZE);

	KUNIT_ASSERT_NOT_NULL(test, plain);
	KUNIT_ASSERT_NOT_NULL(test, user);
	EXPECT_ONE_LINE(test, "%s %s pages=3 vmalloc", range(plain, 3),
			caller_of(test, plain, "vmallocinfo_vmalloc"));
	EXPECT_ONE_LINE(test, "%s %s pages=1 vmalloc user", range(user, 1),
			caller_of(test, user, "vmallocinfo_vmalloc"));
	vfree(plain);
	vfree(user);
}

/* Pages are counted where they are the area's own, as in Linux. */
/* ledger: V3 */
static void vmallocinfo_vmap(struct kunit *test)
{
	struct page **pages = kmalloc_array(2, sizeof(*pages), GFP_KERNEL);
	void *mapped, *ram, *own;

	KUNIT_ASSERT_NOT_NULL(test, pages);
	for (int i = 0; i < 2; i++)
		KUNIT_ASSERT_NOT_NULL(test, pages[i] = alloc_page(GFP_KERNEL));
	mapped = vmap(pages, 2, VM_MAP, PAGE_KERNEL);
	ram = vm_map_ram(pages, 2, 0);
	own = vmap(pages, 2, VM_MAP | VM_MAP_PUT_PAGES, PAGE_KERNEL);
	KUNIT_ASSERT_TRUE(test, mapped && ram && own);
	EXPECT_ONE_LINE(test, "%s %s vmap", range(mapped, 2),
			caller_of(test, mapped, "vmallocinfo_vmap"));
	EXPECT_ONE_LINE(test, "%s vm_map_ram", range(ram, 2));
	EXPECT_ONE_LINE(test, "%s %s pages=2 vmap", range(own, 2),
			caller_of(test, own, "vmallocinfo_vmap"));
	vunmap(mapped);
	vm_unmap_ram(ram, 2);
	vfree(own);
}

/* ledger: V3 */
static void vmallocinfo_ioremap(struct kunit *test)
{
	void __iomem *device = ioremap(BIOS_ROM + 0x10, 2 * PAGE_SIZE);
	void *page = (void *)((unsigned long)device & PAGE_MASK);

	KUNIT_ASSERT_NOT_NULL(test, device);
	EXPECT_ONE_LINE(test, "%s %s phys=0x00000000000f0000 ioremap", range(page, 3),
			caller_of(test, page, "vmallocinfo_ioremap"));
	iounmap(device);
}

/* ledger: V3 */
static void vmallocinfo_addresses_only(struct kunit *test)
{
	struct vm_struct *area = get_vm_area(PAGE_SIZE, VM_MAP | VM_DMA_COHERENT);

	KUNIT_ASSERT_NOT_NULL(test, area);
	EXPECT_ONE_LINE(test, "%s %s vmap dma-coherent", range(area->addr, 1),
			caller_of(test, area->addr, "vmallocinfo_addresses_only"));
	free_vm_area(area);
}

/* What is in use by address; then, apart, what waits for the flush, neighbours as one. */
static void vmallocinfo_order(struct kunit *test)
{
	void *areas[5];
	unsigned long at, last = 0;
	const char *line;

	for (int i = 0; i < ARRAY_SIZE(areas); i++) {
		areas[i] = vmalloc(PAGE_SIZE);
		KUNIT_ASSERT_NOT_NULL(test, areas[i]);
		if (i)		/* the range is not in pieces, so they lie side by side */
			KUNIT_ASSERT_PTR_EQ(test, areas[i], areas[i - 1] + 2 * PAGE_SIZE);
	}
	vfree(areas[1]);
	vfree(areas[2]);
	read_proc(test, "vmallocinfo");
	while ((line = next_line()) && !strstr(line, "unpurged")) {
		KUNIT_ASSERT_EQ(test, strncmp(line, "0x", 2), 0);
		at = simple_strtoul(line, NULL, 16);
		KUNIT_EXPECT_GT(test, at, last);
		last = at;
	}
	KUNIT_EXPECT_EQ(test, last, (unsigned long)areas[4]);
	KUNIT_EXPECT_NULL(test, strstr(whole_text(), range(areas[2], 1)));
	KUNIT_EXPECT_STREQ(test, line, expected("%s unpurged vm_area", range(areas[1], 3)));
	KUNIT_EXPECT_NULL(test, next_line());

	vfree(areas[4]);
	read_proc(test, "vmallocinfo");
	while ((line = next_line()) && !strstr(line, "unpurged"))
		;
	KUNIT_EXPECT_STREQ(test, line, expected("%s unpurged vm_area", range(areas[1], 3)));
	EXPECT_LINE(test, "%s unpurged vm_area", range(areas[4], 1));
	KUNIT_EXPECT_NULL(test, next_line());

	vm_unmap_aliases();
	read_proc(test, "vmallocinfo");
	KUNIT_EXPECT_NULL(test, strstr(whole_text(), "unpurged"));
	vfree(areas[0]);
	vfree(areas[3]);
}

static void meminfo_vmalloc(struct kunit *test)
{
	unsigned long before;
	void *p;

	read_proc(test, "meminfo");
	before = number_of(test, "VmallocUsed");
	KUNIT_EXPECT_EQ(test, before, vmalloc_nr_pages() * 4);
	KUNIT_EXPECT_EQ(test, number_of(test, "VmallocTotal"), VMALLOC_TOTAL / 1024);
	p = vmalloc(5 * PAGE_SIZE);
	KUNIT_ASSERT_NOT_NULL(test, p);
	read_proc(test, "meminfo");
	KUNIT_EXPECT_EQ(test, number_of(test, "VmallocUsed"), before + 20);
	KUNIT_EXPECT_EQ(test, number_of(test, "VmallocChunk"), 0);
	vfree(p);
	read_proc(test, "meminfo");
	KUNIT_EXPECT_EQ(test, number_of(test, "VmallocUsed"), before);
}

static struct kunit_case proc_vmalloc_cases[] = {
	KUNIT_CASE(vmallocinfo_vmalloc),
	KUNIT_CASE(vmallocinfo_vmap),
	KUNIT_CASE(vmallocinfo_ioremap),
	KUNIT_CASE(vmallocinfo_addresses_only),
	KUNIT_CASE(vmallocinfo_order),
	KUNIT_CASE(meminfo_vmalloc),
	{}
};

static struct kunit_suite proc_vmalloc_suite = {
	.name = "proc_vmalloc",
	.init = vmalloc_sandbox_enter,
	.exit = vmalloc_sandbox_leave,
	.test_cases = proc_vmalloc_cases,
};
kunit_test_suite(proc_vmalloc_suite);
