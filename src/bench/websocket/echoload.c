/*
 * Load test for WebSocket proxies: an echo server and a client, RFC 6455 by hand, one thread each, epoll.
 *
 *   cc -O2 -o echoload echoload.c
 *   echoload echo --port N [--key KEY]     echo server; with --key it refuses any other `Authorization: Bearer`
 *   echoload load --port N [options]       closed loop, one message under way per connection; or --rate
 *   echoload hold --port N [options]       opens the sockets, one echo each, says so, holds them until SIGTERM
 *
 * Options of load and hold:
 *   --path P          default /v1/realtime?model=bench
 *   --key KEY         sent as Authorization: Bearer
 *   --connections N   default 64
 *   --size N          bytes per message, default 1024
 *   --binary          instead of text
 *   --rate N          echoes per second over all connections; default: as fast as they come back
 *   --warm SECONDS    before anything is recorded, default 0.5
 *   --seconds SECONDS recorded, default 4
 *   --cpu-of PID      a process of the proxy, repeatable: its CPU time while recording is printed
 *   --known PID       another process of this test, repeatable: its CPU time is not counted as foreign
 *
 * One line of key=value on stdout. Everything is on 127.0.0.1. Every echo is compared byte by byte; the first wrong one,
 * and any connection that fails, ends the client with a message on stderr and exit status 1.
 *
 * Why C: a core shared by client and echo server has to outrun a proxy that has one for itself, and Java's Selector cannot
 * wait for less than a millisecond, which a fixed rate needs.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10 };
enum { MOST_CONNECTIONS = 20000, MOST_SECONDS = 60, MOST_PIDS = 16, EVENTS = 256, LARGEST = 1 << 20 };
enum { CONNECTING_AT_ONCE = 64, FIRST_BUFFER = 2048, HEX = 16, PATIENCE = 10 };

enum state { CONNECTING, HANDSHAKE, OPEN, CLOSING, GONE };

struct conn {
    int fd;
    uint32_t id;
    enum state state;
    bool busy;         /* client: an echo is due */
    bool writing;      /* waits for room to send */
    bool last;         /* server: nothing follows what is still to be sent */
    uint32_t seq;      /* client: number of the message under way */
    uint64_t sent_at;
    uint8_t *in;
    size_t have, room;
    uint8_t *out;      /* what the kernel did not take */
    size_t out_from, out_to;
    char accept[29];   /* client: the Sec-WebSocket-Accept to come */
};

struct frame {
    bool fin, masked;
    int opcode;
    size_t header, length;
    uint8_t mask[4];
};

static int epoll_fd;
static volatile sig_atomic_t told_to_end;
static uint64_t random_state;

