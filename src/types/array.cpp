// SPDX-License-Identifier: MIT
// Reading arrays, in PostgreSQL's binary form and as text.
#include <azoth/types/array.hpp>

#include <algorithm>
#include <array>
#include <optional>

#include <azoth/error.hpp>

#include "array_value.hpp"

namespace azoth {

Type detail::array_type(const Type& item_type) {
    return details_of(item_type).name == "ARRAY" ? item_type : Type{ARRAY{item_type}};
}

namespace wire {
namespace {

constexpr std::size_t most_dimensions = 6; // PostgreSQL's MAXDIM

/// What the ends of the elements are, where these are ranges: the element's type number says it.
Wire item_of_range(std::uint32_t oid) noexcept {
    switch (oid) {
    case 3904: // int4range, int4multirange
    case 4451: return Wire::pg_int4;
    case 3926: // int8
    case 4536: return Wire::pg_int8;
    case 3906: // num
    case 4532: return Wire::pg_numeric;
    case 3912: // date
    case 4535: return Wire::pg_date;
    case 3908: // ts
    case 4533: return Wire::pg_timestamp;
    case 3910: // tstz
    case 4534: return Wire::pg_timestamptz;
    default: return Wire::null;
    }
}

bool read_binary(const Field& field, ArrayParts& parts) {
    ByteReader reader{field.view()};
    const auto dimensions = reader.i32();
    (void)reader.i32(); // whether there are NULLs
    const auto element = reader.u32();
    if (!reader.ok() || dimensions < 0 || static_cast<std::size_t>(dimensions) > most_dimensions) return false;
    std::size_t count = dimensions == 0 ? 0 : 1;
    for (std::int32_t i = 0; i < dimensions; ++i) {
        const auto size = reader.i32();
        (void)reader.i32(); // the first index
        if (!reader.ok() || size < 0) return false;
        // Each element has four bytes at least: more of them cannot be there.
        if (size != 0 && count > reader.left() / 4 / static_cast<std::size_t>(size)) return false;
        count *= static_cast<std::size_t>(size);
        parts.sizes.push_back(static_cast<std::size_t>(size));
    }
    if (count == 0) parts.sizes.clear();
    const Wire wire = field.item == Wire::null ? Wire::pg_other : field.item;
    const Wire inner = item_of_range(element);
    parts.items.reserve(count);
    for (std::size_t i = 0; i < count; ++i) parts.items.push_back(reader.cell(wire, inner));
    return reader.done();
}

/// `{1,NULL,"a b"}`, `{{1,2},{3,4}}`, `[0:1]={1,2}`.
class ArrayTextReader {
public:
    ArrayTextReader(std::string_view text, ArrayParts& parts) : text_(text), parts_(parts) {}

    bool read() {
        parts_.text.reserve(text_.size()); // an element is no longer than what stands for it
        skip_bounds();
        skip_blanks();
        if (!read_levels()) return false;
        skip_blanks();
        if (at_ != text_.size()) return false;
        for (const auto& element : elements_) {
            if (element.is_null) parts_.items.emplace_back();
            else parts_.items.emplace_back(Wire::text, parts_.text.data() + element.offset, static_cast<std::uint32_t>(element.size));
        }
        if (parts_.items.empty()) parts_.sizes.clear();
        return true;
    }

private:
    struct Element {
        std::size_t offset;
        std::size_t size;
        bool is_null;
    };

