# SPDX-License-Identifier: MIT
"""
q-who-wrote. In a replay QEMU can go back: it loads a snapshot from before, and runs forward to the
place that is wanted. GDB sees that as `reverse-stepi` and `reverse-continue`; this is built on them.
"""
import os

import gdb
from target import PAGE_OFFSET, command, lowmem_end, monitor, need_kernel, read_virtual, say


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
        low = PAGE_OFFSET <= address < PAGE_OFFSET + lowmem_end()
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
