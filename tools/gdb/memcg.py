# SPDX-License-Identifier: MIT
"""
q-memcg: the memory control groups of a stopped kernel, as the monitor's `memcg` lists them (mm/show/memcg.c), and what
the pages and objects are that a group owes for (mm/memcg_owners.c).
"""
import gdb
from slab import on_list
from target import PAGE_OFFSET, command, say, text, variable

PAGE_SHIFT, PAGE_SIZE = 12, 4096
LEAF_PAGES = 1024			# mm/memcg_owners.c: entries of a leaf
ENTRY_VECTOR = 1
NO_LIMIT = 0x7FFFFFFF			# <linux/page_counter.h>: PAGE_COUNTER_MAX
LEAVES = "'mm/memcg_owners.c'::leaves"
MOST = 32				# pages and objects that are told one by one


def groups():
    """All groups, each behind its parent."""
    root = variable("root_mem_cgroup")
    if not int(root):
        raise gdb.GdbError("There are no groups yet.")
    return [root.dereference()] + list(on_list(root["list"], "struct mem_cgroup"))


def ancestors(group):
    while int(group["parent"]):
        group = group["parent"].dereference()
        yield group


def path(group):
    names = [text(g["name"]) for g in [group, *ancestors(group)]]
    return "/" + "/".join(reversed(names[:-1]))


def line(group):
    depth, counter = len(list(ancestors(group))), group["memory"]
    limit = int(counter["max"])
    name = "  " * depth + (text(group["name"]) or "/")
    return (f"{name:28s} {int(counter['usage']['counter']) << PAGE_SHIFT:12d} "
            f"{'max' if limit == NO_LIMIT else limit << PAGE_SHIFT:>12} "
            f"{int(counter['watermark']) << PAGE_SHIFT:12d} {int(counter['failcnt']):8d}")


# ---- what is owed ----

def debts():
    """(obj_cgroup, frame, object's number or None) of everything that somebody owes for."""
    pointer = gdb.lookup_type("unsigned long")
    vector = gdb.lookup_type("struct owner_vector").pointer()
    for number in range(-(-int(variable("max_mapnr")) // LEAF_PAGES)):
        leaf = variable(LEAVES)[number]
        if not int(leaf["used"]):
            continue
        for i in range(LEAF_PAGES):
            entry = int(leaf["entry"][i])
            frame = number * LEAF_PAGES + i
            if not entry & ENTRY_VECTOR:
                if entry:
                    yield entry, frame, None
                continue
            owners = gdb.Value(entry - ENTRY_VECTOR).cast(pointer).cast(vector)
            for n in range(int(owners["num"])):
                if int(owners["owner"][n]):
                    yield int(owners["owner"][n]), frame, n


def object_text(frame, number):
    page = variable("mem_map")[frame]
    cache, slab = page["slab_cache"], page["slab"]
    address = int(slab["objects"]) + number * int(cache["size"]) + int(cache["object_offset"])
    return f"{address:08x}: {cache['name'].string()}, {int(cache['size'])} bytes"


def accounts(group):
    """The addresses of the obj_cgroups that owe to @group."""
    return {int(objcg.address) for objcg in on_list(group["objcg_list"], "struct obj_cgroup")}


def show_debts(group):
    mine = accounts(group)
    found = [(frame, number) for owner, frame, number in debts() if owner in mine]
    for frame, number in found[:MOST]:
        say("  " + (f"{PAGE_OFFSET + frame * PAGE_SIZE:08x}: page, pfn {frame:#x}" if number is None else
                    object_text(frame, number)))
    if len(found) > MOST:
        say(f"  and {len(found) - MOST} more")
    pages = sum(number is None for _, number in found)
    say(f"  {len(mine)} account{'s'[:len(mine) != 1]}: {pages} pages, {len(found) - pages} objects")


def check_accounts(all_groups):
    """Whoever owes must be some group's."""
    known = set().union(*(accounts(group) for group in all_groups))
    strangers = {owner for owner, _, _ in debts()} - known
    for owner in sorted(strangers):
        say(f"(damaged: the account at {owner:08x} is owed for, but is no group's)")


@command("q-memcg")
def q_memcg(words):
    """List the memory control groups; or what the pages and objects are that one of them owes for.

Example:  q-memcg
          q-memcg /web/db
What its children owe is in a group's numbers, but listed with them."""
    all_groups = groups()
    if not words:
        say(f"{'group':28s} {'current':>12s} {'max':>12s} {'peak':>12s} {'refused':>8s}")
        for group in all_groups:
            say(line(group))
        check_accounts(all_groups)
        return
    wanted = [group for group in all_groups if path(group).strip("/") == words[0].strip("/")]
    if not wanted:
        raise gdb.GdbError(f"There is no group {words[0]}. `q-memcg` lists them.")
    say(line(wanted[0]))
    show_debts(wanted[0])
