// SPDX-License-Identifier: MIT
// Values of every generic type, both ways through each driver: bound singly, in batches and as literals; read typed,
// untyped and streamed.
#include "support/backend.hpp"
#include "support/catch.hpp"

#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include <azoth/azoth.hpp>
#include <azoth/compiler/literal.hpp>

namespace az = azoth;

namespace {

enum class Mood { fine, so_so };

std::string backend_name() {
    const auto names = backend_names();
    return GENERATE_COPY(from_range(names));
}

/// A key and one value of the type in question.
struct Kept : az::Table {
    az::Column<std::int64_t> id{*this, "id", az::primary_key, az::autoincrement(false)};
    az::Column<az::Value> value;
    Kept(az::MetaData& metadata, const az::Type& type) : az::Table{"kept", metadata}, value{*this, "value", type, az::nullable} {}
};

bool same(const az::Value& a, const az::Value& b) {
    const auto* x = std::get_if<double>(&a.variant());
    const auto* y = std::get_if<double>(&b.variant());
    if (x != nullptr && y != nullptr) return *x == *y || (std::isnan(*x) && std::isnan(*y));
    const auto* d = std::get_if<az::Decimal>(&a.variant());
    const auto* e = std::get_if<az::Decimal>(&b.variant());
    if (d != nullptr && e != nullptr && d->is_nan()) return e->is_nan();
    return a == b;
}

std::string shown(const az::Value& value) { return to_string(value.param(), 80); }

/// Reads a cell as the C++ type of the values.
using ReadCell = std::function<az::Value(const az::Row&, std::size_t)>;

template <class T>
ReadCell as() {
    return [](const az::Row& row, std::size_t column) {
        return az::TypeTraits<std::optional<T>>::value(row.get<std::optional<T>>(column));
    };
}

template <class T>
std::vector<az::Value> values(std::vector<T> list) {
    std::vector<az::Value> all{az::Value{}};
    for (const auto& item : list) all.push_back(az::TypeTraits<T>::value(item));
    return all;
}

struct Sample {
    az::Type type;
    std::vector<az::Value> values;
    ReadCell read;
    bool has_literals = true;
    bool comparable = true; ///< found again by `=`
    bool raw = true;        ///< without the column's type it is the same value
};

void expect(const std::vector<az::Value>& expected, const std::vector<az::Value>& read, const char* how) {
    REQUIRE(read.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        INFO(how << ": " << shown(expected[i]) << " came back as " << shown(read[i]));
        CHECK(same(expected[i], read[i]));
    }
}

asio::awaitable<void> expect_kept(az::Connection& connection, const Kept& kept, const Sample& sample) {
    const auto query = az::select(kept.id, kept.value).order_by(kept.id);
    std::vector<az::Value> untyped;
    const auto rows = co_await connection.execute(query);
    for (const auto& row : rows) untyped.push_back(row[1]);
    expect(sample.values, untyped, "as the column's type");

    std::vector<az::Value> typed;
    const auto raw = co_await connection.execute(az::text("SELECT id, value FROM kept ORDER BY id"));
    for (const auto& row : raw) typed.push_back(sample.read(row, 1));
    if (sample.raw) expect(sample.values, typed, "as the C++ type");

    std::vector<az::Value> streamed;
    auto stream = co_await connection.stream(query, az::ExecutionOptions{}.yield_per(2));
    while (true) {
        const auto row = co_await stream.next();
        if (!row) break;
        streamed.push_back((*row)[1]);
    }
    expect(sample.values, streamed, "streamed");
}

asio::awaitable<void> keep(az::Engine engine, const Sample& sample) {
    az::MetaData metadata;
    const Kept kept{metadata, sample.type};
    co_await metadata.create_all(engine);
    auto connection = co_await engine.connect();

    for (std::size_t i = 0; i < sample.values.size(); ++i) {
        const auto insert = az::insert(kept).values(kept.id = static_cast<std::int64_t>(i), kept.value = sample.values[i]);
        co_await connection.execute(insert);
    }
    co_await expect_kept(connection, kept, sample);
    for (std::size_t i = 1; sample.comparable && i < sample.values.size(); ++i) {
        const auto query = az::select(kept.id).where(kept.value == sample.values[i], kept.id == static_cast<std::int64_t>(i));
        const auto found = co_await connection.execute(query);
        INFO("looking for " << shown(sample.values[i]));
        CHECK(found.all().size() == 1);
    }

    co_await connection.execute(az::delete_(kept));
    std::vector<std::tuple<std::int64_t, az::Value>> rows;
    for (std::size_t i = 0; i < sample.values.size(); ++i) rows.emplace_back(static_cast<std::int64_t>(i), sample.values[i]);
    const auto batch = az::insert(kept).columns(kept.id, kept.value);
    co_await connection.execute(batch, rows);
    co_await expect_kept(connection, kept, sample);

    if (sample.has_literals) {
        co_await connection.execute(az::delete_(kept));
        for (std::size_t i = 0; i < sample.values.size(); ++i) {
            const auto insert =
                az::insert(kept).values(kept.id = static_cast<std::int64_t>(i), kept.value = sample.values[i]);
            co_await connection.run(az::literal_sql(insert, engine.dialect()));
        }
        co_await expect_kept(connection, kept, sample);
    }
    co_await connection.commit();
    co_await connection.close();
    co_await metadata.drop_all(engine);
}

void both_ways(const Sample& sample) {
    Backend backend{backend_name()};
    backend.run(keep(backend.engine(), sample));
}

az::Date day(const char* text) { return *az::parse_date(text); }
az::Timestamp moment(const char* text) { return *az::parse_timestamp(text); }
az::TimestampTz point(const char* text) { return *az::parse_timestamp_tz(text); }

const std::vector<std::string> texts{
    "", " ", "a", "it's \"quoted\" `so` [too]", "back\\slash\\", "-- /* */ ;", "%s :name $1 ? %%", "tab\tnewline\nreturn\r",
    "żółw", "日本語", "עברית", "👩‍👩‍👧 🐢", "e\u0301", "\u2018\u2019\u201C\u201D", "\u202Eright", "\uFEFF", "NULL", "\x7f\x01",
    std::string(60'000, 'x')};

} // namespace

template <>
struct azoth::EnumNames<Mood> {
    static constexpr std::array names{"fine", "so-so"};
};

TEST_CASE("types: integers at their limits", "[integration][core.type.integer_family]") {
    using Small = std::numeric_limits<std::int16_t>;
    using Plain = std::numeric_limits<std::int32_t>;
    using Big = std::numeric_limits<std::int64_t>;
    both_ways({az::SmallInteger{}, values<std::int16_t>({0, 1, -1, Small::min(), Small::max()}), as<std::int16_t>()});
    both_ways({az::Integer{}, values<std::int32_t>({0, 1, -1, Plain::min(), Plain::max()}), as<std::int32_t>()});
    both_ways({az::BigInteger{}, values<std::int64_t>({0, 1, -1, Big::min() + 1, Big::max()}), as<std::int64_t>()});
}

TEST_CASE("types: truth", "[integration][types]") {
    both_ways({az::Boolean{}, values<bool>({true, false}), as<bool>()});
}

TEST_CASE("types: floating point numbers", "[integration][core.type.float_double]") {
    using D = std::numeric_limits<double>;
    both_ways({az::Double{}, values<double>({0.0, -0.5, 0.1, 1e-300, 1.7976931348623157e308, D::denorm_min(), 123456789.123}),
               as<double>(), true, false});
}

TEST_CASE("types: exact decimals", "[integration][core.type.numeric]") {
    both_ways({az::Numeric{12, 2}, values<az::Decimal>({az::Decimal{"0.00"}, az::Decimal{"1234567890.12"}, az::Decimal{"-0.01"}}),
               as<az::Decimal>()});
}

TEST_CASE("types: text with every kind of character", "[integration][core.type.string_text]") {
    both_ways({az::Text{}, values<std::string>(texts), as<std::string>(), true, false});
    both_ways({az::UnicodeText{}, values<std::string>({"żółw", "👩‍👩‍👧"}), as<std::string>(), true, false});
    both_ways({az::String{20}, values<std::string>({"a", "twenty characters ał"}), as<std::string>()});
    both_ways({az::Unicode{20}, values<std::string>({"日本語"}), as<std::string>()});
}

TEST_CASE("types: bytes", "[integration][core.type.binary]") {
    az::Bytes all;
    for (int i = 0; i < 256; ++i) all.push_back(static_cast<std::byte>(i));
    both_ways({az::LargeBinary{}, values<az::Bytes>({az::Bytes{}, all, az::Bytes(1'000, std::byte{0})}), as<az::Bytes>(), true, false});
}

TEST_CASE("types: days, times and moments", "[integration][core.type.datetime]") {
    both_ways({az::DateType{}, values<az::Date>({day("0001-01-01"), day("1969-12-31"), day("2024-02-29"), day("9999-12-31")}), as<az::Date>()});
    both_ways({az::TimeType{}, values<az::Time>({az::Time{}, *az::parse_time("23:59:59")}), as<az::Time>()});
    both_ways({az::DateTime{}, values<az::Timestamp>({moment("1970-01-01 00:00:00"), moment("2024-02-29 23:59:59"), moment("9999-12-31 23:59:59")}), as<az::Timestamp>()});
    both_ways({az::DateTime{true}, values<az::TimestampTz>({point("2024-02-29 23:59:59+00:00"), point("1999-12-31 22:00:00-02:00")}), as<az::TimestampTz>()});
}

TEST_CASE("types: intervals", "[integration][core.type.interval]") {
    using std::chrono::seconds;
    const std::vector<az::Interval> intervals{az::Interval{seconds{0}}, az::Interval{seconds{90'061}}, az::Interval{seconds{86'400 * 400}}};
    both_ways({az::IntervalType{false}, values<az::Interval>(intervals), as<az::Interval>()});
    both_ways({az::IntervalType{}, values<az::Interval>(intervals), as<az::Interval>()});
}

TEST_CASE("types: UUIDs", "[integration][core.type.uuid]") {
    const std::vector<az::Uuid> uuids{az::Uuid{}, az::Uuid{"ffffffff-ffff-ffff-ffff-ffffffffffff"}, az::Uuid::random()};
    both_ways({az::UuidType{}, values<az::Uuid>(uuids), as<az::Uuid>()});
    both_ways({az::UuidType{false}, values<az::Uuid>(uuids), as<az::Uuid>()});
    both_ways({az::UuidType{}.as_uuid(false), values<std::string>({"01234567-89ab-4def-8123-456789abcdef"}), as<std::string>(), true, true, false});
}

TEST_CASE("types: documents", "[integration][types]") {
    const auto read = [](const az::Row& row, std::size_t column) -> az::Value {
        const auto document = row.get<std::optional<az::Json>>(column);
        return document ? az::TypeTraits<az::Json>::value(*document) : az::Value{};
    };
    // As text the documents differ by blanks and by the order of keys: each is written as nlohmann writes it.
    const std::vector<az::Json> documents{
        az::Json::parse(R"({"a":[1,2.5,null,true,"x"]})"), az::Json("it's \\ \" 👩‍👩‍👧"), az::Json::array(), az::Json(5), az::Json(nullptr)};
    both_ways({az::JsonType{}, values<az::Json>(documents), read, false, false});
}

TEST_CASE("types: enumerations", "[integration][types]") {
    both_ways({az::TypeTraits<Mood>::type(), values<Mood>({Mood::fine, Mood::so_so}), as<Mood>()});
    both_ways({az::Enum{{"a", "it's", "ż"}, "letters"}.native_enum(false), values<std::string>({"it's", "ż"}), as<std::string>()});
}
