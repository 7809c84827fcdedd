# SPDX-License-Identifier: MIT
"""q-pt: the page tables of the stopped CPU, read as the CPU does."""
import struct

import gdb
from target import (PAGE_OFFSET, address_of, command, lowmem_end, name_of, need_kernel, read_physical, register,
                    say, symbol)

CR0_PG = 1 << 31
PRESENT, RW, USER, PWT, PCD, LARGE, GLOBAL, NX = 1, 2, 4, 8, 0x10, 0x80, 0x100, 1 << 63
SHOWN = PRESENT | RW | USER | PWT | PCD | LARGE | GLOBAL | NX
ADDRESS = 0x0000000FFFFFF000
KMAP, FIXMAP, FIXADDR_TOP = 0xFFC00000, 0xFFE00000, 0xFFFFF000
LEVELS = (("pointer table", 30, 4), ("directory", 21, 512), ("table", 12, 512))


def areas():
    """From where on, highest first: <asm/pgtable.h>, <asm/fixmap.h>."""
    window = PAGE_OFFSET + lowmem_end()
    return ((FIXMAP, "fixmap"), (KMAP, "kmap"), (window + (8 << 20), "vmalloc area"),
            (window, "gap above the direct map"), (PAGE_OFFSET, "direct map"), (0x1000, "below the kernel"),
            (0, "the first page"))


def fixed_address(index):
    """Where an entry of enum fixed_addresses lies (<asm/fixmap.h>)."""
    return FIXADDR_TOP - (int(gdb.parse_and_eval(index)) << 12)


def area(address):
    image = (("the boot page", "_image_start", "_stext"), ("kernel code", "_stext", "_etext"),
             ("kernel constants", "__start_rodata", "__end_rodata"), ("kernel data", "_sdata", "_end"))
    for name, start, end in image:
        if symbol(start) <= address < symbol(end):
            return name
    return next(name for start, name in areas() if address >= start)


def entry_rights(entry):
    return "".join(word for bit, word in ((RW, " RW"), (USER, " USER"), (LARGE, " 2M/PAT"), (PCD, " PCD"),
                                          (GLOBAL, " GLB"), (NX, " NX")) if entry & bit)


class Tables:
    """The page tables of the stopped CPU, whole tables at a time."""

    def __init__(self):
        need_kernel()
        self.tables = {}
        try:
            paging, self.root = register("cr0") & CR0_PG, register("cr3") & ~31
        except ValueError:		# a dump: it has the kernel's tables, but not CR3
            paging, self.root = True, address_of("kernel_pointers") - PAGE_OFFSET
        if not paging:
            raise gdb.GdbError("Paging is off: addresses are physical. boot/start.S switches it on.")

    def entry(self, level, table, index):
        if table not in self.tables:
            entries = LEVELS[level][2]
            data = read_physical(table, entries * 8)
            if data is None:
                raise gdb.GdbError(f"The page table at physical {table:#x} cannot be read.")
            self.tables[table] = struct.unpack(f"<{entries}Q", data)
        return self.tables[table][index]

    def walk(self, address):
        """The entries for an address, up to the one that decides."""
        table, entries = self.root, []
        for level, (_, shift, count) in enumerate(LEVELS):
            entry = self.entry(level, table, (address >> shift) % count)
            entries.append(entry)
            if not entry & PRESENT or (level == 1 and entry & LARGE):
                break
            table = entry & ADDRESS
        return entries


def decide(address, entries):
    """(physical, page size, writable, executable, user), or None when not mapped."""
    if not entries[-1] & PRESENT:
        return None
    size = 1 << LEVELS[len(entries) - 1][1]
    lower = entries[1:]		# with PAE the pointer table has no rights
    return ((entries[-1] & ADDRESS & ~(size - 1)) | (address & (size - 1)), size,
            all(e & RW for e in lower), not any(e & NX for e in lower), all(e & USER for e in lower))


def show_walk(address):
    entries = Tables().walk(address)
    name = name_of(address)
    say(f"{address:08x}: {area(address)}" + (f", {name}" if name else ""))
    for (level, _, _), entry in zip(LEVELS, entries):
        what = f"-> {entry & ADDRESS:09x}{entry_rights(entry)}" if entry & PRESENT else "not present"
        say(f"  {level:13s} entry {entry:016x}  {what}")
    found = decide(address, entries)
    if not found:
        say("  not mapped")
        return
    physical, size, writable, executable, user = found
    say(f"  physical 0x{physical:09x}, a page of {'4 KiB' if size == 4096 else '2 MiB'}, "
        f"{'writable' if writable else 'read-only'}, {'executable' if executable else 'not executable'}"
        + (", open to user code" if user else ""))


# ---- all of them ----

SIZE_UNITS = "KMG"
LEVEL_NAMES = "pgd", "pmd", "pte"	# Linux's, which kernel/monitor/pt_dump.c uses as well


def area_starts():
    """Where a line of the dump ends because another area begins, and its name."""
    vmalloc = PAGE_OFFSET + lowmem_end() + (8 << 20)
    return {0: "User Space", PAGE_OFFSET: "Kernel Mapping", vmalloc: "vmalloc() Area", KMAP - 4096: "vmalloc() End",
            KMAP: "Persistent kmap() Area", fixed_address("__end_of_fixed_addresses"): "Fixmap area"}


def rights_columns(entry):
    if not entry & PRESENT:
        return " " * 30
    words = ("USR" if entry & USER else "", "RW" if entry & RW else "ro", "PWT" if entry & PWT else "",
             "PCD" if entry & PCD else "", "PSE" if entry & LARGE else "", "", "GLB" if entry & GLOBAL else "",
             "NX" if entry & NX else "x")
    widths = (3, 2, 3, 3, 3, 3, 3, 2)
    return "".join(word.ljust(width) + " " for word, width in zip(words, widths))


def size_column(size):
    kbytes, unit = size >> 10, 0
    while kbytes % 1024 == 0 and unit < 2:
        kbytes, unit = kbytes // 1024, unit + 1
    return f"{kbytes:9d}{SIZE_UNITS[unit]}"


def runs():
    """(start, end, rights, level) of every run of entries that make one line, from 0 to 4 GiB."""
    tables, starts, run, address = Tables(), area_starts(), None, 0
    while address < 1 << 32:
        entries = tables.walk(address)
        rights = entries[-1] & SHOWN if entries[-1] & PRESENT else 0
        level = len(entries) - 1
        if not run or address in starts or run[1:] != (rights, level):
            if run:
                yield run[0], address, *run[1:]
            run = address, rights, level
        address += 1 << LEVELS[level][1]
    yield run[0], address, *run[1:]


def dump():
    starts = area_starts()
    for start, end, rights, level in runs():
        if start in starts:
            say(f"---[ {starts[start]} ]---")
        say(f"0x{start:08x}-0x{end & 0xFFFFFFFF:08x}   {size_column(end - start)} {rights_columns(rights)}"
            f"{LEVEL_NAMES[level]}")


@command("q-pt", gdb.COMPLETE_SYMBOL)
def q_pt(words):
    """Walk the page tables for an address, or list all ranges, with rights.

Examples:  q-pt 0xc0100000
           q-pt start_kernel
           q-pt $sp
           q-pt dump       (or nothing at all)
The tables are those that CR3 of the stopped CPU points to, read as physical memory. The dump is that of the monitor's
`pt dump`: kernel/monitor/pt_dump.c explains its columns."""
    if len(words) > 1:
        raise gdb.GdbError("usage: q-pt ADDR, or q-pt dump")
    if words and words[0] != "dump":
        show_walk(address_of(words[0]))
    else:
        dump()
