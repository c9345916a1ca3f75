#pragma once

#include <cstddef>
#include <cstdint>

#include "base/option.h"

namespace vitrine::threads {

inline constexpr Option<std::int64_t> request_threads{
    .name = "request_threads",
    .group = "vitrine",
    .fallback = 8,
    .help =
        "Threads for requests that need only the catalog, Keystone and policy. Each one uses at most one "
        "database "
        "connection at a time. Threads start when first needed.",
    .min = 1,
    .max = 1024};

inline constexpr Option<std::int64_t> transfer_threads{
    .name = "transfer_threads",
    .group = "vitrine",
    .fallback = 16,
    .help =
        "Threads for requests that carry image data or touch a store. A transfer holds one only while a "
        "chunk of it "
        "is handed over, so many more transfers than threads can be under way.",
    .min = 1,
    .max = 1024};

inline constexpr Option<std::int64_t> digest_threads{
    .name = "digest_threads",
    .group = "vitrine",
    .fallback = 0,
    .help =
        "Threads that compute checksums and inspect image data. 0: as many as the machine has processors.",
    .min = 0,
    .max = 1024};

inline constexpr Option<std::int64_t> buffer_size{
    .name = "buffer_size",
    .group = "vitrine",
    .fallback = std::int64_t{512} * 1024,
    .help = "Bytes of image data that are read, hashed and stored at a time.",
    .min = 4096,
    .max = std::int64_t{64} * 1024 * 1024};

inline constexpr Option<std::int64_t> buffer_memory{
    .name = "buffer_memory",
    .group = "vitrine",
    .fallback = std::int64_t{64} * 1024 * 1024,
    .help =
        "Most bytes of image data in memory, over all transfers. Transfers beyond it wait for their turn.",
    .min = std::int64_t{1024} * 1024};

inline constexpr Option<std::int64_t> download_buffer_size{
    .name = "download_buffer_size",
    .group = "vitrine",
    .fallback = std::int64_t{64} * 1024,
    .help =
        "Bytes that are read at a time for a download from a store that has no files to send from. A slow "
        "client holds that much memory, or buffer_size as long as a quarter of download_buffer_memory lasts "
        "for it.",
    .min = 4096,
    .max = std::int64_t{64} * 1024 * 1024};

inline constexpr Option<std::int64_t> download_buffer_memory{
    .name = "download_buffer_memory",
    .group = "vitrine",
    .fallback = std::int64_t{128} * 1024 * 1024,
    .help =
        "Most bytes of such downloads in memory, apart from buffer_memory. Downloads beyond it wait for "
        "their "
        "turn.",
    .min = std::int64_t{1024} * 1024};

/// Every option of this room.
OptionList options();

/// The number of threads that digest_threads means on this machine.
std::size_t digest_thread_count(std::int64_t digest_threads_value);

/// How many buffers of `size` bytes make up `memory`: enough for one transfer at least.
std::size_t buffer_count(std::int64_t memory, std::int64_t size);

}  // namespace vitrine::threads
