// SPDX-License-Identifier: MIT
// SQLite's C interface by hand: the fastest a program can be with it.
#include "harness.hpp"
#include "workloads.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bench {
namespace {

class Database {
public:
    explicit Database(const std::string& url) {
        if (sqlite3_open(split_url(url).database.c_str(), &handle_) != SQLITE_OK)
            refuse("open");
        // As Azoth's connections: foreign keys on, statements answered from one process.
        execute("PRAGMA journal_mode=wal; PRAGMA synchronous=off; PRAGMA foreign_keys=on");
    }
    ~Database() { sqlite3_close_v2(handle_); }
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    void execute(const char* sql) {
        if (sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
            refuse(sql);
    }
    [[noreturn]] void refuse(std::string_view what) const { fail(what, sqlite3_errmsg(handle_)); }
    [[nodiscard]] sqlite3* handle() const noexcept { return handle_; }

private:
    sqlite3* handle_ = nullptr;
};

class Query {
public:
    Query(const Database& database, std::string_view sql, unsigned flags = SQLITE_PREPARE_PERSISTENT)
        : database_(database) {
        if (sqlite3_prepare_v3(
                database.handle(), sql.data(), static_cast<int>(sql.size()), flags, &statement_, nullptr
            ) != SQLITE_OK) {
            database_.refuse(sql);
        }
    }
    ~Query() { sqlite3_finalize(statement_); }
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    void bind(int position, std::int64_t value) { sqlite3_bind_int64(statement_, position, value); }
    /// The text stays where it is until the statement was stepped.
    void bind(int position, std::string_view value) {
        sqlite3_bind_text(statement_, position, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
    }
    /// False when there are no more rows.
    bool step() {
        const int code = sqlite3_step(statement_);
        if (code != SQLITE_ROW && code != SQLITE_DONE)
            database_.refuse("step");
        return code == SQLITE_ROW;
    }
    /// Executes what returns no rows.
    void execute() {
        step();
        sqlite3_reset(statement_);
    }
    void reset() { sqlite3_reset(statement_); }

    [[nodiscard]] std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
    [[nodiscard]] std::string text(int column) const {
        const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
        return std::string(data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
    }
    [[nodiscard]] Customer customer() const { return Customer{integer(0), text(1), text(2)}; }

private:
    const Database& database_;
    sqlite3_stmt* statement_ = nullptr;
};

void seed_customers(const std::string& url, std::int64_t rows) {
    Database database{url};
    database.execute("DROP TABLE IF EXISTS customer; CREATE TABLE customer (id INTEGER NOT NULL PRIMARY KEY, "
                     "name VARCHAR(255) NOT NULL, description VARCHAR(255) NOT NULL); BEGIN");
    {
        Query insert{database, "INSERT INTO customer VALUES (?, ?, ?)"};
        for (std::int64_t i = 1; i <= rows; ++i) {
            const auto name = customer_name(i);
            const auto description = customer_description(i);
            insert.bind(1, i);
            insert.bind(2, name);
            insert.bind(3, description);
            insert.execute();
        }
    }
    database.execute("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
}

constexpr std::string_view select_all = "SELECT id, name, description FROM customer";
constexpr std::string_view select_by_key = "SELECT id, name, description FROM customer WHERE id = ?";

// ---- W2 --------------------------------------------------------------------------------------

Outcome seed_read(Run& run) {
    seed_customers(run.url(), read_rows);
    return {};
}

std::vector<Customer> read_customers(const Database& database) {
    std::vector<Customer> rows;
    Query query{database, select_all};
    while (query.step())
        rows.push_back(query.customer());
    return rows;
}

Outcome read_all(Run& run) {
    const Database database{run.url()};
    run.start();
    const auto rows = read_customers(database);
    run.stop();
    return {static_cast<std::int64_t>(rows.size()), check(rows)};
}

// ---- W3 --------------------------------------------------------------------------------------

Outcome seed_selects(Run& run) {
    seed_customers(run.url(), short_selects);
    return {};
}

void select_prepared(const Database& database, std::vector<Customer>& rows) {
    Query query{database, select_by_key};
    for (std::int64_t i = 0; i < short_selects; ++i) {
        query.bind(1, permuted_key(i));
        if (query.step())
            rows.push_back(query.customer());
        query.reset();
    }
}

Outcome short_selects_prepared(Run& run) {
    const Database database{run.url()};
    std::vector<Customer> rows;
    run.start();
    select_prepared(database, rows);
    run.stop();
    return {short_selects, check(rows)};
}

/// In one transaction, as sessions do it: the locks and the schema check are paid once.
Outcome short_selects_transaction(Run& run) {
    Database database{run.url()};
    std::vector<Customer> rows;
    run.start();
    database.execute("BEGIN");
    select_prepared(database, rows);
    database.execute("COMMIT");
    run.stop();
    return {short_selects, check(rows)};
}

Outcome short_selects_unprepared(Run& run) {
    const Database database{run.url()};
    std::vector<Customer> rows;
    run.start();
    for (std::int64_t i = 0; i < short_selects; ++i) {
        Query query{database, select_by_key, 0};
        query.bind(1, permuted_key(i));
        if (query.step())
            rows.push_back(query.customer());
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
    const Database database{run.url()};
    return {0, check(read_customers(database))};
}

Outcome short_transactions(Run& run, bool explicitly) {
    const Database database{run.url()};
    run.start();
    {
        Query begin{database, "BEGIN"};
        Query insert{database, "INSERT INTO customer (name, description) VALUES (?, ?)"};
        Query commit{database, "COMMIT"};
        for (std::int64_t i = 1; i <= transactions; ++i) {
            const auto name = customer_name(i);
            const auto description = customer_description(i);
            if (explicitly)
                begin.execute();
            insert.bind(1, name);
            insert.bind(2, description);
            insert.execute();
            if (explicitly)
                commit.execute();
        }
    }
    run.stop();
    return {transactions, check_seeded(transactions)};
}

Outcome three_statements(Run& run) { return short_transactions(run, true); }
Outcome autocommitted(Run& run) { return short_transactions(run, false); }

// ---- W6 --------------------------------------------------------------------------------------

Outcome reset_unit_of_work(Run& run) {
    Database database{run.url()};
    database.execute("DROP TABLE IF EXISTS child; DROP TABLE IF EXISTS parent;"
                     "CREATE TABLE parent (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL);"
                     "CREATE TABLE child (id INTEGER NOT NULL PRIMARY KEY, parent_id BIGINT NOT NULL, "
                     "name VARCHAR(255) NOT NULL); PRAGMA wal_checkpoint(TRUNCATE)");
    return {};
}

Outcome verify_unit_of_work(Run& run) {
    const Database database{run.url()};
    Query parent_keys{database, sum_of_parent_keys};
    Query child_keys{database, sum_of_child_keys};
    parent_keys.step();
    child_keys.step();
    return {0, static_cast<std::uint64_t>(parent_keys.integer(0) + child_keys.integer(0))};
}

Outcome unit_of_work_rows(Run& run) {
    Database database{run.url()};
    std::uint64_t keys = 0;
    std::vector<std::int64_t> parent_ids;
    run.start();
    database.execute("BEGIN");
    {
        Query insert{database, "INSERT INTO parent (name) VALUES (?)"};
        for (std::int64_t p = 0; p < parents; ++p) {
            const auto name = parent_name(p);
            insert.bind(1, name);
            insert.execute();
            parent_ids.push_back(sqlite3_last_insert_rowid(database.handle()));
        }
    }
    {
        Query insert{database, "INSERT INTO child (parent_id, name) VALUES (?, ?)"};
        for (std::int64_t p = 0; p < parents; ++p) {
            const auto parent_id = parent_ids[static_cast<std::size_t>(p)];
            keys += static_cast<std::uint64_t>(parent_id);
            for (std::int64_t c = 0; c < children_each; ++c) {
                const auto name = child_name(p, c);
                insert.bind(1, parent_id);
                insert.bind(2, name);
                insert.execute();
                keys += static_cast<std::uint64_t>(sqlite3_last_insert_rowid(database.handle()) + parent_id);
            }
        }
    }
    database.execute("COMMIT");
    run.stop();
    return {parents * (1 + children_each), keys};
}

/// INSERT .. VALUES of many rows, with their keys back in order.
void insert_values(
    const Database& database, std::string_view head, std::span<const std::string> names,
    std::span<const std::int64_t> parent_ids, std::vector<std::int64_t>& ids
) {
    const bool with_parent = !parent_ids.empty();
    const auto row = with_parent ? std::string_view{"(?,?)"} : std::string_view{"(?)"};
    std::string sql;
    std::size_t prepared_rows = 0;
    std::unique_ptr<Query> insert;
    for (std::size_t begin = 0; begin < names.size(); begin += values_rows) {
        const auto rows = std::min(values_rows, names.size() - begin);
        if (rows != prepared_rows) {
            sql = head;
            for (std::size_t i = 0; i < rows; ++i)
                (sql += i == 0 ? "" : ",") += row;
            insert = std::make_unique<Query>(database, sql += " RETURNING id");
            prepared_rows = rows;
        }
        int position = 0;
        for (std::size_t i = begin; i < begin + rows; ++i) {
            if (with_parent)
                insert->bind(++position, parent_ids[i]);
            insert->bind(++position, names[i]);
        }
        while (insert->step())
            ids.push_back(insert->integer(0));
        insert->reset();
    }
}

Outcome unit_of_work_values(Run& run) {
    Database database{run.url()};
    std::vector<std::int64_t> parent_ids, parents_of_children, child_ids;
    run.start();
    {
        std::vector<std::string> names;
        database.execute("BEGIN");
        for (std::int64_t p = 0; p < parents; ++p)
            names.push_back(parent_name(p));
        insert_values(database, "INSERT INTO parent (name) VALUES ", names, {}, parent_ids);
        names.clear();
        for (std::int64_t p = 0; p < parents; ++p) {
            for (std::int64_t c = 0; c < children_each; ++c) {
                parents_of_children.push_back(parent_ids[static_cast<std::size_t>(p)]);
                names.push_back(child_name(p, c));
            }
        }
        insert_values(
            database, "INSERT INTO child (parent_id, name) VALUES ", names, parents_of_children, child_ids
        );
        database.execute("COMMIT");
    }
    run.stop();
    return {parents * (1 + children_each), sum(parent_ids) + sum(parents_of_children) + sum(child_ids)};
}

// ---- W7 --------------------------------------------------------------------------------------

Outcome reset_updates(Run& run) {
    seed_customers(run.url(), update_rows);
    return {};
}

Outcome verify_updates(Run& run) {
    const Database database{run.url()};
    return {0, check(read_customers(database))};
}

Outcome update_by_key(Run& run) {
    Database database{run.url()};
    run.start();
    database.execute("BEGIN");
    auto rows = read_customers(database);
    for (auto& row : rows)
        row.description = changed_description(row.id);
    {
        Query update{database, "UPDATE customer SET description = ? WHERE id = ?"};
        for (const auto& row : rows) {
            update.bind(1, row.description);
            update.bind(2, row.id);
            update.execute();
        }
    }
    database.execute("COMMIT");
    run.stop();
    return {update_rows, check(rows)};
}

const Register contenders{
    {"W2", "sqlite", "seed", seed_read},
    {"W2", "sqlite", "raw", read_all},
    {"W3", "sqlite", "seed", seed_selects},
    {"W3", "sqlite", "raw", short_selects_prepared},
    {"W3", "sqlite", "transaction", short_selects_transaction},
    {"W3", "sqlite", "raw-unprepared", short_selects_unprepared},
    {"W4", "sqlite", "reset", reset_transactions},
    {"W4", "sqlite", "raw", three_statements},
    {"W4", "sqlite", "raw-autocommit", autocommitted},
    {"W4", "sqlite", "verify", verify_transactions},
    {"W6", "sqlite", "reset", reset_unit_of_work},
    {"W6", "sqlite", "raw", unit_of_work_rows},
    {"W6", "sqlite", "raw-values", unit_of_work_values},
    {"W6", "sqlite", "verify", verify_unit_of_work},
    {"W7", "sqlite", "reset", reset_updates},
    {"W7", "sqlite", "raw", update_by_key},
    {"W7", "sqlite", "verify", verify_updates},
};

} // namespace
} // namespace bench
