// SPDX-License-Identifier: MIT
// What is said about enumerations that do not fit their names.
#include <azoth/types/enum_names.hpp>

#include <azoth/error.hpp>

namespace azoth::detail {

void throw_no_name(std::string_view type, long long value) {
    throw ArgumentError("EnumNames<" + std::string{type} + "> has no name for the value " + std::to_string(value));
}

void throw_no_member(std::string_view type, std::string_view text, std::span<const std::string_view> names) {
    std::string message = "'" + std::string{text} + "' is none of the names of " + std::string{type} + ":";
    for (const auto name : names) message += (name.data() == names.front().data() ? " '" : ", '") + std::string{name} + "'";
    throw TypeMismatchError(message);
}

std::string lower_case(std::string_view name) {
    std::string lower{name};
    for (auto& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return lower;
}

} // namespace azoth::detail
