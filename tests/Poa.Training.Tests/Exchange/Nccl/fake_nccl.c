/* Stands in for libnccl.so.2 in tests: the functions that are used, with the declarations of nccl.h, between threads of one process and on the
   memory of the CPU. Calls do not block, as with blocking = 0; what they do goes on in a thread, and ncclCommGetAsyncError says when it is done. */
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef enum { Success = 0, InvalidArgument = 4, InvalidUsage = 5, InProgress = 7 } ncclResult_t;
typedef struct { char internal[128]; } ncclUniqueId;
typedef struct { size_t size; unsigned magic; unsigned version; int blocking; } ncclConfig_t;
typedef struct Message { struct Message *next; size_t count; float values[]; } Message;
typedef struct Operation { struct Operation *next; int receives, peer; float *buffer; size_t count; } Operation;
typedef struct ncclComm { char id[128]; int rank, ranks, aborted, failed, polls; Operation *todo, *last; int hasThread; pthread_t thread; int busy; } *ncclComm_t;

#define MAX_RANKS 8
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static struct Box { char id[128]; Message *first, *last; struct Box *next; int from, to; } *boxes;
static unsigned long ids;
static _Thread_local int depth;
static _Thread_local ncclComm_t group;

static struct Box *box(const char *id, int from, int to)
{
    struct Box *b;
    for (b = boxes; b; b = b->next)
        if (b->from == from && b->to == to && !memcmp(b->id, id, 128)) return b;
    b = calloc(1, sizeof *b);
    memcpy(b->id, id, 128);
    b->from = from; b->to = to; b->next = boxes;
    return boxes = b;
}

static void *run(void *argument)
{
    ncclComm_t c = argument;
    pthread_mutex_lock(&gate);
    /* Sends first: NCCL lets what is in one group go on independently. */
    for (int receives = 0; receives < 2; receives++)
        for (Operation *o = c->todo; o; o = o->next) {
            if (o->receives != receives) continue;
            struct Box *b = receives ? box(c->id, o->peer, c->rank) : box(c->id, c->rank, o->peer);
            if (!receives) {
                Message *m = malloc(sizeof *m + o->count * sizeof(float));
                m->next = 0; m->count = o->count;
                memcpy(m->values, o->buffer, o->count * sizeof(float));
                if (b->last && b->first) b->last->next = m; else b->first = m;
                b->last = m;
                pthread_cond_broadcast(&changed);
                continue;
            }
            while (!b->first && !c->aborted) pthread_cond_wait(&changed, &gate);
            if (c->aborted) break;
            Message *m = b->first;
            b->first = m->next;
            if (m->count != o->count) c->failed = 1; else memcpy(o->buffer, m->values, o->count * sizeof(float));
            free(m);
        }
    while (c->todo) { Operation *o = c->todo; c->todo = o->next; free(o); }
    c->last = 0;
    c->busy = 0;
    pthread_mutex_unlock(&gate);
    return 0;
}

static ncclResult_t add(int receives, void *buffer, size_t count, int type, int peer, ncclComm_t c, void *stream)
{
    if (type != 7 || stream || !count || peer < 0 || peer >= c->ranks || peer == c->rank) return InvalidArgument;
    if (depth != 1 || (group && group != c)) return InvalidUsage;
    group = c;
    Operation *o = calloc(1, sizeof *o);
    o->receives = receives; o->peer = peer; o->buffer = buffer; o->count = count;
    if (c->last) c->last->next = o; else c->todo = o;
    c->last = o;
    return Success;
}

ncclResult_t ncclGetVersion(int *version) { *version = 23005; return Success; }

ncclResult_t ncclGetUniqueId(ncclUniqueId *id)
{
    pthread_mutex_lock(&gate);
    ids++;
    for (int i = 0; i < 128; i++) id->internal[i] = (char)(i ^ ids);
    pthread_mutex_unlock(&gate);
    return Success;
}

ncclResult_t ncclCommInitRankConfig(ncclComm_t *comm, int ranks, ncclUniqueId id, int rank, ncclConfig_t *config)
{
    if (config->size != sizeof *config || config->magic != 0xcafebeef || config->version != 21400 || config->blocking || ranks > MAX_RANKS || rank < 0 || rank >= ranks)
        return InvalidArgument;
    for (int i = 1; i < 128; i++) if ((id.internal[i] ^ id.internal[0]) != i) return InvalidArgument;
    ncclComm_t c = calloc(1, sizeof *c);
    memcpy(c->id, id.internal, 128);
    c->rank = rank; c->ranks = ranks; c->polls = 3;
    *comm = c;
    return InProgress;
}

ncclResult_t ncclSend(const void *buffer, size_t count, int type, int peer, ncclComm_t c, void *stream) { return add(0, (void *)buffer, count, type, peer, c, stream); }

ncclResult_t ncclRecv(void *buffer, size_t count, int type, int peer, ncclComm_t c, void *stream) { return add(1, buffer, count, type, peer, c, stream); }

ncclResult_t ncclGroupStart(void) { depth++; return Success; }

ncclResult_t ncclGroupEnd(void)
{
    if (depth != 1) return InvalidUsage;
    depth = 0;
    ncclComm_t c = group;
    group = 0;
    if (!c) return Success;
    if (c->busy || c->polls) return InvalidUsage; /* the one before is not done */
    if (c->hasThread) pthread_join(c->thread, 0);
    c->busy = 1; c->hasThread = 1;
    pthread_create(&c->thread, 0, run, c);
    return InProgress;
}

ncclResult_t ncclCommGetAsyncError(ncclComm_t c, ncclResult_t *state)
{
    pthread_mutex_lock(&gate);
    *state = c->polls > 0 || c->busy ? InProgress : c->failed ? InvalidUsage : Success;
    if (c->polls > 0) c->polls--;
    pthread_mutex_unlock(&gate);
    return Success;
}

ncclResult_t ncclCommAbort(ncclComm_t c)
{
    pthread_mutex_lock(&gate);
    c->aborted = 1;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&gate);
    if (c->hasThread) pthread_join(c->thread, 0);
    free(c);
    return Success;
}

const char *ncclGetErrorString(ncclResult_t result) { return result == InvalidArgument ? "invalid argument" : result == InvalidUsage ? "invalid usage" : "no error"; }
