/* search_tables(hashes, offsets, following, ids, id_bytes, queries, allowances, first, last, spent, budget,
 *               most, path) -> bytes
 *
 * Every match that tables `first` to `last` (not included) are to report, for a batch of queries. `allowances`
 * are 16 int32 that add up to the distance and one. `spent` has what each query cost; the answer for one that
 * cost more than `budget` is not whole, and it is for the caller to scan. Defined by
 * lapwing.matching.tables.search_numpy.
 */
#include "tables.h"
#include "near.h"
#include "spread.h"

#define WAITING 4096 /* candidates that are gathered before they are compared */
#define EARLY 16     /* of them whose memory is asked for before it is needed */
#define FAT 4        /* times the mean bucket, and FAT_LEAST more: from there on its reading is counted */
#define FAT_LEAST 64
#define PIECE 1024 /* entries of such a bucket that are read before the budget is looked at again */
#define UNIT 64    /* entries of it that are read for the price of one candidate */
#define SOONER 64 /* a part of its budget that few queries spend: one that has is estimated */
#define SOONER_LEAST 64
#define EVERY 32 /* of the buckets more than one bit away, one in so many says for all what they cost */
#define SAMPLED 8192 /* entries of a fat bucket for each vector of it that is looked at for the estimate */
#define IN_TURN 192  /* queries up to which each is asked by itself */

/* A query as it is sorted, in one word. */
#define QUERY_OF(number, following, chunk) ((uint64_t)(number) << 32 | (uint32_t)(following) << 16 | (chunk))
#define QUERY_NUMBER(query) ((uint32_t)((query) >> 32))
#define QUERY_FOLLOWING(query) ((uint16_t)((query) >> 16))
#define QUERY_CHUNK(query) ((uint32_t)(uint16_t)(query))

typedef struct {
    uint32_t query, place; /* in the table, and later the entry's number */
} candidate;

typedef struct {
    const uint64_t *hashes, *queries;
    uint64_t *spread; /* the queries with their bits spread, as the tables have them */
    size_t count, asked;
    const uint32_t *offsets; /* of this table, as are the next two */
    const uint16_t *following;
    const uint8_t *ids;
    int id_bytes, table, distance;
    int radius, both; /* bits that this chunk may differ in, and this one and the next together */
    const int32_t *allowances;
    uint32_t *spent, budget, fat;
    uint32_t sooner;     /* spent more, a query is worth an estimate of what is still to come */
    uint32_t *entered;   /* of each query, what it had spent before this table */
    uint8_t *estimated;  /* and whether it was */
    int last;            /* table, not included */
    candidate waiting[WAITING + 32];
    uint32_t candidates;
    const uint16_t *ahead, *ahead_end;  /* what to ask for from memory next */
    size_t ahead_lines;
    match_list found;
} searching;

/* Every byte, those of fewest bits first. */
static struct {
    uint8_t bits, count;
} FLIPS[256];

static void flips_prepare(void)
{
    int place = 0;
    if (FLIPS[255].count) /* done before; other threads may be reading it */
        return;
    for (int count = 0; count <= 8; count++)
        for (int bits = 0; bits < 256; bits++)
            if (BITS_SET((uint64_t)bits) == count) {
                FLIPS[place].bits = (uint8_t)bits;
                FLIPS[place++].count = (uint8_t)count;
            }
}

/* Whether no earlier table has this pair: the first where the ring's condition holds is the one to report it. */
static int reports(const searching *s, const uint64_t *query, const uint64_t *entry)
{
    int apart[CHUNKS + 1];
    uint64_t bits[4];
    for (int word = 0; word < 4; word++)
        bits[word] = query[word] ^ entry[word];
    spread_256(bits, bits);
    for (int i = 0; i < CHUNKS; i++)
        apart[i] = BITS_SET(bits[i / 4] >> i % 4 * 16 & 0xffff);
    apart[CHUNKS] = apart[0];
    for (int i = 0; i < s->table; i++)
        if (apart[i] < s->allowances[i] &&
            apart[i] + apart[i + 1] < s->allowances[i] + s->allowances[(i + 1) % CHUNKS])
            return 0;
    return 1;
}

