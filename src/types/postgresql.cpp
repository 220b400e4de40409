// SPDX-License-Identifier: MIT
// PostgreSQL's types that take more than a size.
#include <azoth/types/postgresql.hpp>

namespace azoth::postgresql {

INTERVAL::INTERVAL(std::string fields, std::int32_t digits) : Type(named_type(TypeKind::interval, "INTERVAL")) {
    precision = digits;
    change_details(*this, [&](TypeDetails& d) { d.fields = std::move(fields); });
}

ENUM::ENUM(std::vector<std::string> members, std::string name, std::string schema)
    : Enum(std::move(members), std::move(name), std::move(schema)) {
    change_details(*this, [](TypeDetails& d) { d.name = "ENUM"; });
}

DOMAIN::DOMAIN(std::string name, const Type& data_type, std::string schema) : Type(data_type) {
    auto domain = std::make_shared<TypeDetails>();
    domain->name = "DOMAIN";
    domain->type_name = std::move(name);
    domain->type_schema = std::move(schema);
    domain->item = {data_type};
    details = std::move(domain);
}

DOMAIN DOMAIN::check(std::string condition) const {
    return with([&](TypeDetails& d) { d.check = std::move(condition); });
}
DOMAIN DOMAIN::not_null() const {
    DOMAIN copy = *this;
    set_flag(copy, TypeFlag::is_not_null);
    return copy;
}
DOMAIN DOMAIN::default_(std::string text) const {
    return with([&](TypeDetails& d) { d.default_text = std::move(text); });
}
DOMAIN DOMAIN::default_sql(std::string sql) const {
    return with([&](TypeDetails& d) { d.default_sql = std::move(sql); });
}
DOMAIN DOMAIN::constraint_name(std::string name) const {
    return with([&](TypeDetails& d) { d.constraint_name = std::move(name); });
}
DOMAIN DOMAIN::collation(std::string name, std::string schema) const {
    return with([&](TypeDetails& d) {
        d.collation = std::move(name);
        d.collation_schema = std::move(schema);
    });
}
DOMAIN DOMAIN::create_type(bool create) const {
    return with([create](TypeDetails& d) {
        const auto flag = static_cast<std::uint16_t>(TypeFlag::no_create_type);
        d.flags = static_cast<std::uint16_t>(create ? d.flags & ~flag : d.flags | flag);
    });
}

} // namespace azoth::postgresql
