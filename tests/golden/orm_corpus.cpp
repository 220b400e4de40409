// SPDX-License-Identifier: MIT
// Reading the scenarios, running one, comparing.
#include "golden/orm_corpus.hpp"

#include <azoth/error.hpp>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <set>
#include <stdexcept>

#include "support/run.hpp"

namespace golden {

namespace {

using nlohmann::json;

std::string one_line(std::string_view sql) {
    std::string text;
    for (const char c : sql) {
        const bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
        if (!blank) text += c;
        else if (!text.empty() && text.back() != ' ') text += ' ';
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
}

/// As the SQLite driver gets it.
json as_json(const azoth::Value& value) {
    return std::visit(
        [](const auto& v) -> json {
            using V = std::remove_cvref_t<decltype(v)>;
            if constexpr (std::is_same_v<V, azoth::Null>) return nullptr;
            else if constexpr (std::is_same_v<V, bool>) return v ? 1 : 0;
            else if constexpr (std::is_arithmetic_v<V>) return v;
            else if constexpr (std::is_same_v<V, std::string>) return v;
            else if constexpr (std::is_same_v<V, azoth::JsonText>) return v.text;
            else return "?";
        },
        value.variant());
}

/// Blanks inside a JSON document do not count.
void unify_documents(json& value) {
    if (value.is_array()) {
        for (auto& element : value) unify_documents(element);
    } else if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        if (text.starts_with('{') || text.starts_with('[')) {
            const auto parsed = json::parse(text, nullptr, false);
            if (!parsed.is_discarded()) value = parsed.dump();
        }
    }
}

/// Association tables' rows are written in no particular order.
bool is_association(const std::string& sql) {
    static const std::vector<std::string> tables{"order_items", "item_keywords", "record_tags", "ledger_tags"};
    return std::ranges::any_of(tables, [&](const auto& table) {
        return sql.starts_with("INSERT INTO " + table + " ") || sql.starts_with("DELETE FROM " + table + " ");
    });
}

void put_in_order(json& log, bool unordered_runs) {
    for (auto& entry : log)
        if (entry[1].is_array() && !entry[1].empty() && entry[1][0].is_array() && is_association(entry[0].get<std::string>()))
            std::sort(entry[1].begin(), entry[1].end());
    if (!unordered_runs) return;
    for (std::size_t begin = 0; begin < log.size();) {
        auto end = begin + 1;
        while (end < log.size() && log[end][0] == log[begin][0]) ++end;
        if (log[begin][0].get<std::string>().starts_with("SELECT"))
            std::sort(log.begin() + static_cast<std::ptrdiff_t>(begin), log.begin() + static_cast<std::ptrdiff_t>(end));
        begin = end;
    }
}

json logged(const azoth::testing::StatementLog& log) {
    auto entries = json::array();
    for (const auto& statement : log.statements()) {
        auto rows = json::array();
        for (const auto& row : statement.rows) {
            auto values = json::array();
            for (const auto& value : row) values.push_back(as_json(value));
            rows.push_back(std::move(values));
        }
        entries.push_back({one_line(statement.sql), rows.empty() ? json::array() : rows.size() == 1 ? rows[0] : rows});
    }
    return entries;
}

azoth::asio::awaitable<json> read_tables(azoth::Engine engine, const json& expected) {
    auto tables = json::object();
    auto connection = co_await engine.connect();
    const auto& dialect = *connection.dialect();
    for (const auto& [name, table] : expected.items()) {
        std::string sql = "SELECT";
        for (const auto& column : table["columns"]) sql += (sql.size() > 6 ? ", " : " ") + dialect.quote(column.get<std::string>());
        auto result = co_await connection.execute(azoth::text(sql + " FROM " + dialect.quote(name)));
        auto rows = json::array();
        for (const auto& row : result.all()) {
            auto values = json::array();
            for (std::size_t i = 0; i < table["columns"].size(); ++i) values.push_back(as_json(row.template get<azoth::Value>(i)));
            rows.push_back(std::move(values));
        }
        unify_documents(rows);
        std::sort(rows.begin(), rows.end());
        tables[name] = std::move(rows);
    }
    co_await connection.close();
    co_return tables;
}

std::string lines(const json& list) {
    std::string text;
    for (const auto& entry : list) text += "\n      " + entry.dump();
    return text;
}

void compare(std::string& differences, const char* what, const json& wanted, const json& got) {
    if (wanted != got) differences += std::string{"\n    "} + what + " expected" + lines(wanted) + "\n    got" + lines(got);
}

/// Rows were put in with keys: PostgreSQL's sequences do not know of them.
azoth::asio::awaitable<void> advance_sequences(azoth::Connection& connection, const azoth::MetaData& metadata) {
    for (const auto* listed : metadata.tables()) {
        const auto& table = *listed;
        const auto* key = table.data().autoincrement_column();
        if (key == nullptr) continue;
        const auto& dialect = *connection.dialect();
        co_await connection.run(
            "SELECT setval(pg_get_serial_sequence('" + dialect.quote(table.name()) + "', '" + key->name + "'), max(" + dialect.quote(key->name)
            + ")) FROM " + dialect.quote(table.name()) + " HAVING max(" + dialect.quote(key->name) + ") IS NOT NULL");
    }
}

/// @param tables_only  the program runs on another database than the one whose statements are expected
azoth::asio::awaitable<void>
play(azoth::Engine engine, azoth::testing::StatementLog log, const ScenarioRegistry::Case& program, const ExpectedScenario& expected,
     std::string& differences, bool tables_only) {
    azoth::SessionOptions options;
    options.autoflush = program.autoflush;
    options.expire_on_commit = true;
    log.record(false);
    azoth::Registry models;
    program.map(models);
    {
        co_await models.metadata().create_all(engine);
        auto connection = co_await engine.connect();
        for (const auto& sql : program.setup) {
            // Rows that refer to each other: SQLite checks at the end, the servers not at all.
            const bool unchecked = sql.starts_with("PRAGMA defer_foreign_keys");
            if (unchecked && connection.dialect()->name() == "postgresql") co_await connection.run("SET LOCAL session_replication_role = replica");
            else if (unchecked && connection.dialect()->name() != "sqlite") co_await connection.run("SET foreign_key_checks = 0");
            else co_await connection.run(sql);
        }
        if (tables_only && connection.dialect()->name() != "postgresql") co_await connection.run("SET foreign_key_checks = 1");
        if (connection.dialect()->name() == "postgresql") co_await advance_sequences(connection, models.metadata());
        co_await connection.commit();
        co_await connection.close();
    }
    Scenario scenario{engine, log, options};
    log.record(true);
    std::exception_ptr error;
    try {
        co_await program.program(scenario);
    } catch (...) {
        error = std::current_exception();
    }
    log.record(false);
    if (error) {
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& e) {
            differences += std::string{"\n    thrown: "} + e.what();
        }
    }
    co_await scenario.session().close();

