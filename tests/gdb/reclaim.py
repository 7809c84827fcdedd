#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
Reclaim seen from a stopped kernel: zones against their marks, shrinkers and events are what the monitor printed;
kswapd at work is told from kswapd asleep, and damage is named. Prints flat TAP.
"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from both_sides import Tap, answer, check, debugger, expect, gdb, inside	# noqa: E402

LOOK = (b"insmod dentries names=2000\nwatermarks 1\nshrinkers drop\ntrace alloc atomic 1\nshrinkers\nwatermarks 1\n"
        b"cat /proc/vmstat\ncat /proc/pressure/memory\npoweroff\n")
WORK = b"insmod dentries names=2000\necho 120000 > /proc/sys/vm/min_free_kbytes\npressure 1 0\npoweroff\n"


def answer_on_serial(line, which=1):
    """What the monitor printed after a line that was typed, for the first time or a later one."""
    with open(os.environ["QUARRY_TEST_SERIAL"], errors="replace") as log:
        return log.read().replace("\r", "").split(f"quarry> {line}\n")[which].partition("quarry> ")[0]


def zones_as_drawn(shown):
    drawn = re.findall(r"^(\w+) +\|.*\| +(\d+) +(\d+) +(\d+) +(\d+)$", answer_on_serial("watermarks 1", 2), re.MULTILINE)
    told = re.findall(r"^zone (\w+): free (\d+), min (\d+), low (\d+), high (\d+) pages; above high$", shown, re.MULTILINE)
    check(drawn and [(zone, *(str(int(n) * 4) for n in rest)) for zone, *rest in told] == drawn,
          "zones are as `watermarks` drew them", shown, "the monitor:", drawn)


def shrinkers_as_listed(shown):
    listed = re.findall(r"^(\S+) +\d+ +(\d+) +(\d+) +(\d+)", answer_on_serial("shrinkers"), re.MULTILINE)
    told = re.findall(r"^(\S+) +(\d+) +(\d+) +(\d+)  \w+, \w+$", shown, re.MULTILINE)
    check(listed and told == listed, "shrinkers are as `shrinkers` listed them", shown, "the monitor:", listed)
    expect("q-reclaim", r"^dentries .*  dentries_count, dentries_scan$")


def events_as_counted(shown):
    counted = dict(line.split() for line in answer_on_serial("cat /proc/vmstat").splitlines())
    told = dict(re.findall(r"(\w+) (\d+)(?=;|$)", next(line for line in shown.splitlines() if line.startswith(tuple(counted)))))
    check(int(told.get("drop_slab", 0)) and int(told.get("slabs_scanned", 0)) >= 2000, "what was dropped is there", told)
    check(told.items() <= counted.items(), "events are as /proc/vmstat counts them", told, "the kernel:", counted)


def damaged():
    first = "(*'mm/shrinker.c'::shrinkers.next)"
    gdb.execute(f"set var {first}.next = &{first}")
    expect("q-reclaim", r"^\(damaged: the list of shrinkers leads to [0-9a-f]{8}\)$")
    gdb.execute("set var kswapd_of_node.failures = 16")
    expect("q-reclaim", "^kswapd has given up: 16 runs brought nothing")
    gdb.execute("set var contig_page_data.node_zones[1].nr_free_pages = 1")
    expect("q-reclaim", "^zone Normal: free 1, .*at min: who can wait reclaims$")
    gdb.execute("set var contig_page_data.node_zones[1].nr_reserved_highatomic = 512")
    expect("q-reclaim", "^  512 of them are kept back for atomic blocks$")


def look():
    expect("q-reclaim", "no zones yet")
    gdb.execute("continue")
    check(gdb.newest_frame().name() == "machine_exit", "`poweroff` stops at machine_exit", gdb.newest_frame().name())
    shown = answer("q-reclaim")
    zones_as_drawn(shown)
    shrinkers_as_listed(shown)
    events_as_counted(shown)
    check("kswapd sleeps; runs in a row that brought nothing: 0\n" in shown, "kswapd sleeps", shown)
    total = re.search(r"^full avg10=.* total=(\d+)$", answer_on_serial("cat /proc/pressure/memory"), re.MULTILINE)
    check(total and f"stalled, full: {total[1]} us\n" in shown, "stalls are as in /proc/pressure/memory", shown, total)
    damaged()


def work():
    """kswapd has been called, and asks the first shrinker."""
    gdb.execute("thbreak shrink_slab")
    gdb.execute("continue")
    shown = answer("q-reclaim")
    check(gdb.newest_frame().name() == "shrink_slab", "somebody reclaims", gdb.newest_frame().name())
    check(re.search("^kswapd works; ", shown, re.MULTILINE), "kswapd works", shown)
    check(re.search("^zone Normal: .*at (low|min)", shown, re.MULTILINE), "since a zone is low", shown)
    check(re.search("^stalled, some: .*, now$", shown, re.MULTILINE), "and that is a stall", shown)


SCRIPTS = {"look": look, "work": work}


def main():
    tap = Tap()
    log = tap.path("serial.log")
    debug = debugger("--log", log, "--batch", __file__)
    tap.session(debug, "look", LOOK, QUARRY_TEST="look", QUARRY_TEST_SERIAL=log)
    tap.session(debug, "work", WORK, QUARRY_TEST="work", QUARRY_TEST_SERIAL=log)
    tap.done()


if gdb:
    inside(SCRIPTS[os.environ["QUARRY_TEST"]])
else:
    main()
