// SPDX-License-Identifier: MIT
// Paths into documents: each step is a name in quotes or a number in brackets.
#include "compiler/document_path.hpp"

#include <cstdint>
#include <variant>

#include <azoth/error.hpp>

namespace azoth {

namespace {

void append_step(std::string& path, const Value& step) {
    if (const auto* name = std::get_if<std::string>(&step.variant())) {
        path += ".\"";
        for (const char c : *name) {
            if (c == '"' || c == '\\') path += '\\';
            path += c;
        }
        path += '"';
    } else if (const auto* index = std::get_if<std::int64_t>(&step.variant())) {
        path += "[" + std::to_string(*index) + "]";
    } else {
        throw ArgumentError("a step into a document is a name or a number");
    }
}

} // namespace

std::string document_path(const Value& steps) {
    std::string path = "$";
    if (const auto* list = std::get_if<ArrayValue>(&steps.variant()))
        for (const auto& step : list->items) append_step(path, step);
    else append_step(path, steps);
    return path;
}

} // namespace azoth