    auto wanted_log = expected.log;
    auto got_log = logged(log);
    for (auto* entries : {&wanted_log, &got_log}) {
        put_in_order(*entries, expected.unordered_runs);
        for (auto& entry : *entries) unify_documents(entry[1]);
    }
    if (!tables_only) {
        compare(differences, "statements", wanted_log, got_log);
        compare(differences, "observed", expected.observed, scenario.observed);
    }
    compare(differences, "raised", expected.raised, scenario.raised);
    auto wanted_tables = json::object();
    auto tables = expected.tables;
    for (const auto& [name, table] : expected.tables.items()) {
        if (models.metadata().find(name) == nullptr && table["rows"].empty()) { // a class that the case has no use for
            tables.erase(name);
            continue;
        }
        auto rows = table["rows"];
        unify_documents(rows);
        std::sort(rows.begin(), rows.end());
        wanted_tables[name] = std::move(rows);
    }
    const auto got_tables = co_await read_tables(engine, tables);
    compare(differences, "tables", wanted_tables, got_tables);
}

} // namespace

std::map<std::string, ExpectedScenario> read_scenarios(const std::string& path) {
    std::ifstream file{path};
    if (!file) throw std::runtime_error("cannot read " + path);
    std::map<std::string, ExpectedScenario> scenarios;
    for (std::string line; std::getline(file, line);) {
        if (line.empty()) continue;
        const auto entry = json::parse(line);
        ExpectedScenario scenario;
        scenario.id = entry["id"];
        scenario.area = entry["area"];
        scenario.foreign_keys = entry["foreign_keys"];
        scenario.unordered_runs = entry.value("unordered_runs", false);
        scenario.log = entry["log"];
        scenario.observed = entry["observed"];
        scenario.raised = entry["raised"];
        scenario.tables = entry["tables"];
        scenarios.emplace(scenario.id, std::move(scenario));
    }
    return scenarios;
}

Scenario::Scenario(azoth::Engine engine, azoth::testing::StatementLog log, azoth::SessionOptions options)
    : engine_(std::move(engine)), log_(std::move(log)), options_(options), session_(std::make_unique<azoth::Session>(engine_, options_)) {}

std::string Scenario::error_name(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const azoth::IntegrityError&) {
        return "IntegrityError";
    } catch (const azoth::PendingRollbackError&) {
        return "PendingRollbackError";
    } catch (const azoth::StaleDataError&) {
        return "StaleDataError";
    } catch (const azoth::FlushError&) {
        return "FlushError";
    } catch (const azoth::CircularDependencyError&) {
        return "CircularDependencyError";
    } catch (const azoth::ObjectDeletedError&) {
        return "ObjectDeletedError";
    } catch (const azoth::NoResultFound&) {
        return "NoResultFound";
    } catch (const azoth::MultipleResultsFound&) {
        return "MultipleResultsFound";
    } catch (const azoth::InvalidRequestError&) {
        return "InvalidRequestError";
    } catch (const azoth::ArgumentError&) {
        return "ArgumentError";
    } catch (const std::invalid_argument&) {
        return "ValueError";
    } catch (const std::domain_error&) {
        return "TypeError";
    }
}

std::string run_scenario(const ExpectedScenario& expected, const ScenarioRegistry::Case& program) {
    azoth::asio::io_context io;
    azoth::testing::StatementLog log;
    azoth::EngineOptions options;
    log.attach(options);
    std::string differences;
    try {
        const auto engine = azoth::create_engine(
            io.get_executor(), expected.foreign_keys ? "sqlite://" : "sqlite://?foreign_keys=off", options);
        azoth::testing::run(io, [&] { return play(engine, log, program, expected, differences, false); });
    } catch (const std::exception& error) {
        differences += std::string{"\n    thrown: "} + error.what();
    }
    return differences;
}

std::string run_scenario_on(Backend& backend, const ExpectedScenario& expected, const ScenarioRegistry::Case& program) {
    azoth::testing::StatementLog log;
    azoth::EngineOptions options;
    log.attach(options);
    std::string differences;
    try {
        const auto engine = backend.make_engine(options);
        backend.run(play(engine, log, program, expected, differences, true));
        backend.run([](azoth::Engine used) -> azoth::asio::awaitable<void> { co_await used.dispose(); }(engine));
    } catch (const std::exception& error) {
        differences += std::string{"\n    thrown: "} + error.what();
    }
    return differences;
}

} // namespace golden
