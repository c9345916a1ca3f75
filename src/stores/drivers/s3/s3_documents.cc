#include "stores/drivers/s3/s3_documents.h"

#include <pugixml.hpp>
#include <sstream>

namespace vitrine::stores {
namespace {

/// The document's outermost element of this name, whatever its namespace; null if it is another one.
pugi::xml_node root_of(pugi::xml_document& document, std::string_view text, const char* name) {
  // Neither entities nor document types: there are none in S3.
  constexpr unsigned options = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_eol;
  if (!document.load_buffer(text.data(), text.size(), options)) return {};
  return document.child(name);
}

std::string value_of(const pugi::xml_node& node, const char* name) {
  return node.child_value(name);
}

std::string text_of(const pugi::xml_document& document) {
  std::ostringstream text;
  document.save(text, "", pugi::format_raw | pugi::format_no_declaration);
  return text.str();
}

void add(pugi::xml_node parent, const char* name, std::string_view text) {
  parent.append_child(name).text().set(std::string(text).c_str());
}

}  // namespace

S3Complaint parse_s3_complaint(std::string_view document) {
  pugi::xml_document parsed;
  const pugi::xml_node root = root_of(parsed, document, "Error");
  return {value_of(root, "Code"), value_of(root, "Region")};
}

std::optional<std::string> parse_s3_upload_id(std::string_view document) {
  pugi::xml_document parsed;
  std::string id = value_of(root_of(parsed, document, "InitiateMultipartUploadResult"), "UploadId");
  if (id.empty()) return {};
  return id;
}

bool is_s3_completion(std::string_view document) {
  pugi::xml_document parsed;
  return !root_of(parsed, document, "CompleteMultipartUploadResult").empty();
}

std::optional<S3Uploads> parse_s3_uploads(std::string_view document) {
  pugi::xml_document parsed;
  const pugi::xml_node root = root_of(parsed, document, "ListMultipartUploadsResult");
  if (root.empty()) return {};
  S3Uploads page;
  for (const pugi::xml_node& upload : root.children("Upload")) {
    page.uploads.push_back({value_of(upload, "Key"), value_of(upload, "UploadId")});
  }
  if (value_of(root, "IsTruncated") == "true") {
    page.next = {value_of(root, "NextKeyMarker"), value_of(root, "NextUploadIdMarker")};
  }
  return page;
}

std::string s3_completion(const std::vector<S3Part>& parts) {
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("CompleteMultipartUpload");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    pugi::xml_node part = root.append_child("Part");
    add(part, "PartNumber", std::to_string(i + 1));
    add(part, "ETag", parts[i].etag);
    if (!parts[i].checksum.empty()) add(part, "ChecksumCRC32", parts[i].checksum);
  }
  return text_of(document);
}

std::string s3_bucket_in(std::string_view region) {
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("CreateBucketConfiguration");
  root.append_attribute("xmlns") = "http://s3.amazonaws.com/doc/2006-03-01/";
  add(root, "LocationConstraint", region);
  return text_of(document);
}

}  // namespace vitrine::stores
