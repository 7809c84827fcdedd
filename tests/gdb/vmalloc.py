#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
The window of a stopped kernel: GDB's lists of the vmalloc range, of kmap's slots and of the page
tables are what the kernel itself printed, and damage is named. Prints flat TAP.
"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from both_sides import MARK, Tap, answer, check, debugger, expect, gdb, inside	# noqa: E402

LOOK = (b"alloc pages 0 highuser|zero\nalloc vmalloc 100K\nalloc vmalloc 4K\nalloc vmalloc 1M\nalloc vmap 3\n"
        b"free #3\nkmaps\ncat /proc/vmallocinfo\npt dump\npoweroff\n")
FULL = b"crash kmap-slots\n"
PT_LINE = re.compile(r"^(?:---\[ .* \]---|0x[0-9a-f]{8}-0x[0-9a-f]{8} .*p(?:gd|md|te))$", re.MULTILINE)
SLOT_LINE = re.compile(r"[ 0-9]{3}(?:…[0-9]+)? +[0-9a-f]{8}: pfn .*$", re.MULTILINE)


def serial():
    with open(os.environ["QUARRY_TEST_SERIAL"], encoding="utf-8", errors="replace") as log:
        return log.read().replace("\r", "")


def answer_on_serial(line):
    """What the monitor printed after a line that was typed."""
    return serial().partition(f"quarry> {line}\n")[2].partition("quarry> ")[0]


def number(expression):
    return int(gdb.parse_and_eval(expression)) & 0xFFFFFFFF


def kmap_local_open():
    """Inside kunmap_local(): the page that is zeroed has a slot."""
    expect("q-vmalloc", "no vmalloc yet")
    expect("q-kmaps", "no memory map yet")
    gdb.execute("thbreak kunmap_local_high")
    gdb.execute("continue")
    address = number("vaddr") & ~0xFFF
    shown = answer("q-kmaps")
    slot = re.search(rf"^kmap_local: 1 of 16 slots in use on CPU 0\n    0     {address:08x}: pfn (0x[0-9a-f]+)$", shown,
                     re.MULTILINE)
    check(slot, "q-kmaps shows the open kmap_local", hex(address), shown)
    return slot and slot[1]


def vmalloc_as_in_proc():
    told = answer_on_serial("cat /proc/vmallocinfo").splitlines()
    shown = answer("q-vmalloc").splitlines()
    before_bar = [line.partition("  | ")[0] for line in shown[1:] if " hole" not in line]
    check(len(told) > 4 and sorted(before_bar) == sorted(told), "q-vmalloc lists the areas of /proc/vmallocinfo", *shown,
          "the kernel says:", *told)
    # The last four are ours; below them are those of boot, which are stacks and devices.
    states = [line.partition("  | ")[2] for line in shown[1:]][-5:]
    check(states == ["25 mapped, guard", "1 stale, guard", "256 mapped, guard", "3 mapped, guard", ""],
          "and the states of their pages", *shown)
    check(f"areas: {len(told)}, freed and not flushed: 1; pages waiting for the flush: 1 of" in shown[0], "and counts them", shown[0])
    check(shown[-1].endswith(" hole") and f"-0x{0xFFBFF000:08x} " in shown[-1], "the rest is a hole", shown[-1])


