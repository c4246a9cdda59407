/* How fast one core passes over N-Triples when it does nothing else: cut lines into terms; hash each term; look each hash up in a table.
   Called from limits.py; text is the whole file, every line of it subject, predicate, object, dot with one space between. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static uint64_t mix(uint64_t a, uint64_t b) {
    __uint128_t product = (__uint128_t)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t hash(const char *text, size_t length) {
    uint64_t seed = length ^ 0x9E3779B97F4A7C15u, word;
    for (; length >= 8; text += 8, length -= 8) {
        memcpy(&word, text, 8);
        seed = mix(seed ^ word, 0xE7037ED1A0B428DBu);
    }
    word = 0;
    memcpy(&word, text, length);
    return mix(seed ^ word, 0x8EBC6AF09C88C6E3u);
}

/* what: 0 cut, 1 cut and hash, 2 cut, hash and find or add. Returns a sum that keeps the work from being left out; *terms is what 2 found. */
uint64_t pass(const char *text, size_t size, int what, uint64_t *terms) {
    const char *end = text + size;
    uint64_t sum = 0, mask = 0, *table = NULL;
    *terms = 0;
    if (what == 2) {
        for (mask = 1; mask < size / 32; mask *= 2) {}
        table = calloc(mask, sizeof *table);
        mask -= 1;
    }
    while (text < end) {
        const char *first = memchr(text, ' ', end - text);
        const char *second = memchr(first + 1, ' ', end - first - 1);
        const char *line = memchr(second + 1, '\n', end - second - 1);
        const char *starts[3] = {text, first + 1, second + 1}, *ends[3] = {first, second, line - 2};
        for (int n = 0; n < 3; n++) {
            size_t length = ends[n] - starts[n];
            if (what == 0) {
                sum += length;
                continue;
            }
            uint64_t key = hash(starts[n], length) | 1;
            sum ^= key;
            if (what == 2) {
                uint64_t place = key >> 1 & mask;
                while (table[place] && table[place] != key) place = (place + 1) & mask;
                if (!table[place]) {
                    table[place] = key;
                    *terms += 1;
                }
            }
        }
        text = line + 1;
    }
    free(table);
    return sum;
}