static void die(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("echoload: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

static void *need(void *memory) {
    if (!memory) {
        die("out of memory");
    }
    return memory;
}

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static uint64_t random64(void) { /* xorshift: masks only have to differ here */
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    return random_state ^= random_state << 17;
}

static void on_signal(int signal) {
    (void)signal;
    told_to_end = 1;
}

/* ---- handshake ---------------------------------------------------------------------------------------------------- */

static uint32_t rol(uint32_t x, int n) {
    return x << n | x >> (32 - n);
}

static void sha1_block(uint32_t h[5], const uint8_t *p) {
    uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (int i = 0; i < 16; i++) {
        w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 | (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
    }
    for (int i = 16; i < 80; i++) {
        w[i] = rol(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    }
    for (int i = 0; i < 80; i++) {
        uint32_t f = i < 20   ? ((b & c) | (~b & d)) + 0x5a827999
                     : i < 40 ? (b ^ c ^ d) + 0x6ed9eba1
                     : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
                              : (b ^ c ^ d) + 0xca62c1d6;
        uint32_t t = rol(a, 5) + f + e + w[i];
        e = d, d = c, c = rol(b, 30), b = a, a = t;
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
}

static void base64(const uint8_t *in, size_t n, char *out) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)in[i] << 16 | (i + 1 < n ? in[i + 1] * 256u : 0) | (i + 2 < n ? in[i + 2] : 0u);
        *out++ = digits[v >> 18];
        *out++ = digits[v >> 12 & 63];
        *out++ = i + 1 < n ? digits[v >> 6 & 63] : '=';
        *out++ = i + 2 < n ? digits[v & 63] : '=';
    }
    *out = 0;
}

/* Sec-WebSocket-Accept for a Sec-WebSocket-Key of 24 characters. */
static void accept_for(const char *key, char accept[29]) {
    uint8_t text[128] = {0}, digest[20];
    memcpy(text, key, 24);
    memcpy(text + 24, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", 36);
    text[60] = 0x80;
    text[126] = 60 * 8 >> 8;
    text[127] = 60 * 8 & 0xff;
    uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    sha1_block(h, text);
    sha1_block(h, text + 64);
    for (int i = 0; i < 20; i++) {
        digest[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i & 3)));
    }
    base64(digest, 20, accept);
}

/* The value of a header in a head that ends with an empty line; NULL if it is not there. `name` is with its colon. */
static const char *header(const char *head, const char *name, size_t *length) {
    for (const char *line = strstr(head, "\r\n"); line && line[2] != '\r'; line = strstr(line + 2, "\r\n")) {
        if (!strncasecmp(line + 2, name, strlen(name))) {
            const char *value = line + 2 + strlen(name);
            value += strspn(value, " ");
            *length = (size_t)(strstr(value, "\r\n") - value);
            return value;
        }
    }
    return NULL;
}

/* Length of the head that has arrived, ended by a 0 in place of its last byte; 0 if it is not whole. */
static size_t head(struct conn *c) {
    uint8_t *end = memmem(c->in, c->have, "\r\n\r\n", 4);
    if (!end) {
        return 0;
    }
    end[3] = 0;
    return (size_t)(end - c->in) + 4;
}

/* ---- connections -------------------------------------------------------------------------------------------------- */

static struct conn *new_conn(int fd, uint32_t id, enum state state) {
    struct conn *c = need(calloc(1, sizeof *c));
    int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    c->fd = fd;
    c->id = id;
    c->state = state;
    c->room = FIRST_BUFFER;
    c->in = need(malloc(c->room));
    struct epoll_event event = {.events = state == CONNECTING ? EPOLLOUT : EPOLLIN, .data.ptr = c};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
    return c;
}

static void listen_to(struct conn *c, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = c};
    epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &event);
}

static void drop(struct conn *c) {
    close(c->fd);
    free(c->in);
    free(c->out);
    c->in = c->out = NULL;
    c->fd = -1;
    c->state = GONE;
}

/* Sends, and keeps what the kernel does not take. False: the connection is broken. */
static bool put(struct conn *c, const uint8_t *bytes, size_t n) {
    if (!c->writing) {
        ssize_t sent = send(c->fd, bytes, n, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) {
            return false;
        }
        if (sent == (ssize_t)n) {
            return true;
        }
        size_t taken = sent < 0 ? 0 : (size_t)sent;
        bytes += taken;
        n -= taken;
        c->out_from = c->out_to = 0;
        c->writing = true;
        listen_to(c, EPOLLOUT); /* and nothing is read before all of it is gone */
    }
    c->out = need(realloc(c->out, c->out_to + n));
    memcpy(c->out + c->out_to, bytes, n);
    c->out_to += n;
    return true;
}

static bool put_rest(struct conn *c) {
    ssize_t sent = send(c->fd, c->out + c->out_from, c->out_to - c->out_from, MSG_NOSIGNAL);
    if (sent < 0) {
        return errno == EAGAIN;
    }
    c->out_from += (size_t)sent;
    if (c->out_from == c->out_to) {
        c->writing = false;
        listen_to(c, EPOLLIN);
    }
    return true;
}

