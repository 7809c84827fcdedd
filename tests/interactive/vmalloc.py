#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Map memory by hand at Quarry's monitor, and look at it from all sides.

usage: vmalloc.py IMAGE

On one machine of 128 MiB, one of 4 MiB, and one of 1 GiB with high memory. Prints flat TAP; the
exit status is 0 when all is well.
"""

import os
import re
import sys
from dataclasses import dataclass

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from monitor import Failure, ctrl, expect, expect_match, run_on_machines  # noqa: E402

PAGE = 4096
SUMS = re.compile(r"^(\d+) KB from (0x[0-9a-f]+) to (0x[0-9a-f]+): (\d+) areas? in (\d+) KB; "
                  r"the largest hole has (\d+) KB$")
ROW = re.compile(r"^([0-9a-f]{8}) \|([^|]+)\|$")
MORE = re.compile(r"^ +\.\.\. \|(\d+) rows? more like this\|$")


def alloc(m, words):
    """Returns the handle and the address."""
    lines = m.answer("alloc " + words)
    found = re.match(r"#(\d+): \d+ bytes at ([0-9a-f]{8}), ", lines[0])
    if not found:
        raise Failure(f"`alloc {words}` answers {lines!r}")
    return int(found[1]), int(found[2], 16)


def first_room(m):
    """Where boot's areas end, which lie side by side: the address of what is allocated next."""
    return int(SUMS.match(m.answer("vmalloc")[0])[2], 16) + len(m.boot.cells) * PAGE


def letters(m, count, first=0):
    """Those of our areas, from the @first on: the picture goes round the alphabet, and boot's come before."""
    return "".join(chr(ord("A") + (len(m.boot.areas) + n) % 26) for n in range(first, first + count))


def in_use(m):
    """The kilobytes of VmallocUsed, and those that `addresses` says are mapped."""
    used = re.search(r"^VmallocUsed: +(\d+) kB$", "\n".join(m.answer("cat /proc/meminfo")), re.MULTILINE)
    mapped = re.search(r"\| vmalloc +\| +\d+\w?, (\d+)K mapped$", "\n".join(m.answer("addresses")), re.MULTILINE)
    return int(used[1]), int(mapped[1])


def cells(m):
    """The whole picture, a string with a character for each page of the range."""
    lines, text, row = m.answer("vmalloc"), "", ""
    for line in lines:
        found = ROW.match(line)
        if found:
            row = found[2]
            text += row
        more = MORE.match(line)
        if more:
            text += row * int(more[1])
    sums = SUMS.match(lines[0])
    expect(len(text) * 4, int(sums[1]), "the size of the picture, in KB")
    return text


def our_cells(m):
    """What comes behind boot's areas."""
    text = cells(m)
    expect(text[:len(m.boot.cells)], m.boot.cells, "the cells of boot's areas")
    return text[len(m.boot.cells):]


@dataclass
class Boot:
    """What is there before we allocate: stacks of threads and interrupts, devices."""
    cells: str
    areas: list     # lines of /proc/vmallocinfo
    in_use: tuple


# ---- what is tried, on each machine ----

def nothing_yet(m):
    m.answer("vmalloc flush")       # spares of earlier tests become holes
    found = Boot(cells(m).rstrip("."), m.answer("cat /proc/vmallocinfo"), in_use(m))
    if not hasattr(m, "boot"):
        m.boot = found
    expect(found, m.boot, "what is there when nothing is held")
    areas = r" (alloc_task|alloc_stack|irq_init)\+\S+ (pages=\d+ vmalloc|phys=0x\w+ ioremap)$"
    expect([line for line in found.areas if not re.search(areas, line)], [], "areas that are neither stacks nor devices")
    expect(re.sub(r"([A-Z])\1*-", "", found.cells), "", "the cells that are not of an area with its guard")
    expect(len(re.findall("-", found.cells)), len(found.areas), "the areas in the picture")
    expect_match(m.answer("vmalloc"), rf"^\d+ KB from .*: {len(found.areas)} areas in {len(found.cells) * 4} KB; ")
    expect_match(m.answer("check vmalloc"), "^vmalloc: everything is as it should be$")