    [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
    void skip_blanks() noexcept {
        while (peek() == ' ' || (peek() >= '\t' && peek() <= '\r')) ++at_;
    }
    void skip_bounds() noexcept {
        if (peek() != '[') return;
        const auto end = text_.find('=');
        if (end != std::string_view::npos) at_ = end + 1;
    }

    bool read_levels() {
        if (peek() != '{') return false;
        std::array<std::size_t, most_dimensions> counts{};
        std::size_t depth = 0;
        bool wants_member = false; // behind a comma
        do {
            skip_blanks();
            if (peek() == '{') {
                if (depth == most_dimensions || (leaf_ && depth >= *leaf_)) return false;
                counts[depth++] = 0;
                ++at_;
                wants_member = false;
                skip_blanks();
                if (peek() != '}') continue; // its first member
                if (!close(counts, depth)) return false;
            } else {
                if (depth == 0 || (leaf_ && *leaf_ != depth)) return false;
                leaf_ = depth;
                if (!read_element()) return false;
                wants_member = false;
                ++counts[depth - 1];
            }
            // what may follow a member
            for (skip_blanks(); depth > 0; skip_blanks()) {
                if (peek() == ',') {
                    ++at_;
                    wants_member = true;
                    break;
                }
                if (peek() != '}' || !close(counts, depth)) return false;
                wants_member = false;
            }
        } while (depth > 0);
        return !wants_member;
    }

    /// Takes the brace that ends a level, and checks that all levels of this depth are equally long.
    bool close(std::array<std::size_t, most_dimensions>& counts, std::size_t& depth) {
        ++at_;
        --depth;
        if (parts_.sizes.size() <= depth) parts_.sizes.resize(depth + 1, unknown);
        auto& size = parts_.sizes[depth];
        if (size == unknown) size = counts[depth];
        if (size != counts[depth]) return false;
        if (depth > 0) ++counts[depth - 1];
        return true;
    }

    bool read_element() {
        Element element{parts_.text.size(), 0, false};
        if (peek() == '"') {
            for (++at_;; ++at_) {
                if (at_ >= text_.size()) return false;
                if (text_[at_] == '"') break;
                if (text_[at_] == '\\' && ++at_ >= text_.size()) return false;
                parts_.text += text_[at_];
            }
            ++at_;
        } else {
            bool escaped = false;
            std::size_t end = parts_.text.size(); // behind the last that is no blank
            for (; at_ < text_.size() && text_[at_] != ',' && text_[at_] != '}'; ++at_) {
                if (text_[at_] == '{' || text_[at_] == '"') return false;
                const bool blank = text_[at_] == ' ';
                if (text_[at_] == '\\') {
                    escaped = true;
                    if (++at_ >= text_.size()) return false;
                }
                parts_.text += text_[at_];
                if (!blank || escaped) end = parts_.text.size();
            }
            parts_.text.resize(end);
            const auto word = std::string_view{parts_.text}.substr(element.offset);
            if (word.empty()) return false;
            element.is_null = !escaped && word.size() == 4 && std::ranges::equal(word, std::string_view{"null"}, [](char a, char b) {
                return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
            });
        }
        element.size = parts_.text.size() - element.offset;
        elements_.push_back(element);
        return true;
    }

    static constexpr std::size_t unknown = static_cast<std::size_t>(-1);
    std::string_view text_;
    ArrayParts& parts_;
    std::size_t at_ = 0;
    std::optional<std::size_t> leaf_; ///< the depth of elements
    std::vector<Element> elements_;
};

ArrayValue nested_value(const ArrayParts& parts, std::size_t level, std::size_t& next) {
    ArrayValue array;
    if (parts.sizes.empty()) return array;
    array.items.reserve(parts.sizes[level]);
    for (std::size_t i = 0; i < parts.sizes[level]; ++i) {
        if (level + 1 < parts.sizes.size()) array.items.push_back(Value{nested_value(parts, level + 1, next)});
        else array.items.push_back(to_value(parts.items[next++], Type{}));
    }
    return array;
}

} // namespace

bool try_read_array(const Field& field, ArrayParts& parts) {
    if (field.wire == Wire::pg_array) return read_binary(field, parts);
    return field.wire == Wire::text && ArrayTextReader{field.view(), parts}.read();
}

void read_array(const Field& field, ArrayParts& parts) {
    if (!try_read_array(field, parts)) refuse(field, "an array", "std::vector<T>");
}

void check_dimensions(const ArrayParts& parts, std::size_t wanted) {
    if (parts.sizes.empty() || parts.sizes.size() == wanted) return;
    std::string type = "T";
    for (std::size_t i = 0; i < parts.sizes.size(); ++i) type = "std::vector<" + type + ">";
    throw TypeMismatchError(
        "cannot read an array of " + std::to_string(parts.sizes.size()) + " dimensions as one of " + std::to_string(wanted)
        + "; ask for " + type);
}

ArrayValue array_value(const Field& field) {
    ArrayParts parts;
    read_array(field, parts);
    std::size_t next = 0;
    return nested_value(parts, 0, next);
}

// ---- hstore ------------------------------------------------------------------------------------

namespace {

void append_hstore_text(std::string& out, std::string_view text) {
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

/// A quoted string at `at`; nothing when there is none.
std::optional<std::string> take_quoted(std::string_view text, std::size_t& at) {
    if (at >= text.size() || text[at] != '"') return std::nullopt;
    std::string taken;
    for (++at; at < text.size(); ++at) {
        if (text[at] == '"') {
            ++at;
            return taken;
        }
        if (text[at] == '\\' && ++at == text.size()) break;
        taken += text[at];
    }
    return std::nullopt;
}

bool read_hstore_text(std::string_view text, Hstore& pairs) {
    std::size_t at = 0;
    const auto skip = [&](std::string_view word) {
        if (text.substr(at, word.size()) != word) return false;
        at += word.size();
        return true;
    };
    while (at < text.size()) {
        auto key = take_quoted(text, at);
        if (!key || !skip("=>")) return false;
        std::optional<std::string> value;
        if (!skip("NULL")) {
            value = take_quoted(text, at);
            if (!value) return false;
        }
        pairs.insert_or_assign(*std::move(key), std::move(value));
        if (at < text.size() && !skip(", ")) return false;
    }
    return true;
}

} // namespace

bool try_read_hstore(const Field& field, Hstore& pairs) {
    if (field.wire == Wire::text) return read_hstore_text(field.view(), pairs);
    if (field.wire != Wire::pg_hstore) return false;
    ByteReader reader{field.view()};
    for (auto count = reader.i32(); count > 0 && reader.ok(); --count) {
        const auto key = reader.cell(Wire::text, Wire::null);
        const auto value = reader.cell(Wire::text, Wire::null);
        if (!reader.ok() || key.is_null()) return false;
        std::optional<std::string> text;
        if (!value.is_null()) text.emplace(value.view());
        pairs.insert_or_assign(std::string{key.view()}, std::move(text));
    }
    return reader.done();
}

Hstore decode_hstore(const Field& field) {
    Hstore pairs;
    if (!try_read_hstore(field, pairs)) refuse(field, "an hstore", "azoth::Hstore");
    return pairs;
}

std::string hstore_text(const Hstore& pairs) {
    std::string text;
    for (const auto& [key, value] : pairs) {
        if (!text.empty()) text += ", ";
        append_hstore_text(text, key);
        text += "=>";
        if (value) append_hstore_text(text, *value);
        else text += "NULL";
    }
    return text;
}

} // namespace wire
} // namespace azoth
