// SPDX-License-Identifier: MIT
// The conformance suite over the built-in dialects, over one that a program adds, and over one that loses what it commits.
#include "support/backend.hpp"
#include "support/catch.hpp"
#include "support/run.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include <azoth/azoth.hpp>
#include <azoth/dialect/sqlite.hpp>
#include <azoth/driver/sqlite.hpp>
#include <azoth/testing/dialect_suite.hpp>

namespace az = azoth;
using Catch::Matchers::Contains;

namespace {

// A dialect that is SQLite's but for a few things, as one of another database would be.

class LedgerCompiler : public az::SQLiteCompiler {
public:
    using SQLiteCompiler::SQLiteCompiler;

protected:
    void visit_function(const az::sql::FunctionNode& node) override {
        if (node.name == "ledger_day") out_ += "DATE('now')";
        else SQLiteCompiler::visit_function(node);
    }
    void render_for_update(const az::sql::GenerativeSelectNode&) override { out_ += " /* locked */"; }
};

class LedgerDdlCompiler : public az::SQLiteDdlCompiler {
public:
    using SQLiteDdlCompiler::SQLiteDdlCompiler;

protected:
    std::string table_options(const az::schema::TableData& table) const override {
        return SQLiteDdlCompiler::table_options(table) + " /* of the ledger */";
    }
};

class LedgerDialect : public az::SQLiteDialect {
public:
    LedgerDialect() {
        features_.insert_returning = false; // keys by way of the driver
        features_.insert_many_values = false;
        features_.max_parameters = 60;
    }
    std::string_view name() const noexcept override { return "ledger"; }
    std::unique_ptr<az::Compiler> compiler(const az::sql::BindList& binds) const override {
        return std::make_unique<LedgerCompiler>(*this, binds);
    }
    std::unique_ptr<az::DdlCompiler> ddl_compiler() const override { return std::make_unique<LedgerDdlCompiler>(*this); }
    std::string type_text(const az::Type& type) const override {
        return type.kind == az::TypeKind::text ? "CLOB" : SQLiteDialect::type_text(type);
    }
};

/// What a ledger's connections were asked for.
struct Traffic {
    int connected = 0;
    int begun = 0;
    int committed = 0;
    int executed = 0;
    bool loses_commits = false;
};

/// Passes everything on, and counts.
class LedgerConnection final : public az::driver::Connection {
public:
    LedgerConnection(std::unique_ptr<az::driver::Connection> inner, Traffic& traffic) : inner_(std::move(inner)), traffic_(traffic) {}

    asio::awaitable<az::driver::Result> execute(az::driver::Statement statement) override {
        ++traffic_.executed;
        return inner_->execute(statement);
    }
    asio::awaitable<az::driver::BatchResult> execute_batch(
        az::driver::Statement statement, std::span<const az::Param> params, std::size_t rows, az::driver::BatchWants wants) override {
        ++traffic_.executed;
        return inner_->execute_batch(statement, params, rows, wants);
    }
    asio::awaitable<std::unique_ptr<az::driver::Cursor>> open_cursor(az::driver::Statement statement) override {
        return inner_->open_cursor(statement);
    }
    asio::awaitable<void> run(std::string sql) override { return inner_->run(std::move(sql)); }
    asio::awaitable<void> begin(az::driver::BeginOptions options) override {
        ++traffic_.begun;
        return inner_->begin(options);
    }
    asio::awaitable<void> commit() override {
        ++traffic_.committed;
        return traffic_.loses_commits ? inner_->rollback() : inner_->commit();
    }
    asio::awaitable<void> rollback() override { return inner_->rollback(); }
    asio::awaitable<az::driver::IsolationLevel> isolation_level() override { return inner_->isolation_level(); }
    asio::awaitable<az::driver::ServerInfo> server_info() override { return inner_->server_info(); }
    asio::awaitable<void> ping() override { return inner_->ping(); }
    asio::awaitable<void> recover(std::chrono::steady_clock::time_point deadline) override { return inner_->recover(deadline); }
    asio::awaitable<void> close() override { return inner_->close(); }
    void terminate() noexcept override { inner_->terminate(); }
    bool in_transaction() const noexcept override { return inner_->in_transaction(); }
    bool needs_recovery() const noexcept override { return inner_->needs_recovery(); }
    bool is_open() const noexcept override { return inner_->is_open(); }
    std::string server_version() const override { return inner_->server_version(); }
    void* native_handle() noexcept override { return inner_->native_handle(); }

private:
    std::unique_ptr<az::driver::Connection> inner_;
    Traffic& traffic_;
};

class LedgerDriver final : public az::driver::Driver {
public:
    explicit LedgerDriver(Traffic& traffic) : traffic_(traffic) {}

    std::shared_ptr<const az::Dialect> dialect(const az::Url&) const override {
        static const auto one = std::make_shared<LedgerDialect>();
        return one;
    }
    asio::awaitable<std::unique_ptr<az::driver::Connection>> connect(asio::any_io_executor executor, az::Url url) const override {
        auto inner = co_await sqlite_->connect(std::move(executor), std::move(url));
        ++traffic_.connected;
        std::unique_ptr<az::driver::Connection> counted = std::make_unique<LedgerConnection>(std::move(inner), traffic_);
        co_return counted;
    }
    bool single_connection(const az::Url& url) const override { return sqlite_->single_connection(url); }
    void validate(const az::Url& url) const override { sqlite_->validate(url); }

private:
    std::shared_ptr<const az::driver::Driver> sqlite_ = az::sqlite::make_driver();
    Traffic& traffic_;
};

/// A ledger in a file of its own.
struct Ledger {
    explicit Ledger(const std::string& name) : file(std::filesystem::temp_directory_path() / ("azoth_" + name + ".db")) {
        std::filesystem::remove(file);
        az::driver::register_driver(name, std::make_shared<LedgerDriver>(traffic));
    }
    ~Ledger() {
        for (const auto* suffix : {"", "-wal", "-shm", "-journal"}) std::filesystem::remove(file.string() + suffix);
    }
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;

