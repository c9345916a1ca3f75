#include "imports/client_tasks.h"

#include <gmock/gmock.h>

#include "tests/support/import_house.h"

namespace vitrine::imports {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

class TasksOfClients : public ImportHouse {
 protected:
  TaskWish wish(json::object input, std::string type = "import") {
    model::Image image;
    image.disk_format = "raw";
    image.container_format = "bare";
    return {.caller = admin_,
            .request_id = "req-1",
            .type = std::move(type),
            .input = std::move(input),
            .image = image,
            .refusal = {}};
  }

  static json::object input(std::string_view source = "http://example.org/image") {
    return {{"import_from", source}, {"import_from_format", "raw"}, {"image_properties", json::object()}};
  }

  /// The task at its end.
  model::Task ended(TaskWish wish) {
    const model::Task stored = begun().begin(std::move(wish));
    EXPECT_TRUE(runner_.drain(deadline_in(std::chrono::seconds{30})));
    return *catalog_->find_task(stored.id);
  }

  ClientTasks& begun() {
    if (!client_tasks_) {
      client_tasks_.emplace(means(), Outside{.downloader = downloader_, .admission = admission_}, runner_);
    }
    return *client_tasks_;
  }

  void expect_no_image() { EXPECT_TRUE(catalog_->list({.viewer = admin_}).empty()); }

