// SPDX-License-Identifier: MIT
// std::vector<T> as PostgreSQL's arrays, of several dimensions when nested; maps of text as its hstore.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <azoth/types/postgresql.hpp>
#include <azoth/types/type_traits.hpp>

namespace azoth {

template <class T>
class Range;

/// hstore's keys and values; a value may be NULL.
using Hstore = std::map<std::string, std::optional<std::string>>;

namespace wire {

/// The elements of an array, in order, and how many there are in each dimension. They view the field, or `text`.
struct ArrayParts {
    std::vector<std::size_t> sizes; ///< none: the array is empty
    std::vector<Field> items;
    std::string text; ///< of the elements of an array in text form

    ArrayParts() = default;
    ArrayParts(const ArrayParts&) = delete;
    ArrayParts& operator=(const ArrayParts&) = delete;
};
/// @throws TypeMismatchError when the field is no array.
void read_array(const Field& field, ArrayParts& parts);
/// Throws TypeMismatchError when an array that is not empty has another number of dimensions.
void check_dimensions(const ArrayParts& parts, std::size_t wanted);

[[nodiscard]] Hstore decode_hstore(const Field& field);
/// As PostgreSQL reads it: `"a"=>"1", "b"=>NULL`.
[[nodiscard]] std::string hstore_text(const Hstore& pairs);

} // namespace wire

namespace detail {

/// The ARRAY of a C++ element type: that of its innermost elements.
[[nodiscard]] Type array_type(const Type& item_type);

/// How many dimensions a C++ type has as an array.
template <class T>
inline constexpr std::size_t array_depth = 0;
template <class T>
inline constexpr std::size_t array_depth<std::vector<T>> = 1 + array_depth<T>;
template <>
inline constexpr std::size_t array_depth<Bytes> = 0;
template <class T>
inline constexpr std::size_t array_depth<std::vector<Range<T>>> = 0;

} // namespace detail

/// An array. `std::vector<std::optional<T>>` takes NULL among its elements.
template <SqlValue T>
struct TypeTraits<std::vector<T>> {
    static constexpr bool nullable = false;
    static Type type() { return detail::array_type(TypeTraits<T>::type()); }
    static Value value(const std::vector<T>& v) {
        std::vector<Value> items;
        items.reserve(v.size());
        for (const auto& item : v) items.push_back(TypeTraits<T>::value(item));
        return Value{ArrayValue{std::move(items)}};
    }
    static std::vector<T> decode(const Field& field, const Type&) {
        wire::ArrayParts parts;
        wire::read_array(field, parts);
        wire::check_dimensions(parts, detail::array_depth<std::vector<T>>);
        std::size_t next = 0;
        return build(parts, 0, next);
    }

    static std::vector<T> build(const wire::ArrayParts& parts, std::size_t level, std::size_t& next) {
        std::vector<T> items;
        if (parts.sizes.empty()) return items;
        items.reserve(parts.sizes[level]);
        if constexpr (detail::array_depth<T> > 0) {
            for (std::size_t i = 0; i < parts.sizes[level]; ++i) items.push_back(TypeTraits<T>::build(parts, level + 1, next));
        } else {
            const Type item = TypeTraits<T>::type();
            for (std::size_t i = 0; i < parts.sizes[level]; ++i) items.push_back(TypeTraits<T>::decode(parts.items[next++], item));
        }
        return items;
    }
};

template <>
struct TypeTraits<Hstore> {
    static constexpr bool nullable = false;
    static Type type() { return postgresql::HSTORE{}; }
    static Value value(const Hstore& v) { return Value{wire::hstore_text(v)}; }
    static Hstore decode(const Field& field, const Type&) { return wire::decode_hstore(field); }
};

} // namespace azoth
