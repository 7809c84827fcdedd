/* SPDX-License-Identifier: MIT */
#ifndef _QUARRY_I8259_H
#define _QUARRY_I8259_H

#define IRQ_VECTOR_BASE 0x20

/* Move the legacy interrupt lines away from the exceptions, and mask them all. */
void i8259_init(void);

#endif /* _QUARRY_I8259_H */
