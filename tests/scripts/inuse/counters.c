// SPDX-License-Identifier: GPL-2.0-only
/*
 * For record.t: threads that count in the same row of the report of inuse.so, with
 * nothing between the counts. Prints how many they should be, and how many they are.
 */
#include "../../../scripts/realboard/payload/inuse.c"

#include <pthread.h>

#define THREADS	4
#define TIMES	3000000

static struct row row;

static void *one_thread(void *arg)
{
	int i;

	for (i = 0; i < TIMES; i++)
		count(arg, QUEUED);
	return NULL;
}

int main(void)
{
	pthread_t thread[THREADS];
	int i;

	memset(row.number[QUEUED].digit, '0', 10);
	for (i = 0; i < THREADS; i++)
		if (pthread_create(&thread[i], NULL, one_thread, &row))
			return 1;
	for (i = 0; i < THREADS; i++)
		pthread_join(thread[i], NULL);
	printf("%010d %.10s\n", THREADS * TIMES, row.number[QUEUED].digit);
	return 0;
}
