#include "stores/drivers/vmware/vsphere_documents.h"

#include <fmt/format.h>

#include <pugixml.hpp>
#include <sstream>

#include "base/text.h"

namespace vitrine::stores {
namespace {

// Writing.

constexpr const char* names_of_soap = "http://schemas.xmlsoap.org/soap/envelope/";
constexpr const char* names_of_vim = "urn:vim25";
constexpr const char* names_of_instances = "http://www.w3.org/2001/XMLSchema-instance";

/// A call of a method of an object, in its envelope.
class Call {
 public:
  Call(const char* method, const VsphereObject& object) {
    pugi::xml_node envelope = document_.append_child("e:Envelope");
    envelope.append_attribute("xmlns:e") = names_of_soap;
    envelope.append_attribute("xmlns:xsi") = names_of_instances;
    method_ = envelope.append_child("e:Body").append_child(method);
    method_.append_attribute("xmlns") = names_of_vim;
    add(method_, "_this", object);
  }

  pugi::xml_node node() const { return method_; }

  static pugi::xml_node add(pugi::xml_node parent, const char* name, std::string_view text) {
    pugi::xml_node child = parent.append_child(name);
    child.text().set(std::string(text).c_str());
    return child;
  }
  static void add(pugi::xml_node parent, const char* name, const VsphereObject& object) {
    add(parent, name, object.id).append_attribute("type") = object.type.c_str();
  }
  void add(const char* name, std::string_view text) const { add(method_, name, text); }
  void add(const char* name, const VsphereObject& object) const { add(method_, name, object); }
  /// Left out if there is none.
  void add_known(const char* name, const VsphereObject& object) const {
    if (!object.id.empty()) add(name, object);
  }

  std::string text() const {
    std::ostringstream text;
    document_.save(text, "", pugi::format_raw);
    return text.str();
  }

