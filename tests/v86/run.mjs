// SPDX-License-Identifier: MIT
//
// Boots the image in v86, a PC emulator in WebAssembly, and behaves like QEMU towards its caller:
// serial line on standard output, standard input typed into it, and a byte written to port 0xf4
// ends the run with status (byte << 1) | 1.
//
//   node run.mjs --modules DIR [--kernel FILE] [--append WORDS] [--memory MIB]
//                [--map FILE] [--bios DIR] [--time-limit SECONDS] [--type]
//
//   --modules DIR   where npm put the package (its node_modules directory)
//   --map FILE      hand the kernel this memory map instead of v86's: JSON, see "Maps" below
//   --bios DIR      run SeaBIOS from DIR first (bios.bin, vgabios-stdvga.bin); otherwise v86 starts
//                   the kernel by itself, on devices that no firmware has touched
//   --type          type standard input into the serial line
//
// Further statuses: 0 the machine stopped by itself, 1 v86 itself gave up (it does where a real
// CPU would have reset), 2 usage, 124 the time limit.
//
// Maps. v86 builds the Multiboot information at 0x7c00 before the first instruction of the kernel
// runs, and the memory of its guest can be written from here. So a map made by hand needs no
// loader of its own: { "map": [[base, size, type], ...] }, numbers or strings like "0x100000";
// "mem_lower"/"mem_upper" (KiB) may stand beside it or, with "map": null, instead of it.
// An entry may be longer than the customary 20 bytes: [base, size, type, bytes].

import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

const INFO = 0x7c00; // where v86 puts the Multiboot information
const MAP_AT = 0x10000; // free conventional memory, where a map of ours goes
const DEBUG_EXIT = 0xf4;
const INFO_MEMORY = 1, INFO_MAP = 1 << 6;

function usage(why) {
	process.stderr.write(`run.mjs: ${why}\n`);
	process.exit(2);
}

function arguments_() {
	try {
		const { values } = parseArgs({ options: {
			"modules": { type: "string" },
			"kernel": { type: "string", default: "build/quarry.elf" },
			"append": { type: "string", default: "" },
			"memory": { type: "string", default: "128" },
			"map": { type: "string" },
			"bios": { type: "string" },
			"time-limit": { type: "string", default: "60" },
			"type": { type: "boolean", default: false },
		} });
		if (!values.modules)
			usage("--modules is missing");
		return values;
	} catch (error) {
		usage(error.message);
	}
}

function file(name) {
	try {
		const bytes = fs.readFileSync(name);
		// v86 wants an ArrayBuffer of its own, not a view into node's pool.
		return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
	} catch (error) {
		usage(error.message);
	}
}

// The bytes of a Multiboot memory map: each entry is preceded by its size, which does not count itself.
function mapBytes(entries) {
	const total = entries.reduce((sum, entry) => sum + 4 + (entry[3] ?? 20), 0);
	const view = new DataView(new ArrayBuffer(total));
	let at = 0;

	for (const [base, size, type, bytes = 20] of entries) {
		view.setUint32(at, bytes, true);
		view.setBigUint64(at + 4, BigInt.asUintN(64, BigInt(base)), true);
		view.setBigUint64(at + 12, BigInt.asUintN(64, BigInt(size)), true);
		view.setUint32(at + 20, type, true);
		at += 4 + bytes;
	}
	return new Uint8Array(view.buffer);
}

function patchInfo(emulator, wanted) {
	const info = new DataView(emulator.read_memory(INFO, 116).slice().buffer);
	let flags = info.getUint32(0, true) & ~(INFO_MAP | INFO_MEMORY);

	if (wanted.mem_lower !== undefined || wanted.mem_upper !== undefined) {
		flags |= INFO_MEMORY;
		info.setUint32(4, wanted.mem_lower ?? 0, true);
		info.setUint32(8, wanted.mem_upper ?? 0, true);
	}
	if (wanted.map) {
		const bytes = mapBytes(wanted.map);
		flags |= INFO_MAP;
		info.setUint32(44, bytes.length, true);
		info.setUint32(48, MAP_AT, true);
		emulator.write_memory(bytes, MAP_AT);
	}
	info.setUint32(0, flags, true);
	emulator.write_memory(new Uint8Array(info.buffer), INFO);
}

