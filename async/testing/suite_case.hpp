// SPDX-License-Identifier: MIT
// What the cases of the conformance suite share: their tables, and how they say what is wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include <azoth/core.hpp>
#include <azoth/engine/connection.hpp>
#include <azoth/engine/ddl.hpp>
#include <azoth/engine/engine.hpp>
#include <azoth/testing/dialect_suite.hpp>

namespace azoth::testing {

struct Items : Table {
    Column<std::int64_t> id{*this, "id", primary_key};
    Column<std::string> name{*this, "name", String{50}, unique};
    Column<std::optional<std::int64_t>> amount{*this, "amount", BigInteger{}};
    Column<std::int64_t> state{*this, "state", BigInteger{}, server_default("7")};
    explicit Items(MetaData& metadata) : Table{"azs_item", metadata} {}
};

struct Parts : Table {
    Column<std::int64_t> item_id{*this, "item_id", primary_key, foreign_key("azs_item.id")};
    Column<std::int64_t> number{*this, "number", primary_key};
    Column<std::optional<std::string>> label{*this, "label", String{50}, index};
    explicit Parts(MetaData& metadata) : Table{"azs_part", metadata} {}
};

/// A column of each portable type.
struct Values : Table {
    Column<std::int64_t> id{*this, "id", primary_key};
    Column<std::optional<std::int16_t>> small{*this, "small"};
    Column<std::optional<std::int64_t>> big{*this, "big"};
    Column<std::optional<Decimal>> exact{*this, "exact", Numeric{20, 6}};
    Column<std::optional<double>> ratio{*this, "ratio"};
    Column<std::optional<std::string>> note{*this, "note", Text{}};
    Column<std::optional<Bytes>> data{*this, "data"};
    Column<std::optional<bool>> flag{*this, "flag"};
    Column<std::optional<Date>> day{*this, "day"};
    Column<std::optional<Time>> clock{*this, "clock"};
    Column<std::optional<Timestamp>> moment{*this, "moment"};
    Column<std::optional<Uuid>> uuid{*this, "uuid"};
    explicit Values(MetaData& metadata) : Table{"azs_value", metadata} {}
};

/// Names that need quotes, or are special to someone on the way.
struct OddNames : Table {
    Column<std::int64_t> order{*this, "order", primary_key};
    Column<std::int64_t> mixed{*this, "MiXed Case"};
    Column<std::int64_t> quote{*this, "q\"u`o]te"};
    Column<std::int64_t> percent{*this, "100%:x"};
    explicit OddNames(MetaData& metadata) : Table{"azs_Select", metadata} {}
};

struct SuiteTables {
    MetaData metadata;
    Items items{metadata};
    Parts parts{metadata};
    Values values{metadata};
    OddNames odd{metadata};
};

/// @throws std::runtime_error with `otherwise` unless `holds`
inline void expect(bool holds, const std::string& otherwise) {
    if (!holds) throw std::runtime_error(otherwise);
}

/// @throws std::runtime_error that says what was found
template <class Found, class Wanted>
void expect_equal(std::string_view what, const Found& found, const Wanted& wanted) {
    if (found == wanted) return;
    std::ostringstream text;
    text << what << ": found ";
    if constexpr (requires { text << found; }) text << found << ", not " << wanted;
    else text << "something else";
    throw std::runtime_error(text.str());
}

// The cases, by what they are about.
[[nodiscard]] std::span<const DialectCase> statement_cases();
[[nodiscard]] std::span<const DialectCase> transaction_cases();
[[nodiscard]] std::span<const DialectCase> schema_cases();

} // namespace azoth::testing