 private:
  pugi::xml_document document_;
  pugi::xml_node method_;
};

/// Adds what asks for properties of objects of the type, and returns where to say of which ones.
pugi::xml_node add_properties(const Call& call, const char* type, std::initializer_list<const char*> paths) {
  pugi::xml_node specification = call.node().append_child("specSet");
  pugi::xml_node properties = specification.append_child("propSet");
  Call::add(properties, "type", type);
  Call::add(properties, "all", "false");
  for (const char* path : paths) Call::add(properties, "pathSet", path);
  return specification.append_child("objectSet");
}

// Reading. Servers choose prefixes as they like, so that only what follows them counts.

std::string_view without_prefix(std::string_view name) {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

pugi::xml_node child_of(const pugi::xml_node& parent, std::string_view name) {
  return parent.find_child([&](const pugi::xml_node& node) { return without_prefix(node.name()) == name; });
}

std::string text_in(const pugi::xml_node& parent, std::string_view name) {
  return child_of(parent, name).child_value();
}

/// What xsi:type says.
std::string type_of(const pugi::xml_node& node) {
  for (const pugi::xml_attribute& attribute : node.attributes()) {
    const std::string_view name = attribute.name();
    const bool is_type = name.find(':') != std::string_view::npos && without_prefix(name) == "type";
    if (is_type) return std::string(without_prefix(attribute.value()));
  }
  return {};
}

VsphereObject object_of(const pugi::xml_node& node) {
  return {node.attribute("type").value(), node.child_value()};
}

std::uint64_t number_in(const pugi::xml_node& node) {
  return parse_unsigned(node.child_value()).value_or(0);
}

VsphereFault fault_of(const pugi::xml_node& localized) {
  return {type_of(child_of(localized, "fault")), text_in(localized, "localizedMessage")};
}

class Answer {
 public:
  explicit Answer(std::string_view text) {
    // Neither entities nor document types: there are none in SOAP.
    constexpr unsigned options = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol;
    if (!document_.load_buffer(text.data(), text.size(), options)) return;
    body_ = child_of(child_of(document_, "Envelope"), "Body");
  }

  pugi::xml_node fault() const { return child_of(body_, "Fault"); }
  pugi::xml_node value() const { return child_of(body_.first_child(), "returnval"); }

  /// The objects whose properties were asked for.
  template <class Visit>
  void each_object(const Visit& visit) const {
    for (const pugi::xml_node& node : value().children()) {
      if (without_prefix(node.name()) == "objects") visit(node);
    }
  }
  template <class Visit>
  static void each_property(const pugi::xml_node& object, const Visit& visit) {
    for (const pugi::xml_node& node : object.children()) {
      if (without_prefix(node.name()) == "propSet") visit(text_in(node, "name"), child_of(node, "val"));
    }
  }

 private:
  pugi::xml_document document_;
  pugi::xml_node body_;
};

VsphereDatastore datastore_of(const pugi::xml_node& object) {
  VsphereDatastore datastore;
  Answer::each_property(object, [&](const std::string& name, const pugi::xml_node& value) {
    if (name == "summary.name") datastore.name = value.child_value();
    if (name == "browser") datastore.browser = object_of(value);
    if (name == "summary.accessible") datastore.is_accessible = value.text().as_bool();
    if (name == "summary.capacity") datastore.capacity = number_in(value);
    if (name == "summary.freeSpace") datastore.free = number_in(value);
  });
  return datastore;
}

VsphereTask task_of(const pugi::xml_node& info) {
  VsphereTask task{.state = text_in(info, "state")};
  if (const pugi::xml_node error = child_of(info, "error")) task.fault = fault_of(error);
  for (const pugi::xml_node& file : child_of(info, "result").children()) {
    const bool is_file = without_prefix(file.name()) == "file" && type_of(file) != "FolderFileInfo";
    if (is_file) task.files.push_back(text_in(file, "path"));
  }
  return task;
}

}  // namespace

std::string ask_for_services() {
  return Call("RetrieveServiceContent", {"ServiceInstance", "ServiceInstance"}).text();
}

std::string ask_to_log_in(const VsphereServices& services, std::string_view user, std::string_view password) {
  const Call call("Login", services.sessions);
  call.add("userName", user);
  call.add("password", password);
  return call.text();
}

std::string ask_to_log_out(const VsphereServices& services) {
  return Call("Logout", services.sessions).text();
}

std::string ask_for_object_at(const VsphereServices& services, std::string_view inventory_path) {
  const Call call("FindByInventoryPath", services.search);
  call.add("inventoryPath", inventory_path);
  return call.text();
}

std::string ask_for_datastores(const VsphereServices& services, const VsphereObject& datacenter) {
  const Call call("RetrievePropertiesEx", services.properties);
  pugi::xml_node start = add_properties(
      call, "Datastore",
      {"browser", "summary.name", "summary.accessible", "summary.capacity", "summary.freeSpace"});
  Call::add(start, "obj", datacenter);
  Call::add(start, "skip", "true");
  pugi::xml_node way = start.append_child("selectSet");
  way.append_attribute("xsi:type") = "TraversalSpec";
  Call::add(way, "type", "Datacenter");
  Call::add(way, "path", "datastore");
  Call::add(way, "skip", "false");
  call.node().append_child("options");
  return call.text();
}

std::string ask_for_more(const VsphereServices& services, std::string_view token) {
  const Call call("ContinueRetrievePropertiesEx", services.properties);
  call.add("token", token);
  return call.text();
}

std::string ask_for_task(const VsphereServices& services, const VsphereObject& task) {
  const Call call("RetrievePropertiesEx", services.properties);
  Call::add(add_properties(call, "Task", {"info"}), "obj", task);
  call.node().append_child("options");
  return call.text();
}

std::string ask_to_delete(const VsphereServices& services, const VsphereFile& file) {
  const Call call("DeleteDatastoreFile_Task", services.files);
  call.add("name", file.path);
  call.add_known("datacenter", file.datacenter);
  return call.text();
}

std::string ask_to_move(const VsphereServices& services, const VsphereFile& file, std::string_view new_path) {
  const Call call("MoveDatastoreFile_Task", services.files);
  call.add("sourceName", file.path);
  call.add_known("sourceDatacenter", file.datacenter);
  call.add("destinationName", new_path);
  call.add_known("destinationDatacenter", file.datacenter);
  call.add("force", "false");
  return call.text();
}

std::string ask_for_files(const VsphereObject& browser, std::string_view folder, std::string_view pattern) {
  const Call call("SearchDatastore_Task", browser);
  call.add("datastorePath", folder);
  pugi::xml_node specification = call.node().append_child("searchSpec");
  pugi::xml_node details = specification.append_child("details");
  Call::add(details, "fileType", "true");  // which tells folders from files
  for (const char* name : {"fileSize", "modification", "fileOwner"}) Call::add(details, name, "false");
  Call::add(specification, "matchPattern", pattern);
  return call.text();
}

std::optional<VsphereFault> parse_fault(std::string_view document) {
  const Answer answer(document);
  if (const pugi::xml_node fault = answer.fault()) {
    return VsphereFault{type_of(child_of(fault, "detail").first_child()), text_in(fault, "faultstring")};
  }
  // What else is missing may be none of the store's business, such as datastores that it may not see.
  std::optional<VsphereFault> found;
  answer.each_object([&](const pugi::xml_node& object) {
    VsphereFault fault = fault_of(child_of(child_of(object, "missingSet"), "fault"));
    if (fault.kind == vsphere_session_over) found = std::move(fault);
  });
  return found;
}

bool has_value(std::string_view document) {
  return !Answer(document).value().empty();
}

std::optional<VsphereServices> parse_services(std::string_view document) {
  const Answer answer(document);
  const pugi::xml_node value = answer.value();
  if (!value) return {};
  return VsphereServices{.sessions = object_of(child_of(value, "sessionManager")),
                         .properties = object_of(child_of(value, "propertyCollector")),
                         .search = object_of(child_of(value, "searchIndex")),
                         .files = object_of(child_of(value, "fileManager"))};
}

std::optional<VsphereObject> parse_object(std::string_view document) {
  const Answer answer(document);
  VsphereObject object = object_of(answer.value());
  if (object.id.empty()) return {};
  return object;
}

VsphereDatastoreList parse_datastores(std::string_view document) {
  const Answer answer(document);
  VsphereDatastoreList page{.datastores = {}, .token = text_in(answer.value(), "token")};
  answer.each_object([&](const pugi::xml_node& object) { page.datastores.push_back(datastore_of(object)); });
  return page;
}

std::optional<VsphereTask> parse_task(std::string_view document) {
  const Answer answer(document);
  std::optional<VsphereTask> task;
  answer.each_object([&](const pugi::xml_node& object) {
    Answer::each_property(object, [&](const std::string& name, const pugi::xml_node& value) {
      if (name == "info") task = task_of(value);
    });
  });
  return task;
}

}  // namespace vitrine::stores
