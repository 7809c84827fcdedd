#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
A strict reader of KTAP version 1, as KUnit prints it on the serial line.

Perl's `prove` reads flat TAP: it takes a nested failure under a suite that says ok for a success.
So this reader takes the nested form apart, believes nothing, and writes one flat line for each
case, "ok 12 - suite.case". Whatever contradicts itself becomes a line of its own that is not ok:

  1. Form: the version line, plans (the one of parameters may be missing), numbers without gaps,
     indentation, suites' and cases' names that occur once, nothing missing at the end and nothing
     after it.
  2. Agreement: a result over nested results says the same as they do, and so do the lines of
     statistics ("# suite: pass:3 fail:0 skip:0 total:3", "# Totals: ...").
  3. Skips: each is on the list of expected skips, and each on the list happens.
  4. The log in between: "Kernel panic" is always wrong; "BUG:" and "WARNING:" are what some cases
     provoke on purpose, so they are wrong only outside of a running case.

As a program it is a filter: ktap.py [--skip SUITE.CASE]... [--partial] [FILE]
"""
import argparse
import collections
import fnmatch
import re
import sys

ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[@-Z\\^_])")
TIMESTAMP = re.compile(r"^\[ *\d+\.\d{6}\] ?")

VERSION = re.compile(r"^( *)KTAP version (.*?) *$")
SUBTEST = re.compile(r"^( *)# Subtest: (.*?) *$")
PLAN = re.compile(r"^( *)(\d+)\.\.(\d+) *(?:#.*)?$")
RESULT = re.compile(r"^( *)(ok|not ok) (\d+)(?: (?:- )?(.*?))??(?: ?# (SKIP|TODO|XFAIL|TIMEOUT|ERROR)\b ?(.*?))? *$")
STATISTICS = re.compile(r"^ *# (.+): pass:(\d+) fail:(\d+) skip:(\d+) total:(\d+) *$")
BAIL_OUT = re.compile(r"^ *Bail out!")

PANIC = re.compile(r"^Kernel panic\b")
ALARM = re.compile(r"^(BUG|WARNING|KASAN|UBSAN): |^kernel BUG at |^Oops\b")

INDENT = 4
LEVELS = ("the run", "suite", "case")	# what the results at a depth belong to
CONTEXT = 60				# lines of log kept for a case that fails


def clean(line):
    """A line of the serial log without colours, carriage returns and its time stamp."""
    return TIMESTAMP.sub("", ANSI.sub("", line).replace("\r", "").rstrip("\n"))


class Level:
    """Results of one indentation: of the run (suites), a suite (cases), or a case (parameters)."""

    def __init__(self, depth):
        self.depth = depth
        self.name = None		# its "# Subtest:"
        self.plan = None
        self.names = []			# of the results so far
        self.tally = collections.Counter()	# of these results: pass, fail, skip
        self.leaves = collections.Counter()	# the same of the innermost results below
        self.failed = []

    def __str__(self):
        return f"{LEVELS[self.depth]} {self.name}" if self.depth else LEVELS[0]

    def complete(self):
        return self.plan is not None and len(self.names) >= self.plan


class Reader:
    """
    Feed it lines, then call finish(). @emit gets (ok, name, skip, diagnostics) for each flat
    line: skip is the reason or None, diagnostics a list of lines that help with a failure.
    @partial: only some suites were asked for, so skips expected in the others need not happen.
    """

    def __init__(self, emit, expected_skips=(), partial=False):
        self.emit = emit
        self.expected_skips = {pattern: False for pattern in expected_skips}
        self.partial = partial
        self.levels = []
        self.suites = []
        self.context = collections.deque(maxlen=CONTEXT)
        self.panicked = False
        self.parameter_skips = []

    # What is wrong, and what is well.

    def problem(self, text, where=None):
        self.emit(False, f"{where or self.place()}: {text}", None, list(self.context))

    def place(self):
        return str(self.levels[-1]) if self.levels else "the run"

    def expected(self, name):
        found = [p for p in self.expected_skips if fnmatch.fnmatchcase(name, p)]
        for pattern in found:
            self.expected_skips[pattern] = True
        return bool(found)

    def case(self, name, ok, skip):
        diagnostics = [] if ok else list(self.context)
        if skip is not None and not self.expected(name):
            ok, diagnostics = False, [f"skipped, which this row does not expect: {skip}"]
        for reason in self.parameter_skips:
            if not self.expected(name):
                ok = False
                diagnostics.append(f"a parameter was skipped, which this row does not expect: {reason}")
        self.parameter_skips = []
        self.emit(ok, name, skip if ok else None, diagnostics)

    # One line after the other.

    def feed(self, raw):
        line = clean(raw)
        for pattern, handle in ((VERSION, self.version), (SUBTEST, self.subtest),
                                (PLAN, self.take_plan), (RESULT, self.result)):
            match = pattern.match(line)
            if match:
                if not self.levels and handle != self.version:
                    return self.problem(f"'{line.strip()}' before the version line")
                if self.ended():
                    return self.problem(f"'{line.strip()}' after the end")
                return handle(match)
        return self.ordinary(line)

    def ordinary(self, line):
        match = STATISTICS.match(line)
        if match:
            self.statistics(match)
        elif BAIL_OUT.match(line):
            self.problem(line.strip())
        elif PANIC.match(line):
            self.panicked = True
            self.problem(line)
        elif ALARM.match(line) and not self.in_case():
            self.problem(f"outside of any case: {line}")
        if line.strip():
            self.context.append(line)

    def in_case(self):
        return len(self.levels) > 2 or (len(self.levels) == 2 and not self.levels[-1].complete())

    def ended(self):
        return len(self.levels) == 1 and self.levels[0].complete()

    def version(self, match):
        depth, rest = divmod(len(match[1]), INDENT)
        if match[2] != "1":
            self.problem(f"KTAP version {match[2]}, and this reader knows 1")
        if depth == 0 and self.levels:
            return self.problem("a second version line")
        self.close_down_to(depth - 1)
        if rest or depth != len(self.levels) or depth >= len(LEVELS):
            return self.problem(f"'{match[0].strip()}' indented by {len(match[1])}")
        self.levels.append(Level(depth))

    def subtest(self, match):
        level = self.levels[-1]
        if len(match[1]) != INDENT * level.depth or level.name is not None or level.names:
            return self.problem(f"'{match[0].strip()}' is out of place")
        level.name = match[2]
        if level.depth == 1:
            self.suites.append(level.name)

    def take_plan(self, match):
        level = self.levels[-1]
        if len(match[1]) != INDENT * level.depth:
            return self.problem(f"the plan {match[0].strip()} is indented by {len(match[1])}")
        if level.plan is not None:
            return self.problem(f"a second plan {match[0].strip()}")
        if level.names:
            self.problem(f"the plan {match[0].strip()} comes after the first result")
        if match[2] != "1":
            self.problem(f"the plan {match[0].strip()} does not start at 1")
        level.plan = int(match[3])

    def result(self, match):
        depth, rest = divmod(len(match[1]), INDENT)
        if rest or depth >= len(self.levels):
            return self.problem(f"'{match[0].strip()}' indented by {len(match[1])}")
        self.close_down_to(depth + 1)
        below = self.close(self.levels.pop()) if len(self.levels) > depth + 1 else None
        self.add(self.levels[-1], match, below)

    def add(self, level, match, below):
        ok, number, name = match[2] == "ok", int(match[3]), (match[4] or "").strip()
        skip = (match[6] or "no reason given") if match[5] == "SKIP" else None
        text = match[0].strip()

        if level.depth and level.name is None:
            self.problem(f"'{text}' below no '# Subtest:' line")
            level.name = "?"
        if level.depth < 2 and level.plan is None and not level.names:
            self.problem(f"'{text}' without a plan before it")
        if number != len(level.names) + 1:
            self.problem(f"'{text}' where number {len(level.names) + 1} was due")
        if level.depth < 2 and not name:	# parameters are told apart by their numbers
            self.problem(f"'{text}' has no name")
        if level.depth < 2 and name in level.names:
            self.problem(f"'{text}': the name occurs twice")
        if match[5] not in (None, "SKIP"):
            self.problem(f"'{text}': KUnit knows no directive but SKIP")
        if skip is not None and not ok:
            self.problem(f"'{text}': skipped and failed at once")
        level.names.append(name)
        if level.plan is not None and len(level.names) > level.plan:
            self.problem(f"'{text}': the plan promised no more than {level.plan}")

        if below:
            self.agree(below, text, name, ok, skip)
        verdict = "fail" if not ok else "skip" if skip is not None else "pass"
        level.tally[verdict] += 1
        level.leaves.update(below.leaves if below else {verdict: 1})
        if not ok:
            level.failed.append(name)
        self.report(level, name, ok, skip, below)
        if level.depth < 2:
            self.context.clear()

    def agree(self, below, text, name, ok, skip):
        if below.name not in (name, None):
            self.problem(f"'{text}' ends {below}", where=str(below))
        if ok and below.failed:
            self.problem(f"'{text}' over what failed: {', '.join(below.failed)}", where=str(below))
        if not ok and below.names and not below.failed:
            self.problem(f"'{text}' although nothing in it failed", where=str(below))
        if skip is not None and below.tally["pass"]:
            self.problem(f"'{text}' although not all of it was skipped", where=str(below))

    def report(self, level, name, ok, skip, below):
        """Cases become lines; so do suites that have none."""
        if level.depth == 1:
            if below and below.failed:
                self.context.append(f"parameters that failed: {', '.join(below.failed)}")
            self.case(f"{level.name}.{name}", ok, skip)
        elif level.depth == 2 and skip is not None:
            self.parameter_skips.append(skip)
        elif level.depth == 0 and not (below and below.names):
            if ok and skip is None:
                self.problem("ok without a single case", where=f"suite {name}")
            else:
                self.case(name, ok, skip)

    def statistics(self, match):
        if not self.levels:
            return
        level = self.levels[-1]
        if match[1] == level.name:
            counted = level.tally
        elif match[1] == "Totals":
            counted = level.leaves
        else:
            return
        said = tuple(int(n) for n in match.group(2, 3, 4, 5))
        true = tuple(counted[v] for v in ("pass", "fail", "skip"))
        if said != true + (sum(true),):
            self.problem("'{}' where pass:{} fail:{} skip:{} was counted".format(match[0].strip(), *true))

    # Ends.

    def close_down_to(self, number):
        """Levels below the one at depth @number end here without having been given a result."""
        while len(self.levels) > number + 1:
            level = self.levels.pop()
            self.problem("has no result line", where=str(level))
            self.close(level)

    def close(self, level):
        if level.plan is None and level.depth < 2:
            if not level.names:
                self.problem("no plan and no results", where=str(level))
        elif level.plan is not None and len(level.names) < level.plan:
            self.problem(f"{len(level.names)} results, and the plan promised {level.plan}",
                         where=str(level))
        return level

    def finish(self):
        """The serial line fell silent for good."""
        if not self.levels:
            self.problem("not a line of KTAP")
        elif not self.ended():
            run = self.levels[0]
            done = f"{len(run.names)} of {'an unknown number of' if run.plan is None else run.plan} suites"
            if len(self.levels) > 1:
                open_levels = ", ".join(str(level) for level in self.levels[1:])
                last = [level.names[-1] for level in self.levels[1:] if level.names][-1:]
                done += f", within {open_levels}" + (f", after {last[0]}" if last else "")
            return self.problem(f"ended early: {done}", where="the run")
        elif self.levels[0].plan == 0:
            self.problem("not one suite ran")
        self.missing_skips()

    def missing_skips(self):
        for pattern, happened in self.expected_skips.items():
            ran = any(fnmatch.fnmatchcase(suite, pattern.partition(".")[0]) for suite in self.suites)
            if not happened and (ran or not self.partial):
                self.emit(False, f"{pattern}: this row expects a skip, and none happened", None, [])


class Tap:
    """Writes flat TAP, counting; @also is a second file that gets a copy."""

    def __init__(self, out=sys.stdout, also=None):
        self.files = [f for f in (out, also) if f]
        self.passed = self.failed = self.skipped = 0

    def write(self, text):
        for file in self.files:
            file.write(text + "\n")
            file.flush()

    def comment(self, lines):
        for line in lines:
            self.write("# " + line)

    def result(self, ok, name, skip=None, diagnostics=()):
        if skip is not None and ok:
            self.skipped += 1
        elif ok:
            self.passed += 1
        else:
            self.failed += 1
        text = "{} {} - {}".format("ok" if ok else "not ok",
                                   self.passed + self.failed + self.skipped, name.replace("#", "\\#"))
        self.write(text + (f" # SKIP {skip}" if ok and skip is not None else ""))
        if not ok:
            self.comment(diagnostics)

    def skip_all(self, reason):
        self.skipped += 1
        self.write(f"1..0 # SKIP {reason}")

    def done(self):
        """Ends the document; returns the exit status of a program that prints nothing else."""
        self.write(f"1..{self.passed + self.failed + self.skipped}")
        return 1 if self.failed else 0


def main():
    parser = argparse.ArgumentParser(description="Strict KTAP in, flat TAP out.")
    parser.add_argument("--skip", action="append", default=[], metavar="SUITE.CASE",
                        help="a skip that is expected; shell patterns allowed")
    parser.add_argument("--partial", action="store_true",
                        help="expected skips of suites that did not run need not happen")
    parser.add_argument("file", nargs="?", type=argparse.FileType("rb"), default=sys.stdin.buffer)
    arguments = parser.parse_args()
    tap = Tap()
    reader = Reader(tap.result, arguments.skip, arguments.partial)
    for line in arguments.file:
        if line.endswith(b"\n"):		# a cut-off line says nothing
            reader.feed(line.decode(errors="replace"))
    reader.finish()
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
