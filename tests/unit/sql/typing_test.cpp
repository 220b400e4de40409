// SPDX-License-Identifier: MIT
// What the C++ types of expressions and statements promise.
#include "golden/core_tables.hpp"
#include "support/catch.hpp"

#include <concepts>
#include <optional>
#include <string>
#include <type_traits>

#include <azoth/core.hpp>

using namespace azoth;
using golden::addresses;
using golden::users;

TEST_CASE("an expression is no truth value of C++", "[sql][core.expr.no_bool]") {
    static_assert(!std::is_constructible_v<bool, Expr<bool>>);
    static_assert(!std::is_constructible_v<bool, Column<bool>>);
    static_assert(!std::is_constructible_v<bool, ColumnRef>);
    static_assert(!std::is_convertible_v<decltype(users.id == 5), bool>);
    static_assert(!std::is_convertible_v<decltype(users.id == users.id), bool>);
    static_assert(!std::is_convertible_v<decltype(users.id == 5 && users.name == "x"), bool>);
    CHECK((users.id == 5).node()->kind == sql::NodeKind::binary);
}

TEST_CASE("the types of a row are kept through every builder", "[sql][core.select.value_row_type]") {
    using Typed = Select<std::int32_t, std::optional<std::string>>;
    const auto statement = select(users.id, users.fullname);
    static_assert(std::same_as<std::remove_cvref_t<decltype(statement)>, Typed>);
    const auto built = statement.where(users.id > 5)
                           .join_from(users, addresses)
                           .group_by(users.id)
                           .having(func::count() > 1)
                           .order_by(users.id.desc())
                           .limit(3)
                           .offset(1)
                           .distinct()
                           .filter_by("name", "ed")
                           .with_for_update();
    static_assert(std::same_as<std::remove_cvref_t<decltype(built)>, Typed>);
    static_assert(std::same_as<std::remove_cvref_t<decltype(statement.add_columns(users.name))>, Select<>>);
    static_assert(std::same_as<std::remove_cvref_t<decltype(statement.with_only_columns(users.name))>, Select<std::string>>);
    static_assert(std::same_as<std::remove_cvref_t<decltype(insert(users).returning(users.id))>, Insert<std::int32_t>>);
    CHECK(compile(built, dialects::sqlite()).sql().starts_with("SELECT DISTINCT user_account.id, user_account.fullname FROM"));
}

TEST_CASE("a class of columns says names, types and what may be NULL", "[sql][core.schema.typed_table]") {
    const auto* id = users.data().find("id");
    REQUIRE(id != nullptr);
    CHECK(id->primary_key);
    CHECK_FALSE(id->nullable);
    CHECK_FALSE(users.data().find("name")->nullable);
    CHECK(users.data().find("name")->type == Type{String{30}});
    CHECK(users.data().find("fullname")->nullable);
    static_assert(std::same_as<decltype(users.fullname)::value_type, std::optional<std::string>>);
    const auto u2 = alias(users, "u2");
    static_assert(std::same_as<std::remove_cvref_t<decltype(u2)>, std::remove_cvref_t<decltype(users)>>);
    CHECK(compile(select(u2.name), dialects::sqlite()).sql() == "SELECT u2.name FROM user_account AS u2");
}
