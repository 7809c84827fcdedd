#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
The reader's own test: good transcripts, each with the flat lines that it must become, and bad
ones, each with the sentence by which the reader must refuse it. Every bad transcript differs from
a good one in one place, so that no other fault can stand in for the one it is about.
"""
import os
import re
import sys
import unittest

sys.dont_write_bytecode = True	# the tree stays as it is
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import ktap

TWO_SUITES = """\
KTAP version 1
1..2
    KTAP version 1
    # Subtest: list
    1..2
    ok 1 add
    ok 2 remove
# list: pass:2 fail:0 skip:0 total:2
# Totals: pass:2 fail:0 skip:0 total:2
ok 1 list
    KTAP version 1
    # Subtest: sort
    1..1
    ok 1 all_orders
ok 2 sort
"""

PARAMETERS = """\
KTAP version 1
1..1
    KTAP version 1
    # Subtest: division
    1..2
        KTAP version 1
        # Subtest: by
        ok 1 by 1
        ok 2 by 2
        ok 3 by 3 # SKIP too odd
    # by: pass:2 fail:0 skip:1 total:3
    ok 1 by
    ok 2 zero
# division: pass:2 fail:0 skip:0 total:2
# Totals: pass:3 fail:0 skip:1 total:4
ok 1 division
"""

FAILURE = """\
KTAP version 1
1..1
    KTAP version 1
    # Subtest: list
    1..2
    ok 1 add
    # remove: EXPECTATION FAILED at tests/list_test.c:30
    Expected list_empty(&head) to be true, but is false
    not ok 2 remove
# list: pass:1 fail:1 skip:0 total:2
not ok 1 list
"""

SKIP = """\
KTAP version 1
1..1
    KTAP version 1
    # Subtest: nx
    1..1
    ok 1 no_execute # SKIP this CPU has no NX