/* One read; what is left over stays for the next event. 0: the other end has closed; -1: broken. */
static int fill(struct conn *c) {
    if (c->have == c->room) {
        c->room *= 2;
        c->in = need(realloc(c->in, c->room));
    }
    ssize_t n = recv(c->fd, c->in + c->have, c->room - c->have, 0);
    if (n <= 0) {
        return n == 0 ? 0 : errno == EAGAIN ? 1 : -1;
    }
    c->have += (size_t)n;
    return 1;
}

static void used(struct conn *c, size_t n) {
    c->have -= n;
    if (n && c->have) {
        memmove(c->in, c->in + n, c->have);
    }
}

/* ---- frames ------------------------------------------------------------------------------------------------------- */

/* Whether a whole frame is there. */
static bool whole(const uint8_t *p, size_t n, struct frame *f) {
    if (n < 2) {
        return false;
    }
    f->fin = p[0] & 0x80;
    f->opcode = p[0] & 0x0f;
    f->masked = p[1] & 0x80;
    size_t size = p[1] & 0x7f, more = size == 126 ? 2 : size == 127 ? 8 : 0;
    f->header = 2 + more + (f->masked ? 4 : 0);
    if (n < f->header) {
        return false;
    }
    f->length = more ? 0 : size;
    for (size_t i = 0; i < more; i++) {
        f->length = f->length << 8 | p[2 + i];
    }
    if (f->length > LARGEST) {
        die("a frame of %zu bytes has come", f->length);
    }
    if (f->masked) {
        memcpy(f->mask, p + 2 + more, 4);
    }
    return n - f->header >= f->length;
}

static void apply_mask(uint8_t *to, const uint8_t *from, size_t n, const uint8_t mask[4]) {
    uint64_t wide;
    memcpy(&wide, mask, 4);
    memcpy((uint8_t *)&wide + 4, mask, 4);
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t v;
        memcpy(&v, from + i, 8);
        v ^= wide;
        memcpy(to + i, &v, 8);
    }
    for (; i < n; i++) {
        to[i] = from[i] ^ mask[i & 3];
    }
}

/* ---- echo server -------------------------------------------------------------------------------------------------- */

static const char *key = "";
static uint64_t served, echoed, refused;

static bool greet(struct conn *c) {
    size_t n = head(c), key_length = 0, auth_length = 0;
    if (!n) {
        return c->have < 16384;
    }
    const char *text = (const char *)c->in, *ws_key = header(text, "Sec-WebSocket-Key:", &key_length);
    const char *auth = header(text, "Authorization:", &auth_length);
    if (*key && (!auth || auth_length != strlen(key) + 7 || memcmp(auth + 7, key, strlen(key)))) {
        static const char no[] = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        refused++;
        put(c, (const uint8_t *)no, sizeof no - 1);
        return false;
    }
    if (!ws_key || key_length != 24) {
        return false;
    }
    char accept[29], answer[256];
    accept_for(ws_key, accept);
    int length = snprintf(answer, sizeof answer,
                          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Accept: %s\r\n\r\n", accept);
    c->state = OPEN;
    served++;
    used(c, n);
    return put(c, (const uint8_t *)answer, (size_t)length);
}

/* The frame's bytes without its mask, in place, and back they go. */
static bool echo(struct conn *c, uint8_t *p, const struct frame *f) {
    uint8_t *payload = p + f->header;
    apply_mask(payload, payload, f->length, f->mask);
    memmove(p + 4, p, f->header - 4);
    p[5] &= 0x7f;
    if (f->opcode == PING) {
        p[4] = (uint8_t)((p[4] & 0xf0) | PONG);
    }
    echoed++;
    return put(c, p + 4, f->header - 4 + f->length);
}

static bool serve(struct conn *c) {
    size_t at = 0;
    struct frame f;
    bool good = true;
    while (good && !c->last && whole(c->in + at, c->have - at, &f)) {
        if (!f.masked) {
            fprintf(stderr, "echoload: an unmasked frame has come to the echo server\n");
            return false;
        }
        c->last = f.opcode == CLOSE;
        good = f.opcode == PONG || echo(c, c->in + at, &f);
        at += f.header + f.length;
    }
    used(c, at);
    return good && (!c->last || c->writing);
}

static void on_server_event(struct conn *c, uint32_t events) {
    bool good;
    if (events & EPOLLOUT) {
        good = put_rest(c) && (c->writing || !c->last);
        good = good && (c->writing || c->state != OPEN || serve(c)); /* frames may be waiting behind it */
    } else {
        good = fill(c) == 1 && (c->state == OPEN || greet(c)) && (c->state != OPEN || serve(c));
    }
    if (!good) {
        drop(c);
        free(c);
    }
}

static int any_address(int port, bool server) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    if (fd < 0) {
        die("socket: %s", strerror(errno));
    }
    if (server) {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        if (bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 4096)) {
            die("cannot listen on 127.0.0.1:%d: %s", port, strerror(errno));
        }
    } else if (connect(fd, (struct sockaddr *)&address, sizeof address) && errno != EINPROGRESS) {
        die("cannot connect to 127.0.0.1:%d: %s", port, strerror(errno));
    }
    return fd;
}

