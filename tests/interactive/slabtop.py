#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Let the real slabtop read Quarry's /proc/slabinfo.

usage: slabtop.py IMAGE

The text is typed out of the monitor and bound over /proc/slabinfo in a mount namespace of its own,
where procps' program must show what the monitor's `slabtop` shows, for each sorting key. Prints
flat TAP; the exit status is 0 when all is well. Where there is no slabtop, or nobody may bind files,
it is skipped.
"""

import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from monitor import (FIXED_ARGUMENTS, SERIAL, Failure, Machine, Report, expect)  # noqa: E402

KEYS = "oabclnpsuv"
ROWS = 20       # mm/show/slabtop.c
QEMU = ["qemu-system-i386", "-accel", "tcg", "-cpu", "max", "-m", "128M"] + FIXED_ARGUMENTS + SERIAL
BIND = ["unshare", "--mount", "--map-root-user", "sh", "-c", 'mount --bind "$0" /proc/slabinfo && exec "$@"']


def slabtop(path, *arguments):
    """What slabtop prints of the file. The namespace, and the mount in it, end with the program."""
    return subprocess.run([*BIND, path, "slabtop", "--once", *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=20, check=False,
                          env={**os.environ, "TERM": "dumb", "LC_ALL": "C"})


def reason_to_skip(path):
    if not os.path.exists("/proc/slabinfo"):
        return "this machine's kernel has no /proc/slabinfo to bind over"
    try:
        tried = subprocess.run([*BIND, path, "slabtop", "--version"], stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, timeout=20, check=False)
    except OSError as error:
        return f"no unshare: {error}"
    return None if tried.returncode == 0 else " ".join(tried.stdout.split()) or "unshare failed"


def fill(m):
    """Some of each, so that there is something to be sorted."""
    for line in ("kmalloc 8", "kmalloc 100", "kmalloc 100", "kmalloc 3000", "kmalloc 8000", "cache kmalloc-rcl-64",
                 "cache dma-kmalloc-1k", "kmalloc 100"):
        expect(m.answer("alloc " + line)[0][0], "#", "the answer")
    for number in (2, 4):
        m.answer(f"free #{number}")


def sums_and_rows(lines):
    """The sums above the table, and (name, the row's words)."""
    lines = [line.rstrip() for line in lines]
    at = next((n for n, line in enumerate(lines) if line.lstrip().startswith("OBJS ACTIVE")), None)
    if at is None:
        raise Failure("no table in:\n" + "\n".join(lines))
    return lines[:at + 1], [line.split() for line in lines[at + 1:] if re.match(r" *\d+ +\d+ +\d+% ", line)]


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory(prefix="quarry-slabtop-") as directory:
        path = os.path.join(directory, "slabinfo")
        open(path, "w", encoding="ascii").close()
        reason = reason_to_skip(path)
        if reason:
            print(f"1..0 # SKIP {reason}")
            return
        m = Machine(QEMU + ["-kernel", sys.argv[1]])
        fill(m)
        text = m.answer("cat /proc/slabinfo")
        with open(path, "w", encoding="ascii") as file:
            file.write("\n".join(text) + "\n")
        report = Report(1 + len(KEYS))

        def accepted():
            shown = slabtop(path)
            expect((shown.returncode, shown.stderr), (0, ""), "slabtop's status and errors")
            expect(len(sums_and_rows(shown.stdout.splitlines())[1]), len(text) - 2, "the caches that it shows")
        report.run(accepted)
        for key in KEYS:
            def as_ours():
                theirs, their_rows = sums_and_rows(slabtop(path, "--sort", key).stdout.splitlines())
                ours, our_rows = sums_and_rows(m.answer(f"slabtop {key}"))
                expect(ours, theirs, "the sums")
                expect(len(our_rows), ROWS, "our rows")
                lines = {row[-1]: row for row in their_rows}
                expect([row for row in our_rows if lines.get(row[-1]) != row], [], "rows that are not slabtop's")
                expect(order(our_rows, key), order(their_rows, key)[:ROWS], "the order")
            as_ours.__name__ = f"sorted_by_{key}"
            report.run(as_ours)
        m.close()
    sys.exit(1 if report.failed else 0)


def order(rows, key):
    """What the rows are sorted by, from the top; slabtop sorts what is alike as it happens to."""
    column = {"o": 0, "a": 1, "u": 2, "s": 3, "l": 4, "b": 5, "c": 6, "n": 7}.get(key)
    return [row[column] for row in rows] if column is not None else []


if __name__ == "__main__":
    main()
