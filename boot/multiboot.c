// SPDX-License-Identifier: MIT
/*
 * What the boot loader left in memory, copied into boot_info before anything can overwrite it.
 *
 * The loader's structures may lie anywhere below 4 GiB, so they are read through a function that
 * the caller provides: on the machine it maps them page by page, in a test it reads an array.
 * They are trusted for nothing. Three loaders are known: QEMU (flags 0x24f) puts the image's path
 * before the command line, GRUB (0x1a67) does not, v86 (0x44) tells the command line and the map
 * and nothing else.
 */
#include <asm/early_ioremap.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/panic.h>
#include <linux/string.h>
#include <quarry/multiboot.h>

#define MAP_ENTRY_LEAST	20		/* base, length and type */
#define MAP_BYTES_MOST	(64U << 10)	/* longer maps are a mistake: no PC has 2700 ranges */
#define STRING_CHUNK	64

struct boot_info boot_info;

static bool read_phys(phys_reader_t read, void *dst, u64 phys, u32 size)
{
	return phys + size <= 1ULL << 32 && read(dst, phys, size);
}

/*
 * Copy a terminated string to @dst, cut to @size - 1 bytes. Returns false when it is longer, or
 * runs into memory that cannot be read.
 */
static bool read_string(phys_reader_t read, char *dst, u32 size, u64 phys)
{
	u32 got = 0;

	while (got < size) {
		u32 chunk = min3((u32)STRING_CHUNK, size - got, (u32)(STRING_CHUNK - phys % STRING_CHUNK));

		if (!read_phys(read, dst + got, phys, chunk))
			break;
		if (strnlen(dst + got, chunk) < chunk)
			return true;
		got += chunk;
		phys += chunk;
	}
	dst[got < size ? got : size - 1] = '\0';
	return false;
}

/* ------------------------------ the memory map ------------------------------ */

static struct boot_map_entry *smallest_usable(struct boot_info *info)
{
	struct boot_map_entry *smallest = NULL, *entry;

	for (entry = info->map; entry < info->map + info->nr_map; entry++)
		if (entry->type == BOOT_MAP_RAM && (!smallest || entry->size < smallest->size))
			smallest = entry;
	return smallest;
}

/*
 * Keep @new. When there is no room, the smallest usable range is left out: to know of less RAM
 * is harmless, to know of fewer reservations is not. False: there is nothing to leave out.
 */
static bool keep_map_entry(struct boot_info *info, const struct boot_map_entry *new)
{
	struct boot_map_entry *victim;

	if (!new->size)
		return true;
	if (info->nr_map < BOOT_MAP_MAX) {
		info->map[info->nr_map++] = *new;
		return true;
	}
	victim = smallest_usable(info);
	if (!victim)
		return new->type == BOOT_MAP_RAM && ++info->map_dropped;
	info->map_dropped++;
	if (new->type != BOOT_MAP_RAM || new->size > victim->size)
		*victim = *new;
	return true;
}

static const char *read_map(struct boot_info *info, u32 addr, u32 length, phys_reader_t read)
{
	u64 at = addr, end = at + min(length, MAP_BYTES_MOST);
	struct multiboot_map_entry raw;

	if (length > MAP_BYTES_MOST)
		pr_warn("multiboot: a memory map of %u bytes; only the first %u are read\n",
			length, MAP_BYTES_MOST);
	for (; at + sizeof(raw) <= end; at += raw.size + 4ULL) {
		if (!read_phys(read, &raw, at, sizeof(raw))) {
			pr_warn("multiboot: the memory map at %#llx cannot be read\n", at);
			return NULL;
		}
		if (raw.size < MAP_ENTRY_LEAST) {
			pr_warn("multiboot: the map entry at %#llx claims %u bytes; the map ends there\n",
				at, raw.size);
			return NULL;
		}
		if (!keep_map_entry(info, &(struct boot_map_entry){ raw.base, raw.length, raw.type }))
			return "The boot loader's memory map has more reservations than Quarry can keep.";
	}
	if (at != end)
		pr_warn("multiboot: the memory map's last entry is cut short\n");
	return NULL;
}

