// SPDX-License-Identifier: MIT
// PostgreSQL's own types: arrays, ranges, hstore, addresses, bits, text searches; bound and read typed, untyped and by COPY.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <azoth/azoth.hpp>
#include <azoth/sql/postgresql.hpp>

namespace az = azoth;
namespace pg = azoth::postgresql;

namespace {

bool has_postgresql() {
    const auto names = backend_names();
    return std::ranges::find(names, "postgresql") != names.end();
}

void on_postgresql(asio::awaitable<void> (*body)(az::Engine)) {
    if (!has_postgresql()) {
        WARN("skipped: AZOTH_TEST_POSTGRESQL_URL is not set");
        return;
    }
    Backend backend{"postgresql"};
    backend.run(body(backend.engine()));
}

az::Date day(const char* text) { return *az::parse_date(text); }

template <class T>
struct Cells : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key, az::autoincrement(false)};
    az::Column<std::optional<T>> cell;
    Cells(az::MetaData& metadata, const az::Type& type, std::string name = "cell")
        : az::Table{std::move(name), metadata}, cell{*this, "cell", type} {}
};

/// Another name each time: a prepared statement remembers the types of its table.
std::string next_name() {
    static int number = 0;
    return "cell_" + std::to_string(++number);
}

/// Binds each value and NULL, singly and as a batch, and reads it typed, untyped, as text and by COPY.
template <class T>
asio::awaitable<void> keep(az::Connection& connection, std::vector<T> values, az::Type type, bool has_text = true) {
    az::MetaData metadata;
    const auto name = next_name();
    const Cells<T> cells{metadata, type, name};
    for (const auto& statement : az::create_all_sql(metadata, *connection.dialect())) co_await connection.run(statement);
    std::vector<std::tuple<std::int64_t, std::optional<T>>> rows;
    for (const auto& value : values) {
        const auto id = static_cast<std::int64_t>(rows.size());
        const auto insert = az::insert(cells).values(cells.id = id, cells.cell = value);
        co_await connection.execute(insert);
        rows.emplace_back(id, value);
    }
    rows.emplace_back(static_cast<std::int64_t>(rows.size()), std::nullopt);
    co_await connection.execute(az::insert(cells).values(cells.id = std::get<0>(rows.back())));
    for (int round = 0; round < 2; ++round) {
        INFO("type " << connection.dialect()->type_text(type) << ", round " << round);
        const auto query = az::select(cells.id, cells.cell).order_by(cells.id);
        const auto read = co_await connection.execute(query);
        REQUIRE(read.all().size() == rows.size());
        std::size_t i = 0;
        for (const auto& [id, cell] : read) CHECK(cell == std::get<1>(rows[i++]));

        const auto raw = co_await connection.execute(az::text("SELECT cell, cell::text FROM " + name + " ORDER BY id"));
        i = 0;
        for (const auto& row : raw) {
            if (has_text) CHECK(row.template get<std::optional<T>>(1) == std::get<1>(rows[i])); // from text
            const auto untyped = row[0];
            CHECK(untyped.is_null() == !std::get<1>(rows[i]).has_value());
            ++i;
        }
        std::vector<std::optional<T>> copied;
        auto copy = co_await connection.copy_out(query);
        while (true) {
            const auto row = co_await copy.next();
            if (!row) break;
            copied.push_back(std::get<1>(*row));
        }
        REQUIRE(copied.size() == rows.size());
        for (std::size_t k = 0; k < rows.size(); ++k) CHECK(copied[k] == std::get<1>(rows[k]));

        if (round > 0) break;
        co_await connection.execute(az::delete_(cells));
        const auto batch = az::insert(cells).columns(cells.id, cells.cell);
        co_await connection.execute(batch, rows);
    }
    for (const auto& statement : az::drop_all_sql(metadata, *connection.dialect())) co_await connection.run(statement);
}

