# SPDX-License-Identifier: MIT
"""The table tests/matrix, and where things are."""
import os
import re
from dataclasses import dataclass, replace

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get("O") or "build")
LOGS = os.path.join(BUILD, "logs")
TABLE = os.path.join(ROOT, os.environ.get("MATRIX") or "tests/matrix")

KINDS = ("kernel", "iso", "v86", "host", "script")
COLUMNS = ("name", "kind", "memory", "cpu", "cpus", "limit", "words", "qemu", "skips")
DEFAULT = "128M"	# the row on which `make test-SUITE` runs


class Malformed(Exception):
    pass


@dataclass(frozen=True)
class Row:
    name: str
    kind: str
    memory: str = "128M"
    cpu: str = "qemu32"
    cpus: str = "1"
    tcg: str = ""			# with several: how QEMU runs them, as tools/run wants it
    limit: int = 60		# seconds
    words: str = ""		# of the kernel's command line; for host and script the command
    qemu: str = ""		# further arguments of QEMU (kernel, iso), of run.mjs (v86)
    skips: tuple = ()		# patterns SUITE.CASE
    soak: bool = False		# only `make soak` runs it, and who asks for it by name
    partial: bool = False	# not all suites run


def patterns(text, sets, where):
    """The words of a list of skips, with those of its sets in their place."""
    found = []
    for pattern in text.split():
        if pattern.startswith("@") and pattern not in sets:
            raise Malformed(f"{where}: no set of skips is called {pattern}")
        found += sets.get(pattern, [pattern])
    return found


def parse_row(text, sets, soak, where):
    fields = [field.strip() for field in text.split("|")]
    if len(fields) != len(COLUMNS):
        raise Malformed(f"{where}: {len(fields)} columns instead of {len(COLUMNS)}")
    given = {name: value for name, value in zip(COLUMNS, fields) if value not in ("", "-")}
    if given.get("kind") not in KINDS:
        raise Malformed(f"{where}: the kind is one of {', '.join(KINDS)}")
    skips = patterns(given.pop("skips", ""), sets, where)
    given["limit"] = int(given.get("limit", 60))
    cpus, *tcg = given.get("cpus", "1").split()
    given.update(cpus=cpus, tcg=" ".join(tcg) if tcg else "" if cpus == "1" else "single")
    return Row(skips=tuple(skips), soak=soak, **given)


def read(path=TABLE):
    """The rows by name, in the table's order."""
    rows, sets, soak = {}, {}, False
    with open(path) as table:
        for number, line in enumerate(table, 1):
            where = f"{os.path.relpath(path)}:{number}"
            text = re.sub(r"(^|\s)#.*", "", line).strip()
            if not text:
                continue
            if text.startswith("@"):
                name, _, words = text.partition("=")
                sets[name.strip()] = patterns(words, sets, where)
                continue
            if text == "[soak]":
                soak = True
                continue
            row = parse_row(text, sets, soak, where)
            if row.name in rows:
                raise Malformed(f"{where}: a second row {row.name}")
            rows[row.name] = row
    return rows


def find(name, rows=None):
    """The row of that name, or the default machine with the suites that match it."""
    rows = rows if rows is not None else read()
    if name in rows:
        return rows[name]
    glob = name if re.search(r"[*?\[.]", name) else f"*{name}*"
    return replace(rows[DEFAULT], name=re.sub(r"[^\w.-]", "_", name), partial=True,
                   words=f"{rows[DEFAULT].words} test={glob}".strip())