ok 1 nx # SKIP
"""


def with_log(transcript):
    """The same as it looks on a serial line."""
    lines = []
    for number, line in enumerate(transcript.splitlines()):
        lines += [f"\x1b[1m[    0.{number:06}] {line}\x1b[0m\r",
                  f"[   12.{number:06}] memblock: something ordinary, 1 of 2\r"]
    return "\n".join(["SeaBIOS (version 1.16)\r", "\r"] + lines) + "\n"


GOOD = {
    "two suites": (TWO_SUITES, (), ["ok list.add", "ok list.remove", "ok sort.all_orders"]),
    "as on the serial line": (with_log(TWO_SUITES), (),
                              ["ok list.add", "ok list.remove", "ok sort.all_orders"]),
    "the older form, with dashes": (TWO_SUITES.replace("ok 1 ", "ok 1 - "), (),
                                    ["ok list.add", "ok list.remove", "ok sort.all_orders"]),
    "parameters": (PARAMETERS, ("division.by",), ["ok division.by", "ok division.zero"]),
    "parameters described alike, or not at all": (
        PARAMETERS.replace(" by 1", "").replace(" by 3", " by 2"), ("division.by",),
        ["ok division.by", "ok division.zero"]),
    "expected skip": (SKIP, ("nx.*",), ["skip nx.no_execute"]),
    "a crime inside a case": (TWO_SUITES.replace("    ok 2 remove", "BUG: unable to handle it\n"
                                                 "WARNING: CPU: 0\n    ok 2 remove"), (),
                              ["ok list.add", "ok list.remove", "ok sort.all_orders"]),
    "a whole suite skipped": (TWO_SUITES.replace("ok 2 sort", "ok 2 sort # SKIP").replace(
        "    ok 1 all_orders", "    ok 1 all_orders # SKIP no time"), ("sort.all_orders",),
        ["ok list.add", "ok list.remove", "skip sort.all_orders"]),
}


def swap(transcript, old, new):
    assert transcript.count(old) >= 1, old
    return transcript.replace(old, new, 1)


# name: (transcript, expected skips, what must be said in a line that is not ok)
BAD = {
    "nothing": ("", (), "not a line of KTAP"),
    "only a boot log": ("[    0.1] hello\n", (), "not a line of KTAP"),
    "no version line": (swap(TWO_SUITES, "KTAP version 1\n", ""), (), "before the version line"),
    "another version": (swap(TWO_SUITES, "KTAP version 1", "KTAP version 2"), (), "version 2"),
    "a second document": (TWO_SUITES + TWO_SUITES, (), "after the end"),
    "a second version line": (swap(TWO_SUITES, "1..2", "KTAP version 1\n1..2"), (), "second version"),
    "a failed case": (FAILURE, (), r"^list\.remove$"),
    "ok over a failed case": (swap(FAILURE, "not ok 1 list", "ok 1 list"), (), "over what failed: remove"),
    "not ok over passed cases": (swap(TWO_SUITES, "\nok 1 list", "\nnot ok 1 list"), (),
                                 "although nothing in it failed"),
    "skip over passed cases": (swap(TWO_SUITES, "\nok 1 list", "\nok 1 list # SKIP"), (),
                               "not all of it was skipped"),
    "ok over a failed parameter": (swap(PARAMETERS, "ok 2 by 2", "not ok 2 by 2"), ("division.by",),
                                   "over what failed: by 2"),
    "not ok over good parameters": (swap(PARAMETERS, "    ok 1 by\n", "    not ok 1 by\n"),
                                    ("division.by",), "although nothing in it failed"),
    "the suites' plan too long": (swap(TWO_SUITES, "1..2", "1..3"), (), "ended early: 2 of 3"),
    "the suites' plan too short": (swap(TWO_SUITES, "1..2", "1..1"), (), "after the end"),
    "the cases' plan too long": (swap(TWO_SUITES, "    1..2", "    1..3"), (),
                                 "2 results, and the plan promised 3"),
    "the cases' plan too short": (swap(TWO_SUITES, "    1..2", "    1..1"), (),
                                  "the plan promised no more than 1"),
    "no plan of suites": (swap(TWO_SUITES, "1..2\n", ""), (), "without a plan|ended early"),
    "no plan of cases": (swap(TWO_SUITES, "    1..1\n", ""), (), "without a plan"),
    "two plans": (swap(TWO_SUITES, "    1..1\n", "    1..1\n    1..1\n"), (), "a second plan"),
    "a plan at the end": (swap(TWO_SUITES, "    1..1\n    ok 1 all_orders\n",
                               "    ok 1 all_orders\n    1..1\n"), (), "after the first result"),
    "a plan from 0": (swap(TWO_SUITES, "    1..2", "    0..2"), (), "does not start at 1"),
    "a gap in the numbers": (swap(TWO_SUITES, "ok 2 remove", "ok 3 remove"), (), "number 2 was due"),
    "a number twice": (swap(TWO_SUITES, "ok 2 remove", "ok 1 remove"), (), "number 2 was due"),
    "suites out of order": (swap(TWO_SUITES, "ok 2 sort", "ok 1 sort"), (), "number 2 was due"),
    "a case twice": (swap(TWO_SUITES, "ok 2 remove", "ok 2 add"), (), "occurs twice"),
    "a suite twice": (TWO_SUITES.replace("sort", "list"), (), "occurs twice"),
    "a case without a name": (swap(TWO_SUITES, "ok 2 remove", "ok 2"), (), "has no name"),
    "another suite's result": (swap(TWO_SUITES, "ok 2 sort", "ok 2 tort"), (), "ends suite sort"),
    "no result of a suite": (swap(TWO_SUITES, "\nok 1 list", ""), (), "has no result line"),
    "no result of a case with parameters": (swap(PARAMETERS, "    ok 1 by\n", ""), ("division.by",),
                                            "ends case by"),
    "no subtest line": (swap(TWO_SUITES, "    # Subtest: sort\n", ""), (), "no '# Subtest:'"),
    "a suite without cases": (swap(TWO_SUITES, "    1..1\n    ok 1 all_orders\n", "    1..0\n"), (),
                              "without a single case"),
    "a suite that is one line": ("KTAP version 1\n1..1\nok 1 list\n", (), "without a single case"),
    "a suite whose init failed": ("KTAP version 1\n1..1\nnot ok 1 list\n", (), "^list$"),
    "no suite": ("KTAP version 1\n1..0\n", (), "not one suite"),
    "end within a suite": (TWO_SUITES.partition("    ok 2 remove")[0], (),
                           "ended early: 0 of 2 suites, within suite list, after add"),
    "end between suites": (TWO_SUITES.partition("\nok 1 list\n")[0] + "\nok 1 list\n", (),
                           "ended early: 1 of 2"),
    "end within parameters": (PARAMETERS.partition("        ok 2")[0], (),
                              "within suite division, case by, after by 1"),
    "a result after the end": (TWO_SUITES + "ok 3 more\n", (), "after the end"),
    "a nested result after the end": (TWO_SUITES + "    ok 1 more\n", (), "after the end"),
    "a result too deep": (swap(TWO_SUITES, "    ok 2 remove", "        ok 2 remove"), (), "indented by 8"),
    "a crooked result": (swap(TWO_SUITES, "    ok 2 remove", "   ok 2 remove"), (), "indented by 3"),
    "an unexpected skip": (SKIP, (), "^nx.no_execute$"),
    "an expected skip that did not happen": (TWO_SUITES, ("list.add",), "expects a skip"),
    "an unexpected skip of a parameter": (PARAMETERS, (), r"^division\.by$"),
    "skipped and failed": (swap(SKIP, "    ok 1 no_execute", "    not ok 1 no_execute"), ("nx.*",),
                           "failed at once"),
    "a TODO": (swap(TWO_SUITES, "ok 2 remove", "ok 2 remove # TODO later"), (), "no directive but SKIP"),
    "a bail-out": (swap(TWO_SUITES, "    ok 2 remove", "Bail out! tired\n    ok 2 remove"), (), "Bail out"),
    "a panic at the end": (TWO_SUITES + "Kernel panic - not syncing: late\n", (), "Kernel panic"),
    "a panic inside a case": (swap(TWO_SUITES, "    ok 2 remove",
                                   "Kernel panic - not syncing: early\n    ok 2 remove"), (), "Kernel panic"),
    "a bug before the tests": ("BUG: at boot\n" + TWO_SUITES, (), "outside of any case"),
    "a warning between suites": (swap(TWO_SUITES, "\nok 1 list", "\nok 1 list\nWARNING: CPU: 0"), (),
                                 "outside of any case"),
    "a warning after a suite's last case": (swap(TWO_SUITES, "# list", "[    1.000000] WARNING: x\n# list"),
                                            (), "outside of any case"),
    "statistics of a suite": (swap(TWO_SUITES, "# list: pass:2", "# list: pass:1"), (),
                              "pass:2 fail:0 skip:0 was counted"),
    "statistics of parameters": (swap(PARAMETERS, "# by: pass:2 fail:0 skip:1", "# by: pass:3 fail:0 skip:0"),
                                 ("division.by",), "pass:2 fail:0 skip:1 was counted"),
    "totals": (swap(PARAMETERS, "# Totals: pass:3", "# Totals: pass:2"), ("division.by",),
               "pass:3 fail:0 skip:1 was counted"),
}


def read(transcript, skips=(), partial=False):
    lines = []
    reader = ktap.Reader(lambda *line: lines.append(line), skips, partial)
    for line in transcript.splitlines(keepends=True):
        reader.feed(line)
    reader.finish()
    return lines


class Good(unittest.TestCase):
    def test_partial_run(self):
        lines = read(TWO_SUITES, ("nx.no_execute",), partial=True)
        self.assertTrue(all(ok for ok, *_ in lines))

    def test_diagnostics(self):
        failed = [line for line in read(FAILURE) if not line[0]]
        self.assertEqual(len(failed), 1)
        self.assertIn("    Expected list_empty(&head) to be true, but is false", failed[0][3])


class Bad(unittest.TestCase):
    def test_every_cut_is_noticed(self):
        """However early the good transcript ends, at a line's end, the reader sees it."""
        lines = PARAMETERS.splitlines(keepends=True)
        for end in range(len(lines)):
            with self.subTest(lines=end):
                found = read("".join(lines[:end]), ("division.by",))
                self.assertTrue(any(not ok for ok, *_ in found))

    def test_every_lost_line_is_noticed(self):
        """No single line that says something can go missing (the log and statistics may)."""
        lines = FAILURE.replace("not ok", "ok").replace("pass:1 fail:1", "pass:2 fail:0").splitlines(True)
        for lost, line in enumerate(lines):
            if re.match(r" *(#(?! Subtest)|Expected)", line):
                continue
            with self.subTest(line=line):
                found = read("".join(lines[:lost] + lines[lost + 1:]))
                self.assertTrue(any(not ok for ok, *_ in found))


def good(transcript, skips, wanted):
    def test(self):
        lines = read(transcript, skips)
        flat = ["{} {}".format("not ok" if not ok else "ok" if skip is None else "skip", name)
                for ok, name, skip, _ in lines]
        self.assertEqual(flat, wanted)
    return test


def bad(transcript, skips, wanted):
    def test(self):
        said = [name for ok, name, *_ in read(transcript, skips) if not ok]
        self.assertTrue(any(re.search(wanted, line) for line in said), f"{wanted!r} is not in {said}")
    return test


for table, make, group in ((GOOD, good, Good), (BAD, bad, Bad)):
    for name, row in table.items():
        setattr(group, "test_" + re.sub(r"\W+", "_", name), make(*row))
del group	# or unittest would find its tests twice

if __name__ == "__main__":
    unittest.main()
