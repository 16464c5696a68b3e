/* Threads that tiles are shared out to.
 *
 * Note [Tickets]
 *     Each thread begins with a range of the tiles of its own, the same for every job of so many
 *     tiles, so that what one kernel leaves in a core's cache the next one finds there; who is done
 *     goes on with the ranges of others. What is to be claimed of a range stands in one word, its
 *     ticket: the number of the job, and how many of the range's tiles are left. Who takes one off
 *     by compare-and-swap has claimed that tile, and the job cannot end before it is done; who fails,
 *     or finds none left, has nothing to do with the job any more. So the fields of a job may be
 *     written anew once all its tiles are done: a thread that read them too late or too early finds
 *     another number in the ticket.
 *
 * Note [Watching]
 *     To be woken takes a thread 25 to 40 us, which is half of a product of small matrices; between
 *     two kernels of a step there is less. So who has nothing to do looks out for `WATCH` before it
 *     sleeps, and offers the core to others while it does. It never holds a tile then: a busy
 *     machine loses at most that time, and a job waits for nobody who has not begun.
 *
 * Note [Away]
 *     Where another program wants the core, a worker may be put off it with a tile it has claimed, and
 *     the job waits for its next turn, some milliseconds. A caller has patience for `PATIENCE` of
 *     that, of which it gets back a part in `SHARE` of the time that goes by; without any it does its
 *     jobs alone. So no more than that part of a step is lost, and a rare wait changes nothing.
 *
 * A job at a time: who comes while another thread of Python has one does its tiles alone.
 */
#include "share.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

#define WATCH 50000       /* ns, Note [Watching] */
#define PATIENCE 10000000 /* ns, Note [Away] */
#define SHARE 16
#define MOST_WORKERS 255
#define STACK (4 << 20) /* bytes: blocks of kernels lie on it */

static struct {
    pthread_mutex_t owner; /* held by the caller whose job it is */
    /* The owner's: workers that were started; how long they may still be waited for, at which time. */
    long workers;
    int64_t patience, as_of;
    pthread_mutex_t sleep; /* held to go to sleep, and to find out who has */
    pthread_cond_t posted[MOST_WORKERS], finished; /* each worker's own: not all are wanted */
    atomic_int sleepers, caller_sleeps;
    /* Of the job. */
    _Atomic uint32_t number;
    _Atomic uint64_t tickets[MOST_WORKERS + 1];
    _Atomic(tile_kernel *) work;
    _Atomic(const void *) given;
    _Atomic(const int64_t *) numbers;
    atomic_long count, width, parties, done;
    atomic_int status;
} crew;

static uint64_t left(uint64_t ticket) { return ticket & UINT32_MAX; }

/* The first tile of a party's range. */
static int64_t first_of(int64_t party, int64_t count, int64_t parties) {
    return party * count / parties;
}

/* Work at tiles of a range until none is left; how many they were. */
static long take_range(long range, long party) {
    long taken = 0;
    uint64_t ticket = crew.tickets[range];
    while (left(ticket)) {
        tile_kernel *work = crew.work;
        const void *given = crew.given;
        const int64_t *numbers = crew.numbers;
        long count = crew.count, width = crew.width, parties = crew.parties;
        if (party >= parties) break;
        if (!atomic_compare_exchange_weak(&crew.tickets[range], &ticket, ticket - 1)) continue;
        int64_t i = first_of(range + 1, count, parties) - (int64_t)left(ticket);
        int status = work(given, numbers + i * width);
        if (status) crew.status = status;
        if (atomic_fetch_add(&crew.done, 1) + 1 == count && crew.caller_sleeps) {
            pthread_mutex_lock(&crew.sleep);
            pthread_cond_signal(&crew.finished);
            pthread_mutex_unlock(&crew.sleep);
        }
        ticket = crew.tickets[range];
        taken++;
    }
    return taken;
}

/* Work at the party's own tiles, then at those of the others; the caller is party 0. */
static long take_tiles(long party) {
    long parties = crew.parties, taken = 0;
    for (long i = 0; i < parties; i++) taken += take_range((party + i) % parties, party);
    return taken;
}

static int is_done(const void *count) { return crew.done == *(const long *)count; }

struct worker {
    long party;
    uint32_t number; /* of the last job it has seen */
};
static int is_wanted(const void *worker) {
    const struct worker *w = worker;
    return crew.number != w->number && w->party < crew.parties;
}