static int run_server(int port) {
    int listener = any_address(port, true);
    struct epoll_event events[EVENTS], event = {.events = EPOLLIN};
    epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &event);
    while (!told_to_end) {
        int n = epoll_wait(epoll_fd, events, EVENTS, -1);
        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr) {
                on_server_event(events[i].data.ptr, events[i].events);
                continue;
            }
            for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
                new_conn(fd, 0, HANDSHAKE);
            }
        }
    }
    printf("sockets=%llu frames=%llu refused=%llu\n", (unsigned long long)served, (unsigned long long)echoed,
           (unsigned long long)refused);
    return 0;
}

/* ---- client ------------------------------------------------------------------------------------------------------- */

static int port, connections = 64, opcode = TEXT, timer_fd = -1;
static size_t size = 1024, hex_at;
static const char *path = "/v1/realtime?model=bench";
static double rate, warm = 0.5, seconds = 4;
static uint8_t *message, *expected, *framed;
static struct conn **conns;
static int opened, open_now, next_conn, under_way, clean;
static uint64_t late, echoes, issued, sending_since;
static uint32_t *samples;
static size_t sample_count, sample_room;
static bool sending, recording;
static int proxy_pids[MOST_PIDS], proxy_count, known_pids[MOST_PIDS], known_count;

/* What the client of a provider's realtime interface sends, or plain bytes. */
static void make_message(void) {
    static const char begin[] = "{\"type\":\"input_audio_buffer.append\",\"event_id\":\"", middle[] = "\",\"audio\":\"";
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t fixed = sizeof begin - 1 + HEX + sizeof middle - 1 + 2, at = 0;
    if (size < fixed || size > 65536) {
        die("--size must be between %zu and 65536", fixed);
    }
    message = need(malloc(size));
    expected = need(malloc(size));
    framed = need(malloc(size + 14));
    for (size_t i = 0; i < size; i++) {
        message[i] = opcode == TEXT ? (uint8_t)digits[random64() >> 32 & 63] : (uint8_t)(random64() >> 32);
    }
    if (opcode == BINARY) {
        message[0] = 0; /* media, at one look */
        hex_at = 8;
        return;
    }
    memcpy(message, begin, sizeof begin - 1);
    at = hex_at = sizeof begin - 1;
    memcpy(message + at + HEX, middle, sizeof middle - 1);
    memcpy(message + size - 2, "\"}", 2);
}

