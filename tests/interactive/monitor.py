#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Type at Quarry's monitor through a terminal, and see that it answers as it should.

usage: monitor.py IMAGE [QEMU [ARGUMENT...]]

QEMU is started with the given arguments (without any: with the usual ones). To them come, from
here, the kernel, the serial line, no display, no monitor and the debug-exit device. Prints flat
TAP; the exit status is 0 when all is well.
"""

import os
import re
import subprocess
import sys

try:
    import pexpect
except ImportError:
    sys.exit("monitor.py: needs Python's pexpect (Debian: python3-pexpect, for /usr/bin/python3)")

PROMPT = "quarry> "
STATUS_OK = 33          # what QEMU leaves with after `poweroff` (include/quarry/exit.h)
BOOT_TIME = 60          # seconds; a loaded machine without KVM is slow
ANSWER_TIME = 20

LEFT, RIGHT, UP, DOWN = "\x1b[D", "\x1b[C", "\x1b[A", "\x1b[B"
HOME, END, DELETE = "\x1bOH", "\x1bOF", "\x1b[3~"

DEFAULT_QEMU = [
    "qemu-system-i386", "-accel", "tcg", "-m", "128M", "-cpu", "qemu32",
    "-device", "ib700", "-action", "watchdog=inject-nmi",
]
FIXED_ARGUMENTS = [
    "-display", "none", "-monitor", "none", "-no-reboot",
    "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
]
SERIAL = ["-chardev", "stdio,id=line,signal=off", "-serial", "chardev:line"]    # Ctrl-C is a key


def ctrl(letter):
    return chr(ord(letter.upper()) & 0x1f)


class Failure(Exception):
    pass


class Machine:
    """Quarry at its prompt, in a QEMU whose serial line is our terminal."""

    def __init__(self, command):
        self.child = pexpect.spawn(command[0], command[1:], timeout=BOOT_TIME, encoding="latin-1",
                                   dimensions=(24, 200), echo=False)
        self.child.delaybeforesend = None
        self.wait(PROMPT)
        self.child.timeout = ANSWER_TIME

    def wait(self, text):
        """Wait for @text; return what came before it. "\n" stands for the end of a line, which
        the kernel sends as "\r\n" and the terminal may make "\r\r\n" of."""
        try:
            self.child.expect(re.escape(text).replace("\\\n", "\r+\n"))
        except (pexpect.TIMEOUT, pexpect.EOF):
            raise Failure(f"{text!r} did not come; the last that came:\n{self.child.before[-600:]}")
        return re.sub("\r+\n", "\n", self.child.before)

    def answer(self, keys, end="\r"):
        """Type @keys and Enter; return the lines between that and the next prompt."""
        self.child.send(keys + end)
        self.wait("\n")
        return self.wait(PROMPT).split("\n")[:-1]

    def close(self):
        self.child.close(force=True)


def expect(found, wanted, what="the answer"):
    if found != wanted:
        raise Failure(f"{what} is {found!r}, not {wanted!r}")


def expect_match(lines, pattern):
    text = "\n".join(lines)
    if not re.search(pattern, text, re.MULTILINE):
        raise Failure(f"nothing matches {pattern!r} in:\n{text}")


# ---- what is tried, in this order, on one machine; the names are the TAP lines ----

def plain_echo(m):
    expect(m.answer("echo hello   world"), ["hello world"])


def ends_of_lines(m):
    expect(m.answer("echo lf", end="\n"), ["lf"])
    m.child.send("echo both\r\n")       # one end, not two: the next prompt must stay empty
    m.wait("\nboth\n" + PROMPT)
    expect(m.answer("echo x"), ["x"])


def insert_in_the_middle(m):
    expect(m.answer("eho one" + LEFT * 6 + "c" + END + " two"), ["one two"])


def home_and_end(m):
    expect(m.answer("ho done" + HOME + "ec" + END + "!"), ["done!"])


def backspace_both_ways(m):
    expect(m.answer("echo ab\x7f\x7fcd\b\befg"), ["efg"])


def delete_key(m):
    expect(m.answer("echo xxab" + LEFT * 4 + DELETE + ctrl("D")), ["ab"])


def emacs_keys(m):
    expect(m.answer("two" + ctrl("A") + "echo " + ctrl("E") + " three"), ["two three"])
    expect(m.answer("echo abc" + ctrl("B") + ctrl("B") + ctrl("F") + "-"), ["ab-c"])


def kill_and_yank(m):
    expect(m.answer("garbage" + ctrl("U") + "echo a bcd" + ctrl("W") + ctrl("Y") + ctrl("Y")),
           ["a bcdbcd"])
    expect(m.answer("echo keep this" + LEFT * 5 + ctrl("K")), ["keep"])


def lone_escape(m):
    expect(m.answer("echo a\x1bb\x1b[5~c\x1b[[Ad\x1bOPe"), ["abcde"])


def cancel(m):
    m.child.send("echo never" + ctrl("C"))
    m.wait("^C\n" + PROMPT)
    expect(m.answer("echo after"), ["after"])


def end_of_file(m):
    m.child.send(ctrl("D"))
    m.wait("poweroff")
    m.wait(PROMPT)


def history(m):
    m.answer("echo first")
    m.answer("echo second")
    expect(m.answer(UP), ["second"])
    expect(m.answer(UP + UP), ["first"])
    expect(m.answer("echo typed" + ctrl("P") + UP + DOWN + ctrl("N")), ["typed"])
    expect(m.answer(UP + " more"), ["typed more"])


def tab_completes(m):
    expect_match(m.answer("cat /proc/ver\t"), r"^Quarry version ")
    expect(m.answer("ech\tdone"), ["done"])
    m.child.send("cat /proc/sys/kernel/pri\t")
    m.wait("printk ")
    m.child.send(ctrl("U"))


def tab_lists(m):
    m.child.send("l\t")
    m.wait("\a")
    m.child.send("\t")
    listed = m.wait(PROMPT + "l").split("\n")
    for word in ("lookup", "ls"):
        if word not in listed:
            raise Failure(f"{word} is not listed: {listed!r}")
    m.child.send(ctrl("U"))


def long_line(m):
    expect(m.answer("echo " + "x" * 300), ["x" * 250])


def edit_a_long_line(m):
    text = "".join(chr(ord("a") + i % 26) for i in range(150))
    expect(m.answer("echo " + text + HOME + RIGHT * 5 + "<" + END + "]"), ["<" + text + "]"])


def quotes(m):
    expect(m.answer("echo 'a  b' \"c > d\""), ["a  b c > d"])
    expect_match(m.answer("echo 'a"), "quote")


def help_lists(m):
    lines = m.answer("help")
    names = [line.split()[0] for line in lines if line.startswith("  ")]
    names = [name for name in names if re.fullmatch(r"[a-z]+", name)]
    for name in "boot cat crash dmesg echo help lookup ls mem poweroff reboot test bench".split():
        if name not in names:
            raise Failure(f"{name} is missing in {names!r}")
    expect_match(m.answer("help crash"), r"^usage: crash \[KIND\]")


def unknown_command(m):
    expect_match(m.answer("hlep"), r'hlep: no such command.*"help"')
    expect_match(m.answer("xyzzy"), r"xyzzy: no such command")


def wrong_use(m):
    expect(m.answer("cat"), ["usage: cat FILE..."])


def proc_tree(m):
    lines = m.answer("ls")
    for name in ("cmdline", "iomem", "sys/", "version"):
        if name not in lines:
            raise Failure(f"{name} is missing in {lines!r}")
    expect(m.answer("ls /proc/sys/"), m.answer("ls sys"), "`ls sys`")
    expect_match(m.answer("cat /proc/iomem"), r"^[0-9a-f]{8}-[0-9a-f]{8} : System RAM$")
    expect_match(m.answer("cat /proc/nothing"), "no such file")
    expect_match(m.answer("cat /proc/sys"), "is a directory")


def proc_write(m):
    before = m.answer("cat /proc/sys/kernel/printk")
    expect(m.answer("echo 3 > /proc/sys/kernel/printk"), [])
    after = m.answer("cat sys/kernel/printk")
    expect(after, ["3\t" + before[0].split("\t", 1)[1]])
    expect_match(m.answer("echo x >/proc/sys/kernel/printk"), "value")
    expect_match(m.answer("echo 1 > /proc/version"), "not allowed")
    expect(m.answer("echo " + before[0].split()[0] + " > /proc/sys/kernel/printk"), [])


def log(m):
    lines = m.answer("dmesg")
    expect_match(lines, r"^\[ +\d+\.\d{6}\] Quarry version ")
    expect(m.answer("dmesg 2"), lines[-2:])


def lookup(m):
    line = m.answer("lookup start_kernel")[0]
    expect_match([line], r"^0xc[0-9a-f]{7}  start_kernel, \d+ bytes long  \(.*code.*\)$")
    address = line.split()[0]
    expect(m.answer("lookup " + address), [line])
    expect_match(m.answer("lookup no_such_symbol"), "neither")


def memory_dump(m):
    lines = m.answer("mem quarry_banner 32")
    expect_match(lines, r"^[0-9a-f]{8}: 51 75 61 72 72 79 .*\|Quarry version ")
    expect(len(lines), 2, "the number of lines")
    expect_match(m.answer("mem 0 4"), r"^00000000: \?\? \?\? \?\? \?\? ")


def boot_facts(m):
    expect_match(m.answer("boot"), r"type 1: RAM$")


def warning(m):
    expect_match(m.answer("crash warn"), r"WARNING: CPU: 0 PID: 1 at ")
    expect(m.answer("echo alive"), ["alive"])


def leaves(m):
    m.child.send("poweroff\r")
    m.child.expect(pexpect.EOF)
    m.child.close()
    expect(m.child.exitstatus, STATUS_OK, "QEMU's exit status")


TERMINAL_TESTS = [
    plain_echo, ends_of_lines, insert_in_the_middle, home_and_end, backspace_both_ways, delete_key,
    emacs_keys, kill_and_yank, lone_escape, cancel, end_of_file, history, tab_completes, tab_lists,
    long_line, edit_a_long_line, quotes, help_lists, unknown_command, wrong_use, proc_tree,
    proc_write, log, lookup, memory_dump, boot_facts, warning, leaves,
]


# ---- what is tried without a terminal, each on a machine of its own ----

def run_piped(command, text, read_output=True):
    """Start with all of @text waiting on the serial line; return the output and the status."""
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        if read_output:
            output, _ = child.communicate(text.encode(), timeout=BOOT_TIME)
        else:
            child.stdin.write(text.encode())
            child.stdin.flush()
            child.wait(timeout=BOOT_TIME)
            output = b""
    except subprocess.TimeoutExpired:
        raise Failure("QEMU did not end")
    finally:
        child.kill()
        child.communicate()
    return output.decode("latin-1"), child.returncode


def piped_input(command):
    output, status = run_piped(command + SERIAL, "echo first\ncat /proc/version\npoweroff\n")
    expect(status, STATUS_OK, "QEMU's exit status")
    transcript = output[output.index(PROMPT):].split("\r\n")
    expect(transcript[:3], [PROMPT + "echo first", "first", PROMPT + "cat /proc/version"])
    expect_match(transcript[3:4], "^Quarry version ")
    expect(transcript[4], PROMPT + "poweroff")


def piped_input_with_crlf(command):
    output, status = run_piped(command + SERIAL, "echo first\r\n\r\npoweroff\r\n")
    expect(status, STATUS_OK, "QEMU's exit status")
    transcript = output[output.index(PROMPT):].split("\r\n")
    expect(transcript[:4], [PROMPT + "echo first", "first", PROMPT, PROMPT + "poweroff"])


def nobody_reads(command):
    """More output than a pipe holds, and no one takes it: the kernel must not wait for ever."""
    _, status = run_piped(command + SERIAL, "cat /proc/cmdline\n" + "dmesg\n" * 60 + "poweroff\n",
                          read_output=False)
    expect(status, STATUS_OK, "QEMU's exit status")


def no_serial_line(command):
    _, status = run_piped(command + ["-serial", "none", "-append", "test=readline"], "")
    expect(status, STATUS_OK, "QEMU's exit status")


PIPE_TESTS = [piped_input, piped_input_with_crlf, nobody_reads, no_serial_line]


class Report:
    def __init__(self, count):
        self.number = 0
        self.failed = 0
        print(f"1..{count}")

    def run(self, test, *arguments):
        self.number += 1
        name = test.__name__.replace("_", " ")
        try:
            test(*arguments)
            print(f"ok {self.number} {name}", flush=True)
        except (Failure, pexpect.ExceptionPexpect, ValueError, IndexError) as failure:
            self.failed += 1
            print(f"not ok {self.number} {name}")
            for line in str(failure).splitlines():
                print("#   " + line)
            sys.stdout.flush()
            return False
        return True


def run_on_machine(report, start, tests, prefix=""):
    """The tests one after another on what start() returns: a machine, and a new one after each failure."""
    machine = None
    for test in tests:
        def on_machine():
            nonlocal machine
            if machine is None:         # the first, or the last one was left in some odd state
                machine = start()
            test(machine)
        on_machine.__name__ = prefix + test.__name__
        if not report.run(on_machine) and machine:
            machine.close()
            machine = None
    return machine


def run_on_machines(usage, machines):
    """The main() of a script with the argument IMAGE; @machines are pairs of MEMORY and tests."""
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(usage)
    image = sys.argv[1]
    if not os.path.exists(image):
        sys.exit(f"{os.path.basename(sys.argv[0])}: there is no {image}; `make all` builds it")
    report = Report(sum(len(tests) for _, tests in machines))
    for memory, tests in machines:
        command = (["qemu-system-i386", "-accel", "tcg", "-cpu", "max", "-m", memory]
                   + FIXED_ARGUMENTS + SERIAL + ["-kernel", image])
        machine = run_on_machine(report, lambda: Machine(command), tests, memory + "_")
        if machine:
            machine.close()
    sys.exit(1 if report.failed else 0)


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    image, qemu = sys.argv[1], sys.argv[2:] or DEFAULT_QEMU
    if not os.path.exists(image):
        sys.exit(f"monitor.py: there is no {image}; `make all` builds it")
    command = qemu + FIXED_ARGUMENTS + ["-kernel", image]

    report = Report(len(TERMINAL_TESTS) + len(PIPE_TESTS))
    run_on_machine(report, lambda: Machine(command + SERIAL), TERMINAL_TESTS)
    for test in PIPE_TESTS:
        report.run(test, command)
    sys.exit(1 if report.failed else 0)


if __name__ == "__main__":
    main()