static int64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Whether it came to be within the time (Note [Watching]). */
static int watch(int (*is_so)(const void *), const void *of) {
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

static void *serve(void *party) {
    struct worker own = {.party = (long)(intptr_t)party};
    for (;;) {
        if (!watch(is_wanted, &own)) {
            pthread_mutex_lock(&crew.sleep);
            crew.sleepers++;
            while (!is_wanted(&own)) pthread_cond_wait(&crew.posted[own.party - 1], &crew.sleep);
            crew.sleepers--;
            pthread_mutex_unlock(&crew.sleep);
        }
        own.number = crew.number;
        take_tiles(own.party);
    }
    return NULL;
}

/* Signals stay with Python's threads, but for those of a fault, which are of the thread itself. */
static int start_worker(const pthread_attr_t *attributes, long party) {
    pthread_t thread;
#ifdef _WIN32 /* no thread is sent any */
    return pthread_create(&thread, attributes, serve, (void *)(intptr_t)party);
#else
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    sigset_t blocked, before;
    sigfillset(&blocked);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) sigdelset(&blocked, faults[i]);
    pthread_sigmask(SIG_SETMASK, &blocked, &before);
    int error = pthread_create(&thread, attributes, serve, (void *)(intptr_t)party);
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
    int error = start_worker(&attributes, crew.workers + 1);
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
    crew.patience = PATIENCE;
    crew.as_of = 0;
    for (int i = 0; i <= MOST_WORKERS; i++) crew.tickets[i] = 0;
}

int start_sharing(void) {
    begin_anew();
#ifdef _WIN32 /* nobody forks */
    return 0;
#else
    return pthread_atfork(NULL, NULL, begin_anew);
#endif
}

static void post(tile_kernel *work, const void *given, const struct tiles *tiles, long parties) {
    crew.work = work;
    crew.given = given;
    crew.numbers = tiles->numbers;
    crew.width = tiles->width;
    crew.count = tiles->count;
    crew.parties = parties;
    crew.done = 0;
    crew.status = 0;
    uint32_t number = crew.number + 1;
    for (long i = 0; i < parties; i++) {
        int64_t own = first_of(i + 1, tiles->count, parties) - first_of(i, tiles->count, parties);
        crew.tickets[i] = (uint64_t)number << 32 | (uint64_t)own;
    }
    crew.number = number;
    if (!crew.sleepers) return;
    pthread_mutex_lock(&crew.sleep); /* who has not seen the number sleeps by now */
    pthread_mutex_unlock(&crew.sleep);
    for (long i = 0; i < parties - 1 && i < crew.workers; i++) pthread_cond_signal(&crew.posted[i]);
}

/* Until tiles that others claimed are done. */
static void wait_for(long count) {
    if (watch(is_done, &count)) return;
    pthread_mutex_lock(&crew.sleep);
    crew.caller_sleeps = 1;
    while (!is_done(&count)) pthread_cond_wait(&crew.finished, &crew.sleep);
    crew.caller_sleeps = 0;
    pthread_mutex_unlock(&crew.sleep);
}

static int alone(tile_kernel *work, const void *given, const struct tiles *tiles) {
    int status = 0;
    for (long i = 0; i < tiles->count && !status; i++)
        status = work(given, tiles->numbers + i * tiles->width);
    return status;
}

long jobs_shared(void) { return crew.number; }

int share(tile_kernel *work, const void *given, const struct tiles *tiles) {
    long parties = tiles->threads < tiles->count ? tiles->threads : tiles->count;
    if (parties > MOST_WORKERS + 1) parties = MOST_WORKERS + 1;
    if (parties < 2 || tiles->count > UINT32_MAX || pthread_mutex_trylock(&crew.owner))
        return alone(work, given, tiles);
    int64_t start = nanoseconds(), regained = (start - crew.as_of) / SHARE;
    crew.patience = regained < PATIENCE - crew.patience ? crew.patience + regained : PATIENCE;
    crew.as_of = start;
    if (crew.patience < 0) {
        pthread_mutex_unlock(&crew.owner);
        return alone(work, given, tiles);
    }
    while (crew.workers < parties - 1 && add_worker()) continue;
    post(work, given, tiles, parties);
    long taken = take_tiles(0);
    int64_t stop = nanoseconds();
    wait_for(tiles->count);
    int64_t waited = nanoseconds() - stop;
    if (taken && waited > 2 * (stop - start) / taken + WATCH) crew.patience -= waited;
    int status = crew.status;
    pthread_mutex_unlock(&crew.owner);
    return status;
}
