// SPDX-License-Identifier: MIT
// The classes of a group of scenarios, and the rows that are there when one begins.
#pragma once

#include "golden/orm_corpus.hpp"
#include "golden/orm_parent_models.hpp"

#include <string>
#include <vector>

namespace golden {

using Task = azoth::asio::awaitable<void>;

template <class... T>
void map_all(az::Registry& models) {
    models.add<T...>();
}

inline constexpr auto simple = &map_all<Thing, Slug>;
inline constexpr auto shop = &map_all<User, Address, Order, Item, Keyword>;
inline constexpr auto school = &map_all<Student, Course, Enrollment>;

inline const std::vector<std::string> things_abc{"INSERT INTO things VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3)"};
inline const std::vector<std::string> things_ab{"INSERT INTO things VALUES (1, 'a', 1), (2, 'b', 2)"};
inline const std::vector<std::string> parents{
    "INSERT INTO parents VALUES (1, 'p1'), (2, 'p2'), (3, 'p3')",
    "INSERT INTO children VALUES (1, 1, 'c1'), (2, 1, 'c2'), (3, 2, 'c3')"};
inline const std::vector<std::string> users{
    "INSERT INTO users VALUES (1, 'ed', NULL, 30), (2, 'jack', NULL, 20), (3, 'wendy', NULL, 10)",
    "INSERT INTO addresses VALUES (1, 1, 'ed@a'), (2, 1, 'ed@b'), (3, 2, 'jack@a')"};
inline const std::vector<std::string> orders{
    users[0],
    users[1],
    "INSERT INTO keywords VALUES (1, 'red'), (2, 'big')",
    "INSERT INTO items VALUES (1, 'hat', 10), (2, 'coat', 20), (3, 'shoe', 30)",
    "INSERT INTO item_keywords VALUES (1, 1), (1, 2), (2, 1)",
    "INSERT INTO orders VALUES (1, 1, 1, 'o1', 1), (2, 1, NULL, 'o2', 0), (3, 2, 3, 'o3', 1)",
    "INSERT INTO order_items VALUES (1, 1), (1, 2), (2, 3), (3, 1)"};
inline const std::vector<std::string> tree{
    "INSERT INTO nodes VALUES (1, NULL, 'root'), (2, 1, 'a'), (3, 1, 'b'), (4, 2, 'a1'), (5, 2, 'a2')"};
inline const std::vector<std::string> students{
    "INSERT INTO students VALUES (1, 'ann'), (2, 'bob')", "INSERT INTO courses VALUES (1, 'math'), (2, 'art')",
    "INSERT INTO enrollments VALUES (1, 1, 'A'), (1, 2, 'B')"};

/// The ids of a collection, in its order.
template <class C>
[[nodiscard]] nlohmann::json ids(const C& objects) {
    auto list = nlohmann::json::array();
    for (const auto& object : objects) list.push_back(*object->id);
    return list;
}

template <class T>
[[nodiscard]] nlohmann::json value(const std::optional<T>& v) {
    return v ? nlohmann::json(*v) : nlohmann::json(nullptr);
}

} // namespace golden
