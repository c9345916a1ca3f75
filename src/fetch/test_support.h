#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "fetch/client.h"

/// What the tests of this room share.
namespace vitrine::fetch {

/// Bytes in which no two stretches are alike.
inline std::string varied_content(std::size_t size) {
  std::string content(size, '\0');
  std::uint32_t state = 4711;
  for (char& c : content) {
    state = state * 1664525 + 1013904223;
    c = static_cast<char>(state >> 24);
  }
  return content;
}

inline std::string read_all(Response& response, std::size_t step = 64 * 1024) {
  std::string content;
  std::vector<std::byte> space(step);
  while (const std::size_t count = response.read(space)) content += text_of(Bytes(space).first(count));
  return content;
}

/// What a call threw.
struct Failure {
  ErrorCode code = ErrorCode::internal;
  std::string message;
};

inline Failure failure_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  ADD_FAILURE() << "no error";
  return {};
}

}  // namespace vitrine::fetch
