// SPDX-License-Identifier: MIT
// One statement for many rows on every database: rows by name, parameters in criteria, rows that come back in order.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <azoth/azoth.hpp>

namespace az = azoth;

namespace {

std::string backend_name() {
    const auto names = backend_names();
    return GENERATE_COPY(from_range(names));
}

struct Notes : az::Table {
    az::Column<std::int32_t> id{*this, "id", az::primary_key};
    az::Column<std::string> text{*this, "note_text", az::String{40}};
    az::Column<std::optional<std::int32_t>> size{*this, "size"};
    explicit Notes(az::MetaData& metadata) : az::Table{"note", metadata} {}
};

/// Keys of the program's own.
struct Words : az::Table {
    az::Column<std::string> word{*this, "word", az::String{40}, az::primary_key};
    az::Column<std::int32_t> count{*this, "count", az::default_(std::int32_t{7})};
    explicit Words(az::MetaData& metadata) : az::Table{"word", metadata} {}
};

struct Schema {
    az::MetaData metadata;
    Notes notes{metadata};
    Words words{metadata};
};

using Row = std::map<std::string, az::Value>;

az::Value text_value(std::string text) { return az::Value{std::move(text)}; }
az::Value number_value(std::int64_t number) { return az::Value{number}; }

asio::awaitable<void> insert_by_name(az::Engine engine, bool& done) {
    const Schema schema;
    const auto& notes = schema.notes;
    co_await schema.metadata.create_all(engine);
    auto connection = co_await engine.connect();
    std::vector<Row> rows;
    for (int i = 0; i < 5; ++i) {
        Row row;
        row.emplace("note_text", text_value("n" + std::to_string(i)));
        row.emplace("size", i % 2 == 0 ? az::Value{} : number_value(i));
        rows.push_back(std::move(row));
    }
    co_await connection.execute(az::insert(notes), rows);
    // a parameter inside an expression, and one in a criterion
    std::vector<Row> changes;
    for (int i = 0; i < 5; ++i) {
        Row change;
        change.emplace("old", text_value("n" + std::to_string(i)));
        change.emplace("new", text_value("N" + std::to_string(i)));
        changes.push_back(std::move(change));
    }
    const auto change = az::update(notes)
                            .values(notes.text = az::func::upper(az::bindparam<std::string>("new")))
                            .where(notes.text == az::bindparam<std::string>("old"));
    const auto changed = co_await connection.execute(change, changes);
    CHECK(changed.rowcount() == 5);
    const auto texts = co_await connection.execute(az::select(notes.text, notes.size).order_by(notes.text));
    const auto all = texts.all();
    REQUIRE(all.size() == 5);
    CHECK(std::get<0>(all[3]) == "N3");
    CHECK_FALSE(std::get<1>(all[2]).has_value());
    CHECK(std::get<1>(all[3]) == 3);

    // positions: columns first, then parameters
    const std::vector<std::tuple<std::int32_t, std::string>> sizes{{11, "N1"}, {13, "N3"}};
    const auto resize =
        az::update(notes).values(notes.size = az::bindparam<std::int32_t>("s")).where(notes.text == az::bindparam<std::string>("t"));
    const auto resized = co_await connection.execute(resize, sizes);
    CHECK(resized.rowcount() == 2);
    const auto statement = az::text("INSERT INTO note (id, note_text) VALUES (:id, :t)");
    const std::vector<std::tuple<std::int32_t, std::string>> more{{101, "x"}, {102, "y"}};
    co_await connection.execute(statement, more);
    const auto count = co_await connection.scalar(az::select(az::func::count()).select_from(notes));
    CHECK(count == 7);

    std::string message;
    std::vector<Row> wrong(1);
    wrong[0].emplace("nope", number_value(1));
    try {
        co_await connection.execute(az::insert(notes), wrong);
    } catch (const az::ArgumentError& error) {
        message = error.what();
    }
    CHECK(message.find("'nope'") != std::string::npos);
    std::vector<Row> uneven(2);
    uneven[0].emplace("note_text", text_value("a"));
    uneven[0].emplace("size", number_value(1));
    uneven[1].emplace("note_text", text_value("b"));
    message.clear();
    try {
        co_await connection.execute(az::insert(notes), uneven);
    } catch (const az::ArgumentError& error) {
        message = error.what();
    }
    CHECK(message.find("row 2") != std::string::npos);
    CHECK(message.find("'size'") != std::string::npos);
    const std::vector<Row> none;
    const auto nothing = co_await connection.execute(az::insert(notes).columns(notes.text), none);
    CHECK(nothing.rowcount() <= 0);
    co_await connection.rollback();
    done = true;
}

asio::awaitable<void> return_in_order(az::Engine engine, std::size_t& statements, bool& done) {
    const Schema schema;
    const auto& notes = schema.notes;
    const auto& words = schema.words;
    co_await schema.metadata.create_all(engine);
    auto connection = co_await engine.connect();
    std::vector<std::tuple<std::string, std::optional<std::int32_t>>> rows;
    for (int i = 0; i < 25; ++i) rows.emplace_back("t" + std::to_string(24 - i), i % 3 == 0 ? std::nullopt : std::optional<std::int32_t>{i});
    const auto insert = az::insert(notes).columns(notes.text, notes.size);

    statements = 0;
    const auto by_id = insert.returning(notes.id, notes.text).sort_by_parameter_order();
    const auto found = co_await connection.execute(by_id, rows);
    const auto all = found.all();
    REQUIRE(all.size() == 25);
    for (std::size_t i = 0; i < all.size(); ++i) {
        CHECK(std::get<1>(all[i]) == std::get<0>(rows[i]));
        if (i > 0) CHECK(std::get<0>(all[i]) > std::get<0>(all[i - 1]));
    }
    // the key is needed for the order though nobody asks for it
    const auto texts = co_await connection.execute(insert.returning(notes.text), rows);
    const auto only_texts = texts.scalars().all();
    REQUIRE(only_texts.size() == 25);
    CHECK(only_texts.front() == "t24");
    CHECK(only_texts.back() == "t0");

    statements = 0;
    const auto any_order = co_await connection.execute(insert.returning(notes.text).sort_by_parameter_order(false), rows);
    CHECK(any_order.scalars().all().size() == 25);
    CHECK(statements == 3); // pages of 10

    std::vector<std::string> keys;
    for (int i = 0; i < 25; ++i) keys.push_back("w" + std::to_string(100 - i));
    statements = 0;
    const auto by_key =
        co_await connection.execute(az::insert(words).columns(words.word).returning(words.count, words.word), keys);
    CHECK(statements == 3);
    const auto pairs = by_key.all();
    REQUIRE(pairs.size() == 25);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        CHECK(std::get<0>(pairs[i]) == 7);
        CHECK(std::get<1>(pairs[i]) == keys[i]);
    }
    bool refused = false;
    try {
        co_await connection.execute(az::insert(words).columns(words.word).returning(words.word), keys);
    } catch (const az::IntegrityError&) {
        refused = true;
    }
    CHECK(refused);
    co_await connection.rollback();
    done = true;
}

