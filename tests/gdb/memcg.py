#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
The memory control groups of a stopped kernel: GDB lists what the monitor listed, finds what a group owes for, and
names damage. Prints flat TAP.
"""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from both_sides import Tap, answer, check, debugger, expect, gdb, inside	# noqa: E402

TYPED = (b"memcg new web 1M\nmemcg new web/db\nmemcg new mail\nmemcg alloc web/db 100\nmemcg alloc web/db 10000\n"
         b"memcg exec mail alloc pages 1 kernel|account\nmemcg\npoweroff\n")


def answer_on_serial(line):
    """What the monitor printed after a line that was typed."""
    with open(os.environ["QUARRY_TEST_SERIAL"], encoding="utf-8", errors="replace") as log:
        return log.read().replace("\r", "").partition(f"quarry> {line}\n")[2].partition("quarry> ")[0]


def look():
    gdb.execute("continue")
    check(gdb.newest_frame().name() == "machine_exit", "`poweroff` stops at machine_exit", gdb.newest_frame().name())
    told, shown = answer_on_serial("memcg"), answer("q-memcg")
    check(len(told.splitlines()) == 5 and shown == told, "q-memcg prints what `memcg` printed", shown, "the monitor:", told)
    expect("q-memcg web/db", r"^    db +20480 +max +20480 +0$", r"^  [0-9a-f]{8}: kmalloc-cg-128, 128 bytes$",
           r"^  [0-9a-f]{8}: page, pfn 0x[0-9a-f]+$", r"^  1 account: 4 pages, 1 objects$")
    expect("q-memcg /mail", r"^  1 account: 2 pages, 0 objects$")
    expect("q-memcg /web", r"^  1 account: 0 pages, 0 objects$")
    expect("q-memcg db", "^There is no group db. `q-memcg` lists them.$")
    leaves = "('mm/memcg_owners.c'::leaves)"
    used = next(n for n in range(16) if int(gdb.parse_and_eval(f"{leaves}[{n}].used")))
    free = next(n for n in range(1024) if not int(gdb.parse_and_eval(f"{leaves}[{used}].entry[{n}]")))
    gdb.execute(f"set var {leaves}[{used}].entry[{free}] = 0xc0ffee00")
    expect("q-memcg", r"^\(damaged: the account at c0ffee00 is owed for, but is no group's\)$")


def main():
    tap = Tap()
    log = tap.path("serial.log")
    tap.session(debugger("--log", log, "--batch", __file__), "look", TYPED, QUARRY_TEST_SERIAL=log, MEM="64M")
    tap.done()


if gdb:
    inside(look)
else:
    main()