asio::awaitable<void> arrays(az::Engine engine) {
    auto c = co_await engine.connect();
    using Limits = std::numeric_limits<std::int32_t>;
    using Ints = std::vector<std::int32_t>;
    const std::vector<Ints> list_1{Ints{}, Ints{1}, Ints{Limits::min(), 0, Limits::max()}};
    co_await keep<Ints>(c, list_1, az::ARRAY{az::Integer{}});
    using Texts = std::vector<std::optional<std::string>>;
    const Texts odd{"", "NULL", std::nullopt, "a,b", "{\"x\\", "żółw 🐢", " x ", "it's"};
    const std::vector<Texts> list_2{odd, Texts{std::nullopt}};
    co_await keep<Texts>(c, list_2, az::ARRAY{az::Text{}});
    const std::vector<Texts> list_3{odd};
    co_await keep<Texts>(c, list_3, az::ARRAY{az::String{40}});
    using Table = std::vector<std::vector<std::int64_t>>;
    const std::vector<Table> list_4{Table{}, Table{{1, 2}, {3, 4}, {5, 6}}};
    co_await keep<Table>(c, list_4, az::ARRAY{az::BigInteger{}, 2});
    using Decimals = std::vector<az::Decimal>;
    const std::vector<Decimals> list_5{Decimals{az::Decimal{std::string(900, '9') + ".5"}, az::Decimal{"-0.001"}}};
    co_await keep<Decimals>(c, list_5, az::ARRAY{az::Numeric{}});
    using Days = std::vector<az::Date>;
    const std::vector<Days> list_6{Days{day("0001-01-01"), day("9999-12-31")}};
    co_await keep<Days>(c, list_6, az::ARRAY{az::DateType{}});
    using Moments = std::vector<az::TimestampTz>;
    const std::vector<Moments> list_7{Moments{*az::parse_timestamp_tz("2024-01-02 03:04:05.000006+02:00")}};
    co_await keep<Moments>(c, list_7, az::ARRAY{az::DateTime{true}});
    using Uuids = std::vector<az::Uuid>;
    const std::vector<Uuids> list_8{Uuids{az::Uuid::random(), az::Uuid{}}};
    co_await keep<Uuids>(c, list_8, az::ARRAY{az::UuidType{}});
    using Flags = std::vector<bool>;
    const std::vector<Flags> list_9{Flags{true, false}};
    co_await keep<Flags>(c, list_9, az::ARRAY{az::Boolean{}});
    using Numbers = std::vector<double>;
    const std::vector<Numbers> list_10{Numbers{0.1, -1e300, std::numeric_limits<double>::infinity()}};
    co_await keep<Numbers>(c, list_10, az::ARRAY{az::Double{}});
    using Blobs = std::vector<az::Bytes>;
    const std::vector<Blobs> list_11{Blobs{az::Bytes{std::byte{0}, std::byte{255}}, az::Bytes{}}};
    co_await keep<Blobs>(c, list_11, az::ARRAY{az::LargeBinary{}}, false); // bytes in text are hexadecimal
    const az::ARRAY letters{az::Enum{{"a", "b"}, "letter"}};
    const std::vector<Texts> list_12{Texts{"a", std::nullopt}};
    co_await keep<Texts>(c, list_12, letters);
    using Ranges = std::vector<std::int32_t>;
    const auto ranges = co_await c.execute(az::text("SELECT ARRAY['[1,3)'::int4range, 'empty']"));
    const auto untyped = ranges.one()[0];
    const auto& array = std::get<az::ArrayValue>(untyped.variant());
    REQUIRE(array.items.size() == 2);
    CHECK(az::range_text(std::get<az::RangeValue>(array.items[0].variant())) == "[1,3)");
    CHECK(az::range_text(std::get<az::RangeValue>(array.items[1].variant())) == "empty");
    const auto vector = co_await c.execute(az::text("SELECT '3 1 2'::int2vector, '{{1,NULL}}'::int[]"));
    const auto row = vector.one();
    CHECK(row.get<Ranges>(0) == Ranges{3, 1, 2});
    CHECK(row.get<std::string>(1) == "{{1,NULL}}");
    CHECK_THROWS_AS(row.get<Ranges>(1), az::TypeMismatchError);
    co_await c.close();
}

