// SPDX-License-Identifier: MIT
// Statements and values: what goes in comes out, in every form of a query.
#include <chrono>
#include <limits>
#include <string>
#include <tuple>
#include <vector>

#include "testing/suite_case.hpp"

namespace azoth::testing {

namespace {

asio::awaitable<void> fill(Connection& connection, const Items& items) {
    std::vector<std::tuple<std::string, std::optional<std::int64_t>>> rows;
    rows.emplace_back("anvil", 1);
    rows.emplace_back("bolt", 2);
    rows.emplace_back("crate", std::nullopt);
    rows.emplace_back("drum", 4);
    co_await connection.execute(insert(items).columns(items.name, items.amount), std::move(rows));
}

asio::awaitable<void> selects_nothing_but_values(Engine engine) {
    auto connection = co_await engine.connect();
    const auto row = co_await connection.execute(select(literal(41) + literal(1), literal("x"), literal(std::optional<std::int64_t>{}, BigInteger{})));
    const auto& [sum, text, nothing] = row.one();
    expect_equal("41 + 1", sum, 42);
    expect_equal("text", text, "x");
    expect(!nothing, "NULL did not come back as NULL");
}

asio::awaitable<void> keeps_values(Engine engine) {
    const SuiteTables tables;
    const auto& v = tables.values;
    const auto text = std::string{"ASCII, ä€😀, quote ' \" ` \\ %s :x ? $1\nline"};
    Bytes bytes;
    for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<std::byte>(i));
    const auto day = std::chrono::year{2024} / 2 / 29;
    const Timestamp moment{std::chrono::local_days{day} + std::chrono::hours{23} + std::chrono::minutes{59}};
    const Time clock{std::chrono::hours{13} + std::chrono::seconds{7}};
    const auto uuid = *Uuid::try_parse("00112233-4455-6677-8899-aabbccddeeff");
    auto connection = co_await engine.connect();
    co_await connection.execute(insert(v).values(
        v.id = 1, v.small = std::int16_t{-32768}, v.big = std::numeric_limits<std::int64_t>::min(), v.exact = Decimal{"-123456.789012"},
        v.ratio = 0.1, v.note = text, v.data = bytes, v.flag = true, v.day = day, v.clock = clock, v.moment = moment, v.uuid = uuid));
    co_await connection.execute(insert(v).values(v.id = 2, v.big = std::numeric_limits<std::int64_t>::max(), v.note = "", v.data = Bytes{}, v.flag = false));
    const auto rows = co_await connection.execute(
        select(v.small, v.big, v.exact, v.ratio, v.note, v.data, v.flag, v.day, v.clock, v.moment, v.uuid).order_by(v.id));
    const auto all = rows.all();
    expect_equal("rows", all.size(), 2U);
    const auto& [small, big, exact, ratio, note, data, flag, date, time, at, id] = all[0];
    expect_equal("SMALLINT", *small, -32768);
    expect_equal("BIGINT", *big, std::numeric_limits<std::int64_t>::min());
    expect_equal("NUMERIC", exact->to_string(), "-123456.789012");
    expect_equal("DOUBLE", *ratio, 0.1);
    expect_equal("TEXT", *note, text);
    expect(*data == bytes, "bytes came back changed");
    expect(*flag, "true came back as false");
    expect(*date == day, "a DATE came back changed");
    expect(*time == clock, "a TIME came back changed");
    expect(*at == moment, "a TIMESTAMP came back changed");
    expect(*id == uuid, "a UUID came back changed");
    const auto& second = all[1];
    expect(!std::get<0>(second) && !std::get<2>(second) && !std::get<3>(second) && !std::get<7>(second) && !std::get<10>(second),
           "what was not given came back as something");
    expect_equal("BIGINT", *std::get<1>(second), std::numeric_limits<std::int64_t>::max());
    expect(std::get<4>(second) == "", "an empty string is not NULL");
    expect(std::get<5>(second) == Bytes{}, "no bytes are not NULL");
    expect(std::get<6>(second) == false, "false came back as something else");
}

asio::awaitable<void> keeps_all_digits(Engine engine) {
    const SuiteTables tables;
    const auto& v = tables.values;
    auto connection = co_await engine.connect();
    const Decimal most{"-99999999999999.999999"};
    co_await connection.execute(insert(v).values(v.id = 1, v.exact = most));
    const auto found = co_await connection.scalar(select(v.exact).where(v.exact == most));
    expect(found.has_value(), "a decimal of 20 digits is not found by its value");
    expect_equal("a decimal of 20 digits", found->to_string(), "-99999999999999.999999");
}

asio::awaitable<void> keeps_hostile_text(Engine engine) {
    const SuiteTables tables;
    const auto& items = tables.items;
    auto connection = co_await engine.connect();
    std::vector<std::string> names;
    names.emplace_back("'; DROP TABLE azs_item; --");
    names.emplace_back("\\'; DELETE FROM azs_item; #");
    names.emplace_back("/* */ ' OR ''='");
    names.emplace_back("’ “ ` $$ $1 ? %(x)s :name");
    for (const auto& name : names) {
        co_await connection.execute(insert(items).values(items.name = name));
        const auto found = co_await connection.scalar(select(items.name).where(items.name == name));
        expect_equal("a name", found.value_or("nothing"), name);
        const auto written = compile(select(items.name).where(items.name == name), engine.dialect(), CompileOptions{}.literal_binds());
        const auto rows = co_await connection.exec_driver_sql(written.sql());
        expect_equal("the same as a literal", rows.one().get<std::string>(0), name);
    }
}

asio::awaitable<void> quotes_names(Engine engine) {
    const SuiteTables tables;
    const auto& odd = tables.odd;
    auto connection = co_await engine.connect();
    co_await connection.execute(insert(odd).values(odd.order = 1, odd.mixed = 2, odd.quote = 3, odd.percent = 4));
    co_await connection.execute(update(odd).where(odd.percent == 4).values(odd.mixed = odd.quote + 10));
    const auto rows = co_await connection.execute(select(odd));
    const auto row = rows.one();
    expect_equal("MiXed Case", row.get<std::int64_t>("MiXed Case"), 13);
    expect_equal("100%:x", row.get<std::int64_t>("100%:x"), 4);
}

asio::awaitable<void> generates_keys(Engine engine) {
    const SuiteTables tables;
    const auto& items = tables.items;
    auto connection = co_await engine.connect();
    const auto first = co_await connection.execute(insert(items).values(items.name = "a"));
    const auto key = first.inserted_primary_key().get<std::int64_t>(0);
    const auto second = co_await connection.execute(insert(items).values(items.name = "b"));
    expect(second.inserted_primary_key().get<std::int64_t>(0) > key, "generated keys do not grow");
    const auto given = co_await connection.execute(insert(items).values(items.id = key + 100, items.name = "c"));
    expect_equal("a given key", given.inserted_primary_key().get<std::int64_t>(0), key + 100);
    const auto name = co_await connection.scalar(select(items.name).where(items.id == key));
    expect_equal("the row of the key", name.value_or(""), "a");
    const auto state = co_await connection.scalar(select(items.state).where(items.id == key));
    expect_equal("a server's default", state.value_or(0), 7);
}

asio::awaitable<void> inserts_many_rows(Engine engine) {
    const SuiteTables tables;
    const auto& items = tables.items;
    auto connection = co_await engine.connect();
    constexpr std::int64_t count = 2'500;
    std::vector<std::tuple<std::string, std::int64_t>> rows;
    for (std::int64_t i = 0; i < count; ++i) rows.emplace_back("row " + std::to_string(i), i);
    const auto inserted = co_await connection.execute(insert(items).columns(items.name, items.amount), rows);
    expect_equal("rows inserted", inserted.rowcount(), count);
    const auto sum = co_await connection.scalar(select(func::sum(items.amount)));
    expect(sum == count * (count - 1) / 2, "not all rows arrived");
    std::vector<std::tuple<std::string, std::int64_t>> none;
    co_await connection.execute(insert(items).columns(items.name, items.amount), none); // no rows, no statement
}

asio::awaitable<void> returns_inserted_rows(Engine engine) {
    const SuiteTables tables;
    const auto& items = tables.items;
    auto connection = co_await engine.connect();
    std::vector<std::tuple<std::string, std::int64_t>> rows;
    for (std::int64_t i = 0; i < 100; ++i) rows.emplace_back("row " + std::to_string(i), 100 - i);
    const auto returned = co_await connection.execute(
        insert(items).columns(items.name, items.amount).returning(items.name, items.state), rows);
    std::int64_t i = 0;
    for (const auto& [name, state] : returned) {
        expect_equal("a row in the order of the parameters", name, "row " + std::to_string(i++));
        expect_equal("a server's default", state, 7);
    }
    expect_equal("rows returned", i, 100);
}

asio::awaitable<void> returns_updated_rows(Engine engine) {
    const SuiteTables tables;
    const auto& items = tables.items;
    auto connection = co_await engine.connect();
    co_await fill(connection, items);
    const auto rows = co_await connection.execute(
        update(items).where(items.name == "bolt").values(items.amount = items.amount + 40).returning(items.amount));
    expect_equal("the new value", rows.scalar_one().value_or(0), 42);
}

asio::awaitable<void> returns_deleted_rows(Engine engine) {
    const SuiteTables tables;
    const auto& items = tables.items;
    auto connection = co_await engine.connect();
    co_await fill(connection, items);
    const auto rows = co_await connection.execute(delete_(items).where(items.name == "bolt").returning(items.amount));
    expect_equal("what was deleted", rows.scalar_one().value_or(0), 2);
}

asio::awaitable<void> counts_rows(Engine engine) {
    const SuiteTables tables;
    const auto& items = tables.items;
    auto connection = co_await engine.connect();
    co_await fill(connection, items);
    const auto same = co_await connection.execute(update(items).where(items.amount >= 2).values(items.state = 7));
    expect_equal("rows that an UPDATE finds, changed or not", same.rowcount(), 2);
    const auto deleted = co_await connection.execute(delete_(items).where(items.amount.is(null)));
    expect_equal("rows deleted", deleted.rowcount(), 1);
    const auto none = co_await connection.execute(delete_(items).where(items.name == "none such"));
    expect_equal("rows deleted where there is none", none.rowcount(), 0);
}

asio::awaitable<void> filters_and_orders(Engine engine) {
    const SuiteTables tables;
    const auto& items = tables.items;
    auto connection = co_await engine.connect();
    co_await fill(connection, items);
    const auto names = [&connection](const auto& statement) -> asio::awaitable<std::string> {
        std::string all;
        const auto rows = co_await connection.execute(statement);
        for (const auto& [name] : rows) all += name + " ";
        co_return all;
    };
    const auto page = select(items.name).order_by(items.name.desc()).limit(2).offset(1);
    const auto page_names = co_await names(page);
    expect_equal("LIMIT and OFFSET", page_names, "crate bolt ");
    const auto listed = select(items.name).where(items.name.in("anvil", "drum", "none")).order_by(items.name);
    const auto listed_names = co_await names(listed);
    expect_equal("IN", listed_names, "anvil drum ");
    const std::vector<std::string> nothing;
    const auto empty = select(items.name).where(items.name.in(nothing));
    const auto empty_names = co_await names(empty);
    expect_equal("an empty IN", empty_names, "");
    const auto not_empty = select(items.name).where(items.name.not_in(nothing)).order_by(items.name);
    const auto not_empty_names = co_await names(not_empty);
    expect_equal("an empty NOT IN", not_empty_names, "anvil bolt crate drum ");
    const auto like = select(items.name).where(items.name.contains("r", autoescape) && items.amount.is_not(null)).order_by(items.name);
    const auto like_names = co_await names(like);
    expect_equal("LIKE", like_names, "drum ");
    const auto distinct = select(items.name).where(items.amount.is_distinct_from(2)).order_by(items.name);
    const auto distinct_names = co_await names(distinct);
    expect_equal("IS DISTINCT FROM", distinct_names, "anvil crate drum ");
}

asio::awaitable<void> joins_and_nests(Engine engine) {
    const SuiteTables tables;
    const auto& items = tables.items;
    const auto& parts = tables.parts;
    auto connection = co_await engine.connect();
    co_await fill(connection, items);
    const auto anvil = co_await connection.scalar(select(items.id).where(items.name == "anvil"));
    co_await connection.execute(insert(parts).values(parts.item_id = *anvil, parts.number = 1, parts.label = "horn"));
    co_await connection.execute(insert(parts).values(parts.item_id = *anvil, parts.number = 2, parts.label = "face"));
    const auto joined = co_await connection.execute(
        select(items.name, func::count(parts.number)).join_from(items, parts).group_by(items.name).having(func::count(parts.number) > 1));
    const auto& [name, count] = joined.one();
    expect_equal("a joined name", name, "anvil");
    expect_equal("a count", count, 2);
    const auto outer = co_await connection.execute(select(items.name, parts.label).outer_join_from(items, parts).where(parts.number.is(null)));
    expect_equal("rows without a match", outer.all().size(), 3U);
    const auto largest = select(func::max(parts.number)).where(parts.item_id == items.id).scalar_subquery();
    const auto nested = co_await connection.execute(select(items.name).where(largest == 2));
    expect_equal("a correlated subquery", nested.scalar_one(), "anvil");
    const auto both = union_all(select(items.name).where(items.amount == 1), select(parts.label).where(parts.number == 2));
    const auto rows = co_await connection.execute(both);
    expect_equal("rows of UNION ALL", rows.all().size(), 2U);
    const auto found = co_await connection.scalar(select(select(parts.number).where(parts.label == "horn").exists()));
    expect(found.value_or(false), "EXISTS does not see its row");
}

asio::awaitable<void> recurses(Engine engine) {
    auto connection = co_await engine.connect();
    const auto rows = co_await connection.execute(text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT max(i) FROM n"));
    const auto row = rows.one();
    expect_equal("the last number", row.get<std::int64_t>(0), 10);
}

asio::awaitable<void> ranks(Engine engine) {
    const SuiteTables tables;
    const auto& items = tables.items;
    auto connection = co_await engine.connect();
    co_await fill(connection, items);
    const auto ranked = select(items.name, func::row_number().over(order_by(items.name.desc())).label("n")).cte("ranked");
    const auto rows = co_await connection.execute(select(ranked).order_by(text("n")).limit(1));
    expect_equal("the first of a window", rows.one().get<std::string>("name"), "drum");
}

constexpr DialectCase cases[] = {
    {"a SELECT of values alone", "", nullptr, selects_nothing_but_values},
    {"values of each portable type come back as they were", "", nullptr, keeps_values},
    {"decimals of 20 digits", "Requirements::exact_decimals",
     [](const Dialect&, const Requirements& needs) { return needs.exact_decimals; }, keeps_all_digits},
    {"hostile text is a value, bound and as a literal", "", nullptr, keeps_hostile_text},
    {"names are quoted where they need it", "", nullptr, quotes_names},
    {"keys generate themselves, defaults are the server's", "", nullptr, generates_keys},
    {"many rows are inserted by one call", "", nullptr, inserts_many_rows},
    {"INSERT … RETURNING keeps the order of its rows", "Features::insert_returning",
     [](const Dialect& dialect, const Requirements&) { return dialect.features().insert_returning; }, returns_inserted_rows},
    {"UPDATE … RETURNING", "Features::update_returning",
     [](const Dialect& dialect, const Requirements&) { return dialect.features().update_returning; }, returns_updated_rows},
    {"DELETE … RETURNING", "Features::delete_returning",
     [](const Dialect& dialect, const Requirements&) { return dialect.features().delete_returning; }, returns_deleted_rows},
    {"the number of rows that were found", "", nullptr, counts_rows},
    {"WHERE, IN, LIKE, ORDER BY, LIMIT", "", nullptr, filters_and_orders},
    {"joins, subqueries, set operations", "", nullptr, joins_and_nests},
    {"recursive CTEs", "Requirements::recursive_ctes",
     [](const Dialect&, const Requirements& needs) { return needs.recursive_ctes; }, recurses},
    {"window functions and CTEs", "Requirements::window_functions",
     [](const Dialect&, const Requirements& needs) { return needs.window_functions; }, ranks},
};

} // namespace

std::span<const DialectCase> statement_cases() { return cases; }

} // namespace azoth::testing
