#include "imports/plugins/decompression.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"
#include "base/fd.h"

namespace vitrine::imports {
namespace {

namespace fs = std::filesystem;
using namespace std::string_view_literals;

constexpr std::size_t block_size = 256 * 1024;

Error broken() {
  return {ErrorCode::invalid, "The image's compressed data is broken. Compress it anew, and send it again."};
}

/// The expanded file while it is written.
class Output {
 public:
  Output(const fs::path& path, const ExpansionGuard& guard)
      : path_(path.string()),
        guard_(guard),
        file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600)) {
    if (!file_) throw system_error(errno, "create " + path_);
  }

  /// So many bytes are said to come: too many are refused before any of them.
  void announce(std::uint64_t size) { guard_(size); }

  void write(Bytes bytes) {
    written_ += bytes.size();
    guard_(written_);
    while (!bytes.empty()) {
      const ssize_t count = ::write(file_.get(), bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw system_error(errno, "write " + path_);
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
  }

 private:
  const std::string path_;
  const ExpansionGuard& guard_;
  UniqueFd file_;
  std::uint64_t written_ = 0;
};

void expand_gzip(const fs::path& source, Output& output) {
  const auto close = [](gzFile file) { gzclose_r(file); };
  std::unique_ptr<gzFile_s, decltype(close)> file(gzopen(source.c_str(), "rbe"), close);
  if (!file) throw system_error(errno, "open " + source.string());
  std::vector<std::byte> block(block_size);
  for (;;) {
    const int count = gzread(file.get(), block.data(), static_cast<unsigned>(block.size()));
    if (count < 0) throw broken();
    if (count == 0) break;
    output.write(std::span(block).first(static_cast<std::size_t>(count)));
  }
  // An end in the middle of the data is only told now.
  if (gzclose_r(file.release()) != Z_OK) throw broken();
}

void expand_archive(const fs::path& source, Output& output, int (*support)(archive*)) {
  const std::unique_ptr<archive, decltype(&archive_read_free)> reader(archive_read_new(), archive_read_free);
  const auto require = [](int result) {
    if (result != ARCHIVE_OK) throw broken();
  };
  require(support(reader.get()));
  require(archive_read_open_filename(reader.get(), source.c_str(), block_size));
  archive_entry* entry = nullptr;
  require(archive_read_next_header(reader.get(), &entry));
  const Error not_one(ErrorCode::invalid, "The image's archive must hold one file and nothing else.");
  if (archive_entry_filetype(entry) != AE_IFREG) throw not_one;
  if (archive_entry_size_is_set(entry))
    output.announce(static_cast<std::uint64_t>(archive_entry_size(entry)));
  std::vector<std::byte> block(block_size);
  for (;;) {
    const la_ssize_t count = archive_read_data(reader.get(), block.data(), block.size());
    if (count < 0) throw broken();
    if (count == 0) break;
    output.write(std::span(block).first(static_cast<std::size_t>(count)));
  }
  if (archive_read_next_header(reader.get(), &entry) != ARCHIVE_EOF) throw not_one;
}

enum class Compression { none, gzip, zip, lha };

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  Compression compression;
};

constexpr Magic magics[] = {
    {0, "PK\x03\x04"sv, Compression::zip},
    {2, "-lh"sv, Compression::lha},
    {0, "\x1f\x8b\x08"sv, Compression::gzip},
};

Compression compression_of(const fs::path& path) {
  std::array<char, 5> head{};
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), head.size());
  const std::string_view text(head.data(), static_cast<std::size_t>(file.gcount()));
  for (const Magic& magic : magics) {
    if (magic.offset < text.size() && text.substr(magic.offset).starts_with(magic.bytes))
      return magic.compression;
  }
  return Compression::none;
}

}  // namespace

bool expand(const fs::path& source, const fs::path& target, const ExpansionGuard& guard) {
  const Compression compression = compression_of(source);
  if (compression == Compression::none) return false;
  Output output(target, guard);
  switch (compression) {
    case Compression::gzip:
      expand_gzip(source, output);
      break;
    case Compression::zip:
      expand_archive(source, output, archive_read_support_format_zip);
      break;
    case Compression::lha:
      expand_archive(source, output, archive_read_support_format_lha);
      break;
    case Compression::none:
      break;
  }
  return true;
}

}  // namespace vitrine::imports
