// SPDX-License-Identifier: MIT
// Reading the corpus, and saying Azoth's own output in its notation.
#include "golden/core_corpus.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <stdexcept>
#include <variant>

namespace golden {

namespace {

std::ifstream opened(const std::string& path) {
    std::ifstream file{path};
    if (!file)
        throw std::runtime_error("cannot read " + path);
    return file;
}

Expected read_expected(const nlohmann::json& entry) {
    Expected expected;
    if (entry.contains("error")) {
        expected.refused = true;
        expected.error = entry.at("error").get<std::string>();
        return expected;
    }
    if (entry.contains("statements")) {
        for (const auto& statement : entry.at("statements"))
            expected.statements.push_back(statement.get<std::string>());
    } else {
        expected.statements.push_back(entry.at("sql").get<std::string>());
        expected.params = entry.contains("logical") ? entry.at("logical") : entry.at("params");
        expected.driver_params = entry.at("params");
    }
    return expected;
}

std::string hexadecimal(const azoth::Bytes& bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const auto byte : bytes) {
        text += digits[std::to_integer<unsigned>(byte) >> 4U];
        text += digits[std::to_integer<unsigned>(byte) & 0x0FU];
    }
    return text;
}

std::string shortest(double value) {
    auto text = nlohmann::json(value).dump();
    return text;
}

std::string with_t(std::string timestamp) {
    if (const auto blank = timestamp.find(' '); blank != std::string::npos)
        timestamp[blank] = 'T';
    return timestamp;
}

struct ToJson {
    using Json = nlohmann::json;
    Json operator()(azoth::Null) const { return nullptr; }
    Json operator()(bool v) const { return v; }
    Json operator()(std::int64_t v) const { return v; }
    Json operator()(std::uint64_t v) const { return v; }
    Json operator()(double v) const { return Json{{"$float", shortest(v)}}; }
    Json operator()(const std::string& v) const { return v; }
    Json operator()(const azoth::Bytes& v) const { return Json{{"$bytes", hexadecimal(v)}}; }
    Json operator()(const azoth::Decimal& v) const { return Json{{"$decimal", v.to_string()}}; }
    Json operator()(azoth::Date v) const { return Json{{"$date", azoth::to_string(v)}}; }
    Json operator()(azoth::Time v) const { return Json{{"$time", azoth::to_string(v)}}; }
    Json operator()(azoth::Timestamp v) const { return Json{{"$datetime", with_t(azoth::to_string(v))}}; }
    Json operator()(azoth::TimestampTz v) const { return Json{{"$datetime", with_t(azoth::to_string(v))}}; }
    Json operator()(const azoth::Interval& v) const {
        const std::chrono::duration<double> seconds = v.time + std::chrono::days{v.days};
        return Json{{"$seconds", shortest(seconds.count())}};
    }
    Json operator()(const azoth::Uuid& v) const { return Json{{"$uuid", azoth::to_string(v)}}; }
    Json operator()(const azoth::ArrayValue& v) const {
        auto list = Json::array();
        for (const auto& item : v.items)
            list.push_back(to_json(item));
        return list;
    }
    Json operator()(const azoth::RangeValue& v) const { return Json{{"$range", azoth::range_text(v)}}; }
    Json operator()(const azoth::MultirangeValue& v) const {
        auto list = Json::array();
        for (const auto& range : v.ranges)
            list.push_back((*this)(range));
        return list;
    }
    Json operator()(const azoth::JsonText& v) const { return Json{{"$json", Json::parse(v.text)}}; }
};

} // namespace

std::map<std::string, CorpusCase> read_corpus(const std::string& path) {
    auto file = opened(path);
    std::map<std::string, CorpusCase> cases;
    for (std::string line; std::getline(file, line);) {
        if (line.empty())
            continue;
        const auto json = nlohmann::json::parse(line);
        CorpusCase one;
        one.id = json.at("id").get<std::string>();
        one.area = json.at("area").get<std::string>();
        for (const auto& [dialect, entry] : json.at("dialects").items())
            one.dialects.emplace(dialect, read_expected(entry));
        cases.emplace(one.id, std::move(one));
    }
    return cases;
}

