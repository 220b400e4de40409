// expect: after its name a column takes a SQL type
// SPDX-License-Identifier: MIT
// What follows a column's name is a type or an option.
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

struct Bad : azoth::Table {
    azoth::Column<int> id{*this, "id", 7};
    explicit Bad(azoth::MetaData& metadata) : azoth::Table{"bad", metadata} {}
};
