// SPDX-License-Identifier: MIT
/*
 * /proc/vmallocinfo: the areas of the vmalloc range, one a line, in Linux's words:
 *
 *	0xf8800000-0xf8803000   12288 load_module+0x12/0x340 pages=2 vmalloc
 *	0xf8804000-0xf8806000    8192 unpurged vm_area
 *
 * First, by address, those that somebody has: from where to where and how many bytes, guard page
 * included; who asked for it; how many pages the area has for its own (vmap() only borrows them);
 * the address of a device; what it is for. Areas of vm_map_ram() have no description in Linux, and
 * so no more than their name. Behind them what is freed and waits for the flush, where neighbours
 * count as one. Spares (mm/vmap_area.c) are nobody's, and are left out.
 *
 * What Linux can say besides: "vpages", that the list of an area's pages has come from vmalloc()
 * itself (there is no such list here), and on machines with several nodes where the pages are.
 */
#include <linux/kernel.h>
#include <quarry/proc.h>

#include "../vmalloc.h"
#include "show.h"

static void show_range(struct seq_file *m, unsigned long start, unsigned long end)
{
	seq_printf(m, "0x%pK-0x%pK %7ld", (void *)start, (void *)end, end - start);
}

static void show_flags(struct seq_file *m, unsigned long flags)
{
	static const struct {
		unsigned long flag;
		const char *word;
	} words[] = {
		{ VM_IOREMAP, " ioremap" }, { VM_ALLOC, " vmalloc" }, { VM_MAP, " vmap" },
		{ VM_USERMAP, " user" }, { VM_DMA_COHERENT, " dma-coherent" },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(words); i++)
		if (flags & words[i].flag)
			seq_puts(m, words[i].word);
}

static void show_area(struct seq_file *m, const struct vm_struct *area)
{
	show_range(m, (unsigned long)area->addr, vmap_area_end(area));
	if (area->flags & VM_RAM) {
		seq_puts(m, " vm_map_ram\n");
		return;
	}
	if (area->caller)
		seq_printf(m, " %pS", area->caller);
	if (area->nr_pages)
		seq_printf(m, " pages=%d", area->nr_pages);
	if ((area->flags & VM_IOREMAP) && area->phys_addr)
		seq_printf(m, " phys=%pa", &area->phys_addr);
	show_flags(m, area->flags);
	seq_putc(m, '\n');
}

static void show_areas(struct seq_file *m)
{
	struct vm_struct area;
	unsigned long at;

	for (at = 0; peek_vmap_area(at, &area); at = vmap_area_end(&area))
		if (!(area.flags & VM_LAZY))
			show_area(m, &area);
}

/* Linux joins areas that wait for the flush side by side. */
static void show_unpurged(struct seq_file *m)
{
	unsigned long at, start = 0, end = 0;
	struct vm_struct area;
	bool more;

	for (at = 0; ; at = vmap_area_end(&area)) {
		more = peek_vmap_area(at, &area);
		if (more && !vm_area_waits(&area))
			continue;
		if (end && (!more || (unsigned long)area.addr != end)) {
			show_range(m, start, end);
			seq_puts(m, " unpurged vm_area\n");
			end = 0;
		}
		if (!more)
			return;
		start = end ? start : (unsigned long)area.addr;
		end = vmap_area_end(&area);
	}
}

static int vmallocinfo_show(struct seq_file *m, void *v)
{
	show_areas(m);
	show_unpurged(m);
	return 0;
}
PROC_FILE(vmallocinfo, "vmallocinfo", vmallocinfo_show, NULL);
