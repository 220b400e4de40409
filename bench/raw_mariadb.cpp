// SPDX-License-Identifier: MIT
// MariaDB Connector/C by hand: the fastest a program can be with it, and what its other ways cost.
#include "harness.hpp"
#include "workloads.hpp"

#include <mysql.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <sys/epoll.h>
#include <unistd.h>

namespace bench {
namespace {

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

Customer customer(MYSQL_ROW row, const unsigned long* lengths) {
    Customer customer{0, std::string(row[1], lengths[1]), std::string(row[2], lengths[2])};
    std::from_chars(row[0], row[0] + lengths[0], customer.id);
    return customer;
}

void seed_customers(const std::string& url, std::int64_t rows) {
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

constexpr std::string_view select_all = "SELECT id, name, description FROM customer";
constexpr std::string_view select_by_key = "SELECT id, name, description FROM customer WHERE id = ?";

// ---- W2 --------------------------------------------------------------------------------------

Outcome seed_read(Run& run) {
    seed_customers(run.url(), read_rows);
    return {};
}

std::vector<Customer> read_customers(const Connection& connection) {
    std::vector<Customer> rows;
    Query query{connection, select_all};
    Output output;
    query.execute();
    output.attach(query);
    while (output.fetch(query))
        rows.push_back(output.customer());
    return rows;
}

Outcome read_unbuffered(Run& run) {
    const Connection connection{run.url()};
    run.start();
    const auto rows = read_customers(connection);
    run.stop();
    return {static_cast<std::int64_t>(rows.size()), check(rows)};
}

Outcome read_text(Run& run) {
    const Connection connection{run.url()};
    std::vector<Customer> rows;
    run.start();
    connection.execute(select_all);
    auto* result = mysql_use_result(connection.handle());
    while (auto* row = mysql_fetch_row(result))
        rows.push_back(customer(row, mysql_fetch_lengths(result)));
    mysql_free_result(result);
    run.stop();
    return {static_cast<std::int64_t>(rows.size()), check(rows)};
}

// ---- W3 --------------------------------------------------------------------------------------

Outcome seed_selects(Run& run) {
    seed_customers(run.url(), short_selects);
    return {};
}

void select_one(Query& query, Output& output, std::int64_t key, std::vector<Customer>& rows) {
    query.bind(0, key);
    query.execute();
    output.attach(query);
    if (output.fetch(query))
        rows.push_back(output.customer());
    mysql_stmt_free_result(query.handle());
}

Outcome short_selects_prepared(Run& run) {
    const Connection connection{run.url()};
    std::vector<Customer> rows;
    run.start();
    {
        Query query{connection, select_by_key};
        Output output;
        for (std::int64_t i = 0; i < short_selects; ++i)
            select_one(query, output, permuted_key(i), rows);
    }
    run.stop();
    return {short_selects, check(rows)};
}

Outcome short_selects_unprepared(Run& run) {
    const Connection connection{run.url()};
    std::vector<Customer> rows;
    run.start();
    {
        Output output;
        for (std::int64_t i = 0; i < short_selects; ++i) {
            Query query{connection, select_by_key};
            select_one(query, output, permuted_key(i), rows);
        }
    }
    run.stop();
    return {short_selects, check(rows)};
}

Outcome short_selects_text(Run& run) {
    const Connection connection{run.url()};
    std::vector<Customer> rows;
    run.start();
    for (std::int64_t i = 0; i < short_selects; ++i) {
        connection.execute(
            "SELECT id, name, description FROM customer WHERE id = " + std::to_string(permuted_key(i))
        );
        auto* result = mysql_use_result(connection.handle());
        while (auto* row = mysql_fetch_row(result))
            rows.push_back(customer(row, mysql_fetch_lengths(result)));
        mysql_free_result(result);
    }
    run.stop();
    return {short_selects, check(rows)};
}

// ---- W4 --------------------------------------------------------------------------------------

Outcome reset_transactions(Run& run) {
    seed_customers(run.url(), 0);
    return {};
}

Outcome verify_transactions(Run& run) {
    const Connection connection{run.url()};
    return {0, check(read_customers(connection))};
}

Outcome short_transactions(Run& run, bool explicitly) {
    const Connection connection{run.url()};
    run.start();
    {
        Query insert{connection, "INSERT INTO customer (name, description) VALUES (?, ?)"};
        for (std::int64_t i = 1; i <= transactions; ++i) {
            const auto name = customer_name(i);
            const auto description = customer_description(i);
            if (explicitly)
                connection.execute("BEGIN");
            insert.bind(0, name);
            insert.bind(1, description);
            insert.execute();
            if (explicitly)
                connection.execute("COMMIT");
        }
    }
    run.stop();
    return {transactions, check_seeded(transactions)};
}

Outcome three_round_trips(Run& run) { return short_transactions(run, true); }
Outcome autocommitted(Run& run) { return short_transactions(run, false); }

// ---- W8 --------------------------------------------------------------------------------------

/// A connection with its statement, and how far its execution is.
struct Busy {
    explicit Busy(const std::string& url) : connection(url, true), query(connection, select_by_key) {}

    /// Goes on as far as it can without waiting. True when the row is there.
    bool advance(int ready) {
        for (;;) {
            if (waits != 0) {
                int failed = 0;
                if (storing)
                    waits = mysql_stmt_store_result_cont(&failed, query.handle(), ready);
                else
                    waits = mysql_stmt_execute_cont(&failed, query.handle(), ready);
                if (waits != 0)
                    return false;
                if (failed != 0)
                    query.refuse("select");
            }
            if (storing)
                return true;
            output.attach(query);
            storing = true;
            int failed = 0;
            waits = mysql_stmt_store_result_start(&failed, query.handle());
            if (waits != 0)
                return false;
            if (failed != 0)
                query.refuse("store");
        }
    }
    /// True when the row is there already.
    bool start(std::int64_t which) {
        key = which;
        storing = false;
        query.bind(0, key);
        query.bind_parameters();
        int failed = 0;
        waits = mysql_stmt_execute_start(&failed, query.handle());
        if (waits != 0)
            return false;
        if (failed != 0)
            query.refuse("execute");
        return advance(0);
    }

    Connection connection;
    Query query;
    Output output;
    std::int64_t key = 0;
    std::size_t client = 0;
    int waits = 0;
    bool storing = false;
};

Outcome many_clients(Run& run) {
    const int epoll = epoll_create1(EPOLL_CLOEXEC);
    std::vector<std::unique_ptr<Busy>> connections;
    std::deque<Busy*> free;
    std::deque<std::size_t> waiting; // clients, first come first served
    for (std::size_t i = 0; i < pool_connections; ++i) {
        auto& one = connections.emplace_back(std::make_unique<Busy>(run.url()));
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = one.get();
        epoll_ctl(epoll, EPOLL_CTL_ADD, mysql_get_socket(one->connection.handle()), &event);
        free.push_back(one.get());
    }
    for (std::size_t client = 0; client < clients; ++client)
        waiting.push_back(client);
    std::uint64_t sum = 0;
    std::int64_t started = 0;
    std::int64_t done = 0;
    const auto finish = [&](Busy& one) {
        if (one.output.fetch(one.query)) {
            const auto found = one.output.customer();
            sum += check_customer(found.id, found.name, found.description);
        }
        mysql_stmt_free_result(one.query.handle()); // all of it is here
        ++done;
        free.push_back(&one);
        waiting.push_back(one.client);
    };
    std::array<epoll_event, pool_connections> events{};
    run.start();
    while (done < shared_selects) {
        while (!free.empty() && !waiting.empty() && started < shared_selects) {
            auto& one = *free.front();
            free.pop_front();
            one.client = waiting.front();
            waiting.pop_front();
            if (one.start(permuted_key(started++)))
                finish(one);
        }
        if (done == shared_selects)
            break;
        const int ready = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
        for (int i = 0; i < ready; ++i) {
            auto& one = *static_cast<Busy*>(events[static_cast<std::size_t>(i)].data.ptr);
            if (one.waits != 0 && one.advance(MYSQL_WAIT_READ))
                finish(one);
        }
    }
    run.stop();
    ::close(epoll);
    return {shared_selects, sum};
}

// ---- W6 --------------------------------------------------------------------------------------

Outcome reset_unit_of_work(Run& run) {
    const Connection connection{run.url()};
    connection.execute("DROP TABLE IF EXISTS child");
    connection.execute("DROP TABLE IF EXISTS parent");
    connection.execute("CREATE TABLE parent (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, "
                       "name VARCHAR(255) NOT NULL) ENGINE=InnoDB");
    connection.execute("CREATE TABLE child (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, "
                       "parent_id BIGINT NOT NULL, name VARCHAR(255) NOT NULL) ENGINE=InnoDB");
    return {};
}

Outcome verify_unit_of_work(Run& run) {
    const Connection connection{run.url()};
    std::uint64_t keys = 0;
    for (const std::string_view sql : {sum_of_parent_keys, sum_of_child_keys}) {
        connection.execute(sql);
        auto* result = mysql_store_result(connection.handle());
        keys += std::strtoull(mysql_fetch_row(result)[0], nullptr, 10);
        mysql_free_result(result);
    }
    return {0, keys};
}

struct Rows {
    std::vector<std::string> names;
    std::vector<std::int64_t> parent_ids; ///< of children
    std::vector<std::int64_t> ids;        ///< what the database answers

    void bind(Query& query, std::size_t& position, std::size_t row) const {
        if (!parent_ids.empty())
            query.bind(position++, parent_ids[row]);
        query.bind(position++, names[row]);
    }
    [[nodiscard]] std::string insert_into(std::string_view table, std::size_t count) const {
        std::string sql = "INSERT INTO ";
        (sql += table) += parent_ids.empty() ? " (name) VALUES " : " (parent_id, name) VALUES ";
        const auto row = parent_ids.empty() ? std::string_view{"(?)"} : std::string_view{"(?,?)"};
        for (std::size_t i = 0; i < count; ++i)
            (sql += i == 0 ? "" : ",") += row;
        return sql;
    }
};

/// Parents, then children; `insert` does the work for either. Begins and commits.
template <class Insert>
Outcome unit_of_work(Run& run, Insert insert) {
    const Connection connection{run.url()};
    Rows up, down;
    run.start();
    connection.execute("BEGIN");
    for (std::int64_t p = 0; p < parents; ++p)
        up.names.push_back(parent_name(p));
    insert(connection, "parent", up);
    for (std::int64_t p = 0; p < parents; ++p) {
        for (std::int64_t c = 0; c < children_each; ++c) {
            down.parent_ids.push_back(up.ids[static_cast<std::size_t>(p)]);
            down.names.push_back(child_name(p, c));
        }
    }
    insert(connection, "child", down);
    connection.execute("COMMIT");
    std::vector<std::string>().swap(up.names);
    std::vector<std::string>().swap(down.names);
    run.stop();
    return {parents * (1 + children_each), sum(up.ids) + sum(down.ids) + sum(down.parent_ids)};
}

void insert_rows(const Connection& connection, std::string_view table, Rows& rows) {
    Query insert{connection, rows.insert_into(table, 1)};
    for (std::size_t row = 0; row < rows.names.size(); ++row) {
        std::size_t position = 0;
        rows.bind(insert, position, row);
        insert.execute();
        rows.ids.push_back(insert.insert_id());
    }
}

void insert_values(const Connection& connection, std::string_view table, Rows& rows) {
    std::unique_ptr<Query> insert;
    std::size_t prepared_rows = 0;
    Output output;
    for (std::size_t begin = 0; begin < rows.names.size(); begin += values_rows) {
        const auto count = std::min(values_rows, rows.names.size() - begin);
        if (count != prepared_rows) {
            insert = std::make_unique<Query>(connection, rows.insert_into(table, count) + " RETURNING id");
            prepared_rows = count;
        }
        std::size_t position = 0;
        for (std::size_t i = 0; i < count; ++i)
            rows.bind(*insert, position, begin + i);
        insert->execute();
        output.attach(*insert);
        while (output.fetch(*insert))
            rows.ids.push_back(output.id());
        mysql_stmt_free_result(insert->handle());
    }
}

Outcome unit_of_work_rows(Run& run) {
    return unit_of_work(run, insert_rows);
}
Outcome unit_of_work_values(Run& run) {
    return unit_of_work(run, insert_values);
}

// ---- W7 --------------------------------------------------------------------------------------

Outcome reset_updates(Run& run) {
    seed_customers(run.url(), update_rows);
    return {};
}

Outcome verify_updates(Run& run) {
    const Connection connection{run.url()};
    return {0, check(read_customers(connection))};
}

/// Reads and changes the rows; `update` writes them. Begins and commits.
template <class Update>
Outcome update_customers(Run& run, Update update) {
    const Connection connection{run.url()};
    run.start();
    connection.execute("BEGIN");
    auto rows = read_customers(connection);
    for (auto& row : rows)
        row.description = changed_description(row.id);
    Query query{connection, "UPDATE customer SET description = ? WHERE id = ?"};
    update(query, rows);
    connection.execute("COMMIT");
    run.stop();
    return {update_rows, check(rows)};
}

Outcome update_by_key(Run& run) {
    return update_customers(run, [](Query& query, const std::vector<Customer>& rows) {
        for (const auto& row : rows) {
            query.bind(0, row.description);
            query.bind(1, row.id);
            query.execute();
        }
    });
}

/// Connector/C's array binding, column by column.
Outcome update_bulk(Run& run) {
    return update_customers(run, [](Query& query, std::vector<Customer>& rows) {
        std::vector<char*> texts;
        std::vector<unsigned long> lengths;
        std::vector<std::int64_t> keys;
        for (auto& row : rows) {
            texts.push_back(row.description.data());
            lengths.push_back(static_cast<unsigned long>(row.description.size()));
            keys.push_back(row.id);
        }
        std::array<MYSQL_BIND, 2> params{};
        params[0].buffer_type = MYSQL_TYPE_STRING;
        params[0].buffer = texts.data();
        params[0].length = lengths.data();
        params[1].buffer_type = MYSQL_TYPE_LONGLONG;
        params[1].buffer = keys.data();
        auto count = static_cast<unsigned>(rows.size());
        if (mysql_stmt_attr_set(query.handle(), STMT_ATTR_ARRAY_SIZE, &count) != 0 ||
            mysql_stmt_bind_param(query.handle(), params.data()) != 0 || mysql_stmt_execute(query.handle()) != 0) {
            query.refuse("bulk");
        }
    });
}

const Register contenders{
    {"W2", "mariadb", "seed", seed_read},
    {"W2", "mariadb", "raw", read_unbuffered},
    {"W2", "mariadb", "raw-text", read_text},
    {"W3", "mariadb", "seed", seed_selects},
    {"W3", "mariadb", "raw", short_selects_prepared},
    {"W3", "mariadb", "raw-unprepared", short_selects_unprepared},
    {"W3", "mariadb", "raw-text", short_selects_text},
    {"W4", "mariadb", "reset", reset_transactions},
    {"W4", "mariadb", "raw", three_round_trips},
    {"W4", "mariadb", "raw-autocommit", autocommitted},
    {"W4", "mariadb", "verify", verify_transactions},
    {"W8", "mariadb", "seed", seed_selects},
    {"W8", "mariadb", "raw", many_clients},
    {"W6", "mariadb", "reset", reset_unit_of_work},
    {"W6", "mariadb", "raw", unit_of_work_rows},
    {"W6", "mariadb", "raw-values", unit_of_work_values},
    {"W6", "mariadb", "verify", verify_unit_of_work},
    {"W7", "mariadb", "reset", reset_updates},
    {"W7", "mariadb", "raw", update_by_key},
    {"W7", "mariadb", "raw-bulk", update_bulk},
    {"W7", "mariadb", "verify", verify_updates},
};

} // namespace
} // namespace bench