INLINE void prefetch_bucket(const searching *s, uint32_t bucket)
{
    const uint16_t *begin = s->following + s->offsets[bucket], *end = s->following + s->offsets[bucket + 1];
    for (int line = 0; line < 4 && begin + line * 32 < end; line++)
        PREFETCH(begin + line * 32);
}

/* The block that comes next is asked for from memory little by little, while this one is worked on. */
static void look_ahead(searching *s, uint32_t block, uint32_t probes)
{
    const uint32_t *offsets = s->offsets + block * 256;
    s->ahead = s->ahead_end = NULL;
    if (block > 255)
        return;
    for (int line = 0; line < 256; line += 16)
        PREFETCH(offsets + line);
    s->ahead = s->following + offsets[0];
    s->ahead_end = s->following + offsets[256];
    s->ahead_lines = (offsets[256] - offsets[0]) / 32 / (probes + 1) + 1;
}

INLINE void prefetch_ahead(searching *s)
{
    const uint16_t *to = s->ahead + s->ahead_lines * 32;
    if (s->ahead >= s->ahead_end)
        return;
    for (; s->ahead < to; s->ahead += 32)
        PREFETCH(s->ahead);
}

/* About what a bucket costs, by how many entries pass of a vector of it, or of more of a fat one. */
static uint32_t passing(const searching *s, const uint16_t *begin, uint32_t size, uint16_t wanted, int bits)
{
    const uint32_t vectors = size < s->fat ? 1 : 4 + size / SAMPLED, each = size < 32 ? size : 32;
    uint64_t pass = 0;
    for (uint32_t vector = 0; vector < vectors; vector++) {
        const uint16_t *from = begin + (uint64_t)(size - each) * vector / vectors;
        for (uint32_t i = 0; i < each; i++)
            pass += BITS_SET((uint64_t)(from[i] ^ wanted)) <= bits;
    }
    return (uint32_t)(pass * size / (vectors * each)) + (size < s->fat ? 0 : size / UNIT);
}

/* About what a query spends in one table, `ahead` of the one that is being asked: of the buckets that differ in
 * more than one bit one in EVERY is looked at, as there are many. Not much more than `most`. */
static uint64_t spends(const searching *s, uint32_t query, int ahead, uint64_t most)
{
    const uint16_t *chunks = (const uint16_t *)(s->spread + (size_t)query * 4);
    const uint32_t *offsets = s->offsets + (size_t)ahead * (BUCKETS + 1);
    const uint16_t *following = s->following + (size_t)ahead * s->count;
    const int table = s->table + ahead, next = (table + 1) % CHUNKS, radius = s->allowances[table] - 1;
    const int both = s->allowances[table] + s->allowances[next] - 1;
    uint64_t total = 0;
    uint32_t turn = 0;
    for (int high = 0; high < 256 && FLIPS[high].count <= radius; high++)
        for (int low = 0; total <= most && low < 256; low++) {
            const int flipped = FLIPS[high].count + FLIPS[low].count;
            if (flipped > radius)
                break;
            if (flipped > 1 && turn++ % EVERY)
                continue;
            uint32_t bucket = chunks[table] ^ ((uint32_t)FLIPS[high].bits << 8 | FLIPS[low].bits);
            uint32_t size = offsets[bucket + 1] - offsets[bucket];
            if (size)
                total += (uint64_t)passing(s, following + offsets[bucket], size, chunks[next], both - flipped) *
                         (flipped > 1 ? EVERY : 1);
        }
    return total;
}

/* About what a query has spent when it is through. Of this table a part is spent already, and counted once. */
static uint64_t estimate(const searching *s, uint32_t query)
{
    uint64_t total = s->entered[query] + spends(s, query, 0, s->budget);
    if (total < s->spent[query])
        total = s->spent[query];
    for (int ahead = 1; ahead < s->last - s->table && total <= s->budget; ahead++)
        total += spends(s, query, ahead, s->budget - total);
    return total;
}

