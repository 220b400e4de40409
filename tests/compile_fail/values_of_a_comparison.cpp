// expect: AssignmentsLike
// SPDX-License-Identifier: MIT
// values() takes assignments: == is not =.
#include <azoth/schema/metadata.hpp>
#include <azoth/sql/constructs.hpp>
#include <azoth/sql/dml.hpp>
#include <azoth/sql/functions.hpp>
#include <azoth/sql/select.hpp>

struct Users : azoth::Table {
    azoth::Column<int> id{*this, "id", azoth::primary_key};
    azoth::Column<std::string> name{*this, "name"};
    explicit Users(azoth::MetaData& metadata) : azoth::Table{"user_account", metadata} {}
};

auto bad(const Users& users) { return azoth::insert(users).values(users.name == "x"); }
