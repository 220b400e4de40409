// SPDX-License-Identifier: MIT
// MariaDB Connector/C by hand: the fastest a program can be with it, and what its other ways cost.
#include "raw_mariadb.hpp"

#include <algorithm>
#include <array>

namespace bench::mariadb {
namespace {

// ---- W2 --------------------------------------------------------------------------------------

Outcome seed_read(Run& run) {
    seed_customers(run.url(), read_rows);
    return {};
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
} // namespace bench::mariadb
