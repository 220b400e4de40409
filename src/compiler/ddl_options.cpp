// SPDX-License-Identifier: MIT
// Reading the options that only one dialect has.
#include <variant>

#include <azoth/compiler/ddl_compiler.hpp>
#include <azoth/dialect/dialect.hpp>
#include <azoth/error.hpp>

namespace azoth {

using schema::OptionValue;

const OptionValue* DdlCompiler::option(const schema::DialectOptions& options, std::string_view name) const {
    if (options.all().empty()) return nullptr;
    return options.find(std::string{dialect_.name()}.append("_").append(name));
}

bool DdlCompiler::flag(const schema::DialectOptions& options, std::string_view name) const {
    const auto* value = option(options, name);
    if (value == nullptr) return false;
    if (const auto* yes = std::get_if<bool>(value)) return *yes;
    if (const auto* number = std::get_if<std::int64_t>(value)) return *number != 0;
    throw ArgumentError("option '" + std::string{name} + "' is either true or false");
}

std::string DdlCompiler::text_option(const schema::DialectOptions& options, std::string_view name) const {
    const auto* value = option(options, name);
    if (value == nullptr) return {};
    if (const auto* text = std::get_if<std::string>(value)) return *text;
    if (const auto* number = std::get_if<std::int64_t>(value)) return std::to_string(*number);
    if (const auto* yes = std::get_if<bool>(value)) return *yes ? "true" : "false";
    throw ArgumentError("option '" + std::string{name} + "' takes a text or a number");
}

std::vector<std::string>
DdlCompiler::list_option(const schema::DialectOptions& options, std::string_view name) const {
    const auto* value = option(options, name);
    if (value == nullptr) return {};
    if (const auto* list = std::get_if<std::vector<std::string>>(value)) return *list;
    if (const auto* pairs = std::get_if<schema::OptionPairs>(value)) {
        std::vector<std::string> list;
        for (const auto& [key, text] : *pairs) list.push_back(text.empty() ? key : key + " = " + text);
        return list;
    }
    return {text_option(options, name)};
}

std::string DdlCompiler::sql_option(const schema::DialectOptions& options, std::string_view name) const {
    const auto* value = option(options, name);
    if (value == nullptr) return {};
    if (const auto* node = std::get_if<sql::NodePtr>(value)) return *node ? expression(**node) : std::string{};
    return text_option(options, name);
}

bool DdlCompiler::knows_option(Owner, std::string_view) const { return true; }

void DdlCompiler::check_options(Owner owner, const schema::DialectOptions& options, std::string_view what) const {
    const auto prefix = std::string{dialect_.name()} + "_";
    for (const auto& [name, value] : options.all())
        if (name.starts_with(prefix) && !knows_option(owner, std::string_view{name}.substr(prefix.size())))
            throw ArgumentError(std::string{what} + ": dialect " + std::string{dialect_.name()} + " has no option '" + name + "'");
}

} // namespace azoth
