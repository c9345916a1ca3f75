#pragma once

#include "tests/contract/catalog_contract.h"

/// CatalogContract: tasks, and what is known of them.
namespace vitrine::catalog {

using testing::ElementsAre;
using testing::IsEmpty;

inline model::Task task(std::string id) {
  return {.id = std::move(id), .type = "import", .owner = "p"};
}

inline std::string ids_of(const std::vector<model::Task>& tasks) {
  std::string ids;
  for (const model::Task& one : tasks) ids += one.id;
  return ids;
}

inline model::TaskQuery sorted_by(model::TaskColumn key, bool is_ascending) {
  model::TaskQuery query;
  query.sort_key = key;
  query.is_ascending = is_ascending;
  return query;
}

/// Tasks whose columns are in different orders: a, b and c, a second apart, c with what may be missing.
inline void add_three_tasks(Catalog& catalog, FakeClock& clock) {
  model::Task a = task("a");
  a.type = "location_import";
  a.owner = "q";
  model::Task b = task("b");
  b.status = model::TaskStatus::failure;
  model::Task c = task("c");
  c.type = "api_image_import";
  c.image_id = "image";
  c.request_id = "req-1";
  c.user_id = "user";
  c.expires_at = clock.now() + std::chrono::hours(1);
  for (const model::Task& one : {a, b, c}) {
    catalog.insert_task(one);
    clock.advance(std::chrono::seconds(1));
  }
}

inline std::string ids_filtered(Catalog& catalog, model::TaskColumn column, std::string value) {
  model::TaskQuery query;
  query.filters = {{column, std::move(value)}};
  return ids_of(catalog.list_tasks(query));
}

TEST_P(CatalogContract, ATaskIsFoundAsItWasInserted) {
  model::Task given = task("a");
  given.status = model::TaskStatus::processing;
  given.image_id = "image";
  given.request_id = "req-1";
  given.user_id = "user";
  given.expires_at = clock.now() + std::chrono::hours(48);
  given.input = boost::json::object{{"import_from", "http://ü"}, {"n", {1, nullptr}}};
  given.result = boost::json::object{{"image_id", "x"}};
  given.message = "Fünf MiB";

  const model::Task stored = catalog->insert_task(given);

  const model::Task task = catalog->find_task("a").value();
  EXPECT_EQ(task.type, given.type);
  EXPECT_EQ(task.status, given.status);
  EXPECT_EQ(task.owner, given.owner);
  EXPECT_EQ(task.image_id, given.image_id);
  EXPECT_EQ(task.request_id, given.request_id);
  EXPECT_EQ(task.user_id, given.user_id);
  EXPECT_EQ(task.expires_at, given.expires_at);
  EXPECT_EQ(task.input, given.input);
  EXPECT_EQ(task.result, given.result);
  EXPECT_EQ(task.message, given.message);
  EXPECT_EQ(task.created_at, clock.now());
  EXPECT_EQ(task.updated_at, clock.now());
  EXPECT_FALSE(task.is_deleted);
  EXPECT_EQ(stored.input, given.input);
  EXPECT_THAT(column("SELECT input FROM task_info"),
              ElementsAre(R"({"import_from": "http://\u00fc", "n": [1, null]})"));
}

TEST_P(CatalogContract, ATaskMayHaveNothingBesideItsRow) {
  other->execute(
      "INSERT INTO tasks (id, type, status, owner, created_at, deleted) "
      "VALUES ('a', 'import', 'pending', 'p', '2024-01-01 00:00:00', FALSE)");

  const model::Task task = catalog->find_task("a").value();

  EXPECT_FALSE(task.input);
  EXPECT_FALSE(task.result);
  EXPECT_EQ(task.message, "");
  EXPECT_EQ(task.updated_at, task.created_at);
  EXPECT_FALSE(catalog->find_task("nothing"));
}

TEST_P(CatalogContract, AnIdOfATaskIsUsedOnce) {
  catalog->insert_task(task("a"));

  EXPECT_EQ(code_of([&] { catalog->insert_task(task("a")); }), ErrorCode::duplicate);
}

TEST_P(CatalogContract, ATaskThatCannotBeStoredLeavesNothing) {
  model::Task long_type = task("a");
  long_type.type = std::string(31, 't');
  model::Task long_input = task("b");
  long_input.input = boost::json::object{{"x", std::string(70'000, 'x')}};

  EXPECT_EQ(code_of([&] { catalog->insert_task(long_type); }), ErrorCode::invalid);
  EXPECT_EQ(code_of([&] { catalog->insert_task(long_input); }), ErrorCode::invalid);

  EXPECT_THAT(column("SELECT id FROM tasks"), IsEmpty());
  EXPECT_THAT(column("SELECT task_id FROM task_info"), IsEmpty());
}

TEST_P(CatalogContract, AChangeOfATaskIsStoredAndReturned) {
  catalog->insert_task(task("a"));
  clock.advance(std::chrono::seconds(1));

  const model::Task changed = catalog->change_task("a", [&](model::Task& task) {
    task.status = model::TaskStatus::failure;
    task.message = "It did not work.";
    task.result = boost::json::object{};
    task.expires_at = clock.now() + std::chrono::hours(1);
  });

  EXPECT_EQ(changed.status, model::TaskStatus::failure);
  EXPECT_EQ(changed.message, "It did not work.");
  EXPECT_EQ(changed.result, boost::json::object{});
  EXPECT_EQ(changed.expires_at, clock.now() + std::chrono::hours(1));
  EXPECT_EQ(changed.updated_at, clock.now());
  EXPECT_EQ(changed.created_at, clock.now() - std::chrono::seconds(1));
}

TEST_P(CatalogContract, AnEditOfATaskThatThrowsChangesNothing) {
  catalog->insert_task(task("a"));

  EXPECT_EQ(code_of([&] {
              catalog->change_task("a", [](model::Task& task) {
                task.message = "half done";
                throw Error(ErrorCode::conflict, "no");
              });
            }),
            ErrorCode::conflict);
  EXPECT_EQ(code_of([&] {
              catalog->change_task("a", [](model::Task& task) {
                task.status = model::TaskStatus::failure;
                task.message = std::string(70'000, 'x');
              });
            }),
            ErrorCode::invalid);

  EXPECT_EQ(catalog->find_task("a")->status, model::TaskStatus::pending);
  EXPECT_EQ(catalog->find_task("a")->message, "");
}

TEST_P(CatalogContract, ATaskThatIsNotThereCannotBeChanged) {
  EXPECT_EQ(code_of([&] { catalog->change_task("a", [](model::Task&) {}); }), ErrorCode::not_found);
}

TEST_P(CatalogContract, TasksAreListedWithoutWhatIsBesideTheirRows) {
  model::Task made = task("a");
  made.input = boost::json::object{{"a", 1}};
  catalog->insert_task(made);

  const std::vector<model::Task> listed = catalog->list_tasks({});

  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].owner, "p");
  EXPECT_FALSE(listed[0].input);
}

TEST_P(CatalogContract, TasksAreSortedByEveryColumn) {
  using model::TaskColumn;
  add_three_tasks(*catalog, clock);
  const std::pair<TaskColumn, std::string> ascending[] = {
      {TaskColumn::created_at, "abc"}, {TaskColumn::id, "abc"},         {TaskColumn::updated_at, "abc"},
      {TaskColumn::type, "cba"},       {TaskColumn::status, "bac"},     {TaskColumn::owner, "bca"},
      {TaskColumn::image_id, "abc"},   {TaskColumn::request_id, "abc"}, {TaskColumn::user_id, "abc"},
      {TaskColumn::expires_at, "abc"}, {TaskColumn::deleted_at, "abc"},
  };

  for (const auto& [key, ids] : ascending) {
    EXPECT_EQ(ids_of(catalog->list_tasks(sorted_by(key, true))), ids) << to_string(key);
    EXPECT_EQ(ids_of(catalog->list_tasks(sorted_by(key, false))), std::string(ids.rbegin(), ids.rend()))
        << to_string(key);
  }
}

TEST_P(CatalogContract, PagesOfTasksShowEachOnceUnderEveryOrder) {
  add_three_tasks(*catalog, clock);
  for (const bool is_ascending : {true, false}) {
    for (const auto key : {model::TaskColumn::created_at, model::TaskColumn::status,
                           model::TaskColumn::image_id, model::TaskColumn::expires_at}) {
      model::TaskQuery query = sorted_by(key, is_ascending);
      const std::string all = ids_of(catalog->list_tasks(query));
      query.limit = 1;
      std::string by_pages;
      for (std::string page = ids_of(catalog->list_tasks(query)); !page.empty();
           page = ids_of(catalog->list_tasks(query))) {
        by_pages += page;
        query.marker = page;
      }
      EXPECT_EQ(by_pages, all) << to_string(key);
    }
  }
}

TEST_P(CatalogContract, TasksOfOneMomentAreSortedByTheirIds) {
  for (const char* id : {"b", "a", "c"}) catalog->insert_task(task(id));

  EXPECT_EQ(ids_of(catalog->list_tasks(sorted_by(model::TaskColumn::created_at, true))), "abc");
  EXPECT_EQ(ids_of(catalog->list_tasks({})), "cba");
}

TEST_P(CatalogContract, AnUnknownMarkerOfTasksIsRefused) {
  model::TaskQuery query;
  query.marker = "nothing";

  EXPECT_EQ(code_of([&] { catalog->list_tasks(query); }), ErrorCode::invalid);
}

TEST_P(CatalogContract, TasksAreSearchedByTheirColumns) {
  using model::TaskColumn;
  const Timestamp second = clock.now() + std::chrono::seconds(1);
  add_three_tasks(*catalog, clock);

  EXPECT_EQ(ids_filtered(*catalog, TaskColumn::type, "import"), "b");
  EXPECT_EQ(ids_filtered(*catalog, TaskColumn::status, "pending"), "ca");
  EXPECT_EQ(ids_filtered(*catalog, TaskColumn::owner, "q"), "a");
  EXPECT_EQ(ids_filtered(*catalog, TaskColumn::image_id, "image"), "c");
  EXPECT_EQ(ids_filtered(*catalog, TaskColumn::image_id, ""), "");
  EXPECT_EQ(ids_filtered(*catalog, TaskColumn::created_at, stored(second)), "b");
  EXPECT_EQ(ids_filtered(*catalog, TaskColumn::created_at, "yesterday"), "");
}

TEST_P(CatalogContract, SeveralSearchesAndAnOwnerAllCount) {
  add_three_tasks(*catalog, clock);
  model::TaskQuery query;
  query.owner = "p";
  EXPECT_EQ(ids_of(catalog->list_tasks(query)), "cb");

  query.filters = {{model::TaskColumn::status, "pending"}, {model::TaskColumn::user_id, "user"}};
  EXPECT_EQ(ids_of(catalog->list_tasks(query)), "c");

  query.filters = {{model::TaskColumn::owner, "q"}};
  EXPECT_EQ(ids_of(catalog->list_tasks(query)), "");
}

TEST_P(CatalogContract, ExpiredTasksAreNotListedAndThenDeleted) {
  add_three_tasks(*catalog, clock);
  clock.advance(std::chrono::hours(1));
  model::TaskQuery query;
  query.limit = 10;
  EXPECT_EQ(ids_of(catalog->list_tasks(query)), "ba");
  EXPECT_THAT(catalog->tasks_of("image"), IsEmpty());

  catalog->delete_expired_tasks();
  catalog->delete_expired_tasks();

  const model::Task expired = catalog->find_task("c").value();
  EXPECT_TRUE(expired.is_deleted);
  EXPECT_EQ(expired.deleted_at, clock.now());
  EXPECT_FALSE(catalog->find_task("b")->is_deleted);
  query.marker = "c";
  EXPECT_EQ(ids_of(catalog->list_tasks(query)), "ba") << "a page goes on where its last task was";
}

TEST_P(CatalogContract, TasksOfAnImageAreShownWholeTheOldestFirst) {
  add_three_tasks(*catalog, clock);
  model::Task second = task("d");
  second.image_id = "image";
  second.message = "second";
  catalog->insert_task(second);
  other->execute("UPDATE tasks SET deleted = TRUE, deleted_at = '2026-01-01 00:00:00' WHERE id = 'd'");

  const std::vector<model::Task> tasks = catalog->tasks_of("image");

  EXPECT_EQ(ids_of(tasks), "cd");
  EXPECT_TRUE(tasks.at(1).is_deleted);
  EXPECT_EQ(tasks[1].message, "second");
}

}  // namespace vitrine::catalog
