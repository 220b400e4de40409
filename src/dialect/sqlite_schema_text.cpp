// SPDX-License-Identifier: MIT
// Reading SQLite's own text of tables and indexes: tokens, cut at the commas that stand between parentheses of the first rank.
#include "dialect/sqlite_schema_text.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <utility>

namespace azoth {

namespace {

struct Token {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool word = false; ///< not quoted: may be a keyword
};
using Tokens = std::span<const Token>;

bool is_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$'
        || static_cast<unsigned char>(c) >= 0x80;
}

char closing_quote(char c) noexcept {
    if (c == '[') return ']';
    return c == '"' || c == '\'' || c == '`' ? c : '\0';
}

class Text {
public:
    explicit Text(std::string_view sql) : sql_(sql) { scan(); }

    [[nodiscard]] Tokens tokens() const noexcept { return tokens_; }
    [[nodiscard]] std::string_view raw(const Token& token) const noexcept {
        return sql_.substr(token.begin, token.end - token.begin);
    }
    [[nodiscard]] bool is(const Token& token, std::string_view keyword) const noexcept {
        const auto text = raw(token);
        return token.word && std::ranges::equal(text, keyword, {}, [](char c) {
            return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        });
    }
    [[nodiscard]] bool is_sign(const Token& token, char sign) const noexcept {
        return !token.word && token.end - token.begin == 1 && sql_[token.begin] == sign;
    }
    /// An identifier without its quotes.
    [[nodiscard]] std::string name(const Token& token) const {
        const auto text = raw(token);
        if (text.size() < 2 || closing_quote(text.front()) == '\0') return std::string{text};
        const char close = closing_quote(text.front());
        std::string name;
        for (std::size_t i = 1; i + 1 < text.size(); ++i) {
            name += text[i];
            if (text[i] == close && text[i + 1] == close) ++i;
        }
        return name;
    }
    /// The text from the first to the last of these.
    [[nodiscard]] std::string between(Tokens tokens) const {
        if (tokens.empty()) return {};
        return std::string{sql_.substr(tokens.front().begin, tokens.back().end - tokens.front().begin)};
    }
    /// The position of the parenthesis that closes the one at `open`; the end when there is none.
    [[nodiscard]] std::size_t closing(Tokens tokens, std::size_t open) const noexcept {
        std::size_t depth = 0;
        for (std::size_t i = open; i < tokens.size(); ++i) {
            if (is_sign(tokens[i], '(')) ++depth;
            if (is_sign(tokens[i], ')') && --depth == 0) return i;
        }
        return tokens.size();
    }
    /// What the commas of the first rank divide.
    [[nodiscard]] std::vector<Tokens> split(Tokens tokens) const {
        std::vector<Tokens> parts;
        std::size_t depth = 0;
        std::size_t begin = 0;
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            if (is_sign(tokens[i], '(')) ++depth;
            if (is_sign(tokens[i], ')') && depth > 0) --depth;
            if (depth != 0 || !is_sign(tokens[i], ',')) continue;
            parts.push_back(tokens.subspan(begin, i - begin));
            begin = i + 1;
        }
        if (begin < tokens.size()) parts.push_back(tokens.subspan(begin));
        return parts;
    }

private:
    void scan() {
        for (std::size_t i = 0; i < sql_.size();) {
            const char c = sql_[i];
            const std::size_t begin = i;
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
                ++i;
                continue;
            }
            if (c == '-' && sql_.substr(i, 2) == "--") {
                i = std::min(sql_.find('\n', i), sql_.size());
                continue;
            }
            if (c == '/' && sql_.substr(i, 2) == "/*") {
                const auto end = sql_.find("*/", i + 2);
                i = end == std::string_view::npos ? sql_.size() : end + 2;
                continue;
            }
            if (const char close = closing_quote(c); close != '\0') {
                for (++i; i < sql_.size(); ++i) {
                    if (sql_[i] != close) continue;
                    if (close == ']' || i + 1 >= sql_.size() || sql_[i + 1] != close) break;
                    ++i; // doubled: one of the name's own
                }
                i = std::min(i + 1, sql_.size());
                tokens_.push_back({begin, i, false});
                continue;
            }
            const bool word = is_word(c);
            while (i < sql_.size() && word && is_word(sql_[i])) ++i;
            if (!word) ++i;
            tokens_.push_back({begin, i, word});
        }
    }

    std::string_view sql_;
    std::vector<Token> tokens_;
};

class TableReader {
public:
    explicit TableReader(const Text& text) : text_(text) {}

    std::optional<SqliteTableText> read() {
        const auto tokens = text_.tokens();
        if (tokens.empty() || !text_.is(tokens[0], "CREATE")) return std::nullopt;
        std::size_t at = 1;
        if (at < tokens.size() && (text_.is(tokens[at], "TEMP") || text_.is(tokens[at], "TEMPORARY"))) ++at;
        if (at >= tokens.size() || !text_.is(tokens[at], "TABLE")) return std::nullopt;
        while (at < tokens.size() && !text_.is_sign(tokens[at], '(')) ++at;
        const auto end = text_.closing(tokens, at);
        if (end >= tokens.size()) return std::nullopt;
        for (const auto item : text_.split(tokens.subspan(at + 1, end - at - 1))) read_item(item);
        const auto options = tokens.subspan(end + 1);
        for (std::size_t i = 0; i < options.size(); ++i) {
            if (text_.is(options[i], "STRICT")) found_.strict = true;
            if (text_.is(options[i], "ROWID") && i > 0 && text_.is(options[i - 1], "WITHOUT")) found_.without_rowid = true;
        }
        return std::move(found_);
    }

private:
    [[nodiscard]] bool is_one_of(const Token& token, std::initializer_list<std::string_view> keywords) const {
        return std::ranges::any_of(keywords, [&](auto keyword) { return text_.is(token, keyword); });
    }

