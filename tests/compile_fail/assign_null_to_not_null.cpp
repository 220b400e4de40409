// expect: deleted .*operator=.*Null|null_for_a_column_that_is_not_optional
// SPDX-License-Identifier: MIT
// A column that is not optional takes no NULL.
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

auto bad(const Users& users) { return azoth::insert(users).values(users.name = azoth::null); }
