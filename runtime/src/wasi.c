/* The host functions that wasi-libc expects, defined here so that the module imports ic0 alone.
 *
 * A canister has no files, no environment and no processes: what asks for them gets an error number. Descriptors 1 and
 * 2 go to the canister log, the clock is ic0.time. Signatures: WASI preview 1, as in the system's <wasi/api.h>. */
#include "runtime.h"

typedef int32_t i32;
typedef int64_t i64;

/* WASI error numbers (preview 1, type `errno`). */
enum { SUCCESS = 0, BAD_DESCRIPTOR = 8, NO_ENTRY = 44, NO_SYSTEM_CALL = 52, INVALID_SEEK = 70 };
enum { CHARACTER_DEVICE = 2, LAST_STANDARD_DESCRIPTOR = 2 };

#define WASI(name) __imported_wasi_snapshot_preview1_##name
#define ANSWERS(error, name, ...) \
    i32 WASI(name)(__VA_ARGS__) { return error; }

typedef struct {
    const char *start;
    size_t size;
} Chunk;

typedef struct {
    uint8_t type;
    uint16_t flags;
    uint64_t rights;
    uint64_t inherited_rights;
} DescriptorStatus;

typedef struct {
    uint64_t device, inode;
    uint8_t type;
    uint64_t links, size, accessed, modified, changed;
} FileStatus;

i32 WASI(fd_write)(i32 descriptor, i32 chunks, i32 count, i32 written) {
    size_t total = 0;
    for (const Chunk *chunk = (const Chunk *)chunks; chunk < (const Chunk *)chunks + count; chunk++) {
        if (descriptor == 1 || descriptor == 2) log_write(chunk->start, chunk->size);
        total += chunk->size;
    }
    *(size_t *)written = total;
    return SUCCESS;
}

i32 WASI(fd_read)(i32 descriptor, i32 chunks, i32 count, i32 read) {
    *(size_t *)read = 0;
    return SUCCESS;
}

i32 WASI(fd_fdstat_get)(i32 descriptor, i32 status) {
    if (descriptor > LAST_STANDARD_DESCRIPTOR) return BAD_DESCRIPTOR;
    *(DescriptorStatus *)status = (DescriptorStatus){.type = CHARACTER_DEVICE};
    return SUCCESS;
}

i32 WASI(fd_filestat_get)(i32 descriptor, i32 status) {
    if (descriptor > LAST_STANDARD_DESCRIPTOR) return BAD_DESCRIPTOR;
    *(FileStatus *)status = (FileStatus){.type = CHARACTER_DEVICE};
    return SUCCESS;
}

i32 WASI(environ_sizes_get)(i32 count, i32 size) {
    *(size_t *)count = 0;
    *(size_t *)size = 0;
    return SUCCESS;
}

i32 WASI(clock_time_get)(i32 clock, i64 precision, i32 time) {
    *(uint64_t *)time = ic0_time();
    return SUCCESS;
}

i32 WASI(clock_res_get)(i32 clock, i32 resolution) {
    *(uint64_t *)resolution = 1;
    return SUCCESS;
}

/* Only the C type under `_random.Random` comes here, for generators that `random` seeds anew (python/_randomness.py). */
i32 WASI(random_get)(i32 destination, i32 size) {
    memset((void *)destination, 0, (size_t)size);
    return SUCCESS;
}

_Noreturn void WASI(proc_exit)(i32 code) { trap_with_text("SystemExit: the C library ended the process", 43); }

ANSWERS(SUCCESS, environ_get, i32, i32)
ANSWERS(SUCCESS, sched_yield, void)
ANSWERS(SUCCESS, fd_close, i32)
ANSWERS(INVALID_SEEK, fd_seek, i32, i64, i32, i32)
ANSWERS(INVALID_SEEK, fd_tell, i32, i32)
ANSWERS(BAD_DESCRIPTOR, fd_prestat_get, i32, i32)
ANSWERS(BAD_DESCRIPTOR, fd_prestat_dir_name, i32, i32, i32)
ANSWERS(NO_ENTRY, path_filestat_get, i32, i32, i32, i32, i32)
ANSWERS(NO_ENTRY, path_open, i32, i32, i32, i32, i32, i64, i64, i32, i32)
ANSWERS(NO_ENTRY, path_readlink, i32, i32, i32, i32, i32, i32)
ANSWERS(NO_SYSTEM_CALL, fd_advise, i32, i64, i64, i32)
ANSWERS(NO_SYSTEM_CALL, fd_allocate, i32, i64, i64)
ANSWERS(NO_SYSTEM_CALL, fd_datasync, i32)
ANSWERS(NO_SYSTEM_CALL, fd_fdstat_set_flags, i32, i32)
ANSWERS(NO_SYSTEM_CALL, fd_filestat_set_size, i32, i64)
ANSWERS(NO_SYSTEM_CALL, fd_filestat_set_times, i32, i64, i64, i32)
ANSWERS(NO_SYSTEM_CALL, fd_pread, i32, i32, i32, i64, i32)
ANSWERS(NO_SYSTEM_CALL, fd_pwrite, i32, i32, i32, i64, i32)
ANSWERS(NO_SYSTEM_CALL, fd_readdir, i32, i32, i32, i64, i32)
ANSWERS(NO_SYSTEM_CALL, fd_sync, i32)
ANSWERS(NO_SYSTEM_CALL, path_create_directory, i32, i32, i32)
ANSWERS(NO_SYSTEM_CALL, path_filestat_set_times, i32, i32, i32, i32, i64, i64, i32)
ANSWERS(NO_SYSTEM_CALL, path_link, i32, i32, i32, i32, i32, i32, i32)
ANSWERS(NO_SYSTEM_CALL, path_remove_directory, i32, i32, i32)
ANSWERS(NO_SYSTEM_CALL, path_rename, i32, i32, i32, i32, i32, i32)
ANSWERS(NO_SYSTEM_CALL, path_symlink, i32, i32, i32, i32, i32)
ANSWERS(NO_SYSTEM_CALL, path_unlink_file, i32, i32, i32)
ANSWERS(NO_SYSTEM_CALL, poll_oneoff, i32, i32, i32, i32)
