#include <isa-l/igzip_lib.h>
#include <stdlib.h>
#include <string.h>

// ISA-L's igzip behind three functions: its stream has members, and its memory sizes, that Swift need not know.

typedef struct {
    struct isal_zstream stream;
    uint8_t memory[ISAL_DEF_LVL1_MEDIUM];
} igzip_deflater;

static inline void *_Nonnull igzip_allocate(void) {
    void *deflater = calloc(1, sizeof(igzip_deflater));
    if (!deflater) abort();
    return deflater;
}

static inline void igzip_free(void *_Nonnull deflater) { free(deflater); }

/// Deflates `count` bytes at once, at level 1. Returns how many bytes that took, or 0 if there was no room for them.
static inline size_t igzip_deflate(
    void *_Nonnull deflater, const uint8_t *_Nonnull bytes, uint32_t count, uint8_t *_Nonnull room, uint32_t size) {
    igzip_deflater *self = deflater;
    isal_deflate_stateless_init(&self->stream);
    // Else matches that are found depend on what was deflated before, and the result on which thread does it.
    memset(self->memory, 0, sizeof(self->memory));
    self->stream.level = 1;
    self->stream.level_buf = self->memory;
    self->stream.level_buf_size = sizeof(self->memory);
    self->stream.gzip_flag = IGZIP_DEFLATE;
    self->stream.end_of_stream = 1;
    self->stream.next_in = (uint8_t *)bytes;
    self->stream.avail_in = count;
    self->stream.next_out = room;
    self->stream.avail_out = size;
    return isal_deflate_stateless(&self->stream) == COMP_OK ? self->stream.total_out : 0;
}
