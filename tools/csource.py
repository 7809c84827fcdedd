# SPDX-License-Identifier: MIT
"""
What layers, stats, lint and mutants know about this tree: which files are in it, how C text looks
without its comments and strings, and where a function begins and ends. It matches braces; it is no
parser, and the tree is written so that it need not be one.
"""
import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SKIPPED = {".git", "build", "node_modules", "__pycache__"}


def files(*suffixes, under=""):
    """Paths relative to the root, sorted, of the files whose names end in one of the suffixes."""
    found = []
    for folder, folders, names in os.walk(os.path.join(ROOT, under)):
        folders[:] = [f for f in folders if f not in SKIPPED]
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), ROOT)
            if not suffixes or path.endswith(suffixes):
                found.append(path)
    return sorted(found)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8", errors="replace") as file:
        return file.read()


TOKEN = re.compile(r"""
    (?P<comment> /\*.*?(?:\*/|\Z) | //(?:\\\n|[^\n])* )
  | (?P<string>  "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' )
""", re.DOTALL | re.VERBOSE)


def blank(text):
    """The same number of characters and lines, all white."""
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    return TOKEN.sub(lambda m: blank(m[0]) if m["comment"] else m[0], text)


def code_only(text):
    """Comments and the insides of strings blanked; every character keeps its place."""
    def white(match):
        token = match[0]
        return blank(token) if match["comment"] else token[0] + blank(token[1:-1]) + token[-1]
    return TOKEN.sub(white, text)


def count_lines(text):
    """Lines with code, lines with nothing but comment, and empty lines."""
    bare = without_comments(text).split("\n")
    code = comment = empty = 0
    for line, rest in zip(text.split("\n"), bare):
        if rest.strip():
            code += 1
        elif line.strip():
            comment += 1
        else:
            empty += 1
    return code, comment, empty - 1 if text.endswith("\n") else empty


DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.MULTILINE)
CALL = re.compile(r"(\w+)\s*\(")


def function_name(header):
    """The name in a definition's head, or None when it is no function's head."""
    depth, names, flat = 0, [], ""
    for i, char in enumerate(header):
        if char == "(":
            name = re.search(r"(\w+)\s*$", header[:i])
            if depth == 0 and name:
                names.append(name[1])
            depth += 1
        elif char == ")":
            depth -= 1
        elif depth == 0:
            flat += char
    if "=" in flat or not names:
        return None
    plain = [n for n in names if not n.startswith("__") and n != "asm"]
    return plain[-1] if plain else names[-1]


def functions(text):
    """(name, first line, number of lines) of each function, head included, comment not."""
    text = DIRECTIVE.sub(lambda m: blank(m[0]), code_only(text))
    found, depth, since, name = [], 0, 0, None
    for i, char in enumerate(text):
        if char == "{":
            if depth == 0:
                header = text[since:i]
                name = function_name(header)
                start = since + len(header) - len(header.lstrip())
            depth += 1
        elif char == "}":
            depth -= 1
            if depth == 0:
                if name:
                    first = text.count("\n", 0, start) + 1
                    found.append((name, first, text.count("\n", start, i) + 1))
                since = i + 1
        elif char == ";" and depth == 0:
            since = i + 1
    return found