/* Every message says whose and which it is. */
static void stamp(uint8_t *to, uint32_t id, uint32_t seq) {
    uint64_t v = (uint64_t)id << 32 | seq;
    for (int i = HEX - 1; i >= 0; i--, v >>= 4) {
        to[i] = (uint8_t) "0123456789abcdef"[v & 15];
    }
}

static void put_frame(struct conn *c, int op, const uint8_t *payload, size_t n) {
    uint64_t word = random64();
    uint8_t mask[4], *p = framed;
    memcpy(mask, &word, 4);
    *p++ = (uint8_t)(0x80 | op);
    if (n < 126) {
        *p++ = (uint8_t)(0x80 | n);
    } else if (n < 65536) {
        *p++ = 0x80 | 126;
        *p++ = (uint8_t)(n >> 8);
        *p++ = (uint8_t)n;
    } else {
        *p++ = 0x80 | 127;
        for (int i = 7; i >= 0; i--) {
            *p++ = (uint8_t)((uint64_t)n >> 8 * i);
        }
    }
    memcpy(p, mask, 4);
    apply_mask(p + 4, payload, n, mask);
    if (!put(c, framed, (size_t)(p + 4 - framed) + n)) {
        die("connection %u broke: %s", c->id, strerror(errno));
    }
}

static void ask(struct conn *c) {
    stamp(message + hex_at, c->id, ++c->seq);
    c->busy = true;
    under_way++;
    c->sent_at = now_ns();
    put_frame(c, opcode, message, size);
}

static void record(uint64_t ns) {
    if (sample_count == sample_room) {
        sample_room = sample_room ? 2 * sample_room : 1 << 16;
        samples = need(realloc(samples, sample_room * sizeof *samples));
    }
    uint64_t tens = ns / 10;
    samples[sample_count++] = tens > UINT32_MAX ? UINT32_MAX : (uint32_t)tens;
}

static void check(struct conn *c, const uint8_t *payload, const struct frame *f) {
    if (!c->busy) {
        die("connection %u: an echo that nobody asked for, opcode %d, %zu bytes", c->id, f->opcode, f->length);
    }
    if (f->opcode != opcode || !f->fin || f->masked || f->length != size) {
        die("connection %u message %u: wrong echo: opcode %d, fin %d, masked %d, %zu bytes", c->id, c->seq, f->opcode,
            f->fin, f->masked, f->length);
    }
    stamp(expected + hex_at, c->id, c->seq);
    if (memcmp(payload, expected, size)) {
        size_t i = 0;
        while (payload[i] == expected[i]) {
            i++;
        }
        die("connection %u message %u: wrong echo: byte %zu is 0x%02x, should be 0x%02x", c->id, c->seq, i, payload[i],
            expected[i]);
    }
}

static void answered(struct conn *c, const uint8_t *payload, const struct frame *f) {
    check(c, payload, f);
    c->busy = false;
    under_way--;
    if (recording) {
        echoes++;
        record(now_ns() - c->sent_at);
    }
    if (sending && rate == 0) {
        ask(c);
    }
}

static void say_hello(struct conn *c) {
    uint8_t nonce[16];
    char ws_key[25], request[2048];
    uint64_t words[2] = {random64(), random64()};
    memcpy(nonce, words, 16);
    base64(nonce, 16, ws_key);
    accept_for(ws_key, c->accept);
    int n = snprintf(request, sizeof request,
                     "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: %s\r\nAuthorization: Bearer %s\r\n\r\n",
                     path, port, ws_key, key);
    if (n >= (int)sizeof request || !put(c, (const uint8_t *)request, (size_t)n)) {
        die("connection %u: the handshake could not be sent", c->id);
    }
    c->state = HANDSHAKE;
    if (!c->writing) {
        listen_to(c, EPOLLIN);
    }
}

