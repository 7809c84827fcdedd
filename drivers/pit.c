// SPDX-License-Identifier: MIT
/*
 * The Intel 8254 timer's channel 2: the one whose gate and output software can reach (port 0x61),
 * meant for the loudspeaker. Mode 0 counts down once and raises the output at zero.
 */
#include <asm/io.h>
#include <quarry/pit.h>

#define PIT_CHANNEL2	0x42
#define PIT_COMMAND	0x43
#define PORT_B		0x61
#define PORT_B_GATE2	0x01
#define PORT_B_SPEAKER	0x02
#define PORT_B_OUT2	0x20

#define CHANNEL2_MODE0	0xb0		/* channel 2, low byte then high byte, mode 0, binary */
#define CHANNEL2_LATCH	0x80
#define START		0xffff

void pit_start_countdown(void)
{
	outb((inb(PORT_B) & ~PORT_B_SPEAKER) | PORT_B_GATE2, PORT_B);
	outb(CHANNEL2_MODE0, PIT_COMMAND);
	outb(START & 0xff, PIT_CHANNEL2);
	outb(START >> 8, PIT_CHANNEL2);
}

u32 pit_countdown_elapsed(void)
{
	u32 count;

	if (inb(PORT_B) & PORT_B_OUT2)
		return PIT_EXPIRED;
	outb(CHANNEL2_LATCH, PIT_COMMAND);
	count = inb(PIT_CHANNEL2);
	count |= inb(PIT_CHANNEL2) << 8;
	return START - count;
}
