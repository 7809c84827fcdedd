// SPDX-License-Identifier: MIT
/* The tree of address ranges, on a root of the test's own; and the form of /proc/iomem. */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/ioport.h>
#include <linux/memblock.h>
#include <quarry/boot_info.h>
#include <quarry/proc.h>

static struct resource root, a, b, c, d;

static int setup(struct kunit *test)
{
	root = DEFINE_RES_MEM_NAMED(0x1000, 0x9000, "root");
	a = DEFINE_RES_MEM_NAMED(0x2000, 0x1000, "a");
	b = DEFINE_RES_MEM_NAMED(0x5000, 0x1000, "b");
	c = DEFINE_RES_MEM_NAMED(0x3000, 0x2000, "c");	/* fits exactly between them */
	d = DEFINE_RES_MEM_NAMED(0x2000, 0x4000, "d");	/* around all three */
	return 0;
}

static void request_sorts(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, resource_size(&a), 0x1000);
	KUNIT_EXPECT_EQ(test, request_resource(&root, &b), 0);
	KUNIT_EXPECT_EQ(test, request_resource(&root, &a), 0);
	KUNIT_EXPECT_EQ(test, request_resource(&root, &c), 0);
	KUNIT_EXPECT_PTR_EQ(test, root.child, &a);
	KUNIT_EXPECT_PTR_EQ(test, a.sibling, &c);
	KUNIT_EXPECT_PTR_EQ(test, c.sibling, &b);
	KUNIT_EXPECT_NULL(test, b.sibling);
	KUNIT_EXPECT_PTR_EQ(test, c.parent, &root);
}

static void request_refuses(struct kunit *test)
{
	struct resource below = DEFINE_RES_MEM(0xfff, 2), above = DEFINE_RES_MEM(0x9fff, 2);
	struct resource inside = DEFINE_RES_MEM(0x2fff, 1), backwards = { .start = 9, .end = 8 };

	request_resource(&root, &a);
	KUNIT_EXPECT_EQ(test, request_resource(&root, &d), -EBUSY);
	KUNIT_EXPECT_EQ(test, request_resource(&root, &inside), -EBUSY);
	KUNIT_EXPECT_PTR_EQ(test, request_resource_conflict(&root, &inside), &a);
	KUNIT_EXPECT_EQ(test, request_resource(&root, &below), -EBUSY);
	KUNIT_EXPECT_PTR_EQ(test, request_resource_conflict(&root, &above), &root);
	KUNIT_EXPECT_EQ(test, request_resource(&root, &backwards), -EBUSY);
	KUNIT_EXPECT_EQ(test, request_resource(&a, &inside), 0);
}

static void insert_goes_around_and_inside(struct kunit *test)
{
	struct resource inside = DEFINE_RES_MEM(0x3800, 0x10);
	struct resource equal = DEFINE_RES_MEM_NAMED(0x3000, 0x2000, "equal");
	struct resource part = DEFINE_RES_MEM(0x5fff, 2);

	insert_resource(&root, &a);
	insert_resource(&root, &b);
	insert_resource(&root, &c);
	KUNIT_EXPECT_EQ(test, insert_resource(&root, &d), 0);
	KUNIT_EXPECT_PTR_EQ(test, root.child, &d);
	KUNIT_EXPECT_NULL(test, d.sibling);
	KUNIT_EXPECT_PTR_EQ(test, d.child, &a);
	KUNIT_EXPECT_PTR_EQ(test, b.parent, &d);
	KUNIT_EXPECT_NULL(test, b.sibling);

	KUNIT_EXPECT_EQ(test, insert_resource(&root, &inside), 0);
	KUNIT_EXPECT_PTR_EQ(test, inside.parent, &c);
	KUNIT_EXPECT_EQ(test, insert_resource(&root, &equal), 0);
	KUNIT_EXPECT_PTR_EQ(test, c.parent, &equal);
	KUNIT_EXPECT_PTR_EQ(test, equal.parent, &d);
	KUNIT_EXPECT_PTR_EQ(test, a.sibling, &equal);
	KUNIT_EXPECT_PTR_EQ(test, equal.sibling, &b);
	KUNIT_EXPECT_EQ(test, insert_resource(&root, &part), -EBUSY);
	KUNIT_EXPECT_PTR_EQ(test, insert_resource_conflict(&root, &part), &d);
}

static void release_takes_out(struct kunit *test)
{
	request_resource(&root, &a);
	request_resource(&root, &b);
	KUNIT_EXPECT_EQ(test, release_resource(&a), 0);
	KUNIT_EXPECT_PTR_EQ(test, root.child, &b);
	KUNIT_EXPECT_EQ(test, release_resource(&a), -EINVAL);
	KUNIT_EXPECT_EQ(test, request_resource(&root, &d), -EBUSY);
	KUNIT_EXPECT_EQ(test, release_resource(&b), 0);
	KUNIT_EXPECT_EQ(test, request_resource(&root, &d), 0);
}

/* ------------------------------ /proc/iomem ------------------------------ */

static char text[8192];
static size_t text_length;

static void keep_text(struct seq_file *m, const char *s, size_t count)
{
	size_t room = sizeof(text) - 1 - text_length, n = count < room ? count : room;

	memcpy(text + text_length, s, n);
	text_length += n;
	text[text_length] = '\0';
}

static const char *read_iomem(struct kunit *test)
{
	struct seq_file m = { .sink = keep_text };
	const struct proc_file *const *file;

	text_length = 0;
	for_each_registered(proc_files, file)
		if (!strcmp((*file)->path, "iomem"))
			KUNIT_ASSERT_EQ(test, (*file)->show(&m, NULL), 0);
	KUNIT_ASSERT_GT(test, text_length, 0);
	return text;
}

static void iomem_shows_ram(struct kunit *test)
{
	const struct memblock_region *region;
	const char *all;
	char line[64];

	all = read_iomem(test);
	for_each_memblock_type_region(&memblock.firmware, region) {
		if (region->flags != BOOT_MAP_RAM)
			continue;
		snprintf(line, sizeof(line), "%08llx-%08llx : System RAM\n", region->base,
			 memblock_region_end(region) - 1);
		KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(all, line), "%s", line);
	}
	KUNIT_EXPECT_NOT_NULL(test, strstr(all, "\n000a0000-000bffff : Video RAM area\n"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(all, "000f0000-000fffff : System ROM\n"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(all, "\n  0"));	/* the kernel's parts are inside RAM */
	KUNIT_EXPECT_NOT_NULL(test, strstr(all, " : Kernel code\n"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(all, " : Kernel rodata\n"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(all, " : Kernel data\n"));
	KUNIT_EXPECT_NOT_NULL(test, strstr(all, " : Kernel bss\n"));
}

static struct kunit_case resource_cases[] = {
	KUNIT_CASE(request_sorts),
	KUNIT_CASE(request_refuses),
	KUNIT_CASE(insert_goes_around_and_inside),
	KUNIT_CASE(release_takes_out),
	KUNIT_CASE(iomem_shows_ram),
	{}
};

static struct kunit_suite resource_suite = {
	.name = "resource",
	.init = setup,
	.test_cases = resource_cases,
};
kunit_test_suite(resource_suite);
