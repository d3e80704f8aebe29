/* The tables of the index: how they lie in memory, and what a search of them needs (docs/matching.md).
 *
 * A hash with its bits spread is CHUNKS chunks of 16 bits in a ring. Table i has the entries in order of chunk
 * i: `offsets` says where each of the 65,536 buckets begins, `following` has chunk i+1 of each entry, and `ids`
 * its number, in 3 or 4 bytes, the lowest first.
 */
#ifndef TABLES_H
#define TABLES_H

#include "lapwing.h"

#define CHUNKS 16
#define BUCKETS 65536
#define BEYOND 32 /* elements of `following` that must exist after the last, for whole vectors are read */

INLINE uint32_t id_at(const uint8_t *ids, size_t place, int size)
{
    const uint8_t *id = ids + place * (size_t)size;
    uint32_t number = (uint32_t)id[0] | (uint32_t)id[1] << 8 | (uint32_t)id[2] << 16;
    return size == 4 ? number | (uint32_t)id[3] << 24 : number;
}

#endif
