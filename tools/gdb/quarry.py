# SPDX-License-Identifier: MIT
"""
Quarry's commands for GDB: `q-help` lists them.

1. The idea
A stopped kernel can be asked nothing, so the debugger reads its data itself: by name and type, as
the debug information gives them. Nothing here calls a function of the kernel, and so everything
works on a kernel that has crashed, and on a dump of one.

2. Memory
What the kernel maps is read through GDB. Page tables are read physically, with the monitor command
`xp` of QEMU, because it is they that are in question; where there is no monitor (a dump), through
the direct map.

3. Backwards
In a replay QEMU can go back: it loads a snapshot from before, and runs forward to the place that
is wanted. GDB sees that as `reverse-stepi`, `reverse-continue`. q-who-wrote is built on the latter.
"""
import os
import struct

import gdb
import gdb.unwinder

PAGE_OFFSET = 0xC0000000	# <asm/page.h>, <asm/pgtable.h>, <asm/fixmap.h>
LOWMEM_END = 896 << 20
AREAS = [			# from where on, highest first
    (0xFFE00000, "fixmap"),
    (0xFFC00000, "kmap"),
    (0xF8800000, "vmalloc area"),
    (0xF8000000, "gap above the direct map"),
    (PAGE_OFFSET, "direct map"),
    (0x1000, "below the kernel"),
    (0, "the first page"),
]
CR0_PG = 1 << 31
PRESENT, RW, USER, PCD, LARGE, GLOBAL, NX = 1, 2, 4, 0x10, 0x80, 0x100, 1 << 63
ADDRESS = 0x0000000FFFFFF000
FILLER = 0xFF			# kernel/core/printk.c: a record that only fills the ring's end


def say(text=""):
    gdb.write(text + "\n")


# ---- the kernel that is looked at ----

def need_kernel():
    if gdb.selected_inferior().pid == 0:
        raise gdb.GdbError("No kernel: start one with `make debug`, or `target remote` to a QEMU that "
                           "was started with -s.")


def variable(name):
    """A variable of the kernel, by its name in C."""
    try:
        value = gdb.parse_and_eval(name)
    except gdb.error:
        raise gdb.GdbError(f"The kernel's `{name}` is not known: load its symbols, "
                           "`file build/debug/quarry.elf`.") from None
    need_kernel()
    try:
        value.fetch_lazy()
    except gdb.MemoryError:
        raise gdb.GdbError(f"`{name}` cannot be read: the kernel's addresses are not mapped. Before boot/start.S "
                           "has switched paging on there is nothing to see: `hbreak start_kernel`, `continue`."
                           ) from None
    return value


def text(array):
    return array.string(errors="replace", length=-1)


def register(name):
    return int(gdb.newest_frame().read_register(name)) & 0xFFFFFFFF


def monitor(command):
    """QEMU's answer to a monitor command, or "" where there is no QEMU."""
    try:
        return gdb.execute("monitor " + command, to_string=True)
    except gdb.error:
        return ""


def read_virtual(address, size):
    return bytes(gdb.selected_inferior().read_memory(address, size))


def read_physical(address, size):
    """Bytes of physical memory; a multiple of 4. None where neither way leads there."""
    words = [int(word, 16) for line in monitor(f"xp /{size // 4}xw {address:#x}").splitlines()
             for word in line.partition(":")[2].split()]
    if len(words) == size // 4:
        return struct.pack(f"<{len(words)}I", *words)
    try:
        return read_virtual(PAGE_OFFSET + address, size) if address < LOWMEM_END else None
    except gdb.MemoryError:
        return None


def address_of(expression):
    """What is meant by an address: a number, a pointer's value, where an object or a function is."""
    value = gdb.parse_and_eval(expression)
    if value.type.strip_typedefs().code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION,
                                            gdb.TYPE_CODE_ARRAY, gdb.TYPE_CODE_FUNC):
        value = value.address
    return int(value) & 0xFFFFFFFF


def name_of(address):
    """`function+offset`, or "" where the image has nothing."""
    shown = gdb.execute(f"info symbol {address:#x}", to_string=True).strip()
    return "" if shown.startswith("No symbol") else shown.partition(" in section")[0].replace(" + ", "+")


