# SPDX-License-Identifier: MIT
"""
Tests of the debugger's set-up. A test is one file that runs twice: as a program, which prints flat
TAP, and as a script inside the GDB that this program starts. Inside, check() prints what was found
out; outside, session() reads it and numbers it. A script that does not reach its end has failed.
"""
import glob
import os
import re
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("O") or "build")
LIMIT = 60			# seconds a session may take on a machine that is busy; 2 to 5 on an idle one

try:
    import gdb
except ImportError:
    gdb = None


# ---- inside GDB ----

def check(good, name, *found):
    """One result; what was found instead is shown when it is not good."""
    print(f"\nCHECK {'ok' if good else 'not ok'} {name}")
    if not good:
        for thing in found:
            print("\n".join(f"FOUND {line}" for line in str(thing).splitlines()))


def answer(command):
    """What a GDB command prints, or the text of its error."""
    try:
        return gdb.execute(command, to_string=True)
    except gdb.error as error:
        return str(error)


def expect(command, *patterns):
    """Check that each pattern is found in what a command prints."""
    shown = answer(command)
    for pattern in patterns:
        check(re.search(pattern, shown, re.MULTILINE), f"{command}: /{pattern}/", shown)


def inside(script):
    """Run @script, and say that its end was reached."""
    script()
    print("\nCHECK end")


# ---- outside ----

class Tap:
    def __init__(self):
        self.count = self.failed = 0
        self.directory = tempfile.TemporaryDirectory(prefix="quarry-gdb-test-")

    def path(self, name):
        return os.path.join(self.directory.name, name)

    def ok(self, good, name, *found):
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {name.replace('#', '')}", flush=True)
        if not good:
            for thing in found:
                print("\n".join(f"# {line}" for line in str(thing).splitlines()[-60:]), flush=True)

    def session(self, command, name, typed=b"", **environment):
        """Run a command whose GDB runs a script of checks. Returns all it printed."""
        output, status = run(command, typed, **environment)
        ended = False
        for line in output.splitlines():
            if line.startswith("CHECK end"):
                ended = True
            elif line.startswith("CHECK "):
                good, _, what = line.removeprefix("CHECK ").partition("ok ")
                self.ok(not good, f"{name}: {what}", *([] if not good else found_after(output, line)))
        self.ok(ended and status == 0, f"{name}: the script reached its end", f"status {status}", output)
        return output

    def done(self):
        self.ok(nobody_left(), "no QEMU is left behind")
        print(f"1..{self.count}")
        sys.exit(1 if self.failed else 0)


def found_after(output, line):
    lines = output.splitlines()
    for found in lines[lines.index(line) + 1:]:
        if not found.startswith("FOUND "):
            break
        yield found.removeprefix("FOUND ")


MARK = f"gdb-test-{os.getpid()}"	# a word on the command line by which our machines are known


def run(command, typed=b"", limit=LIMIT, **environment):
    """(output, status); the status is None where the time was not enough."""
    settings = {**os.environ, "APPEND": MARK, **environment}
    process = subprocess.Popen(command, cwd=ROOT, env=settings, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        output, _ = process.communicate(typed, timeout=limit)
        return output.decode(errors="replace"), process.returncode
    except subprocess.TimeoutExpired:
        process.terminate()		# and not kill: it ends its QEMU and GDB
        return process.communicate()[0].decode(errors="replace") + "\nout of time", None


def nobody_left():
    """Whether no process has our mark on its command line."""
    for _ in range(20):
        left = [name for name in glob.glob("/proc/[0-9]*/cmdline") if marked(name)]
        if not left:
            return True
        time.sleep(0.1)
    return False


def marked(name):
    try:
        with open(name, "rb") as file:
            return MARK.encode() in file.read()
    except OSError:
        return False


def image(name, *make):
    """The path of an image, which is built when it is missing."""
    path = os.path.join(BUILD, name)
    if not os.path.isfile(path):
        subprocess.run(["make", "--no-print-directory", *make, os.path.relpath(path, ROOT)], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL)
    return path


def debug_image():
    """The image that a session loads, made for stepping: without the suites, whose making takes as long again."""
    return image("debug/quarry-bare.elf", "DEBUG=1")


def debugger(*options):
    """The command for a session with it."""
    return ["tools/debug", "--kernel", debug_image(), *options]
