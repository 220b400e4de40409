// SPDX-License-Identifier: MIT
// make<T>(): a new object of a mapped class.
#pragma once

#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>

#include <azoth/orm/entity.hpp>

namespace azoth {

namespace orm {
/// Tells that an object is made, and that it is not when an exception passes.
class Initialisation {
public:
    explicit Initialisation(ModelBase& object);
    ~Initialisation();
    Initialisation(const Initialisation&) = delete;
    Initialisation& operator=(const Initialisation&) = delete;

private:
    ModelBase& object_;
    int exceptions_;
};

/// Arguments of `init_only()`.
template <class... V>
struct InitOnly {
    std::tuple<V...> values;
    explicit InitOnly(V... all) : values(std::move(all)...) {}
};
template <class A>
inline constexpr bool is_init_only = false;
template <class... V>
inline constexpr bool is_init_only<InitOnly<V...>> = true;

template <class T, class A>
void take_argument(T& object, A&& argument) {
    if constexpr (!is_init_only<std::remove_cvref_t<A>>) std::forward<A>(argument).set(object);
}
template <class T, class A>
void hand_on(T& object, A& argument) {
    if constexpr (is_init_only<std::remove_cvref_t<A>>)
        std::apply([&](auto&... value) { object.post_init(std::move(value)...); }, argument.values);
}
} // namespace orm

/// Arguments of make<T>() that are no attributes: when all else is set, `object.post_init(…)` is called with them. A class whose
/// `post_init()` takes none has it called by every make<T>(); a load calls neither.
template <class... V>
[[nodiscard]] orm::InitOnly<V...> init_only(V... values) {
    return orm::InitOnly<V...>{std::move(values)...};
}

/// A new transient object, in a graph of its own: `make<User>(col<&User::name> = "sandy", col<&User::team> = team)`, in any order.
/// What is not given has its `init_default()`, or no value yet. The handle, or any link from a living object, keeps it alive.
/// @throws ArgumentError for what is mapped with `init(false)`; what a validator throws.
template <orm::MappedClass T, class... A>
[[nodiscard]] std::shared_ptr<T> make(A&&... assignments) {
    const auto& mapper = mapper_of<T>();
    auto graph = orm::make_graph(mapper.object_size);
    auto* object = static_cast<T*>(mapper.create(*graph, false));
    const orm::Initialisation told{*object};
    (orm::take_argument(*object, std::forward<A>(assignments)), ...);
    (orm::hand_on(*object, assignments), ...);
    if constexpr ((!orm::is_init_only<std::remove_cvref_t<A>> && ...) && requires { object->post_init(); }) object->post_init();
    return orm::handle(std::move(graph), object);
}

} // namespace azoth
