// SPDX-License-Identifier: MIT
// What the contenders that use Connector/C by hand share.
#pragma once

#include "harness.hpp"
#include "workloads.hpp"

#include <mysql.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bench::mariadb {

class Connection {
public:
    explicit Connection(const std::string& url, bool nonblocking = false) : handle_(mysql_init(nullptr)) {
        const auto parts = split_url(url);
        if (nonblocking)
            mysql_options(handle_, MYSQL_OPT_NONBLOCK, nullptr);
        mysql_options(handle_, MYSQL_SET_CHARSET_NAME, "utf8mb4");
        if (mysql_real_connect(
                handle_, parts.host.c_str(), parts.user.c_str(), parts.password.c_str(),
                parts.database.c_str(), parts.port, nullptr, 0
            ) == nullptr) {
            refuse("connect");
        }
    }
    ~Connection() { mysql_close(handle_); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[noreturn]] void refuse(std::string_view what) const { fail(what, mysql_error(handle_)); }
    [[nodiscard]] MYSQL* handle() const noexcept { return handle_; }
    void execute(std::string_view sql) const {
        if (mysql_real_query(handle_, sql.data(), static_cast<unsigned long>(sql.size())) != 0)
            refuse(sql);
    }

private:
    MYSQL* handle_;
};

class Query {
public:
    Query(const Connection& connection, std::string_view sql)
        : statement_(mysql_stmt_init(connection.handle())) {
        if (mysql_stmt_prepare(statement_, sql.data(), static_cast<unsigned long>(sql.size())) != 0)
            refuse(sql);
        params_.resize(mysql_stmt_param_count(statement_));
        lengths_.resize(params_.size());
    }
    ~Query() { mysql_stmt_close(statement_); }
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    [[noreturn]] void refuse(std::string_view what) const { fail(what, mysql_stmt_error(statement_)); }

    /// Values stay where they are until the statement was executed.
    void bind(std::size_t position, const std::int64_t& value) {
        auto& param = params_[position];
        param = MYSQL_BIND{};
        param.buffer_type = MYSQL_TYPE_LONGLONG;
        param.buffer = const_cast<std::int64_t*>(&value);
    }
    void bind(std::size_t position, std::string_view value) {
        auto& param = params_[position];
        param = MYSQL_BIND{};
        param.buffer_type = MYSQL_TYPE_STRING;
        param.buffer = const_cast<char*>(value.data());
        param.buffer_length = static_cast<unsigned long>(value.size());
        lengths_[position] = param.buffer_length;
        param.length = &lengths_[position];
    }
    void bind_parameters() {
        if (!params_.empty() && mysql_stmt_bind_param(statement_, params_.data()) != 0)
            refuse("bind");
    }
    void execute() {
        bind_parameters();
        if (mysql_stmt_execute(statement_) != 0)
            refuse("execute");
    }
    [[nodiscard]] std::int64_t insert_id() const {
        return static_cast<std::int64_t>(mysql_stmt_insert_id(statement_));
    }
    [[nodiscard]] MYSQL_STMT* handle() const noexcept { return statement_; }

private:
    MYSQL_STMT* statement_;
    std::vector<MYSQL_BIND> params_;
    std::vector<unsigned long> lengths_;
};

/// Result buffers of a key, and of a customer when there are three columns.
class Output {
public:
    Output() {
        columns_[0].buffer_type = MYSQL_TYPE_LONGLONG;
        columns_[0].buffer = &id_;
        for (std::size_t i = 0; i < texts_.size(); ++i) {
            auto& column = columns_[i + 1];
            column.buffer_type = MYSQL_TYPE_STRING;
            column.buffer = texts_[i].data();
            column.buffer_length = static_cast<unsigned long>(texts_[i].size());
            column.length = &lengths_[i];
        }
    }
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    void attach(const Query& query) {
        if (mysql_stmt_bind_result(query.handle(), columns_.data()) != 0)
            query.refuse("bind result");
    }
    /// False when there are no more rows.
    bool fetch(const Query& query) {
        const int code = mysql_stmt_fetch(query.handle());
        if (code != 0 && code != MYSQL_NO_DATA)
            query.refuse("fetch");
        return code == 0;
    }
    [[nodiscard]] std::int64_t id() const noexcept { return id_; }
    [[nodiscard]] Customer customer() const {
        return Customer{
            id_, std::string(texts_[0].data(), lengths_[0]), std::string(texts_[1].data(), lengths_[1])
        };
    }

private:
    std::int64_t id_ = 0;
    std::array<std::array<char, 1024>, 2> texts_{};
    std::array<unsigned long, 2> lengths_{};
    std::array<MYSQL_BIND, 3> columns_{};
};

inline Customer customer(MYSQL_ROW row, const unsigned long* lengths) {
    Customer customer{0, std::string(row[1], lengths[1]), std::string(row[2], lengths[2])};
    std::from_chars(row[0], row[0] + lengths[0], customer.id);
    return customer;
}

inline void seed_customers(const std::string& url, std::int64_t rows) {
    const Connection connection{url};
    connection.execute("DROP TABLE IF EXISTS customer");
    connection.execute("CREATE TABLE customer (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, "
                       "name VARCHAR(255) NOT NULL, description VARCHAR(255) NOT NULL) ENGINE=InnoDB");
    if (rows == 0)
        return;
    connection.execute(
        "INSERT INTO customer SELECT seq, concat('customer name ', seq), "
        "concat('customer description ', seq) FROM seq_1_to_" +
        std::to_string(rows)
    );
}

inline constexpr std::string_view select_all = "SELECT id, name, description FROM customer";
inline constexpr std::string_view select_by_key = "SELECT id, name, description FROM customer WHERE id = ?";

inline std::vector<Customer> read_customers(const Connection& connection) {
    std::vector<Customer> rows;
    Query query{connection, select_all};
    Output output;
    query.execute();
    output.attach(query);
    while (output.fetch(query))
        rows.push_back(output.customer());
    return rows;
}

} // namespace bench::mariadb
