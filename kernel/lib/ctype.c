// SPDX-License-Identifier: MIT
/* The classes of the 256 characters of Latin-1, by ranges. */
#include <linux/ctype.h>

const unsigned char _ctype[256] = {
	[0x00 ... 0x08] = _C,
	[0x09 ... 0x0d] = _C | _S,		/* tab, newline and their relatives */
	[0x0e ... 0x1f] = _C,
	[' ']		= _S | _SP,
	['!' ... '/']	= _P,
	['0' ... '9']	= _D,
	[':' ... '@']	= _P,
	['A' ... 'F']	= _U | _X,
	['G' ... 'Z']	= _U,
	['[' ... '`']	= _P,
	['a' ... 'f']	= _L | _X,
	['g' ... 'z']	= _L,
	['{' ... '~']	= _P,
	[0x7f]		= _C,
	[0xa0]		= _S | _SP,		/* the blank that does not break a line */
	[0xa1 ... 0xbf]	= _P,
	[0xc0 ... 0xd6]	= _U,
	[0xd7]		= _P,			/* the multiplication sign */
	[0xd8 ... 0xde]	= _U,
	[0xdf ... 0xf6]	= _L,
	[0xf7]		= _P,			/* the division sign */
	[0xf8 ... 0xff]	= _L,
};