asio::awaitable<void> array_operators(az::Engine engine) {
    auto c = co_await engine.connect();
    az::MetaData metadata;
    az::Table notes{"notes", metadata};
    const auto id = notes.add_column("id", az::Integer{}, az::primary_key);
    const auto tags = notes.add_column("tags", az::ARRAY{az::String{}});
    for (const auto& statement : az::create_all_sql(metadata, *c.dialect())) co_await c.run(statement);
    const std::vector<std::string> both{"a", "b"};
    const std::vector<std::string> one{"b"};
    co_await c.execute(az::insert(notes).values(id = 1, tags = both));
    const auto contains = co_await c.scalar(az::select(id).where(pg::contains(tags, one)));
    CHECK(contains.has_value());
    const auto contained = co_await c.scalar(az::select(id).where(pg::contained_by(tags, one)));
    CHECK_FALSE(contained.has_value());
    const auto any = co_await c.scalar(az::select(id).where(pg::any(tags, "a")));
    CHECK(any.has_value());
    const auto overlap = co_await c.scalar(az::select(id).where(pg::overlap(tags, pg::array("x", "a"))));
    CHECK(overlap.has_value());
    const auto item = co_await c.scalar(az::select(pg::item<std::string>(tags, 1)));
    CHECK(item == "a");
    co_await c.execute(az::update(notes).values(pg::set_item(tags, 2, "c")));
    const std::vector<std::string> other{"a", "c"};
    const auto changed = co_await c.scalar(az::select(tags).where(tags == other));
    CHECK(changed.has_value());
    bool refused = false;
    const std::vector<std::string> zero{std::string(1, '\0')};
    try {
        co_await c.execute(az::update(notes).values(tags = zero));
    } catch (const az::DataError&) {
        refused = true;
    }
    CHECK(refused);
    co_await c.rollback();
    co_await c.close();
}

asio::awaitable<void> array_positions(az::Engine engine) {
    auto c = co_await engine.connect();
    az::MetaData metadata;
    az::Table grids{"grids", metadata};
    const auto id = grids.add_column("id", az::Integer{}, az::primary_key);
    const auto list = grids.add_column("list", az::ARRAY{az::Integer{}}.zero_indexes());
    const auto plain = grids.add_column("plain", az::ARRAY{az::Integer{}});
    const auto grid = grids.add_column("grid", az::ARRAY{az::Integer{}, 2});
    for (const auto& statement : az::create_all_sql(metadata, *c.dialect())) co_await c.run(statement);
    const std::vector<std::int32_t> three{10, 20, 30};
    const std::vector<std::vector<std::int32_t>> square{{1, 2}, {3, 4}};
    co_await c.execute(az::insert(grids).values(id = 1, list = three, plain = three, grid = square));
    const auto first = co_await c.scalar(az::select(pg::item<std::int32_t>(list, 0)));
    CHECK(first == 10);
    const auto first_plain = co_await c.scalar(az::select(pg::item<std::int32_t>(plain, 1)));
    CHECK(first_plain == 10);
    const auto by_column = co_await c.scalar(az::select(pg::item<std::int32_t>(list, id)));
    CHECK(by_column == 20);
    const auto untyped = co_await c.scalar(az::select(pg::item(list, 2)));
    REQUIRE(untyped.has_value());
    CHECK(*untyped == az::Value{std::int64_t{30}}); // the array says what it is
    const auto part = co_await c.execute(az::select(pg::slice(list, 0, 1)));
    const auto part_value = part.one()[0];
    CHECK(part_value == az::TypeTraits<std::vector<std::int32_t>>::value({10, 20}));
    const auto corner = co_await c.scalar(az::select(pg::item<std::int32_t>(pg::item(grid, 2), 1)));
    CHECK(corner == 3);
    CHECK(az::sql::type_of(*pg::item(grid, 2).node()) == az::Type{az::ARRAY{az::Integer{}, 1}});
    CHECK(az::sql::type_of(*pg::item(pg::item(grid, 2), 1).node()) == az::Type{az::Integer{}});
    co_await c.execute(az::update(grids).values(pg::set_item(list, 0, 11)));
    const auto changed = co_await c.scalar(az::select(pg::item<std::int32_t>(list, 0)));
    CHECK(changed == 11);
    const auto less = co_await c.scalar(az::select(id).where(pg::all(list, 5, az::sql::Operator::lt)));
    CHECK(less.has_value());
    const auto none_less = co_await c.scalar(az::select(id).where(pg::any(list, 5, az::sql::Operator::gt)));
    CHECK_FALSE(none_less.has_value());
    const auto nested = co_await c.execute(az::select(grids.c("grid")));
    const auto nested_value = nested.one()[0];
    CHECK(nested_value == az::TypeTraits<std::vector<std::vector<std::int32_t>>>::value(square));
    // Arrays are values, as SQLAlchemy's tuples: rows that have them can be compared.
    co_await c.execute(az::insert(grids).values(id = 2, list = three, plain = three, grid = square));
    const auto rows = co_await c.execute(az::select(grids.c("plain")));
    CHECK(rows.unique().all().size() == 1);
    co_await c.rollback();
    co_await c.close();
}

