// A WebSocket load client that costs some microseconds a round trip, so that the server is measured and not the client.
//
//   wsload PORT PEOPLE TEXTS [CONNECTS-PER-SECOND]
//
// PEOPLE: one connection a line, tab separated: role, source address, path, prefix of its client ids, hello frame (JSON).
// TEXTS: one message a line, valid inside a JSON string; they are sent in turn.
// Roles: c customer who asks for a person and writes to him   a agent, accepts every offer and watches what he accepts
//        b customer who asks the bot and waits for its reply   v visitor who asks for a person and then waits
//        e echo client, no hello                               i idle customer
//
// It prints {"ready":...} when everybody is where he should be. Then it reads commands: "go SECONDS [INTERVAL]"
// sends from c, b and e, each when its last message was acknowledged (INTERVAL in microseconds: not before its time,
// and the latency counts from that time), waits for what is under way, and prints one JSON line; "quit" ends.
// Every message carries a fresh id; an acknowledgement counts only if it names the id that is waited for.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SILENCE 3000000000ull  // nanoseconds without a word from the bot

enum { OPENING = 1, GREETING, SETTING, READY, GONE };

typedef struct {
  int fd, phase, waiting;
  char role, *source, *path, *prefix, *hello, id[80];
  uint64_t counter, sent_at, due;
  unsigned char *in;
  size_t have, room;
} Peer;

static Peer *peers;
static int people, ready, closed, agents, agents_ready, customers, watched, port, poller;
static long sent, acked, told, errors, mismatched;
static uint32_t *latencies;
static size_t measured, measured_room;
static char *texts[256];
static int text_count;
static int going;
static uint64_t until, interval;

static void die(const char *why) { fprintf(stderr, "wsload: %s (%s)\n", why, strerror(errno)); exit(2); }

