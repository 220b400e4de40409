// SPDX-License-Identifier: MIT
// Every construct of the corpus, against what SQLAlchemy makes of it.
#include "golden/core_corpus.hpp"
#include "golden/neighbours.hpp"
#include "support/catch.hpp"

#include <iostream>

namespace {

struct DialectEntry {
    std::string name;
    std::shared_ptr<const azoth::Dialect> dialect;
};

const std::vector<DialectEntry>& dialects() {
    static const std::vector<DialectEntry> all{
        {"postgresql", azoth::dialects::postgresql()},
        {"mysql", azoth::dialects::mysql()},
        {"mariadb", azoth::dialects::mariadb()},
        {"sqlite", azoth::dialects::sqlite()},
        {"oracle", azoth::dialects::oracle()},
        {"mssql", azoth::dialects::mssql()},
    };
    return all;
}

/// Dialects without a driver: what they do not write yet is in a list of its own.
bool only_writes_sql(std::string_view dialect) {
    return dialect == "oracle" || dialect == "mssql";
}

golden::Registry all_cases() {
    golden::Registry registry;
    golden::add_select_cases(registry);
    golden::add_from_cases(registry);
    golden::add_operator_cases(registry);
    golden::add_expression_cases(registry);
    golden::add_function_cases(registry);
    golden::add_subquery_cases(registry);
    golden::add_set_operation_cases(registry);
    golden::add_upsert_cases(registry);
    golden::add_json_cases(registry);
    golden::add_postgresql_cases(registry);
    golden::add_dml_cases(registry);
    golden::add_quoting_cases(registry);
    golden::add_literal_cases(registry);
    golden::add_ddl_cases(registry);
    golden::add_ddl_type_cases(registry);
    golden::add_ddl_statement_cases(registry);
    return registry;
}

golden::Registry neighbouring_cases() {
    golden::Registry registry;
    golden::add_neighbouring_operator_cases(registry);
    golden::add_neighbouring_select_cases(registry);
    golden::add_neighbouring_function_cases(registry);
    golden::add_neighbouring_dml_cases(registry);
    golden::add_neighbouring_postgresql_cases(registry);
    golden::add_neighbouring_ddl_cases(registry);
    golden::add_neighbouring_type_cases(registry);
    return registry;
}

std::string in_golden(const std::string& file) {
    return std::string{AZOTH_TESTS_DIR "/golden/"} + file;
}

/// Each value as the program gave it, or as it is handed to a driver.
bool same_values(const golden::Expected& expected, const nlohmann::json& values) {
    if (values.size() != expected.params.size())
        return false;
    for (std::size_t i = 0; i < values.size(); ++i)
        if (values[i] != expected.params[i] && values[i] != expected.driver_params[i])
            return false;
    return true;
}

/// What differs on one dialect; empty when nothing does.
std::string difference(
    const golden::CorpusCase& expected_case,
    const golden::Expected& expected,
    const golden::Registry::Build& build,
    const azoth::Dialect& dialect
) {
    golden::Rendered rendered;
    try {
        rendered = build(dialect);
    } catch (const azoth::Error& error) {
        return expected.refused ? std::string{} : std::string{"refused: "} + error.what();
    }
    if (expected.refused)
        return "should be refused, but is\n    " + rendered.statements.front();

    const bool ddl = expected_case.area.starts_with("ddl.");
    const auto all = [&](const std::vector<std::string>& statements) {
        std::string text;
        for (const auto& statement : statements)
            text += "\n    " + golden::normalised(statement, ddl);
        return text;
    };
    const auto wanted = all(expected.statements);
    const auto got = all(rendered.statements);
    if (wanted != got)
        return "expected" + wanted + "\n  got" + got;
    if (!expected.params.is_null() && !same_values(expected, rendered.params))
        return "expected values\n    " + expected.params.dump() + "\n  got\n    " + rendered.params.dump();
    return {};
}

/// Each case of a corpus is built, refused as expected, or in a list that says why not.
void check_corpus(const std::string& name, const golden::Registry& registry) {
    const auto corpus = golden::read_corpus(in_golden("corpus/" + name + ".jsonl"));
    const auto not_yet = golden::read_list(in_golden("not_yet_" + name + ".txt"));
    const auto accepted = golden::read_list(in_golden("accepted_differences_" + name + ".txt"));
    const auto not_yet_drivers = golden::read_list(in_golden("not_yet_" + name + "_oracle_mssql.txt"));

    CHECK(registry.repeated().empty());
    for (const auto& [id, build] : registry.all()) {
        INFO(id);
        CHECK(corpus.contains(id));
        CHECK_FALSE(not_yet.contains(id));
    }
    for (const auto& [id, reason] : not_yet) {
        INFO("not_yet_" << name << ".txt: " << id);
        CHECK(corpus.contains(id));
    }
    for (const auto& [id, reason] : not_yet_drivers) {
        INFO("not_yet_" << name << "_oracle_mssql.txt: " << id);
        CHECK(registry.all().contains(id));
    }
    for (const auto& [id, reason] : accepted) {
        INFO("accepted_differences_" << name << ".txt: " << id);
        CHECK(registry.all().contains(id));
        CHECK_FALSE(reason.empty());
    }

    std::size_t passed = 0;
    std::size_t differing = 0;
    std::size_t missing = 0;
    for (const auto& [id, expected_case] : corpus) {
        const auto found = registry.all().find(id);
        if (found == registry.all().end()) {
            ++missing;
            INFO(id << " is neither registered nor in the list not_yet");
            CHECK(not_yet.contains(id));
            continue;
        }
        std::string differences;
        std::string not_yet_differences;
        const bool is_not_yet = not_yet_drivers.contains(id);
        for (const auto& [dialect_name, dialect] : dialects()) {
            const auto expected = expected_case.dialects.find(dialect_name);
            if (expected == expected_case.dialects.end())
                continue;
            const auto text = difference(expected_case, expected->second, found->second, *dialect);
            if (!text.empty())
                (is_not_yet && only_writes_sql(dialect_name) ? not_yet_differences : differences) +=
                    "\n  " + dialect_name + ": " + text;
        }
        if (is_not_yet && not_yet_differences.empty())
            FAIL_CHECK(id << " no longer differs: take it off the list for Oracle and SQL Server");
        const bool is_accepted = accepted.contains(id);
        if (differences.empty() && !is_not_yet)
            ++passed;
        else if (is_accepted)
            ++differing;
        INFO(id << differences);
        CHECK((differences.empty() || is_accepted));
        if (is_accepted && differences.empty())
            FAIL_CHECK(id << " no longer differs: take it off the accepted list");
    }
    std::cout << "golden " << name << ": " << corpus.size() << " cases, " << passed << " passed, " << differing
              << " accepted differences, " << missing << " missing, " << not_yet_drivers.size() << " not yet on Oracle or SQL Server\n";
}

} // namespace

TEST_CASE("every construct of the core corpus is written as SQLAlchemy writes it", "[golden][sql]") {
    check_corpus("core", all_cases());
}

TEST_CASE("the neighbours of the core corpus's constructs are written as SQLAlchemy writes them", "[golden][sql]") {
    check_corpus("core_neighbours", neighbouring_cases());
}
