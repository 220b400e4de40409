// SPDX-License-Identifier: MIT
// The tables over which the corpus's constructs are written, with typed columns.
#pragma once

#include <azoth/schema/metadata.hpp>
#include <azoth/sql/bindparam.hpp>
#include <azoth/sql/constructs.hpp>
#include <azoth/sql/dml.hpp>
#include <azoth/sql/functions.hpp>
#include <azoth/sql/select.hpp>
#include <azoth/sql/table_function.hpp>
#include <azoth/sql/text.hpp>
#include <azoth/sql/values.hpp>
#include <azoth/types/enum.hpp>
#include <azoth/types/postgresql.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace golden {

namespace az = azoth;

struct Users : az::Table {
    az::Column<std::int32_t> id{*this, "id", az::primary_key};
    az::Column<std::string> name{*this, "name", az::String{30}};
    az::Column<std::optional<std::string>> fullname{*this, "fullname", az::String{}};
    explicit Users(az::MetaData& metadata) : az::Table{"user_account", metadata} {}
};

struct Addresses : az::Table {
    az::Column<std::int32_t> id{*this, "id", az::primary_key};
    az::Column<std::int32_t> user_id{*this, "user_id", az::foreign_key("user_account.id")};
    az::Column<std::string> email_address{*this, "email_address", az::String{60}};
    explicit Addresses(az::MetaData& metadata) : az::Table{"address", metadata} {}
};

struct Orders : az::Table {
    az::Column<std::int32_t> id{*this, "id", az::primary_key};
    az::Column<std::optional<std::int32_t>> user_id{*this, "user_id", az::foreign_key("user_account.id")};
    az::Column<std::optional<az::Decimal>> total{*this, "total", az::Numeric{10, 2}};
    az::Column<std::optional<az::Timestamp>> placed_at{*this, "placed_at"};
    az::Column<std::optional<std::string>> status{*this, "status", az::Enum{{"new", "paid", "shipped"}, "order_status"}};
    explicit Orders(az::MetaData& metadata) : az::Table{"orders", metadata} {}
};

struct Items : az::Table {
    az::Column<std::int32_t> id{*this, "id", az::primary_key};
    az::Column<std::string> name{*this, "name", az::String{50}};
    az::Column<std::optional<az::Decimal>> price{*this, "price", az::Numeric{10, 2}};
    az::Column<std::optional<az::Json>> attrs{*this, "attrs"};
    explicit Items(az::MetaData& metadata) : az::Table{"item", metadata} {}
};

struct OrderItems : az::Table {
    az::Column<std::int32_t> order_id{*this, "order_id", az::primary_key, az::foreign_key("orders.id")};
    az::Column<std::int32_t> item_id{*this, "item_id", az::primary_key, az::foreign_key("item.id")};
    az::Column<std::optional<std::int32_t>> quantity{*this, "quantity"};
    explicit OrderItems(az::MetaData& metadata) : az::Table{"order_item", metadata} {}
};

struct Shipments : az::Table {
    az::Column<std::int32_t> id{*this, "id", az::primary_key};
    az::Column<std::optional<std::int32_t>> order_id{*this, "order_id"};
    az::Column<std::optional<std::int32_t>> item_id{*this, "item_id"};
    az::Column<std::optional<std::string>> carrier{*this, "carrier", az::String{20}};
    explicit Shipments(az::MetaData& metadata) : az::Table{"shipment", metadata} {
        az::schema::ForeignKeyData key;
        key.columns = {"order_id", "item_id"};
        key.target_table = "order_item";
        key.target_columns = {"order_id", "item_id"};
        data_->foreign_keys.push_back(std::move(key));
    }
};

struct Employees : az::Table {
    az::Column<std::int32_t> id{*this, "id", az::primary_key};
    az::Column<std::optional<std::int32_t>> manager_id{*this, "manager_id", az::foreign_key("employee.id")};
    az::Column<std::optional<std::string>> name{*this, "name", az::String{50}};
    az::Column<std::optional<az::Decimal>> salary{*this, "salary", az::Numeric{10, 2}};
    az::Column<std::optional<std::string>> department{*this, "department", az::String{20}};
    explicit Employees(az::MetaData& metadata) : az::Table{"employee", metadata} {}
};

