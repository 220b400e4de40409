// SPDX-License-Identifier: MIT
// A whole database: loaded from a script, reflected, created again, and copied to every other database row by row.
//
// The script is a small one of our own; with AZOTH_TEST_CHINOOK, a folder with Chinook_PostgreSql.sql, Chinook_MySql.sql and
// Chinook_Sqlite.sql of the Chinook sample database, these as well.
#include "support/backend.hpp"
#include "support/catch.hpp"
#include "support/sql_script.hpp"

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <azoth/compiler/ddl.hpp>

namespace az = azoth;

namespace {

using Script = std::vector<std::string>;

bool is(const az::Engine& engine, std::string_view name) { return engine.dialect()->name() == name; }

/// A shop in small: keys of one and two columns, a table that refers to itself, NULLs, decimals, dates, all kinds of text.
Script small_script(const az::Engine& engine) {
    const std::string text = is(engine, "mariadb") ? "VARCHAR(120)" : "VARCHAR(120)";
    const std::string stamp = is(engine, "postgresql") ? "TIMESTAMP" : "DATETIME";
    return {
        "CREATE TABLE artist (artist_id INT NOT NULL, name " + text + ", CONSTRAINT pk_artist PRIMARY KEY (artist_id))",
        "CREATE TABLE album (album_id INT NOT NULL, title " + text + " NOT NULL, artist_id INT NOT NULL, "
        "CONSTRAINT pk_album PRIMARY KEY (album_id), "
        "CONSTRAINT fk_album_artist FOREIGN KEY (artist_id) REFERENCES artist (artist_id))",
        "CREATE TABLE employee (employee_id INT NOT NULL, name " + text + " NOT NULL, reports_to INT, hired " + stamp + ", "
        "CONSTRAINT pk_employee PRIMARY KEY (employee_id), "
        "CONSTRAINT fk_employee_chief FOREIGN KEY (reports_to) REFERENCES employee (employee_id))",
        "CREATE TABLE track (track_id INT NOT NULL, name " + text + " NOT NULL, album_id INT, price DECIMAL(10,2) NOT NULL, "
        "milliseconds INT NOT NULL, CONSTRAINT pk_track PRIMARY KEY (track_id), "
        "CONSTRAINT fk_track_album FOREIGN KEY (album_id) REFERENCES album (album_id))",
        "CREATE INDEX ix_track_album ON track (album_id)",
        "CREATE TABLE playlist_track (playlist_id INT NOT NULL, track_id INT NOT NULL, "
        "CONSTRAINT pk_playlist_track PRIMARY KEY (playlist_id, track_id), "
        "CONSTRAINT fk_playlist_track FOREIGN KEY (track_id) REFERENCES track (track_id))",
        "INSERT INTO artist VALUES (1, 'AC/DC'), (2, 'Motörhead; or ''so'''), (3, NULL), (4, '日本語 🎵'), (5, '')",
        "INSERT INTO album VALUES (1, 'For Those About To Rock', 1), (2, 'Ace of \"Spades\"', 2)",
        "INSERT INTO employee VALUES (1, 'Adams', NULL, '2002-08-14 00:00:00'), (2, 'Edwards', 1, '2002-05-01 12:30:15'), "
        "(3, 'Peacock', 2, NULL)",
        "INSERT INTO track VALUES (1, 'one', 1, 0.99, 343719), (2, 'two', NULL, 12345678.90, 0), (3, 'three', 2, -0.01, 7)",
        "INSERT INTO playlist_track VALUES (1, 1), (1, 2), (2, 1)",
    };
}

Script chinook_script(const az::Engine& engine) {
    const std::string folder = std::getenv("AZOTH_TEST_CHINOOK");
    const std::string name = is(engine, "postgresql") ? "PostgreSql" : is(engine, "mariadb") ? "MySql" : "Sqlite";
    std::ifstream file{folder + "/Chinook_" + name + ".sql"};
    if (!file) throw std::runtime_error("there is no Chinook_" + name + ".sql in " + folder);
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    auto script = az::testing::split_sql(text);
    // The test has a database of its own.
    std::erase_if(script, [](const std::string& statement) {
        return statement.starts_with("DROP ") || statement.starts_with("CREATE DATABASE") || statement.starts_with("USE ")
            || statement.starts_with("\\c");
    });
    return script;
}

asio::awaitable<void> load(az::Engine engine, Script script) {
    auto connection = co_await engine.connect();
    for (const auto& statement : script) co_await connection.run(statement);
    co_await connection.commit();
    co_await connection.close();
}

Script description(const az::MetaData& metadata, const az::Engine& engine) {
    return az::create_all_sql(metadata, *engine.dialect(), {});
}

asio::awaitable<void> reflect(az::Engine engine, az::MetaData& metadata) { co_await metadata.reflect(engine); }
asio::awaitable<void> create(az::Engine engine, const az::MetaData& metadata) { co_await metadata.create_all(engine); }

// ---- rows --------------------------------------------------------------------------------------

struct Contents {
    std::size_t rows = 0;
    std::uint64_t sum = 0;

