/*
 * Runs one statement over the PostgreSQL protocol and throws the answer away, as fast as a reader
 * can: one large recv buffer, message headers only, no copy of a row. So what is timed is the
 * server. It trusts nothing it is told: the count in the CommandComplete tag must equal the
 * messages that arrived, and an answer that ends early is a failure.
 *
 *   pgdrain [--first] [--check] [--binary] [--repeat N] PORT USER DATABASE SQL
 *
 *   --first     close the connection after the first row; print its time
 *   --check     also read inside the rows: count them in COPY data too, and print a sum of row
 *               hashes that does not depend on the order of rows (slow; not for timing)
 *   --binary    by the extended protocol, with all columns in binary
 *   --repeat N  run the statement N times on one connection and print each time
 *
 * Prints one JSON object. Times are seconds from sending the statement. Exit code 1 and a line on
 * stderr for anything but a complete answer.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER_BYTES = 1 << 20, SMALL_MESSAGE_MAX = 1 << 16, SECONDS_SILENT_MAX = 600 };

static void fail(const char *what) {
    fprintf(stderr, "pgdrain: %s\n", what);
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

/* ---- the socket -------------------------------------------------------------------------- */

static int sock;
static unsigned char buffer[BUFFER_BYTES];
static size_t have, at;

static void send_all(const unsigned char *p, size_t n) {
    while (n > 0) {
        ssize_t sent = send(sock, p, n, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) fail("the server closed the connection while the statement was sent");
        p += sent, n -= (size_t)sent;
    }
}

/* Makes at least one byte available at buffer[at]. */
static void fill(void) {
    while (at == have) {
        ssize_t got = recv(sock, buffer, sizeof buffer, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) fail("no byte came for 10 minutes");
        if (got <= 0) fail("the server closed the connection before the answer was complete");
        have = (size_t)got, at = 0;
    }
}

static void take(unsigned char *to, size_t n) {
    while (n > 0) {
        fill();
        size_t part = have - at < n ? have - at : n;
        memcpy(to, buffer + at, part);
        to += part, n -= part, at += part;
    }
}

/* ---- reading inside the rows (--check) ---------------------------------------------------- */

static uint64_t rows_inside, hash_sum, row_hash;
static const uint64_t HASH_START = 1469598103934665603u;

static void hash_byte(unsigned char b) { row_hash = (row_hash ^ b) * 1099511628211u; }

static void end_row(void) {
    rows_inside += 1, hash_sum += row_hash, row_hash = HASH_START;
}

/* COPY data is a stream: a server may put several rows into a message, or a row into several. */
static enum { TEXT, BINARY } copy_format;
static enum { HEADER, EXTENSION, COUNT, LENGTH, FIELD, TRAILER } copy_state;
static uint32_t wanted, number, fields_left;

static void copy_start(int binary) {
    copy_format = binary ? BINARY : TEXT;
    copy_state = HEADER, wanted = 19, number = 0, row_hash = HASH_START;
}

static void next_field(void) {
    if (fields_left == 0) {
        end_row();
        copy_state = COUNT, wanted = 2, number = 0;
    } else {
        copy_state = LENGTH, wanted = 4, number = 0;
    }
}

static void copy_binary_byte(unsigned char b) {
    if (copy_state == TRAILER) fail("bytes after the trailer of a binary COPY");
    if (copy_state >= LENGTH) hash_byte(b);
    if (copy_state != FIELD) number = number << 8 | b;
    if (--wanted > 0) return;
    switch (copy_state) {
    case HEADER: /* 11 bytes of signature, 4 of flags, 4 of extension length, the last in number */
        if (number > 0) copy_state = EXTENSION, wanted = number;
        else copy_state = COUNT, wanted = 2, number = 0;
        break;
    case EXTENSION: copy_state = COUNT, wanted = 2, number = 0; break;
    case COUNT:
        if (number == 0xFFFF) { copy_state = TRAILER; break; }
        fields_left = number;
        next_field();
        break;
    case LENGTH:
        fields_left -= 1;
        if (number == 0xFFFFFFFF || number == 0) next_field();
        else copy_state = FIELD, wanted = number;
        break;
    case FIELD: next_field(); break;
    case TRAILER: break;
    }
}

static void check_bytes(const unsigned char *p, size_t n, int is_copy) {
    for (size_t i = 0; i < n; i++) {
        if (!is_copy) hash_byte(p[i]);
        else if (copy_format == BINARY) copy_binary_byte(p[i]);
        else if (p[i] == '\n') end_row();
        else hash_byte(p[i]);
    }
}

/* ---- the conversation --------------------------------------------------------------------- */

static unsigned char small[SMALL_MESSAGE_MAX + 1];

static void read_small(uint32_t length) {
    if (length > SMALL_MESSAGE_MAX) fail("a message that should be small is not");
    take(small, length);
    small[length] = 0;
}

static void fail_with_error_response(uint32_t length) {
    const char *code = "", *text = "";
    for (uint32_t i = 0; i < length && small[i] != 0;) {
        const char *value = (const char *)small + i + 1;
        if (small[i] == 'C') code = value;
        if (small[i] == 'M') text = value;
        i += 2 + (uint32_t)strlen(value);
    }
    fprintf(stderr, "pgdrain: the server answered %s: %s\n", code, text);
    exit(1);
}

