// SPDX-License-Identifier: MIT
// libpq by hand: the fastest a program can be with it, and what its other ways cost.
#include "raw_postgresql.hpp"

namespace bench {
namespace {

// ---- W2 --------------------------------------------------------------------------------------

Outcome seed_read(Run& run) {
    seed_customers(run.url(), read_rows);
    return {};
}

std::vector<Customer> read_customers(const Connection& connection, bool binary = true) {
    const auto result = connection.checked(
        PQexecParams(connection.handle(), select_all, 0, nullptr, nullptr, nullptr, nullptr, binary ? 1 : 0),
        select_all
    );
    const auto* r = result.get();
    const int count = PQntuples(r);
    std::vector<Customer> rows;
    rows.reserve(static_cast<std::size_t>(count));
    for (int row = 0; row < count; ++row) {
        const auto id = binary ? integer(r, row, 0) : integer_from_text(r, row, 0);
        rows.push_back(Customer{id, text(r, row, 1), text(r, row, 2)});
    }
    return rows;
}

Outcome read_result(Run& run, bool binary) {
    const Connection connection{run.url()};
    run.start();
    const auto rows = read_customers(connection, binary);
    run.stop();
    return {static_cast<std::int64_t>(rows.size()), check(rows)};
}

Outcome read_buffered(Run& run) { return read_result(run, true); }
Outcome read_text(Run& run) { return read_result(run, false); }

Outcome read_single_row(Run& run) {
    const Connection connection{run.url()};
    std::vector<Customer> rows;
    run.start();
    if (PQsendQueryParams(connection.handle(), select_all, 0, nullptr, nullptr, nullptr, nullptr, 1) != 1 ||
        PQsetSingleRowMode(connection.handle()) != 1) {
        connection.refuse(select_all);
    }
    while (auto* next = PQgetResult(connection.handle())) {
        const auto result = connection.checked(next, select_all);
        if (PQntuples(next) == 1)
            rows.push_back(customer(next, 0));
    }
    run.stop();
    return {static_cast<std::int64_t>(rows.size()), check(rows)};
}

// ---- W3 --------------------------------------------------------------------------------------

Outcome seed_selects(Run& run) {
    seed_customers(run.url(), short_selects);
    return {};
}

Outcome short_selects_prepared(Run& run) {
    const Connection connection{run.url()};
    std::vector<Customer> rows;
    Params params;
    run.start();
    connection.prepare("by_key", select_by_key, std::span{&int8_oid, 1});
    for (std::int64_t i = 0; i < short_selects; ++i) {
        const auto key = to_network(permuted_key(i));
        params.clear();
        params.add(key);
        rows.push_back(customer(connection.execute_prepared("by_key", params).get(), 0));
    }
    run.stop();
    return {short_selects, check(rows)};
}

Outcome short_selects_unprepared(Run& run) {
    const Connection connection{run.url()};
    std::vector<Customer> rows;
    Params params;
    run.start();
    for (std::int64_t i = 0; i < short_selects; ++i) {
        const auto key = to_network(permuted_key(i));
        params.clear();
        params.add(key);
        const auto result = connection.checked(
            PQexecParams(
                connection.handle(), select_by_key, 1, &int8_oid, params.values(), params.lengths(),
                params.formats(), 1
            ),
            select_by_key
        );
        rows.push_back(customer(result.get(), 0));
    }
    run.stop();
    return {short_selects, check(rows)};
}

// ---- W6 --------------------------------------------------------------------------------------

Outcome reset_unit_of_work(Run& run) {
    const Connection connection{run.url()};
    connection.execute("DROP TABLE IF EXISTS child");
    connection.execute("DROP TABLE IF EXISTS parent");
    connection.execute("CREATE TABLE parent (id BIGSERIAL NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL)");
    connection.execute("CREATE TABLE child (id BIGSERIAL NOT NULL PRIMARY KEY, parent_id BIGINT NOT NULL, "
                       "name VARCHAR(255) NOT NULL)");
    connection.execute("CHECKPOINT");
    return {};
}

Outcome verify_unit_of_work(Run& run) {
    const Connection connection{run.url()};
    std::uint64_t keys = 0;
    for (const auto* sql : {sum_of_parent_keys, sum_of_child_keys}) {
        const auto result = connection.checked(PQexec(connection.handle(), sql), sql);
        keys += static_cast<std::uint64_t>(integer_from_text(result.get(), 0, 0));
    }
    return {0, keys};
}

struct Rows {
    std::vector<std::string> names;
    std::vector<std::int64_t> parent_ids; ///< of children
    std::vector<std::int64_t> ids;        ///< what the database answers

