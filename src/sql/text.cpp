// SPDX-License-Identifier: MIT
// Finding the parameters in text(): quotes, comments, casts and escaped colons are stepped over.
#include <azoth/sql/text.hpp>

#include <algorithm>

#include <azoth/error.hpp>

namespace azoth {

namespace sql {

namespace {

bool is_name_start(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name(char c) noexcept { return is_name_start(c) || (c >= '0' && c <= '9'); }

/// The position behind a quoted part or comment that begins at `i`; `i` when none does.
std::size_t skip_quoted(std::string_view sql, std::size_t i) {
    const auto behind = [&](std::string_view closing, std::size_t from) {
        const auto end = sql.find(closing, from);
        return end == std::string_view::npos ? sql.size() : end + closing.size();
    };
    switch (sql[i]) {
    case '\'':
    case '"':
    case '`': return behind(sql.substr(i, 1), i + 1);
    case '-': return sql.substr(i, 2) == "--" ? behind("\n", i + 2) : i;
    case '/': return sql.substr(i, 2) == "/*" ? behind("*/", i + 2) : i;
    case '$': { // PostgreSQL's dollar quotes: $tag$ … $tag$
        std::size_t end = i + 1;
        while (end < sql.size() && is_name(sql[end])) ++end;
        if (end >= sql.size() || sql[end] != '$' || (end > i + 1 && !is_name_start(sql[i + 1]))) return i;
        return behind(sql.substr(i, end + 1 - i), end + 1);
    }
    default: return i;
    }
}

} // namespace

void TextNode::parse(std::string_view sql) {
    key.mix(sql);
    std::string piece;
    for (std::size_t i = 0; i < sql.size();) {
        if (const auto behind = skip_quoted(sql, i); behind != i) {
            piece += sql.substr(i, behind - i);
            i = behind;
        } else if (sql[i] == '\\' && i + 1 < sql.size() && sql[i + 1] == ':') {
            piece += ':';
            i += 2;
        } else if (sql.substr(i, 2) == "::") {
            piece += "::";
            i += 2;
        } else if (sql[i] == ':' && i + 1 < sql.size() && is_name_start(sql[i + 1]) && (i == 0 || !is_name(sql[i - 1]))) {
            std::size_t end = i + 1;
            while (end < sql.size() && is_name(sql[end])) ++end;
            names.emplace_back(sql.substr(i + 1, end - i - 1));
            pieces.push_back(std::move(piece));
            piece.clear();
            i = end;
        } else {
            piece += sql[i++];
        }
    }
    pieces.push_back(std::move(piece));
}

void TextNode::bind(std::string_view name, NodePtr value) {
    if (std::ranges::find(names, name) == names.end()) {
        std::string message = "text() has no parameter :" + std::string{name} + "; it has";
        if (names.empty()) message += " none";
        for (const auto& known : names) message += " :" + known;
        throw ArgumentError(message);
    }
    key.mix(name);
    mix_child(value);
    for (auto& [bound, old] : binds) {
        if (bound == name) {
            old = std::move(value);
            return;
        }
    }
    binds.emplace_back(std::string{name}, std::move(value));
}

} // namespace sql

TextClause::TextClause(std::string_view sql_text) : node_(std::make_shared<sql::TextNode>()) { node_->parse(sql_text); }

TextClause TextClause::with_bind(std::string_view name, sql::NodePtr value) const {
    TextClause copy{*this};
    copy.node_ = std::make_shared<sql::TextNode>(*node_);
    copy.node_->bind(name, std::move(value));
    return copy;
}

} // namespace azoth