/* Whether a query has used up its budget, or will have: then it is scanned, and the sooner the better. */
static int over(searching *s, uint32_t query)
{
    if (LIKELY(s->spent[query] <= s->sooner))
        return 0;
    if (!s->estimated[query]) {
        s->estimated[query] = 1;
        if (estimate(s, query) > s->budget && s->spent[query] <= s->budget)
            s->spent[query] = s->budget + 1;
    }
    return s->spent[query] > s->budget;
}

#define TARGET
#define NAMED(name) name##_portable
#define NEAR near_portable
#define WANTED uint16_t
#define WANTED_OF(element) (element)
#include "search.h"
#undef TARGET
#undef NAMED
#undef NEAR
#undef WANTED
#undef WANTED_OF

#if HAS_AVX2
#define TARGET FOR_AVX2
#define NAMED(name) name##_avx2
#define NEAR near_avx2
#define WANTED __m256i
#define WANTED_OF(element) _mm256_set1_epi16((short)(element))
#include "search.h"
#endif

/* Sort the queries that are within their budget by the chunk of this table, in two passes. `starts` has where
 * each high byte begins. */
static uint32_t sort_queries(const searching *s, uint64_t *sorted, uint64_t *aside, uint32_t *starts)
{
    uint32_t low[257] = {0}, asked = 0, next = (uint32_t)(s->table + 1) % CHUNKS;
    memset(starts, 0, 257 * sizeof *starts);
    for (size_t i = 0; i < s->asked; i++) {
        const uint16_t *query = (const uint16_t *)(s->spread + i * 4);
        s->entered[i] = s->spent[i];
        if (s->spent[i] > s->budget)
            continue;
        sorted[asked++] = QUERY_OF(i, query[next], query[s->table]);
        low[(query[s->table] & 255) + 1]++;
        starts[(query[s->table] >> 8) + 1]++;
    }
    for (int byte = 0; byte < 256; byte++) {
        low[byte + 1] += low[byte];
        starts[byte + 1] += starts[byte];
    }
    for (uint32_t i = 0; i < asked; i++)
        aside[low[sorted[i] & 255]++] = sorted[i];
    memcpy(low, starts, sizeof low);
    for (uint32_t i = 0; i < asked; i++)
        sorted[low[aside[i] >> 8 & 255]++] = aside[i];
    return asked;
}

static void search_table(searching *s, uint64_t *sorted, uint64_t *aside, path_kind path)
{
    uint32_t starts[257], asked = sort_queries(s, sorted, aside, starts);
#if HAS_AVX2
    if (path == PATH_AVX2) {
        if (asked <= IN_TURN)
            ask_in_turn_avx2(s, sorted, asked);
        else
            ask_in_blocks_avx2(s, sorted, starts);
        return;
    }
#endif
    (void)path;
    if (asked <= IN_TURN)
        ask_in_turn_portable(s, sorted, asked);
    else
        ask_in_blocks_portable(s, sorted, starts);
}

enum { HASHES, OFFSETS, FOLLOWING, IDS, QUERIES, ALLOWANCES, SPENT, VIEWS };

