#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "stores/drivers/cinder/cinder_settings.h"
#include "stores/drivers/cinder/volume_connectors.h"
#include "tests/support/fake_keystone.h"
#include "tests/support/planned_faults.h"

namespace vitrine::tests {

/// As much of Cinder as a store uses, with volumes in memory and connections of a type of its own, `memory`.
/// It does everything at once. May be used from all threads.
class FakeCinder : public PlannedFaults {
 public:
  /// Bytes that it counts as one, so that volumes are soon full.
  static constexpr std::uint64_t gibibyte = std::uint64_t{8} << 20;

  FakeCinder();

  /// Those of a store that does not wait long.
  stores::CinderSettings settings() const;
  stores::MakeConnector connectors();

  /// The state that volumes get by "create", "extend" (while they are not attached), "extend attached" or
  /// "delete".
  void end_in(const std::string& action, const std::string& state);
  /// No volume is larger than so many GiB.
  void limit_size(std::uint64_t gibibytes);
  /// Reads and writes of data throw it.
  void fail_data(std::optional<Error> error);
  /// Whether a device sees that its volume has grown.
  void let_devices_grow(bool do_grow);

  /// "NAME STATUS ATTACHMENTS" of each volume.
  std::vector<std::string> everything() const;
  std::string status_of(const std::string& volume_id) const;
  void set_status(const std::string& volume_id, const std::string& status);
  /// Of the first volume of that name.
  std::string id_of(const std::string& name) const;
  void add_attachment(const std::string& volume_id, const std::string& device);
  /// Returns its id.
  std::string add_volume(const std::string& name, std::map<std::string, std::string> metadata = {},
                         const std::string& type = "fast");
  std::vector<SeenRequest> requests() const { return origin_.requests(); }
  FakeKeystone& keystone() { return keystone_; }
  /// The API's URL, with the project's name in the place of its id.
  std::string url_template() const { return origin_.url("/v3/%(project_id)s"); }
  /// A token that Keystone knows, of a project whose volumes these are.
  void let_in(const std::string& token);
  /// Tokens that there are by now are not accepted any more.
  void refuse_tokens();

 private:
  class Connector;
  class Device;
  class Transfer;

  struct Attachment {
    std::string volume_id;
    std::string device;
    bool is_complete = false;
  };
  struct Volume {
    std::string name;
    std::string status;
    std::string type;
    std::uint64_t gibibytes = 1;
    std::map<std::string, std::string> metadata;
    bool is_read_only = false;
    std::string data;  ///< up to the last byte written
  };

  Page answer(const SeenRequest& request);
  Page carry_out(const SeenRequest& request);
  Page volumes(const SeenRequest& request, const std::string& path, const std::string& query);
  Page attachments(const SeenRequest& request, const std::string& path, const std::string& query);
  Page create_volume(const boost::json::object& wanted);
  Page act(const std::string& id, Volume& volume, const boost::json::object& action);
  Page attach(const boost::json::object& wanted);
  boost::json::object shown(const std::string& id, const Volume& volume) const;
  boost::json::object shown_attachment(const std::string& id) const;
  bool is_attached(const std::string& volume_id) const;

  std::map<std::string, Volume> volumes_;
  std::map<std::string, Attachment> attachments_;
  std::map<std::string, std::string> ends_;
  std::uint64_t limit_ = 1000;
  bool do_devices_grow_ = true;
  std::optional<Error> data_error_;
  std::set<std::string> callers_;  ///< their tokens
  std::string refused_token_;
  SystemClock clock_;
  FakeKeystone keystone_{clock_};
  OriginServer origin_;  // last, so that its threads end before what they use
};

}  // namespace vitrine::tests
