#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
The threads of a stopped kernel: q-ps lists those that `ps` listed, and q-bt goes through the stacks
of those that run and of those that do not. Prints flat TAP.
"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from both_sides import Tap, answer, check, debugger, expect, gdb, inside	# noqa: E402


REGISTERS = ("eip", "esp", "ebp", "ebx", "esi", "edi")


def listed(text):
    """(number, name) of each thread."""
    return sorted((int(words[0]), words[-1]) for words in map(str.split, text.splitlines())
                  if words and words[0].isdigit())


def script():
    gdb.execute("continue")
    check(gdb.newest_frame().name() == "machine_exit", "`poweroff` stops at machine_exit", gdb.newest_frame().name())
    with open(os.environ["QUARRY_TEST_SERIAL"], encoding="utf-8", errors="replace") as log:
        told = log.read().replace("\r", "").partition("quarry> ps\n")[2].partition("quarry> ")[0]
    shown = answer("q-ps")
    check(len(listed(told)) > 2 and listed(shown) == listed(told), "q-ps lists what `ps` listed", shown, told)

    before = [answer(f"output/x ${name}") for name in REGISTERS], answer("x/8xw $esp")
    expect("q-bt", r" swapper/0$", r" in (schedule|__schedule) ", r" cmd_poweroff ", r" maker_thread ")
    maker = dict((name, number) for number, name in listed(shown)).get("kthreadd", 0)
    asleep = answer(f"q-bt {maker}")
    check(re.search(r"__schedule .*schedule .*maker_thread .*kthread_main .*thread_start ", asleep, re.DOTALL),
          "a thread that sleeps, from where it was left to its beginning", asleep)
    running = answer("q-bt 1")
    check(re.search(r"machine_exit .*cmd_poweroff .*monitor .*kernel_init .*thread_start ", running, re.DOTALL),
          "one that runs, too", running)
    after = [answer(f"output/x ${name}") for name in REGISTERS], answer("x/8xw $esp")
    check(before == after, "and the CPU has its registers back", before, after)
    expect("q-bt 4711", "There is no thread 4711")


def main():
    tap = Tap()
    log = tap.path("serial.log")
    tap.session(debugger("--log", log, "--batch", __file__), "threads", b"ps\npoweroff\n",
                QUARRY_TEST_SERIAL=log, MEM="128M", CPU="max", SMP="2")
    tap.done()


if gdb:
    inside(script)
else:
    main()
