// SPDX-License-Identifier: MIT
// Parameters as the client library wants them: one row, or many rows of one shape.
#pragma once

#include "driver/mysql/client.hpp"

#include <azoth/types/field.hpp>
#include <azoth/types/type.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace azoth::mysql {

/// What a bound value needs besides its `Param`, alive as long as the MYSQL_BIND that points here.
struct BindSpace {
    MYSQL_TIME time{};
    std::array<char, 32> digits{}; ///< a UUID
    std::string text;              ///< a decimal
    unsigned long length = 0;
    char indicator = STMT_INDICATOR_NONE;
    signed char boolean = 0;
};

/// Points `bind` at the value of `param`, or at its form in `space`. Numbers and strings are not
/// copied. Intervals become a DATETIME that long after 1970-01-01, as SQLAlchemy stores them, or a
/// TIME where `type` says so.
/// @throws DataError for what these databases cannot hold: years beyond 9999, months in an
/// interval, a decimal's NaN.
void bind_param(const Param& param, const Type& type, MYSQL_BIND& bind, BindSpace& space);

/// The parameters of one execution. Reused, so that a statement costs no allocation once the
/// vectors have grown. The client library reads the values while the request is written, before it
/// first waits: Connector/C builds the whole packet in `mysql_stmt_execute_start`. So `params` need
/// not live longer than that call.
class Binder {
public:
    void bind(std::span<const Param> params, std::span<const Type> types);
    [[nodiscard]] MYSQL_BIND* data() noexcept { return binds_.data(); }

private:
    std::vector<MYSQL_BIND> binds_;
    std::vector<BindSpace> spaces_;
};

/// Rows of parameters for array binding, where the types are sent once for all rows.
class BulkBinder {
public:
    /// Nothing when the rows have no common shape (an integer here, a text there), so that they
    /// must go one by one. `params` is row-major and must live as long as this object. @throws
    /// DataError as bind_param.
    [[nodiscard]] static std::optional<BulkBinder>
    make(std::span<const Param> params, std::span<const Type> types, std::size_t columns);

    /// What mysql_stmt_bind_param is given once.
    [[nodiscard]] MYSQL_BIND* data() noexcept { return binds_.data(); }
    /// How many rows from `first` on fill about `bytes`; at least one.
    [[nodiscard]] std::size_t rows_within(std::size_t first, std::size_t bytes) const noexcept;
    /// The next request begins with row `first`.
    void start_at(std::size_t first) noexcept { first_ = first; }
    /// The client library asks for row `row` of the request. False when memory is exhausted.
    [[nodiscard]] bool fill(MYSQL_BIND* binds, std::size_t row) noexcept;

private:
    BulkBinder() = default;

    std::span<const Param> params_;
    std::span<const Type> types_;
    std::size_t columns_ = 0;
    std::size_t first_ = 0;
    std::vector<MYSQL_BIND> binds_;
    std::vector<BindSpace> spaces_;
};

} // namespace azoth::mysql
