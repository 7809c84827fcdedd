# SPDX-License-Identifier: MIT
"""
Quarry's commands for GDB: `q-help` lists them.

A stopped kernel can be asked nothing, so the debugger reads its data itself: by name and type, as
the debug information gives them. Nothing here calls a function of the kernel, and so everything
works on a kernel that has crashed, and on a dump of one.
"""
import os
import struct
import sys

import gdb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from target import COMMANDS, command, map_type, range_text, read_virtual, say, size_text, text, variable  # noqa: E402

FILLER = 0xFF			# kernel/core/printk.c: a record that only fills the ring's end


@command("q-help")
def q_help(words):
    """List the commands that Quarry adds to GDB.

Example:  q-help
`help q-log` and so on tell more about one of them."""
    for name, summary in COMMANDS:
        say(f"  {name:13s} {summary}")
    say()
    say("  The kernel ends in machine_exit(); `make debug` has a breakpoint there, and a panic stops at it too.")
    say("  To go backwards, record a run (`make record`) and open it with `make rewind`: reverse-step,")
    say("  reverse-continue and q-who-wrote work there.")


@command("q-boot")
def q_boot(words):
    """Show what the boot loader left: its name, command line, memory map and modules.

Example:  q-boot
The map is shown as it was handed over, before mm/memblock.c made sense of it."""
    info = variable("boot_info")
    if not info["nr_map"] and not info["has_mem_sizes"] and not text(info["loader"]):
        say("boot_info is empty: boot_info_from_multiboot() has not run yet (`finish` it, or break after it).")
        return
    say(f"loader        {text(info['loader']) or '(no name)'}")
    say(f"command line  {text(info['command_line']) or '(empty)'}"
        + (" (cut)" if info["command_line_cut"] else ""))
    if info["has_mem_sizes"]:
        say(f"mem_lower     {int(info['mem_lower_kb'])} KiB from 0")
        say(f"mem_upper     {int(info['mem_upper_kb'])} KiB from 1 MiB")
    count = int(info["nr_map"])
    say(f"map           {count} entries" + (f", {int(info['map_dropped'])} dropped" if info["map_dropped"] else ""))
    for i in range(count):
        say(f"  {region_text(info['map'][i], 'type')}")
    say(f"modules       {int(info['nr_modules'])}")
    for i in range(int(info["nr_modules"])):
        module = info["modules"][i]
        start, end = int(module["start"]), int(module["end"])
        say(f"  {range_text(start, end - start)} {size_text(end - start):>14s}  {text(module['args'])}")


def region_text(region, kind):
    """A region of memblock or an entry of the loader's map. @kind is its member with the type, if any."""
    size = int(region["size"])
    return f"{range_text(int(region['base']), size)} {size_text(size):>14s}" + (
        f"  {map_type(region[kind])}" if kind else "")


def regions(memblock, name):
    kind = memblock[name]
    return [kind["regions"][i] for i in range(int(kind["cnt"]))]


def free_ranges(memblock):
    """What is RAM and not reserved, as (base, size)."""
    taken = [(int(r["base"]), int(r["base"]) + int(r["size"])) for r in regions(memblock, "reserved")]
    for region in regions(memblock, "memory"):
        at, end = int(region["base"]), int(region["base"]) + int(region["size"])
        for start, stop in taken:
            if stop > at and start < end:
                if start > at:
                    yield at, start - at
                at = max(at, stop)
        if at < end:
            yield at, end - at


@command("q-memblock")
def q_memblock(words):
    """Show memblock's lists: memory, reserved, what the firmware said, and what is free.

Example:  q-memblock"""
    memblock = variable("memblock")
    if not memblock["memory"]["cnt"]:
        say("memblock is empty: memblock_setup() has not run yet (`finish` it, or break after it).")
        return
    say(f"allocates {'bottom-up' if memblock['bottom_up'] else 'top-down'} below "
        f"{int(memblock['current_limit']):#x}")
    for name in ("memory", "reserved", "firmware"):
        kind = memblock[name]
        say(f"{name}: {int(kind['cnt'])} regions (room for {int(kind['max'])}"
            f"{', grown' if kind['grown'] else ''}), {size_text(int(kind['total_size']))}")
        for region in regions(memblock, name):
            say("  " + region_text(region, "flags" if name == "firmware" else None))
    free = list(free_ranges(memblock))
    say(f"free: {len(free)} ranges, {size_text(sum(size for _, size in free))}")
    for base, size in free:
        say(f"  {range_text(base, size)} {size_text(size):>14s}")


def log_line(ns, line):
    return f"[{ns // 10**9:5d}.{ns % 10**9 // 1000:06d}] {line.decode(errors='replace')}"


def log_records():
    """The lines in the kernel's ring (kernel/core/printk.c), oldest first."""
    buffer = variable("log_buffer")
    first, end = int(variable("log_first")), int(variable("log_next"))
    ring = read_virtual(int(buffer.address), buffer.type.sizeof)
    header = gdb.lookup_type("struct log_record")
    text_at = next(field.bitpos // 8 for field in header.fields() if field.name == "text")
    while first != end:
        at = first % len(ring)
        ns, size, length, level = struct.unpack_from("<QHHB", ring, at)
        if not size or size % 16 or at + size > len(ring) or (end - first) & 0xFFFFFFFF > len(ring):
            say(f"(the log is damaged at byte {at} of log_buffer)")
            return
        if level != FILLER:
            yield log_line(ns, ring[at + text_at:at + text_at + length])
        first = (first + size) & 0xFFFFFFFF


@command("q-log")
def q_log(words):
    """Show the kernel's log, of a running kernel or a dead one, read from its memory.

Examples:  q-log
           q-log 20     the last 20 lines
A line that has been begun but not ended comes last, marked `(open)`."""
    lines = list(log_records())
    line = variable("'printk.c'::line")
    if line["open"]:
        started = read_virtual(int(line["text"].address), int(line["len"]))
        lines.append(log_line(int(line["ns"]), started) + " (open)")
    for shown in lines[-int(words[0], 0):] if words and int(words[0], 0) else lines:
        say(shown)
    if not lines:
        say("The log is empty.")


# ---- how values are printed ----

class RegionPrinter:
    """struct memblock_region and struct boot_map_entry as a range."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        kind = "type" if self.value.type.strip_typedefs().tag == "boot_map_entry" else None
        return "[" + region_text(self.value, kind) + "]"


class HexPrinter:
    """Physical addresses and page-table entries, which nobody reads in decimal."""

    def __init__(self, value):
        self.value = value

    def to_string(self):
        return f"{int(self.value):#x}"


def find_printer(value):
    if value.type.name in ("phys_addr_t", "pte_t"):
        return HexPrinter(value)
    if value.type.strip_typedefs().tag in ("memblock_region", "boot_map_entry"):
        return RegionPrinter(value)
    return None


gdb.pretty_printers.append(find_printer)

import page_tables, pages, vmalloc, slab, memcg, percpu, locks, threads, reclaim, backwards, unwinder	# noqa: E401, E402, F401  (they register themselves)
