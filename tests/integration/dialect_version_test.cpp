// SPDX-License-Identifier: MIT
// An engine's dialect is that of its server; what SQLite cannot write is written as it can.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include <azoth/azoth.hpp>
#include <azoth/types/sqlite.hpp>

namespace az = azoth;

namespace {

std::string backend_name() {
    const auto names = backend_names();
    return GENERATE_COPY(from_range(names));
}

struct Left : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key, az::autoincrement(false)};
    az::Column<std::string> name{*this, "name", az::String{20}};
    explicit Left(az::MetaData& md) : az::Table{"left_side", md} {}
};
struct Right : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key, az::autoincrement(false)};
    az::Column<std::string> name{*this, "name", az::String{20}};
    explicit Right(az::MetaData& md) : az::Table{"right_side", md} {}
};

std::int64_t number(std::int64_t value) { return value; }
std::int64_t number(const az::Value& value) { return std::get<std::int64_t>(value.variant()); }

asio::awaitable<void> version(az::Engine engine, bool& done) {
    auto connection = co_await engine.connect();
    const auto& known = engine.dialect()->server_version_info();
    REQUIRE(known.has_value());
    CHECK(known == az::parse_server_version(connection.server_version()));
    CHECK(*known > az::ServerVersion{3});
    CHECK(connection.dialect()->server_version_info() == known);
    co_await connection.close();
    done = true;
}

asio::awaitable<void> set_operations(az::Engine engine, bool& done) {
    az::MetaData metadata;
    const Left left{metadata};
    const Right right{metadata};
    auto connection = co_await engine.connect();
    co_await metadata.create_all(connection);
    const auto into_left = az::insert(left).columns(left.id, left.name);
    const auto into_right = az::insert(right).columns(right.id, right.name);
    const std::vector<std::tuple<std::int64_t, std::string>> left_rows{{1, "a"}, {2, "b"}, {3, "c"}};
    const std::vector<std::tuple<std::int64_t, std::string>> right_rows{{3, "c"}, {4, "d"}, {5, "e"}};
    co_await connection.execute(into_left, left_rows);
    co_await connection.execute(into_right, right_rows);
    const auto ids = [&](const auto& statement) -> asio::awaitable<std::vector<std::int64_t>> {
        const auto found = co_await connection.scalars(statement);
        std::vector<std::int64_t> read;
        for (const auto& id : found) read.push_back(number(id));
        co_return read;
    };
    using Ids = std::vector<std::int64_t>;
    const auto last_left = az::select(left.id).order_by(left.id.desc()).limit(1);
    const auto last_right = az::select(right.id).order_by(right.id.desc()).limit(1);
    const auto ends = az::union_all(last_left, last_right).order_by("id");
    const auto both_ends = co_await ids(ends);
    CHECK(both_ends == Ids{3, 5});
    const auto nested = az::except_(az::select(left.id), az::union_(az::select(right.id), last_left)).order_by("id");
    const auto without = co_await ids(nested);
    CHECK(without == Ids{1, 2});
    const auto outer = az::union_(az::intersect(az::select(left.id), az::select(right.id)), last_right).order_by("id");
    const auto shared = co_await ids(outer);
    CHECK(shared == Ids{3, 5});
    // In a subquery, in IN, with names that stand twice.
    const auto sub = az::union_all(last_left, last_right).subquery("ends");
    const auto from_sub = co_await ids(az::select(sub.c("id")).order_by(sub.c("id")));
    CHECK(from_sub == Ids{3, 5});
    const bool is_mariadb = connection.dialect()->name() == "mariadb"; // it takes no LIMIT there
    if (!is_mariadb) {
        const auto in_list = co_await ids(az::select(left.id).where(left.id.in(az::union_(last_left, last_right))));
        CHECK(in_list == Ids{3});
    }
    const auto twice = az::union_all(az::select(left.id, left.id).limit(1), az::select(right.id, right.id));
    const auto pairs = co_await connection.execute(twice);
    CHECK(pairs.all().size() == 4);
    co_await connection.rollback();
    co_await connection.close();
    done = true;
}

asio::awaitable<void> limits(az::Engine engine, bool& done) {
    az::MetaData metadata;
    const Left left{metadata};
    const Right right{metadata};
    auto connection = co_await engine.connect();
    co_await metadata.create_all(connection);
    co_await connection.execute(az::insert(left).values(left.id = 1, left.name = "a"));
    co_await connection.execute(az::insert(right).values(right.id = 2, right.name = "b"));
    const auto locked = co_await connection.scalar(az::select(left.id).with_for_update());
    CHECK(locked == 1);
    const auto pair = co_await connection.scalar(
        az::select(left.id).where(az::tuple_(left.id, left.name).in(std::tuple{1, "a"}, std::tuple{2, "b"})));
    CHECK(pair == 1);
    const auto joined = az::select(az::func::count()).select_from(az::full_join(left, right, left.id == right.id));
    bool refused = false;
    std::int64_t rows = 0;
    try {
        const auto all = co_await connection.scalar(joined);
        rows = all.value_or(0);
    } catch (const az::CompileError&) {
        refused = true;
    }
    const bool has_full_joins = connection.dialect()->has(az::ServerVersion{3, 39});
    CHECK(refused != has_full_joins);
    CHECK(rows == (has_full_joins ? 2 : 0));

    // Documents: the functions of JSON1; the binary form where the library has it.
    const auto length = co_await connection.scalar(az::select(az::func::call<std::int64_t>("json_array_length", "[1,2,3]")));
    CHECK(length == 3);
    az::MetaData with_documents;
    az::Table documents{"documents", with_documents};
    documents.add_column("id", az::Integer{}, az::primary_key);
    documents.add_column("data", az::sqlite::JSONB{});
    const bool has_binary = connection.dialect()->has(az::ServerVersion{3, 45});
    bool no_binary = false;
    try {
        co_await with_documents.create_all(connection);
        const az::Json document{{"a", 1}};
        co_await connection.execute(az::insert(documents).values(documents.c("data") = document));
        const auto read = co_await connection.execute(az::select(documents.c("data")));
        const auto value = read.one().get<az::Json>(0);
        CHECK(value == document);
    } catch (const az::CompileError&) {
        no_binary = true;
    }
    CHECK(no_binary != has_binary);
    co_await connection.rollback();
    co_await connection.close();
    done = true;
}

} // namespace

TEST_CASE("an engine's dialect knows its server's version", "[integration][dial.common.version]") {
    Backend backend{backend_name()};
    bool done = false;
    backend.run(version(backend.engine(), done));
    CHECK(done);
}

TEST_CASE("parts of a set operation have orders and limits of their own", "[integration][sl.select.limits]") {
    Backend backend{backend_name()};
    bool done = false;
    backend.run(set_operations(backend.engine(), done));
    CHECK(done);
}

TEST_CASE("what SQLite lacks is left out, written otherwise or refused", "[integration][sqlite][sl.select.limits][sl.type.json]") {
    Backend backend{"sqlite"};
    bool done = false;
    backend.run(limits(backend.engine(), done));
    CHECK(done);
}
