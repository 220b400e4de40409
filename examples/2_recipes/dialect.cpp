// A dialect of one's own: SQLite whose tables are all STRICT, under the name "strict". It is SQLite's dialect but for what a
// type is called and what stands behind CREATE TABLE; connections are SQLite's as they are.
#include <azoth/azoth.hpp>
#include <azoth/dialect/sqlite.hpp>
#include <azoth/driver/sqlite.hpp>
#include <azoth/testing/dialect_suite.hpp>

#include <asio.hpp>

#include <iostream>
#include <memory>

namespace az = azoth;

class StrictDdlCompiler : public az::SQLiteDdlCompiler {
public:
    using SQLiteDdlCompiler::SQLiteDdlCompiler;

protected:
    std::string table_options(const az::schema::TableData&) const override { return "\n STRICT"; }
};

class StrictDialect : public az::SQLiteDialect {
public:
    std::string_view name() const noexcept override { return "strict"; }
    std::unique_ptr<az::DdlCompiler> ddl_compiler() const override { return std::make_unique<StrictDdlCompiler>(*this); }
    std::string type_text(const az::Type& type) const override {
        switch (type.kind) {
        case az::TypeKind::boolean:
        case az::TypeKind::small_integer:
        case az::TypeKind::integer:
        case az::TypeKind::big_integer: return "INTEGER";
        case az::TypeKind::float_:
        case az::TypeKind::double_: return "REAL";
        case az::TypeKind::large_binary: return "BLOB";
        case az::TypeKind::numeric: return "ANY";
        default: return "TEXT";
        }
    }
};

class StrictDriver final : public az::driver::Driver {
public:
    std::shared_ptr<const az::Dialect> dialect(const az::Url&) const override {
        static const auto one = std::make_shared<StrictDialect>();
        return one;
    }
    asio::awaitable<std::unique_ptr<az::driver::Connection>> connect(asio::any_io_executor executor, az::Url url) const override {
        return sqlite_->connect(std::move(executor), std::move(url));
    }
    bool single_connection(const az::Url& url) const override { return sqlite_->single_connection(url); }
    void validate(const az::Url& url) const override { sqlite_->validate(url); }

private:
    std::shared_ptr<const az::driver::Driver> sqlite_ = az::sqlite::make_driver();
};

asio::awaitable<void> conforms(az::Engine engine) {
    az::testing::Requirements requirements;
    requirements.many_connections = false; // a database in memory
    const auto report = co_await az::testing::run_dialect_suite(engine, requirements);
    std::cout << report.to_string();
}

int main() {
    az::driver::register_driver("strict", std::make_shared<StrictDriver>());
    asio::io_context io;
    const auto engine = az::create_engine(io.get_executor(), "strict://");

    az::MetaData metadata;
    az::Table city{"city", metadata};
    city.add_column("id", az::Integer{}, az::primary_key);
    city.add_column("founded", az::DATE{});
    std::cout << az::compile(az::CreateTable{city}, engine.dialect()).sql() << '\n';

    asio::co_spawn(io, conforms(engine), [](std::exception_ptr error) { if (error) std::rethrow_exception(error); });
    io.run();
}
