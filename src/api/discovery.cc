#include "api/discovery.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <utility>
#include <vector>

#include "api/replies.h"
#include "base/error.h"

namespace vitrine::api {
namespace {

namespace json = boost::json;

void require_several_stores(const Services& services) {
  if (!services.stores.has_several()) {
    throw Error(ErrorCode::not_found, "Multi backend is not supported at this site.");
  }
}

/// Flags are the text "true", or absent; clients compare texts.
json::object store_document(const stores::Store& store, bool is_default) {
  const stores::StoreTraits& traits = store.traits();
  json::object document{{"id", traits.id}};
  if (!traits.description.empty()) document["description"] = traits.description;
  if (is_default) document["default"] = "true";
  if (!traits.keeps_data) document["read-only"] = "true";
  return document;
}

json::object detailed_store_document(const stores::Store& store, bool is_default) {
  json::object document = store_document(store, is_default);
  document["type"] = store.traits().type;
  document["properties"] = store.traits().properties;
  document["weight"] = store.traits().weight;
  return document;
}

http::Reply stores_reply(const stores::StoreSet& stores,
                         json::object (*document_of)(const stores::Store&, bool)) {
  json::array documents;
  for (const auto& store : stores.all()) {
    documents.push_back(document_of(*store, store.get() == &stores.default_store()));
  }
  return json_reply(json::object{{"stores", std::move(documents)}});
}

http::Reply list_stores(Services& services, const Call&) {
  require_several_stores(services);
  return stores_reply(services.stores, store_document);
}

http::Reply list_stores_in_detail(Services& services, const Call& call) {
  require_several_stores(services);
  call.require("stores_info_detail");
  return stores_reply(services.stores, detailed_store_document);
}

http::Reply show_import_methods(Services& services, const Call&) {
  json::array methods;
  for (const std::string& method : services.imports.methods()) methods.emplace_back(method);
  return json_reply(json::object{{"import-methods", json::object{{"description", "Import methods available."},
                                                                 {"type", "array"},
                                                                 {"value", std::move(methods)}}}});
}

/// Of the limits that Keystone keeps; so of none where it does not.
http::Reply show_usage(Services& services, const Call& call) {
  json::object document;
  const std::vector<images::ProjectUsage> all = services.images.usage(call.caller);
  for (const images::ProjectUsage& each : all) {
    document[each.limit.name] = json::object{{"usage", each.usage}, {"limit", each.limit.limit}};
  }
  return json_reply(json::object{{"usage", std::move(document)}});
}

}  // namespace

std::span<const Route> discovery_routes() {
  static constexpr Route routes[] = {
      {"GET", "/v2/info/import", show_import_methods},
      {"GET", "/v2/info/stores", list_stores},
      {"GET", "/v2/info/stores/detail", list_stores_in_detail},
      {"GET", "/v2/info/usage", show_usage, BodyRule::refused, Pool::requests, OtherMethods::unknown},
  };
  return routes;
}

}  // namespace vitrine::api