asio::awaitable<void> ranges(az::Engine engine) {
    auto c = co_await engine.connect();
    using Ints = az::Range<std::int32_t>;
    using Limits = std::numeric_limits<std::int32_t>;
    const std::vector<Ints> list_13{Ints{1, 5}, Ints{1, 5, "[]"}, Ints{std::nullopt, 3}, Ints{3, std::nullopt, "()"}, Ints{}, Ints::empty(), Ints{Limits::min(), Limits::max()}};
    co_await keep<Ints>(c, list_13, pg::INT4RANGE{});
    using Bigs = az::Range<std::int64_t>;
    const std::vector<Bigs> list_14{Bigs{-5'000'000'000, 5'000'000'000, "(]"}};
    co_await keep<Bigs>(c, list_14, pg::INT8RANGE{});
    using Nums = az::Range<az::Decimal>;
    const std::vector<Nums> list_15{Nums{az::Decimal{"1.5"}, az::Decimal{"2.25"}, "[]"}, Nums{az::Decimal{"0"}, std::nullopt, "()"}};
    co_await keep<Nums>(c, list_15, pg::NUMRANGE{});
    using Days = az::Range<az::Date>;
    const std::vector<Days> list_16{Days{day("2024-02-28"), day("2024-02-29"), "[]"}, Days{day("0001-01-01"), day("9999-12-31")}};
    co_await keep<Days>(c, list_16, pg::DATERANGE{});
    using Moments = az::Range<az::Timestamp>;
    const std::vector<Moments> list_17{Moments{*az::parse_timestamp("2024-01-01 00:00:00"), *az::parse_timestamp("2024-01-02 03:04:05.000006"), "()"}};
    co_await keep<Moments>(c, list_17, pg::TSRANGE{});
    using Points = az::Range<az::TimestampTz>;
    const std::vector<Points> list_18{Points{*az::parse_timestamp_tz("2024-01-01 00:00:00+00:00"), std::nullopt}};
    co_await keep<Points>(c, list_18, pg::TSTZRANGE{});
    using Several = std::vector<Ints>;
    const std::vector<Several> list_19{Several{}, Several{{1, 3}, {7, std::nullopt}}, Several{{std::nullopt, 0}}};
    co_await keep<Several>(c, list_19, pg::INT4MULTIRANGE{});
    using SomeDays = std::vector<Days>;
    const std::vector<SomeDays> list_20{SomeDays{{day("2024-01-01"), day("2024-02-01")}, {day("2024-03-01"), day("2024-04-01")}}};
    co_await keep<SomeDays>(c, list_20, pg::DATEMULTIRANGE{});
    co_await c.close();
}

