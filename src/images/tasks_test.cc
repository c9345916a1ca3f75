#include "images/tasks.h"

#include <gmock/gmock.h>

#include "tests/support/house.h"

namespace vitrine::images {
namespace {

using model::TaskStatus;
using testing::ElementsAre;
using testing::IsEmpty;

/// Two tasks on an image of `owner_`: one of its own, one of another project.
class TasksUse : public House {
 protected:
  TasksUse() {
    image_id_ = images_.create(admin_, {.owner = "owner"}).id;
    catalog_->insert_task({.id = "mine", .type = "import", .owner = "owner", .image_id = image_id_});
    catalog_->insert_task({.id = "other", .type = "import", .owner = "other", .image_id = image_id_});
  }

  static std::vector<std::string> ids_of(const std::vector<model::Task>& tasks) {
    std::vector<std::string> ids;
    for (const model::Task& task : tasks) ids.push_back(task.id);
    return ids;
  }

  void finish(std::string_view task_id) {
    tasks_.advance(task_id, TaskStatus::processing, [](model::Task&) {});
    tasks_.advance(task_id, TaskStatus::success, [](model::Task& task) {
      task.result = boost::json::object{{"image_id", "x"}};
      task.message = "done";
    });
  }

  Images images_ = images();
  Tasks tasks_{*catalog_, clock_, std::chrono::hours{48}};
  model::Caller owner_{.project_id = "owner"};
  model::Caller stranger_{.project_id = "stranger"};
  std::string image_id_;
};

TEST_F(TasksUse, AProjectSeesItsOwnTasksAndAnAdministratorAll) {
  EXPECT_THAT(ids_of(tasks_.list(owner_, {})), ElementsAre("mine"));
  EXPECT_THAT(ids_of(tasks_.list(admin_, {})), ElementsAre("other", "mine"));
  EXPECT_THAT(tasks_.list(stranger_, {}), IsEmpty());
  EXPECT_THAT(tasks_.list({}, {}), IsEmpty());
}

TEST_F(TasksUse, ATaskOfAnotherProjectIsNotFound) {
  EXPECT_EQ(tasks_.visible(owner_, "mine").id, "mine");
  EXPECT_EQ(tasks_.visible(admin_, "other").id, "other");
  EXPECT_EQ(code_of([&] { tasks_.visible(owner_, "other"); }), ErrorCode::not_found);
  EXPECT_EQ(code_of([&] { tasks_.visible(admin_, "nothing"); }), ErrorCode::not_found);
}

TEST_F(TasksUse, TheTasksOfAnImageAreThoseThatTheCallerMaySee) {
  EXPECT_THAT(ids_of(tasks_.of_image(owner_, image_id_)), ElementsAre("mine"));
  EXPECT_THAT(ids_of(tasks_.of_image(admin_, image_id_)), ElementsAre("mine", "other"));
  EXPECT_THAT(ids_of(tasks_.of_image(stranger_, image_id_)), IsEmpty());
}

TEST_F(TasksUse, ATaskGoesStepByStep) {
  finish("mine");

  const model::Task task = tasks_.visible(owner_, "mine");
  EXPECT_EQ(task.status, TaskStatus::success);
  EXPECT_EQ(task.message, "done");
  EXPECT_EQ(task.result->at("image_id"), "x");
  EXPECT_EQ(task.expires_at, clock_.now() + std::chrono::hours{48});
}

TEST_F(TasksUse, AStepThatATaskCannotTakeChangesNothing) {
  EXPECT_EQ(code_of([&] {
              tasks_.advance("mine", TaskStatus::success, [](model::Task& task) { task.message = "done"; });
            }),
            ErrorCode::conflict);

  EXPECT_EQ(tasks_.visible(owner_, "mine").status, TaskStatus::pending);
  EXPECT_EQ(tasks_.visible(owner_, "mine").message, "");
}

TEST_F(TasksUse, FinishedTasksAreForgottenWhenTheirTimeIsOver) {
  finish("mine");
  clock_.advance(std::chrono::hours{48} - std::chrono::seconds{1});
  EXPECT_THAT(ids_of(tasks_.list(owner_, {})), ElementsAre("mine"));

  clock_.advance(std::chrono::seconds{1});

  EXPECT_THAT(tasks_.list(owner_, {}), IsEmpty());
  EXPECT_EQ(code_of([&] { tasks_.visible(owner_, "mine"); }), ErrorCode::not_found);
  EXPECT_TRUE(tasks_.visible(admin_, "mine").is_deleted);
  EXPECT_THAT(ids_of(tasks_.of_image(admin_, image_id_)), ElementsAre("other"));
}

}  // namespace
}  // namespace vitrine::images