static void start_session(int port, const char *user, const char *database) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sock = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1;
    struct timeval silent = {.tv_sec = SECONDS_SILENT_MAX};
    setsockopt(sock, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &silent, sizeof silent);
    if (connect(sock, (struct sockaddr *)&to, sizeof to) != 0) fail("could not connect");

    unsigned char startup[1024];
    int n = snprintf((char *)startup + 8, sizeof startup - 8, "user%c%s%cdatabase%c%s%c", 0, user, 0, 0,
                     database, 0);
    if (n < 0 || (size_t)n >= sizeof startup - 9) fail("the user or database name is too long");
    startup[8 + n] = 0;
    put32(startup, (uint32_t)n + 9);
    put32(startup + 4, 196608);
    send_all(startup, (size_t)n + 9);

    for (;;) {
        unsigned char header[5];
        take(header, 5);
        uint32_t length = be32(header + 1) - 4;
        read_small(length);
        if (header[0] == 'E') fail_with_error_response(length);
        if (header[0] == 'R' && be32(small) != 0) fail("the server wants a password; trust is expected");
        if (header[0] == 'Z') return;
    }
}

struct answer {
    uint64_t rows, bytes, messages;
    double first_row, total;
    char tag[64];
    int is_copy;
};

/* A row's bytes, or a part of COPY data: skipped, or hashed with --check. */
static void pass_payload(uint32_t length, int check, int is_copy) {
    while (length > 0) {
        fill();
        size_t part = have - at < length ? have - at : length;
        if (check) check_bytes(buffer + at, part, is_copy);
        at += part, length -= (uint32_t)part;
    }
    if (check && !is_copy) end_row();
}

static struct answer run(const unsigned char *query, size_t query_bytes, int first_only, int check) {
    struct answer a = {0};
    uint64_t tagged = 0;
    row_hash = HASH_START;
    double began = now();
    send_all(query, query_bytes);
    for (;;) {
        unsigned char header[5];
        take(header, 5);
        uint32_t length = be32(header + 1);
        if (length < 4) fail("a message is shorter than its own length field");
        length -= 4;
        switch (header[0]) {
        case 'D':
        case 'd':
            if (a.messages == 0) a.first_row = now() - began;
            a.messages += 1, a.bytes += length;
            if (first_only) return a;
            pass_payload(length, check, header[0] == 'd');
            break;
        case 'H':
            read_small(length);
            a.is_copy = 1;
            copy_start(small[0]);
            break;
        case 'C': {
            read_small(length);
            snprintf(a.tag, sizeof a.tag, "%.60s", (char *)small);
            const char *last = strrchr(a.tag, ' ');
            tagged = last ? strtoull(last + 1, NULL, 10) : 0;
            break;
        }
        case 'E': read_small(length); fail_with_error_response(length); break;
        case 'Z':
            read_small(length);
            a.total = now() - began;
            if (a.tag[0] == 0) fail("the answer has no CommandComplete");
            a.rows = a.is_copy ? tagged : a.messages;
            if (a.rows != tagged) fail("the rows do not equal the count in CommandComplete");
            if (a.rows > 0 && a.messages == 0) fail("CommandComplete counts rows, but none came");
            if (check && rows_inside != tagged) fail("the rows inside do not equal CommandComplete");
            return a;
        default: read_small(length); break;
        }
    }
}

/* Parse, Bind with binary results, Execute and Sync of one statement. Returns the bytes. */
static size_t extended(unsigned char *p, const char *sql, size_t text) {
    static const unsigned char rest[] = {
        'B', 0, 0, 0, 14, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, /* no names, no parameters, one format: binary */
        'E', 0, 0, 0, 9, 0, 0, 0, 0, 0,                 /* all rows */
        'S', 0, 0, 0, 4,
    };
    p[0] = 'P';
    put32(p + 1, (uint32_t)text + 7);
    p[5] = 0;
    memcpy(p + 6, sql, text);
    memset(p + 6 + text, 0, 2);
    memcpy(p + 8 + text, rest, sizeof rest);
    return 8 + text + sizeof rest;
}

int main(int argc, char **argv) {
    int first_only = 0, check = 0, binary = 0, i = 1;
    long repeat = 1;
    for (; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
        if (strcmp(argv[i], "--first") == 0) first_only = 1;
        else if (strcmp(argv[i], "--check") == 0) check = 1;
        else if (strcmp(argv[i], "--binary") == 0) binary = 1;
        else if (strcmp(argv[i], "--repeat") == 0 && i + 1 < argc) repeat = strtol(argv[++i], NULL, 10);
        else fail("usage: pgdrain [--first] [--check] [--binary] [--repeat N] PORT USER DATABASE SQL");
    }
    if (argc - i != 4 || repeat < 1) fail("usage: pgdrain [--first] [--check] [--binary] [--repeat N] PORT USER DATABASE SQL");

    size_t text = strlen(argv[i + 3]) + 1;
    unsigned char *query = malloc(text + 64);
    if (query == NULL) fail("out of memory");
    size_t query_bytes = text + 5;
    query[0] = 'Q';
    put32(query + 1, (uint32_t)text + 4);
    memcpy(query + 5, argv[i + 3], text);
    if (binary) query_bytes = extended(query, argv[i + 3], text);

    start_session(atoi(argv[i]), argv[i + 1], argv[i + 2]);
    struct answer a = {0};
    printf("{\"times\": [");
    for (long n = 0; n < repeat; n++) {
        a = run(query, query_bytes, first_only, check);
        printf("%s%.7f", n ? ", " : "", first_only ? a.first_row : a.total);
    }
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("], \"rows\": %llu, \"messages\": %llu, \"bytes\": %llu, \"first_row\": %.7f, \"total\": %.7f, "
           "\"cpu\": %.3f, \"tag\": \"%s\", \"row_hash_sum\": \"%016llx\"}\n",
           (unsigned long long)a.rows, (unsigned long long)a.messages, (unsigned long long)a.bytes,
           a.first_row, a.total,
           (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
               (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6,
           a.tag, (unsigned long long)hash_sum);
    free(query);
    close(sock);
    return 0;
}