    /// A column, or a constraint of the table.
    void read_item(Tokens item) {
        if (item.empty()) return;
        column_.clear();
        const bool is_constraint = is_one_of(item[0], {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"});
        std::size_t at = 0;
        if (!is_constraint) {
            column_ = text_.name(item[0]);
            at = 1;
        }
        std::string name;
        while (at < item.size()) {
            const auto& token = item[at];
            if (text_.is(token, "CONSTRAINT") && at + 1 < item.size()) {
                name = text_.name(item[at + 1]);
                at += 2;
                continue;
            }
            if (text_.is(token, "PRIMARY")) {
                found_.primary_key_name = std::exchange(name, {});
            } else if (text_.is(token, "AUTOINCREMENT")) {
                found_.autoincrement = true;
            } else if (text_.is(token, "UNIQUE")) {
                auto columns = column_.empty() ? list_behind(item, at) : std::vector<std::string>{column_};
                found_.uniques.push_back({std::exchange(name, {}), std::move(columns)});
            } else if (text_.is(token, "CHECK")) {
                found_.checks.push_back({std::exchange(name, {}), inner(item, at)});
            } else if (text_.is(token, "AS")) {
                found_.generated.push_back({column_, inner(item, at)});
            } else if (text_.is(token, "FOREIGN")) {
                found_.foreign_keys.push_back({std::exchange(name, {}), list_behind(item, at), {}, {}});
            } else if (text_.is(token, "REFERENCES") && !column_.empty()) {
                found_.foreign_keys.push_back({std::exchange(name, {}), {column_}, {}, {}});
            } else if (text_.is(token, "DEFERRABLE") && !found_.foreign_keys.empty()) {
                found_.foreign_keys.back().deferrable = at == 0 || !text_.is(item[at - 1], "NOT");
            } else if (text_.is(token, "INITIALLY") && at + 1 < item.size() && !found_.foreign_keys.empty()) {
                found_.foreign_keys.back().initially = text_.is(item[at + 1], "DEFERRED") ? "DEFERRED" : "IMMEDIATE";
            } else if (is_one_of(token, {"NOT", "NULL", "DEFAULT", "COLLATE"})) {
                name.clear(); // these have no name that anybody asks for
            }
            at = text_.is_sign(token, '(') ? text_.closing(item, at) + 1 : at + 1;
        }
    }

    /// The parenthesis that comes next.
    [[nodiscard]] Tokens parenthesis(Tokens item, std::size_t at) const {
        while (at < item.size() && !text_.is_sign(item[at], '(')) ++at;
        const auto end = text_.closing(item, at);
        return end >= item.size() ? Tokens{} : item.subspan(at + 1, end - at - 1);
    }
    [[nodiscard]] std::string inner(Tokens item, std::size_t at) const { return text_.between(parenthesis(item, at)); }
    [[nodiscard]] std::vector<std::string> list_behind(Tokens item, std::size_t at) const {
        std::vector<std::string> names;
        for (const auto part : text_.split(parenthesis(item, at)))
            if (!part.empty()) names.push_back(text_.name(part[0]));
        return names;
    }

    const Text& text_;
    SqliteTableText found_;
    std::string column_; ///< whose definition it is; empty in a constraint of the table
};

} // namespace

std::optional<SqliteTableText> parse_sqlite_table(std::string_view sql) {
    const Text text{sql};
    return TableReader{text}.read();
}

std::optional<SqliteIndexText> parse_sqlite_index(std::string_view sql) {
    const Text text{sql};
    const auto tokens = text.tokens();
    // Behind ON and the table's name comes the list: a name before it may hold parentheses only in quotes.
    std::size_t open = 0;
    while (open < tokens.size() && !text.is_sign(tokens[open], '(')) ++open;
    const auto end = text.closing(tokens, open);
    if (end >= tokens.size() || open < 2 || !text.is(tokens[0], "CREATE")) return std::nullopt;
    if (!text.is(tokens[1], "INDEX") && !text.is(tokens[1], "UNIQUE")) return std::nullopt;
    SqliteIndexText index;
    for (auto part : text.split(tokens.subspan(open + 1, end - open - 1))) {
        while (part.size() > 1 && (text.is(part.back(), "ASC") || text.is(part.back(), "DESC")))
            part = part.first(part.size() - 1);
        index.parts.push_back(text.between(part));
    }
    const auto rest = tokens.subspan(end + 1);
    if (!rest.empty() && text.is(rest[0], "WHERE")) index.where = text.between(rest.subspan(1));
    return index;
}

} // namespace azoth
