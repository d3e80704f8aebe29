/* The search of one table, compiled once for each path. A file that includes this says what TARGET it is for,
 * NAMED(name) of its functions, and how 32 elements are compared: NEAR(elements, WANTED, bits), where WANTED
 * is made by WANTED_OF(element). docs/matching.md has the algorithm and why it misses nothing.
 */

/* Look up the number of every candidate, then compare its hash. Memory is asked EARLY candidates ahead, in loops
 * of nothing else: a processor waits for the translation of an address it asks for, but for several at once. */
TARGET static void NAMED(check)(searching *s)
{
    candidate *const waiting = s->waiting;
    const uint32_t many = s->candidates;
    for (uint32_t i = 0; i < many; i++) {
        uint32_t ahead = i + EARLY < many ? i + EARLY : i;
        PREFETCH(s->ids + (size_t)waiting[ahead].place * (size_t)s->id_bytes);
        waiting[i].place = id_at(s->ids, waiting[i].place, s->id_bytes);
        if (UNLIKELY(waiting[i].place >= s->count))
            waiting[i].place = 0; /* a damaged table: what is read is still a hash of this list */
    }
    for (uint32_t i = 0; i < many; i++) {
        const uint64_t *query = s->queries + (size_t)waiting[i].query * 4;
        const uint64_t *entry = s->hashes + (size_t)waiting[i].place * 4;
        uint32_t ahead = i + EARLY < many ? i + EARLY : i;
        int apart = distance_256(query, entry);
        PREFETCH(s->hashes + (size_t)waiting[ahead].place * 4);
        if (UNLIKELY(apart <= s->distance) && reports(s, query, entry))
            matches_add(&s->found, waiting[i].query, waiting[i].place, (uint64_t)apart);
    }
    s->candidates = 0;
}

/* Take the entries of a mask as candidates; 1 when the query has used up its budget. */
TARGET INLINE int NAMED(take)(searching *s, uint32_t query, uint32_t at, uint32_t mask)
{
    if (UNLIKELY(over(s, query)))
        return 1;
    for (; mask; mask &= mask - 1) {
        s->waiting[s->candidates++] = (candidate){query, at + (uint32_t)LOWEST_BIT(mask)};
        s->spent[query]++;
    }
    if (UNLIKELY(s->candidates >= WAITING))
        NAMED(check)(s);
    return 0;
}

TARGET INLINE void NAMED(bucket)(searching *s, uint32_t query, uint32_t begin, uint32_t end, WANTED wanted,
                                 int bits)
{
    for (uint32_t at = begin; at < end; at += 32) {
        uint32_t mask = NEAR(s->following + at, wanted, bits);
        if (LIKELY(!mask))
            continue;
        if (end - at < 32)
            mask &= ((uint32_t)1 << (end - at)) - 1;
        if (mask && NAMED(take)(s, query, at, mask))
            return;
    }
}

/* A bucket so large that reading it matters: in pieces, counted, until the query has used up its budget. */
TARGET static void NAMED(fat_bucket)(searching *s, uint32_t query, uint32_t begin, uint32_t end, uint16_t wanted,
                                     int bits)
{
    for (uint32_t at = begin; at < end && !over(s, query); at += PIECE) {
        uint32_t to = end - at < PIECE ? end : at + PIECE;
        s->spent[query] += (to - at) / UNIT;
        NAMED(bucket)(s, query, at, to, WANTED_OF(wanted), bits);
    }
}

/* Queries in order of their chunk, each asked of the bucket that its chunk makes with `flips`. */
TARGET INLINE void NAMED(group)(searching *s, const uint64_t *from, const uint64_t *to, uint32_t flips, int bits)
{
    for (const uint64_t *query = from; query < to; query++) {
        uint32_t bucket = QUERY_CHUNK(*query) ^ flips;
        prefetch_ahead(s);
        uint32_t begin = s->offsets[bucket], end = s->offsets[bucket + 1];
        if (LIKELY(end - begin < s->fat))
            NAMED(bucket)(s, QUERY_NUMBER(*query), begin, end, WANTED_OF(QUERY_FOLLOWING(*query)), bits);
        else
            NAMED(fat_bucket)(s, QUERY_NUMBER(*query), begin, end, QUERY_FOLLOWING(*query), bits);
    }
}

/* The same, compiled for each number of bits, so that clearing them is no loop. */
TARGET static void NAMED(ask)(searching *s, const uint64_t *from, const uint64_t *to, uint32_t flips, int bits)
{
    switch (bits) {
    case 0: NAMED(group)(s, from, to, flips, 0); break;
    case 1: NAMED(group)(s, from, to, flips, 1); break;
    case 2: NAMED(group)(s, from, to, flips, 2); break;
    case 3: NAMED(group)(s, from, to, flips, 3); break;
    case 4: NAMED(group)(s, from, to, flips, 4); break;
    case 5: NAMED(group)(s, from, to, flips, 5); break;
    case 6: NAMED(group)(s, from, to, flips, 6); break;
    default: NAMED(group)(s, from, to, flips, 7); break;
    }
}

/* A batch: 256 buckets at a time, which stay in the second cache, asked by every query that reaches them. */
TARGET static void NAMED(ask_in_blocks)(searching *s, const uint64_t *sorted, const uint32_t *starts)
{
    for (uint32_t block = 0; block < 256 && !s->found.fault; block++) {
        look_ahead(s, block + 1, (starts[block + 1] - starts[block]) * 17);
        for (int high = 0; high < 256; high++) {
            uint32_t group = block ^ FLIPS[high].bits;
            int apart = FLIPS[high].count;
            if (apart > s->radius)
                break;
            if (starts[group] == starts[group + 1])
                continue;
            for (int low = 0; low < 256 && apart + FLIPS[low].count <= s->radius; low++)
                NAMED(ask)(s, sorted + starts[group], sorted + starts[group + 1],
                           (uint32_t)FLIPS[high].bits << 8 | FLIPS[low].bits, s->both - apart - FLIPS[low].count);
        }
    }
    NAMED(check)(s);
}

/* A few queries: each in turn, its buckets asked for from memory all at once. */
TARGET static void NAMED(ask_in_turn)(searching *s, const uint64_t *sorted, uint32_t asked)
{
    for (uint32_t number = 0; number < asked && !s->found.fault; number++) {
        uint32_t chunk = QUERY_CHUNK(sorted[number]);
        const uint32_t *spent = s->spent + QUERY_NUMBER(sorted[number]);
        for (int pass = 0; pass < 3; pass++)
            for (int high = 0; high < 256 && FLIPS[high].count <= s->radius && *spent <= s->budget; high++)
                for (int low = 0; low < 256 && FLIPS[high].count + FLIPS[low].count <= s->radius; low++) {
                    uint32_t flips = (uint32_t)FLIPS[high].bits << 8 | FLIPS[low].bits;
                    if (pass == 0)
                        PREFETCH(s->offsets + (chunk ^ flips));
                    else if (pass == 1)
                        prefetch_bucket(s, chunk ^ flips);
                    else
                        NAMED(ask)(s, sorted + number, sorted + number + 1, flips,
                                   s->both - FLIPS[high].count - FLIPS[low].count);
                }
    }
    NAMED(check)(s);
}
