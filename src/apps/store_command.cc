#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/commands.h"
#include "apps/configuration.h"
#include "base/error.h"
#include "base/log.h"
#include "catalog/catalog.h"
#include "catalog/options.h"
#include "stores/probe.h"
#include "stores/store_config.h"

namespace vitrine::apps {
namespace {

namespace json = boost::json;
using stores::Store;
using stores::StoreTraits;

/// How long a store may take to say how much room it has.
constexpr std::chrono::seconds patience{10};

/// The stores as a configuration has them, without the service.
struct Stores {
  explicit Stores(const config::Search& search) : config(read_configuration(search)) {
    require_usable(*config);
    set = stores::build_stores(*config, metrics);
  }

  std::unique_ptr<config::Config> config;
  Metrics metrics;
  std::unique_ptr<stores::StoreSet> set;
};

Store& named_store(const Stores& stores, const std::string& id) {
  if (Store* store = stores.set->find(id)) return *store;
  std::vector<std::string_view> ids;
  for (const auto& store : stores.set->all()) ids.push_back(store->id());
  throw Error(ErrorCode::invalid,
              fmt::format("there is no store {}. The stores are {}.", id, fmt::join(ids, ", ")));
}

/// What a store says of itself.
struct Answer {
  std::string trouble;  ///< empty: it is up
  std::optional<stores::Space> space;
};

Answer ask(Store& store) {
  Answer answer;
  try {
    const stores::StoreCall call{.deadline = deadline_in(patience)};
    if (auto* capacity = store.driver().abilities().capacity) answer.space = capacity->space(call);
    answer.trouble = store.trouble();
  } catch (const Error& error) {
    answer.trouble = error.what();
  }
  return answer;
}

/// All that is to be said of a store.
struct Report {
  const StoreTraits* traits;
  bool is_default;
  Answer answer;
  catalog::Usage usage;
};

/// Asks the stores side by side. One that does not answer in time is reported as such, and its thread is left
/// to itself: `is_complete` is then false, and the stores must not be closed.
class Survey {
 public:
  explicit Survey(const Stores& stores, const std::vector<Store*>& asked) {
    catalog::Catalog catalog(catalog::settings_of(*stores.config), clock_);
    const auto usage = catalog.usage([&](const model::Location& location) {
      const Store* store = stores.set->holding(location);
      return store ? store->id() : std::string();
    });
    std::vector<std::future<Answer>> answers;
    for (Store* store : asked) answers.push_back(begin(*store));
    const Deadline deadline = deadline_in(patience);
    for (std::size_t i = 0; i < asked.size(); ++i) {
      const auto used = usage.find(asked[i]->id());
      reports_.push_back({.traits = &asked[i]->traits(),
                          .is_default = asked[i] == &stores.set->default_store(),
                          .answer = wait(answers[i], deadline),
                          .usage = used == usage.end() ? catalog::Usage{} : used->second});
    }
  }

  const std::vector<Report>& reports() const { return reports_; }
  bool is_complete() const { return is_complete_; }

 private:
  static std::future<Answer> begin(Store& store) {
    auto task = std::make_shared<std::packaged_task<Answer()>>([&store] { return ask(store); });
    std::future<Answer> answer = task->get_future();
    store.pool().post([task] { (*task)(); });
    return answer;
  }

  Answer wait(std::future<Answer>& answer, Deadline deadline) {
    if (answer.wait_until(deadline) == std::future_status::ready) return answer.get();
    is_complete_ = false;
    return {fmt::format("it gave no answer within {} s", patience.count()), {}};
  }

