# SPDX-License-Identifier: MIT
"""
QEMU's GDB stub, as much of it as changing a machine before its first instruction takes. QEMU's
own loader decides what the kernel is told; stopped at the kernel's entry, it can be told otherwise.

The protocol is in GDB's manual, "Remote Serial Protocol": packets $TEXT#CHECKSUM, acknowledged by +.
"""
import os
import socket
import struct
import time

REGISTERS = ("eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "eip")


class Stub:
    def __init__(self, path, limit=10):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(limit)
        deadline = time.monotonic() + limit
        while True:
            try:
                self.socket.connect(path)
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
        self.buffer = b""

    def ask(self, text):
        packet = text.encode()
        self.socket.sendall(b"$%s#%02x" % (packet, sum(packet) % 256))
        return self.answer()

    def answer(self):
        while b"#" not in self.buffer or len(self.buffer) < self.buffer.index(b"#") + 3:
            chunk = self.socket.recv(65536)
            if not chunk:
                raise OSError("QEMU closed the connection")
            self.buffer += chunk
        text, _, rest = self.buffer.partition(b"#")
        self.buffer = rest[2:]
        self.socket.sendall(b"+")
        return text.partition(b"$")[2].decode()

    def run_to(self, address):
        """Physical, before paging: a hardware breakpoint, since the code is not loaded yet."""
        self.ask(f"Z1,{address:x},1")
        stopped = self.ask("c")
        self.ask(f"z1,{address:x},1")
        if not stopped.startswith("T05"):
            raise OSError(f"stopped for another reason: {stopped}")

    def register(self, name):
        values = bytes.fromhex(self.ask("g"))
        return struct.unpack_from("<I", values, 4 * REGISTERS.index(name))[0]

    def set_register(self, name, value):
        index = REGISTERS.index(name)
        if self.ask(f"P{index:x}={struct.pack('<I', value).hex()}") != "OK":
            values = bytearray(bytes.fromhex(self.ask("g")))
            struct.pack_into("<I", values, 4 * index, value)
            self.ask("G" + values.hex())

    def read(self, address, size):
        return bytes.fromhex(self.ask(f"m{address:x},{size:x}"))

    def write(self, address, data):
        for at in range(0, len(data), 512):
            part = data[at:at + 512]
            if self.ask(f"M{address + at:x},{len(part):x}:{part.hex()}") != "OK":
                raise OSError(f"cannot write to {address + at:#x}")

    def detach(self):
        """The machine runs on."""
        self.ask("D")
        self.socket.close()


def entry_point(image):
    with open(image, "rb") as file:
        header = file.read(28)
    return struct.unpack_from("<I", header, 24)[0]


def socket_path(directory):
    return os.path.join(directory, "gdb")