static uint64_t now(void) {  // nanoseconds
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void out(Peer *p, const void *data, size_t size) {
  for (size_t done = 0; done < size;) {
    ssize_t n = send(p->fd, (const char *)data + done, size - done, MSG_NOSIGNAL);
    if (n > 0) { done += n; continue; }
    if (errno != EAGAIN) return;  // the reading side notices that it is closed
    struct pollfd wait = {p->fd, POLLOUT, 0};
    poll(&wait, 1, 1000);
  }
}

static void frame(Peer *p, const char *text, size_t size, int opcode) {
  static const unsigned char mask[4] = {0x12, 0x34, 0x56, 0x78};
  unsigned char raw[8192];
  if (size > sizeof raw - 16) die("frame too long");
  size_t at = 0;
  raw[at++] = 0x80 | opcode;
  if (size < 126) raw[at++] = 0x80 | size;
  else { raw[at++] = 0x80 | 126; raw[at++] = size >> 8; raw[at++] = size & 255; }
  memcpy(raw + at, mask, 4);
  at += 4;
  for (size_t i = 0; i < size; i++) raw[at + i] = text[i] ^ mask[i & 3];
  out(p, raw, at + size);
}

static void say(Peer *p, const char *format, ...) {
  char text[8000];
  va_list list;
  va_start(list, format);
  int size = vsnprintf(text, sizeof text, format, list);
  va_end(list);
  frame(p, text, size, 1);
}

static void message(Peer *p, uint64_t from) {
  struct timespec wall;  // ids begin with the time, as those of the widget do
  clock_gettime(CLOCK_REALTIME, &wall);
  unsigned long long ms = wall.tv_sec * 1000ull + wall.tv_nsec / 1000000;
  snprintf(p->id, sizeof p->id, "%012llx-%s-%08llu", ms, p->prefix, (unsigned long long)++p->counter);
  p->waiting = 1;
  p->sent_at = from;
  sent++;
  say(p, "{\"type\":\"send\",\"id\":\"%s\",\"text\":\"%s\"}", p->id, texts[p->counter % text_count]);
}

static void next(Peer *p, uint64_t t) {  // the next message, if it is time
  if (!going || t >= until || p->phase != READY) return;
  if (!interval) { message(p, t); return; }
  if (p->due <= t) { uint64_t due = p->due; p->due += interval; message(p, due); }
}

static void became_ready(Peer *p) {
  if (p->phase == READY) return;
  p->phase = READY;
  ready++;
  if (p->role == 'a') agents_ready++;
}

static void answered(Peer *p) {
  uint64_t t = now();
  if (measured == measured_room) latencies = realloc(latencies, (measured_room = measured_room ? measured_room * 2 : 65536) * 4);
  uint64_t tenths = (t - p->sent_at) / 100;  // of a microsecond
  latencies[measured++] = tenths > UINT32_MAX ? UINT32_MAX : tenths;
  acked++;
  p->waiting = 0;
  next(p, t);
}

static int starts(const char *text, size_t size, const char *with) {
  size_t n = strlen(with);
  return size >= n && !memcmp(text, with, n);
}

static int holds(const char *text, size_t size, const char *part) { return memmem(text, size, part, strlen(part)) != NULL; }

static int field(const char *text, size_t size, const char *name, char *value, size_t room) {
  const char *at = memmem(text, size, name, strlen(name));
  if (!at) return 0;
  at += strlen(name);
  size_t n = 0;
  while (at + n < text + size && at[n] != '"' && n + 1 < room) { value[n] = at[n]; n++; }
  value[n] = 0;
  return n > 0;
}

static void failed(Peer *p, const char *text, size_t size) {
  if (errors++ < 5) fprintf(stderr, "wsload: %s %.*s\n", p->prefix, (int)(size < 300 ? size : 300), text);
  if (p->waiting) { p->waiting = 0; next(p, now()); }
}

static void to_agent(Peer *p, const char *text, size_t size) {
  char which[96];
  if (starts(text, size, "{\"type\":\"event\"")) {
    if (holds(text, size, "\"kind\":\"customer_wrote\"")) told++;
  } else if (starts(text, size, "{\"type\":\"offer\"")) {
    if (!field(text, size, "\"conversation\":\"", which, sizeof which)) return;
    uint64_t n = ++p->counter;
    say(p, "{\"type\":\"accept\",\"id\":\"%s-a%07llu\",\"conversation\":\"%s\"}", p->prefix, (unsigned long long)n, which);
    say(p, "{\"type\":\"watch\",\"id\":\"%s-w%07llu\",\"conversation\":\"%s\"}", p->prefix, (unsigned long long)n, which);
  } else if (starts(text, size, "{\"type\":\"ack\"")) {
    if (holds(text, size < 80 ? size : 80, "-w")) watched++;
    else if (holds(text, size < 80 ? size : 80, "-presence")) became_ready(p);
  } else if (starts(text, size, "{\"type\":\"welcome\"")) {
    say(p, "{\"type\":\"presence\",\"id\":\"%s-presence\",\"ready\":true}", p->prefix);
  } else if (starts(text, size, "{\"type\":\"error\"")) failed(p, text, size);
}

static void to_customer(Peer *p, const char *text, size_t size) {
  char id[80];
  if (starts(text, size, "{\"type\":\"ack\"")) {
    if (p->role == 'v') became_ready(p);
    if (p->role != 'c' || !p->waiting || !field(text, size, "\"id\":\"", id, sizeof id)) return;
    if (!strcmp(id, p->id)) answered(p);
    else mismatched++;
  } else if (starts(text, size, "{\"type\":\"event\"")) {
    if (p->role == 'b' && p->waiting && (holds(text, size, "\"kind\":\"bot_"))) answered(p);
  } else if (starts(text, size, "{\"type\":\"welcome\"")) {
    int waits = p->role == 'c' || p->role == 'v';
    if (!waits || holds(text, size, "\"owner\":\"agent\"")) became_ready(p);
    else say(p, "{\"type\":\"handoff\",\"id\":\"%s-handoff\"}", p->prefix);
  } else if (starts(text, size, "{\"type\":\"state\"")) {
    if (p->role == 'c' && holds(text, size, "\"owner\":\"agent\"")) became_ready(p);
  } else if (starts(text, size, "{\"type\":\"error\"")) failed(p, text, size);
}

static void incoming(Peer *p, const char *text, size_t size) {
  if (p->role == 'e') { if (p->waiting) answered(p); }
  else if (p->role == 'a') to_agent(p, text, size);
  else to_customer(p, text, size);
}

static void lost(Peer *p, const char *why) {
  if (closed < 5) fprintf(stderr, "wsload: %s lost: %s\n", p->prefix, why);
  epoll_ctl(poller, EPOLL_CTL_DEL, p->fd, NULL);
  close(p->fd);
  if (p->phase == READY) ready--;
  p->phase = GONE;
  p->waiting = 0;
  closed++;
}

static void upgraded(Peer *p) {
  char *end = memmem(p->in, p->have, "\r\n\r\n", 4);
  if (!end) return;
  if (strncmp((char *)p->in, "HTTP/1.1 101", 12)) { lost(p, "no upgrade"); return; }
  size_t used = end + 4 - (char *)p->in;
  memmove(p->in, p->in + used, p->have -= used);
  p->phase = GREETING;
  if (p->role == 'e') became_ready(p);
  else frame(p, p->hello, strlen(p->hello), 1);
}

static void readable(Peer *p) {
  if (p->phase == GONE) return;
  if (p->room - p->have < 4096) p->in = realloc(p->in, p->room = p->room ? p->room * 2 : 4096 * 2);
  ssize_t n = read(p->fd, p->in + p->have, p->room - p->have);
  if (n <= 0) { if (n == 0 || errno != EAGAIN) lost(p, n ? strerror(errno) : "end of stream"); return; }
  p->have += n;
  if (p->phase == OPENING) { upgraded(p); if (p->phase == OPENING || p->phase == GONE) return; }
  size_t at = 0;
  while (p->have - at >= 2 && p->phase != GONE) {
    unsigned char *f = p->in + at;
    size_t size = f[1] & 127, head = 2;
    if (size == 126) { if (p->have - at < 4) break; size = f[2] << 8 | f[3]; head = 4; }
    else if (size == 127) { if (p->have - at < 10) break; size = 0; head = 10; for (int i = 2; i < 10; i++) size = size << 8 | f[i]; }
    if (p->have - at < head + size) break;
    int opcode = f[0] & 15;
    if (opcode == 9) frame(p, (char *)f + head, size, 10);
    else if (opcode == 8) { char why[64]; snprintf(why, sizeof why, "closed with %d", size >= 2 ? f[head] << 8 | f[head + 1] : 0); lost(p, why); }
    else if (opcode == 1 || opcode == 2) incoming(p, (char *)f + head, size);
    at += head + size;
  }
  if (p->phase == GONE) { p->have = 0; return; }
  if (at) memmove(p->in, p->in + at, p->have -= at);
  if (!p->have && p->room > 65536) { free(p->in); p->in = NULL; p->room = 0; }
}

static void start(int which) {
  Peer *p = &peers[which];
  char request[1024];
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)}, from = {.sin_family = AF_INET};
  int one = 1;
  inet_aton("127.0.0.1", &to.sin_addr);
  inet_aton(p->source, &from.sin_addr);
  if ((p->fd = socket(AF_INET, SOCK_STREAM, 0)) < 0) die("socket");
  setsockopt(p->fd, IPPROTO_IP, 24 /* IP_BIND_ADDRESS_NO_PORT */, &one, sizeof one);
  if (bind(p->fd, (void *)&from, sizeof from)) die("bind");
  setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(p->fd, (void *)&to, sizeof to)) die("connect");
  fcntl(p->fd, F_SETFL, O_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = which};
  epoll_ctl(poller, EPOLL_CTL_ADD, p->fd, &event);
  p->phase = OPENING;
  int n = snprintf(request, sizeof request,
                   "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", p->path, port);
  out(p, request, n);
}

