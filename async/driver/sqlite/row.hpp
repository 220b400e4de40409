// SPDX-License-Identifier: MIT
// From the row a statement stands on to packed cells.
#pragma once

#include <cstddef>
#include <new>

#include <sqlite3.h>

#include "driver/packed_rows.hpp"

namespace azoth::sqlite {

/// Adds one column of the current row. The value is looked up once and then asked directly, which SQLite
/// allows where a connection has no mutex: there a protected value is the same as an unprotected one.
inline void append_cell(sqlite3_stmt* statement, int column, driver::PackedRows& rows) {
    sqlite3_value* value = sqlite3_column_value(statement, column);
    switch (sqlite3_value_type(value)) {
    case SQLITE_INTEGER: rows.add_integer(sqlite3_value_int64(value)); return;
    case SQLITE_FLOAT: rows.add_real(sqlite3_value_double(value)); return;
    case SQLITE_TEXT: {
        // The text before its size: reading it may convert from UTF-16.
        const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
        if (text == nullptr) throw std::bad_alloc(); // the only reason there is
        rows.add_text(text, static_cast<std::size_t>(sqlite3_value_bytes(value)));
        return;
    }
    case SQLITE_BLOB: {
        const void* bytes = sqlite3_value_blob(value); // null for an empty one
        rows.add_bytes(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value)));
        return;
    }
    default: rows.add_null(); return;
    }
}

/// Adds the current row. @pre the last step returned SQLITE_ROW
inline void append_row(sqlite3_stmt* statement, int columns, driver::PackedRows& rows) {
    for (int i = 0; i < columns; ++i) append_cell(statement, i, rows);
    rows.finish_row();
}

} // namespace azoth::sqlite
