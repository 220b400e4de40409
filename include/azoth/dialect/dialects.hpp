// SPDX-License-Identifier: MIT
// The dialects that are built in, by name.
#pragma once

#include <memory>
#include <optional>

#include <azoth/dialect/version.hpp>

namespace azoth {

class Dialect;

/// What one MySQL or MariaDB server has that tells how to write SQL for it.
struct MySQLFlavour {
    bool mariadb = false;              ///< the server is a MariaDB
    bool mariadb_name = false;         ///< the dialect is called "mariadb", and so are its options; else "mysql"
    bool ansi_quotes = false;          ///< names in double quotes
    bool no_backslash_escapes = false; ///< a backslash in a literal is itself
    std::optional<ServerVersion> version{}; ///< nothing: the newest

    MySQLFlavour() = default;
    friend bool operator==(const MySQLFlavour&, const MySQLFlavour&) = default;
};

namespace dialects {

[[nodiscard]] std::shared_ptr<const Dialect> postgresql();
/// As one release of the server has it; what engines use once they have seen theirs. Without a release: as the newest.
[[nodiscard]] std::shared_ptr<const Dialect> postgresql(const ServerVersion& server);
[[nodiscard]] std::shared_ptr<const Dialect> mysql();
[[nodiscard]] std::shared_ptr<const Dialect> mariadb();
/// MySQL's or MariaDB's as one server wants it; what engines use once they have seen theirs.
[[nodiscard]] std::shared_ptr<const Dialect> mysql(const MySQLFlavour& flavour);
[[nodiscard]] std::shared_ptr<const Dialect> sqlite();
/// As one release of the library has it.
[[nodiscard]] std::shared_ptr<const Dialect> sqlite(const ServerVersion& library);
/// SQL for reading: no database's in particular, parameters as `:name`. What has no standard form is written all the same.
[[nodiscard]] std::shared_ptr<const Dialect> generic();
/// Oracle Database 23. Writes SQL only: there is no driver, and creating an engine throws NoSuchModuleError.
[[nodiscard]] std::shared_ptr<const Dialect> oracle();
/// Microsoft SQL Server 2022. Writes SQL only, as oracle() does.
[[nodiscard]] std::shared_ptr<const Dialect> mssql();

} // namespace dialects
} // namespace azoth
