// SPDX-License-Identifier: MIT
// Type names and their arguments.
#include "dialect/type_name.hpp"

#include <charconv>

#include <azoth/error.hpp>

namespace azoth {

namespace {

void add_argument(std::vector<std::int32_t>& arguments, std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    std::int32_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && number >= 0) arguments.push_back(number);
}

} // namespace

TypeName parse_type_name(std::string_view text) {
    TypeName parsed;
    bool blank = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '(') {
            // Quoted members, as in enum('a)', 'b'), may hold anything.
            std::size_t begin = ++i;
            bool quoted = false;
            for (; i < text.size() && (quoted || text[i] != ')'); ++i) {
                if (text[i] == '\'') quoted = !quoted;
                if (quoted || text[i] != ',') continue;
                add_argument(parsed.arguments, text.substr(begin, i - begin));
                begin = i + 1;
            }
            add_argument(parsed.arguments, text.substr(begin, i - begin));
            blank = true;
        } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            blank = true;
        } else {
            if (blank && !parsed.name.empty()) parsed.name += ' ';
            blank = false;
            parsed.name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        }
    }
    return parsed;
}

Type make_type(const NamedKind& named, const TypeName& parsed) {
    Type type{named.kind};
    type.timezone = named.timezone;
    switch (named.kind) {
    case TypeKind::string:
    case TypeKind::large_binary: type.length = parsed.argument(0); break;
    case TypeKind::numeric:
        type.precision = parsed.argument(0);
        type.scale = parsed.argument(1);
        break;
    case TypeKind::time:
    case TypeKind::date_time: type.precision = parsed.argument(0); break;
    case TypeKind::null_type:
    case TypeKind::boolean:
    case TypeKind::small_integer:
    case TypeKind::integer:
    case TypeKind::big_integer:
    case TypeKind::float_:
    case TypeKind::double_:
    case TypeKind::text:
    case TypeKind::date:
    case TypeKind::interval:
    case TypeKind::uuid:
    case TypeKind::json: break;
    }
    return type;
}

std::string with_argument(std::string_view name, std::int32_t argument) {
    std::string text{name};
    if (argument != Type::unset) text += "(" + std::to_string(argument) + ")";
    return text;
}

std::string numeric_text(const Type& type) {
    if (type.precision == Type::unset || type.scale == Type::unset)
        return with_argument("NUMERIC", type.precision);
    return "NUMERIC(" + std::to_string(type.precision) + ", " + std::to_string(type.scale) + ")";
}

void throw_no_type() {
    throw CompileError("a type is needed here, and none is known: give one, as in Integer{}");
}

} // namespace azoth
