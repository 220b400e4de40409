// SPDX-License-Identifier: MIT
// Wire values as strings, bytes, UUIDs and JSON.
#include <azoth/types/type_traits.hpp>

#include <azoth/error.hpp>

#include "wire_read.hpp"

namespace azoth::wire {

namespace {

Bytes copy_bytes(std::string_view bytes) {
    const auto* const first = reinterpret_cast<const std::byte*>(bytes.data());
    return Bytes(first, first + bytes.size());
}

} // namespace

void decode_string(const Field& field, std::string& into) {
    if (field.wire == Wire::text || field.wire == Wire::bytes) {
        into.assign(field.data, field.size);
        return;
    }
    into.clear();
    if (!append_text(field, into)) refuse(field, "text", "std::string");
}

Bytes decode_bytes(const Field& field) {
    switch (field.wire) {
    case Wire::bytes:
    case Wire::text:
    case Wire::pg_other: return copy_bytes(field.view());
    case Wire::pg_uuid:
        if (has_wrong_size(field)) break;
        return copy_bytes(field.view());
    case Wire::pg_jsonb:
        if (field.size == 0) break;
        return copy_bytes(field.view().substr(1)); // behind the version
    default: break;
    }
    refuse(field, "bytes", "azoth::Bytes");
}

Uuid decode_uuid(const Field& field) {
    switch (field.wire) {
    case Wire::text:
        if (const auto uuid = Uuid::try_parse(field.view())) return *uuid;
        break;
    case Wire::bytes:
        // BINARY(16); or CHAR(32) in a binary collation.
        if (field.size != 16) {
            if (const auto uuid = Uuid::try_parse(field.view())) return *uuid;
            break;
        }
        [[fallthrough]];
    case Wire::pg_uuid: {
        if (has_wrong_size(field)) break;
        Uuid uuid;
        std::memcpy(uuid.bytes.data(), field.data, uuid.bytes.size());
        return uuid;
    }
    default: break;
    }
    refuse(field, "a UUID", "azoth::Uuid");
}

std::string decode_json_text(const Field& field) {
    std::string document;
    switch (field.wire) {
    case Wire::text:
    case Wire::bytes:
        document.assign(field.data, field.size);
        return document;
    // A column that SQLite calls JSON has NUMERIC affinity: the document 5 comes back as an integer.
    case Wire::integer:
    case Wire::unsigned_integer:
    case Wire::real:
    case Wire::pg_bool:
    case Wire::pg_int2:
    case Wire::pg_int4:
    case Wire::pg_int8:
    case Wire::pg_float4:
    case Wire::pg_float8:
    case Wire::pg_numeric:
    case Wire::pg_jsonb:
        if (append_text(field, document)) return document;
        break;
    default: break;
    }
    refuse(field, "a JSON document", "azoth::Json");
}

std::string dump_json(const Json& document) {
    try {
        return document.dump();
    } catch (const Json::exception& error) { // a string that is not UTF-8
        throw ArgumentError(std::string{"the JSON document cannot be written: "} + error.what());
    }
}

Json parse_json(const std::string& text) {
    try {
        return Json::parse(text);
    } catch (const Json::exception& error) {
        throw TypeMismatchError(
            std::string{"cannot read the column as a JSON document; ask for std::string ("} + error.what()
            + ")"
        );
    }
}

} // namespace azoth::wire
