#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>

#include "base/error.h"
#include "base/log.h"
#include "formats/inspection.h"
#include "imports/job.h"
#include "imports/plugins/all.h"
#include "imports/sandboxed_process.h"

namespace vitrine::imports {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

Error refusal(const std::string& why) {
  return {ErrorCode::invalid, why};
}

/// Brings images into one format. QEMU only ever gets to see what our own inspection has found safe.
class ImageConversion : public ImportPlugin {
 public:
  ImageConversion(const PluginSettings& settings, fs::path qemu_img)
      : target_(settings.output_format),
        vmdk_types_(settings.vmdk_types),
        tolerated_(settings.tolerated_gpt_failures),
        qemu_img_(std::move(qemu_img)) {}

  std::string_view name() const override { return "image_conversion"; }
  bool needs_file() const override { return true; }

  void run(ImportJob& job, StagedFile& file) const override {
    const std::string declared = job.image().disk_format.value_or("");
    const std::string found = safe_format(file.path, job.call().stop);
    if (found == "iso" && declared == "iso") return;
    if (found == "iso")
      throw refusal(fmt::format("The image is an ISO image, not {}; those are not converted.", declared));
    if (found != declared)
      throw refusal(fmt::format("The image is {}, but its disk_format is {}.", found, declared));
    require_harmless(look(file.path, qemu_name(found), job.call().stop));
    if (found == target_) return;
    const fs::path converted = file.path.string() + "." + target_;
    convert(file.path, qemu_name(found), converted, job);
    if (safe_format(converted, job.call().stop) != target_) {
      throw Error(ErrorCode::internal, fmt::format("The conversion to {} made something else.", target_));
    }
    fs::remove(file.path);
    file.path = converted;
    job.amend([target = target_](model::Image& image) {
      image.disk_format = target;
      image.container_format = "bare";
    });
  }

 private:
  static std::string qemu_name(const std::string& format) { return format == "vhd" ? "vpc" : format; }

  /// The format that the file is in. Throws if it is of several, cannot be judged, or is unsafe.
  std::string safe_format(const fs::path& path, const std::stop_token& stop) const {
    formats::Inspection inspection;
    std::ifstream file(path, std::ios::binary);
    std::vector<char> block(256 * 1024);
    while (!inspection.is_judged() && file) {
      if (stop.stop_requested()) throw Error(ErrorCode::cancelled, "The import was cancelled.");
      file.read(block.data(), static_cast<std::streamsize>(block.size()));
      inspection.see(bytes_of({block.data(), static_cast<std::size_t>(file.gcount())}));
    }
    if (file.bad()) throw refusal("The image's staged data cannot be read.");
    inspection.finish();
    const std::vector<formats::Finding> findings = inspection.findings();
    if (findings.size() != 1 || findings.front().fault) throw refusal("Image format detection failed");
    require_safe(findings.front());
    return std::string(findings.front().format == "gpt" ? formats::raw : findings.front().format);
  }

  void require_safe(const formats::Finding& finding) const {
    for (const formats::Failure& failure : finding.failures) {
      log::warning("Data to convert is {} and fails the safety check {}: {}.", finding.format, failure.check,
                   failure.reason);
      const bool is_tolerated = finding.format == "gpt" && std::ranges::count(tolerated_, failure.check) > 0;
      if (!is_tolerated) throw refusal("Image has disallowed configuration");
    }
  }

  json::object look(const fs::path& path, const std::string& format, const std::stop_token& stop) const {
    const ProcessLimits limits{.cpu = std::chrono::seconds{2}, .address_space = std::uint64_t{1} << 30};
    const ProcessOutcome outcome = run_sandboxed(
        qemu_img_, {"info", "-f", format, "--output=json", fs::absolute(path).string()}, limits, stop);
    require_silence(outcome);
    boost::system::error_code failure;
    const json::value answer = json::parse(outcome.output, failure);
    const json::object* info = answer.if_object();
    const json::value* said = info == nullptr ? nullptr : info->if_contains("format");
    if (failure || said == nullptr || *said != json::value(format)) {
      throw refusal("Image metadata disagrees about format");
    }
    return *info;
  }

  static void require_silence(const ProcessOutcome& outcome) {
    if (outcome.exit_status == 0 && outcome.complaint.empty()) return;
    log::warning("qemu-img ended with status {}: {}", outcome.exit_status, outcome.complaint);
    throw refusal("qemu-img could not read or convert the image; the log tells why.");
  }

  void require_harmless(const json::object& info) const {
    if (info.contains("backing-filename")) throw refusal("Images with backing files are not allowed");
    const json::value* specific = info.if_contains("format-specific");
    const json::value* data =
        specific && specific->is_object() ? specific->as_object().if_contains("data") : nullptr;
    const json::object none;
    const json::object& details = data && data->is_object() ? data->as_object() : none;
    if (details.contains("data-file")) throw refusal("Images with data-file set are not allowed");
    if (info.at("format") != json::value("vmdk")) return;
    const json::value* type = details.if_contains("create-type");
    if (type == nullptr || !type->is_string()) throw refusal("Unable to determine VMDK create-type");
    if (std::ranges::count(vmdk_types_, std::string_view(type->as_string())) == 0) {
      throw refusal("Invalid VMDK create-type specified");
    }
  }

  void convert(const fs::path& from, const std::string& format, const fs::path& to,
               const ImportJob& job) const {
    const ProcessLimits limits{.cpu = std::chrono::hours{12}, .file_size = job.means().limits.image_size};
    require_silence(run_sandboxed(
        qemu_img_,
        {"convert", "-f", format, "-O", target_, fs::absolute(from).string(), fs::absolute(to).string()},
        limits, job.call().stop));
  }

  const std::string target_;
  const std::vector<std::string> vmdk_types_;
  const std::vector<std::string> tolerated_;
  const fs::path qemu_img_;
};

}  // namespace

std::shared_ptr<const ImportPlugin> convert_image(const PluginSettings& settings) {
  const auto qemu_img = find_program("qemu-img");
  if (!qemu_img) {
    throw Error(ErrorCode::configuration,
                "[image_import_opts] image_import_plugins with image_conversion, and [taskflow_executor] "
                "conversion_format, need the program qemu-img. Install qemu-utils, or take them out.");
  }
  return std::make_shared<ImageConversion>(settings, *qemu_img);
}

}  // namespace vitrine::imports