def vmalloc_damaged():
    lines = answer("q-vmalloc").splitlines()
    stale = int(next(line for line in lines if "unpurged" in line)[:10], 16)
    entries = number("'kernel/x86/window.c'::window")
    entry = entries + (stale - number("lowmem_end") - 0xC0000000 >> 12) * 8
    for value, pattern in ((0x238021202, r"unpurged vm_area  \| 1 stale \(not flushed by CPU 0\), guard"),
                           (0x38021002, r"unpurged vm_area  \| 1 damaged, guard"), (0, r"unpurged vm_area  \| 1 empty, guard")):
        gdb.execute(f"set var *(unsigned long long *){entry:#x} = {value:#x}")
        expect("q-vmalloc", pattern)
    gdb.execute(f"set var *(unsigned long long *){entry + 8:#x} = 0x38021001")
    expect("q-vmalloc", "1 empty, and its guard page is mapped$")

    first = "((struct vm_struct *)('mm/vmap_area.c'::areas).rb_node)"	# the root; rb_node is its first member
    gdb.execute(f"set var {first}->hole += 4096")
    expect("q-vmalloc", r"^\(damaged: a hole of \d+ bytes is noted before 0x[0-9a-f]{8}, found are \d+\)$")
    gdb.execute(f"set var {first}->rb_node.rb_left = &{first}->rb_node")
    expect("q-vmalloc", r"^\(damaged: the tree leads to the node at [0-9a-f]{8} twice\)$")


def look():
    expect("q-pt dump", r"^---\[ Kernel Mapping \]---$", r"^0xc0000000-0x[0-9a-f]{8} .* RW  +PSE +x  pmd$")
    frame = kmap_local_open()
    gdb.execute("continue")
    check(gdb.newest_frame().name() == "machine_exit", "`poweroff` stops at machine_exit", gdb.newest_frame().name())
    check(frame and f"pfn {frame}" in serial(), "the open slot had the frame that was allocated", frame)
    told = answer_on_serial("kmaps")
    check(told.startswith("kmap: 0 of 512") and answer("q-kmaps") == told, "q-kmaps prints what `kmaps` printed",
          answer("q-kmaps"), "the monitor:", told)
    told, shown = PT_LINE.findall(answer_on_serial("pt dump")), answer("q-pt dump")
    check(len(told) > 15 and shown.splitlines() == told, "q-pt dump prints what `pt dump` printed", shown, "the kernel:",
          *told)
    vmalloc_as_in_proc()
    vmalloc_damaged()


def all_slots():
    """Every slot is taken, and kmap() has lost patience and said so: it is about to show its backtrace."""
    gdb.execute("thbreak dump_stack")
    gdb.execute("continue")
    told = SLOT_LINE.findall(serial())
    shown = answer("q-kmaps")
    check(told and SLOT_LINE.findall(shown) == told, "q-kmaps lists the slots that kmap() has listed", shown,
          "kmap():", *told)
    check(shown.startswith("kmap: 512 of 512 slots in use, 0 unused but still mapped, 0 free\n"), "all are in use", shown)
    check("DAMAGED" not in shown, "and the page tables agree", shown)

    gdb.execute("set var kmap_slots[7].count = 1")
    gdb.execute("set var kmap_slots[9].count = 0")
    gdb.execute("set var kmap_slots[11].page += 1")
    expect("q-kmaps", "^kmap: 510 of 512 slots in use, 1 unused but still mapped, 1 free$", "DAMAGED: slot 9 is mapped$",
           "DAMAGED: slot 11 maps pfn 0x[0-9a-f]+$")
    gdb.execute("q-percpu current_task")		# $percpu: the last CPU's
    gdb.execute("set var $percpu->kmap_ctrl.idx = 2")
    expect("q-kmaps", "^kmap_local: 2 of 16 slots", "DAMAGED: slot 1 of CPU 0, [0-9a-f]{8}, is empty$")


SCRIPTS = {"look": look, "full": all_slots}


def main():
    tap = Tap()
    log = tap.path("serial.log")
    debug = debugger("--log", log, "--batch", __file__)
    tap.session(debug, "look", LOOK, QUARRY_TEST="look", QUARRY_TEST_SERIAL=log, MEM="1G", CPU="max")
    tap.session(debug, "full", FULL, QUARRY_TEST="full", QUARRY_TEST_SERIAL=log, MEM="1G", APPEND=f"{MARK} tlb_record")
    tap.done()


if gdb:
    inside(SCRIPTS[os.environ["QUARRY_TEST"]])
else:
    main()
