// SPDX-License-Identifier: MIT
/*
 * The log, and the consoles it is shown on.
 *
 * 1. The idea
 * A line is formatted once, shown on every console if its level says so, and kept in a ring
 * buffer, where `dmesg`, a panic's report and a debugger find it. Everything is static: printk
 * works before there is any allocator and inside a fault handler, even inside itself.
 *
 * 2. The ring
 * Records of 16·n bytes, header first, never split: where the end of the buffer is too near, a
 * filler record takes the rest. log_first and log_next count bytes since boot; modulo the size
 * they are places. log_next - log_first <= LOG_SIZE always.
 *
 * 3. Lines
 * A call may hold several lines, or part of one (KERN_CONT goes on with it). Text goes to the
 * consoles as it comes; the line goes to the ring when its newline does.
 *
 * 4. Holding back
 * A test that expects a report would mislead who reads the console, so its lines go to the ring
 * and the taps only: <quarry/log_tap.h>. All that was logged since the hold began is in the ring,
 * from hold.from on, unless newer lines took its place; so to show it later is to read it there.
 *
 * 5. Locking
 * One lock for all of this, with interrupts off: printk_sync.c. Its CPU may take it again: an interrupt or a
 * fault in the middle of printk prints, too, with a buffer of its own, two deep; deeper ones are
 * dropped. A line that is continued is its thread's: another one that prints begins a new line.
 * While the log is walked the lock is held for each line, not for all: who is overtaken goes on with
 * the oldest line that is left.
 *
 * 6. What is not checked
 * A machine that resets itself takes what was held back with it.
 */
#include <linux/console.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/string.h>
#include <quarry/boot_info.h>
#include <quarry/log_tap.h>

#define LOG_SIZE	(64u * 1024)	/* a power of two */
#define LINE_MAX	992		/* text of one line; what is longer is cut into several */
#define NESTING_MAX	3
#define LEVEL_FILLER	0xff

struct log_record {
	u64 ns;			/* since boot */
	u16 size;		/* header, text and padding: a multiple of 16 */
	u16 len;		/* text, without its terminator */
	u8 level;
	char text[3];		/* goes on behind the struct */
};

#define RECORD_HEADER	offsetof(struct log_record, text)

int console_printk[4] = { 7, LOGLEVEL_WARNING, 1, 7 };

static char log_buffer[LOG_SIZE] __aligned(16);
static u32 log_first, log_next;

static struct console *consoles;
static struct log_tap *taps;

/* Who holds lines back from the consoles. */
static struct {
	unsigned int holders;
	bool told;		/* no more is held back until the last of them has gone */
	u32 from;		/* the first line that was: a place in the ring */
} hold;

/* The line that is being written: it ends with its newline. */
static struct {
	bool open;
	const struct task_struct *owner;
	bool shown;		/* decided once: a line is on the consoles whole or not at all */
	int level;
	u64 ns;
	unsigned int len;
	char text[LINE_MAX + 1];
} line;

/* ---- the ring ---- */

static struct log_record *record_at(u32 position)
{
	return (struct log_record *)&log_buffer[position % LOG_SIZE];
}

static void make_room(u32 size)
{
	while (log_next + size - log_first > LOG_SIZE)
		log_first += record_at(log_first)->size;
}

static struct log_record *append_record(u32 size, int level, u64 ns)
{
	struct log_record *r;

	make_room(size);
	r = record_at(log_next);
	r->ns = ns;
	r->size = size;
	r->len = 0;
	r->level = level;
	log_next += size;
	return r;
}

static void store_line(void)
{
	u32 size = ALIGN(RECORD_HEADER + line.len + 1, 16);
	u32 to_end = LOG_SIZE - log_next % LOG_SIZE;
	struct log_record *r;

	if (to_end < size)
		append_record(to_end, LEVEL_FILLER, 0);
	r = append_record(size, line.level, line.ns);
	r->len = line.len;
	memcpy(r->text, line.text, line.len + 1);
}

/* The record at *@position, or the oldest if that is newer, to @fn. *@position is then the next. */
static bool take_record(u32 *position, u32 end, kmsg_line_fn fn, void *arg)
{
	const struct log_record *r;

	if ((s32)(log_first - *position) > 0)
		*position = log_first;
	if ((s32)(end - *position) <= 0)
		return false;
	r = record_at(*position);
	*position += r->size;
	if (r->level != LEVEL_FILLER)
		fn(arg, r->level, r->ns, r->text);
	return true;
}

