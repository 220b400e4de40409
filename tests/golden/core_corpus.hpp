// SPDX-License-Identifier: MIT
// The corpus of SQL that SQLAlchemy writes (corpus/core.jsonl), and what Azoth writes in the same shape.
#pragma once

#include <azoth/compiler/literal.hpp>
#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>
#include <azoth/schema/table.hpp>

#include <nlohmann/json.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace golden {

/// What one dialect is expected to make of a construct.
struct Expected {
    std::string error;                   ///< the class of it
    bool refused = false;                ///< SQLAlchemy raises an error; so must Azoth
    std::vector<std::string> statements; ///< one, except in area ddl.script
    nlohmann::json params;               ///< before a driver's conversions
    nlohmann::json driver_params;        ///< and after them
};

struct CorpusCase {
    std::string id;
    std::string area;
    std::map<std::string, Expected> dialects;
};

/// What Azoth makes of it.
struct Rendered {
    std::vector<std::string> statements;
    nlohmann::json params = nlohmann::json::array();
};

/// By id. @throws std::runtime_error when the file cannot be read.
[[nodiscard]] std::map<std::string, CorpusCase> read_corpus(const std::string& path);

/// The lines of a list: "id" or "id<blanks>reason". '#' begins a comment line.
[[nodiscard]] std::map<std::string, std::string> read_list(const std::string& path);

/// Runs of white space become one space; in DDL, blanks next to parentheses and commas outside quotes go.
[[nodiscard]] std::string normalised(std::string_view sql, bool ddl);

/// A value in the corpus's notation: `{"$decimal": "19.90"}`.
[[nodiscard]] nlohmann::json to_json(const azoth::Value& value);

/// Compiles as the engine does; a value that each row brings is `{"$bind": "column"}`.
[[nodiscard]] Rendered render(const azoth::sql::Node& statement, const azoth::Dialect& dialect);

/// The constructs that Azoth can build, by id.
class Registry {
public:
    using Build = std::function<Rendered(const azoth::Dialect&)>;

    /// A statement: `add("select.table.all_columns", [] { return select(users); })`.
    template <class F>
        requires azoth::Statement<std::invoke_result_t<F>>
    void add(std::string id, F build) {
        insert(std::move(id), [build](const azoth::Dialect& dialect) {
            return render(*build().node(), dialect);
        });
    }
    /// A statement with its values written into the text.
    template <class F>
    void add_literal(std::string id, F build) {
        insert(std::move(id), [build](const azoth::Dialect& dialect) {
            Rendered rendered;
            rendered.statements.push_back(azoth::literal_sql_node(*build().node(), dialect));
            return rendered;
        });
    }
    /// A table, whose CREATE TABLE it is about.
    template <class F>
    void add_table(std::string id, F build) {
        insert(std::move(id), [build](const azoth::Dialect& dialect) {
            Rendered rendered;
            rendered.statements.push_back(dialect.create_table(build().data()).front());
            return rendered;
        });
    }
    /// Anything else.
    void insert(std::string id, Build build);

    [[nodiscard]] const std::map<std::string, Build>& all() const noexcept { return cases_; }
    [[nodiscard]] const std::vector<std::string>& repeated() const noexcept { return repeated_; }

private:
    std::map<std::string, Build> cases_;
    std::vector<std::string> repeated_;
};

/// A construct, built when it is called.
using NodeBuilder = azoth::sql::NodePtr (*)();
/// Compiles what is built, or writes it with its values in the text.
[[nodiscard]] Registry::Build built(NodeBuilder builder);
[[nodiscard]] Registry::Build written(NodeBuilder builder);

// One for each group of areas.
void add_select_cases(Registry& registry);
void add_from_cases(Registry& registry);
void add_operator_cases(Registry& registry);
void add_expression_cases(Registry& registry);
void add_function_cases(Registry& registry);
void add_subquery_cases(Registry& registry);
void add_set_operation_cases(Registry& registry);
void add_upsert_cases(Registry& registry);
void add_json_cases(Registry& registry);
void add_postgresql_cases(Registry& registry);
void add_dml_cases(Registry& registry);
void add_quoting_cases(Registry& registry);
void add_literal_cases(Registry& registry);
void add_ddl_cases(Registry& registry);
void add_ddl_type_cases(Registry& registry);
void add_ddl_statement_cases(Registry& registry);

} // namespace golden
