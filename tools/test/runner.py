# SPDX-License-Identifier: MIT
"""
Running one row of the matrix: start the machine, read what it says, judge how it left.

A run passes only if the reader (ktap.py) finds nothing wrong, the plan is complete, and the
machine left with the status that the kernel gives when all is well. So a kernel that dies early,
hangs, resets, or says that all is well and leaves too soon cannot pass.
"""
import os
import selectors
import shlex
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

import ktap
import matrix

ALL_WELL, TEST_FAILED, PANICKED = 33, 35, 37	# <quarry/exit.h>, as QEMU leaves
TAIL = 30				# lines of log shown when a run failed
MOST_OUTPUT = 32 << 20			# bytes; a machine that prints more is in a loop
SOAK = 10				# factor on time limits

for variable in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL"):
    os.environ.pop(variable, None)	# a make that a row starts is not part of the one that started us


@dataclass
class Ending:
    status: int = None			# negative: killed by that signal
    cut: str = None			# why the run was cut short, or None
    triple_fault: bool = False
    errors: str = ""			# what the emulator itself said

    def why(self):
        """In words, when something is wrong with it."""
        if self.cut:
            return self.cut
        if self.triple_fault:
            return "the CPU reset itself: a triple fault"
        known = {ALL_WELL: None, TEST_FAILED: "a test failed", PANICKED: "the kernel panicked",
                 0: "the machine reset itself, switched off, or was told to end"}
        if self.status in known:
            return known[self.status]
        if self.status < 0:
            return f"the emulator was killed by {signal.Signals(-self.status).name}"
        return "the emulator could not start, or failed"


def soaking():
    return os.environ.get("SOAK") == "1"


def log_file(row, suffix):
    os.makedirs(matrix.LOGS, exist_ok=True)
    return os.path.join(matrix.LOGS, row.name + suffix)


# What is started for a row.

def words(row):
    """The kernel's command line."""
    given = row.words.split()
    if not any(word == "test" or word.startswith("test=") for word in given):
        given.append("test")
    return " ".join(given + (["soak"] if soaking() else []))


def machine_arguments(row):
    arguments = [f"MEM={row.memory}", f"CPU={row.cpu}", f"SMP={row.cpus}"]
    arguments += [f"TCG={row.tcg}"] if row.tcg else []
    if row.kind == "iso":	# its command line is in it
        arguments.append("ISO=" + os.path.join(matrix.BUILD, "quarry-test.iso"))
    else:
        arguments.append(f"APPEND={words(row)}")
    return arguments


def kernel_command(row, image=None):
    return ([os.path.join(matrix.ROOT, "tools", "run"), "--exec", "--reset-log", log_file(row, ".reset")]
            + (["--kernel", image] if image else []) + machine_arguments(row)
            + ["--"] + shlex.split(row.qemu))


def v86_command(row, image=None):
    return ["node", os.path.join(matrix.ROOT, "tests", "v86", "run.mjs"),
            "--modules", os.path.join(matrix.BUILD, "v86", "node_modules"),
            "--kernel", image or os.path.join(matrix.BUILD, "quarry.elf"),
            "--memory", row.memory.rstrip("M"), "--append", words(row),
            "--time-limit", str(time_limit(row) + 5)] + shlex.split(row.qemu)


def script_command(row, image=None):
    return [word.replace("$O", matrix.BUILD) for word in shlex.split(row.words)]


COMMANDS = {"kernel": kernel_command, "iso": kernel_command, "v86": v86_command,
            "host": script_command, "script": script_command}


def time_limit(row):
    return row.limit * (SOAK if soaking() else 1)


def repeat(row):
    """How a person runs it again, with the serial line on the terminal."""
    command = COMMANDS[row.kind](row)
    if row.kind in ("kernel", "iso"):
        command = ["tools/run"] + machine_arguments(row)
        command += ["--"] + shlex.split(row.qemu) if row.qemu else []
    return shlex.join(os.path.relpath(word, matrix.ROOT) if word.startswith(matrix.ROOT) else word
                      for word in command)


# Starting it and listening.

def stop(process, group):
    """End the process and, when it leads a process group of its own, what it started."""
    try:
        if group:
            os.killpg(process.pid, signal.SIGKILL)
        elif process.poll() is None:
            process.kill()
    except ProcessLookupError:
        pass
    process.wait()


def listen(process, log, on_line, deadline):
    """Hands whole lines on until the end of the output. Returns why it was cut short, or None."""
    rest, total = b"", 0
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not selector.select(left):
                return "no end within the time limit"
            chunk = os.read(process.stdout.fileno(), 65536)
            if not chunk:
                return None
            log.write(chunk)
            log.flush()
            total += len(chunk)
            if total > MOST_OUTPUT:
                return "endless output"
            *lines, rest = (rest + chunk).split(b"\n")	# a cut-off line says nothing
            for line in lines:
                on_line(line.decode(errors="replace"))


