#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace vitrine::formats {

/// QEMU reads no more of a descriptor, bytes.
constexpr std::size_t largest_vmdk_descriptor = (std::size_t{1} << 20) - 1;

/// Whether the text, which may go on in anything behind a NUL, names a type as a VMDK's descriptor must.
bool is_vmdk_descriptor(std::string_view text);

/// What makes the descriptor dangerous to follow; nothing if it describes one sparse disk that lies in the
/// file itself and is based on no other. Whatever is not understood is dangerous. The reason repeats nothing
/// of the text.
std::optional<std::string> danger_of_vmdk_descriptor(std::string_view text);

}  // namespace vitrine::formats
