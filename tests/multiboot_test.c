// SPDX-License-Identifier: MIT
/* What a loader leaves, well-formed and otherwise, in a physical memory of the test's own. */
#include <linux/limits.h>
#include <linux/printk.h>
#include <quarry/multiboot.h>
#include <kunit/test.h>

/*
 * The invented memory: three windows of real bytes, at 0, above it, and up to 4 GiB. Whatever lies
 * elsewhere cannot be read.
 */
#define BOTTOM_SIZE	0x80U
#define LOW_BASE	0x8000U
#define LOW_SIZE	0x4000U
#define HIGH_SIZE	0x100U
#define HIGH_BASE	(0U - HIGH_SIZE)

#define INFO		LOW_BASE
#define MODULES		0x8100U
#define STRINGS		0x8400U
#define MAP		0x9000U

static u8 bottom[BOTTOM_SIZE], low[LOW_SIZE], high[HIGH_SIZE];
static u32 strings_used, map_used;
static unsigned long reads;
static struct multiboot_info *raw = (struct multiboot_info *)low;
static struct boot_info info;
static int saved_loglevel;

static void *at(u32 phys, u32 size)
{
	if (size <= BOTTOM_SIZE && phys <= BOTTOM_SIZE - size)
		return &bottom[phys];
	if (phys >= LOW_BASE && phys - LOW_BASE <= LOW_SIZE - size)
		return &low[phys - LOW_BASE];
	if (phys >= HIGH_BASE && phys - HIGH_BASE <= HIGH_SIZE - size)
		return &high[phys - HIGH_BASE];
	return NULL;
}

static bool read_invented(void *dst, u32 phys, u32 size)
{
	const void *src = size <= HIGH_SIZE ? at(phys, size) : NULL;

	reads++;
	return src && memcpy(dst, src, size);
}

static const char *parse(void)
{
	memset(&info, 0xee, sizeof(info));
	reads = 0;
	return multiboot_parse(&info, INFO, read_invented);
}

static u32 put_string(const char *s)
{
	u32 phys = STRINGS + strings_used;

	strings_used += strlen(s) + 1;
	strcpy(at(phys, strlen(s) + 1), s);
	return phys;
}

static struct multiboot_map_entry *put_entry(u64 base, u64 length, u32 type)
{
	struct multiboot_map_entry *entry = at(MAP + map_used, sizeof(*entry));

	*entry = (struct multiboot_map_entry){ sizeof(*entry) - 4, base, length, type };
	map_used += sizeof(*entry);
	raw->flags |= MULTIBOOT_HAS_MAP;
	raw->mmap_addr = MAP;
	raw->mmap_length = map_used;
	return entry;
}

static void put_module(u32 n, u32 start, u32 end, const char *args)
{
	struct multiboot_module *module = at(MODULES + n * sizeof(*module), sizeof(*module));

	*module = (struct multiboot_module){ start, end, args ? put_string(args) : 0, 0 };
	raw->flags |= MULTIBOOT_HAS_MODULES;
	raw->mods_addr = MODULES;
	raw->mods_count = n + 1;
}

static int setup(struct kunit *test)
{
	saved_loglevel = console_loglevel;
	console_loglevel = LOGLEVEL_EMERG;	/* oddities are reported, and are the point here */
	memset(low, 0, sizeof(low));
	memset(high, 0, sizeof(high));
	memset(bottom, 0, sizeof(bottom));
	strings_used = map_used = 0;
	return 0;
}

static void teardown(struct kunit *test)
{
	console_loglevel = saved_loglevel;
}