static void search(searching *s, const Py_buffer *view, int first, int last, path_kind path)
{
    uint64_t *sorted = malloc((s->asked + 1) * 7 * sizeof *sorted);
    s->estimated = calloc(s->asked + 1, 1);
    if (!sorted || !s->estimated) {
        free(sorted);
        free(s->estimated);
        s->found.fault = 1;
        return;
    }
    s->last = last;
    s->entered = (uint32_t *)(sorted + s->asked * 6);
    s->spread = sorted + s->asked * 2;
    for (size_t i = 0; i < s->asked; i++)
        spread_256(s->queries + i * 4, s->spread + i * 4);
    for (int table = first; table < last && !s->found.fault; table++) {
        const int32_t *allowances = s->allowances;
        s->table = table;
        s->radius = allowances[table] - 1;
        s->both = allowances[table] + allowances[(table + 1) % CHUNKS] - 1;
        s->offsets = (const uint32_t *)view[OFFSETS].buf + (size_t)table * (BUCKETS + 1);
        s->following = (const uint16_t *)view[FOLLOWING].buf + (size_t)table * s->count;
        s->ids = (const uint8_t *)view[IDS].buf + (size_t)table * s->count * (size_t)s->id_bytes;
        if (s->radius >= 0)
            search_table(s, sorted, sorted + s->asked, path);
    }
    free(s->estimated);
    free(sorted);
}

/* 0 when every buffer is as large as the others promise, or -1 with ValueError. */
static int fits(searching *s, const Py_buffer *view, int first, int last, Py_ssize_t most)
{
    int total = 0;
    size_t count = s->count = (size_t)view[HASHES].len / 32;
    s->asked = (size_t)view[QUERIES].len / 32;
    s->allowances = view[ALLOWANCES].buf;
    if (view[ALLOWANCES].len == 4 * CHUNKS)
        for (int i = 0; i < CHUNKS; i++)
            total += s->allowances[i] >= 0 && s->allowances[i] <= 4 ? s->allowances[i] : 1000;
    s->distance = total - 1;
    if (total < 1 || total > 64 || first < 0 || last > CHUNKS || most < 0 || !count || count > UINT32_MAX ||
        (s->id_bytes != 3 && s->id_bytes != 4) || s->asked > (size_t)MATCH_QUERIES ||
        (size_t)view[OFFSETS].len != 4 * CHUNKS * (size_t)(BUCKETS + 1) ||
        (size_t)view[FOLLOWING].len < 2 * (CHUNKS * count + BEYOND) ||
        (size_t)view[IDS].len != CHUNKS * count * (size_t)s->id_bytes ||
        (size_t)view[SPENT].len != 4 * s->asked) {
        PyErr_SetString(PyExc_ValueError, "search_tables: an argument is out of its range");
        return -1;
    }
    s->hashes = view[HASHES].buf;
    s->queries = view[QUERIES].buf;
    s->spent = view[SPENT].buf;
    s->found.most = (size_t)most;
    return 0;
}

PyObject *lapwing_search_tables(PyObject *self, PyObject *args)
{
    static const Py_ssize_t item[VIEWS] = {32, 4, 2, 1, 32, 4, 4};
    static const char *const what[VIEWS] = {"hashes", "offsets", "following", "ids",
                                            "queries", "allowances", "spent"};
    PyObject *from[VIEWS];
    Py_buffer view[VIEWS];
    searching s = {0};
    int first, last, got = 0;
    Py_ssize_t most;
    unsigned int budget;
    const char *name;
    path_kind path;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOOOiOOiiOIns", &from[HASHES], &from[OFFSETS], &from[FOLLOWING], &from[IDS],
                          &s.id_bytes, &from[QUERIES], &from[ALLOWANCES], &first, &last, &from[SPENT], &budget,
                          &most, &name))
        return NULL;
    if ((path = path_named(name)) == PATH_UNKNOWN)
        return NULL;
    while (got < VIEWS && !buffer_get(from[got], &view[got], item[got], got == SPENT, what[got]))
        got++;
    if (got == VIEWS && !fits(&s, view, first, last, most)) {
        s.budget = budget;
        s.sooner = budget / SOONER + SOONER_LEAST;
        s.fat = (uint32_t)(FAT * s.count / BUCKETS + FAT_LEAST);
        flips_prepare();
        Py_BEGIN_ALLOW_THREADS
        search(&s, view, first, last, path);
        Py_END_ALLOW_THREADS
    }
    while (got > 0)
        PyBuffer_Release(&view[--got]);
    return PyErr_Occurred() ? NULL : matches_finish(&s.found);
}