asio::awaitable<void> upsert_many(az::Engine engine, bool& done) {
    const Schema schema;
    const auto& words = schema.words;
    co_await schema.metadata.create_all(engine);
    auto connection = co_await engine.connect();
    if (connection.dialect()->name() != "mariadb") {
        co_await connection.execute(az::insert(words).values(words.word = "b"));
        const std::vector<std::string> keys{"a", "b", "c"};
        const auto statement = az::insert(words)
                                   .columns(words.word)
                                   .on_conflict_do_nothing(az::index_elements(words.word))
                                   .returning(words.word);
        const auto kept = co_await connection.execute(statement.sort_by_parameter_order(false), keys);
        CHECK(kept.scalars().all() == std::vector<std::string>{"a", "c"});
        const auto none = co_await connection.execute(statement, keys); // in order: row by row
        CHECK(none.scalars().all().empty());
    }
    done = true;
}

} // namespace

TEST_CASE("rows by name, for columns and for parameters", "[integration][core.insert.executemany][core.update.executemany]") {
    Backend backend{backend_name()};
    bool done = false;
    backend.run(insert_by_name(backend.engine(), done));
    CHECK(done);
}

TEST_CASE("many rows with RETURNING are few statements, and come back in order",
          "[integration][core.imv.batching][core.imv.order][core.imv.support][pg.imv]") {
    Backend backend{backend_name()};
    az::EngineOptions options;
    options.insertmanyvalues_page_size = 10;
    auto engine = backend.make_engine(options);
    std::size_t statements = 0;
    engine.events().before_cursor_execute.connect([&](az::StatementEvent& event) {
        if (event.sql.starts_with("INSERT")) ++statements;
    });
    bool done = false;
    backend.run(return_in_order(engine, statements, done));
    CHECK(done);
}

TEST_CASE("many rows of an upsert with RETURNING", "[integration][core.imv.upsert]") {
    Backend backend{backend_name()};
    bool done = false;
    backend.run(upsert_many(backend.engine(), done));
    CHECK(done);
}
