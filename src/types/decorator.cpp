// SPDX-License-Identifier: MIT
// Types with conversions around them.
#include <azoth/types/decorator.hpp>

#include <atomic>
#include <memory>
#include <utility>

#include <azoth/error.hpp>
#include <azoth/types/type_traits.hpp>

namespace azoth {

namespace {

std::uint64_t next_serial() {
    static std::atomic<std::uint64_t> serial{0};
    return ++serial;
}

/// Gives `type` what `change` makes of its conversion.
template <class Change>
void change_conversion(Type& type, Change change) {
    const auto& before = details_of(type).conversion;
    auto conversion = before ? std::make_shared<TypeConversion>(*before) : std::make_shared<TypeConversion>();
    change(*conversion);
    conversion->serial = next_serial();
    change_details(type, [&](TypeDetails& d) { d.conversion = std::move(conversion); });
}

} // namespace

TypeDecorator::TypeDecorator(const Type& impl) : TypeDecorator(impl, {}) {}

TypeDecorator::TypeDecorator(const Type& impl, std::function<Type(std::string_view dialect)> load_dialect_impl) : Type(impl) {
    if (details_of(impl).conversion) throw ArgumentError("TypeDecorator: the type inside is decorated itself");
    change_conversion(*this, [&](TypeConversion& c) { c.load_dialect_impl = std::move(load_dialect_impl); });
}

TypeDecorator TypeDecorator::cache_ok(bool value) const {
    TypeDecorator copy = *this;
    change_conversion(copy, [value](TypeConversion& c) { c.cache_ok = value; });
    return copy;
}

TypeDecorator TypeDecorator::process_bind_param(TypeConversion::Convert convert) const {
    TypeDecorator copy = *this;
    change_conversion(copy, [&](TypeConversion& c) { c.process_bind_param = std::move(convert); });
    return copy;
}

TypeDecorator TypeDecorator::process_literal_param(TypeConversion::Convert convert) const {
    TypeDecorator copy = *this;
    change_conversion(copy, [&](TypeConversion& c) { c.process_literal_param = std::move(convert); });
    return copy;
}

TypeDecorator TypeDecorator::process_result_value(TypeConversion::Convert convert) const {
    TypeDecorator copy = *this;
    change_conversion(copy, [&](TypeConversion& c) { c.process_result_value = std::move(convert); });
    return copy;
}

TypeDecorator TypeDecorator::as_generic(const Type& type) const {
    TypeDecorator copy = *this;
    change_conversion(copy, [&](TypeConversion& c) { c.generic = {type}; });
    return copy;
}

TypeDecorator TypeDecorator::bind_expression(TypeConversion::Wrap wrap) const {
    TypeDecorator copy = *this;
    change_conversion(copy, [&](TypeConversion& c) { c.bind_expression = std::move(wrap); });
    return copy;
}

TypeDecorator TypeDecorator::column_expression(TypeConversion::Wrap wrap) const {
    TypeDecorator copy = *this;
    change_conversion(copy, [&](TypeConversion& c) { c.column_expression = std::move(wrap); });
    return copy;
}

TypeDecorator
TypeDecorator::coerce_compared_value(std::function<Type(sql::Operator op, const Value& value)> choose) const {
    TypeDecorator copy = *this;
    change_conversion(copy, [&](TypeConversion& c) { c.coerce_compared_value = std::move(choose); });
    return copy;
}

TypeDecorator TypeDecorator::comparator(
    sql::Operator op, std::function<sql::NodePtr(sql::NodePtr left, sql::NodePtr right)> make) const {
    if (!make) throw ArgumentError("TypeDecorator: comparator() was given no function");
    TypeDecorator copy = *this;
    change_conversion(copy, [&](TypeConversion& c) {
        std::erase_if(c.operators, [&](const auto& one) { return one.first == op; });
        c.operators.emplace_back(op, std::move(make));
    });
    return copy;
}

namespace wire {

bool converts_results(const Type& type) noexcept {
    return type.details->conversion && type.details->conversion->process_result_value;
}

bool converts_params(const Type& type) noexcept {
    return type.details && type.details->conversion && type.details->conversion->process_bind_param;
}

Value convert_param(const Value& value, const Type& type) {
    return type.details->conversion->process_bind_param(value, type.details->conversion_dialect);
}

Value convert_literal(const Value& value, const Type& type) {
    const auto* conversion = type.details ? type.details->conversion.get() : nullptr;
    if (conversion == nullptr) return value;
    if (conversion->process_literal_param) return conversion->process_literal_param(value, type.details->conversion_dialect);
    return conversion->process_bind_param ? convert_param(value, type) : value;
}

Value convert_result(const Field& field, const Type& type) {
    return type.details->conversion->process_result_value(to_value(field, type), type.details->conversion_dialect);
}

namespace {

struct AsField {
    std::string& text;

    static Field view(Wire wire, std::string_view bytes) noexcept {
        return {wire, bytes.data(), static_cast<std::uint32_t>(bytes.size())};
    }
    [[nodiscard]] Field keep(std::string written) const {
        text = std::move(written);
        return view(Wire::text, text);
    }

    Field operator()(Null) const noexcept { return {}; }
    Field operator()(bool v) const noexcept { return {Wire::integer, std::int64_t{v}}; }
    Field operator()(std::int64_t v) const noexcept { return {Wire::integer, v}; }
    Field operator()(std::uint64_t v) const noexcept { return Field{v}; }
    Field operator()(double v) const noexcept { return Field{v}; }
    Field operator()(const std::string& v) const noexcept { return view(Wire::text, v); }
    Field operator()(const JsonText& v) const noexcept { return view(Wire::text, v.text); }
    Field operator()(const Bytes& v) const noexcept {
        return view(Wire::bytes, {reinterpret_cast<const char*>(v.data()), v.size()});
    }
    Field operator()(const Decimal& v) const { return keep(v.to_string()); }
    Field operator()(Date v) const noexcept { return {Wire::date, TypeTraits<Date>::param(v).integer}; }
    Field operator()(Time v) const noexcept { return {Wire::time, TypeTraits<Time>::param(v).integer}; }
    Field operator()(Timestamp v) const noexcept { return {Wire::timestamp, TypeTraits<Timestamp>::param(v).integer}; }
    Field operator()(TimestampTz v) const { return keep(to_string(v)); }
    Field operator()(const Interval& v) const { return keep(to_string(v)); }
    Field operator()(const Uuid& v) const { return keep(to_string(v)); }
    Field operator()(const ArrayValue& v) const { return keep(array_text(v)); }
    Field operator()(const RangeValue& v) const { return keep(range_text(v)); }
    Field operator()(const MultirangeValue& v) const { return keep(multirange_text(v)); }
};

} // namespace

Field field_of(const Value& value, std::string& text) {
    return std::visit(AsField{text}, value.variant());
}

} // namespace wire
} // namespace azoth
