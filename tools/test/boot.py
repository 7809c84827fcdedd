# SPDX-License-Identifier: MIT
"""For tests that talk to the monitor: boot, type, and get back what was said."""
import os
import subprocess
import time
from dataclasses import dataclass

import ktap
import matrix

ALL_WELL, TEST_FAILED, PANICKED, OTHERWISE, NOT_STARTED = range(5)	# statuses of tools/run


@dataclass
class Outcome:
    status: int		# of tools/run; None: the time limit
    text: str		# the serial line, cleaned
    errors: str		# what tools/run or the emulator said

    def lines(self):
        """For the diagnostics of a failing case."""
        end = "no end within the time limit" if self.status is None else f"status {self.status}"
        return [end] + self.errors.splitlines() + self.text.splitlines()[-60:]


def execute(command, typed, limit):
    process = subprocess.Popen(command, cwd=matrix.ROOT, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        output, errors = process.communicate(typed.encode(), timeout=limit)
        status = process.returncode
    except subprocess.TimeoutExpired:
        process.terminate()	# tools/run takes QEMU with it
        (output, errors), status = process.communicate(), None
    finally:
        if process.poll() is None:
            process.terminate()
    text = "\n".join(map(ktap.clean, output.decode(errors="replace").split("\n")))
    return Outcome(status, text, errors.decode(errors="replace"))


def qemu(typed="", extra=(), limit=30, options=(), **settings):
    """
    tools/run with @options on a machine with MEM=..., CPU=..., APPEND=...; @typed goes into the
    serial line, and `poweroff` after it. @extra are arguments of QEMU.
    """
    arguments = [f"{name}={value}" for name, value in settings.items()]
    return execute([os.path.join(matrix.ROOT, "tools", "run"), *options, *arguments, "--", *extra],
                   typed, limit)


def v86(typed="", memory=128, append="", extra=(), limit=30):
    """The same in v86. Statuses are those of tools/run; `poweroff` is not added."""
    command = ["node", os.path.join(matrix.ROOT, "tests", "v86", "run.mjs"),
               "--modules", os.path.join(matrix.BUILD, "v86", "node_modules"),
               "--kernel", os.path.join(matrix.BUILD, "quarry.elf"), "--memory", str(memory),
               "--append", append, "--type", "--time-limit", str(limit)] + list(extra)
    outcome = execute(command, typed, limit + 5)
    outcome.status = {33: ALL_WELL, 35: TEST_FAILED, 37: PANICKED, 124: None}.get(outcome.status, OTHERWISE)
    return outcome


def wait_for(condition, limit):
    """Look every tenth of a second; the last value."""
    deadline = time.monotonic() + limit
    while not (value := condition()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return value