def area(address):
    for name, start, end in (("the boot page", "_image_start", "_stext"), ("kernel code", "_stext", "_etext"), ("kernel constants", "__start_rodata", "__end_rodata"),
                             ("kernel data", "_sdata", "_end")):
        if int(gdb.parse_and_eval(f"(unsigned long)&{start}")) <= address < int(
                gdb.parse_and_eval(f"(unsigned long)&{end}")):
            return name
    return next(name for start, name in AREAS if address >= start)


def range_text(base, size):
    return f"0x{base:016x}-0x{(base + size - 1) & (1 << 64) - 1:016x}"


def size_text(size):
    return f"{size >> 10} KiB" if size >= 1024 or size == 0 else f"{size} bytes"


def map_type(number):
    shown = str(gdb.Value(int(number)).cast(gdb.lookup_type("enum boot_map_type")))
    return shown.replace("BOOT_MAP_", "").lower() if shown.startswith("BOOT_MAP_") else f"type {int(number)}"


# ---- commands ----

COMMANDS = []


def command(name, completer=gdb.COMPLETE_NONE):
    """Make a function a command of GDB; its doc string is the help text."""
    def register_command(function):
        def invoke(self, argument, from_tty):
            self.dont_repeat()
            try:
                function(gdb.string_to_argv(argument))
            except gdb.MemoryError as error:
                raise gdb.GdbError(f"{name}: {error}") from None
        body = {"__doc__": function.__doc__, "invoke": invoke,
                "__init__": lambda self: gdb.Command.__init__(self, name, gdb.COMMAND_DATA, completer)}
        type(name, (gdb.Command,), body)()
        COMMANDS.append((name, function.__doc__.strip().splitlines()[0]))
        return function
    return register_command


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


# ---- page tables ----

LEVELS = (("pointer table", 30, 4), ("directory", 21, 512), ("table", 12, 512))


def entry_rights(entry):
    return "".join(word for bit, word in ((RW, " RW"), (USER, " USER"), (LARGE, " 2M/PAT"), (PCD, " PCD"),
                                          (GLOBAL, " GLB"), (NX, " NX")) if entry & bit)


class Tables:
    """The page tables of the stopped CPU, whole tables at a time."""

    def __init__(self):
        need_kernel()
        self.tables = {}
        try:
            paging, self.root = register("cr0") & CR0_PG, register("cr3") & ~31
        except ValueError:		# a dump: it has the kernel's tables, but not CR3
            paging, self.root = True, address_of("kernel_pointers") - PAGE_OFFSET
        if not paging:
            raise gdb.GdbError("Paging is off: addresses are physical. boot/start.S switches it on.")

    def entry(self, level, table, index):
        if table not in self.tables:
            entries = LEVELS[level][2]
            data = read_physical(table, entries * 8)
            if data is None:
                raise gdb.GdbError(f"The page table at physical {table:#x} cannot be read.")
            self.tables[table] = struct.unpack(f"<{entries}Q", data)
        return self.tables[table][index]

    def walk(self, address):
        """The entries for an address, up to the one that decides."""
        table, entries = self.root, []
        for level, (_, shift, count) in enumerate(LEVELS):
            entry = self.entry(level, table, (address >> shift) % count)
            entries.append(entry)
            if not entry & PRESENT or (level == 1 and entry & LARGE):
                break
            table = entry & ADDRESS
        return entries


def decide(address, entries):
    """(physical, page size, writable, executable, user), or None when not mapped."""
    if not entries[-1] & PRESENT:
        return None
    size = 1 << LEVELS[len(entries) - 1][1]
    lower = entries[1:]		# with PAE the pointer table has no rights
    return ((entries[-1] & ADDRESS & ~(size - 1)) | (address & (size - 1)), size,
            all(e & RW for e in lower), not any(e & NX for e in lower), all(e & USER for e in lower))


def show_walk(address):
    entries = Tables().walk(address)
    name = name_of(address)
    say(f"{address:08x}: {area(address)}" + (f", {name}" if name else ""))
    for (level, _, _), entry in zip(LEVELS, entries):
        what = f"-> {entry & ADDRESS:09x}{entry_rights(entry)}" if entry & PRESENT else "not present"
        say(f"  {level:13s} entry {entry:016x}  {what}")
    found = decide(address, entries)
    if not found:
        say("  not mapped")
        return
    physical, size, writable, executable, user = found
    say(f"  physical 0x{physical:09x}, a page of {'4 KiB' if size == 4096 else '2 MiB'}, "
        f"{'writable' if writable else 'read-only'}, {'executable' if executable else 'not executable'}"
        + (", open to user code" if user else ""))


