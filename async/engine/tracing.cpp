// SPDX-License-Identifier: MIT
// Spans and the log of slow statements, as listeners.
#include <azoth/engine/tracing.hpp>

#include <algorithm>
#include <cctype>
#include <typeinfo>

#include <azoth/error.hpp>

namespace azoth {

namespace {

/// The first word of the SQL, in capitals: SELECT, INSERT.
std::string operation_of(std::string_view sql) {
    const auto is_letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
    const auto* const begin = std::ranges::find_if(sql, is_letter);
    const auto* const end = std::find_if_not(begin, sql.end(), is_letter);
    std::string word(begin, end);
    std::ranges::transform(word, word.begin(), [](char c) {
        return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    });
    return word;
}

struct ErrorWords {
    std::string type;   ///< for error.type: the portable code, or the class
    std::string status; ///< SQLSTATE or native code
    std::string text;
};

ErrorWords words_of(const std::exception_ptr& error) {
    ErrorWords words;
    try {
        std::rethrow_exception(error);
    } catch (const DBAPIError& e) {
        words.type = e.code().message();
        words.status = !e.sqlstate().empty() ? e.sqlstate() : std::to_string(e.native_code());
        words.text = e.what();
    } catch (const asio_system_error& e) {
        words.type = "cancelled";
        words.text = e.what();
    } catch (const std::exception& e) {
        words.type = typeid(e).name();
        words.text = e.what();
    } catch (...) {
        words.type = "_OTHER";
    }
    return words;
}

std::string system_name(const std::string& dialect) {
    return dialect == "mysql" || dialect == "mariadb" || dialect == "postgresql" || dialect == "sqlite" ? dialect
                                                                                                       : "other_sql";
}

} // namespace

std::string_view Span::attribute(std::string_view key) const noexcept {
    const auto found = std::ranges::find(attributes, key, &std::pair<std::string, std::string>::first);
    return found == attributes.end() ? std::string_view{} : std::string_view{found->second};
}

SignalConnection trace(const Engine& engine, std::function<void(const Span&)> sink) {
    const Url url = engine.url(); // not the engine: its own listener would keep it for ever
    return engine.events().after_cursor_execute.connect([url, sink = std::move(sink)](StatementEvent& event) {
        Span span;
        span.end = std::chrono::system_clock::now();
        span.start = span.end - std::chrono::duration_cast<std::chrono::system_clock::duration>(event.duration);
        const auto operation = operation_of(event.sql);
        span.name = url.database.empty() ? operation : operation + " " + url.database;
        auto& to = span.attributes;
        to.emplace_back("db.system.name", system_name(url.dialect));
        if (!url.database.empty()) to.emplace_back("db.namespace", url.database);
        to.emplace_back("db.operation.name", operation);
        to.emplace_back("db.query.text", event.sql);
        if (event.rows > 1) to.emplace_back("db.operation.batch.size", std::to_string(event.rows));
        if (!url.host.empty()) to.emplace_back("server.address", url.host);
        if (url.port) to.emplace_back("server.port", std::to_string(*url.port));
        if (event.error) {
            span.failed = true;
            const auto words = words_of(event.error);
            to.emplace_back("error.type", words.type);
            if (!words.status.empty()) to.emplace_back("db.response.status_code", words.status);
        }
        sink(span);
    });
}

SignalConnection log_slow_queries(
    const Engine& engine, std::chrono::milliseconds threshold, std::function<void(std::string_view)> sink) {
    return engine.events().after_cursor_execute.connect([threshold, sink = std::move(sink)](StatementEvent& event) {
        if (event.duration < threshold) return;
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(event.duration).count();
        std::string line = "slow query: " + std::to_string(ms) + " ms: " + event.sql;
        if (event.rows > 1) line += " [" + std::to_string(event.rows) + " rows of parameters]";
        else if (!event.params.empty() && !event.hide_parameters) {
            line += " (";
            for (std::size_t i = 0; i < event.params.size(); ++i)
                line += (i > 0 ? ", " : "") + to_string(event.params[i]);
            line += ")";
        }
        if (event.error) line += " failed: " + words_of(event.error).text;
        sink(line);
    });
}

} // namespace azoth
