/*
 * Offers new PostgreSQL sessions at a steady rate, whether or not the server keeps up: each one
 * connects, makes a secret of its own, runs its first statement and closes. One thread and one
 * epoll, so that what is timed is the server.
 *
 *   pgsessions [--rate N] [--seconds N] [--users N] PORT
 *
 * The first statement lists the session's secrets, and the answer must be the session's own one
 * and nothing else. A session that waits for longer than 30 s is an error, and so is a FATAL.
 *
 * Prints one JSON object: how many sessions were offered, done and failed; of each step the
 * seconds at the median, the 99th percentile and the most, with connection errors not counted.
 * Exit code 1 and a line on stderr when the program itself could not do its work.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER_BYTES = 8192, EVENTS_MAX = 256, WAIT_SECONDS_MAX = 30 };

/* What a session waits for. The times of the steps are kept under these numbers. */
enum step { LOGIN, SECRET, FIRST, STEPS, TOTAL = STEPS, FIGURES };
static const char *const NAMES[FIGURES] = {"login", "secret", "first_statement", "total"};

struct session {
    int socket; /* -1: over */
    enum step step;
    long number;
    double began, asked;
    size_t have;
    int found; /* the own secret was listed */
    unsigned char buffer[BUFFER_BYTES];
};

static double *times[FIGURES];
static long counts[FIGURES], failures, foreign;
static char first_failure[300];

