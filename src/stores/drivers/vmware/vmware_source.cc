#include "stores/drivers/vmware/vmware_source.h"

#include "base/error.h"
#include "stores/drivers/http_statuses.h"
#include "stores/drivers/vmware/vsphere_errors.h"

namespace vitrine::stores {
namespace {

constexpr std::string_view sending = "send the data";

}  // namespace

std::unique_ptr<fetch::Response> VmwareSource::ask(const DataQuestion& question) {
  auto response = session_.ask(call_, fetch::Method::get, request_target(location_), question.range);
  const unsigned status = response->status();
  if (status == http_status::range_not_satisfiable) return response;
  if (status >= 300) throw error_of(status, {session_.name(), sending});
  if (version_ && version_->is_known() && version_->is_contradicted_by(*response)) {
    throw Error(ErrorCode::unavailable, "The data was replaced while it was read");
  }
  if (!version_) version_.emplace(*response);
  return response;
}

std::optional<std::uint64_t> VmwareSource::size() {
  const auto response = session_.ask(call_, fetch::Method::head, request_target(location_));
  if (response->status() >= 300) throw error_of(response->status(), {session_.name(), sending});
  return response->content_length();
}

}  // namespace vitrine::stores
