#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
A run recorded and replayed: the replay is the same run, GDB steps backwards in it, and q-who-wrote
finds who wrote a word. Then a recording of tests with a seed. Prints flat TAP.
"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from both_sides import MARK, Tap, answer, check, expect, gdb, image, inside, run	# noqa: E402


def where():
    return int(gdb.newest_frame().pc()), int(gdb.newest_frame().read_register("esp")) & 0xFFFFFFFF


def script():
    expect("backtrace", "machine_exit")
    value = int(gdb.parse_and_eval("max_low_pfn"))

    written = answer("q-who-wrote max_low_pfn")
    check(re.search(r"last written by (find_the_line|paging_init) at \S*kernel/x86/paging\.c:[0-9]+", written),
          "q-who-wrote names the function and the line", written)
    check(re.search(r"old value +0x00000000\n +new value +0x%08x\n" % value, written), "and the values", written)
    check("start_kernel" in written, "and who called it", written)
    check(int(gdb.parse_and_eval("max_low_pfn")) == 0, "it stops before the write")
    gdb.execute("stepi")
    check(int(gdb.parse_and_eval("max_low_pfn")) == value, "which the next instruction does")

    places = [where()]
    for _ in range(3):
        gdb.execute("stepi")
        places.append(where())
    back = [places[-1]]
    for _ in range(3):
        gdb.execute("reverse-stepi")
        back.append(where())
    check(back[::-1] == places, "reverse-stepi goes back the way stepi came", places, back)

    gdb.execute("hbreak start_kernel")
    gdb.execute("reverse-continue")
    check(gdb.newest_frame().name() == "start_kernel", "reverse-continue goes back to a breakpoint", answer("backtrace 2"))
    gdb.execute("delete")
    expect("q-who-wrote 0xc0100000 5000", "cannot be watched")


def rebooted():
    """A run that the kernel did not end in machine_exit(): it stops just before its end."""
    trace = answer("backtrace")
    check("cmd_reboot" in trace, "stops where the run ended", trace)
    written = answer("q-who-wrote log_next")
    check("last written by" in written, "and goes back from there", written)


def main():
    tap = Tap()
    image("quarry.elf")
    to = ["--to", tap.path("recording")]
    rewind = ["tools/record", *to, "--rewind", "--batch", __file__]

    output, status = run(["tools/record", *to], b"reboot\n", MEM="16M")
    tap.ok(status == 3 and "stopped itself" in output, "record: what is typed, to a reboot", status, output)
    tap.session(rewind, "rebooted", QUARRY_TEST="rebooted")
    with open(tap.path("recording/serial.log"), "rb") as recorded, open(tap.path("recording/replayed.log"), "rb") as replayed:
        first, second = recorded.read(), replayed.read()
    tap.ok(b"quarry> reboot" in first and second.startswith(first[:-2]), "rebooted: the replay says what the recorded run said",
           first[-300:], second[len(first) - 300:len(first)])

    output, status = run(["tools/record", *to], MEM="16M", APPEND=f"{MARK} test=printk* seed=77")
    tap.ok(status == 0 and "seed=77" in output, "record: tests, with their seed", status, output)
    tap.session(rewind, "tests", QUARRY_TEST="script")

    output, status = run(["tools/record", "--rewind", "--to", tap.path("nothing")])
    tap.ok(status == 4 and "make record" in output, "rewind without a recording: a sentence", status, output)
    tap.done()


if gdb:
    inside(rebooted if os.environ["QUARRY_TEST"] == "rebooted" else script)
else:
    main()