    Contents() = default;
};

/// What the value means, however a database brings it.
std::string meaning(const az::Value& value) { return az::to_string(value.param(), 1'000'000); }

asio::awaitable<std::map<std::string, Contents>> contents_of(az::Engine engine, const az::MetaData& metadata) {
    std::map<std::string, Contents> contents;
    auto connection = co_await engine.connect();
    const auto tables = metadata.sorted_tables();
    for (const auto* table : tables) {
        auto& of_table = contents[table->name()];
        auto stream = co_await connection.stream(az::select(*table));
        while (auto row = co_await stream.next()) {
            ++of_table.rows;
            std::string text;
            for (std::size_t i = 0; i < row->size(); ++i) text += meaning((*row)[i]) + "\x1f";
            of_table.sum += std::hash<std::string>{}(text); // whatever the order of the rows
        }
    }
    co_await connection.close();
    co_return contents;
}

asio::awaitable<void> copy(az::Engine source, az::Engine target, const az::MetaData& metadata) {
    co_await metadata.create_all(target);
    auto from = co_await source.connect();
    auto to = co_await target.connect();
    const auto tables = metadata.sorted_tables();
    for (const auto* table : tables) {
        auto statement = az::insert(*table);
        for (const auto& column : table->columns()) statement = statement.columns(column);
        auto query = az::select(*table);
        // Of a table that refers to itself the rows that others refer to come first.
        if (const auto key = table->data().primary_key(); key.size() == 1) query = query.order_by(table->c(key.front()->name));
        auto stream = co_await from.stream(query);
        std::vector<std::vector<az::Value>> rows;
        for (bool more = true; more;) {
            auto row = co_await stream.next();
            more = row.has_value();
            if (row) {
                auto& values = rows.emplace_back();
                for (std::size_t i = 0; i < row->size(); ++i) values.push_back((*row)[i]);
            }
            if (rows.size() == 500 || (!more && !rows.empty())) {
                co_await to.execute(statement, rows);
                rows.clear();
            }
        }
    }
    co_await to.commit();
    co_await to.close();
    co_await from.close();
}

void round_trip(Script (*script)(const az::Engine&), std::size_t tables) {
    for (const auto& name : backend_names()) {
        CAPTURE(name);
        Backend original{name};
        original.run(load(original.engine(), script(original.engine())));
        az::MetaData metadata;
        original.run(reflect(original.engine(), metadata));
        CHECK(metadata.tables().size() == tables);
        const auto described = description(metadata, original.engine());

        Backend twin{name};
        twin.run(create(twin.engine(), metadata));
        az::MetaData again;
        twin.run(reflect(twin.engine(), again));
        CHECK(description(again, twin.engine()) == described);
    }
}

void copy_everywhere(Script (*script)(const az::Engine&)) {
    for (const auto& source : backend_names()) {
        if (source == "sqlite") continue; // it has the file
        CAPTURE(source);
        Backend original{source};
        original.run(load(original.engine(), script(original.engine())));
        az::MetaData metadata;
        original.run(reflect(original.engine(), metadata));
        std::map<std::string, Contents> expected;
        const auto read = [](az::Engine engine, const az::MetaData& tables, std::map<std::string, Contents>& into)
            -> asio::awaitable<void> { into = co_await contents_of(engine, tables); };
        original.run(read(original.engine(), metadata, expected));
        for (const auto& target : backend_names()) {
            CAPTURE(target);
            Backend other{target};
            // Each backend has a context of its own: the copy runs on the target's.
            const auto from = az::create_engine(other.io().get_executor(), original.url());
            other.run(copy(from, other.engine(), metadata));
            std::map<std::string, Contents> found;
            other.run(read(other.engine(), metadata, found));
            for (const auto& [table, contents] : expected) {
                CAPTURE(table);
                CHECK(found[table].rows == contents.rows);
                CHECK(found[table].sum == contents.sum);
            }
        }
    }
}

bool has_chinook() {
    if (std::getenv("AZOTH_TEST_CHINOOK") != nullptr) return true;
    WARN("AZOTH_TEST_CHINOOK names no folder with the scripts of the Chinook database: not tested with them");
    return false;
}

} // namespace

TEST_CASE("a database is reflected, created from that, and reflected the same",
          "[integration][reflection][core.reflect.metadata][core.reflect.struct]") {
    round_trip(small_script, 5);
}

TEST_CASE("a database's rows are copied to every other, and are the same there", "[integration][reflection][core.conn.stream]") {
    copy_everywhere(small_script);
}

TEST_CASE("Chinook is reflected, created from that, and reflected the same", "[integration][reflection][chinook]") {
    if (has_chinook()) round_trip(chinook_script, 11);
}

TEST_CASE("Chinook's rows are copied to every other database, and are the same there", "[integration][reflection][chinook]") {
    if (has_chinook()) copy_everywhere(chinook_script);
}
