#include <fmt/format.h>

#include <filesystem>

#include "base/error.h"
#include "base/log.h"
#include "imports/job.h"
#include "imports/plugins/all.h"
#include "imports/plugins/decompression.h"

namespace vitrine::imports {
namespace {

/// Takes the compression off the data. An image that says it is in a `compressed` container stays so.
class ImageDecompression : public ImportPlugin {
 public:
  explicit ImageDecompression(const PluginSettings& settings) : limit_(settings.decompressed_size) {}

  std::string_view name() const override { return "image_decompression"; }
  bool needs_file() const override { return true; }

  void run(ImportJob& job, StagedFile& file) const override {
    if (job.image().container_format == "compressed") return;
    const std::filesystem::path expanded = file.path.string() + ".uc";
    const auto guard = [&](std::uint64_t size) {
      if (job.call().stop.stop_requested()) throw Error(ErrorCode::cancelled, "The import was cancelled.");
      if (size <= limit_) return job.require_room_for(size);
      throw Error(ErrorCode::limit_exceeded,
                  fmt::format("The image's data is compressed and becomes larger than {} bytes.", limit_));
    };
    if (!expand(file.path, expanded, guard)) return;
    std::error_code failure;
    std::filesystem::rename(expanded, file.path, failure);
    if (failure) throw system_error(failure.value(), "rename " + expanded.string());
  }

 private:
  const std::uint64_t limit_;
};

}  // namespace

std::shared_ptr<const ImportPlugin> decompress_image(const PluginSettings& settings) {
  return std::make_shared<ImageDecompression>(settings);
}

}  // namespace vitrine::imports