def allocating(m):
    start = first_room(m)
    lines = m.answer("alloc vmalloc 100K")
    expect_match(lines, rf"^#1: 102400 bytes at {start:08x}, vmalloc, GFP_KERNEL$")
    expect_match(lines, r"^    25 pages in \d+ runs? of frames, \d+ in high memory; first pfn 0x[0-9a-f]+$")
    expect(m.answer("handles"), lines, "what is held")
    end = start + 26 * PAGE
    expect_match(m.answer("cat /proc/vmallocinfo"),
                 rf"^{start:#010x}-{end:#010x}  106496 vmalloc_by_hand\+0x[0-9a-f]+/0x[0-9a-f]+ pages=25 vmalloc$")
    expect(in_use(m), tuple(kilobytes + 100 for kilobytes in m.boot.in_use), "what is used, and mapped")
    ours = letters(m, 1)
    expect(our_cells(m)[:30], ours * 25 + "-....", "the first cells")
    expect_match(m.answer("vmalloc"), rf"^{ours} {start:08x}   102400 bytes, vmalloc, 25 pages, by vmalloc_by_hand\+")
    expect_match(m.answer(f"mem {start:08x} 16"), r"^[0-9a-f]{8}:( [0-9a-f]{2}){16} ")
    expect_match(m.answer(f"pt {start:x}"), r"byte 0 of the 102400-byte vmalloc area 0x")
    expect_match(m.answer(f"pt {start + 100:x}"), r"^  physical 0x[0-9a-f]+064, a page of 4 KiB, writable")


def page_tables_and_map(m):
    start = first_room(m)
    expect_match(m.answer("pt dump"), rf"^{start:#010x}-{start + 25 * PAGE:#010x} +100K .*RW")
    expect_match(m.answer("kmaps"), r"^kmap: 0 of 512 slots in use")


def guards_and_neighbours(m):
    start = first_room(m)
    alloc(m, "vmap 3")
    above = start + 26 * PAGE
    first, second = letters(m, 2)
    expect(our_cells(m)[24:31], f"{first}-{second * 3}-.", "both areas' ends")
    expect_match(m.answer(f"pt {above - 8:x}"),
                 rf"the guard page of the 102400-byte vmalloc area {start:#x}, 4088 bytes behind its end")
    expect_match(m.answer(f"pt {above + 5:x}"), rf"byte 5 of the 12288-byte vmap area {above:#x}, allocated by map_new_pages")
    expect_match(m.answer("cat /proc/vmallocinfo"), rf"^{above:#010x}-{above + 4 * PAGE:#010x}   16384 map_new_pages\S+ vmap$")
    expect_match(m.answer("page #2"), "^page: #2: is not pages but vmap; ")


def freeing(m):
    start = first_room(m)
    expect(m.answer("free #1"), [])
    lines = m.answer("vmalloc")
    lazy = re.search(r"lazily freed: 1 of them, with 25 pages; at (\d+) pages all are flushed", "\n".join(lines))
    if lazy:    # the smallest machines' limit is less than that
        expect(our_cells(m)[:27], "~" * 26 + letters(m, 1), "the cells of a freed area")
        expect_match(m.answer("cat /proc/vmallocinfo"),
                     rf"^{start:#010x}-{start + 26 * PAGE:#010x}  106496 unpurged vm_area$")
        expect(m.answer("vmalloc flush"), ["flushed: 25 of 25 lazily freed pages are back"])
    else:
        expect(m.answer("vmalloc flush"), ["flushed: 0 of 0 lazily freed pages are back"])
    expect(our_cells(m)[:27], "." * 26 + letters(m, 1), "the cells of what was flushed")
    expect(m.answer("vmalloc flush"), ["flushed: 0 of 0 lazily freed pages are back"])
    expect_match(m.answer(f"pt {start + 12:x}"),
                 r"freed memory: byte 12 of the 102400-byte area 0x\w+, allocated by vmalloc_by_hand\+")
    expect_match(m.answer("check vmalloc"), "as it should be")
    expect(m.answer("free all"), ["1 freed"])
    nothing_yet(m)