def mapped_ranges():
    """(start, end, rights) of every run of pages with the same rights, in ascending order."""
    tables, run, address = Tables(), None, 0
    while address < 1 << 32:
        entries = tables.walk(address)
        size = 1 << LEVELS[len(entries) - 1][1]
        found = decide(address, entries)
        rights = found and ("RW" if found[2] else "ro", "x " if found[3] else "NX",
                            "GLB" if entries[-1] & GLOBAL else "   ", "PCD" if entries[-1] & PCD else "   ",
                            "2M" if found[1] > 4096 else "4K")
        if run and run[2] == rights:
            run[1] = address + size
        else:
            if run and run[2]:
                yield tuple(run)
            run = [address, address + size, rights]
        address += size
    if run[2]:
        yield tuple(run)


@command("q-pt", gdb.COMPLETE_SYMBOL)
def q_pt(words):
    """Walk the page tables for an address, or list all that is mapped, with rights.

Examples:  q-pt 0xc0100000
           q-pt start_kernel
           q-pt $sp
           q-pt dump
The tables are those that CR3 of the stopped CPU points to, read as physical memory."""
    if len(words) != 1:
        raise gdb.GdbError("usage: q-pt ADDR, or q-pt dump")
    if words[0] != "dump":
        show_walk(address_of(words[0]))
        return
    both = 0
    for start, end, rights in mapped_ranges():
        say(f"{start:08x}-{end - 1:08x} {(end - start) >> 10:7d}K {' '.join(rights)}  {area(start)}")
        both += (end - start) >> 12 if rights[0] == "RW" and rights[1] == "x " else 0
    say(f"{both} pages are both writable and executable")


# ---- backwards ----

def instruction_count():
    """How many instructions the replay is from its start. Not in a replay: None."""
    answer = monitor("info replay")
    return int(answer.rpartition("=")[2]) if "Replaying" in answer else None


def quietly(command):
    """Run the machine without GDB's words about where it stopped, which no setting keeps back."""
    gdb.flush()
    output = os.dup(1)
    with open(os.devnull, "w") as nothing:
        os.dup2(nothing.fileno(), 1)
    try:
        gdb.execute(command, to_string=True)
    finally:
        gdb.flush()
        os.dup2(output, 1)
        os.close(output)


def object_of(words):
    """What q-who-wrote is asked for, as (address, size)."""
    value = gdb.parse_and_eval(words[0])
    size = value.type.sizeof
    if value.address is None:		# no object but a number, or a pointer to one
        pointer = value.type.strip_typedefs().code == gdb.TYPE_CODE_PTR
        target = value.type.strip_typedefs().target().strip_typedefs() if pointer else None
        size = target.sizeof if target and target.code != gdb.TYPE_CODE_VOID else 4
    else:
        value = value.address
    if len(words) > 1:
        size = int(gdb.parse_and_eval(words[1]))
    return int(value) & 0xFFFFFFFF, size


def contents(address, size):
    """The bytes there, in hexadecimal; before paging, where the direct map is going to show them."""
    for at in (address, address - PAGE_OFFSET):
        try:
            data = read_virtual(at, size) if at >= 0 else None
        except gdb.MemoryError:
            continue
        if data is None:
            break
        if size in (1, 2, 4, 8):
            return f"0x{int.from_bytes(data, 'little'):0{2 * size}x}"
        return data[:32].hex(" ") + (" …" if size > 32 else "")
    return "(not readable)"


class Watch:
    """Only these watchpoints, and none of the user's breakpoints, for the time of a `with`."""

    def __init__(self, address, size):
        # What start.S writes before paging, and the loader, goes to the physical address.
        low = PAGE_OFFSET <= address < PAGE_OFFSET + LOWMEM_END
        self.addresses = [address, address - PAGE_OFFSET] if low else [address]
        self.size = size

    def __enter__(self):
        self.disabled = [b for b in gdb.breakpoints() if b.enabled]
        for breakpoint in self.disabled:
            breakpoint.enabled = False
        self.points = [gdb.Breakpoint(f"*(char (*)[{self.size}]) {address:#x}", gdb.BP_WATCHPOINT,
                                      gdb.WP_WRITE, internal=True) for address in self.addresses]

    def __exit__(self, *exception):
        for point in self.points:
            point.delete()
        for breakpoint in self.disabled:
            breakpoint.enabled = True