static void for_each_from(u32 position, kmsg_line_fn fn, void *arg)
{
	u32 end = READ_ONCE(log_next);	/* not what @fn itself may print */
	unsigned long flags;
	bool more;

	do {
		printk_cpu_sync_get_irqsave(flags);
		more = take_record(&position, end, fn, arg);
		printk_cpu_sync_put_irqrestore(flags);
	} while (more);
}

void kmsg_for_each(kmsg_line_fn fn, void *arg)
{
	for_each_from(log_first, fn, arg);
}

struct tail {
	kmsg_line_fn fn;
	void *arg;
	unsigned int skip;
};

static void count_line(void *arg, int level, u64 ns, const char *text)
{
	++*(unsigned int *)arg;
}

static void tail_line(void *arg, int level, u64 ns, const char *text)
{
	struct tail *tail = arg;

	if (tail->skip)
		tail->skip--;
	else
		tail->fn(tail->arg, level, ns, text);
}

void kmsg_for_each_tail(unsigned int lines, kmsg_line_fn fn, void *arg)
{
	struct tail tail = { fn, arg, 0 };
	unsigned int total = 0;

	kmsg_for_each(count_line, &total);
	tail.skip = total > lines ? total - lines : 0;
	kmsg_for_each(tail_line, &tail);
}

/* ---- consoles ---- */

void console_write(const char *s, unsigned int count)
{
	struct console *con;
	unsigned long flags;

	printk_cpu_sync_get_irqsave(flags);
	for (con = consoles; con; con = con->next)
		con->write(con, s, count);
	printk_cpu_sync_put_irqrestore(flags);
}

int console_poll_char(void)
{
	struct console *con;

	for (con = consoles; con; con = con->next) {
		int c = con->poll_char ? con->poll_char(con) : -1;

		if (c >= 0)
			return c;
	}
	return -1;
}

static bool shown(int level)
{
	return level < console_loglevel;
}

static bool holding(void)
{
	return hold.holders && !hold.told;
}

static unsigned int format_time(char *buf, size_t size, u64 ns)
{
	u64 seconds = ns;
	u32 rest = do_div(seconds, 1000000000);

	return scnprintf(buf, size, "[%5lu.%06lu] ", (unsigned long)seconds,
			 (unsigned long)(rest / 1000));
}

static void replay_line(void *arg, int level, u64 ns, const char *text)
{
	struct console *con = arg;
	char stamp[24];

	if (!shown(level))
		return;
	con->write(con, stamp, format_time(stamp, sizeof(stamp), ns));
	con->write(con, text, strlen(text));
	con->write(con, "\n", 1);
}

void register_console(struct console *con)
{
	unsigned long flags;

	printk_cpu_sync_get_irqsave(flags);
	kmsg_for_each(replay_line, con);
	con->next = consoles;
	consoles = con;
	printk_cpu_sync_put_irqrestore(flags);
}

int unregister_console(struct console *con)
{
	struct console **link = &consoles;
	int err = -ENODEV;
	unsigned long flags;

	printk_cpu_sync_get_irqsave(flags);
	while (*link && *link != con)
		link = &(*link)->next;
	if (*link) {
		*link = con->next;
		err = 0;
	}
	printk_cpu_sync_put_irqrestore(flags);
	return err;
}

/* ---- taps ---- */

void log_tap_add(struct log_tap *tap)
{
	unsigned long flags;

	printk_cpu_sync_get_irqsave(flags);
	tap->next = taps;
	taps = tap;
	printk_cpu_sync_put_irqrestore(flags);
}

void log_tap_remove(struct log_tap *tap)
{
	struct log_tap **link = &taps;
	unsigned long flags;

	printk_cpu_sync_get_irqsave(flags);
	while (*link && *link != tap)
		link = &(*link)->next;
	if (*link)
		*link = tap->next;
	printk_cpu_sync_put_irqrestore(flags);
}

#ifdef CONFIG_KASAN
bool log_is_tapped(void)
{
	return taps != NULL;
}
#endif

/* ---- lines ---- */

