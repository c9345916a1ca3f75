#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace vitrine::imports {

/// Called with the number of bytes that came out so far; throws Error to end it.
using ExpansionGuard = std::function<void(std::uint64_t)>;

/// Expands a file in one of the formats gzip, zip or lha, recognised by its first bytes, into `target`, which
/// is created. False: the file is none of these. Throws Error{invalid} if it is broken, or an archive of
/// anything but one file. After an exception `target` may be there, incomplete.
bool expand(const std::filesystem::path& source, const std::filesystem::path& target,
            const ExpansionGuard& guard);

}  // namespace vitrine::imports
