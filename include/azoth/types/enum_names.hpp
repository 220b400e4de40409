// SPDX-License-Identifier: MIT
// C++ enumerations as SQL's: stored by name.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <azoth/types/enum.hpp>
#include <azoth/types/type_traits.hpp>

namespace azoth {

/// The names of an enumeration's values, under which they are stored: specialise it.
///
///     template <>
///     struct az::EnumNames<Status> {
///         static constexpr std::array names{"draft", "published"};  // of the values 0, 1, …
///     };
///
/// Values that do not count from 0 are listed beside: `static constexpr std::array values{Status::draft, …}`. PostgreSQL's type is
/// called as the enumeration, in lower case, unless there is a `static constexpr std::string_view type_name`.
template <class E>
struct EnumNames;

/// An enumeration whose names are known.
template <class E>
concept NamedEnum = std::is_enum_v<E> && requires { EnumNames<E>::names.size(); };

namespace detail {

[[noreturn]] void throw_no_name(std::string_view type, long long value);
[[noreturn]] void throw_no_member(std::string_view type, std::string_view text, std::span<const std::string_view> names);
[[nodiscard]] std::string lower_case(std::string_view name);

template <class E>
consteval std::string_view enum_name() {
    std::string_view text = __PRETTY_FUNCTION__; // "… [with E = ns::Status; …]", "… [E = ns::Status]"
    text.remove_prefix(text.find("E = ") + 4);
    text = text.substr(0, text.find_first_of(";]"));
    const auto scope = text.rfind("::");
    return scope == std::string_view::npos ? text : text.substr(scope + 2);
}

template <NamedEnum E>
std::span<const std::string_view> names_of() {
    static const std::vector<std::string_view> names(EnumNames<E>::names.begin(), EnumNames<E>::names.end());
    return names;
}

template <NamedEnum E>
E member_at(std::size_t i) {
    if constexpr (requires { EnumNames<E>::values; }) return EnumNames<E>::values[i];
    else return static_cast<E>(i);
}

} // namespace detail

template <NamedEnum E>
struct TypeTraits<E> {
    static constexpr bool nullable = false;
    static Type type() {
        static const Type shared = [] {
            const auto names = detail::names_of<E>();
            std::string name;
            if constexpr (requires { EnumNames<E>::type_name; }) name = EnumNames<E>::type_name;
            else name = detail::lower_case(detail::enum_name<E>());
            return Enum{std::vector<std::string>(names.begin(), names.end()), std::move(name)};
        }();
        return shared;
    }
    /// @throws ArgumentError for a value without a name.
    static std::string_view name(E value) {
        const auto names = detail::names_of<E>();
        for (std::size_t i = 0; i < names.size(); ++i)
            if (detail::member_at<E>(i) == value) return names[i];
        detail::throw_no_name(detail::enum_name<E>(), static_cast<long long>(value));
    }
    static Value value(E v) { return Value{std::string{name(v)}}; }
    static Param param(E v) { return {ParamKind::text, name(v)}; }
    /// @throws TypeMismatchError for a text that is no name.
    static E decode(const Field& field, const Type&) {
        std::string text;
        wire::decode_string(field, text);
        const auto names = detail::names_of<E>();
        for (std::size_t i = 0; i < names.size(); ++i)
            if (names[i] == text) return detail::member_at<E>(i);
        detail::throw_no_member(detail::enum_name<E>(), text, names);
    }
};

} // namespace azoth
