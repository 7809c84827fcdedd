#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Take objects by hand at Quarry's monitor, and look at them from all sides.

usage: slab.py IMAGE

On one machine of 128 MiB, one of 4 MiB, and one of 1 GiB with high memory. Prints flat TAP; the
exit status is 0 when all is well.
"""

import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from monitor import Failure, ctrl, expect, expect_match, run_on_machines  # noqa: E402

ROW = re.compile(r"^(?:  ([0-9a-f]{8})| {10}) \|([#m.]+)\|$")
LISTS = re.compile(r"^(full|partial|free): (\d+) slabs?$")


def alloc(m, words):
    """Returns the handle and the address."""
    lines = m.answer("alloc " + words)
    found = re.match(r"#(\d+): \d+ bytes at ([0-9a-f]{8}), ", lines[0])
    if not found:
        raise Failure(f"`alloc {words}` answers {lines!r}")
    return int(found[1]), int(found[2], 16)


def picture(m, cache):
    """What is drawn: {list: [(address, cells)]}. Its counts must be those of the cells."""
    lists, name = {}, None
    lines = m.answer(f"slab {cache} all")
    for line in lines:
        heading, row = LISTS.match(line), ROW.match(line)
        if heading:
            name, wanted = heading[1], int(heading[2])
            lists[name] = []
        elif row and row[1]:
            lists[name].append([int(row[1], 16), row[2]])
        elif row:
            lists[name][-1][1] += row[2]
        if heading or row:
            expect(len(lists[name]) <= wanted, True, "no more slabs than were counted")
    cells = "".join(slab[1] for slabs in lists.values() for slab in slabs)
    expect_match(lines, rf"^  {len(cells)} objects?: {cells.count('#')} with owners, {cells.count('m')} in magazines, "
                        rf"{cells.count('.')} free; ")
    return lists


def slabinfo(m, cache):
    """The numbers of its line."""
    line = next(line for line in m.answer("cat /proc/slabinfo") if line.startswith(cache + " "))
    return [int(word) for word in re.findall(r" (\d+)\b", line)]


# ---- what is tried, on each machine ----

def one_kmalloc(m):
    lines = m.answer("alloc kmalloc 100")
    expect_match(lines, r"^#1: 100 bytes at [0-9a-f]{8}, kmalloc-128, GFP_KERNEL$")
    expect_match(lines, r"^    object \d+ of \d+ in the slab at [0-9a-f]{8}$")
    expect(m.answer("handles"), lines, "what is held")
    address = int(re.search(r" at ([0-9a-f]{8}),", lines[0])[1], 16)
    for line in (f"obj {address + 7:x}", f"pt {address + 7:x}", f"lookup {address + 7:x}"):
        expect_match(m.answer(line), rf"byte 7 of the 128-byte kmalloc-128 object {address:#x}")
    expect_match(m.answer("obj #1"), "^  somebody has it$")
    m.answer("free #1")
    expect_match(m.answer(f"obj {address:x}"), r"which is free \(in a magazine\)$")
    expect_match(m.answer(f"obj {address:x}"), r"^  it is free, in a magazine of CPU 0$")


def the_last_freed_comes_first(m):
    first, second = alloc(m, "kmalloc 100"), alloc(m, "kmalloc 100")
    m.answer(f"free #{first[0]}")
    expect(alloc(m, "kmalloc 120"), first, "what was freed last")
    expect(second[0], 2, "the handle")
    expect(m.answer("free all"), ["2 freed"])


def pictures(m):
    before = picture(m, "kmalloc-512")
    for number in range(1, 21):
        expect(alloc(m, "kmalloc 500")[0], number, "the handle")
    now = picture(m, "kmalloc-512")
    used = sum(slab[1].count("#") for slabs in now.values() for slab in slabs)
    was = sum(slab[1].count("#") for slabs in before.values() for slab in slabs)
    expect(used - was, 20, "the cells of objects in use")
    numbers = slabinfo(m, "kmalloc-512")
    expect(numbers[0], used, "slabinfo's active_objs")
    expect(numbers[9], sum(len(slabs) for slabs in now.values()), "slabinfo's num_slabs")
    for name, good in (("full", lambda c: "." not in c), ("free", lambda c: set(c) == {"."}),
                       ("partial", lambda c: "." in c and set(c) != {"."})):
        expect([slab for slab in now[name] if not good(slab[1])], [], f"slabs that are not {name}")
    m.answer("free all")
    after = picture(m, "kmalloc-512")
    expect(sum(slab[1].count("#") for slabs in after.values() for slab in slabs), was, "objects in use at the end")


def caches_by_name(m):
    address = alloc(m, "cache kmalloc-rcl-64 kernel|reclaimable")[1]
    expect_match(m.answer("obj #1"), rf"^{address:08x}: byte 0 of the 64-byte kmalloc-rcl-64 object")
    lines = m.answer("cat /proc/meminfo")
    kbytes = {line.split()[0]: int(line.split()[1]) for line in lines}
    expect(kbytes["SReclaimable:"] >= 4, True, "something can be reclaimed")
    expect(kbytes["Slab:"], kbytes["SReclaimable:"] + kbytes["SUnreclaim:"], "Slab")
    address = alloc(m, "kmalloc 40 dma")[1]
    expect_match(m.answer("obj #2"), "dma-kmalloc-64 object")
    expect(address < 0xC1000000, True, "below 16 MiB")
    m.answer("free all")


def large_blocks(m):
    lines = m.answer("alloc kmalloc 64K")
    expect_match(lines, r"^#1: 65536 bytes at [0-9a-f]{8}, kmalloc, GFP_KERNEL\n    a block of order 4, not of a slab$")
    expect_match(m.answer("obj #1"), "byte 0 of the 65536-byte kmalloc block 0x")
    expect_match(m.answer("page #1"), "page: #1: is not pages but kmalloc; ")
    expect_match(m.answer("alloc kmalloc 0"), r"^#2: 0 bytes at 00000010, kmalloc, GFP_KERNEL\n    no memory at all$")
    expect_match(m.answer("obj #2"), "^00000010: the first page, never mapped")
    expect_match(m.answer("alloc kmalloc 5M nowarn"), r"not to be had with __GFP_NOWARN; the most is 4194304$")
    expect(m.answer("free all"), ["2 freed"])


def slabtop(m):
    lines = m.answer("slabtop")
    expect_match(lines, r"^ Active / Total Objects \(% used\)    : \d+ / \d+ \(\d+\.\d%\)$")
    objects = [int(line.split()[0]) for line in lines if re.match(r" *\d+ +\d+ +\d+% ", line)]
    expect(len(objects), 20, "rows")
    expect(objects, sorted(objects, reverse=True), "the order of the rows")
    names = [line.split()[-1] for line in m.answer("slabtop n") if re.match(r" *\d+ +\d+ +\d+% ", line)]
    expect(names, sorted(names), "the order by name")
    expect_match(lines, r'^and \d+ more: "cat /proc/slabinfo" has them all$')


def wrong_arguments(m):
    expect_match(m.answer("slab"), r"^usage: slab CACHE \[all\]$")
    expect_match(m.answer("slab kmalloc-8 none"), r"^usage: slab CACHE \[all\]$")
    expect_match(m.answer("slab kmalloc-9"), r'^slab: kmalloc-9: no such cache; "cat /proc/slabinfo" has them all$')
    expect_match(m.answer("obj"), r"^usage: obj ADDR\|#HANDLE$")
    expect_match(m.answer("obj #3"), "nothing is held by this handle")
    expect_match(m.answer("obj here"), "^obj: here: not a hexadecimal address$")
    expect_match(m.answer("slabtop z"), r"^usage: slabtop \[a\|b\|")
    expect_match(m.answer("alloc cache"), r"^alloc cache NAME \[FLAGS\]$")
    expect_match(m.answer("alloc kmalloc"), r"^alloc kmalloc SIZE \[FLAGS\]$")
    expect_match(m.answer("echo 1 > /proc/slabinfo"), "slabinfo")
    expect_match(m.answer("handles"), "^nothing is held")


def completion(m):
    m.child.send("alloc cache kmalloc-rcl-9\tGFP_KERNEL_AC\t")
    m.wait("kmalloc-rcl-96 GFP_KERNEL_ACCOUNT ")
    m.child.send(ctrl("U"))
    m.child.send("alloc kmal\t6\tGFP_KERNEL_AC\t")
    m.wait("kmalloc 64K GFP_KERNEL_ACCOUNT ")
    m.child.send(ctrl("U"))
    m.child.send("slab dma-kmalloc-9\ta\t")
    m.wait("dma-kmalloc-96 all ")
    m.child.send(ctrl("U"))


def sound(m):
    expect_match(m.answer("check pages"), "^pages: everything is as it should be$")


COMMON = [
    one_kmalloc, the_last_freed_comes_first, pictures, caches_by_name, large_blocks, slabtop, wrong_arguments,
    completion, sound,
]

MACHINES = [
    ("128M", COMMON),
    ("4M", COMMON),
    ("1G", [one_kmalloc, pictures, caches_by_name, large_blocks, sound]),
]


if __name__ == "__main__":
    run_on_machines(__doc__, MACHINES)
