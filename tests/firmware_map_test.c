// SPDX-License-Identifier: MIT
/* Maps by hand, and what must become of them. Most were seen on machines; the rest could be. */
#include <asm/sections.h>
#include <asm/trampoline.h>
#include <linux/sizes.h>
#include <quarry/boot_memory.h>
#include "memblock_sandbox.h"

#define RAM		BOOT_MAP_RAM
#define RES		BOOT_MAP_RESERVED
#define MAX_ENTRIES	12
#define MAX_RANGES	5

/* The low megabyte as SeaBIOS describes it. */
#define PC_LOW	{ 0, 0x9fc00, RAM }, { 0x9fc00, 0x400, RES }, { 0xf0000, 0x10000, RES }
#define LOW_RAM	{ 0x1000, 0x9f000 }

struct map_case {
	const char *name;
	struct boot_map_entry map[MAX_ENTRIES];			/* up to one of type 0 */
	struct { phys_addr_t start, end; } ram[MAX_RANGES];	/* up to one with end 0 */
	u32 mem_lower_kb, mem_upper_kb;
	phys_addr_t mem_limit;					/* 0: none */
	bool refused;
};

static const struct map_case cases[] = {
	{
		.name = "qemu -m 128M",
		.map = { PC_LOW, { SZ_1M, 0x7ee0000, RAM }, { 0x7fe0000, 0x20000, RES },
			   { 0xfffc0000, 0x40000, RES }, { 0xfd00000000, 0x300000000, RES } },
		.ram = { LOW_RAM, { SZ_1M, 0x7fe0000 } },
	}, {
		.name = "qemu -m 4G",
		.map = { PC_LOW, { SZ_1M, 0xbfee0000, RAM }, { 0xbffe0000, 0x20000, RES },
			   { 0xfeffc000, 0x4000, RES }, { 0xfffc0000, 0x40000, RES },
			   { SZ_4G, SZ_1G, RAM } },
		.ram = { LOW_RAM, { SZ_1M, 0xbffe0000 }, { SZ_4G, 0x140000000 } },
	}, {
		.name = "qemu -m 60G",
		.map = { PC_LOW, { SZ_1M, 0xbfee0000, RAM }, { 0xbffe0000, 0x20000, RES },
			   { 0xfeffc000, 0x4000, RES }, { 0xfffc0000, 0x40000, RES },
			   { SZ_4G, 0xe40000000, RAM } },
		.ram = { LOW_RAM, { SZ_1M, 0xbffe0000 }, { SZ_4G, 0xf40000000 } },
	}, {
		.name = "qemu -m 4M",
		.map = { PC_LOW, { SZ_1M, 0x2e0000, RAM }, { 0x3e0000, 0x20000, RES } },
		.ram = { LOW_RAM, { SZ_1M, 0x3e0000 } },
	}, {
		.name = "qemu -m 3M is too small",
		.map = { PC_LOW, { SZ_1M, 0x1e0000, RAM }, { 0x2e0000, 0x20000, RES } },
		.ram = { LOW_RAM, { SZ_1M, 0x2e0000 } }, .refused = true,
	}, {
		.name = "v86: the BIOS's area is usable",
		.map = { { 0, 0xa0000, RAM }, { 0xc0000, 0x7f40000, RAM } },
		.ram = { { 0x1000, 0xa0000 }, { SZ_1M, SZ_128M } },
	}, {
		.name = "one range over everything",
		.map = { { 0, SZ_64M, RAM } },
		.ram = { { 0x1000, 0xa0000 }, { SZ_1M, SZ_64M } },
	}, {
		.name = "unsorted",
		.map = { { SZ_16M, SZ_16M, RAM }, { 0xf0000, 0x10000, RES }, { SZ_1M, SZ_1M, RAM },
			   { 0, 0x9fc00, RAM }, { SZ_4M, SZ_4M, RAM }, { 0x9fc00, 0x400, RES } },
		.ram = { LOW_RAM, { SZ_1M, SZ_2M }, { SZ_4M, SZ_8M }, { SZ_16M, SZ_32M } },
	}, {
		.name = "reserved inside usable",
		.map = { { SZ_1M, SZ_16M - SZ_1M, RAM }, { SZ_8M, SZ_1M, RES } },
		.ram = { { SZ_1M, SZ_8M }, { SZ_8M + SZ_1M, SZ_16M } },
	}, {
		.name = "usable over reserved",
		.map = { { SZ_8M, SZ_1M, RES }, { SZ_1M, SZ_16M - SZ_1M, RAM } },
		.ram = { { SZ_1M, SZ_8M }, { SZ_8M + SZ_1M, SZ_16M } },
	}, {
		.name = "the same range with every type",
		.map = { { SZ_1M, SZ_16M, RAM }, { SZ_32M, SZ_1M, RAM }, { SZ_32M, SZ_1M, BOOT_MAP_ACPI },
			   { SZ_64M, SZ_1M, BOOT_MAP_NVS }, { SZ_64M, SZ_1M, RAM },
			   { SZ_128M, SZ_1M, BOOT_MAP_UNUSABLE }, { SZ_128M, SZ_1M, RAM },
			   { SZ_256M, SZ_1M, 0xffffffff }, { SZ_256M, SZ_1M, RAM } },
		.ram = { { SZ_1M, SZ_16M + SZ_1M } },
	}, {
		.name = "usable ranges that overlap and touch",
		.map = { { SZ_1M, SZ_4M, RAM }, { SZ_2M, SZ_4M, RAM }, { SZ_4M + SZ_2M, SZ_2M, RAM },
			   { SZ_1M, SZ_4M, RAM } },
		.ram = { { SZ_1M, SZ_8M } },
	}, {
		.name = "empty ranges",
		.map = { { SZ_2M, 0, RES }, { SZ_1M, SZ_16M, RAM }, { 0, 0, RAM }, { SZ_4M, 0, RES } },
		.ram = { { SZ_1M, SZ_16M + SZ_1M } },
	}, {
		.name = "not on page boundaries",
		.map = { { SZ_1M + 1, SZ_16M, RAM }, { SZ_4M + 0xfff, 2, RES }, { SZ_32M + 1, 0x1ffe, RAM } },
		.ram = { { SZ_1M + SZ_4K, SZ_4M }, { SZ_4M + SZ_8K, SZ_1M + SZ_16M } },
	}, {
		.name = "halves of a page make a page",
		.map = { { SZ_1M, SZ_16M - 0x800, RAM }, { SZ_1M + SZ_16M - 0x800, 0x800, RAM } },
		.ram = { { SZ_1M, SZ_1M + SZ_16M } },
	}, {
		.name = "one reserved byte takes a page",
		.map = { { SZ_1M, SZ_16M, RAM }, { SZ_4M + 0x123, 1, RES } },
		.ram = { { SZ_1M, SZ_4M }, { SZ_4M + SZ_4K, SZ_1M + SZ_16M } },
	}, {
		.name = "wrapping: clipped at the last address",
		.map = { { SZ_1M, SZ_16M, RAM }, { 0xfffffffffffff000, 0x2000, RAM },
			   { SZ_8M, ~0ULL, RES } },
		.ram = { { SZ_1M, SZ_8M } },
	}, {
		.name = "RAM up to the last address",
		.map = { { SZ_1M, ~0ULL, RAM } },
		.ram = { { SZ_1M, 1ULL << 36 } },
	}, {
		.name = "above 36 bits",
		.map = { { SZ_1M, SZ_16M, RAM }, { 0xfffff0000, SZ_1M, RAM }, { 1ULL << 36, SZ_1G, RAM },
			   { 1ULL << 52, SZ_1G, RAM } },
		.ram = { { SZ_1M, SZ_16M + SZ_1M }, { 0xfffff0000, 1ULL << 36 } },
	}, {
		.name = "RAM only where the kernel cannot reach it",
		.map = { { SZ_4G, SZ_4G, RAM } },
		.ram = { { SZ_4G, SZ_8G } }, .refused = true,
	}, {
		.name = "no RAM at all",
		.map = { { 0, SZ_4G, RES } },
		.ram = { }, .refused = true,
	}, {
		.name = "no map, but sizes",
		.map = { }, .ram = { { 0x1000, 0x9f000 }, { SZ_1M, SZ_64M } },
		.mem_lower_kb = 639, .mem_upper_kb = 63 * 1024,
	}, {
		.name = "no map, and a lower size beyond 640 KiB",
		.map = { }, .ram = { { 0x1000, 0xa0000 }, { SZ_1M, SZ_64M } },
		.mem_lower_kb = ~0U, .mem_upper_kb = 63 * 1024,
	}, {
		.name = "no map, and an upper size beyond everything",
		.map = { }, .ram = { { SZ_1M, 1ULL << 36 } },
		.mem_lower_kb = 1, .mem_upper_kb = ~0U,
	}, {
		.name = "neither map nor sizes",
		.map = { }, .ram = { }, .refused = true,
	}, {
		.name = "a map outweighs the sizes",
		.map = { { SZ_1M, SZ_16M, RAM } }, .ram = { { SZ_1M, SZ_16M + SZ_1M } },
		.mem_lower_kb = 639, .mem_upper_kb = 63 * 1024,
	}, {
		.name = "mem= in the middle of a page",
		.map = { PC_LOW, { SZ_1M, SZ_64M, RAM }, { SZ_4G, SZ_1G, RAM } },
		.ram = { LOW_RAM, { SZ_1M, SZ_16M } }, .mem_limit = SZ_16M + 0x800,
	}, {
		.name = "mem= above everything",
		.map = { PC_LOW, { SZ_1M, SZ_64M, RAM } },
		.ram = { LOW_RAM, { SZ_1M, SZ_64M + SZ_1M } }, .mem_limit = SZ_4G,
	}, {
		.name = "mem= leaves too little",
		.map = { PC_LOW, { SZ_1M, SZ_64M, RAM } },
		.ram = { LOW_RAM, { SZ_1M, SZ_2M } }, .mem_limit = SZ_2M, .refused = true,
	},
};

