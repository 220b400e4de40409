// SPDX-License-Identifier: MIT
// The words that each database does not take bare as an identifier.
#pragma once

#include <string_view>

namespace azoth {

// SQLAlchemy's lists, since what is quoted follows from them; lower case.
[[nodiscard]] bool is_reserved_in_postgresql(std::string_view word);
[[nodiscard]] bool is_reserved_in_mysql(std::string_view word);
[[nodiscard]] bool is_reserved_in_mariadb(std::string_view word);
[[nodiscard]] bool is_reserved_in_sqlite(std::string_view word);
[[nodiscard]] bool is_reserved_in_oracle(std::string_view word);
[[nodiscard]] bool is_reserved_in_mssql(std::string_view word);

} // namespace azoth
