#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
docs/slab.md tells the lives of kmalloc(100) and kfree() in numbered steps, each of which begins
with the name of a function. Here these lives are lived: GDB stops at each of the functions, and they
must be called in the order of the text. Prints flat TAP.
"""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from both_sides import ROOT, Tap, check, debugger, gdb, inside	# noqa: E402

DOC = os.path.join(ROOT, "docs/slab.md")
CACHE = "kmalloc-128"
STEP = re.compile(r"^\d+\. `(\w+)\(\)`", re.MULTILINE)
CALL = re.compile(r"`(\w+)\(\)`")
FIRST, FREE, QUICK, REFILL = SECTIONS = ("The life of one `kmalloc(100)`", "The life of its `kfree()`", "From then on",
                                         "When the magazine is empty")
# An object comes and goes twice. Then so many come and go that both of a CPU's magazines run over.
MANY = 60
LINES = ["alloc kmalloc 100", "free #1"] * 2 + ["alloc kmalloc 100"] * MANY + [f"free #{n + 1}" for n in range(MANY)]
TYPED = "".join(f"{line}\n" for line in [*LINES, "poweroff"]).encode()


def section(title):
    """The text of a section of the document, up to the next of its rank or above."""
    with open(DOC, encoding="utf-8") as file:
        text = file.read()
    found = re.search(rf"^(#+) {re.escape(title)}$\n(.*?)(?=^#{{1,3}} |\Z)", text, re.MULTILINE | re.DOTALL)
    return found[2] if found else ""


def steps(title):
    return STEP.findall(section(title))


# ---- inside GDB ----

calls = []		# (number of the command that was typed, function), as they come


class Command:
    """Which of the typed lines is being executed."""
    number = 0
    is_read = False


if gdb:
    class Watch(gdb.Breakpoint):
        """Notes that a function is called, for our cache or for none in particular, and goes on."""

        def __init__(self, function):
            super().__init__(function, internal=True)
            self.function = function

        def stop(self):
            if typed(gdb.newest_frame()) and concerns_us(gdb.newest_frame()):
                calls.append((Command.number, self.function))
            return False

    class LineRead(gdb.Breakpoint):
        def stop(self):
            Command.is_read = True
            return False

    class NextLine(gdb.Breakpoint):
        """Hit again when an interrupt comes between the stop and the step that follows it: that is no line more."""
        def stop(self):
            Command.number += Command.is_read
            Command.is_read = False
            return False


def typed(frame):
    """A call on behalf of a line that was typed, and not of another thread or an interrupt."""
    while frame and frame.name() != "monitor_execute":
        frame = frame.older()
    return frame


def concerns_us(frame):
    """Not a call for another cache. (Arguments only: variables are not set yet.)"""
    for symbol in frame.block():
        if symbol.is_argument and symbol.name in ("cache", "cachep"):
            cache = frame.read_var(symbol)
            return cache.is_optimized_out or cache["name"].string() == CACHE
    return True


def exists(function):
    """Inline functions have no symbol, but places in the code."""
    try:
        return gdb.decode_line(function)[1]
    except gdb.error:
        return False


def called_in(numbers, wanted):
    """The functions among @wanted that were called while these lines were executed, in order."""
    return [function for number, function in calls if number in numbers and function in wanted]


def is_subsequence(short, long):
    rest = iter(long)
    return all(step in rest for step in short)


def compare(title, steps, made, every_step):
    """Are the @steps of the text those that were @made? With others in between, if not @every_step."""
    check(made == steps if every_step else is_subsequence(steps, made), f"\"{title}\": the steps of the text",
          "the text:", *steps, "the machine:", *made)


def lives():
    walks = {title: steps(title) for title in SECTIONS}
    for title, walk in walks.items():
        check(len(walk) >= 2, f"docs/slab.md, \"{title}\", has numbered steps", section(title))
    for name in sorted(set(CALL.findall("".join(section(title) for title in walks)))):
        check(exists(name), f"{name}() exists")
    everything = set(sum(walks.values(), []))

    LineRead("readline_start", internal=True)
    NextLine("monitor_execute", internal=True)
    for name in sorted(everything):
        Watch(name)
    gdb.execute("continue")
    check(gdb.newest_frame().name() == "machine_exit", "`poweroff` stops at machine_exit", gdb.newest_frame().name())
    check(Command.number == len(LINES) + 1, "all lines were executed", Command.number)

    compare(FIRST, walks[FIRST], called_in({1}, walks[FIRST]), False)
    compare(FREE, walks[FREE], called_in({2}, everything), True)
    compare(QUICK, walks[QUICK], called_in({3, 4}, everything), True)
    compare(REFILL, walks[REFILL], called_in({6}, walks[REFILL]), False)
    frees = range(5 + MANY, 5 + 2 * MANY)
    slow = [line for line in frees if "free_by_exchange" in called_in({line}, everything)]
    check(0 < len(slow) < MANY / 10, "of many calls of kfree(), few find no room", slow)
    compare(FREE, walks[FREE], called_in(set(slow[-1:]), everything), True)


def main():
    tap = Tap()
    debug = debugger("--log", tap.path("serial.log"), "--batch", __file__)
    tap.session(debug, "life", TYPED, MEM="128M")
    tap.done()


if gdb:
    inside(lives)
else:
    main()
