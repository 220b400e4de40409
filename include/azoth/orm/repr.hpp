// SPDX-License-Identifier: MIT
// Objects as values: their text, equality, order and hash. Never used by sessions and collections, which know objects by address.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <string>

#include <azoth/orm/state.hpp>

namespace azoth {

/// "User(id=1, name='sandy', bio=<not loaded>, team=Team(3), addresses=[Address(1), Address(2)])": what is known, without loading
/// anything; of linked objects class and key. `repr(false)` in the mapping leaves an attribute or link out.
[[nodiscard]] std::string to_string(const ModelBase& object);
/// The same; "null" for none.
template <std::derived_from<ModelBase> T>
[[nodiscard]] std::string to_string(const std::shared_ptr<T>& object) {
    return object == nullptr ? std::string("null") : to_string(static_cast<const ModelBase&>(*object));
}

/// Whether two objects of one class have the same values; objects of two classes never do. Links and what is mapped with
/// `compare(false)` do not count. @throws NotLoadedError naming an attribute that is not loaded.
[[nodiscard]] bool value_equal(const ModelBase& a, const ModelBase& b);
/// Whether the values of `a` come before those of `b`, attribute by attribute; NULL first. @throws NotLoadedError; ArgumentError for
/// objects of two classes.
[[nodiscard]] bool value_less(const ModelBase& a, const ModelBase& b);
/// Equal for objects that are `value_equal()`. It changes with the object. @throws NotLoadedError.
[[nodiscard]] std::size_t value_hash(const ModelBase& object);

} // namespace azoth