static void fail(const char *what) {
    fprintf(stderr, "pgsessions: %s\n", what);
    exit(1);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint32_t be32(const unsigned char *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put32(unsigned char *p, uint32_t v) {
    p[0] = v >> 24, p[1] = v >> 16, p[2] = v >> 8, p[3] = v;
}

static void end(struct session *s, const char *problem) {
    if (problem) {
        failures += 1;
        if (!first_failure[0])
            snprintf(first_failure, sizeof first_failure, "%s, in step %s", problem, NAMES[s->step]);
    }
    close(s->socket);
    s->socket = -1;
}

static void keep(enum step step, double seconds) { times[step][counts[step]++] = seconds; }

static int put(struct session *s, const unsigned char *bytes, size_t count) {
    /* A few hundred bytes always fit into the socket of a client that waits for its answer. */
    if (send(s->socket, bytes, count, MSG_NOSIGNAL) == (ssize_t)count) return 1;
    end(s, strerror(errno));
    return 0;
}

static int put_query(struct session *s, const char *sql) {
    unsigned char message[512];
    size_t length = strlen(sql) + 1;
    message[0] = 'Q';
    put32(message + 1, (uint32_t)(length + 4));
    memcpy(message + 5, sql, length);
    s->asked = now();
    return put(s, message, length + 5);
}

/* The server is ready: the session goes on with its next step. */
static void proceed(struct session *s) {
    char sql[400];
    double t = now();
    keep(s->step, t - s->asked);
    switch (s->step++) {
    case LOGIN:
        snprintf(sql, sizeof sql,
                 "CREATE SECRET own_%ld (TYPE s3, KEY_ID 'key%ld', SECRET 'secret%ld', "
                 "ENDPOINT 's3.example.com', REGION 'eu-west-1')",
                 s->number, s->number, s->number);
        put_query(s, sql);
        break;
    case SECRET: put_query(s, "SELECT name FROM duckdb_secrets() WHERE name LIKE 'own%'"); break;
    default:
        keep(TOTAL, t - s->began);
        if (!s->found) foreign += 1;
        put(s, (const unsigned char *)"X\0\0\0\4", 5);
        if (s->socket >= 0) end(s, NULL);
    }
}

static void read_error(struct session *s, const unsigned char *at, const unsigned char *stop) {
    char text[200] = "an error without a text";
    for (; at < stop && *at; at += strlen((const char *)at) + 1)
        if (*at == 'M') snprintf(text, sizeof text, "%s", at + 1);
    for (char *c = text; *c; c++)
        if (*c == '"' || *c == '\\' || (unsigned char)*c < ' ') *c = '\'';
    end(s, text);
}

static void read_row(struct session *s, const unsigned char *body, uint32_t length) {
    char own[32];
    int own_length = snprintf(own, sizeof own, "own_%ld", s->number);
    if (s->step != FIRST) return;
    if (length == 6 + (uint32_t)own_length && memcmp(body + 6, own, (size_t)own_length) == 0) s->found = 1;
    else foreign += 1;
}

static void receive(struct session *s) {
    ssize_t got = recv(s->socket, s->buffer + s->have, sizeof s->buffer - s->have, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
        end(s, got == 0 ? "the server closed the connection" : strerror(errno));
        return;
    }
    s->have += (size_t)got;
    size_t at = 0;
    while (s->socket >= 0 && s->have - at >= 5) {
        uint32_t length = be32(s->buffer + at + 1);
        if (length < 4 || length + 1 > sizeof s->buffer) {
            end(s, "a message longer than expected");
            return;
        }
        if (s->have - at < length + 1) break;
        const unsigned char *body = s->buffer + at + 5;
        switch (s->buffer[at]) {
        case 'E': read_error(s, body, s->buffer + at + 1 + length); break;
        case 'D': read_row(s, body, length - 4); break;
        case 'R': if (be32(body) != 0) end(s, "the server wants a password"); break;
        case 'Z': proceed(s); break;
        }
        at += length + 1;
    }
    memmove(s->buffer, s->buffer + at, s->have - at);
    s->have -= at;
}

static void begin(struct session *s, long number, int port, long users, int poll) {
    memset(s, 0, offsetof(struct session, buffer));
    s->number = number;
    s->began = s->asked = now();
    s->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (s->socket < 0) fail("no more sockets");
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    /* Blocking: on the loopback it takes microseconds as long as the backlog has room. */
    if (connect(s->socket, (struct sockaddr *)&to, sizeof to) != 0) {
        end(s, strerror(errno));
        return;
    }
    int on = 1;
    setsockopt(s->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(s->socket, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = s};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, s->socket, &event) != 0) fail(strerror(errno));
    unsigned char message[128] = {0, 0, 0, 0, 0, 3, 0, 0};
    size_t length = 8;
    length += (size_t)sprintf((char *)message + length, "user") + 1;
    length += (size_t)sprintf((char *)message + length, "user%ld", number % users) + 1;
    length += (size_t)sprintf((char *)message + length, "database") + 1;
    length += (size_t)sprintf((char *)message + length, "bench") + 1;
    length += 1;
    put32(message, (uint32_t)length);
    put(s, message, length);
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double percentile(enum step figure, double part) {
    long count = counts[figure];
    if (count == 0) return 0;
    long index = (long)((double)count * part);
    return times[figure][index < count ? index : count - 1];
}

int main(int argc, char **argv) {
    double rate = 100, seconds = 10;
    long users = 50;
    int i = 1;
    for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
        if (strcmp(argv[i], "--rate") == 0) rate = atof(argv[i + 1]);
        else if (strcmp(argv[i], "--seconds") == 0) seconds = atof(argv[i + 1]);
        else if (strcmp(argv[i], "--users") == 0) users = atol(argv[i + 1]);
        else break;
    }
    if (i + 1 != argc || rate <= 0 || seconds <= 0 || users <= 0)
        fail("usage: pgsessions [--rate N] [--seconds N] [--users N] PORT");
    int port = atoi(argv[i]), poll = epoll_create1(0);
    long offered = (long)(rate * seconds), begun = 0;
    struct session *sessions = calloc((size_t)offered, sizeof *sessions);
    for (int figure = 0; figure < FIGURES; figure++)
        times[figure] = calloc((size_t)offered + 1, sizeof(double));
    if (poll < 0 || !sessions || !times[TOTAL]) fail("no memory");
    double start = now(), last_look = start;
    for (;;) {
        double t = now();
        while (begun < offered && start + (double)begun / rate <= t) {
            begin(&sessions[begun], begun, port, users, poll);
            begun += 1;
        }
        if (t - last_look > 1) {
            last_look = t;
            for (long n = 0; n < begun; n++)
                if (sessions[n].socket >= 0 && t - sessions[n].asked > WAIT_SECONDS_MAX)
                    end(&sessions[n], "no answer");
        }
        if (begun == offered && counts[TOTAL] + failures >= offered) break;
        double wait = begun < offered ? start + (double)begun / rate - t : 0.1;
        struct epoll_event events[EVENTS_MAX];
        int ready = epoll_wait(poll, events, EVENTS_MAX, wait > 0 ? (int)(wait * 1000) + 1 : 0);
        for (int n = 0; n < ready; n++) {
            struct session *s = events[n].data.ptr;
            if (s->socket >= 0) receive(s);
        }
    }
    double took = now() - start;
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("{\"offered\": %ld, \"done\": %ld, \"failed\": %ld, \"foreign\": %ld, \"seconds\": %.3f, \"first_failure\": \"%s\", "
           "\"own_cpu\": %.3f",
           offered, counts[TOTAL], failures, foreign, took, first_failure,
           (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec)
               + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
    for (int figure = 0; figure < FIGURES; figure++) {
        qsort(times[figure], (size_t)counts[figure], sizeof(double), ascending);
        printf(", \"%s\": {\"p50\": %.6f, \"p99\": %.6f, \"max\": %.6f}", NAMES[figure],
               percentile(figure, 0.5), percentile(figure, 0.99), percentile(figure, 1));
    }
    printf("}\n");
    return 0;
}