static void heard_hello(struct conn *c) {
    size_t n = head(c), length = 0;
    if (!n) {
        return;
    }
    const char *text = (const char *)c->in, *accept = header(text, "Sec-WebSocket-Accept:", &length);
    if (strncmp(text, "HTTP/1.1 101 ", 13)) {
        int body = c->have - n < 500 ? (int)(c->have - n) : 500;
        die("connection %u was not upgraded:\n%s\n%.*s", c->id, text, body, text + n);
    }
    if (!accept || length != 28 || memcmp(accept, c->accept, 28)) {
        die("connection %u: Sec-WebSocket-Accept is wrong", c->id);
    }
    used(c, n);
    c->state = OPEN;
    open_now++;
}

static void gone(struct conn *c) {
    if (c->state != CLOSING) {
        die("connection %u was closed by the other end in the %s", c->id, c->state == OPEN ? "middle" : "handshake");
    }
    drop(c);
    open_now--;
}

static void on_frames(struct conn *c) {
    size_t at = 0;
    struct frame f;
    while (whole(c->in + at, c->have - at, &f)) {
        if (f.opcode == CLOSE) {
            if (c->state != CLOSING) {
                const uint8_t *code = c->in + at + f.header;
                die("connection %u was closed with code %d", c->id, f.length < 2 ? 1005 : code[0] << 8 | code[1]);
            }
            clean++;
        } else if (f.opcode == PING) {
            put_frame(c, PONG, c->in + at + f.header, f.length);
        } else if (f.opcode != PONG) {
            answered(c, c->in + at + f.header, &f);
        }
        at += f.header + f.length;
    }
    used(c, at);
}

static void on_client_event(struct conn *c, uint32_t events) {
    if (c->state == CONNECTING) {
        int error = 0;
        socklen_t n = sizeof error;
        getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &n);
        if (error) {
            die("cannot connect to 127.0.0.1:%d: %s", port, strerror(error));
        }
        say_hello(c);
    } else if (events & EPOLLOUT) {
        if (!put_rest(c)) {
            die("connection %u broke: %s", c->id, strerror(errno));
        }
    } else {
        int got = fill(c);
        if (got < 1) {
            gone(c);
            return;
        }
        if (c->state == HANDSHAKE) {
            heard_hello(c);
        }
        if (c->state >= OPEN) {
            on_frames(c);
        }
    }
}

static void on_tick(void) {
    uint64_t ticks;
    if (read(timer_fd, &ticks, sizeof ticks) < 0 || !sending) {
        return;
    }
    for (uint64_t due = (uint64_t)((double)(now_ns() - sending_since) / 1e9 * rate); issued < due; issued++) {
        int tried = 0;
        while (tried < connections && conns[next_conn]->busy) {
            next_conn = (next_conn + 1) % connections;
            tried++;
        }
        if (tried == connections) {
            late += recording; /* not sent at all: the rate is more than the connections carry */
        } else {
            ask(conns[next_conn]);
            next_conn = (next_conn + 1) % connections;
        }
    }
}

/* Handles what happens until the condition holds; false: it did not in time. */
static bool until(bool (*condition)(void), double limit) {
    struct epoll_event events[EVENTS];
    uint64_t end = now_ns() + (uint64_t)(limit * 1e9);
    while (!condition()) {
        uint64_t now = now_ns();
        if (now >= end) {
            return false;
        }
        int wait = end - now > 10000000 ? 10 : (int)((end - now) / 1000000) + 1;
        int n = epoll_wait(epoll_fd, events, EVENTS, wait);
        for (int i = 0; i < n; i++) {
            if (events[i].data.ptr) {
                on_client_event(events[i].data.ptr, events[i].events);
            } else {
                on_tick();
            }
        }
    }
    return true;
}

static bool never(void) {
    return false;
}

static bool told(void) {
    return told_to_end;
}

static bool all_answered(void) {
    return under_way == 0;
}

static bool all_gone(void) {
    return open_now == 0;
}

