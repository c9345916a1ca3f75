#include "stores/drivers/vmware/vsphere_documents.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace vitrine::stores {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const VsphereServices services{{"SessionManager", "SessionManager"},
                               {"PropertyCollector", "propertyCollector"},
                               {"SearchIndex", "SearchIndex"},
                               {"FileManager", "FileManager"}};

/// An answer, with prefixes as some server chooses them.
std::string answer_text(std::string_view value) {
  return fmt::format(
      R"(<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"
         xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><s:Body><v:Response xmlns:v="urn:vim25">{}</v:Response>
         </s:Body></s:Envelope>)",
      value);
}

TEST(VsphereDocuments, EscapeWhatTheySay) {
  const std::string document = ask_to_log_in(services, "a&b", "<\"secret'>");

  EXPECT_THAT(document,
              HasSubstr("<Login xmlns=\"urn:vim25\"><_this type=\"SessionManager\">SessionManager</_this>"
                        "<userName>a&amp;b</userName><password>&lt;\"secret'&gt;</password></Login>"));
}

TEST(VsphereDocuments, LeaveOutTheDatacenterOfAnEsxHost) {
  EXPECT_THAT(ask_to_delete(services, {{"Datacenter", "datacenter-2"}, "[ds1] a/b"}),
              HasSubstr("<name>[ds1] a/b</name><datacenter type=\"Datacenter\">datacenter-2</datacenter>"));
  EXPECT_THAT(ask_to_delete(services, {{}, "[ds1] a/b"}),
              HasSubstr("<name>[ds1] a/b</name></DeleteDatastoreFile_Task>"));
}

TEST(VsphereDocuments, TellFaultsByTheirType) {
  const auto fault = parse_fault(
      R"(<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><S:Fault><faultcode>ServerFaultCode
         </faultcode><faultstring>The session is not authenticated.</faultstring><detail><NotAuthenticatedFault
         xmlns="urn:vim25" xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:type="v:NotAuthenticated"/></detail>
         </S:Fault></S:Body></S:Envelope>)");

  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->kind, vsphere_session_over);
  EXPECT_EQ(fault->text, "The session is not authenticated.");
}

TEST(VsphereDocuments, TellTheEndOfASessionFromAMissingProperty) {
  const auto missing = [](std::string_view kind) {
    return answer_text(
        fmt::format("<returnval><objects><obj type=\"Datastore\">d</obj><missingSet><path>browser</path>"
                    "<fault><fault i:type=\"{}\"/><localizedMessage>no</localizedMessage></fault>"
                    "</missingSet></objects></returnval>",
                    kind));
  };

  EXPECT_TRUE(parse_fault(missing("NotAuthenticated")));
  EXPECT_FALSE(parse_fault(missing("NoPermission")));
  EXPECT_FALSE(parse_fault(answer_text("<returnval>true</returnval>")));
}

TEST(VsphereDocuments, ListDatastoresPageByPage) {
  const VsphereDatastoreList page = parse_datastores(answer_text(
      "<v:returnval><v:token>more</v:token><v:objects><v:obj type=\"Datastore\">d1</v:obj>"
      "<v:propSet><v:name>summary.name</v:name><v:val i:type=\"x:string\">ds1</v:val></v:propSet>"
      "<v:propSet><v:name>browser</v:name><v:val type=\"HostDatastoreBrowser\">b1</v:val></v:propSet>"
      "<v:propSet><v:name>summary.accessible</v:name><v:val>false</v:val></v:propSet>"
      "<v:propSet><v:name>summary.capacity</v:name><v:val>5000000000000</v:val></v:propSet>"
      "<v:propSet><v:name>summary.freeSpace</v:name><v:val>4000000000000</v:val></v:propSet>"
      "</v:objects><v:objects><v:obj type=\"Datastore\">d2</v:obj></v:objects></v:returnval>"));

  EXPECT_EQ(page.token, "more");
  ASSERT_THAT(page.datastores, SizeIs(2));
  const VsphereDatastore& datastore = page.datastores.front();
  EXPECT_EQ(datastore.name, "ds1");
  EXPECT_EQ(datastore.browser, (VsphereObject{"HostDatastoreBrowser", "b1"}));
  EXPECT_FALSE(datastore.is_accessible);
  EXPECT_EQ(datastore.capacity, 5'000'000'000'000u);
  EXPECT_EQ(datastore.free, 4'000'000'000'000u);
}

TEST(VsphereDocuments, TellHowATaskStands) {
  const auto task = [](std::string_view info) {
    return parse_task(
        answer_text(fmt::format("<returnval><objects><obj type=\"Task\">t</obj><propSet><name>info</name>"
                                "<val i:type=\"TaskInfo\">{}</val></propSet></objects></returnval>",
                                info)));
  };

  const auto found = task(
      "<state>success</state><result><folderPath>[ds1] a</folderPath>"
      "<file><path>one</path></file><file i:type=\"FolderFileInfo\"><path>two</path></file>"
      "<file i:type=\"FileInfo\"><path>th&amp;ree</path></file></result>");
  EXPECT_EQ(found->state, "success");
  EXPECT_THAT(found->files, ElementsAre("one", "th&ree"));
  const auto failed = task(
      "<state>error</state><error><fault i:type=\"FileLocked\"/><localizedMessage>in use"
      "</localizedMessage></error>");
  EXPECT_EQ(failed->fault->kind, "FileLocked");
  EXPECT_EQ(failed->fault->text, "in use");
}

TEST(VsphereDocuments, AreNothingIfTheyAreNotWhatWasAskedFor) {
  const std::string deep(200'000, '<');
  for (const std::string& document :
       {std::string(), std::string("no document"), std::string("<html/>"), deep, std::string("<Envelope/>"),
        std::string("\0\xFF<a>", 5), answer_text("")}) {
    EXPECT_FALSE(parse_fault(document));
    EXPECT_FALSE(has_value(document));
    EXPECT_FALSE(parse_services(document));
    EXPECT_FALSE(parse_object(document));
    EXPECT_FALSE(parse_task(document));
    EXPECT_THAT(parse_datastores(document).datastores, IsEmpty());
  }
}

}  // namespace
}  // namespace vitrine::stores
