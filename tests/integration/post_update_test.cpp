// SPDX-License-Identifier: MIT
// Rows that refer to each other: their keys are written by an UPDATE of their own. On every database.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <azoth/azoth.hpp>
#include <azoth/testing/statement_log.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace az = azoth;
using az::col;

namespace {
namespace mutual {

struct Entry;

struct Widget : az::Model<Widget> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::int64_t> version;
    az::Mapped<std::optional<std::int32_t>> stamp;
    az::Mapped<std::optional<std::int64_t>> favorite_id;
    az::Mapped<std::optional<std::int64_t>> worst_id;
    az::Collection<Entry> entries;
    az::Related<Entry> favorite, worst;
    static void map(az::Mapper<Widget>& m);
};
struct Entry : az::Model<Entry> {
    az::Mapped<std::int64_t> id;
    az::Mapped<std::string> name;
    az::Mapped<std::optional<std::int64_t>> widget_id;
    az::Related<Widget> widget;
    static void map(az::Mapper<Entry>& m);
};
void Widget::map(az::Mapper<Widget>& m) {
    m.table("widget");
    m.column<&Widget::id>(az::primary_key);
    m.column<&Widget::name>(az::String{20});
    m.version_id<&Widget::version>();
    m.column<&Widget::stamp>(az::onupdate_value(std::int32_t{7}));
    m.column<&Widget::favorite_id>(az::foreign_key<&Entry::id>(az::use_alter()));
    m.column<&Widget::worst_id>(az::foreign_key<&Entry::id>(az::use_alter()));
    m.relationship<&Widget::entries>(az::back_populates<&Entry::widget>(), az::foreign_keys<&Entry::widget_id>());
    m.relationship<&Widget::favorite>(az::foreign_keys<&Widget::favorite_id>(), az::post_update);
    m.relationship<&Widget::worst>(az::foreign_keys<&Widget::worst_id>(), az::post_update);
}
void Entry::map(az::Mapper<Entry>& m) {
    m.table("entry");
    m.column<&Entry::id>(az::primary_key);
    m.column<&Entry::name>(az::String{20});
    m.column<&Entry::widget_id>(az::foreign_key<&Widget::id>());
    m.relationship<&Entry::widget>(az::back_populates<&Widget::entries>(), az::foreign_keys<&Entry::widget_id>());
}
} // namespace mutual
using namespace mutual;

/// What was written, with its values.
std::vector<std::string> written(const az::testing::StatementLog& log) {
    std::vector<std::string> lines;
    for (const auto& statement : log.statements()) {
        if (statement.rows.empty() || statement.rows.front().empty() || statement.sql.starts_with("SELECT")) continue;
        for (const auto& row : statement.rows) {
            auto line = statement.sql.substr(0, statement.sql.find(" WHERE"));
            for (std::size_t i = 1; i < 10; ++i) // one spelling for all
                if (const auto at = line.find("$" + std::to_string(i)); at != std::string::npos) line.replace(at, 2, "?");
            line += " <-";
            for (const auto& value : row) line += " " + az::to_string(value.param());
            lines.push_back(line);
        }
    }
    return lines;
}
using Lines = std::vector<std::string>;

asio::awaitable<void> rows_refer_to_each_other(az::Engine engine, az::testing::StatementLog log) {
    az::Registry models;
    models.add<Widget, Entry>();
    co_await models.metadata().create_all(engine);
    az::Session session{engine};
    auto w1 = az::make<Widget>(col<&Widget::id> = 5, col<&Widget::name> = "w1");
    auto w2 = az::make<Widget>(col<&Widget::id> = 3, col<&Widget::name> = "w2");
    auto a = az::make<Entry>(col<&Entry::id> = 1, col<&Entry::name> = "a");
    auto b = az::make<Entry>(col<&Entry::id> = 2, col<&Entry::name> = "b");
    auto c = az::make<Entry>(col<&Entry::id> = 9, col<&Entry::name> = "c");
    w1->entries.append(a);
    w1->entries.append(b);
    w2->entries.append(c);
    w1->favorite = a;
    w2->worst = c;
    session.add_all(w1, w2);
    log.clear();
    co_await session.commit();
    // The keys are left out of the INSERTs, each row has its own ones written, in the order of the INSERTs; the version stays.
    const std::string insert = "INSERT INTO widget (id, name, version, stamp, favorite_id, worst_id) VALUES (?, ?, ?, ?, ?, ?) <- ";
    CHECK(written(log) == Lines{insert + "5 'w1' 1 NULL NULL NULL", insert + "3 'w2' 1 NULL NULL NULL",
              "INSERT INTO entry (id, name, widget_id) VALUES (?, ?, ?) <- 1 'a' 5",
              "INSERT INTO entry (id, name, widget_id) VALUES (?, ?, ?) <- 2 'b' 5",
              "INSERT INTO entry (id, name, widget_id) VALUES (?, ?, ?) <- 9 'c' 3",
              "UPDATE widget SET stamp=?, favorite_id=? <- 7 1 5 1", "UPDATE widget SET stamp=?, worst_id=? <- 7 9 3 1"});
    CHECK(*w1->version == 1);
    CHECK(**w1->stamp == 7);
    // Its own UPDATE, although the row is updated for other reasons; each counts.
    w1->name = "x";
    w1->favorite = b;
    log.clear();
    co_await session.commit();
    CHECK(written(log) == Lines{"UPDATE widget SET name=?, version=?, stamp=? <- 'x' 2 7 5 1",
                                "UPDATE widget SET version=?, stamp=?, favorite_id=? <- 3 7 2 5 2"});
    CHECK(*w1->version == 3);
    w1->favorite = a;
    w1->worst = b;
    w2->favorite = c;
    log.clear();
    co_await session.commit();
    CHECK(written(log) == Lines{"UPDATE widget SET version=?, stamp=?, favorite_id=? <- 2 7 9 3 1",
                                "UPDATE widget SET version=?, stamp=?, favorite_id=?, worst_id=? <- 4 7 1 2 5 3"});
    log.clear();
    w1->favorite = a; // the same
    co_await session.commit();
    CHECK(written(log).empty());
    w2->favorite = nullptr;
    co_await session.commit();
    CHECK(written(log) == Lines{"UPDATE widget SET version=?, stamp=?, favorite_id=? <- 3 7 NULL 3 2"});
    // Before the rows go the keys are NULL.
    log.clear();
    co_await session.delete_(a);
    co_await session.delete_(b);
    co_await session.delete_(w1);
    co_await session.commit();
    CHECK(written(log) == Lines{"UPDATE widget SET version=?, stamp=?, favorite_id=?, worst_id=? <- 5 7 NULL NULL 5 4",
                                "DELETE FROM entry <- 1", "DELETE FROM entry <- 2", "DELETE FROM widget <- 5 5"});
    // Somebody else has changed the row meanwhile.
    {
        auto* connection = co_await session.connection();
        (void)co_await connection->execute(az::text("UPDATE widget SET version = 77"));
        co_await session.commit();
    }
    w2->favorite = c;
    bool stale = false;
    try {
        co_await session.commit();
    } catch (const az::StaleDataError&) {
        stale = true;
    }
    CHECK(stale);
    co_await session.rollback();
    co_await session.close();
}

} // namespace

TEST_CASE("post_update: rows that refer to each other", "[integration][orm][orm.relpersist.post_update]") {
    const auto database = GENERATE(from_range(backend_names()));
    INFO("database: " << database);
    Backend backend{database};
    az::testing::StatementLog log;
    az::EngineOptions options;
    log.attach(options);
    backend.run(rows_refer_to_each_other(backend.make_engine(options), log));
}