/// The database and the C++ value agree about any two ranges.
asio::awaitable<void> range_operators(az::Engine engine) {
    using Ints = az::Range<std::int32_t>;
    const std::vector<Ints> all{{1, 5}, {5, 9}, {1, 4, "[]"}, {3, 7, "()"}, {}, Ints::empty(), {std::nullopt, 3, "(]"}, {9, std::nullopt}};
    auto c = co_await engine.connect();
    for (const auto& a : all) {
        for (const auto& b : all) {
            const auto x = az::literal(a);
            const auto rows = co_await c.execute(az::select(
                pg::contains(x, b), pg::overlap(x, b), pg::adjacent_to(x, b), pg::strictly_left_of(x, b),
                pg::not_extend_right_of(x, b), pg::not_extend_left_of(x, b), x == b));
            const auto [contains, overlaps, adjacent, left, not_right, not_left, equal] = rows.one();
            INFO(az::range_text(az::TypeTraits<Ints>::range(a)) << " and " << az::range_text(az::TypeTraits<Ints>::range(b)));
            CHECK(contains == a.contains(b));
            CHECK(overlaps == a.overlaps(b));
            CHECK(adjacent == a.adjacent_to(b));
            CHECK(left == a.strictly_left_of(b));
            CHECK(not_right == a.not_extend_right_of(b));
            CHECK(not_left == a.not_extend_left_of(b));
            CHECK(equal == (a == b));
        }
        const auto seven = co_await c.scalar(az::select(pg::contains(az::literal(a), 7)));
        CHECK(seven == a.contains(7));
    }
    const az::Range<std::int64_t> big{1, 5};
    const auto found = co_await c.scalar(az::select(pg::contains(az::literal(big), 3)));
    CHECK(found == true);
    co_await c.close();
}

asio::awaitable<void> own_texts(az::Engine engine) {
    auto c = co_await engine.connect();
    using Texts = std::vector<std::string>;
    const Texts list_21{"192.168.0.1", "10.0.0.0/8", "::1", "2001:db8::1:0:0:1", "::ffff:1.2.3.4", "fe80::/10"};
    co_await keep<std::string>(c, list_21, pg::INET{}, false); // a cast to text writes the bits too
    const Texts list_22{"10.0.0.0/8", "2001:db8::/32"};
    co_await keep<std::string>(c, list_22, pg::CIDR{});
    const Texts list_23{"08:00:2b:01:02:03"};
    co_await keep<std::string>(c, list_23, pg::MACADDR{});
    const Texts list_24{"08:00:2b:01:02:03:04:05"};
    co_await keep<std::string>(c, list_24, pg::MACADDR8{});
    const Texts list_25{"1010000001"};
    co_await keep<std::string>(c, list_25, pg::BIT{10});
    const Texts list_26{"", "1", "101010101"};
    co_await keep<std::string>(c, list_26, pg::BIT_VARYING{20});
    const Texts list_27{"'a' 'b':1,2A", "", "'it''s':3B"};
    co_await keep<std::string>(c, list_27, pg::TSVECTOR{});
    const Texts list_28{"'a' & ( 'b' | !'c' )", "'a' <-> 'b'", "'x':*A <2> ( 'y' <-> 'z' )", "!( 'a' & 'b' )"};
    co_await keep<std::string>(c, list_28, pg::TSQUERY{});
    const Texts list_29{"$.\"a\"[*]?(@ > 1)"};
    co_await keep<std::string>(c, list_29, pg::JSONPATH{});
    const auto money = co_await c.execute(az::text("SELECT '-1234.56'::numeric::money"));
    const auto row = money.one();
    CHECK(row.get<az::Decimal>(0) == az::Decimal{"-1234.56"});
    co_await c.close();
}