  TaskRunner runner_{1, std::chrono::hours{1}};
  std::optional<ClientTasks> client_tasks_;
};

TEST_F(TasksOfClients, AreStoredAsTheyCame) {
  const model::Task task = begun().begin(wish({{"import_from", "http://u:secret@example.org/x"}}));

  EXPECT_EQ(task.status, model::TaskStatus::pending);
  EXPECT_EQ(task.type, "import");
  EXPECT_EQ(task.request_id, "req-1");
  EXPECT_EQ(task.image_id, std::nullopt);
  EXPECT_EQ(std::string(task.input->at("import_from").as_string()).find("secret"), std::string::npos);
}

TEST_F(TasksOfClients, FailWithoutAWholeInput) {
  json::object no_format = input();
  no_format.erase("import_from_format");

  const model::Task task = ended(wish(no_format));

  EXPECT_EQ(task.status, model::TaskStatus::failure);
  EXPECT_EQ(task.message, "Input does not contain 'import_from_format' field");
  EXPECT_TRUE(task.expires_at.has_value());
  expect_no_image();
}

TEST_F(TasksOfClients, FailForAnImageThatMayNotBe) {
  TaskWish refused = wish(input());
  refused.refusal = "You may not.";

  EXPECT_EQ(ended(refused).message, "You may not.");
  expect_no_image();
}

TEST_F(TasksOfClients, FailForWhatNoStoreTakes) {
  json::object elsewhere = input();
  elsewhere["backend"] = "origin";

  EXPECT_THAT(ended(wish(elsewhere)).message, HasSubstr("backend"));
  expect_no_image();
}

TEST_F(TasksOfClients, OfOtherTypesFail) {
  for (const std::string type : {"api_image_import", "location_import"}) {
    const model::Task task = ended(wish({{"image_id", "x"}}, type));

    EXPECT_EQ(task.status, model::TaskStatus::failure);
    EXPECT_THAT(task.message, HasSubstr(type));
  }
}

TEST_F(TasksOfClients, ThatCannotDownloadLeaveNoImage) {
  const model::Task task = ended(wish(input("http://127.0.0.1:1/refused")));

  EXPECT_EQ(task.status, model::TaskStatus::failure);
  EXPECT_NE(task.message, "");
  expect_no_image();
}

TEST_F(TasksOfClients, ImportFromTheWebOnly) {
  for (const std::string_view source : {"", "file:///etc/passwd", "filesystem:///x", "swift://x/y", "x"}) {
    EXPECT_EQ(images::code_of([&] { begun().require_source(wish(input(source))); }), ErrorCode::invalid);
  }
  EXPECT_NO_THROW(begun().require_source(wish(input())));
  EXPECT_NO_THROW(begun().require_source(wish({}, "location_import")));
}

TEST_F(TasksOfClients, LiveWhileTheyWaitAlthoughTheyHaveNoImageYet) {
  model::Image image;
  image.id = "99999999-2222-4333-8444-555555555555";
  catalog_->insert_task({.id = std::string(task_id), .type = "import", .owner = "p"});
  const WebDownload download(downloader_, admission_);
  ImportJob job(means(), download, model::ImageStatus::queued, Purpose::new_image,
                {.caller = admin_, .request_id = "", .image = image, .wish = {}, .targets = {first_.store}},
                std::string(task_id));

  EXPECT_NO_THROW(job.beat());
}

TEST_F(TasksOfClients, LeaveAnImageAloneWhoseIdTheyAskFor) {
  const model::Image foreign = staged("12345");
  TaskWish greedy = wish(input("http://127.0.0.1:1/refused"));
  greedy.image.id = foreign.id;

  const model::Task task = ended(std::move(greedy));

  EXPECT_EQ(task.status, model::TaskStatus::failure);
  EXPECT_EQ(status_of(foreign.id), "uploading");
  EXPECT_EQ(staging_.size_of(foreign.id), 5u);
}

class DeathOfATask : public TasksOfClients {
 protected:
  /// A task that had made its image when the process died.
  model::Image leave_image() {
    const model::Image image = queued();
    journal_.add(import_line(task_id, image.id, {"memory"}));
    catalog_->insert_task({.id = std::string(task_id), .type = "import", .owner = "p"});
    tasks_.advance(task_id, model::TaskStatus::processing, [](model::Task&) {});
    return image;
  }
};

TEST_F(DeathOfATask, TakesItsUnlockedImageAlong) {
  const model::Image image = leave_image();

  recover(means());

  EXPECT_TRUE(catalog_->find(image.id)->is_deleted);
  EXPECT_EQ(task().status, model::TaskStatus::failure);
  EXPECT_TRUE(journal_.entries().empty());
}

TEST_F(DeathOfATask, LeavesAnOlderImageAloneWhoseIdItAskedFor) {
  const model::Image foreign = queued();
  first_.memory->put(foreign.id, "12345");
  clock_.advance(std::chrono::seconds{1});
  journal_.add(import_line(task_id, foreign.id, {"memory"}));
  catalog_->insert_task({.id = std::string(task_id), .type = "import", .owner = "p"});

  recover(means());

  EXPECT_EQ(status_of(foreign.id), "queued");
  EXPECT_FALSE(catalog_->find(foreign.id)->is_deleted);
  EXPECT_TRUE(first_.memory->content(foreign.id));
  EXPECT_EQ(task().status, model::TaskStatus::failure);
  first_.memory->discard({}, {foreign.id});
}

TEST_F(DeathOfATask, TakesItsHalfMadeImageAlong) {
  const model::Image image = leave_image();
  catalog_->take_import_lock(image.id, task_id);
  LockedImage locked(*catalog_, image.id, std::string(task_id));
  ImportRecord(locked, *stores_, Purpose::new_image, {"memory"}).begin(model::ImageStatus::queued, {});
  memory_->put(image.id, "12345");

  recover(means());

  EXPECT_TRUE(catalog_->find(image.id)->is_deleted);
  EXPECT_FALSE(memory_->content(image.id));
  EXPECT_TRUE(journal_.entries().empty());
}

TEST_F(DeathOfATask, LeavesAnImageThatHasItsData) {
  const model::Image image = leave_image();
  catalog_->take_import_lock(image.id, task_id);
  LockedImage locked(*catalog_, image.id, std::string(task_id));
  ImportRecord record(locked, *stores_, Purpose::new_image, {"memory"});
  record.begin(model::ImageStatus::queued, {});
  transfer::Received received{.size = 5, .md5 = "m", .hash_algo = "sha512", .hash_value = "h"};
  received.blobs = {{"memory", memory_->put(image.id, "12345")}};
  record.take(received, [](model::Image&) {}, {});

  recover(means());

  EXPECT_EQ(status_of(image.id), "active");
  EXPECT_EQ(task().status, model::TaskStatus::success);
  EXPECT_EQ(property(image, model::import_lock), "none");
  EXPECT_TRUE(journal_.entries().empty());
}

}  // namespace
}  // namespace vitrine::imports
