#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
A kernel that has panicked, looked at by GDB: the log, the page tables, the backtrace through the
exception; then the same log from a dump of its memory, with no machine left. Prints flat TAP.
"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from both_sides import Tap, answer, check, debug_image, debugger, expect, gdb, inside	# noqa: E402

TYPED = b"pt dump\ncrash null\n"
PT_LINE = re.compile(r"^(?:---\[ .* \]---|0x[0-9a-f]{8}-0x[0-9a-f]{8} .*p(?:gd|md|te))$", re.MULTILINE)
LOG_LINE = re.compile(r"^\[ *[0-9]+\.[0-9]{6}\] .*$", re.MULTILINE)


def serial():
    with open(os.environ["QUARRY_TEST_SERIAL"], errors="replace") as log:
        return log.read().replace("\r", "")


def panicked():
    gdb.execute("continue")
    check(gdb.newest_frame().name() == "machine_exit", "a panic stops at machine_exit", gdb.newest_frame().name())

    shown = LOG_LINE.findall(serial())
    log = answer("q-log").splitlines()
    missing = [line for line in shown if line not in log]
    check(len(shown) > 20 and not missing, "q-log has every line that the console had", len(shown), missing)
    check(log[-1].endswith("---[ end Kernel panic - not syncing: Fatal exception ]---"), "and ends as the panic did", log[-1:])
    check(answer("q-log 3").splitlines() == log[-3:], "q-log 3: the last three")

    expect("q-pt 0x10", "the first page", "not mapped")
    expect("q-pt start_kernel", "kernel code, start_kernel", "a page of 4 KiB, read-only, ")
    expect("q-pt memblock", "kernel data, memblock", "writable")
    expect("q-pt boot_stack_guard", "not mapped")
    ours, kernels = PT_LINE.findall(answer("q-pt dump")), PT_LINE.findall(serial())
    check(len(kernels) > 15 and ours == kernels, "q-pt dump: as the kernel's own pt dump",
          *ours, "the kernel says:", *kernels)

    trace = answer("backtrace")
    check(re.search(r"machine_exit[^Z]* panic [^Z]*trap_common[^Z]* crash_null [^Z]* kernel_init [^Z]* thread_start ", trace),
          "the backtrace goes through the exception", trace)
    gdb.execute("frame function crash_null")
    expect("x/i $pc", "crash_null.*mov")
    gdb.execute("monitor dump-guest-memory -p " + os.environ["QUARRY_TEST_DUMP"])


def buried():
    log = answer("q-log")
    check("BUG: kernel NULL pointer dereference" in log and "end Kernel panic" in log,
          "q-log of a dump of the dead kernel's memory", log)
    expect("q-boot", "^command line +gdb-test-")
    expect("q-pt start_kernel", "a page of 4 KiB, read-only, ")


def open_line():
    """A line of the log that is begun and not ended."""
    gdb.execute("thbreak close_line")
    gdb.execute("continue")
    started = gdb.parse_and_eval("'printk.c'::line")
    text = started["text"].string(length=int(started["len"]))
    check(answer("q-log").endswith(text + " (open)\n") and len(text) > 10, "q-log shows the open line", answer("q-log"))


SCRIPTS = {"panicked": panicked, "buried": buried, "open": open_line}


def main():
    tap = Tap()
    kernel = debug_image()
    log, dump = tap.path("serial.log"), tap.path("dump")
    debug = debugger("--log", log, "--batch", __file__)
    tap.session(debug, "panicked", TYPED, QUARRY_TEST="panicked", QUARRY_TEST_SERIAL=log, QUARRY_TEST_DUMP=dump, MEM="16M")
    tap.session(debug, "open line", QUARRY_TEST="open")
    tap.session(["gdb", "-q", "-nx", "-batch", kernel, dump, "-x", "tools/gdb/quarry.gdb", "-x", __file__],
                "buried", QUARRY_TEST="buried")
    tap.done()


if gdb:
    inside(SCRIPTS[os.environ["QUARRY_TEST"]])
else:
    main()
