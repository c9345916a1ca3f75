#include "model/task.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace vitrine::model {
namespace {

constexpr Timestamp now{std::chrono::hours{1'000}};
constexpr std::chrono::hours two_days{48};
constexpr TaskStatus all_statuses[] = {TaskStatus::pending, TaskStatus::processing, TaskStatus::success,
                                       TaskStatus::failure};

TEST(TaskStatus, NamesAreReadBack) {
  for (const TaskStatus status : all_statuses) EXPECT_EQ(parse_task_status(to_string(status)), status);
  EXPECT_FALSE(parse_task_status("done"));
}

TEST(TaskStatus, OnlyTheStepsOfATasksLifeAreTaken) {
  const auto may_become = [](TaskStatus from, TaskStatus to) {
    Task task{.status = from};
    try {
      change_status(task, to, now, two_days);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::conflict);
      EXPECT_EQ(task.status, from);
      return false;
    }
    EXPECT_EQ(task.status, to);
    return true;
  };
  for (const TaskStatus to : all_statuses) {
    EXPECT_EQ(may_become(TaskStatus::pending, to), to == TaskStatus::processing || to == TaskStatus::failure);
    EXPECT_EQ(may_become(TaskStatus::processing, to), to == TaskStatus::success || to == TaskStatus::failure);
    EXPECT_FALSE(may_become(TaskStatus::success, to));
    EXPECT_FALSE(may_become(TaskStatus::failure, to));
  }
}

TEST(TaskStatus, AFinishedTaskExpires) {
  Task task;

  change_status(task, TaskStatus::processing, now, two_days);
  EXPECT_FALSE(task.expires_at);
  change_status(task, TaskStatus::success, now, two_days);

  EXPECT_EQ(task.expires_at, now + two_days);
}

TEST(TaskAccess, ATaskIsSeenByItsProjectAndByAdministrators) {
  Task task{.owner = "owner"};

  EXPECT_TRUE(may_see(Caller{.project_id = "owner"}, task));
  EXPECT_TRUE(may_see(Caller{.is_admin = true}, task));
  EXPECT_FALSE(may_see(Caller{.project_id = "other"}, task));
  EXPECT_FALSE(may_see(Caller{}, task));

  task.is_deleted = true;
  EXPECT_FALSE(may_see(Caller{.project_id = "owner"}, task));
  EXPECT_TRUE(may_see(Caller{.is_admin = true}, task));
}

TEST(TaskColumn, NamesAreReadBack) {
  for (const char* name : {"id", "type", "status", "owner", "image_id", "request_id", "user_id", "expires_at",
                           "created_at", "updated_at", "deleted_at"}) {
    const TaskColumn column = parse_task_column(name).value();
    EXPECT_EQ(to_string(column), name);
    EXPECT_EQ(is_time(column), std::string_view(name).ends_with("_at"));
  }
  EXPECT_FALSE(parse_task_column("input"));
}

}  // namespace
}  // namespace vitrine::model
