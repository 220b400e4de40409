// SPDX-License-Identifier: MIT
// Which type a parameter is sent as.
#include "driver/postgresql/binding.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "driver/postgresql/oid.hpp"

namespace azoth::postgresql {
namespace {

constexpr std::uint32_t no_value = std::numeric_limits<std::uint32_t>::max();

bool fits_int4(std::int64_t value) noexcept {
    return value >= std::numeric_limits<std::int32_t>::min()
           && value <= std::numeric_limits<std::int32_t>::max();
}

/// The type of a value about which nothing else is known.
std::uint32_t natural_oid(const Param& param) noexcept {
    switch (param.kind) {
    case ParamKind::null: return no_value;
    case ParamKind::boolean: return oid::boolean;
    case ParamKind::integer: return fits_int4(param.integer) ? oid::int4 : oid::int8;
    case ParamKind::unsigned_integer:
        if (param.unsigned_integer <= std::numeric_limits<std::int32_t>::max()) return oid::int4;
        if (param.unsigned_integer <= std::numeric_limits<std::int64_t>::max()) return oid::int8;
        return oid::numeric;
    case ParamKind::real: return oid::float8;
    case ParamKind::text:
    case ParamKind::range:
    case ParamKind::multirange:
    case ParamKind::array: return oid::unknown_to_us;
    case ParamKind::bytes: return oid::bytea;
    case ParamKind::decimal: return oid::numeric;
    case ParamKind::date: return oid::date;
    case ParamKind::time: return oid::time;
    case ParamKind::timestamp: return oid::timestamp;
    case ParamKind::timestamp_tz: return oid::timestamptz;
    case ParamKind::interval: return oid::interval;
    case ParamKind::uuid: return oid::uuid;
    case ParamKind::json: return oid::json;
    }
    return oid::unknown_to_us;
}

/// The type that holds values of both; "unknown" where there is none.
std::uint32_t common_oid(std::uint32_t a, std::uint32_t b) noexcept {
    if (a == b || b == no_value) return a;
    if (a == no_value) return b;
    constexpr std::array widening{oid::int4, oid::int8, oid::numeric, oid::float8};
    std::size_t rank_a = 0;
    std::size_t rank_b = 0;
    while (rank_a < widening.size() && widening[rank_a] != a) ++rank_a;
    while (rank_b < widening.size() && widening[rank_b] != b) ++rank_b;
    if (rank_a == widening.size() || rank_b == widening.size()) return oid::unknown_to_us;
    return widening[std::max(rank_a, rank_b)];
}

} // namespace

void Parameters::assume(const std::string& sql, std::span<const std::uint32_t> oids) {
    sql_ = &sql;
    oids_.assign(oids.begin(), oids.end());
    values_.resize(oids.size());
    lengths_.resize(oids.size());
    formats_.resize(oids.size());
    offsets_.resize(oids.size());
}

void Parameters::decide(
    const std::string& sql, std::span<const Param> params, std::span<const Type> types, std::size_t rows) {
    sql_ = &sql;
    const std::size_t columns = rows == 0 ? 0 : params.size() / rows;
    // The count travels in two bytes.
    if (columns > 65535) {
        throw ArgumentError(
            "PostgreSQL takes at most 65535 parameters a statement, this one has " + std::to_string(columns)
            + "; send it in parts, or as a batch");
    }
    oids_.resize(columns);
    values_.resize(columns);
    lengths_.resize(columns);
    formats_.resize(columns);
    offsets_.resize(columns);
    for (std::size_t i = 0; i < columns; ++i) {
        std::uint32_t type = i < types.size() ? parameter_oid(types[i]) : oid::unknown_to_us;
        if (type == oid::unknown_to_us) {
            type = no_value;
            for (std::size_t row = 0; row < rows; ++row)
                type = common_oid(type, natural_oid(params[row * columns + i]));
            if (type == no_value) type = oid::unknown_to_us;
        }
        oids_[i] = type;
    }
}

} // namespace azoth::postgresql