static void describe(const struct map_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}
KUNIT_ARRAY_PARAM(maps, cases, describe);

static struct boot_info info;

static int setup(struct kunit *test)
{
	memblock_sandbox_enter(SANDBOX_REGIONS);
	memset(&info, 0, sizeof(info));
	return 0;
}

static void teardown(struct kunit *test)
{
	memblock_sandbox_leave();
}

static void add_entry(u64 base, u64 size, u32 type)
{
	info.map[info.nr_map++] = (struct boot_map_entry){ base, size, type };
}

static void map_becomes_ram(struct kunit *test)
{
	const struct map_case *c = test->param_value;
	const char *refusal;
	unsigned long i, n = 0;

	for (i = 0; i < MAX_ENTRIES && c->map[i].type; i++)
		add_entry(c->map[i].base, c->map[i].size, c->map[i].type);
	info.has_mem_sizes = c->mem_lower_kb;
	info.mem_lower_kb = c->mem_lower_kb;
	info.mem_upper_kb = c->mem_upper_kb;
	if (c->mem_limit)
		mem_limit = c->mem_limit;

	refusal = memblock_try_setup(&info);
	if (c->refused)
		KUNIT_EXPECT_NOT_NULL(test, refusal);
	else
		KUNIT_EXPECT_STREQ(test, refusal ?: "", "");
	KUNIT_EXPECT_TRUE(test, memblock_validate());
	while (n < MAX_RANGES && c->ram[n].end)
		n++;
	KUNIT_ASSERT_EQ(test, memblock.memory.cnt, n);
	for (i = 0; i < n; i++) {
		KUNIT_EXPECT_EQ(test, memblock.memory.regions[i].base, c->ram[i].start);
		KUNIT_EXPECT_EQ(test, memblock_region_end(&memblock.memory.regions[i]),
				c->ram[i].end);
	}
}