def show_writer(address, size, new):
    """The machine stands at the instruction that wrote @new."""
    frame = gdb.newest_frame()
    place = frame.find_sal()
    function = frame.name() or "code outside the image (firmware, or the loader)"
    where = f"{place.symtab.filename}:{place.line}" if place.symtab else f"{frame.pc():#x}"
    say(f"{address:08x} ({size} bytes) was last written by {function} at {where}")
    say(f"  old value   {contents(address, size)}")
    say(f"  new value   {new}")
    instruction = gdb.execute("x/i $pc", to_string=True).strip().removeprefix("=> ")
    say(f"  instruction {' '.join(instruction.split())}")
    gdb.execute("backtrace 16")


found_at = [None]		# where q-who-wrote stopped last


def back_behind_write(address, size):
    """
    Go back to just behind the last write. False: there was none, and this is the first instruction.
    For `reverse-continue` QEMU looks at all instructions but the one before where it stands, so
    that one is looked at by hand: gone back over, and carried out again. To carry out the *next*
    one instead is safe only where it is known: the kernel's last instruction ends QEMU.
    """
    if instruction_count() == found_at[0]:
        quietly("stepi")
    else:
        quietly("reverse-stepi")
        before = contents(address, size)
        quietly("stepi")
        if contents(address, size) != before:
            return True
    quietly("reverse-continue")
    return instruction_count() > 0


@command("q-who-wrote", gdb.COMPLETE_SYMBOL)
def q_who_wrote(words):
    """In a replay: go back to the instruction that last wrote an object or an address.

Examples:  q-who-wrote log_next                a variable
           q-who-wrote memblock.reserved.cnt   a member
           q-who-wrote 0xc0123450              the word at an address
           q-who-wrote 0xc0123450 64           any of 64 bytes
Stops at that instruction, before it is carried out; repeated, it finds the write before. Writes
through another address of the same memory (kmap, early_memremap) and by devices are not seen."""
    if not 1 <= len(words) <= 2:
        raise gdb.GdbError("usage: q-who-wrote ADDR [SIZE]")
    need_kernel()
    if instruction_count() is None:
        raise gdb.GdbError("This machine cannot go back: it is no replay. Record a run with `make record`, "
                           "then `make rewind`.")
    address, size = object_of(words)
    if not 1 <= size <= 4096:
        raise gdb.GdbError(f"{size} bytes cannot be watched: 1 to 4096")
    with Watch(address, size):
        if not back_behind_write(address, size):
            say(f"{address:08x} ({size} bytes) was not written since the machine was switched on.")
            return
        new = contents(address, size)
    quietly("reverse-stepi")
    found_at[0] = instruction_count()
    show_writer(address, size, new)


# ---- backtraces through an exception ----

class Frame:
    """How GDB tells frames apart."""

    def __init__(self, sp, pc):
        self.sp, self.pc = sp, pc


class ThroughExceptions(gdb.unwinder.Unwinder):
    """
    kernel/x86/entry.S has no call frame information: what was interrupted stands in the struct
    pt_regs that its stubs build, to which the word on top of the stack points at trap_return.
    """

    SAVED = (("ebx", "bx"), ("ecx", "cx"), ("edx", "dx"), ("esi", "si"), ("edi", "di"), ("ebp", "bp"),
             ("eax", "ax"), ("eip", "ip"))

    def __init__(self):
        super().__init__("quarry-exceptions")

    def __call__(self, pending):
        pc, sp = pending.read_register("eip"), pending.read_register("esp")
        try:
            if int(pc) & 0xFFFFFFFF != int(gdb.parse_and_eval("(unsigned long)&trap_return")):
                return None
            word = gdb.lookup_type("unsigned long")
            argument = sp.cast(word.pointer())
            regs = argument.dereference().cast(gdb.lookup_type("struct pt_regs").pointer())
            unwound = pending.create_unwind_info(Frame(argument, pc))
            for name, member in self.SAVED:
                unwound.add_saved_register(name, regs[member])
            unwound.add_saved_register("esp", regs["sp"].address.cast(word))
        except gdb.error:
            return None
        return unwound


gdb.unwinder.register_unwinder(None, ThroughExceptions(), replace=True)


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
