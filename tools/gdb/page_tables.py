# SPDX-License-Identifier: MIT
"""q-pt: the page tables of the stopped CPU, read as the CPU does."""
import struct

import gdb
from target import (PAGE_OFFSET, address_of, command, lowmem_end, name_of, need_kernel, read_physical, register,
                    say, symbol)

CR0_PG = 1 << 31
PRESENT, RW, USER, PCD, LARGE, GLOBAL, NX = 1, 2, 4, 0x10, 0x80, 0x100, 1 << 63
ADDRESS = 0x0000000FFFFFF000
LEVELS = (("pointer table", 30, 4), ("directory", 21, 512), ("table", 12, 512))


def areas():
    """From where on, highest first: <asm/pgtable.h>, <asm/fixmap.h>."""
    window = PAGE_OFFSET + lowmem_end()
    return ((0xFFE00000, "fixmap"), (0xFFC00000, "kmap"), (window + (8 << 20), "vmalloc area"),
            (window, "gap above the direct map"), (PAGE_OFFSET, "direct map"), (0x1000, "below the kernel"),
            (0, "the first page"))


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


def mapped_ranges():
    """(start, end, rights) of every run of pages with the same rights, in ascending order."""
    tables, run, address = Tables(), None, 0
    while address < 1 << 32:
        entries = tables.walk(address)
        size = 1 << LEVELS[len(entries) - 1][1]
        found = decide(address, entries)
        rights = found and ("RW" if found[2] else "ro", "x " if found[3] else "NX",
                            "GLB" if entries[-1] & GLOBAL else "   ", "PCD" if entries[-1] & PCD else "   ",
                            "2M" if found[1] > 4096 else "4K")
        if run and run[2] == rights:
            run[1] = address + size
        else:
            if run and run[2]:
                yield tuple(run)
            run = [address, address + size, rights]
        address += size
    if run[2]:
        yield tuple(run)


@command("q-pt", gdb.COMPLETE_SYMBOL)
def q_pt(words):
    """Walk the page tables for an address, or list all that is mapped, with rights.

Examples:  q-pt 0xc0100000
           q-pt start_kernel
           q-pt $sp
           q-pt dump       (or nothing at all)
The tables are those that CR3 of the stopped CPU points to, read as physical memory."""
    if len(words) > 1:
        raise gdb.GdbError("usage: q-pt ADDR, or q-pt dump")
    if words and words[0] != "dump":
        show_walk(address_of(words[0]))
        return
    both = 0
    for start, end, rights in mapped_ranges():
        say(f"{start:08x}-{end - 1:08x} {(end - start) >> 10:7d}K {' '.join(rights)}  {area(start)}")
        both += (end - start) >> 12 if rights[0] == "RW" and rights[1] == "x " else 0
    say(f"{both} pages are both writable and executable")
