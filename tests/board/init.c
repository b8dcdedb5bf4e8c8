// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first process on the emulated board: mounts, loads modules, runs the
 * programs in /tests, relays their output to the console, resets the machine, which
 * ends QEMU (-no-reboot; a kernel without ACPI cannot switch off)
 *
 * The report goes through /dev/kmsg, so that it and what the kernel has to say
 * come out in order and never within each other's lines.
 *
 * The kernel hands over what it does not know from its command line in our
 * environment: VRF_EXPECT, VRF_JOBS; VRF_ONLY has the names of the programs, or of
 * tests, that are to be run. As arguments they would be 32 at most.
 */

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_NAMES	100
#define MAX_PROGS	32

static int kmsg = -1;
/* The words of VRF_ONLY, ended by NULL */
static char *only[MAX_NAMES + 1];

static void say(const char *fmt, ...)
{
	char line[900];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = snprintf(line, sizeof(line), "<5>");
	len += vsnprintf(line + len, sizeof(line) - len, fmt, ap);
	va_end(ap);
	if (write(kmsg, line, len) < 0)
		reboot(RB_AUTOBOOT);
}

static void mount_all(void)
{
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	mkdir("/tmp", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	mount("tmpfs", "/tmp", "tmpfs", 0, NULL);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL);
}

/* A path and perhaps parameters in each line of /modules, in the order to load */
static void load_modules(void)
{
	FILE *list = fopen("/modules", "r");
	char path[200], *params;
	int fd;

	while (list && fgets(path, sizeof(path), list)) {
		path[strcspn(path, "\n")] = 0;
		params = path + strcspn(path, " ");
		if (*params)
			*params++ = 0;
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (syscall(SYS_finit_module, fd, params, 0))
			say("Bail out! %s: %m", path);
		close(fd);
	}
	if (list)
		fclose(list);
}

static void split_only(void)
{
	char *words = getenv("VRF_ONLY"), *word;
	unsigned int n = 0;

	for (word = strtok(words ? words : "", " "); word; word = strtok(NULL, " ")) {
		if (n == MAX_NAMES) {
			say("Bail out! VRF_ONLY has more than %u names", MAX_NAMES);
			break;
		}
		only[n++] = word;
	}
}

/* Runs one program for these names, relays its lines unless it lists its tests; its exit code */
static int run(const char *path, char **names, bool list)
{
	char *args[MAX_NAMES + 3] = { (char *)path, list ? "-l" : NULL };
	char **arg = args + 1 + list;
	char line[600], text[720];
	int out[2], status;
	FILE *lines;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC))
		return -1;
	pid = fork();
	if (!pid) {
		dup2(out[1], 1);
		dup2(out[1], 2);
		while (*names)
			*arg++ = *names++;
		execv(path, args);
		_exit(127);
	}
	close(out[1]);
	lines = fdopen(out[0], "r");
	while (fgets(line, sizeof(line), lines)) {
		line[strcspn(line, "\n")] = 0;
		snprintf(text, sizeof(text), "    %s", line);
		if (!list)
			say("%s", text);
	}
	fclose(lines);
	waitpid(pid, &status, 0);

	return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

/* Which tests of this program are to be run, all of them without a name; NULL: none */
static char **chosen_of(const char *path, const char *program)
{
	static char *all[] = { NULL };
	unsigned int i;

	if (!only[0])
		return all;
	for (i = 0; only[i]; i++)
		if (!strcmp(program, only[i]))
			return all;

	return run(path, only, true) ? NULL : only;
}

/* Lockdep ends itself with its first report, and looks at nothing from then on */
static void say_lockdep(void)
{
	const char *path = "/proc/lockdep_stats";
	char line[200];
	int on = -1;
	FILE *stats;

	stats = fopen(path, "r");
	while (stats && fgets(line, sizeof(line), stats))
		if (sscanf(line, " debug_locks: %d", &on) == 1)
			break;
	if (stats)
		fclose(stats);
	if (on > 0)
		say("# board: lockdep looked until the end");
	else if (!on)
		say("BUG: lockdep has ended itself");
}

/* Says what kmemleak has found, which the judge of the report knows */
static void say_leaks(void)
{
	const char *path = "/sys/kernel/debug/kmemleak";
	char line[300];
	unsigned int i;
	FILE *leaks;

	/* hantro loses its video device when it is unbound with files open (docs/unbind.md) */
	if (access(path, F_OK) || getenv("VRF_LEAKS"))
		return;
	for (i = 0; i < 2; i++) {
		/* It spares what is younger than five seconds */
		sleep(6);
		leaks = fopen(path, "w");
		if (!leaks || fputs("scan", leaks) < 0 || fclose(leaks))
			say("Bail out! kmemleak does not scan");
	}
	leaks = fopen(path, "r");
	while (leaks && fgets(line, sizeof(line), leaks)) {
		line[strcspn(line, "\n")] = 0;
		say("%s", line);
	}
	if (leaks)
		fclose(leaks);
	say("# board: looked for leaks");
}

int main(void)
{
	char **chosen[MAX_PROGS], path[200], name[MAX_PROGS][64];
	unsigned int count = 0, i;
	FILE *list;
	int ret;

	mount_all();
	kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	load_modules();
	split_only();

	list = fopen("/tests/list", "r");
	while (list && count < MAX_PROGS && fgets(name[count], sizeof(name[0]), list)) {
		name[count][strcspn(name[count], "\n")] = 0;
		snprintf(path, sizeof(path), "/tests/%.63s", name[count]);
		chosen[count] = chosen_of(path, name[count]);
		if (chosen[count])
			count++;
	}

	say("KTAP version 1");
	say("1..%u", count);
	for (i = 0; i < count; i++) {
		say("# Subtest: %s", name[i]);
		snprintf(path, sizeof(path), "/tests/%.63s", name[i]);
		ret = run(path, chosen[i], false);
		say("%s %u %s", ret ? "not ok" : "ok", i + 1, name[i]);
	}
	say_lockdep();
	say_leaks();
	say("# board: end");
	/* With PREEMPT_RT a thread prints what was said; what comes next wakes it */
	for (i = 0; i < 3; i++) {
		usleep(300000);
		say("# board: off in %u", 3 - i);
	}
	reboot(RB_AUTOBOOT);
	return 0;
}
