// SPDX-License-Identifier: MIT
// What a server sends: any bytes in any form are decoded or refused as any type, and what was decoded can be shown.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

#include <azoth/core.hpp>
#include <azoth/types/json.hpp>

namespace {

using namespace azoth;

template <class F>
void attempt(F decode) {
    try {
        decode();
    } catch (const Error&) { // refused, with a message
    }
}

Field field_of(Wire wire, const char* data, std::size_t size) {
    std::int64_t number = 0;
    std::memcpy(&number, data, size < sizeof number ? size : sizeof number);
    switch (wire) {
    case Wire::null: return {};
    case Wire::integer:
    case Wire::unsigned_integer:
    case Wire::date:
    case Wire::time:
    case Wire::timestamp: return {wire, number};
    case Wire::real: {
        Field field;
        std::memcpy(&field.real, &number, sizeof number);
        field.wire = wire;
        return field;
    }
    default: return {wire, data, static_cast<std::uint32_t>(size)};
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const auto wire = static_cast<Wire>(data[0] % (static_cast<unsigned>(Wire::pg_other) + 1));
    static const std::array<Type, 16> types{
        Type{},      Boolean{}, SmallInteger{}, Integer{},  BigInteger{}, Float{},        Double{},   Numeric{10, 2},
        String{20},  Text{},    LargeBinary{},  DateType{}, TimeType{},   DateTime{},     UuidType{}, JsonType{}};
    const Type& type = types[data[1] % types.size()];
    // A copy of just that size: reading beyond it shows.
    const std::string bytes{reinterpret_cast<const char*>(data) + 2, size - 2};
    const auto field = field_of(wire, bytes.data(), bytes.size());

    attempt([&] { static_cast<void>(to_string(to_value(field, type).param())); });
    attempt([&] { static_cast<void>(wire::decode_bool(field)); });
    attempt([&] { static_cast<void>(wire::decode_integer(field)); });
    attempt([&] { static_cast<void>(wire::decode_unsigned(field, 255)); });
    attempt([&] { static_cast<void>(wire::decode_double(field)); });
    attempt([&] {
        std::string text;
        wire::decode_string(field, text);
    });
    attempt([&] { static_cast<void>(wire::decode_bytes(field)); });
    attempt([&] { static_cast<void>(wire::decode_decimal(field, type).to_string()); });
    attempt([&] { static_cast<void>(wire::decode_date(field)); });
    attempt([&] { static_cast<void>(wire::decode_time(field)); });
    attempt([&] { static_cast<void>(wire::decode_timestamp(field)); });
    attempt([&] { static_cast<void>(wire::decode_timestamp_tz(field)); });
    attempt([&] { static_cast<void>(wire::decode_interval(field)); });
    attempt([&] { static_cast<void>(wire::decode_uuid(field)); });
    attempt([&] { static_cast<void>(wire::decode_json_text(field)); });
    return 0;
}