static void what_qemu_leaves(struct kunit *test)
{
	raw->flags = 0x24f;
	raw->mem_lower = 639;
	raw->mem_upper = 129920;
	raw->cmdline = put_string("build/quarry.elf test=memblock*  quiet");
	raw->boot_loader_name = put_string("qemu");
	put_entry(0, 0x9fc00, BOOT_MAP_RAM);
	put_entry(0x9fc00, 0x400, BOOT_MAP_RESERVED);
	put_entry(0x100000000ULL, 0x40000000, BOOT_MAP_RAM);

	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_EXPECT_STREQ(test, info.loader, "qemu");
	KUNIT_EXPECT_STREQ(test, info.command_line, "test=memblock*  quiet");
	KUNIT_EXPECT_FALSE(test, info.command_line_cut);
	KUNIT_EXPECT_TRUE(test, info.has_mem_sizes);
	KUNIT_EXPECT_EQ(test, info.mem_lower_kb, 639);
	KUNIT_EXPECT_EQ(test, info.mem_upper_kb, 129920);
	KUNIT_EXPECT_EQ(test, info.nr_modules, 0);
	KUNIT_ASSERT_EQ(test, info.nr_map, 3);
	KUNIT_EXPECT_EQ(test, info.map[1].base, 0x9fc00);
	KUNIT_EXPECT_EQ(test, info.map[1].size, 0x400);
	KUNIT_EXPECT_EQ(test, info.map[1].type, BOOT_MAP_RESERVED);
	KUNIT_EXPECT_EQ(test, info.map[2].base, 0x100000000ULL);
	KUNIT_EXPECT_EQ(test, info.map_dropped, 0);
}

static void what_grub_leaves(struct kunit *test)
{
	raw->flags = 0x1a67;
	raw->cmdline = put_string("test quiet");	/* no path in front */
	raw->boot_loader_name = put_string("GRUB 2.06-13+deb12u1");
	put_entry(0x100000, 0x7ee0000, BOOT_MAP_RAM);
	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_EXPECT_STREQ(test, info.command_line, "test quiet");
	KUNIT_EXPECT_EQ(test, info.nr_map, 1);
}

/* Only the command line and the map; the other fields may hold anything. */
static void what_v86_leaves(struct kunit *test)
{
	memset(raw, 0xff, sizeof(*raw));
	raw->flags = 0x44;
	raw->cmdline = put_string("mem=16M");
	put_entry(0, 0xa0000, BOOT_MAP_RAM);
	put_entry(0xc0000, 0x7f40000, BOOT_MAP_RAM);
	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_EXPECT_STREQ(test, info.command_line, "mem=16M");
	KUNIT_EXPECT_STREQ(test, info.loader, "");
	KUNIT_EXPECT_FALSE(test, info.has_mem_sizes);
	KUNIT_EXPECT_EQ(test, info.nr_modules, 0);
	KUNIT_EXPECT_EQ(test, info.nr_map, 2);
}

/* Fields may be filled in; without their flags they mean nothing. */
static void no_flags_no_facts(struct kunit *test)
{
	raw->mem_lower = 639;
	raw->cmdline = put_string("quarry.elf test");
	raw->boot_loader_name = put_string("qemu");
	put_module(0, 0x200000, 0x201000, NULL);
	put_entry(0, 0x9fc00, BOOT_MAP_RAM);
	raw->flags = 0;
	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_EXPECT_EQ(test, info.nr_map, 0);
	KUNIT_EXPECT_EQ(test, info.nr_modules, 0);
	KUNIT_EXPECT_FALSE(test, info.has_mem_sizes);
	KUNIT_EXPECT_STREQ(test, info.command_line, "");
	KUNIT_EXPECT_STREQ(test, info.loader, "");
}

static void refuses_unreadable_information(struct kunit *test)
{
	KUNIT_EXPECT_NOT_NULL(test, multiboot_parse(&info, 0, read_invented));
	KUNIT_EXPECT_NOT_NULL(test, multiboot_parse(&info, 0x12345, read_invented));
	KUNIT_EXPECT_NOT_NULL(test, multiboot_parse(&info, U32_MAX - 3, read_invented));
}

static void modules_are_copied(struct kunit *test)
{
	put_module(0, 0x200000, 0x201234, "ramdisk.ko size=4096 a name that is much longer than fits");
	put_module(1, 0x300000, 0x300001, NULL);
	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_ASSERT_EQ(test, info.nr_modules, 2);
	KUNIT_EXPECT_EQ(test, info.modules[0].start, 0x200000);
	KUNIT_EXPECT_EQ(test, info.modules[0].end, 0x201234);
	KUNIT_EXPECT_STREQ(test, info.modules[0].args,
			   "ramdisk.ko size=4096 a name that is much longer than fits");
	KUNIT_EXPECT_EQ(test, info.modules[1].end, 0x300001);
	KUNIT_EXPECT_STREQ(test, info.modules[1].args, "");
}

static void module_arguments_are_cut(struct kunit *test)
{
	static char longer[100];

	memset(longer, 'x', sizeof(longer) - 1);
	put_module(0, 0x200000, 0x201000, longer);
	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_EXPECT_EQ(test, strlen(info.modules[0].args), sizeof(info.modules[0].args) - 1);
}