static void reserves_what_boot_needs(struct kunit *test)
{
	add_entry(0, SZ_64M, RAM);
	info.nr_modules = 1;
	info.modules[0] = (struct boot_module){ .start = 0x2000ffe, .end = 0x2001001 };
	KUNIT_ASSERT_NULL(test, memblock_try_setup(&info));

	KUNIT_EXPECT_TRUE(test, memblock_is_reserved(0));
	KUNIT_EXPECT_FALSE(test, memblock_is_memory(0));
	KUNIT_EXPECT_TRUE(test, memblock_is_reserved(TRAMPOLINE_PHYS));
	KUNIT_EXPECT_TRUE(test, memblock_is_reserved(TRAMPOLINE_PHYS + PAGE_SIZE - 1));
	KUNIT_EXPECT_TRUE(test, memblock_is_reserved(image_phys_start()));
	KUNIT_EXPECT_TRUE(test, memblock_is_reserved(image_phys_end() - 1));
	KUNIT_EXPECT_FALSE(test, memblock_is_reserved(image_phys_end()));

	/* The module's pages, whole: from 0x2000000 to 0x2002000. */
	KUNIT_EXPECT_FALSE(test, memblock_is_reserved(0x1ffffff));
	KUNIT_EXPECT_TRUE(test, memblock_is_reserved(0x2000000));
	KUNIT_EXPECT_TRUE(test, memblock_is_reserved(0x2001fff));
	KUNIT_EXPECT_FALSE(test, memblock_is_reserved(0x2002000));
}

