// SPDX-License-Identifier: MIT
// MockEngine: an engine without a database, for the SQL that would be sent.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <azoth/dialect/dialect.hpp>
#include <azoth/schema/metadata.hpp>
#include <azoth/sql/statement.hpp>

namespace azoth {

/// Hands what is executed to a function instead of a database: for a script of what `create_all()` does.
///
///     const auto mock = az::create_mock_engine("postgresql://", [](const std::string& sql) { std::cout << sql << ";\n"; });
///     metadata.create_all(mock);
class MockEngine {
public:
    using Executor = std::function<void(const std::string& sql)>;

    MockEngine(std::shared_ptr<const Dialect> dialect, Executor executor);

    [[nodiscard]] const std::shared_ptr<const Dialect>& dialect() const noexcept { return dialect_; }
    /// A statement with its values written into it. @throws CompileError for a value that has no literal
    template <Statement S>
    void execute(const S& statement) const {
        execute_node(*statement.node());
    }
    void run(const std::string& sql) const { executor_(sql); }

private:
    void execute_node(const sql::Node& statement) const;

    std::shared_ptr<const Dialect> dialect_;
    Executor executor_;
};

/// @param url  only its dialect matters: also "oracle://" and "mssql://", which have no driver
/// @throws ArgumentError for a URL that cannot be read, NoSuchModuleError for a dialect that is not built in
[[nodiscard]] MockEngine create_mock_engine(std::string_view url, MockEngine::Executor executor);

/// What `metadata.create_all(mock)` does: nothing is looked for first, and it ends at once.
void create_tables(const MockEngine& engine, const MetaData& metadata);
void drop_tables(const MockEngine& engine, const MetaData& metadata);

} // namespace azoth