    Traffic traffic;
    std::filesystem::path file;
};

asio::awaitable<void> run_suite(az::Engine engine, az::testing::Requirements requirements, az::testing::SuiteReport& report) {
    report = co_await az::testing::run_dialect_suite(engine, requirements);
}

az::testing::Requirements requirements_of(const std::string& database) {
    az::testing::Requirements requirements;
    requirements.many_connections = database != "sqlite"; // in memory there is one connection
    requirements.exact_decimals = !database.starts_with("sqlite"); // a double
    requirements.two_phase = database == "postgresql" || database == "mariadb";
    return requirements;
}

} // namespace

TEST_CASE("the built-in dialects pass the conformance suite", "[integration][dialect][core.dialect.test_suite]") {
    const auto database = GENERATE(from_range(backend_names()));
    INFO("database: " << database);
    Backend backend{database};
    az::testing::SuiteReport report;
    backend.run(run_suite(backend.engine(), requirements_of(database), report));
    INFO(report.to_string());
    CHECK(report.ok());
    // What is left out is what was said, and on MariaDB RETURNING of an UPDATE, and DDL in transactions.
    const std::size_t left_out = database == "sqlite" ? 3 : database == "postgresql" ? 0 : 2;
    CHECK(report.skipped.size() == left_out);
    CHECK(report.passed.size() + report.skipped.size() == az::testing::dialect_suite().size());
}

TEST_CASE("a dialect and a driver of a program's own pass it, too", "[integration][dialect][core.dialect.interface][core.dialect.test_suite]") {
    Ledger ledger{"ledger"};
    asio::io_context io;
    const auto engine = az::create_engine(io.get_executor(), "ledger:///" + ledger.file.string());
    CHECK(engine.dialect()->name() == "ledger");

    az::testing::SuiteReport report;
    const auto requirements = requirements_of("sqlite file");
    az::testing::run(io, [&]() -> asio::awaitable<void> { co_await run_suite(engine, requirements, report); }, std::chrono::seconds{60});
    INFO(report.to_string());
    CHECK(report.ok());
    CHECK(report.skipped.size() == 3); // two-phase transactions, decimals of 20 digits, INSERT … RETURNING
    CHECK(ledger.traffic.connected > 0);
    CHECK(ledger.traffic.begun > 0);
    CHECK(ledger.traffic.committed > 0);
    CHECK(ledger.traffic.executed > 0);

    az::MetaData metadata;
    az::Table t{"t", metadata};
    t.add_column("id", az::Integer{}, az::primary_key);
    t.add_column("note", az::Text{}, az::server_default(az::func::call("ledger_day")));
    CHECK_THAT(az::compile(az::CreateTable{t}, engine.dialect()).sql(), Contains("note CLOB DEFAULT (DATE('now'))") && Contains("/* of the ledger */"));
    CHECK(az::compile(az::select(t.c("id")).with_for_update(), engine.dialect()).sql() == "SELECT t.id FROM t /* locked */");
    CHECK(az::compile(az::select(az::func::call("ledger_day")), engine.dialect()).sql() == "SELECT DATE('now') AS ledger_day_1");
    // Options and variants go by the name of the dialect.
    CHECK_THAT(az::compile(az::select(az::cast(az::literal(1), az::Integer{}.with_variant(az::UserDefinedType{"COIN"}, "ledger"))), engine.dialect()).sql(),
               Contains("AS COIN"));
}

TEST_CASE("a driver that loses what it commits fails it", "[integration][dialect][core.dialect.test_suite]") {
    Ledger ledger{"lossy"};
    asio::io_context io;
    const auto engine = az::create_engine(io.get_executor(), "lossy:///" + ledger.file.string());
    az::testing::SuiteReport report;
    az::testing::run(io, [&]() -> asio::awaitable<void> {
        const auto suite = az::testing::dialect_suite();
        const auto one = std::ranges::find(suite, "COMMIT keeps, ROLLBACK does not", &az::testing::DialectCase::name);
        REQUIRE(one != suite.end());
        // Its tables are made by hand: they would be lost, too.
        az::MetaData metadata;
        az::Table item{"azs_item", metadata};
        item.add_column("id", az::Integer{}, az::primary_key);
        item.add_column("name", az::String{50}, az::unique);
        item.add_column("amount", az::BigInteger{});
        item.add_column("state", az::BigInteger{}, az::server_default("7"));
        co_await metadata.create_all(engine);
        ledger.traffic.loses_commits = true;
        std::string wrong;
        try {
            co_await one->run(engine);
        } catch (const std::exception& error) {
            wrong = error.what();
        }
        CHECK(wrong == "rows: found 0, not 2");
        co_await run_suite(engine, az::testing::Requirements(), report);
        CHECK_FALSE(report.ok());
        CHECK_THAT(report.to_string(), Contains("FAILED"));
    });
}
