// SPDX-License-Identifier: GPL-2.0-only
/*
 * Programs that nobody here wrote: v4l2-compliance on every node, GStreamer
 * through the rga and a decoder. What they say goes into the report, so that a
 * kernel with the series can be compared with one without. Skipped where the
 * programs are not there; "make test-apps" brings them.
 */

#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "knobs.h"
#include "harness.h"
#include "jobs.h"

#define FRAMES	300

/* Runs a command line, relays what it says; its exit code */
static int app(const char *what, const char *command)
{
	char line[400];
	FILE *out = popen(command, "r");
	int status;

	CHECK(out);
	while (fgets(line, sizeof(line), out)) {
		line[strcspn(line, "\n")] = 0;
		if (*line)
			note("app %s: %s", what, line);
	}
	status = pclose(out);
	note("app %s: exit code %d", what, WIFEXITED(status) ? WEXITSTATUS(status) : -1);

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/*
 * Drivers fall short of it here and there, which is exit code 1, and the same with
 * the series. But it has to come to its end.
 */
static void compliance(const char *what, const char *command)
{
	const char *log = "/tmp/compliance";
	char tee[300], total[300];
	int code;

	snprintf(tee, sizeof(tee), "%s >%s 2>&1; e=$?; cat %s; exit $e", command, log, log);
	code = app(what, tee);
	CHECK(code == 0 || code == 1);
	snprintf(total, sizeof(total), "grep -q '^Total for ' %s", log);
	CHECK_EQ(system(total), 0);
}

static void need(const char *path)
{
	if (access(path, X_OK))
		SKIP("no %s here", path);
}

static void each_node(const char *prefix, const char *options)
{
	char command[200], what[64];
	unsigned int i, nodes = 0;

	for (i = 0; i < 32; i++) {
		snprintf(what, sizeof(what), "/dev/%s%u", prefix, i);
		if (access(what, F_OK))
			continue;
		snprintf(command, sizeof(command), "/usr/bin/v4l2-compliance %s %s",
			 options, what);
		compliance(what, command);
		nodes++;
	}
	CHECK(nodes > 0);
}

TEST(compliance_video, 600)
{
	need("/usr/bin/v4l2-compliance");
	each_node("video", "-C never -d");
}

TEST(compliance_media, 600)
{
	need("/usr/bin/v4l2-compliance");
	each_node("media", "-C never -m");
}

static const struct kind *const streamed[] = { &kind_rga, NULL };
static const struct kind *const streaming[] = { &kind_rga, &kind_vim2m, NULL };

/* The number in /dev/videoN */
static unsigned int node_of(const struct kind *kind)
{
	char path[32], target[64] = "";
	unsigned int node;
	struct m2m m;

	m2m_open(&m, kind->driver, kind->cards, kind->out_fourcc);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", m.fd);
	CALL(readlink(path, target, sizeof(target) - 1));
	CHECK_EQ(sscanf(target, "/dev/video%u", &node), 1);
	m2m_close(&m);

	return node;
}

TEST_KINDS(compliance_streaming, 600, streaming)
{
	char command[200];

	need("/usr/bin/v4l2-compliance");
	snprintf(command, sizeof(command),
		 "/usr/bin/v4l2-compliance -C never -P -s 20 -d /dev/video%u",
		 node_of(kind));
	compliance(kind->name, command);
}

static void need_gstreamer(void)
{
	need("/usr/bin/gst-launch-1.0");
	setenv("HOME", "/tmp", 1);
	setenv("GST_REGISTRY", "/tmp/gst", 1);
	setenv("GST_PLUGIN_SYSTEM_PATH_1_0", "/lib/gstreamer-1.0", 1);
	setenv("GST_DEBUG", "1", 1);
	setenv("GST_DEBUG_NO_COLOR", "1", 1);
}

/* How many frames came out of a pipeline, by what was in them */
static void gst(const char *what, const char *pipeline)
{
	char command[1000];

	/* Without the time since the start, the thread, and where it lives */
	snprintf(command, sizeof(command),
		 "gst-launch-1.0 -q %s ! checksumsink hash=md5 >/tmp/sums 2>/tmp/said;"
		 "e=$?; tail -n 5 /tmp/said | sed 's/^[0-9:.]* *[0-9]* *0x[0-9a-f]* *//';"
		 "cut -d' ' -f2 /tmp/sums | sort | uniq -c;"
		 "[ $(grep -c . /tmp/sums) = %d ] || { echo not %d frames; e=9; }; exit $e",
		 pipeline, FRAMES, FRAMES);
	CHECK_EQ(app(what, command), 0);
}

TEST_KINDS(gstreamer_converts, 900, streamed)
{
	char pipeline[400], element[100];
	unsigned int node;

	need_gstreamer();
	node = node_of(kind);
	/* The first of its kind has no number */
	snprintf(element, sizeof(element), "gst-inspect-1.0 --exists v4l2video%uconvert", node);
	if (system(element))
		strcpy(element, "v4l2convert");
	else
		snprintf(element, sizeof(element), "v4l2video%uconvert", node);
	snprintf(pipeline, sizeof(pipeline),
		 "videotestsrc pattern=blink num-buffers=%d ! video/x-raw,format=NV12,width=320,height=240 ! "
		 "%s capture-io-mode=dmabuf ! video/x-raw,format=BGRx,width=160,height=120",
		 FRAMES, element);
	note("app gst: %s", pipeline);
	gst(kind->name, pipeline);
}

static unsigned char stream[FRAMES * 128];
static unsigned int bits;

static void put(unsigned int count, uint32_t value)
{
	while (count--) {
		if (value >> count & 1)
			stream[bits / 8] |= 0x80 >> bits % 8;
		bits++;
	}
}

static void start_code(uint32_t code)
{
	bits = (bits + 7) / 8 * 8;
	put(32, 0x100 | code);
}

static void put_sequence(unsigned int width, unsigned int height)
{
	start_code(0xb3);
	put(12, width);
	put(12, height);
	put(8, 0x13);		/* square pixels, 25 in a second */
	put(18, 1000);
	put(1, 1);
	put(13, 20 << 3);
	start_code(0xb5);
	put(4, 1);
	put(8, 0x48);		/* main profile and level */
	put(1, 1);		/* progressive */
	put(2, 1);		/* 4:2:0 */
	put(16, 0);
	put(1, 1);
	put(16, 0);
}

/* Slices without sense: the modelled hardware only looks at the first word */
static void put_picture(unsigned int number)
{
	unsigned int i;

	start_code(0xb8);
	put(12, 0);
	put(1, 1);
	put(12, number % 25);
	put(2, 2);
	start_code(0);
	put(10, 0);
	put(3, 1);		/* intra */
	put(17, 0x1fffe);
	start_code(0xb5);
	put(4, 8);
	put(16, 0xffff);
	put(2, 0);
	put(2, 3);		/* a frame */
	put(2, 3);
	put(6, 1);		/* 4:2:0 */
	put(2, 2);		/* progressive, nothing more follows */
	start_code(1 + number % 4);
	for (i = 0; i < 24; i++)
		put(8, 0x5a);
}

TEST(gstreamer_decodes, 900)
{
	unsigned int i;
	int fd;

	need_gstreamer();
	put_sequence(kind_mpeg2.width, kind_mpeg2.height);
	for (i = 0; i < FRAMES; i++)
		put_picture(i);
	start_code(0xb7);
	fd = CALL(open("/tmp/stream", O_CREAT | O_WRONLY, 0600));
	CHECK_EQ(write(fd, stream, bits / 8), bits / 8);
	close(fd);
	gst("mpeg2", "filesrc location=/tmp/stream ! mpegvideoparse ! v4l2slmpeg2dec");
}
