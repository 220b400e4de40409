// SPDX-License-Identifier: MIT
// SQL functions and collations of the program's own on SQLite, and REGEXP.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cctype>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <azoth/driver/sqlite.hpp>

namespace az = azoth;
using Catch::Contains;

namespace {

std::int64_t integer(const az::Value& value) { return value.is_null() ? 0 : value.param().integer; }

az::Value joined(std::span<const az::Value> arguments) {
    std::string text;
    for (const auto& argument : arguments) {
        const auto* words = std::get_if<std::string>(&argument.variant());
        text += (words != nullptr ? *words : az::to_string(argument.param())) + ";";
    }
    return text;
}
az::Value dated(std::span<const az::Value>) { return az::Value{az::Date{}}; }
az::Value exact(std::span<const az::Value>) { return az::Value{az::Decimal{"1.50"}}; }
az::Value failing(std::span<const az::Value>) { throw std::runtime_error("not today"); }
az::Value same(std::span<const az::Value> arguments) { return arguments.front(); }

/// The product of the numbers; of none NULL.
class Product : public az::sqlite::Aggregate {
public:
    void step(std::span<const az::Value> arguments) override {
        if (arguments[0].is_null()) throw std::runtime_error("a NULL has no product");
        product_ *= integer(arguments[0]);
        ++count_;
    }
    az::Value finish() override { return count_ == 0 ? az::Value{} : az::Value{product_}; }

private:
    std::int64_t product_ = 1;
    std::int64_t count_ = 0;
};

class Sum : public az::sqlite::WindowAggregate {
public:
    void step(std::span<const az::Value> arguments) override { sum_ += integer(arguments[0]); }
    void inverse(std::span<const az::Value> arguments) override { sum_ -= integer(arguments[0]); }
    az::Value value() override { return sum_; }
    az::Value finish() override { return sum_; }

private:
    std::int64_t sum_ = 0;
};

int by_length(std::string_view a, std::string_view b) {
    return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
}

asio::awaitable<void> teach(az::driver::Connection& connection) {
    az::sqlite::create_function(connection, "joined", -1, joined, true);
    az::sqlite::create_function(connection, "failing", 0, failing);
    az::sqlite::create_function(connection, "same", 1, same);
    az::sqlite::create_function(connection, "dated", 0, dated);
    az::sqlite::create_function(connection, "exact", 0, exact);
    az::sqlite::create_aggregate(connection, "product", 1, [] { return std::make_unique<Product>(); });
    az::sqlite::create_window_function(connection, "running", 1, [] { return std::make_unique<Sum>(); });
    az::sqlite::create_collation(connection, "by_length", by_length);
    co_return;
}

asio::awaitable<void> own_functions(az::Engine engine) {
    engine.events().connect.connect(teach);
    auto connection = co_await engine.connect();
    const auto all = co_await connection.exec_driver_sql("SELECT joined(1, 'ä', NULL, 2.5), joined(), same(x'00ff'), same(x''), same('')");
    const auto row = all.one();
    CHECK(row.get<std::string>(0) == "1;ä;NULL;2.5;");
    CHECK(row.get<std::string>(1).empty());
    CHECK(row.get<az::Bytes>(2) == az::Bytes{std::byte{0}, std::byte{255}});
    CHECK(row.get<az::Bytes>(3).empty());
    CHECK(row.get<std::string>(4).empty());

    co_await connection.run("CREATE TABLE n (g INTEGER, x INTEGER)");
    co_await connection.run("INSERT INTO n VALUES (1, 2), (1, 3), (2, 5), (2, 7), (2, NULL)");
    const auto products = co_await connection.exec_driver_sql("SELECT g, product(x) FROM n WHERE x IS NOT NULL GROUP BY g ORDER BY g");
    const auto groups = products.all();
    REQUIRE(groups.size() == 2);
    CHECK(groups[0].get<std::int64_t>(1) == 6);
    CHECK(groups[1].get<std::int64_t>(1) == 35);
    const auto none = co_await connection.exec_driver_sql("SELECT product(x) FROM n WHERE g = 9");
    CHECK(none.one().is_null(0));
    const auto windows = co_await connection.exec_driver_sql(
        "SELECT running(x) OVER (ORDER BY x ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM n WHERE x IS NOT NULL ORDER BY x");
    std::vector<std::int64_t> sums;
    for (const auto& one : windows.all()) sums.push_back(one.get<std::int64_t>(0));
    CHECK(sums == std::vector<std::int64_t>{2, 5, 8, 12});
    const auto whole = co_await connection.exec_driver_sql("SELECT running(x) FROM n");
    CHECK(whole.scalar_one<std::int64_t>() == 17);
    const auto shortest = co_await connection.exec_driver_sql(
        "SELECT column1 FROM (VALUES ('ccc'), ('a'), ('bb')) ORDER BY column1 COLLATE by_length");
    CHECK(shortest.first()->get<std::string>(0) == "a");

    // As expressions, with parameters.
    const auto built = co_await connection.scalar(az::func::call<std::string>("joined", az::literal(7), az::literal("x")));
    CHECK(built == "7;x;");

    // What they throw is the statement's error, and the connection goes on.
    std::string what;
    for (const auto* sql : {"SELECT failing()", "SELECT product(x) FROM n", "SELECT dated()"}) {
        try {
            co_await connection.exec_driver_sql(sql);
        } catch (const az::DBAPIError& error) {
            what += error.what();
        }
    }
    CHECK_THAT(what, Contains("not today") && Contains("a NULL has no product") && Contains("a function returns NULL"));
    const auto decimal = co_await connection.exec_driver_sql("SELECT exact()");
    CHECK(decimal.scalar_one<std::string>() == "1.50");
    const auto alive = co_await connection.exec_driver_sql("SELECT same(1)");
    CHECK(alive.scalar_one<std::int64_t>() == 1);
    co_await connection.close();
}

asio::awaitable<void> matches(az::Connection& connection, std::string text, std::string pattern, bool expected) {
    CAPTURE(text.substr(0, 40), pattern.substr(0, 40));
    std::vector<az::Value> parameters;
    parameters.emplace_back(text);
    parameters.emplace_back(pattern);
    const auto result = co_await connection.exec_driver_sql("SELECT ? REGEXP ?", std::move(parameters));
    CHECK(result.scalar_one<bool>() == expected);
}

asio::awaitable<void> regexp(az::Engine engine) {
    auto connection = co_await engine.connect();
    co_await matches(connection, "abc123", "[0-9]+$", true);
    co_await matches(connection, "abc123", "^[0-9]", false);
    co_await matches(connection, "abc", "", true);
    co_await matches(connection, "", "^$", true);
    co_await matches(connection, "ä", "^.$", true); // a character, not a byte
    co_await matches(connection, "日本", "^[一-龯]+$", true);
    co_await matches(connection, "a\nb", "\\s", true);
    co_await matches(connection, "foobar", "foo(?=bar)", true);
    // A long text neither ends the program nor takes for ever.
    co_await matches(connection, std::string(300'000, 'a') + "b", "b$", true);
    co_await matches(connection, std::string(300'000, 'a'), "^(a|aa)*$", true);
    const auto nothing = co_await connection.exec_driver_sql("SELECT NULL REGEXP 'a', 'a' REGEXP NULL");
    CHECK(nothing.one().is_null(0));
    CHECK(nothing.one().is_null(1));
    std::string what;
    const std::vector<std::string> patterns{"(", "[z-a]", std::string(5'000, '('), "*"};
    for (const auto& pattern : patterns) {
        try {
            std::vector<az::Value> parameters(1, az::Value{pattern});
            co_await connection.exec_driver_sql("SELECT 'a' REGEXP ?", std::move(parameters));
            what += "accepted " + pattern.substr(0, 5);
        } catch (const az::DBAPIError& error) {
            CHECK_THAT(error.what(), Contains("REGEXP"));
        }
    }
    CHECK(what.empty());

    az::MetaData metadata;
    const az::Table words{"words", metadata};
    co_await connection.run("CREATE TABLE words (word TEXT)");
    co_await connection.run("INSERT INTO words VALUES ('one'), ('two'), ('three'), (NULL)");
    const auto found = co_await connection.exec_driver_sql("SELECT count(*) FROM words WHERE word REGEXP '^t'");
    CHECK(found.scalar_one<std::int64_t>() == 2);
    const auto word = az::literal_column<std::string>("word");
    const auto by_operator = co_await connection.execute(az::select(word).select_from(words).where(word.regexp_match("e$")));
    CHECK(by_operator.all().size() == 2);
    co_await connection.close();
}

asio::awaitable<void> elsewhere(az::Engine engine) {
    std::string what;
    engine.events().connect.connect(teach);
    try {
        auto connection = co_await engine.connect();
        co_await connection.close();
    } catch (const az::ArgumentError& error) {
        what = error.what();
    }
    CHECK_THAT(what, Contains("another database"));
}

} // namespace

TEST_CASE("sqlite: functions, aggregates, windows and collations of the program's own", "[integration][sqlite][sl.conn.functions]") {
    const std::string name = GENERATE("sqlite", "sqlite file");
    Backend database{name};
    database.run(own_functions(database.make_engine(az::EngineOptions{})));
}

TEST_CASE("sqlite: REGEXP is there", "[integration][sqlite][sl.conn.functions]") {
    Backend database{"sqlite"};
    database.run(regexp(database.engine()));
}

TEST_CASE("sqlite: functions of the program's own are not for other databases", "[integration][sl.conn.functions]") {
    const auto names = backend_names();
    if (std::ranges::find(names, "postgresql") == names.end()) return;
    Backend database{"postgresql"};
    database.run(elsewhere(database.make_engine(az::EngineOptions{})));
}
