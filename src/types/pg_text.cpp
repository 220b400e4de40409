// SPDX-License-Identifier: MIT
// The binary forms of PostgreSQL's types that are text to a C++ program: inet, macaddr, bit, tsvector, tsquery.
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "array_value.hpp"

namespace azoth::wire {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

void append_ipv4(std::string& out, const unsigned char* bytes) {
    for (int i = 0; i < 4; ++i) {
        if (i > 0) out += '.';
        out += std::to_string(bytes[i]);
    }
}

/// As RFC 5952 has it: the longest run of zeros is left out, and what holds an IPv4 address shows it.
void append_ipv6(std::string& out, const unsigned char* bytes) {
    std::array<unsigned, 8> words{};
    for (std::size_t i = 0; i < 8; ++i) words[i] = static_cast<unsigned>(bytes[2 * i] << 8U) | bytes[2 * i + 1];
    std::size_t best = 8;
    std::size_t best_size = 1; // a single zero is written
    for (std::size_t i = 0; i < 8; ++i) {
        std::size_t size = 0;
        while (i + size < 8 && words[i + size] == 0) ++size;
        if (size > best_size) {
            best = i;
            best_size = size;
        }
        if (size > 0) i += size - 1;
    }
    const bool holds_ipv4 = best == 0 && (best_size == 6 || (best_size == 5 && words[5] == 0xFFFF));
    for (std::size_t i = 0; i < 8;) {
        if (i == best) {
            out += "::";
            i += best_size;
            continue;
        }
        if (i > 0 && out.back() != ':') out += ':';
        if (i >= 6 && holds_ipv4) return append_ipv4(out, bytes + 12);
        bool leading = true;
        for (int shift = 12; shift >= 0; shift -= 4) {
            const auto digit = (words[i] >> static_cast<unsigned>(shift)) & 0xFU;
            leading = leading && digit == 0 && shift > 0;
            if (!leading) out += hex_digits[digit];
        }
        ++i;
    }
}

bool append_inet(std::string_view bytes, std::string& out) {
    if (bytes.size() < 4) return false;
    const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
    const unsigned bits = data[1];
    const bool is_cidr = data[2] != 0;
    const std::size_t size = data[3];
    if (bytes.size() != 4 + size || (size != 4 && size != 16) || bits > size * 8) return false;
    if (size == 4) append_ipv4(out, data + 4);
    else append_ipv6(out, data + 4);
    if (is_cidr || bits != size * 8) out += "/" + std::to_string(bits);
    return true;
}

bool append_macaddr(std::string_view bytes, std::string& out) {
    if (bytes.size() != 6 && bytes.size() != 8) return false;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        if (i > 0) out += ':';
        out += hex_digits[byte >> 4U];
        out += hex_digits[byte & 0xFU];
    }
    return true;
}

bool append_bits(std::string_view bytes, std::string& out) {
    ByteReader reader{bytes};
    const auto count = reader.i32();
    if (!reader.ok() || count < 0 || reader.left() != (static_cast<std::size_t>(count) + 7) / 8) return false;
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
        const auto byte = static_cast<unsigned char>(bytes[4 + i / 8]);
        out += (byte >> (7 - i % 8) & 1U) != 0 ? '1' : '0';
    }
    return true;
}

void append_lexeme(std::string& out, std::string_view lexeme) {
    out += '\'';
    for (const char c : lexeme) {
        if (c == '\'' || c == '\\') out += c;
        out += c;
    }
    out += '\'';
}

bool append_tsvector(std::string_view bytes, std::string& out) {
    ByteReader reader{bytes};
    const auto count = reader.i32();
    for (std::int32_t i = 0; i < count && reader.ok(); ++i) {
        if (i > 0) out += ' ';
        append_lexeme(out, reader.c_string());
        const auto positions = reader.u16();
        for (std::uint16_t p = 0; p < positions && reader.ok(); ++p) {
            const auto position = reader.u16();
            out += p == 0 ? ':' : ',';
            out += std::to_string(position & 0x3FFFU);
            constexpr std::string_view weights = "DCBA"; // D is not written
            if (position >> 14U != 0) out += weights[position >> 14U];
        }
    }
    return reader.done();
}

/// A part of a tsquery, and how tightly it holds together.
struct QueryPart {
    std::string text;
    int priority;
    bool is_phrase;
};

struct QueryToken {
    bool is_value = false;
    unsigned op = 0;
    unsigned distance = 0;
    std::string text{};
};

bool read_tokens(std::string_view bytes, std::vector<QueryToken>& tokens) {
    ByteReader reader{bytes};
    const auto count = reader.i32();
    for (std::int32_t i = 0; i < count && reader.ok(); ++i) {
        QueryToken token;
        token.is_value = reader.u8() == 1;
        if (token.is_value) {
            const unsigned weights = reader.u8();
            const bool prefix = reader.u8() != 0;
            append_lexeme(token.text, reader.c_string());
            if (prefix || weights != 0) token.text += ':';
            if (prefix) token.text += '*';
            for (unsigned w = 0; w < 4; ++w)
                if ((weights & (8U >> w)) != 0) token.text += "ABCD"[w];
        } else {
            token.op = reader.u8();
            if (token.op == 4) token.distance = reader.u16();
            if (token.op < 1 || token.op > 4) return false;
        }
        tokens.push_back(std::move(token));
    }
    return reader.done();
}

/// The tokens are an operator, its right side, its left side; read from the end, the sides come first.
bool append_tsquery(std::string_view bytes, std::string& out) {
    constexpr std::array priorities{0, 4, 2, 1, 3}; // of NOT, AND, OR, PHRASE
    std::vector<QueryToken> tokens;
    if (!read_tokens(bytes, tokens)) return false;
    std::vector<QueryPart> parts;
    for (; !tokens.empty(); tokens.pop_back()) {
        auto& token = tokens.back();
        if (token.is_value) {
            parts.push_back({std::move(token.text), 5, false});
            continue;
        }
        const int priority = priorities[token.op];
        const auto pop = [&](bool also) {
            auto part = std::move(parts.back());
            parts.pop_back();
            if (part.priority < priority || also) part.text = "( " + part.text + " )";
            return std::move(part.text);
        };
        if (parts.size() < (token.op == 1 ? 1U : 2U)) return false;
        if (token.op == 1) {
            parts.push_back({"!" + pop(false), priority, false});
            continue;
        }
        const auto right = pop(token.op == 4 && parts.back().is_phrase);
        auto text = pop(false);
        if (token.op == 2) text += " & ";
        else if (token.op == 3) text += " | ";
        else if (token.distance == 1) text += " <-> ";
        else text += " <" + std::to_string(token.distance) + "> ";
        parts.push_back({std::move(text) + right, priority, token.op == 4});
    }
    if (parts.size() > 1) return false;
    if (!parts.empty()) out += parts.front().text;
    return true;
}

} // namespace

bool append_pg_text(const Field& field, std::string& out) {
    const auto bytes = field.view();
    switch (field.wire) {
    case Wire::pg_inet: return append_inet(bytes, out);
    case Wire::pg_macaddr: return append_macaddr(bytes, out);
    case Wire::pg_bit: return append_bits(bytes, out);
    case Wire::pg_tsvector: return append_tsvector(bytes, out);
    case Wire::pg_tsquery: return append_tsquery(bytes, out);
    default: return false;
    }
}

} // namespace azoth::wire
