#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
The page allocator from a stopped kernel: what GDB draws is what the monitor drew, and a split is
walked step by step. Prints flat TAP.
"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from both_sides import Tap, answer, check, debugger, expect, gdb, inside	# noqa: E402

LOOK = b"alloc pages 3 highuser|comp\nalloc pages 0\npage #1\npage #2\npage 0\nbuddy\npoweroff\n"
WATCH = b"buddy watch alloc pages 0\npoweroff\n"
SPLIT = re.compile(r"^split +\d+ -> .*$", re.MULTILINE)


def serial():
    with open(os.environ["QUARRY_TEST_SERIAL"], errors="replace") as log:
        return log.read().replace("\r", "")


def answer_on_serial(line):
    """What the monitor printed after a line that was typed."""
    return serial().partition(f"quarry> {line}\n")[2].partition("quarry> ")[0]


def as_the_monitor():
    gdb.execute("continue")
    check(gdb.newest_frame().name() == "machine_exit", "`poweroff` stops at machine_exit", gdb.newest_frame().name())
    drawn = answer_on_serial("buddy")
    check(drawn.startswith("zone DMA") and answer("q-buddy") == drawn, "q-buddy draws what `buddy` drew",
          answer("q-buddy"), "the monitor:", drawn)

    for line in ("page #1", "page #2", "page 0"):
        told = answer_on_serial(line)
        frame = re.match(r"pfn (0x[0-9a-f]+|0)", told)
        check(frame and answer(f"q-page {frame[1]}") == told, f"q-page tells what `{line}` told",
              frame and answer(f"q-page {frame[1]}"), "the monitor:", told)
    frame = int(re.match(r"pfn (0x[0-9a-f]+)", answer_on_serial("page #2"))[1], 16)
    first = answer(f"q-page {frame}")
    for same in (f"{frame:#x}", f"pfn:{frame}", f"phys:{frame << 12:#x}", f"{0xC0000000 + (frame << 12):#x}",
                 f"mem_map+{frame}", f"mem_map[{frame}]", f"'(char*){0xC0000FFF + (frame << 12):#x}'"):
        check(answer(f"q-page {same}") == first, f"q-page {same}: the same page", answer(f"q-page {same}"))
    inner = int(re.match(r"pfn (0x[0-9a-f]+)", answer_on_serial("page #1"))[1], 16)
    expect(f"q-page {inner + 5}", rf"^  allocated; block \[{inner:#x},\+8\) of order 3, compound, page 5 of it$")
    expect("q-page 0xfffffff", "not in the memory map")
    expect("q-page", "usage")
    expect("q-page nosuchthing", "^q-page: nosuchthing: No symbol")
    expect("q-page phys:", "^q-page: phys:: ")
    expect("q-page contig_page_data", "^q-page: contig_page_data: ")
    check("Python" not in answer("q-page nosuchthing"), "a wrong word is no exception")

    expect("q-zones", "^zone DMA: frames 0x[01]-0xfff$", "^zone HighMem: frames 0x38000-",
           r"^  min \d+, low \d+, high \d+; reserved against .*: \d+, \d+, \d+, \d+$", r"^  CPU 0: \d+ on its lists")
    for zone in ("DMA", "Normal", "HighMem"):
        free = re.search(rf"^zone {zone}: .*\n.*\n  free (\d+)", answer("q-zones"), re.MULTILINE)
        shown = re.search(rf"^zone {zone}: (\d+) of", drawn, re.MULTILINE)
        check(free and shown and int(free[1]) * 4 == int(shown[1]), f"q-zones counts as `buddy` does in {zone}",
              answer("q-zones"), drawn)


def walk_a_split():
    expect("q-zones", "no zones yet")
    expect("q-buddy", "no zones yet")
    expect("q-page 0", "no memory map yet")
    gdb.execute("thbreak buddy_watch_begin")
    gdb.execute("continue")
    print("\nMARK the walk begins", flush=True)
    walked = answer("q-split")
    print(walked + "MARK the walk ends", flush=True)
    lines = SPLIT.findall(walked)
    check(len(lines) == 10, "q-split walks ten steps", walked)
    check(walked.startswith("buddy_alloc(): zone Normal, order 10 down to 0\n"), "from order 10 to 0", walked)
    expect("backtrace", "buddy_alloc", "alloc_pages", "cmd_alloc")
    expect("frame", r"^#0 +take_block .* at mm/buddy\.c:")
    gdb.execute("continue")
    drawn = SPLIT.findall(answer_on_serial("buddy watch alloc pages 0"))
    check(drawn == lines, "in the words of `buddy watch`", *lines, "the monitor:", *drawn)
    expect("q-split", "ended before a block was split")


SCRIPTS = {"look": as_the_monitor, "split": walk_a_split}


def main():
    tap = Tap()
    log = tap.path("serial.log")
    debug = debugger("--log", log, "--batch", __file__)
    tap.session(debug, "look", LOOK, QUARRY_TEST="look", QUARRY_TEST_SERIAL=log, MEM="1G")
    output = tap.session(debug, "split", WATCH, QUARRY_TEST="split", QUARRY_TEST_SERIAL=log, MEM="128M")
    walk = output.partition("MARK the walk begins\n")[2].partition("MARK the walk ends")[0]
    tap.ok(walk.startswith("buddy_alloc(): ") and len(walk.splitlines()) == 11,
           "q-split prints its picture and nothing else", walk)
    tap.done()


if gdb:
    inside(SCRIPTS[os.environ["QUARRY_TEST"]])
else:
    main()
