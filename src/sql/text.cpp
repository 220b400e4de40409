// SPDX-License-Identifier: MIT
// Finding the parameters in text().
#include <azoth/sql/text.hpp>

#include <algorithm>

#include <azoth/error.hpp>

namespace azoth {

namespace sql {

namespace {

/// A letter of any alphabet, a digit, '_', '$'.
bool is_name(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$'
        || static_cast<unsigned char>(c) >= 0x80;
}

} // namespace

// SQLAlchemy's rules: ':' and a name, with neither ':', a name nor a backslash before it and no ':' behind it.
void TextNode::parse(std::string_view sql) {
    key.mix(sql);
    std::string piece;
    const auto name_end = [&](std::size_t from) {
        while (from < sql.size() && is_name(sql[from])) ++from;
        return from;
    };
    const auto ends = [&](std::size_t at) { return at >= sql.size() || sql[at] != ':'; };
    for (std::size_t i = 0; i < sql.size();) {
        if (sql[i] == '\\' && i + 1 < sql.size() && sql[i + 1] == ':') {
            const auto end = name_end(i + 2);
            piece += sql.substr(ends(end) ? i + 1 : i, end - (ends(end) ? i + 1 : i));
            i = end;
            continue;
        }
        const bool opens = sql[i] == ':' && (i == 0 || !(is_name(sql[i - 1]) || sql[i - 1] == ':' || sql[i - 1] == '\\'));
        const auto end = opens ? name_end(i + 1) : i;
        if (!opens || end == i + 1 || !ends(end)) {
            piece += sql[i++];
            continue;
        }
        auto& name = names.emplace_back(sql.substr(i + 1, end - i - 1));
        if (std::ranges::find(binds, name, [](const auto& bound) { return bound.first; }) == binds.end()) {
            binds.emplace_back(name, std::make_shared<BindNode>(name, std::nullopt, Type{}));
            mix_child(binds.back().second);
        }
        pieces.push_back(std::move(piece));
        piece.clear();
        i = end;
    }
    pieces.push_back(std::move(piece));
}

void TextNode::set_columns(std::vector<NodePtr> returned) {
    columns = std::move(returned);
    key.mix('C');
    for (const auto& node : columns) {
        const auto& column = static_cast<const ColumnNode&>(*node);
        key.mix(column.handle_or_name());
        key.mix(column.type.hash());
    }
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
