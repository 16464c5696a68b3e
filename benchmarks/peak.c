/* The most multiplications and additions of floats that this machine does: a loop of nothing else.
 *
 * peak THREADS prints GFLOP/s, of the best round of several. Compiled and run by peak.py.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined __AVX512F__
#define LANES 16
#elif defined __AVX__
#define LANES 8
#else
#define LANES 4
#endif
/* Sums that do not wait for each other: two units, each with four or five multiplications under
 * way, and few enough for sixteen registers. */
#define SUMS 12
#define TIMES 10000000L
#define ROUNDS 20

typedef float vec __attribute__((vector_size(4 * LANES)));

static void *work(void *result) {
    volatile float near_one = 0.999f, little = 0.001f; /* the compiler cannot know them */
    vec factor = (vec){0} + near_one, step = (vec){0} + little, sums[SUMS], all = {0};
    for (int i = 0; i < SUMS; i++) sums[i] = (vec){0} + (float)i;
    for (long time = 0; time < TIMES; time++) {
#pragma GCC unroll 12
        for (int i = 0; i < SUMS; i++) sums[i] = sums[i] * factor + step;
    }
    for (int i = 0; i < SUMS; i++) all += sums[i];
    *(vec *)result = all;
    return NULL;
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int count, char **words) {
    int threads = count > 1 ? atoi(words[1]) : 1;
    if (threads < 1 || threads > 1024) return 2;
    static vec results[1024];
    pthread_t others[1024];
    double best = 1e30;
    for (int round = 0; round < ROUNDS; round++) {
        double start = seconds();
        for (int i = 1; i < threads; i++)
            if (pthread_create(&others[i], NULL, work, &results[i])) return 1;
        work(&results[0]);
        for (int i = 1; i < threads; i++) pthread_join(others[i], NULL);
        double took = seconds() - start;
        if (took < best) best = took;
    }
    printf("%.1f\n", 2e-9 * TIMES * SUMS * LANES * threads / best);
    return 0;
}
