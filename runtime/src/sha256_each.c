/* SHA-256 of several messages, four blocks at a time as long as there are three or four to hash. */
#include <string.h>

#include "sha256.h"

/* Messages of which each has a lane: its whole blocks, then those that end it. */
typedef struct {
    size_t whole, count;
    const unsigned char *data;
    unsigned char last[2 * SHA256_BLOCK];
} Lane;

static void prepare(Lane *lane, Octets message) {
    size_t taken = message.size / SHA256_BLOCK * SHA256_BLOCK;
    lane->data = message.data;
    lane->whole = message.size / SHA256_BLOCK;
    lane->count = lane->whole + sha256_padded(message.data + taken, message.size, lane->last);
}

static const unsigned char *block_of(const Lane *lane, size_t number) {
    if (number < lane->whole) return lane->data + number * SHA256_BLOCK;
    return lane->last + (number - lane->whole) * SHA256_BLOCK;
}

/* A step of three messages or four; a lane without a block works for nobody. */
static void step_together(uint32_t states[SHA256_LANES][8], const Lane *lanes, size_t number) {
    uint32_t taken[SHA256_LANES][8];
    const unsigned char *blocks[SHA256_LANES];
    for (int at = 0; at < SHA256_LANES; at++) {
        memcpy(taken[at], states[at], sizeof taken[at]);
        blocks[at] = number < lanes[at].count ? block_of(lanes + at, number) : lanes[at].last;
    }
    sha256_four(taken, blocks);
    for (int at = 0; at < SHA256_LANES; at++) {
        if (number < lanes[at].count) memcpy(states[at], taken[at], sizeof taken[at]);
    }
}

static void run(uint32_t states[SHA256_LANES][8], const Lane *lanes) {
    for (size_t number = 0;; number++) {
        int active = 0;
        for (int at = 0; at < SHA256_LANES; at++) active += number < lanes[at].count;
        if (active == 0) return;
        if (active > 2) {
            step_together(states, lanes, number);
            continue;
        }
        for (int at = 0; at < SHA256_LANES; at++) {
            if (number < lanes[at].count) sha256_blocks(states[at], block_of(lanes + at, number), 1);
        }
    }
}

void sha256_each(const Octets *messages, int count, unsigned char digests[][SHA256_DIGEST]) {
    Lane lanes[SHA256_LANES];
    uint32_t states[SHA256_LANES][8];
    for (int at = 0; at < SHA256_LANES; at++) {
        lanes[at].count = lanes[at].whole = 0;
        memcpy(states[at], sha256_start, sizeof states[at]);
        if (at < count) prepare(lanes + at, messages[at]);
    }
    run(states, lanes);
    for (int at = 0; at < count; at++) sha256_write(states[at], digests[at], SHA256_DIGEST);
}
