#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Look at Quarry's threads and CPUs from its monitor: what they say fits together, and goes on.

usage: threads.py IMAGE

On four CPUs, and on one. Prints flat TAP; the exit status is 0 when all is well.
"""

import os
import re
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from monitor import (DEFAULT_QEMU, FIXED_ARGUMENTS, SERIAL, Failure, Machine, Report, expect, expect_match,  # noqa: E402
                     run_on_machine)

PS = re.compile(r"^ *(\d+) +(\d+) +(-?\d+) ([RSDI]) +(\d+) +(\d+) +(\d+) (\S+)$")
CPU = re.compile(r"^ *(\d+) +(\d+) +(\d+) +(\d+\.\d)% (\(idle\)|\S+)$")
STACK = re.compile(r"^ *(\d+) (\S+) +([0-9a-f]{8}) +(\d+) +(\d+) +(\d+)%$")
TICK = 0.01     # seconds: /proc/stat and /proc/uptime count in hundredths
A_WHILE = 1     # second: long enough for each CPU to have ticks, and be idle


def table(lines, head, row):
    """The rows below the line @head, each as a tuple of its columns, numbers as such."""
    expect(lines[0].split(), head.split(), "the head")
    rows = []
    for line in lines[1:]:
        found = row.match(line)
        if not found:
            raise Failure(f"not a row: {line!r}")
        rows.append(tuple(int(word) if re.fullmatch(r"-?\d+", word) else word for word in found.groups()))
    return rows


def ps(m):
    return table(m.answer("ps"), "PID CPU NI S TIME/ms SWITCHES FORCED COMMAND", PS)


def cpus(m):
    return table(m.answer("cpus"), "CPU READY SWITCHES IDLE RUNS", CPU)


def stacks(m):
    return table(m.answer("stacks"), "PID COMMAND STACK SIZE MOST", STACK)


def uptime(m):
    """(seconds since boot, idle seconds of all CPUs)"""
    lines = m.answer("cat /proc/uptime")
    expect_match(lines, r"\A\d+\.\d\d \d+\.\d\d\Z")
    return tuple(float(word) for word in lines[0].split())


def stat(m):
    """/proc/stat: {first word: [number, ...]}"""
    lines = [line.split() for line in m.answer("cat /proc/stat")]
    expect([line[0] for line in lines], ["cpu"] + [f"cpu{cpu}" for cpu in range(m.cpus)] + [
        "intr", "ctxt", "btime", "processes", "procs_running", "procs_blocked", "softirq"], "the first words")
    return {word: [int(number) for number in numbers] for word, *numbers in lines}


def interrupts(m):
    """/proc/interrupts: {first word: ([count for each CPU], the rest)}"""
    head, *lines = m.answer("cat /proc/interrupts")
    expect(head.split(), [f"CPU{cpu}" for cpu in range(m.cpus)], "the head")
    found = {}
    for line in lines:
        name, words = re.match(r" *(\w+):(.*)$", line).groups()
        count = 1 if name == "ERR" else m.cpus
        found[name] = ([int(word) for word in words.split()[:count]], words.split()[count:])
    return found


def at_most(small, large, what):
    if small > large:
        raise Failure(f"{what}: {small} is more than {large}")


def near(one, other, slack, what):
    if abs(one - other) > slack:
        raise Failure(f"{what}: {one} and {other} are more than {slack} apart")


def grown(before, after, what):
    if not after > before:
        raise Failure(f"{what} has not grown: from {before} to {after}")


# ---- what is tried, on each machine ----

def ps_lists_all(m):
    rows = ps(m)
    expect([row[0::7] for row in rows[:m.cpus]], [(0, f"swapper/{cpu}") for cpu in range(m.cpus)], "the idle threads")
    expect([row[1] for row in rows[:m.cpus]], list(range(m.cpus)), "where they are")
    pids = [row[0] for row in rows[m.cpus:]]
    expect(pids, sorted(set(pids)), "the other PIDs, which are different and ascend")
    expect(min(pids), 1, "the first PID")
    at_most(max(row[1] for row in rows), m.cpus - 1, "the CPUs")
    by_name = {row[7]: row for row in rows}
    expect((by_name["kernel_init"][0], by_name["kernel_init"][3]), (1, "R"), "our PID and state")
    for cpu in range(m.cpus):
        for name, nice in ((f"kworker/{cpu}:0", 0), (f"kworker/{cpu}:0H", -20)):
            if name not in by_name:
                raise Failure(f"there is no {name}")
            expect(by_name[name][1:3], (cpu, nice), f"CPU and niceness of {name}")


def times_add_up(m):
    """Whoever runs: what all threads ran in a while is what all CPUs have had."""
    before, total_before, began = uptime(m)[0], sum(row[4] for row in ps(m)), uptime(m)[0]
    time.sleep(A_WHILE)
    ending, total_after, after = uptime(m)[0], sum(row[4] for row in ps(m)), uptime(m)[0]
    grown_by, rounding = total_after - total_before, 1000 * TICK * m.cpus + len(ps(m))
    at_most(grown_by, (after - before) * 1000 * m.cpus + rounding, "milliseconds of all threads, and of all CPUs")
    at_most((ending - began) * 1000 * m.cpus - rounding, grown_by, "milliseconds of all CPUs, and of all threads")


def ps_shows_one(m):
    lines = m.answer("ps 1")
    expect_match(lines, r"task:kernel_init +state:R stack:\d+ +pid:1 +flags:0x[0-9a-f]{8}$")
    expect_match(lines, r"\(it is running on CPU [0-%d]\)$" % (m.cpus - 1))
    sleeper = next(row for row in ps(m) if row[7] == "kthreadd")
    lines = m.answer(f"ps {sleeper[0]}")
    expect_match(lines, rf"task:kthreadd +state:[SDI] stack:\d+ +pid:{sleeper[0]} ")
    expect_match(lines, r"Call Trace:$")
    expect_match(lines, r" schedule\+0x")
    expect_match(lines, r" kthread_main\+0x|thread_start\+0x")


def ps_refuses(m):
    for words in ("x", "1x", "1 2", "99999999999", "''"):
        expect(m.answer("ps " + words), ["usage: ps [PID]"], f"`ps {words}`")
    for word in ("99999", "-1", "0"):
        expect(m.answer("ps " + word), [f"ps: {word}: no such process"], f"`ps {word}`")


def cpus_each_in_a_row(m):
    rows = cpus(m)
    expect([row[0] for row in rows], list(range(m.cpus)), "the CPUs")
    ours = [row for row in rows if row[4] == "kernel_init"]
    expect(len(ours), 1, "the CPUs that run us")
    at_most(1, ours[0][1], "threads that are ready where we are")
    for row in rows:
        at_most(float(row[3]), 100, f"CPU {row[0]} idles, in percent")
        grown(0, row[2], f"CPU {row[0]}'s count of switches")


def cpus_idle(m):
    """Nobody types for a while: every CPU's idle time grows by most of that."""
    before, idle_before = uptime(m)[0], stat(m)
    time.sleep(A_WHILE)
    idle_after, after = stat(m), uptime(m)[0]
    for cpu in range(m.cpus):
        idle = (idle_after[f"cpu{cpu}"][3] - idle_before[f"cpu{cpu}"][3]) * TICK
        at_most(idle, after - before + 2 * TICK, f"seconds that CPU {cpu} idled, and that went by")
        at_most((after - before) / 4, idle, f"a quarter of the seconds that went by, and that CPU {cpu} idled")