asio::awaitable<void> hstores(az::Engine engine) {
    auto c = co_await engine.connect();
    const auto available = co_await c.execute(az::text("SELECT 1 FROM pg_available_extensions WHERE name = 'hstore'"));
    if (available.all().empty()) {
        WARN("skipped: the server has no hstore");
        co_await c.close();
        co_return;
    }
    co_await c.run("CREATE EXTENSION IF NOT EXISTS hstore");
    const az::Hstore odd{{"", "x"}, {"a \"b\\", std::nullopt}, {"k=>v", "it's, 'so'"}, {"ż", "🐢"}};
    const std::vector<az::Hstore> list_30{az::Hstore{}, odd};
    co_await keep<az::Hstore>(c, list_30, pg::HSTORE{});
    const auto read = co_await c.execute(az::text("SELECT '\"a\"=>\"1\", \"b\"=>NULL'::hstore"));
    const auto row = read.one();
    const auto untyped = row[0];
    CHECK(untyped == az::Value{std::string{"\"a\"=>\"1\", \"b\"=>NULL"}});
    co_await c.rollback();
    co_await c.close();
}

/// What only PostgreSQL has of the generic types.
asio::awaitable<void> far_ends(az::Engine engine) {
    auto c = co_await engine.connect();
    const double infinite = std::numeric_limits<double>::infinity();
    const auto numbers = co_await c.execute(az::select(az::literal(infinite), az::literal(-infinite), az::literal(std::nan(""))));
    const auto [plus, minus, none] = numbers.one();
    CHECK(plus == infinite);
    CHECK(minus == -infinite);
    CHECK(std::isnan(none));
    const az::Decimal huge{"-" + std::string(1'000, '7') + "." + std::string(1'000, '3')};
    const auto decimals = co_await c.execute(az::select(az::literal(huge), az::literal(az::Decimal::nan())));
    const auto [same, nan] = decimals.one();
    CHECK(same == huge);
    CHECK(nan.is_nan());
    const auto days = co_await c.execute(az::text("SELECT 'infinity'::date, '-infinity'::timestamp, 'infinity'::date::text"));
    const auto row = days.one();
    CHECK(row.get<std::string>(0) == "infinity");
    CHECK(row.get<std::string>(1) == "-infinity");
    CHECK_THROWS_AS(row.get<az::Date>(0), az::TypeMismatchError);
    const az::Json document{{"a", {1, nullptr, "it's \\ 🐢"}}};
    az::MetaData metadata;
    const Cells<az::Json> cells{metadata, pg::JSONB{}};
    for (const auto& statement : az::create_all_sql(metadata, *c.dialect())) co_await c.run(statement);
    const auto insert = az::insert(cells).values(cells.id = std::int64_t{1}, cells.cell = document);
    co_await c.execute(insert);
    const auto found = co_await c.scalar(az::select(cells.cell).where(pg::contains(cells.cell, document)));
    CHECK(found == document);
    co_await c.rollback();
    co_await c.close();
}

} // namespace

TEST_CASE("postgresql: arrays of every kind of element", "[integration][postgresql][types]") { on_postgresql(arrays); }
TEST_CASE("postgresql: positions in arrays, dimensions, arrays as values", "[integration][postgresql][types][core.type.array]") {
    on_postgresql(array_positions);
}
TEST_CASE("postgresql: arrays in operators", "[integration][postgresql][types]") {
    on_postgresql(array_operators);
}
TEST_CASE("postgresql: ranges and multiranges", "[integration][postgresql][types]") { on_postgresql(ranges); }
TEST_CASE("postgresql: ranges compare as their C++ values do", "[integration][postgresql][types][pg.type.range]") {
    on_postgresql(range_operators);
}
TEST_CASE("postgresql: addresses, bits and text searches", "[integration][postgresql][types]") {
    on_postgresql(own_texts);
}
TEST_CASE("postgresql: hstore", "[integration][postgresql][types]") { on_postgresql(hstores); }
TEST_CASE("postgresql: infinities, huge decimals, JSONB", "[integration][postgresql][types]") { on_postgresql(far_ends); }
