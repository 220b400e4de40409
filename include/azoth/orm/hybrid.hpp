// SPDX-License-Identifier: MIT
// Hybrids and synonyms: one name for a rule on an object and in SQL.
#pragma once

#include <concepts>
#include <tuple>
#include <type_traits>
#include <utility>

#include <azoth/orm/entity.hpp>

namespace azoth {

namespace orm {

template <auto First, auto... More>
struct FirstOf {
    using class_type = class_of<First>;
};

/// The value of an attribute or a loaded link of an object.
template <auto P, class Object>
[[nodiscard]] decltype(auto) read_member(const Object& object) {
    if constexpr (std::derived_from<member_of<P>, AttributeBase> && !requires { typename member_of<P>::value_type; })
        return (object.*P); // a link
    else return (object.*P).get();
}
template <auto P>
[[nodiscard]] decltype(auto) sql_member() {
    if constexpr (requires { typename member_of<P>::value_type; }) return (col<P>);
    else return P;
}

struct NoSide {};

} // namespace orm

/// What `hybrid()` makes. `rule()` is SQL, `rule(object)` a value; further arguments go to the rule.
template <class F, class Expression, class Setter, auto... P>
class Hybrid {
public:
    using class_type = typename orm::FirstOf<P...>::class_type;

    constexpr explicit Hybrid(F rule, Expression expression = {}, Setter setter = {})
        : rule_(std::move(rule)), expression_(std::move(expression)), setter_(std::move(setter)) {}

    /// On an object. @throws NotLoadedError when an attribute is not loaded.
    template <std::derived_from<class_type> Object, class... Args>
    [[nodiscard]] auto operator()(const Object& object, const Args&... args) const {
        return rule_(orm::read_member<P>(object)..., args...);
    }
    /// In SQL.
    template <class... Args>
        requires(sizeof...(Args) == 0 || !(std::derived_from<Args, ModelBase> || ...))
    [[nodiscard]] auto operator()(const Args&... args) const {
        if constexpr (std::same_as<Expression, orm::NoSide>) return rule_(orm::sql_member<P>()..., args...);
        else return expression_(orm::sql_member<P>()..., args...);
    }
    /// Writes through to the attributes: `full_name.set(*user, "A B")`.
    template <std::derived_from<class_type> Object, class V>
        requires(!std::same_as<Setter, orm::NoSide>)
    void set(Object& object, const V& value) const {
        setter_((object.*P)..., value);
    }

    /// The same with a rule of its own for SQL, where one for both cannot be: it is called with the columns.
    template <class E>
    [[nodiscard]] constexpr auto expression(E e) const {
        return Hybrid<F, E, Setter, P...>{rule_, std::move(e), setter_};
    }
    /// The same with a way to write it: called with the attributes and the value.
    template <class S>
    [[nodiscard]] constexpr auto setter(S s) const {
        return Hybrid<F, Expression, S, P...>{rule_, expression_, std::move(s)};
    }

private:
    F rule_;
    [[no_unique_address]] Expression expression_;
    [[no_unique_address]] Setter setter_;
};

/// A rule about attributes that works on an object and in SQL:
///
///     inline constexpr auto is_public = az::hybrid<&Article::status>([](const auto& status) { return status == Status::published; });
///     is_public(*article)                          // a bool
///     az::select<Article>().where(is_public())     // SQL
///
/// The rule is called with values or with columns, in the order of the members, and then with the caller's own arguments.
template <auto... P, class F>
    requires(sizeof...(P) > 0)
[[nodiscard]] constexpr auto hybrid(F rule) {
    return Hybrid<F, orm::NoSide, orm::NoSide, P...>{std::move(rule)};
}

/// A second name of an attribute: `inline constexpr auto login = az::synonym<&User::name>();` then `login == "x"` in SQL, and
/// `login(*user)`, the attribute itself, on an object.
template <auto P>
class Synonym : public orm::Col<P, orm::class_of<P>> {
public:
    using orm::Col<P, orm::class_of<P>>::operator=;

    template <std::derived_from<orm::class_of<P>> Object>
    [[nodiscard]] auto& operator()(Object& object) const {
        return object.*P;
    }
};

template <auto P>
[[nodiscard]] constexpr Synonym<P> synonym() {
    return {};
}

} // namespace azoth