/* ------------------------------ everything else ------------------------------ */

static void read_modules(struct boot_info *info, u32 count, u32 addr, phys_reader_t read)
{
	struct multiboot_module raw;
	u32 i;

	for (i = 0; i < min(count, (u32)BOOT_MODULES_MAX); i++) {
		struct boot_module *module = &info->modules[info->nr_modules];

		if (!read_phys(read, &raw, addr + i * (u64)sizeof(raw), sizeof(raw)))
			break;
		if (raw.start >= raw.end) {
			pr_warn("multiboot: module %u is at [%#x-%#x), which is nowhere; left out\n",
				i, raw.start, raw.end);
			continue;
		}
		module->start = raw.start;
		module->end = raw.end;
		if (raw.string)
			read_string(read, module->args, sizeof(module->args), raw.string);
		info->nr_modules++;
	}
	info->modules_dropped = count - i;
	if (info->modules_dropped)
		pr_warn("multiboot: of %u modules only the first %u can be used\n", count, i);
}

/* QEMU puts the path of the image first. No other loader does, and a path looks like any word. */
static void drop_first_word(char *line)
{
	char *rest = line;

	while (*rest && *rest != ' ')
		rest++;
	while (*rest == ' ')
		rest++;
	memmove(line, rest, strlen(rest) + 1);
}

static void read_command_line(struct boot_info *info, u32 addr, phys_reader_t read)
{
	info->command_line_cut = !read_string(read, info->command_line, COMMAND_LINE_SIZE, addr);
	if (info->command_line_cut)
		pr_warn("multiboot: the command line is cut after %zu characters\n",
			strlen(info->command_line));
	if (!strcmp(info->loader, "qemu"))
		drop_first_word(info->command_line);
}

const char *multiboot_parse(struct boot_info *info, u32 info_phys, phys_reader_t read)
{
	struct multiboot_info raw;
	const char *refusal = NULL;

	memset(info, 0, sizeof(*info));
	if (!info_phys || !read_phys(read, &raw, info_phys, sizeof(raw)))
		return "The boot loader's information cannot be read.";

	if (raw.flags & MULTIBOOT_HAS_LOADER_NAME)
		read_string(read, info->loader, sizeof(info->loader), raw.boot_loader_name);
	if (raw.flags & MULTIBOOT_HAS_COMMAND_LINE && raw.cmdline)
		read_command_line(info, raw.cmdline, read);
	if (raw.flags & MULTIBOOT_HAS_MODULES)
		read_modules(info, raw.mods_count, raw.mods_addr, read);
	if (raw.flags & MULTIBOOT_HAS_MEM_SIZES) {
		info->has_mem_sizes = true;
		info->mem_lower_kb = raw.mem_lower;
		info->mem_upper_kb = raw.mem_upper;
	}
	if (raw.flags & MULTIBOOT_HAS_MAP)
		refusal = read_map(info, raw.mmap_addr, raw.mmap_length, read);
	if (info->map_dropped)
		pr_warn("multiboot: no room for %u usable ranges of the memory map\n",
			info->map_dropped);
	return refusal;
}

/* ------------------------------ on the machine ------------------------------ */

static bool read_mapped(void *dst, u32 phys, u32 size)
{
	void *src = early_memremap(phys, size);

	if (!src)
		return false;
	memcpy(dst, src, size);
	early_memunmap(src, size);
	return true;
}

void boot_info_from_multiboot(u32 magic, u32 info_phys)
{
	const char *refusal;

	if (magic != MULTIBOOT_LOADER_MAGIC)
		panic("Not started by a Multiboot loader: EAX held %#x, not %#x.",
		      magic, MULTIBOOT_LOADER_MAGIC);
	refusal = multiboot_parse(&boot_info, info_phys, read_mapped);
	if (refusal)
		panic("%s", refusal);
}