// Everything leaves through here: writeSync, because process.exit() does not wait for streams.
let line = Buffer.alloc(0);
function flush() {
	for (let done = 0; done < line.length;) {
		try {
			done += fs.writeSync(1, line, done);
		} catch (error) {
			if (error.code !== "EAGAIN")
				process.exit(1); // nobody reads any more
		}
	}
	line = Buffer.alloc(0);
}

function leave(status) {
	flush();
	process.exit(status);
}

function hook(emulator, args) {
	const ports = emulator.v86.cpu.io.ports;
	const exit_port = ports[DEBUG_EXIT];

	exit_port.write8 = (value) => leave(value << 1 | 1);
	exit_port.write16 = exit_port.write32 = exit_port.write8;
	if (!args.map)
		return;

	const wanted = JSON.parse(fs.readFileSync(args.map, "utf8"));
	if (!args.bios)
		return patchInfo(emulator, wanted);

	// With a BIOS the kernel is loaded later, when v86's option ROM reads this port.
	const load = exit_port.read32;
	exit_port.read32 = function (...rest) {
		const eax = load.apply(this, rest);
		patchInfo(emulator, wanted);
		return eax;
	};
}

// The emulated UART keeps 4096 bytes and then forgets the oldest: type a line, wait for an echo of
// its last byte or a moment, type the next.
function type(emulator) {
	const lines = fs.readFileSync(0, "latin1").match(/[^\n]*\n|[^\n]+$/g) ?? [];
	const next = () => {
		if (lines.length === 0)
			return;
		emulator.serial0_send(lines.shift());
		setTimeout(next, 20);
	};
	next();
}

process.on("uncaughtException", (error) => {
	process.stderr.write(`run.mjs: v86 gave up: ${String(error.stack).split("\n")[0]}\n`);
	leave(1);
});

const args = arguments_();
const { V86 } = await import(pathToFileURL(path.resolve(args.modules, "v86/build/libv86.mjs")))
	.catch((error) => usage(`the package v86 is not in ${args.modules}: ${error.message}`));
const options = {
	wasm_path: path.resolve(args.modules, "v86/build/v86.wasm"),
	memory_size: Number(args.memory) * 1024 * 1024,
	vga_memory_size: 1024 * 1024,
	multiboot: { buffer: file(args.kernel) },
	cmdline: args.append,	// empty: v86 hands over none
	disable_speaker: true,
	autostart: false,
};
if (args.bios) {
	options.bios = { buffer: file(path.join(args.bios, "bios.bin")) };
	options.vga_bios = { buffer: file(path.join(args.bios, "vgabios-stdvga.bin")) };
}

const emulator = new V86(options);
emulator.add_listener("serial0-output-byte", (byte) => {
	line = Buffer.concat([line, Buffer.of(byte)]);
	if (byte === 10 || line.length >= 256)
		flush();
});
emulator.add_listener("cpu-event-halt", () => {
	// HLT with interrupts off: nothing can wake this machine again.
	if (!(emulator.v86.cpu.flags[0] & 0x200)) {
		process.stderr.write("run.mjs: the CPU halted for good\n");
		leave(0);
	}
});
emulator.add_listener("emulator-loaded", () => {
	hook(emulator, args);
	emulator.run();
	if (args.type)
		type(emulator);
});
setInterval(flush, 100); // a prompt has no newline
setTimeout(() => {
	process.stderr.write(`run.mjs: time limit of ${args["time-limit"]} s\n`);
	leave(124);
}, Number(args["time-limit"]) * 1000);
