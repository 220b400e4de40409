// SPDX-License-Identifier: MIT
// Parameters as SQLite stores them: five storage classes, everything else by SQLAlchemy's conventions.
#pragma once

#include <span>
#include <string>

#include <azoth/types/field.hpp>

struct sqlite3_stmt;

namespace azoth::sqlite {

/// Who keeps the bytes of text and blobs while the statement runs.
enum class Lifetime : bool {
    borrowed, ///< the caller's, until the statement has been reset
    copied,   ///< SQLite's own copy
};

/// Binds all parameters of one execution. Dates and times become ISO text with six digits of fraction,
/// intervals the moment that long after 1970, UUIDs 32 digits, decimals REAL where that loses nothing and
/// text where it would: what SQLAlchemy writes.
/// @throws DataError for values SQLite cannot hold, ProgrammingError when the numbers of values and
/// placeholders differ.
void bind_all(
    sqlite3_stmt* statement, int placeholders, std::span<const Param> params, Lifetime lifetime,
    const std::string& sql);

} // namespace azoth::sqlite