static void open_line(int level)
{
	char stamp[24];

	line.open = true;
	line.owner = current;
	line.shown = shown(level) && !holding();
	line.level = level;
	line.ns = local_clock();
	line.len = 0;
	if (line.shown)
		console_write(stamp, format_time(stamp, sizeof(stamp), line.ns));
}

static void close_line(void)
{
	struct log_tap *tap;

	line.text[line.len] = '\0';
	line.open = false;
	if (line.shown)
		console_write("\n", 1);
	store_line();
	for (tap = taps; tap; tap = tap->next)
		tap->line(tap, line.level, line.text);
}

static void add_to_line(const char *s, unsigned int count)
{
	memcpy(line.text + line.len, s, count);
	line.len += count;
	if (line.shown)
		console_write(s, count);
}

/* ---- holding back ---- */

void console_hold(void)
{
	unsigned long flags;

	printk_cpu_sync_get_irqsave(flags);
	if (!hold.holders++) {
		hold.told = false;
		hold.from = log_next;
	}
	printk_cpu_sync_put_irqrestore(flags);
}

/* All that was held back, whoever prints meanwhile. */
static void tell_held_lines(void)
{
	static const char gone[] = "(the first of the lines that were held back are gone)\n";
	bool overwritten = (s32)(log_first - hold.from) > 0;
	struct console *con;

	if (line.open)
		close_line();
	hold.told = true;
	if (overwritten)
		console_write(gone, sizeof(gone) - 1);
	for (con = consoles; con; con = con->next)
		for_each_from(overwritten ? log_first : hold.from, replay_line, con);
}

void console_tell(void)
{
	unsigned long flags;

	printk_cpu_sync_get_irqsave(flags);
	if (holding())
		tell_held_lines();
	printk_cpu_sync_put_irqrestore(flags);
}

void console_release(void)
{
	unsigned long flags;

	printk_cpu_sync_get_irqsave(flags);
	hold.holders--;
	printk_cpu_sync_put_irqrestore(flags);
}

/* Lines and parts of lines, as they come. @level is -1 when the text goes on with the open line. */
static void log_text(int level, const char *s)
{
	if (line.open && (level >= 0 || line.owner != current))
		close_line();
	if (level >= 0)
		open_line(level);
	while (*s) {
		unsigned int part = strchrnul(s, '\n') - s;

		if (!line.open)
			open_line(level >= 0 ? level : default_message_loglevel);
		part = min(part, LINE_MAX - line.len);
		add_to_line(s, part);
		s += part;
		if (*s == '\n' || line.len == LINE_MAX)
			close_line();
		if (*s == '\n')
			s++;
	}
}

/* Take the level off the front: "\0016text". */
static const char *take_level(const char *s, int *level)
{
	*level = default_message_loglevel;
	while (s[0] == KERN_SOH_ASCII && s[1]) {
		if (s[1] >= '0' && s[1] <= '7')
			*level = s[1] - '0';
		else if (s[1] == 'c')
			*level = -1;
		s += 2;
	}
	return s;
}

#define TEXT_MAX	(COMMAND_LINE_SIZE + 256)	/* of one call; what is longer loses its end */

static unsigned int formatting;	/* calls of vprintk() that are under way */

void printk_abandon(void)
{
	formatting = 0;
	printk_cpu_sync_abandon();
}

void printk_take_over(void)
{
	formatting = 0;
	printk_cpu_sync_take_over();
}

/* With the lock held. */
static int format_and_log(const char *fmt, va_list args)
{
	static char buffers[NESTING_MAX][TEXT_MAX];
	char *buffer;
	const char *s;
	int level, len;

	if (formatting == NESTING_MAX)
		return 0;
	buffer = buffers[formatting++];
	len = vsnprintf(buffer, TEXT_MAX, fmt, args);
	if (len >= TEXT_MAX) {
		len = TEXT_MAX - 1;
		buffer[len - 1] = '\n';
	}
	s = take_level(buffer, &level);
	log_text(level, s);
	formatting--;
	return len;
}

int vprintk(const char *fmt, va_list args)
{
	unsigned long flags;
	int len;

	printk_cpu_sync_get_irqsave(flags);
	len = format_and_log(fmt, args);
	printk_cpu_sync_put_irqrestore(flags);
	return len;
}

int printk(const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vprintk(fmt, args);
	va_end(args);
	return len;
}