def wrong_arguments(m):
    for line, usage in (("vmalloc", "SIZE"), ("vmalloc 1 kernel 3", "SIZE"), ("vmap", "PAGES")):
        expect(m.answer("alloc " + line), [f"alloc {line.split()[0]} {usage} [FLAGS]", "usage: alloc KIND WORDS..."])
    for size in ("x", "-4K", "10KB", "4G", "1.5M", "99999999999999999999"):
        expect_match(m.answer("alloc vmalloc " + size), "^alloc: .*: not a size")
    for count in ("x", "0", "-1", "65", "4K"):
        expect_match(m.answer("alloc vmap " + count), "not a number of pages from 1 to 64$")
    expect_match(m.answer("alloc vmalloc 1K GFP_KERNAL"), "^alloc: GFP_KERNAL: neither a GFP flag nor a number$")
    expect_match(m.answer("alloc vmalloc 0"), "^alloc: 0 bytes are not to be had with GFP_KERNEL$")
    expect_match(m.answer("alloc vmalloc 3G nowarn"), "^alloc: 3221225472 bytes are not to be had with __GFP_NOWARN$")
    expect_match(m.answer("vmalloc flash"), r"^usage: vmalloc \[flush\]$")
    expect_match(m.answer("vmalloc flush now"), r"^usage: vmalloc \[flush\]$")
    expect_match(m.answer("check vmaloc"), r"^usage: check \[memblock\|pages\|vmalloc\|kmap\|.*\]$")
    expect_match(m.answer("handles"), "^nothing is held")
    nothing_yet(m)


def many_areas(m):
    for number in range(1, 31):
        expect(alloc(m, "vmalloc 1")[0], number, "the handle")
    expect(our_cells(m)[:60:2], letters(m, 30), "the letters")
    expect_match(m.answer("vmalloc"), rf'^and {len(m.boot.areas) + 4} more: "cat /proc/vmallocinfo" has them all$')
    expect(len(m.answer("cat /proc/vmallocinfo")), len(m.boot.areas) + 30, "the lines of /proc/vmallocinfo")
    for number in range(2, 31, 2):
        m.answer(f"free #{number}")
    m.answer("vmalloc flush")
    expect(our_cells(m)[:8], "{}-..{}-..".format(*letters(m, 2)), "every second freed")
    expect(alloc(m, "vmalloc 1"), (2, first_room(m) + 2 * PAGE), "the lowest room")
    m.answer("free all")
    m.answer("vmalloc flush")
    nothing_yet(m)


def completion(m):
    m.child.send("alloc vmall\t100\tGFP_KERNEL_AC\t")
    m.wait("100K GFP_KERNEL_ACCOUNT ")
    m.child.send(ctrl("U"))
    m.child.send("alloc vmap 6\tGFP_KERNEL_AC\t")
    m.wait("64 GFP_KERNEL_ACCOUNT ")
    m.child.send(ctrl("U"))
    expect(m.answer("vmalloc fl\t"), ["flushed: 0 of 0 lazily freed pages are back"])


COMMON = [
    nothing_yet, allocating, page_tables_and_map, guards_and_neighbours, freeing, wrong_arguments, many_areas,
    completion, nothing_yet,
]


def high_memory_first(m):
    lines = m.answer("alloc vmalloc 1M")
    expect_match(lines, r"^    256 pages in \d+ runs? of frames, 256 in high memory; ")
    lines = m.answer("alloc vmalloc 1M dma,kernel")
    expect_match(lines, r"^    256 pages in \d+ runs? of frames, 0 in high memory; ")
    m.answer("free all")
    m.answer("vmalloc flush")


MACHINES = [
    ("128M", COMMON),
    ("4M", COMMON),
    ("1G", [nothing_yet, allocating, page_tables_and_map, guards_and_neighbours, freeing, high_memory_first, nothing_yet]),
]


if __name__ == "__main__":
    run_on_machines(__doc__, MACHINES)
