# SPDX-License-Identifier: MIT
"""
A machine with GDB attached to it: what tools/debug and tools/record share.

QEMU is started through tools/run, which alone knows its command line, in a process group of its
own: Ctrl-C in GDB's terminal then interrupts GDB and not QEMU. Whatever ends the session ends QEMU.
"""
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Unusable(Exception):
    """The session cannot be started; the text says why and what to do."""


def say(program, text):
    print(f"{program}: {text}", file=sys.stderr, flush=True)


def build_directory():
    return os.path.join(ROOT, os.environ.get("O") or "build")


def fifo(name):
    """A named pipe for the serial line's input, open at both ends so that it never ends."""
    if os.path.lexists(name):
        os.unlink(name)
    os.mkfifo(name)
    return os.open(name, os.O_RDWR)


def end_with_us():
    """Let a signal that would end this script unwind it instead, so that QEMU is ended as well."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: sys.exit(128 + number))


class Machine:
    """QEMU, stopped before its first instruction, with a socket on which GDB can call."""

    def __init__(self, kernel, serial_log, qemu_arguments=(), settings=()):
        self.directory = tempfile.mkdtemp(prefix="quarry-gdb-")
        self.socket = os.path.join(self.directory, "gdb")
        self.serial_log = serial_log
        self.messages = os.path.join(self.directory, "messages")
        self.process = None
        self.input = fifo(os.path.join(self.directory, "serial-in"))
        # QEMU gets the socket already listening: GDB's call is never too early.
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.socket)
        self.listener.listen(1)
        number = self.listener.fileno()
        self.command = [os.path.join(ROOT, "tools/run"), "--exec", "--kernel", kernel, *settings,
                        "--", "-S", "-chardev", f"socket,id=gdb,fd={number},server=on,wait=off",
                        "-gdb", "chardev:gdb", *qemu_arguments]

    def __enter__(self):
        with open(self.serial_log, "wb") as serial, open(self.messages, "wb") as messages:
            self.process = subprocess.Popen(
                self.command, stdin=self.input, stdout=serial, stderr=messages,
                pass_fds=[self.listener.fileno()], start_new_session=True)
        self.listener.close()
        return self

    def __exit__(self, *exception):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.input)
        shutil.rmtree(self.directory, ignore_errors=True)

    def type(self, data):
        """Type into the serial line, from a thread: the machine may read it much later."""
        threading.Thread(target=os.write, args=(self.input, data), daemon=True).start()

    def complaint(self):
        """What QEMU had to say, when it did not start."""
        with open(self.messages, errors="replace") as messages:
            return messages.read().strip()


def run_gdb(machine, image, commands, batch=None, limit=None):
    """Run GDB on @machine. @commands are given as -ex; @batch is a script to run, then quit."""
    gdb = os.environ.get("GDB") or "gdb"
    if not shutil.which(gdb):
        raise Unusable(f"{gdb} is not installed; `make doctor` installs it or says how")
    command = [gdb, "-q", image, "-x", os.path.join(ROOT, "tools/gdb/quarry.gdb")]
    for line in commands:
        command += ["-ex", line]
    if batch:
        command += ["-nx", "-batch", "-x", batch]
    # Not ignored but handled: GDB must get the default back, and Ctrl-C is its own.
    before = signal.signal(signal.SIGINT, lambda number, frame: None)
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL if batch else None,
                               env={**os.environ, "QUARRY_GDB_SOCKET": machine.socket})
    try:
        status = process.wait(timeout=limit)
    except subprocess.TimeoutExpired:
        raise Unusable(f"GDB was not done after {limit} seconds") from None
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        signal.signal(signal.SIGINT, before)
    complaint = machine.complaint()
    if complaint:
        print(complaint, file=sys.stderr)
    return status