static bool all_open(void) {
    while (opened < connections && opened - open_now < CONNECTING_AT_ONCE) {
        conns[opened] = new_conn(any_address(port, false), (uint32_t)opened, CONNECTING);
        opened++;
    }
    return open_now == connections;
}

/* ---- CPU time ----------------------------------------------------------------------------------------------------- */

/* User and system time of a process, ended threads included; seconds. What /proc/<pid>/stat says, but to the nanosecond. */
static double cpu_of(int pid) {
    clockid_t clock;
    struct timespec t;
    if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &t)) {
        die("process %d is not there any more", pid);
    }
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double cpu_of_all(const int *pids, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
        sum += cpu_of(pids[i]);
    }
    return sum;
}

/* Time during which the machine's CPUs did anything, that of other machines on the same host included; seconds. */
static double cpu_of_machine(void) {
    unsigned long v[8] = {0};
    FILE *file = fopen("/proc/stat", "r");
    bool good = file && fscanf(file, "cpu") == 0;
    for (int i = 0; i < 8; i++) {
        good = good && fscanf(file, "%lu", v + i) == 1;
    }
    if (!good) {
        die("cannot read /proc/stat");
    }
    fclose(file);
    return (double)(v[0] + v[1] + v[2] + v[5] + v[6] + v[7]) / (double)sysconf(_SC_CLK_TCK);
}