static void turn(int milliseconds) {
  struct epoll_event events[512];
  int n = epoll_wait(poller, events, 512, milliseconds);
  for (int i = 0; i < n; i++) if (events[i].data.u32 != UINT32_MAX) readable(&peers[events[i].data.u32]);
}

static void connect_all(double per_second) {
  int begun = 0, window = 100;
  uint64_t began = now(), limit = began + 180000000000ull;
  while (ready + closed < people || watched < customers) {
    uint64_t t = now();
    if (t > limit) break;
    while (begun < people && begun - ready - closed < window + customers) {
      if (peers[begun].role != 'a' && agents_ready < agents) break;
      if (per_second > 0 && begun >= (t - began) / 1e9 * per_second) break;
      start(begun++);
    }
    turn(per_second > 0 ? 2 : 20);
  }
  printf("{\"ready\":%d,\"people\":%d,\"lost\":%d,\"watched\":%d,\"errors\":%ld,\"seconds\":%.3f}\n", ready, people, closed,
         watched, errors, (now() - began) / 1e9);
  fflush(stdout);
}

static int ascending(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return x < y ? -1 : x > y;
}

static double quantile(double share) { return measured ? latencies[(size_t)((measured - 1) * share)] / 10000.0 : -1; }

static int writes(const Peer *p) { return p->role == 'c' || p->role == 'b' || p->role == 'e'; }