def run(command, log_path, limit, on_line, reset_log=None, group=False):
    """
    Run @command with nothing to read, its output in @log_path and, line by line, to @on_line.
    A machine is one process and stays in the caller's process group, so that whoever ends the
    caller ends it as well; a program that starts others gets a group of its own (@group).
    """
    ending = Ending()
    if reset_log and os.path.exists(reset_log):
        os.unlink(reset_log)
    with open(log_path, "wb") as log, open(log_path + ".err", "wb+") as errors:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=errors, cwd=matrix.ROOT, start_new_session=group)
        try:
            deadline = time.monotonic() + limit
            ending.cut = listen(process, log, on_line, deadline)
            if not ending.cut:
                try:
                    process.wait(max(deadline - time.monotonic(), 1))
                except subprocess.TimeoutExpired:
                    ending.cut = "no end within the time limit, though it fell silent"
            if ending.cut:
                ending.cut += f" of {limit} s" if "time limit" in ending.cut else ""
        finally:
            stop(process, group)
        ending.status = process.returncode
        errors.seek(0)
        ending.errors = errors.read().decode(errors="replace").strip()
    if not ending.errors:
        os.unlink(log_path + ".err")
    if reset_log and os.path.exists(reset_log):
        with open(reset_log, errors="replace") as text:
            ending.triple_fault = "Triple fault" in text.read()
    return ending


def tail(log_path):
    with open(log_path, "rb") as log:
        log.seek(max(0, os.path.getsize(log_path) - 64 * 1024))
        return [ktap.clean(line) for line in log.read().decode(errors="replace").split("\n")][-TAIL:]


# Judging it.

def run_ktap(row, tap, image=None):
    """
    A row whose machine speaks KTAP: kernel, iso, v86; and host, whose command is an ordinary
    program, with status 0 for all well.
    """
    path = log_file(row, ".log")
    all_well = 0 if row.kind == "host" else ALL_WELL
    reader = ktap.Reader(tap.result, row.skips, row.partial)
    ending = run(COMMANDS[row.kind](row, image), path, time_limit(row), reader.feed,
                 log_file(row, ".reset"), group=row.kind == "host")
    reader.finish()
    said_failed = tap.failed and (row.kind == "host" or ending.status == TEST_FAILED)
    if ending.cut or ending.status != all_well and not said_failed:
        tap.result(False, f"status {ending.status}, where {all_well} is all well: {ending.why()}",
                   diagnostics=ending.errors.splitlines()[-TAIL:])
    elif tap.failed and ending.status == all_well:
        tap.result(False, f"the machine left with status {all_well}, as if all were well")
    return ending


def run_script(row, tap):
    """A row whose program writes flat TAP itself."""
    planned = None

    def on_line(line):
        nonlocal planned
        match = ktap.RESULT.match(line)
        plan = ktap.PLAN.match(line)
        if plan and line.startswith("1..0 # SKIP"):
            planned = 0
            tap.skip_all(line.partition("SKIP")[2].strip())
        elif plan:
            planned = int(plan[3])
        elif match and not match[1]:
            script_result(row, tap, match)
        else:
            tap.write(line if line.startswith("#") else "# " + line)

    ending = run(script_command(row), log_file(row, ".log"), time_limit(row), on_line, group=True)
    if ending.cut or ending.status != 0 and not tap.failed:
        why = ending.cut or "and no result says why"
        tap.result(False, f"status {ending.status}: {why}", diagnostics=ending.errors.splitlines()[-TAIL:])
    done = tap.passed + tap.failed + tap.skipped
    if planned is None or planned and planned != done:
        tap.result(False, f"{done} results, and the plan promised {planned or 'nothing: there is none'}")
    return ending


def script_result(row, tap, match):
    name, skip = match[4] or "?", match[6] if match[5] == "SKIP" else None
    if skip is not None and name not in row.skips:
        tap.result(False, name, diagnostics=[f"skipped, which this row does not expect: {skip}"])
    else:
        tap.result(match[2] == "ok", name, skip)


def v86_is_missing(row=None):
    """The reason to skip a row, or None."""
    more = shlex.split(row.qemu) if row else []
    if "--bios" in more and not os.path.isdir(more[more.index("--bios") + 1]):
        return f"SeaBIOS is not in {more[more.index('--bios') + 1]}"
    if not shutil.which("node"):
        return "node is not installed"
    if not os.path.isdir(os.path.join(matrix.BUILD, "v86", "node_modules", "v86")):
        reason = os.path.join(matrix.BUILD, "v86", "missing")
        if os.path.exists(reason):
            with open(reason) as text:
                return text.read().strip()
        return "the npm package v86 is not there (tools/test/prepare-v86 installs it)"
    return None


def run_row(row, tap, image=None):
    """Runs the row, writes its results and what helps with failures, ends the document."""
    started = time.monotonic()
    missing = v86_is_missing(row) if row.kind == "v86" else None
    if missing:
        tap.skip_all(missing)
        return None
    ending = run_script(row, tap) if row.kind == "script" else run_ktap(row, tap, image)
    if tap.failed:
        tap.comment([f"the last lines of {os.path.relpath(log_file(row, '.log'))}:"])
        tap.comment("  " + line for line in tail(log_file(row, ".log")))
        tap.comment([f"again: make test-{row.name}", f"by itself: {repeat(row)}"])
    tap.comment([f"seconds {time.monotonic() - started:.1f}"])
    if tap.passed + tap.failed or not tap.skipped:
        tap.done()
    return ending


def die_with_children():
    """Let signals unwind, so that what was started is stopped too."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda signum, frame: sys.exit(128 + signum))