  SystemClock clock_;
  std::vector<Report> reports_;
  bool is_complete_ = true;
};

/// Ends the program when a store's thread hangs, which closing the store would wait for.
int finish(const Survey& survey, int status) {
  if (survey.is_complete()) return status;
  log::flush();
  std::fflush(stdout);
  std::_Exit(status);
}

int status_of(const std::vector<Report>& reports) {
  for (const Report& report : reports) {
    if (!report.answer.trouble.empty()) return 1;
  }
  return 0;
}

/// 1.5 GiB
std::string readable(std::uint64_t bytes) {
  constexpr const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  auto amount = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; amount >= 1024; ++unit) amount /= 1024;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", amount, units[unit]);
}

json::object document_of(const Report& report) {
  const StoreTraits& traits = *report.traits;
  json::object document{{"id", traits.id},
                        {"type", traits.type},
                        {"description", traits.description},
                        {"default", report.is_default},
                        {"read_only", !traits.keeps_data},
                        {"weight", traits.weight},
                        {"properties", traits.properties},
                        {"up", report.answer.trouble.empty()},
                        {"trouble", report.answer.trouble},
                        {"images", report.usage.images},
                        {"bytes", report.usage.bytes},
                        {"capacity", nullptr},
                        {"free", nullptr}};
  if (report.answer.space) {
    document["capacity"] = report.answer.space->total;
    document["free"] = report.answer.space->free;
  }
  return document;
}

void print_table(const std::vector<Report>& reports) {
  constexpr auto row = "{:<20} {:<7} {:<6} {:>12} {:>12} {:>9} {:>12}  {}\n";
  fmt::print(fmt::runtime(row), "STORE", "TYPE", "STATE", "CAPACITY", "FREE", "IMAGES", "STORED", "");
  for (const Report& report : reports) {
    const auto& [trouble, space] = report.answer;
    std::string remark = report.is_default ? "default" : report.traits->keeps_data ? "" : "read-only";
    if (!trouble.empty()) remark += (remark.empty() ? "" : "; ") + trouble;
    fmt::print(fmt::runtime(row), report.traits->id, report.traits->type, trouble.empty() ? "up" : "down",
               space ? readable(space->total) : "-", space ? readable(space->free) : "-", report.usage.images,
               readable(report.usage.bytes), remark);
  }
}

void print_lines(const Report& report) {
  for (const auto& member : document_of(report)) {
    const auto* text = member.value().if_string();
    fmt::print("{:<12} {}\n", std::string_view(member.key()),
               text ? std::string(*text) : json::serialize(member.value()));
  }
}

}  // namespace

int run_store_list(const config::Search& search, bool as_json) {
  const Stores stores(search);
  std::vector<Store*> asked;
  for (const auto& store : stores.set->all()) asked.push_back(store.get());
  const Survey survey(stores, asked);
  if (as_json) {
    json::array documents;
    for (const Report& report : survey.reports()) documents.push_back(document_of(report));
    fmt::print("{}\n", json::serialize(documents));
  } else {
    print_table(survey.reports());
  }
  return finish(survey, status_of(survey.reports()));
}

int run_store_show(const config::Search& search, const std::string& id, bool as_json) {
  const Stores stores(search);
  const Survey survey(stores, {&named_store(stores, id)});
  const Report& report = survey.reports().front();
  if (as_json) {
    fmt::print("{}\n", json::serialize(document_of(report)));
  } else {
    print_lines(report);
  }
  return finish(survey, status_of(survey.reports()));
}

int run_store_check(const config::Search& search, const std::string& id) {
  const Stores stores(search);
  Store& store = named_store(stores, id);
  if (!store.traits().keeps_data) {
    fmt::print("Store {} is read-only: there is nothing to write.\n", id);
    return 0;
  }
  try {
    stores::probe(store, {}, [](std::string_view step) { fmt::print("{:<12} ok\n", step); });
  } catch (const Error& error) {
    fmt::print("Store {} does not work: {}\n", id, error.what());
    if (const std::string trouble = store.trouble(); !trouble.empty()) fmt::print("{}\n", trouble);
    return 1;
  }
  fmt::print("Store {} works.\n", id);
  return 0;
}

}  // namespace vitrine::apps