std::map<std::string, std::string> read_list(const std::string& path) {
    auto file = opened(path);
    std::map<std::string, std::string> entries;
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.front() == '#')
            continue;
        const auto end = std::min(line.find_first_of(" \t"), line.size());
        const auto reason = std::min(line.find_first_not_of(" \t", end), line.size());
        entries.emplace(line.substr(0, end), line.substr(reason));
    }
    return entries;
}

std::string normalised(std::string_view sql, bool ddl) {
    std::string text;
    char quote = 0;
    for (const char c : sql) {
        if (quote != 0) {
            if (c == quote)
                quote = 0;
        } else if (c == '\'' || c == '"' || c == '`') {
            quote = c;
        }
        if (std::isspace(static_cast<unsigned char>(c)) != 0) {
            if (!text.empty() && text.back() != ' ')
                text += ' ';
            continue;
        }
        const auto tight = [&](char x) { return ddl && quote == 0 && (x == '(' || x == ')' || x == ','); };
        if (text.size() > 1 && text.back() == ' ' && (tight(c) || tight(text[text.size() - 2])))
            text.pop_back();
        text += c;
    }
    if (!text.empty() && text.back() == ' ')
        text.pop_back();
    return text;
}

nlohmann::json to_json(const azoth::Value& value) {
    return std::visit(ToJson{}, value.variant());
}

namespace {

/// Whether some value comes with the execution, or later.
bool waits(const azoth::Compiled& compiled, const azoth::sql::BindList& binds) {
    return compiled.takes_rows || std::ranges::any_of(compiled.slots, [&](const azoth::BindSlot& slot) {
               return slot.source == azoth::BindSlot::Source::statement &&
                      static_cast<const azoth::sql::BindNode&>(*binds.nodes[slot.index]).required;
           });
}

/// RETURNING … INTO stands at the end of a statement, and so do its outputs.
void add_outputs(const azoth::Compiled& compiled, Rendered& rendered) {
    std::size_t count = 0;
    for (const auto& slot : compiled.slots)
        if (slot.source == azoth::BindSlot::Source::output)
            ++count;
    auto& params = rendered.params;
    if (!compiled.takes_rows)
        params.erase(params.end() - static_cast<std::ptrdiff_t>(count), params.end());
    for (std::size_t i = 0; i < count; ++i)
        params.push_back({{"$out", "ret_" + std::to_string(i)}});
}

} // namespace

Rendered render(const azoth::sql::Node& statement, const azoth::Dialect& dialect) {
    Rendered rendered;
    const auto binds = azoth::sql::collect_binds(statement);
    const auto compiled = dialect.compile(statement, binds);
    if (waits(*compiled, binds)) {
        rendered.statements.push_back(compiled->sql);
        for (const auto& slot : compiled->slots) {
            if (slot.source == azoth::BindSlot::Source::row) {
                rendered.params.push_back({{"$bind", slot.column->name}});
            } else if (slot.source == azoth::BindSlot::Source::statement) {
                const auto& bind = static_cast<const azoth::sql::BindNode&>(*binds.nodes[slot.index]);
                rendered.params.push_back(bind.required ? nlohmann::json{{"$bind", bind.name}} : to_json(bind.value));
            }
        }
        add_outputs(*compiled, rendered);
        return rendered;
    }
    azoth::Compiled::Bound bound;
    compiled->bind(binds, bound);
    rendered.statements.push_back(*bound.sql);
    for (const auto& param : bound.params)
        rendered.params.push_back(to_json(azoth::to_value(param)));
    add_outputs(*compiled, rendered);
    return rendered;
}

Registry::Build built(NodeBuilder builder) {
    return [builder](const azoth::Dialect& dialect) { return render(*builder(), dialect); };
}

Registry::Build written(NodeBuilder builder) {
    return [builder](const azoth::Dialect& dialect) {
        Rendered rendered;
        rendered.statements.push_back(azoth::literal_sql_node(*builder(), dialect));
        return rendered;
    };
}

void Registry::insert(std::string id, Build build) {
    if (!cases_.emplace(id, std::move(build)).second)
        repeated_.push_back(std::move(id));
}

} // namespace golden
