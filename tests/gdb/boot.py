#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
From the first instruction to the first line of start_kernel(), before and after paging, and the
memory map from GDB. Prints flat TAP.
"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from both_sides import Tap, answer, check, debug_image, debugger, expect, gdb, inside	# noqa: E402

CR0_PG = 1 << 31


def register(name):
    return int(gdb.newest_frame().read_register(name)) & 0xFFFFFFFF


def from_reset_to_c():
    check(register("eip") == int(gdb.parse_and_eval("(unsigned long)&_start")) < 0xC0000000,
          "stops at _start, at its physical address", hex(register("eip")))
    check(not register("cr0") & CR0_PG, "paging is off at _start")
    check(register("eax") == 0x2BADB002, "EAX is the loader's magic number", hex(register("eax")))
    expect("q-pt 0xc0100000", "Paging is off")
    expect("q-boot", "not mapped")
    expect("q-log", "not mapped")

    where = []
    for _ in range(3):
        gdb.execute("stepi")
        where.append(register("eip"))
    check(where == sorted(set(where)) and where[0] > 0x100000, "stepi goes on instruction by instruction", where)

    gdb.execute("thbreak start_high")	# an address where nothing is mapped yet
    gdb.execute("continue")
    check(register("eip") == int(gdb.parse_and_eval("(unsigned long)&start_high")) >= 0xC0000000,
          "a hardware breakpoint set before paging holds behind it", hex(register("eip")))
    check(register("cr0") & CR0_PG, "paging is on at start_high")
    expect("q-pt 0xc0100000", "2 MiB, writable, executable", "physical 0x000100000")
    expect("q-pt 0x100000", "physical 0x000100000")

    steps = 0
    while gdb.newest_frame().name() != "start_kernel" and steps < 40:
        gdb.execute("stepi")
        steps += 1
    place = gdb.newest_frame().find_sal()
    check(gdb.newest_frame().name() == "start_kernel" and place.symtab.filename.endswith("kernel/main.c"),
          "stepping leads to start_kernel in kernel/main.c", gdb.newest_frame().name())
    with open(place.symtab.fullname()) as source:
        line = source.read().splitlines()[place.line - 1]
    check(line == "{" or line.startswith(("asmlinkage void __noreturn start_kernel(", "\tvga_init();")), "to its first line", place.line, line)
    expect("q-pt 0x100000", "not mapped")
    expect("q-boot", "has not run yet")
    expect("q-memblock", "has not run yet")
    expect("q-log", "The log is empty")


def map_from_gdb():
    gdb.execute("thbreak paging_init")
    gdb.execute("continue")
    expect("q-boot", "^loader +qemu", "^command line +gdb-test-", "^map +[0-9]+ entries",
           "0x0000000000100000-0x0000000007fdffff .*KiB  ram", "^modules +0")
    expect("q-memblock", "^memory: 2 regions", "0x0000000000100000-0x0000000007fdffff", "^reserved: [1-9]",
           "^firmware: [1-9]", "^free: [1-9]")
    sizes = {}
    for name in ("memory", "reserved", "free"):
        match = re.search(rf"^{name}: .* ([0-9]+) KiB", answer("q-memblock"), re.MULTILINE)
        sizes[name] = int(match[1]) if match else -1
    check(0 < sizes["free"] < sizes["memory"] <= sizes["free"] + sizes["reserved"], "free is memory less reserved", sizes)
    expect("print memblock.memory.regions[1]", r"\[0x0000000000100000-0x0000000007fdffff +129920 KiB\]")
    expect("print boot_info.map[0]", r"\[0x0000000000000000-.* ram\]")
    expect("print memblock.current_limit", "= 0x4000000")
    expect("q-log 1", r"^\[ +[0-9]+\.[0-9]{6}\] ")
    expect("q-who-wrote log_next", "make record")
    expect("q-help", "q-boot", "q-memblock", "q-log", "q-pt", "q-who-wrote")
    expect("help q-log", "Examples?:")


def script():
    from_reset_to_c()
    map_from_gdb()


def without_a_kernel():
    """No machine, then not even symbols: a sentence, not a traceback."""
    for command in ("q-boot", "q-memblock", "q-log", "q-pt 0xc0100000", "q-who-wrote 0xc0100000"):
        expect(command, "No kernel")
    gdb.execute("file")
    expect("q-boot", "load its symbols")


def main():
    tap = Tap()
    kernel = debug_image()
    log = ["--log", tap.path("serial.log")]
    tap.session(debugger("--stop", "_start", *log, "--batch", __file__), "boot")
    tap.session(["gdb", "-q", "-nx", "-batch", kernel, "-x", "tools/gdb/quarry.gdb", "-x", __file__], "alone",
                QUARRY_TEST_ALONE="1")
    tap.done()


if gdb:
    inside(without_a_kernel if "QUARRY_TEST_ALONE" in os.environ else script)
else:
    main()