/* ---- runs --------------------------------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static double percentile(double p) {
    return sample_count ? samples[(size_t)((double)(sample_count - 1) * p)] / 100.0 : 0;
}

static void close_all(void) {
    static const uint8_t normal[] = {1000 >> 8, 1000 & 0xff};
    for (int i = 0; i < connections; i++) {
        conns[i]->state = CLOSING;
        put_frame(conns[i], CLOSE, normal, sizeof normal);
    }
    if (!until(all_gone, PATIENCE)) {
        die("%d connections were not closed within %d s of a Close frame", open_now, PATIENCE);
    }
}

static void open_all(void) {
    conns = need(calloc((size_t)connections, sizeof *conns));
    if (!until(all_open, PATIENCE + connections / 500.0)) {
        die("only %d of %d connections could be opened", open_now, connections);
    }
}

static void start_sending(void) {
    sending = true;
    sending_since = now_ns();
    if (rate == 0) {
        for (int i = 0; i < connections; i++) {
            ask(conns[i]);
        }
        return;
    }
    long ns = rate > 1 ? (long)(1e9 / rate) : 999999999;
    struct itimerspec every = {.it_interval.tv_nsec = ns, .it_value.tv_nsec = ns};
    struct epoll_event event = {.events = EPOLLIN};
    timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (timer_fd < 0 || timerfd_settime(timer_fd, 0, &every, NULL)
        || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, timer_fd, &event)) {
        die("no timer: %s", strerror(errno));
    }
}

static int run_load(void) {
    int self = getpid();
    open_all();
    start_sending();
    until(never, warm);
    double proxy = cpu_of_all(proxy_pids, proxy_count), known = cpu_of_all(known_pids, known_count) + cpu_of(self);
    double machine = cpu_of_machine();
    uint64_t began = now_ns();
    recording = true;
    until(never, seconds);
    recording = false;
    double took = (double)(now_ns() - began) / 1e9;
    proxy = cpu_of_all(proxy_pids, proxy_count) - proxy;
    known = cpu_of_all(known_pids, known_count) + cpu_of(self) - known;
    machine = cpu_of_machine() - machine;
    sending = false;
    if (timer_fd >= 0) {
        close(timer_fd);
    }
    if (!until(all_answered, PATIENCE)) {
        die("%d messages were not echoed within %d s", under_way, PATIENCE);
    }
    close_all();
    if (!echoes) {
        die("no echo in %.1f s", took);
    }
    qsort(samples, sample_count, sizeof *samples, ascending);
    double foreign = (machine - proxy - known) / took;
    printf("echoes=%llu seconds=%.2f per_second=%.0f p50_us=%.1f p99_us=%.1f max_us=%.1f cpu_us=%.0f cpu_us_per_echo=%.2f "
           "busy=%.2f foreign=%.2f late=%llu unclean=%d wrong=0\n",
           (unsigned long long)echoes, took, (double)echoes / took, percentile(0.5), percentile(0.99), percentile(1),
           proxy * 1e6, proxy * 1e6 / (double)echoes, proxy / took, foreign > 0 ? foreign : 0, (unsigned long long)late,
           connections - clean);
    return 0;
}

static int run_hold(void) {
    open_all();
    for (int i = 0; i < connections; i++) {
        ask(conns[i]);
        if (i % CONNECTING_AT_ONCE == 0) {
            until(all_answered, PATIENCE);
        }
    }
    if (!until(all_answered, PATIENCE)) {
        die("%d messages were not echoed within %d s", under_way, PATIENCE);
    }
    printf("held=%d\n", open_now);
    fflush(stdout);
    until(told, MOST_SECONDS);
    close_all();
    printf("closed=%d unclean=%d\n", connections, connections - clean);
    return 0;
}

static double number(const char *option, const char *text, double least, double most) {
    char *end;
    double value = strtod(text, &end);
    if (*end || !(value >= least && value <= most)) {
        die("%s must be a number from %.0f to %.0f, not '%s'", option, least, most, text);
    }
    return value;
}

static void add_pid(int *pids, int *count, int pid) {
    if (*count == MOST_PIDS) {
        die("more than %d processes", MOST_PIDS);
    }
    pids[(*count)++] = pid;
}

static void option(const char *name, const char *value) {
    if (!strcmp(name, "--port")) port = (int)number(name, value, 1, 65535);
    else if (!strcmp(name, "--path")) path = value;
    else if (!strcmp(name, "--key")) key = value;
    else if (!strcmp(name, "--connections")) connections = (int)number(name, value, 1, MOST_CONNECTIONS);
    else if (!strcmp(name, "--size")) size = (size_t)number(name, value, 1, 65536);
    else if (!strcmp(name, "--rate")) rate = number(name, value, 1, 100000);
    else if (!strcmp(name, "--warm")) warm = number(name, value, 0, MOST_SECONDS);
    else if (!strcmp(name, "--seconds")) seconds = number(name, value, 0, MOST_SECONDS);
    else if (!strcmp(name, "--cpu-of")) add_pid(proxy_pids, &proxy_count, (int)number(name, value, 1, 1 << 30));
    else if (!strcmp(name, "--known")) add_pid(known_pids, &known_count, (int)number(name, value, 1, 1 << 30));
    else die("no option %s; the head of echoload.c lists them", name);
}

int main(int argc, char **argv) {
    struct sigaction ending = {.sa_handler = on_signal};
    struct rlimit files;
    const char *mode = argc > 1 ? argv[1] : "";
    for (int i = 2; i < argc; i++) {
        if (!strcmp(argv[i], "--binary")) {
            opcode = BINARY;
        } else if (i + 1 < argc) {
            option(argv[i], argv[i + 1]);
            i++;
        } else {
            die("%s needs a value", argv[i]);
        }
    }
    if (!port) {
        die("--port is missing; the head of echoload.c lists the options");
    }
    sigaction(SIGTERM, &ending, NULL);
    sigaction(SIGINT, &ending, NULL);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    random_state = now_ns() | 1;
    if (!strcmp(mode, "echo")) {
        alarm(600); /* whatever happens to the one who started it */
        return run_server(port);
    }
    alarm((unsigned)(warm + seconds) + MOST_SECONDS + 3 * PATIENCE);
    make_message();
    memcpy(expected, message, size);
    return !strcmp(mode, "load") ? run_load() : !strcmp(mode, "hold") ? run_hold() : (die("echo, load or hold?"), 1);
}
