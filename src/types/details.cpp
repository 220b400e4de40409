// SPDX-License-Identifier: MIT
// Details of types: comparing, hashing, variants, and the types that are made of them.
#include <azoth/types/details.hpp>

#include <algorithm>

#include <azoth/error.hpp>
#include <azoth/types/decorator.hpp>
#include <azoth/types/enum.hpp>
#include <azoth/types/standard.hpp>

namespace azoth {

namespace {

Type sized(TypeKind kind, std::string name, std::int32_t length, std::string collation) {
    Type type = named_type(kind, std::move(name));
    type.length = length;
    if (!collation.empty()) change_details(type, [&](TypeDetails& d) { d.collation = std::move(collation); });
    return type;
}

void set_collation(Type& type, std::string&& collation) {
    if (collation.empty()) return;
    change_details(type, [&](TypeDetails& d) { d.collation = std::move(collation); });
}

/// Characters, not bytes.
std::int32_t character_count(std::string_view utf8) {
    const auto starts = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    return static_cast<std::int32_t>(std::ranges::count_if(utf8, starts));
}

/// A UUID that is a string to the program is bound as a UUID: each database has its own form of these.
const std::shared_ptr<const TypeConversion>& uuid_of_text() {
    static const std::shared_ptr<const TypeConversion> shared = [] {
        auto conversion = std::make_shared<TypeConversion>();
        conversion->cache_ok = true;
        conversion->process_bind_param = [](const Value& value, std::string_view) {
            const auto* text = std::get_if<std::string>(&value.variant());
            return text != nullptr ? Value{Uuid{*text}} : value;
        };
        return conversion;
    }();
    return shared;
}

} // namespace

std::size_t TypeDetails::hash() const noexcept {
    std::size_t h = flags;
    const auto mix = [&h](std::size_t value) { h = (h ^ value) * 0x9E3779B97F4A7C15ULL + 1; };
    const auto mix_text = [&](const std::string& text) { mix(std::hash<std::string>{}(text)); };
    for (const auto* text : {&name, &collation, &collation_schema, &charset, &fields, &type_name, &type_schema, &default_sql,
                             &constraint_name, &check, &spec})
        mix_text(*text);
    mix_text(default_text.value_or(std::string{}));
    mix(static_cast<std::uint32_t>(day_precision));
    mix(static_cast<std::uint32_t>(dimensions));
    for (const auto& member : members) mix_text(member);
    mix(members.size());
    for (const auto& type : item) mix(type.hash());
    for (const auto& [dialect, type] : variants) {
        mix_text(dialect);
        mix(type.hash());
    }
    if (conversion) mix(conversion->serial);
    if (!conversion_dialect.empty()) mix_text(conversion_dialect);
    return h;
}

const TypeDetails& details_of(const Type& type) noexcept {
    static const TypeDetails none;
    return type.details ? *type.details : none;
}

TypeDetails& own_details(Type& type) {
    auto copy = std::make_shared<TypeDetails>(details_of(type));
    auto& own = *copy;
    type.details = std::move(copy);
    return own;
}

void set_flag(Type& type, TypeFlag flag) {
    change_details(type, [flag](TypeDetails& d) { d.flags |= static_cast<std::uint16_t>(flag); });
}

Type named_type(TypeKind kind, std::string name) {
    Type type{kind};
    change_details(type, [&](TypeDetails& d) { d.name = std::move(name); });
    return type;
}

bool Type::same_details(const Type& a, const Type& b) noexcept { return details_of(a) == details_of(b); }

std::size_t Type::details_hash() const noexcept { return details->hash(); }

bool Type::details_cacheable() const noexcept {
    if (details->conversion && !details->conversion->cache_ok.value_or(false)) return false;
    return std::ranges::all_of(details->item, &Type::is_cacheable)
        && std::ranges::all_of(details->variants, [](const auto& variant) { return variant.second.is_cacheable(); });
}

Type Type::with_variant(const Type& type, std::string_view dialect) const {
    if (dialect.empty()) throw ArgumentError("with_variant() needs the name of a dialect");
    Type copy = *this;
    change_details(copy, [&](TypeDetails& d) {
        const auto same = [&](const auto& variant) { return variant.first == dialect; };
        if (std::ranges::any_of(d.variants, same))
            throw ArgumentError("with_variant(): there is a variant for dialect '" + std::string{dialect} + "' already");
        d.variants.emplace_back(dialect, type);
    });
    return copy;
}

Type Type::on(std::string_view dialect) const {
    if (!details) return *this;
    for (const auto& [name, type] : details->variants)
        if (name == dialect) return type.on(dialect);
    if (!details->conversion_dialect.empty()) return *this;
    const bool is_uuid_text = kind == TypeKind::uuid && details->has(TypeFlag::as_text) && !details->conversion;
    if (!details->conversion && !is_uuid_text) return *this;
    const auto conversion = is_uuid_text ? uuid_of_text() : details->conversion;
    Type chosen = *this;
    if (conversion->load_dialect_impl) {
        chosen = conversion->load_dialect_impl(dialect);
        if (details_of(chosen).conversion == conversion)
            throw ArgumentError("load_dialect_impl chose the type that it is to choose for");
        chosen = chosen.on(dialect);
    }
    change_details(chosen, [&](TypeDetails& d) {
        d.variants.clear();
        d.conversion = conversion;
        d.conversion_dialect = dialect;
    });
    return chosen;
}

String::String(std::int32_t characters, std::string collation) : String(characters) {
    set_collation(*this, std::move(collation));
}
Text::Text(std::int32_t characters, std::string collation) : Text(characters) {
    set_collation(*this, std::move(collation));
}
Unicode::Unicode(std::int32_t characters, std::string collation) : Unicode(characters) {
    set_collation(*this, std::move(collation));
}
UnicodeText::UnicodeText(std::int32_t characters, std::string collation) : UnicodeText(characters) {
    set_collation(*this, std::move(collation));
}
UuidType::UuidType(bool native_uuid) : UuidType() {
    if (!native_uuid) set_flag(*this, TypeFlag::not_native);
}

UuidType UuidType::as_uuid(bool uuid) const {
    UuidType copy = *this;
    change_details(copy, [uuid](TypeDetails& d) {
        const auto flag = static_cast<std::uint16_t>(TypeFlag::as_text);
        d.flags = static_cast<std::uint16_t>(uuid ? d.flags & ~flag : d.flags | flag);
    });
    return copy;
}

IntervalType::IntervalType(bool native, std::int32_t second_precision, std::int32_t day_precision) : IntervalType() {
    precision = second_precision;
    if (day_precision != unset) change_details(*this, [=](TypeDetails& d) { d.day_precision = day_precision; });
    if (!native) set_flag(*this, TypeFlag::not_native);
}

CHAR::CHAR(std::int32_t characters, std::string collation)
    : Type(sized(TypeKind::string, "CHAR", characters, std::move(collation))) {}
NCHAR::NCHAR(std::int32_t characters, std::string collation)
    : Type(sized(TypeKind::string, "NCHAR", characters, std::move(collation))) {
    national = true;
}
NVARCHAR::NVARCHAR(std::int32_t characters, std::string collation)
    : Type(sized(TypeKind::string, "NVARCHAR", characters, std::move(collation))) {
    national = true;
}
TEXT::TEXT(std::int32_t characters, std::string collation)
    : Type(sized(TypeKind::text, "TEXT", characters, std::move(collation))) {}
VARCHAR::VARCHAR(std::int32_t characters, std::string collation)
    : Type(sized(TypeKind::string, "VARCHAR", characters, std::move(collation))) {}

ARRAY::ARRAY(const Type& item_type, std::int32_t dimensions) : Type(named_type(TypeKind::null_type, "ARRAY")) {
    if (details_of(item_type).name == "ARRAY")
        throw ArgumentError("ARRAY of ARRAY: give the type of the elements and the number of dimensions");
    change_details(*this, [&](TypeDetails& d) {
        d.item = {item_type};
        d.dimensions = dimensions;
    });
}

ARRAY ARRAY::zero_indexes(bool on) const {
    ARRAY copy = *this;
    change_details(copy, [on](TypeDetails& d) {
        const auto flag = static_cast<std::uint16_t>(TypeFlag::zero_indexes);
        d.flags = static_cast<std::uint16_t>(on ? d.flags | flag : d.flags & ~flag);
    });
    return copy;
}

// ---- Enum, and types of the user's own ---------------------------------------------------------

Enum::Enum(std::vector<std::string> members, std::string name, std::string schema) : Type(TypeKind::string) {
    length = 0;
    for (const auto& member : members) length = std::max(length, character_count(member));
    change_details(*this, [&](TypeDetails& d) {
        d.members = std::move(members);
        d.type_name = std::move(name);
        d.type_schema = std::move(schema);
        d.name = "enum"; // in lower case, as a generic type's: each dialect has its own way
    });
}

Enum Enum::native_enum(bool native) const {
    Enum copy = *this;
    change_details(copy, [native](TypeDetails& d) {
        const auto flag = static_cast<std::uint16_t>(TypeFlag::not_native);
        d.flags = static_cast<std::uint16_t>(native ? d.flags & ~flag : d.flags | flag);
    });
    return copy;
}

Enum Enum::create_constraint() const {
    Enum copy = *this;
    set_flag(copy, TypeFlag::create_constraint);
    return copy;
}

Enum Enum::create_type(bool create) const {
    Enum copy = *this;
    change_details(copy, [create](TypeDetails& d) {
        const auto flag = static_cast<std::uint16_t>(TypeFlag::no_create_type);
        d.flags = static_cast<std::uint16_t>(create ? d.flags & ~flag : d.flags | flag);
    });
    return copy;
}

Enum Enum::with_length(std::int32_t characters) const {
    if (characters < length)
        throw ArgumentError(
            "an Enum's length must fit its longest member: " + std::to_string(characters) + " is less than "
            + std::to_string(length)
        );
    Enum copy = *this;
    copy.length = characters;
    return copy;
}

Type checked_boolean(std::string constraint_name) {
    Type type = Boolean{};
    change_details(type, [&](TypeDetails& d) { d.type_name = std::move(constraint_name); });
    set_flag(type, TypeFlag::create_constraint);
    return type;
}

UserDefinedType::UserDefinedType(std::string column_spec, TypeKind value_kind) : Type(value_kind) {
    if (column_spec.empty()) throw ArgumentError("UserDefinedType needs the SQL text of the type");
    change_details(*this, [&](TypeDetails& d) { d.spec = std::move(column_spec); });
}

} // namespace azoth
