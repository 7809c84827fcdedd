/* SPDX-License-Identifier: MIT */
/*
 * What a driver knows of files (LDD3 chapter 3): enough for one that keeps memory behind read and
 * write. There are no file systems, and nobody opens a device but code that calls its operations.
 */
#ifndef _LINUX_FS_H
#define _LINUX_FS_H

#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/types.h>

struct module;
struct file;

/* file->f_flags, from open(2). */
#define O_ACCMODE	00000003
#define O_RDONLY	00000000
#define O_WRONLY	00000001
#define O_RDWR		00000002
#define O_TRUNC		00001000
#define O_APPEND	00002000
#define O_NONBLOCK	00004000

/* file->f_mode */
#define FMODE_READ	0x1U
#define FMODE_WRITE	0x2U

#define SEEK_SET	0
#define SEEK_CUR	1
#define SEEK_END	2

struct inode {
	dev_t i_rdev;			/* which device, for a device's node */
	void *i_private;
};

/* An open file: one for each open(2). */
struct file {
	const struct file_operations *f_op;
	struct inode *f_inode;
	unsigned int f_flags;
	fmode_t f_mode;
	loff_t f_pos;
	void *private_data;		/* the driver's */
};

/* All but owner may be NULL. They return a negative errno, or what their namesakes of POSIX do. */
struct file_operations {
	struct module *owner;
	loff_t (*llseek)(struct file *file, loff_t offset, int whence);
	ssize_t (*read)(struct file *file, char __user *buf, size_t count, loff_t *pos);
	ssize_t (*write)(struct file *file, const char __user *buf, size_t count, loff_t *pos);
	long (*unlocked_ioctl)(struct file *file, unsigned int cmd, unsigned long arg);
	int (*open)(struct inode *inode, struct file *file);
	int (*release)(struct inode *inode, struct file *file);
};

static inline struct inode *file_inode(const struct file *f)
{
	return f->f_inode;
}

#endif /* _LINUX_FS_H */
