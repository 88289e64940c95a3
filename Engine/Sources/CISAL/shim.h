#include <isa-l/igzip_lib.h>
#include <stdlib.h>
#include <string.h>

// ISA-L's igzip behind four functions: its stream has members that Swift need not know.
//
// At level 0, with Huffman codes made for the text. Level 1 of ISA-L 2.30 packs the same bytes differently from call to
// call: its AVX2 code hashes the address of the stream in place of the second position of a block.

typedef struct {
    struct isal_zstream stream;
    struct isal_huff_histogram histogram;
    struct isal_hufftables codes;
} igzip_deflater;

static inline void *_Nonnull igzip_allocate(void) {
    void *deflater = calloc(1, sizeof(igzip_deflater));
    if (!deflater) abort();
    return deflater;
}

static inline void igzip_free(void *_Nonnull deflater) { free(deflater); }

/// Makes the codes for what is like `count` bytes, which are at least one.
static inline void igzip_learn(void *_Nonnull deflater, const uint8_t *_Nonnull bytes, uint32_t count) {
    igzip_deflater *self = deflater;
    memset(&self->histogram, 0, sizeof(self->histogram));
    isal_update_histogram((uint8_t *)bytes, (int)count, &self->histogram);
    if (isal_create_hufftables(&self->codes, &self->histogram) != 0) abort();
}

/// Deflates `count` bytes at once, with the codes made before. Returns how many bytes that took, or 0 if there was no
/// room for them.
static inline size_t igzip_deflate(
    void *_Nonnull deflater, const uint8_t *_Nonnull bytes, uint32_t count, uint8_t *_Nonnull room, uint32_t size) {
    igzip_deflater *self = deflater;
    isal_deflate_stateless_init(&self->stream);
    self->stream.hufftables = &self->codes;
    self->stream.gzip_flag = IGZIP_DEFLATE;
    self->stream.end_of_stream = 1;
    self->stream.next_in = (uint8_t *)bytes;
    self->stream.avail_in = count;
    self->stream.next_out = room;
    self->stream.avail_out = size;
    return isal_deflate_stateless(&self->stream) == COMP_OK ? self->stream.total_out : 0;
}
