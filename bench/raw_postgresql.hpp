// SPDX-License-Identifier: MIT
// What the contenders that use libpq by hand share.
#pragma once

#include "harness.hpp"
#include "workloads.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

inline constexpr unsigned int8_oid = 20;
inline constexpr unsigned text_oid = 25;

struct ClearResult {
    void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using ResultPtr = std::unique_ptr<PGresult, ClearResult>;

[[nodiscard]] inline std::int64_t to_network(std::int64_t value) {
    static_assert(std::endian::native == std::endian::little);
    return static_cast<std::int64_t>(__builtin_bswap64(static_cast<std::uint64_t>(value)));
}

[[nodiscard]] inline std::int64_t integer(const PGresult* result, int row, int column) {
    std::int64_t value = 0;
    std::memcpy(&value, PQgetvalue(result, row, column), sizeof value);
    return to_network(value);
}
[[nodiscard]] inline std::int64_t integer_from_text(const PGresult* result, int row, int column) {
    std::int64_t value = 0;
    const auto* text = PQgetvalue(result, row, column);
    std::from_chars(text, text + PQgetlength(result, row, column), value);
    return value;
}
[[nodiscard]] inline std::string text(const PGresult* result, int row, int column) {
    return std::string(
        PQgetvalue(result, row, column), static_cast<std::size_t>(PQgetlength(result, row, column))
    );
}
[[nodiscard]] inline Customer customer(const PGresult* result, int row) {
    return Customer{integer(result, row, 0), text(result, row, 1), text(result, row, 2)};
}

/// Parameters in binary format; views of what the caller keeps.
class Params {
public:
    void clear() {
        values_.clear();
        lengths_.clear();
        formats_.clear();
    }
    /// @param value  in network byte order
    void add(const std::int64_t& value) { add(reinterpret_cast<const char*>(&value), sizeof value); }
    void add(std::string_view value) { add(value.data(), value.size()); }
    [[nodiscard]] int count() const { return static_cast<int>(values_.size()); }
    [[nodiscard]] const char* const* values() const { return values_.data(); }
    [[nodiscard]] const int* lengths() const { return lengths_.data(); }
    [[nodiscard]] const int* formats() const { return formats_.data(); }

private:
    void add(const char* data, std::size_t size) {
        values_.push_back(data);
        lengths_.push_back(static_cast<int>(size));
        formats_.push_back(1);
    }

    std::vector<const char*> values_;
    std::vector<int> lengths_, formats_;
};

class Connection {
public:
    explicit Connection(const std::string& url) : handle_(PQconnectdb(url.c_str())) {
        if (PQstatus(handle_) != CONNECTION_OK)
            refuse("connect");
        PQsetNoticeProcessor(handle_, [](void*, const char*) {}, nullptr);
    }
    ~Connection() { PQfinish(handle_); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    [[noreturn]] void refuse(std::string_view what) const { fail(what, PQerrorMessage(handle_)); }
    [[nodiscard]] PGconn* handle() const noexcept { return handle_; }

    ResultPtr checked(PGresult* result, std::string_view what) const {
        ResultPtr owner{result};
        const auto status = PQresultStatus(result);
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_SINGLE_TUPLE)
            refuse(what);
        return owner;
    }
    void execute(const char* sql) const { checked(PQexec(handle_, sql), sql); }
    void prepare(const char* name, const std::string& sql, std::span<const unsigned> types) const {
        checked(PQprepare(handle_, name, sql.c_str(), static_cast<int>(types.size()), types.data()), sql);
    }
    ResultPtr execute_prepared(const char* name, const Params& p) const {
        return checked(
            PQexecPrepared(handle_, name, p.count(), p.values(), p.lengths(), p.formats(), 1), name
        );
    }

private:
    PGconn* handle_;
};

inline void seed_customers(const std::string& url, std::int64_t rows) {
    const Connection connection{url};
    connection.execute("DROP TABLE IF EXISTS customer");
    connection.execute(
        "CREATE TABLE customer (id BIGSERIAL NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL, "
        "description VARCHAR(255) NOT NULL)"
    );
    const auto insert = "INSERT INTO customer SELECT i, 'customer name ' || i, 'customer description ' || i "
                        "FROM generate_series(1, " +
                        std::to_string(rows) + ") AS i";
    connection.execute(insert.c_str());
    connection.execute("VACUUM ANALYZE customer"); // hint bits are set here, not by the first contender
    connection.execute("CHECKPOINT");
}

/// Executes a prepared statement for each row. Sends some hundred statements, then reads their answers: few
/// enough for the sockets' buffers to hold both ways.
///
/// @param batch    statements between two synchronisations
/// @param bind     adds the parameters of a row
/// @param answer   is given each statement's result, in order
template <class Bind, class Answer>
void pipelined(
    const Connection& connection, const char* name, std::size_t rows, Bind bind, Answer answer,
    std::size_t batch = pipeline_statements
) {
    auto* handle = connection.handle();
    PQenterPipelineMode(handle);
    Params params;
    for (std::size_t begin = 0; begin < rows; begin += batch) {
        const auto end = std::min(begin + batch, rows);
        for (auto row = begin; row < end; ++row) {
            params.clear();
            bind(row, params);
            if (PQsendQueryPrepared(
                    handle, name, params.count(), params.values(), params.lengths(), params.formats(), 1
                ) != 1) {
                connection.refuse(name);
            }
        }
        if (PQpipelineSync(handle) != 1)
            connection.refuse("sync");
        for (auto row = begin; row < end; ++row) {
            answer(connection.checked(PQgetResult(handle), name).get());
            PQgetResult(handle); // the NULL after each statement
        }
        const ResultPtr sync{PQgetResult(handle)};
        if (PQresultStatus(sync.get()) != PGRES_PIPELINE_SYNC)
            connection.refuse("sync");
    }
    PQexitPipelineMode(handle);
}

inline constexpr const char* select_all = "SELECT id, name, description FROM customer";
inline constexpr const char* select_by_key = "SELECT id, name, description FROM customer WHERE id = $1";

} // namespace bench
