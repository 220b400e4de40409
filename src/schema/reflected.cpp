// SPDX-License-Identifier: MIT
// Looking things up in what the catalogue says.
#include <azoth/schema/reflected.hpp>

#include <algorithm>

namespace azoth {

const ReflectedColumn* ReflectedTable::find(std::string_view column_name) const noexcept {
    const auto found = std::ranges::find(columns, column_name, &ReflectedColumn::name);
    return found == columns.end() ? nullptr : &*found;
}

bool ReflectOptions::takes_column(std::string_view name) const noexcept {
    const auto holds = [name](const std::vector<std::string>& names) { return std::ranges::find(names, name) != names.end(); };
    return (include_columns_.empty() || holds(include_columns_)) && !holds(exclude_columns_);
}

} // namespace azoth
