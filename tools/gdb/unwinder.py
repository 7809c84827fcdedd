# SPDX-License-Identifier: MIT
"""Backtraces that go through an exception to the code that caused it."""
import gdb
import gdb.unwinder
from target import symbol


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
            if int(pc) & 0xFFFFFFFF != symbol("trap_return"):
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
