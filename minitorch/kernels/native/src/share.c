/* Threads that tiles are shared out to.
 *
 * Note [Tickets]
 *     What is to be claimed stands in one word, the ticket: the number of the job, and how many of
 *     its tiles are left. Who takes one off by compare-and-swap has claimed that tile, and the job
 *     cannot end before it is done; who fails, or finds none left, has nothing to do with the job any
 *     more. So the fields of a job may be written anew once all its tiles are done: a thread that
 *     read them too late or too early finds another number in the ticket.
 *
 * Note [Watching]
 *     To be woken takes a thread 25 to 40 us, which is half of a product of small matrices; between
 *     two kernels of a step there is less. So who has nothing to do looks out for `WATCH` before it
 *     sleeps, and offers the core to others while it does. It never holds a tile then: a busy
 *     machine loses at most that time, and a job waits for nobody who has not begun.
 *
 * A job at a time: who comes while another thread of Python has one does its tiles alone.
 */
#include "share.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

#define WATCH 50000 /* ns */
#define MOST_WORKERS 255
#define STACK (4 << 20) /* bytes: blocks of kernels lie on it */

static struct {
    pthread_mutex_t owner; /* held by the caller whose job it is */
    long workers;          /* that were started; the owner's */
    pthread_mutex_t sleep; /* held to go to sleep, and to find out who has */
    pthread_cond_t posted[MOST_WORKERS], finished; /* each worker's own: not all are wanted */
    atomic_int sleepers, caller_sleeps;
    /* Of the job. */
    _Atomic uint64_t ticket;
    _Atomic(tile_kernel *) work;
    _Atomic(const void *) given;
    _Atomic(const int64_t *) numbers;
    atomic_long count, width, helpers, done;
    atomic_int status;
} crew;

static uint64_t left(uint64_t ticket) { return ticket & UINT32_MAX; }

/* Work at tiles until none is left, as this worker; the caller is number -1. */
static void take_tiles(long worker) {
    uint64_t ticket = crew.ticket;
    while (left(ticket) && worker < crew.helpers) {
        tile_kernel *work = crew.work;
        const void *given = crew.given;
        long count = crew.count, i = count - (long)left(ticket);
        const int64_t *numbers = crew.numbers;
        long width = crew.width;
        if (!atomic_compare_exchange_weak(&crew.ticket, &ticket, ticket - 1)) continue;
        int status = work(given, numbers + i * width);
        if (status) crew.status = status;
        if (atomic_fetch_add(&crew.done, 1) + 1 == count && crew.caller_sleeps) {
            pthread_mutex_lock(&crew.sleep);
            pthread_cond_signal(&crew.finished);
            pthread_mutex_unlock(&crew.sleep);
        }
        ticket = crew.ticket;
    }
}

static int is_done(long count) { return crew.done == count; }

/* There is something to claim for this worker. */
static int is_wanted(long worker) { return left(crew.ticket) && worker < crew.helpers; }

static int64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Whether it came to be within the time (Note [Watching]). */
static int watch(int (*is_so)(long), long of) {
    int64_t start = nanoseconds();
    do {
        for (int i = 0; i < 64; i++) {
            if (is_so(of)) return 1;
#ifdef __x86_64__
            __builtin_ia32_pause();
#endif
        }
        sched_yield();
    } while (nanoseconds() - start < WATCH);
    return 0;
}

static void *serve(void *worker) {
    long own = (long)(intptr_t)worker;
    for (;;) {
        if (!watch(is_wanted, own)) {
            pthread_mutex_lock(&crew.sleep);
            crew.sleepers++;
            while (!is_wanted(own)) pthread_cond_wait(&crew.posted[own], &crew.sleep);
            crew.sleepers--;
            pthread_mutex_unlock(&crew.sleep);
        }
        take_tiles(own);
    }
    return NULL;
}

/* Signals stay with Python's threads, but for those of a fault, which are of the thread itself. */
static int start_worker(const pthread_attr_t *attributes, long worker) {
    pthread_t thread;
#ifdef _WIN32 /* no thread is sent any */
    return pthread_create(&thread, attributes, serve, (void *)(intptr_t)worker);
#else
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    sigset_t blocked, before;
    sigfillset(&blocked);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) sigdelset(&blocked, faults[i]);
    pthread_sigmask(SIG_SETMASK, &blocked, &before);
    int error = pthread_create(&thread, attributes, serve, (void *)(intptr_t)worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
#endif
}

/* One worker more, or 0 where the system has no thread left. */
static int add_worker(void) {
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes)) return 0;
    pthread_attr_setstacksize(&attributes, STACK);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    int error = start_worker(&attributes, crew.workers);
    pthread_attr_destroy(&attributes);
    crew.workers += !error;
    return !error;
}

/* Without workers: a forked child has none, and locks may have been held by threads it has not. */
static void begin_anew(void) {
    pthread_mutex_init(&crew.owner, NULL);
    pthread_mutex_init(&crew.sleep, NULL);
    for (int i = 0; i < MOST_WORKERS; i++) pthread_cond_init(&crew.posted[i], NULL);
    pthread_cond_init(&crew.finished, NULL);
    crew.workers = crew.sleepers = crew.caller_sleeps = 0;
    crew.ticket &= ~(uint64_t)UINT32_MAX;
}

int start_sharing(void) {
    begin_anew();
#ifdef _WIN32 /* nobody forks */
    return 0;
#else
    return pthread_atfork(NULL, NULL, begin_anew);
#endif
}

static void post(tile_kernel *work, const void *given, const struct tiles *tiles, long helpers) {
    crew.work = work;
    crew.given = given;
    crew.numbers = tiles->numbers;
    crew.width = tiles->width;
    crew.count = tiles->count;
    crew.helpers = helpers;
    crew.done = 0;
    crew.status = 0;
    crew.ticket = ((crew.ticket >> 32) + 1) << 32 | (uint64_t)tiles->count;
    if (!crew.sleepers) return;
    pthread_mutex_lock(&crew.sleep); /* who has not seen the ticket sleeps by now */
    pthread_mutex_unlock(&crew.sleep);
    for (long i = 0; i < helpers && i < crew.workers; i++) pthread_cond_signal(&crew.posted[i]);
}

/* Until tiles that others claimed are done. */
static void wait_for(long count) {
    if (watch(is_done, count)) return;
    pthread_mutex_lock(&crew.sleep);
    crew.caller_sleeps = 1;
    while (!is_done(count)) pthread_cond_wait(&crew.finished, &crew.sleep);
    crew.caller_sleeps = 0;
    pthread_mutex_unlock(&crew.sleep);
}

static int alone(tile_kernel *work, const void *given, const struct tiles *tiles) {
    int status = 0;
    for (long i = 0; i < tiles->count && !status; i++)
        status = work(given, tiles->numbers + i * tiles->width);
    return status;
}

int share(tile_kernel *work, const void *given, const struct tiles *tiles) {
    long helpers = (tiles->threads < tiles->count ? tiles->threads : tiles->count) - 1;
    if (helpers > MOST_WORKERS) helpers = MOST_WORKERS;
    if (helpers < 1 || tiles->count > UINT32_MAX || pthread_mutex_trylock(&crew.owner))
        return alone(work, given, tiles);
    while (crew.workers < helpers && add_worker()) continue;
    post(work, given, tiles, helpers);
    take_tiles(-1);
    wait_for(tiles->count);
    int status = crew.status;
    pthread_mutex_unlock(&crew.owner);
    return status;
}