    void add_to(Params& params, std::size_t row, std::int64_t& parent_id) const {
        if (!parent_ids.empty()) {
            parent_id = to_network(parent_ids[row]);
            params.add(parent_id);
        }
        params.add(names[row]);
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

std::string insert_into(std::string_view table, const Rows& rows) {
    std::string sql = "INSERT INTO ";
    (sql += table) += rows.parent_ids.empty() ? " (name) VALUES " : " (parent_id, name) VALUES ";
    return sql;
}

/// Prepares the INSERT of one row.
void prepare_row(const Connection& connection, const char* table, const Rows& rows) {
    const bool with_parent = !rows.parent_ids.empty();
    constexpr unsigned types[] = {int8_oid, text_oid};
    connection.prepare(
        table, insert_into(table, rows) + (with_parent ? "($1, $2)" : "($1)") + " RETURNING id",
        std::span{types}.subspan(with_parent ? 0 : 1)
    );
}

void insert_rows(const Connection& connection, const char* table, Rows& rows) {
    prepare_row(connection, table, rows);
    Params params;
    std::int64_t parent_id = 0;
    for (std::size_t row = 0; row < rows.names.size(); ++row) {
        params.clear();
        rows.add_to(params, row, parent_id);
        rows.ids.push_back(integer(connection.execute_prepared(table, params).get(), 0, 0));
    }
}

/// Answers come in the order of the rows: PostgreSQL does not promise it, but does so for a plain VALUES
/// list.
void insert_values(const Connection& connection, const char* table, Rows& rows) {
    const bool with_parent = !rows.parent_ids.empty();
    std::string name;
    std::size_t prepared_rows = 0;
    std::vector<std::int64_t> network(values_rows);
    Params params;
    for (std::size_t begin = 0; begin < rows.names.size(); begin += values_rows) {
        const auto count = std::min(values_rows, rows.names.size() - begin);
        if (count != prepared_rows) {
            prepared_rows = count;
            name = table + std::to_string(count);
            auto sql = insert_into(table, rows);
            std::vector<unsigned> types;
            for (std::size_t i = 0; i < count; ++i) {
                sql += i == 0 ? "(" : ",(";
                if (with_parent) {
                    types.push_back(int8_oid);
                    (sql += '$') += std::to_string(types.size()) + ",";
                }
                types.push_back(text_oid);
                ((sql += '$') += std::to_string(types.size())) += ')';
            }
            connection.prepare(name.c_str(), sql += " RETURNING id", types);
        }
        params.clear();
        for (std::size_t i = 0; i < count; ++i)
            rows.add_to(params, begin + i, network[i]);
        const auto result = connection.execute_prepared(name.c_str(), params);
        for (int i = 0; i < PQntuples(result.get()); ++i)
            rows.ids.push_back(integer(result.get(), i, 0));
    }
}

void insert_pipelined(const Connection& connection, const char* table, Rows& rows) {
    prepare_row(connection, table, rows);
    std::int64_t parent_id = 0;
    pipelined(
        connection, table, rows.names.size(),
        [&](std::size_t row, Params& params) { rows.add_to(params, row, parent_id); },
        [&](const PGresult* answer) { rows.ids.push_back(integer(answer, 0, 0)); }
    );
}

Outcome unit_of_work_rows(Run& run) {
    return unit_of_work(run, insert_rows);
}
Outcome unit_of_work_values(Run& run) {
    return unit_of_work(run, insert_values);
}
Outcome unit_of_work_pipelined(Run& run) {
    return unit_of_work(run, insert_pipelined);
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
    update(connection, rows);
    connection.execute("COMMIT");
    run.stop();
    return {update_rows, check(rows)};
}

/// One statement's parameters; `key` keeps the bytes until it was sent.
void add_change(Params& params, const Customer& row, std::int64_t& key) {
    key = to_network(row.id);
    params.add(row.description);
    params.add(key);
}

void prepare_update(const Connection& connection) {
    constexpr unsigned types[] = {text_oid, int8_oid};
    connection.prepare("update", "UPDATE customer SET description = $1 WHERE id = $2", types);
}

Outcome update_by_key(Run& run) {
    return update_customers(run, [](const Connection& connection, const std::vector<Customer>& rows) {
        prepare_update(connection);
        Params params;
        std::int64_t key = 0;
        for (const auto& row : rows) {
            params.clear();
            add_change(params, row, key);
            connection.execute_prepared("update", params);
        }
    });
}

Outcome update_pipelined(Run& run) {
    return update_customers(run, [](const Connection& connection, const std::vector<Customer>& rows) {
        prepare_update(connection);
        std::int64_t key = 0;
        pipelined(
            connection, "update", rows.size(),
            [&](std::size_t row, Params& params) { add_change(params, rows[row], key); }, [](const PGresult*) {}
        );
    });
}

/// UPDATE .. FROM (VALUES ..): `update_rows` is a multiple of `values_rows`.
Outcome update_values(Run& run) {
    static_assert(update_rows % values_rows == 0);
    return update_customers(run, [](const Connection& connection, const std::vector<Customer>& rows) {
        std::string sql = "UPDATE customer SET description = changed.description FROM (VALUES ";
        std::vector<unsigned> types;
        for (std::size_t i = 0; i < values_rows; ++i) {
            types.push_back(text_oid);
            ((sql += i == 0 ? "($" : ",($") += std::to_string(types.size())) += ",$";
            types.push_back(int8_oid);
            (sql += std::to_string(types.size())) += ')';
        }
        connection.prepare("update", sql + ") AS changed (description, id) WHERE customer.id = changed.id", types);
        Params params;
        std::vector<std::int64_t> keys(values_rows);
        for (std::size_t begin = 0; begin < rows.size(); begin += values_rows) {
            params.clear();
            for (std::size_t i = 0; i < values_rows; ++i)
                add_change(params, rows[begin + i], keys[i]);
            connection.execute_prepared("update", params);
        }
    });
}

const Register contenders{
    {"W2", "postgresql", "seed", seed_read},
    {"W2", "postgresql", "raw", read_buffered},
    {"W2", "postgresql", "raw-text", read_text},
    {"W2", "postgresql", "raw-singlerow", read_single_row},
    {"W3", "postgresql", "seed", seed_selects},
    {"W3", "postgresql", "raw", short_selects_prepared},
    {"W3", "postgresql", "raw-unprepared", short_selects_unprepared},
    {"W6", "postgresql", "reset", reset_unit_of_work},
    {"W6", "postgresql", "raw", unit_of_work_rows},
    {"W6", "postgresql", "raw-values", unit_of_work_values},
    {"W6", "postgresql", "raw-pipeline", unit_of_work_pipelined},
    {"W6", "postgresql", "verify", verify_unit_of_work},
    {"W7", "postgresql", "reset", reset_updates},
    {"W7", "postgresql", "raw", update_by_key},
    {"W7", "postgresql", "raw-pipeline", update_pipelined},
    {"W7", "postgresql", "raw-values", update_values},
    {"W7", "postgresql", "verify", verify_updates},
};

} // namespace
} // namespace bench