static u32 type_at(phys_addr_t addr)
{
	const struct memblock_region *region = memblock_search(&memblock.firmware, addr);

	return region ? region->flags : 0;
}

/* The list behind /proc/iomem: to the byte, the strongest type wins, in whatever order they come. */
static void remembers_every_byte(struct kunit *test)
{
	add_entry(SZ_8M, SZ_1M, BOOT_MAP_NVS);
	add_entry(0, SZ_64M, RAM);
	add_entry(SZ_8M - 1, SZ_2M, RES);
	add_entry(SZ_8M + SZ_512K, SZ_1M, BOOT_MAP_ACPI);
	KUNIT_ASSERT_NULL(test, memblock_try_setup(&info));

	KUNIT_EXPECT_EQ(test, type_at(0), RES);		/* frame 0 */
	KUNIT_EXPECT_EQ(test, type_at(0xfff), RES);
	KUNIT_EXPECT_EQ(test, type_at(0x1000), RAM);
	KUNIT_EXPECT_EQ(test, type_at(0x9ffff), RAM);
	KUNIT_EXPECT_EQ(test, type_at(0xa0000), 0);	/* the BIOS's area */
	KUNIT_EXPECT_EQ(test, type_at(0xfffff), 0);
	KUNIT_EXPECT_EQ(test, type_at(SZ_8M - 2), RAM);
	KUNIT_EXPECT_EQ(test, type_at(SZ_8M - 1), RES);
	KUNIT_EXPECT_EQ(test, type_at(SZ_8M), BOOT_MAP_NVS);
	KUNIT_EXPECT_EQ(test, type_at(SZ_8M + SZ_1M - 1), BOOT_MAP_NVS);
	KUNIT_EXPECT_EQ(test, type_at(SZ_8M + SZ_1M), BOOT_MAP_ACPI);
	KUNIT_EXPECT_EQ(test, type_at(SZ_8M + SZ_1M + SZ_512K), RES);
	KUNIT_EXPECT_EQ(test, type_at(SZ_8M + SZ_2M - 1), RAM);
	KUNIT_EXPECT_EQ(test, type_at(SZ_64M), 0);
}

/* A CPU may have fewer address bits than a page-table entry has room for. */
static void above_what_the_cpu_reaches(struct kunit *test)
{
	cpu_phys_limit = SZ_4G;
	add_entry(SZ_1M, SZ_16M, RAM);
	add_entry(SZ_4G - SZ_1M, SZ_2M, RAM);
	add_entry(SZ_8G, SZ_2M, RAM);
	KUNIT_ASSERT_NULL(test, memblock_try_setup(&info));
	KUNIT_EXPECT_EQ(test, memblock_end_of_DRAM(), SZ_4G);
	KUNIT_EXPECT_EQ(test, memblock_phys_mem_size(), SZ_16M + SZ_1M);
}

/* The most entries there can be, cut into the most pieces. */
static void full_map(struct kunit *test)
{
	unsigned int i;

	add_entry(SZ_1M, SZ_64M, RAM);
	for (i = 1; i < BOOT_MAP_MAX; i++)
		add_entry(SZ_2M + i * SZ_16K, SZ_4K, i % 2 ? RES : 100 + i);
	KUNIT_ASSERT_NULL(test, memblock_try_setup(&info));
	KUNIT_EXPECT_TRUE(test, memblock_validate());
	KUNIT_EXPECT_EQ(test, memblock.memory.cnt, BOOT_MAP_MAX);
	KUNIT_EXPECT_EQ(test, memblock_phys_mem_size(), SZ_64M - (BOOT_MAP_MAX - 1) * SZ_4K);
}

static struct kunit_case firmware_map_cases[] = {
	KUNIT_CASE_PARAM(map_becomes_ram, maps_gen_params),
	KUNIT_CASE(reserves_what_boot_needs),
	KUNIT_CASE(remembers_every_byte),
	KUNIT_CASE(above_what_the_cpu_reaches),
	KUNIT_CASE(full_map),
	{}
};

static struct kunit_suite firmware_map_suite = {
	.name = "firmware_map",
	.init = setup,
	.exit = teardown,
	.test_cases = firmware_map_cases,
};
kunit_test_suite(firmware_map_suite);
