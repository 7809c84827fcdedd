#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""
The runner, run-tests and tools/run, tried on machines that are not there: shell scripts stand in
for QEMU, so that every way to leave can be had at once and on any host.
"""
import os
import stat
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.dont_write_bytecode = True	# the tree stays as it is
sys.path.insert(0, HERE)

GOOD = """\
cat <<'END'
KTAP version 1
1..1
    KTAP version 1
    # Subtest: s
    1..1
    ok 1 c
ok 1 s
END
"""


class Playground(unittest.TestCase):
    """A directory with a build/ of its own, a matrix and a false QEMU."""

    def setUp(self):
        self.directory = tempfile.TemporaryDirectory(prefix="quarry-test-")
        self.build = os.path.join(self.directory.name, "build")
        os.makedirs(self.build)
        open(os.path.join(self.build, "quarry.elf"), "w").close()
        self.environment = dict(os.environ, O=self.build, QEMU=os.path.join(self.directory.name, "qemu"))
        for name in ("MEM", "SMP", "TCG", "CPU", "APPEND", "ISO", "SOAK", "HARNESS_ACTIVE", "MAKEFLAGS"):
            self.environment.pop(name, None)

    def tearDown(self):
        self.directory.cleanup()

    def qemu(self, script, version="7.2.0"):
        path = self.environment["QEMU"]
        with open(path, "w") as file:
            file.write("#!/bin/sh\n[ \"$1\" = --version ] && "
                       f"{{ echo 'QEMU emulator version {version}'; exit 0; }}\n{script}")
        os.chmod(path, stat.S_IRWXU)

    def program(self, code, **keywords):
        return subprocess.run([sys.executable, "-c", f"import sys; sys.dont_write_bytecode = True; sys.path.insert(0, {HERE!r})\n" + code],
                              env=self.environment, capture_output=True, text=True, timeout=60, **keywords)

    def row(self, limit=10, kind="kernel", words=""):
        """Runs a row and returns its flat TAP."""
        return self.program("import ktap, matrix, runner\n"
                            f"row = matrix.Row('r', {kind!r}, limit={limit}, words={words!r})\n"
                            "runner.run_row(row, ktap.Tap())\n").stdout


class Endings(Playground):
    def expect(self, script, *said, limit=10):
        self.qemu(script)
        tap = self.row(limit)
        for text in said:
            self.assertIn(text, tap)
        return tap

    def test_all_is_well(self):
        tap = self.expect(GOOD + "exit 33", "ok 1 - s.c\n", "1..1\n")
        self.assertNotIn("not ok", tap)

    def test_good_cases_and_any_other_status(self):
        for status, why in ((0, "reset itself"), (1, "could not start"), (35, "a test failed"),
                            (37, "panicked"), (124, "could not start")):
            with self.subTest(status=status):
                self.expect(GOOD + f"exit {status}", "ok 1 - s.c\n", f"not ok 2 - status {status}", why)

    def test_killed(self):
        self.expect(GOOD + "kill -9 $$", "not ok 2 - status -9", "SIGKILL")

    def test_hang(self):
        started = time.monotonic()
        self.expect(GOOD + "exec sleep 30", "no end within the time limit of 1 s", limit=1)
        self.assertLess(time.monotonic() - started, 10)

    def test_silent_but_alive(self):
        self.expect(GOOD + "exec >&-; exec sleep 30", "though it fell silent", limit=1)

    def test_endless_output(self):
        self.expect("exec yes $(printf %01000d 0)", "endless output", limit=30)

    def test_hang_that_talks(self):
        self.expect("exec yes", "no end within the time limit of 1 s", limit=1)

    def test_cut_line(self):
        self.expect("printf 'KTAP version 1\\n1..1\\n    KTAP version 1\\n    # Subtest: s\\n    1..1\\n"
                    "    ok 1 c\\nok 1 s'; exit 33", "ended early")

    def test_failure_shows_log_and_command(self):
        tap = self.expect("echo the last words; exit 37", "#   the last words", "# again: make test-r",
                          "# by itself: tools/run MEM=128M CPU=qemu32 SMP=1 APPEND=test")

    def test_what_qemu_says(self):
        self.expect("echo qemu: no such thing >&2; exit 1", "# qemu: no such thing")


class Scripts(Playground):
    def script(self, text):
        path = os.path.join(self.directory.name, "script")
        with open(path, "w") as file:
            file.write("#!/bin/sh\n" + text)
        os.chmod(path, stat.S_IRWXU)
        return self.row(kind="script", words=path, limit=2)

    def test_good(self):
        self.assertNotIn("not ok", self.script("echo 1..1; echo ok 1 - a"))

    def test_bad(self):
        for text, said in (("echo ok 1 - a", "there is none"), ("echo 1..2; echo ok 1 - a", "promised 2"),
                           ("echo 1..1; echo not ok 1 - a", "not ok 1 - a"),
                           ("echo 1..1; echo ok 1 - a; exit 3", "status 3"), ("sleep 9", "time limit"),
                           ("echo 1..1; echo 'ok 1 - a # SKIP x'", "does not expect")):
            with self.subTest(text=text):
                tap = self.script(text)
                self.assertIn("not ok", tap)
                self.assertIn(said, tap)

    def test_all_skipped(self):
        self.assertEqual(self.script("echo '1..0 # SKIP no tool'").splitlines()[0], "1..0 # SKIP no tool")


class ToolsRun(Playground):
    def run_it(self, *arguments, typed=""):
        return subprocess.run([os.path.join(ROOT, "tools", "run"), *arguments], env=self.environment,
                              input=typed, capture_output=True, text=True, timeout=60)

    def test_statuses(self):
        for qemus, ours in ((33, 0), (35, 1), (37, 2), (0, 3), (1, 3), (5, 3)):
            with self.subTest(status=qemus):
                self.qemu(f"exit {qemus}")
                self.assertEqual(self.run_it().returncode, ours)

    def test_killed(self):
        self.qemu("kill -9 $$")
        done = self.run_it()
        self.assertEqual(done.returncode, 3)
        self.assertIn("SIGKILL", done.stderr)

    def test_exec_does_not_translate(self):
        self.qemu("exit 35")
        self.assertEqual(self.run_it("--exec").returncode, 35)

    def test_types_and_then_powers_off(self):
        self.qemu("cat; exit 33")
        for typed, arrives in (("", "poweroff\n"), ("help\n", "help\npoweroff\n"), ("help", "help\npoweroff\n")):
            self.assertEqual(self.run_it(typed=typed).stdout, arrives)

    def test_does_not_wait_for_a_machine_that_left(self):
        self.qemu("exit 33")
        self.assertEqual(self.run_it(typed="help\n" * 100000).returncode, 0)

    def test_memory(self):
        for memory, wanted in (("4M", "4M"), ("64", "64M"), ("1g", "1024M"), ("60G", "61440M")):
            self.assertIn(f"-m {wanted} ", self.run_it(f"MEM={memory}", "--print").stdout)
        self.assertIn("reserve=off", self.run_it("MEM=16G", "--print").stdout)
        self.assertNotIn("reserve=off", self.run_it("MEM=2G", "--print").stdout)
        for memory in ("3M", "61G", "much", "-5M", "4K"):
            done = self.run_it(f"MEM={memory}", "--print")
            self.assertEqual(done.returncode, 4)
            self.assertIn(f"MEM={memory}", done.stderr)

    def test_settings_from_the_environment(self):
        self.environment.update(MEM="32M", SMP="2", CPU="max", APPEND="quiet test=a*")
        shown = self.run_it("--print").stdout
        for text in ("-m 32M", "-smp 2", "-cpu max", "-append 'quiet test=a*'"):
            self.assertIn(text, shown)

    def test_no_qemu(self):
        self.environment["QEMU"] = "no-such-qemu"
        done = self.run_it()
        self.assertEqual(done.returncode, 4)
        self.assertIn("tools/doctor", done.stderr)

    def test_old_qemu(self):
        self.qemu("exit 33", version="5.2.0 (Debian)")
        done = self.run_it()
        self.assertEqual(done.returncode, 4)
        self.assertIn("5.2", done.stderr)
        self.assertIn("tools/doctor", done.stderr)

    def test_no_image(self):
        self.qemu("exit 33")
        os.unlink(os.path.join(self.build, "quarry.elf"))
        self.assertEqual(self.run_it().returncode, 4)


class Table(unittest.TestCase):
    def read(self, text):
        import matrix
        with tempfile.NamedTemporaryFile("w", suffix=".matrix") as file:
            file.write(text)
            file.flush()
            return matrix.read(file.name)

    def test_row(self):
        row = self.read("@none = a.b c.*\n# a comment\n"
                        "x | kernel | 4M | max | 2 | 9 | quiet | -vga none | @none d.e  # why\n")["x"]
        self.assertEqual((row.memory, row.cpu, row.cpus, row.limit, row.words, row.qemu, row.skips),
                         ("4M", "max", "2", 9, "quiet", "-vga none", ("a.b", "c.*", "d.e")))

    def test_defaults(self):
        row = self.read("x | kernel | - | | | | | | \n")["x"]
        self.assertEqual((row.memory, row.cpu, row.cpus, row.tcg, row.limit),
                         ("128M", "qemu32", "1", "", 60))

    def test_cpus(self):
        rows = self.read("x | kernel | | | 4 | | | |\ny | kernel | | | 4 multi | | | |\n")
        self.assertEqual([(row.cpus, row.tcg) for row in rows.values()], [("4", "single"), ("4", "multi")])

    def test_soak(self):
        rows = self.read("x | kernel | | | | | | |\n[soak]\ny | kernel | | | | | | |\n")
        self.assertEqual([row.soak for row in rows.values()], [False, True])

    def test_malformed(self):
        import matrix
        for text in ("x | kernel\n", "x | cow | | | | | | |\n", "x | kernel | | | | | | | @no\n",
                     "x | kernel | | | | | | |\nx | kernel | | | | | | |\n"):
            with self.assertRaises(matrix.Malformed):
                self.read(text)

    def test_ours(self):
        import matrix
        rows = matrix.read()
        self.assertIn(matrix.DEFAULT, rows)
        self.assertEqual(matrix.find("memblock", rows).words.split()[-1], "test=*memblock*")


class ClosingLine(Playground):
    """run-tests in a tree of its own, with a matrix of three rows."""

    def run_tests(self, script, table="a | kernel | | | | 5 | | |\nb | kernel | | | | 5 | | |\n"):
        tree = os.path.join(self.directory.name, "tree")
        os.makedirs(os.path.join(tree, "tests"), exist_ok=True)
        for name in ("tools",):
            if not os.path.exists(os.path.join(tree, name)):
                subprocess.run(["cp", "-r", os.path.join(ROOT, name), tree], check=True)
        with open(os.path.join(tree, "tests", "matrix"), "w") as file:
            file.write(table)
        self.qemu(script)
        return subprocess.run([os.path.join(tree, "tools", "test", "run-tests")], env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)

    def test_green(self):
        done = self.run_tests(GOOD + "exit 33")
        self.assertEqual(done.stdout.splitlines()[-1], "2 passed, 0 failed")
        self.assertEqual(done.returncode, 0)

    def test_only_in_soak(self):
        done = self.run_tests(GOOD + "exit 33", "a | kernel | | | | 5 | | |\n[soak]\nb | kernel | | | | 5 | | |\n")
        self.assertEqual(done.stdout.splitlines()[-1], "1 passed, 0 failed")

    def test_red(self):
        done = self.run_tests(GOOD + "exit 37")
        self.assertEqual(done.stdout.splitlines()[-1], "2 passed, 2 failed")
        self.assertIn("# again: make test-a", done.stdout)
        self.assertEqual(done.returncode, 1)

    def test_skipped(self):
        self.environment["PATH"] = self.no_node()
        done = self.run_tests(GOOD + "exit 33", "a | kernel | | | | 5 | | |\nb | v86 | | | | 5 | | |\n")
        self.assertEqual(done.stdout.splitlines()[-1], "1 passed, 0 failed, 1 skipped")
        self.assertIn("node is not installed", done.stdout + done.stderr)

    def no_node(self):
        """A PATH with what the harness needs, and without node."""
        path = os.path.join(self.directory.name, "bin")
        os.makedirs(path)
        for tool in ("sh", "cat", "python3", "perl", "prove", "dirname", "cmp", "mkdir", "rm", "env", "stty", "tput"):
            where = subprocess.run(["which", tool], capture_output=True, text=True).stdout.strip()
            if where:
                os.symlink(where, os.path.join(path, tool))
        return path

    def test_a_table_that_is_wrong(self):
        done = self.run_tests("exit 33", "a | nonsense\n")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("tests/matrix:1", done.stderr)


if __name__ == "__main__":
    unittest.main()
