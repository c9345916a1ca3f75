#include "transfer/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cassert>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/log.h"

namespace vitrine::transfer {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr const char* lock_name = ".lock";
constexpr std::string_view unfinished_ending = ".new";

bool is_file_name(std::string_view text) {
  return !text.empty() && text.front() != '.' && text.find('/') == text.npos &&
         !text.ends_with(unfinished_ending);
}

std::string text_of(const JournalEntry& entry) {
  return json::serialize(json::object{{"transfer_id", entry.transfer_id},
                                      {"image_id", entry.image_id},
                                      {"store_id", entry.store_id},
                                      {"blob_name", entry.blob_name},
                                      {"location_row", entry.location_row}});
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Nothing if the file is not an entry, or not the one that its name says.
std::optional<JournalEntry> read_entry(const fs::path& path) {
  try {
    const json::value document = json::parse(read_file(path));
    const auto field = [&](const char* name) { return std::string(document.at(name).as_string()); };
    JournalEntry entry{field("transfer_id"), field("image_id"), field("store_id"), field("blob_name")};
    if (const json::value* row = document.as_object().if_contains("location_row")) {
      entry.location_row = row->as_int64();
    }
    if (entry.transfer_id != path.filename()) return {};
    return entry;
  } catch (const std::exception&) {
    return {};
  }
}

Error unusable(const fs::path& directory, const std::string& reason) {
  return {ErrorCode::configuration,
          "The journal directory " + directory.string() + " cannot be used: " + reason +
              ". Make it writable for this service, or set [vitrine] state_dir to another one."};
}

UniqueFd lock(const fs::path& directory) {
  UniqueFd file(::open((directory / lock_name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) throw unusable(directory, std::generic_category().message(errno));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return file;
  if (errno != EWOULDBLOCK) throw unusable(directory, std::generic_category().message(errno));
  throw Error(ErrorCode::configuration,
              "The journal directory " + directory.string() +
                  " is in use by another process. Give each service a [vitrine] state_dir "
                  "of its own.");
}

void write_durably(int file, std::string_view text, const std::string& what) {
  while (!text.empty()) {
    const ssize_t count = ::write(file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw system_error(errno, what);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(file) != 0) throw system_error(errno, what);
}

}  // namespace

struct Journal::State {
  fs::path path;
  UniqueFd directory;
  UniqueFd lock_file;
  std::mutex mutex;
  std::set<std::string, std::less<>> abandoned;

  void create(const JournalEntry& entry, const std::string& unfinished) const;
};

Journal::Journal(const fs::path& directory) : state_(std::make_unique<State>()) {
  std::error_code failure;
  fs::create_directories(directory, failure);
  if (failure) throw unusable(directory, failure.message());
  state_->path = directory;
  state_->directory.reset(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!state_->directory) throw unusable(directory, std::generic_category().message(errno));
  state_->lock_file = lock(directory);

  for (const auto& file : fs::directory_iterator(directory)) {
    if (file.path().extension() == unfinished_ending) fs::remove(file.path(), failure);
  }
}

Journal::~Journal() = default;

/// The entry appears under its name whole or not at all.
void Journal::State::create(const JournalEntry& entry, const std::string& unfinished) const {
  const std::string what = "write the journal entry " + (path / entry.transfer_id).string();
  const UniqueFd file(
      ::openat(directory.get(), unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file) throw system_error(errno, what);
  write_durably(file.get(), text_of(entry), what);
  if (::renameat(directory.get(), unfinished.c_str(), directory.get(), entry.transfer_id.c_str()) != 0) {
    throw system_error(errno, what);
  }
  if (::fsync(directory.get()) != 0) throw system_error(errno, what);
}

void Journal::add(const JournalEntry& entry) {
  assert(is_file_name(entry.transfer_id));
  const std::string unfinished = entry.transfer_id + std::string(unfinished_ending);
  try {
    state_->create(entry, unfinished);
  } catch (...) {
    ::unlinkat(state_->directory.get(), unfinished.c_str(), 0);
    ::unlinkat(state_->directory.get(), entry.transfer_id.c_str(), 0);
    throw;
  }
}

/// Not synced: an entry that a power failure brings back is harmless, since a restart asks the catalog first.
void Journal::clear(std::string_view transfer_id) noexcept {
  assert(is_file_name(transfer_id));
  const std::string name(transfer_id);
  {
    const std::lock_guard lock(state_->mutex);
    state_->abandoned.erase(name);
  }
  if (::unlinkat(state_->directory.get(), name.c_str(), 0) == 0 || errno == ENOENT) return;
  log::warning("The journal entry {} cannot be removed: {}", (state_->path / name).string(),
               std::generic_category().message(errno));
}

void Journal::abandon(std::string_view transfer_id) {
  const std::lock_guard lock(state_->mutex);
  state_->abandoned.emplace(transfer_id);
}

std::vector<JournalEntry> Journal::abandoned() const {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->abandoned.empty()) return {};  // most often, and without a look at the disk
  }
  std::vector<JournalEntry> left = entries();
  const std::lock_guard lock(state_->mutex);
  std::erase_if(left,
                [&](const JournalEntry& entry) { return !state_->abandoned.contains(entry.transfer_id); });
  return left;
}

std::vector<JournalEntry> Journal::entries() const {
  std::vector<JournalEntry> result;
  for (const auto& file : fs::directory_iterator(state_->path)) {
    if (!is_file_name(file.path().filename().string())) continue;
    if (auto entry = read_entry(file.path())) {
      result.push_back(*std::move(entry));
    } else {
      log::warning("The journal entry {} cannot be read; remove it once you know what it stood for.",
                   file.path().string());
    }
  }
  return result;
}

}  // namespace vitrine::transfer
