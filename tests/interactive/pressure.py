#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Make memory short at Quarry's prompt, and look: bars that go on until a key is typed, a cache that gives way, a hog
that gets what it wants, and one that wants too much.

usage: pressure.py IMAGE

With 64 MB, where the names of a few directories are something. Prints flat TAP; the exit status is 0 when all is well.
"""

import os
import re
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from monitor import PROMPT, Failure, expect, expect_match, run_on_machines  # noqa: E402

BAR = re.compile(r"^Normal +\|[=.mlh>]{32}\| +(\d+) +(\d+) +(\d+) +(\d+)$", re.MULTILINE)


def counts(m):
    """/proc/fs/dentries and /proc/vmstat, as one dictionary."""
    lines = m.answer("cat /proc/fs/dentries") + m.answer("cat /proc/vmstat")
    return {name: int(number) for name, number in (line.split() for line in lines)}


def a_key_ends_it(m):
    m.child.send("watermarks\r")
    for _ in range(3):
        expect_match([m.wait("kswapd sleeps")], BAR.pattern)
    started = time.monotonic()
    m.child.send("x")
    expect(m.wait(PROMPT).count("kswapd"), 0, "the bars behind the key")
    if time.monotonic() - started > 0.9:
        raise Failure("the key was not heard until the next second")
    expect(m.answer("echo x is not in this line"), ["x is not in this line"])


def so_many_times(m):
    expect(len(BAR.findall("\n".join(m.answer("watermarks 2")))), 2, "the bars")


def a_hog_gets_what_it_wants(m):
    lines = m.answer("pressure 20 1")
    expect_match(lines, "^1 s: the hog has touched 20 of 20 MB$")
    expect(lines[-1], "The hog has given back 20 MB.", "the last line")


def names_give_way(m):
    expect(m.answer("insmod dentries names=30000"), [])
    before = counts(m)
    expect(before["unused"], 30000, "the names")
    free = int(BAR.search("\n".join(m.answer("watermarks 1")))[1]) // 1024 + 13	# and what DMA has, in MB
    expect_match(m.answer(f"pressure {free} 1"), "^The hog has given back|^The hog was killed")
    after = counts(m)
    if after["shrunk"] < 10000 or after["pgsteal_kswapd"] + after["pgsteal_direct"] < 100:
        raise Failure(f"the names stayed: {after}")
    expect([line for line in m.answer("rmmod dentries") if "not freed" in line], [], "what is left of them")


def a_hog_wants_too_much(m):
    before = int(m.answer("cat /proc/vmstat")[0].split()[1])
    lines = m.answer("pressure 200 5")
    expect_match(lines, r"Out of memory: Killed process \d+ \(hog\)")
    expect_match(lines, r"^The hog was killed, with \d+ of 200 MB\.$")
    after = int(m.answer("cat /proc/vmstat")[0].split()[1])
    if after < before - 300:
        raise Failure(f"of {before} free pages, {after} came back")


def pressure_was_felt(m):
    some, full = m.answer("cat /proc/pressure/memory")
    expect_match([some], r"^some avg10=\d+\.\d\d avg60=\d+\.\d\d avg300=\d+\.\d\d total=[1-9]\d+$")
    expect_match([full], r"^full avg10=\d+\.\d\d avg60=\d+\.\d\d avg300=\d+\.\d\d total=\d+$")


def the_ladder_rung_by_rung(m):
    expect(m.answer("echo 70000 > /proc/sys/vm/min_free_kbytes"), [])
    lines = m.answer("trace alloc __GFP_NOWARN")
    expect_match(lines, r"^enter .*\n^reserves .*<= .*\n^fail ")
    expect(lines[-1], "NULL", "the last line")
    expect(m.answer("echo 1000 > /proc/sys/vm/min_free_kbytes"), [])


TESTS = [
    a_key_ends_it, so_many_times, a_hog_gets_what_it_wants, names_give_way, a_hog_wants_too_much, pressure_was_felt,
    the_ladder_rung_by_rung,
]

if __name__ == "__main__":
    run_on_machines(__doc__, [("64M", TESTS)])
