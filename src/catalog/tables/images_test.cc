#include "catalog/tables/images.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "tests/support/sqlite_file.h"

namespace vitrine::catalog {
namespace {

TEST(ImagesTable, AStatusIsWrittenOnlyOverTheOneThatWasRead) {
  const SqliteFile file;
  sync_schema(file.settings());
  sql::Session session(sql::read_settings(file.settings()));
  const model::Image queued{.id = "a"};
  images::insert(session, queued, Timestamp{});
  model::Image saving = queued;
  saving.status = model::ImageStatus::saving;
  images::update(session, queued, saving, Timestamp{});

  try {
    images::update(session, queued, saving, Timestamp{});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::conflict);
  }
  EXPECT_EQ(images::find(session, "a")->status, model::ImageStatus::saving);
}

}  // namespace
}  // namespace vitrine::catalog