static void odd_modules(struct kunit *test)
{
	u32 i;

	for (i = 0; i < BOOT_MODULES_MAX + 3; i++)
		put_module(i, 0x200000 + i * 0x1000, 0x201000 + i * 0x1000, NULL);
	put_module(1, 0x300000, 0x2fffff, NULL);	/* ends before it begins */
	put_module(2, 0x300000, 0x300000, NULL);	/* empty */
	raw->mods_count = BOOT_MODULES_MAX + 3;
	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_EXPECT_EQ(test, info.nr_modules, BOOT_MODULES_MAX - 2);
	KUNIT_EXPECT_EQ(test, info.modules[1].start, 0x203000);
	KUNIT_EXPECT_EQ(test, info.modules_dropped, 3);

	raw->mods_count = U32_MAX;			/* absurd: and not walked */
	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_EXPECT_EQ(test, info.modules_dropped, U32_MAX - BOOT_MODULES_MAX);
	KUNIT_EXPECT_LT(test, reads, 100);

	raw->mods_addr = 0xfffffff8;			/* the first entry would wrap */
	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_EXPECT_EQ(test, info.nr_modules, 0);
}

static void long_command_line(struct kunit *test)
{
	char *line = at(STRINGS, 1);

	raw->flags = MULTIBOOT_HAS_COMMAND_LINE;
	raw->cmdline = STRINGS;
	memset(line, 'a', COMMAND_LINE_SIZE - 1);
	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_EXPECT_EQ(test, strlen(info.command_line), COMMAND_LINE_SIZE - 1);
	KUNIT_EXPECT_FALSE(test, info.command_line_cut);

	line[COMMAND_LINE_SIZE - 1] = 'b';
	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_EXPECT_EQ(test, strlen(info.command_line), COMMAND_LINE_SIZE - 1);
	KUNIT_EXPECT_TRUE(test, info.command_line_cut);
}

static void strings_that_lead_nowhere(struct kunit *test)
{
	raw->flags = MULTIBOOT_HAS_COMMAND_LINE | MULTIBOOT_HAS_LOADER_NAME;
	raw->cmdline = 0x100;
	raw->boot_loader_name = 0x100;
	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_EXPECT_STREQ(test, info.command_line, "");
	KUNIT_EXPECT_TRUE(test, info.command_line_cut);
	KUNIT_EXPECT_STREQ(test, info.loader, "");

	memset(high, 'z', HIGH_SIZE);			/* no end before the end of everything … */
	memset(bottom, 'y', BOTTOM_SIZE);		/* … which is not followed by its beginning */
	raw->cmdline = U32_MAX - 2;
	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_EXPECT_STREQ(test, info.command_line, "zzz");
	KUNIT_EXPECT_TRUE(test, info.command_line_cut);

	raw->cmdline = 0;
	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_EXPECT_STREQ(test, info.command_line, "");
	KUNIT_EXPECT_FALSE(test, info.command_line_cut);
}

static void larger_entries_are_stepped_over(struct kunit *test)
{
	put_entry(0x1000, 0x1000, BOOT_MAP_RAM)->size = 24;	/* ACPI 3.0's attributes behind it */
	map_used += 4;
	put_entry(0x3000, 0x1000, BOOT_MAP_NVS);
	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_ASSERT_EQ(test, info.nr_map, 2);
	KUNIT_EXPECT_EQ(test, info.map[1].base, 0x3000);
	KUNIT_EXPECT_EQ(test, info.map[1].type, BOOT_MAP_NVS);
}

static void broken_map_chains(struct kunit *test)
{
	struct multiboot_map_entry *second;

	put_entry(0x1000, 0x1000, BOOT_MAP_RAM);
	second = put_entry(0x3000, 0x1000, BOOT_MAP_RAM);
	put_entry(0x5000, 0x1000, BOOT_MAP_RAM);

	second->size = 19;				/* too small for what it must hold */
	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_EXPECT_EQ(test, info.nr_map, 1);
	second->size = 0;				/* would go round in circles */
	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_EXPECT_EQ(test, info.nr_map, 1);
	second->size = U32_MAX;				/* leads out of the map */
	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_EXPECT_EQ(test, info.nr_map, 2);
	second->size = 20;
	raw->mmap_length -= 1;				/* the last one is cut */
	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_EXPECT_EQ(test, info.nr_map, 2);
	raw->mmap_length = 23;
	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_EXPECT_EQ(test, info.nr_map, 0);
}

