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

} // namespace dialects
} // namespace azoth
