// SPDX-License-Identifier: MIT
// Schemas that stand for others: left open in what is compiled, put in when it is executed.
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <azoth/compiler/compiler.hpp>
#include <azoth/compiler/quoting.hpp>
#include <azoth/dialect/dialect.hpp>
#include <azoth/schema/translate.hpp>

namespace azoth {

namespace {

/// Around an open schema: `S`, its quoting, `q` inside a literal or `-`, its name. NUL cannot occur in SQL.
constexpr char mark = '\0';

std::string doubled(std::string_view text) {
    std::string result;
    for (const char c : text) {
        result += c;
        if (c == '\'') result += c;
    }
    return result;
}

std::string prefix_of(const Dialect& dialect, const QuotedName& schema) {
    if (schema.empty()) return {};
    return (schema.quoting() == Quoting::automatic ? dialect.quote_schema(schema) : dialect.quote(schema)) + ".";
}

void put_in(std::string& text, const SchemaTranslateMap* map, const Dialect& dialect) {
    if (text.find(mark) == std::string::npos) return;
    std::string result;
    std::size_t at = 0;
    for (auto begin = text.find(mark); begin != std::string::npos; begin = text.find(mark, at)) {
        const auto end = text.find(mark, begin + 1);
        const auto token = std::string_view{text}.substr(begin + 1, end - begin - 1);
        const QuotedName own{std::string{token.substr(3)}, static_cast<Quoting>(token[1] - '0')};
        const auto prefix = prefix_of(dialect, schema::translated(map, own));
        result.append(text, at, begin - at).append(token[2] == 'q' ? doubled(prefix) : prefix);
        at = end + 1;
    }
    text = result.append(text, at);
}

} // namespace

std::string Compiler::qualified(const QuotedName& schema, const QuotedName& name, bool in_literal) const {
    if (!binds_.schema_tokens) {
        auto text = quote_table(dialect_, schema::translated(binds_.schema_map, schema), name);
        return in_literal ? doubled(text) : text;
    }
    std::string text{mark};
    text += 'S';
    text += static_cast<char>('0' + static_cast<int>(schema.quoting()));
    text += in_literal ? 'q' : '-';
    text += schema;
    text += mark;
    const auto quoted = dialect_.quote(name);
    return text + (in_literal ? doubled(quoted) : quoted);
}

std::shared_ptr<const Compiled>
with_schemas(std::shared_ptr<const Compiled> compiled, const SchemaTranslateMap* map, const Dialect& dialect) {
    if (!compiled->schema_tokens) return compiled;
    auto changed = std::make_shared<Compiled>(*compiled);
    changed->schema_tokens = false;
    put_in(changed->sql, map, dialect);
    changed->sql_hash = std::hash<std::string>{}(changed->sql);
    for (auto& piece : changed->pieces) put_in(piece.text, map, dialect);
    if (compiled->many_values) {
        auto many = std::make_shared<ManyValues>(*compiled->many_values);
        put_in(many->before, map, dialect);
        put_in(many->after, map, dialect);
        for (auto& piece : many->pieces) put_in(piece, map, dialect);
        changed->many_values = std::move(many);
    }
    return changed;
}

} // namespace azoth