static void absurd_map_pointers(struct kunit *test)
{
	put_entry(0x1000, 0x1000, BOOT_MAP_RAM);
	raw->mmap_length = U32_MAX;
	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_EXPECT_EQ(test, info.nr_map, 1);		/* behind it are zeroes */
	raw->mmap_addr = 0;
	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_EXPECT_EQ(test, info.nr_map, 0);
	raw->mmap_addr = U32_MAX - 7;
	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_EXPECT_EQ(test, info.nr_map, 0);
	KUNIT_EXPECT_LT(test, reads, 10);
}

static void empty_entries_take_no_room(struct kunit *test)
{
	put_entry(0x1000, 0, BOOT_MAP_RAM);
	put_entry(0x2000, 0, BOOT_MAP_RESERVED);
	put_entry(0x3000, 1, BOOT_MAP_RAM);
	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_EXPECT_EQ(test, info.nr_map, 1);
}

static u32 count_type(u32 type)
{
	u32 i, n = 0;

	for (i = 0; i < info.nr_map; i++)
		n += info.map[i].type == type;
	return n;
}

/* More entries than there is room for: the smallest usable ones are left out, no reservation is. */
static void too_many_entries(struct kunit *test)
{
	u32 i;

	for (i = 0; i < BOOT_MAP_MAX; i++)
		put_entry(i * 0x10000, 0x1000 + i, BOOT_MAP_RAM);
	for (i = 0; i < 100; i++)
		put_entry(i * 0x10000 + 0x8000, 1, BOOT_MAP_RESERVED);
	put_entry(0x10000000, 0x4000000, BOOT_MAP_RAM);
	put_entry(0x20000000, 1, BOOT_MAP_RAM);

	KUNIT_ASSERT_NULL(test, parse());
	KUNIT_EXPECT_EQ(test, info.nr_map, BOOT_MAP_MAX);
	KUNIT_EXPECT_EQ(test, info.map_dropped, 102);
	KUNIT_EXPECT_EQ(test, count_type(BOOT_MAP_RESERVED), 100);
	for (i = 0; i < info.nr_map; i++) {
		if (info.map[i].type == BOOT_MAP_RAM)
			KUNIT_EXPECT_GT(test, info.map[i].size, 0x1000 + 100);
	}
}

static void too_many_reservations(struct kunit *test)
{
	u32 i;

	for (i = 0; i < BOOT_MAP_MAX; i++)
		put_entry(i * 0x10000, 0x1000, BOOT_MAP_RESERVED);
	put_entry(0x10000000, 0x1000, BOOT_MAP_RAM);	/* one can do without it */
	KUNIT_EXPECT_NULL(test, parse());
	KUNIT_EXPECT_EQ(test, info.map_dropped, 1);
	KUNIT_EXPECT_EQ(test, count_type(BOOT_MAP_RESERVED), BOOT_MAP_MAX);
	put_entry(0x20000000, 0x1000, BOOT_MAP_RESERVED);
	KUNIT_EXPECT_NOT_NULL(test, parse());
}

static struct kunit_case multiboot_cases[] = {
	KUNIT_CASE(what_qemu_leaves),
	KUNIT_CASE(what_grub_leaves),
	KUNIT_CASE(what_v86_leaves),
	KUNIT_CASE(no_flags_no_facts),
	KUNIT_CASE(refuses_unreadable_information),
	KUNIT_CASE(modules_are_copied),
	KUNIT_CASE(module_arguments_are_cut),
	KUNIT_CASE(odd_modules),
	KUNIT_CASE(long_command_line),
	KUNIT_CASE(strings_that_lead_nowhere),
	KUNIT_CASE(larger_entries_are_stepped_over),
	KUNIT_CASE(broken_map_chains),
	KUNIT_CASE(absurd_map_pointers),
	KUNIT_CASE(empty_entries_take_no_room),
	KUNIT_CASE(too_many_entries),
	KUNIT_CASE(too_many_reservations),
	{}
};

static struct kunit_suite multiboot_suite = {
	.name = "multiboot",
	.init = setup,
	.exit = teardown,
	.test_cases = multiboot_cases,
};
kunit_test_suite(multiboot_suite);
