# SPDX-License-Identifier: MIT
"""
The kernel that GDB looks at: its variables and its memory, with a sentence for what cannot be read;
and how a function becomes a command. What is mapped is read through GDB. Page tables are read
physically, with QEMU's monitor command `xp`, because it is they that are in question; where there
is no monitor (a dump), through the direct map.
"""
import struct

import gdb

PAGE_OFFSET = 0xC0000000	# <asm/page.h>
PROVISIONAL_END = 1022 << 20	# boot/start.S: what is mapped until paging_init() has drawn the line


def say(text=""):
    gdb.write(text + "\n")


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


def lowmem_end():
    """Physical addresses below this may be in the direct map."""
    try:
        return int(variable("lowmem_end")) if int(variable("max_low_pfn")) else PROVISIONAL_END
    except gdb.GdbError:
        return PROVISIONAL_END


def read_physical(address, size):
    """Bytes of physical memory; a multiple of 4. None where neither way leads there."""
    words = [int(word, 16) for line in monitor(f"xp /{size // 4}xw {address:#x}").splitlines()
             for word in line.partition(":")[2].split()]
    if len(words) == size // 4:
        return struct.pack(f"<{len(words)}I", *words)
    try:
        return read_virtual(PAGE_OFFSET + address, size) if address < lowmem_end() else None
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


def range_text(base, size):
    return f"0x{base:016x}-0x{(base + size - 1) & (1 << 64) - 1:016x}"


def size_text(size):
    return f"{size >> 10} KiB" if size >= 1024 or size == 0 else f"{size} bytes"


def map_type(number):
    shown = str(gdb.Value(int(number)).cast(gdb.lookup_type("enum boot_map_type")))
    return shown.replace("BOOT_MAP_", "").lower() if shown.startswith("BOOT_MAP_") else f"type {int(number)}"


def symbol(name):
    """The address of a symbol of the image."""
    return int(gdb.parse_and_eval(f"(unsigned long)&{name}"))


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
