#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Allocate and free pages by hand at Quarry's monitor, and watch blocks split and merge.

usage: pages.py IMAGE

On one machine of 128 MiB and one of 4 MiB, which has no block of the largest order; what concerns
high memory, on one of 1 GiB. Prints flat TAP; the exit status is 0 when all is well.
"""

import os
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from monitor import PROMPT, Failure, ctrl, expect, expect_match, run_on_machines  # noqa: E402

SPLIT = re.compile(r"^split ([ \d]\d) -> (\d+) +\|([ #.]{32})\|  keeps (0x[0-9a-f]+)\+(\d+), frees (0x[0-9a-f]+)\+\5$")
MERGE = re.compile(r"^merge ([ \d]\d) -> (\d+) +\|([ =]{32})\|  (0x[0-9a-f]+)\+(\d+) and (0x[0-9a-f]+)\+\5$")
ESCAPES = re.compile("\x1b\\[\\d*m")


def steps(lines, pattern):
    return [match for match in map(pattern.match, lines) if match]


def free_blocks(m, zone):
    """Free blocks of a zone by order, as `buddy` counts them."""
    lines = m.answer("buddy")
    start = next(i for i, line in enumerate(lines) if line.startswith(f"zone {zone}:"))
    rows = [line.split() for line in lines[start + 2:start + 13]]
    return [int(row[2]) for row in rows]


def largest_order(m, zone):
    return max(order for order, blocks in enumerate(free_blocks(m, zone)) if blocks)


def in_order(lines):
    """A clean run of splits from the largest block down to one page: (frame, top order)."""
    found = steps(lines, SPLIT)
    top = int(found[0][1])
    expect([(int(s[1]), int(s[2])) for s in found], [(k, k - 1) for k in range(top, 0, -1)], "the splits")
    for s in found:
        half, keeps, frees = int(s[5]), int(s[4], 16), int(s[6], 16)
        expect((half, frees), (1 << int(s[2]), keeps + half), f"the halves of {s[0]!r}")
        expect(keeps, int(found[0][4], 16), "what is kept")
        expect((s[3].count("#"), s[3].count(".")), (max(half >> 5, 1) if int(s[1]) > 5 else half,) * 2,
               f"the bar of {s[0]!r}")
    return int(found[0][4], 16), top


# ---- the same on every machine ----

def ten_splits_and_ten_merges(m):
    m.answer("free all")
    m.answer("buddy watch handles")     # watching empties the CPUs' lists: what they kept is free now
    zone = "Normal" if "zone Normal" in "\n".join(m.answer("buddy")) else "DMA"
    top = largest_order(m, zone)
    before = m.answer("buddy")
    lines = m.answer("buddy watch alloc pages 0")
    frame, split_from = in_order(lines)
    expect(split_from, top, "the order that was split")
    expect_match(lines, rf"^#1: 1 page, order 0, pfn {frame:#x}, ")
    expect_match(lines, rf"^{top} splits, 0 merges")
    expect_match(lines, rf"^free blocks of zone {zone} by order")
    expect_match(m.answer(f"page {frame:#x}"), rf"^  allocated; block \[{frame:#x},\+1\) of order 0$")

    lines = m.answer("buddy watch free #1")
    found = steps(lines, MERGE)
    expect([(int(s[1]), int(s[2])) for s in found], [(k, k + 1) for k in range(top)], "the merges")
    expect_match(lines, rf"^0 splits, {top} merges")
    expect(sum(1 for line in lines if line.startswith("split")), 0, "splits when freeing")
    after = m.answer("buddy")
    expect([line.split()[:4] for line in after if re.match(r" *\d", line)],
           [line.split()[:4] for line in before if re.match(r" *\d", line)], "the free blocks afterwards")
    expect_match(m.answer("check pages"), "as it should be")


def watching_the_next_command(m):
    expect_match(m.answer("buddy watch"), "next alloc or free")
    expect(m.answer("alloc pages x"), ["alloc: x: not an order (0 to 10)"])
    in_order(m.answer("alloc pages 0"))
    expect([line for line in m.answer("free #1") if line.startswith("merge")], [], "what an unwatched free draws")


def watching_as_it_is(m):
    m.answer("alloc pages 0")
    m.answer("alloc pages 0")
    m.answer("free #1")
    lines = m.answer("buddy watch asis alloc pages 0")
    if any(int(step[1]) > 8 for step in steps(lines, SPLIT)):
        raise Failure(f"small blocks are free, and yet a large one was split: {lines!r}")
    if any("held away" in line for line in lines):
        raise Failure(f"asis holds blocks away: {lines!r}")
    m.answer("free all")


def allocating_and_freeing(m):
    lines = m.answer("alloc pages 3 GFP_KERNEL|__GFP_ZERO")
    expect_match(lines, r"^#1: 8 pages, order 3, pfn 0x[0-9a-f]*[08], physical 0x[0-9a-f]{9}, at c[0-9a-f]{7}$")
    expect_match(lines, r"^    zone (Normal|DMA), pageblock \w+, GFP_KERNEL\|__GFP_ZERO$")
    address = re.search(r"at (c[0-9a-f]{7})$", "\n".join(lines), re.MULTILINE)[1]
    expect_match(m.answer(f"mem {address} 16"), r"^[0-9a-f]{8}:( 00){16} ")
    expect_match(m.answer("alloc pages 0 atomic,zero"), r"^#2: .*\n.*GFP_ATOMIC\|__GFP_ZERO$")
    expect(m.answer("handles")[0], lines[0], "what is held")
    expect_match(m.answer("page #1"), r"^  allocated; block \[0x[0-9a-f]+,\+8\) of order 3$")
    expect(m.answer("page 0x" + address), m.answer("page #1"))
    expect(m.answer("free #1"), [])
    expect_match(m.answer("alloc pages 1"), "^#1: 2 pages")
    expect(m.answer("free 1"), [])
    expect(m.answer("free all"), ["1 freed"])
    expect_match(m.answer("handles"), "^nothing is held")


def freeing_twice(m):
    m.answer("alloc pages 0")
    expect(m.answer("free #1"), [])
    expect(m.answer("free #1"), ["free: #1: nothing is held by this handle"])
    expect_match(m.answer("free #65"), "not a handle")
    expect_match(m.answer("free x"), "not a handle")
    expect_match(m.answer("check pages"), "as it should be")


def order_eleven(m):
    lines = m.answer("alloc pages 11")
    expect_match(lines, r"WARNING: ")
    expect_match(lines, r"^alloc: no block of order 11 is to be had with GFP_KERNEL; the largest order is 10$")
    expect(len([line for line in m.answer("alloc pages 11") if "WARNING" in line]), 0, "a second warning")
    expect_match(m.answer("handles"), "^nothing is held")


def wrong_arguments(m):
    usage = ["alloc pages ORDER [FLAGS]", "usage: alloc KIND WORDS..."]
    for line in ("alloc pages", "alloc pages 1 GFP_KERNEL more"):
        expect(m.answer(line), usage, f"`{line}`")
    expect_match(m.answer("alloc bread 1"), "^alloc: bread: no such kind; there is: .*pages")
    for order in ("x", "-1"):
        expect(m.answer(f"alloc pages {order}"), [f"alloc: {order}: not an order (0 to 10)"])
    expect_match(m.answer("alloc pages 0 GFP_KERNAL"), "^alloc: GFP_KERNAL: neither a GFP flag nor a number$")
    expect_match(m.answer("page"), r"^usage: page PFN\|pfn:N\|ADDR\|")
    expect_match(m.answer("page x"), "^usage: page ")
    expect_match(m.answer("page 0xffffffff"), "not in the direct map")
    expect_match(m.answer("page pfn:0xfffffff"), "not in the memory map")
    expect_match(m.answer("page #7"), "nothing is held")
    expect_match(m.answer("buddy look"), "^usage: buddy ")
    expect_match(m.answer("buddy watch buddy"), "^usage: buddy ")
    expect_match(m.answer("buddy watch xyzzy"), "no such command")
    expect(m.answer("buddy watch alloc"), m.answer("alloc"))
    expect_match(m.answer("help buddy"), "asis")
    expect_match(m.answer("free"), "^usage: free ")
    expect_match(m.answer("handles all"), "^usage: handles")
    expect_match(m.answer("map fine"), "^usage: map ")
    expect_match(m.answer("gfp"), "^usage: gfp ")


def all_handles(m):
    for number in range(1, 65):
        expect_match(m.answer("alloc pages 0"), rf"^#{number}: ")
    expect_match(m.answer("alloc pages 0"), "all 64 handles are taken")
    expect(m.answer("free all"), ["64 freed"])
    expect(m.answer("free all"), ["0 freed"])


def decoding_flags(m):
    expect(m.answer("gfp 0xcc0")[0], "0xcc0 = GFP_KERNEL")
    expect(m.answer("gfp GFP_KERNEL")[0], "0xcc0 = GFP_KERNEL")
    expect(m.answer("gfp kernel zero")[0], "0xdc0 = GFP_KERNEL|__GFP_ZERO")
    expect(m.answer("gfp __GFP_ATOMIC")[0], "0x200 = __GFP_ATOMIC")
    expect(m.answer("gfp kernel,~fs")[0], "0xc40 = GFP_NOFS")
    expect_match(m.answer("gfp 0xcc0"), r"^  waiting +may sleep")
    expect_match(m.answer("gfp 0xcc0"), r"^  refused at  min, plus .* free pages:\n +(Normal|DMA) \d+(,|$)")
    lines = m.answer("gfp GFP_ATOMIC")
    expect(lines[0], "0xa20 = GFP_ATOMIC")
    expect_match(lines, r"^  waiting +never sleeps; wakes kswapd$")
    expect_match(lines, r"^  refused at  3/8 of min, plus ")
    expect_match(m.answer("gfp __GFP_HIGH"), r"^  refused at  1/2 of min")
    expect_match(m.answer("gfp __GFP_MEMALLOC"), r"^  refused at .* the last page$")
    expect_match(m.answer("gfp GFP_DMA"), r"^  zones +DMA$")
    expect_match(m.answer("gfp kernel reclaimable"), r"^  type +Reclaimable")


def forbidden_flags(m):
    expect_match(m.answer("gfp dma highmem"), r"^  WRONG: +zones that exclude each other")
    expect_match(m.answer("gfp dma highmem"), r"^  zones +DMA \(as if __GFP_HIGHMEM were not there\)$")
    expect_match(m.answer("gfp kernel movable reclaimable"), r"^  WRONG: +movable and reclaimable")
    expect_match(m.answer("gfp nofail"), r"^  WRONG: +__GFP_NOFAIL")
    expect_match(m.answer("gfp 0x80000cc0"), r"^  WRONG: +bits that mean nothing: 0x80000000$")
    expect([line for line in m.answer("gfp GFP_HIGHUSER_MOVABLE") if "WRONG" in line], [])


def picture(m):
    lines = m.answer("buddy")
    for line in lines:
        if len(line) > 80:
            raise Failure(f"{len(line)} columns: {line!r}")
    heading = re.match(r"zone (\w+): (\d+) of (\d+) KB are free", lines[0])
    rows = [line.split() for line in lines[2:13]]
    expect([int(row[0]) for row in rows], list(range(11)), "the orders")
    expect(sum(int(row[3]) for row in rows), int(heading[2]), "the sum of the rows")
    for row in rows:
        expect(int(row[1]) * int(row[2]), int(row[3]), f"size * blocks of {row!r}")
        expect(len(row) > 4, int(row[2]) > 0, f"a bar in {row!r}")
    info = m.answer("cat /proc/buddyinfo")
    fields = next(line.split() for line in info if heading[1] in line)
    expect([int(row[2]) for row in rows], [int(n) for n in fields[-11:]], "blocks, and /proc/buddyinfo's")


def picture_of_memory(m):
    lines = m.answer("map plain")
    expect([line for line in lines if "\x1b" in line], [], "colours in `map plain`")
    expect([ESCAPES.sub("", line) for line in m.answer("map")], lines, "`map` without its colours")
    cells = re.match(r"000000000 \|([^|]+)\|$", lines[0])[1]
    expect_match(lines, "the pageblock's type, not its owners'")
    if cells[0] not in "umr":
        raise Failure(f"the first 2 MiB, where the kernel is, are shown as {cells[0]!r}")


def completion(m):
    m.child.send("alloc pa\t0 GFP_KERNEL_AC\t")
    m.wait("GFP_KERNEL_ACCOUNT ")
    m.child.send(ctrl("U"))
    expect_match(m.answer("gfp GFP_HIGHUSER_MOV\t"), "= GFP_HIGHUSER_MOVABLE$")


COMMON = [
    allocating_and_freeing, ten_splits_and_ten_merges, watching_the_next_command, watching_as_it_is, freeing_twice,
    order_eleven, wrong_arguments, all_handles, decoding_flags, forbidden_flags, picture, picture_of_memory,
    completion, ten_splits_and_ten_merges,
]


# ---- machines that have what others have not ----

def really_ten(m):
    expect(largest_order(m, "Normal"), 10, "the largest free block's order")
    expect(m.answer("buddy watch alloc pages 0")[-1][:5], "     ", "the table's last line")
    expect(len(steps(m.answer("buddy watch free all"), MERGE)), 10, "the merges")


def free_memory_in_the_map(m):
    cells = re.match(r"000000000 \|([^|]+)\|$", m.answer("map plain")[0])[1]
    expect(len(cells), 64, "cells for 128 MiB")
    if cells.count(".") < 48:
        raise Failure(f"little is free: {cells!r}")
    frame = int(re.search(r"pfn (0x[0-9a-f]+)", m.answer("alloc pages 9")[0])[1], 16)
    cells = re.match(r"000000000 \|([^|]+)\|$", m.answer("map plain")[0])[1]
    expect(cells[frame >> 9], "U", "the cell of 512 allocated pages")
    m.answer("free all")


def high_memory(m):
    lines = m.answer("alloc pages 0 highuser")
    expect_match(lines, r"^#1: .*, no address: high memory\n    zone HighMem, ")
    frame = re.search(r"pfn (0x[0-9a-f]+)", lines[0])[1]
    expect_match(m.answer(f"page {frame}"), r"zone HighMem, no address: high memory$")
    mapped = re.match(r"#2: pfn (0x[0-9a-f]+) at (ff[0-9a-f]{6}), kmap", m.answer("alloc kmap highuser")[0])
    expect_match(m.answer(f"page {mapped[1]}"), rf"zone HighMem, at {mapped[2]}, by kmap\(\)$")
    expect_match(m.answer("kmaps"), rf"^ +\d+ +{mapped[2]}: pfn {mapped[1]}, 1 user, kmap\(\) by ")
    expect_match(m.answer(f"page phys:{int(frame, 16) << 12:#x}"), rf"^pfn {frame}: ")
    expect_match(m.answer("gfp highuser"), r"^  zones +HighMem, then Normal, then DMA$")
    m.answer("free all")
    in_order(m.answer("buddy watch alloc pages 0 highuser"))
    expect(len(steps(m.answer("buddy watch free #1"), MERGE)), 10, "the merges")


def rows_alike(m):
    """1 GiB are 8 rows, most of them all free."""
    lines = m.answer("map plain")
    rows = [line for line in lines if re.match(r"[0-9a-f]{9} \|", line)]
    more = [int(match[1]) for match in (re.match(r" +\.\.\. \|(\d+) rows? more", line) for line in lines) if match]
    expect(len(rows) + sum(more), 8, "the rows, and those that are alike")
    if not more:
        raise Failure(f"no rows are alike: {rows!r}")


MACHINES = [
    ("128M", COMMON + [really_ten, free_memory_in_the_map]),
    ("4M", COMMON),
    ("1G", [high_memory, rows_alike, picture]),
]


if __name__ == "__main__":
    run_on_machines(__doc__, MACHINES)