def words_refuse_arguments(m):
    for word in ("cpus", "locks", "stacks"):
        for rest in ("x", "1", "1 2 3", "''", "-h"):
            expect(m.answer(f"{word} {rest}"), [f"usage: {word}"], f"`{word} {rest}`")
    expect_match(m.answer("cat /proc/uptimes"), r"^cat: /proc/uptimes: no such file or directory$")
    expect_match(m.answer("echo 1 > /proc/stat"), "not allowed")


def no_locks(m):
    expect(m.answer("locks"), ["no thread has or waits for a mutex, semaphore or rw-semaphore; no CPU spins"])


def stacks_of_all(m):
    rows = stacks(m)
    expect(sorted((row[0], row[1]) for row in rows), sorted((row[0], row[7]) for row in ps(m)), "whose stacks")
    for pid, name, _, size, most, share in rows:
        at_most(1, most, f"bytes used of the stack of {name}/{pid}")
        at_most(most, size - 1, f"bytes used of the stack of {name}/{pid}")
        expect(share, most * 100 // size, f"the share of {name}/{pid}")
    places = sorted((int(row[2], 16) if isinstance(row[2], str) else int(str(row[2]), 16), row[3]) for row in rows)
    for (start, size), (after, _) in zip(places, places[1:]):
        expect(start % 4096, 0, f"the offset of the stack {start:#x} in its page")
        at_most(start + size, after, "a stack's end, and the next one's start")


def stacks_only_deepen(m):
    before = {row[0:2]: row[4] for row in stacks(m)}
    for line in ("ps", "help", "cat /proc/meminfo", "check"):
        m.answer(line)
    after = {row[0:2]: row[4] for row in stacks(m)}
    for thread, most in before.items():
        if thread in after:
            at_most(most, after[thread], f"what {thread} used, before and after")


def interrupts_are_counted(m):
    before = interrupts(m)
    for name in ("NMI", "LOC", "SPU", "RES", "CAL", "TLB"):
        if name not in before:
            raise Failure(f"{name} is missing in {list(before)!r}")
    expect(before["ERR"][0], [0], "errors")
    expect(before["NMI"][0], [0] * m.cpus, "NMIs")
    line = next((name for name, (_, words) in before.items() if words[-1:] == ["ttyS0"]), None)
    if not line:
        raise Failure("no line of ttyS0")
    time.sleep(A_WHILE)
    m.answer("echo some words")
    after = interrupts(m)
    for cpu in range(m.cpus):
        grown(before["LOC"][0][cpu], after["LOC"][0][cpu], f"the ticks of CPU {cpu}")
    grown(sum(before[line][0]), sum(after[line][0]), "what came in on the serial line")


def stat_adds_up(m):
    rows, (now, _) = stat(m), uptime(m)
    for cpu in range(m.cpus):
        expect(len(rows[f"cpu{cpu}"]), 10, f"the columns of cpu{cpu}")
        at_most(sum(rows[f"cpu{cpu}"]) * TICK, now + 2 * TICK, f"what CPU {cpu} did, in seconds, and all time")
    for column in range(10):
        near(rows["cpu"][column], sum(rows[f"cpu{cpu}"][column] for cpu in range(m.cpus)), m.cpus, f"column {column}")
    for word in ("intr", "softirq"):
        at_most(sum(rows[word][1:]), rows[word][0], f"the parts and the sum of {word}")
    expect(rows["softirq"][0], sum(rows["softirq"][1:]), "the sum of softirq")
    near(rows["processes"][0], len(ps(m)) - m.cpus, 4, "threads that began, and that there are")
    at_most(1, rows["procs_running"][0], "threads that run: we do")
    again = stat(m)
    for word in ("intr", "ctxt"):
        grown(rows[word][0], again[word][0], word)


def uptime_goes_on(m):
    now, idle = uptime(m)
    started = time.monotonic()
    time.sleep(A_WHILE)
    waited = time.monotonic() - started
    later, idle_later = uptime(m)
    at_most(waited - 2 * TICK, later - now, "the host's clock, and ours")
    at_most(idle_later, later * m.cpus, "the idle time, and the time of all CPUs")
    grown(idle, idle_later, "the idle time")
    near(stat(m)["cpu"][3] * TICK, idle_later, 1, "the idle time of /proc/stat and of /proc/uptime")


TESTS = [
    ps_lists_all, times_add_up, ps_shows_one, ps_refuses, cpus_each_in_a_row, cpus_idle, words_refuse_arguments, no_locks,
    stacks_of_all, stacks_only_deepen, interrupts_are_counted, stat_adds_up, uptime_goes_on,
]
NUMBERS = (4, 1)


def start(image, number):
    machine = Machine(DEFAULT_QEMU + ["-smp", str(number)] + FIXED_ARGUMENTS + SERIAL + ["-kernel", image])
    machine.cpus = number
    return machine


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    report = Report(len(NUMBERS) * len(TESTS))
    for number in NUMBERS:
        machine = run_on_machine(report, lambda: start(sys.argv[1], number), TESTS, f"{number}_")
        if machine:
            machine.close()
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()