struct Docs : az::Table {
    az::Column<std::int32_t> id{*this, "id", az::primary_key};
    az::Column<std::optional<std::string>> body{*this, "body", az::Text{}};
    az::Column<az::Value> tags{*this, "tags", az::ARRAY{az::String{}}};
    az::Column<std::optional<az::Json>> data{*this, "data", az::postgresql::JSONB{}};
    explicit Docs(az::MetaData& metadata) : az::Table{"doc", metadata} {}
};

struct Events : az::Table {
    az::Column<std::int32_t> id{*this, "id", az::primary_key};
    az::Column<std::optional<std::string>> kind{*this, "kind", az::String{20}};
    az::Column<std::optional<az::Date>> happened_on{*this, "happened_on"};
    explicit Events(az::MetaData& metadata) : az::Table{"event", metadata, "analytics"} {}
};

struct Sample : az::Table {
    az::Column<std::int32_t> id{*this, "id", az::primary_key};
    az::Column<std::optional<bool>> flag{*this, "flag"};
    az::Column<std::optional<std::int32_t>> bits{*this, "bits"};
    az::Column<std::optional<std::int64_t>> big{*this, "big"};
    az::Column<std::optional<double>> ratio{*this, "ratio", az::Float{}};
    az::Column<std::optional<az::Date>> day{*this, "day"};
    az::Column<std::optional<az::Time>> at{*this, "at"};
    az::Column<std::optional<az::TimestampTz>> stamp{*this, "stamp"};
    az::Column<std::optional<az::Bytes>> raw{*this, "raw"};
    az::Column<std::optional<az::Uuid>> uid{*this, "uid"};
    az::Column<std::optional<std::string>> note{*this, "note", az::Unicode{20}};
    explicit Sample(az::MetaData& metadata) : az::Table{"sample", metadata} {}
};

/// Every name of it needs care.
struct Odd : az::Table {
    az::Column<std::int32_t> id{*this, "ID", az::primary_key};
    az::Column<std::optional<std::string>> select{*this, "select", az::String{10}};
    az::Column<std::optional<std::int32_t>> mixed_case{*this, "MixedCase"};
    az::Column<std::optional<std::int32_t>> with_space{*this, "with space"};
    az::Column<std::optional<std::int32_t>> group{*this, "group"};
    az::Column<std::optional<std::int32_t>> plain{*this, "plain"};
    explicit Odd(az::MetaData& metadata) : az::Table{"Order Details", metadata} {}
};

struct Bare : az::Table {
    az::Column<az::Value> x{*this, "x"};
    az::Column<std::optional<std::int32_t>> y{*this, "y"};
    az::Column<std::optional<std::string>> z{*this, "z"};
    explicit Bare(az::MetaData& metadata) : az::Table{"bare", metadata} {}
};

struct Tables {
    az::MetaData metadata;
    Users users{metadata};
    Addresses addresses{metadata};
    Orders orders{metadata};
    Items items{metadata};
    OrderItems order_items{metadata};
    Shipments shipments{metadata};
    Employees employees{metadata};
    Docs docs{metadata};
    Events events{metadata};
    Sample sample{metadata};
    Odd odd{metadata};
    Bare bare{metadata};
};

inline const Tables& tables() {
    static const Tables all;
    return all;
}

inline const Users& users = tables().users;
inline const Addresses& addresses = tables().addresses;
inline const Orders& orders = tables().orders;
inline const Items& items = tables().items;
inline const OrderItems& order_items = tables().order_items;
inline const Shipments& shipments = tables().shipments;
inline const Employees& employees = tables().employees;
inline const Docs& docs = tables().docs;
inline const Events& events = tables().events;
inline const Sample& sample = tables().sample;
inline const Odd& odd = tables().odd;
inline const Bare& bare = tables().bare;

} // namespace golden
