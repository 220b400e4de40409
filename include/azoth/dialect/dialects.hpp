// SPDX-License-Identifier: MIT
// The dialects that are built in, by name.
#pragma once

#include <memory>

namespace azoth {

class Dialect;

namespace dialects {

[[nodiscard]] std::shared_ptr<const Dialect> postgresql();
[[nodiscard]] std::shared_ptr<const Dialect> mysql();
[[nodiscard]] std::shared_ptr<const Dialect> mariadb();
[[nodiscard]] std::shared_ptr<const Dialect> sqlite();
/// SQL for reading: no database's in particular, parameters as `:name`. What has no standard form is written all the same.
[[nodiscard]] std::shared_ptr<const Dialect> generic();
/// Oracle Database 23. Writes SQL only: there is no driver, and creating an engine throws NoSuchModuleError.
[[nodiscard]] std::shared_ptr<const Dialect> oracle();
/// Microsoft SQL Server 2022. Writes SQL only, as oracle() does.
[[nodiscard]] std::shared_ptr<const Dialect> mssql();

} // namespace dialects
} // namespace azoth
