#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
The slabs of a stopped kernel: GDB's lists and pictures of caches and objects are what the kernel
itself printed, and damage is named. Prints flat TAP.
"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from both_sides import Tap, answer, check, debugger, expect, gdb, inside	# noqa: E402

FILL = "".join(f"alloc kmalloc {size}\n" for size in [100] * 40 + [8, 3000, 600, 600, 600, 600, 600, 65536, 90])
LOOK = (FILL + "free #3\nfree #40\nfree #43\nalloc cache kmalloc-rcl-64\nslab kmalloc-128\nslab kmalloc-1k\n"
        "slab kmalloc-8\n"
        "slab kmalloc-1k all\nslab kmem_cache\nslab slab\nslab magazine-12\nobj #1\nobj #48\nobj #47\nobj #49\n"
        "cat /proc/slabinfo\npoweroff\n").encode()


def serial():
    with open(os.environ["QUARRY_TEST_SERIAL"], encoding="utf-8", errors="replace") as log:
        return log.read().replace("\r", "")


def answer_on_serial(line):
    """What the monitor printed after a line that was typed."""
    return serial().partition(f"quarry> {line}\n")[2].partition("quarry> ")[0]


def same(ours, theirs, what):
    told, shown = answer_on_serial(theirs), answer(ours)
    check(len(told) > 20 and shown == told, what, shown, "the monitor:", told)
    return told


def held(handle):
    """Where the object behind a handle is."""
    return int(answer_on_serial(f"obj #{handle}")[:8], 16)


def as_the_monitor():
    same("q-caches", "cat /proc/slabinfo", "q-caches lists what /proc/slabinfo listed")
    for cache in ("kmalloc-128", "kmalloc-1k", "kmalloc-8", "kmem_cache", "slab", "magazine-12", "kmalloc-1k all"):
        told = same(f"q-slab {cache}", f"slab {cache}", f"q-slab {cache} draws what `slab` drew")
        check("|" in told and "#" in told, f"and there is something in {cache}", told)
    for handle in (1, 47, 48, 49):
        same(f"q-obj {held(handle):#x}", f"obj #{handle}", f"q-obj tells what `obj #{handle}` told")


def objects():
    page = held(49) & ~0xFFF
    expect(f"q-obj {page:#x}", f"^{page:08x}: the description of the kmalloc-96 slab 0x{page:x}$")
    expect(f"q-obj {page + 4095:#x}", f": the unused end of the kmalloc-96 slab 0x{page:x}$")
    expect(f"q-obj {held(47) + 700:#x}", rf"^{held(47) + 700:08x}: byte 700 of the 1024-byte kmalloc-1k object ")
    expect(f"q-obj '(char*){held(49):#x}+95'", "byte 95 of the 96-byte kmalloc-96 object ")
    expect("q-obj kmalloc", "^q-obj: kmalloc: No symbol|: no object; ")
    expect("q-obj 0", "^00000000: no object; q-page, q-vmalloc and q-pt know more$")
    expect("q-obj start_kernel", ": no object; ")
    expect("q-obj", "^usage: q-obj ADDRESS$")
    expect("q-obj nosuchthing", "^q-obj: nosuchthing: No symbol")
    expect("q-slab", "^usage: q-slab CACHE")
    expect("q-slab kmalloc-9", "^q-slab: kmalloc-9: no such cache; q-caches lists them all$")
    expect("q-slab kmalloc-8 some", "^usage: q-slab CACHE")


def damaged():
    page = f"mem_map[({held(47):#x} - 0xc0000000) / 4096]"
    slab, cache = f"{page}.slab", f"{page}.slab_cache"
    gdb.execute(f"set var {slab}->nr_free += 1")
    expect("q-slab kmalloc-1k", r"^\(damaged: \d are counted as free\)$")
    gdb.execute(f"set var {slab}->nr_free -= 1")
    check("damaged" not in answer("q-slab kmalloc-1k"), "nothing else is damaged")
    gdb.execute(f"set var {slab}->list.next = &{slab}->list")
    expect("q-slab kmalloc-1k", r"^\(damaged: the list at [0-9a-f]{8} leads to [0-9a-f]{8} twice\)$")
    gdb.execute(f"set var {cache}->list.next = 0")
    expect("q-caches", r"^\(damaged: the list at [0-9a-f]{8} leads to 00000000\)$")
    check("Python" not in answer("q-caches"), "a damaged list is no exception")


def look():
    expect("q-caches", "no caches yet")
    expect("q-slab kmalloc-8", "no caches yet")
    expect("q-obj 0xc1000000", "no caches yet")
    gdb.execute("continue")
    check(gdb.newest_frame().name() == "machine_exit", "`poweroff` stops at machine_exit", gdb.newest_frame().name())
    as_the_monitor()
    objects()
    damaged()


def main():
    tap = Tap()
    log = tap.path("serial.log")
    debug = debugger("--log", log, "--batch", __file__)
    tap.session(debug, "look", LOOK, QUARRY_TEST_SERIAL=log, MEM="128M", CPU="max")
    tap.done()


if gdb:
    inside(look)
else:
    main()