static void go(double seconds, uint64_t microseconds) {
  struct rusage before, after;
  getrusage(RUSAGE_SELF, &before);
  sent = acked = told = mismatched = 0;
  measured = 0;
  interval = microseconds * 1000;
  uint64_t began = now();
  until = began + (uint64_t)(seconds * 1e9);
  going = 1;
  for (int i = 0; i < people; i++) {
    Peer *p = &peers[i];
    if (!writes(p) || p->phase != READY) continue;
    p->due = began + (interval ? interval * i / people : 0);
    next(p, now());
  }
  int at = 0, asking = 0;
  for (int i = 0; i < people; i++) asking += peers[i].role == 'b';
  uint64_t t;
  while ((t = now()) < until) {
    turn(interval ? 1 : 50);
    for (int i = 0; i < people && asking; i++) {  // a bot that has nothing to say to who waits says nothing
      Peer *p = &peers[i];
      if (p->role == 'b' && p->waiting && t > p->sent_at + SILENCE) { p->waiting = 0; next(p, t); }
    }
    if (!interval) continue;
    for (int i = 0; i < people; i++) {  // who has no answer to wait for and whose time has come
      Peer *p = &peers[(at + i) % people];
      if (writes(p) && !p->waiting) next(p, t);
    }
    at++;
  }
  long in_time = acked;
  double took = (now() - began) / 1e9;
  uint64_t patience = now() + 10000000000ull;
  for (;;) {
    int open = 0;
    for (int i = 0; i < people; i++) open += peers[i].waiting && peers[i].role != 'b';
    if ((!open && (!agents || told >= acked)) || now() > patience) break;
    turn(10);
  }
  for (int i = 0; i < people; i++) if (peers[i].role == 'b') peers[i].waiting = 0;
  going = 0;
  getrusage(RUSAGE_SELF, &after);
  double cpu = (after.ru_utime.tv_sec - before.ru_utime.tv_sec) + (after.ru_stime.tv_sec - before.ru_stime.tv_sec) +
               (after.ru_utime.tv_usec - before.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_stime.tv_usec) / 1e6;
  qsort(latencies, measured, 4, ascending);
  printf("{\"seconds\":%.4f,\"in_time\":%ld,\"sent\":%ld,\"acked\":%ld,\"told\":%ld,\"errors\":%ld,\"mismatched\":%ld,"
         "\"lost\":%d,\"p50_ms\":%.4f,\"p99_ms\":%.4f,\"max_ms\":%.3f,\"cpu\":%.3f}\n",
         took, in_time, sent, acked, told, errors, mismatched, closed, quantile(.5), quantile(.99), quantile(1), cpu);
  fflush(stdout);
}

static void commands(void) {
  struct epoll_event event = {.events = EPOLLIN, .data.u32 = UINT32_MAX};
  char line[256];
  epoll_ctl(poller, EPOLL_CTL_ADD, 0, &event);
  setvbuf(stdin, NULL, _IONBF, 0);
  for (;;) {
    struct pollfd in = {0, POLLIN, 0};
    turn(100);
    if (poll(&in, 1, 0) <= 0) continue;
    if (!fgets(line, sizeof line, stdin) || !strncmp(line, "quit", 4)) return;
    double seconds = 0;
    unsigned long long microseconds = 0;
    if (sscanf(line, "go %lf %llu", &seconds, &microseconds) >= 1) {
      epoll_ctl(poller, EPOLL_CTL_DEL, 0, NULL);
      go(seconds, microseconds);
      epoll_ctl(poller, EPOLL_CTL_ADD, 0, &event);
    }
  }
}

static void read_people(const char *path) {
  FILE *file = fopen(path, "r");
  char *line = NULL;
  size_t room = 0;
  if (!file) die(path);
  while (getline(&line, &room, file) > 0) {
    if (!(people & (people - 1))) peers = realloc(peers, (people ? people * 2 : 1) * sizeof *peers);
    Peer *p = &peers[people++];
    memset(p, 0, sizeof *p);
    char *rest = strdup(line);
    rest[strcspn(rest, "\n")] = 0;
    p->role = *strsep(&rest, "\t");
    p->source = strsep(&rest, "\t");
    p->path = strsep(&rest, "\t");
    p->prefix = strsep(&rest, "\t");
    p->hello = rest ? rest : "";
    agents += p->role == 'a';
    customers += p->role == 'c';
  }
  fclose(file);
}

static void read_texts(const char *path) {
  FILE *file = fopen(path, "r");
  char *line = NULL;
  size_t room = 0;
  if (!file) die(path);
  while (text_count < 256 && getline(&line, &room, file) > 0) {
    line[strcspn(line, "\n")] = 0;
    texts[text_count++] = strdup(line);
  }
  fclose(file);
  if (!text_count) die("no texts");
}

int main(int argc, char **argv) {
  if (argc < 4) { fprintf(stderr, "usage: wsload PORT PEOPLE TEXTS [CONNECTS-PER-SECOND]\n"); return 2; }
  struct rlimit files;
  signal(SIGPIPE, SIG_IGN);
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  port = atoi(argv[1]);
  read_people(argv[2]);
  read_texts(argv[3]);
  poller = epoll_create1(0);
  connect_all(argc > 4 ? atof(argv[4]) : 0);
  commands();
  return 0;
}
